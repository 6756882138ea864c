"""What the browser calls itself: operating system, its version, and the whole line."""

from django.utils.translation import gettext_lazy as _

from rba.contract import Context, Copied, Feature, How, Level

LONGEST = 512  # longer lines are made up; parsers of them take quadratic time


class UserAgent(Feature):
    """System and its version out of the user agent, and the line as a whole, which tells little more."""

    key = "user_agent"
    label = _("User agent")
    about_data = _("The line by which your browser introduces itself. Kept as keyed hashes.")
    levels = (
        Level(
            "agent",
            Copied(0.02, 0.02, 0.5, 0.95),
            0.1,
            within=("browser_version", "system_version", "browser"),
            beside=("browser_version", "system_version"),
        ),
        Level("system_version", Copied(0.02, 0.02, 0.8, 0.97), 0.05, within=("system",), half_life=60),
        Level("system", Copied(0.02, 0.02, 0.95, 0.98), 0.03, within=("device_type",), varied=10),
    )
    words = {
        ("system", How.NEW): _("an operating system you have not used before"),
        ("system", How.RARE): _("an operating system you seldom use"),
        ("system_version", How.NEW): _("another version of your operating system"),
        ("agent", How.NEW): _("a browser that names itself in a new way"),
        ("agent", How.MISSING): _("the browser did not say what it is"),
    }

    def read(self, context: Context) -> dict[str, str]:
        read = {}
        if context.user_agent:
            read["agent"] = context.user_agent[:LONGEST]
        if context.system:
            read["system"] = context.system.lower()[:80]
            if context.system_version:
                read["system_version"] = f"{context.system} {context.system_version}".lower()[:120]
        return read
