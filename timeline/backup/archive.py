"""The file of a backup: a tar of the manifest, the files, the dump of the database and, last, ``SHA256SUMS``.

``tar xf`` and ``sha256sum -c SHA256SUMS`` read it too. With recipients the whole of it is a file
of age, of which nothing can be read without one of their identities. Nothing is held in memory:
age wants to read what we write, so a thread stands between, with a pipe.
"""

import hashlib
import io
import json
import os
import tarfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

import pyrage
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .errors import BackupError, RefusedError

FORM = 1
"""Counts up when older code could not restore the file."""

MANIFEST = "manifest.json"
SUMS = "SHA256SUMS"
DUMP = "database.dump"
MEDIA = "media/"
DATASETS = "datasets/"
AGE = b"age-encryption.org/"
CHUNK = 1024 * 1024

CUT = gettext_lazy("This backup is cut or was altered: its checksums do not hold. Take another one.")
FOREIGN = gettext_lazy("This file is no backup that Nenpyo made.")


@dataclass(frozen=True)
class Manifest:
    """What a backup is of. ``created`` is the moment of the database, ``postgresql`` its major version."""

    form: int
    created: str
    site: str
    version: str
    commit: str
    postgresql: int
    pg_dump: int
    migrations: list[list[str]]
    entries: int
    versions: int


# -- writing ------------------------------------------------------------------------------


class Writer:
    """Adds members to a tar and counts their sums."""

    def __init__(self, target: IO[bytes], manifest: Manifest, moment: int) -> None:
        self.tar = tarfile.open(fileobj=target, mode="w|", format=tarfile.PAX_FORMAT)  # noqa: SIM115 (`close` ends it)
        self.sums: list[str] = []
        self.moment = moment
        text = json.dumps({"nenpyo": "backup", **asdict(manifest)}, indent=1, ensure_ascii=False)
        self._add_text(MANIFEST, text)

    def add(self, name: str, source: IO[bytes], size: int) -> None:
        """Add a member of that size; of a file that has grown since, only so much."""
        if "\n" in name or "\\" in name:
            raise BackupError(_("The name of this file cannot be kept: %r") % name)
        counted = _Counted(source)
        member = tarfile.TarInfo(name)
        member.size, member.mode, member.mtime = size, 0o600, self.moment
        self.tar.addfile(member, counted)
        self.sums.append(f"{counted.digest.hexdigest()}  {name}\n")

    def _add_text(self, name: str, text: str) -> None:
        content = text.encode("utf-8", "surrogateescape")
        self.add(name, io.BytesIO(content), len(content))

    def close(self) -> None:
        """Write the sums, and the end; without them a file is not whole."""
        self._add_text(SUMS, "".join(self.sums))
        self.tar.close()


class _Counted:
    """A file as it is read, and the sum of that."""

    def __init__(self, source: IO[bytes]) -> None:
        self.source = source
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        try:
            chunk = self.source.read(size)
        except tarfile.TarError as error:  # what is read of an archive ends too early
            raise RefusedError(CUT) from error
        self.digest.update(chunk)
        return chunk


def recipients(keys: list[str]) -> list[Any]:
    """The public keys to encrypt to."""
    try:
        return [pyrage.x25519.Recipient.from_str(key) for key in keys]
    except pyrage.RecipientError as error:
        raise BackupError(_("BACKUP_RECIPIENTS has what is no public key of age (age1…): %s") % error) from error


@contextmanager
def encrypted(target: IO[bytes], keys: list[Any]) -> Iterator[IO[bytes]]:
    """What is written here comes to ``target``, encrypted to ``keys`` if there are any."""
    if not keys:
        yield target
        return
    source, sink = _pipe()

    def encrypt() -> None:
        try:
            pyrage.encrypt_io(source, target, keys)
        except pyrage.EncryptError as error:  # its text has the reason, such as a full disk
            raise BackupError(_("The backup could not be written: %s") % error) from error

    with _beside(encrypt, ends=source), sink:
        yield sink


# -- reading ------------------------------------------------------------------------------


def identities(file: Path) -> list[Any]:
    """The private keys in a file as ``age-keygen`` writes it."""
    try:
        words = file.read_text(encoding="utf-8").split()
        found = [pyrage.x25519.Identity.from_str(word) for word in words if word.startswith("AGE-SECRET-KEY-")]
    except (OSError, UnicodeDecodeError, pyrage.IdentityError) as error:
        raise RefusedError(_("The file of the private key cannot be read: %s") % error) from error
    if not found:
        raise RefusedError(_("%s holds no private key of age (AGE-SECRET-KEY-…).") % file)
    return found


@contextmanager
def decrypted(file: IO[bytes], keys: list[Any]) -> Iterator[IO[bytes]]:
    """The tar in ``file`` from its beginning, decrypted if it is encrypted."""
    file.seek(0)
    is_encrypted = file.read(len(AGE)) == AGE
    file.seek(0)
    if not is_encrypted:
        yield file
        return
    if not keys:
        raise RefusedError(_("This backup is encrypted. Name the file of your private key with --identity."))
    source, sink = _pipe()

    def decrypt() -> None:
        try:
            pyrage.decrypt_io(file, sink, keys)
        except pyrage.DecryptError as error:
            raise RefusedError(_("This backup does not open with this key, or it is cut: %s") % error) from error
        except OSError as error:
            if error.errno is None:  # age's own word, not the system's
                raise RefusedError(CUT) from error
            raise

    with _beside(decrypt, ends=sink), source:
        yield source
        while source.read(CHUNK):  # only at its end age knows that all of it is genuine
            pass


def contents(stream: IO[bytes]) -> Iterator[tuple[str, IO[bytes]]]:
    """Each member by its name, the manifest first.

    Raises :class:`RefusedError` for what is no backup, at the end also for what is not as it was
    written: until then nothing of it can be trusted.
    """
    counted: dict[str, str] = {}
    sums = None
    try:
        with tarfile.open(fileobj=stream, mode="r|") as tar:
            for member in tar:
                part = tar.extractfile(member) if member.isreg() else None
                if part and member.name == SUMS:
                    sums = part.read().decode("utf-8", "surrogateescape")
                    break
                if not part or member.name in counted or not _is_ours(member.name, is_first=not counted):
                    raise RefusedError(FOREIGN)
                one = _Counted(part)
                yield member.name, one  # type: ignore[misc] # it only reads
                while one.read(CHUNK):
                    pass
                counted[member.name] = one.digest.hexdigest()
    except tarfile.TarError as error:
        raise RefusedError(CUT if counted else FOREIGN) from error
    if sums is None:
        raise RefusedError(CUT if counted else FOREIGN)
    if sums != "".join(f"{digest}  {name}\n" for name, digest in counted.items()) or DUMP not in counted:
        raise RefusedError(CUT)


def read_manifest(part: IO[bytes]) -> Manifest:
    """The manifest; raises :class:`RefusedError` when it is not one, or of code that came after this."""
    try:
        data = json.loads(part.read(10 * CHUNK))
        if data.pop("nenpyo") != "backup":
            raise RefusedError(FOREIGN)
        if data["form"] > FORM:
            raise RefusedError(_("This backup was made by newer code, %s. Restore it with that.") % data["version"])
        return Manifest(**data)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise RefusedError(FOREIGN) from error


def _is_ours(name: str, *, is_first: bool) -> bool:
    """Whether a backup may have a member of that name: none leads out of its folder."""
    if is_first or name == MANIFEST:
        return is_first and name == MANIFEST
    return name == DUMP or (name.startswith((MEDIA, DATASETS)) and not {"", ".", ".."} & set(name.split("/")))


# -- age beside us ------------------------------------------------------------------------


def _pipe() -> tuple[IO[bytes], IO[bytes]]:
    reading, writing = os.pipe()
    return os.fdopen(reading, "rb"), os.fdopen(writing, "wb")


@contextmanager
def _beside(work: Callable[[], None], ends: IO[bytes]) -> Iterator[None]:
    """Do ``work`` in a thread beside the body, then close ``ends``; what fails there is why the body fails."""
    failures: list[Exception] = []

    def run() -> None:
        try:
            with ends:
                work()
        except BrokenPipeError:
            pass  # the body failed first
        except (OSError, BackupError) as error:
            failures.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        thread.join()
        for failure in failures:
            raise failure
