"""Rows of an entry that point to records: how they find them, and how they survive their deletion.

DECISIONS 7 and 23.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import get_all_child_relations, model_from_serializable_data
from wagtail.models import Orderable

from .cluster import Cluster
from .fields import PlainCharField, PlainTextField, language_tag, short_quotation
from .source import Source


class AtHand:
    """Records fetched a whole kind at a time, for forms and drafts that would ask for each alone.

    A draft and its form name dozens of records by id. Within :func:`records_at_hand` they
    are fetched once, in one query a model, and every row takes them from here.
    """

    def __init__(self) -> None:
        self._found: defaultdict[type[models.Model], dict[int, Any]] = defaultdict(dict)

    def fetch(self, model: type[models.Model], ids: Iterable[int]) -> None:
        known = self._found[model]
        if unknown := set(ids) - known.keys():
            known |= dict.fromkeys(unknown) | model._default_manager.in_bulk(unknown)

    def take(self, record: models.Model) -> None:
        """Hold what was fetched in another way."""
        self._found[type(record)].setdefault(record.pk, record)

    def get(self, model: type[models.Model], pk: int) -> Any:
        """The record, or None when there is none (any more)."""
        self.fetch(model, [pk])
        return self._found[model][pk]


_at_hand: ContextVar[AtHand | None] = ContextVar("records at hand", default=None)


@contextmanager
def records_at_hand() -> Iterator[AtHand]:
    """Fetch each record once while this lasts, which is no longer than a request."""
    if (known := _at_hand.get()) is not None:
        yield known
        return
    token = _at_hand.set(AtHand())
    try:
        yield at_hand()
    finally:
        _at_hand.reset(token)


def at_hand() -> AtHand:
    """The records of this request; outside one, an empty collection that nobody keeps."""
    return _at_hand.get() or AtHand()


def record_fields(row: type[models.Model]) -> list[models.ForeignKey]:
    """The fields of a row that point to PROTECTed records."""
    return [
        field
        for field in row._meta.concrete_fields
        if isinstance(field, models.ForeignKey) and field.remote_field.on_delete is models.PROTECT
    ]


def fetch_records(cluster: type[models.Model], data: dict[str, Any]) -> None:
    """Fetch all records that the serialised rows of a ``cluster``, and their rows, point to."""
    wanted: defaultdict[type[models.Model], set[int]] = defaultdict(set)

    def walk(model: type[models.Model], values: dict[str, Any]) -> None:
        for field in record_fields(model):
            if target := values.get(field.name):
                wanted[field.related_model].add(target)
        for relation in get_all_child_relations(model):
            for row in values.get(relation.get_accessor_name()) or []:
                walk(relation.related_model, row)

    walk(cluster, data)
    for model, ids in wanted.items():
        at_hand().fetch(model, ids)


def fetch_records_of_rows(cluster: Any) -> None:
    """Fetch all records that the rows held by a ``cluster``, and their rows, point to, and give each row its own."""
    rows = list(_rows_held(cluster))
    wanted: defaultdict[type[models.Model], set[int]] = defaultdict(set)
    for row in rows:
        for field in _fields_to_records(type(row)):
            if field.is_cached(row) and (record := field.get_cached_value(row)):
                at_hand().take(record)
            elif target := getattr(row, field.attname):
                wanted[field.related_model].add(target)
    for model, ids in wanted.items():
        at_hand().fetch(model, ids)
    for row in rows:
        for field in _fields_to_records(type(row)):
            if target := getattr(row, field.attname):
                setattr(row, field.name, at_hand().get(field.related_model, target))


def _rows_held(cluster: Any) -> Iterator[Any]:
    """The rows that an instance has in memory, and those below them."""
    for rows in (vars(cluster).get("_cluster_related_objects") or {}).values():
        for row in rows:
            yield row
            yield from _rows_held(row)


def _fields_to_records(row: type[models.Model]) -> list[models.ForeignKey]:
    """The fields of a row that point elsewhere than to what it is a row of."""
    fields = row._meta.concrete_fields
    return [one for one in fields if isinstance(one, models.ForeignKey) and not isinstance(one, ParentalKey)]


class PointsToRecords(models.Model):
    """Rows whose foreign keys are PROTECTed, also when rebuilt from an old revision.

    Only live rows are protected by the database; a row that exists in a draft
    revision alone may lose its record. modelcluster cannot rebuild such a row from
    the revision, so it is left out instead of making the entry uneditable.
    """

    class Meta:
        abstract = True

    @classmethod
    def from_serializable_data(cls, data: dict, check_fks: bool = True, strict_fks: bool = False) -> Self | None:
        records: dict[str, Any] = {}
        for field in record_fields(cls):
            if target := data.get(field.name):
                records[field.name] = at_hand().get(field.related_model, target)
        if None in records.values():
            return None
        # The records are checked, and the parent is the object that this row is rebuilt for.
        row = model_from_serializable_data(cls, data, check_fks=False, strict_fks=strict_fks)
        for name, record in records.items():
            setattr(row, name, record)
        return row


class SourceReference(PointsToRecords, Orderable):
    """A pointer into a source: where it says something, and in which words.

    ``quotation`` is exact and short, ``translation`` is ours, ``locator`` is the page, paragraph or time.
    """

    # Null only in drafts: a required foreign key would stop autosave of a blank row.
    source = models.ForeignKey(
        Source, verbose_name=_("source"), null=True, on_delete=models.PROTECT, related_name="%(class)ss"
    )
    quotation = PlainTextField(
        _("quotation"),
        blank=True,
        validators=[short_quotation],
        help_text=_("The exact words that support the sentence, 40 words at most."),
    )
    language = models.CharField(
        _("language"),
        max_length=20,
        blank=True,
        validators=[language_tag],
        help_text=_("Of the quotation; empty: the source's language."),
    )
    translation = PlainTextField(
        _("our translation"),
        blank=True,
        help_text=_("Of a quotation in another language than English; readers see that it is ours."),
    )
    locator = PlainCharField(_("locator"), max_length=100, blank=True, help_text=_("Page, paragraph or time."))

    class Meta(Orderable.Meta):
        abstract = True

    def clean(self) -> None:
        super().clean()
        translates_something(self)


def translates_something(reference: SourceReference) -> None:
    """Refuse a translation of no quotation, or of one in English."""
    if not reference.translation.strip():
        return
    if not reference.quotation.strip():
        message = _("There is a translation and no quotation. Quote the words that it translates, or empty it.")
    elif not _is_english(reference.language or (reference.source.language if reference.source else "")):
        return
    else:
        message = _("The quotation is in English, so it needs no translation. Name its language, or empty this.")
    raise ValidationError({"translation": ValidationError(message, code=NEEDLESS_TRANSLATION)})


NEEDLESS_TRANSLATION = "needless_translation"


def _is_english(language: str) -> bool:
    return language.partition("-")[0] == "en"


class ClusterableRow(Cluster, Orderable):
    """An ordered row of an entry that has rows of its own."""

    class Meta(Orderable.Meta):
        abstract = True

    @classmethod
    def from_serializable_data(cls, data: dict, check_fks: bool = True, strict_fks: bool = False) -> Self | None:
        """A row out of a draft; its only key that needs no looking up is that of its parent."""
        return super().from_serializable_data(data, check_fks=False, strict_fks=strict_fks)
