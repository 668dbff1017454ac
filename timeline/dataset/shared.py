"""The files of datasets in the object store that machines share (``STORAGE_URL``); without one nothing happens here.

A machine that has not built a dataset brings its file into the folder when somebody asks for it. What may be had only
the table says, as of files in the folder.
"""

import hashlib
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.files import File
from django.core.files.storage import Storage, storages

NAME = "datasets"
"""Of the store among Django's storages."""


class AwayError(OSError):
    """The object store does not answer, or not as it should."""


def is_set() -> bool:
    """Whether there is one."""
    return NAME in settings.STORAGES


def bring(file: Path, digest: str) -> None:
    """Get a file that is not here, if it is there and is the one with this checksum."""
    if not is_set() or file.exists():
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    scratch = file.with_name(f"brought-{file.name}")
    try:
        with _store() as store:
            if not store.exists(file.name):
                return
            with store.open(file.name) as source, scratch.open("wb") as target:
                shutil.copyfileobj(source, target)
        with scratch.open("rb") as content:
            if hashlib.file_digest(content, "sha256").hexdigest() == digest:
                scratch.replace(file)
    finally:
        scratch.unlink(missing_ok=True)


def tidy(offered: Collection[Path]) -> None:
    """Let there be what is offered, as far as it is here, and nothing else."""
    if not is_set():
        return
    with _store() as store:
        there = set(store.listdir("")[1])
        for name in there - {file.name for file in offered}:
            store.delete(name)
        for file in offered:
            if file.name not in there and file.exists():
                with file.open("rb") as content:
                    store.save(file.name, File(content))


@contextmanager
def _store() -> Iterator[Storage]:
    try:
        yield storages[NAME]
    except Exception as error:
        raise AwayError(f"The object store does not answer: {type(error).__name__}: {error}") from error
