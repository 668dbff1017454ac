"""Moments for people at the desk: "1 January 2040, 09:00, Tokyo (UTC+9)".

They are told in the time zone that is active: that of the account while the admin answers, UTC
in services and commands. Readers get no such words: public pages say days, in UTC.
"""

import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _


def moment(time: datetime.datetime) -> str:
    """A moment in words, with the zone it is told in."""
    words = {"time": date_format(timezone.localtime(time), _("j F Y, H:i")), "zone": zone(time)}
    return _("%(time)s, %(zone)s") % words


def zone(time: datetime.datetime | None = None) -> str:
    """The active time zone by its place, and how far it is from UTC at a moment, else now: "New York (UTC−5)"."""
    offset = timezone.localtime(time or timezone.now()).utcoffset() or datetime.timedelta()
    minutes = abs(offset) // datetime.timedelta(minutes=1)
    distance = f"{'−' if offset < datetime.timedelta() else '+'}{minutes // 60}"
    if minutes % 60:
        distance += f":{minutes % 60:02}"
    return place() if place() == "UTC" else f"{place()} (UTC{distance if minutes else ''})"


def place() -> str:
    """The place that the active time zone is named for."""
    return str(timezone.get_current_timezone()).rpartition("/")[2].replace("_", " ")
