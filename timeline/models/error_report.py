"""ErrorReport: what a reader found wrong, and what became of it. No reader ever sees one."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from .entry import EntryPage
from .fields import PlainTextField
from .person import Person
from .record import Record
from .series import FigureSeries
from .source import Source
from .storyline import Storyline
from .term import Term


class ErrorReport(models.Model):
    """An error that a reader reports: of an entry in a version, of an assertion in it, of a record, or of anything.

    The words that it is about are read in the version, so that a redaction reaches them. ``token`` is that of the
    form it was sent with, so that it comes once; ``client`` tells for a day who sends many.
    """

    wagtail_reference_index_ignore = True  # who reports a source does not use it

    class State(models.TextChoices):
        NEW = "new", _("New")
        LOOKED_AT = "looked_at", _("Being looked at")
        CORRECTED = "corrected", _("Corrected")
        DECLINED = "declined", _("Declined")

    CLOSED = (State.CORRECTED, State.DECLINED)
    RECORDS = ("source", "person", "storyline", "series", "term")
    """The fields of which at most one says which record it is about, where it is about no entry."""

    entry = models.ForeignKey(
        EntryPage, verbose_name=_("entry"), null=True, on_delete=models.SET_NULL, related_name="error_reports"
    )
    version = models.PositiveIntegerField(_("version"), null=True)
    assertion = models.CharField(_("statement"), max_length=12, blank=True)
    source = models.ForeignKey(
        Source, verbose_name=_("source"), null=True, on_delete=models.SET_NULL, related_name="error_reports"
    )
    person = models.ForeignKey(
        Person, verbose_name=_("person"), null=True, on_delete=models.SET_NULL, related_name="error_reports"
    )
    storyline = models.ForeignKey(
        Storyline, verbose_name=_("storyline"), null=True, on_delete=models.SET_NULL, related_name="error_reports"
    )
    series = models.ForeignKey(
        FigureSeries, verbose_name=_("series"), null=True, on_delete=models.SET_NULL, related_name="error_reports"
    )
    term = models.ForeignKey(
        Term, verbose_name=_("term"), null=True, on_delete=models.SET_NULL, related_name="error_reports"
    )
    words = PlainTextField(_("what is wrong"))
    evidence = PlainTextField(_("what is right, and where it says so"), blank=True)
    email = models.EmailField(_("e-mail address"), blank=True)
    received_at = models.DateTimeField(_("received"), default=timezone.now)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.NEW)
    note = PlainTextField(
        _("note"), blank=True, help_text=_("What was done or found, for editors. Who declines a report says why.")
    )
    closed_at = models.DateTimeField(null=True, editable=False)
    told_at = models.DateTimeField(null=True, editable=False)
    client = models.CharField(max_length=64, blank=True, editable=False)
    token = models.CharField(max_length=64, unique=True, editable=False)

    class Meta:
        verbose_name = _("error report")
        verbose_name_plural = _("error reports")
        ordering = ["-received_at", "-pk"]
        indexes = [
            models.Index(fields=["-received_at", "-id"], name="error_report_recent"),
            models.Index(fields=["state", "-received_at", "-id"], name="error_report_state"),
            models.Index(fields=["client", "received_at"], condition=~models.Q(client=""), name="error_report_client"),
            models.Index(fields=["closed_at"], condition=~models.Q(email=""), name="error_report_email"),
            models.Index(fields=["told_at"], name="error_report_told"),
        ]

    def __str__(self) -> str:
        return Truncator(" ".join(self.words.split())).chars(80)

    @property
    def record(self) -> Record | None:
        """The record that it is about."""
        return next((record for name in self.RECORDS if (record := getattr(self, name))), None)

    def clean(self) -> None:
        super().clean()
        if self.state == self.State.DECLINED and not self.note.strip():
            raise ValidationError({"note": _("Say why it is declined.")})

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.closed_at = (self.closed_at or timezone.now()) if self.state in self.CLOSED else None
        super().save(*args, **kwargs)
