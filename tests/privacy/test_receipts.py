"""The receipt of an erasure: complete, without a name, and worthless after one changed byte."""

import base64
import json
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from accounts import audit, crypto
from accounts import verbs as people
from accounts.messages.kinds import KINDS
from accounts.models import Disclosure, ErasureRequest, Message
from privacy.models import Receipt, SiteJob
from privacy.moves import Kind, State
from privacy.verbs import erase_due, receipts, working
from tests.factories import AuthenticatorFactory, SiteFactory, UserFactory
from tests.privacy.asking import Case, fresh
from tests.privacy.test_cooling import AFTER

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("R-57")]
SCRIPT = Path(__file__).parents[2] / "integrations" / "verify_receipt.py"


def erased(**given):
    """The receipt of somebody with an authenticator, whose address a provider was given."""
    user = UserFactory(**given)
    AuthenticatorFactory(user=user)
    Disclosure.objects.create(
        customer=user.customer,
        user=user,
        recipient="the e-mail or SMS provider",
        name="smtp.provider.example",
        fields=["accounts.User.email"],
        basis=Disclosure.Basis.FEATURE,
        reference="mfa.code",
    )
    people.request_erasure(user, audit.SYSTEM, reference="4711")
    erase_due()
    return user, Receipt.objects.latest("made_at")


def test_a_receipt_says_what_went_what_stays_and_who_cannot_be_asked_to_forget():
    _user, receipt = erased()
    said = receipts.verified(receipt.text)

    assert {one["what"]: one["rows"] for one in said["removed"]}["mfa.Authenticator"] == 1
    kept = {one["what"]: one for one in said["kept"]}
    assert kept["accounts.AuditRecord"]["why"] == ["show what was done, by whom"]
    assert said["recipients"] == [
        {
            "recipient": "the e-mail or SMS provider",
            "name": "smtp.provider.example",
            "times": 1,
            "data": ["accounts.User.email"],
            "answer": "cannot be recalled",
        }
    ]


def test_a_receipt_names_nobody():
    user, receipt = erased(username="sigrid.unusual@fjell.example", first_name="Sigridlein", phone="+4791239876")

    for trace in ("sigrid", "Sigridlein", "91239876", str(user.pk or "pk"), user.public_id):
        assert trace.lower() not in receipt.text.lower()
    assert receipt.subject in receipt.text


def test_one_changed_byte_and_it_is_no_receipt():
    _user, receipt = erased()
    text = receipt.text
    assert receipts.verified(f"\n{text}\n") is not None

    for place, byte in enumerate(text):
        other = "0" if byte != "0" else "1"
        assert receipts.verified(text[:place] + other + text[place + 1 :]) is None, place
        if byte.isalpha():  # hex, say, may be written in capitals
            assert receipts.verified(text[:place] + byte.swapcase() + text[place + 1 :]) is None, place
    for place in range(0, len(text), 37):
        assert receipts.verified(text[:place] + " " + text[place:]) is None or place == 0
    for odd in ("", "{}", "[]", "null", "[" * 5000, text * 2):
        assert receipts.verified(odd) is None


@pytest.mark.requirement("R-56")
@pytest.mark.requirement("R-60")
def test_it_is_signed_and_the_request_closed_only_when_every_site_has_answered_or_is_a_stated_gap():
    case = Case()
    silent, gone = [
        SiteFactory(customer=case.customer, connected_at=timezone.now(), archived_at=at)
        for at in (None, timezone.now())
    ]
    row = case.proven(Kind.ERASURE)
    working.work(timezone.now() + AFTER)
    erase_due()
    receipt = Receipt.objects.get()
    assert (receipt.signed_at, fresh(row).state, fresh(row).user) == (None, State.WORKING, None)
    assert receipts.sign_due() == 0

    job = SiteJob.objects.get(site=silent)
    SiteJob.objects.filter(pk=job.pk).update(state=SiteJob.State.CONFIRMED, names=None, ended_at=timezone.now())
    assert receipts.sign_due() == 1
    assert receipts.sign_due() == 0

    assert fresh(row).state == State.DONE
    said = receipts.verified(Receipt.objects.get().text)
    assert {one["site"]: one["state"] for one in said["sites"]} == {
        silent.public_id: "confirmed",
        gone.public_id: "gap",
    }
    assert said["gaps"] == [gone.public_id]


def test_the_person_finds_the_receipt_under_an_address_known_before_the_erasure(client):
    case = Case()
    row = case.proven(Kind.ERASURE)
    place = reverse("privacy:erasure", args=[row.public_id])
    mail = Message.objects.get(kind="privacy.erasure_asked", channel="email")
    assert place in KINDS[mail.kind].render(mail).text
    assert "Nothing is erased yet" in client.get(place).content.decode()

    working.work(timezone.now() + AFTER)
    erase_due()

    page = client.get(place).content.decode()
    assert "Removed here" in page
    assert case.user.username not in page


def test_the_public_page_tells_a_receipt_from_a_changed_one(client):
    _user, receipt = erased()
    place = reverse("privacy:verify")
    kept = client.get(reverse("privacy:erasure_file", args=[receipt.public_id])).content.decode()
    assert kept == receipt.text

    assert "is as this server signed it" in client.post(place, {"text": kept}).content.decode()
    changed = kept.replace(receipt.subject, receipt.subject[::-1])
    assert "it was changed since" in client.post(place, {"text": changed}).content.decode()
    assert "choose the file" in client.post(place, {}).content.decode()
    for rubbish in (bytes(range(256)), b"{" * 2_000_000):
        page = client.post(place, {"file": SimpleUploadedFile("receipt.json", rubbish)}).content.decode()
        assert "it was changed since" in page
        assert "choose the file" not in page
    assert "choose the file" not in client.post(place, {"text": "a\0b"}).content.decode()


def test_a_script_checks_it_without_this_server(client, tmp_path):
    _user, receipt = erased()
    keys, file = tmp_path / "keys.json", tmp_path / "receipt.json"
    keys.write_bytes(client.get(reverse("privacy:receipt_keys")).content)
    assert len(SCRIPT.read_text().splitlines()) <= 50

    def run(text):
        file.write_text(text)
        return subprocess.run([sys.executable, str(SCRIPT), str(file), str(keys)], capture_output=True, text=True)

    good, bad = run(receipt.text), run(receipt.text.replace("erased", "Erased", 1))
    assert (good.returncode, bad.returncode) == (0, 1)
    assert good.stdout.startswith("Genuine.")
    assert "no genuine receipt" in bad.stdout


def test_another_key_of_the_same_server_does_not_verify():
    _user, receipt = erased()
    whole = json.loads(receipt.text)
    said = receipts.canonical(whole["receipt"])
    assert crypto.signed(receipts.PURPOSE, whole["key"], said, whole["signature"])
    assert not crypto.signed("another purpose", whole["key"], said, whole["signature"])


@pytest.mark.requirement("R-58")
def test_what_a_customer_or_site_deletes_is_told_to_nobody():
    erased()
    assert ErasureRequest.objects.get().reference == "4711"
    assert not Message.objects.exists()


@pytest.mark.requirement("R-56")
def test_what_a_site_says_is_under_its_own_signature_and_checked_apart(client, tmp_path):
    _user, receipt = erased()
    pair = Ed25519PrivateKey.generate()
    told = {"job": "job-1", "site": "site-1", "removed": [{"what": "usermeta", "count": 3}], "kept": []}
    answer = json.dumps(told)
    line = {
        **told,
        "state": "done",
        "how": "",
        "when": None,
        "answer": answer,
        "signature": base64.b64encode(pair.sign(answer.encode())).decode(),
        "public_key": base64.b64encode(pair.public_key().public_bytes_raw()).decode(),
    }
    keys, file = tmp_path / "keys.json", tmp_path / "receipt.json"
    keys.write_bytes(client.get(reverse("privacy:receipt_keys")).content)
    place, said = reverse("privacy:verify"), receipts.verified(receipt.text)

    def checked(**changed):
        """What script and page say of a receipt that the server signed, whatever stands in its site's part."""
        text = receipts.signed(said | {"sites": [line | changed]})
        file.write_text(text)
        run = subprocess.run([sys.executable, str(SCRIPT), str(file), str(keys)], capture_output=True, text=True)
        return run.stdout, client.post(place, {"text": text}).content.decode()

    script, page = checked()
    assert "Site site-1: done, signed by it" in script
    assert "usermeta: 3" in page and "The site signed this itself" in page and line["public_key"] in page
    other = base64.b64encode(Ed25519PrivateKey.generate().sign(answer.encode())).decode()
    for lie in ({"removed": []}, {"signature": other}, {"answer": answer.replace("3", "4")}):
        script, page = checked(**lie)
        assert "no genuine receipt" in script
        assert "own signature does not fit" in page
    script, page = checked(answer="", signature="", public_key="", state="confirmed")
    assert "Site site-1: confirmed, not signed" in script
    assert "The site signed nothing." in page
