"""Codes and links that the workers send, enrolled and used by a WordPress site; and questions, which send nothing."""

import pytest

from tests.e2e.person import Person
from tests.e2e.server import Server
from tests.e2e.wordpress import Site, confirm, register, status

WRONG_CODE = "Invalid OTP provided. Please try again."


@pytest.mark.product("dialect-1")
@pytest.mark.requirement("R-04")
@pytest.mark.parametrize(
    ("auth_type", "channels"),
    [
        ("EMAIL", {"email"}),
        ("OTP OVER EMAIL", {"email"}),
        ("SMS", {"sms"}),
        ("SMS AND EMAIL", {"sms", "email"}),
        ("PHONE VERIFICATION", {"voice"}),
    ],
)
@pytest.mark.product("method-4")
def test_a_sent_code_enrols_and_then_logs_in(
    server: Server, site: Site, name: str, phone: str, auth_type: str, channels: set[str]
) -> None:
    site.call("api/admin/users/create", username=name, email=name)
    given = {"email": name} if "email" in channels else {}
    given |= {"phone": phone} if channels != {"email"} else {}
    proof = site.call("api/auth/challenge", username=name, authType=auth_type, **given)
    assert proof["status"] == "SUCCESS"
    letters = [server.letter(transaction=proof["txId"], channel=channel) for channel in sorted(channels)]
    assert len({letter.code for letter in letters}) == 1, "one code, however many ways it goes"
    assert {letter.to for letter in letters} <= {name, phone}
    assert proof.get("email", name) == name
    assert proof.get("phoneDelivery", {}).get("contact", phone[1:]) == phone[1:]
    assert status(site, "api/auth/validate", txId=proof["txId"], token=letters[0].code) == "SUCCESS"
    update = {"username": name, "authType": auth_type, "phone": given.get("phone")}
    assert status(site, "api/admin/users/update", **update) == "SUCCESS"

    login = site.call("api/admin/users/get", username=name)
    assert login["authType"] == auth_type
    asked = site.call("api/auth/challenge", username=name, authType=login["authType"])
    code = server.letter(transaction=asked["txId"]).code
    wrong = site.call("api/auth/validate", txId=asked["txId"], token=f"{(int(code) + 1) % 10**6:06}")
    assert (wrong["status"], wrong["message"]) == ("FAILED", WRONG_CODE)
    assert status(site, "api/auth/validate", txId=asked["txId"], token=code) == "SUCCESS"
    assert status(site, "api/auth/validate", txId=asked["txId"], token=code) == "ALREADY_USED"


@pytest.mark.requirement("R-38")
def test_a_code_that_came_too_late_and_one_of_an_older_challenge_are_refused(
    server: Server, site: Site, name: str
) -> None:
    site.call("api/admin/users/create", username=name, email=name)
    older = site.call("api/auth/challenge", username=name, authType="EMAIL")
    newer = site.call("api/auth/challenge", username=name, authType="EMAIL")
    codes = {asked["txId"]: server.letter(transaction=asked["txId"]).code for asked in (newer,)}
    server.sql("UPDATE mfa_transaction SET expires_at = now() WHERE public_id = %s", newer["txId"])

    late = site.call("api/auth/validate", txId=newer["txId"], token=codes[newer["txId"]])

    assert (late["status"], late["message"]) == ("FAILED", WRONG_CODE)
    states = dict(
        server.sql(
            "SELECT public_id, state FROM mfa_transaction WHERE public_id IN (%s, %s)", older["txId"], newer["txId"]
        )
    )
    assert states == {older["txId"]: "expired", newer["txId"]: "pending"}
    assert status(site, "api/auth/validate", txId=older["txId"], token="000000") == "FAILED"


def test_a_code_that_lives_a_minute_says_so(server: Server, name: str) -> None:
    brief = register(server, "brief.example")
    confirm(server, "owner@brief.example")
    server.sql("UPDATE accounts_customer SET code_seconds = 60 WHERE number = %s", int(brief.number))

    asked = brief.call("api/auth/challenge", email=name, authType="EMAIL")

    assert "within one minute" in server.letter(transaction=asked["txId"]).body


def test_guessing_is_stopped_and_a_new_challenge_does_not_help(server: Server, site: Site, name: str) -> None:
    site.call("api/admin/users/create", username=name, email=name)
    asked = site.call("api/auth/challenge", username=name, authType="EMAIL")
    code = server.letter(transaction=asked["txId"]).code
    wrong = [guess for guess in ("000000", "111111", "222222", "333333", "444444", "555555") if guess != code][:5]

    assert {status(site, "api/auth/validate", txId=asked["txId"], token=guess) for guess in wrong} == {"FAILED"}

    assert status(site, "api/auth/validate", txId=asked["txId"], token=code) == "FAILED", "the transaction has ended"
    again = site.call("api/auth/challenge", username=name, authType="EMAIL")
    assert again["status"] == "FAILED"
    assert "Try again in" in again["message"]
    assert status(site, "api/admin/users/get", username=name) == "SUCCESS", "a login still learns what to ask for"


@pytest.mark.parametrize(("choice", "outcome"), [("allow", "SUCCESS"), ("deny", "DENIED")])
@pytest.mark.product("method-4")
def test_a_mailed_link_decides_by_its_button_alone(
    server: Server, site: Site, name: str, choice: str, outcome: str
) -> None:
    site.call("api/admin/users/create", username=name, email=name)
    site.call("api/admin/users/update", username=name, authType="OUT OF BAND EMAIL")
    asked = site.call("api/auth/challenge", username=name, authType="OUT OF BAND EMAIL")
    link = server.letter(transaction=asked["txId"]).link
    visitor = Site(server)

    def poll() -> str:
        return str(visitor.ask("api/auth/auth-status", txId=asked["txId"])["status"])

    scanner = Person(server)
    scanner.open(link)
    scanner.client.head(link)
    assert poll() == "IN_PROGRESS"

    reader = Person(server)
    reader.open(link)
    assert name in reader.page
    assert reader.client.post(reader.answer.url, data={"answer": choice}).status_code == 403, "no token of the form"
    assert poll() == "IN_PROGRESS"
    reader.answer_form(answer=choice)

    assert poll() == outcome
    assert visitor.answer.headers["Access-Control-Allow-Origin"] == "*"
    assert name not in visitor.answer.text
    assert Person(server).open(link)
    assert poll() == outcome


def test_a_mailed_link_that_nobody_opens_times_out(server: Server, site: Site, name: str) -> None:
    asked = site.call("api/auth/challenge", username=name, email=name, authType="OUT OF BAND EMAIL")
    link = server.letter(transaction=asked["txId"]).link
    server.sql("UPDATE mfa_transaction SET expires_at = now() WHERE public_id = %s", asked["txId"])

    reply = Site(server).ask("api/auth/auth-status", txId=asked["txId"])

    assert (reply["status"], reply["message"]) == (
        "ERROR",
        "Your mobile validation request timed out. Please try again.",
    )
    late = Person(server)
    late.open(link)
    assert late.answer.status_code == 410


def test_questions_are_kept_asked_answered_and_replaced(server: Server, site: Site, name: str) -> None:
    def enrol(answer: str) -> None:
        pairs = [{"question": f"Question {n}?", "answer": f"{answer} {n}"} for n in range(3)]
        assert status(site, "api/auth/register", username=name, questionAnswerList=pairs) == "SUCCESS"

    def log_in(answer: str) -> dict[str, str]:
        asked = site.call("api/auth/challenge", username=name, authType="KBA")
        assert {one["question"].casefold() for one in asked["questions"]} < {f"question {n}?" for n in range(3)}
        said = [one["question"] for one in asked["questions"]]
        answers = [{"question": text, "answer": f" {answer.upper()}  {text[9:-1]}"} for text in said]
        return site.call("api/auth/validate", username=name, txId="", answers=answers)

    enrol("Pelle")
    assert site.call("api/admin/users/get", username=name)["authType"] == "KBA"
    assert log_in("Pelle")["status"] == "SUCCESS"
    refused = log_in("Felle")
    assert (refused["status"], refused["message"]) == ("FAILED", "The answers you have provided are incorrect.")

    enrol("Storgata")
    assert log_in("Pelle")["status"] == "FAILED"
    assert log_in("Storgata")["status"] == "SUCCESS"
