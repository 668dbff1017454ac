"""Dates in the words of a search, as the one reader of dates understands them (``timeline.edtf``).

A date may be all that was typed, or stand among other words. Nothing in quotation marks, behind a minus or beside
an ``OR`` is a date: so a reader takes one back to words.

DECISIONS 133 says why.
"""

import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from timeline import edtf
from timeline.search.query import MINUS, ORS, QUOTES

LONGEST = 6
"""Words of the longest date that is looked for among others: the second quarter of 2025."""

MOST_READINGS = 16
"""Texts that are tried as a date, however many words there are."""

LEAP_YEAR = 2024
"""Stands in for a year that is not given; it has every day."""


class DateInWords(NamedTuple):
    """A date that was typed in a search.

    ``text`` is how it was typed, ``before`` and ``after`` are the words around it. ``dates`` is what it may be: one,
    or the readings of what has several; none when the year is missing, and then ``day`` is month and day.
    """

    text: str
    before: str
    after: str
    dates: tuple[edtf.EDTF, ...]
    day: tuple[int, int] | None
    is_certain: bool
    """Whether it is one date and nothing else: 2025 may be a number, 2018–2019 words, and 2020-21 two years."""

    @property
    def rest(self) -> str:
        """The other words, as they are searched for beside the date."""
        before = re.sub(r"(?:^|\s)(?:in|on|of|for|during)$", "", self.before.rstrip(), flags=re.IGNORECASE)
        after = re.sub(r"^[のに、,]+", "", self.after.lstrip())
        return " ".join(f"{before} {after}".split())

    @property
    def has_only_words(self) -> bool:
        """Whether the other words are such, without quotation marks or anything to leave out."""
        return not _OPERATOR.search(f"{self.before} {self.after}")

    @property
    def as_words(self) -> str:
        """The search with the date in quotation marks, where it is words."""
        return " ".join(f'{self.before} "{self.text.strip()}" {self.after}'.split())


def read(text: str) -> DateInWords | None:
    """The date in what a reader typed; None when there is none. At most ``MOST_READINGS`` texts are tried."""
    if not _MAYBE.search(unicodedata.normalize("NFKC", text)) or _OR.search(text):
        return None
    if not _OPERATOR.search(text) and (found := _date(text)):
        return DateInWords(text, "", "", *found)
    for number, (start, end) in enumerate(_places(text)):
        if number >= MOST_READINGS:
            return None
        if found := _date(text[start:end]):
            return DateInWords(text[start:end], text[:start], text[end:], *found)
    return None


Found = tuple[tuple[edtf.EDTF, ...], tuple[int, int] | None, bool]


def _date(text: str) -> Found | None:
    try:
        date = edtf.parse(text)
    except edtf.EDTFError as error:
        if error.code == "no_year":
            return _day(text)
        return (error.candidates, None, False) if error.candidates else None
    if years := edtf.as_two_years(text):
        return (years, date), None, False
    is_closed = date.precision is not edtf.Precision.OPEN
    return (date,), None, not (is_closed and all(end.precision is edtf.Precision.YEAR for end in date.ends))


def _day(text: str) -> Found | None:
    """A day without its year: 16 April, 4月16日."""
    for whole in (f"{text} {LEAP_YEAR}", f"{LEAP_YEAR}年{text}"):
        try:
            date = edtf.parse(whole)
        except edtf.EDTFError:
            continue
        if date.precision is edtf.Precision.DAY and date.lower:
            return (), (date.lower.month, date.lower.day), False
    return None


# -- where one may stand --------------------------------------------------------------------

_KANJI = "〇一二三四五六七八九十元"
# No date is without a figure.
_MAYBE = re.compile(rf"\d|[{_KANJI}][年月]")
_OR = re.compile(rf"(?:^|\s)(?:{'|'.join(map(re.escape, sorted(ORS)))})(?=\s|$)", re.IGNORECASE)
_QUOTE = "".join(dict.fromkeys("".join([*QUOTES, *QUOTES.values()])))
_OPERATOR = re.compile(rf"[{_QUOTE}]|(?:^|\s)[{MINUS}]\S")
_WORD = re.compile(rf"[{_QUOTE}][^{_QUOTE}]*[{_QUOTE}]?|[^\s{_QUOTE}]+")
# Where it touches other Japanese: 赤沢2025年4月の発言.
_JAPANESE = re.compile(
    rf"[〜～~]?(?:明治|大正|昭和|平成|令和|[MTSHR](?=\d))?[\d{_KANJI}]+[年月]"
    rf"(?:[\d{_KANJI}年月日度春夏秋冬]|[上中下初]旬|[上下]半?期|第|四半期|期|前半|後半|末|頃|ごろ|以降|以前|まで|から(?=$|[の\d{_KANJI}])"
    r"|[〜～~–-]|[（(][月火水木金土日曜祝休振・]+[）)])*"
)
_DATELIKE = re.compile(
    r".*\d.*|(?:jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)[a-z]*[.,]?|(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*[.,]?"
    r"|spring|summer|autumn|fall|winter|first|second|third|fourth|quarter|half|early|mid|late|middle|about|around|circa"
    r"|since|from|by|until|till|before|after|between|to|through|and|of|the|end|fy|fiscal|financial|year|jfy|onwards?|[–-]",
    re.IGNORECASE,
)
_JOINT = re.compile(r"(?:to|through|and|of|the|end|year|half|quarter|[–-])", re.IGNORECASE)


def _places(text: str) -> Iterator[tuple[int, int]]:
    """Where in a text a date may stand, the longest first, as places of its characters."""
    runs: list[list[tuple[int, int]]] = [[]]
    for start, end in _words(text):
        if _DATELIKE.fullmatch(unicodedata.normalize("NFKC", text[start:end])):
            runs[-1].append((start, end))
        else:
            runs.append([])
    windows = [
        (run[first][0], run[last][1], last - first)
        for run in runs
        for first in range(len(run))
        for last in range(first, min(first + LONGEST, len(run)))
        if not _JOINT.fullmatch(text[slice(*run[last])])
    ]
    for start, end, _length in sorted(windows, key=lambda window: -window[2]):
        if _MAYBE.search(unicodedata.normalize("NFKC", text[start:end])):
            yield start, end


def _words(text: str) -> Iterator[tuple[int, int]]:
    """The words of a text; what is quoted or left out parts others as one that is no date."""
    for match in _WORD.finditer(text):
        start, end = match.span()
        inside = [] if _OPERATOR.match(match[0]) else [one.span() for one in _JAPANESE.finditer(text, start, end)]
        if not inside:
            yield (start, start) if _OPERATOR.match(match[0]) else (start, end)
        edges = [start, *(edge for span in inside for edge in span), end]
        yield from ((first, last) for first, last in pairwise(edges) if inside and first < last)
