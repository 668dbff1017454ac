"""The store of datasets: each edition's file with what is known of it beside it, newest first."""

import datetime
import json
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings


class Kept(NamedTuple):
    """A dataset that is kept. ``files`` are ``{name: [rows, bytes]}``; days are ISO 8601, empty when unknown."""

    version: int
    changed: str
    entries: int
    first: str
    last: str
    size: int
    digest: str
    built: str
    files: dict[str, list[int]]

    @property
    def file(self) -> Path:
        """The zip file."""
        return folder() / f"{self.version}.zip"

    @property
    def built_at(self) -> datetime.datetime:
        """When it was put here."""
        return datetime.datetime.fromisoformat(self.built)


def folder() -> Path:
    """Where they are."""
    return Path(settings.DATASETS_DIR)


def kept() -> list[Kept]:
    """All that are here, newest first."""
    found = (_read(file) for file in folder().glob("*.json"))
    return sorted((one for one in found if one), key=lambda one: -one.version)


def one(version: int) -> Kept | None:
    """That of an edition, if it is still here."""
    return _read(folder() / f"{version}.json")


def changed_at() -> datetime.datetime | None:
    """When the store last got a file."""
    return max((found.built_at for found in kept()), default=None)


def put(found: Kept) -> None:
    """Note a file that lies here, and let go of those that are too old."""
    scratch = folder() / f"{found.version}.json.new"
    scratch.write_text(json.dumps(found._asdict(), indent=1))
    scratch.replace(folder() / f"{found.version}.json")
    for old in kept()[settings.DATASETS_KEPT :]:
        (folder() / f"{old.version}.json").unlink(missing_ok=True)
        old.file.unlink(missing_ok=True)


def _read(file: Path) -> Kept | None:
    try:
        data: dict[str, Any] = json.loads(file.read_text())
        found = Kept(**data)
    except (OSError, ValueError, TypeError):
        return None
    return found if found.file.exists() else None
