"""Dates in English words: days, months, parts of months and of years."""

from django.utils.translation import gettext as _

from timeline.edtf.reading.fields import Fields, form, number, quotable
from timeline.edtf.reading.figures import ask_for_year
from timeline.edtf.values import EDTF, EDTFError, Part, PartialDate

# fmt: off
_MONTHS = [
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
]
_WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
# fmt: on
WEEKDAY = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?"

_DAY = r"(?:the )?(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_MONTH = r"(?P<month>[a-z]{3,})"
_YEAR = r"(?P<year>\d{3,})"
_BETWEEN = rf"(?: ?[(,]? ?{WEEKDAY}\.?\)?)?"

_WRITTEN = tuple(
    form(pattern)
    for pattern in (
        rf"{_MONTH}(?:(?: of)?[ .,-]*{_YEAR})?",
        rf"{_DAY}(?: of)?[ .-]*{_MONTH}(?:[ .,-]*{_YEAR})?",
        rf"{_MONTH}[ .-]*{_DAY}(?:[ .,-]+{_YEAR})?",
        rf"{_YEAR}[ .,-]*{_MONTH}(?:[ .-]*{_DAY})?",
        rf"{_DAY}(?:, ?{_YEAR})?",
    )
)

_THIRDS = {"early": 0, "mid": 1, "middle of": 1, "late": 2}
_THIRD = form(rf"(?:in )?(?:the )?(?P<third>early|mid|middle of|late)[ -](?:in )?{_MONTH}(?:[ .,-]*{_YEAR})?")
_EDGE = form(
    r"(?:at |in )?(?:the )?(?P<edge>beginning|start|end)(?: of |[ -])(?:the year )?"
    rf"(?:{_MONTH}(?:[ .,-]+{_YEAR})?|(?P<only>\d{{4}}))"
)
_VAGUE_YEAR = form(r"(?:in )?(?:the )?(?:early|mid|middle of|late)[ -](?:in )?\d{4}")

_SEASONS = {
    "spring": Part.SPRING,
    "summer": Part.SUMMER,
    "autumn": Part.AUTUMN,
    "fall": Part.AUTUMN,
    "winter": Part.WINTER,
}
_ORDER = ["first", "second", "third", "fourth"]
_ORDINAL = r"first|second|third|fourth|1st|2nd|3rd|4th|[1-4]"
_SEASON = r"(?P<season>spring|summer|autumn|fall|winter)"
_QUARTER = rf"(?:q(?P<q>[1-4])|(?P<nq>[1-4])q|(?P<quarter>{_ORDINAL})[ -]quarter|quarter (?P<quarter_number>[1-4]))"
_HALF = r"(?:h(?P<h>[12])|(?P<nh>[12])h|(?P<half>first|second|1st|2nd)[ -]half)"
_NAMED_PART = rf"(?:in )?(?:the )?(?:{_SEASON}|{_QUARTER}|{_HALF})"
_PARTS = tuple(
    form(pattern)
    for pattern in (
        rf"{_NAMED_PART}(?:(?:,| of| in)? ?-?(?P<year>\d{{4}})(?:[-–/](?P<next>\d\d(?:\d\d)?))?)?",
        rf"(?P<year>\d{{4}})(?:[-–/](?P<next>\d\d(?:\d\d)?))?[ -]?{_NAMED_PART}",
    )
)

_SHORT_DAY = form(r"(?P<day>\d{1,2})[-/ .]?(?P<month>[a-z]{3,})(?:[-/ .,]*['’-]|/)(?P<year>\d\d)")
_SHORT_DAY_LAST = form(r"(?P<month>[a-z]{3,})[-/ .]?(?P<day>\d{1,2})(?:st|nd|rd|th)?(?:,? ?['’]|, |/)(?P<year>\d\d)")
_SHORT_MONTH = form(r"(?P<month>[a-z]{3,})\.?[ ,]?[-/'’](?P<year>\d\d)")


def weekday_number(word: str) -> int:
    """Monday or Mon as 0, and so on."""
    return _WEEKDAYS.index(word[:3].lower())


def read_english(text: str) -> Fields | None:
    return _read_date(text) or _read_part(text) or _read_third(text)


def refuse_vague(text: str) -> None:
    """Answer what is nearly a date, April '25, end of July 2025, early 2025, with what may be meant."""
    for pattern in (_SHORT_DAY, _SHORT_DAY_LAST, _SHORT_MONTH):
        if (match := pattern.fullmatch(text)) and (month := _month_number(match["month"])):
            ask_for_year(text, [(match["year"], month, match.groupdict().get("day"))])
    if match := _EDGE.fullmatch(text):
        if match["only"]:
            refuse_edge(text, int(match["only"]), None, is_end=match["edge"].lower() == "end")
        elif (month := _month_number(match["month"])) and match["year"]:
            refuse_edge(text, int(match["year"]), month, is_end=match["edge"].lower() == "end")
    if _VAGUE_YEAR.fullmatch(text):
        refuse_part_of_year(text)


def refuse_edge(text: str, year: int, month: int | None, *, is_end: bool) -> None:
    """Refuse the beginning or the end of a month or year: it may be one day or several."""
    within = PartialDate(year, month or (12 if is_end else 1))
    if month is None:
        many = EDTF(within, within)
    else:
        days = (21, within.last.day) if is_end else (1, 10)
        many = EDTF(*(PartialDate(year, month, day, approximate=True) for day in days))
    edge = within.last.day if is_end else 1
    one = PartialDate(year, within.month, edge)
    message = _("“%(text)s” may mean one day or several. Write %(one)s or %(several)s.")
    words = {"text": quotable(text), "one": one, "several": many}
    raise EDTFError(message % words, code="vague", candidates=(EDTF(one, one), many))


def refuse_part_of_year(text: str) -> None:
    message = _("“%(text)s” has no months that all agree on. Write those it means, such as 2025-01/2025-04~.")
    raise EDTFError(message % {"text": quotable(text)}, code="vague")


def winter(year: int, following: str | None, text: str) -> Fields:
    """Winter 2025–26; of one year, it could be either of the two that lie in it."""
    if following is None:
        candidates = [EDTF(one, one) for one in (PartialDate(n, part=Part.WINTER) for n in (year - 1, year))]
        message = _(
            "“%(text)s” could be %(one)s or %(other)s. Write %(first)s or %(second)s: the year in which it begins."
        ) % {
            "text": quotable(text),
            "one": candidates[0].ends[0].words(),
            "other": candidates[1].ends[0].words(),
            "first": candidates[0],
            "second": candidates[1],
        }
        raise EDTFError(message, code="ambiguous", candidates=candidates)
    return Fields(year, part=Part.WINTER)


def _read_date(text: str) -> Fields | None:
    for pattern in _WRITTEN:
        match = pattern.fullmatch(text)
        if match is None:
            continue
        stated = match.groupdict()
        month = _month_number(stated["month"]) if "month" in stated else None
        if month != 0:
            return Fields(number(stated["year"]), month, number(stated.get("day")))
    return None


def _read_third(text: str) -> Fields | None:
    match = _THIRD.fullmatch(text)
    month = _month_number(match["month"]) if match else 0
    if match is None or not month:
        return None
    return Fields(number(match["year"]), month, third=_THIRDS[match["third"].lower()], approximate=True)


def _read_part(text: str) -> Fields | None:
    for pattern in _PARTS:
        match = pattern.fullmatch(text)
        if match is None:
            continue
        year, following = number(match["year"]), match["next"]
        if year is None:
            return Fields(part=_part(match.groupdict()))
        part = _part(match.groupdict())
        if following and (part is not Part.WINTER or int(following) % 100 != (year + 1) % 100):
            return None
        return winter(year, following, text) if part is Part.WINTER else Fields(year, part=part)
    return None


def _part(stated: dict[str, str | None]) -> Part:
    if season := stated["season"]:
        return _SEASONS[season.lower()]
    if half := stated["h"] or stated["nh"] or stated["half"]:
        return Part(Part.FIRST_HALF + _place(half))
    return Part(
        Part.FIRST_QUARTER
        + _place(stated["q"] or stated["nq"] or stated["quarter"] or stated["quarter_number"] or "1")
    )


def _place(word: str) -> int:
    """First, 1st or 1 as 0, and so on."""
    return int(word[0]) - 1 if word[0].isdigit() else _ORDER.index(word.lower())


def _month_number(word: str) -> int:
    """January or Jan as 1, and so on; 0 for another word."""
    return next((n for n, name in enumerate(_MONTHS, 1) if name.startswith(word.lower())), 0)
