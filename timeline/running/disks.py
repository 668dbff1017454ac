"""Disks: whether there is room where the site and its database write, and whether there lately was none."""

import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.db import connection

MEGABYTE = 1024 * 1024
NOTED = 600
"""Seconds for which a disk that was full is told of, unless it is found to be full anyway."""

# A role that may not read it learns nothing, which is no error.
DATA_DIRECTORY = """
SELECT CASE WHEN pg_has_role(current_user, 'pg_read_all_settings', 'MEMBER')
       THEN (SELECT setting FROM pg_settings WHERE name = 'data_directory') END
"""


def note_full() -> None:
    """Something could not be written; all processes are to know."""
    with suppress(OSError):
        _note().parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _note().touch()


def was_full() -> bool:
    """Whether something could not be written lately."""
    try:
        return time.time() - _note().stat().st_mtime < NOTED
    except OSError:
        return False


def _note() -> Path:
    return Path(settings.KEPT_PAGES_DIR) / "disk-was-full"


def least_free() -> int:
    """Megabytes on the fullest of the disks of uploads, datasets, kept pages and a database on this machine."""
    return min(_free(), default=0) // MEGABYTE


def _free() -> Iterator[int]:
    places = [Path(settings.MEDIA_ROOT), Path(settings.DATASETS_DIR), Path(settings.KEPT_PAGES_DIR)]
    if connection.settings_dict["HOST"].startswith("/"):  # a socket: the server is on this machine
        with connection.cursor() as cursor:
            cursor.execute(DATA_DIRECTORY)
            if (found := cursor.fetchone()[0]) and Path(found).is_absolute():
                places.append(Path(found))
    for place in places:
        with suppress(OSError):
            yield shutil.disk_usage(_existing(place)).free


def _existing(place: Path) -> Path:
    """The folder, or the one in which it will be."""
    while not place.exists() and place != place.parent:
        place = place.parent
    return place
