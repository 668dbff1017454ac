"""The public edition: keeps the tables that readers see equal to what is published.

``refresh`` brings the rows of some entries up to date; the receivers at the end call
it when Wagtail publishes or withdraws an entry and when a record changes. Everything
public (pages, feeds, exports) reads the rows it writes.
"""

import datetime
import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Model, Q, QuerySet
from django.db.models.functions import Greatest
from django.db.models.signals import post_delete, post_save
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import PageViewRestriction, Revision
from wagtail.signals import page_published, page_unpublished, post_page_move

from timeline import edtf, search, wording
from timeline.choices import Change
from timeline.document import build, with_history, with_public_relations
from timeline.lanes import Lane, lanes_of
from timeline.models import (
    Announcement,
    Category,
    ChronologyPage,
    Commodity,
    Departure,
    Edition,
    EntryPage,
    FacetTotal,
    FigureSeries,
    MonthTotal,
    Organisation,
    Person,
    PublishedEntry,
    Source,
    State,
    Term,
    Version,
    Withdrawal,
)
from timeline.models.fields import period_of

BATCH = 200
"""Entries built at a time: bounds the memory of a rebuild."""


@dataclass(frozen=True)
class Publication:
    """What publishing an entry changes for readers, as its editor said."""

    change: str = ""
    note: str = ""
    wrong: str = ""
    right: str = ""
    revision_id: int | None = None


ANNOUNCED = {"all", "lane", "person", "commodity", "category", "organisation", "publisher", "source"}
"""Facets of which each value has feeds that are announced to a hub."""

Publications = Mapping[int, Publication]
"""Publications by the id of the entry."""

_paused: ContextVar[dict[int, Publication | None] | None] = ContextVar("paused", default=None)


def publicly_visible() -> QuerySet[EntryPage]:
    """Entries that readers may see: live, and not under a page privacy setting."""
    return EntryPage.objects.live().public()


def refresh(entry_ids: Iterable[int], publications: Publications | None = None) -> None:
    """Make the rows of these entries equal to what is public, and count the change.

    Entries that are not public lose their row; one with a publication gets a version.
    The number of queries grows with batches of ``BATCH`` entries, not with entries.
    """
    ids = sorted(set(entry_ids))
    if not ids:
        return
    publications = publications or {}
    pending = _paused.get()
    if pending is not None:
        pending.update({pk: publications.get(pk) or pending.get(pk) for pk in ids})
        return
    with transaction.atomic():
        state = _next_version()
        tops = dict(Commodity.objects.filter(parent=None).values_list("pk", "slug"))
        lanes = _lanes()
        totals = Totals()
        for start in range(0, len(ids), BATCH):
            _refresh_batch(ids[start : start + BATCH], publications, tops, lanes, totals, state)
        totals.save()


def _refresh_batch(
    ids: list[int], publications: Publications, tops: dict[int, str], lanes: list[Lane], totals: "Totals", state: State
) -> None:
    """Write the rows of ``ids`` and their new versions, and count the change as of ``state``."""
    before = {}
    for row in PublishedEntry.objects.filter(pk__in=ids).select_for_update().defer("vector"):
        totals.remove(row)
        before[row.pk] = row
    entries = with_public_relations(publicly_visible().filter(pk__in=ids)).prefetch_related(
        "entry_organisations__organisation__names", "entry_commodities__commodity__names"
    )
    versions: defaultdict[int, list[Version]] = defaultdict(list)
    for version in Version.objects.filter(entry__in=ids).defer("document").order_by("number"):
        versions[version.entry_id].append(version)
    uids = EntryPage.objects.filter(pk__in=ids).values("uid")
    withdrawn = dict(Withdrawal.objects.filter(uid__in=uids).values_list("uid", "withdrawn_at"))
    if withdrawn:  # they come back or lose words: another answer to whoever was told that they went
        Departure.objects.filter(uid__in=withdrawn).update(edition=state.version, left_at=state.changed_at)
    new = []
    rows = []
    for entry in entries:
        document = build(entry, tops)
        history = versions[entry.pk]
        if not history or entry.pk in publications:
            publication = publications.get(entry.pk, Publication())
            if entry.uid in withdrawn:
                publication = _return(publication, withdrawn[entry.uid])
            history.append(_version(entry, history, publication))
            new.append(history[-1])
        if not history[-1].pk:
            history[-1].document = document
        document = with_history(document, history)
        rows.append(_row(entry, document, lanes, [version.number for version in history if version.redaction]))
    Version.objects.bulk_create(new)
    gone = before.keys() - {row.pk for row in rows}
    left = [before[pk] for pk in gone]
    changed = []
    for row in rows:
        totals.add(row)
        old = before.get(row.pk)
        if old and _is_filed_anew(old, row):
            left.append(old)
        elif old and old.digest == row.digest:
            row.edition, row.changed_at = old.edition, old.changed_at
            continue
        row.edition, row.changed_at = state
        changed.append(row)
    Departure.objects.bulk_create(_departure(row, state) for row in left)
    PublishedEntry.objects.filter(pk__in=gone).delete()
    _announce(left + changed)
    if rows:
        names = [field.name for field in PublishedEntry._meta.concrete_fields if not field.primary_key]
        PublishedEntry.objects.bulk_create(rows, update_conflicts=True, unique_fields=["entry"], update_fields=names)
        Withdrawal.objects.filter(uid__in=[row.uid for row in rows]).delete()


def _return(publication: Publication, withdrawn_at: datetime.datetime) -> Publication:
    """Readers were told that the entry is gone, so that it is back is never a minor edit."""
    if publication.change in (Change.UPDATE, Change.CORRECTION):
        return publication
    note = _("Public again; it was withdrawn on %s.") % wording.when(withdrawn_at.date().isoformat())
    return replace(publication, change=Change.UPDATE, note=note)


def _is_filed_anew(before: PublishedEntry, row: PublishedEntry) -> bool:
    """Whether an entry may be in other answers than before."""
    return any(getattr(before, name) != getattr(row, name) for name in PublishedEntry.filtered_names())


def _departure(row: PublishedEntry, state: State) -> Departure:
    """That ``row`` is not filed like this any more, as of ``state``."""
    filed = {name: getattr(row, name) for name in PublishedEntry.filtered_names()}
    return Departure(uid=row.uid, edition=state.version, left_at=state.changed_at, **filed)


def _announce(rows: Iterable[PublishedEntry]) -> None:
    """Note that the feeds these entries are in have news, if there is a hub to be told."""
    keys = [key for row in rows for key in _facets(row) if key[0] in ANNOUNCED]
    if settings.WEBSUB_HUB and keys:
        Announcement.objects.add_news(keys)


def _version(entry: EntryPage, before: list[Version], publication: Publication) -> Version:
    """The version that is published now; what a program published without a word was a minor edit."""
    change = (publication.change or Change.MINOR) if before else Change.FIRST
    corrections = sum(version.change == Change.CORRECTION for version in before)
    # They are there unless a program made the page live without publishing it.
    published_at = (entry.last_published_at if before else entry.first_published_at) or timezone.now()
    return Version(
        entry=entry,
        number=before[-1].number + 1 if before else 1,
        change=change,
        published_at=max(published_at, before[-1].published_at) if before else published_at,
        note=publication.note if change == Change.UPDATE else "",
        wrong=publication.wrong if change == Change.CORRECTION else "",
        right=publication.right if change == Change.CORRECTION else "",
        correction=corrections + 1 if change == Change.CORRECTION else None,
        revision_id=publication.revision_id,
    )


def _row(entry: EntryPage, document: dict[str, Any], lanes: list[Lane], redacted: list[int]) -> PublishedEntry:
    """The row of an entry, of which the versions numbered ``redacted`` have lost their words."""
    date = edtf.parse(entry.date)
    cited = [
        reference.source
        for parents in (entry.statements, entry.figures)
        for parent in parents.all()
        for reference in parent.citations.all()
        if reference.source_id and reference.source.is_public
    ] + [
        account.source
        for item in entry.disagreements.all()
        for account in item.accounts.all()
        if account.source_id and account.source.is_public
    ]
    lineages = [row.commodity.lineage for row in entry.entry_commodities.all() if row.commodity_id]
    texts = search.texts(entry, document)
    return PublishedEntry(
        entry=entry,
        language=document["language"],
        uid=entry.uid,
        slug=entry.slug,
        sort_date=date.sort_date,
        sort_rank=date.sort_rank,
        period=period_of(entry.date),
        category_id=entry.category_id,
        people=sorted({row.person_id for row in entry.entry_people.all() if row.person_id}),
        commodities=sorted({commodity for lineage in lineages for commodity in lineage}),
        organisations=sorted({row.organisation_id for row in entry.entry_organisations.all() if row.organisation_id}),
        publishers=sorted({source.publisher_id for source in cited if source.publisher_id}),
        sources=sorted({source.pk for source in cited}),
        follows=sorted({row.earlier_id for row in entry.follows.all() if row.earlier_id}),
        lanes=[lane["id"] for lane in lanes_of(document, lanes)],
        series=sorted({figure.series_id for figure in entry.figures.all() if figure.series_id}),
        differs=bool(document["disagreements"]),
        document=document,
        # With what is no part of it and shows in answers: the words it is found by, and what its history lost.
        digest=hashlib.sha256(json.dumps([document, texts, redacted], sort_keys=True).encode()).hexdigest()[:32],
        vector=search.WeightedVector(texts),
        published_at=datetime.datetime.fromisoformat(document["published"]),
        updated_at=datetime.datetime.fromisoformat(document["updated"]),
    )


ADD_TO_FACETS = """
INSERT INTO timeline_facettotal (facet, value, total)
SELECT * FROM unnest(%s::text[], %s::bigint[], %s::int[])
ON CONFLICT (facet, value) DO UPDATE SET total = timeline_facettotal.total + EXCLUDED.total
"""
ADD_TO_MONTHS = """
INSERT INTO timeline_monthtotal (lane, first, last, total)
SELECT * FROM unnest(%s::bigint[], %s::date[], %s::date[], %s::int[])
ON CONFLICT (lane, first, last) DO UPDATE SET total = timeline_monthtotal.total + EXCLUDED.total
"""


class Totals:
    """By how much the stored totals change: those of facets, and those of lanes by month."""

    def __init__(self) -> None:
        self._facets: Counter[tuple[str, int]] = Counter()
        self._months: Counter[tuple[int, datetime.date, datetime.date]] = Counter()

    def add(self, row: PublishedEntry) -> None:
        """Count an entry that is public from now on."""
        self._facets.update(_facets(row))
        self._months.update(_months(row))

    def remove(self, row: PublishedEntry) -> None:
        """Count an entry no more."""
        self._facets.subtract(_facets(row))
        self._months.subtract(_months(row))

    def save(self) -> None:
        """Add the differences; a total that reaches nought disappears."""
        for counter, statement, model in (
            (self._facets, ADD_TO_FACETS, FacetTotal),
            (self._months, ADD_TO_MONTHS, MonthTotal),
        ):
            changes = sorted((*key, change) for key, change in counter.items() if change)
            if changes:
                with connection.cursor() as cursor:
                    cursor.execute(statement, [list(column) for column in zip(*changes, strict=True)])
                model._default_manager.filter(total__lte=0).delete()


def _facets(row: PublishedEntry) -> list[tuple[str, int]]:
    """The facet values a row counts for."""
    values = [("all", 0), ("category", row.category_id), ("year", row.sort_date.year)]
    values += [("person", pk) for pk in row.people]
    values += [("commodity", pk) for pk in row.commodities]
    values += [("organisation", pk) for pk in row.organisations]
    values += [("publisher", pk) for pk in row.publishers]
    values += [("source", pk) for pk in row.sources]
    values += [("lane", pk) for pk in row.lanes]
    values += [("differs", 0)] if row.differs else []
    values += [("one_source", 0)] if row.document.get("one_source") else []
    return values


def _months(row: PublishedEntry) -> list[tuple[int, datetime.date, datetime.date]]:
    """The months a row counts for in each of its lanes; of an open date the month it is sorted into."""
    first = row.period.lower or row.sort_date
    last = row.period.upper - datetime.timedelta(days=1) if row.period.upper else row.sort_date
    return [(lane, first.replace(day=1), max(first, last).replace(day=1)) for lane in row.lanes]


def _next_version() -> State:
    """Count one more public change. The row lock also lets only one refresh run at a time."""
    now = timezone.now()
    if not Edition.objects.filter(pk=1).update(version=F("version") + 1, changed_at=Greatest(F("changed_at"), now)):
        Edition.objects.create(pk=1, version=1, changed_at=now, page_version=1, page_changed_at=now)
    return State(*Edition.objects.values_list("version", "changed_at").get(pk=1))


@contextmanager
def paused() -> Iterator[None]:
    """Collect refreshes and do them once at the end: for loads that publish many entries."""
    pending: dict[int, Publication | None] = {}
    token = _paused.set(pending)
    try:
        yield
    finally:
        _paused.reset(token)
    refresh(pending, {pk: publication for pk, publication in pending.items() if publication})


def rebuild() -> int:
    """Build the whole table anew from what is public; returns the number of entries."""
    with transaction.atomic():
        # First what should be gone, so that its answers are told; of the rest each row is new anyway.
        refresh(PublishedEntry.objects.exclude(pk__in=publicly_visible()).values_list("pk", flat=True))
        _next_version()
        PublishedEntry.objects.all().delete()
        FacetTotal.objects.all().delete()
        MonthTotal.objects.all().delete()
        refresh_chronology()
        refresh(publicly_visible().values_list("pk", flat=True))
    return PublishedEntry.objects.count()


# -- the chronology as a whole -------------------------------------------------------------


def refresh_chronology() -> None:
    """Make the edition say what the page of the chronology says, and sort entries into its lanes.

    The lists of the edition: ``lanes`` as in :mod:`timeline.lanes`; ``phases``
    ``[{"name", "date"}]``; ``coverage`` ``[[first day, last day]]``, in order of time.
    """
    with transaction.atomic():
        page = ChronologyPage.objects.live().first()
        state = _next_version()
        edition = Edition.objects.get(pk=1)
        before = _said(edition)
        if page:
            edition.title, edition.headline, edition.strapline = page.title, page.headline, page.strapline
        edition.lanes = [_lane(lane) for lane in page.lanes.all()] if page else []
        phases = [{"name": phase.name, "date": phase.date} for phase in page.phases.all()] if page else []
        edition.phases = sorted(phases, key=lambda phase: edtf.parse(phase["date"]).sort_key)
        edition.coverage = sorted(_researched(page)) if page else []
        if _said(edition) != before:
            edition.page_version, edition.page_changed_at = state
        edition.save()
        if edition.lanes != before["lanes"]:
            _sort_into_lanes(edition.lanes)


def _said(edition: Edition) -> dict[str, Any]:
    """What the page of the chronology says."""
    return {name: getattr(edition, name) for name in ("title", "headline", "strapline", "lanes", "phases", "coverage")}


def _lane(lane: Any) -> Lane:
    return {
        "id": lane.pk,
        "slug": lane.slug,
        "name": lane.name,
        "colour": lane.colour,
        "commodities": [row.commodity.slug for row in lane.lane_commodities.all() if row.commodity],
        "categories": [row.category.slug for row in lane.lane_categories.all() if row.category],
        "takes_rest": lane.takes_rest,
    }


def _researched(page: ChronologyPage) -> Iterator[list[str]]:
    for row in page.coverage.all():
        period = period_of(row.date)
        if period and period.lower and period.upper:
            yield [period.lower.isoformat(), (period.upper - datetime.timedelta(days=1)).isoformat()]


def _lanes() -> list[Lane]:
    edition = Edition.objects.filter(pk=1).first()
    return edition.lanes if edition else []


def _sort_into_lanes(lanes: list[Lane]) -> None:
    """Give every published entry its lanes anew, in batches of ``BATCH``."""
    totals = Totals()
    ids = list(PublishedEntry.objects.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), BATCH):
        rows = list(PublishedEntry.objects.filter(pk__in=ids[start : start + BATCH]).defer("vector"))
        for row in rows:
            totals.remove(row)
            row.lanes = [lane["id"] for lane in lanes_of(row.document, lanes)]
            totals.add(row)
        PublishedEntry.objects.bulk_update(rows, ["lanes"])
    totals.save()


# -- when it changes ----------------------------------------------------------------------


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


def _record_saved(sender: type, instance: Model, created: bool = False, **kwargs: Any) -> None:
    if not created:
        # After the commit: the rows below a record (names, positions) are written after it.
        transaction.on_commit(lambda: _refresh_about(instance))


def _refresh_about(record: Model) -> None:
    with transaction.atomic():
        _next_version()
        refresh(PublishedEntry.objects.filter(entries_about(record)).values_list("pk", flat=True))
        if isinstance(record, Commodity | Category):
            refresh_chronology()  # lanes know them by their slugs


def refresh_sources(ids: list[int]) -> None:
    """Readers are told something else of these sources, wherever they are shown."""
    with transaction.atomic():
        _next_version()  # a source may be shown on its own page alone
        refresh(PublishedEntry.objects.filter(sources__overlap=ids).values_list("pk", flat=True))


def _term_changed(sender: type, instance: Term, **kwargs: Any) -> None:
    """A term shows wherever an entry uses it (``glossary``); no row of an entry holds it."""
    transaction.on_commit(_count_change)


def _count_change() -> None:
    with transaction.atomic():
        _next_version()


def _chronology_published(sender: type, instance: ChronologyPage, **kwargs: Any) -> None:
    refresh_chronology()


def _entry_published(sender: type, instance: EntryPage, revision: Revision | None = None, **kwargs: Any) -> None:
    if not instance.live:  # scheduled: Wagtail sends the signal now, and again when it is published
        refresh([instance.pk])
        return
    publication = Publication(
        instance.change,
        instance.change_note.strip(),
        instance.correction_wrong.strip(),
        instance.correction_right.strip(),
        revision.pk if revision else None,
    )
    instance.forget_change(revision)
    refresh([instance.pk], {instance.pk: publication})


def _entry_moved(sender: type, instance: EntryPage, **kwargs: Any) -> None:
    refresh([instance.pk])


def _entry_withdrawn(sender: type, instance: EntryPage, **kwargs: Any) -> None:
    """Withdrawn: the row goes, a tombstone stays."""
    with transaction.atomic():
        state = _next_version()
        totals = Totals()
        for row in PublishedEntry.objects.filter(pk=instance.pk).defer("vector"):
            totals.remove(row)
            _departure(row, state).save()
            Withdrawal.objects.update_or_create(
                uid=row.uid,
                defaults={
                    "slug": row.slug,
                    "reason": instance.withdrawal_reason,
                    "withdrawn_at": state.changed_at,
                },
            )
            row.delete()
            _announce([row])
        totals.save()


def _privacy_changed(sender: type, instance: PageViewRestriction, **kwargs: Any) -> None:
    entries = EntryPage.objects.descendant_of(instance.page, inclusive=True).live().values_list("pk", flat=True)
    transaction.on_commit(lambda: refresh(entries))


def connect() -> None:
    """Listen to what changes the public chronology; called once, when Django starts."""
    page_published.connect(_chronology_published, sender=ChronologyPage, dispatch_uid="timeline.edition")
    page_published.connect(_entry_published, sender=EntryPage, dispatch_uid="timeline.edition")
    page_unpublished.connect(_entry_withdrawn, sender=EntryPage, dispatch_uid="timeline.edition")
    post_page_move.connect(_entry_moved, sender=EntryPage, dispatch_uid="timeline.edition")
    for signal in (post_save, post_delete):
        signal.connect(_privacy_changed, sender=PageViewRestriction, dispatch_uid="timeline.edition")
    for signal in (post_save, post_delete):
        signal.connect(_term_changed, sender=Term, dispatch_uid="timeline.edition")
    for record in (Person, Commodity, Organisation, Source, Category, FigureSeries):
        post_save.connect(_record_saved, sender=record, dispatch_uid="timeline.edition")
