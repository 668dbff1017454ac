"""Somebody wants letters, confirms it, changes what comes, or wants none any more.

No answer tells whether an address is known: what there is to say goes to the address. How many letters may be asked
for is counted for an address and a client, by digests that go after a day.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import get_language

from timeline.choices import LetterKind
from timeline.limits import DAY, HOUR, TooManyError, ends, lock
from timeline.models import Letter, LetterAsked, LetterPart, LetterRound, Subscriber, Subscription

from . import keys, links, rounds

MOST_FOLLOWED = 50
"""Questions of one address."""

OF_A_MAILBOX = ((HOUR, 3), (DAY, 6))
OF_A_CLIENT = ((HOUR, 10), (DAY, 40))
OF_ALL = ((HOUR, 2_000),)
"""Letters that may be asked for, without a link that was sent, within so long."""


def ask(address: str, query: str, frequency: str, client: str) -> None:
    """Somebody at ``client`` wants letters about a question; the address is to confirm it. Raises ``TooManyError``."""
    if not _may_be_written(address, client):
        return
    now = timezone.now()
    with transaction.atomic():
        subscriber = _locked(address)
        language = _language()
        followed = subscriber.subscriptions.filter(query=query, language=language).first()
        is_known = followed is not None and followed.confirmed_at is not None
        if is_known or subscriber.subscriptions.exclude(query=query, language=language).count() >= MOST_FOLLOWED:
            _queue(subscriber, LetterKind.LINK)
            return
        wanted, _made = Subscription.objects.update_or_create(
            subscriber=subscriber, query=query, language=language, defaults={"frequency": frequency, "asked_at": now}
        )
        letter = _queue(subscriber, LetterKind.CONFIRM)
        LetterPart.objects.create(letter=letter, subscription=wanted)


def ask_for_link(address: str, client: str) -> None:
    """Somebody at ``client`` wants to see what an address gets; a letter goes there if it gets any."""
    if not _may_be_written(address, client):
        return
    if subscriber := Subscriber.objects.filter(digest__in=keys.digests(address)).first():
        _queue(subscriber, LetterKind.LINK)


def confirm(found: links.Found) -> Subscriber | None:
    """A subscription is wanted by who reads its letters; None when it was never there, or forgotten."""
    with transaction.atomic():
        rounds.lock_marks()
        wanted = Subscription.objects.filter(pk=found.subscription, subscriber__key=found.key)
        since = rounds.present()
        wanted.filter(confirmed_at=None).update(
            confirmed_at=timezone.now(), since_version=since.version, since_moment=since.moment
        )
        subscription = wanted.select_related("subscriber").first()
        if subscription is None:
            return None
        resume(subscription.subscriber)
    return subscription.subscriber


@transaction.atomic
def resume(subscriber: Subscriber) -> None:
    """Letters arrive again: they go on from here."""
    rounds.lock_marks()
    if Subscriber.objects.filter(pk=subscriber.pk, paused_at__isnull=False).update(
        failures=0, failed_at=None, bounced_at=None, paused_at=None
    ):
        since = rounds.present()
        subscriber.subscriptions.update(since_version=since.version, since_moment=since.moment)


def change(subscription: Subscription, frequency: str) -> None:
    """Letters come more or less often. What has gathered, and the rounds of the new kind are past, comes at once."""
    with transaction.atomic():
        rounds.lock_marks()
        one = Subscription.objects.select_for_update(no_key=True).filter(pk=subscription.pk).first()
        if one is None or one.frequency == frequency:
            return
        marks = {last.frequency: last.until for last in LetterRound.objects.all()}
        told = one.since.later(marks.get(one.frequency, one.since))
        passed = marks.get(frequency, told)
        Subscription.objects.filter(pk=one.pk).update(
            frequency=frequency, since_version=told.version, since_moment=told.moment
        )
        if told.is_before(passed):
            rounds.queue(frequency, passed, {(one.subscriber_id, one.language): [(one.pk, told)]})


def stop(subscription: Subscription) -> bool:
    """No letters about one question; whether the address has gone with the last one."""
    with transaction.atomic():
        subscriber = Subscriber.objects.select_for_update().get(pk=subscription.subscriber_id)
        subscription.delete()
        if subscriber.subscriptions.exists():
            return False
        subscriber.delete()
    return True


def stop_all(key: UUID) -> None:
    """No letters at all; the address is forgotten."""
    Subscriber.objects.filter(key=key).delete()


def forget(paused_for: timedelta) -> int:
    """What nobody confirmed in time goes, and with it the address, if it confirmed nothing else; returns how many.

    So does an address that has been paused for so long: it is of no use to anybody.
    """
    now = timezone.now()
    Subscriber.objects.filter(paused_at__lte=now - paused_for).delete()
    LetterAsked.objects.filter(asked_at__lte=now - DAY).delete()
    old = now - links.CONFIRMED_WITHIN
    Subscription.objects.filter(confirmed_at=None, asked_at__lte=old).delete()
    return _forget_those_without(old)


def _forget_those_without(old: datetime) -> int:
    followed = Subscription.objects.filter(subscriber=OuterRef("pk"))
    unused = Subscriber.objects.filter(~Exists(followed), made_at__lte=old)
    with transaction.atomic():
        # Who asks anew locks the row first, so that what is locked and unused here stays so.
        locked = list(unused.select_for_update(skip_locked=True).values_list("pk", flat=True))
        number, _by_kind = unused.filter(pk__in=locked).delete()
    return number


def _queue(subscriber: Subscriber, kind: LetterKind) -> Letter:
    now = timezone.now()
    return Letter.objects.create(subscriber=subscriber, kind=kind, language=_language(), made_at=now, due_at=now)


def _language() -> str:
    """That of the page on which somebody asks."""
    return get_language() or settings.LANGUAGE_CODE


def _locked(address: str) -> Subscriber:
    """The row of an address, made if need be; nobody else changes or removes it meanwhile."""
    rows = Subscriber.objects.select_for_update()
    if found := rows.filter(digest__in=keys.digests(address)).first():
        return found
    made, _is_new = rows.get_or_create(
        digest=keys.digests(address)[0],
        defaults={
            "address": keys.encrypt(address),
            "encrypted_with": keys.name(),
        },
    )
    return made


# -- limits -------------------------------------------------------------------------------


def _may_be_written(address: str, client: str) -> bool:
    """Count that a letter was asked for, unless the address has had enough: then nothing is sent, and nobody told."""
    mailbox, from_there = keys.digests(_mailbox(address), "mailboxes")[0], keys.digests(client, "clients")[0]
    with transaction.atomic():
        lock("letters asked for")
        now, asked = timezone.now(), LetterAsked.objects
        full = [
            *ends(asked.filter(client=from_there), "asked_at", OF_A_CLIENT, now),
            *ends(asked.all(), "asked_at", OF_ALL, now),
        ]
        if full:
            raise TooManyError(max(full))
        is_full = any(ends(asked.filter(mailbox=mailbox), "asked_at", OF_A_MAILBOX, now))
        # Counted for the client alone, so that nobody tries addresses without end.
        asked.create(mailbox="" if is_full else mailbox, client=from_there, asked_at=now)
    return not is_full


def _mailbox(address: str) -> str:
    """Where letters to an address end: many servers take ``a.b+c@`` for ``ab@``."""
    local, _at, domain = address.rpartition("@")
    return f"{local.partition('+')[0].replace('.', '')}@{domain}"
