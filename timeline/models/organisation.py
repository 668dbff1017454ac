"""Organisation: who takes part in events, employs people or publishes sources."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.search import index

from timeline.choices import OrganisationKind

from .agent import Agent
from .fields import PlainCharField
from .record import AlternativeName


class Organisation(index.Indexed, Agent):
    """A ministry, company, newspaper … One record whether it acts or publishes."""

    name = PlainCharField(_("name"), max_length=200, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=OrganisationKind.choices, default=OrganisationKind.OTHER)

    search_fields = [
        index.SearchField("name"),
        index.AutocompleteField("name"),
        index.RelatedFields("names", [index.SearchField("name"), index.AutocompleteField("name")]),
        index.FilterField("kind"),
    ]

    class Meta(Agent.Meta):
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ["name"]

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
