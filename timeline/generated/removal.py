"""Takes everything generated away again."""

from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import Model, Q, QuerySet, TextField
from django.db.models.functions import Cast
from wagtail.models import Page, PageLogEntry, ReferenceIndex, Revision
from wagtail.search.models import IndexEntry

from timeline.models import (
    Account,
    Attachment,
    ChronologyPage,
    Citation,
    Disagreement,
    EntryCommodity,
    EntryOrganisation,
    EntryPage,
    EntryPerson,
    FailedPublication,
    Figure,
    FigureCitation,
    Follow,
    LinkCheck,
    MeasureDate,
    Organisation,
    Person,
    PersonName,
    Position,
    PublishedEntry,
    Snapshot,
    Source,
    SourceAddress,
    SourceNote,
    Statement,
    Version,
    Withdrawal,
)

from .records import PREFIX

ROWS_OF_ENTRIES: list[tuple[type[Model], str]] = [
    (Account, "disagreement__entry"),
    (Disagreement, "entry"),
    (FigureCitation, "figure__entry"),
    (Figure, "entry"),
    (Citation, "statement__entry"),
    (Statement, "entry"),
    (MeasureDate, "entry"),
    (SourceNote, "entry"),
    (Attachment, "entry"),
    (EntryPerson, "entry"),
    (EntryOrganisation, "entry"),
    (EntryCommodity, "entry"),
    (Follow, "entry"),
    (PublishedEntry, "entry"),
    (Version, "entry"),
    (FailedPublication, "entry"),
    (PageLogEntry, "page__entrypage"),
]
ROWS_OF_RECORDS: list[tuple[type[Model], str]] = [
    (PersonName, "person"),
    (Position, "person"),
    (SourceAddress, "source"),
    (Snapshot, "source"),
    (LinkCheck, "source"),
]


def remove() -> int:
    """Delete everything generated, and nothing else; returns the number of entries.

    Sets the table of published entries right only in that ours are gone: its totals
    are the caller's to rebuild. Raises IntegrityError when somebody else's row uses one
    of ours.
    """
    ours = Q(key__startswith=PREFIX)
    pages = list(EntryPage.objects.filter(ours).values_list("pk", "uid"))
    for model, path in ROWS_OF_ENTRIES + ROWS_OF_RECORDS:
        _delete(model._default_manager.filter(**{f"{path}__key__startswith": PREFIX}))
    for record in (EntryPage, Source, Person, Organisation):
        # Text, as in the tables that keep a model's name and an id.
        ids = record._default_manager.filter(ours).values_list(Cast("pk", TextField()), flat=True)
        types = ContentType.objects.get_for_models(record, *record._meta.parents).values()
        for table in (Revision, ReferenceIndex, IndexEntry):
            _delete(table._default_manager.filter(content_type__in=types, object_id__in=ids))
    for record in (EntryPage, Source, Person, Organisation):
        _delete(record._default_manager.filter(ours))
    _delete(Page.objects.filter(pk__in=[pk for pk, _uid in pages]))
    _delete(Withdrawal.objects.filter(uid__in=[uid for _pk, uid in pages]))
    for parent in ChronologyPage.objects.all():
        ChronologyPage.objects.filter(pk=parent.pk).update(numchild=parent.get_children().count())
    connection.check_constraints()  # now, not when the transaction ends
    return len(pages)


def _delete(rows: QuerySet) -> None:
    """In one statement: Django's own way loads every row that might lead to others."""
    rows._raw_delete(rows.db)  # noqa: SLF001 - what QuerySet.delete does when nothing hangs on the rows
