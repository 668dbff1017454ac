"""The public document of an entry as the API and the dataset give it, field by field.

These models describe ``timeline.models.document`` for others: the OpenAPI file, the order of
the keys, absolute addresses. They are an allow-list on top of an allow-list: a key that
is not named here does not leave the site.
"""

from typing import Annotated, Any

from django.db.models import TextChoices
from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from timeline import choices
from timeline.edtf import Precision
from timeline.models.document import EntryDocument
from timeline.public.document import LOST
from timeline.public.language import here
from timeline.public.site import absolute

from .feed import entry_id


def vocabulary(terms: type[TextChoices], *, blank: bool = False) -> dict[str, Any]:
    """The JSON Schema of a closed list of terms; an empty text where ``blank`` says it may be unknown."""
    return {"type": "string", "enum": [*([""] if blank else []), *terms.values]}


INSTANT = {"type": "string", "format": "date-time", "examples": ["2025-10-28T09:30:00Z"]}
DAY = {"anyOf": [{"type": "string", "format": "date"}, {"type": "null"}]}
DECIMAL = {"anyOf": [{"type": "string", "pattern": r"^-?\d+(\.\d+)?$"}, {"type": "null"}]}

# What the database holds is right already: these say what it is and check no more than the type.
Slug = Annotated[str, WithJsonSchema({"type": "string", "pattern": r"^[-\w]+$"})]
Instant = Annotated[str, WithJsonSchema(INSTANT)]
Day = Annotated[str | None, WithJsonSchema(DAY)]
Decimal = Annotated[str | None, WithJsonSchema(DECIMAL)]
Language = Annotated[str, Field(description="Language tag (BCP 47), such as en or ja; empty when there is no text.")]
URL = Annotated[str, WithJsonSchema({"type": "string", "format": "uri"})]
Address = Annotated[str, Field(description="Address on the web; empty when there is none that readers may follow.")]
Nature = Annotated[str, WithJsonSchema(vocabulary(choices.Nature))]
Weight = Annotated[str, WithJsonSchema(vocabulary(choices.Weight))]
DateExtent = Annotated[str, WithJsonSchema(vocabulary(choices.DateExtent, blank=True))]
DateBasis = Annotated[str, WithJsonSchema(vocabulary(choices.DateBasis))]
MeasureDateKind = Annotated[str, WithJsonSchema(vocabulary(choices.MeasureDateKind))]
Qualifier = Annotated[str, WithJsonSchema(vocabulary(choices.Qualifier, blank=True))]
Unit = Annotated[str, WithJsonSchema(vocabulary(choices.Unit, blank=True))]
Currency = Annotated[str, WithJsonSchema(vocabulary(choices.Currency, blank=True))]
Scale = Annotated[str, WithJsonSchema(vocabulary(choices.Scale, blank=True))]
FigureStatus = Annotated[str, WithJsonSchema(vocabulary(choices.FigureStatus))]
FigureBasis = Annotated[str, WithJsonSchema(vocabulary(choices.FigureBasis, blank=True))]
EventRole = Annotated[str, WithJsonSchema(vocabulary(choices.EventRole, blank=True))]
SourceKind = Annotated[str, WithJsonSchema(vocabulary(choices.SourceKind))]
DatePrecision = Annotated[str, WithJsonSchema({"type": "string", "enum": ["", *(str(one) for one in Precision)]})]
LostLink = Annotated[str, WithJsonSchema({"type": "string", "enum": ["", *sorted(LOST)]})]
ToldChange = Annotated[
    str, WithJsonSchema({"type": "string", "enum": [str(choices.Change.UPDATE), str(choices.Change.CORRECTION)]})
]


class Named(BaseModel):
    """A record by the last part of its address and its name."""

    slug: Slug
    name: str


class Date(BaseModel):
    """A date as exactly as it is known, and the days it may cover."""

    edtf: str = Field(
        description=(
            "Extended Date/Time Format (ISO 8601-2): Level 0; ?, ~, % and open ends and the seasons 21 to 24 of "
            "Level 1; the quarters 33 to 36 and the halves 40 and 41 of a year of Level 2. Spring is March to May."
        ),
        examples=["2025-04-16", "2025-10", "2025-05~", "2025-21"],
    )
    precision: DatePrecision = Field(description="How much of the date is known.")
    approximate: bool = Field(description="It is an estimate (“about May 2025”).")
    uncertain: bool = Field(description="The sources leave room for doubt.")
    start: Day = Field(description="First day it may be; null when open.")
    end: Day = Field(description="Last day it may be, inclusive; null when open.")


class EntryDate(Date):
    """The date of an entry, how it is known, and how the entry fills it."""

    extent: DateExtent = Field(
        description=(
            "Of a date of several days: lasted, from the first to the last of them, or between, at some time in them. "
            "Empty where that is not said, and for one day or an open end."
        )
    )
    basis: DateBasis = Field(description="How the date is known.")
    note: str = Field(description="One sentence on how the date is known; may be empty.")


class MeasureDate(BaseModel):
    """A further date of a legal measure."""

    kind: MeasureDateKind
    edtf: str = Field(description="Extended Date/Time Format.", examples=["2025-09-16"])
    note: str
    line: str = Field(description="Slug of the line of the state that the measure answers; may be empty.")
    measure: str = Field(description="What holds, in a few words; only with a line.")
    rests_on: list[str] = Field(description="Ids of the statements, figures and disagreements that carry it.")


class Reference(BaseModel):
    """A source, by its number, with the place in it that carries what is said."""

    number: int = Field(description="Number of the source; it is the same everywhere on the site.", examples=[12])
    quotation: str = Field(description="The exact words of the source; may be empty.")
    language: Language
    translation: str = Field(description="Our translation of a quotation in another language; may be empty.")
    locator: str = Field(description="Where in the source: a page, a paragraph; may be empty.")


class Sentence(BaseModel):
    """One sentence of the summary and what it rests on."""

    id: str = Field(description="Unique within the summary; survives rewording.")
    text: str
    rests_on: list[str] = Field(description="Ids of the statements, figures and disagreements that it condenses.")


class Statement(BaseModel):
    """One sentence and the sources that carry it."""

    id: str = Field(description="Unique within the entry; survives rewording. The fragment s-<id> of its page.")
    text: str
    nature: Nature = Field(description="What kind of sentence it is; a plain report unless it says otherwise.")
    citations: list[Reference]


class Figure(BaseModel):
    """A number with its unit, its time and how far it has come. Numbers are exact decimals as text."""

    id: str = Field(description="Unique within the entry. The fragment f-<id> of its page.")
    label: str
    value: Decimal = Field(description="In units of `scale`; null when only a range is stated, or nothing.")
    low: Decimal = Field(description="Lower end of a range.")
    high: Decimal = Field(description="Upper end of a range.")
    qualifier: Qualifier = Field(description="How exactly it is stated.")
    unit: Unit
    currency: Currency = Field(description="ISO 4217; empty unless the unit is money.")
    scale: Scale = Field(description="The power of a thousand in which the number stands.")
    per: str = Field(description="Of what the number is a rate, such as year; may be empty.")
    of: str = Field(description="What is counted; may be empty.")
    period: str = Field(description="When it holds, as Extended Date/Time Format; may be empty.")
    period_note: str = Field(description="When it holds, in words, where a date cannot say it.")
    status: FigureStatus = Field(description="How far it has come.")
    basis: FigureBasis = Field(description="What a rate is made of.")
    series: str = Field(description="Slug of the series it belongs to; may be empty.")
    line: str = Field(description="Slug of the line of the state that it answers; may be empty.")
    note: str
    citations: list[Reference]


class Account(Reference):
    """What one source says where sources contradict each other."""

    says: str
    side: str = Field(description="Whose position it is, such as a government's; may be empty.")
    preferred: bool = Field(description="We prefer this account; the reason stands with the disagreement.")


class Disagreement(BaseModel):
    """A question on which sources contradict each other."""

    id: str = Field(description="Unique within the entry. The fragment d-<id> of its page.")
    question: str
    reason: str = Field(description="Why one account is preferred; empty when none is.")
    accounts: list[Account]


class SourceNote(BaseModel):
    """A sentence about a source, not about the event."""

    number: int = Field(description="Number of the source.")
    text: str


class Attachment(BaseModel):
    """A picture or a document that the entry shows."""

    id: str = Field(description="Unique within the entry. The fragment a-<id> of its page.")
    kind: Annotated[str, WithJsonSchema({"type": "string", "enum": ["picture", "document"]})]
    url: URL = Field(description="The file, while the entry is public.")
    media_type: str = Field(description="What kind of file it is (RFC 6838).")
    size: int = Field(description="Bytes of the file.")
    width: int = Field(description="Pixels; 0 of a document.")
    height: int = Field(description="Pixels; 0 of a document.")
    caption: str = Field(description="What stands below it, or its title.")
    alt: str = Field(description="What the picture shows, for whoever does not see it.")
    credit: str = Field(description="Who made it.")
    licence: str = Field(description="By what right it stands here. The licence of our text does not cover it.")
    number: int = Field(description="Number of the source it was taken from.")
    is_main: bool = Field(description="It stands for the entry: in lists, and beside links to it.")


class Participant(Named):
    """A person in an entry, with the positions held that day."""

    native: str = Field(description="The name in its own script; may be empty.")
    native_language: Language
    role: EventRole = Field(description="What the person did in the event; may be empty.")
    positions: list[str] = Field(description="Positions held on the day of the entry, not today's.")


class Goods(Named):
    """Goods, or a topic, of an entry."""

    top: Slug = Field(description="Slug of the goods at the top of the tree.")
    hs_codes: list[str] = Field(
        description="Headings of the Harmonized System, as text: chapter 02 is not the number 2.", examples=[["8703"]]
    )


class RestsOn(BaseModel):
    """The source that another rewrites or copies."""

    number: int
    title: str


class Source(BaseModel):
    """A publication that statements cite."""

    number: int = Field(description="Its number everywhere on the site; it never changes.")
    slug: Slug
    title: str
    title_is_description: bool = Field(description="No headline was visible: the title is our description.")
    publisher: Named | None
    byline: str = Field(description="Author or agency as printed; may be empty.")
    url: Address
    archived_url: Address
    archived_on: str = Field(description="Day of the archived copy (ISO 8601); may be empty.")
    link: LostLink = Field(description="What became of the original, where it is gone or changed.")
    published: Date | None = Field(description="When it was published; null when it does not say.")
    accessed: str = Field(description="Day on which we read it (ISO 8601); may be empty.")
    language: Language
    kind: SourceKind = Field(description="Who stands behind it.")
    derived_from: RestsOn | None = Field(description="The source it rests on, if it is no witness of its own.")


class EntryChange(BaseModel):
    """An update or a correction of an entry, as readers were told of it."""

    version: int = Field(description="The version it made.")
    kind: ToldChange
    date: Instant
    note: str = Field(description="What is new; empty for a correction, and may be for an update.")
    correction: int | None = Field(description="Number of the correction within the entry; null for an update.")
    wrong: str = Field(description="What readers could read before; empty for an update.")
    right: str = Field(description="What the entry says now; empty for an update.")


class Entry(BaseModel):
    """One dated event or measure with everything readers may know of it."""

    model_config = ConfigDict(extra="ignore")

    id: str = Field(
        description="Permanent identity (tag: URI, RFC 4151), the one feeds use.",
        examples=["tag:example.org,2026:entry:86db673e-76ca-53b5-bb70-a3dec68f1b04"],
    )
    uid: Annotated[str, WithJsonSchema({"type": "string", "format": "uuid"})] = Field(
        description="The same identity as a UUID: survives a new headline and a new address."
    )
    slug: Slug = Field(description="Last part of its address; an old one redirects.")
    url: URL = Field(description="Its page.")
    language: Language
    headline: str
    summary: str
    sentences: list[Sentence] = Field(description="The summary again, sentence by sentence.")
    category: Named | None
    weight: Weight = Field(description="How much room it takes in the list.")
    date: EntryDate
    planned: bool = Field(description="It has been announced and has not happened yet.")
    place: str
    time_zone: str = Field(description="Name in the IANA database, such as Asia/Tokyo; may be empty.")
    dates: list[MeasureDate] = Field(description="Further dates of a legal measure.")
    statements: list[Statement]
    figures: list[Figure]
    disagreements: list[Disagreement] = Field(description="Where sources disagree: what each source says.")
    source_notes: list[SourceNote] = Field(
        description="What to know of sources of this entry, such as an old photograph or a misprint."
    )
    attachments: list[Attachment] = Field(description="Pictures and documents, with who made them.")
    people: list[Participant]
    organisations: list[Named]
    commodities: list[Goods]
    storylines: list[Named] = Field(description="The storylines that it is a step of.")
    sources: list[Source] = Field(
        description="The sources that citations, notes on sources and attachments name by number."
    )
    one_source: bool = Field(description="Everything here rests on one report in the end.")
    version: int = Field(description="Counts its publications from 1.")
    published: Instant = Field(description="When readers first saw it here; not when it happened.")
    updated: Instant = Field(description="The last update or correction; a minor edit does not move it.")
    modified: Instant = Field(description="The last change of any kind.")
    changes: list[EntryChange] = Field(description="Updates and corrections, newest first.")


def entry_json(document: EntryDocument) -> str:
    """An entry's public document as others get it: one JSON object, keys in order, addresses absolute."""
    page = absolute(here(document["url"]))
    files = [{**one, "url": absolute(one["url"])} for one in document["attachments"]]
    whole = {**document, "id": entry_id(document["uid"]), "url": page, "attachments": files}
    return Entry.model_validate(whole).model_dump_json()
