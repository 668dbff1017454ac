"""Writes what is public now, and every record, as a pack.

The order and the layout of a pack are what this module writes: loading a pack and
dumping it gives the same bytes.
"""

import json
import os
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.utils import timezone

from timeline.models import ChronologyPage, Commodity

from .kinds import CHRONOLOGY, COMMODITIES, ENTRIES, KINDS, Kind
from .pack import DIRECTORY, FORMAT, META_FILE, META_TEXTS
from .parts import Known, Record


@dataclass
class Dump:
    """What a pack holds, taken from the database."""

    chronology: Record
    records: dict[str, list[Record]] = field(default_factory=dict)
    cut: list[str] = field(default_factory=list)
    """Entries that follow an entry which is not public, so not in the pack."""


def dump() -> Dump | None:
    """Everything a pack holds, as it is now; None when there is no chronology.

    Entries are as published. Drafts and withdrawn entries stay out, and so do the
    pointers to them, for a pack is whole in itself.
    """
    page = ChronologyPage.objects.first()
    if page is None:
        return None
    known = Known()
    result = Dump(CHRONOLOGY.dump(page, known))
    for kind in KINDS:
        instances = _stored(kind)
        for instance in instances:
            known.add(kind.name, instance)
        records = [kind.shape.dump(instance, known) for instance in instances]
        result.records[kind.name] = records if kind.has_position else sorted(records, key=kind.order)
    for entry in result.records[ENTRIES.name]:
        if None in entry["follows"]:
            entry["follows"] = [key for key in entry["follows"] if key is not None]
            result.cut.append(entry["id"])
    return result


def _stored(kind: Kind) -> list[Any]:
    instances = kind.model._default_manager.prefetch_related(*kind.shape.relations())
    if kind is ENTRIES:
        instances = instances.live()
    return list(_depth_first(instances)) if kind is COMMODITIES else list(instances)


def _depth_first(commodities: Any) -> Iterator[Commodity]:
    """Each commodity after its parent and before its parent's next child."""
    children = defaultdict(list)
    for commodity in commodities:
        children[commodity.parent_id].append(commodity)
    waiting = children[None][::-1]
    while waiting:
        commodity = waiting.pop()
        yield commodity
        waiting += children[commodity.pk][::-1]


def write(dump: Dump, directory: Path) -> list[Path]:
    """Write the pack into ``directory``; returns the files that changed.

    The pack's version is the day it was written; when nothing else changed it stays.
    Raises ``OSError`` when the directory cannot be written to.
    """
    directory.mkdir(parents=True, exist_ok=True)
    texts = {kind.file: to_text(dump.records[kind.name]) for kind in KINDS}
    before = _meta(directory)
    meta = _meta(DIRECTORY) | before | dump.chronology
    unchanged = before == meta and all(_text(directory / name) == text for name, text in texts.items())
    if not unchanged:
        meta["version"] = timezone.localdate().isoformat()
    names = [*META_TEXTS[:1], *dump.chronology, *META_TEXTS[1:]]
    texts[META_FILE] = to_text({"format": FORMAT} | {name: meta.get(name, "") for name in names})
    return [directory / name for name, text in texts.items() if _replace(directory / name, text)]


def to_text(value: Any) -> str:
    """JSON as a pack has it."""
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def _meta(directory: Path) -> Record:
    """What the pack.json in ``directory`` says, or nothing: there may be none yet."""
    try:
        meta = json.loads(_text(directory / META_FILE))
    except ValueError:
        return {}
    return meta if isinstance(meta, dict) else {}


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (FileNotFoundError, UnicodeDecodeError):
        return ""


def _replace(path: Path, text: str) -> bool:
    """Write a file whole or not at all; False when it already says so."""
    if _text(path) == text:
        return False
    scratch = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        scratch.write_text(text, encoding="utf-8")
        scratch.replace(path)
    finally:
        scratch.unlink(missing_ok=True)
    return True
