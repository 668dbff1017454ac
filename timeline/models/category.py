"""Category: what kind of event an entry records."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from modelcluster.fields import ParentalKey
from wagtail.search import index

from .fields import PlainCharField, PlainTextField
from .record import AlternativeName, Record


class Category(index.Indexed, Record):
    """A kind of event, such as talks or tariff action; every entry has one."""

    name = PlainCharField(_("name"), max_length=100, unique=True)
    description = PlainTextField(_("description"), blank=True, help_text=_("One sentence for readers."))
    position = models.PositiveSmallIntegerField(
        pgettext_lazy("order", "position"), default=0, help_text=_("Kinds of event are listed in this order.")
    )

    search_fields = [
        index.SearchField("name"),
        index.AutocompleteField("name"),
        index.RelatedFields("names", [index.SearchField("name"), index.AutocompleteField("name")]),
    ]

    class Meta:
        verbose_name = _("kind of event")
        verbose_name_plural = _("kinds of event")
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("timeline:category", args=[self.slug])


class CategoryName(AlternativeName):
    """Another word for a kind of event, or its name in another language."""

    category = ParentalKey(Category, on_delete=models.CASCADE, related_name="names")

    class Meta(AlternativeName.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["category", "name"],
                name="category_name_listed_once",
                deferrable=models.Deferrable.DEFERRED,
                violation_error_message=_("This name is listed twice."),
            )
        ]
