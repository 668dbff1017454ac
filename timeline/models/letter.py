"""Letters: who wants which news by e-mail, how far they have been told, and what waits to be sent. DECISIONS 169."""

import uuid
from datetime import UTC, datetime
from typing import NamedTuple, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from timeline.choices import Frequency, LetterKind


class Mark(NamedTuple):
    """A place in all that was ever news: after the version with this id, and what was withdrawn at this moment.

    Both grow in the order in which changes become public, since the edition lets only one change do so at a time.
    """

    version: int
    moment: datetime

    def later(self, other: "Mark") -> "Mark":
        """Whatever is later of both."""
        return Mark(max(self.version, other.version), max(self.moment, other.moment))

    def is_before(self, other: "Mark") -> bool:
        """Whether ``other`` knows of something that this does not."""
        return self.version < other.version or self.moment < other.moment


BEGINNING = Mark(0, datetime(1970, 1, 1, tzinfo=UTC))


class Subscriber(models.Model):
    """An e-mail address, which only the holder of a key can read: it gets letters once it has confirmed to want some.

    ``digest`` is what it is found by and ``encrypted_with`` the name of the key. ``key`` stands for it in links.
    ``failures`` counts how often in a row letters were refused or came back, last at ``failed_at``; after some it is
    paused. ``bounced_at`` is when the last one came back.
    """

    key = models.UUIDField(unique=True, default=uuid.uuid4)
    address = models.TextField()
    digest = models.CharField(max_length=64, unique=True)
    encrypted_with = models.CharField(max_length=8, db_index=True)
    made_at = models.DateTimeField(auto_now_add=True)
    failures = models.PositiveSmallIntegerField(default=0)
    failed_at = models.DateTimeField(null=True)
    bounced_at = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True, db_index=True)

    class Meta:
        verbose_name = _("subscriber")

    def __str__(self) -> str:
        return str(self.key)


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    """What is followed."""

    def active(self) -> Self:
        """What letters are to be written of."""
        return self.filter(confirmed_at__isnull=False, subscriber__paused_at=None)


class Subscription(models.Model):
    """A question that a subscriber follows, as its canonical query string, in the ``language`` of the page that it was
    asked on; nobody is asked before it is confirmed.

    News before ``since`` is not for it, whatever its round has told. While its question cannot be answered,
    ``unanswerable_at`` says since when; the subscriber has been told.
    """

    subscriber = models.ForeignKey(Subscriber, on_delete=models.DB_CASCADE, related_name="subscriptions")
    query = models.CharField(max_length=2000, blank=True)
    language = models.CharField(max_length=20)
    frequency = models.CharField(max_length=7, choices=Frequency.choices)
    asked_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    since_version = models.PositiveBigIntegerField(default=0)
    since_moment = models.DateTimeField(default=BEGINNING.moment)
    unanswerable_at = models.DateTimeField(null=True)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("subscription")
        constraints = [
            models.UniqueConstraint(fields=["subscriber", "query", "language"], name="question_followed_once")
        ]
        indexes = [
            models.Index(
                fields=["frequency", "query", "language"],
                condition=models.Q(confirmed_at__isnull=False),
                name="subscription_round",
            ),
            models.Index(fields=["asked_at"], condition=models.Q(confirmed_at=None), name="subscription_unconfirmed"),
        ]

    def __str__(self) -> str:
        return f"{self.query} {self.frequency}"

    @property
    def since(self) -> Mark:
        return Mark(self.since_version, self.since_moment)


class LetterRound(models.Model):
    """When all who get letters so often were last looked at, and up to where they have been told."""

    frequency = models.CharField(max_length=7, choices=Frequency.choices, unique=True)
    until_version = models.PositiveBigIntegerField(default=BEGINNING.version)
    until_moment = models.DateTimeField(default=BEGINNING.moment)
    ended_at = models.DateTimeField(default=BEGINNING.moment)

    class Meta:
        verbose_name = _("round of letters")

    def __str__(self) -> str:
        return f"{self.frequency} {self.until_version}"

    @property
    def until(self) -> Mark:
        return Mark(self.until_version, self.until_moment)


class Letter(models.Model):
    """A letter that waits to be sent; it is written when it is sent, and its row goes when it is.

    Who takes it moves ``due_at`` on first: if they die, another takes it then. ``uid`` is its Message-ID.
    News in it is that up to ``until``.
    """

    subscriber = models.ForeignKey(Subscriber, on_delete=models.DB_CASCADE, related_name="letters")
    kind = models.CharField(max_length=7, choices=LetterKind.choices)
    language = models.CharField(max_length=20)
    frequency = models.CharField(max_length=7, choices=Frequency.choices, blank=True)
    uid = models.UUIDField(default=uuid.uuid4)
    until_version = models.PositiveBigIntegerField(default=BEGINNING.version)
    until_moment = models.DateTimeField(default=BEGINNING.moment)
    made_at = models.DateTimeField()
    due_at = models.DateTimeField(db_index=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(max_length=40, blank=True)

    class Meta:
        verbose_name = _("letter")

    def __str__(self) -> str:
        return f"{self.kind} {self.uid}"

    @property
    def until(self) -> Mark:
        return Mark(self.until_version, self.until_moment)


class LetterPart(models.Model):
    """What a letter has to say of a subscription: its news after ``since``, or that it is to be confirmed."""

    letter = models.ForeignKey(Letter, on_delete=models.DB_CASCADE, related_name="parts")
    subscription = models.ForeignKey(Subscription, on_delete=models.DB_CASCADE, related_name="+")
    since_version = models.PositiveBigIntegerField(default=BEGINNING.version)
    since_moment = models.DateTimeField(default=BEGINNING.moment)

    def __str__(self) -> str:
        return f"{self.letter_id} {self.subscription_id}"

    @property
    def since(self) -> Mark:
        return Mark(self.since_version, self.since_moment)


class LetterAsked(models.Model):
    """Somebody gave an address into a form, for which a letter goes there: counted, so that nobody is flooded.

    Both are digests, and go after a day.
    """

    mailbox = models.CharField(max_length=64, db_index=True)
    client = models.CharField(max_length=64, db_index=True)
    asked_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.asked_at:%Y-%m-%d %H:%M:%S}"


class LetterCount(models.Model):
    """How many letters a day saw: sent, refused for good or for now by the server of an address, given up."""

    day = models.DateField(unique=True)
    sent = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    given_up = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.day}: {self.sent}"
