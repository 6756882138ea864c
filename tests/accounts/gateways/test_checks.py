"""`manage.py check` stops a server whose providers cannot work."""

import pytest
from django.core import checks

from accounts import gateways


def found(settings, **given):
    for name, value in given.items():
        setattr(settings, name, value)
    gateways.gateway.cache_clear()
    return {message.id for message in checks.run_checks(tags=[checks.Tags.security])} & {"kumquat.E011", "kumquat.E012"}


def test_providers_that_can_work_pass(settings):
    production = {"DEMO": False, "TESTING": False, "VOICE_URLS": []}
    mail, text = "smtps://us:pw@mail.example.org", ["https://token@sms.example.org"]

    assert found(settings, EMAIL_URL=mail, SMS_URLS=text, **production) == set()


@pytest.mark.promise("S33")
def test_production_wants_mail_and_refuses_the_outbox_file(settings):
    production = {"DEMO": False, "TESTING": False, "VOICE_URLS": []}

    assert found(settings, EMAIL_URL="", SMS_URLS=[], **production) == {"kumquat.E011"}
    assert found(settings, EMAIL_URL="file:", SMS_URLS=[], **production) == {"kumquat.E012"}


def test_a_demo_may_write_to_the_outbox_file(settings):
    assert found(settings, DEMO=True, TESTING=False, EMAIL_URL="file:") == set()
