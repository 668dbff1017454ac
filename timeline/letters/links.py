"""Links that letters carry: each is signed, for one subscriber and one purpose.

A link to stop is good for ever: whoever gets a letter may stop it years later. One to confirm lasts as long as the
address is kept without, one to change what one gets for some months: a letter may be passed on.
"""

import uuid
from datetime import timedelta
from typing import NamedTuple

from django.conf import settings
from django.core.signing import BadSignature, SignatureExpired
from django.urls import reverse

from timeline.models import Subscriber, Subscription
from timeline.public.language import here
from timeline.public.site import absolute

from . import keys

CONFIRM, CHANGE, STOP = "confirm", "change", "stop"
HOURS = 48
CONFIRMED_WITHIN = timedelta(hours=HOURS)
"""An address that nobody has confirmed is kept so long."""

GOOD_FOR = {CONFIRM: CONFIRMED_WITHIN, CHANGE: timedelta(days=90), STOP: None}


class BadLinkError(Exception):
    """The link was cut, made up, or of a key that has gone; ``is_old``: it was good."""

    def __init__(self, *, is_old: bool = False) -> None:
        super().__init__()
        self.is_old = is_old


class Found(NamedTuple):
    """Who a link is for; ``subscription`` is 0 unless it is for one of them."""

    key: uuid.UUID
    subscription: int


def path(purpose: str, subscriber: Subscriber, subscription: Subscription | None = None) -> str:
    """The address of a page that only this subscriber is to see, in the language in use."""
    said = f"{subscriber.key.hex}-{subscription.pk if subscription else 0}"
    return here(reverse(f"timeline:updates_{purpose}", args=[keys.signer(purpose).sign(said)]))


def url(purpose: str, subscriber: Subscriber, subscription: Subscription | None = None) -> str:
    """The same in full."""
    return absolute(path(purpose, subscriber, subscription))


def read(purpose: str, token: str) -> Found:
    """Who it is for. Raises ``BadLinkError``."""
    try:
        said = keys.signer(purpose).unsign(token, max_age=GOOD_FOR[purpose])
    except SignatureExpired:
        raise BadLinkError(is_old=True) from None
    except BadSignature:
        raise BadLinkError from None
    key, _dash, number = said.partition("-")
    return Found(uuid.UUID(key), int(number))


def bounce_address(subscriber: Subscriber) -> str:
    """Where a letter is sent from and comes back to (VERP); empty when the operator has named no such address."""
    if not settings.LETTERS_BOUNCE_TO:
        return ""
    name, _at, domain = settings.LETTERS_BOUNCE_TO.rpartition("@")
    return f"{name}+{subscriber.key.hex}@{domain}"
