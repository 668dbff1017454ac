"""The day of publication: what a page says to programs, and the days that it prints for readers.

An instant in UTC is no calendar day: 23:30Z of the 23rd is the 24th in Tokyo. Which it is where the site is at home
follows from an offset that the page has elsewhere, from the country of its address, from its language where one
country speaks it, or from the day that it prints; else it stays open. What is only printed is never taken for the day
of publication by itself: a page prints other days as well.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache
from importlib.resources import files
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from htmldate import find_date
from lxml import html
from lxml.html import HtmlElement

from timeline import edtf

from .article import one_line

MOST = 4
"""Days that are offered."""
MOST_LINES, LONGEST_LINE = 25, 200

_INSTANT = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)"
    r"(?:[T ](?P<time>\d\d:\d\d(?::\d\d)?)(?:[.,]\d+)?\s?(?P<offset>Z|UTC|GMT|[+-]\d\d:?\d\d)?)?"
)
_META = {
    "article:published_time", "article:published", "og:published_time", "datepublished", "date", "dc.date",
    "dc.date.issued", "dcterms.date", "dcterms.issued", "dcterms.created", "citation_publication_date",
    "citation_date", "parsely-pub-date", "sailthru.date", "pubdate", "publishdate", "publish-date", "publish_date",
    "published", "publication_date", "article.published", "cxenseparse:recs:publishtime", "bt:pubdate", "ptime",
    "originalpublicationdate", "date.release", "article_date_original",
}  # fmt: skip
_UNKNOWN = [timezone(timedelta(hours=hours)) for hours in range(-8, 11)]
"""From Los Angeles to Sydney."""
_COUNTRY_OF = {
    "ja": "JP",
    "ko": "KR",
    "vi": "VN",
    "th": "TH",
    "he": "IL",
    "it": "IT",
    "pl": "PL",
    "tr": "TR",
    "sv": "SE",
}
_NO_COUNTRY = {"IO", "ME", "TV", "CO", "AI", "FM", "LY", "TO", "CC", "WS"}
"""Domains of countries that everybody takes."""

_WRITTEN = re.compile(
    r"(?:(?:令和|平成)\s?(?:\d{1,2}|元)|\d{4})\s?年\s?\d{1,2}\s?月\s?\d{1,2}\s?日"
    r"|(?<![\d/.-])(?:19|20)\d\d(?P<by>[-/.])\s?\d{1,2}(?P=by)\s?\d{1,2}(?![\d/-])"
    r"|\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\.?\s+\d{1,2}(?:st|nd|rd|th)?,?\s+(?:19|20)\d\d\b"
    r"|(?<!\d)\d{1,2}(?:st|nd|rd|th)?\s+(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\.?,?\s+(?:19|20)\d\d\b",
    re.IGNORECASE,
)
_IN_ADDRESS = re.compile(r"/((?:19|20)\d\d)[/-]?(\d\d)[/-]?(\d\d)(?!\d)")


@dataclass(frozen=True)
class Days:
    """``published`` in EDTF, "" where it is not known; ``printed`` days to choose from; whether ``published`` is
    empty only because an instant lies between two days.
    """

    published: str = ""
    printed: tuple[str, ...] = ()
    is_between: bool = False


def of_page(tree: HtmlElement, declared: str, url: str, language: str) -> Days:
    """The day of a page, which declares ``declared`` in JSON-LD or microdata."""
    lines = list(_near_headline(tree))
    shown = list(printed(lines))
    marked = [day for element in tree.iter("time") if (day := _plain(element.get("datetime") or ""))]
    address = [f"{found[1]}-{found[2]}-{found[3]}" for found in _IN_ADDRESS.finditer(url)]
    seen = list(dict.fromkeys([*shown, *filter(_is_day, address)]))
    offered = list(dict.fromkeys([*shown, *marked]))
    said = next(filter(None, [declared, *_meta(tree)]), "")
    found = _INSTANT.match(said)
    if found is None:
        day = _edtf(said) or _of_library(tree, url)
        return _known(day, seen, offered)
    if not found["time"] or found["offset"] not in ("Z", "UTC", "GMT", "+00:00", "+0000"):
        return _known(_edtf(found["day"]), seen, offered)
    days = _local(datetime.fromisoformat(f"{found['day']}T{found['time']}+00:00"), _zones(tree, url, language))
    if len(days) == 1:
        return _known(days[0], seen, offered)
    agreed = [day for day in seen if day in days]
    if len(set(agreed)) == 1:
        return _known(agreed[0], seen, offered)
    return Days("", tuple(dict.fromkeys([*offered, *days]))[:MOST], is_between=True)


def printed(lines: Iterable[str]) -> Iterator[str]:
    """The days that stand in lines, written out with their year, in EDTF."""
    seen = set()
    tomorrow = (datetime.now(tz=UTC) + timedelta(days=1)).date().isoformat()
    for line in lines:
        for found in _WRITTEN.finditer(line):
            day = _edtf(found[0].replace("元", "1"))
            if _is_day(day) and day not in seen and day <= tomorrow:
                seen.add(day)
                yield day


def _known(day: str, seen: list[str], offered: list[str]) -> Days:
    """A day that was declared, unless it is what programs put for want of one: 1 January that nobody prints."""
    if day.endswith("-01-01") and day not in seen:
        return Days("", tuple(dict.fromkeys([*offered, day[:4]]))[:MOST])
    return Days(day, tuple(one for one in offered if one != day)[:MOST])


def _of_library(tree: HtmlElement, url: str) -> str:
    """What htmldate finds in the head of the page and in its address; the first of a month only if it stands there."""
    head = html.Element("html")
    head.append(html.Element("head"))
    for element in tree.iter("meta", "link"):
        head[0].append(html.Element(element.tag, dict(element.attrib)))
    head.append(html.Element("body"))
    try:
        found = find_date(head, url=url or None, extensive_search=False, original_date=True)
    except Exception:  # noqa: BLE001 - a stranger's bytes in a library: whatever it is, there is no day
        return ""
    day = _edtf(found or "")
    year, month = day[:4], day[5:7]
    source = html.tostring(head, encoding="unicode") + url
    if day.endswith("-01") and not re.search(rf"{year}\D?0?{int(month or 0)}\D?0?1(?!\d)", source):
        return day[:7]
    return day


def _meta(tree: HtmlElement) -> Iterator[str]:
    for meta in tree.iter("meta"):
        name = meta.get("property") or meta.get("name") or meta.get("itemprop") or ""
        if name.lower() in _META and (content := one_line(meta.get("content"))):
            yield content


def _zones(tree: HtmlElement, url: str, language: str) -> list[tzinfo]:
    """In which zones the site may count its days."""
    offsets = {
        found["offset"]
        for text in _stamps(tree)
        if (found := _INSTANT.match(text))
        and found["offset"]
        and found["offset"][0] in "+-"
        and found["offset"][1:].strip("0:")
    }
    if len(offsets) == 1:
        return [datetime.fromisoformat(f"2000-01-01T00:00{offsets.pop()}").tzinfo or UTC]
    country = (urlsplit(url).hostname or "").rpartition(".")[2].upper().replace("UK", "GB")
    names = _zones_of().get("" if country in _NO_COUNTRY else country) or _zones_of().get(
        _COUNTRY_OF.get(language, "")
    )
    return [ZoneInfo(name) for name in names] if names else list(_UNKNOWN)


def _stamps(tree: HtmlElement) -> Iterator[str]:
    yield from (element.get("datetime") or "" for element in tree.iter("time"))
    yield from (element.get("content") or "" for element in tree.iter("meta"))
    for script in tree.xpath("//script[contains(@type, 'ld+json')]"):
        yield from (found[1] for found in re.finditer(r'"date\w+"\s*:\s*"([^"]{10,40})"', script.text or ""))


@cache
def _zones_of() -> dict[str, list[str]]:
    """The time zones of each country, by its code (zone.tab of the tz database)."""
    zones: dict[str, list[str]] = {}
    for line in (files("tzdata") / "zoneinfo" / "zone.tab").read_text().splitlines():
        if not line.startswith("#"):
            country, _place, name = line.split("\t")[:3]
            zones.setdefault(country, []).append(name)
    return zones


def _local(instant: datetime, zones: Iterable[tzinfo]) -> list[str]:
    return sorted({instant.astimezone(zone).date().isoformat() for zone in zones})


def _near_headline(tree: HtmlElement) -> Iterator[str]:
    """The short lines around the headline, and what the page marks as times."""
    for element in tree.xpath("//time[not(ancestor::aside or ancestor::nav or ancestor::footer)]")[:6]:
        yield one_line(element.text_content())[:LONGEST_LINE]
    headline = next(iter(tree.xpath("//h1[normalize-space()]") or tree.xpath("//h2[normalize-space()]")), None)
    if headline is None:
        return
    words = "[text()[normalize-space()]][not(self::script or self::style or self::title)]"
    places = [headline, *headline.xpath(f"preceding::*{words}[position() <= 6]")]
    places += headline.xpath(f"following::*{words}")[:MOST_LINES]
    for element in places:
        yield " ".join(filter(None, map(one_line, element.itertext())))[:LONGEST_LINE]


def _plain(stamp: str) -> str:
    """The day of a stamp that says on which calendar it is: without an offset, or with one that is not UTC's."""
    found = _INSTANT.match(stamp.strip())
    if not found or (found["offset"] and not found["offset"].strip("+-0:")) or found["offset"] in ("Z", "UTC", "GMT"):
        return ""
    return _edtf(found["day"])


def _edtf(text: str) -> str:
    try:
        return edtf.parse(text.strip()[:40]).text if text.strip() else ""
    except edtf.EDTFError:
        return ""


def _is_day(text: str) -> bool:
    return bool(re.fullmatch(r"\d{4}-\d\d-\d\d", text)) and bool(_edtf(text))
