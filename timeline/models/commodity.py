"""Commodity: goods in a tree with HS codes, and the topics that are not goods."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.exceptions import ValidationError
from django.db import connection, models, transaction
from django.db.models.expressions import RawSQL
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from modelcluster.fields import ParentalKey
from wagtail.models import Orderable
from wagtail.search import index

from timeline.choices import CommodityKind

from .fields import HSCodeField, PlainCharField
from .record import AlternativeName, Record

# Rewrites the line of ancestors of every commodity from the parents, in one statement.
REBUILD_LINEAGES = """
WITH RECURSIVE tree AS (
    SELECT id, ARRAY[id] AS line FROM timeline_commodity WHERE parent_id IS NULL
    UNION ALL
    SELECT child.id, tree.line || child.id FROM timeline_commodity child JOIN tree ON child.parent_id = tree.id
)
UPDATE timeline_commodity SET lineage = tree.line
FROM tree WHERE tree.id = timeline_commodity.id AND timeline_commodity.lineage IS DISTINCT FROM tree.line
"""


def reading_order(name: str = "above.name") -> RawSQL:
    """For ``order_by``: where a commodity stands in the tree as people read it: its siblings' order, level by level.

    ``name`` is SQL for what puts those in order that have one position.
    """
    return RawSQL(  # noqa: S611 - no words of others in it
        f"""ARRAY(
            SELECT lpad(above.position::text, 5, '0') || ' ' || {name} FROM timeline_commodity above
            WHERE above.id = ANY(timeline_commodity.lineage) ORDER BY cardinality(above.lineage)
        )""",  # noqa: S608 - names of ours
        [],
    )


class Commodity(index.Indexed, Record):
    """A class of goods, or a topic such as investment.

    ``lineage`` holds the ids from the top of the tree down to this commodity
    inclusive, so a filter on a parent finds its descendants without walking.
    """

    name = PlainCharField(_("name"), max_length=120, unique=True)
    kind = models.CharField(_("kind"), max_length=5, choices=CommodityKind.choices, default=CommodityKind.GOODS)
    parent = models.ForeignKey(
        "self", verbose_name=_("part of"), null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    position = models.PositiveSmallIntegerField(
        pgettext_lazy("order", "position"), default=0, help_text=_("Order among its siblings.")
    )
    lineage = ArrayField(models.BigIntegerField(), default=list, editable=False)

    search_fields = [
        index.SearchField("name"),
        index.AutocompleteField("name"),
        index.RelatedFields("names", [index.SearchField("name"), index.AutocompleteField("name")]),
        index.RelatedFields("hs_codes", [index.SearchField("code"), index.AutocompleteField("code")]),
        index.FilterField("kind"),
    ]

    class Meta:
        verbose_name = _("goods")
        verbose_name_plural = _("goods")
        ordering = ["position", "name"]
        indexes = [GinIndex(fields=["lineage"], name="commodity_lineage")]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(parent=models.F("id")),
                name="commodity_not_part_of_itself",
                violation_error_message=_("Goods cannot be part of themselves."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        super().clean()
        if self.pk and self.parent and self.pk in self.parent.lineage:
            raise ValidationError(
                {"parent": _("“%(parent)s” is itself part of these goods.") % {"parent": self.parent}}
            )

    def save(self, *args: Any, **kwargs: Any) -> None:
        with transaction.atomic():
            super().save(*args, **kwargs)
            rebuild_lineages()
            self.refresh_from_db(fields=["lineage"])

    def get_absolute_url(self) -> str:
        return reverse("timeline:commodity", args=[self.slug])


def rebuild_lineages() -> None:
    """Let the line of ancestors of every commodity follow from the parents."""
    with connection.cursor() as cursor:
        cursor.execute(REBUILD_LINEAGES)


class HSCode(Orderable):
    """A Harmonized System heading, kept as text: chapter 02 is not the number 2."""

    commodity = ParentalKey(Commodity, on_delete=models.CASCADE, related_name="hs_codes")
    code = HSCodeField(_("HS code"), help_text=_("2, 4 or 6 digits, for example 8703."))

    class Meta(Orderable.Meta):
        verbose_name = _("HS code")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(code__regex=r"^([0-9]{2}){1,3}$"),
                name="hs_code_has_2_4_or_6_digits",
                violation_error_message=_("An HS code has 2, 4 or 6 digits."),
            ),
            models.UniqueConstraint(
                fields=["commodity", "code"],
                name="hs_code_listed_once",
                deferrable=models.Deferrable.DEFERRED,
                violation_error_message=_("This HS code is listed twice."),
            ),
        ]

    def __str__(self) -> str:
        return self.code


class CommodityName(AlternativeName):
    """Another word for a commodity."""

    commodity = ParentalKey(Commodity, on_delete=models.CASCADE, related_name="names")

    class Meta(AlternativeName.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["commodity", "name"],
                name="commodity_name_listed_once",
                deferrable=models.Deferrable.DEFERRED,
                violation_error_message=_("This name is listed twice."),
            )
        ]
