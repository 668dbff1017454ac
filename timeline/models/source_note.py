"""SourceNote: what readers should know of a source where an entry uses it."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey

from .entry import EntryPage, EntryRow
from .fields import PlainTextField
from .source import Source


class SourceNote(EntryRow):
    """A sentence about a source, not about the event: an old photograph, a misprint, what a paper calls somebody."""

    entry = ParentalKey(EntryPage, on_delete=models.CASCADE, related_name="source_notes")
    source = models.ForeignKey(
        Source, verbose_name=_("source"), null=True, on_delete=models.PROTECT, related_name="entry_notes"
    )
    text = PlainTextField(_("note"), help_text=_("Shown to readers with the source, under the entry."))

    class Meta(EntryRow.Meta):
        verbose_name = _("note on a source")
        verbose_name_plural = _("notes on sources")

    def __str__(self) -> str:
        return self.text
