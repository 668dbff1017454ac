"""Reads a pack and checks all of it. Needs no database.

Every problem is found in one go: first those of single values, then those between
records, then the constraints of the models and the rules of publication, asked of
instances in memory. What already has a problem is not asked again.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from timeline.models import publication
from timeline.models.fields import printable

from .files import decode, name_of
from .kinds import CHRONOLOGY, ENTRIES, KINDS, STATE, STORYLINES, Kind, in_circles
from .parts import Group, KnownRecords, Record, Rows, Shape, Value, is_a
from .problems import ContentProblem, PackError, Place
from .rules import broken, repeated
from .translations import Translations, languages, read_translations

DIRECTORY = Path(__file__).parent / "pack"
"""The pack that comes with the program."""

FORMAT = 1
META_FILE = "pack.json"
META_TEXTS = ("version", "licence")
"""What pack.json says of the pack itself, beside its format."""

CARRIERS = ("statements", "figures", "disagreements")
"""The parts of an entry that a sentence of its summary may rest on."""

YEAR_FILE = re.compile(rf"{ENTRIES.name}/[0-9]{{4}}\.json")
"""The entries of a year stand in a file of their own."""

Homes = dict[tuple[str, str], tuple[str, str]]
"""Of each record, by the file of its kind and what problems call it: the file it stands in, and its name there."""


@dataclass
class Pack:
    """A checked pack: records in canonical form, by kind, in the order of the files."""

    version: str
    licence: str
    chronology: Record
    records: dict[str, list[Record]]
    files: dict[str, str] = field(default_factory=dict)
    """The file of each entry, by its id."""
    translations: dict[str, Translations] = field(default_factory=dict)
    """The words of the records in other languages."""

    def file_of(self, kind: Kind, key: str) -> str:
        """The file in which a record stands."""
        return self.files.get(key, kind.file) if kind is ENTRIES else kind.file


def read(directory: Path) -> Pack:
    """The pack in ``directory``. Raises :class:`PackError` with all its problems."""
    if not directory.is_dir():
        raise PackError([ContentProblem(str(directory), "", "", _("there is no such directory"))])
    problems: list[ContentProblem] = []
    files = {}
    kinds = (kind for kind in KINDS if not kind.may_be_missing or (directory / kind.file).exists())
    for name in (META_FILE, *(kind.file for kind in kinds if kind is not ENTRIES), *_files_of_entries(directory)):
        files[name] = _decode(directory, name, problems)
    translations = {language: read_translations(directory, language, problems) for language in languages(directory)}
    return replace(check(files, problems), translations=translations)


def check(files: dict[str, Any], problems: list[ContentProblem] | None = None) -> Pack:
    """The pack that decoded files (by name) make up; None stands for an unreadable one."""
    problems = [] if problems is None else problems
    files = {kind.file: [] for kind in KINDS if kind.may_be_missing} | files
    years = sorted(name for name in files if YEAR_FILE.fullmatch(name))
    if years and ENTRIES.file in files:
        sentence = _("the entries stand in %(file)s too; a pack has one file of entries, or one a year")
        Place(problems, ENTRIES.file).report(sentence % {"file": years[0]})
    meta = _read_meta(files.get(META_FILE), Place(problems, META_FILE))
    names = {kind.name: years if kind is ENTRIES and years else [kind.file] for kind in KINDS}
    homes: Homes = {}
    records = {kind.name: _read_records(kind, names[kind.name], files, homes, problems) for kind in KINDS}
    readable = {kind for kind, of_kind in names.items() if all(files.get(name) is not None for name in of_kind)}
    ids = {name: {record["id"] for record in records[name]} for name in readable}
    problems += _lost(CHRONOLOGY, meta, META_FILE, "", ids)
    for kind in KINDS:
        problems += _between_records(kind, records, ids)
    problems += _in_memory(records, readable, {(p.file, p.record, p.root) for p in problems})
    if problems:
        raise PackError([_at_home(problem, homes) for problem in problems])
    chronology = {part.name: meta[part.name] for part in CHRONOLOGY.parts}
    files_of = {key: file for (kind, key), (file, _called) in homes.items() if kind == ENTRIES.file}
    return Pack(meta["version"], meta["licence"], chronology, records, files_of)


# -- files --------------------------------------------------------------------------------


def _files_of_entries(directory: Path) -> list[str]:
    """``entries/<year>.json`` for each year in which entries begin; or ``entries.json``, with all of them."""
    years = year_files(directory)
    return [ENTRIES.file, *years] if not years or (directory / ENTRIES.file).exists() else years


def year_files(directory: Path) -> list[str]:
    """The names of the files of years in a pack."""
    names = (f"{ENTRIES.name}/{path.name}" for path in (directory / ENTRIES.name).glob("*.json"))
    return sorted(name for name in names if YEAR_FILE.fullmatch(name))


def _decode(directory: Path, name: str, problems: list[ContentProblem]) -> Any:
    """The JSON value in a file; None, with the reason reported, when it cannot be read."""
    place = Place(problems, name)
    try:
        return decode((directory / name).read_bytes(), place)
    except FileNotFoundError:
        place.report(_("the file is missing"))
    except OSError as error:
        place.report(_("cannot be read: %(why)s") % {"why": error.strerror})
    return None


def _read_meta(raw: Any, place: Place) -> Record:
    """What pack.json says. A format from another time is refused before anything else."""
    if raw is None or not is_a(raw, dict, place):
        return {}
    if raw.get("format") != FORMAT:
        found = json.dumps(raw.get("format"), ensure_ascii=False)
        message = _("this pack has format %(found)s; this program reads format %(known)d")
        place.at("format").report(message % {"found": found, "known": FORMAT})
        raise PackError(place.problems)
    own = {name: raw.get(name) for name in META_TEXTS}
    for name, value in own.items():
        if name not in raw:
            place.at(name).report(_("is missing"))
        elif is_a(value, str, place.at(name)):
            try:
                printable(value)
            except ValidationError as error:
                place.at(name).report(error.messages[0])
    rest = {name: value for name, value in raw.items() if name not in {"format", *META_TEXTS}}
    return own | CHRONOLOGY.read(rest, place)


def _read_records(
    kind: Kind, names: list[str], files: dict[str, Any], homes: Homes, problems: list[ContentProblem]
) -> list[Record]:
    """The records of a kind, as one list; where each of them stands is noted in ``homes``."""
    records: list[Record] = []
    for name in names:
        raw = files.get(name)
        if raw is None or not is_a(raw, list, Place(problems, name)):
            continue
        for number, record in enumerate(raw, 1):
            called = name_of(record, len(records) + 1)
            homes[kind.file, called] = name, name_of(record, number)
            records.append(kind.shape.read(record, Place(problems, kind.file, called)))
    return records


def _at_home(problem: ContentProblem, homes: Homes) -> ContentProblem:
    """The problem with the file in which its record stands, and what the record is called there."""
    file, record = homes.get((problem.file, problem.record), (problem.file, problem.record))
    return replace(problem, file=file, record=record)


# -- between records ----------------------------------------------------------------------


def _between_records(
    kind: Kind, records: dict[str, list[Record]], ids: dict[str, set[str]]
) -> Iterator[ContentProblem]:
    """Values used twice, pointers to nothing, circles, and parents after their children."""
    own = records[kind.name]
    for number, record in enumerate(own, 1):
        yield from _lost(kind.shape, record, kind.file, name_of(record, number), ids)
    for name in kind.unique_columns:
        first: dict[Any, str] = {}
        for number, record in enumerate(own, 1):
            value, called = record.get(name), name_of(record, number)
            if value and value in first:
                sentence = _("“%(value)s” is already used by %(other)s")
                words = {"value": value, "other": first[value]}
                yield ContentProblem(kind.file, called, name, sentence % words)
            first.setdefault(value, called if name != "id" else _("record %(number)d") % {"number": number})
    if kind is ENTRIES:
        for number, record in enumerate(own, 1):
            yield from _unsupported(record, kind.file, name_of(record, number))
    if kind is STORYLINES:
        carriers = {entry["id"]: _carriers(entry) for entry in records[ENTRIES.name]}
        for number, record in enumerate(own, 1):
            yield from _resting_on_nothing(record, kind.file, name_of(record, number), carriers)
    if kind.within:
        for key in sorted(in_circles(kind, own)):
            sentence = _("leads back to this record in a circle")
            yield ContentProblem(kind.file, key, kind.within, sentence)
    if kind.within and kind.has_position:
        places = {record["id"]: number for number, record in enumerate(own)}
        for number, record in enumerate(own):
            for other in kind.within_of(record):
                if places.get(other, -1) > number:
                    sentence = _("“%(id)s” stands further down; it must come first") % {"id": other}
                    yield ContentProblem(kind.file, name_of(record, number + 1), kind.within, sentence)


def _unsupported(record: Record, file: str, name: str) -> Iterator[ContentProblem]:
    """Sentences of a summary that are to rest on what the entry does not have."""
    there = _carriers(record)
    for number, sentence in enumerate(record.get("summary", ())):
        for place, key in enumerate(sentence["rests_on"]):
            if key not in there:
                message = _("the entry has no statement, figure or disagreement “%(id)s”")
                yield ContentProblem(file, name, f"summary[{number}].rests_on[{place}]", message % {"id": key})


def _resting_on_nothing(
    record: Record, file: str, name: str, carriers: dict[str, set[str]]
) -> Iterator[ContentProblem]:
    """Sentences of a storyline that are to rest on what an entry does not have."""
    for part in ("summary", "steps", "open_questions"):
        for number, row in enumerate(record.get(part, ())):
            for place, support in enumerate(row["rests_on"]):
                if support["of"] in carriers and support["carrier"] not in carriers[support["of"]]:
                    message = _("“%(entry)s” has no statement, figure or disagreement “%(id)s”")
                    words = {"entry": support["of"], "id": support["carrier"]}
                    yield ContentProblem(file, name, f"{part}[{number}].rests_on[{place}]", message % words)


def _carriers(entry: Record) -> set[str]:
    """The ids of what a sentence can rest on."""
    return {row["id"] for part in CARRIERS for row in entry.get(part, ())}


def _lost(shape: Shape, record: Record, file: str, name: str, ids: dict[str, set[str]]) -> Iterator[ContentProblem]:
    """Pointers of one record to records that the pack, as far as it can be read, does not have."""
    for path, target, key in shape.references(record):
        if target in ids and key not in ids[target]:
            noun = next(other.noun for other in KINDS if other.name == target)
            yield ContentProblem(file, name, path, _("there is no %(noun)s “%(id)s”") % {"noun": noun, "id": key})


# -- in memory ----------------------------------------------------------------------------


def _in_memory(
    records: dict[str, list[Record]], readable: set[str], reported: set[tuple[str, str, str]]
) -> Iterator[ContentProblem]:
    """What the models' constraints and the rules of publication say of unsaved instances."""
    known = _stubs(records, readable)
    for kind in KINDS:
        instances = []
        for number, record in enumerate(records[kind.name], 1):
            problems: list[ContentProblem] = []
            place = Place(problems, kind.file, name_of(record, number))
            instances.append(unsaved(kind, record, known))
            check_rules(kind.shape, instances[-1], place)
            if kind is ENTRIES:
                _check_publication(instances[-1], place)
            if kind in (STATE, STORYLINES):
                for sentence in instances[-1].problems():
                    place.report(sentence)
            yield from (p for p in problems if (p.file, p.record, p.root) not in reported)
        names = [name_of(record, number) for number, record in enumerate(records[kind.name], 1)]
        for one, other, fields, message in repeated(instances):
            sentence = f"{message} ({names[one]})"
            yield ContentProblem(kind.file, names[other], ", ".join(fields), sentence)


def _stubs(records: dict[str, list[Record]], readable: set[str]) -> KnownRecords:
    """Stand-ins for all records: what others ask of them, and an id that is not None.

    What only an unreadable file could tell is given the benefit of the doubt.
    """
    known = KnownRecords()
    kinds = {kind.name: kind for kind in KINDS}
    wanted = [(kind, record) for kind in KINDS for record in records[kind.name]]
    wanted += [
        (kinds[target], {"id": key})
        for kind, record in wanted
        for _path, target, key in kind.shape.references(record)
        if target not in readable
    ]
    for number, (kind, record) in enumerate(wanted, 1):
        stub = kind.model(id=number)
        stub.pk = number
        for part in kind.shape.parts:
            if part.name in record and isinstance(part, Value | Group):
                part.fill(stub, record[part.name], known)
        known.add(kind.name, stub)
    return known


def unsaved(kind: Kind, record: Record, known: KnownRecords) -> Any:
    """A new instance with all rows. It starts with an id: else a page looks up its type."""
    instance = kind.model(id=-1)
    instance.pk = instance.id = None
    kind.shape.fill(instance, record, known)
    return instance


def check_rules(shape: Shape, instance: Any, place: Place) -> None:
    """Ask the constraints of ``instance`` and, below it, of its rows."""
    for sentence in broken(instance):
        place.report(sentence)
    for part in shape.parts:
        if not isinstance(part, Rows):
            continue
        rows = list(getattr(instance, part.relation).all())
        for number, row in enumerate(rows):
            inside = place.at(part.name).at(number)
            try:
                row.clean()
            except ValidationError as error:
                for sentence in error.messages:
                    inside.report(sentence)
            check_rules(part.shape, row, inside)
        for _one, other, _fields, sentence in repeated(rows):
            place.at(part.name).at(other).report(sentence)


def _check_publication(entry: Any, place: Place) -> None:
    for part, message in unfit(entry):
        place.at(part).report(message)


def unfit(entry: Any) -> Iterator[tuple[str, str]]:
    """What keeps an entry in memory from being published: the part of its record, and a sentence."""
    fields = {getattr(part, "relation", part.name): part.name for part in ENTRIES.shape.parts}
    for problem in publication.problems(entry):
        yield fields.get(problem.panel, problem.panel), problem.message
