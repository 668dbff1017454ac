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
from django.db.models import Q

from timeline import search
from timeline.choices import TranslationState
from timeline.models import Announcement, EntryPage, Fragment, PublishedEntry, PublishedTranslation, Translation
from timeline.models.announcement import CDN
from timeline.models.document import VERSION
from timeline.models.querysets import VECTORS
from timeline.public.document import cited_sources, noted_sources, public_storylines
from timeline.public.language import in_language, others
from timeline.segments import ENTRY, NAMED, Fields, digest, segments

Identity = tuple[str, str]
"""A record by its kind and its key."""

SITE: Identity = ("chronology", "chronology")
"""What the page of the chronology says."""


def file(entries: Mapping[int, EntryPage], rows: Iterable[PublishedEntry]) -> None:
    """Let what is filed of these rows be what is translated of them now: a few queries, however many rows."""
    shown = {row.pk: dict(_shown(entries[row.pk], row)) for row in rows}
    by_language = translated({identity for places in shown.values() for identity in places})
    filed = {
        (row.pk, language): new
        for row in rows
        for language, found in by_language.items()
        if (new := _filed(row, language, shown[row.pk], found))
    }
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
                document = in_language(deepcopy(row.document), new.words, language)
                vector = search.vector(search.texts(entries[row.pk], document), is_key=row.is_key)
            setattr(row, f"vector_{language}", vector)
    PublishedEntry.objects.bulk_update(rows, [f"vector_{language}" for language in VECTORS])


def forget_older(entry_id: int) -> None:
    """Delete the translations of an entry that were made from other words than it says now."""
    row = PublishedEntry.objects.filter(pk=entry_id).only("document").first()
    now = {segment.key: digest(segment.text) for segment in segments(row.document, ENTRY)} if row else {}
    key = EntryPage.objects.values_list("key", flat=True).get(pk=entry_id)
    kept = Translation.objects.filter(kind="entries", record=key)
    kept.filter(pk__in=[one.pk for one in kept if now.get(one.segment) != one.of]).delete()


def translated(identities: Iterable[Identity]) -> dict[str, dict[Identity, dict[str, Translation]]]:
    """By language and record: the translations of these records that readers may see, by segment. One query."""
    keys: defaultdict[str, list[str]] = defaultdict(list)
    for kind, key in identities:
        keys[kind].append(key)
    found: dict[str, dict[Identity, dict[str, Translation]]] = {}
    if not keys:
        return found
    wanted = reduce(or_, (Q(kind=kind, record__in=records) for kind, records in keys.items()))
    for row in Translation.objects.shown().filter(wanted):
        of_language = found.setdefault(row.language, {})
        of_language.setdefault((row.kind, row.record), {})[row.segment] = row
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
    for source in (*cited_sources(entry), *noted_sources(entry)):
        places["sources", source.key].append(f"sources.{source.number}.")
        if source.publisher:
            places["organisations", source.publisher.key].append(f"sources.{source.number}.publisher.")
    yield from places.items()


def _filed(
    row: PublishedEntry,
    language: str,
    places: Mapping[Identity, list[str]],
    found: Mapping[Identity, Mapping[str, Translation]],
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
    if not words:
        return None
    own = {segment.key for segment in segments(row.document, ENTRY)}
    said = json.dumps([VERSION, row.digest, words], sort_keys=True)
    return PublishedTranslation(
        entry_id=row.pk,
        language=language,
        words=words,
        reviewed=all(rows[key].state == TranslationState.REVIEWED for key in own & words.keys()),
        digest=hashlib.sha256(said.encode()).hexdigest()[:32],
    )
