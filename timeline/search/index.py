"""What of an entry is searched, by zone, and the vector that PostgreSQL keeps of it.

A  headline; names of people, organisations, commodities and the category, HS codes, place
B  summary, statements, figures
C  quotations, and what sources say where they contradict each other
D  titles of sources, their publishers and bylines
"""

from collections import defaultdict
from itertools import chain

from timeline.choices import Unit
from timeline.models import EntryPage
from timeline.models.document import EntryDocument

from .words import Words

ZONES = "ABCD"

BETWEEN = 16
"""Positions left between two texts, so that no phrase reaches from one into the next."""

LAST = 16_383
"""The last position that a ``tsvector`` knows. What stands behind it is found, but not as part of a phrase."""

ROOM = 1_000_000
"""Bytes of lexemes and positions that a ``tsvector`` takes, nearly. Of longer texts the end is not searched."""


def vector(texts: dict[str, list[str]]) -> str:
    """The texts of each zone as the text of a ``tsvector``. Lexemes hold neither quotes nor backslashes."""
    places: defaultdict[str, list[str]] = defaultdict(list)
    position = 1
    for zone, rows in texts.items():
        for row in rows:
            words = Words(row)
            for lexeme, atom in words.filed():
                places[lexeme].append(f"{min(position + atom, LAST)}{zone}")
            position += len(words) + BETWEEN
    parts, size = [], 0
    for lexeme, where in places.items():
        size += len(lexeme.encode()) + 2 * len(where) + 4
        if size > ROOM:
            break
        parts.append(f"'{lexeme}':{','.join(where)}")
    return " ".join(parts)


def texts(entry: EntryPage, document: EntryDocument) -> dict[str, list[str]]:
    """The searchable texts of an entry by zone."""
    people = (row.person for row in entry.entry_people.all() if row.person)
    organisations = (row.organisation for row in entry.entry_organisations.all() if row.organisation)
    commodities = (row.commodity for row in entry.entry_commodities.all() if row.commodity)
    others = (name.name for record in chain(people, organisations, commodities) for name in record.names.all())
    names = [
        document["headline"],
        document["category"]["name"] if document["category"] else "",
        *(person["name"] for person in document["people"]),
        *(title for person in document["people"] for title in person["positions"]),
        *(organisation["name"] for organisation in document["organisations"]),
        *(commodity["name"] for commodity in document["commodities"]),
        *sorted(others),
        *(f"HS {code}" for commodity in document["commodities"] for code in commodity["hs_codes"]),
        document["place"],
    ]
    figures = [
        " ".join(filter(None, (figure["label"], value, figure["scale"], figure["currency"], _unit(figure["unit"]))))
        for figure in document["figures"]
        for value in [number for number in (figure["value"], figure["low"], figure["high"]) if number] or [""]
    ]
    said = [
        document["summary"],
        *(statement["text"] for statement in document["statements"]),
        *figures,
        *(figure["of"] for figure in document["figures"]),
        *(item["question"] for item in document["disagreements"]),
    ]
    statements, disagreements = document["statements"], document["disagreements"]
    quoted = [
        *(citation["quotation"] for row in chain(statements, document["figures"]) for citation in row["citations"]),
        *(text for item in disagreements for row in item["accounts"] for text in (row["says"], row["quotation"])),
    ]
    sources = [
        text
        for source in document["sources"]
        for text in (source["title"], source["publisher"]["name"] if source["publisher"] else "", source["byline"])
    ]
    zones = zip(ZONES, (names, said, quoted, sources), strict=True)
    return {zone: [text for text in rows if text] for zone, rows in zones}


def _unit(unit: str) -> str:
    """The unit of a figure in words; that of money is its currency."""
    return "" if unit == Unit.MONEY else unit.replace("_", " ")
