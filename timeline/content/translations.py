"""The translations of a pack: files of their own, one folder a language, beside the words that they translate.

``translations/ja/entries/2025.json`` has what ``entries/2025.json`` says, in Japanese;
``translations/ja/chronology.json`` what ``pack.json`` says. Each is a list of records with their ``id`` and their
``segments`` (see ``timeline.segments``): for each key the ``words``, the digest ``of`` the original words and the
``state`` of the translation.

docs/translations.md tells translators how to write them.
"""

import re
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from timeline.choices import TranslationState
from timeline.models.fields import printable
from timeline.segments import FIELDS, digest

from .files import decode, name_of
from .parts import is_a
from .problems import ContentProblem, Place

FOLDER = "translations"
CHRONOLOGY = "chronology"
"""The kind, the only id and the file of what pack.json says."""

DIGEST = re.compile(r"[a-z2-7]{8}")
LONGEST_ID, LONGEST_KEY = 120, 255
"""As many characters as the database takes."""

Identity = tuple[str, str]
"""A record by its kind and its id."""


class Translated(NamedTuple):
    """The words of a segment in a language, the digest of the words that they were made from, and their state."""

    of: str
    state: str
    words: str

    def is_of(self, original: str) -> bool:
        return self.of == digest(original)


Translations = dict[Identity, dict[str, Translated]]


# -- the files ----------------------------------------------------------------------------


def languages(directory: Path) -> list[str]:
    """The languages into which the pack in a directory is translated."""
    return sorted(path.name for path in (directory / FOLDER).glob("*") if path.is_dir())


def read_translations(directory: Path, language: str, problems: list[ContentProblem]) -> Translations:
    """The translations of a pack into a language; what cannot be read is reported and left out."""
    found: Translations = {}
    if language not in dict(settings.LANGUAGES) or language == settings.LANGUAGE_CODE:
        words = {"known": ", ".join(code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE)}
        problems.append(ContentProblem(f"{FOLDER}/{language}", "", "", _("is not one of %(known)s") % words))
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
    if len(raw["id"]) > LONGEST_ID or any(len(key) > LONGEST_KEY for key in raw["segments"]):
        place.report(_("an id or a key is too long"))
        return
    read = {key: read_segment(one, place.at(key)) for key, one in raw["segments"].items()}
    found[kind, raw["id"]] = {key: translation for key, translation in read.items() if translation}


def read_segment(raw: Any, place: Place) -> Translated | None:
    """A translation of one segment as it stands in a file; None, with the reasons reported, if it cannot be used."""
    if not is_a(raw, dict, place):
        return None
    before = len(place.problems)
    for name in raw.keys() - set(Translated._fields):
        place.at(name).report(_("there is no such field"))
    for name in Translated._fields:
        if name not in raw:
            place.at(name).report(_("is missing"))
        elif is_a(raw[name], str, place.at(name)) and not raw[name].strip():
            place.at(name).report(_("is empty"))
    if len(place.problems) > before:
        return None
    if not DIGEST.fullmatch(raw["of"]):
        place.at("of").report(_("is not the digest of some words"))
    if raw["state"] not in TranslationState.values:
        sentence = _("“%(value)s” is not one of %(values)s")
        place.at("state").report(sentence % {"value": raw["state"], "values": ", ".join(TranslationState.values)})
    try:
        printable(raw["words"])
    except ValidationError as error:
        place.at("words").report(error.messages[0])
    if len(place.problems) > before:
        return None
    return Translated(raw["of"], raw["state"], raw["words"].strip())
