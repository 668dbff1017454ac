"""Translating a pack: what there is to translate, what waits, and the files that translators fill in."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from timeline.choices import TranslationState
from timeline.models import Person
from timeline.segments import FIELDS, READ_KINDS, READING, digest, segments

from .files import name_of, to_text
from .kinds import ENTRIES, KINDS, PEOPLE, SOURCES, Kind
from .parts import Record, is_a
from .problems import Place
from .translations import CHRONOLOGY, FOLDER, Identity, Translated, Translations, read_segment


@dataclass(frozen=True)
class Original:
    """The words of a record that can be translated, by the keys of their segments, and the file that has them."""

    file: str
    words: dict[str, str]
    quotations: dict[str, list[Record]] = field(default_factory=dict)
    """By the id of a row: what its sources say, to be read beside it."""
    names: tuple[str, ...] = ()
    """What the record is called in other languages, as the pack has it."""


Originals = dict[Identity, Original]


def originals(
    chronology: Record, records: Mapping[str, list[Record]], file_of: Callable[[Kind, str], str]
) -> Originals:
    """All of a pack that can be translated, in the order of its files."""
    found = {(CHRONOLOGY, CHRONOLOGY): Original(f"{CHRONOLOGY}.json", _words(CHRONOLOGY, chronology))}
    numbers = {source["id"]: source["number"] for source in records[SOURCES.name]}
    titles = {source["id"]: source["title"] for source in records[SOURCES.name]}
    for kind in KINDS:
        for record in records[kind.name]:
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
                file_of(kind, record["id"]),
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


def translations_as_files(language: str, translations: Translations, found: Originals) -> dict[str, str]:
    """The files that hold the translations of what is ``found``, in its order; what a record has no more is last."""
    files: dict[str, list[Record]] = {}
    for identity, original in found.items():
        if rows := translations.get(identity):
            keys = dict.fromkeys([*(key for key in original.words if key in rows), *rows])
            written = {key: rows[key]._asdict() for key in keys}
            name = f"{FOLDER}/{language}/{original.file}"
            files.setdefault(name, []).append({"id": identity[1], "segments": written})
    return {name: to_text(records) for name, records in files.items()}


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


def skeleton(found: Originals, translations: Translations, *, everything: bool = False) -> list[Record]:
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
    key: str, text: str, original: Original, here: Translated | None, known: Mapping[tuple[str, str], str]
) -> Record:
    row: Record = {"key": key, "of": digest(text), "original": text}
    if here and here.is_of(text):
        row |= {"words": here.words, "state": here.state}
    else:
        row |= {"before": here.words} if here else {}
        row |= {"words": known.get((key.rpartition(".")[2], digest(text)), ""), "state": TranslationState.DRAFT.value}
    sources = original.quotations.get(key.split(".")[1]) if "." in key else None
    return row | ({"sources": sources} if sources else {})


def take(filled: Any, found: Originals, translations: Translations, place: Place) -> int:
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
            read = read_segment({name: row[name] for name in Translated._fields if name in row}, there)
            if read and translations.setdefault(identity, {}).get(row["key"]) != read:
                translations[identity][row["key"]] = read
                changed += 1
    return changed
