"""Segments: the words of a record that another language adds to, each by a key and by a digest of what it says.

An entry is one in every language; a language adds words. What it translates is cut into segments: a headline, a
sentence of the summary, a statement, the label of a figure. The key of a segment says where it stands and outlives
rewording: ``statements.3yui6x.text``. Where a row has no id, the digest of its words stands in for one. A translation
keeps the digest of the words that it was made from; where that is not the digest of the words of now, it is stale.

Public documents and records of a pack have the same segments with the same keys.
"""

import base64
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple


class Segment(NamedTuple):
    """Some words of a record, by their key, and the object or list that holds them, at a ``name`` or place."""

    key: str
    holder: Any
    name: Any

    @property
    def text(self) -> str:
        text: str = self.holder[self.name]
        return text


@dataclass(frozen=True)
class Rows:
    """Rows of a record that have words: its name in keys, what tells the rows apart, and their fields with words.

    ``by`` is empty where a row has no id: then its words stand for themselves.
    """

    name: str
    by: str
    fields: "Fields"
    at: str = ""
    """Where the rows stand, if not under their name."""
    when: str = ""
    """What must be true of a row whose words are ours."""


@dataclass(frozen=True)
class Strings:
    """A list of bare words, each under the key that a row with a ``field`` has."""

    name: str
    field: str


Fields = tuple[str | Rows | Strings, ...]


@lru_cache(maxsize=16384)
def digest(text: str) -> str:
    """What says of words whether they are still the same; white space does not count."""
    hashed = hashlib.sha256(" ".join(text.split()).encode()).digest()
    return base64.b32encode(hashed[:5]).decode().lower()


def segments(record: Mapping[str, Any], fields: Fields, prefix: str = "") -> Iterator[Segment]:
    """The segments of a record that say something, in the order in which they are read."""
    for field in fields:
        if isinstance(field, Rows):
            for row in record.get(field.at or field.name) or ():
                if field.when and not row[field.when]:
                    continue
                yield from _of_row(row, field, f"{prefix}{field.name}.")
            continue
        if isinstance(field, Strings):
            for place, text in enumerate(record[field.name]):
                yield Segment(f"{prefix}{field.name}.{digest(text)}.{field.field}", record[field.name], place)
            continue
        holder: Any = record
        *path, name = field.split(".")
        for step in path:
            holder = (holder or {}).get(step)
        if holder and str(holder.get(name) or "").strip():
            yield Segment(prefix + field, holder, name)


def _of_row(row: dict[str, Any], rows: Rows, prefix: str) -> Iterator[Segment]:
    if rows.by:
        yield from segments(row, rows.fields, f"{prefix}{row[rows.by]}.")
        return
    for segment in segments(row, rows.fields):
        yield segment._replace(key=f"{prefix}{digest(segment.text)}.{segment.key}")


# -- which words ----------------------------------------------------------------------------

FIGURE = ("label", "per", "of", "period_note", "note")

FIGURES: Fields = (Rows("figures", "id", FIGURE),)

ENTRY: Fields = (
    "headline",
    Rows("summary", "id", ("text",), at="sentences"),
    "place",
    "date.note",
    Rows("dates", "", ("measure", "note")),
    Rows("statements", "id", ("text",)),
    *FIGURES,
    Rows("disagreements", "id", ("question", Rows("accounts", "number", ("side", "says")), "reason")),
    Rows("people", "", ("position",)),
    Rows("source_notes", "", ("text",)),
    Rows("attachments", "id", ("caption", "alt", "credit", "licence")),
)
"""Of an entry, as its public document has it."""

NAMED: Fields = (
    "category.name",
    Rows("people", "slug", ("name", Strings("positions", "title"))),
    Rows("organisations", "slug", ("name",)),
    Rows("commodities", "slug", ("name",)),
    Rows("storylines", "slug", ("name",)),
    Rows("sources", "number", ("title",), when="title_is_description"),
    Rows("sources", "number", ("publisher.name",)),
)
"""What the public document of an entry says of the records that it names."""

NAME: Fields = ("name",)
DESCRIBED: Fields = ("name", "description")
PERSON: Fields = ("name", Rows("positions", "", ("title",)))
SOURCE: Fields = ("title",)
"""Of a source whose title is our description of it. Any other title stays in its own language."""
TERM: Fields = ("name", "definition")
LINE: Fields = ("name", "question", "subject", "front_name", "unknown", "words")
STORYLINE: Fields = (
    "name",
    Rows("summary", "id", ("text",)),
    Rows("steps", "entry", ("text",)),
    Rows("open_questions", "id", ("text",)),
)
CHRONOLOGY: Fields = (
    "title",
    "headline",
    "strapline",
    "imprint.editors",
    "imprint.errors",
    "imprint.funding",
    Rows("lanes", "slug", ("name",)),
    Rows("phases", "", ("name",)),
    Rows("open_questions", "", ("question", "note")),
)

FIELDS: dict[str, Fields] = {
    "chronology": CHRONOLOGY,
    "categories": DESCRIBED,
    "organisations": NAME,
    "commodities": NAME,
    "sources": SOURCE,
    "series": DESCRIBED,
    "state": LINE,
    "people": PERSON,
    "entries": ENTRY,
    "terms": TERM,
    "storylines": STORYLINE,
}
"""By the kind of record, as files of a pack are called."""

READING = "reading"
"""The key of the kana by which a name is put in order. There is no original; it goes with the name."""

READ_KINDS = ("categories", "organisations", "commodities", "people", "terms")
"""Kinds of record whose names may have a reading."""
