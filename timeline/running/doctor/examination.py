"""The examination: all looks in order. None stops the others, and no secret is repeated."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from typing import NamedTuple

from django.conf import settings
from django.db import Error, connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import database, folders, letters, people, services, setting_up, site
from .finding import Finding, miss, note


class Look(NamedTuple):
    """One thing to look at; some are there in production only, some need the database, or its tables too."""

    about: str | Promise
    find: Callable[[], Iterator[Finding]]
    production: bool = False
    database: bool = False
    tables: bool = False


LOOKS = (
    Look(gettext_lazy("Settings"), setting_up.checks),
    Look(gettext_lazy("Addresses"), setting_up.addresses, production=True),
    Look(gettext_lazy("Messages"), setting_up.messages),
    Look(gettext_lazy("Static files"), setting_up.collected, production=True),
    Look(gettext_lazy("Time zones"), setting_up.zones),
    Look(gettext_lazy("User"), folders.user, production=True),
    Look(gettext_lazy("Folders"), folders.rights),
    Look(gettext_lazy("Folders"), folders.nothing_is_served_by_chance),
    Look(gettext_lazy("Object store"), folders.objects),
    Look(gettext_lazy("Kept answers"), folders.kept_together),
    Look(gettext_lazy("Database"), database.server, database=True),
    Look(gettext_lazy("Database"), database.japanese, database=True),
    Look(gettext_lazy("Database"), database.rights, database=True),
    Look(gettext_lazy("Database"), database.statements),
    Look(gettext_lazy("Clock"), database.clock, database=True),
    Look(gettext_lazy("Backup"), database.programs, database=True),
    Look(gettext_lazy("State"), services.state, tables=True),
    Look(gettext_lazy("Services"), services.have_run, production=True, tables=True),
    Look(gettext_lazy("Accounts"), people.administrators, tables=True),
    Look(gettext_lazy("Accounts"), people.demonstration, production=True, tables=True),
    Look(gettext_lazy("Accounts"), people.second_factors, tables=True),
    Look(gettext_lazy("Mail"), letters.server, production=True),
    Look(gettext_lazy("Site"), site.answers, production=True),
    Look(gettext_lazy("Site"), site.plain_http, production=True),
    Look(gettext_lazy("Uploads"), site.uploads, production=True),
    Look(gettext_lazy("Proxy"), site.forged_address, production=True, tables=True),
)


def examine(looks: Iterable[Look] = LOOKS) -> Iterator[tuple[str, Finding]]:
    """What each look finds, with what it is about."""
    away = _database_is_away()
    empty = not away and not MigrationRecorder(connection).has_table()
    if away:
        yield _("Database"), miss(away, _("Start it, or correct DATABASE_URL."))
    elif empty:
        yield _("Database"), miss(_("It has no tables yet."), _("Run manage.py migrate."))
    for look in looks:
        about = str(look.about)
        if look.production and settings.DEVELOPMENT:
            yield about, note(_("Looked at in production only (%s).") % look.find.__name__)
        elif (away and (look.database or look.tables)) or (empty and look.tables):
            yield about, note(_("Not looked at without the database (%s).") % look.find.__name__)
        else:
            for finding in _findings(look):
                yield about, Finding(finding.mark, hide(finding.said), hide(finding.advice))


def _findings(look: Look) -> list[Finding]:
    """What was found before an error counts as well."""
    found = []
    try:
        with transaction.atomic() if look.database or look.tables else nullcontext():
            for finding in look.find():
                found.append(finding)  # noqa: PERF402 (a list would lose them)
    except Exception as error:  # noqa: BLE001 (whatever is broken, the rest is looked at)
        said = _("This could not be looked at (%(name)s): %(error)s")
        found.append(miss(said % {"name": look.find.__name__, "error": _one_line(error)}, ""))
    return found


def _database_is_away() -> str:
    try:
        connection.ensure_connection()
    except Error as error:
        return hide(_("The database does not answer: %s") % _one_line(error))
    return ""


def _one_line(error: Exception) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())}"


def _bucket_secret() -> str | None:
    return settings.STORAGES["default"].get("OPTIONS", {}).get("secret_key")


def hide(text: str) -> str:
    """A text without what nobody may read."""
    mailer = settings.MAILERS["default"].get("OPTIONS", {})
    databases = [database.get("PASSWORD") for database in settings.DATABASES.values()]
    for secret in (
        settings.SECRET_KEY,
        *databases,
        mailer.get("password"),
        settings.CDN.get("TOKEN"),
        _bucket_secret(),
    ):
        if secret:
            text = text.replace(str(secret), "•••")
    return text
