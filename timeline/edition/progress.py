"""Keeps count of how far each public record is translated, for the list of what waits: in the transaction of a change.

A translation is stale by its digest alone (DECISIONS 167); the numbers here follow from that, as all totals do.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import batched

from django.db.models import Model
from django.utils import timezone

from timeline.choices import SegmentState
from timeline.models import PublishedEntry, Translation, TranslationProgress
from timeline.models.translation import URGENCY
from timeline.public.language import KINDS, others
from timeline.segments import READING, digest

from .originals import PUBLIC, RECORDS, SITE, Identity, Original, of_entry, originals
from .rows import BATCH

Translated = Mapping[str, Mapping[Identity, Mapping[str, Translation]]]
"""What is translated of records, by language, record and segment."""


def states(original: Original, translations: Mapping[str, Translation]) -> Iterator[tuple[str, SegmentState]]:
    """How each segment of a record stands, in the order of reading; a reading need not be known."""
    for key, text in original.words.items():
        row = translations.get(key)
        if row is None:
            if key != READING:
                yield key, SegmentState.MISSING
        elif row.of != digest(text):
            yield key, SegmentState.STALE
        else:
            yield key, SegmentState(row.state)


def file(said: Mapping[Identity, Original], translated: Translated) -> None:
    """Let what is counted of these records be what is so now, and note which words fresh translations were made from.

    One query, and one or two more where something changed.
    """
    now = {
        (language, *identity): _counted(language, identity, original, translated.get(language, {}).get(identity, {}))
        for language in others()
        for identity, original in said.items()
        if original.words
    }
    before = {
        (one.language, one.kind, one.record): one
        for one in TranslationProgress.objects.filter(
            kind__in={kind for kind, _key in said}, record__in=[key for _kind, key in said]
        )
    }
    changed = [row for place, row in now.items() if place not in before or not _same(row, before[place])]
    TranslationProgress.objects.filter(
        pk__in=[one.pk for place, one in before.items() if place not in now and place[1:] in said]
    ).delete()
    names = ["entry", "title", "stale", "missing", "draft", "reviewed", "urgency", "changed_at"]
    TranslationProgress.objects.bulk_create(
        changed, BATCH, update_conflicts=True, unique_fields=["kind", "record", "language"], update_fields=names
    )
    _note_originals(said, translated)


def first_progress(key: str, row: PublishedEntry) -> list[TranslationProgress]:
    """What is counted of an entry that nobody has translated yet, not saved."""
    return [_counted(language, ("entries", key), of_entry(row.pk, row.document), {}) for language in others()]


def _counted(
    language: str, identity: Identity, original: Original, translations: Mapping[str, Translation]
) -> TranslationProgress:
    number = Counter(state for _key, state in states(original, translations))
    return TranslationProgress(
        language=language,
        kind=identity[0],
        record=identity[1],
        entry_id=original.entry,
        title=original.title,
        urgency=min(map(URGENCY.index, number), default=len(URGENCY) - 1),
        changed_at=timezone.now(),
        **{state.value: number[state] for state in SegmentState},
    )


def _same(row: TranslationProgress, before: TranslationProgress) -> bool:
    names = ("entry_id", "title", *SegmentState.values)
    return all(getattr(row, name) == getattr(before, name) for name in names)


def _note_originals(said: Mapping[Identity, Original], translated: Translated) -> None:
    """Keep with each translation what it was made from, as long as that is what the original says."""
    changed = []
    for found in translated.values():
        for identity, rows in found.items():
            if original := said.get(identity):
                for key, row in rows.items():
                    text = original.words.get(key)
                    if text and row.original != text and row.of == digest(text):
                        row.original = text
                        changed.append(row)
    if changed:
        Translation.objects.bulk_update(changed, ["original"], BATCH)


def refresh(identities: Iterable[Identity]) -> None:
    """Count anew how far these records are translated, or forget those that are not public any more."""
    asked = list(dict.fromkeys(identities))
    for start in range(0, len(asked), BATCH):
        batch = asked[start : start + BATCH]
        found = originals(batch)
        gone = Original("", {})
        file({identity: found.get(identity, gone) for identity in batch}, stored(batch))


def stored(identities: Iterable[Identity]) -> dict[str, dict[Identity, dict[str, Translation]]]:
    """All that is translated of these records, by language, record and segment: one query."""
    asked = set(identities)
    found: dict[str, dict[Identity, dict[str, Translation]]] = {}
    rows = Translation.objects.filter(
        kind__in={kind for kind, _key in asked}, record__in={key for _kind, key in asked}
    )
    for row in rows if asked else ():
        if (row.kind, row.record) in asked:
            of_language = found.setdefault(row.language, {})
            of_language.setdefault((row.kind, row.record), {})[row.segment] = row
    return found


def note_progress(records: Iterable[Model]) -> None:
    """Count the progress of records that were made or changed many at once, without a signal."""
    refresh(identity_of(record) for record in records if type(record) in KINDS)


def identity_of(record: Model) -> Identity:
    """A record of :data:`originals.RECORDS` by its kind and key."""
    return KINDS[type(record)], record.key  # type: ignore[attr-defined]


def rebuild() -> None:
    """Count anew all records beside entries, which are counted as they are filed."""
    TranslationProgress.objects.filter(entry=None).delete()
    refresh([SITE])
    for kind, (model, _said) in RECORDS.items():
        rows = model._default_manager.filter(**PUBLIC.get(kind, {})).order_by("pk").values_list("key", flat=True)
        for keys in batched(rows.iterator(), BATCH):
            refresh((kind, key) for key in keys)
