"""Rows for COPY: as Django would save them, without making an instance of each.

Multi-table models such as pages have no ``bulk_create``, and one entry is some thirty rows.
"""

from typing import Any

from django.db import connection, models


class Rows:
    """Rows of one table, collected and then written with one COPY.

    What a row does not name gets the field's default, so a new field that has a
    constant default needs no change here. Defaults that differ from row to row,
    such as random numbers, must be named.
    """

    def __init__(self, model: type[models.Model], *, with_id: bool = True) -> None:
        """Without ``with_id`` the database numbers the rows; with it ids come from :func:`reserve`."""
        fields = [
            field for field in model._meta.local_concrete_fields if with_id or not isinstance(field, models.AutoField)
        ]
        columns = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
        self.statement = f'COPY "{model._meta.db_table}" ({columns}) FROM STDIN'
        self.defaults = {field.attname: field.get_default() for field in fields}
        self.rows: list[tuple[Any, ...]] = []

    def add(self, **values: Any) -> None:
        """One row, by the attribute names of the fields."""
        self.rows.append(tuple({**self.defaults, **values}.values()))

    def write(self) -> None:
        """Put the rows into the table and forget them."""
        with connection.cursor() as cursor, cursor.copy(self.statement) as copy:
            for row in self.rows:
                copy.write_row(row)
        self.rows = []


def reserve(model: type[models.Model], number: int) -> list[int]:
    """Ids for ``number`` new rows, that nobody else will get."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [f'"{model._meta.db_table}"', number],
        )
        return [row[0] for row in cursor.fetchall()]
