"""Dataset: everything public of one edition as a file, and whether that may still be had. DECISIONS 112."""

import datetime
from collections.abc import Iterable
from typing import Self
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from timeline.choices import Change, DatasetWithdrawal

from .version import Version


class DatasetQuerySet(models.QuerySet["Dataset"]):
    """Datasets that were built."""

    def offered(self) -> Self:
        """Those that may be had."""
        return self.filter(withdrawn_at=None)

    def with_entries(self, uids: Iterable[UUID]) -> Self:
        """Those that hold any of these entries."""
        return self.filter(versions__has_any_keys=[str(uid) for uid in uids])

    def with_words_of(self, version: Version) -> Self:
        """Those that hold this version of an entry, or a later one that tells what this one changed."""
        is_told = version.change in (Change.UPDATE, Change.CORRECTION)
        lookup = f"versions__{version.entry.uid}{'__gte' if is_told else ''}"
        return self.filter(**{lookup: version.number})

    def withdraw(self, why: DatasetWithdrawal, moment: datetime.datetime) -> None:
        """None of those that are offered may be had from now on; each is saved, so that its file can go too."""
        for dataset in self.offered().defer("versions"):
            dataset.withdrawal, dataset.withdrawn_at = why, moment
            dataset.save(update_fields=["withdrawal", "withdrawn_at"])


class Dataset(models.Model):
    """The dataset of the edition ``version``, of which a file was built.

    The row says what may be had, and the file is only kept beside it: a file that could not be
    deleted is not given to anybody. ``versions`` are the entries it holds, each in which version:
    ``{uid: number}``. ``files`` are ``{name: [rows, bytes]}``; days are ISO 8601, empty when unknown.
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
