"""References for reference managers: BibTeX, RIS and CSL-JSON, all from CSL-JSON items.

An item is a dictionary of the CSL-JSON schema (https://docs.citationstyles.org): ``id``, ``type``,
``title``, and what else is known of ``author`` (``[{"literal": …}]``), ``container-title``,
``publisher``, ``issued``, ``accessed``, ``URL``, ``version``, ``language``, ``note``. A date is what
:func:`date` makes: it has no more parts than are known.

The two text formats are written here. pybtex leaves ``$ ^ { } \\`` as they are, bibtexparser
writes ``\\}``, which ends a field too early in BibTeX itself, and rispy lets a line break in a
title begin another record. As readers pybtex and rispy serve the tests.

DECISIONS 68 says why.
"""

import datetime
import json
import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from timeline import edtf
from timeline.choices import SourceKind
from timeline.models.document import EntryDocument, SourceDocument, StorylineDocument
from timeline.public.assertions import Assertion
from timeline.public.bylines import authors
from timeline.public.language import here
from timeline.public.wording import happened, source_title, stop, when
from timeline.punctuation import JAPANESE, marks, quoted, sentences

Item = dict[str, Any]


class ReferenceFormat(NamedTuple):
    """A format of references: its file name extension, media type and writer."""

    extension: str
    label: str
    media_type: str
    render: Callable[[Iterable[Item]], Iterator[str]]


# -- items --------------------------------------------------------------------------------


def entry_item(
    entry: EntryDocument,
    site: dict[str, Any],
    *,
    assertion: Assertion | None = None,
    accessed: datetime.date | None = None,
) -> Item:
    """A version of an entry, or one ``assertion`` of it, by the address that keeps saying what it says now.

    It is issued when the entry last changed. It has no author, as none is named.
    """
    item = {
        "id": f"{entry['slug']}-{assertion.id}" if assertion else entry["slug"],
        "type": "webpage",
        "title": entry["headline"],
        "container-title": site["name"],
        "publisher": site["imprint"].get("publisher"),
        "issued": date(entry["updated"][:10]),
        "event-date": date(entry["date"]["edtf"]),
        "accessed": date(accessed.isoformat()) if accessed else None,
        "version": str(entry["version"] or ""),
        "URL": site["base_url"] + here(version_address(entry, assertion)),
        "language": entry["language"],
        "note": sentences([quoted(assertion.text) if assertion else "", *_particulars(entry)]),
    }
    return {name: value for name, value in item.items() if value}


def version_address(entry: EntryDocument, assertion: Assertion | None = None) -> str:
    """The path of an entry as it reads now, whatever becomes of it; of a draft, that of the entry."""
    path = f"/entries/{entry['slug']}/versions/{entry['version']}/" if entry["version"] else entry["url"]
    return f"{path}#{assertion.anchor}" if assertion else path


def storyline_item(storyline: StorylineDocument, site: dict[str, Any]) -> Item:
    """A storyline; it changes with its entries and bears no date."""
    item = {
        "id": f"storyline-{storyline['slug']}",
        "type": "webpage",
        "title": storyline["name"],
        "container-title": site["name"],
        "publisher": site["imprint"].get("publisher"),
        "URL": site["base_url"] + here(storyline["url"]),
    }
    return {name: value for name, value in item.items() if value}


SOURCE_TYPES: dict[str, str] = {
    SourceKind.PRIMARY_GOVERNMENT: "report",
    SourceKind.THINK_TANK: "report",
    SourceKind.WIRE: "article-newspaper",
    SourceKind.NEWS: "article-newspaper",
    SourceKind.TRADE_PRESS: "article-newspaper",
    SourceKind.COMMENTARY: "article-newspaper",
    SourceKind.REWRITE: "article-newspaper",
}
"""What the kinds of sources are for CSL; the others are web pages."""


def source_item(source: SourceDocument) -> Item:
    """A source, from its public document; a hidden address is not in that."""
    kind = SOURCE_TYPES.get(source["kind"], "webpage")
    publisher = source["publisher"]["name"] if source["publisher"] else ""
    item = {
        "id": f"source-{source['number']}",
        "type": kind,
        "title": source_title(source),
        "author": [{"literal": name} for name in authors(source["byline"])],
        "publisher" if kind == "report" else "container-title": publisher,
        "issued": date(source["published"]["edtf"] if source["published"] else ""),
        "accessed": date(source["accessed"]),
        "URL": source["url"],
        "language": source["language"],
        **_copy(source),
    }
    return {name: value for name, value in item.items() if value}


def _copy(source: SourceDocument) -> Item:
    """The archived copy: in a note, and in the place of an original that is gone."""
    url, day = source["archived_url"], when(source["archived_on"]) if source["archived_on"] else ""
    if not url:
        return {}
    if source["link"] == "dead":
        said = _("Archived copy of %s.") % day if day else _("Archived copy.")
        return {"URL": url, "note": said + " " + _("The original is gone: %s") % source["url"]}
    note = _("Archived copy of %(day)s: %(url)s") if day else _("Archived copy: %(url)s")
    return {"note": note % {"day": day, "url": url}}


def citation(
    entry: EntryDocument,
    site: dict[str, Any],
    *,
    assertion: Assertion | None = None,
    accessed: datetime.date | None = None,
) -> str:
    """The entry, or one ``assertion`` of it, as a note or a list of works cites it."""
    parts = [quoted(_titled(entry["headline"])), stop(site["name"]), *_particulars(entry)]
    if accessed:
        parts.append(_("Accessed %s.") % when(accessed.isoformat()))
    return sentences([*parts, site["base_url"] + here(version_address(entry, assertion))])


def _titled(headline: str) -> str:
    """A headline as it stands in quotation marks: in Japanese without a full stop."""
    return headline if marks() is JAPANESE else stop(headline)


def _particulars(entry: EntryDocument) -> Iterator[str]:
    if entry["date"]["edtf"]:
        yield _("Entry for %s.") % happened(entry["date"])
    if entry["version"]:
        published = {"n": entry["version"], "date": when(entry["modified"][:10])}
        yield _("Version %(n)d, %(date)s.") % published


@lru_cache(maxsize=8192)
def date(text: str) -> dict[str, Any] | None:
    """An EDTF text as a CSL date; what has an open end is said in words.

    CSL has the four seasons; a quarter or a half of a year is its first and its last month.
    """
    if not text:
        return None
    value = edtf.parse(text)
    if value.start is None or value.end is None:
        return {"literal": edtf.display(value)}
    doubt = {"circa": True} if value.approximate or value.uncertain else {}
    if value.precision is edtf.Precision.SEASON and (season := value.ends[0].part):
        return {"date-parts": [[value.ends[0].year]], "season": season.place + 1} | doubt
    parts = [[part for part in (end.year, end.month, end.day) if part] for end in value.in_months.ends]
    return {"date-parts": parts} | doubt


def _as_edtf(issued: dict[str, Any]) -> str:
    """A CSL date in EDTF, which BibLaTeX reads too; "" where it is in words."""
    ends = [[*parts, 20 + issued["season"]] if "season" in issued else parts for parts in issued.get("date-parts", ())]
    return "/".join(_iso(end) + ("~" if issued.get("circa") else "") for end in ends)


def exact(issued: dict[str, Any]) -> str:
    """A date of one day, month or year that is neither about then nor a season; else ""."""
    return _as_edtf(issued) if not _dated(issued) else ""


def _dated(issued: dict[str, Any]) -> str:
    """What neither BibTeX nor RIS has a field for, in words: the end of a span, "about", a season, an open end."""
    text = _as_edtf(issued)
    if len(issued.get("date-parts", ())) == 1 and not issued.keys() & {"circa", "season"}:
        return ""
    words = edtf.display(edtf.parse(text)) if text else issued.get("literal", "")
    return _("Dated %s.") % words if words else ""


def _first(item: Item, name: str) -> list[int]:
    """Year, month and day of a date as far as they are known; of a span, those of its first day."""
    return item.get(name, {}).get("date-parts", [[]])[0]


# -- BibTeX -------------------------------------------------------------------------------

# The type, and the field for what the item is part of. BibTeX takes a type that it does not know for @misc.
BIBTEX_TYPES = {"article-newspaper": ("article", "journal"), "report": ("techreport", "institution")}
OTHER_TYPE = ("online", "organization")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

# Braces are written out because BibTeX counts them even behind a backslash. Letters of any
# language stay as they are: BibTeX files are UTF-8.
_LATEX = str.maketrans(
    {char: f"\\{char}" for char in "&%$#_"}
    | {
        "\\": r"\textbackslash{}",
        "{": r"\textbraceleft{}",
        "}": r"\textbraceright{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        "<": r"\textless{}",
        ">": r"\textgreater{}",
        "|": r"\textbar{}",
    }
)
# An address is taken as it is, so what would break out of the field is percent-encoded.
_ADDRESS = str.maketrans({char: f"%{ord(char):02X}" for char in ' {}\\"<>^`|'})


def bibtex(items: Iterable[Item]) -> Iterator[str]:
    """A BibTeX file in UTF-8, in pieces; ``date`` and ``urldate`` are for BibLaTeX."""
    for number, item in enumerate(items):
        yield f"{'\n' if number else ''}{_bibtex(item)}"


def _bibtex(item: Item) -> str:
    kind, container = BIBTEX_TYPES.get(item["type"], OTHER_TYPE)
    year, month, _day = (*_first(item, "issued"), None, None, None)[:3]
    fields = {
        # Braces keep a name from being split, and a title from losing its capitals.
        "author": " and ".join(f"{{{_latex(one['literal'])}}}" for one in item.get("author", ())),
        "title": f"{{{_latex(item['title'])}}}",
        container: _latex(item.get("container-title") or item.get("publisher", "")),
        # Without it programs take it for an article of a journal, which has no day.
        "entrysubtype": "newspaper" if item["type"] == "article-newspaper" else "",
        "year": year,
        "month": MONTHS[month - 1] if month else "",
        "date": _as_edtf(item.get("issued", {})),
        "url": item.get("URL", "").translate(_ADDRESS),
        "urldate": _iso(_first(item, "accessed")),
        "version": _latex(item.get("version", "")),
        "language": item.get("language", ""),
        "note": _latex(_note(item)),
    }
    # A month is a name that BibTeX knows and stands without braces.
    lines = [f"  {name} = {value if name == 'month' else f'{{{value}}}'}," for name, value in fields.items() if value]
    return "\n".join([f"@{kind}{{{re.sub(r'[^A-Za-z0-9-]+', '-', item['id'])},", *lines, "}", ""])


def _latex(text: str) -> str:
    return _line(text).translate(_LATEX)


def _note(item: Item) -> str:
    """The note of a format that cannot say all of the date."""
    return sentences([_dated(item.get("issued", {})), item.get("note", "")])


def _iso(parts: list[int]) -> str:
    return "-".join(f"{part:02}" for part in parts)


# -- RIS ----------------------------------------------------------------------------------

RIS_TYPES = {"article-newspaper": "NEWS", "report": "RPRT"}


def ris(items: Iterable[Item]) -> Iterator[str]:
    """A RIS file in UTF-8, in pieces, its lines ended as the format asks."""
    return (f"{tag}  - {value}\r\n" for item in items for tag, value in _ris(item))


def _ris(item: Item) -> Iterator[tuple[str, str]]:
    issued = _first(item, "issued")
    yield "TY", RIS_TYPES.get(item["type"], "ELEC")
    fields = [
        ("ID", item["id"]),
        # A comma would part a family name from a given one, and ours are names as they are printed.
        *(("AU", one["literal"].replace(",", ";")) for one in item.get("author", ())),
        ("TI", item["title"]),
        ("T2", item.get("container-title")),
        ("PB", item.get("publisher")),
        ("PY", f"{issued[0]}" if issued else ""),
        ("DA", _slashed(issued, _other(item.get("issued", {})))),
        ("Y2", _slashed(_first(item, "accessed"))),
        ("ET", item.get("version")),
        ("UR", item.get("URL")),
        ("LA", item.get("language")),
        ("N1", _note(item)),
    ]
    yield from ((tag, _line(text)) for tag, text in fields if text)
    yield "ER", ""


def _slashed(parts: list[int], other: str = "") -> str:
    """Year, month and day with their three strokes, whatever of them is known; what is else said of them last."""
    known = [f"{part:02}" for part in parts] + ["", "", ""]
    return f"{'/'.join(known[:3])}/{other}" if parts else ""


def _other(issued: dict[str, Any]) -> str:
    """What RIS takes beside a date, in letters and hyphens: a season, and whether it is about then."""
    words = ["circa"] if issued.get("circa") else []
    if season := issued.get("season"):
        words.append(("Spring", "Summer", "Autumn", "Winter")[season - 1])
    return " ".join(words)


# -- CSL-JSON -----------------------------------------------------------------------------


def csl_json(items: Iterable[Item]) -> Iterator[str]:
    """The items themselves, in pieces."""
    yield "["
    for number, item in enumerate(items):
        yield f"{',' if number else ''}\n{json.dumps(item, ensure_ascii=False, indent=1)}"
    yield "\n]\n"


def _line(text: str) -> str:
    """The text on one line: a line break would begin another field."""
    return " ".join(text.split())


FORMATS = (
    ReferenceFormat("bib", "BibTeX", "application/x-bibtex", bibtex),
    ReferenceFormat("ris", "RIS", "application/x-research-info-systems", ris),
    ReferenceFormat("csl.json", "CSL-JSON", "application/vnd.citationstyles.csl+json", csl_json),
)
