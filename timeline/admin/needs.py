"""Needs: what entries and sources still lack; the questions behind filters, reports and the home page.

Each is a condition that the database answers for all rows at once.

DECISIONS 17 says why.
"""

from typing import Any

from django.db.models import (
    BigIntegerField,
    CharField,
    Exists,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.models import Revision, TaskState, WorkflowState

from timeline.choices import Change, DateBasis, SourceUse
from timeline.drafts import hidden
from timeline.edtf import Precision
from timeline.models import (
    Account,
    Attachment,
    Citation,
    Disagreement,
    EntryPage,
    EntryPerson,
    Figure,
    FigureCitation,
    Position,
    PublishedEntry,
    Source,
    SourceAddress,
    SourceNote,
    Statement,
    Version,
)

from .counting import Number, are_many, counted

SOURCE, SECOND, DAY, EXTENT, OUTCOME, POSITION = "source", "second", "day", "extent", "outcome", "position"
NEEDS = [
    (SOURCE, _("A source for a statement, figure or sentence")),
    (SECOND, _("A second source")),
    (DAY, _("A stated date: it is worked out")),
    (EXTENT, _("What its two dates mean: it lasted, or some time between")),
    (OUTCOME, _("What came of it: planned, and now past")),
    (POSITION, _("The position of a person that day")),
]
PUBLIC = {SOURCE: Q(unsourced=True), SECOND: Q(one_source=True), POSITION: ~Q(positionless=[])}
"""What public entries need, as the edition keeps it."""
LOOKED_AT = {
    SOURCE: Q(published__unsourced=True),
    SECOND: Q(published__one_source=True),
    POSITION: Q(published__positionless__len__gt=0),
}
"""The same, asked of an entry."""

PUBLISHER, ARCHIVE, DATE, PAGE = "publisher", "archive", "date", "page"
LACKS = [
    (PUBLISHER, _("Publisher")),
    (ARCHIVE, _("Archived copy")),
    (DATE, _("Date of publication")),
    (PAGE, _("A page of its own: another source has it too")),
]


class CountOf(Subquery):
    """How many rows a subquery has; unlike an aggregate it also counts a union."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()


# Entries


def needing(need: str) -> Q:
    """Entries that need one of ``NEEDS``; drafts too, as far as they are no newer version of a public entry.

    What is a matter of their own columns is asked of them. Of the rest the edition keeps what public entries
    lack, in columns, and those that are not public are looked at: they are few beside all that is.
    """
    columns = {DAY: _inferred, EXTENT: _unsaid, OUTCOME: _past}
    if need in columns:
        return columns[need]()
    public = _public(need)
    if are_many(public):  # each is looked at as the list meets it
        return Q(pk__in=_drafts(need)) | LOOKED_AT[need]
    return Q(pk__in=public.union(_drafts(need), all=True))


def _public(need: str) -> QuerySet[Any]:
    """The ids of the public entries that need it, which the edition keeps."""
    return PublishedEntry.objects.order_by().filter(PUBLIC[need]).values("pk")


def _drafts(need: str) -> QuerySet[Any]:
    """Those of the others; one source is asked of what is public alone."""
    entries = EntryPage.objects.order_by()
    return (entries.none() if need == SECOND else entries.filter(hidden(), HIDDEN[need]())).values("pk")


def number_needing(need: str, most: int | None = None, **also: Any) -> Number:
    """How many need it, counted no further than ``most``, or than people read a number."""
    if need in PUBLIC:
        return counted(_public(need).filter(**also).union(_drafts(need), all=True), most)
    return counted(EntryPage.objects.filter(needing(need)), most)


def _unsourced() -> Q:
    """A statement or a figure without a source that readers may see, or no statement at all."""
    evidence = {"source__use": SourceUse.EVIDENCE}
    statements = Statement.objects.order_by().filter(entry=OuterRef("pk"))
    figures = Figure.objects.order_by().filter(entry=OuterRef("pk"))
    return (
        Q(~Exists(statements))
        | Exists(statements.filter(~Exists(Citation.objects.filter(statement=OuterRef("pk"), **evidence))))
        | Exists(figures.filter(~Exists(FigureCitation.objects.filter(figure=OuterRef("pk"), **evidence))))
    )


def _inferred() -> Q:
    return Q(date_basis=DateBasis.DERIVED)


def _unsaid() -> Q:
    return Q(date_precision=Precision.INTERVAL, date_extent="")


def _past() -> Q:
    return Q(planned=True, date_period__endswith__lte=timezone.localdate())


def _positionless() -> Q:
    return Q(Exists(without_position().filter(entry=OuterRef("pk"))))


HIDDEN = {SOURCE: _unsourced, POSITION: _positionless}
"""The same of entries that are not public, as conditions."""


def without_position() -> QuerySet[EntryPerson]:
    """People in entries of whom no position is known on that date, neither typed nor on their record."""
    held = Position.objects.filter(person=OuterRef("person")).filter(
        Q(held__overlap=OuterRef("entry__date_period")) | Q(held__isnull=True)
    )
    rows = EntryPerson.objects.filter(position="", person__isnull=False, entry__date_period__isnull=False)
    return rows.exclude(Exists(held)).order_by()


def source_count() -> CountOf:
    """How many sources readers see behind an entry, each once."""
    public = {"source__use": SourceUse.EVIDENCE}
    cited: list[QuerySet[Any]] = [
        Citation.objects.filter(statement__entry=OuterRef("pk"), **public),
        FigureCitation.objects.filter(figure__entry=OuterRef("pk"), **public),
        Account.objects.filter(disagreement__entry=OuterRef("pk"), **public),
        SourceNote.objects.filter(entry=OuterRef("pk"), **public),
        Attachment.objects.filter(entry=OuterRef("pk"), **public),
    ]
    first, *others = (rows.order_by().values("source") for rows in cited)
    return CountOf(first.union(*others).order_by())


def disagreement_count() -> CountOf:
    return CountOf(Disagreement.objects.filter(entry=OuterRef("pk")).order_by().values("pk"))


def corrected() -> Q:
    """Entries that were corrected at least once."""
    return Q(pk__in=Version.objects.filter(change=Change.CORRECTION).order_by().values("entry"))


def last_corrected() -> Subquery:
    """When the last correction of an entry was published."""
    corrections = Version.objects.filter(entry=OuterRef("pk"), change=Change.CORRECTION)
    return Subquery(corrections.order_by("-number").values("published_at")[:1])


# Sources


def lacking(what: str) -> Q:
    """Sources that lack one of ``LACKS``; one without an address cannot be archived."""
    return {
        PUBLISHER: Q(publisher__isnull=True),
        ARCHIVE: Q(archived_url="") & ~Q(url=""),
        DATE: Q(published=""),
        PAGE: _doubled(),
    }[what]


def _doubled() -> Q:
    """Sources at a page where another one is, by its address or a further one of it."""
    same_page = Source.objects.filter(address_key=OuterRef("address_key")).exclude(pk=OuterRef("pk"))
    further = SourceAddress.objects.filter(address_key=OuterRef("address_key")).exclude(source=OuterRef("pk"))
    at_mine = SourceAddress.objects.filter(
        Exists(Source.objects.filter(address_key=OuterRef("address_key")).exclude(pk=OuterRef("source")))
    )
    return ~Q(address_key="") & (Q(Exists(same_page)) | Q(Exists(further)) | Q(pk__in=at_mine.values("source")))


# People at the desk


def _states(states: QuerySet[Any], path: str) -> QuerySet[Any]:
    """The ids of the pages that states of a workflow are about."""
    return states.order_by().annotate(about=Cast(path, BigIntegerField())).values("about")


def to_approve(user: Any) -> QuerySet[Any]:
    """The ids of the pages in moderation that ``user`` may approve."""
    return _states(TaskState.objects.reviewable_by(user), "workflow_state__object_id")


def in_moderation(*statuses: str) -> QuerySet[Any]:
    """The ids of the pages whose workflow is in one of ``statuses``; in none given, of all that are not finished."""
    wanted = statuses or (WorkflowState.STATUS_IN_PROGRESS, WorkflowState.STATUS_NEEDS_CHANGES)
    return _states(WorkflowState.objects.filter(status__in=wanted), "object_id")


def scheduled() -> QuerySet[Any]:
    """The ids of the pages that a version is scheduled of."""
    return _states(Revision.objects.filter(approved_go_live_at__isnull=False), "object_id")


def goes_live() -> Subquery:
    """When the version of a page that is scheduled goes live."""
    versions = Revision.objects.filter(approved_go_live_at__isnull=False).order_by("approved_go_live_at")
    return Subquery(versions.filter(object_id=Cast(OuterRef("pk"), CharField())).values("approved_go_live_at")[:1])


def sent_back_to(user: Any) -> QuerySet[WorkflowState]:
    """The workflows that came back to ``user``, who wrote or submitted what they are about."""
    returned = WorkflowState.objects.filter(status=WorkflowState.STATUS_NEEDS_CHANGES)
    own = EntryPage.objects.filter(pk=OuterRef("about"), owner=user)
    return returned.annotate(about=Cast("object_id", BigIntegerField())).filter(Q(requested_by=user) | Exists(own))


def own_drafts(user: Any) -> QuerySet[EntryPage]:
    """Entries that ``user`` wrote last or made, with something in them that is not public and not in moderation."""
    unpublished = EntryPage.objects.filter(Q(live=False) | Q(has_unpublished_changes=True))
    mine = unpublished.filter(Q(latest_revision__user=user) | Q(owner=user, live=False))
    return mine.exclude(pk__in=in_moderation()).exclude(pk__in=scheduled())


def waiting_for(user: Any) -> QuerySet[Any]:
    """The ids of what ``user`` may approve, what came back to the user, and what the user has not finished."""
    returned = sent_back_to(user).order_by().values("about")
    return to_approve(user).union(returned, own_drafts(user).order_by().values("pk"), all=True)
