"""Makes a backup while the site runs: the database as of one moment first, then the files it may name."""

import datetime
import fcntl
import os
import re
import shutil
import subprocess
import tempfile
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, NamedTuple

from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from django.utils.translation import gettext as _

from config.postgres.programs import locked
from timeline.dataset import shared
from timeline.models import PublishedEntry, Version
from timeline.public.document import instant

from . import archive, database, keep
from .archive import Manifest
from .errors import BackupError

UNFINISHED = ".part"
FOLDERS = {archive.MEDIA: "MEDIA_ROOT", archive.DATASETS: "DATASETS_DIR"}
"""The settings that name the folders, by where their files are in the archive."""

DATASET = re.compile(r"\d+\.zip")
ROOM = 10 * 1024 * 1024
"""Bytes to leave free, beside what is written."""


class Made(NamedTuple):
    """A backup that was made; ``missing`` are uploads that the database names and nobody finds."""

    file: Path
    size: int
    missing: list[str]


def make(folder: Path) -> Made:
    """Write a backup into ``folder``; raises :class:`BackupError`, and then leaves nothing behind."""
    keys = archive.recipients(settings.BACKUP_RECIPIENTS)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with _alone(folder), tempfile.TemporaryFile(dir=folder) as dump:  # it has no name, so nothing can leave it
            now = timezone.now()
            with database.snapshot() as snapshot:
                tools = database.fit_programs()
                manifest = _manifest(now, tools.major)
                named = set() if shared.is_set() else database.uploads()  # an object store has backups of its own
                database.dump(dump, snapshot, tools)
            return _write(folder / keep.name(now, encrypted=bool(keys)), keys, manifest, dump, named)
    except OSError as error:
        raise BackupError(_("The backup could not be written: %s") % error) from error


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the folder; sweep out what a backup that was killed has left."""
    try:
        with locked(folder / "lock", fcntl.LOCK_EX | fcntl.LOCK_NB):
            for leftover in folder.glob(f"nenpyo-*{UNFINISHED}"):
                leftover.unlink()
            yield
    except BlockingIOError as error:
        raise BackupError(_("Another process is making a backup.")) from error


def _manifest(now: datetime.datetime, pg_dump: int) -> Manifest:
    migrations = MigrationRecorder(connection).migration_qs.order_by("app", "name").values_list("app", "name")
    return Manifest(
        form=archive.FORM,
        created=instant(now) or "",
        site=settings.BASE_URL,
        version=tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text())["project"]["version"],
        commit=_commit(),
        postgresql=database.server(),
        pg_dump=pg_dump,
        migrations=[list(one) for one in migrations],
        entries=PublishedEntry.objects.count(),
        versions=Version.objects.count(),
    )


def _commit() -> str:
    """The commit of the code, where it is a clone."""
    try:
        asked = subprocess.run(
            ["git", "-C", settings.BASE_DIR, "rev-parse", "HEAD"], capture_output=True, text=True, timeout=10
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return asked.stdout.strip()


def _write(path: Path, keys: list[object], manifest: Manifest, dump: IO[bytes], named: set[str]) -> Made:
    """All of it under another name, which it loses when it is whole and on the disk."""
    _see_to_room(path.parent, dump.seek(0, os.SEEK_END) + sum(_size(file) for _name, file in files()))
    part = path.with_name(path.name + UNFINISHED)
    missing = {archive.MEDIA + name for name in named}
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as target:
            with archive.encrypted(target, keys) as sink:
                writer = archive.Writer(sink, manifest, int(timezone.now().timestamp()))
                for name, file in files():
                    with suppress(FileNotFoundError), file.open("rb") as source:  # an editor deletes it any moment
                        writer.add(name, source, os.fstat(source.fileno()).st_size)
                        missing.discard(name)
                size = dump.tell()
                dump.seek(0)
                writer.add(archive.DUMP, dump, size)
                writer.close()
            target.flush()
            os.fsync(target.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    _sync(path.parent)
    return Made(path, path.stat().st_size, sorted(name.removeprefix(archive.MEDIA) for name in missing))


def _see_to_room(folder: Path, size: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < size + ROOM:
        raise BackupError(
            _("The disk of %(folder)s is too full: the backup takes %(size)d MB, and %(free)d MB are free.")
            % {"folder": folder, "size": size // 2**20 + 1, "free": free // 2**20}
        )


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except FileNotFoundError:
        return 0


def files() -> Iterator[tuple[str, Path]]:
    """Uploads and datasets, each with its name in the archive, without what is made beside them."""
    for prefix, root in FOLDERS.items():
        for folder, folders, names in Path(getattr(settings, root)).walk(follow_symlinks=True):
            folders.sort()
            for name in sorted(names):
                path = (folder / name).relative_to(getattr(settings, root)).as_posix()
                if prefix == archive.MEDIA or DATASET.fullmatch(path):
                    yield prefix + path, folder / name


def _sync(folder: Path) -> None:
    """Have the folder on the disk too, with the new name."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
