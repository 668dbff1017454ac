"""SearchName: the names of records as a search looks them up."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models


class SearchName(models.Model):
    """A name of a record, by the words it is made of: who types one name is led to the others.

    ``edition`` writes a row for the name and each further name of every record that can have
    some. ``kind`` is the name of the record's model. ``key`` are the words of the name as an
    index has them (see ``search``); a name that ``stands`` for the record is asked for as well
    when another one is typed, the others only lead to it. ``folded`` is what the desk compares
    with what an editor types, a part of a name too. What a record is called in a translation,
    and how that is read, counts on the pages in its ``language`` alone.
    """

    kind = models.CharField(max_length=12)
    record = models.BigIntegerField()
    name = models.CharField(max_length=200)
    key = models.TextField()
    stands = models.BooleanField()
    folded = models.CharField(max_length=200)
    language = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "record", "language", "name"], name="search_name_listed_once")
        ]
        indexes = [
            models.Index(fields=["key"], name="search_name_by_key"),
            GinIndex(fields=["folded"], name="search_name_folded", opclasses=["gin_trgm_ops"]),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.record}: {self.name}"
