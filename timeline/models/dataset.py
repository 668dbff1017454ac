"""Dataset: everything public of one edition as a file, and whether that may still be had. DECISIONS 112."""

import datetime
from collections.abc import Iterable
from typing import Self
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from timeline.choices import Change, DatasetWithdrawal

from .storyline import Storyline
from .version import Version


class DatasetQuerySet(models.QuerySet["Dataset"]):
    """Datasets that were built."""

    def offered(self) -> Self:
        """Those that may be had."""
        return self.filter(withdrawn_at=None)

    def with_entries(self, uids: Iterable[UUID]) -> Self:
        """Those that hold any of these entries."""
        return self.filter(versions__has_any_keys=[str(uid) for uid in uids])

    def with_storyline(self, storyline: Storyline) -> Self:
        """Those that tell it."""
        return self.filter(storylines__contains=[storyline.pk])

    def with_words_of(self, version: Version) -> Self:
        """Those that hold this version of an entry, or a later one and what may repeat its words.

        That is the later version itself, if it tells what this one changed; else a sentence that rests on the entry.
        """
        uid = str(version.entry.uid)
        later = self.filter(**{f"versions__{uid}__gte": version.number})
        if version.change in (Change.UPDATE, Change.CORRECTION):
            return later
        return later.filter(models.Q(**{f"versions__{uid}": version.number}) | models.Q(rests_on__contains=[uid]))

    def withdraw(self, why: DatasetWithdrawal, moment: datetime.datetime) -> None:
        """None of those that are offered may be had from now on; each is saved, so that its file can go too."""
        for dataset in self.offered().defer("versions"):
            dataset.withdrawal, dataset.withdrawn_at = why, moment
            dataset.save(update_fields=["withdrawal", "withdrawn_at"])


class Dataset(models.Model):
    """The dataset of the edition ``version``, of which a file was built.

    The row says what may be had, and the file is only kept beside it: a file that could not be
    deleted is not given to anybody. ``versions`` are the entries it holds, each in which version:
    ``{uid: number}``; ``storylines`` the ids of those it tells; ``rests_on`` the uids of entries whose
    words a sentence beside them may repeat: one of a storyline that rests on them, or one that was
    written by hand of a line of the state that they answer. ``files`` are ``{name: [rows, bytes]}``;
    days are ISO 8601, empty when unknown.
    """

    version = models.PositiveBigIntegerField(unique=True)
    changed_at = models.DateTimeField()
    entries = models.PositiveIntegerField()
    first = models.CharField(max_length=10, blank=True)
    last = models.CharField(max_length=10, blank=True)
    size = models.PositiveBigIntegerField()
    digest = models.CharField(max_length=64)
    built_at = models.DateTimeField()
    files = models.JSONField()
    versions = models.JSONField()
    storylines = models.JSONField(default=list)
    rests_on = models.JSONField(default=list)
    withdrawal = models.CharField(max_length=11, choices=DatasetWithdrawal.choices, blank=True)
    withdrawn_at = models.DateTimeField(null=True)

    objects = DatasetQuerySet.as_manager()

    class Meta:
        verbose_name = _("dataset")
        ordering = ["-version"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(withdrawal="", withdrawn_at=None)
                | (~models.Q(withdrawal="") & models.Q(withdrawn_at__isnull=False)),
                name="dataset_withdrawal_has_a_date",
            )
        ]

    def __str__(self) -> str:
        return str(self.version)
