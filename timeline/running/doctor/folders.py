"""Folders: where the site writes, and who else may."""

import getpass
import os
import secrets
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.utils.translation import gettext as _

from timeline.dataset import shared

from .finding import Finding, good, miss, note

MEGABYTE = 1024 * 1024


def written() -> dict[str, Path]:
    """The settings that name folders in which the site and its services write."""
    names = [
        *([] if shared.is_set() else ["MEDIA_ROOT"]),
        "DATASETS_DIR",
        "BACKUP_DIR",
        *(["KEPT_PAGES_DIR"] if settings.KEPT_PAGES_MEGABYTES else []),
    ]
    return {name: Path(getattr(settings, name)) for name in names}


def user() -> Iterator[Finding]:
    """Whether we are who the site is."""
    if os.geteuid() == 0:
        yield note(_("This runs as root, who may all."), _("Run it as the user of the site, to see what that may."))
    else:
        yield good(_("This runs as %s. The site must, too.") % getpass.getuser())


def rights() -> Iterator[Finding]:
    """Whether each folder is there, ours to write, nobody else's, and has room."""
    for name, folder in written().items():
        problem = _problem(name, folder)
        yield problem or good(_("%(name)s %(folder)s can be written.") % {"name": name, "folder": folder})


def objects() -> Iterator[Finding]:
    """Whether the object store takes a file, gives it back and lets it go."""
    if not shared.is_set():
        yield good(_("Uploads lie on this machine."))
        return
    name, store = f"doctor-{secrets.token_hex(8)}", storages["default"]
    try:
        there = store.save(name, ContentFile(b"1"))
        with store.open(there) as file:
            is_whole = file.read() == b"1"
        store.delete(there)
    except Exception as error:  # noqa: BLE001 (whatever is wrong with it)
        said = _("The object store does not take a file: %s") % " ".join(str(error).split())
        yield miss(said, _("Correct STORAGE_URL; its key must be allowed to list, read, write and delete."))
    else:
        yield (
            good(_("The object store takes and gives files."))
            if is_whole
            else miss(
                _("The object store does not give back what it was given."), _("Name another one in STORAGE_URL.")
            )
        )


def kept_together() -> Iterator[Finding]:
    """Whether Valkey answers, where machines keep answers together, and forgets them when it is full."""
    if not settings.CACHE_URL:
        yield good(_("Kept answers lie on this machine."))
        return
    from valkey.exceptions import ValkeyError  # the library is loaded with CACHE_URL only

    from timeline.kept import valkey

    try:
        limit, policy = valkey.room()
    except ValkeyError as error:
        said = _("Valkey does not answer, so nothing is kept: %s") % " ".join(str(error).split())
        yield miss(said, _("Start it, or correct CACHE_URL."))
        return
    if limit and policy.startswith("allkeys-"):
        yield good(_("Valkey answers, and forgets what is asked for least."))
    else:
        yield note(
            _("Valkey may fill up: nothing says what it is to forget."),
            _("Give it maxmemory 500mb and maxmemory-policy allkeys-lru."),
        )


def _problem(name: str, folder: Path) -> Finding | None:
    about = {"name": name, "folder": folder, "user": getpass.getuser()}
    make = _("install -d -o %(user)s -m 750 %(folder)s") % about
    there = next(one for one in (folder, *folder.parents) if one.exists())
    if not there.is_dir():
        return miss(_("%(name)s %(folder)s is no folder.") % about, make)
    try:
        with tempfile.TemporaryFile(dir=there):
            pass
    except OSError as error:
        what = (
            _("cannot be written by %(user)s") if there == folder else _("is not there, and %(user)s cannot make it")
        )
        return miss(f"{name} {folder} {what % about}: {error.strerror}.", make)
    if there == folder and stat.S_IMODE(folder.stat().st_mode) & 0o002:
        return miss(_("%(name)s %(folder)s can be written by everybody.") % about, f"chmod o-w {folder}")
    if name == "BACKUP_DIR" and there == folder and folder.stat().st_mode & 0o077:
        return miss(_("%(name)s %(folder)s is open to others.") % about, f"chmod 700 {folder}")
    # Of the other disks `/status.json` knows.
    free = shutil.disk_usage(there).free // MEGABYTE
    if name == "BACKUP_DIR" and free < settings.DISK_FREE_MEGABYTES:
        said = _("%(name)s %(folder)s has only %(free)d MB left.") % {**about, "free": free}
        return miss(said, _("Make room there, or name another disk."))
    return None


def nothing_is_served_by_chance() -> Iterator[Finding]:
    """Whether what the web server hands out has none of what it must not."""
    served = {name: Path(getattr(settings, name)).resolve() for name in ("MEDIA_ROOT", "STATIC_ROOT")}
    private = {name: folder for name, folder in written().items() if name != "MEDIA_ROOT"}
    inside = [
        (name, root)
        for name, folder in private.items()
        for root, public in served.items()
        if folder.resolve().is_relative_to(public)
    ]
    for name, root in inside:
        said = _("%(name)s lies in %(root)s, which the web server hands out.") % {"name": name, "root": root}
        yield miss(said, _("Name another folder."))
    if not inside:
        yield good(_("Backups, datasets and kept pages lie outside of what the web server hands out."))
