"""Tables of what is public: each column with its name, its meaning and where its value comes from.

The one place for columns. The dataset, the tables of a question and the data dictionary are
made from it. A table takes rows out of plain data (``Table.rows_of``), never a model.
New columns go to the end, so that programs that count columns go on.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from timeline.models.document import (
    AccountDocument,
    ChangeDocument,
    CitationDocument,
    DisagreementDocument,
    EntryDocument,
    FigureDocument,
    NamedDocument,
    PersonDocument,
    PositionDocument,
    StatementDocument,
)
from timeline.public.site import absolute
from timeline.public.wording import happened

LIST = ";"
"""Stands between the values of a cell that has several; none of ours holds it."""

Record = dict[str, Any]
"""A record as ``timeline.api.documents`` describes it."""

Value = str | int | bool | Iterable[str] | None


@dataclass(frozen=True)
class Column[Row]:
    """A column. ``type`` is that of Frictionless Data (Table Schema): string, integer, number, boolean, date …"""

    name: str
    description: str
    value: Callable[[Row], Value]
    type: str = "string"

    def cell(self, row: Row) -> str:
        """The value as it stands in a file. What is not known is empty, which is not 0."""
        value = self.value(row)
        if value is None:
            return ""
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, str | int):
            return str(value)
        return LIST.join(value)


@dataclass(frozen=True)
class Table[Document, Row]:
    """A table. ``rows_of`` takes the rows out of a document: of an entry, or of a record.

    ``key`` are the columns that together name a row; ``links`` says what other columns point
    to: ``{column: (table, column)}``.
    """

    name: str
    title: str
    description: str
    columns: Sequence[Column[Row]]
    rows_of: Callable[[Document], Iterable[Row]]
    key: Sequence[str] = ()
    links: Sequence[tuple[str, str, str]] = ()

    @property
    def header(self) -> list[str]:
        """The names of the columns."""
        return [column.name for column in self.columns]

    def cells(self, document: Document) -> Iterator[list[str]]:
        """The rows of a document as they stand in a file."""
        for row in self.rows_of(document):
            yield [column.cell(row) for column in self.columns]


def _itself[Document](document: Document) -> Iterable[Document]:
    return [document]


def _of(name: str, description: str, *, type: str = "string") -> Column[Any]:  # noqa: A002 - Table Schema's word
    """A column with the value of the same name."""
    return Column(name, description, lambda row: row[name], type)


# -- entries ------------------------------------------------------------------------------


def _slugs(records: Iterable[NamedDocument]) -> Iterable[str]:
    return (one["slug"] for one in records)


def _names(records: Iterable[NamedDocument]) -> Iterable[str]:
    return (one["name"].replace(LIST, ",") for one in records)


ENTRIES: Table[EntryDocument, EntryDocument] = Table(
    "entries",
    "Entries",
    "One row for each entry: what happened and when. Lists are joined by semicolons.",
    [
        Column("uid", "Permanent identity of the entry (UUID).", lambda entry: entry["uid"]),
        _of("slug", "Last part of its address; may change."),
        Column("url", "Its page.", lambda entry: absolute(entry["url"]), "string"),
        Column("date", "When it happened, in the Extended Date/Time Format.", lambda entry: entry["date"]["edtf"]),
        Column("date_start", "First day it may be; empty when open.", lambda entry: entry["date"]["start"], "date"),
        Column(
            "date_end", "Last day it may be, inclusive; empty when open.", lambda entry: entry["date"]["end"], "date"
        ),
        Column(
            "date_precision",
            "How much is known: day, month, season, quarter, half (of a year), year, interval or open.",
            lambda entry: entry["date"]["precision"],
        ),
        Column("date_approximate", "It is an estimate.", lambda entry: entry["date"]["approximate"], "boolean"),
        Column("date_uncertain", "The sources leave doubt.", lambda entry: entry["date"]["uncertain"], "boolean"),
        Column("date_basis", "How the date is known: stated, derived or other_source.", lambda e: e["date"]["basis"]),
        Column("date_note", "One sentence on how the date is known.", lambda entry: entry["date"]["note"]),
        _of("headline", "Headline."),
        _of("summary", "Summary, in our own words."),
        Column("category", "Slug of the kind of event.", lambda e: e["category"]["slug"] if e["category"] else ""),
        Column("category_name", "Kind of event.", lambda e: e["category"]["name"] if e["category"] else ""),
        _of("weight", "How much room it takes in the list: key, normal or short."),
        _of("planned", "It has been announced and has not happened yet.", type="boolean"),
        _of("place", "Where it happened."),
        _of("time_zone", "Time zone of the place (IANA)."),
        _of("language", "Language of the entry (BCP 47)."),
        Column("people", "Slugs of the people.", lambda entry: _slugs(entry["people"])),
        Column("people_names", "Their names.", lambda entry: _names(entry["people"])),
        Column(
            "organisations", "Slugs of the organisations that take part.", lambda entry: _slugs(entry["organisations"])
        ),
        Column("organisation_names", "Their names.", lambda entry: _names(entry["organisations"])),
        Column("commodities", "Slugs of goods and topics.", lambda entry: _slugs(entry["commodities"])),
        Column("commodity_names", "Their names.", lambda entry: _names(entry["commodities"])),
        Column(
            "hs_codes",
            "Headings of the Harmonized System of its goods, as text.",
            lambda entry: dict.fromkeys(code for one in entry["commodities"] for code in one["hs_codes"]),
        ),
        Column("sources", "Numbers of its sources.", lambda entry: (str(one["number"]) for one in entry["sources"])),
        Column("statements", "Number of its statements.", lambda entry: len(entry["statements"]), "integer"),
        Column("figures", "Number of its figures.", lambda entry: len(entry["figures"]), "integer"),
        Column(
            "disagreements",
            "Number of questions on which sources disagree.",
            lambda e: len(e["disagreements"]),
            "integer",
        ),
        _of("one_source", "Everything rests on one report in the end.", type="boolean"),
        _of("version", "Counts its publications from 1.", type="integer"),
        _of("published", "When readers first saw it here.", type="datetime"),
        _of("updated", "The last update or correction.", type="datetime"),
        _of("modified", "The last change of any kind.", type="datetime"),
        Column("date_text", "When it happened, in words.", lambda entry: happened(entry["date"])),
        Column(
            "date_extent",
            "Of a date of several days: lasted, from the first to the last, or between, at some time in them. "
            "Empty where that is not said, and for a date of one day or with an open end.",
            lambda entry: entry["date"]["extent"],
        ),
    ],
    _itself,
    key=["uid"],
    links=[("category", "categories", "slug")],
)


# -- what stands in an entry --------------------------------------------------------------

# Rows below are pairs of an entry and what stands in it.
_UID: Column[tuple[EntryDocument, *tuple[Any, ...]]] = Column("entry_uid", "The entry.", lambda row: row[0]["uid"])


def _in(name: str, description: str, *, type: str = "string") -> Column[Any]:  # noqa: A002
    """A column with the value of the same name, of what stands in the entry."""
    return Column(name, description, lambda row: row[1][name], type)


STATEMENTS: Table[EntryDocument, tuple[EntryDocument, StatementDocument, int]] = Table(
    "statements",
    "Statements",
    "One row for each sentence of an entry. Its sources are in citations.",
    [
        _UID,
        Column("statement_id", "Identity within the entry; survives rewording.", lambda row: row[1]["id"]),
        Column("position", "Place in the entry, from 1.", lambda row: row[2], "integer"),
        _in("text", "The sentence."),
        _in("nature", "What kind of sentence: reported, claim, forecast, commentary or context."),
    ],
    lambda entry: ((entry, one, place) for place, one in enumerate(entry["statements"], 1)),
    key=["entry_uid", "statement_id"],
    links=[("entry_uid", "entries", "uid")],
)


class _Cited(NamedTuple):
    """A citation, and what it carries: a statement, a figure or an account, with its id and its place among them."""

    entry: EntryDocument
    citation: CitationDocument
    carries: str
    id: str
    place: int


def _citations(entry: EntryDocument) -> Iterator[_Cited]:
    for statement in entry["statements"]:
        for place, citation in enumerate(statement["citations"], 1):
            yield _Cited(entry, citation, "statement", statement["id"], place)
    for figure in entry["figures"]:
        for place, citation in enumerate(figure["citations"], 1):
            yield _Cited(entry, citation, "figure", figure["id"], place)
    for item in entry["disagreements"]:
        for place, account in enumerate(item["accounts"], 1):
            yield _Cited(entry, account, "account", item["id"], place)


CITATIONS: Table[EntryDocument, _Cited] = Table(
    "citations",
    "Citations",
    "One row for each time a source carries something: a statement, a figure, or an account where sources disagree.",
    [
        _UID,
        Column("carries", "What it carries: statement, figure or account.", lambda row: row.carries),
        Column(
            "id", "Identity of the statement, the figure or the disagreement within the entry.", lambda row: row.id
        ),
        Column("position", "Place among the citations of the same, from 1.", lambda row: row.place, "integer"),
        Column("source", "Number of the source.", lambda row: row.citation["number"], "integer"),
        _in("quotation", "The exact words of the source, where they are quoted."),
        _in("language", "Language of the quotation (BCP 47)."),
        _in("locator", "Where in the source."),
        _in("translation", "Our translation of a quotation in another language."),
    ],
    _citations,
    key=["entry_uid", "carries", "id", "position"],
    links=[("entry_uid", "entries", "uid"), ("source", "sources", "number")],
)

FIGURES: Table[EntryDocument, tuple[EntryDocument, FigureDocument]] = Table(
    "figures",
    "Figures",
    "One row for each number. `value` is in units of `scale`: 550, money, USD, billion.",
    [
        _UID,
        Column("figure_id", "Identity within the entry.", lambda row: row[1]["id"]),
        _in("label", "What the number is."),
        _in("value", "The number; empty when only a range is stated.", type="number"),
        _in("low", "Lower end of a range.", type="number"),
        _in("high", "Upper end of a range.", type="number"),
        _in("qualifier", "How exactly it is stated: about, over, at_least, up_to, under, almost."),
        _in("unit", "What is counted; money also has a currency."),
        _in("currency", "ISO 4217."),
        _in("scale", "The power of a thousand in which the number stands."),
        _in("per", "Of what it is a rate, such as year."),
        _in("of", "What is counted, in words."),
        _in("period", "When it holds, in the Extended Date/Time Format."),
        _in("period_note", "When it holds, in words."),
        _in("status", "How far it has come: reported, announced, agreed, in_force …"),
        _in("basis", "What a rate is made of: base, additional or total."),
        _in("series", "Slug of the series it belongs to."),
        _in("note", "A note for readers."),
        Column("sources", "Numbers of its sources.", lambda row: (str(one["number"]) for one in row[1]["citations"])),
        _in("line", "Slug of the line of the state that it answers."),
    ],
    lambda entry: ((entry, one) for one in entry["figures"]),
    key=["entry_uid", "figure_id"],
    links=[("entry_uid", "entries", "uid")],
)

ACCOUNTS: Table[EntryDocument, tuple[EntryDocument, DisagreementDocument, AccountDocument, int]] = Table(
    "accounts",
    "Answers of sources that disagree",
    "One row for each thing that a source says where sources contradict each other.",
    [
        _UID,
        Column("disagreement_id", "Identity of the disagreement within the entry.", lambda row: row[1]["id"]),
        Column("question", "On what they differ.", lambda row: row[1]["question"]),
        Column("position", "Place among the accounts, from 1.", lambda row: row[3], "integer"),
        Column("says", "What this source says.", lambda row: row[2]["says"]),
        Column("source", "Number of the source.", lambda row: row[2]["number"], "integer"),
        Column("preferred", "We prefer this account.", lambda row: row[2]["preferred"], "boolean"),
        Column("reason", "Why.", lambda row: row[1]["reason"] if row[2]["preferred"] else ""),
        Column("side", "Whose position it is, such as a government's.", lambda row: row[2]["side"]),
    ],
    lambda entry: (
        (entry, item, account, place)
        for item in entry["disagreements"]
        for place, account in enumerate(item["accounts"], 1)
    ),
    key=["entry_uid", "disagreement_id", "position"],
    links=[("entry_uid", "entries", "uid"), ("source", "sources", "number")],
)

PARTICIPANTS: Table[EntryDocument, tuple[EntryDocument, PersonDocument]] = Table(
    "participants",
    "People in entries",
    "One row for each person in an entry, with the positions held that day.",
    [
        _UID,
        Column("person", "Slug of the person.", lambda row: row[1]["slug"]),
        Column("name", "Name.", lambda row: row[1]["name"]),
        _in("role", "What the person did: negotiator, signatory, speaker, host, decision_maker, mentioned."),
        Column("positions", "Positions held on the day of the entry, not today's.", lambda row: row[1]["positions"]),
    ],
    lambda entry: ((entry, one) for one in entry["people"]),
    key=["entry_uid", "person"],
    links=[("entry_uid", "entries", "uid"), ("person", "people", "slug")],
)

CHANGES: Table[EntryDocument, tuple[EntryDocument, ChangeDocument]] = Table(
    "changes",
    "Updates and corrections",
    "One row for each update and correction of an entry, as readers were told of it.",
    [
        _UID,
        _in("version", "The version it made.", type="integer"),
        _in("kind", "update or correction."),
        _in("date", "When.", type="datetime"),
        _in("note", "What is new."),
        _in("correction", "Number of the correction within the entry.", type="integer"),
        _in("wrong", "What readers could read before."),
        _in("right", "What the entry says now."),
    ],
    lambda entry: ((entry, one) for one in entry["changes"]),
    key=["entry_uid", "version"],
    links=[("entry_uid", "entries", "uid")],
)

OF_ENTRIES: list[Table[EntryDocument, Any]] = [
    ENTRIES,
    STATEMENTS,
    CITATIONS,
    FIGURES,
    ACCOUNTS,
    PARTICIPANTS,
    CHANGES,
]
"""Tables whose rows are taken out of the public documents of entries."""


# -- records ------------------------------------------------------------------------------


def _native(record: Record) -> str:
    return next((one["name"] for one in record["names"] if one["kind"] == "native"), "")


def _others(record: Record) -> Iterable[str]:
    return (one["name"].replace(LIST, ",") for one in record["names"] if one["kind"] not in ("native", "reading"))


_SLUG = _of("slug", "Last part of the address.")
_NAME = _of("name", "Name.")
_NATIVE = Column("native_name", "Name in its own script.", _native)
_OTHER_NAMES = Column("other_names", "Other names.", _others)
_PAGE = _of("page", "Its page.")
_ENTRIES = _of("entries", "Entries it stands in.", type="integer")

PEOPLE: Table[Record, Record] = Table(
    "people",
    "People",
    "One row for each person in a published entry.",
    [
        _SLUG,
        _NAME,
        _of("family_name", "Family name."),
        _of("given_name", "Given name."),
        _NATIVE,
        _OTHER_NAMES,
        _of("kind", "Why the person is here: participant, commentator or byline."),
        _of("country", "Two-letter code of the country."),
        _of("wikidata", "Wikidata item."),
        _ENTRIES,
        _PAGE,
    ],
    _itself,
    key=["slug"],
)

POSITIONS: Table[Record, tuple[Record, PositionDocument, int]] = Table(
    "positions",
    "Positions",
    "One row for each position that a person held, from and to as exactly as it is known.",
    [
        Column("person", "Slug of the person.", lambda row: row[0]["slug"]),
        Column("position", "Place in the list of the person, from 1.", lambda row: row[2], "integer"),
        _in("title", "Title."),
        Column(
            "organisation", "Organisation.", lambda r: r[1]["organisation"]["name"] if r[1]["organisation"] else ""
        ),
        _in("start", "From, in the Extended Date/Time Format; empty when not known."),
        _in("end", "Last day, in the Extended Date/Time Format; empty when not known or still held."),
        _in("acting", "Held for the time being.", type="boolean"),
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
        _of("kind", "What it is: government, company, media …"),
        _of("country", "Two-letter code of the country; INT for international."),
        _of("wikidata", "Wikidata item."),
        _ENTRIES,
        _of("cited", "Entries that cite something it published.", type="integer"),
        _PAGE,
    ],
    _itself,
    key=["slug"],
)

COMMODITIES: Table[Record, Record] = Table(
    "commodities",
    "Goods",
    "One row for each of the goods and topics of a published entry, in the order of the tree.",
    [
        _SLUG,
        _NAME,
        _of("kind", "goods or topic."),
        _of("parent", "Slug of what it is part of."),
        _of("depth", "0 at the top of the tree.", type="integer"),
        Column("hs_codes", "Headings of the Harmonized System, as text.", lambda record: record["hs_codes"]),
        _NATIVE,
        _OTHER_NAMES,
        _ENTRIES,
        _PAGE,
    ],
    _itself,
    key=["slug"],
    links=[("parent", "commodities", "slug")],
)

CATEGORIES: Table[Record, Record] = Table(
    "categories",
    "Kinds of event",
    "One row for each kind of event.",
    [_SLUG, _NAME, _of("description", "What it means."), _ENTRIES, _PAGE],
    _itself,
    key=["slug"],
)

SOURCES: Table[Record, Record] = Table(
    "sources",
    "Sources",
    "One row for each source that something public rests on.",
    [
        _of("number", "Number everywhere on the site; it never changes.", type="integer"),
        _SLUG,
        _of("title", "Title."),
        _of("title_is_description", "The title is our description: no headline was visible.", type="boolean"),
        Column("publisher", "Slug of the publisher.", lambda r: r["publisher"]["slug"] if r["publisher"] else ""),
        Column("publisher_name", "Publisher.", lambda r: r["publisher"]["name"] if r["publisher"] else ""),
        _of("byline", "Author or agency, as printed."),
        Column(
            "published",
            "When it was published (Extended Date/Time Format).",
            lambda r: r["published"]["edtf"] if r["published"] else "",
        ),
        _of("accessed", "Day on which we read it.", type="date"),
        _of("language", "Language (BCP 47)."),
        _of("kind", "Who stands behind it: primary_government, wire, news …"),
        _of("url", "Address of the original."),
        _of("archived_url", "Address of an archived copy."),
        _of("link", "dead or changed, where the original is."),
        Column(
            "derived_from",
            "Number of the source it rests on.",
            lambda r: r["derived_from"]["number"] if r["derived_from"] else None,
            "integer",
        ),
        _ENTRIES,
        _PAGE,
        _of("archived_on", "Day of the archived copy, where its address says it.", type="date"),
    ],
    _itself,
    key=["number"],
)

OF_RECORDS: list[Table[Record, Any]] = [PEOPLE, POSITIONS, ORGANISATIONS, COMMODITIES, CATEGORIES, SOURCES]
"""Tables whose rows are taken out of the documents of records (``timeline.api.documents``)."""

TABLES: list[Table] = [*OF_ENTRIES, *OF_RECORDS]
