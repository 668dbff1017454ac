"""Texts with two dates or an open end: intervals, from and by, before and after, financial years."""

from dataclasses import replace
from datetime import timedelta

from django.utils.translation import gettext as _

from timeline.edtf.reading.ends import read_date
from timeline.edtf.reading.fields import Fields, first_of, form, last_of, quotable
from timeline.edtf.reading.japanese import ERA, arabic, era_year
from timeline.edtf.values import EDTF, EDTFError, Part, PartialDate

_FROM = form(
    r"(?:from|since|starting(?: from| in| on)?|on or after|no earlier than|not before|effective(?: from)?) "
    r"(?:(?:the )?(?:beginning|start) of )?(?P<date>.+?)(?: on(?:wards?)?)?"
    r"|(?P<onwards>.+?),? (?:onwards?|or later|and (?:later|after))"
    r"|(?P<kara>.+?)(?:から|以降|以後)|(?P<dash>.*[年月日旬])–"
)
_BY = form(
    r"(?:by|until|till|up to|through|no later than|not later than|on or before) "
    r"(?:(?:the )?end(?: of |[ -]))?(?P<date>.+)"
    r"|(?P<earlier>.+?),? (?:or|and) (?:earlier|before)"
    r"|(?P<made>.+?)(?:の?末|終わり)?(?:まで|までに|以前)|–(?P<dash>.+?)末?"
)
_BEFORE = form(r"(?:before|prior to|earlier than) (?P<date>.+)|(?P<mae>.+?)より(?:も)?(?:以?前)")
_AFTER = form(r"(?:after|later than) (?P<date>.+)|(?P<ato>.+?)より(?:も)?(?:以?後|あと)")
_OPENING = form(r"(?:from|since|between|starting) (.+)")
# Tried in turn; a separator counts when it occurs exactly once and both sides are dates.
_SEPARATORS = tuple(
    form(pattern)
    for pattern in (
        r" [–-] ",
        r" ?– ?",
        r" (?:-|to|until|through|and) |から(?=.)",
        r" ?- ?",
        r"(?<=[年月日旬\d]) ?~ ?(?=\d)",
    )
)
_END_OF = form(r"(?:(?:the )?end(?: of |[ -]))?(.+?)末?(?:まで)?")
_UNIT = form(r".*(年度?|月|日)")

_FINANCIAL_YEAR = form(
    r"(?:(?P<whose>japan|japanese|us|u\.s\.|american) |(?P<jfy>j))?"
    r"(?:fy|fiscal(?: year)?|financial year) ?(?P<year>\d{4})(?:[-–/](?P<next>\d\d(?:\d\d)?))?"
    rf"|(?P<era>{ERA})?(?P<nendo>\d{{1,4}}|元)年度(?P<part>[上下]半?期|第[1-4一二三四]四半期)?"
)


def read_solidus(typed: str) -> EDTF | None:
    """An interval in EDTF (Level 0), either end of which may be open (Level 1)."""
    parts = [part.strip() for part in typed.split("/")]
    if len(parts) != 2:
        return None
    ends: list[PartialDate | None] = []
    for number, part in enumerate(parts):
        fields = _read(part)
        if fields and fields.has_year():
            ends.append(last_of(fields, typed) if number else first_of(fields, typed))
        elif part == "..":
            ends.append(None)
        else:
            return None
    return EDTF(*ends)


def read_range(typed: str) -> EDTF | None:
    """27–29 October 2025, from April to May 2025, 4月16日〜18日, 2025年4～6月."""
    opening = _OPENING.fullmatch(typed)
    body = (opening[1] if opening else None) or typed
    for separator in _SEPARATORS:
        parts = separator.split(body)
        if len(parts) != 2:
            continue
        start, end = parts[0], _without_end(parts[1])
        left, right = _read(start), _read(end)
        if right and not left and (unit := _UNIT.fullmatch(end)):
            left = _read(f"{start}{unit[1]}")
        if left and right:
            left, right = _fill(left, right), _fill(right, left)
            return EDTF(first_of(left, typed), last_of(right, typed))
    return None


def read_half_open(typed: str) -> EDTF | None:
    """By June 2025, from 1 April 2022; before and after leave out what they name."""
    for pattern in (_BEFORE, _AFTER, _BY, _FROM):
        match = pattern.fullmatch(typed)
        text = next(filter(None, match.groups()), "") if match else ""
        ends = _ends(text, typed)
        if ends is None:
            continue
        first, last = ends
        if pattern is _BY:
            return EDTF(None, last)
        if pattern is _FROM:
            return EDTF(first, None)
        if pattern is _BEFORE:
            return EDTF(None, beside(first, -1))
        return EDTF(beside(last, 1), None)
    return None


def read_financial_year(typed: str) -> EDTF | None:
    match = _FINANCIAL_YEAR.fullmatch(arabic(typed))
    if match is None:
        return None
    if match["nendo"]:
        return _part_of(_twelve_months(era_year(match["era"], match["nendo"]), 4), match["part"])
    year = int(match["year"])
    japanese, american = _twelve_months(year, 4), _twelve_months(year - 1, 10)
    if following := match["next"]:
        if int(following) % 100 != (year + 1) % 100:
            return None
        # Of two years both countries mean the first one's end and the second one's beginning.
        american = _twelve_months(year, 10)
    if match["jfy"] or (match["whose"] or "").lower().startswith("japan"):
        return japanese
    if match["whose"]:
        return american
    message = _(
        "“%(text)s” could be the Japanese financial year, %(japanese)s, or the American one, "
        "%(american)s. Write the one you mean."
    ) % {"text": quotable(typed), "japanese": japanese, "american": american}
    raise EDTFError(message, code="ambiguous", candidates=(japanese, american))


def beside(one: PartialDate, step: int) -> PartialDate:
    """The day, month, part of a year or year that comes next (1) or before (-1)."""
    if one.day:
        day = one.first + timedelta(days=step)
        return replace(one, year=day.year, month=day.month, day=day.day)
    if one.part:
        kind = [part for part in Part if part.precision is one.part.precision]
        years, place = divmod(one.part.place + step, len(kind))
        return replace(one, year=one.year + years, part=kind[place])
    if one.month:
        years, month = divmod(one.month - 1 + step, 12)
        return replace(one, year=one.year + years, month=month + 1)
    return replace(one, year=one.year + step)


def _read(text: str) -> Fields | None:
    """A date that is part of a text: what it may be instead is not what the text may be."""
    try:
        return read_date(text)
    except EDTFError as error:
        error.candidates = ()
        raise


def _without_end(text: str) -> str:
    """What an interval ends with, of which the end is meant anyway: July 2025 for the end of July 2025."""
    match = _END_OF.fullmatch(text)
    return match[1] if match else text


def _ends(text: str, typed: str) -> tuple[PartialDate, PartialDate] | None:
    """The first and the last date that a text means: of a financial year its months, else twice the same."""
    if not text:
        return None
    if (fields := _read(text)) and fields.is_more_than_a_day():
        return first_of(fields, typed), last_of(fields, typed)
    try:
        year = read_financial_year(text)
    except EDTFError as error:
        error.candidates = ()
        raise
    return (year.ends[0], year.ends[-1]) if year else None


def _fill(end: Fields, other: Fields) -> Fields:
    """Complete one end of a range from the other, as in 27–29 October 2025, April–May 2025 and 令和6年4月～7年3月."""
    if end.year is None:
        end = end._replace(year=other.year)
    elif end.year < 100 and not end.era and other.year and not other.year < 100:
        end = end._replace(
            year=era_year(other.era or None, str(end.year)) + (0 if other.era else other.year // 100 * 100)
        )
    if end.month is None and other.month is not None and (end.day is not None or end.third is not None):
        end = end._replace(month=other.month)
    return end


def _twelve_months(year: int, month: int) -> EDTF:
    """The year that begins with that month."""
    return EDTF(PartialDate(year, month), PartialDate(year + 1, month - 1))


def _part_of(year: EDTF, part: str | None) -> EDTF:
    """A half or a quarter of a financial year."""
    if not part:
        return year
    start = year.ends[0]
    if not part.startswith("第"):
        if part[0] == "上":
            return EDTF(start, replace(start, month=9))
        return EDTF(replace(start, month=10), year.end)
    place = "1234".find(part[1]) if part[1].isdigit() else "一二三四".index(part[1])
    quarter = PartialDate(start.year + (place == 3), part=Part(Part.FIRST_QUARTER + (place + 1) % 4))
    return EDTF(quarter, quarter)
