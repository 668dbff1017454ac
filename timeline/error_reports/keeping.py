"""Keeps a report: once, and no more of one client, or of all, than people write."""

import hashlib
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from timeline.clients import address_of, network_of
from timeline.limits import DAY, HOUR, TooManyError, ends, lock
from timeline.models import ErrorReport

OF_A_CLIENT = ((HOUR, 5), (DAY, 20))
OF_ALL = ((HOUR, 300),)
"""Reports in a time."""


def keep(request: HttpRequest, token: str, **fields: Any) -> ErrorReport:
    """Keep the report that was sent with this token; the one that is there, if it came before.

    Raises ``TooManyError``.
    """
    once = hashlib.sha256(token.encode()).hexdigest()
    client = salted_hmac("timeline.error_reports", network_of(address_of(request)), algorithm="sha256").hexdigest()
    with transaction.atomic():
        lock("error reports")
        if known := ErrorReport.objects.filter(token=once).first():
            return known
        now, sent = timezone.now(), ErrorReport.objects
        full = [
            *ends(sent.filter(client=client), "received_at", OF_A_CLIENT, now),
            *ends(sent.all(), "received_at", OF_ALL, now),
        ]
        if full:
            raise TooManyError(max(full))
        return sent.create(token=once, client=client, received_at=now, **fields)
