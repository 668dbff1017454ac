"""Which fields of the public document which surface shows, and why not the others: one table, held to what is so.

A new field has no row here and fails until it has one. The table is read by
``test_the_table_is_right_about``, which asks each surface (``tests/surfaces.py``).
"""

from typing import Any

import pytest

from tests.surfaces import another, changed, found, from_records, of_documents
from tests.test_document import shape
from timeline.content.kinds import ENTRIES
from timeline.content.parts import Group, Rows, Shape
from timeline.formats import FORMATS
from timeline.models import EntryPage, PublishedEntry
from timeline.models.document import EntryDocument, complete

COLUMNS = {
    "page": ["page"],
    "card": ["card"],
    "atom": ["feed.atom"],
    "rss": ["feed.rss"],
    "jf": ["feed.json"],
    "ics": ["calendar.ics"],
    # As the API has it and a line of the dataset; tests/test_data_formats.py and tests/test_dataset.py say so.
    "api": ["entries.json", "entries.ndjson"],
    "tjs": ["timeline.json"],
    "ld": ["structured data"],
    "emb": ["embed/"],
    "one": ["embedded entry"],
    "prt": ["print/"],
    "cit": ["cite.bib"],  # and RIS and CSL-JSON
    "bib": ["sources.bib"],
    "his": ["history"],
    "find": ["search"],
    "pack": ["pack"],  # loaded and dumped
    "imp": ["import and export"],
    "ex": ["example"],  # in the templates for imports
}
"""The surfaces under the names of the columns."""

TABLES = {
    "E": "entries.csv",
    "S": "statements.csv",
    "C": "citations.csv",
    "F": "figures.csv",
    "A": "accounts.csv",
    "P": "participants.csv",
    "H": "changes.csv",
    "M": "attachments.csv",
}
"""The tables under their letters in the column ``csv``."""

REASONS = {
    "p": "the page of the entry says it, to which this leads: here is less room",
    "r": "the record says it on its page and in its table (person, goods, organisation, source); a search, its names",
    "w": "people read it in the words of the date, which stand here",
    "d": "it is for programs: JSON, the API and the tables have it",
    "f": "it follows from another field, which is here",
    "k": "there is no place for it in this format",
    "l": "it decides how much room a list gives to the entry",
    "i": "programs know something by it: an id, an address, a language",
    "v": "no editor writes it: it comes with publication, or from a check of links",
    "b": "a file goes with no pack and no table: a backup has it",
    "n": "nobody types it into a search",
    "e": "it explains what is stated, and a search looks for that",
    "o": "the page has its place among the other entries, which no document knows; elsewhere one filters by it",
    "m": "an example shows each kind of cell, not each column",
    "?": "an omission: readers would expect it here, and it is still to be decided",
}
"""Why a field is not on a surface."""

# + is shown; in the column csv the tables that show it.
TABLE = """
                                 page card atom rss jf ics csv     api tjs ld emb one prt cit bib his find pack imp ex
headline                         +    +    +    +   +  +   E       +   +   +  +   +   +   +   k   +   +    +    +   +
summary                          f    f    +    +   +  +   E       +   +   +  p   f   f   k   k   +   +    +    +   +
sentences.id                     +    d    d    d   d  d   d       +   d   d  d   d   d   d   k   i   n    +    +   m
sentences.rests_on               +    +    +    +   +  k   d       +   k   k  p   +   +   k   k   +   n    +    +   m
sentences.text                   +    +    +    +   +  f   f       +   f   f  p   +   +   k   k   f   f    +    +   +
category.name                    +    +    +    +   +  +   E       +   p   +  +   +   +   k   k   +   +    +    +   +
category.slug                    +    +    +    r   +  r   E       +   +   r  r   r   r   k   k   +   n    +    +   m
date.approximate                 w    w    w    w   +  +   E       +   w   w  w   w   w   w   k   w   n    f    f   m
date.basis                       +    +    +    +   +  +   E       +   p   p  p   p   +   k   k   +   n    +    +   +
date.edtf                        +    +    +    +   +  +   E       +   +   +  +   +   +   +   k   +   n    +    +   +
date.end                         +    w    w    w   +  +   E       +   w   w  w   w   w   w   k   w   n    +    +   +
date.extent                      +    +    +    +   +  +   E       +   +   +  +   +   +   +   k   +   n    +    +   m
date.note                        +    p    +    +   +  +   E       +   p   p  p   p   +   k   k   +   e    +    +   m
date.precision                   w    w    w    w   +  +   E       +   w   w  w   w   w   w   k   w   n    f    f   m
date.start                       w    w    w    w   +  +   E       +   w   w  w   w   w   w   k   w   n    +    +   +
date.uncertain                   w    w    w    w   +  +   E       +   w   w  w   w   w   w   k   w   n    f    f   m
planned                          +    +    ?    ?   +  +   E       +   ?   +  +   +   +   k   k   +   n    +    +   m
place                            +    p    +    +   +  +   E       +   p   +  p   +   +   k   k   +   +    +    +   +
time_zone                        d    d    d    d   d  d   E       +   d   d  d   d   d   d   k   d   n    +    +   +

dates.edtf                       +    p    +    +   +  p   ?       +   p   k  p   p   +   k   k   +   n    +    +   m
dates.kind                       +    p    +    +   +  p   ?       +   p   k  p   p   +   k   k   +   n    +    +   m
dates.line                       +    r    r    r   r  r   r       +   r   k  r   r   r   k   k   r   n    +    +   m
dates.measure                    +    p    +    +   +  p   ?       +   p   k  p   p   +   k   k   +   e    +    +   m
dates.rests_on                   d    d    d    d   d  d   d       +   d   k  d   d   d   k   k   d   n    i    i   m
dates.note                       +    p    +    +   +  p   ?       +   p   k  p   p   +   k   k   +   e    +    +   m

statements.citations.language    +    p    p    p   p  p   C       +   p   k  p   p   p   k   k   i   n    +    +   +
statements.citations.locator     +    p    p    p   p  p   C       +   p   k  p   p   p   k   k   +   n    +    +   +
statements.citations.number      +    +    +    +   +  p   C       +   p   k  p   +   +   k   k   +   n    +    +   +
statements.citations.quotation   +    p    p    p   p  p   C       +   p   k  p   p   p   k   k   +   +    +    +   +
statements.citations.translation +    p    p    p   p  p   C       +   p   k  p   p   p   k   k   +   +    +    +   m
statements.id                    +    p    p    p   p  p   SC      +   p   k  p   p   p   k   k   +   n    +    +   m
statements.nature                +    p    +    +   +  p   S       +   p   k  p   p   +   k   k   +   n    +    +   +
statements.text                  +    p    +    +   +  p   S       +   p   k  p   p   +   k   k   +   +    +    +   +

figures.basis                    +    p    +    +   +  p   F       +   p   k  p   +   +   k   k   +   n    +    +   m
figures.citations.language       +    p    p    p   p  p   C       +   p   k  p   p   p   k   k   i   n    +    +   m
figures.citations.locator        +    p    p    p   p  p   C       +   p   k  p   p   p   k   k   +   n    +    +   m
figures.citations.number         +    +    +    +   +  p   CF      +   p   k  p   p   +   k   k   +   n    +    +   m
figures.citations.quotation      +    p    p    p   p  p   C       +   p   k  p   p   p   k   k   +   +    +    +   m
figures.citations.translation    +    p    p    p   p  p   C       +   p   k  p   p   p   k   k   +   +    +    +   m
figures.currency                 +    +    +    +   +  p   F       +   p   k  p   +   +   k   k   +   +    +    +   m
figures.high                     +    +    +    +   +  p   F       +   p   k  p   +   +   k   k   +   +    +    +   m
figures.id                       +    p    p    p   p  p   CF      +   p   k  p   p   p   k   k   +   n    +    +   m
figures.label                    +    +    +    +   +  p   F       +   p   k  p   +   +   k   k   +   +    +    +   m
figures.line                     +    r    r    r   r  r   F       +   r   k  r   r   r   k   k   r   n    +    +   m
figures.low                      +    +    +    +   +  p   F       +   p   k  p   +   +   k   k   +   +    +    +   m
figures.note                     +    p    +    +   +  p   F       +   p   k  p   p   +   k   k   +   e    +    +   m
figures.of                       +    p    +    +   +  p   F       +   p   k  p   +   +   k   k   +   +    +    +   m
figures.per                      +    +    +    +   +  p   F       +   p   k  p   +   +   k   k   +   e    +    +   m
figures.period                   +    p    +    +   +  p   F       +   p   k  p   +   +   k   k   +   n    +    +   m
figures.period_note              +    p    +    +   +  p   F       +   p   k  p   +   +   k   k   +   e    +    +   m
figures.qualifier                +    +    +    +   +  p   F       +   p   k  p   +   +   k   k   +   n    +    +   m
figures.scale                    +    +    +    +   +  p   F       +   p   k  p   +   +   k   k   +   +    +    +   m
figures.series                   +    p    p    p   +  p   F       +   p   k  p   p   p   k   k   ?   n    +    +   m
figures.status                   +    p    +    +   +  p   F       +   p   k  p   +   +   k   k   +   n    +    +   m
figures.unit                     +    +    +    +   +  p   F       +   p   k  p   +   +   k   k   +   +    +    +   m
figures.value                    +    +    +    +   +  p   F       +   p   k  p   +   +   k   k   +   +    +    +   m

disagreements.accounts.language  +    p    p    p   p  p   C       +   p   k  p   p   p   k   k   i   n    +    +   m
disagreements.accounts.locator   +    p    p    p   p  p   C       +   p   k  p   p   p   k   k   +   n    +    +   m
disagreements.accounts.number    +    +    +    +   +  p   CA      +   p   k  p   p   +   k   k   +   n    +    +   m
disagreements.accounts.preferred +    p    +    +   +  p   A       +   p   k  p   p   +   k   k   +   n    +    +   m
disagreements.accounts.quotation +    p    p    p   p  p   C       +   p   k  p   p   p   k   k   +   +    +    +   m
disagreements.accounts.side      +    p    +    +   +  p   A       +   p   k  p   p   +   k   k   +   n    +    +   m
disagreements.accounts.translation +    p    p    p   p  p   C       +   p   k  p   p   p   k   k   +   +    +    +   m
disagreements.accounts.says      +    +    +    +   +  p   A       +   p   k  p   p   +   k   k   +   +    +    +   m
disagreements.id                 +    p    p    p   p  p   CA      +   p   k  p   p   p   k   k   +   n    +    +   m
disagreements.question           +    +    +    +   +  p   A       +   p   k  p   p   +   k   k   +   +    +    +   m
disagreements.reason             +    p    +    +   +  p   A       +   p   k  p   p   +   k   k   +   e    +    +   m

source_notes.number              +    p    +    +   +  p   p       +   p   k  p   p   +   k   k   +   n    +    +   m
source_notes.text                +    p    +    +   +  p   p       +   p   k  p   p   +   k   k   +   +    +    +   m

attachments.alt                  +    +    +    +   +  p   M       +   +   p  p   p   +   k   k   +   +    b    b   b
attachments.caption              +    p    +    +   +  p   M       +   +   +  p   p   +   k   k   +   +    b    b   b
attachments.credit               +    p    +    +   +  p   M       +   +   +  p   p   +   k   k   +   +    b    b   b
attachments.height               +    +    +    +   +  d   M       +   d   d  d   d   +   k   k   d   n    b    b   b
attachments.id                   +    d    d    d   d  d   M       +   d   d  d   d   d   k   k   +   n    b    b   b
attachments.is_main              +    +    +    +   +  p   M       +   +   d  p   p   +   k   k   +   n    b    b   b
attachments.kind                 +    +    +    +   +  p   M       +   +   +  p   +   +   k   k   f   n    b    b   b
attachments.licence              +    p    +    +   +  p   M       +   +   +  p   p   +   k   k   +   n    b    b   b
attachments.media_type           d    d    +    +   +  d   M       +   d   d  d   d   d   k   k   d   n    b    b   b
attachments.number               +    p    +    +   +  p   M       +   p   p  p   p   +   k   k   +   n    b    b   b
attachments.size                 d    d    +    +   +  d   M       +   d   d  d   d   d   k   k   d   n    b    b   b
attachments.url                  f    f    +    +   +  p   M       +   f   f  p   p   f   k   k   d   n    +    +   m
attachments.width                +    +    +    +   +  d   M       +   +   d  d   d   +   k   k   d   n    b    b   b

people.name                      +    +    +    +   +  +   EP      +   p   +  p   p   +   k   k   +   +    f    f   m
people.native                    +    p    p    p   +  r   r       +   r   +  p   p   p   k   k   r   r    +    +   +
people.native_language           +    r    r    r   r  r   r       +   r   r  r   r   r   k   k   r   n    +    +   +
people.positions                 +    +    p    p   +  r   P       +   r   +  p   p   +   k   k   +   +    +    +   +
people.role                      +    p    p    p   +  r   P       +   r   r  p   p   p   k   k   +   n    +    +   +
people.slug                      +    +    +    r   +  r   EP      +   r   +  r   r   r   k   k   +   n    +    +   +
organisations.name               +    p    +    +   +  +   E       +   p   +  p   p   p   k   k   +   +    +    +   +
organisations.slug               +    r    +    r   +  r   E       +   r   +  r   r   r   k   k   +   n    +    +   +
commodities.hs_codes             r    r    r    r   +  r   E       +   r   r  r   r   r   k   k   r   +    +    +   +
commodities.name                 +    +    +    +   +  +   E       +   p   +  p   p   p   k   k   +   +    +    +   +
commodities.slug                 +    +    +    r   +  r   E       +   r   +  r   r   r   k   k   +   n    +    +   +
commodities.top                  +    +    r    r   r  r   r       +   r   r  r   r   r   k   k   r   n    f    f   m
storylines.name                  +    o    o    o   o  o   o       +   o   o  o   o   o   k   k   o   n    o    o   o
storylines.slug                  +    o    o    o   o  o   o       +   o   o  o   o   o   k   k   o   n    o    o   o

sources.accessed                 r    r    r    r   r  r   r       +   r   r  r   r   r   k   +   r   n    +    +   +
sources.archived_on              +    r    +    +   +  r   r       +   r   r  r   r   +   k   +   r   n    f    f   f
sources.archived_url             +    r    +    +   +  r   r       +   r   +  r   r   +   k   +   r   n    +    +   m
sources.byline                   +    r    r    r   r  r   r       +   r   +  r   r   r   k   +   r   +    +    +   +
sources.derived_from.number      +    r    r    r   r  r   r       +   r   r  r   r   r   k   r   r   n    +    +   m
sources.derived_from.title       +    p    p    p   p  r   r       +   r   +  p   p   p   k   r   r   n    +    +   +
sources.kind                     +    p    p    p   p  r   r       +   r   +  p   p   p   k   +   r   n    +    +   +
sources.language                 +    r    r    r   r  r   r       +   r   +  r   r   r   k   +   r   n    +    +   +
sources.link                     +    r    +    +   +  r   r       +   r   r  r   r   +   k   +   r   n    v    v   v
sources.link_since               +    r    r    r   r  r   r       ?   r   r  r   r   r   k   r   r   n    v    v   v
sources.number                   +    +    +    +   +  +   ECFAM   +   r   r  r   +   +   k   +   +   n    +    +   m
sources.published.approximate    w    w    w    w   w  w   r       +   w   w  w   w   w   k   w   r   n    f    f   m
sources.published.edtf           +    +    +    +   +  +   r       +   +   +  r   r   +   k   +   r   n    +    +   +
sources.published.end            w    w    w    w   w  w   r       +   w   w  w   w   w   k   w   r   n    +    +   +
sources.published.precision      w    w    w    w   w  w   r       +   w   w  w   w   w   k   w   r   n    f    f   m
sources.published.start          w    w    w    w   w  w   r       +   w   w  w   w   w   k   w   r   n    +    +   +
sources.published.uncertain      w    w    w    w   w  w   r       +   w   w  w   w   w   k   w   r   n    f    f   m
sources.publisher.name           +    +    +    +   +  +   r       +   +   +  p   p   +   k   +   r   +    +    +   +
sources.publisher.slug           r    r    r    r   r  r   r       +   r   +  r   r   r   k   r   r   n    +    +   +
sources.slug                     +    +    +    +   +  r   r       +   r   +  r   r   +   k   r   +   n    +    +   m
sources.title                    +    p    +    +   +  +   r       +   +   +  p   p   +   k   +   +   +    +    +   +
sources.title_is_description     +    r    +    +   +  +   r       +   +   +  r   r   +   k   +   +   n    +    +   m
sources.url                      +    r    +    +   +  +   r       +   +   +  r   r   +   k   +   r   n    +    +   +

one_source                       +    +    p    p   +  p   E       +   p   p  p   p   p   k   k   v   n    v    v   v
weight                           l    +    l    l   l  l   E       +   l   l  +   l   l   l   l   l   l    +    +   +

changes.correction               +    +    p    p   p  p   H       +   p   p  p   p   p   k   k   v   n    v    v   v
changes.date                     +    +    +    +   +  p   H       +   p   +  +   +   +   k   k   v   n    v    v   v
changes.kind                     +    +    +    +   +  +   H       +   p   +  +   +   +   k   k   v   n    v    v   v
changes.note                     +    p    +    +   +  p   H       +   p   p  p   p   +   k   k   v   e    v    v   v
changes.redaction                +    p    +    +   +  +   k       k   p   +  p   p   +   k   k   v   n    v    v   v
changes.right                    +    p    +    +   +  +   H       +   p   +  p   +   +   k   k   v   e    v    v   v
changes.version                  +    p    p    p   p  p   H       +   p   p  p   p   p   k   k   v   n    v    v   v
changes.wrong                    +    p    +    +   +  +   H       +   p   +  p   +   +   k   k   v   e    v    v   v

version                          +    p    p    p   +  p   E       +   p   +  p   p   p   +   k   v   n    v    v   v
published                        +    p    +    +   +  p   E       +   p   +  p   p   p   k   k   v   n    v    v   v
updated                          +    p    +    +   +  +   E       +   p   +  p   p   p   +   k   v   n    v    v   v
modified                         +    p    p    p   p  p   E       +   p   p  p   p   p   +   k   v   n    v    v   v
language                         +    p    +    p   +  p   E       +   p   +  p   +   +   +   k   i   n    v    v   v
uid                              d    +    +    +   +  +   ESCFAPHM +   +   d  d   d   +   d   k   i   n    +    +   m
slug                             +    f    f    f   f  p   E       +   p   p  f   f   f   +   k   i   n    +    +   m
url                              +    +    +    +   +  +   E       +   +   +  +   p   +   f   k   i   n    +    +   m
"""

HEADER, *LINES = [line.split() for line in TABLE.splitlines() if line]
DECIDED = {path: dict(zip(HEADER, cells, strict=True)) for path, *cells in LINES}

WITHOUT_ENTRIES = {
    "positions.csv": "positions are of people",
    **dict.fromkeys(
        [f"{kind}.{syntax}" for kind in ("changes", "corrections") for syntax in ("atom", "rss", "json")],
        "what is told of a change stands in its version",
    ),
    **{f"sources.{extension}": "its items are those of the column bib" for extension in ("bib", "ris", "csl.json")},
}
"""Formats that are made of something else than the documents of entries."""

CHANGES = complete(
    {
        "changes": [
            {"version": 4, "date": "2025-05-03T10:00:00Z", "kind": "correction", "correction": 2}
            | {"wrong": "It was 50 minutes.", "right": "It was an hour."},
            {"version": 3, "date": "2025-05-02T10:00:00Z", "kind": "update", "note": "A figure was added."},
            {"version": 2, "date": "2025-05-01T10:00:00Z", "kind": "correction", "correction": 1}
            | {"redaction": "privacy"},
        ]
    }
)["changes"]
"""A correction, an update, and a correction whose words were removed."""

SEEN_WHEN = {
    "date.basis": ("date.note", ""),
    "date.precision": ("date.edtf", "2025-04"),
    "sources.link_since": ("sources.link", "dead"),
}
"""Fields that people see only where another says this."""

pytestmark = pytest.mark.django_db


def paths(kind: Any, path: str = "") -> list[str]:
    """The fields of a document with this :func:`shape`, those of its parts by their way down to them."""
    if isinstance(kind, list):
        return paths(kind[0], path)
    if isinstance(kind, dict) and kind.keys() == {"or nothing"}:
        return paths(kind["or nothing"], path)
    if isinstance(kind, dict):
        return [one for key, inner in kind.items() for one in paths(inner, f"{path}.{key}".lstrip("."))]
    return [path]


PATHS = paths(shape(EntryDocument))


@pytest.fixture(scope="module")
def document(specimens) -> EntryDocument:
    """That of the fullest entry, with a past."""
    return {**PublishedEntry.objects.get(pk=specimens.pk).document, "changes": CHANGES}


@pytest.fixture(scope="module")
def shown(specimens, document) -> dict[str, set[str]]:
    """The surfaces with the fields that each shows: those of which another value makes another answer."""
    surfaces = of_documents(specimens, document)
    told: dict[str, set[str]] = {name: set() for name in surfaces}
    plain = {name: surface(document) for name, surface in surfaces.items()}
    for path in (path for path in PATHS if found(document, path)):
        start, before = document, plain
        if path in SEEN_WHEN:
            start = changed(document, *SEEN_WHEN[path])
            before = {name: surface(start) for name, surface in surfaces.items()}
        after = changed(start, path)
        for name, surface in surfaces.items():
            if surface(after) != before[name]:
                told[name].add(path)
    return told | from_records(specimens, PATHS)


def test_every_field_is_decided_on():
    new, gone = set(PATHS) - DECIDED.keys(), DECIDED.keys() - set(PATHS)
    assert not new, (
        f"{', '.join(sorted(new))}: where is this shown? Write a row into TABLE in tests/test_surfaces.py, with “+” "
        "for each surface that shows it and a letter of REASONS for each that does not."
    )
    assert not gone, f"{', '.join(sorted(gone))}: no document has this any more. Take the row out of TABLE."


def test_every_cell_is_a_decision():
    for path, cells in DECIDED.items():
        for column, cell in cells.items():
            shows = cell == "+" if column != "csv" else set(cell) <= TABLES.keys()
            assert shows or cell in REASONS, f"{path}, {column}: “{cell}” is neither “+” nor in REASONS"
    used = {cell for cells in DECIDED.values() for cell in cells.values()}
    assert REASONS.keys() - used == set(), "no field needs this reason any more"


def test_the_specimen_says_something_in_every_field(document):
    empty = [path for path in PATHS if not found(document, path)]
    assert empty == [], "Let the fullest entry of tests/specimens.py say something here, or nothing can be proved."


def absent_from(form: Any, shape_of: Shape, path: str = "") -> list[str]:
    """What the pack carries and a form, with the forms of its rows, does not have."""
    absent = []
    for part in shape_of.parts:
        if isinstance(part, Group):
            absent += absent_from(form, part.shape, path)
        elif isinstance(part, Rows):
            rows = getattr(form, "formsets", {}).get(part.relation)
            absent += absent_from(rows.form, part.shape, f"{path}{part.name}.") if rows else [f"{path}{part.name}"]
        elif part.column_name not in form.base_fields and part.name not in ("id", "uid"):
            absent.append(f"{path}{part.name}")
    return absent


def test_editors_fill_in_whatever_the_pack_carries_of_an_entry(db):
    form = EntryPage.get_edit_handler().get_form_class()
    assert absent_from(form, ENTRIES.shape) == [], "Give it a panel in timeline/admin/entry/form.py."


@pytest.mark.parametrize("column", [*COLUMNS, "csv"])
def test_the_table_is_right_about(column, shown):
    marks = (
        {name: letter for letter, name in TABLES.items()} if column == "csv" else dict.fromkeys(COLUMNS[column], "+")
    )
    wrong = []
    for name, mark in marks.items():
        for path, cells in DECIDED.items():
            cell, is_shown = cells[column], path in shown[name]
            if is_shown and mark not in cell:
                wrong.append(f"{name} shows {path}; the table says not: {REASONS.get(cell, 'other tables do')}")
            elif not is_shown and mark in cell:
                wrong.append(f"{name} does not show {path}; the table says that it does")
    assert not wrong, "\n".join(["Mend the surface, or TABLE in tests/test_surfaces.py:", *wrong])


def test_every_format_is_asked():
    asked = {name for names in COLUMNS.values() for name in names} | set(TABLES.values()) | WITHOUT_ENTRIES.keys()
    new = {kind.path for kind in FORMATS} - asked
    assert not new, f"{', '.join(sorted(new))}: a column for it, in COLUMNS and TABLE, or a line in WITHOUT_ENTRIES"


def test_another_value_is_of_the_same_kind():
    for value, other in (
        (True, False),
        (3, 103),
        ("25", "26"),
        ("2025-04~", "2030-04~"),
        ("2025-04-16/2025-04-17", "2030-04-16/2030-04-17"),
        ("8703", "8708"),
        ("a", "ax"),
    ):
        assert another(value) == other
    assert another("news", ["", "news", "wire"]) == "wire"
