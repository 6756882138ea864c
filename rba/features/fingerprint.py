"""The browser's fingerprint, as a script on our pages or a plugin computes it."""

from django.utils.translation import gettext_lazy as _

from rba.contract import Context, Copied, Feature, How, Level


class Fingerprint(Feature):
    """A hash that a script makes of what a browser draws and has installed. Anybody can send a copied one."""

    key = "fingerprint"
    label = _("Device fingerprint")
    about_data = _(
        "A number that is computed from what your browser draws and which fonts it has. Only the number leaves the "
        "page, and it is kept as a keyed hash."
    )
    levels = (
        Level(
            "fingerprint",
            Copied(0.002, 0.002, 0.03, 0.97),
            novelty=0.15,
            within=("browser", "system"),
            beside=("browser_version",),
        ),
    )
    on_by_default = False
    words = {
        ("fingerprint", How.NEW): _("a browser that looks new"),
        ("fingerprint", How.RARE): _("a browser that you seldom use"),
        ("fingerprint", How.MISSING): _("the browser did not show what it looks like"),
    }

    def read(self, context: Context) -> dict[str, str]:
        return {"fingerprint": context.fingerprint[:256]} if context.fingerprint else {}
