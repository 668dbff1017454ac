"""The queue: which source is looked for next, which may be, and what an editor asks for."""

import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from timeline.choices import SourceUse
from timeline.models import Archiving, FacetTotal, Position, Source, TermCitation
from timeline.web.addresses import refusal
from timeline.web.archives import is_copy

FILL = 1000
"""Sources that are put into the queue at once."""
LEASE = datetime.timedelta(minutes=30)
"""A step takes less; who was killed in it has lost it then."""

BLANK: dict[str, Any] = {"detail": "", "steps": 0, "job": "", "copy_url": "", "copy_at": None, "tried_at": None}


def archives() -> list[str]:
    """The addresses at which archives are asked; none, and nobody is."""
    return [url for name, url in settings.ARCHIVES.items() if url and name != "WAYBACK_KEYS"]


def looks_up() -> bool:
    """Whether copies are looked for."""
    return bool(settings.ARCHIVES["MEMENTO_TIMEGATE"] or settings.ARCHIVES["WAYBACK_AVAILABILITY"])


def submits() -> bool:
    """Whether an archive is asked to make copies."""
    return bool(settings.ARCHIVES["WAYBACK_SAVE"])


def lacking() -> Q:
    """Sources without an archived copy, at an address that readers are shown."""
    return ~Q(url="") & Q(archived_url="", url_shown=True, use=SourceUse.EVIDENCE)


def shown() -> Q:
    """Sources that something public rests on. Of others nobody outside is to learn that we read them."""
    entry = Exists(FacetTotal.objects.filter(facet="source", value=OuterRef("pk")))
    person = Exists(FacetTotal.objects.filter(facet="person", value=OuterRef("person")))
    position = Exists(Position.objects.filter(person, source=OuterRef("pk")))
    return Q(entry) | Q(position) | Q(Exists(TermCitation.objects.filter(source=OuterRef("pk"))))


def may_be_asked_for(source: Source) -> bool:
    """Whether archives may hear the address of a source: a public one of the web, that readers may see."""
    found = Source.objects.filter(lacking(), shown(), pk=source.pk).exists()
    return found and not refusal(source.url) and not is_copy(source.url)


def fill(now: datetime.datetime) -> int:
    """Put sources into the queue that are not in it, or with another address; two statements."""
    queued = Exists(Archiving.objects.filter(source=OuterRef("pk"), url=OuterRef("url")))
    new = Source.objects.filter(lacking(), shown(), ~queued).order_by("-number").values_list("pk", "url")[:FILL]
    return len(_put([Archiving(source_id=pk, url=url, due_at=now) for pk, url in new]))


def want(source: Source, user: Any) -> Archiving:
    """An editor asks for a copy: the source is the next, whatever was found before."""
    return _put([Archiving(source=source, url=source.url, due_at=timezone.now(), asked_by=user)])[0]


def _put(rows: list[Archiving]) -> list[Archiving]:
    return Archiving.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["source"],
        update_fields=["url", "state", "due_at", "asked_by", *BLANK],
    )


def take(now: datetime.datetime) -> Archiving | None:
    """The next row whose turn has come, for this process alone: two statements, however many wait."""
    with transaction.atomic():
        due: QuerySet[Archiving] = Archiving.objects.filter(due_at__lte=now).order_by("asked_by_id", "due_at")
        row = due.select_for_update(skip_locked=True).first()
        if row is not None:
            row.due_at = now + LEASE
            row.save(update_fields=["due_at"])
        return row
