"""Indexes and constraints laid aside while very many rows are copied: made at once, each costs a fraction.

What is laid aside is noted in the database, so that it is put back even if the process is killed meanwhile.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import connection, models, transaction

# What stands on a table, but for its primary key and the path, by which pages find their place among others.
ON_TABLES = """
SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname),
    format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', conrelid::regclass, conname, definition),
    contype = 'f' is_reference
FROM pg_constraint, pg_get_constraintdef(oid) definition
WHERE conrelid = ANY(%(tables)s::regclass[]) AND contype IN ('f', 'u', 'x') AND definition <> 'UNIQUE (path)'
UNION ALL
SELECT format('DROP INDEX %%s', indexrelid::regclass), pg_get_indexdef(indexrelid), false
FROM pg_index
WHERE indrelid = ANY(%(tables)s::regclass[]) AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
ORDER BY is_reference
"""
NOTE = "CREATE TABLE timeline_laid_aside AS SELECT * FROM unnest(%s::text[]) WITH ORDINALITY noted (statement, place)"
NOTED = "SELECT statement FROM timeline_laid_aside ORDER BY place"
MEMORY = "256MB"
"""For each index that is made."""


@contextmanager
def laid_aside(tables: Iterable[type[models.Model]]) -> Iterator[None]:
    """Lay aside what stands on the tables; put it back when the block ends, however it does."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(ON_TABLES, {"tables": [model._meta.db_table for model in tables]})
        found = cursor.fetchall()
        cursor.execute(NOTE, [[put_back for _drop, put_back, _is_reference in found]])
        for drop, _put_back, _is_reference in reversed(found):  # references before what they refer to
            cursor.execute(drop)
    try:
        yield
    finally:
        put_back()


def put_back() -> None:
    """Make again what is laid aside, if anything is: indexes, then references."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('timeline_laid_aside')")
        if cursor.fetchone() == (None,):
            return
        cursor.execute("SELECT set_config('maintenance_work_mem', %s, true)", [MEMORY])
        cursor.execute(NOTED)
        for (statement,) in cursor.fetchall():
            cursor.execute(statement)
        cursor.execute("DROP TABLE timeline_laid_aside")
