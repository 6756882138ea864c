"""The browser and its major version."""

from django.utils.translation import gettext_lazy as _

from rba.contract import Context, Copied, Feature, How, Level


class Browser(Feature):
    """The browser on its system; newer versions than the last are what owners show, older ones hardly ever."""

    key = "browser"
    label = _("Browser")
    about_data = _("Which browser you use, and its version. Kept as keyed hashes; the version also as a number.")
    levels = (
        Level("browser_version", Copied(0.02, 0.02, 0.7, 0.95), 0.15, within=("browser",), half_life=30),
        Level("browser", Copied(0.02, 0.02, 0.95, 0.98), 0.03, within=("system", "device_type"), varied=12),
    )
    words = {
        ("browser", How.NEW): _("a browser you have not used before"),
        ("browser", How.RARE): _("a browser you seldom use"),
        ("browser", How.MISSING): _("the browser did not say what it is"),
        ("browser_version", How.NEW): _("another version of your browser"),
        ("browser_version", How.RARE): _("an older version of your browser"),
    }

    def read(self, context: Context) -> dict[str, str]:
        if not context.browser:
            return {}
        browser = f"{context.system}\0{context.browser}".lower()[:160]
        number = major(context.browser_version)
        return {"browser": browser} | ({} if number is None else {"browser_version": f"{browser}\0{number}"})


def major(version: str) -> int | None:
    """The number before the first dot; None where there is none."""
    text = version.strip().partition(".")[0]
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else None
