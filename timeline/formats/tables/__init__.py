"""Tables of what is public: each column with its name, its meaning and where its value comes from.

The one place for columns. The dataset, the tables of a question and the data dictionary are
made from it. A table takes rows out of plain data (``Table.rows_of``), never a model.
New columns go to the end, so that programs that count columns go on.

    table        a table, its columns, and the values that many columns have
    of_entries   tables of the public documents of entries
    of_records   tables of the documents of records (``timeline.api.documents``)
    of_day       where things stood on a day
"""

from typing import Any

from .of_day import DAY
from .of_entries import CITATIONS, ENTRIES, FIGURES, OF_ENTRIES, PARTICIPANTS
from .of_records import (
    CATEGORIES,
    COMMODITIES,
    LINES,
    ORGANISATIONS,
    PEOPLE,
    POSITIONS,
    SENTENCES,
    SOURCES,
    STEPS,
    STORYLINES,
)
from .table import LIST, Column, Record, Table

__all__ = [
    "CATEGORIES",
    "CITATIONS",
    "COMMODITIES",
    "DAY",
    "ENTRIES",
    "FIGURES",
    "LINES",
    "LIST",
    "OF_ENTRIES",
    "ORGANISATIONS",
    "PARTICIPANTS",
    "PEOPLE",
    "POSITIONS",
    "SENTENCES",
    "SOURCES",
    "STEPS",
    "STORYLINES",
    "TABLES",
    "Column",
    "Record",
    "Table",
]

OF_RECORDS: list[Table[Record, Any]] = [
    *(PEOPLE, POSITIONS, ORGANISATIONS, COMMODITIES, CATEGORIES, SOURCES),
    *(LINES, STORYLINES, STEPS, SENTENCES),
]
TABLES: list[Table] = [*OF_ENTRIES, *OF_RECORDS]
"""Those of the dataset."""
