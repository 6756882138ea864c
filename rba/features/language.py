"""The language that the browser asks for."""

from django.utils.translation import gettext_lazy as _

from rba.contract import Context, Copied, Feature, How, Level


class Language(Feature):
    """The first language that the browser asks for, with and without its country."""

    key = "language"
    label = _("Language")
    about_data = _("The language your browser asks for. Kept as keyed hashes.")
    levels = (
        Level("language", Copied(0.02, 0.3, 0.9, 0.95), novelty=0.03, within=("tongue",), varied=20),
        Level("tongue", Copied(0.02, 0.6, 0.95, 0.97), novelty=0.02, varied=40),
    )
    words = {
        ("tongue", How.NEW): _("a language you have not used before"),
        ("tongue", How.RARE): _("a language you seldom use"),
        ("tongue", How.MISSING): _("the browser did not ask for a language"),
        ("language", How.NEW): _("another form of your language"),
    }

    def read(self, context: Context) -> dict[str, str]:
        first = context.language[:200].partition(",")[0].partition(";")[0].strip().lower().replace("_", "-")
        return {"language": first[:40], "tongue": first.partition("-")[0][:20]} if first else {}
