"""Who and what a text names: people, organisations and goods by the names that we hold, in English and Japanese."""

from collections.abc import Iterable
from typing import NamedTuple

from timeline.models import SearchName
from timeline.text.words import Words, is_japanese

from .synonyms import apart, key_of

LONGEST, LONGEST_JAPANESE = 6, 12
"""Words and Japanese characters of the longest name that is looked for."""
MOST_READ = 20_000
"""Characters of a text; who matters is named before."""
KINDS = ("person", "organisation", "commodity")


class Mention(NamedTuple):
    """A record that a text names: its kind and primary key, where it does so first, and how often."""

    kind: str
    record: int
    start: int
    end: int
    times: int


def named(text: str) -> list[Mention]:
    """The records that a text names, each once, in the order of the text. One query.

    Of names that overlap the longest counts; a name that several records have names each of them. A single kanji
    names nothing: the 米 of 米国 is no rice.
    """
    words = Words(text[:MOST_READ])
    places: dict[tuple[int, int], str] = {}
    for first, lexeme in enumerate(words.lexemes):
        most = LONGEST_JAPANESE if lexeme and is_japanese(lexeme) else LONGEST
        for after in range(first + 1, min(first + most, len(words)) + 1):
            if lexeme and words.lexemes[after - 1] and len(key := key_of(words, first, after)) > 1:
                places[first, after] = key
    owners = _owners(set(places.values()))
    found: dict[tuple[str, int], Mention] = {}
    for first, after in sorted(apart([place for place, key in places.items() if key in owners])):
        start, end = words.span(first)[0], words.span(after - 1)[1]
        for kind, record in owners[places[first, after]]:
            before = found.get((kind, record))
            found[kind, record] = (
                before._replace(times=before.times + 1) if before else Mention(kind, record, start, end, 1)
            )
    return list(found.values())


def _owners(keys: Iterable[str]) -> dict[str, list[tuple[str, int]]]:
    owners: dict[str, list[tuple[str, int]]] = {}
    rows = SearchName.objects.filter(key__in=sorted(keys), kind__in=KINDS).order_by("kind", "record")
    for key, kind, record in rows.values_list("key", "kind", "record"):
        if (kind, record) not in owners.setdefault(key, []):
            owners[key].append((kind, record))
    return owners
