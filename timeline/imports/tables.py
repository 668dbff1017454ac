"""Records as tables for spreadsheets, and back: CSV (RFC 4180) on the one side, the pack's records on the other.

One heading row, then one row a record. What a record has several of goes two ways:

- plain lists (commodities, HS codes) stand in one cell, parted by ``;`` or ``|``;
- rows with fields of their own (statements with citations, names, positions) take one row
  each: a row with the same id, or with none, goes on with the record above it.

The columns follow from ``kinds``, so nothing is listed here; a summary has one more, for what it rests on
(``support``). A cell that a spreadsheet would take for a formula gets an apostrophe in front, which reading
takes away again; in a table for spreadsheets also a cell that it would change, such as a date or a code with a zero.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import zip_longest
from typing import Any

from timeline.content.kinds import Kind
from timeline.content.parts import Group, Part, Plain, Record, Reference, Rows, Shape, Value
from timeline.content.summary import Summary
from timeline.spreadsheets import guarded
from timeline.text.sentences import joined

from . import support

BOM = "\ufeff"
"""What tells Excel that a CSV file is UTF-8."""

_VALUE = re.compile(r"(?:\\.|[^;|])+", re.DOTALL)
_ESCAPED = re.compile(r"\\([;|\\])")
TRUE, FALSE = "yes", "no"


@dataclass(frozen=True)
class SheetColumn:
    """One column: where its cells stand in a record.

    ``rows`` names the list, and the list inside it, that the cell belongs to; ``steps``
    the fields inside one of those rows, or inside the record when there is no list.
    """

    heading: str
    rows: tuple[str, ...]
    steps: tuple[str, ...]
    part: Part
    listed: bool = False

    @property
    def is_text(self) -> bool:
        """Whether a spreadsheet must leave the cells as they are; numbers and switches are written as it has them."""
        return not isinstance(self.part, Value) or (self.part.json_type is str and not self.part.is_decimal)

    @property
    def picks(self) -> bool:
        """Whether the cell may name several records at once, each a row of its own."""
        return bool(self.rows) and isinstance(self.part, Reference)


@cache
def columns(kind: Kind) -> tuple[SheetColumn, ...]:
    """The columns of a kind, in the order of its fields."""
    return tuple(_columns(kind.shape))


def _columns(shape: Shape, rows: tuple[str, ...] = ()) -> Iterator[SheetColumn]:
    prefix = f"{rows[0]}." if rows else ""
    for part in shape.parts:
        if isinstance(part, Plain):
            yield SheetColumn(f"{prefix}{part.name}", rows, (part.name,), part.part, listed=True)
        elif isinstance(part, Rows):
            yield from _columns(part.shape, (*rows, part.name))
        elif isinstance(part, Group):
            for inner in part.parts:
                heading = inner.column_name if isinstance(inner, Value) else inner.name
                yield SheetColumn(f"{prefix}{heading}", rows, (part.name, inner.name), inner)
        else:
            yield SheetColumn(f"{prefix}{part.name}", rows, (part.name,), part)
            if isinstance(part, Summary):
                yield SheetColumn(f"{part.name}.{support.COLUMN}", rows, (support.COLUMN,), part)


# -- writing ------------------------------------------------------------------------------


def write(kind: Kind, records: Iterable[Record], *, bom: bool = False, without: Iterable[str] = ()) -> str:
    """The records as CSV, CRLF after each row; ``without`` names headings to leave out."""
    return "".join(lines(kind, records, bom=bom, without=without))


def lines(kind: Kind, records: Iterable[Record], *, bom: bool = False, without: Iterable[str] = ()) -> Iterator[str]:
    """What :func:`write` writes, record by record."""
    left_out = set(without)
    shown = [column for column in columns(kind) if column.heading not in left_out]
    yield (BOM if bom else "") + _csv([[column.heading for column in shown]])
    for record in records:
        yield _csv(
            [guarded(row.get(column.heading, ""), whole=bom and column.is_text) for column in shown]
            for row in _lines(record, shown)
        )


def _csv(rows: Iterable[Iterable[str]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue()


def _lines(record: Record, shown: list[SheetColumn]) -> Iterator[dict[str, str]]:
    """The rows of one record: its lists stand beside each other, each from the first row down."""
    if any(column.steps == (support.COLUMN,) for column in shown) and isinstance(record.get("summary"), list):
        record = record | {support.COLUMN: support.written(record["summary"])}
    head = _cells(record, [column for column in shown if not column.rows])
    lists = dict.fromkeys(column.rows[0] for column in shown if column.rows)
    blocks = [list(_block(record.get(name) or [], (name,), shown)) for name in lists]
    identity: dict[str, str] = {name: head[name] for name in ("entry", "id") if name in head}
    for number, row in enumerate(zip_longest(*blocks, fillvalue={}) if any(blocks) else [()]):
        line: dict[str, str] = dict(head if number == 0 else identity)
        for block in row:
            line |= block
        yield line


def _block(items: list[Any], rows: tuple[str, ...], shown: list[SheetColumn]) -> Iterator[dict[str, str]]:
    own = [column for column in shown if column.rows == rows]
    inner = {column.rows for column in shown if column.rows[: len(rows)] == rows and column.rows != rows}
    for item in items:
        cells = _cells(item, own)
        below = [list(_block(item.get(path[-1]) or [], path, shown)) for path in inner]
        for number, row in enumerate(zip_longest(*below, fillvalue={}) if any(below) else [()]):
            line = cells if number == 0 else {}
            for block in row:
                line = line | block
            yield line


def _cells(record: Record, shown: list[SheetColumn]) -> dict[str, str]:
    return {column.heading: _text(column, _get(record, column.steps)) for column in shown}


def _get(record: Record, steps: tuple[str, ...]) -> Any:
    value: Any = record
    for step in steps:
        value = value.get(step) if isinstance(value, dict) else None
    return value


def _text(column: SheetColumn, value: Any) -> str:
    if column.listed:
        return "; ".join(re.sub(r"([;|\\])", r"\\\1", _text_of(one)) for one in value or ())
    if isinstance(value, bool) and column.rows and value == column.part.default():
        return ""  # else every row would be full of them
    return _text_of(value)


def _text_of(value: Any) -> str:
    if isinstance(value, list):  # the sentences of a summary
        return joined([sentence["text"] for sentence in value])
    if isinstance(value, bool):
        return TRUE if value else FALSE
    return "" if value is None else str(value)


# -- cells --------------------------------------------------------------------------------

TRUE_WORDS = {"yes", "true", "1", "x", "はい"}
FALSE_WORDS = {"no", "false", "0", "いいえ"}


def values(cell: str) -> list[str]:
    """What stands in a cell with several values; a backslash keeps a ``;`` or ``|`` that belongs to one."""
    parts = (_ESCAPED.sub(r"\1", part).strip() for part in _VALUE.findall(cell))
    return [part for part in parts if part]


def value(column: SheetColumn, cell: str) -> Any:
    """The JSON value of a cell, as a pack writes it; text that is none is left for the field to refuse."""
    if column.listed:
        return values(cell)
    part = column.part
    if not cell:
        return part.default()
    if isinstance(part, Value) and part.json_type is bool:
        word = cell.casefold()
        return True if word in TRUE_WORDS else False if word in FALSE_WORDS else cell
    if isinstance(part, Value) and part.json_type is int:
        return int(cell) if re.fullmatch(r"[0-9]{1,9}", cell) else cell
    return cell


def accepted(column: SheetColumn) -> list[str]:
    """The values a cell may have, when they can be listed."""
    part = column.part
    if isinstance(part, Value) and part.json_type is bool:
        return [TRUE, FALSE]
    return part.values() if isinstance(part, Value) else []
