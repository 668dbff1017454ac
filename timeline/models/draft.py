"""DraftWords: what entries say that readers cannot see, for the desk to search."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from .entry import EntryPage


class DraftWords(models.Model):
    """The words of an entry whose newest version is not public, as those of public ones are kept.

    ``drafts`` writes a row when the desk searches. ``revision`` is the version it was made of, 0 for an entry without
    any. Nothing but the desk reads this table.
    """

    entry = models.OneToOneField(EntryPage, primary_key=True, on_delete=models.CASCADE, related_name="draft_words")
    revision = models.BigIntegerField()
    vector = SearchVectorField()

    class Meta:
        indexes = [GinIndex(fields=["vector"], name="draft_vector")]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.revision}"
