"""Reads a CSV file: every row is looked at, whatever is wrong with others, and each problem has its row and column."""

import csv
import datetime
import io
import re
from collections import Counter
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from timeline import edtf
from timeline.content.kinds import Kind
from timeline.content.parts import Record, Value
from timeline.models.fields import EDTFField
from timeline.names import has_control, strip_control
from timeline.spreadsheets import unguarded

from . import support
from .layout import folded, layout, with_point
from .sheet import Sheet, letter
from .tables import BOM, FALSE, TRUE, SheetColumn, columns, value, values

MAX_CELL = 20_000
"""Characters of one cell; the longest text of the flagship chronology has under 2,000."""

NAMING = {"headline", "title", "name", "family_name", "given_name", "label"}
"""Columns that begin a new record when the id is left to us."""

ERRORS = re.compile(r"#(REF!|NAME\?|VALUE!|N/A|DIV/0!|NUM!|NULL!|SPILL!|CALC!)|#+")
SERIAL = re.compile(r"[2-5][0-9]{4}(\.[0-9]+)?")

csv.field_size_limit(16 * 1024 * 1024)  # a cell that is too long is a problem of its row, not the end of the file


def read(file: str, text: str, kind: Kind) -> Sheet:
    """The table in ``text``, row by row; nothing in it ends the reading but a quotation mark left open."""
    sheet = Sheet(file, kind)
    _Reader(sheet).read(text)
    return sheet


def rows(sheet: Sheet, text: str) -> Iterator[tuple[int, list[str]]]:
    """The rows of another program's table, cleaned like ours, with their numbers; its headings go to ``sheet``."""
    reader = _Reader(sheet)
    for number, row in reader.filled(text):
        if not sheet.headings:
            sheet.headings = [strip_control(cell).strip()[:60] for cell in row]
        else:
            sheet.rows += 1
            if sheet.is_too_long:
                continue
            yield number, [reader.clean(number, place, cell) for place, cell in enumerate(row)]


class _Reader:
    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.known = columns(sheet.kind)
        self.columns: list[SheetColumn | None] = []
        self.record: Record = {}
        self.label = ""
        self.current: dict[tuple[str, ...], tuple[Record, str]] = {}
        self.with_commas: set[int] = set()
        """Columns whose decimal commas have been noted."""

    def report(self, row: int, column: int, sentence: str) -> None:
        self.sheet.findings.append(self.sheet.at(row, column, sentence))

    def read(self, text: str) -> None:
        headed = False
        for number, row in self.filled(text):
            if not headed:
                self._read_headings(number, row)
                headed = True
            elif self.sheet.is_too_long:
                self.sheet.rows += 1
            else:
                self._read_row(number, row)
        for record, label in zip(self.sheet.records, self.sheet.labels, strict=True):
            self._support(record, label)
        if not headed:
            self.report(1, -1, _("The file holds no table. The first row has the headings, the rows below the data."))

    def filled(self, text: str) -> Iterator[tuple[int, list[str]]]:
        """The rows with something in them from the headings on; what stands above these is noted."""
        self.layout = layout(text)
        above, headed = self.layout.title, False
        for number, row in self._rows(text):
            if not any(cell.strip() for cell in row):
                self.sheet.blank += headed
            elif above:
                sentence = _("“%s” stands above the headings and is skipped.") % strip_control(above)[:60]
                self.sheet.notes.append(self.sheet.at(number, -1, sentence))
                above = ""
            else:
                headed = True
                yield number, row

    def _rows(self, text: str) -> Iterator[tuple[int, list[str]]]:
        """The rows with their numbers. A reader stops at a NUL, so it is seen as another control character."""
        text = text.removeprefix(BOM).replace("\0", "\x01")
        lines = csv.reader(io.StringIO(text, newline=""), delimiter=self.layout.separator, strict=True)
        number = 0
        while True:
            try:
                row = next(lines)
            except StopIteration:
                return
            except csv.Error:
                sentence = _(
                    "A quotation mark is not closed here, or one inside a quoted cell is not doubled; "
                    "nothing after it can be read."
                )
                self.report(number + 1, -1, sentence)
                return
            if number == 0 and row[:1] and row[0].startswith("sep="):
                continue  # for Excel, which does not show it
            number += 1
            yield number, row

    # -- headings -------------------------------------------------------------------------

    def _read_headings(self, number: int, row: list[str]) -> None:
        self.sheet.headings = [strip_control(cell).strip()[:60] for cell in row]
        names = self._names()
        seen: dict[str, int] = {}
        for place, heading in enumerate(self.sheet.headings):
            column = names.get(folded(heading)) if heading else None
            self.columns.append(column)
            if heading and column is None:
                self.report(number, place, self._unknown(heading, names))
            elif column and column.heading in seen:
                other = letter(seen[column.heading])
                self.report(number, place, _("Column %s already has this heading. Keep one of the two.") % other)
                self.columns[-1] = None
            elif column:
                seen[column.heading] = place

    def _names(self) -> dict[str, SheetColumn]:
        """Columns by all they may be called: their heading; without its first word where nothing else ends so."""
        short = Counter(column.heading.rpartition(".")[2] for column in self.known)
        names: dict[str, SheetColumn] = {}
        for column in self.known:
            first, _dot, last = column.heading.rpartition(".")
            if short[last] == 1:
                names[folded(last)] = column
            if first and column.picks and len(column.rows) == 1:
                names.setdefault(folded(first), column)
        return names | {folded(column.heading): column for column in self.known}

    def _unknown(self, heading: str, names: dict[str, SheetColumn]) -> str:
        close = get_close_matches(folded(heading), names, n=1, cutoff=0.7)
        if close:
            words = {"heading": heading, "other": names[close[0]].heading}
            return _("There is no column “%(heading)s”. Did you mean “%(other)s”?") % words
        words = {"heading": heading, "known": ", ".join(column.heading for column in self.known)}
        return _("There is no column “%(heading)s”. Empty it, or use one of these: %(known)s.") % words

    # -- rows -----------------------------------------------------------------------------

    def _read_row(self, number: int, row: list[str]) -> None:
        self.sheet.rows += 1
        width = len(self.columns)
        if any(cell.strip() for cell in row[width:]):
            words = {"cells": len(row), "columns": width}
            sentence = _(
                "The row has %(cells)d cells, the table %(columns)d columns. Is there a separator in a text "
                "that is not in quotation marks?"
            )
            self.report(number, -1, sentence % words)
        elif len(row) < width:
            words = {"cells": len(row), "columns": width}
            sentence = _("The row has %(cells)d cells, the table %(columns)d columns; the rest is taken as blank.")
            self.sheet.notes.append(self.sheet.at(number, -1, sentence % words))
        cells = {}
        for place, column in enumerate(self.columns):
            cell = self.clean(number, place, row[place] if place < len(row) else "")
            if column:
                cells[place] = cell
            elif cell and not self.sheet.headings[place]:
                self.report(number, place, _("This column has no heading. Give it one, or empty the cell."))
        self._begin(number, cells)
        self._read_lists(number, cells)

    def clean(self, number: int, place: int, cell: str) -> str:
        """The cell as text that can be read on; what is wrong with it is reported."""
        if len(cell) > MAX_CELL:
            words = {"length": f"{len(cell):,}", "limit": f"{MAX_CELL:,}"}
            self.report(number, place, _("The cell holds %(length)s characters; %(limit)s are allowed.") % words)
            cell = cell[:MAX_CELL]
        if has_control(cell):
            self.report(number, place, _("The cell holds an invisible control character. Retype it."))
            cell = strip_control(cell)
        if "\ufffd" in cell:
            self.report(number, place, _("A character was lost (“\ufffd”) when the file was saved. Retype the cell."))
        if ERRORS.fullmatch(cell.strip()):
            self.report(
                number, place, _("“%s” is what a spreadsheet shows for a formula that failed.") % cell.strip()[:20]
            )
            return ""
        if cell.lstrip().startswith("="):
            sentence = _("The cell holds a formula. Write its result, or put an apostrophe (') before the “=”.")
            self.report(number, place, sentence)
            return ""
        return unguarded(cell.replace("\r\n", "\n").replace("\r", "\n").strip(" \n")).strip()

    def _begin(self, number: int, cells: dict[int, str]) -> None:
        """Begin a record, or go on with the one above."""
        heads = {place: column for place, column in self._read_columns(cells) if not column.rows}
        said = {column.heading: cells[place] for place, column in heads.items() if cells[place]}
        keys = [name for name in ("entry", "id") if name in said]
        same = all(str(self.record.get(name) or "") == said[name] for name in keys)
        if self.record and same and ("id" in keys or not NAMING & said.keys()):
            self._go_on(number, heads, cells)
            return
        self.record, self.label, self.current = {}, str(number), {}
        self.sheet.records.append(self.record)
        self.sheet.labels.append(self.label)
        for place, column in heads.items():
            self._put(self.record, column, cells[place], number, place, "")

    def _go_on(self, number: int, heads: dict[int, SheetColumn], cells: dict[int, str]) -> None:
        """A further row of a record repeats nothing, or the same."""
        name = next(((place, column.heading) for place, column in heads.items() if column.heading in NAMING), None)
        keyed = any(column.heading in ("entry", "id") and cells[place] for place, column in heads.items())
        for place, column in heads.items():
            if not cells[place]:
                continue
            before: Any = self.record
            for step in column.steps:
                before = (before or {}).get(step)
            if value(column, cells[place]) != before:
                words = {"row": self.label}
                if name and not keyed and not cells[name[0]]:
                    words["name"] = name[1]
                    sentence = _(
                        "There is no %(name)s, so this row would go on with the record of row %(row)s, and it says "
                        "something else. Write the %(name)s of a new record here; or empty what differs."
                    )
                    self.report(number, name[0], sentence % words)
                    return
                sentence = _("This differs from row %(row)s, where the record begins. Leave it empty here.")
                self.report(number, place, sentence % words)

    def _read_columns(self, cells: dict[int, str]) -> Iterator[tuple[int, SheetColumn]]:
        for place in cells:
            if column := self.columns[place]:
                yield place, column

    def _read_lists(self, number: int, cells: dict[int, str]) -> None:
        """The rows of the record that stand in this row of the table."""
        by_list: dict[tuple[str, ...], dict[int, SheetColumn]] = {}
        for place, column in self._read_columns(cells):
            if column.rows:
                by_list.setdefault(column.rows, {})[place] = column
                self.record.setdefault(column.rows[0], [])
        for rows in sorted(by_list, key=len):
            own = {place: column for place, column in by_list[rows].items() if cells[place]}
            below = any(
                cells[place]
                for other, inner in by_list.items()
                if len(other) > len(rows) and other[: len(rows)] == rows
                for place in inner
            )
            if own:
                self._add(number, rows, by_list[rows], cells, repeated_with=below)

    def _add(
        self,
        number: int,
        rows: tuple[str, ...],
        own: dict[int, SheetColumn],
        cells: dict[int, str],
        *,
        repeated_with: bool,
    ) -> None:
        """One row of a list, or as many as a cell names records."""
        first = next(place for place in own if cells[place])
        if len(rows) > 1 and rows[:-1] not in self.current:  # a citation of nothing: its owner is told to be empty
            above = self.record.setdefault(rows[0], [])
            above.append({})
            self.current[rows[:-1]] = (above[-1], f"{rows[0]}[{len(above) - 1}]")
            self.sheet.places[self.label, f"{rows[0]}[{len(above) - 1}]"] = (number, first)
        owner, path = self.current[rows[:-1]] if len(rows) > 1 else (self.record, "")
        items = owner.setdefault(rows[-1], [])
        picking = next(
            (place for place, column in own.items() if column.picks and len(values(cells[place])) > 1), None
        )
        names = values(cells[picking]) if picking is not None else [None]
        if picking is not None and any(cells[place] for place in own if place != picking):
            sentence = _("This names %d records, but what stands beside it belongs to one. Give each its own row.")
            self.report(number, picking, sentence % len(names))
        for name in names:
            item: Record = {}
            here = f"{path}.{rows[-1]}[{len(items)}]" if path else f"{rows[-1]}[{len(items)}]"
            for place, column in own.items():
                cell = name if place == picking and name is not None else cells[place]
                self._put(item, column, cell, number, place, here)
            if repeated_with and (known := self.current.get(rows)) and _agrees(item, known[0]):
                return  # the same statement once more, with a further citation
            items.append(item)
            self.current = {path: row for path, row in self.current.items() if path[: len(rows)] != rows}
            self.current[rows] = (item, here)
            self.sheet.places[self.label, here] = (number, first)

    def _put(self, target: Record, column: SheetColumn, cell: str, number: int, place: int, path: str) -> None:
        here = ".".join(filter(None, [path, *column.steps]))
        self.sheet.places[self.label, here] = (number, place)
        if isinstance(column.part, Value) and column.part.is_decimal:
            cell = self._number(number, place, cell)
        if cell and not column.listed and (hint := _hint(column, cell)):
            self.report(number, place, hint)
            cell = ""
        if isinstance(column.part, Value) and isinstance(column.part.column, EDTFField):
            self._note_years(number, place, cell)
        for step in column.steps[:-1]:
            target = target.setdefault(step, {})
        if cell or not column.part.sparse:
            target[column.steps[-1]] = value(column, cell)

    def _support(self, record: Record, label: str) -> None:
        """Join the two cells of a summary: its words, and what they rest on."""
        summary, cell = record.get("summary"), record.pop(support.COLUMN, None)
        if not summary or not cell:
            return
        if sentences := support.supported(summary, cell):
            record["summary"] = sentences
        else:
            sentence = _(
                "This names what each sentence of the summary rests on, one after the other as in “%s”; it does not "
                "fit the summary. Correct it, or empty the cell: then that follows from the words."
            )
            self.sheet.report(label, support.COLUMN, sentence % "abc234: def567 ghi234; jkl567: mno234")

    def _number(self, row: int, place: int, cell: str) -> str:
        """A number with the decimal point that it needs here."""
        read, doubt = with_point(cell, self.layout)
        if doubt:
            self.report(row, place, doubt)
        elif read != cell and place not in self.with_commas:
            words = {"cell": cell, "number": read}
            sentence = _("“%(cell)s” is read as %(number)s, and so are the decimal commas below it.") % words
            self.sheet.notes.append(self.sheet.at(row, place, sentence))
            self.with_commas.add(place)
        return read

    def _note_years(self, number: int, place: int, cell: str) -> None:
        """Say what 2020-21 was read as, which a spreadsheet may hold for two years."""
        if years := edtf.as_two_years(cell):
            words = {"cell": cell, "season": edtf.display(edtf.parse(cell)), "years": years}
            sentence = _("“%(cell)s” is read as %(season)s. As two years it is written %(years)s.")
            self.sheet.notes.append(self.sheet.at(number, place, sentence % words))


def _agrees(item: Record, other: Record) -> bool:
    return all(other.get(name) == said for name, said in item.items())


def _hint(column: SheetColumn, cell: str) -> str:
    """What a spreadsheet has made of a cell, where the field's own sentence would not help."""
    part = column.part
    if not isinstance(part, Value):
        return ""
    if part.json_type is bool and not isinstance(value(column, cell), bool):
        return _("“%(cell)s” is neither yes nor no. Write %(yes)s or %(no)s.") % {
            "cell": cell[:40],
            "yes": TRUE,
            "no": FALSE,
        }
    if part.json_type is int and not isinstance(value(column, cell), int):
        return _("“%s” is not a whole number.") % cell[:40]
    if isinstance(part.column, EDTFField | models.DateField) and SERIAL.fullmatch(cell):
        day = datetime.date(1899, 12, 30) + datetime.timedelta(days=int(float(cell)))
        words = {"cell": cell, "day": day.isoformat()}
        return _("“%(cell)s” is how a spreadsheet counts days. Is %(day)s meant? Write it like that, as text.") % words
    if part.is_decimal and re.fullmatch(r"-?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?|-?[0-9]+,[0-9]+", cell):
        return _("“%s” is not a number here. Write it without commas, such as 1250 or 67.6.") % cell[:40]
    return ""
