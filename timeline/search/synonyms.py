"""Other names of what a reader names: a question that has one name of a record asks for all that stand for it.

The names are those of people, organisations, goods, kinds of event and terms (``SearchName``). They are
looked for in the words that were typed: as words side by side, or one after another in a run of Japanese,
where 自動車関税 has the names of two things and 赤沢大臣 a name and a title. The longest name goes first.

DECISIONS 135 says why.
"""

from collections import defaultdict
from collections.abc import Iterator

from django.db import connection

from timeline.public.language import foreign
from timeline.text.words import Words, is_japanese

from .query import Segment

LONGEST = 8
"""Words of the longest name that is looked for."""

LONGEST_JAPANESE = 24
"""Characters of the longest Japanese one."""

MOST = 12
"""Names that are asked for in the place of one."""

TITLES = frozenset(
    {"氏", "さん", "様", "殿", "先生", "大臣", "首相", "総理", "総理大臣", "大統領", "副大統領", "長官", "大使"}
    | {"代表", "通商代表", "報道官", "議員", "会長", "社長", "知事", "陛下"}
)
"""What may follow the name of a person."""

PARTICLES = frozenset("のとやがはをにでもへ")
"""What may stand between two names."""

# Who is named by some words; only those that readers may know: others would be found out by what else is found.
NAMED = """
SELECT typed.key, typed.kind = 'person', other.name
FROM timeline_searchname typed JOIN timeline_searchname other USING (kind, record)
WHERE typed.key = ANY(%s) AND typed.language = ANY(%s) AND other.language = ANY(%s) AND other.stands
AND (typed.kind = 'term' OR EXISTS (
    SELECT FROM timeline_facettotal t WHERE t.value = typed.record
    AND (t.facet = typed.kind OR t.facet = 'publisher' AND typed.kind = 'organisation')
))
ORDER BY typed.kind, typed.record, other.id
"""


def name_key(name: str) -> str:
    """The words of a name, as names are looked up."""
    words = Words(name)
    return key_of(words, 0, len(words))


def person_keys(name: str) -> list[str]:
    """The words of what may be a person's name, and the same without the title after it; none for no words."""
    words = Words(name, typed=True)
    ends = [end for end in range(1, len(words)) if _written(words, end, len(words)) in TITLES]
    return [key for end in [len(words), *ends] if (key := key_of(words, 0, end))]


class Names:
    """The names in what a reader typed, looked up in one query: the alternatives that ``query.read`` takes."""

    def __init__(self, text: str) -> None:
        words = Words(text, typed=True)
        keys = {key_of(words, *place) for place in _candidates(words)}
        self._found = _look_up(keys - {""})

    def __call__(self, words: Words, units: list[tuple[int, int]]) -> list[Segment]:
        """The names in some of the words, with the others of the same records.

        Words and runs of Japanese are ``units``. One is either left as it is, or all of it is names, titles and
        particles.
        """
        keys = {place: key_of(words, *place) for place in _candidates(words)}
        taken = apart([place for place, key in keys.items() if key in self._found])
        segments = [_segment(words, place, *self._found[keys[place]]) for place in sorted(taken)]
        return [one for one in segments if _is_whole(words, units, segments, one)]


def key_of(words: Words, first: int, after: int) -> str:
    """The stems of words, and Japanese as it stands; without the words that are too frequent to say anything."""
    key, was_japanese = "", False
    for atom in range(first, after):
        lexeme = words.lexemes[atom]
        if not lexeme:
            continue
        japanese = is_japanese(lexeme)
        gap = "" if not key or (japanese and was_japanese) else " "
        key, was_japanese = key + gap + (lexeme[0] if japanese else lexeme), japanese
    return key


def _candidates(words: Words) -> Iterator[tuple[int, int]]:
    """Where a name may stand: neither begins nor ends with a word that says nothing."""
    lexemes = words.lexemes
    for first, lexeme in enumerate(lexemes):
        most = LONGEST_JAPANESE if lexeme and is_japanese(lexeme) else LONGEST
        for after in range(first + 1, min(first + most, len(lexemes)) + 1):
            if lexeme and lexemes[after - 1]:
                yield first, after


def _look_up(keys: set[str]) -> dict[str, tuple[bool, list[str]]]:
    """``{key: (whether a person is called so, names that stand for who or what is)}``."""
    if not keys:
        return {}
    people: set[str] = set()
    names: defaultdict[str, dict[str, None]] = defaultdict(dict)
    with connection.cursor() as cursor:
        spoken = ["", foreign()]  # what it is called in translations into other languages is not meant
        cursor.execute(NAMED, [sorted(keys), spoken, spoken])
        for key, is_person, name in cursor.fetchall():
            names[key][name] = None
            if is_person:
                people.add(key)
    return {key: (key in people, list(known)[:MOST]) for key, known in names.items()}


def apart(places: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Of names that overlap the longest."""
    chosen: list[tuple[int, int]] = []
    for first, after in sorted(places, key=lambda place: (place[0] - place[1], place[0])):
        if all(after <= other or first >= end for other, end in chosen):
            chosen.append((first, after))
    return chosen


def _segment(words: Words, place: tuple[int, int], is_person: bool, names: list[str]) -> Segment:
    first, after = place
    if is_person:
        for end in range(min(len(words), after + 4), after, -1):
            if _written(words, after, end) in TITLES and all(words.glued[after:end]):
                return Segment(first, end, tuple(names))
    return Segment(first, after, tuple(names))


def _written(words: Words, first: int, after: int) -> str:
    """Japanese characters as they were folded; empty for anything else."""
    lexemes = words.lexemes[first:after]
    return "".join(lexeme[0] for lexeme in lexemes) if all(one and is_japanese(one) for one in lexemes) else ""


def _is_whole(words: Words, units: list[tuple[int, int]], segments: list[Segment], one: Segment) -> bool:
    """Whether names, and what may stand between them, are all of the units that a name stands in."""
    for start, stop in units:
        if stop <= one.first or one.after <= start:
            continue
        within = [other for other in segments if start < other.after and other.first < stop]
        edges = [start, *(edge for other in within for edge in (other.first, other.after)), stop]
        gaps = [(edges[at], edges[at + 1]) for at in range(0, len(edges), 2) if edges[at] < edges[at + 1]]
        if any(_written(words, *gap) not in PARTICLES for gap in gaps):
            return False
        # A single kanji is a name only where it stands alone: the 米 of 米国 is no rice.
        kanji = [other for other in within if len(_written(words, other.first, other.after)) == 1]
        if any(other.first > start or other.after < stop for other in kanji):
            return False
    return True
