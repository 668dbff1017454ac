"""Writes what is public now, and every record, as a pack.

The order and the layout of a pack are what this module writes: loading a pack and
dumping it gives the same bytes.
"""

import json
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from django.utils import timezone

from timeline import edtf
from timeline.models import ChronologyPage, Translation
from timeline.models.storyline import LEAST_STEPS

from .files import replace, text_of, to_text
from .kinds import CHRONOLOGY, ENTRIES, KINDS, STORYLINES, TERMS, Kind
from .pack import DIRECTORY, FORMAT, META_FILE, year_files
from .parts import KnownRecords, Record
from .translating import originals, translations_as_files
from .translations import FOLDER, Translated, Translations


@dataclass
class Dump:
    """What a pack holds, taken from the database."""

    chronology: Record
    records: dict[str, list[Record]] = field(default_factory=dict)
    cut: list[str] = field(default_factory=list)
    """Entries that follow an entry which is not public, so not in the pack."""
    translations: dict[str, Translations] = field(default_factory=dict)


def dump() -> Dump | None:
    """Everything a pack holds, as it is now; None when there is no chronology.

    Entries are as published. Drafts and withdrawn entries stay out, and so do the
    pointers to them, for a pack is whole in itself.
    """
    page = ChronologyPage.objects.first()
    if page is None:
        return None
    known = KnownRecords()
    result = Dump({})
    for kind in KINDS:
        stored = kind.model._default_manager.prefetch_related(*kind.shape.relations())
        instances = list(stored.live() if kind is ENTRIES else stored)
        for instance in instances:
            known.add(kind.name, instance)
        result.records[kind.name] = [kind.shape.dump(instance, known) for instance in instances]
    result.chronology = CHRONOLOGY.dump(page, known)
    for entry in result.records[ENTRIES.name]:
        if None in entry["follows"]:
            entry["follows"] = [key for key in entry["follows"] if key is not None]
            result.cut.append(entry["id"])
    for term in result.records[TERMS.name]:
        term["entries"] = [key for key in term["entries"] if key is not None]
    for storyline in result.records[STORYLINES.name]:
        _cut(storyline)
    result.translations = _translations()
    return result


def _cut(storyline: Record) -> None:
    """Take out of a storyline the steps that are not public, and each sentence that rests on what is not."""
    storyline["steps"] = [step for step in storyline["steps"] if step["entry"] is not None]
    for part in ("summary", "open_questions"):
        storyline[part] = [row for row in storyline[part] if _stands(row)]
    for step in storyline["steps"]:
        if not _stands(step):
            step["text"], step["rests_on"] = "", []
    if not storyline["summary"] or len(storyline["steps"]) < LEAST_STEPS:
        storyline["is_public"] = False


def _translations() -> dict[str, Translations]:
    """What is translated, by language; also of what is not in the pack."""
    found: dict[str, Translations] = {}
    for row in Translation.objects.order_by("pk"):
        of_record = found.setdefault(row.language, {}).setdefault((row.kind, row.record), {})
        of_record[row.segment] = Translated(row.of, row.state, row.words)
    return found


def _stands(row: Record) -> bool:
    return all(support["of"] is not None for support in row["rests_on"])


def texts(dump: Dump) -> dict[str, str]:
    """The files that hold these records, by name, in the order and layout of every pack; entries by the year.

    Translations of what is not in the pack, such as a withdrawn entry, stay out with it.
    """
    records = {kind.name: _arranged(kind, dump.records[kind.name]) for kind in KINDS}
    files = {kind.file: records[kind.name] for kind in KINDS}
    homes = {}
    if entries := files.pop(ENTRIES.file):
        for entry in entries:
            year = edtf.parse(entry["date"]["edtf"]).sort_date.year
            homes[entry["id"]] = f"{ENTRIES.name}/{year:04}.json"
            files.setdefault(homes[entry["id"]], []).append(entry)
    else:
        files[ENTRIES.file] = []  # a folder of no files would be lost on the way
    found = originals(dump.chronology, records, lambda kind, key: homes.get(key, kind.file))
    translated: dict[str, str] = {}
    for language, translations in dump.translations.items():
        translated |= translations_as_files(language, translations, found)
    return {name: to_text(records) for name, records in files.items()} | translated


def _arranged(kind: Kind, records: list[Record]) -> list[Record]:
    """The records as they are read: in their own order, depth first if they form a tree."""
    if not kind.has_position:
        return sorted(records, key=kind.order)
    if not kind.within:
        return records
    children = defaultdict(list)
    for record in records:
        children[record[kind.within]].append(record)
    waiting, arranged = children[None][::-1], []
    while waiting:
        arranged.append(waiting.pop())
        waiting += children[arranged[-1]["id"]][::-1]
    return arranged


def write(dump: Dump, directory: Path) -> list[Path]:
    """Write the pack into ``directory``; returns the files that changed, also those of entries that went.

    The pack's version is the day it was written; when nothing else changed it stays.
    Raises ``OSError`` when the directory cannot be written to.
    """
    directory.mkdir(parents=True, exist_ok=True)
    files = texts(dump)
    before = _meta(directory)
    meta = _meta(DIRECTORY) | before | dump.chronology
    translated = {path.relative_to(directory).as_posix() for path in (directory / FOLDER).rglob("*.json")}
    stale = {ENTRIES.file, *year_files(directory), *translated} - files.keys()
    gone = [path for name in sorted(stale) if (path := directory / name).exists()]
    unchanged = not gone and all(text_of(directory / name) == text for name, text in files.items())
    if not unchanged or before != meta:
        meta["version"] = timezone.localdate().isoformat()
    names = ("version", *dump.chronology, "licence")
    files[META_FILE] = to_text({"format": FORMAT} | {name: meta.get(name, "") for name in names})
    written = [directory / name for name, text in files.items() if replace(directory / name, text)]
    for path in gone:
        path.unlink()
    return [*written, *gone]


def _meta(directory: Path) -> Record:
    """What the pack.json in ``directory`` says, or nothing: there may be none yet."""
    try:
        meta = json.loads(text_of(directory / META_FILE))
    except ValueError:
        return {}
    return meta if isinstance(meta, dict) else {}
