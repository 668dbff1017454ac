"""Restores a backup: refuses what is not whole and ours before anything is touched, then files, database, migrations.

Files come first and the database in one transaction, so a restore that fails midway leaves the database
as it was: a site with half of it cannot be mistaken for a whole one.
"""

import functools
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from timeline import edition
from timeline.edition.state import take_words
from timeline.kept.store import store
from timeline.models import PublishedEntry, Version

from . import archive, database
from .archive import Manifest
from .errors import BackupError, RefusedError
from .make import FOLDERS

RESTORING = ".restoring"


class Checked(NamedTuple):
    """A backup that is whole and ours: what it is of, and how many bytes its files take."""

    manifest: Manifest
    files: int
    size: int


def check(file: IO[bytes], keys: list[Any]) -> Checked:
    """Read all of a backup; raises :class:`RefusedError` unless it can be trusted and this code knows it."""
    manifest: Manifest | None = None
    number = size = 0
    with archive.decrypted(file, keys) as stream:
        for name, part in archive.contents(stream):
            if manifest is None:
                manifest = archive.read_manifest(part)
                continue
            number += name != archive.DUMP
            while chunk := part.read(archive.CHUNK):
                size += len(chunk) if name != archive.DUMP else 0
    if manifest is None:
        raise RefusedError(archive.FOREIGN)
    known = known_migrations()
    if unknown := [f"{app}.{name}" for app, name in manifest.migrations if (app, name) not in known]:
        raise RefusedError(
            _("This backup was made by newer code, %(version)s: this one does not know %(migrations)s.")
            % {"version": manifest.version, "migrations": ", ".join(unknown[:3])}
        )
    return Checked(manifest, number, size)


@functools.cache
def known_migrations() -> set[tuple[str, str]]:
    """All that this code brings, by app and name."""
    return set(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)


def restore(file: IO[bytes], keys: list[Any], say: Callable[[str], None], *, replace: bool) -> None:
    """Bring back all that is in ``file``; ``replace`` what the database has. Raises :class:`BackupError`."""
    manifest, number, size = check(file, keys)
    if manifest.postgresql > database.server():
        raise RefusedError(
            _("This backup is of PostgreSQL %(theirs)d, and this server is older: %(ours)d.")
            % {"theirs": manifest.postgresql, "ours": database.server()}
        )
    tools = database.fit_programs(manifest.pg_dump)
    relations = database.relations()
    if relations and not replace:
        raise RefusedError(
            ngettext(
                "The database is not empty (%d table). Name an empty one, or say --replace to lose what it has.",
                "The database is not empty (%d tables). Name an empty one, or say --replace to lose what it has.",
                relations,
            )
            % relations
        )
    _see_to_room(size)
    before = _shown() if relations else None
    say(_("The backup of %(site)s is whole: %(created)s, version %(version)s.") % manifest.__dict__)
    try:
        with archive.decrypted(file, keys) as stream:
            for name, part in archive.contents(stream):
                if name == archive.DUMP:
                    database.load(part, tools, replace=bool(relations))
                elif name != archive.MANIFEST:
                    _put(name, part)
    except OSError as error:
        raise BackupError(_("A file could not be read or written: %s") % error) from error
    store().clear()  # answers of the database before
    say(ngettext("The database is back, and %d file.", "The database is back, and %d files.", number) % number)
    _bring_up_to_date(say)
    _say_what_is_public_again(manifest, before, say)


def _place(name: str) -> Path:
    """Where a member of the archive belongs."""
    prefix, _slash, path = name.partition("/")
    return Path(getattr(settings, FOLDERS[f"{prefix}/"])) / path


def _put(name: str, part: IO[bytes]) -> None:
    """Write a file where it belongs, whole or not at all."""
    place = _place(name)
    place.parent.mkdir(parents=True, exist_ok=True)
    scratch = place.with_name(place.name + RESTORING)
    try:
        with scratch.open("wb") as target:
            shutil.copyfileobj(part, target)
        scratch.chmod(settings.FILE_UPLOAD_PERMISSIONS or 0o644)
        scratch.replace(place)
    except OSError:
        scratch.unlink(missing_ok=True)
        raise


def _see_to_room(size: int) -> None:
    folder = Path(settings.MEDIA_ROOT)
    folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder).free
    if free < size:
        raise BackupError(
            _("The disk of %(folder)s is too full: the files take %(size)d MB, and %(free)d MB are free.")
            % {"folder": folder, "size": size // 2**20 + 1, "free": free // 2**20}
        )


def _bring_up_to_date(say: Callable[[str], None]) -> None:
    """What a deployment of this code does to the database of an older one."""
    applied = set(MigrationRecorder(connection).migration_qs.values_list("app", "name"))
    if known_migrations() - applied:
        call_command("migrate", interactive=False, verbosity=0)
        say(_("The database was migrated to this code."))
    if number := edition.refresh_outdated():
        say(ngettext("%d published entry was built anew.", "%d published entries were built anew.", number) % number)
    take_words()  # no answer of the database before is an answer of this one


# -- what a restore takes back ------------------------------------------------------------


class Shown(NamedTuple):
    """What readers may see: the public entries, and the versions whose words were removed."""

    entries: set[UUID]
    removed: set[tuple[UUID, int]]


def _shown() -> Shown | None:
    """What the database shows; None if it does not tell: it may be older than this code, or no Nenpyo."""
    try:
        return Shown(
            set(PublishedEntry.objects.values_list("uid", flat=True)),
            set(Version.objects.exclude(redaction="").values_list("entry__uid", "number")),
        )
    except DatabaseError:
        return None


def _again(before: Shown) -> list[str]:
    """The addresses that are public now and were not before."""
    entries = PublishedEntry.objects.exclude(uid__in=before.entries).order_by("slug").values_list("slug", flat=True)
    versions = Version.objects.filter(redaction="", entry__uid__in={uid for uid, _number in before.removed})
    rows = versions.order_by("entry__slug", "number").values_list("entry__uid", "entry__slug", "number")
    removed = [f"/entries/{slug}/versions/{number}/" for uid, slug, number in rows if (uid, number) in before.removed]
    return [*(f"/entries/{slug}/" for slug in entries), *removed]


def _say_what_is_public_again(manifest: Manifest, before: Shown | None, say: Callable[[str], None]) -> None:
    say(_("All is as of %(created)s. Work done since is not here.") % manifest.__dict__)
    if before is None:
        say(
            _(
                "Whatever was withdrawn, made private or removed since is public again as soon as the site runs: "
                "do so anew before readers come."
            )
        )
    elif addresses := _again(before):
        say(_("These were not public before the restore and are again, until somebody takes them back anew:"))
        for address in addresses:
            say(f"  {settings.BASE_URL}{address}")
    say(_("Start the site and its services anew."))
