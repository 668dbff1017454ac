"""The database of a backup: its dump and its return by PostgreSQL's own programs, and what is asked of it beside.

The programs get all they need of the connection in their environment, as libpq names it: a command line can be
read by every user of the machine.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import IO

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.db.models import FileField, QuerySet
from django.utils.translation import gettext as _
from psycopg.pq import Conninfo

from config.postgres import programs
from config.postgres.programs import Programs

from .errors import BackupError

VOLATILE = ["django_session", "timeline_signintry", "timeline_letterasked", "timeline_fragment", "timeline_block"]
"""Tables that are kept without their rows: who is signed in, and who tried to, is of no use to tomorrow's site, and
fragments and blocks are made again."""

WITHOUT_OWNERS = ["--no-owner", "--no-privileges"]
"""Another server has other users."""

OF_OTHERS = "SELECT 1 FROM pg_depend WHERE objid = c.oid AND deptype = 'e'"  # an extension brought it

TRANSACTION_TIMEOUT = 17
"""Programs from this version on set what servers before it do not know."""


def server() -> int:
    """The major version of the server."""
    return int(connection.pg_version) // 10_000  # type: ignore[attr-defined] # the stubs know no vendor


def fit_programs(oldest: int = 0) -> Programs:
    """The programs for this server, and for a dump of such a version; raises :class:`BackupError` if none fit."""
    major = server()
    folder = settings.POSTGRESQL_PROGRAMS
    if embedded := connection.settings_dict.get("EMBEDDED"):
        folder = programs.find(embedded["home"]).folder
    newest = TRANSACTION_TIMEOUT - 1 if major < TRANSACTION_TIMEOUT else 999
    try:
        return programs.client(max(major, oldest), newest, folder)
    except programs.NoClientError as error:
        raise BackupError(str(error)) from error


# -- out ----------------------------------------------------------------------------------


@contextmanager
def snapshot() -> Iterator[str]:
    """One view of the database for us and for pg_dump, by its name; editors go on meanwhile."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        yield cursor.fetchone()[0]


def dump(target: IO[bytes], name: str, tools: Programs) -> None:
    """Write what that snapshot has, in pg_dump's own form, which is compressed."""
    command = [
        str(tools.folder / "pg_dump"),
        "--format=custom",
        "--no-comments",
        f"--snapshot={name}",
        *WITHOUT_OWNERS,
    ]
    command += [f"--exclude-table-data=public.{table}" for table in VOLATILE]
    with tempfile.TemporaryFile() as errors:
        # Through a pipe: at the end of a file it would write its table of contents once more.
        dumping = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors, env=_environment()
        )
        assert dumping.stdout  # noqa: S101 (mypy does not know)
        with dumping, dumping.stdout:
            shutil.copyfileobj(dumping.stdout, target)
        if dumping.returncode:
            raise BackupError(_("pg_dump failed: %s") % _last_words(errors))


def uploads() -> set[str]:
    """The names of all files that rows of the database point to."""
    tables = set(connection.introspection.table_names())
    return {
        name
        for model in apps.get_models()
        for field in model._meta.local_concrete_fields
        if isinstance(field, FileField) and model._meta.db_table in tables
        for name in QuerySet(model).values_list(field.name, flat=True)
        if name
    }


# -- back ---------------------------------------------------------------------------------


def relations() -> int:
    """How many tables, views and sequences the database has that no extension brought."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_class c WHERE relnamespace = to_regnamespace('public') "  # noqa: S608
            f"AND relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND NOT EXISTS ({OF_OTHERS})"
        )
        return int(cursor.fetchone()[0])


def load(source: IO[bytes], tools: Programs, *, replace: bool) -> None:
    """Bring a dump into the database in one transaction, in the place of what was there if ``replace``.

    psql is told to commit only when pg_restore has said that it is done, so a program that is killed
    leaves the database as it was.
    """
    connection.close()  # it would wait for itself
    environment = _environment()
    reading = [str(tools.folder / "pg_restore"), "--file=-", *WITHOUT_OWNERS]
    writing = [str(tools.folder / "psql"), "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--file=-"]
    with tempfile.TemporaryFile() as read_errors, tempfile.TemporaryFile() as write_errors:
        psql = subprocess.Popen(
            writing, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=write_errors, env=environment
        )
        assert psql.stdin  # noqa: S101 (mypy does not know)
        with suppress(BrokenPipeError), psql.stdin:
            psql.stdin.write(b"BEGIN;\nSET LOCAL lock_timeout = '10s';\n")
            if replace:
                psql.stdin.write(b"DROP SCHEMA public CASCADE;\nCREATE SCHEMA public;\n")
            psql.stdin.flush()
            restoring = subprocess.Popen(reading, stdin=subprocess.PIPE, stdout=psql.stdin, stderr=read_errors)
            assert restoring.stdin  # noqa: S101
            try:
                with suppress(BrokenPipeError), restoring.stdin:
                    while chunk := source.read(1024 * 1024):
                        restoring.stdin.write(chunk)
            except BaseException:
                restoring.kill()
                psql.kill()
                raise
            finally:
                restoring.wait()
            if not restoring.returncode:
                psql.stdin.write(b"\nCOMMIT;\nANALYZE;\n")
        psql.wait()
        if restoring.returncode or psql.returncode:
            said = _last_words(write_errors) or _last_words(read_errors)
            raise BackupError(_("The database was left as it was: %s") % said)


def _environment() -> dict[str, str]:
    """The connection's parameters by the names of libpq's variables, among what the programs need to run."""
    variables = {one.keyword.decode(): one.envvar.decode() for one in Conninfo.get_defaults() if one.envvar}
    parameters = connection.get_connection_params()
    said = {variables[key]: str(value) for key, value in parameters.items() if key in variables and value is not None}
    inherited = {key: value for key, value in os.environ.items() if key in {"PATH", "HOME"} or key.startswith("PG")}
    return inherited | said | {"PGCLIENTENCODING": "UTF8"}


def _last_words(errors: IO[bytes]) -> str:
    """What a program said last; it never repeats the password."""
    errors.seek(0)
    return " ".join(errors.read().decode(errors="replace").strip().splitlines()[-3:])
