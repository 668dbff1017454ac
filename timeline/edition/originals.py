"""The original words of records that another language adds to, as segments have them: only what is public.

Records of a pack have the same words under the same keys (``timeline.content.translating``).
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from timeline.models import (
    Category,
    Commodity,
    Edition,
    FigureSeries,
    Organisation,
    Person,
    PublishedEntry,
    Source,
    StateLine,
    Storyline,
    Term,
)
from timeline.public.language import KINDS, said_by
from timeline.segments import FIELDS, READ_KINDS, READING, segments

Identity = tuple[str, str]
"""A record by its kind and its key."""

SITE: Identity = ("chronology", "chronology")
"""What the page of the chronology says."""


class Original(NamedTuple):
    """The words of a record by the keys of their segments, in the order in which they are read, and what it is called.

    ``entry`` is the id of an entry, None of another record.
    """

    title: str
    words: dict[str, str]
    entry: int | None = None


def _plain(*names: str) -> Callable[[Any], dict[str, Any]]:
    return lambda record: {name: getattr(record, name) for name in names}


def _person(person: Person) -> dict[str, Any]:
    return {"name": person.display_name, "positions": [{"title": one.title} for one in person.positions.all()]}


def _storyline(storyline: Storyline) -> dict[str, Any]:
    return {
        "name": storyline.name,
        "summary": [{"id": row.uid, "text": row.text} for row in storyline.summary.all()],
        "steps": [{"entry": row.entry.key, "text": row.text} for row in storyline.steps.all()],
        "open_questions": [{"id": row.uid, "text": row.text} for row in storyline.open_questions.all()],
    }


_NAMED = _plain("name", "description")

_SAID: dict[type[Any], Callable[[Any], dict[str, Any]]] = {
    Category: _NAMED,
    Commodity: _plain("name"),
    Organisation: _plain("name"),
    Person: _person,
    FigureSeries: _NAMED,
    Source: _plain("title"),
    StateLine: _plain("name", "question", "subject", "front_name", "unknown", "words"),
    Storyline: _storyline,
    Term: _plain("name", "definition"),
}

RECORDS = {kind: (model, _SAID[model]) for model, kind in KINDS.items()}
"""Of each kind of record beside entries and the chronology: the model, and what a record says as a pack has it."""

PUBLIC: dict[str, dict[str, bool]] = {"sources": {"title_is_description": True}, "storylines": {"is_public": True}}
"""Which records of a kind have words that are translated, where not all do."""

RELATED: dict[str, tuple[str, ...]] = {
    "people": ("positions",),
    "storylines": ("summary", "steps__entry", "open_questions"),
}


def originals(identities: Iterable[Identity]) -> dict[Identity, Original]:
    """What these records say to readers now; those that are not public are left out. A query or some a kind."""
    keys: defaultdict[str, list[str]] = defaultdict(list)
    for kind, key in identities:
        keys[kind].append(key)
    found: dict[Identity, Original] = {}
    for kind, some in keys.items():
        if kind == "entries":
            rows = PublishedEntry.objects.filter(entry__key__in=some).values_list("entry__key", "pk", "document")
            found |= {(kind, key): of_entry(pk, document) for key, pk, document in rows}
        elif kind == SITE[0]:
            if edition := Edition.objects.filter(pk=1).first():
                found[SITE] = _of(kind, said_by(edition), edition.title)
        elif kind in RECORDS:
            model, said = RECORDS[kind]
            records = model._default_manager.filter(key__in=some, **PUBLIC.get(kind, {}))
            for record in records.prefetch_related(*RELATED.get(kind, ())):
                found[kind, record.key] = _of(kind, said(record), str(record))
    return found


def of_entry(pk: int, document: Any) -> Original:
    """What the public document of an entry says itself."""
    return _of("entries", document, document["headline"], pk)


def _of(kind: str, record: Any, title: str, entry: int | None = None) -> Original:
    words = {segment.key: segment.text for segment in segments(record, FIELDS[kind])}
    if kind in READ_KINDS and words:
        words[READING] = words["name"]
    return Original(title, words, entry)
