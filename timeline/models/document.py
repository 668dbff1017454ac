"""The public document of an entry, key by key: what is built, what the tables keep, and what every surface reads.

``timeline.public.document`` builds it and ``formats.entry_schema`` describes it to others. The
types are here because two tables keep it: the published entries that of now, the versions
those of then, which may have been made by older code. Whoever changes a key, a type, what a key
says, how text is searched, or what stands for it in other languages, counts :data:`VERSION` up;
until the published rows are built anew, and for good in versions, :func:`complete` gives a
document what it lacks.
"""

from collections.abc import Mapping
from functools import cache
from types import NoneType
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    NamedTuple,
    TypedDict,
    cast,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

from django.db import models
from django.db.models.fields.json import KeyTransform

from timeline.choices import Change, DateBasis, FigureStatus, MeasureDateKind, Nature, SourceKind, Weight

VERSION = 13
"""Of the document that this code builds, and of the words that it is found by; ``tests/test_document.py`` knows the
shape of each."""


class NamedDocument(TypedDict):
    """A record by the last part of its address and its name."""

    slug: str
    name: str


class DateDocument(TypedDict):
    """An EDTF date taken apart; ``start`` and ``end`` are days (ISO 8601), None where it is open."""

    edtf: str
    precision: str
    approximate: bool
    uncertain: bool
    start: str | None
    end: str | None


class EntryDateDocument(DateDocument):
    """The date of an entry, how it is known, and how the entry fills it.

    ``extent`` is "lasted" or "between" where the date covers several days and that is known, else empty.
    """

    extent: str
    basis: Annotated[str, DateBasis.STATED]
    note: str


class MeasureDateDocument(TypedDict):
    """A further date of a legal measure.

    ``line`` is the slug of the line of the state that ``measure`` answers; ``rests_on`` are ids of statements,
    figures and disagreements of the entry.
    """

    kind: Annotated[str, MeasureDateKind.ANNOUNCED]
    edtf: str
    note: str
    line: str
    measure: str
    rests_on: list[str]


class CitationDocument(TypedDict):
    """A source, by its number, with the place in it that carries what is said."""

    number: int
    quotation: str
    language: str
    translation: str
    locator: str


class SentenceDocument(TypedDict):
    """A sentence of the summary; ``rests_on`` are ids of statements, figures and disagreements of the entry."""

    id: str
    text: str
    rests_on: list[str]


class StatementDocument(TypedDict):
    """One sentence; ``id`` is unique within the entry and survives rewording."""

    id: str
    text: str
    nature: Annotated[str, Nature.REPORTED]
    citations: list[CitationDocument]


class FigureDocument(TypedDict):
    """A number with its unit, its time and how far it has come; decimals are text, exact."""

    id: str
    label: str
    value: str | None
    low: str | None
    high: str | None
    qualifier: str
    unit: str
    currency: str
    scale: str
    per: str
    of: str
    period: str
    period_note: str
    status: Annotated[str, FigureStatus.REPORTED]
    basis: str
    series: str
    line: str
    note: str
    citations: list[CitationDocument]


class AccountDocument(CitationDocument):
    """What one source says where sources contradict each other; ``side`` is whose position that is, if anybody's."""

    says: str
    side: str
    preferred: bool


class DisagreementDocument(TypedDict):
    """A question on which sources contradict each other; ``reason`` is why one account is preferred."""

    id: str
    question: str
    reason: str
    accounts: list[AccountDocument]


class SourceNoteDocument(TypedDict):
    """A sentence about a source, by its number, where the entry uses it."""

    number: int
    text: str


class AttachmentDocument(TypedDict):
    """A picture or a document; ``url`` is its file on this site, ``size`` in bytes, ``number`` that of its source.

    ``width`` and ``height`` are pixels, of a document 0.
    """

    id: str
    kind: str
    url: str
    media_type: str
    size: int
    width: int
    height: int
    caption: str
    alt: str
    credit: str
    licence: str
    number: int
    is_main: bool


class PersonDocument(NamedDocument):
    """A person in an entry, with the titles of the positions held that day."""

    native: str
    native_language: str
    role: str
    positions: list[str]


class CommodityDocument(NamedDocument):
    """Goods or a topic of an entry; ``top`` is the slug at the top of the tree."""

    top: str
    hs_codes: list[str]


class OriginDocument(TypedDict):
    """The source that another rewrites or copies."""

    number: int
    title: str


class LinkDocument(TypedDict):
    """What became of an original: "dead" or "changed" since a day; both empty while it can be read."""

    link: str
    link_since: str


class SourceDocument(LinkDocument):
    """A publication that is cited; ``number`` is the same everywhere on the site."""

    number: int
    slug: str
    title: str
    title_is_description: bool
    publisher: NamedDocument | None
    byline: str
    url: str
    archived_url: str
    archived_on: str
    published: DateDocument | None
    accessed: str
    language: str
    kind: Annotated[str, SourceKind.NEWS]
    derived_from: OriginDocument | None


class CorrectionDocument(TypedDict):
    """What was wrong and what is right; ``redaction`` is why that is not shown any more."""

    wrong: str
    right: str
    redaction: str


class ChangeDocument(CorrectionDocument):
    """A correction, by its number, or an update, of which ``correction`` is None and tells ``note``."""

    version: int
    kind: Annotated[str, Change.UPDATE]
    date: str
    note: str
    correction: int | None


class HistoryDocument(TypedDict):
    """The past of an entry; moments are RFC 3339, all empty before it is published, ``changes`` newest first."""

    version: int
    published: str
    updated: str
    modified: str
    changes: list[ChangeDocument]


class EntryDocument(HistoryDocument):
    """One dated event or measure with everything readers may know of it."""

    uid: str
    slug: str
    url: str
    language: str
    headline: str
    summary: str
    sentences: list[SentenceDocument]
    weight: Annotated[str, Weight.NORMAL]
    category: NamedDocument | None
    date: EntryDateDocument
    planned: bool
    place: str
    time_zone: str
    dates: list[MeasureDateDocument]
    statements: list[StatementDocument]
    figures: list[FigureDocument]
    disagreements: list[DisagreementDocument]
    source_notes: list[SourceNoteDocument]
    attachments: list[AttachmentDocument]
    people: list[PersonDocument]
    organisations: list[NamedDocument]
    commodities: list[CommodityDocument]
    storylines: list[NamedDocument]
    sources: list[SourceDocument]
    one_source: bool


# -- what else readers may know -----------------------------------------------------------


class NumberedDocument(TypedDict):
    """A source by its number and the last part of its address."""

    number: int
    slug: str


class PositionDocument(TypedDict):
    """A position that somebody held; EDTF dates, empty where unknown."""

    title: str
    organisation: NamedDocument | None
    start: str
    end: str
    acting: bool
    source: NumberedDocument | None


class OtherNameDocument(TypedDict):
    """A further name of a record."""

    name: str
    language: str


class TermDocument(NamedDocument):
    """A word of the glossary."""

    url: str
    definition: str
    sources: list[NumberedDocument]


class MetTermDocument(TermDocument):
    """A term where a reader of an entry first meets it: the id of the statement, and the place in its text."""

    statement: str
    start: int
    end: int


class LinkedEntryDocument(TypedDict):
    """An entry by its identity, its headline and its date."""

    uid: str
    slug: str
    url: str
    headline: str
    date: EntryDateDocument


class SupportDocument(TypedDict):
    """A statement, figure or disagreement: the slug of its entry, and its id there."""

    entry: str
    id: str


class RestingDocument(TypedDict):
    """A sentence of a storyline, what it rests on, and the sources of that; all empty where there is none."""

    text: str
    rests_on: list[SupportDocument]
    sources: list[NumberedDocument]


class StorylineSentenceDocument(RestingDocument):
    """A sentence of the summary, or an open question; ``id`` survives rewording."""

    id: str


class LeadSentenceDocument(TypedDict):
    """A sentence of the summary of an entry, with the sources of what it rests on."""

    text: str
    sources: list[NumberedDocument]


class StorylineStepDocument(RestingDocument):
    """A step: its number, its entry with what that says in short, and the sentence that leads to it."""

    part: int
    entry: LinkedEntryDocument
    lead: list[LeadSentenceDocument]


class StorylineDocument(NamedDocument):
    """A matter told through entries.

    ``series`` is the slug of the figures that belong to it, or empty; ``lines`` are those of the lines of the state
    that say where it stands.
    """

    url: str
    colour: str
    names: list[OtherNameDocument]
    series: str
    lines: list[str]
    summary: list[StorylineSentenceDocument]
    steps: list[StorylineStepDocument]
    open_questions: list[StorylineSentenceDocument]


# -- documents of older code --------------------------------------------------------------

STAMP = "document_version"
"""The key under which a stored document says its version; none that is read has it."""


def complete(document: Mapping[str, Any]) -> EntryDocument:
    """``document``, whichever code made it, with all keys that a document has now and no others.

    What it lacks has the empty value of its type, or the one that its type names.
    """
    return cast(EntryDocument, _complete(document, EntryDocument))


class _Key(NamedTuple):
    """What a key of a document may hold; ``within`` is the type of a document in it, or of those in its list."""

    hint: Any
    within: Any
    may_be_none: bool


@cache
def _keys(kind: Any) -> dict[str, _Key]:
    hints = get_type_hints(kind, include_extras=True)
    parts = {name: (hint, *get_args(hint)) for name, hint in hints.items()}
    return {
        name: _Key(hint, next(filter(is_typeddict, parts[name]), None), NoneType in parts[name])
        for name, hint in hints.items()
    }


def _complete(value: Mapping[str, Any], kind: Any) -> dict[str, Any]:
    return {name: _fitting(value.get(name), key) for name, key in _keys(kind).items()}


def _fitting(value: Any, key: _Key) -> Any:
    if value is None:
        return None if key.may_be_none else _empty(key)
    if key.within is None:
        return value
    return [_complete(row, key.within) for row in value] if isinstance(value, list) else _complete(value, key.within)


def _empty(key: _Key) -> Any:
    kind = get_origin(key.hint) or key.hint
    if kind is Annotated:
        return str(get_args(key.hint)[1])
    return _complete({}, kind) if is_typeddict(kind) else kind()


if TYPE_CHECKING:  # only the type checker knows what it holds
    JSONField = models.JSONField[Mapping[str, Any], EntryDocument]
else:
    JSONField = models.JSONField


class DocumentField(JSONField):
    """The column of a public document. It comes out complete, as one of this version, whatever went in and when."""

    _pyi_private_get_type: EntryDocument

    def get_prep_value(self, value: Any) -> Any:
        return {**value, STAMP: VERSION} if value else value

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Any:
        found = super().from_db_value(value, expression, connection)
        return found if isinstance(expression, KeyTransform) or found is None else as_read(found)


def as_read(stored: dict[str, Any]) -> EntryDocument:
    """A document as it is stored, as it is read: of this version, whichever it was."""
    return cast(EntryDocument, stored) if stored.pop(STAMP, 0) == VERSION else complete(stored)
