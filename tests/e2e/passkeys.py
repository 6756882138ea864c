"""Chromium's virtual authenticator: a device that makes passkeys and uses them without a hand."""

from playwright.sync_api import Page


def virtual_authenticator(page: Page) -> None:
    """Give this window a device that makes sure who holds it. It goes with the window."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
