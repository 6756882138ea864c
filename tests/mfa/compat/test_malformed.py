"""Bad input gets the dialect's error JSON and a fitting status, changes nothing, and is never a 500."""

import json
import random
import string

import pytest
from django.urls import get_resolver

from accounts.models import AuditRecord, Message, User
from mfa.models import Authenticator, Transaction
from tests.factories import AuthenticatorFactory
from tests.mfa.compat.plugin import PUBLIC, UNSIGNED, Plugin

pytestmark = pytest.mark.django_db

BAD = {
    "no JSON": "{",
    "no object": "[]",
    "a text": '"x"',
    "nothing": "",
    "null": "null",
    "NaN": '{"username": NaN}',
    "Infinity": '{"username": Infinity}',
    "doubled key": '{"username": "a", "username": "b"}',
    "NUL": '{"username": "a\\u0000b"}',
    "surrogate": '{"username": "\\ud800"}',
    "deep": '{"username": ' + "[" * 2000 + "]" * 2000 + "}",
    "deep objects": '{"a":' * 40 + "1" + "}" * 40,
    "long text": json.dumps({"username": "a" * 5000}),
    "many fields": json.dumps({str(n): n for n in range(101)}),
    "huge": '{"username": "' + "a" * 70_000 + '"}',
    "latin-1": b'{"username": "\xe6"}',
    "BOM": b'\xef\xbb\xbf{"username": "a"}',
    "number": '{"username": 1}',
    "list": '{"username": ["a"]}',
    "object": '{"username": {"a": 1}}',
    "true": '{"username": true}',
    "big number": '{"username": ' + "9" * 5000 + "}",
    "control characters": '{"username": "a\\u0007b"}',
    "bidi": '{"username": "a\\u202eb"}',
    "blank": '{"username": "  "}',
    "missing": "{}",
}
SIGNED = [
    "api/admin/users/create",
    "api/admin/users/update",
    "api/admin/users/get",
    "api/admin/users/delete",
    "api/auth/challenge",
    "api/auth/validate",
    "api/auth/register",
    "api/auth/google-auth-secret",
    "api/auth/validate-google-auth-secret",
]


@pytest.mark.product("dialect-4")
@pytest.mark.promise("S27")
@pytest.mark.parametrize("path", SIGNED)
def test_bad_bodies_are_refused_in_the_dialects_words_and_change_nothing(plugin, path):
    for name, body in BAD.items():
        reply = plugin.post(path, body=body)
        assert plugin.answer.status_code < 500, name
        assert isinstance(reply, dict), name
        assert reply["status"] in {"ERROR", "FAILED", "USER_NOT_FOUND"}, name
    assert not User.objects.filter(customer__number=int(plugin.number)).exists()
    assert not Transaction.objects.exists()
    assert not Message.objects.exists()
    assert not Authenticator.objects.exists()


def test_a_body_that_is_malformed_has_a_status_that_says_so(plugin):
    plugin.post("api/auth/challenge", body="{")
    assert plugin.answer.status_code == 400
    plugin.post("api/auth/challenge", body=BAD["huge"])
    assert plugin.answer.status_code == 413


def every_path():
    moas = next(pattern for pattern in get_resolver().url_patterns if str(pattern.pattern) == "moas/")
    return [str(one.pattern) for one in moas.url_patterns if hasattr(one.callback, "who")]


@pytest.mark.promise("S27")
def test_five_thousand_generated_bodies_never_raise_nor_make_anything(plugin, key):
    dice = random.Random(20261124)
    user = AuthenticatorFactory(user__customer=key.customer).user
    names = [
        "username",
        "txId",
        "token",
        "authType",
        "email",
        "phone",
        "answers",
        "secret",
        "otpToken",
        "ip",
        "password",
    ]
    names += ["questionAnswerList", "customerKey", "registrationType", "batchNo", "applicationName", "query", "sms"]
    paths = every_path()
    before = User.objects.count()
    for _ in range(5000):
        body = {dice.choice(names): value(dice, user.username) for _ in range(dice.randint(0, 5))}
        raw = mangle(dice, json.dumps(body))
        headers = dice.choice([None, UNSIGNED, {}, Plugin(*PUBLIC).headers()])
        plugin.post(dice.choice(paths), body=raw, headers=headers)
        assert plugin.answer.status_code < 500
    made = User.objects.count() - before
    assert made <= AuditRecord.objects.filter(action="user.created").count()


def value(dice, username):
    return dice.choice(
        [
            username,
            None,
            True,
            0,
            -1,
            10**30,
            1e308,
            "",
            " ",
            "x" * dice.randint(1, 5000),
            "".join(dice.choices(string.printable, k=8)),
            "ü‮\u0000",
            [],
            {},
            [[[[]]]],
            [{"question": 1, "answer": None}],
            [{"question": "a", "answer": "b"}] * 3,
            "GOOGLE AUTHENTICATOR",
            "KBA",
            "EMAIL",
            "१२३४५६",
            "../../etc/passwd",
            "' OR 1=1 --",
        ]
    )


def mangle(dice, text):
    if dice.random() < 0.3:
        cut = dice.randint(0, len(text))
        text = text[:cut] + dice.choice(["", "\\", '"', "}", "\\ud800", "\x00", "NaN"]) + text[cut:]
    raw = text.encode(errors="surrogatepass")
    return raw[: dice.randint(0, len(raw))] if dice.random() < 0.1 else raw


def test_get_is_answered_with_405_and_never_with_a_redirect(client):
    for path in every_path():
        assert client.get(f"/moas/{path}").status_code == 405, path
        assert client.post(f"/moas/{path}/").status_code == 404, path
