"""Snapshot: our own private copy of a source, so that a quotation can be checked for ever."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from timeline.choices import SnapshotOrigin

from .source import Source


class Snapshot(models.Model):
    """A copy of a source as it was on a day, with its text.

    It lies in the database, not among the uploads: nothing serves it to the public by
    mistake, and a backup has it. ``content`` holds the bytes as they came, ``text`` the
    article in plain text without the chrome of its site; either may be empty. A copy of what
    was looked up for a source that is not saved yet has no source for as long.
    """

    source = models.ForeignKey(Source, null=True, on_delete=models.CASCADE, related_name="snapshots")
    taken_at = models.DateTimeField()
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    origin = models.CharField(max_length=8, choices=SnapshotOrigin.choices)
    url = models.CharField(max_length=2000, blank=True)
    media_type = models.CharField(max_length=100)
    content = models.BinaryField(default=bytes)
    sha256 = models.CharField(max_length=64)
    text = models.TextField(blank=True)

    class Meta:
        verbose_name = _("snapshot")
        ordering = ["-taken_at", "-pk"]
        indexes = [models.Index(fields=["source", "-taken_at"], name="snapshot_of_source")]

    def __str__(self) -> str:
        return f"{self.source} {self.taken_at:%Y-%m-%d %H:%M}"
