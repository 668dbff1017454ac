"""Figure: a number with its unit, what it measures and how firm it is."""

from typing import Self

from django.contrib.postgres.fields import DateRangeField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey

from timeline.choices import Currency, FigureBasis, FigureStatus, Qualifier, Scale, Unit

from .entry import EntryPage
from .fields import EDTFField, PlainCharField
from .line import StateLine
from .link import ClusterableRow, SourceReference, at_hand
from .series import FigureSeries
from .statement import new_row_id

BOUNDS_IN_ORDER = _("The lowest value is above the highest.")
VALUE_OR_BOUNDS = _("Give one value, or a lowest and a highest, not both.")
CURRENCY_OF_MONEY = _("A currency goes with the unit money.")


class Figure(ClusterableRow):
    """A value, or bounds, as the sources print it.

    ``value``, ``low`` and ``high`` are Decimals in units of ``scale`` × ``unit``,
    for example 67.6 billion US dollars: value 67.6, scale billion, currency USD.
    """

    entry = ParentalKey(EntryPage, on_delete=models.CASCADE, related_name="figures")
    uid = models.CharField(max_length=12, default=new_row_id, editable=False)
    label = PlainCharField(_("label"), max_length=200, help_text=_("What the number is, for example US duty on cars."))
    qualifier = models.CharField(_("qualifier"), max_length=10, choices=Qualifier.choices, blank=True)
    value = models.DecimalField(_("value"), max_digits=20, decimal_places=6, null=True, blank=True)
    low = models.DecimalField(_("lowest"), max_digits=20, decimal_places=6, null=True, blank=True)
    high = models.DecimalField(_("highest"), max_digits=20, decimal_places=6, null=True, blank=True)
    scale = models.CharField(_("scale"), max_length=10, choices=Scale.choices, blank=True)
    unit = models.CharField(_("unit"), max_length=20, choices=Unit.choices)
    currency = models.CharField(_("currency"), max_length=3, choices=Currency.choices, blank=True)
    per = PlainCharField(_("per"), max_length=30, blank=True, help_text=_("For example year or share."))
    of = PlainCharField(_("of"), max_length=200, blank=True, help_text=_("What it is a number of."))
    period = EDTFField(_("period"), blank=True, period="period_range", help_text=_("2024, 2025-04/2025-08, …"))
    period_range = DateRangeField(null=True, editable=False)
    period_note = PlainCharField(
        _("period in words"), max_length=200, blank=True, help_text=_("For example Japanese fiscal year 2024.")
    )
    status = models.CharField(_("status"), max_length=12, choices=FigureStatus.choices, default=FigureStatus.REPORTED)
    basis = models.CharField(
        _("basis"),
        max_length=10,
        choices=FigureBasis.choices,
        blank=True,
        help_text=_("For a duty: the ordinary duty, what is added to it, or both together."),
    )
    series = models.ForeignKey(
        FigureSeries,
        verbose_name=_("series"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="figures",
        help_text=_("The chart this figure is a point of."),
    )
    line = models.ForeignKey(
        StateLine,
        verbose_name=_("line of the state"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="figures",
        help_text=_("Where things stand: the question that it answers in its period, by its status."),
    )
    note = PlainCharField(_("note"), max_length=300, blank=True, help_text=_("Shown to readers."))

    class Meta(ClusterableRow.Meta):
        verbose_name = _("figure")
        constraints = [
            models.UniqueConstraint(fields=["entry", "uid"], name="figure_id_used_once"),
            models.CheckConstraint(
                condition=Q(low__isnull=True) | Q(high__isnull=True) | Q(low__lte=F("high")),
                name="figure_bounds_in_order",
                violation_error_message=BOUNDS_IN_ORDER,
            ),
            models.CheckConstraint(
                condition=Q(value__isnull=True) | (Q(low__isnull=True) & Q(high__isnull=True)),
                name="figure_has_value_or_bounds",
                violation_error_message=VALUE_OR_BOUNDS,
            ),
            models.CheckConstraint(
                condition=Q(currency="") | Q(unit=Unit.MONEY),
                name="figure_currency_only_for_money",
                violation_error_message=CURRENCY_OF_MONEY,
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def states_a_number(self) -> bool:
        return any(number is not None for number in (self.value, self.low, self.high))

    def clean(self) -> None:
        """The constraints above in words, for a form of many figures: the database would be asked for each."""
        super().clean()
        bounds = [bound for bound in (self.low, self.high) if bound is not None]
        found = []
        if len(bounds) == 2 and bounds[0] > bounds[1]:
            found.append(BOUNDS_IN_ORDER)
        if self.value is not None and bounds:
            found.append(VALUE_OR_BOUNDS)
        if self.currency and self.unit != Unit.MONEY:
            found.append(CURRENCY_OF_MONEY)
        if found:
            raise ValidationError(found)

    @classmethod
    def from_serializable_data(cls, data: dict, check_fks: bool = True, strict_fks: bool = False) -> Self | None:
        """A figure out of a draft; one whose series or line was deleted meanwhile stays (compare ``link``)."""
        found = {
            name: at_hand().get(model, data[name]) if data.get(name) else None
            for name, model in (("series", FigureSeries), ("line", StateLine))
        }
        keys = {name: record and record.pk for name, record in found.items()}
        figure = super().from_serializable_data({**data, **keys}, check_fks=check_fks, strict_fks=strict_fks)
        if figure is not None:
            for name, record in found.items():
                setattr(figure, name, record)
        return figure


class FigureCitation(SourceReference):
    """The source of a figure."""

    figure = ParentalKey(Figure, on_delete=models.CASCADE, related_name="citations")

    class Meta(SourceReference.Meta):
        verbose_name = _("citation")
        constraints = [
            models.UniqueConstraint(
                fields=["figure", "source", "locator"],
                name="figure_cites_source_once",
                deferrable=models.Deferrable.DEFERRED,
                violation_error_message=_("This source is cited twice for the same figure."),
            )
        ]
