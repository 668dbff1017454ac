"""Schemas of what stands around every answer of the API, of lists of entries, of changes and of errors."""

from typing import Annotated

from pydantic import BaseModel, Field, WithJsonSchema

from timeline import choices
from timeline.choices import Change
from timeline.formats.entry_schema import URL, Entry, Instant, Slug, vocabulary

Redaction = Annotated[str, WithJsonSchema(vocabulary(choices.Redaction, blank=True))]
TOLD = [str(kind) for kind in Change if kind != Change.MINOR]
VersionKind = Annotated[str, WithJsonSchema({"type": "string", "enum": TOLD})]


class State(BaseModel):
    """The edition that changed this answer last."""

    version: int = Field(description="Editions are numbered: each public change makes one.")
    changed: Instant


class Licence(BaseModel):
    """Under what terms our text may be used; quotations belong to their publishers."""

    name: str
    url: URL


class Links(BaseModel):
    """Addresses of this and of the neighbouring pages; the Link header (RFC 8288) has them too."""

    self: URL
    first: URL | None = None
    prev: URL | None = None
    next: URL | None = None
    alternate: URL | None = Field(default=None, description="The same for people to read.")


class Envelope(BaseModel):
    """What stands around every answer."""

    edition: State
    licence: Licence
    links: Links


class EntryList(Envelope):
    """A page of the entries that answer a question."""

    question: str = Field(description="The question in words.", examples=["Entries about Beef, until 2025"])
    query: str = Field(description="The question as a canonical query string, good for every format of the site.")
    total: int = Field(description="Entries that match; counted no further than 2,000 for a question.")
    total_is_capped: bool = Field(description="More match than `total` says.")
    entries: list[Entry]


class EntryAnswer(Envelope):
    """One entry."""

    entry: Entry


class Choice(BaseModel):
    """A value of a filter, and how many entries it would leave."""

    slug: str
    name: str
    count: int | None = Field(description="Null when too many entries match to be counted.")
    chosen: bool = Field(description="The question asks for it.")


class YearCount(BaseModel):
    """Entries of a year."""

    year: int
    count: int


class Facets(Envelope):
    """What a question can be narrowed by. A filter's counts ignore what it is set to itself."""

    question: str
    query: str
    total: int
    total_is_capped: bool
    differing: int | None = Field(description="Matching entries where sources disagree.")
    years: list[YearCount] | None = Field(description="Null when too many entries match to be counted.")
    facets: dict[str, list[Choice]] = Field(description="By parameter: the most frequent values, and the chosen ones.")


class ToldVersion(BaseModel):
    """A version of an entry that readers were told of."""

    uid: str = Field(description="The entry.")
    slug: Slug
    url: URL
    headline: str = Field(description="As it is now.")
    version: int
    kind: VersionKind
    date: Instant
    note: str
    correction: int | None
    wrong: str
    right: str
    redaction: Redaction = Field(description="Why words of this version are not shown any more.")


class ChangeList(Envelope):
    """What was published, updated and corrected, newest first."""

    changes: list[ToldVersion]


class Withdrawn(BaseModel):
    """An entry that is public no more."""

    uid: str = Field(description="The entry.")
    slug: Slug
    url: URL = Field(description="Its address, which answers 410 with the reason.")
    withdrawn: Instant
    reason: str = Field(description="May be empty.")


class WithdrawalList(Envelope):
    """What was withdrawn, the latest first."""

    withdrawals: list[Withdrawn]


class Start(Envelope):
    """Where to begin."""

    title: str
    entries: int
    addresses: dict[str, URL]


class ParameterError(BaseModel):
    """What is wrong with a parameter."""

    parameter: str
    detail: str
    accepted: str = Field(default="", description="What it takes.")


class ProblemDetails(BaseModel):
    """Why there is no answer (RFC 9457)."""

    type: str = Field(description="Where the kind of problem is explained, or about:blank.")
    title: str
    status: int
    detail: str
    errors: list[ParameterError] | None = Field(default=None, description="One for each parameter that is wrong.")
    uid: str | None = Field(default=None, description="Of status 410: the entry.")
    withdrawn: Instant | None = Field(default=None, description="Of status 410: when.")
