"""Template tags that the pages share: icons, initials, relative time."""

from datetime import datetime, timedelta

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

register = template.Library()

MINUTE, HOUR, DAY, WEEK = 60, 3600, 86400, 604800


@register.simple_tag
def icon(name: str, css: str = "") -> SafeString:
    """Draw one icon of the sprite; words beside it say what it means, so screen readers pass over it."""
    return format_html(
        '<svg class="icon{}" aria-hidden="true"><use href="{}#{}"/></svg>',
        f" {css}" if css else "",
        static("img/icons.svg"),
        name,
    )


@register.filter
def initials(name: str) -> str:
    """The first letters of the first and the last word, for an avatar: "IS" for Ingrid Solbakken."""
    words = name.split()
    return "".join(word[0] for word in ([words[0], words[-1]] if len(words) > 1 else words)).upper()


@register.filter
def clock(seconds: int) -> str:
    """What is left of a countdown as minutes and seconds: "4:18"."""
    return f"{seconds // MINUTE}:{seconds % MINUTE:02}"


@register.simple_tag
def ago(moment: datetime | None, never: str = "") -> SafeString | str:
    """A moment as people say it, exact on hover; `never` is said when there was none."""
    if moment is None:
        return never or _("never")
    local = timezone.localtime(moment)
    exact = _("%(date)s, %(time)s") % {"date": date_format(local, "DATE_FORMAT"), "time": f"{local:%H:%M:%S}"}
    return format_html('<time datetime="{}" title="{}">{}</time>', local.isoformat(), exact, relative(local))


def relative(moment: datetime) -> str:
    """How long ago, or how long until; past two months or ahead of a week, the date."""
    now = timezone.localtime()
    seconds = int((now - moment).total_seconds())
    if seconds < 0:
        return _ahead(moment, -seconds)
    if seconds < MINUTE:
        return _("just now")
    if seconds < HOUR:
        return ngettext("%(n)d min ago", "%(n)d min ago", seconds // MINUTE) % {"n": seconds // MINUTE}
    if moment.date() == now.date() or seconds < 12 * HOUR:
        return ngettext("%(n)d hour ago", "%(n)d hours ago", seconds // HOUR) % {"n": seconds // HOUR}
    if moment.date() == now.date() - timedelta(days=1):
        return _("yesterday, %(time)s") % {"time": f"{moment:%H:%M}"}
    days = (now.date() - moment.date()).days
    if days < 14:
        return ngettext("%(n)d day ago", "%(n)d days ago", days) % {"n": days}
    if days < 60:
        return ngettext("%(n)d week ago", "%(n)d weeks ago", days // 7) % {"n": days // 7}
    return date_format(moment, "DATE_FORMAT")


def _ahead(moment: datetime, seconds: int) -> str:
    if seconds < MINUTE:
        return _("in a moment")
    if seconds < HOUR:
        return ngettext("in %(n)d min", "in %(n)d min", seconds // MINUTE) % {"n": seconds // MINUTE}
    if seconds < DAY:
        return ngettext("in %(n)d hour", "in %(n)d hours", seconds // HOUR) % {"n": seconds // HOUR}
    if seconds < WEEK:
        return ngettext("in %(n)d day", "in %(n)d days", seconds // DAY) % {"n": seconds // DAY}
    return date_format(moment, "DATE_FORMAT")
