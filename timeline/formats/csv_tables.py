"""Tables of a question as CSV (RFC 4180): rows come out of the documents as they are sent.

The columns are those of ``tables``, the same as in the files of the dataset. The plain
tables leave every cell as it is; with ``excel=1`` they begin with the mark by which Excel
knows UTF-8, and no text of theirs is taken for a formula, a date or a number.
"""

import csv
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import chain
from typing import Any

from django.db.models import Prefetch
from django.utils.translation import gettext_lazy as _

from timeline.models import Person, Position
from timeline.public.document import position_document
from timeline.public.language import said_here, title_held
from timeline.spreadsheets import guarded

from . import tables
from .answer import CHUNK, Answer, Format, FormatParameter, in_pieces
from .tables import Table

HEADING = _("Tables")

EXCEL = FormatParameter("excel", "1", "1")

MARK = "\ufeff"

TEXT = "string"
"""The type of columns whose cells must stay as they are; a spreadsheet knows numbers, days and switches too."""


def render(answer: Answer, table: Table) -> Iterator[bytes]:
    """The header and the rows, in the order of the entries; one query."""
    documents: Iterator[Any] = _people(answer) if table is tables.POSITIONS else answer.documents()
    return written(table, documents, for_excel=bool(answer.options.get("excel")))


def written(table: Table, documents: Iterable[Any], *, for_excel: bool) -> Iterator[bytes]:
    """A table of these documents, in pieces."""
    rows: Iterable[list[str]] = (cells for document in documents for cells in table.cells(document))
    if for_excel:
        rows = _guarded(rows, table)
        yield MARK.encode()
    writer = csv.writer(_Line(), lineterminator="\r\n")
    yield from in_pieces(map(writer.writerow, chain([table.header], rows)))


class _Line:
    """What a writer of CSV writes to: it hands back the line, which the writer returns."""

    def write(self, line: str) -> str:
        return line


def _guarded(rows: Iterable[list[str]], table: Table) -> Iterator[list[str]]:
    """An apostrophe before text that a spreadsheet would run or change, such as a month or a code with a zero."""
    is_text = [column.type == TEXT for column in table.columns]
    for cells in rows:
        yield [guarded(cell, whole=True) if text else cell for cell, text in zip(cells, is_text, strict=True)]


def _people(answer: Answer) -> Iterator[tables.Record]:
    """The people in the entries, by slug, with the positions they held at any time: two queries for ``CHUNK``."""
    people = Person.objects.filter(pk__in=answer.entries.each("people")).order_by("slug")
    held = said_here(Position._default_manager.select_related("organisation"), "organisation")
    people = said_here(people).prefetch_related(Prefetch("positions", held), "positions__source")
    for person in people.iterator(chunk_size=CHUNK):
        rows = [{**position_document(row), "title": title_held(row, person)} for row in person.positions.all()]
        yield {"slug": person.slug, "positions": rows}


def _format(table: Table, label: object, note: object) -> Format:
    return Format(
        f"{table.name}.csv",
        label,
        note,
        "text/csv",
        partial(render, table=table),
        heading=HEADING,
        parameters=[EXCEL],
        variants=[(_("CSV of entries for Excel"), {"excel": "1"})] if table is tables.ENTRIES else (),
        is_long=True,
        filename=f"{table.name}.csv",
        type_parameters="header=present",
        shows_more=table is tables.POSITIONS,
    )


FORMATS = [
    _format(tables.ENTRIES, _("CSV of entries"), _("for spreadsheets and databases: one row an entry")),
    _format(tables.CITATIONS, _("CSV of citations"), _("one row for each use of a source")),
    _format(tables.FIGURES, _("CSV of figures"), _("one row for each number")),
    _format(tables.PARTICIPANTS, _("CSV of people in entries"), _("with the positions they held that day")),
    _format(tables.POSITIONS, _("CSV of positions"), _("all that these people held, from and to")),
]
