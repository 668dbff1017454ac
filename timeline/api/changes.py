"""Routes to what became of entries: what was published, updated, corrected and withdrawn."""

from django.http import HttpResponse
from ninja import Query, Router

from . import cursors
from .answers import answer_with, page_links
from .documents import told_version, told_versions, withdrawal
from .http import ApiRequest, show
from .parameters import TAKES_QUESTION, Changes, Paging
from .questions import pairs, understood
from .schemas import ChangeList, WithdrawalList

router = Router()

NEWEST_CHANGES = cursors.Order({"published_at": cursors.moment, "id": cursors.row_id}, descending=True)
NEWEST_WITHDRAWALS = cursors.Order({"withdrawn_at": cursors.moment, "id": cursors.row_id}, descending=True)


@router.get(
    "/changes",
    response=ChangeList,
    operation_id="changes",
    summary="What was published, updated, corrected",
    openapi_extra=TAKES_QUESTION,
)
def changes(request: ApiRequest, asked: Query[Changes]) -> HttpResponse:
    """First publications, updates and corrections of the entries that answer a question, newest first.

    Minor edits are not told. What is public no more is in `/withdrawals`. `order` and `page` have no effect.
    """
    question = understood(request, "limit", "cursor", "kind")
    show(request, question.last_change, question.about)
    rows = told_versions()
    if question.is_filtered:
        rows = rows.filter(entry__in=question.entries.values("pk"))
    if asked.kind:
        rows = rows.filter(change=asked.kind)
    page = NEWEST_CHANGES.page(rows, asked.cursor, asked.limit)
    return answer_with(
        request,
        page_links("/changes", page, asked, [*pairs(question), ("kind", asked.kind)], start=question.typed["page"]),
        ChangeList,
        changes=[told_version(row) for row in page.rows],
    )


@router.get(
    "/withdrawals",
    response=WithdrawalList,
    operation_id="withdrawals",
    summary="What was withdrawn",
    openapi_extra=TAKES_QUESTION,
)
def withdrawals(request: ApiRequest, asked: Query[Paging]) -> HttpResponse:
    """Entries that answered a question and are public no more, the latest withdrawal first.

    Their words are gone, so `q` leaves none of them out. `order` and `page` have no effect.
    """
    question = understood(request, "limit", "cursor")
    show(request, question.last_change, question.about)
    page = NEWEST_WITHDRAWALS.page(question.withdrawals, asked.cursor, asked.limit)
    return answer_with(
        request,
        page_links("/withdrawals", page, asked, pairs(question), start=question.typed["page"]),
        WithdrawalList,
        withdrawals=[withdrawal(row) for row in page.rows],
    )
