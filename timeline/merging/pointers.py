"""Pointers to a record in rows of the database, found through the models themselves."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import models

from timeline.models import (
    Account,
    Archiving,
    Attachment,
    Citation,
    Commodity,
    EntryCommodity,
    EntryPerson,
    FigureCitation,
    LinkCheck,
    Person,
    Position,
    Source,
    SourceNote,
)
from timeline.models.record import Record

MERGEABLE: dict[str, type[Record]] = {"person": Person, "source": Source, "commodity": Commodity}
"""The kinds of records that can be merged, by the name under which rows point to them."""

TO_THE_ENTRY: dict[type[models.Model], str] = {
    EntryPerson: "entry",
    EntryCommodity: "entry",
    Citation: "statement__entry",
    FigureCitation: "figure__entry",
    Account: "disagreement__entry",
    SourceNote: "entry",
    Attachment: "entry",
}
"""How rows lead to the entry they belong to."""

SAME = {Position: ("title", "organisation_id", "start", "end")}
"""Rows that say the same although no constraint forbids them both."""


@dataclass
class Pointers:
    """Rows of one model that point to the record that goes.

    ``doubles`` are those that would stand twice on the record that is kept, each with
    the row that already says it there; ``stale`` those that are about the removed
    record only. Neither moves.
    """

    model: type[models.Model]
    column: str
    moving: list[Any] = field(default_factory=list)
    doubles: list[tuple[Any, Any]] = field(default_factory=list)
    stale: list[Any] = field(default_factory=list)

    @property
    def gone(self) -> list[Any]:
        """The rows that do not move."""
        return [double for double, _twin in self.doubles] + self.stale


def pointers(kept: Record, removed: Record) -> Iterator[Pointers]:
    """What points to ``removed``, model by model: one or two queries each, however many rows."""
    for relation in removed._meta.related_objects:
        model: Any = relation.related_model
        name = relation.field.name
        found = Pointers(model, name)
        rows = model._default_manager.filter(**{name: removed}).order_by("pk")
        if path := TO_THE_ENTRY.get(model):
            rows = rows.select_related(path)
        rows = list(rows)
        twins = _twins(model, name, kept) if rows else {}
        for row in rows:
            double = next((twins[key] for key in _keys(row, name) if key in twins), None)
            if isinstance(row, LinkCheck | Archiving) and row.url not in (kept.url, kept.archived_url):
                found.stale.append(row)
            elif double is not None:
                found.doubles.append((row, double))
            else:
                found.moving.append(row)
        yield found


def _twins(model: Any, name: str, kept: Record) -> dict[tuple[Any, ...], Any]:
    """What stands on the kept record already, by all that would make another row its double."""
    if not _unique(model, name):
        return {}
    return {key: row for row in model._default_manager.filter(**{name: kept}) for key in _keys(row, name)}


def _keys(row: Any, name: str) -> list[tuple[Any, ...]]:
    return [(columns, *(getattr(row, column) for column in columns)) for columns in _unique(type(row), name)]


def _unique(model: type[models.Model], name: str) -> list[tuple[str, ...]]:
    """The columns that no two rows pointing to one record may share."""
    columns: Any = {column.name: column.attname for column in model._meta.concrete_fields}
    found = [
        tuple(columns[other] for other in constraint.fields if other != name)
        for constraint in model._meta.constraints
        if isinstance(constraint, models.UniqueConstraint) and name in constraint.fields
    ]
    return [*found, *([SAME[model]] if model in SAME else [])]


def entry_of(row: Any) -> Any:
    """The entry a row belongs to, or None."""
    path = TO_THE_ENTRY.get(type(row))
    for step in path.split("__") if path else ():
        row = getattr(row, step)
    return row if path else None
