"""Files that other programs write, as sheets of records: everything after reading is as for our own tables.

    timelinejs    the sheet and the JSON of TimelineJS: events become entries
    ris, bibtex   what reference managers write: publications become sources
    csl, zotero   the same as CSL-JSON, and as the table that Zotero writes
    items         what a reference manager knows of a publication, as the record of a source
    markup        the text of a piece of HTML
    known         what is there already: sources by address, entries by identity, publishers by name

Each format knows its own files by what stands in them (``is_one``), and reads one (``read``). What has no
field goes into the private editors' note; what is left out is said.
"""

from typing import Any

from timeline.imports.sheet import Sheet

from . import bibtex, csl, ris, timelinejs, zotero

TEXTS = (ris, bibtex)
TABLES = (timelinejs, zotero)
JSON = (timelinejs, csl)


def from_text(file: str, text: str) -> list[Sheet]:
    """The records of a text that is neither a table of ours nor JSON; none when no format knows it."""
    return next((form.read(file, text) for form in TEXTS if form.is_one(text)), [])


def from_table(file: str, text: str, headings: list[str]) -> list[Sheet]:
    """The records of a table with the headings of another program."""
    return next((form.read_table(file, text) for form in TABLES if form.is_table(headings)), [])


def from_json(file: str, value: Any) -> list[Sheet]:
    """The records of a JSON value that another program wrote."""
    return next((form.read_json(file, value) for form in JSON if form.is_json(value)), [])
