"""Version: what readers could read of an entry, from one publication to the next. DECISIONS 14 and 82."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.models import Revision

from timeline.choices import Change, Redaction

from .document import DocumentField
from .entry import EntryPage
from .fields import PlainTextField


class Version(models.Model):
    """One publication of an entry, kept for good: the public document and what changed.

    ``number`` counts the versions of the entry from 1, ``correction`` its corrections
    from 1. Drafts and autosaves never get here: only ``edition`` writes this table, in
    the transaction that makes the version public. Nothing but a redaction changes a
    row afterwards (a trigger of the database refuses it, see migration 0006).
    ``document`` is what :func:`timeline.public.document.build` made; what went before is told by
    the rows themselves, so that words stand in one place and a redaction reaches them all.
    """

    entry = models.ForeignKey(EntryPage, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    change = models.CharField(max_length=10, choices=Change.choices)
    published_at = models.DateTimeField()
    note = PlainTextField(blank=True)
    wrong = PlainTextField(blank=True)
    right = PlainTextField(blank=True)
    correction = models.PositiveIntegerField(null=True)
    document = DocumentField()
    revision = models.ForeignKey(Revision, null=True, on_delete=models.SET_NULL, related_name="+")
    redaction = models.CharField(max_length=10, choices=Redaction.choices, blank=True)
    redacted_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("published version")
        ordering = ["entry", "number"]
        constraints = [
            models.UniqueConstraint(fields=["entry", "number"], name="version_numbered_once"),
            models.UniqueConstraint(fields=["entry", "correction"], name="correction_numbered_once"),
            models.CheckConstraint(
                condition=models.Q(change=Change.CORRECTION, correction__isnull=False)
                | (~models.Q(change=Change.CORRECTION) & models.Q(correction__isnull=True)),
                name="correction_has_a_number",
            ),
        ]
        indexes = [
            models.Index(fields=["-published_at", "-id"], name="version_recent"),
            models.Index(
                fields=["-published_at", "-id"], condition=models.Q(change="correction"), name="version_corrections"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id}/{self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Raises ``ValidationError`` for a version that exists: what was published stays."""
        if self.pk:
            raise ValidationError(_("A published version cannot be changed."))
        super().save(*args, **kwargs)

    def unfit_for_redaction(self) -> str:
        """Why its words cannot be taken away, in a sentence: readers see them now, and they would come back."""
        is_public = EntryPage.objects.filter(pk=self.entry_id, published__isnull=False).exists()
        if not is_public or Version.objects.filter(entry=self.entry_id, number__gt=self.number).exists():
            return ""
        message = gettext(
            "Version %(n)d is what readers see now. Publish the entry without these words, or withdraw it, "
            "and remove them from version %(n)d then."
        )
        return message % {"n": self.number}

    @transaction.atomic
    def redact(self, reason: str) -> None:
        """Take the words away for good; number, dates and kind stay, with the ``reason`` (a ``Redaction``).

        All that readers get loses them in the same transaction: ``edition.receivers`` hears of it.
        Raises ``ValidationError`` when it is ``unfit_for_redaction``.
        """
        if refusal := self.unfit_for_redaction():
            raise ValidationError(refusal)
        self.document, self.note, self.wrong, self.right = {}, "", "", ""
        self.redaction, self.redacted_at = reason, timezone.now()
        super().save(update_fields=["document", "note", "wrong", "right", "redaction", "redacted_at"])
