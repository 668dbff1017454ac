"""FigureSeries: figures of different entries that tell one development, drawn as a chart."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.search import index

from .commodity import Commodity
from .fields import PlainCharField, PlainTextField
from .record import Record


class FigureSeries(index.Indexed, Record):
    """A number that changes over time, such as a duty: the figures of entries that join it are its points."""

    name = PlainCharField(
        _("name"), max_length=120, unique=True, help_text=_("What is measured, for example US duty on Japanese cars.")
    )
    description = PlainTextField(
        _("description"), blank=True, help_text=_("One sentence for readers: what is counted, and what is not.")
    )
    commodity = models.ForeignKey(
        Commodity,
        verbose_name=_("goods"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="series",
        help_text=_("The chart stands on the page of these goods."),
    )

    search_fields = [index.SearchField("name"), index.AutocompleteField("name")]

    class Meta:
        verbose_name = _("series of figures")
        verbose_name_plural = _("series of figures")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("timeline:series", args=[self.slug])
