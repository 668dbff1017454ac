"""Kept pages: public answers as they were made, in files that all processes share, for while the database is away.

Copies lie in a folder that is *open*. Who takes words from the public closes it before the change is committed, while
it holds the lock of the edition, and the copies go with it; only who holds that lock may open a new one
(:mod:`timeline.edition.state`). Who makes an answer asks for the open folder first and for the words after that. So
whatever lies there was made after the words had gone: an answer that was begun before finds its folder gone, and is
not kept.

Nothing here fails because of a disk: what cannot be written is not kept, what cannot be read was never there.
DECISIONS 113.
"""

import hashlib
import json
import logging
import os
import shutil
import tempfile
import threading
import time
import zlib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from django.conf import settings

OPEN, CLOSED = "open-", "closed-"
"""How the names of folders begin."""

SETTLED = 60
"""Seconds in which a copy that was found good is not looked at again."""

MOST = 2 * 1024 * 1024
"""Bytes of the largest answer that is kept."""

ASKED = 4
"""Answers to questions, of which strangers can ask any number, may take a part of the room: one in so many."""

logger = logging.getLogger(__name__)
_written = 0
_counting = threading.Lock()


class Copy(NamedTuple):
    """An answer as it was made. ``body`` is None where only its tag is known; ``seen`` is when it was last good."""

    headers: dict[str, str]
    body: bytes | None
    seen: float


def room() -> int:
    """How many bytes may be kept."""
    return int(settings.KEPT_PAGES_MEGABYTES) * 1024 * 1024


def folder() -> Path | None:
    """The open folder; None while there is none, and where nothing is to be kept."""
    return next(iter(_folders(OPEN)), None) if room() else None


def open_folder() -> None:
    """Begin to keep answers. Whoever calls this holds the lock of the edition."""
    home = Path(settings.KEPT_PAGES_DIR)
    if folder() or not room():
        return
    with suppress(OSError):
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        tempfile.mkdtemp(prefix=OPEN, dir=home)


def close_folder() -> None:
    """Forget all that is kept, at once and for good."""
    for open_one in _folders(OPEN):
        try:
            open_one.rename(open_one.with_name(CLOSED + open_one.name.removeprefix(OPEN)))
        except FileNotFoundError:
            pass  # another process was faster
        except OSError:
            logger.critical("Kept pages could not be removed: %s", open_one, exc_info=True)
    for closed in _folders(CLOSED):
        shutil.rmtree(closed, ignore_errors=True)


def find(place: Path, address: str) -> Copy | None:
    """The copy of an answer, if there is a sound one."""
    file = _file(place, address)
    try:
        with file.open("rb") as content:
            seen = os.fstat(content.fileno()).st_mtime
            head = json.loads(content.readline())
            body = content.read()
        if head["address"] != address or (head["size"], head["checksum"]) != (len(body), zlib.crc32(body)):
            return None
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return Copy(head["headers"], body if head["whole"] else None, seen)


def keep(place: Path, address: str, headers: Mapping[str, str], body: bytes | None) -> None:
    """Keep an answer, or with ``body`` None the tag of one, unless its copy is there and good."""
    file = _file(place, address)
    with suppress(OSError):
        if not _is_there(file, headers["ETag"], whole=body is not None) and len(body or b"") <= MOST:
            _write(file, address, headers, body)


def _is_there(file: Path, etag: str, *, whole: bool) -> bool:
    """Whether the copy has this tag, and a body if one is wanted; it is noted as good for as long again."""
    try:
        with file.open("rb") as content:
            seen = os.fstat(content.fileno()).st_mtime
            head = json.loads(content.readline())
        good = head["headers"]["ETag"] == etag and (head["whole"] or not whole)
    except (OSError, ValueError, KeyError, TypeError):
        return False
    if good and time.time() - seen > SETTLED:
        os.utime(file)
    return bool(good)


def _write(file: Path, address: str, headers: Mapping[str, str], body: bytes | None) -> None:
    content = body or b""
    if shutil.disk_usage(file.parent).free < settings.DISK_FREE_MEGABYTES * 1024 * 1024 + len(content):
        return  # what is left is for what must not be lost
    head = {
        "address": address,
        "headers": dict(headers),
        "whole": body is not None,
        "size": len(content),
        "checksum": zlib.crc32(content),
    }
    scratch = file.with_name(f".{file.name}.{os.getpid()}.{threading.get_ident()}")
    try:
        with scratch.open("wb") as target:
            target.write(json.dumps(head).encode() + b"\n" + content)
        scratch.replace(file)
    except OSError:
        scratch.unlink(missing_ok=True)
        raise
    _make_room(file.parent, len(content))


def _make_room(place: Path, more: int) -> None:
    """Let go of the copies that nobody has asked for longest.

    Looked at once for each sixteenth of the room that this process has filled, so that it costs next to nothing.
    """
    global _written
    with _counting:
        _written += max(more, 4096)
        if _written < room() // 16:
            return
        _written = 0
    pages: list[tuple[float, int, str]] = []
    answers: list[tuple[float, int, str]] = []
    with os.scandir(place) as files:
        for file in files:
            with suppress(OSError):
                status = file.stat()
                kind = answers if file.name.startswith("q") else pages
                kind.append((status.st_mtime, max(status.st_blocks * 512, 4096), file.path))
    for found, most in ((answers, room() // ASKED), (pages, room() - room() // ASKED)):
        excess = sum(size for _seen, size, _path in found) - most
        if excess <= 0:
            continue
        excess += most // 8
        for _seen, size, path in sorted(found):
            Path(path).unlink(missing_ok=True)
            excess -= size
            if excess <= 0:
                break


def _file(place: Path, address: str) -> Path:
    kind = "q" if "?" in address else "p"
    return place / f"{kind}{hashlib.sha256(address.encode()).hexdigest()[:32]}"


def _folders(beginning: str) -> list[Path]:
    try:
        with os.scandir(settings.KEPT_PAGES_DIR) as found:
            return sorted(Path(one.path) for one in found if one.name.startswith(beginning))
    except OSError:
        return []
