"""What staff see of risk on their start page: how old the databases of places are."""

from datetime import datetime, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.admin import figures
from accounts.admin.figures import Figure
from rba import geo
from rba.places import keeping

OLD_AFTER = timedelta(days=365)  # a fifth of all addresses has moved by then


def read(now: datetime) -> list[Figure]:
    """The day that each database in use was made."""
    return [_figure(now, "country", _("Countries of addresses")), _figure(now, "asn", _("Networks of addresses"))]


def _figure(now: datetime, kind: str, label: str) -> Figure:
    path = geo.path_of(kind)
    if path is None:
        return Figure(label, _("not looked up"))
    made = keeping.made_on(path)
    if made is None:
        return Figure(label, _("unknown"), trouble=_("A database of places cannot be read, so every place is unknown."))
    is_old = now - made > OLD_AFTER
    trouble = _("A database of places is older than a year: manage.py places takes a newer one.") if is_old else ""
    return Figure(label, _("as of %(day)s") % {"day": date_format(made, "j F Y")}, trouble=trouble)


figures.register(80, read)
