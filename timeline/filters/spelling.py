"""Near spellings: what a reader may have meant whose words are found nowhere."""

import difflib
import re
from typing import Any

from django.db import connection

from timeline.choices import NameKind
from timeline.names import fold

SHORTEST = 4
"""Letters of a word worth comparing; shorter ones resemble too much."""

LEAST = 0.45
"""Share of a word's trigrams that a name must have: "Akasawa" has 0.63 of Akazawa, "Lighthiser" 0.7."""

LIKENESS = 0.7
"""From this similarity on, a part of a name may be what a word was meant to be."""

LIMIT = 2

# Names of what published entries are about, by word; misprints too, for they lead to the name.
NEAREST = """
SELECT word, found.name FROM unnest(%s::text[]) word CROSS JOIN LATERAL (
    SELECT name, word_similarity(word, lower(name)) score FROM (
        {names}
    ) named WHERE word_similarity(word, lower(name)) >= %s ORDER BY score DESC, length(name), name LIMIT %s
) found ORDER BY found.score DESC
"""
OF_RECORDS = """
SELECT r.name FROM timeline_{record} r
    WHERE EXISTS (SELECT FROM timeline_facettotal t WHERE t.facet = '{record}' AND t.value = r.id)
UNION ALL SELECT n.name FROM timeline_{record}name n
    WHERE n.kind = ANY(%s) AND EXISTS (
        SELECT FROM timeline_facettotal t WHERE t.facet = '{record}' AND t.value = n.{record}_id
    )
"""
RECORDS = ("person", "organisation", "commodity")


def near(text: str) -> list[str]:
    """Searches with one word replaced by the part of a public name that it resembles, best first.

    At most ``LIMIT``, from one query; the names of people, organisations and commodities.
    """
    words = [word for word in re.findall(r"[^\W\d_]+", text) if len(word) >= SHORTEST]
    if not words:
        return []
    names = " UNION ALL ".join(OF_RECORDS.format(record=record) for record in RECORDS)
    parameters: list[Any] = [[fold(word) for word in words], *[NameKind.shown()] * len(RECORDS), LEAST, LIMIT * 2]
    with connection.cursor() as cursor:
        cursor.execute(NEAREST.format(names=names), parameters)
        rows = cursor.fetchall()
    found: dict[str, str] = {}
    for word, name in rows:
        likeness, part = max((_likeness(part, word), part) for part in name.split())
        if LIKENESS <= likeness < 1:
            typed = next(one for one in words if fold(one) == word)
            found.setdefault(text.replace(typed, part), part)
    return list(found)[:LIMIT]


def _likeness(part: str, word: str) -> float:
    return difflib.SequenceMatcher(None, fold(part), word).ratio()
