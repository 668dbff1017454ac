"""Limits: how often something may be done within a time, of one client or of all. Counted in the database.

What was done is a row with its moment, so all processes count alike. Who counts does so under a lock until its
transaction ends, so that many at once are not more than may be.
"""

import math
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

HOUR, DAY = timedelta(hours=1), timedelta(days=1)

Limit = tuple[timedelta, int]
"""So many within a time."""


class TooManyError(Exception):
    """As many as may be were done; there may be another ``until``."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"Not until {until:%H:%M:%S}")
        self.until = until
        self.seconds = max(1, math.ceil((until - timezone.now()).total_seconds()))
        self.minutes = math.ceil(self.seconds / 60)


def lock(what: str) -> None:
    """Let nobody else count or move ``what`` until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [what])


def ends(done: QuerySet[Any], moment: str, limits: Iterable[Limit], now: datetime) -> list[datetime]:
    """When there may be another, of each limit that is reached; ``moment`` is the field of ``done`` with the time."""
    found = []
    for time, most in limits:
        latest = done.filter(**{f"{moment}__gt": now - time}).order_by(f"-{moment}").values_list(moment, flat=True)
        found += [at + time for at in latest[most - 1 : most]]
    return found
