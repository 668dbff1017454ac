"""Person: an identity with names in several scripts and positions held over time."""

import datetime
from typing import Any

from django.contrib.postgres.fields import DateRangeField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.backends.postgresql.psycopg_any import DateRange
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.models import Orderable
from wagtail.search import index

from timeline.choices import NameKind, NameOrder, PersonKind, Script

from .agent import Agent
from .fields import EDTFField, PlainCharField, language_tag, period_of
from .organisation import Organisation
from .source import Source


class Person(index.Indexed, Agent):
    """Someone who takes part in events, comments on them or reports them."""

    family_name = PlainCharField(_("family name"), max_length=100, blank=True)
    given_name = PlainCharField(_("given name"), max_length=100, blank=True)
    name_order = models.CharField(
        _("order of the name"), max_length=12, choices=NameOrder.choices, default=NameOrder.GIVEN_FIRST
    )
    name = PlainCharField(_("name"), max_length=200, editable=False)
    kind = models.CharField(_("kind"), max_length=12, choices=PersonKind.choices, default=PersonKind.PARTICIPANT)

    search_fields = [
        index.SearchField("name"),
        index.AutocompleteField("name"),
        index.RelatedFields("names", [index.SearchField("name"), index.AutocompleteField("name")]),
        index.FilterField("kind"),
    ]

    class Meta(Agent.Meta):
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["family_name", "given_name"]
        constraints = [
            *Agent.Meta.constraints,
            models.CheckConstraint(
                condition=~models.Q(family_name="", given_name=""),
                name="person_has_a_name",
                violation_error_message=_("Give a family name or a given name."),
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.display_name

    @property
    def display_name(self) -> str:
        """The name in its own order, whatever the language of the page."""
        parts = [self.given_name, self.family_name]
        if self.name_order == NameOrder.FAMILY_FIRST:
            parts.reverse()
        return " ".join(part for part in parts if part)

    def derive(self) -> None:
        self.name = self.display_name

    def positions_on(self, period: DateRange) -> list["Position"]:
        """Positions held during ``period``, in the order the editors list them.

        A position that merely began or ended inside the period counts. Positions
        without any known date are used only when no dated one fits.
        """
        positions = list(self.positions.all())
        held = [position for position in positions if position.overlaps(period)]
        return held or [position for position in positions if not position.start and not position.end]

    def get_absolute_url(self) -> str:
        return reverse("timeline:person", args=[self.slug])


class PersonName(Orderable):
    """A further name of a person: native script, alias, former name or misprint."""

    person = ParentalKey(Person, on_delete=models.CASCADE, related_name="names")
    name = PlainCharField(_("name"), max_length=200)
    script = models.CharField(_("script"), max_length=4, choices=Script.choices, default=Script.LATN)
    language = models.CharField(_("language"), max_length=20, default="en", validators=[language_tag])
    kind = models.CharField(_("kind"), max_length=10, choices=NameKind.choices, default=NameKind.ALIAS)

    class Meta(Orderable.Meta):
        verbose_name = _("further name")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "name"],
                name="person_name_listed_once",
                deferrable=models.Deferrable.DEFERRED,
                violation_error_message=_("This name is listed twice."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class Position(Orderable):
    """An office held by a person, from and to with the precision that is known."""

    person = ParentalKey(Person, on_delete=models.CASCADE, related_name="positions")
    title = PlainCharField(_("title"), max_length=200)
    organisation = models.ForeignKey(
        Organisation,
        verbose_name=_("organisation"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="positions",
    )
    start = EDTFField(_("from"), blank=True, help_text=_("2021-10-04, October 2021, 2021; empty if not known."))
    end = EDTFField(_("until"), blank=True, help_text=_("Last day in office; empty if not known or still held."))
    held = DateRangeField(null=True, editable=False)
    acting = models.BooleanField(_("acting"), default=False)
    as_printed = PlainCharField(
        _("as printed"), max_length=300, blank=True, help_text=_("How sources word it, if they differ.")
    )
    source = models.ForeignKey(
        Source, verbose_name=_("source"), null=True, blank=True, on_delete=models.PROTECT, related_name="positions"
    )
    note = PlainCharField(_("editors' note"), max_length=300, blank=True)

    class Meta(Orderable.Meta):
        verbose_name = _("position")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(held__isnull=True) | models.Q(held__isempty=False),
                name="position_ends_after_it_starts",
                violation_error_message=_("The position ends before it starts."),
            )
        ]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        super().clean()
        try:
            self.held = self._period()
        except ValueError as error:
            raise ValidationError({"end": str(error)}) from error

    def _period(self) -> DateRange | None:
        start, end = period_of(self.start), period_of(self.end)
        if not start and not end:
            return None
        lower, upper = (start.lower if start else None), (end.upper if end else None)
        if lower and upper and lower >= upper:
            raise ValueError(_("The position ends before it starts."))
        return DateRange(lower, upper, "[)")

    def derive(self) -> None:
        """Give the days in office their value, which follows from the two dates."""
        self.held = self._period()

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.derive()
        super().save(*args, **kwargs)

    def overlaps(self, period: DateRange) -> bool:
        """Whether the position was held on any day of the half-open ``period``."""
        held = self.held or self._period()
        if held is None:
            return False
        far, near = datetime.date.max, datetime.date.min
        return (held.lower or near) < (period.upper or far) and (period.lower or near) < (held.upper or far)
