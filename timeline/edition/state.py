"""The number of the edition, which grows with every public change."""

import datetime

from django.utils import timezone

from timeline.models import Edition, State

MICROSECOND = datetime.timedelta(microseconds=1)


def next_edition() -> State:
    """Count one more public change. The row lock also lets only one refresh run at a time."""
    before = Edition.objects.select_for_update().filter(pk=1).values_list("version", "changed_at").first()
    now = timezone.now()  # after the wait for the lock, so that moments follow each other as editions do
    if before is None:
        Edition.objects.create(pk=1, version=1, changed_at=now, page_version=1, page_changed_at=now)
        return State(1, now)
    state = State(before[0] + 1, max(now, before[1] + MICROSECOND))
    Edition.objects.filter(pk=1).update(version=state.version, changed_at=state.changed_at)
    return state
