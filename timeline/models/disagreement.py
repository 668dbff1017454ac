"""Disagreement and Account: where sources differ, side by side."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey

from .entry import EntryPage
from .fields import PlainCharField, PlainTextField
from .link import ClusterableRow, SourceReference
from .statement import new_row_id


class Disagreement(ClusterableRow):
    """A question that sources answer differently.

    An account may be preferred, with the reason; the others stay.
    """

    entry = ParentalKey(EntryPage, on_delete=models.CASCADE, related_name="disagreements")
    uid = models.CharField(max_length=12, default=new_row_id, editable=False)
    question = PlainCharField(
        _("question"), max_length=200, help_text=_("For example: How long did the meeting last?")
    )
    reason = PlainTextField(
        _("reason for the preference"), blank=True, help_text=_("Needed when one account is preferred.")
    )

    class Meta(ClusterableRow.Meta):
        verbose_name = _("disagreement")
        constraints = [models.UniqueConstraint(fields=["entry", "uid"], name="disagreement_id_used_once")]

    def __str__(self) -> str:
        return self.question


class Account(SourceReference):
    """What one source says on the question."""

    disagreement = ParentalKey(Disagreement, on_delete=models.CASCADE, related_name="accounts")
    says = PlainTextField(_("says"), help_text=_("Its answer, in our own words."))
    side = PlainCharField(
        _("whose position it is"),
        max_length=40,
        blank=True,
        help_text=_(
            "A government or a party that the source lets speak, such as Tokyo. Two of them stand in columns."
        ),
    )
    preferred = models.BooleanField(_("preferred"), default=False)

    class Meta(SourceReference.Meta):
        verbose_name = _("account")
        constraints = [
            models.UniqueConstraint(
                fields=["disagreement", "source"],
                name="disagreement_hears_source_once",
                deferrable=models.Deferrable.DEFERRED,
                violation_error_message=_("This source already has an account here."),
            ),
            # A unique constraint with a condition cannot be deferred, and then the
            # preference could not move from one account to another.
            ExclusionConstraint(
                expressions=[("disagreement", RangeOperators.EQUAL)],
                index_type="hash",
                condition=Q(preferred=True),
                deferrable=models.Deferrable.DEFERRED,
                name="disagreement_prefers_one_account",
                violation_error_message=_("Only one account can be preferred."),
            ),
        ]
