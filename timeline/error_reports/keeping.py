"""Keeps a report: once, and no more of one client, or of all, than people write."""

import datetime
import hashlib
import math
from typing import Any

from django.db import connection, transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from timeline.clients import address_of, network_of
from timeline.models import ErrorReport

HOUR, DAY = datetime.timedelta(hours=1), datetime.timedelta(days=1)
OF_A_CLIENT = ((5, HOUR), (20, DAY))
OF_ALL = ((300, HOUR),)
"""Reports in a time."""


class TooManyError(Exception):
    """No more are taken for these ``minutes``."""

    def __init__(self, minutes: int) -> None:
        super().__init__(f"Try again in {minutes} minutes")
        self.minutes = minutes


def keep(request: HttpRequest, token: str, **fields: Any) -> ErrorReport:
    """Keep the report that was sent with this token; the one that is there, if it came before.

    All are counted under one lock, so that many at once are not more than may be.
    """
    once = hashlib.sha256(token.encode()).hexdigest()
    client = salted_hmac("timeline.error_reports", network_of(address_of(request)), algorithm="sha256").hexdigest()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('error reports'))")
        if known := ErrorReport.objects.filter(token=once).first():
            return known
        now = timezone.now()
        ends = [*_full(OF_A_CLIENT, now, client=client), *_full(OF_ALL, now)]
        if ends:
            raise TooManyError(math.ceil((max(ends) - now) / datetime.timedelta(minutes=1)))
        return ErrorReport.objects.create(token=once, client=client, received_at=now, **fields)


def _full(limits: Any, now: datetime.datetime, **whose: str) -> list[datetime.datetime]:
    """When there may be another, of each limit that is reached."""
    found = []
    for most, time in limits:
        sent = ErrorReport.objects.filter(received_at__gt=now - time, **whose).order_by("-received_at")
        found += [at + time for at in sent.values_list("received_at", flat=True)[most - 1 : most]]
    return found
