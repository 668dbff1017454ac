"""The parameters of the API as its OpenAPI file describes them.

Those of a question are read by :class:`timeline.filters.Question` alone, which says in words what
it does not understand; they are described here as they are declared, and not checked a second time.
"""

from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field, WithJsonSchema

from timeline.choices import SourceKind
from timeline.filters.parameters import PARAMETERS
from timeline.views.bibliography import LACKING

LIMIT, MOST = 50, 200
"""Rows of a page: unless something else is asked, and at most."""

TAKES_QUESTION = {"x-takes-question": True}
"""The mark of a route that also takes what a reader can ask: ``openapi_extra=TAKES_QUESTION``."""


def of_a_question() -> list[dict[str, Any]]:
    """What a reader can ask, the query string of the chronology's own page, as OpenAPI has it."""
    found = []
    for one in PARAMETERS.values():
        schema = {"title": one.name.title(), **one.schema()}
        about = {"required": False, "description": schema["description"]}
        found.append({"in": "query", "name": one.name, "schema": dict(sorted(schema.items())), **about})
    return found


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


class Changes(Paging):
    """A page of the changes of entries."""

    kind: Literal["", "first", "update", "correction"] = Field(default="", description="Only changes of this kind.")


ON = (
    "A day, such as 2025-08-01. Of a month, a year or another time its last day is meant, or the last one researched "
    "if that is within it. Empty: the last day researched."
)


class OfDay(Schema):
    """A day to be asked about."""

    on: str = Field(default="", description=ON)
    then: Literal["", "1"] = Field(default="", description="1: only what was known on that day.")


class Bibliography(Paging):
    """A page of the bibliography."""

    kind: Literal["", *SourceKind.values] = Field(default="", description="Only sources of this kind.")  # type: ignore[valid-type]
    without: Literal["", *LACKING] = Field(default="", description="Only sources that lack this.")  # type: ignore[valid-type]
