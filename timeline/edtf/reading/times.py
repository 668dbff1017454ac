"""The time of day that programs write behind a date: midnight means the day, any other is refused in words."""

import re
from datetime import UTC, datetime, timedelta, timezone

from django.utils.translation import gettext as _

from timeline.edtf.reading.fields import Fields, form, quotable
from timeline.edtf.values import EDTF, EDTFError, PartialDate

_ZONES = {"z": 0, "utc": 0, "gmt": 0, "ut": 0, "jst": 9, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7}
_ZONES |= {"mdt": -6, "pst": -8, "pdt": -7}
_ZONE = rf"(?P<zone>{'|'.join(_ZONES)})|(?:utc|gmt)?(?P<sign>[+-])(?P<hours>\d\d?)(?::?(?P<minutes>\d\d))?"
_CLOCK = form(
    r"(?P<date>.*[^ ,:T])(?:t|,? (?:at )?)(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d(?:[.,]\d+)?))?"
    rf"(?: ?(?P<half>[ap])\.?m\.?)?(?: ?(?:{_ZONE})(?: ?\([^()]*\)| ?\[[^\[\]]*\])?)?"
)
_COMPACT = form(rf"(?P<date>\d{{8}})t(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)?(?: ?(?:{_ZONE}))?")
_KANJI = form(
    r"(?P<date>.*(?:日|曜|\)))[ 、,]*(?P<half>午前|午後)?(?P<hour>\d{1,2})(?:時|:(?=\d))"
    r"(?:(?P<minute>\d{1,2})分?|半)?(?:頃|ごろ)?"
)


def without_midnight(text: str) -> tuple[str, dict[str, str | None] | None]:
    """The text without the time behind its date, and that time if it is not midnight."""
    for pattern in (_CLOCK, _COMPACT, _KANJI):
        match = pattern.fullmatch(text)
        if match is None:
            continue
        clock: dict[str, str | None] = match.groupdict()
        half = (clock.get("half") or "").lower()
        hour = int(match["hour"]) % 12 if half else int(match["hour"])
        hour += 12 * (half in ("p", "午後"))
        smaller = [clock["minute"], clock.get("second")]
        is_midnight = hour == 0 and not any(re.search("[1-9]", part or "") for part in smaller)
        is_midnight = is_midnight and not text.endswith("半")
        return match["date"].rstrip(" ,"), None if is_midnight else clock | {"hour": str(hour)}
    return text, None


def refuse_time(fields: Fields, clock: dict[str, str | None], text: str) -> None:
    """Refuse a time of day: the day is offered, or the days that it was somewhere if the text has a time zone."""
    if fields.year is None or fields.month is None or fields.day is None:
        return
    stated = PartialDate(fields.year, fields.month, fields.day)
    days = [stated]
    zone = _offset(clock)
    if zone is not None:
        days = list(_days(stated, int(clock["hour"] or 0), int(clock["minute"] or 0), zone)) or days
    words = {"text": quotable(text), "days": _(" or ").join(map(str, days))}
    if len(days) == 1:
        message = _("“%(text)s” has a time of day. A date here has none: write %(days)s.")
    else:
        message = _(
            "“%(text)s” has a time of day, and that moment is another day elsewhere. Write the day it was where it "
            "happened: %(days)s."
        )
    raise EDTFError(message % words, code="time", candidates=[EDTF(day, day) for day in days])


def _offset(clock: dict[str, str | None]) -> timedelta | None:
    """How far its time zone is ahead of UTC; None when none is stated."""
    if name := clock.get("zone"):
        return timedelta(hours=_ZONES[name.lower()])
    if clock.get("sign"):
        ahead = timedelta(hours=int(clock["hours"] or 0), minutes=int(clock["minutes"] or 0))
        return ahead if clock["sign"] == "+" else -ahead
    return None


def _days(day: PartialDate, hour: int, minute: int, ahead: timedelta) -> list[PartialDate]:
    """The days it was between Honolulu and Auckland."""
    try:
        moment = datetime(day.year, day.month or 1, day.day or 1, hour, minute, tzinfo=UTC) - ahead
    except ValueError:
        return []  # 25 o'clock
    found = {moment.astimezone(timezone(timedelta(hours=hours))).date() for hours in (-10, 13)}
    return [PartialDate(one.year, one.month, one.day) for one in sorted(found)]
