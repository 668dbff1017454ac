"""Announcement: news that subscribers are to be told of, written when it is published."""

from collections.abc import Iterable
from typing import Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class AnnouncementQuerySet(models.QuerySet["Announcement"]):
    """The outbox."""

    def add_news(self, keys: Iterable[tuple[str, int]]) -> None:
        """Note news of everything in ``keys``; what waits already waits from now on, as new."""
        now = timezone.now()
        self.bulk_create(
            [self.model(facet=facet, value=value, noted_at=now, due_at=now) for facet, value in sorted(set(keys))],
            update_conflicts=True,
            unique_fields=["facet", "value"],
            update_fields=["noted_at", "due_at", "attempts", "problem"],
        )

    def due(self) -> Self:
        """What may be told now, the longest waiting first."""
        return self.filter(due_at__lte=timezone.now()).order_by("due_at", "pk")


class Announcement(models.Model):
    """The feeds of one record, or of everything, have news that the hub has not heard of.

    ``facet`` and ``value`` are those of ``FacetTotal``: "person" and an id, or "all" and 0. One row
    each, however often something is published before the hub answers.
    """

    facet = models.CharField(max_length=12)
    value = models.BigIntegerField()
    noted_at = models.DateTimeField()
    due_at = models.DateTimeField(db_index=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    problem = models.TextField(blank=True)

    objects = AnnouncementQuerySet.as_manager()

    class Meta:
        verbose_name = _("announcement")
        constraints = [models.UniqueConstraint(fields=["facet", "value"], name="announced_once")]

    def __str__(self) -> str:
        return f"{self.facet} {self.value}"
