"""What the page of the chronology says, as the edition carries it; and the lanes of entries, which follow from it."""

import datetime
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.db import transaction

from timeline import edtf
from timeline.models import Announcement, ChronologyPage, Edition, PublishedEntry
from timeline.models.announcement import CDN
from timeline.models.fields import period_of
from timeline.models.querysets import VECTOR_COLUMNS
from timeline.public.lanes import Lane, lanes_of
from timeline.public.language import said_by
from timeline.segments import CHRONOLOGY

from . import progress, translations
from .rows import BATCH
from .state import next_edition
from .totals import Totals

IMPRINT = ("publisher", "publisher_url", "editors", "contact", "errors", "funding", "licence")
"""The fields of the page that say who answers for the chronology."""


def refresh_chronology() -> None:
    """Make the edition say what the page of the chronology says, and sort entries into its lanes.

    The lists of the edition: ``lanes`` as in :mod:`timeline.public.lanes`; ``phases``
    ``[{"name", "date"}]``; ``coverage`` ``[[first day, last day]]``, in order of time; ``open_questions``
    ``[{"question", "note", "entry"}]``, with the id of an entry, which need not be public, or None. ``imprint`` has
    the texts of ``IMPRINT`` by name.
    """
    with transaction.atomic():
        state = next_edition()
        page = ChronologyPage.objects.live().first()  # read behind the lock, or an older one might win
        edition = Edition.objects.get(pk=1)
        before = _said(edition)
        if page:
            edition.title, edition.headline, edition.strapline = page.title, page.headline, page.strapline
        edition.lanes = [_lane(lane) for lane in page.lanes.all()] if page else []
        phases = [{"name": phase.name, "date": phase.date} for phase in page.phases.all()] if page else []
        edition.phases = sorted(phases, key=lambda phase: edtf.parse(phase["date"]).sort_key)
        edition.coverage = sorted(_researched(page)) if page else []
        rows = page.open_questions.all() if page else []
        edition.open_questions = [{"question": row.question, "note": row.note, "entry": row.entry_id} for row in rows]
        edition.imprint = {name: getattr(page, name) for name in IMPRINT} if page else {}
        edition.takes_error_reports = page.takes_error_reports if page else True
        edition.words = {
            language: translations.fresh(said_by(edition), CHRONOLOGY, found[translations.SITE])
            for language, found in translations.translated([translations.SITE]).items()
        }
        if _said(edition) != before:
            edition.page_version, edition.page_changed_at = state
            if settings.CDN:
                Announcement.objects.add_news([("site", 0)], CDN)
        edition.save()
        if _said(edition) != before:
            progress.refresh([translations.SITE])  # reads what the edition says
        if edition.lanes != before["lanes"]:
            _sort_into_lanes(edition.lanes)


def _said(edition: Edition) -> dict[str, Any]:
    """What the page of the chronology says."""
    names = ("title", "headline", "strapline", "lanes", "phases", "coverage", "open_questions", "imprint", "words")
    return {name: getattr(edition, name) for name in names}


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


def current_lanes() -> list[Lane]:
    """Those that entries are sorted into: one query."""
    return Edition.objects.filter(pk=1).values_list("lanes", flat=True).first() or []


def _sort_into_lanes(lanes: list[Lane]) -> None:
    """Give every published entry its lanes anew, in batches of ``BATCH``."""
    totals = Totals()
    ids = list(PublishedEntry.objects.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), BATCH):
        rows = list(PublishedEntry.objects.filter(pk__in=ids[start : start + BATCH]).defer(*VECTOR_COLUMNS))
        for row in rows:
            totals.remove(row)
            row.lanes = [lane["id"] for lane in lanes_of(row.document, lanes)]
            totals.add(row)
        PublishedEntry.objects.bulk_update(rows, ["lanes"])
    totals.save()
