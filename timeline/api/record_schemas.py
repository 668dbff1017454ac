"""People, sources, goods … as the API gives them, and the lists around them."""

from typing import Annotated

from pydantic import BaseModel, Field, WithJsonSchema

from timeline import choices
from timeline.choices import NameKind
from timeline.formats.entry_schema import (
    URL,
    Date,
    Day,
    Figure,
    FigureBasis,
    Language,
    Named,
    Slug,
    Source,
    vocabulary,
)

from .schemas import Envelope

ToldNameKind = Annotated[str, WithJsonSchema({"type": "string", "enum": NameKind.told()})]
PersonKind = Annotated[str, WithJsonSchema(vocabulary(choices.PersonKind))]
OrganisationKind = Annotated[str, WithJsonSchema(vocabulary(choices.OrganisationKind))]
CommodityKind = Annotated[str, WithJsonSchema(vocabulary(choices.CommodityKind))]
Standing = Annotated[str, WithJsonSchema(vocabulary(choices.Standing))]
LaneColour = Annotated[str, WithJsonSchema(vocabulary(choices.LaneColour))]
Wikidata = Annotated[str, Field(description="Its Wikidata item as a URI; empty when not recorded.")]
Country = Annotated[str, Field(description="Two-letter code (ISO 3166-1); INT for international; may be empty.")]
SourceNumbers = Annotated[list[int], Field(description="Numbers of sources.")]

# -- records ------------------------------------------------------------------------------


class Record(Named):
    """A record with its addresses and the number of published entries it stands in."""

    page: URL = Field(description="Its page for people.")
    api: URL = Field(description="Its address in this API.")
    entries: int = Field(description="Published entries it stands in.")


class Name(BaseModel):
    """A further name; a reading says how the name is spoken. What only finds a record is not told."""

    name: str
    language: Language
    kind: ToldNameKind


class ScriptName(Name):
    """A further name with its script."""

    script: str = Field(description="ISO 15924, such as Jpan.")


class NumberedSource(BaseModel):
    """A source by its number."""

    number: int
    slug: Slug


class Position(BaseModel):
    """An office, from and to as exactly as it is known."""

    title: str
    organisation: Named | None
    start: str = Field(description="Extended Date/Time Format; empty when not known.")
    end: str = Field(description="Last day in office; empty when not known or still held.")
    acting: bool
    source: NumberedSource | None


class Person(Record):
    """Someone who takes part in events, comments on them or reports them."""

    family_name: str
    given_name: str
    kind: PersonKind
    country: Country
    wikidata: Wikidata
    names: list[ScriptName]
    positions: list[Position]


class Organisation(Record):
    """Who takes part in events, employs people or publishes sources."""

    kind: OrganisationKind
    country: Country
    wikidata: Wikidata
    names: list[Name]
    cited: int = Field(description="Published entries that cite something it published.")


class Commodity(Record):
    """Goods with their codes, or a topic."""

    kind: CommodityKind
    parent: str = Field(description="Slug of what it is part of; empty at the top of the tree.")
    depth: int = Field(description="0 at the top of the tree.")
    hs_codes: list[str] = Field(description="Headings of the Harmonized System, as text.", examples=[["8703"]])
    names: list[Name]


class Category(Record):
    """A kind of event."""

    description: str


class SourceRecord(Source):
    """A source with its addresses and what it rests on."""

    page: URL
    api: URL
    entries: int = Field(description="Published entries that cite it.")


class Support(BaseModel):
    """A statement, figure or account that a source carries."""

    kind: Annotated[str, WithJsonSchema({"type": "string", "enum": ["statement", "figure", "account"]})]
    id: str
    text: str
    quotation: str
    language: Language
    translation: str = Field(description="Ours, of a quotation in another language.")
    locator: str


class SupportedEntry(BaseModel):
    """An entry that cites a source, with what it cites it for."""

    uid: str
    slug: Slug
    url: URL
    headline: str
    date: Date
    supports: list[Support]


class SourceAnswer(Envelope):
    """A source and, entry by entry, what it carries."""

    source: SourceRecord
    cited_by: list[SupportedEntry]


class Series(Named):
    """A number that changes over time."""

    page: URL
    api: URL
    description: str
    commodity: Named | None


class Point(BaseModel):
    """A figure of a series with the entry that states it."""

    start: Day = Field(description="First day it holds, or of the entry where it was only said.")
    end: Day = Field(description="Last day it holds; null when open or not recorded.")
    holds: bool = Field(description="It is or was so; otherwise it was only said, agreed or announced.")
    figure: Figure
    entry: "EntryLink"


class EntryLink(BaseModel):
    """An entry by its identity, its headline and its date."""

    uid: str
    slug: Slug
    url: URL
    headline: str
    date: Date


class Term(Named):
    """A word of the trade and what it means."""

    page: URL
    definition: str
    other_names: list["Wording"]
    sources: list[NumberedSource]


class Carrier(BaseModel):
    """A statement, figure or disagreement that carries a sentence."""

    entry: Slug = Field(description="Slug of its entry.")
    id: str = Field(description="Its id within the entry.")


class NumberedRecord(NumberedSource):
    """A source by its number and its slug."""

    slug: Slug


class Resting(BaseModel):
    """A sentence, what it rests on, and the sources of that."""

    text: str
    rests_on: list[Carrier]
    sources: list[NumberedRecord]


class StorylineSentence(Resting):
    """A sentence of the summary of a storyline, or an open question."""

    id: str = Field(description="Unique within the storyline; survives rewording.")


class StorylineStep(Resting):
    """A step of a storyline: its entry, and the sentence that leads to it, which may be empty."""

    part: int = Field(description="Its number, from 1.")
    entry: EntryLink


class Storyline(Record):
    """A matter told through several entries."""

    colour: LaneColour
    names: list[Name]
    series: str = Field(description="Slug of the series of figures that belongs to it; may be empty.")


class WholeStoryline(Storyline):
    """A storyline with what it says."""

    lines: list[Slug] = Field(description="Lines of /state that say where it stands.")
    summary: list[StorylineSentence]
    steps: list[StorylineStep]
    open_questions: list[StorylineSentence]


class Wording(BaseModel):
    """A name in a language."""

    name: str
    language: Language


class Stretch(BaseModel):
    """Days from the first to the last, both included."""

    first: Annotated[str, WithJsonSchema({"type": "string", "format": "date"})]
    last: Annotated[str, WithJsonSchema({"type": "string", "format": "date"})]


class Phase(BaseModel):
    """A stretch of the story with a name."""

    name: str
    date: str = Field(description="Extended Date/Time Format.")


class Lane(Named):
    """A subject: a row of the overview, and a filter."""

    colour: LaneColour


# -- answers about records ----------------------------------------------------------------


class PeopleAnswer(Envelope):
    """A page of people."""

    people: list[Person]


class PersonAnswer(Envelope):
    """One person."""

    person: Person


class OrganisationsAnswer(Envelope):
    """A page of organisations."""

    organisations: list[Organisation]


class OrganisationAnswer(Envelope):
    """One organisation."""

    organisation: Organisation


class CommoditiesAnswer(Envelope):
    """The tree of goods, in reading order."""

    commodities: list[Commodity]


class CommodityAnswer(Envelope):
    """Goods of one name, or a topic."""

    commodity: Commodity


class CategoriesAnswer(Envelope):
    """The kinds of event, in the editors' order."""

    categories: list[Category]


class SourcesAnswer(Envelope):
    """A page of the bibliography."""

    sources: list[SourceRecord]


class SeriesListAnswer(Envelope):
    """The series of figures."""

    series: list[Series]


class SeriesAnswer(Envelope):
    """A series with its figures, in the order of the entries that state them."""

    series: Series
    figures: list[Point]


class StorylinesAnswer(Envelope):
    """The storylines, in the editors' order."""

    storylines: list[Storyline]


class StorylineAnswer(Envelope):
    """One storyline, step by step."""

    storyline: WholeStoryline


class GlossaryAnswer(Envelope):
    """The glossary in alphabetical order."""

    terms: list[Term]


class StateAnswer(BaseModel):
    """What answers a line on a day, from an entry."""

    standing: Standing
    standing_in_words: str
    since: Day = Field(description="First day; null when it is not in our sources.")
    until: Day = Field(description="Last day; null when none is recorded.")
    period: str = Field(description="The same as Extended Date/Time Format, as exactly as it is known.")
    known_from: Day = Field(description="Day of an order with effect back in time.")
    by_a_later_order: bool = Field(description="On the day asked for that order had not been made.")
    takes_effect: Day = Field(description="Day for which it was announced.")
    value: str = Field(description="The number in words; empty where there is none.")
    basis: FigureBasis
    says: str = Field(description="What holds, in words.")
    figure: Figure | None
    note: str
    came_of_it: "CameOfIt | None" = Field(description="Of what was only said: the same number, from the next day on.")
    sources_disagree: bool
    sources: list[NumberedSource]
    entry: "StateEntry"


class CameOfIt(BaseModel):
    """What took the place of an announcement or agreement."""

    standing: Standing
    since: Day
    entry: URL


class StateEntry(BaseModel):
    """The entry that carries an answer, at the place where it stands."""

    url: URL
    headline: str


class StateLine(Named):
    """A question with what answers it on the day, and what is not known of it."""

    question: str
    subject: str
    page: URL
    series: str | None = Field(description="Slug of the series of the same number.")
    known: bool = Field(description="Whether something is in force as far as our sources know, or is promised.")
    by_hand: "ByHand | None" = Field(description="What an editor has written of it, right by that day.")
    answers: list[StateAnswer]
    not_known: list[str]


class ByHand(BaseModel):
    """Words of an editor where no entry answers in a figure or date; they rest on sources as statements do."""

    words: str
    as_of: str = Field(description="Extended Date/Time Format: the day for which they are right.")
    sources: list[NumberedSource]


class Holder(BaseModel):
    """Somebody who held an office on days that no source gives."""

    name: str
    page: URL


class Office(BaseModel):
    """Who held an office on the day."""

    title: str
    name: str = Field(description="Empty: not in our sources.")
    organisation: Named | None
    start: str = Field(description="Extended Date/Time Format; may be empty.")
    end: str
    acting: bool
    source: NumberedSource | None
    page: URL | None
    others: list[Holder] = Field(description="Who held it too, on days that no source gives.")


class DayAnswer(Envelope):
    """Where things stood on a day."""

    on: Annotated[str, WithJsonSchema({"type": "string", "format": "date"})]
    last_researched: Day = Field(description="After this day what was in force is last recorded.")
    only_known_then: bool
    lines: list[StateLine]
    offices: list[Office]


class OpenQuestion(BaseModel):
    """What was looked for and not found."""

    question: str
    note: str = Field(description="What is known, and what was looked for; may be empty.")
    entry: EntryLink | None = Field(description="The entry that it goes on from.")


class CoverageAnswer(Envelope):
    """What was researched: a blank month outside these stretches proves nothing."""

    researched: list[Stretch]
    phases: list[Phase]
    lanes: list[Lane]
    open_questions: list[OpenQuestion]
