"""Rows of an entry that point to records: how they survive the record's deletion."""

from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.models import ClusterableModel, model_from_serializable_data
from wagtail.models import Orderable

from .fields import PlainCharField, PlainTextField, language_tag, short_quotation
from .source import Source


class PointsToRecords(models.Model):
    """Rows whose foreign keys are PROTECTed, also when rebuilt from an old revision.

    Only live rows are protected by the database; a row that exists in a draft
    revision alone may lose its record. modelcluster cannot rebuild such a row from
    the revision, so it is left out instead of making the entry uneditable.
    """

    class Meta:
        abstract = True

    @classmethod
    def from_serializable_data(cls, data: dict, check_fks: bool = True, strict_fks: bool = False) -> Self | None:
        for field in cls._meta.concrete_fields:
            protects = isinstance(field, models.ForeignKey) and field.remote_field.on_delete is models.PROTECT
            target = data.get(field.name) if protects else None
            records: Any = field.related_model
            if target and not records._default_manager.filter(pk=target).exists():
                return None
        return model_from_serializable_data(cls, data, check_fks=check_fks, strict_fks=strict_fks)


class SourceReference(PointsToRecords, Orderable):
    """A pointer into a source: where it says something, and in which words.

    ``quotation`` is exact and short, ``locator`` is the page, paragraph or time.
    """

    # Null only in drafts: a required foreign key would stop autosave of a blank row.
    source = models.ForeignKey(
        Source, verbose_name=_("source"), null=True, on_delete=models.PROTECT, related_name="%(class)ss"
    )
    quotation = PlainTextField(
        _("quotation"),
        blank=True,
        validators=[short_quotation],
        help_text=_("The exact words that support the sentence, 40 words at most."),
    )
    language = models.CharField(
        _("language"),
        max_length=20,
        blank=True,
        validators=[language_tag],
        help_text=_("Of the quotation; empty: the source's language."),
    )
    locator = PlainCharField(_("locator"), max_length=100, blank=True, help_text=_("Page, paragraph or time."))

    class Meta(Orderable.Meta):
        abstract = True


class ClusterableRow(ClusterableModel, Orderable):
    """An ordered row of an entry that has rows of its own."""

    class Meta(Orderable.Meta):
        abstract = True
