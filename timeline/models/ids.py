"""Ids that new rows have before they are written, so that other rows can point to them."""

from django.db import connection, models


def reserve(model: type[models.Model], number: int) -> list[int]:
    """Ids for ``number`` new rows, that nobody else will get, by one query; for a page those of its first table."""
    if not number:
        return []
    table = (model._meta.get_parent_list() or [model])[-1]._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [f'"{table}"', number]
        )
        return [pk for (pk,) in cursor.fetchall()]
