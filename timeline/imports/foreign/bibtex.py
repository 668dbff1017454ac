"""BibTeX and BibLaTeX, as Zotero, JabRef and we write it; read with pybtex, its LaTeX with pylatexenc.

latexcodec, which comes with pybtex, leaves braces, commands of fonts and ``\\textbackslash{}`` in the text. A
``@string`` may name itself twice over and grow without end, so what a value comes to is bounded.
"""

import logging
import re
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pybtex.bibtex.exceptions import BibTeXError
from pybtex.bibtex.utils import split_name_list
from pybtex.database import InvalidNameString, Person
from pybtex.database.input.bibtex import LowLevelParser, month_names
from pybtex.scanner import PybtexSyntaxError
from pybtex.utils import CaseInsensitiveDict
from pylatexenc.latex2text import LatexNodes2Text, MacroTextSpec, get_default_latex_context_db

from timeline.content.kinds import SOURCES
from timeline.imports.sheet import Finding, Sheet
from timeline.imports.sheets import MAX_CELL

from .items import Item, add_items, author, note_attached

TYPES = {
    "book": "book",
    "inbook": "chapter",
    "incollection": "chapter",
    "inproceedings": "paper-conference",
    "conference": "paper-conference",
    "phdthesis": "thesis",
    "mastersthesis": "thesis",
    "thesis": "thesis",
    "techreport": "report",
    "report": "report",
    "legislation": "legislation",
    "jurisdiction": "legal_case",
    "dataset": "dataset",
    "inreference": "entry",
    "reference": "entry",
    "online": "webpage",
    "electronic": "webpage",
    "www": "webpage",
}
NAMES = {
    "title": "title",
    "publisher": "journal",
    "byline": "author",
    "published": "date",
    "accessed": "urldate",
    "url": "url",
    "language": "language",
}
_CONTAINERS = ("journaltitle", "journal", "booktitle", "eventtitle", "maintitle")
_PUBLISHERS = ("publisher", "institution", "organization", "school")
_TAKEN = {"title", "author", "date", "year", "month", "day", "url", "urldate", "doi", "langid", "language"}
_TAKEN |= {"entrysubtype", "file", "crossref", "xdata"}
LABELS = {
    "abstract": gettext_lazy("Abstract"),
    "note": gettext_lazy("Note"),
    "annote": gettext_lazy("Note"),
    "annotation": gettext_lazy("Note"),
    "keywords": gettext_lazy("Tag"),
    "editor": gettext_lazy("Editor"),
    "volume": gettext_lazy("Volume"),
    "number": gettext_lazy("Issue"),
    "pages": gettext_lazy("Pages"),
    "address": gettext_lazy("Place"),
    "shorttitle": gettext_lazy("Short title"),
}

MAX_COMMANDS = 3_000
"""Commands of LaTeX that are read of a file, up to a millisecond each; a library of a thousand has some hundreds."""
MAX_GROWTH = 1_000_000
"""Characters that a file may gain by its ``@string``."""

_START = re.compile(r"\s*(?:%.*\s+)*@[A-Za-z]+\s*[{(]")
_ENTRY = re.compile(r"@([A-Za-z]+)\s*[{(]")
_NO_ENTRIES = {"string", "preamble", "comment"}
_LATEX = re.compile(r"[\\{}$~]|--|``|''")
_PRINTED = [("---", "—"), ("--", "–"), ("``", "“"), ("''", "”"), ("~", " ")]
_ESCAPED = re.compile(r"\\([&%$#_{}])")
_URL = re.compile(r"https?://[^\s{}]+")

COMMANDS = get_default_latex_context_db()
COMMANDS.add_context_category(
    "text",
    macros=[
        MacroTextSpec(name, text)
        for name, text in {
            "textbraceleft": "{",
            "textbraceright": "}",
            "textless": "<",
            "textgreater": ">",
            "textbar": "|",
            "textasciicircum": "^",
            "textasciitilde": "~",
            "textbackslash": "\\",
        }.items()
    ],
    prepend=True,
)
"""What pylatexenc leaves out, or takes for an accent."""

logging.getLogger("pylatexenc").setLevel(logging.CRITICAL)  # what it says of hostile files is no news


def is_one(text: str) -> bool:
    """Whether the text begins with an entry of BibTeX, perhaps below comments."""
    return bool(_START.match(text.removeprefix("\ufeff")[:4000]))


def read(file: str, text: str) -> list[Sheet]:
    """The entries as sources."""
    sheet = Sheet(file, SOURCES, is_table=False, is_foreign=True, names=NAMES)
    sheet.rows = sum(found[1].lower() not in _NO_ENTRIES for found in _ENTRY.finditer(text))
    return [sheet if sheet.is_too_long else add_items(sheet, "BibTeX", _read(text.removeprefix("\ufeff"), sheet))]


class _Latex:
    """Texts of one file as LaTeX would print them; as they stand where they cannot be read."""

    def __init__(self) -> None:
        self.reader = LatexNodes2Text(latex_context=COMMANDS, strict_latex_spaces=True, keep_comments=True)
        self.left = MAX_COMMANDS

    def text(self, value: str) -> str:
        if not _LATEX.search(value):
            return value
        bare = _ESCAPED.sub("", value)
        commands = bare.count("\\") + bare.count("$")
        if not commands:
            return self._without_commands(value)
        self.left -= commands
        if self.left < 0:
            return _ESCAPED.sub(r"\1", value)
        try:
            return " ".join(self.reader.latex_to_text(value).split())
        except (IndexError, ValueError, TypeError, AttributeError, RecursionError):  # \href without a second part
            return _ESCAPED.sub(r"\1", value)

    def _without_commands(self, value: str) -> str:
        r"""What most titles have: braces that keep capitals, dashes, quotation marks, ``\&``."""
        parts = re.split(r"(\\[&%$#_{}])", value)
        for number in range(0, len(parts), 2):
            parts[number] = re.sub("[{}]", "", parts[number])
            for written, printed in _PRINTED:
                parts[number] = parts[number].replace(written, printed)
        return " ".join("".join(part.removeprefix("\\") for part in parts).split())


class _Parser(LowLevelParser):
    grown = 0

    def parse_value(self) -> None:
        super().parse_value()
        length = sum(map(len, self.current_value))
        self.grown += length
        if length > MAX_CELL or self.grown > len(self.text) + MAX_GROWTH:
            raise PybtexSyntaxError("too long", self)


def _read(text: str, sheet: Sheet) -> Iterator[Item]:
    broken: list[tuple[int, str]] = []

    def handle(error: Any) -> None:
        broken.append((parser.lineno, str(parser.current_entry_key or "")))

    parser = _Parser(text, macros=CaseInsensitiveDict(month_names), handle_error=handle)
    latex = _Latex()
    number = 0
    for kind, content in _entries(parser, broken):
        if kind.lower() in _NO_ENTRIES:
            continue
        number += 1
        key, fields = content
        label = _("record %(number)d (%(id)s)") % {"number": number, "id": str(key or "")[:40]}
        raw: dict[str, str] = {}
        for name, parts in fields:
            raw.setdefault(name.lower(), " ".join("".join(parts).split()))
        yield _item(label, kind.lower(), str(key or ""), raw, latex, sheet)
    if latex.left < 0:
        sentence = _("The file has more LaTeX than is read; from some record on it stays as it was written.")
        sheet.notes.append(Finding(sheet.file, sentence))
    for line, key in broken:
        words = {"line": line, "id": key[:40]}
        sentence = _("BibTeX cannot be read at line %(line)d (%(id)s): a comma, a brace or a quotation mark is wrong.")
        sheet.report("", "", sentence % words)


def _entries(parser: _Parser, broken: list[tuple[int, str]]) -> Iterator[tuple[str, Any]]:
    """What stands in the file, up to what ends the reading."""
    entries = iter(parser)
    while True:
        try:
            yield next(entries)
        except StopIteration:
            return
        except (PybtexSyntaxError, RecursionError):
            broken.append((parser.lineno, str(parser.current_entry_key or "")))
            return


def _item(label: str, kind: str, key: str, raw: dict[str, str], latex: _Latex, sheet: Sheet) -> Item:
    words = {name: latex.text(value) for name, value in raw.items() if name not in ("url", "doi", "author", "file")}
    container = next((name for name in _CONTAINERS if words.get(name)), "")
    publisher = next((name for name in _PUBLISHERS if words.get(name)), "")
    note_attached(sheet, label, raw["file"].count(";") + 1 if "file" in raw else 0)
    more = [
        (str(LABELS.get(name, name)), value)
        for name, value in words.items()
        if name not in _TAKEN | {container, publisher} and value
    ]
    urls = [_ESCAPED.sub(r"\1", raw.get("url", "")).strip("{}")]
    if not raw.get("url") and (found := _URL.search(raw.get("howpublished", ""))):
        urls = [found[0]]
    return Item(
        label,
        _type(kind, raw),
        key,
        words.get("title", ""),
        words.get(container, ""),
        words.get(publisher, ""),
        [_author(name, latex) for name in _names(raw.get("author", ""))],
        words.get("date") or _date(words),
        words.get("urldate", ""),
        urls,
        _ESCAPED.sub(r"\1", raw.get("doi", "")),
        "",
        words.get("langid") or words.get("language", ""),
        more,
    )


def _type(kind: str, raw: dict[str, str]) -> str:
    """The type of an entry; an article of neither volume, issue nor DOI is one of a newspaper."""
    if kind != "article":
        return TYPES.get(kind, "")
    if raw.get("entrysubtype", "") in ("newspaper", "magazine"):
        return f"article-{raw['entrysubtype']}"
    return "article-journal" if {"volume", "number", "doi", "issn"} & raw.keys() else "article-newspaper"


def _date(words: dict[str, str]) -> str:
    """Year, month and day as far as they are said, as people write them."""
    month = words.get("month", "")
    if month.isdigit():
        return "-".join([words.get("year", ""), month.zfill(2), *filter(None, [words.get("day", "").zfill(2)[-2:]])])
    return " ".join(filter(None, [words.get("day", ""), month, words.get("year", "")]))


def _names(text: str) -> list[str]:
    try:
        return [name for name in split_name_list(text) if name.strip()]
    except (BibTeXError, RecursionError):
        return [text]


def _author(name: str, latex: _Latex) -> str:
    if name.strip() == "others":
        return _("others")
    if name.startswith("{") and name.endswith("}"):
        return latex.text(name)
    try:
        person = Person(name)
    except (InvalidNameString, BibTeXError):
        return latex.text(name)
    given = " ".join([*person.first_names, *person.middle_names])
    family = " ".join([*person.prelast_names, *person.last_names, *person.lineage_names])
    return author(latex.text(family), latex.text(given))
