"""StateLine: one question of where things stand, such as what a car from Japan pays."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.search import index

from timeline import edtf

from .fields import EDTFField, PlainCharField, PlainTextField
from .link import SourceReference
from .record import Record
from .series import FigureSeries


class StateLine(index.Indexed, Record):
    """A question that has an answer on every day, and the place of that answer on the page of a day.

    It holds no answer: those follow from the figures and the dates of measures that name it in entries
    (``timeline.public.standing``). ``words`` is what an editor has written by hand instead, as of a day.

    DECISIONS 161.
    """

    name = PlainCharField(
        _("name"),
        max_length=120,
        unique=True,
        help_text=_("What has the value, for example US duty on cars from Japan."),
    )
    question = PlainCharField(_("question"), max_length=200, help_text=_("What it answers, in one sentence."))
    subject = PlainCharField(_("subject"), max_length=60, help_text=_("Lines of one subject stand together."))
    series = models.ForeignKey(
        FigureSeries,
        verbose_name=_("series"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="state_lines",
        help_text=_("The chart of the same number."),
    )
    position = models.PositiveIntegerField(
        pgettext_lazy("order", "position"), default=0, help_text=_("Place on the page of a day.")
    )
    front = models.PositiveSmallIntegerField(
        _("place on the front page"), default=0, help_text=_("1 stands first; 0 stands on the page of a day only.")
    )
    front_name = PlainCharField(
        _("name on the front page"), max_length=60, blank=True, help_text=_("Short. Empty: the name.")
    )
    promises = models.BooleanField(
        _("a promise answers it"),
        default=False,
        help_text=_(
            "For agreements, investment and statements: what is agreed is an answer. For a duty it is not: what "
            "applies is not known until something is in force."
        ),
    )
    unknown = PlainTextField(
        _("not known"), blank=True, help_text=_("What the sources do not say of it, one thing a line.")
    )
    words = PlainTextField(
        _("written by hand"),
        blank=True,
        help_text=_("Stands on the front page instead of what follows from entries. It needs a day and sources."),
    )
    as_of = EDTFField(_("as of"), blank=True, help_text=_("The day for which the words by hand are right."))

    search_fields = [index.SearchField("name"), index.AutocompleteField("name")]

    class Meta:
        verbose_name = _("line of the state")
        verbose_name_plural = _("lines of the state")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(words="") | ~models.Q(as_of=""),
                name="line_by_hand_has_a_day",
                violation_error_message=_("Say as of which day the words are right."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        if sentences := self.problems():
            raise ValidationError(sentences)
        super().save(*args, **kwargs)

    def problems(self) -> list[str]:
        """Why readers cannot be shown what is written by hand as it is in memory, in sentences."""
        if not self.words.strip():
            return []
        found = []
        if not _is_day(self.as_of):
            found.append(gettext("Say as of which day the words are right: one day, such as 29 October 2025."))
        if not any(row.source_id and row.source.is_public for row in self.citations.all()):
            found.append(
                gettext("What is written by hand needs a source, as a statement does. Choose one under the words.")
            )
        return found

    def get_absolute_url(self) -> str:
        return f"{reverse('timeline:state')}#{self.slug}"

    def _redirect_old_address(self) -> None:
        """It is a place on a page, which no redirect can lead to."""


def _is_day(text: str) -> bool:
    try:
        return bool(text) and edtf.parse(text).precision is edtf.Precision.DAY
    except edtf.EDTFError:
        return False


class LineCitation(SourceReference):
    """The source of what a line says by hand."""

    line = ParentalKey(StateLine, on_delete=models.CASCADE, related_name="citations")

    class Meta(SourceReference.Meta):
        verbose_name = _("citation")
        constraints = [
            models.UniqueConstraint(
                fields=["line", "source", "locator"],
                name="line_cites_source_once",
                deferrable=models.Deferrable.DEFERRED,
                violation_error_message=_("This source is cited twice for the same line."),
            )
        ]
