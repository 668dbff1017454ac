"""The number of the edition, which grows with every public change, and its lock, by which pages are kept."""

import datetime
from functools import partial

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from timeline import kept, replicas
from timeline.models import Announcement, Edition, State
from timeline.models.announcement import CDN

MICROSECOND = datetime.timedelta(microseconds=1)


def next_edition(*, takes_words: bool = True) -> State:
    """Count one more public change. The row lock also lets only one refresh run at a time.

    A change that ``takes_words`` from what readers see, as any may that does not say otherwise, lets go of
    the kept pages.
    """
    before = Edition.objects.select_for_update().filter(pk=1).values_list("version", "changed_at").first()
    if takes_words:
        kept.close_folder()
    now = timezone.now()  # after the wait for the lock, so that moments follow each other as editions do
    if before is None:
        Edition.objects.create(pk=1, version=1, changed_at=now, page_version=1, page_changed_at=now)
        return State(1, now)
    state = State(before[0] + 1, max(now, before[1] + MICROSECOND))
    Edition.objects.filter(pk=1).update(version=state.version, changed_at=state.changed_at)
    transaction.on_commit(partial(replicas.note, state.version))
    if settings.CDN:
        Announcement.objects.add_news([("edition", 0)], CDN)
    return state


def begin_to_keep() -> None:
    """Let answers be kept, unless a public change is under way: its words may be about to go."""
    with replicas.primary(), transaction.atomic():
        found = Edition.objects.select_for_update(skip_locked=True).filter(pk=1).values_list("version").first()
        if found:
            replicas.note(found[0])  # before anybody finds the folder open: what is kept is of no earlier edition
            kept.open_folder()
