"""`make product`: writes docs/product.md, what Kumquat does for its people, and the tests that hold it."""

from tests import product_of_people, product_of_risk
from tests.promises import ROOT, holders

PAGE = ROOT / "docs" / "product.md"
HEAD = """\
# What it does, and what shows it

Each line is a promise to those who run Kumquat or use it, with the tests that fail when it does not hold. Written by
`make product` from the marks of the tests, as in `@pytest.mark.product("start-1")`; a test keeps it true. What must
hold against attackers and faults is in [promises.md](promises.md).
"""
GROUPS = {
    "Start and test": {
        "start-1": "One command sets everything up and runs database, broker, web, workers and beat side by side.",
        "start-2": "A part that dies is started again, and nothing is left running, not even after a kill -9.",
        "start-3": "A taken port, a full disk and an old Python are said in a sentence.",
        "start-4": "A second start is quick: what is prepared already is not prepared again.",
        "start-5": "Keys are made at the first start and are their owner's alone to read.",
        "start-6": "The demo names everybody who can sign in and how, and has a mailbox of what was sent.",
        "start-7": "Every variable stands in .env.example; an empty name of the operator's is an error.",
        "start-8": "/healthz says alive, /readyz says what is not ready.",
        "start-9": "A mail set-up that lacks something is told what, in words.",
        "start-10": "The first staff are made, and recovered, by a command.",
        "start-11": "`make check` runs every check that CI makes besides the tests.",
        "start-12": "Without a browser its tests are listed as skipped, with the reason; CI passes over none.",
        "start-13": "Codes, webhooks and the rest have workers of their own, the same in `make run` and containers.",
    },
    "Customers and their dashboard": {
        "customer-1": "Registering by page and by API makes the same record, with the agreements and their proof.",
        "customer-2": "Passwords are long and not well known, and need no special characters.",
        "customer-3": "Until the address is confirmed codes go to it alone.",
        "customer-4": "A password that was forgotten is set anew by a mailed link.",
        "customer-5": "A change of address is proven by the new one and told to both.",
        "customer-6": "The start page says what to do next.",
        "customer-7": "Each site has its own key, shown after a fresh proof, replaced with an overlap.",
        "customer-8": "Users are searched, added, edited, disabled and deleted.",
        "customer-9": "Who lost a phone is helped: a method is reset, or they are let in once, and are told.",
        "customer-10": "Sign-ins are filtered, show each message's fate, and can be downloaded.",
        "customer-11": "What is left of the sending limits is shown.",
        "customer-12": "Roles are one matrix that pages and code share.",
        "customer-13": "Support is asked and read in the dashboard.",
        "customer-14": "Who serves several customers switches between them.",
        "customer-15": "A site is connected by a file: it locks nobody out, checks certificates, refuses other hosts.",
        "customer-16": "The connect page turns green at the first signed call and tells why a call was refused.",
        "customer-17": "A member's second factor holds at every door; a plugin password opens one site's key alone.",
        "customer-18": "An account is closed by its owner, with a time to take it back, and then all of it is gone.",
        "customer-19": "Pages hold no inline script or style, and are good for keyboard and screen reader.",
        "customer-20": "Everything is there in English and Bokmål.",
        "customer-21": "Staff find customers, people, messages and the trail, send again, answer, set limits.",
        "customer-22": "Every change leaves a record, which forgets a person and tells no secret.",
    },
    "What plugins call": {
        "dialect-1": "A site's whole life runs over HTTP: register, keys, users, every method, wrong and late codes.",
        "dialect-2": "Answers are what clients compare, to the letter.",
        "dialect-3": "Limits are answered clearly, and reading a user meets none of them.",
        "dialect-4": "A broken body is answered in the dialect's words and changes nothing.",
        "dialect-5": "Every call and every reason of a refusal is described for those who connect.",
    },
    "Sending": {
        "sending-1": "Messages say how long a code works and what to do when it was not you, in text and HTML.",
        "sending-2": "One customer's flood delays no other's codes, and codes go first.",
        "sending-3": "Each code arrives once or, if its time is over, not at all, and the dashboard says which.",
        "sending-4": "What a provider only half answered is called unknown and never repeated by itself.",
    },
    "Speed": {
        "speed-1": "The hot calls cost a stated number of queries.",
        "speed-2": "Lists cost the same however long they are.",
        "speed-3": "`make bench` measures the hot calls beside a bare view and tells what it saw.",
        "speed-4": "The tables that every sign-in writes to carry no needless index.",
    },
    "Shown by": {
        "shown-1": "A newcomer's first ten minutes pass in a real browser, and a day of the staff's.",
        "shown-2": "Of twenty right answers at once one passes; of fifty wrong ones five are judged.",
        "shown-3": "Every route is walked by strangers, other customers, each role and staff.",
        "shown-4": "The map of the modules is true.",
    },
}


def page() -> str:
    """The whole page."""
    found = holders("product")
    text = HEAD
    for title, rows in _groups():
        text += f"\n## {title}\n"
        for key, words in rows.items():
            text += f"\n### {key}\n{words}\n\n" + "".join(f"- {line}\n" for line in sorted(found.get(key, [])))
    return text


def keys() -> set[str]:
    """The ids of all promises."""
    return {key for _title, rows in _groups() for key in rows}


def _groups() -> list[tuple[str, dict[str, str]]]:
    return [*GROUPS.items(), *product_of_people.GROUPS.items(), *product_of_risk.GROUPS.items()]


if __name__ == "__main__":
    PAGE.write_text(page())
