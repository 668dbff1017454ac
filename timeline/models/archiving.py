"""Archiving: how far a source without an archived copy has come to one."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from timeline.choices import ArchivingState

from .source import Source


class Archiving(models.Model):
    """The search for a copy of a source in archives, and the request that one makes a copy.

    ``url`` is the address that it is about: when the source has another, all is to be done anew. The next step is
    taken from ``due_at`` on, never when that is empty; first where an editor asked (``asked_by``). ``steps`` are those
    since the state last changed. ``job`` is by what the archive knows our request, and ``copy_url`` the copy that was
    found, made at ``copy_at``, whether or not it was taken.
    """

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="archiving")
    url = models.CharField(max_length=2000)
    state = models.CharField(
        _("search for a copy"), max_length=12, choices=ArchivingState.choices, default=ArchivingState.WAITING
    )
    detail = models.TextField(blank=True)
    tried_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    steps = models.PositiveSmallIntegerField(default=0)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    job = models.CharField(max_length=100, blank=True)
    copy_url = models.CharField(max_length=2000, blank=True)
    copy_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("search for an archived copy")
        constraints = [models.UniqueConstraint(fields=["source"], name="archiving_in_one_row")]
        indexes = [
            models.Index(
                fields=["asked_by", "due_at"], name="archiving_due", condition=models.Q(due_at__isnull=False)
            ),
            models.Index(fields=["state"], name="archiving_state"),
        ]

    def __str__(self) -> str:
        return f"{self.url}: {self.state}"
