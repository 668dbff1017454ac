"""The parameters of the API as its OpenAPI file describes them.

Filters are read by :class:`timeline.filters.Question`, which says in words what it does not
understand; so they are described here and not checked a second time.
"""

from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field, WithJsonSchema

from timeline import search
from timeline.choices import SourceKind
from timeline.filters.facets import FACETS
from timeline.filters.question import MAX_VALUES
from timeline.views.bibliography import LACKING

LIMIT, MOST = 50, 200
"""Rows of a page: unless something else is asked, and at most."""


def _slugs(what: str, example: str) -> Any:
    return Field(
        default=[],
        description=f"Slugs of {what}. Several: repeat it. Any value of one parameter; all parameters together.",
        examples=[[example]],
    )


Slugs = Annotated[
    list[str],
    WithJsonSchema(
        {"type": "array", "items": {"type": "string", "pattern": r"^[-\w]{1,120}$"}, "maxItems": MAX_VALUES}
    ),
]
DATE_FORM = r"^\d{4}(-\d{2}(-\d{2})?)?$"


class Filters(Schema):
    """What entries can be narrowed by."""

    q: str = Field(
        default="",
        description=(
            "Words to search for in headlines, statements, names and sources. “Quotation marks” keep words "
            "together, or means either, - leaves out. English and Japanese."
        ),
        examples=["tariff -steel"],
        json_schema_extra={"maxLength": search.MAX_LENGTH},
    )
    from_: str = Field(
        default="",
        alias="from",
        description="From this year, month or day on, inclusive. Finds every entry that may have happened then.",
        examples=["2025-04"],
        json_schema_extra={"pattern": DATE_FORM},
    )
    to: str = Field(
        default="",
        description="To this year, month or day, inclusive: 2025 means to the end of 2025.",
        examples=["2025"],
        json_schema_extra={"pattern": DATE_FORM},
    )
    lane: Slugs = _slugs("lanes, the subjects of the overview (see /coverage)", "cars")
    person: Slugs = _slugs("people (see /people)", "akazawa-ryosei")
    commodity: Slugs = _slugs("goods and topics (see /commodities); what is part of them counts too", "automobiles")
    category: Slugs = _slugs("kinds of event (see /categories)", "talks")
    organisation: Slugs = _slugs("organisations that take part (see /organisations)", "mofa")
    publisher: Slugs = _slugs("organisations that published a source of the entry (see /organisations)", "reuters")
    source: Slugs = _slugs("sources that the entry cites (see /sources)", "first-round")
    differ: Literal["", "1"] = Field(default="", description="1: only entries where accounts differ.")


assert set(FACETS) < set(Filters.model_fields)  # noqa: S101 - a filter nobody can find is a mistake of ours


class WholeQuestion(Filters):
    """What a reader can ask: the query string of the chronology's own page."""

    order: Literal["", "new", "old"] = Field(
        default="", description="By the date of the event: old (the first unless you ask) or new first."
    )
    page: str = Field(
        default="",
        description="Start at this year or month, as the page of the chronology does.",
        examples=["2025-04"],
        json_schema_extra={"pattern": r"^\d{4}(-\d{2})?$"},
    )


Limit = Annotated[int, Field(ge=1, le=MOST, description=f"Rows of a page, 1 to {MOST}.")]
Cursor = Annotated[str, Field(description="A place in the list, as “links” of another page has it. Opaque.")]


def _key(description: str) -> dict[str, str]:
    return {"type": "string", "pattern": r"^[-a-zA-Z0-9_]+$", "description": description}


EntryKey = Annotated[str, WithJsonSchema(_key("Slug or uid of the entry."))]
RecordSlug = Annotated[str, WithJsonSchema(_key("Slug of the record; an old one answers 308 with the new address."))]


class Paging(Schema):
    """A page of a list."""

    limit: Limit = LIMIT
    cursor: Cursor = ""


class EntryQuestion(WholeQuestion, Paging):
    """A page of the entries that answer a question."""


class WithdrawalQuestion(WholeQuestion, Paging):
    """A page of the withdrawals of entries that answered a question."""


class ChangeQuestion(WholeQuestion, Paging):
    """A page of the changes of the entries that answer a question."""

    kind: Literal["", "first", "update", "correction"] = Field(default="", description="Only changes of this kind.")


class Bibliography(Paging):
    """A page of the bibliography."""

    kind: Literal["", *SourceKind.values] = Field(default="", description="Only sources of this kind.")  # type: ignore[valid-type]
    without: Literal["", *LACKING] = Field(default="", description="Only sources that lack this.")  # type: ignore[valid-type]
