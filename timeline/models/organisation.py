"""Organisation: who takes part in events, employs people or publishes sources."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.search import index

from timeline.choices import OrganisationKind

from .fields import PlainCharField
from .record import AlternativeName, Record


class Organisation(index.Indexed, Record):
    """A ministry, company, newspaper … One record whether it acts or publishes."""

    name = PlainCharField(_("name"), max_length=200, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=OrganisationKind.choices, default=OrganisationKind.OTHER)
    country = models.CharField(
        _("country"), max_length=3, blank=True, help_text=_("Two-letter code such as JP or US; INT for international.")
    )
    wikidata = models.CharField(_("Wikidata id"), max_length=20, blank=True)

    search_fields = [
        index.SearchField("name"),
        index.AutocompleteField("name"),
        index.RelatedFields("names", [index.SearchField("name"), index.AutocompleteField("name")]),
        index.FilterField("kind"),
    ]

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(wikidata="") | models.Q(wikidata__regex=r"^Q[0-9]+$"),
                name="organisation_wikidata_id_shape",
                violation_error_message=_("A Wikidata id is the letter Q and digits, for example Q842."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("timeline:organisation", args=[self.slug])


class OrganisationName(AlternativeName):
    """An abbreviation, former or native name of an organisation."""

    organisation = ParentalKey(Organisation, on_delete=models.CASCADE, related_name="names")

    class Meta(AlternativeName.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "name"],
                name="organisation_name_listed_once",
                deferrable=models.Deferrable.DEFERRED,
                violation_error_message=_("This name is listed twice."),
            )
        ]
