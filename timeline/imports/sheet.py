"""A sheet: what stands in one file, as records still unchecked, and where each of their values stands."""

import re
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from timeline.content.kinds import Kind
from timeline.content.parts import Record
from timeline.content.problems import ContentProblem, Place
from timeline.names import has_control, strip_control

MAX_ROWS = 5_000
"""Rows, or records of another program, that one import takes: what a person can still look over."""


@dataclass(frozen=True)
class Finding:
    """A problem, and where the editor's program shows it: row and column of a table, or the place in a pack."""

    file: str
    sentence: str
    row: int = 0
    column: str = ""
    heading: str = ""
    record: str = ""
    path: str = ""

    @property
    def where(self) -> str:
        """ "row 5, column C (date)", or "e-2019, statements[2].text"."""
        if not self.row:
            return ", ".join(part for part in (self.record, self.path) if part)
        if not self.column:
            return _("row %d") % self.row
        words = {"row": self.row, "column": self.column, "heading": self.heading}
        return (
            _("row %(row)d, column %(column)s (%(heading)s)") if self.heading else _("row %(row)d, column %(column)s")
        ) % words

    def __str__(self) -> str:
        return ": ".join(part for part in (", ".join(filter(None, (self.file, self.where))), self.sentence) if part)


@dataclass
class Sheet:
    """What stands in a file: records as a pack has them, still unchecked, and where each of their values stands."""

    file: str
    kind: Kind
    records: list[Record] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    """What problems call each record: the number of its first row, or its id in a pack."""
    findings: list[Finding] = field(default_factory=list)
    notes: list[Finding] = field(default_factory=list)
    blank: int = 0
    rows: int = 0
    is_table: bool = True
    is_foreign: bool = False
    """Written by a program that knows nothing of our ids: records are recognised by what they are."""
    names: dict[str, str] = field(default_factory=dict)
    """What the file calls our fields, where it is no table: ``published`` is ``DA``."""
    places: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)
    """Row and column (from 0) of a value, by the label of its record and its path."""
    headings: list[str] = field(default_factory=list)

    def locate(self, problem: ContentProblem) -> Finding:
        """A problem of a record, where the editor finds it."""
        if not self.is_table:
            name = self.names.get(problem.root)
            path = f"{name} ({problem.path})" if name else problem.path
            return Finding(self.file, problem.sentence, record=problem.record, path=path)
        path = problem.path
        while (place := self.places.get((problem.record, path))) is None and path:
            path = re.sub(r"(\[[0-9]+\]|\.?[^.\[\]]+)$", "", path)
        row, column = place or (int(problem.record or 0), -1)
        return self.at(row, column, problem.sentence)

    def take_out_control(self) -> None:
        """Take out characters no text may hold, and report them, so that everything else can be checked."""
        for record, label in zip(self.records, self.labels, strict=True):
            self._clean(record, Place([], self.file, label))

    def _clean(self, value: Any, place: Place) -> None:
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, item in list(items):
            if isinstance(item, str) and (has_control(item) or "\x7f" in item):
                self.report(place.record, place.at(key).path, _("holds an invisible control character"))
                value[key] = strip_control(item).replace("\x7f", "")
            elif isinstance(item, dict | list):
                self._clean(item, place.at(key))

    @property
    def is_too_long(self) -> bool:
        """Whether it holds more than an import takes, so that reading on would be for nothing."""
        return self.rows > MAX_ROWS

    def note(self, label: str, path: str, sentence: str) -> None:
        """Something to know of a record, which keeps nothing from being imported."""
        self.notes.append(self.locate(ContentProblem(self.file, label, path, sentence)))

    def report(self, label: str, path: str, sentence: str) -> None:
        """A problem of a record."""
        self.findings.append(self.locate(ContentProblem(self.file, label, path, sentence)))

    def where(self, label: str) -> str:
        """What an editor calls a record: “row 3”, or its label."""
        return self.locate(ContentProblem(self.file, label, "", "")).where

    def at(self, row: int, column: int, sentence: str) -> Finding:
        """A problem of a cell; of the row when there is no column."""
        if column < 0:
            return Finding(self.file, sentence, row)
        heading = self.headings[column] if column < len(self.headings) else ""
        return Finding(self.file, sentence, row, letter(column), heading)


def letter(column: int) -> str:
    """What a spreadsheet calls the column: A, …, Z, AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name
