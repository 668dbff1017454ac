"""Tables whose rows are taken out of the documents of records (``timeline.api.documents``)."""

from collections.abc import Iterable
from typing import Any

from timeline.models.document import PositionDocument

from .table import LIST, Column, Record, Table, by_hand, itself, numbers, of, within, words


def _native(record: Record) -> str:
    return next((one["name"] for one in record["names"] if one["kind"] == "native"), "")


def _others(record: Record) -> Iterable[str]:
    return (one["name"].replace(LIST, ",") for one in record["names"] if one["kind"] not in ("native", "reading"))


_SLUG = of("slug", "Last part of the address.")
_NAME = of("name", "Name.")
_NATIVE = Column("native_name", "Name in its own script.", _native)
_OTHER_NAMES = Column("other_names", "Other names.", _others)
_PAGE = of("page", "Its page.")
_ENTRIES = of("entries", "Entries it stands in.", type="integer")

PEOPLE: Table[Record, Record] = Table(
    "people",
    "People",
    "One row for each person in a published entry.",
    [
        _SLUG,
        _NAME,
        of("family_name", "Family name."),
        of("given_name", "Given name."),
        _NATIVE,
        _OTHER_NAMES,
        of("kind", "Why the person is here: participant, commentator or byline."),
        of("country", "Two-letter code of the country."),
        of("wikidata", "Wikidata item."),
        _ENTRIES,
        _PAGE,
    ],
    itself,
    key=["slug"],
)

POSITIONS: Table[Record, tuple[Record, PositionDocument, int]] = Table(
    "positions",
    "Positions",
    "One row for each position that a person held, from and to as exactly as it is known.",
    [
        Column("person", "Slug of the person.", lambda row: row[0]["slug"]),
        Column("position", "Place in the list of the person, from 1.", lambda row: row[2], "integer"),
        within("title", "Title."),
        Column(
            "organisation", "Organisation.", lambda r: r[1]["organisation"]["name"] if r[1]["organisation"] else ""
        ),
        within("start", "From, in the Extended Date/Time Format; empty when not known."),
        within("end", "Last day, in the Extended Date/Time Format; empty when not known or still held."),
        within("acting", "Held for the time being.", type="boolean"),
        Column(
            "source",
            "Number of the source.",
            lambda r: r[1]["source"]["number"] if r[1]["source"] else None,
            "integer",
        ),
    ],
    lambda person: ((person, one, place) for place, one in enumerate(person["positions"], 1)),
    key=["person", "position"],
    links=[("person", "people", "slug"), ("source", "sources", "number")],
)

ORGANISATIONS: Table[Record, Record] = Table(
    "organisations",
    "Organisations",
    "One row for each organisation that takes part in a published entry or published a source.",
    [
        _SLUG,
        _NAME,
        _NATIVE,
        _OTHER_NAMES,
        of("kind", "What it is: government, company, media …"),
        of("country", "Two-letter code of the country; INT for international."),
        of("wikidata", "Wikidata item."),
        _ENTRIES,
        of("cited", "Entries that cite something it published.", type="integer"),
        _PAGE,
    ],
    itself,
    key=["slug"],
)

COMMODITIES: Table[Record, Record] = Table(
    "commodities",
    "Goods",
    "One row for each of the goods and topics of a published entry, in the order of the tree.",
    [
        _SLUG,
        _NAME,
        of("kind", "goods or topic."),
        of("parent", "Slug of what it is part of."),
        of("depth", "0 at the top of the tree.", type="integer"),
        Column("hs_codes", "Headings of the Harmonized System, as text.", lambda record: record["hs_codes"]),
        _NATIVE,
        _OTHER_NAMES,
        _ENTRIES,
        _PAGE,
    ],
    itself,
    key=["slug"],
    links=[("parent", "commodities", "slug")],
)

CATEGORIES: Table[Record, Record] = Table(
    "categories",
    "Kinds of event",
    "One row for each kind of event.",
    [_SLUG, _NAME, of("description", "What it means."), _ENTRIES, _PAGE],
    itself,
    key=["slug"],
)

SOURCES: Table[Record, Record] = Table(
    "sources",
    "Sources",
    "One row for each source that something public rests on.",
    [
        of("number", "Number everywhere on the site; it never changes.", type="integer"),
        _SLUG,
        of("title", "Title."),
        of("title_is_description", "The title is our description: no headline was visible.", type="boolean"),
        Column("publisher", "Slug of the publisher.", lambda r: r["publisher"]["slug"] if r["publisher"] else ""),
        Column("publisher_name", "Publisher.", lambda r: r["publisher"]["name"] if r["publisher"] else ""),
        of("byline", "Author or agency, as printed."),
        Column(
            "published",
            "When it was published (Extended Date/Time Format).",
            lambda r: r["published"]["edtf"] if r["published"] else "",
        ),
        of("accessed", "Day on which we read it.", type="date"),
        of("language", "Language (BCP 47)."),
        of("kind", "Who stands behind it: primary_government, wire, news …"),
        of("url", "Address of the original."),
        of("archived_url", "Address of an archived copy."),
        of("link", "dead or changed, where the original is."),
        Column(
            "derived_from",
            "Number of the source it rests on.",
            lambda r: r["derived_from"]["number"] if r["derived_from"] else None,
            "integer",
        ),
        _ENTRIES,
        _PAGE,
        of("archived_on", "Day of the archived copy, where its address says it.", type="date"),
    ],
    itself,
    key=["number"],
)

LINES: Table[Record, Record] = Table(
    "lines",
    "Lines of the state",
    "One row for each question of where things stand, in the order of the page of a day; states has the answers.",
    [
        _SLUG,
        _NAME,
        of("question", "What it answers."),
        of("subject", "Lines of one subject stand together."),
        of("series", "Slug of the series with the same number."),
        of("promises", "What is agreed is an answer to it, not only what is in force.", type="boolean"),
        Column("not_known", "What the sources do not say of it.", lambda record: words(record["not_known"])),
        *by_hand(lambda record: record["by_hand"] or {}),
        _PAGE,
    ],
    itself,
    key=["slug"],
)


# Rows below are pairs of a storyline and what stands in it.
_STORYLINE: Column[Any] = Column("storyline", "Slug of the storyline.", lambda row: row[0]["slug"])
_RESTS_ON: Column[Any] = Column(
    "rests_on",
    "What carries the sentence: slug of an entry, #, and the id of a statement, figure or disagreement in it.",
    lambda row: (f"{one['entry']}#{one['id']}" for one in row[1]["rests_on"]),
)
_CARRIED_BY: Column[Any] = Column("sources", "Numbers of the sources of that.", lambda row: numbers(row[1]))

STORYLINES: Table[Record, Record] = Table(
    "storylines",
    "Storylines",
    "One row for each matter that is told through several entries, in the order of the editors.",
    [
        _SLUG,
        _NAME,
        _NATIVE,
        _OTHER_NAMES,
        of("series", "Slug of the series that is drawn with it."),
        Column("lines", "Slugs of the lines that say where it stands.", lambda record: record["lines"]),
        of("entries", "Entries that are steps of it.", type="integer"),
        _PAGE,
    ],
    itself,
    key=["slug"],
)

STEPS: Table[Record, tuple[Record, Record]] = Table(
    "storyline_steps",
    "Steps of storylines",
    "One row for each entry of a storyline, in the order in which it is told.",
    [
        _STORYLINE,
        within("part", "Place in the storyline, from 1.", type="integer"),
        Column("entry_uid", "The entry.", lambda row: row[1]["entry"]["uid"]),
        within("text", "What leads to it from the steps before; may be empty."),
        _RESTS_ON,
        _CARRIED_BY,
    ],
    lambda storyline: ((storyline, step) for step in storyline["steps"]),
    key=["storyline", "part"],
    links=[("storyline", "storylines", "slug"), ("entry_uid", "entries", "uid")],
)

SENTENCES: Table[Record, tuple[Record, Record, str, int]] = Table(
    "storyline_sentences",
    "Sentences of storylines",
    "One row for each sentence of a summary, and for each question that the sources leave open.",
    [
        _STORYLINE,
        Column("id", "Identity within the storyline; survives rewording.", lambda row: row[1]["id"]),
        Column("kind", "summary or open_question.", lambda row: row[2]),
        Column("position", "Place among those of its kind, from 1.", lambda row: row[3], "integer"),
        within("text", "The sentence."),
        _RESTS_ON,
        _CARRIED_BY,
    ],
    lambda storyline: (
        (storyline, one, kind, place)
        for kind, sentences in (("summary", storyline["summary"]), ("open_question", storyline["open_questions"]))
        for place, one in enumerate(sentences, 1)
    ),
    key=["storyline", "kind", "id"],
    links=[("storyline", "storylines", "slug")],
)
