"""Files what readers see of entries in other languages, beside the rows of the entries and in the same transaction."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from functools import reduce
from operator import or_
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from timeline import search
from timeline.choices import TranslationState
from timeline.models import (
    Announcement,
    EntryPage,
    Fragment,
    PublishedEntry,
    PublishedTranslation,
    Translation,
    TranslationChange,
    TranslationCorrection,
    TypedTranslation,
)
from timeline.models.announcement import CDN
from timeline.models.document import VERSION
from timeline.models.querysets import TRANSLATED_VECTORS, VECTORS
from timeline.public.document import cited_sources, further_sources, public_storylines
from timeline.public.language import Words, in_language, originals_of, others
from timeline.segments import ENTRY, FIGURE, NAMED, Fields, digest, segments

from . import progress
from .originals import SITE, Identity, of_entry

__all__ = ["SITE", "Identity", "file", "forget_older", "fresh", "translated"]


def file(entries: Mapping[int, EntryPage], rows: Iterable[PublishedEntry]) -> None:
    """Let what is filed of these rows be what is translated of them now: a few queries, however many rows."""
    shown = {row.pk: dict(_shown(entries[row.pk], row)) for row in rows}
    stored = progress.stored(identity for places in shown.values() for identity in places)
    by_language = _for_readers(stored)
    corrected = _corrections(shown)
    filed = {
        (row.pk, language): new
        for row in rows
        for language in by_language.keys() | {language for _pk, language in corrected}
        if (new := _filed(row, language, shown[row.pk], by_language.get(language, {}), corrected))
    }
    progress.file({("entries", entries[row.pk].key): of_entry(row.pk, row.document) for row in rows}, stored)
    before = {one.pk: one for one in PublishedTranslation.objects.filter(entry__in=shown)}
    same = {key for key, new in filed.items() if key in before and before[key].digest == new.digest}
    gone = before.keys() - same
    changed = {pk for pk, _language in gone | (filed.keys() - same)}
    if not changed:
        return
    PublishedTranslation.objects.filter(pk__in=list(gone)).delete()
    PublishedTranslation.objects.bulk_create(new for key, new in filed.items() if key not in same)
    _index([row for row in rows if row.pk in changed], entries, filed)
    made = reduce(or_, (Q(kind__endswith=f".{language}") for language in others()))
    Fragment.objects.filter(made, entry__in=changed).delete()
    if settings.CDN:
        Announcement.objects.add_news([("entry", pk) for pk in changed], CDN)


def _index(
    rows: list[PublishedEntry], entries: Mapping[int, EntryPage], filed: Mapping[tuple[int, str], PublishedTranslation]
) -> None:
    """Let these rows be found in each language by what it shows of them: its words, else the original."""
    for row in rows:
        for language in VECTORS:
            new, vector = filed.get((row.pk, language)), None
            if new:
                vector = search.vector(search.texts(entries[row.pk], new.document))
            setattr(row, f"vector_{language}", vector)
    PublishedEntry.objects.bulk_update(rows, TRANSLATED_VECTORS)


def forget_older(entry_id: int, reason: str) -> None:
    """Forget the translations of an entry that were made from other words than it says now, wherever they are kept.

    Corrections of them stay by their number, with the ``reason`` (a ``Redaction``).
    """
    row = PublishedEntry.objects.filter(pk=entry_id).only("document").first()
    now = {segment.key: digest(segment.text) for segment in segments(row.document, ENTRY)} if row else {}
    key = EntryPage.objects.values_list("key", flat=True).get(pk=entry_id)

    def older(rows: QuerySet[Any], of: str = "of") -> QuerySet[Any]:
        found = rows.values_list("pk", "segment", of)
        return rows.filter(pk__in=[pk for pk, segment, digested in found if now.get(segment) != digested])

    for model in (Translation, TypedTranslation):
        older(model._default_manager.filter(kind="entries", record=key)).delete()
    changes = TranslationChange.objects.filter(kind="entries", record=key)
    older(changes, "of_before").update(before="")
    older(changes).update(after="")
    slips = older(TranslationCorrection.objects.filter(entry=entry_id, redaction=""))
    slips.update(wrong="", right="", redaction=reason, redacted_at=timezone.now())


def _answered(row: PublishedEntry, words: Words) -> Words:
    """Those of the words of an entry that its answers to lines of the state show."""
    shown = {"headline"}
    for state in row.states:
        shown |= {f"dates.{digest(state['measure'])}.measure", f"dates.{digest(state['note'])}.note"}
        if figure := state["figure"]:
            shown |= {f"figures.{figure['id']}.{name}" for name in FIGURE}
    return {key: said for key, said in words.items() if key in shown} if row.states else {}


Stored = Mapping[str, Mapping[Identity, Mapping[str, Translation]]]


def _for_readers(stored: Stored) -> Stored:
    """Of translations those that readers may see."""
    return {
        language: {
            identity: {key: row for key, row in rows.items() if row.is_shown} for identity, rows in found.items()
        }
        for language, found in stored.items()
    }


def translated(identities: Iterable[Identity]) -> Stored:
    """By language and record: the translations of these records that readers may see, by segment. One query."""
    return _for_readers(progress.stored(identities))


Corrections = Mapping[tuple[int, str], list[dict[str, Any]]]
"""By entry and language: what readers are told of slips of translation, the newest first."""


def _corrections(entries: Iterable[int]) -> Corrections:
    found: defaultdict[tuple[int, str], list[dict[str, Any]]] = defaultdict(list)
    for one in TranslationCorrection.objects.filter(entry__in=entries).order_by("-number"):
        said = {name: getattr(one, name) for name in ("number", "wrong", "right", "redaction")}
        found[one.entry_id, one.language].append(said | {"date": one.corrected_at.isoformat()})
    return found


def fresh(record: Any, fields: Fields, translations: Mapping[str, Translation]) -> dict[str, list[str]]:
    """The words of a record that were made from what it says now: ``[digest, words]`` by segment."""
    return {
        segment.key: [row.of, row.words]
        for segment in segments(record, fields)
        if (row := translations.get(segment.key)) and row.of == digest(segment.text)
    }


def _shown(entry: EntryPage, row: PublishedEntry) -> Iterator[tuple[Identity, list[str]]]:
    """The records whose words an entry shows, each with what their keys begin with in its document."""
    places: defaultdict[Identity, list[str]] = defaultdict(list)
    places["entries", entry.key].append("")
    if entry.category:
        places["categories", entry.category.key].append("category.")
    for kind, records in (
        ("people", [one.person for one in entry.entry_people.all()]),
        ("organisations", [one.organisation for one in entry.entry_organisations.all()]),
        ("commodities", [one.commodity for one in entry.entry_commodities.all()]),
        ("storylines", public_storylines(entry)),
    ):
        for record in filter(None, records):
            places[kind, record.key].append(f"{kind}.{record.slug}.")
    for source in (*cited_sources(entry), *further_sources(entry)):
        places["sources", source.key].append(f"sources.{source.number}.")
        if source.publisher:
            places["organisations", source.publisher.key].append(f"sources.{source.number}.publisher.")
    yield from places.items()


def _filed(
    row: PublishedEntry,
    language: str,
    places: Mapping[Identity, list[str]],
    found: Mapping[Identity, Mapping[str, Translation]],
    corrected: Corrections,
) -> PublishedTranslation | None:
    """What readers see of an entry in a language; None while that is nothing."""
    rows = {
        f"{place}{segment}": translation
        for identity in places
        for segment, translation in found.get(identity, {}).items()
        for place in places[identity]
    }
    for person in row.document["people"]:  # what an entry itself says that somebody was
        for title in person["positions"]:
            if held := rows.get(f"people.{digest(title)}.position"):
                rows[f"people.{person['slug']}.positions.{digest(title)}.title"] = held
    words = fresh(row.document, ENTRY + NAMED, rows)
    corrections = corrected.get((row.pk, language), [])
    if not (words or corrections):
        return None
    own = {segment.key for segment in segments(row.document, ENTRY)}
    document = in_language(deepcopy(row.document), words, language)
    said = json.dumps([VERSION, row.digest, words, *([corrections] if corrections else [])], sort_keys=True)
    return PublishedTranslation(
        entry_id=row.pk,
        language=language,
        words=words,
        answered=_answered(row, words),
        reviewed=all(rows[key].state == TranslationState.REVIEWED for key in own & words.keys()),
        corrections=corrections,
        document=document,
        originals=originals_of(document),
        of=row.digest,
        digest=hashlib.sha256(said.encode()).hexdigest()[:32],
    )
