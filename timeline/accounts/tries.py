"""Tries: how often somebody may say a wrong password or code. Counted in the database, for all processes.

A try counts before it is judged, under a lock, so that many at once are not more than were
allowed, and is taken back when it was good. What is refused is not judged and does not count, so a lock ends
by itself. The name need not exist: an unknown one is counted, locked and answered as a known one is.

DECISIONS 111.
"""

import hashlib
import math
import unicodedata
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import transaction
from django.dispatch import Signal
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from timeline.clients import address_of, network_of
from timeline.limits import ends, lock
from timeline.models import SignInTry

WINDOW = timedelta(minutes=15)
OF_AN_ADDRESS = 30


class Kind(StrEnum):
    """What is tried."""

    PASSWORD = "password"  # noqa: S105 (a word)
    CODE = "code"
    PAGE = "page"  # the password of a page
    LETTER = "letter"  # a letter with a link to a new password; each counts


OF_AN_ACCOUNT = {Kind.PASSWORD: 10, Kind.CODE: 10, Kind.PAGE: 10, Kind.LETTER: 3}

locked = Signal()
"""A try was refused unjudged. ``sender`` is the kind; ``request``, ``account`` as typed, ``until``."""


class LockedError(Exception):
    """Too many wrong tries; says until when."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"Locked until {until:%H:%M:%S}")
        self.until = until


def begin(request: HttpRequest, kind: Kind, account: object) -> SignInTry:
    """Count a try, or refuse it."""
    key, network = _digest(kind, account), network_of(address_of(request))
    with transaction.atomic():
        lock("tries to sign in")
        now = timezone.now()
        SignInTry.objects.filter(tried_at__lte=now - WINDOW).delete()
        tries = SignInTry.objects
        full = [
            *ends(tries.filter(account=key), "tried_at", [(WINDOW, OF_AN_ACCOUNT[kind])], now),
            *ends(tries.filter(address=network), "tried_at", [(WINDOW, OF_AN_ADDRESS)], now),
        ]
        if not full:
            return tries.create(account=key, address=network, tried_at=now)
    until = max(full)
    locked.send(sender=kind, request=request, account=account, until=until)
    raise LockedError(until)


def was_good(attempt: SignInTry) -> None:
    """Forget the slips of somebody who then knew it; what others tried from elsewhere stays."""
    SignInTry.objects.filter(account=attempt.account, address=attempt.address).delete()


def unlock(name_or_address: str) -> int:
    """Forget the tries of an account or an address; returns how many."""
    keys = [_digest(kind, name_or_address) for kind in Kind]
    found = SignInTry.objects.filter(account__in=keys) | SignInTry.objects.filter(address=network_of(name_or_address))
    return found.delete()[0]


def address_tried(name: str) -> str | None:
    """Where the last try of a password came from; None if there was none."""
    key = _digest(Kind.PASSWORD, name)
    return SignInTry.objects.filter(account=key).order_by("-tried_at").values_list("address", flat=True).first()


def _digest(kind: Kind, account: object) -> str:
    """One for all ways to write a name."""
    name = unicodedata.normalize("NFKC", str(account)).strip().casefold()
    return hashlib.sha256(f"{kind}:{name}".encode()).hexdigest()


class LockMiddleware:
    """Middleware that says in words, with 429, that somebody has to wait."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, LockedError):
            return None
        seconds = max(1, math.ceil((exception.until - timezone.now()).total_seconds()))
        minutes = math.ceil(seconds / 60)
        context = {"title": _("Too many tries"), "minutes": minutes}
        response = render(request, "timeline/accounts/locked.html", context, status=429)
        response["Retry-After"] = str(seconds)
        response["Cache-Control"] = "no-store"
        return response
