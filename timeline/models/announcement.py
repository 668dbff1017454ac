"""Announcement: news that somebody outside is to be told of, written when it is published."""

from collections.abc import Iterable
from typing import Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

HUB, CDN = "hub", "cdn"
"""Who is told: a hub, which tells subscribers; a CDN, which lets go of its copies."""


def surrogate_key(facet: str, value: int) -> str:
    """By what a CDN knows its copies of answers about this: ``person-12``, ``entry-34``, ``all``, ``edition``."""
    return f"{facet}-{value}" if value else facet


class AnnouncementQuerySet(models.QuerySet["Announcement"]):
    """The outbox."""

    def add_news(self, keys: Iterable[tuple[str, int]], listener: str = HUB) -> None:
        """Note news of everything in ``keys``; what waits already waits from now on, as new."""
        now = timezone.now()
        self.bulk_create(
            [
                self.model(listener=listener, facet=facet, value=value, noted_at=now, due_at=now)
                for facet, value in sorted(set(keys))
            ],
            update_conflicts=True,
            unique_fields=["listener", "facet", "value"],
            update_fields=["noted_at", "due_at", "attempts", "problem"],
        )

    def waiting_for(self, listener: str) -> Self:
        """What this listener has not heard."""
        return self.filter(listener=listener)

    def due(self, listener: str = HUB) -> Self:
        """What may be told now, the longest waiting first."""
        return self.waiting_for(listener).filter(due_at__lte=timezone.now()).order_by("due_at", "pk")


class Announcement(models.Model):
    """Answers about one record, or about everything, have news that a listener has not heard of.

    ``facet`` and ``value`` are those of ``FacetTotal``: "person" and an id, or "all" and 0. One row
    each, however often something is published before the listener answers. To a CDN there are two more,
    with the value 0: "edition", of whatever shows more than entries, and "site", of everything.
    """

    listener = models.CharField(max_length=3, default=HUB)
    facet = models.CharField(max_length=12)
    value = models.BigIntegerField()
    noted_at = models.DateTimeField()
    due_at = models.DateTimeField(db_index=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    problem = models.TextField(blank=True)

    objects = AnnouncementQuerySet.as_manager()

    class Meta:
        verbose_name = _("announcement")
        constraints = [models.UniqueConstraint(fields=["listener", "facet", "value"], name="announced_once")]

    def __str__(self) -> str:
        return f"{self.facet} {self.value}"
