"""Storylines as readers know them: steps that are public, and the sentences of which everything that carries them is.

A storyline holds sentences of its own and nothing of what its entries say. It is put together from their public
documents when it is shown, so an entry that is withdrawn takes its step and every sentence that rests on it along.
"""

import json
from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Any, NamedTuple

from django.db.models import F, Prefetch, QuerySet

from timeline.choices import NameKind
from timeline.models import PublishedEntry, Storyline, StorylineStep
from timeline.models.document import (
    EntryDocument,
    LeadSentenceDocument,
    LinkedEntryDocument,
    NumberedDocument,
    OtherNameDocument,
    StorylineDocument,
    StorylineSentenceDocument,
    StorylineStepDocument,
)

from .language import Words, said_here, translated_here, words_of
from .lead import carriers, lead

PARTS = """
SELECT 'storyline', s.slug, s.name, json_build_object(
    'colour', s.colour, 'part', walk.part, 'parts', walk.parts,
    'previous', (SELECT json_build_array(p.document->>'url', p.document->>'headline', t.words->'headline')
        FROM timeline_publishedentry p
        LEFT JOIN timeline_publishedtranslation t ON t.entry_id = p.entry_id AND t.language = %(language)s
        WHERE p.entry_id = walk.before),
    'next', (SELECT json_build_array(p.document->>'url', p.document->>'headline', t.words->'headline')
        FROM timeline_publishedentry p
        LEFT JOIN timeline_publishedtranslation t ON t.entry_id = p.entry_id AND t.language = %(language)s
        WHERE p.entry_id = walk.after))::text, NULL
FROM (
    SELECT step.storyline_id, step.entry_id, row_number() OVER steps part, count(*) OVER storyline parts,
        lag(step.entry_id) OVER steps before, lead(step.entry_id) OVER steps after
    FROM timeline_storylinestep step JOIN timeline_publishedentry USING (entry_id)
    WHERE step.storyline_id IN (SELECT storyline_id FROM timeline_storylinestep WHERE entry_id = %(entry)s)
    WINDOW storyline AS (PARTITION BY step.storyline_id), steps AS (storyline ORDER BY step.sort_order, step.id)
) walk JOIN timeline_storyline s ON s.id = walk.storyline_id AND s.is_public
WHERE walk.entry_id = %(entry)s ORDER BY s.position, s.name
"""
"""The places of an entry in its storylines and its neighbours there, among what is public: four texts, and a null."""


class Part(NamedTuple):
    """The place of an entry in a storyline; a neighbour is its address and headline, or None."""

    slug: str
    name: str
    colour: str
    part: int
    parts: int
    previous: tuple[str, str] | None
    next: tuple[str, str] | None


def read_part(slug: str, name: str, place: str) -> Part:
    """A row of :data:`PARTS`, in the language of the page."""
    read = json.loads(place)
    for beside in ("previous", "next"):
        if read[beside]:
            url, headline, filed = read[beside]
            read[beside] = url, translated_here(headline, filed)
    return Part(slug, name, **read)


def with_rows(storylines: QuerySet[Storyline]) -> QuerySet[Storyline]:
    """Fetch with them all that :func:`storyline_document` reads: nine queries."""
    steps = StorylineStep._default_manager.annotate(key=F("entry__key"))
    return said_here(storylines.select_related("series"), "series").prefetch_related(
        *("names", "lines__line", "summary__rests_on", Prefetch("steps", steps), "steps__rests_on"),
        "open_questions__rests_on",
    )


def entries_of(storylines: Iterable[Storyline]) -> dict[int, EntryDocument]:
    """The documents of all public entries that are steps or carry a sentence, by id: one query."""
    ids = set()
    for storyline in storylines:
        for row in chain(storyline.summary.all(), storyline.steps.all(), storyline.open_questions.all()):
            ids |= {support.entry_id for support in row.rests_on.all()}
        ids |= {step.entry_id for step in storyline.steps.all()}
    rows = PublishedEntry.objects.filter(pk__in=ids - {None}).only("document")
    return {row.pk: row.document for row in said_here(rows)}


def storyline_document(storyline: Storyline, entries: Mapping[int, EntryDocument]) -> StorylineDocument:
    """What readers may know of a storyline; ``entries`` are those of :func:`entries_of`."""
    words = words_of(storyline)
    carried = {pk: _carried(entry) for pk, entry in entries.items()}
    steps = [step for step in storyline.steps.all() if step.entry_id in entries]
    return {
        "slug": storyline.slug,
        "name": storyline.name,
        "url": storyline.get_absolute_url(),
        "colour": storyline.colour,
        "names": names_of(storyline),
        "series": storyline.series.slug if storyline.series else "",
        "lines": [row.line.slug for row in storyline.lines.all()],
        "summary": _sentences(storyline.summary.all(), entries, carried, words, "summary"),
        "steps": [_step(number, step, entries, carried, words) for number, step in enumerate(steps, 1)],
        "open_questions": _sentences(storyline.open_questions.all(), entries, carried, words, "open_questions"),
    }


def names_of(storyline: Storyline) -> list[OtherNameDocument]:
    """The further names that readers see."""
    return [
        {"name": row.name, "language": row.language}
        for row in storyline.names.all()
        if row.kind in NameKind.shown() and row.name != storyline.name
    ]


Carried = dict[str, list[int]]
"""The numbers of the sources of each statement, figure and disagreement of an entry, by its id."""


def _carried(entry: EntryDocument) -> Carried:
    return {key: [citation["number"] for citation in citations] for key, (_part, citations) in carriers(entry).items()}


def _sentences(
    rows: Iterable[Any],
    entries: Mapping[int, EntryDocument],
    carried: Mapping[int, Carried],
    words: Words,
    name: str,
) -> list[StorylineSentenceDocument]:
    said = ((row, translated_here(row.text, words.get(f"{name}.{row.uid}.text"))) for row in rows)
    return [_sentence(row, text, row.uid, entries, carried) for row, text in said if _stands(row, carried)]


def _stands(row: Any, carried: Mapping[int, Carried]) -> bool:
    """Whether all that a sentence rests on is public, with a source of its own."""
    supports = row.rests_on.all()
    return bool(row.text and supports) and all(
        carried.get(support.entry_id, {}).get(support.carrier) for support in supports
    )


def _sentence(
    row: Any, text: str, key: str, entries: Mapping[int, EntryDocument], carried: Mapping[int, Carried]
) -> StorylineSentenceDocument:
    slugs = {
        source["number"]: source["slug"]
        for support in row.rests_on.all()
        for source in entries[support.entry_id]["sources"]
    }
    numbers = {number for support in row.rests_on.all() for number in carried[support.entry_id][support.carrier]}
    sources: list[NumberedDocument] = [{"number": number, "slug": slugs[number]} for number in sorted(numbers)]
    return {
        "id": key,
        "text": text,
        "rests_on": [
            {"entry": entries[support.entry_id]["slug"], "id": support.carrier} for support in row.rests_on.all()
        ],
        "sources": sources,
    }


def _step(
    number: int, step: Any, entries: Mapping[int, EntryDocument], carried: Mapping[int, Carried], words: Words
) -> StorylineStepDocument:
    entry = entries[step.entry_id]
    text = translated_here(step.text, words.get(f"steps.{step.key}.text"))
    link = _sentence(step, text, "", entries, carried) if _stands(step, carried) else None
    return {
        "part": number,
        "entry": _linked(entry),
        "lead": _lead(entry),
        "text": link["text"] if link else "",
        "rests_on": link["rests_on"] if link else [],
        "sources": link["sources"] if link else [],
    }


def _lead(entry: EntryDocument) -> list[LeadSentenceDocument]:
    slugs = {source["number"]: source["slug"] for source in entry["sources"]}
    return [
        {"text": one.text, "sources": [{"number": number, "slug": slugs[number]} for number in one.numbers]}
        for one in lead(entry)
    ]


def _linked(entry: EntryDocument) -> LinkedEntryDocument:
    return {
        "uid": entry["uid"],
        "slug": entry["slug"],
        "url": entry["url"],
        "headline": entry["headline"],
        "date": entry["date"],
    }
