"""Tables of a question as CSV (RFC 4180): rows come out of the documents as they are sent.

The columns are those of ``tables``, the same as in the files of the dataset. The plain
tables leave every cell as it is; with ``excel=1`` they begin with the mark by which Excel
knows UTF-8, and no text of theirs is taken for a formula.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from functools import partial

from django.db.models import F, Func
from django.utils.translation import gettext_lazy as _

from timeline.document import Document, position_document
from timeline.models import Person

from . import tables
from .answer import CHUNK, PIECE, Answer, Format, Parameter
from .tables import Table

HEADING = _("Tables")

EXCEL = Parameter("excel", "1", "1")

MARK = "\ufeff"

# What a spreadsheet takes for a formula, and the wide forms that it does in Japanese (OWASP, CSV injection).
FORMULA = tuple("=+-@\t\r\n＝＋－＠")

NUMBERS = {"integer", "number"}
"""Types of columns in which only a number can be: it must stay one, with its sign."""


def render(answer: Answer, table: Table) -> Iterator[bytes]:
    """The header and the rows, in the order of the entries; one query."""
    documents = _people(answer) if table is tables.POSITIONS else answer.documents()
    rows: Iterable[list[str]] = (cells for document in documents for cells in table.cells(document))
    if answer.options.get("excel"):
        rows = _without_formulas(rows, table)
        yield MARK.encode()
    yield from _written([table.header], rows)


def _written(header: Iterable[list[str]], rows: Iterable[list[str]]) -> Iterator[bytes]:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerows(header)
    for cells in rows:
        writer.writerow(cells)
        if text.tell() > PIECE:
            yield text.getvalue().encode()
            text.seek(0)
            text.truncate()
    yield text.getvalue().encode()


def _without_formulas(rows: Iterable[list[str]], table: Table) -> Iterator[list[str]]:
    """An apostrophe before what would be one."""
    is_number = [column.type in NUMBERS for column in table.columns]
    for cells in rows:
        yield [
            f"'{cell}" if cell.startswith(FORMULA) and not number else cell
            for cell, number in zip(cells, is_number, strict=True)
        ]


def _people(answer: Answer) -> Iterator[Document]:
    """The people in the entries, by slug, with the positions they held at any time: three queries for ``CHUNK``."""
    in_them = answer.entries.order_by().annotate(person=Func(F("people"), function="unnest")).values("person")
    people = Person.objects.filter(pk__in=in_them).order_by("slug")
    for person in people.prefetch_related("positions__organisation", "positions__source").iterator(chunk_size=CHUNK):
        yield {"slug": person.slug, "positions": [position_document(row) for row in person.positions.all()]}


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
