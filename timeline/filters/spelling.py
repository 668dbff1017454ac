"""Near spellings: what a reader may have meant whose words are found nowhere.

Words are compared with those of published entries, which ``edition`` counts (``WordTotal``), and with the names
that readers may see of what these are about. Neither is read whole: an index of trigrams picks the likeliest.

DECISIONS 134 says why.
"""

import difflib
import re
from itertools import chain
from typing import Any, NamedTuple

from django.db import connection

from timeline.characters import has_cjk
from timeline.choices import NameKind
from timeline.models.document import EntryDocument
from timeline.names import fold
from timeline.public.language import foreign
from timeline.text.words import stem

SHORTEST, SHORTEST_JAPANESE = 4, 3
"""Letters of a word worth comparing; shorter ones resemble too much."""

LONGEST = 40
"""Letters of the longest word that is kept."""

LEAST = 0.45
"""Share of a word's trigrams that a name must have: "Akasawa" has 0.63 of Akazawa, "Lighthiser" 0.7."""

LIKENESS = 0.7
"""From this similarity on, a word may be what another one was meant to be."""

LIKENESS_JAPANESE = 0.65
"""The same of Japanese, whose words are short: one of three kanji may be another."""

NEARLY = 0.99
"""The most that a beginning of a reading is like what it leads to."""

CLOSE = 0.1
"""What is less alike than the best by more than this is not offered beside it."""

MOST = 8
"""Words of a search that are compared: each takes some milliseconds."""

PICKED = 12
"""Words that are compared in full, of those whose trigrams are nearest."""

LIMIT = 2

_LETTERS = re.compile(r"[^\W\d_]+")
# Japanese has no spaces, but kanji, katakana and hiragana part most of its names from what stands beside them.
_SCRIPTS = "[\u30a1-\u30fa\u30fc-\u30ff]+|[\u3041-\u3096]+|[\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff]+"
_WORD = re.compile(rf"{_SCRIPTS}|[^\W\d_\u3005-\u30ff\u3400-\u9fff]+")
_PARTS = re.compile(rf"{_WORD.pattern}|[\W\d_]+|.")

# Those nearest by their trigrams; % is the index's own operator, its bound 0.3 the one of the extension.
NEAREST_WORDS = """
SELECT typed, found.word, found.total FROM unnest(%s::text[]) typed CROSS JOIN LATERAL (
    SELECT word, sum(total) total, max(similarity(folded, typed)) score FROM timeline_wordtotal
    WHERE folded %% typed GROUP BY word ORDER BY score DESC, total DESC, word LIMIT %s
) found
"""
# Names of what published entries are about, by word; misprints too, for they lead to the name.
NEAREST_NAMES = """
SELECT word, found.name, 0 FROM unnest(%s::text[]) word CROSS JOIN LATERAL (
    SELECT name, word_similarity(word, lower(name)) score FROM (
        {names}
    ) named WHERE word_similarity(word, lower(name)) >= %s ORDER BY score DESC, length(name), name LIMIT %s
) found
"""
# Names in Japanese of what published entries are about, and the kana that lead to them, by their trigrams: one of four
# letters may be another.
NEAREST_JAPANESE = """
SET LOCAL pg_trgm.word_similarity_threshold = 0.3;
SELECT typed, found.name, found.spoken, found.led_to FROM unnest(%s::text[]) typed CROSS JOIN LATERAL (
    SELECT name, (known.language <> '')::int spoken, word_similarity(typed, folded) score,
        CASE WHEN NOT known.stands THEN (
            SELECT own.name FROM timeline_searchname own WHERE own.kind = known.kind AND own.record = known.record
            AND own.language = known.language AND own.stands LIMIT 1
        ) END led_to
    FROM timeline_searchname known
    WHERE typed <%% folded AND known.language = ANY(%s) AND (known.stands OR known.language <> '')
    AND (known.kind = 'term' OR EXISTS (
        SELECT FROM timeline_facettotal t WHERE t.value = known.record
        AND (t.facet = known.kind OR t.facet = 'publisher' AND known.kind = 'organisation')
    ))
    ORDER BY score DESC, spoken DESC, length(name), name LIMIT %s
) found
"""
OF_RECORDS = """
SELECT r.name FROM timeline_{record} r
    WHERE EXISTS (SELECT FROM timeline_facettotal t WHERE t.facet = '{record}' AND t.value = r.id)
UNION ALL SELECT n.name FROM timeline_{record}name n
    WHERE n.kind = ANY(%s) AND EXISTS (
        SELECT FROM timeline_facettotal t WHERE t.facet = '{record}' AND t.value = n.{record}_id
    )
"""
RECORDS = ("person", "organisation", "commodity", "category")


class _Candidate(NamedTuple):
    """A word that may have been meant: how like it is, how many entries say it, and how it is written."""

    likeness: float
    total: int
    word: str


def written(document: EntryDocument) -> set[str]:
    """The words of a public document that a misspelt one may have been meant to be, as they are written."""
    texts: list[str] = [document["headline"], document["summary"], document["place"]]
    texts += (row["text"] for row in document["statements"])
    texts += (row["question"] for row in document["disagreements"])
    texts += (row["label"] for row in document["figures"])
    texts += [document["category"]["name"]] if document["category"] else []
    texts += (one["name"] for one in chain(document["people"], document["organisations"], document["commodities"]))
    words = set(_LETTERS.findall("\n".join(texts)))
    return {word for word in words if SHORTEST <= len(word) <= LONGEST and (word.isascii() or not has_cjk(word))}


def near(text: str) -> list[str]:
    """Searches in which the words that nothing has are ones that they resemble, best first.

    At most ``LIMIT``, from two queries; words in Japanese are compared with names only, in a query of their own.
    """
    typed = {fold(word): word for word in _WORD.findall(text) if _is_worth(word)}
    if not typed:
        return []
    found = {word: _candidates(word, rows) for word, rows in _nearest(list(typed)[:MOST]).items()}
    unknown = {word: candidates for word, candidates in found.items() if candidates and candidates[0].likeness < 1}
    texts = []
    for turn in range(max(map(len, unknown.values()), default=0)):
        meant = {typed[word]: few[min(turn, len(few) - 1)].word for word, few in unknown.items()}
        texts.append("".join(meant.get(part, part) for part in _PARTS.findall(text)))
    return list(dict.fromkeys(texts))[:LIMIT]


def _is_worth(word: str) -> bool:
    return (SHORTEST_JAPANESE if has_cjk(word) else SHORTEST) <= len(word) <= LONGEST


def _nearest(words: list[str]) -> dict[str, list[tuple[str, int, str]]]:
    """For each folded word what is nearest to it by trigrams: the parts of names and words, with their totals, and
    what each would have been typed for. The reading of a name is one run, of which its beginning is typed."""
    japanese = [word for word in words if has_cjk(word)]
    words = [word for word in words if word not in japanese]
    nearest: dict[str, list[tuple[str, int, str]]] = {word: [] for word in (*words, *japanese)}
    for word, name, total in _nearest_words(words) if words else ():
        nearest[word] += ((part, int(total), part) for part in _WORD.findall(name))
    for word, name, total, led_to in _nearest_japanese(japanese) if japanese else ():
        if led_to:
            nearest[word].append((name[: len(word)], total, led_to))
        else:
            nearest[word] += ((part, total, part) for part in _WORD.findall(name))
    return nearest


def _nearest_japanese(words: list[str]) -> list[tuple[str, str, int, str | None]]:
    with connection.cursor() as cursor:
        cursor.execute(NEAREST_JAPANESE, [words, ["", foreign()], PICKED])
        cursor.nextset()
        return cursor.fetchall()


def _nearest_words(words: list[str]) -> list[tuple[str, str, int]]:
    names = " UNION ALL ".join(OF_RECORDS.format(record=record) for record in RECORDS)
    shown: list[Any] = [NameKind.shown()] * len(RECORDS)
    with connection.cursor() as cursor:
        cursor.execute(NEAREST_WORDS, [words, PICKED])
        rows = cursor.fetchall()
        cursor.execute(NEAREST_NAMES.format(names=names), [words, *shown, LEAST, LIMIT * 2])
        return rows + cursor.fetchall()


def _candidates(word: str, nearest: list[tuple[str, int, str]]) -> list[_Candidate]:
    """What a word may have been meant to be, the likeliest first: each stem once, as it is written most."""
    best: dict[str, _Candidate] = {}
    for part, total, meant in nearest:
        folded = fold(part)
        likeness = difflib.SequenceMatcher(None, folded, word, autojunk=False).ratio()
        if meant != part:  # half a reading, rightly typed, is found nowhere
            likeness = min(likeness, NEARLY)
        if likeness >= (LIKENESS_JAPANESE if has_cjk(word) else LIKENESS):
            candidate = _Candidate(likeness, total, meant)
            key = stem(fold(meant)) or fold(meant)
            best[key] = max(best.get(key, candidate), candidate)
    ordered = sorted(best.values(), key=lambda one: (-one.likeness, -one.total, one.word))
    return [one for one in ordered if one.likeness > ordered[0].likeness - CLOSE]
