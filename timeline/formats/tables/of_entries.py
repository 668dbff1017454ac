"""Tables whose rows are taken out of the public documents of entries."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from timeline.models.document import (
    AccountDocument,
    AttachmentDocument,
    ChangeDocument,
    CitationDocument,
    DisagreementDocument,
    EntryDocument,
    FigureDocument,
    NamedDocument,
    PersonDocument,
    StatementDocument,
)
from timeline.public import standing
from timeline.public.site import absolute
from timeline.public.standing import StateDocument
from timeline.public.wording import happened

from .table import LIST, Column, Table, itself, of, slugs, within


def _names(records: Iterable[NamedDocument]) -> Iterable[str]:
    return (one["name"].replace(LIST, ",") for one in records)


ENTRIES: Table[EntryDocument, EntryDocument] = Table(
    "entries",
    "Entries",
    "One row for each entry: what happened and when. Lists are joined by semicolons.",
    [
        Column("uid", "Permanent identity of the entry (UUID).", lambda entry: entry["uid"]),
        of("slug", "Last part of its address; may change."),
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
        of("headline", "Headline."),
        of("summary", "Summary, in our own words."),
        Column("category", "Slug of the kind of event.", lambda e: e["category"]["slug"] if e["category"] else ""),
        Column("category_name", "Kind of event.", lambda e: e["category"]["name"] if e["category"] else ""),
        of("weight", "How much room it takes in the list: key, normal or short."),
        of("planned", "It has been announced and has not happened yet.", type="boolean"),
        of("place", "Where it happened."),
        of("time_zone", "Time zone of the place (IANA)."),
        of("language", "Language of the entry (BCP 47)."),
        Column("people", "Slugs of the people.", lambda entry: slugs(entry["people"])),
        Column("people_names", "Their names.", lambda entry: _names(entry["people"])),
        Column(
            "organisations", "Slugs of the organisations that take part.", lambda entry: slugs(entry["organisations"])
        ),
        Column("organisation_names", "Their names.", lambda entry: _names(entry["organisations"])),
        Column("commodities", "Slugs of goods and topics.", lambda entry: slugs(entry["commodities"])),
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
        of("one_source", "Everything rests on one report in the end.", type="boolean"),
        of("version", "Counts its publications from 1.", type="integer"),
        of("published", "When readers first saw it here.", type="datetime"),
        of("updated", "The last update or correction.", type="datetime"),
        of("modified", "The last change of any kind.", type="datetime"),
        Column("date_text", "When it happened, in words.", lambda entry: happened(entry["date"])),
        Column(
            "date_extent",
            "Of a date of several days: lasted, from the first to the last, or between, at some time in them. "
            "Empty where that is not said, and for a date of one day or with an open end.",
            lambda entry: entry["date"]["extent"],
        ),
    ],
    itself,
    key=["uid"],
    links=[("category", "categories", "slug")],
)


# -- what stands in an entry --------------------------------------------------------------

# Rows below are pairs of an entry and what stands in it.
_UID: Column[tuple[EntryDocument, *tuple[Any, ...]]] = Column("entry_uid", "The entry.", lambda row: row[0]["uid"])


STATEMENTS: Table[EntryDocument, tuple[EntryDocument, StatementDocument, int]] = Table(
    "statements",
    "Statements",
    "One row for each sentence of an entry. Its sources are in citations.",
    [
        _UID,
        Column("statement_id", "Identity within the entry; survives rewording.", lambda row: row[1]["id"]),
        Column("position", "Place in the entry, from 1.", lambda row: row[2], "integer"),
        within("text", "The sentence."),
        within("nature", "What kind of sentence: reported, claim, forecast, commentary or context."),
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
        within("quotation", "The exact words of the source, where they are quoted."),
        within("language", "Language of the quotation (BCP 47)."),
        within("locator", "Where in the source."),
        within("translation", "Our translation of a quotation in another language."),
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
        within("label", "What the number is."),
        within("value", "The number; empty when only a range is stated.", type="number"),
        within("low", "Lower end of a range.", type="number"),
        within("high", "Upper end of a range.", type="number"),
        within("qualifier", "How exactly it is stated: about, over, at_least, up_to, under, almost."),
        within("unit", "What is counted; money also has a currency."),
        within("currency", "ISO 4217."),
        within("scale", "The power of a thousand in which the number stands."),
        within("per", "Of what it is a rate, such as year."),
        within("of", "What is counted, in words."),
        within("period", "When it holds, in the Extended Date/Time Format."),
        within("period_note", "When it holds, in words."),
        within("status", "How far it has come: reported, announced, agreed, in_force …"),
        within("basis", "What a rate is made of: base, additional or total."),
        within("series", "Slug of the series it belongs to."),
        within("note", "A note for readers."),
        Column("sources", "Numbers of its sources.", lambda row: (str(one["number"]) for one in row[1]["citations"])),
        within("line", "Slug of the line of the state that it answers."),
    ],
    lambda entry: ((entry, one) for one in entry["figures"]),
    key=["entry_uid", "figure_id"],
    links=[("entry_uid", "entries", "uid"), ("line", "lines", "slug")],
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

ATTACHMENTS: Table[EntryDocument, tuple[EntryDocument, AttachmentDocument]] = Table(
    "attachments",
    "Pictures and documents",
    "One row for each picture and each document that an entry shows. The files are not in the dataset.",
    [
        _UID,
        Column("attachment_id", "Identity of the attachment within the entry.", lambda row: row[1]["id"]),
        within("kind", "picture or document."),
        Column("url", "The file, while the entry is public.", lambda row: absolute(row[1]["url"])),
        within("media_type", "What kind of file it is (RFC 6838)."),
        within("size", "Bytes of the file.", type="integer"),
        Column("width", "Pixels; empty of a document.", lambda row: row[1]["width"] or None, "integer"),
        Column("height", "Pixels; empty of a document.", lambda row: row[1]["height"] or None, "integer"),
        within("caption", "What stands below it, or its title."),
        within("alt", "What the picture shows, for whoever does not see it."),
        within("credit", "Who made it."),
        within("licence", "By what right it stands here; ours does not cover it."),
        Column("source", "Number of the source it was taken from.", lambda row: row[1]["number"], "integer"),
        within("is_main", "It stands for the entry.", type="boolean"),
    ],
    lambda entry: ((entry, one) for one in entry["attachments"]),
    key=["entry_uid", "attachment_id"],
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
        within("role", "What the person did: negotiator, signatory, speaker, host, decision_maker, mentioned."),
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
        within("version", "The version it made.", type="integer"),
        within("kind", "update or correction."),
        within("date", "When.", type="datetime"),
        within("note", "What is new."),
        within("correction", "Number of the correction within the entry.", type="integer"),
        within("wrong", "What readers could read before."),
        within("right", "What the entry says now."),
    ],
    lambda entry: ((entry, one) for one in entry["changes"]),
    key=["entry_uid", "version"],
    links=[("entry_uid", "entries", "uid")],
)

STATES: Table[EntryDocument, tuple[EntryDocument, StateDocument, int]] = Table(
    "states",
    "Answers to lines of the state",
    "One row for each stretch of time of which an entry says how a line of the state stood. What held on a day are "
    "the rows in force whose since and until enclose it; what was ordered later is known from known_from.",
    [
        _UID,
        Column("position", "Place among the answers of the entry, from 1.", lambda row: row[2], "integer"),
        within("line", "Slug of the line."),
        within("standing", "in_force, announced, agreed, proposed, suspended, struck_down or expired."),
        within("since", "First day; empty when open.", type="date"),
        within("until", "Last day; empty when open.", type="date"),
        Column("period", "The same, as exactly as it is known (EDTF).", lambda row: row[1]["edtf"]),
        Column(
            "end_not_recorded",
            "It held on the first day, and the sources do not say how long: after that day it is last recorded, until "
            "another row in force of the same line takes its place.",
            lambda row: row[1]["unended"],
            "boolean",
        ),
        within("known_from", "Day of an order with effect back in time.", type="date"),
        within("takes_effect", "Day for which it is announced.", type="date"),
        Column("value", "The number as it is said, such as 27.5%.", lambda row: standing.value(row[1])),
        Column(
            "basis",
            "What the number is made of: base, additional or total.",
            lambda row: row[1]["figure"]["basis"] if row[1]["figure"] else "",
        ),
        Column("says", "What holds, in words.", lambda row: standing.said(row[1])),
        Column(
            "figure_id",
            "Identity within the entry of the figure that has the number.",
            lambda row: row[1]["figure"]["id"] if row[1]["figure"] else "",
        ),
        within("note", "A note for readers."),
        Column("sources_disagree", "Sources contradict each other on it.", lambda row: row[1]["differs"], "boolean"),
        Column("sources", "Numbers of its sources.", lambda row: (str(one["number"]) for one in row[1]["sources"])),
    ],
    lambda entry: ((entry, one, place) for place, one in enumerate(standing.states_of(entry), 1)),
    key=["entry_uid", "position"],
    links=[("entry_uid", "entries", "uid"), ("line", "lines", "slug")],
)

OF_ENTRIES: list[Table[EntryDocument, Any]] = [
    ENTRIES,
    STATEMENTS,
    CITATIONS,
    FIGURES,
    ACCOUNTS,
    ATTACHMENTS,
    PARTICIPANTS,
    CHANGES,
    STATES,
]
"""Tables whose rows are taken out of the public documents of entries."""
