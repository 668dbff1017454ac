"""Rows for COPY: as Django would save them, without making an instance of each.

Multi-table models such as pages have no ``bulk_create``, and one entry is some thirty rows.
"""

import json
from collections.abc import Callable
from operator import attrgetter
from typing import Any

from django.contrib.postgres.fields import ArrayField, DateRangeField
from django.db import connection, models


class Row:
    """A row that stands in for an instance: its columns as attributes, and what is read of its relations.

    The public document is built from it as from the instance. A hundredth of a millisecond of each
    of thirty instances would be half of what an entry takes.
    """

    def __init__(self, values: dict[str, Any]) -> None:
        self.__dict__ = values


class Related(list[Any]):
    """What stands at the other end of a relation."""

    def all(self) -> "Related":
        return self


class Rows:
    """Rows of one table, collected and then written with one COPY.

    What a row does not name gets the field's default, so a new field that has a
    constant default needs no change here. Defaults that differ from row to row,
    such as random numbers, must be named.
    """

    def __init__(self, model: type[models.Model], kind: type[Row] = Row, *, with_id: bool = True) -> None:
        """Without ``with_id`` the database numbers the rows; with it ids come from ``models.ids.reserve``."""
        fields = [
            field for field in model._meta.local_concrete_fields if with_id or not isinstance(field, models.AutoField)
        ]
        columns = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
        self.statement = f'COPY "{model._meta.db_table}" ({columns}) FROM STDIN'
        self.defaults = {field.attname: field.get_default() for field in fields}
        self._columns = attrgetter(*self.defaults)
        self._kind = kind
        self._texts = [(place, text) for place, field in enumerate(fields) if (text := _text(field))]
        self.rows: list[Any] = []
        """Rows as they are added; instances will do as well."""

    def add(self, **values: Any) -> Any:
        """One row, by the attribute names of the fields; what is no field is there for who reads the row."""
        row = self._kind({**self.defaults, **values})
        self.rows.append(row)
        return row

    def write(self) -> None:
        """Put the rows into the table and forget them."""
        with connection.cursor() as cursor, cursor.copy(self.statement) as copy:
            for row in self.rows:
                values = list(self._columns(row))
                for place, text in self._texts:
                    if not isinstance(values[place], str | None):
                        values[place] = text(values[place])
                copy.write_row(values)
        self.rows = []


AS_JSON = json.JSONEncoder(check_circular=False).encode
"""What is generated has no circles: to look for them takes as long as to write."""


def _text(field: models.Field) -> Callable[[Any], str] | None:
    """How PostgreSQL reads the values of a field, where the driver takes long to find out."""
    if isinstance(field, ArrayField):
        return lambda numbers: f"{{{','.join(map(str, numbers))}}}"
    if isinstance(field, models.JSONField):
        return lambda value: AS_JSON(field.get_prep_value(value))
    if isinstance(field, DateRangeField):
        return lambda days: f"[{days.lower or ''},{days.upper or ''})"
    return None
