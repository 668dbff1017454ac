"""The base of terms: what the records that a sentence names are called in another language.

There is no second list to keep: the base is what we hold of people, organisations, goods, kinds of event and terms,
their translated names and their further names.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from timeline import search
from timeline.choices import NameKind
from timeline.edition.names import NAMED
from timeline.models import SearchName, Translation
from timeline.public.language import KINDS
from timeline.segments import READING
from timeline.text.words import STOP_WORDS

LONGEST = 7
"""Words of the longest name that is looked for."""

_WORD = re.compile(r"[^\W_]+(?:[.,’'&/-][^\W_]+)*")
_MODELS = {model._meta.model_name: model for model in NAMED}


class Offer(NamedTuple):
    """Words for a name: ``named`` as it stands in the original, the kind of record, how the words are read.

    ``is_official`` of the name that something bears in that language itself.
    """

    named: str
    words: str
    kind: str
    reading: str = ""
    is_official: bool = False


Record = tuple[str, int]
"""A record by the name of its model and its id."""


def offers(texts: Mapping[str, str], language: str) -> dict[str, list[Offer]]:
    """By segment: what its text names, in the order in which it is named. Two queries, and two a kind of record."""
    places = {key: list(_places(text)) for key, text in texts.items()}
    keys = {place.key for found in places.values() for place in found}
    named: defaultdict[str, list[Record]] = defaultdict(list)
    for row in SearchName.objects.filter(key__in=keys - {""}).order_by("kind", "record"):
        if (row.kind, row.record) not in named[row.key]:
            named[row.key].append((row.kind, row.record))
    known = _known({record for records in named.values() for record in records}, language)
    return {key: list(_offered(found, named, known)) for key, found in places.items()}


class _Place(NamedTuple):
    start: int
    end: int
    written: str
    key: str


def _places(text: str) -> Iterator[_Place]:
    """Where names may stand, the longest first."""
    words = list(_WORD.finditer(text))
    for length in range(LONGEST, 0, -1):
        for first in range(len(words) - length + 1):
            if not STOP_WORDS.isdisjoint(words[at][0].lower() for at in (first, first + length - 1)):
                continue  # no name begins or ends with one, and the key of one has none
            start, end = words[first].start(), words[first + length - 1].end()
            yield _Place(start, end, text[start:end], search.name_key(text[start:end]))


def _offered(
    places: list[_Place], named: Mapping[str, list[Record]], known: Mapping[Record, list[Offer]]
) -> Iterator[Offer]:
    """What is offered for a text, each once; of names that overlap the longest."""
    taken: list[_Place] = []
    for place in places:
        if named.get(place.key) and all(place.end <= one.start or one.end <= place.start for one in taken):
            taken.append(place)
    seen: set[str] = set()
    for place in sorted(taken):
        for record in named[place.key]:
            for offer in known.get(record, ()):
                if offer.words not in seen:
                    seen.add(offer.words)
                    yield offer._replace(named=place.written)


def _known(records: set[Record], language: str) -> dict[Record, list[Offer]]:
    """What each record is called in the language, the name that translators gave it first."""
    by_kind: defaultdict[str, list[int]] = defaultdict(list)
    for kind, pk in records:
        by_kind[kind].append(pk)
    found: dict[Record, Any] = {}
    for kind, ids in by_kind.items():
        for record in _MODELS[kind].objects.filter(pk__in=ids).prefetch_related("names"):
            found[kind, record.pk] = record
    words: defaultdict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    rows = Translation.objects.filter(
        language=language,
        kind__in={KINDS[_MODELS[kind]] for kind in by_kind},
        record__in=[record.key for record in found.values()],
        segment__in=["name", READING],
    )
    for row in rows if found else ():
        words[row.kind, row.record][row.segment] = row.words
    return {
        place: list(_names(record, words[KINDS[type(record)], record.key], language))
        for place, record in found.items()
    }


def _names(record: Any, translated: Mapping[str, str], language: str) -> Iterator[Offer]:
    rows = [row for row in record.names.all() if row.language == language]
    official = {row.name for row in rows if row.kind == NameKind.NATIVE}
    reading = translated.get(READING) or next((row.name for row in rows if row.kind == NameKind.READING), "")
    shown = [row.name for row in rows if row.kind in NameKind.shown()]
    first = translated.get("name")
    for name in dict.fromkeys([*([first] if first else []), *sorted(shown, key=lambda name: name not in official)]):
        kind = str(record._meta.verbose_name)
        yield Offer("", name, kind, reading if name == (first or shown[0]) else "", name in official)
