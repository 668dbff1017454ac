"""What of an entry is searched, by zone, and the vector that PostgreSQL keeps of it.

H  headline and the names of what it names, which the database knows as part of A
A  other names of people, organisations, commodities, the category and linked terms, HS codes, place
B  summary, statements, figures, names of people who are only mentioned
C  quotations, and what sources say where they contradict each other
D  titles of sources, their publishers and bylines, notes on them
"""

from collections.abc import Iterable
from functools import lru_cache
from itertools import accumulate, chain
from typing import Any

from django.db.models import Model
from django.utils import translation

from timeline.choices import EventRole, Unit
from timeline.models import Category, Commodity, EntryPage, Organisation, Person, Term
from timeline.models.document import EntryDocument, FigureDocument, PersonDocument
from timeline.models.querysets import VECTORS
from timeline.public.wording import figure_value
from timeline.text.words import Words, cut, is_japanese

ZONES = "HABCD"

OFTEN = "AD"
"""Zones of names and titles: the same ones in many entries."""

BETWEEN = 16
"""Positions left between two texts, so that no phrase reaches from one into the next."""

MARKED = {"H": "h|", "A": "a|", "C": "c|", "D": "d|"}
"""What a lexeme is filed under as well, without a position, by the first of the zones that it stands in.

An index knows no zones, and most of what stands anywhere stands in B: so that is what has no mark (DECISIONS 136).
"""

LAST = 16_383
"""The last position that a ``tsvector`` knows. What stands behind it is found, but not as part of a phrase."""

ROOM = 1_000_000
"""Bytes of lexemes and positions that a ``tsvector`` takes, nearly. Of longer texts the end is not searched."""

_Named = Person | Organisation | Commodity | Category | Term


def vector(texts: dict[str, list[str]]) -> str:
    """The texts of each zone as the text of a ``tsvector``. Lexemes hold neither quotes nor backslashes."""
    places: dict[str, str] = {}
    marks: dict[str, str] = {}
    position = 1
    for zone in sorted(texts, key=ZONES.index):
        weight, mark = "A" if zone == "H" else zone, MARKED.get(zone)
        filing = _filed_often if zone in OFTEN else _filed
        for row in texts[zone]:
            filed, length = filing(row)
            is_long = position + length > LAST
            for lexeme, atom in filed:  # some 200 of an entry: no more of it than must be
                at = position + atom
                if is_long:
                    at = min(at, LAST)
                if (where := places.get(lexeme)) is not None:
                    places[lexeme] = f"{where},{at}{weight}"
                else:
                    places[lexeme] = f"{at}{weight}"
                    if mark:
                        marks[lexeme] = f" '{mark}{lexeme}'"
            position += length + BETWEEN
    parts = [f"'{lexeme}':{where}{marks.get(lexeme, '')}" for lexeme, where in places.items()]
    return " ".join(parts if 8 * sum(map(len, parts)) < ROOM else parts[: _fitting(places)])


def _fitting(places: dict[str, str]) -> int:
    """How many of the lexemes there is room for, from the first on."""
    sizes = (2 * len(lexeme.encode()) + 2 * (where.count(",") + 1) + 12 for lexeme, where in places.items())
    return sum(size <= ROOM for size in accumulate(sizes))


def _filed(text: str) -> tuple[list[tuple[str, int]], int]:
    """What a text is filed under, each lexeme with its atom, and the number of its atoms."""
    words = cut(text)
    return list(words.filed()), len(words)


_filed_often = lru_cache(maxsize=4_000)(_filed)


def texts(entry: EntryPage, document: EntryDocument) -> dict[str, list[str]]:
    """The searchable texts of an entry by zone."""
    people = [(row.person, row.role) for row in entry.entry_people.all() if row.person]
    organisations = (row.organisation for row in entry.entry_organisations.all() if row.organisation)
    commodities = (row.commodity for row in entry.entry_commodities.all() if row.commodity)
    categories = [entry.category] if entry.category else []
    terms = [row.term for row in entry.terms.all()]
    taking_part = (person for person, role in people if role != EventRole.MENTIONED)
    records = chain(taking_part, organisations, commodities, categories, terms)
    mentioned = (person for person, role in people if role == EventRole.MENTIONED)
    shown = _names_shown(document)
    in_headline, others = _parted(document["headline"], records, shown)
    also_in_headline, only_mentioned = _parted(document["headline"], mentioned, shown)
    names = [
        *others,
        *(title for person in document["people"] if _takes_part(person) for title in person["positions"]),
        *(f"HS {code}" for commodity in document["commodities"] for code in commodity["hs_codes"]),
        document["place"],
    ]
    said = [
        document["summary"],
        *only_mentioned,
        *(title for person in document["people"] if not _takes_part(person) for title in person["positions"]),
        *(statement["text"] for statement in document["statements"]),
        *(text for figure in document["figures"] for text in of_figure(figure, document["language"])),
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
    sources += [row[name] for row in document["attachments"] for name in ("caption", "alt", "credit")]
    headline = [document["headline"], *in_headline, *also_in_headline]
    zones = zip(ZONES, (headline, names, said, quoted, sources), strict=True)
    return {zone: [text for text in rows if text] for zone, rows in zones}


def _takes_part(person: PersonDocument) -> bool:
    return person["role"] != EventRole.MENTIONED


def _names_shown(document: EntryDocument) -> dict[tuple[type[Model], str], str]:
    """What records are called in a document, which may be in another language, by model and slug."""
    category = document["category"]
    rows: tuple[tuple[type[Model], Iterable[Any]], ...] = (
        (Person, document["people"]),
        (Organisation, document["organisations"]),
        (Commodity, document["commodities"]),
        (Category, [category] if category else []),
    )
    return {(model, row["slug"]): row["name"] for model, found in rows for row in found}


def _parted(headline: str, records: Iterable[_Named], shown: dict[tuple[type[Model], str], str]) -> list[list[str]]:
    """The names of records that a headline calls by one of them, or a person by the family name; those of others."""
    said = tuple(filter(None, _lexemes(headline)))
    first = {*said, *(word[0] for word in said if is_japanese(word))}
    named: list[str] = []
    others: list[str] = []
    for record in records:
        names = [record.name, *sorted(name.name for name in record.names.all())]
        name = shown.get((type(record), record.slug), record.name)
        names += [name] if name not in names else []
        family = [record.family_name] if isinstance(record, Person) else []
        calls = (tuple(filter(None, _lexemes(name))) for name in [*names, *family])
        # Hardly a name begins with a word of the headline: no more of them is compared than must be.
        is_said = any(call and call[0] in first and _says(said, call) for call in calls)
        (named if is_said else others).extend(names)
    return [named, others]


@lru_cache(maxsize=4_000)
def _lexemes(text: str) -> tuple[str, ...]:
    return tuple(Words(text).lexemes)


def _says(said: tuple[str, ...], name: tuple[str, ...]) -> bool:
    """Whether words say a name. The last character of a Japanese one is the first of a pair where the text goes on."""
    return any(
        all(
            word == one or (len(one) == 1 and is_japanese(one) and word.startswith(one))
            for word, one in zip(said[at:], name, strict=False)
        )
        for at in range(len(said) - len(name) + 1)
    )


def of_figure(figure: FigureDocument, language: str) -> list[str]:
    """A figure in words, once for each of its values: "General rate 10 percent"; in another as it is shown."""
    if language in VECTORS:
        with translation.override(language):
            return [f"{figure['label']} {figure_value(figure)}".strip()]
    values = [number for number in (figure["value"], figure["low"], figure["high"]) if number] or [""]
    unit = _unit(figure["unit"])
    return [
        " ".join(filter(None, (figure["label"], one, figure["scale"], figure["currency"], unit))) for one in values
    ]


def _unit(unit: str) -> str:
    """The unit of a figure in words; that of money is its currency."""
    return "" if unit == Unit.MONEY else unit.replace("_", " ")
