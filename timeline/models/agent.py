"""Agent: what a person and an organisation have in common, a country and an item of Wikidata."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from timeline import countries

from .record import Record


class Agent(Record):
    """Who can act; the word is that of PROV-O and FOAF."""

    country = models.CharField(
        _("country"),
        max_length=3,
        blank=True,
        choices=countries.choices,
        error_messages={
            "invalid_choice": _(
                "“%(value)s” is not the code of a country. Choose the country by name; in a file write "
                "the two letters that ISO 3166-1 has for it, such as JP, or EU, or INT for international."
            )
        },
    )
    wikidata = models.CharField(_("Wikidata id"), max_length=20, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=models.Q(wikidata="") | models.Q(wikidata__regex=r"^Q[0-9]+$"),
                name="%(class)s_wikidata_id_shape",
                violation_error_message=_("A Wikidata id is the letter Q and digits, for example Q842."),
            )
        ]
