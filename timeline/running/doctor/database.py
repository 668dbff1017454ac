"""The database: whether the server is what this code needs."""

import time
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from timeline.backup.database import fit_programs
from timeline.backup.errors import BackupError

from .finding import Finding, good, miss, note

OLDEST = 15
APART = 2
"""Seconds that clocks may differ; codes of authenticator apps bear half a minute."""


def _row(sql: str) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return tuple(cursor.fetchone())


def server() -> Iterator[Finding]:
    """Its version and encoding."""
    version, encoding, ctype = _row(
        "SELECT current_setting('server_version'), current_setting('server_encoding'), "
        "datctype FROM pg_database WHERE datname = current_database()"
    )
    if int(version.split(".")[0]) < OLDEST:
        yield miss(_("PostgreSQL is %s.") % version, _("Upgrade it to %d or newer.") % OLDEST)
    elif encoding != "UTF8":
        yield miss(_("The database has the encoding %s.") % encoding, _("Make it anew with --encoding UTF8."))
    else:
        yield good(f"PostgreSQL {version.split()[0]}, {encoding}, {ctype}")


def japanese() -> Iterator[Finding]:
    """Whether kanji are letters to pg_trgm, which hangs on the locale, whatever its name (``running.alphabet``)."""
    if not _row("SELECT count(*) FROM pg_extension WHERE extname = 'pg_trgm'")[0]:
        available = _row("SELECT count(*) FROM pg_available_extensions WHERE name = 'pg_trgm'")[0]
        advice = _("Run manage.py migrate.") if available else _("Install it: on Debian it comes with postgresql.")
        yield miss(_("The extension pg_trgm is missing."), advice)
    elif _row("SELECT similarity('日米貿易協定', '日米貿易協定')")[0] == 1:
        yield good(_("Near matches of Japanese names are found (pg_trgm)."))
    else:
        advice = _("Back up, make the database anew with --locale C.UTF-8 --template template0, and restore.")
        yield miss(_("Near matches of Japanese names are not found: the locale of the database has no kanji."), advice)


def rights() -> Iterator[Finding]:
    """Whether our role may migrate, and no more."""
    name, superuser, makes, schema = _row(
        "SELECT current_user, rolsuper, has_database_privilege(current_database(), 'CREATE'), "
        "coalesce(has_schema_privilege('public', 'CREATE'), false) FROM pg_roles WHERE rolname = current_user"
    )
    if superuser and not settings.DEVELOPMENT:
        yield note(_("%s is a superuser of the server.") % name, _("Give the site a role of its own."))
    if makes and schema:
        yield good(_("%s may migrate.") % name)
    else:
        advice = _("As the user postgres: ALTER DATABASE … OWNER TO %s, and ALTER SCHEMA public OWNER TO %s.")
        yield miss(_("%s may not make tables.") % name, advice % (name, name))


def statements() -> Iterator[Finding]:
    """Whether a question may hold the database for ever."""
    seconds = settings.DATABASE_STATEMENT_SECONDS
    if seconds:
        yield good(_("A statement of the site may take %d seconds.") % seconds)
    else:
        yield note(_("A statement of the site may take as long as it wants."), _("Set DATABASE_STATEMENT_SECONDS=5."))


def clock() -> Iterator[Finding]:
    """Whether the database has our time."""
    before = time.time()
    there = float(_row("SELECT extract(epoch FROM clock_timestamp())")[0])
    apart = there - (before + time.time()) / 2
    if abs(apart) > APART:
        advice = _("Let both machines take the time from the network (timedatectl set-ntp true).")
        yield miss(_("The clock of the database is %.0f seconds from ours.") % apart, advice)
    else:
        yield good(_("The database has the same time."))


def programs() -> Iterator[Finding]:
    """Whether a backup has what it needs."""
    try:
        found = fit_programs()
    except BackupError as error:
        yield miss(str(error), _("Install them; else there is no backup."))
    else:
        yield good(_("pg_dump %(major)d in %(folder)s fits the server.") % found._asdict())
    if not settings.BACKUP_RECIPIENTS and not settings.DEVELOPMENT:
        yield note(_("Backups are not encrypted."), _("Set BACKUP_RECIPIENTS before they leave the machine."))
