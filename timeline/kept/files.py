"""Shelves that are folders, one file a copy, for the processes of one machine.

A file begins with two lines: the edition for which the copy was last right, which is written over in its place, and
what it is. Its bodies follow. When it was last changed is when it was last found right, when it was last accessed is
when it was last asked for, to a minute.
"""

import json
import logging
import os
import secrets
import shutil
import threading
import time
import zlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings

from .copies import MOST, Copy, Standing, as_said, bodies, chosen, readable, room, said

OPEN, CLEARED = "open-", "cleared-"
"""How the names of folders begin."""

NEWS = "news"
"""A file that is touched at each new edition."""

ASKED = 4
"""Answers to questions, of which strangers can ask any number, may take a part of the room: one in so many."""

STAMP = 30
"""Bytes of the first line."""

MINUTE = 60
"""Seconds within which it is noted once that a copy is asked for. Not every file system does so by itself."""

AT_ONCE = 4096
"""Bytes that are read first; most often both lines are in there."""

logger = logging.getLogger(__name__)
_written = 0
_counting = threading.Lock()


class Folder:
    """The store of one machine: a folder of shelves."""

    @property
    def home(self) -> Path:
        return Path(settings.KEPT_PAGES_DIR)

    is_away = False

    def look(self, name: str, addresses: Sequence[str], coding: str) -> "tuple[Shelf | None, list[Copy | None]]":
        """The shelf of this name, or any for who knows no name, if it is up, and what is there."""
        shelf = self._shelf(name)
        return shelf, [shelf.find(address, coding) if shelf else None for address in addresses]

    def _shelf(self, name: str) -> "Shelf | None":
        if name:
            place = f"{settings.KEPT_PAGES_DIR}/{OPEN}{name}"
            return Shelf(name, place) if os.path.isdir(place) else None  # noqa: PTH112 - 6 µs less, for each answer
        found = next(iter(self._folders(OPEN)), None)
        return Shelf(found.name.removeprefix(OPEN), str(found)) if found else None

    def put_up(self, name: str) -> None:
        """Begin to keep. Whoever calls this holds the lock of the edition, whose shelf has this name."""
        self.clear(but=name)
        with suppress(OSError):
            self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
            (self.home / f"{OPEN}{name}").mkdir(mode=0o700, exist_ok=True)

    def clear(self, but: str = "") -> None:
        """Forget all that is kept, at once and for good, or all of other shelves than one."""
        for one in self._folders(OPEN):
            if one.name == OPEN + but:
                continue
            try:
                one.rename(one.with_name(f"{CLEARED}{one.name}-{secrets.token_hex(4)}"))
            except FileNotFoundError:
                pass  # another process was faster
            except OSError:
                logger.critical("Kept pages could not be removed: %s", one, exc_info=True)
        for one in self._folders(CLEARED):
            shutil.rmtree(one, ignore_errors=True)

    def tell(self) -> None:
        """There is a new edition."""
        with suppress(OSError):
            file = self.home / NEWS
            file.touch()
            now = time.time_ns()
            os.utime(file, ns=(now, now))

    def heard(self) -> int:
        """Changes when there is a new edition, at the latest just after it has been committed."""
        try:
            return os.stat(f"{settings.KEPT_PAGES_DIR}/{NEWS}").st_mtime_ns  # noqa: PTH116 - as above
        except OSError:
            return 0

    def _folders(self, beginning: str) -> list[Path]:
        try:
            with os.scandir(self.home) as found:
                return sorted(Path(one.path) for one in found if one.name.startswith(beginning))
        except OSError:
            return []


class Shelf:
    """A folder with copies."""

    def __init__(self, name: str, place: str) -> None:
        self.name, self.place = name, place

    def find(self, address: str, coding: str) -> Copy | None:
        """The copy of an answer, if there is a sound one, for a reader who takes ``coding``."""
        heard = Folder().heard()
        try:
            file = os.open(self._file(address), os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            return None
        try:
            status = os.fstat(file)
            if time.time() - status.st_atime > MINUTE:
                with suppress(OSError):
                    os.utime(file, ns=(time.time_ns(), status.st_mtime_ns))
            content = os.pread(file, AT_ONCE, 0)
            end = content.find(b"\n", STAMP)
            if end < 0:
                content = os.pread(file, status.st_size, 0)
                end = content.index(b"\n", STAMP)
            head = json.loads(content[STAMP:end])
            if (
                head["address"] != address
                or end + 1 + sum(part[0] for part in head["bodies"].values()) != status.st_size
            ):
                return None
            body, name = _body(file, end + 1, head, coding)
            noted = as_said(head)
        except (OSError, ValueError, KeyError, TypeError, zlib.error):
            return None
        finally:
            os.close(file)
        return Copy(
            address=address,
            edition=_edition(content[:STAMP]),
            coding=name,
            body=body,
            seen=status.st_mtime,
            heard=heard,
            **noted,
        )

    def keep(
        self,
        address: str,
        standing: Standing,
        headers: Mapping[str, str],
        body: bytes | None,
        *,
        is_stream: bool = False,
    ) -> None:
        """Keep an answer, or with ``body`` None the tag of one."""
        if len(body or b"") > MOST:
            return
        kept = bodies(headers, body)
        head = said(standing, headers, is_stream=is_stream) | {
            "address": address,
            "bodies": {coding: [len(part), zlib.crc32(part)] for coding, part in kept.items()},
        }
        lines = _stamp(standing.edition) + json.dumps(head).encode() + b"\n"
        with suppress(OSError):
            self._write(Path(self._file(address)), lines + b"".join(kept.values()))

    def is_right(self, copy: Copy, edition: int) -> None:
        """Note for which edition a copy was found right, now and then at least."""
        if copy.is_settled(edition):
            return
        with suppress(OSError), Path(self._file(copy.address)).open("r+b", buffering=0) as file:
            file.write(_stamp(edition))

    def _write(self, file: Path, content: bytes) -> None:
        if shutil.disk_usage(self.place).free < settings.DISK_FREE_MEGABYTES * 1024 * 1024 + len(content):
            return  # what is left is for what must not be lost
        scratch = file.with_name(f".{file.name}.{os.getpid()}.{threading.get_ident()}")
        try:
            scratch.write_bytes(content)
            scratch.replace(file)
        except OSError:
            scratch.unlink(missing_ok=True)
            raise
        self._make_room(len(content))

    def _make_room(self, more: int) -> None:
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
        with os.scandir(self.place) as files:
            for file in files:
                with suppress(OSError):
                    status = file.stat()
                    kind = answers if file.name.startswith("q") else pages
                    asked = max(status.st_atime, status.st_mtime)
                    kind.append((asked, max(status.st_blocks * 512, 4096), file.path))
        for found, most in ((answers, room() // ASKED), (pages, room() - room() // ASKED)):
            excess = sum(size for _asked, size, _path in found) - most
            if excess <= 0:
                continue
            excess += most // 8
            for _asked, size, path in sorted(found):
                Path(path).unlink(missing_ok=True)
                excess -= size
                if excess <= 0:
                    break

    def _file(self, address: str) -> str:
        kind = "q" if "?" in address else "p"
        return f"{self.place}/{kind}{sha256(address.encode()).hexdigest()[:32]}"


def _body(file: int, start: int, head: dict[str, Any], coding: str) -> tuple[bytes | None, str]:
    """The body in this coding, or else not coded at all, and in which it is."""
    there: dict[str, list[int]] = head["bodies"]
    wanted = chosen(there, coding)
    for name, (size, checksum) in there.items():
        if name == wanted:
            body = os.pread(file, size, start)
            if zlib.crc32(body) != checksum:
                raise ValueError("damaged")
            return readable(body, name, coding)
        start += size
    return None, ""


def _stamp(edition: int) -> bytes:
    """The first line, with a checksum: who reads while it is written over must not see another number."""
    number = b"%020d" % edition
    return b"%b %08x\n" % (number, zlib.crc32(number))


def _edition(stamp: bytes) -> int:
    number, _space, checksum = stamp.rstrip().partition(b" ")
    return int(number) if checksum == b"%08x" % zlib.crc32(number) else 0
