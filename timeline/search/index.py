"""What of an entry is searched, by zone, and the vector that PostgreSQL keeps of it.

H  headline, which the database knows as part of A
A  names of people, organisations, commodities, the category and linked terms, HS codes, place
B  summary, statements, figures
C  quotations, and what sources say where they contradict each other
D  titles of sources, their publishers and bylines, notes on them
"""

from functools import lru_cache
from itertools import chain

from timeline.choices import Unit
from timeline.models import EntryPage
from timeline.models.document import EntryDocument, FigureDocument
from timeline.text.words import Words

ZONES = "HABCD"

OFTEN = "AD"
"""Zones of names and titles: the same ones in many entries."""

BETWEEN = 16
"""Positions left between two texts, so that no phrase reaches from one into the next."""

MARKED = {"H": "h|", "A": "a|", "C": "c|", "D": "d|"}
"""What a lexeme is filed under as well, without a position, by the first of the zones that it stands in.

An index knows no zones, and most of what stands anywhere stands in B: so that is what has no mark (DECISIONS 136).
"""

KEY = "k|"
"""What a key entry is filed under."""

LAST = 16_383
"""The last position that a ``tsvector`` knows. What stands behind it is found, but not as part of a phrase."""

ROOM = 1_000_000
"""Bytes of lexemes and positions that a ``tsvector`` takes, nearly. Of longer texts the end is not searched."""


def vector(texts: dict[str, list[str]], *, is_key: bool = False) -> str:
    """The texts of each zone as the text of a ``tsvector``. Lexemes hold neither quotes nor backslashes."""
    places: dict[str, list[str]] = {}
    best: dict[str, str] = {}
    position = 1
    for zone in sorted(texts, key=ZONES.index):
        weight = "A" if zone == "H" else zone
        filing = _filed_often if zone in OFTEN else _filed
        for row in texts[zone]:
            filed, length = filing(row)
            for lexeme, atom in filed:
                place = f"{min(position + atom, LAST)}{weight}"
                if lexeme in best:
                    places[lexeme].append(place)
                else:
                    best[lexeme], places[lexeme] = zone, [place]
            position += length + BETWEEN
    parts, size = [f"'{KEY}'"] if is_key else [], 0
    for lexeme, where in places.items():
        entry = f"'{lexeme}':{','.join(where)}"
        if mark := MARKED.get(best[lexeme]):
            entry += f" '{mark}{lexeme}'"
        size += 2 * len(lexeme.encode()) + 2 * len(where) + 12
        if size > ROOM:
            break
        parts.append(entry)
    return " ".join(parts)


def _filed(text: str) -> tuple[list[tuple[str, int]], int]:
    """What a text is filed under, each lexeme with its atom, and the number of its atoms."""
    words = Words(text)
    return list(words.filed()), len(words)


_filed_often = lru_cache(maxsize=4_000)(_filed)


def texts(entry: EntryPage, document: EntryDocument) -> dict[str, list[str]]:
    """The searchable texts of an entry by zone."""
    people = (row.person for row in entry.entry_people.all() if row.person)
    organisations = (row.organisation for row in entry.entry_organisations.all() if row.organisation)
    commodities = (row.commodity for row in entry.entry_commodities.all() if row.commodity)
    categories = [entry.category] if entry.category else []
    terms = [row.term for row in entry.terms.all()]
    records = chain(people, organisations, commodities, categories, terms)
    others = (name.name for record in records for name in record.names.all())
    names = [
        document["category"]["name"] if document["category"] else "",
        *(person["name"] for person in document["people"]),
        *(title for person in document["people"] for title in person["positions"]),
        *(organisation["name"] for organisation in document["organisations"]),
        *(commodity["name"] for commodity in document["commodities"]),
        *sorted(chain(others, (term.name for term in terms))),
        *(f"HS {code}" for commodity in document["commodities"] for code in commodity["hs_codes"]),
        document["place"],
    ]
    said = [
        document["summary"],
        *(statement["text"] for statement in document["statements"]),
        *(text for figure in document["figures"] for text in of_figure(figure)),
        *(figure["of"] for figure in document["figures"]),
        *(item["question"] for item in document["disagreements"]),
    ]
    statements, disagreements = document["statements"], document["disagreements"]
    citations = [citation for row in chain(statements, document["figures"]) for citation in row["citations"]]
    accounts = [account for item in disagreements for account in item["accounts"]]
    quoted = [
        *(row[name] for row in chain(citations, accounts) for name in ("quotation", "translation")),
        *(account["says"] for account in accounts),
    ]
    sources = [
        text
        for source in document["sources"]
        for text in (source["title"], source["publisher"]["name"] if source["publisher"] else "", source["byline"])
    ] + [note["text"] for note in document["source_notes"]]
    zones = zip(ZONES, ([document["headline"]], names, said, quoted, sources), strict=True)
    return {zone: [text for text in rows if text] for zone, rows in zones}


def of_figure(figure: FigureDocument) -> list[str]:
    """A figure in words, once for each of its values: "General rate 10 percent"."""
    values = [number for number in (figure["value"], figure["low"], figure["high"]) if number] or [""]
    unit = _unit(figure["unit"])
    return [
        " ".join(filter(None, (figure["label"], one, figure["scale"], figure["currency"], unit))) for one in values
    ]


def _unit(unit: str) -> str:
    """The unit of a figure in words; that of money is its currency."""
    return "" if unit == Unit.MONEY else unit.replace("_", " ")
