"""The translations of a pack: files of their own, one folder a language, beside the words that they translate.

``translations/ja/entries/2025.json`` has what ``entries/2025.json`` says, in Japanese;
``translations/ja/chronology.json`` what ``pack.json`` says. Each is a list of records with their ``id`` and their
``segments`` (see ``timeline.segments``): for each key the ``words``, the digest ``of`` the original words and the
``state`` of the translation.

docs/translations.md tells translators how to write them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from timeline.choices import TranslationState
from timeline.models import Person
from timeline.models.fields import printable
from timeline.segments import FIELDS, READ_KINDS, READING, digest, segments

from .dump import replace, to_text
from .kinds import ENTRIES, KINDS, PEOPLE, SOURCES
from .pack import Pack, decode, name_of
from .parts import Record, is_a
from .problems import ContentProblem, Place

FOLDER = "translations"
CHRONOLOGY = "chronology"
"""The kind, the only id and the file of what pack.json says."""

Identity = tuple[str, str]
"""A record by its kind and its id."""

FIELDS_OF_A_SEGMENT = ("of", "state", "words")


@dataclass(frozen=True)
class Original:
    """The words of a record that can be translated, by the keys of their segments, and the file that has them."""

    file: str
    words: dict[str, str]
    quotations: dict[str, list[Record]] = field(default_factory=dict)
    """By the id of a row: what its sources say, to be read beside it."""
    names: tuple[str, ...] = ()
    """What the record is called in other languages, as the pack has it."""


@dataclass(frozen=True)
class Translation:
    """The words of a segment in a language, the digest of the words that they were made from, and their state."""

    of: str
    state: str
    words: str

    def is_of(self, original: str) -> bool:
        return self.of == digest(original)


Translations = dict[Identity, dict[str, Translation]]


# -- what there is to translate -----------------------------------------------------------


def originals(pack: Pack) -> dict[Identity, Original]:
    """All that can be translated, in the order of the files."""
    found = {(CHRONOLOGY, CHRONOLOGY): Original(f"{CHRONOLOGY}.json", _words(CHRONOLOGY, pack.chronology))}
    numbers = {source["id"]: source["number"] for source in pack.records[SOURCES.name]}
    titles = {source["id"]: source["title"] for source in pack.records[SOURCES.name]}
    for kind in KINDS:
        for record in pack.records[kind.name]:
            if kind is SOURCES and not record["title_is_description"]:
                continue
            if kind is PEOPLE:
                parts = {name: record[name] for name in ("family_name", "given_name", "name_order")}
                record = {**record, "name": Person(**parts).display_name}
            words = _words(kind.name, as_document(record, numbers) if kind is ENTRIES else record)
            if not words:
                continue
            if kind.name in READ_KINDS:
                words[READING] = words["name"]
            found[kind.name, record["id"]] = Original(
                pack.file_of(kind, record["id"]),
                words,
                _quotations(record, titles) if kind is ENTRIES else {},
                tuple(f"{row['name']} ({row['kind']})" for row in record.get("names", ()) if row["language"] == "ja"),
            )
    return found


def _words(kind: str, record: Record) -> dict[str, str]:
    return {segment.key: segment.text for segment in segments(record, FIELDS[kind])}


def as_document(entry: Record, numbers: Mapping[str, int]) -> Record:
    """An entry of a pack as its public document has it, as far as segments go: sources have their numbers."""
    return {
        **entry,
        "sentences": entry["summary"],
        "disagreements": [
            {
                **row,
                "accounts": [{**account, "number": numbers[account["source"]]} for account in row["accounts"]],
            }
            for row in entry["disagreements"]
        ],
    }


def _quotations(entry: Record, titles: Mapping[str, str]) -> dict[str, list[Record]]:
    """What the sources of each row of an entry are called and say."""
    rows = [(row["id"], row["citations"]) for part in ("statements", "figures") for row in entry[part]]
    rows += [(row["id"], row["accounts"]) for row in entry["disagreements"]]
    return {
        key: [
            {"source": titles[one["source"]]}
            | {name: one[name] for name in ("language", "quotation", "translation", "locator") if one.get(name)}
            for one in citations
        ]
        for key, citations in rows
    }


# -- the files ----------------------------------------------------------------------------


def languages(directory: Path) -> list[str]:
    """The languages into which the pack in a directory is translated."""
    return sorted(path.name for path in (directory / FOLDER).glob("*") if path.is_dir())


def read(directory: Path, language: str, problems: list[ContentProblem]) -> Translations:
    """The translations of a pack into a language; what cannot be read is reported and left out."""
    found: Translations = {}
    folder = directory / FOLDER / language
    for path in sorted(folder.rglob("*.json")):
        name = path.relative_to(directory).as_posix()
        place = Place(problems, name)
        records = decode(path.read_bytes(), place)
        kind = path.relative_to(folder).parts[0].removesuffix(".json")
        if kind not in FIELDS:
            place.report(_("is not called as a file of the pack"))
        elif records is not None and is_a(records, list, place):
            for number, record in enumerate(records, 1):
                _read_record(kind, record, Place(problems, name, name_of(record, number)), found)
    return found


def _read_record(kind: str, raw: Any, place: Place, found: Translations) -> None:
    if not is_a(raw, dict, place):
        return
    for name in raw.keys() - {"id", "segments"}:
        place.at(name).report(_("there is no such field"))
    if not (is_a(raw.get("id"), str, place.at("id")) and is_a(raw.get("segments"), dict, place.at("segments"))):
        return
    if (kind, raw["id"]) in found:
        place.report(_("is there twice"))
    read = {key: read_segment(one, place.at(key)) for key, one in raw["segments"].items()}
    found[kind, raw["id"]] = {key: translation for key, translation in read.items() if translation}


def read_segment(raw: Any, place: Place) -> Translation | None:
    """A translation of one segment as it stands in a file; None, with the reasons reported, if it cannot be used."""
    if not is_a(raw, dict, place):
        return None
    before = len(place.problems)
    for name in raw.keys() - set(FIELDS_OF_A_SEGMENT):
        place.at(name).report(_("there is no such field"))
    for name in FIELDS_OF_A_SEGMENT:
        if name not in raw:
            place.at(name).report(_("is missing"))
        elif is_a(raw[name], str, place.at(name)) and not raw[name].strip():
            place.at(name).report(_("is empty"))
    if len(place.problems) > before:
        return None
    if raw["state"] not in TranslationState.values:
        sentence = _("“%(value)s” is not one of %(values)s")
        place.at("state").report(sentence % {"value": raw["state"], "values": ", ".join(TranslationState.values)})
    try:
        printable(raw["words"])
    except ValidationError as error:
        place.at("words").report(error.messages[0])
    if len(place.problems) > before:
        return None
    return Translation(raw["of"], raw["state"], raw["words"].strip())


def texts(language: str, translations: Translations, found: Mapping[Identity, Original]) -> dict[str, str]:
    """The files that hold these translations, in the order of what they translate; what that has no more is last."""
    files: dict[str, list[Record]] = {}
    leftover = [identity for identity in translations if identity not in found]
    for identity in [*found, *leftover]:
        if rows := translations.get(identity):
            original = found.get(identity)
            file = original.file if original else f"{identity[0]}.json"
            keys = [key for key in original.words if key in rows] if original else []
            keys += [key for key in rows if key not in keys]
            written = {key: {name: getattr(rows[key], name) for name in FIELDS_OF_A_SEGMENT} for key in keys}
            files.setdefault(f"{FOLDER}/{language}/{file}", []).append({"id": identity[1], "segments": written})
    return {name: to_text(records) for name, records in files.items()}


def write(directory: Path, files: Mapping[str, str], language: str) -> list[Path]:
    """Write the files of a language; returns those that changed, also those that hold nothing any more."""
    written = [directory / name for name, text in files.items() if replace(directory / name, text)]
    folder = directory / FOLDER / language
    gone = [path for path in sorted(folder.rglob("*.json")) if path.relative_to(directory).as_posix() not in files]
    for path in gone:
        path.unlink()
    return [*written, *gone]


# -- what waits ---------------------------------------------------------------------------


def waits(identity: Identity, original: Original, translations: Translations) -> Iterator[tuple[str, str]]:
    """The keys of a record that want words, each "missing" or "stale"."""
    rows = translations.get(identity, {})
    for key, text in original.words.items():
        if key not in rows:
            if key != READING:  # it may not be known
                yield key, "missing"
        elif not rows[key].is_of(text):
            yield key, "stale"


def skeleton(
    found: Mapping[Identity, Original], translations: Translations, *, everything: bool = False
) -> list[Record]:
    """What translators fill in: of each record in ``found`` the segments that wait, or all, with what helps.

    Words that are translated elsewhere in the pack are there already.
    """
    known = {
        (key.rpartition(".")[2], row.of): row.words for rows in translations.values() for key, row in rows.items()
    }
    result = []
    for identity, original in found.items():
        here = translations.get(identity, {})
        waiting = dict(waits(identity, original, translations))
        rows = [
            _row_of_skeleton(key, text, original, here.get(key), known)
            for key, text in original.words.items()
            if everything or key in waiting or key not in here
        ]
        if rows:
            names = {"names": list(original.names)} if original.names else {}
            result.append({"kind": identity[0], "id": identity[1], **names, "segments": rows})
    return result


def _row_of_skeleton(
    key: str, text: str, original: Original, here: Translation | None, known: Mapping[tuple[str, str], str]
) -> Record:
    row: Record = {"key": key, "of": digest(text), "original": text}
    if here and here.is_of(text):
        row |= {"words": here.words, "state": here.state}
    else:
        row |= {"before": here.words} if here else {}
        row |= {"words": known.get((key.rpartition(".")[2], digest(text)), ""), "state": TranslationState.DRAFT.value}
    sources = original.quotations.get(key.split(".")[1]) if "." in key else None
    return row | ({"sources": sources} if sources else {})


def take(filled: Any, found: Mapping[Identity, Original], translations: Translations, place: Place) -> int:
    """Put what a filled skeleton says into ``translations``; returns the number of segments that changed.

    Segments without words are passed over. What does not fit is reported.
    """
    if not is_a(filled, list, place):
        return 0
    changed = 0
    for number, record in enumerate(filled, 1):
        here = Place(place.problems, place.file, name_of(record, number))
        if not is_a(record, dict, here) or not is_a(record.get("segments"), list, here.at("segments")):
            continue
        identity = (record.get("kind", ""), record.get("id", ""))
        if identity not in found:
            here.report(_("the pack has no such record"))
            continue
        for row in record["segments"]:
            if not is_a(row, dict, here) or not is_a(row.get("key"), str, here.at("key")) or not row.get("words"):
                continue
            there = here.at(row["key"])
            if row["key"] not in found[identity].words:
                there.report(_("the record has no such words"))
                continue
            read = read_segment({name: row[name] for name in FIELDS_OF_A_SEGMENT if name in row}, there)
            if read and translations.setdefault(identity, {}).get(row["key"]) != read:
                translations[identity][row["key"]] = read
                changed += 1
    return changed
