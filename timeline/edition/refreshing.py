"""Brings the rows of entries up to date with what is public, and counts each change."""

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Model, Q, QuerySet

from timeline.choices import DatasetWithdrawal
from timeline.filters.parameters import facets
from timeline.models import (
    Announcement,
    Category,
    Commodity,
    Dataset,
    Departure,
    EntryPage,
    FacetTotal,
    FigureSeries,
    MonthTotal,
    Organisation,
    Person,
    PublishedEntry,
    Source,
    State,
    Storyline,
    StorylineStep,
    TermEntry,
    Version,
    Withdrawal,
    WordTotal,
)
from timeline.models.announcement import CDN
from timeline.models.document import VERSION
from timeline.models.querysets import TRANSLATED_VECTORS, VECTOR_COLUMNS
from timeline.public import fragments
from timeline.public.document import build, tops_of, with_history, with_public_relations
from timeline.public.lanes import Lane
from timeline.public.wording import site_day

from . import progress, translations
from .chronology import current_lanes, refresh_chronology
from .names import Identity, note_translated, rebuild_names, refresh_names, waiting
from .rows import BATCH, departure, is_filed_anew, new_row
from .state import forget_blocks, next_edition, take_words
from .totals import Totals, facets_of
from .versions import Publication, Publications, is_untold, new_version, returned


@dataclass
class _Pause:
    """What is put off until a pause ends: the entries to refresh with what their publications say, and to withdraw."""

    refreshed: dict[int, Publication | None] = field(default_factory=dict)
    withdrawn: dict[int, EntryPage] = field(default_factory=dict)


_paused: ContextVar[_Pause | None] = ContextVar("paused", default=None)


def publicly_visible() -> QuerySet[EntryPage]:
    """Entries that readers may see: live, and not under a page privacy setting."""
    return EntryPage.objects.live().public()


def refresh(entry_ids: Iterable[int], publications: Publications | None = None, *, concealed: bool = False) -> None:
    """Make the rows of these entries equal to what is public, and count the change.

    Entries that are not public, or are to be ``concealed``, lose their row; one with a publication gets a version.
    The number of queries grows with batches of ``BATCH`` entries, not with entries.
    """
    ids = sorted(set(entry_ids))
    if not ids:
        return
    publications = publications or {}
    pending = _paused.get()
    if pending is not None:
        pending.refreshed |= {pk: publications.get(pk) or pending.refreshed.get(pk) for pk in ids}
        return
    with transaction.atomic():
        state = next_edition(takes_words=False)
        lanes = current_lanes()
        totals = Totals()
        for start in range(0, len(ids), BATCH):
            batch = ids[start : start + BATCH]
            withdrawn = _withdrawn(batch, state)
            entries = [] if concealed else _entries(batch)
            rows = _built(entries, publications, withdrawn, lanes)
            _refresh_batch(batch, rows, withdrawn, lanes, totals, state)
            translations.file({entry.pk: entry for entry in entries}, rows)
        totals.save()


def refresh_due() -> int:
    """Bring up to date what is said otherwise from today on, as a public change; returns the number of entries."""
    ids = list(PublishedEntry.objects.filter(changes_on__lte=site_day()).order_by().values_list("pk", flat=True))
    refresh(ids)
    return len(ids)


def _refresh_batch(
    ids: list[int],
    rows: list[PublishedEntry],
    withdrawn: Container[UUID],
    lanes: list[Lane],
    totals: Totals,
    state: State,
) -> None:
    """Let ``rows`` be all rows of ``ids``, and count the change as of ``state``."""
    before = {
        row.pk: row for row in PublishedEntry.objects.filter(pk__in=ids).select_for_update().defer(*VECTOR_COLUMNS)
    }
    if before or len(rows) < len(ids):  # what is new takes no words away
        take_words()
    elif any(row.lines or row.storylines for row in rows):  # but the first page may say something else of it
        forget_blocks()
    for row in before.values():
        totals.remove(row)
    for row in rows:
        totals.add(row)
    gone = before.keys() - {row.pk for row in rows}
    changed = _changed(before, rows, state)
    refiled = [before[row.pk] for row in changed if row.pk in before and is_filed_anew(before[row.pk], row)]
    left = [*(before[pk] for pk in gone), *refiled]
    Departure.objects.bulk_create(departure(row, state) for row in left)
    if gone:
        PublishedEntry.objects.filter(pk__in=gone).delete()
    _withdraw_datasets([before[pk] for pk in gone], state)
    _announce(left + changed)
    new = [row for row in rows if row.pk not in before or not _is_stored(before[row.pk], row)]
    if new:
        fields = PublishedEntry._meta.concrete_fields
        names = [field.name for field in fields if not field.primary_key and field.name not in TRANSLATED_VECTORS]
        PublishedEntry.objects.bulk_create(new, update_conflicts=True, unique_fields=["entry"], update_fields=names)
    if back := [row.uid for row in rows if row.uid in withdrawn]:
        Withdrawal.objects.filter(uid__in=back).delete()
    if changed:
        fragments.replace(changed, lanes, [row.pk for row in changed if row.pk in before])


def _is_stored(before: PublishedEntry, row: PublishedEntry) -> bool:
    """Whether a row is in the table as it is; the digest speaks for its document and its words."""
    fields = (
        field for field in PublishedEntry._meta.concrete_fields if field.name not in ("document", *VECTOR_COLUMNS)
    )
    return all(getattr(before, field.attname) == getattr(row, field.attname) for field in fields)


def _withdrawn(ids: list[int], state: State) -> dict[UUID, datetime]:
    """When each of these entries was withdrawn, by its uid, if it was.

    It comes back now or loses words: another answer to whoever was told that it went.
    """
    uids = EntryPage.objects.filter(pk__in=ids).values("uid")
    withdrawn = dict(Withdrawal.objects.filter(uid__in=uids).values_list("uid", "withdrawn_at"))
    if withdrawn:
        Departure.objects.filter(uid__in=withdrawn).update(edition=state.version, left_at=state.changed_at)
    return withdrawn


def _entries(ids: list[int]) -> list[EntryPage]:
    """Those of these entries that are public, with all that their rows are built of."""
    return with_public_relations(
        publicly_visible().filter(pk__in=ids),
        "entry_organisations__organisation__names",
        "entry_commodities__commodity__names",
        "category__names",
        "terms__term__names",
    )


def _built(
    entries: list[EntryPage],
    publications: Publications,
    withdrawn: dict[UUID, datetime],
    lanes: list[Lane],
) -> list[PublishedEntry]:
    """The rows of these entries, built anew and not saved; their new versions are."""
    histories: defaultdict[int, list[Version]] = defaultdict(list)
    for version in Version.objects.filter(entry__in=entries).defer("document").order_by("number"):
        histories[version.entry_id].append(version)
    tops = tops_of(row.commodity for entry in entries for row in entry.entry_commodities.all())
    rows, new = [], []
    for entry in entries:
        document = build(entry, tops)
        history = histories[entry.pk]
        if entry.pk in publications or is_untold(entry, history):
            publication = publications.get(entry.pk, Publication())
            if entry.uid in withdrawn:
                publication = returned(publication, withdrawn[entry.uid])
            history.append(new_version(entry, history, publication))
            new.append(history[-1])
        if not history[-1].pk:
            history[-1].document = document
        document = with_history(document, history)
        rows.append(new_row(entry, document, lanes, [version.number for version in history if version.redaction]))
    Version.objects.bulk_create(new)
    return rows


def first_publication(entry: EntryPage, tops: dict[int, str], lanes: list[Lane]) -> tuple[PublishedEntry, Version]:
    """The row and the version of an entry that nobody has seen yet, not saved; as of which edition is not said."""
    document = build(entry, tops)
    version = new_version(entry, [], Publication())
    version.document = document
    return new_row(entry, with_history(document, [version]), lanes, []), version


def _changed(before: dict[int, PublishedEntry], rows: list[PublishedEntry], state: State) -> list[PublishedEntry]:
    """The rows that differ from what was there, each of ``state`` now; the others are still as of their own."""
    changed = []
    for row in rows:
        old = before.get(row.pk)
        if old and old.digest == row.digest and not is_filed_anew(old, row):
            row.edition, row.changed_at = old.edition, old.changed_at
        else:
            row.edition, row.changed_at = state
            changed.append(row)
    return changed


def _withdraw_datasets(gone: list[PublishedEntry], state: State) -> None:
    """No dataset that holds these entries may be had any more."""
    if gone:
        held = Dataset.objects.with_entries(row.uid for row in gone)
        held.withdraw(DatasetWithdrawal.UNPUBLISHED, state.changed_at)


def _announce(rows: Iterable[PublishedEntry]) -> None:
    """Note that the feeds these entries are in, those of everything and of each record, have news for who wants it."""
    announced = {"all", *facets()}
    keys = [key for row in rows for key in facets_of(row) if key[0] in announced]
    if settings.WEBSUB_HUB and keys:
        Announcement.objects.add_news(keys)
    if settings.CDN and keys:
        Announcement.objects.add_news([*keys, *(("entry", row.pk) for row in rows)], CDN)


@contextmanager
def paused() -> Iterator[None]:
    """Collect refreshes and withdrawals and do them once at the end: for whoever changes many entries."""
    pending = _Pause()
    named: set[Identity] = set()
    tokens = _paused.set(pending), waiting.set(named)
    try:
        yield
    finally:
        _paused.reset(tokens[0])
        waiting.reset(tokens[1])
    refresh_names(named)
    if pending.withdrawn:
        _withdraw_all(pending.withdrawn.values())
    refresh(pending.refreshed, {pk: publication for pk, publication in pending.refreshed.items() if publication})


def rebuild() -> int:
    """Build the whole table anew from what is public; returns the number of entries."""
    with transaction.atomic():
        # First what should be gone, so that its answers are told; of the rest each row is new anyway.
        refresh(PublishedEntry.objects.exclude(pk__in=publicly_visible()).values_list("pk", flat=True))
        next_edition()
        PublishedEntry.objects.all().delete()
        FacetTotal.objects.all().delete()
        MonthTotal.objects.all().delete()
        WordTotal.objects.all().delete()
        rebuild_names()
        refresh_chronology()
        progress.rebuild()
        refresh(publicly_visible().values_list("pk", flat=True))
    return PublishedEntry.objects.count()


def refresh_outdated() -> int:
    """Build the rows anew that code with another version of the document built; returns their number.

    What is made of rows at once, and other code made, is made anew as well.

    ``BATCH`` at a time, each in a transaction of its own: the site goes on, and so do its editors.
    """
    number = 0
    rebuild_names()
    while ids := list(PublishedEntry.objects.outdated().values_list("pk", flat=True)[:BATCH]):
        refresh(ids)
        number += len(ids)
    WordTotal.objects.exclude(version=VERSION).delete()
    fragments.make_missing(current_lanes())
    return number


def withdraw(entry: EntryPage) -> None:
    """The row of an entry goes, a tombstone stays; nothing happens to an entry that has no row."""
    if (pending := _paused.get()) is not None:
        pending.withdrawn[entry.pk] = entry
    else:
        _withdraw_all([entry])


def _withdraw_all(entries: Iterable[EntryPage]) -> None:
    reasons = {entry.pk: entry.withdrawal_reason for entry in entries}
    with transaction.atomic():
        if not PublishedEntry.objects.filter(pk__in=reasons).exists():
            return
        state = next_edition()
        totals = Totals()
        rows = list(PublishedEntry.objects.filter(pk__in=reasons).defer(*VECTOR_COLUMNS))
        for row in rows:
            totals.remove(row)
            defaults = {"slug": row.slug, "reason": reasons[row.pk], "withdrawn_at": state.changed_at}
            Withdrawal.objects.update_or_create(uid=row.uid, defaults=defaults)
        Departure.objects.bulk_create(departure(row, state) for row in rows)
        _announce(rows)
        PublishedEntry.objects.filter(pk__in=[row.pk for row in rows]).delete()
        _withdraw_datasets(rows, state)
        totals.save()


def forget(version: Version) -> None:
    """The words of a version are gone: no answer has them any more, and no dataset that has them is offered."""
    with transaction.atomic():
        state = next_edition()
        Dataset.objects.with_words_of(version).withdraw(DatasetWithdrawal.REDACTED, state.changed_at)
        translations.forget_older(version.entry_id, version.redaction)
        refresh([version.entry_id])


# -- what is about a record ----------------------------------------------------------------


def entries_about(record: Model) -> Q:
    """Which published entries show something of ``record``."""
    columns: dict[type[Model], str] = {
        Person: "people",
        Commodity: "commodities",
        Organisation: "organisations",
        Source: "sources",
        FigureSeries: "series",
    }
    if isinstance(record, Category):
        return Q(category=record)
    about = Q(**{f"{columns[type(record)]}__contains": [record.pk]})
    if isinstance(record, Organisation):
        about |= Q(publishers__contains=[record.pk])
    if isinstance(record, Source):
        derivatives = list(record.derivatives.values_list("pk", flat=True))
        about |= Q(sources__overlap=derivatives)
    return about


def refresh_about(record: Model) -> None:
    """Readers are told something else of this record, wherever it is shown."""
    with transaction.atomic():
        next_edition()
        refresh(PublishedEntry.objects.filter(entries_about(record)).values_list("pk", flat=True))
        if isinstance(record, Commodity | Category):
            refresh_chronology()  # lanes know them by their slugs


def refresh_terms(terms: list[int], before: Iterable[int] = ()) -> None:
    """Readers are told something else of terms; entries that they are linked to now, or were ``before``, change."""
    with transaction.atomic():
        next_edition()  # they show wherever an entry uses them, and no row of an entry holds them
        linked = TermEntry.objects.filter(term__in=terms).values_list("entry", flat=True)
        refresh({*before, *linked})


def refresh_storylines(storylines: list[int], before: Iterable[int] = ()) -> None:
    """Readers are told something else of storylines; entries that are steps now, or were ``before``, change."""
    with transaction.atomic():
        next_edition()  # what a storyline says stands on its own page
        steps = StorylineStep.objects.filter(storyline__in=storylines).values_list("entry", flat=True)
        refresh({*before, *steps})


def conceal(storyline: Storyline) -> None:
    """Readers do not see a storyline any more, and no dataset that tells it is offered.

    The lock of the edition is taken at all events: a dataset that is built now is offered before it, or sees this.
    """
    with transaction.atomic():
        state = next_edition()
        Dataset.objects.with_storyline(storyline).withdraw(DatasetWithdrawal.CONCEALED, state.changed_at)


def refresh_lines(ids: list[int]) -> None:
    """Readers are told something else of these lines of the state, and of the entries that answer them."""
    with transaction.atomic():
        next_edition()  # a line shows on the page of a day also where no entry answers it
        refresh(PublishedEntry.objects.filter(lines__overlap=ids).values_list("pk", flat=True))


def refresh_translations(identities: Iterable[translations.Identity]) -> None:
    """Readers are told something else of these records in another language, wherever they are shown."""
    keys: defaultdict[str, list[str]] = defaultdict(list)
    for kind, key in identities:
        keys[kind].append(key)
    with transaction.atomic():
        note_translated(keys)
        next_edition()  # what is no part of an entry stands on pages of its own
        ids = set(EntryPage.objects.filter(key__in=keys["entries"]).values_list("pk", flat=True))
        for kind, (model, columns) in SHOWN.items():
            if keys[kind]:
                changed = list(model._default_manager.filter(key__in=keys[kind]).values_list("pk", flat=True))
                shown = reduce(or_, (Q(**{column: changed}) for column in columns))
                ids.update(PublishedEntry.objects.filter(shown).values_list("pk", flat=True))
        refresh(ids)
        if translations.SITE[0] in keys:
            refresh_chronology()
        progress.refresh((kind, key) for kind in keys.keys() - {"entries"} for key in keys[kind])


SHOWN: dict[str, tuple[type[Any], tuple[str, ...]]] = {
    "categories": (Category, ("category__in",)),
    "organisations": (Organisation, ("organisations__overlap", "publishers__overlap")),
    "commodities": (Commodity, ("commodities__overlap",)),
    "sources": (Source, ("sources__overlap",)),
    "people": (Person, ("people__overlap",)),
    "storylines": (Storyline, ("storylines__overlap",)),
}
"""The records that entries name, by their kinds, and how the entries are found that show some of them."""


def refresh_sources(ids: list[int]) -> None:
    """Readers are told something else of these sources, wherever they are shown."""
    with transaction.atomic():
        next_edition()  # a source may be shown on its own page alone
        refresh(PublishedEntry.objects.filter(sources__overlap=ids).values_list("pk", flat=True))
