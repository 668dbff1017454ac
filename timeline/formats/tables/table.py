"""A table and its columns, and how a value stands in a cell."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from timeline.models.document import NamedDocument

LIST = ";"
"""Stands between the values of a cell that has several; none of ours holds it."""

Record = dict[str, Any]
"""A record as ``timeline.api.documents`` describes it."""

Value = str | int | bool | Iterable[str] | None


@dataclass(frozen=True)
class Column[Row]:
    """A column. ``type`` is that of Frictionless Data (Table Schema): string, integer, number, boolean, date …"""

    name: str
    description: str
    value: Callable[[Row], Value]
    type: str = "string"

    def cell(self, row: Row) -> str:
        """The value as it stands in a file. What is not known is empty, which is not 0."""
        value = self.value(row)
        if value is None:
            return ""
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, str | int):
            return str(value)
        return LIST.join(value)


@dataclass(frozen=True)
class Table[Document, Row]:
    """A table. ``rows_of`` takes the rows out of a document: of an entry, or of a record.

    ``key`` are the columns that together name a row; ``links`` says what other columns point
    to: ``{column: (table, column)}``.
    """

    name: str
    title: str
    description: str
    columns: Sequence[Column[Row]]
    rows_of: Callable[[Document], Iterable[Row]]
    key: Sequence[str] = ()
    links: Sequence[tuple[str, str, str]] = ()

    @property
    def header(self) -> list[str]:
        """The names of the columns."""
        return [column.name for column in self.columns]

    def cells(self, document: Document) -> Iterator[list[str]]:
        """The rows of a document as they stand in a file."""
        for row in self.rows_of(document):
            yield [column.cell(row) for column in self.columns]


# -- values that many columns have ---------------------------------------------------------


def itself[Document](document: Document) -> Iterable[Document]:
    """The rows of a table that has one for each document."""
    return [document]


def of(name: str, description: str, *, type: str = "string") -> Column[Any]:  # noqa: A002 - Table Schema's word
    """A column with the value of the same name."""
    return Column(name, description, lambda row: row[name], type)


def within(name: str, description: str, *, type: str = "string") -> Column[Any]:  # noqa: A002
    """A column with the value of the same name, of what stands in the document: the second of a row."""
    return Column(name, description, lambda row: row[1][name], type)


def slugs(records: Iterable[NamedDocument]) -> Iterable[str]:
    return (one["slug"] for one in records)


def words(texts: Iterable[str]) -> Iterable[str]:
    """Texts for a cell that holds several."""
    return (text.replace(LIST, ",") for text in texts)


def numbers(cited: Record | None) -> Iterable[str]:
    """The numbers of the sources of something; none of nothing."""
    return (str(one["number"]) for one in cited["sources"]) if cited else ()


def by_hand(written: Callable[[Any], Record]) -> list[Column[Any]]:
    """The columns of what an editor wrote of a line of the state, which may be nothing: ``{}``."""
    return [
        Column("by_hand", "What an editor wrote of the line by hand.", lambda row: written(row).get("words")),
        Column("by_hand_as_of", "Day for which that is right.", lambda row: written(row).get("as_of")),
        Column("by_hand_sources", "Numbers of its sources.", lambda row: numbers(written(row))),
    ]
