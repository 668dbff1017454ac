"""Statement and Citation: the body of an entry, sentence by sentence with its sources."""

import re
import secrets

from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey

from timeline.choices import Nature

from .entry import EntryPage
from .fields import PlainTextField
from .link import ClusterableRow, SourceReference

ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"  # RFC 4648 base32, lower case

ROW_ID = re.compile(r"[a-z2-7]{6,12}")
"""The id of a statement, figure, disagreement or sentence, whoever made it."""


def new_row_id() -> str:
    """A short random id, unique enough inside one entry (32^6 values)."""
    return "".join(secrets.choice(ALPHABET) for _ in range(6))


class Statement(ClusterableRow):
    """One fact in our own words, with the sources that carry it.

    ``uid`` is its public id: the permalink is ``/entries/<slug>/#s-<uid>`` and
    stays the same when statements are reordered or reworded.
    """

    entry = ParentalKey(EntryPage, on_delete=models.CASCADE, related_name="statements")
    uid = models.CharField(max_length=12, default=new_row_id, editable=False)
    text = PlainTextField(_("statement"), help_text=_("One fact, one sentence, in our own words."))
    nature = models.CharField(_("nature"), max_length=12, choices=Nature.choices, default=Nature.REPORTED)

    class Meta(ClusterableRow.Meta):
        verbose_name = _("statement")
        constraints = [models.UniqueConstraint(fields=["entry", "uid"], name="statement_id_used_once")]

    def __str__(self) -> str:
        return self.text


class Citation(SourceReference):
    """The source of a statement."""

    statement = ParentalKey(Statement, on_delete=models.CASCADE, related_name="citations")

    class Meta(SourceReference.Meta):
        verbose_name = _("citation")
        constraints = [
            models.UniqueConstraint(
                fields=["statement", "source", "locator"],
                name="statement_cites_source_once",
                deferrable=models.Deferrable.DEFERRED,
                violation_error_message=_("This source is cited twice for the same statement."),
            )
        ]
