"""Where an attempt comes from: country, city, and roughly which point on the map."""

from django.utils.translation import gettext_lazy as _

from rba.contract import Context, Copied, Feature, How, Level


class Location(Feature):
    """Country and city as a database of places tells them from the address; its point serves travel alone."""

    key = "location"
    label = _("Location")
    about_data = _("Country and city of your network address. Kept as keyed hashes, and one rounded point on the map.")
    levels = (
        Level("city", Copied(0.02, 0.15, 0.9, 0.9), novelty=0.08, within=("country",), varied=500),
        Level("country", Copied(0.02, 0.95, 0.97, 0.97), novelty=0.02, varied=150),
    )
    words = {
        ("country", How.NEW): _("a country you have not signed in from"),
        ("country", How.RARE): _("a country you seldom sign in from"),
        ("country", How.MISSING): _("we could not tell the country"),
        ("city", How.NEW): _("a town you have not signed in from"),
        ("city", How.RARE): _("a town you seldom sign in from"),
        ("city", How.MISSING): _("we could not tell the town"),
        ("travel", How.NEW): _("too far from your last sign-in for the time between them"),
    }

    def read(self, context: Context) -> dict[str, str]:
        read = {"country": context.country.upper()[:8]}
        if context.city:
            read["city"] = f"{read['country']} {context.city}"[:200]
        return {name: value for name, value in read.items() if value}
