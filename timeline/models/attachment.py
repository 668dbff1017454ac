"""Attachment: a picture or a document that an entry shows, with who made it and by what right it stands here."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.documents.models import Document
from wagtail.images.models import Image

from .entry import EntryPage, EntryRow
from .fields import PlainCharField
from .source import Source
from .statement import new_row_id


class Attachment(EntryRow):
    """A photograph, map or scan, or a document such as the signed text.

    ``uid`` is its public id: readers get it below ``/entries/<slug>/attachments/<uid>/`` while the entry is public,
    never from the folder of uploads.
    """

    entry = ParentalKey(EntryPage, on_delete=models.CASCADE, related_name="attachments")
    uid = models.CharField(max_length=12, default=new_row_id, editable=False)
    image = models.ForeignKey(
        Image, verbose_name=_("picture"), null=True, blank=True, on_delete=models.PROTECT, related_name="attachments"
    )
    document = models.ForeignKey(
        Document,
        verbose_name=_("document"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="attachments",
        help_text=_("The text itself, such as the signed memorandum. Choose a picture or a document, not both."),
    )
    caption = PlainCharField(
        _("caption"),
        max_length=300,
        blank=True,
        help_text=_("What readers see below a picture; of a document, its title. A document needs one."),
    )
    alt = PlainCharField(
        _("text in place of the picture"),
        max_length=300,
        blank=True,
        help_text=_("What the picture shows, for whoever does not see it. It says no more than one can see there."),
    )
    credit = PlainCharField(
        _("credit"), max_length=200, blank=True, help_text=_("Who made it: photographer and agency, or office.")
    )
    licence = PlainCharField(
        _("licence"),
        max_length=200,
        blank=True,
        help_text=_("By what right it stands here, for example CC BY 4.0, or public domain (US government work)."),
    )
    source = models.ForeignKey(
        Source,
        verbose_name=_("source"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="attachments",
        help_text=_("The page or document from which it was taken."),
    )
    is_main = models.BooleanField(
        _("main picture"),
        default=False,
        help_text=_("It stands above the statements, in lists, and beside links on other sites. One picture at most."),
    )

    class Meta(EntryRow.Meta):
        verbose_name = _("picture or document")
        verbose_name_plural = _("pictures and documents")
        constraints = [models.UniqueConstraint(fields=["entry", "uid"], name="attachment_id_used_once")]

    def __str__(self) -> str:
        return self.caption or self.alt
