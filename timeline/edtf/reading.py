"""Text to date: EDTF itself, what people type in English and Japanese, and good refusals."""

import re
import unicodedata
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from timeline.edtf.values import EDTF, EDTFError, PartialDate

MAX_TYPED_LENGTH = 120
"""Longer input is not a date; the limit also keeps every regular expression cheap."""


class _Fields(NamedTuple):
    """What one end of a typed text states; a range may leave the year or month to the other."""

    year: int | None = None
    month: int | None = None
    day: int | None = None
    approximate: bool = False
    uncertain: bool = False
    weekday: int | None = None

    def has_year(self) -> bool:
        return self.year is not None

    def is_more_than_a_day(self) -> bool:
        return self.year is not None or self.month is not None


# fmt: off
_MONTHS = [
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
]
_WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
# fmt: on
_WEEKDAYS_JA = "月火水木金土日"
# The year before the first of each era; an era runs on arithmetically (平成32年 is 2020).
_ERAS = {"明治": 1867, "大正": 1911, "昭和": 1925, "平成": 1988, "令和": 2018}

# Done before NFKC, which would make an approximate "~" of the full-width wave dash.
_DASHES = str.maketrans(
    dict.fromkeys("\u2010\u2011\u2212", "-") | dict.fromkeys("\u2012\u2013\u2014\u2015\u301c\uff5e", "–")
)


def _form(pattern: str) -> re.Pattern[str]:
    """A form of date. ASCII keeps `[a-z]` and `\\d` to what the look-ups below can answer."""
    return re.compile(pattern, re.IGNORECASE | re.ASCII)


_WEEKDAY = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_MONTH = r"(?P<month>[a-z]{3,})"
_YEAR = r"(?P<year>\d{3,})"
_ERA = "|".join(_ERAS)

_QUALIFIER = _form(r"(.+?) ?([~?%]|~\?|\?~)")
_ABOUT = _form(r"(?:about|around|circa|approx(?:imately)?|ca?)\b\.? ?(.+)|約(.+)|(.+?)(?:頃|ごろ)")
_REMARK = _form(r"(.+?),? \(?(approximate and uncertain|approximate|uncertain)\)?")
_LEADING_WEEKDAY = _form(rf"(?:on )?(?P<weekday>{_WEEKDAY})[., ]+(?P<date>.+)")
_TRAILING_WEEKDAY = _form(rf"(?P<date>.+?) ?\((?P<weekday>{_WEEKDAY}|[{_WEEKDAYS_JA}])(?:曜日?)?\)")
_RELATIVE = _form(
    rf"\b{_WEEKDAY}\b|[{_WEEKDAYS_JA}]曜|\b(?:yesterday|today|tonight|tomorrow|week|weekend)\b"
    r"|\b(?:last|next|this) (?:month|year|spring|summer|autumn|fall|winter)\b|\bago\b"
    r"|昨日|今日|明日|先[週月]|今[週月]|来[週月]"
)

_COMPACT = _form(r"(\d{4})(\d\d)(\d\d)")
_YEAR_FIRST = _form(r"(-?\d{3,})(?:([-/.])(\d{1,2})(?:\2(\d{1,2}))?)?")
_YEAR_LAST = _form(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4,})")
_MONTH_AND_YEAR = _form(r"(\d{1,2})[-/.](\d{4,})")
_WRITTEN = tuple(
    _form(pattern)
    for pattern in (
        rf"{_MONTH}(?:[ .,-]*{_YEAR})?",
        rf"{_DAY}(?: of)?[ .-]*{_MONTH}(?:[ .,-]*{_YEAR})?",
        rf"{_MONTH}[ .-]*{_DAY}(?:[ .,-]+{_YEAR})?",
        rf"{_YEAR}[ .,-]*{_MONTH}(?:[ .-]*{_DAY})?",
        rf"{_DAY}(?:, ?{_YEAR})?",
    )
)
_KANJI = _form(rf"(?:({_ERA})?(\d{{1,4}}|元)年)?(?:(\d{{1,2}})月)?(?:(\d{{1,2}})日)?")
_FINANCIAL_YEAR = _form(
    r"(?:(?P<whose>japan|japanese|us|american) |(?P<jfy>j))?"
    r"(?:fy|fiscal year|financial year) ?(?P<year>\d{4})"
    rf"|(?P<era>{_ERA})?(?P<nendo>\d{{1,4}}|元)年度"
)

_FROM = _form(r"(?:from|since|between|starting) (.+)|(.+?)から")
_BY = _form(r"(?:by|until|till|up to|no later than) (.+)|(.+?)まで")
# Tried in turn; a separator counts when it occurs exactly once and both sides are dates.
_SEPARATORS = tuple(_form(pattern) for pattern in (r" ?– ?", r" (?:-|to|until|through|and) |から(?=.)", r" ?- ?"))


def parse(text: str) -> EDTF:
    """Read a date in EDTF (Level 0, plus Level 1 qualifiers and open intervals) or as people type.

    Raises EDTFError, and nothing else, for every other text.
    """
    text = text.strip()
    typed = _normalise(text) if len(text) <= MAX_TYPED_LENGTH else text
    if not typed:
        raise EDTFError(
            _("Write a date: a year, a month such as 2025-12, or a day such as 2025-12-01."),
            code="empty",
        )
    found = _read(typed) if len(typed) <= MAX_TYPED_LENGTH else None
    if found is None:
        raise _not_a_date(text, typed)
    return found


def from_bound(text: str) -> date | None:
    """The first day a reader means by `from`: 2019 is 1 January 2019. None for an empty text."""
    return parse(text).lower if text.strip() else None


def to_bound(text: str) -> date | None:
    """The day after the last a reader means by `to`: 2019 gives 1 January 2020. None if empty."""
    return parse(text).upper if text.strip() else None


def _normalise(text: str) -> str:
    """Full-width to half-width, two kinds of dash, single spaces, nothing invisible."""
    text = unicodedata.normalize("NFKC", text.translate(_DASHES))
    visible = "".join(char for char in text if unicodedata.category(char) != "Cf")
    typed = " ".join(visible.split())
    # A word processor turns 2025-04-16 into 2025–04–16.
    if re.fullmatch(r"\d{4}–\d{1,2}(–\d{1,2})? ?[~?%]*", typed):
        typed = typed.replace("–", "-")
    return typed


def _quotable(text: str) -> str:
    """A typed text, short and printable enough to be quoted in a message."""
    text = "".join(char for char in text[:200] if char.isprintable()).strip()
    return text if len(text) <= 40 else text[:39] + "…"


def _not_a_date(text: str, typed: str) -> EDTFError:
    if len(typed) <= MAX_TYPED_LENGTH and _RELATIVE.search(typed):
        code = "dateline"
        message = _(
            "“%(text)s” has no date of its own. Look at the report's dateline and write the day "
            "it means, such as 2025-04-16."
        )
    elif typed.count("/") == 1 and (typed.startswith("/") or typed.endswith("/")):
        code = "open"
        message = _("Write “..” for an open end, such as 2025-04-16/.. or ../2025-04-16.")
    else:
        code = "junk"
        message = _("“%(text)s” is not a date. Write a year, a month such as 2025-12, or a day such as 2025-12-01.")
    return EDTFError(message % {"text": _quotable(text)}, code=code)


def _read(typed: str) -> EDTF | None:
    if match := _REMARK.fullmatch(typed):
        found = _read(match[1])
        return found and _qualified(found, match[2].lower())
    _refuse_two_readings(typed, offer=True)
    fields = _read_date(typed)
    if fields and fields.is_more_than_a_day():
        single = _complete(fields, typed)
        return EDTF(single, single)
    return _read_solidus(typed) or _read_financial_year(typed) or _read_range(typed) or _read_half_open(typed)


def _qualified(found: EDTF, remark: str) -> EDTF:
    def qualify(end: PartialDate | None) -> PartialDate | None:
        return end and replace(
            end,
            approximate=end.approximate or "approximate" in remark,
            uncertain=end.uncertain or "uncertain" in remark,
        )

    return EDTF(qualify(found.start), qualify(found.end))


def _read_solidus(typed: str) -> EDTF | None:
    """An interval in EDTF (Level 0), either end of which may be open (Level 1)."""
    parts = [part.strip() for part in typed.split("/")]
    if len(parts) != 2:
        return None
    ends: list[PartialDate | None] = []
    for part in parts:
        fields = _read_date(part)
        if fields and fields.has_year():
            ends.append(_complete(fields, part))
        elif part == "..":
            ends.append(None)
        else:
            return None
    return EDTF(*ends)


def _read_range(typed: str) -> EDTF | None:
    """A range in words: 27–29 October 2025, from April to May 2025, 4月16日〜18日."""
    opening = _FROM.fullmatch(typed)
    body = (opening[1] if opening else None) or typed
    for separator in _SEPARATORS:
        parts = separator.split(body)
        if len(parts) != 2:
            continue
        left, right = _read_date(parts[0]), _read_date(parts[1].removesuffix("まで"))
        if left and right:
            left, right = _fill(left, right), _fill(right, left)
            return EDTF(_complete(left, typed), _complete(right, typed))
    return None


def _fill(end: _Fields, other: _Fields) -> _Fields:
    """Complete one end of a range from the other, as in 27–29 October 2025 and April–May 2025."""
    if end.year is None:
        end = end._replace(year=other.year)
    if end.month is None and end.day is not None and other.day is not None:
        end = end._replace(month=other.month)
    return end


def _read_half_open(typed: str) -> EDTF | None:
    for pattern in (_BY, _FROM):
        match = pattern.fullmatch(typed)
        fields = _read_date(match[1] or match[2]) if match else None
        if fields and fields.is_more_than_a_day():
            end = _complete(fields, typed)
            return EDTF(None, end) if pattern is _BY else EDTF(end, None)
    return None


def _read_financial_year(typed: str) -> EDTF | None:
    match = _FINANCIAL_YEAR.fullmatch(typed)
    if match is None:
        return None
    if match["nendo"]:
        return _japanese_year(_era_year(match["era"], match["nendo"]))
    year = int(match["year"])
    japanese = _japanese_year(year)
    american = EDTF(PartialDate(year - 1, 10), PartialDate(year, 9))
    if match["jfy"] or (match["whose"] or "").lower().startswith("japan"):
        return japanese
    if match["whose"]:
        return american
    message = _(
        "“%(text)s” could be the Japanese financial year, %(japanese)s, or the American one, "
        "%(american)s. Write the one you mean."
    ) % {"text": _quotable(typed), "japanese": japanese, "american": american}
    raise EDTFError(message, code="ambiguous", candidates=(japanese, american))


def _japanese_year(year: int) -> EDTF:
    return EDTF(PartialDate(year, 4), PartialDate(year + 1, 3))


def _read_date(text: str) -> _Fields | None:
    """One end of a text, with its qualifier and weekday; it may leave out its year or month."""
    approximate = uncertain = False
    weekday = None
    if match := _QUALIFIER.fullmatch(text):
        text = match[1]
        approximate = match[2] != "?"
        uncertain = match[2] != "~"
    if match := _ABOUT.fullmatch(text):
        text = match[1] or match[2] or match[3]
        approximate = True
    if match := _LEADING_WEEKDAY.fullmatch(text) or _TRAILING_WEEKDAY.fullmatch(text):
        text, word = match["date"], match["weekday"]
        weekday = _WEEKDAYS_JA.find(word) if word in _WEEKDAYS_JA else _WEEKDAYS.index(word[:3].lower())
    fields = _read_figures(text) or _read_written(text) or _read_kanji(text)
    if fields is None or (weekday is not None and fields.day is None):
        return None
    return fields._replace(approximate=approximate, uncertain=uncertain, weekday=weekday)


def _read_figures(text: str) -> _Fields | None:
    if match := _COMPACT.fullmatch(text):
        return _Fields(int(match[1]), int(match[2]), int(match[3]))
    if match := _YEAR_FIRST.fullmatch(text):
        return _Fields(int(match[1]), _number(match[3]), _number(match[4]))
    if match := _MONTH_AND_YEAR.fullmatch(text):
        return _Fields(int(match[2]), int(match[1]))
    if match := _YEAR_LAST.fullmatch(text):
        _refuse_two_readings(text)
        first, second, year = int(match[1]), int(match[3]), int(match[4])
        day_first = second <= 12
        return _Fields(year, second, first) if day_first else _Fields(year, first, second)
    return None


def _read_written(text: str) -> _Fields | None:
    for form in _WRITTEN:
        match = form.fullmatch(text)
        if match is None:
            continue
        stated = match.groupdict()
        month = _month_number(stated["month"]) if "month" in stated else None
        if month != 0:
            return _Fields(_number(stated["year"]), month, _number(stated.get("day")))
    return None


def _read_kanji(text: str) -> _Fields | None:
    match = _KANJI.fullmatch(text.replace(" ", ""))
    if match is None or not any(match.groups()):
        return None
    era, year, month, day = match.groups()
    return _Fields(_era_year(era, year) if year else None, _number(month), _number(day))


def _number(digits: str | None) -> int | None:
    return int(digits) if digits else None


def _month_number(word: str) -> int:
    """January or Jan as 1, and so on; 0 for another word."""
    return next((n for n, name in enumerate(_MONTHS, 1) if name.startswith(word.lower())), 0)


def _era_year(era: str | None, year: str) -> int:
    number = 1 if year == "元" else int(year)
    return _ERAS[era] + number if era else number


def _refuse_two_readings(text: str, *, offer: bool = False) -> None:
    """Refuse 04/05/2025, which is 4 May in London and 5 April in Washington."""
    match = _YEAR_LAST.fullmatch(text)
    if match is None:
        return
    first, second, year = int(match[1]), int(match[3]), int(match[4])
    if first == second or max(first, second) > 12:
        return
    day_first, month_first = (
        PartialDate(year, second, first),
        PartialDate(year, first, second),
    )
    message = _("“%(text)s” could be %(one)s or %(other)s. Write %(first)s or %(second)s.") % {
        "text": text,
        "one": day_first.words(year=False),
        "other": month_first.words(),
        "first": day_first,
        "second": month_first,
    }
    candidates = [EDTF(day_first, day_first), EDTF(month_first, month_first)] if offer else ()
    raise EDTFError(message, code="ambiguous", candidates=candidates)


def _complete(fields: _Fields, typed: str) -> PartialDate:
    if fields.year is None:
        message = _("“%(text)s” has no year. Write it too, such as 2025-04-16.")
        raise EDTFError(message % {"text": _quotable(typed)}, code="no_year")
    found = PartialDate(fields.year, fields.month, fields.day, fields.approximate, fields.uncertain)
    if fields.weekday is not None and found.first.weekday() != fields.weekday:
        message = _("%(date)s is a %(weekday)s, not a %(typed)s.") % {
            "date": found.words(),
            "weekday": WEEKDAYS[found.first.weekday()],
            "typed": WEEKDAYS[fields.weekday],
        }
        raise EDTFError(message, code="weekday")
    return found
