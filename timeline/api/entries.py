"""Routes to entries, and to what they can be narrowed by."""

import uuid

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Path, Query, Router

from timeline.filters import Question
from timeline.filters.facets import COUNT_LIMIT, OPTION_LIMIT
from timeline.filters.paging import asked_place, list_entries
from timeline.formats.entry_schema import entry_json
from timeline.models import FacetTotal, PublishedEntry, State, Withdrawal
from timeline.public.document import instant
from timeline.public.language import document_here, read_document, said_here

from . import cursors
from .answers import (
    answer_with,
    answer_with_text,
    answer_with_texts,
    chronology_path,
    links,
    new_address,
    page_links,
)
from .http import ApiError, ApiRequest, Moved, show
from .parameters import TAKES_QUESTION, EntryKey, Paging
from .questions import pairs, understood
from .schemas import EntryAnswer, EntryList, Facets

router = Router()


@router.get(
    "/entries",
    response=EntryList,
    operation_id="entries",
    summary="Entries that answer a question",
    openapi_extra=TAKES_QUESTION,
)
def entries(request: ApiRequest, asked: Query[Paging]) -> HttpResponse:
    """The entries that the chronology shows for the same query string, the oldest event first.

    Pages of the chronology put first what fits the words of a search best: `order=relevance` does it here.

    Without filters these are all entries. A cursor stays good when entries come and go; give it or `page`, not both.
    """
    question = understood(request, "limit", "cursor")
    show(request, question.last_change, question.about, question.sentence)
    start = question.typed["page"]
    if asked.cursor:
        if start:
            raise ApiError.of_parameters([("page", _("Give a page or a cursor, not both."))])
        question.typed["page"] = cursors.read(asked.cursor)
        if asked_place(question) is None:
            raise cursors.bad_cursor()
    listing = list_entries(question, asked.limit)
    pages = cursors.CursorPage(listing.rows, cursors.write(listing.place_before), cursors.write(listing.place_after))
    rows = PublishedEntry.objects.filter(pk__in=[row.pk for row in listing.rows])
    documents = {pk: read_document(found) for pk, found in rows.values_list("pk", document_here())}
    total, is_capped = _total(question)
    return answer_with_texts(
        request,
        page_links("/entries", pages, asked, pairs(question), start=start, alternate=chronology_path(question)),
        "entries",
        [entry_json(documents[row.pk]) for row in listing.rows if row.pk in documents],
        question=question.sentence,
        query=question.query(),
        total=total,
        total_is_capped=is_capped,
    )


@router.get("/entries/{slug:key}", response=EntryAnswer, operation_id="entry", summary="One entry")
def entry(
    request: ApiRequest,
    key: Path[EntryKey],
) -> HttpResponse:
    """An entry by its slug or its uid.

    An old slug answers 308 with the new address; a withdrawn entry 410 with the reason.
    """
    uid = _uid(key)
    rows = said_here(PublishedEntry.objects.only("slug", "document", "edition", "changed_at"))
    row = (rows.filter(uid=uid).first() if uid else None) or rows.filter(slug=key).first()
    if row is None:
        raise _elsewhere(key, uid)
    show(request, lambda: State(row.edition, row.changed_at), [("entry", row.pk)])
    here = links(f"/entries/{row.slug}", alternate=row.document["url"])
    return answer_with_text(request, here, "entry", entry_json(row.document))


@router.get(
    "/facets",
    response=Facets,
    operation_id="facets",
    summary="What a question can be narrowed by",
    openapi_extra=TAKES_QUESTION,
)
def facets(request: ApiRequest) -> HttpResponse:
    """The values of each filter with the number of entries that each would leave.

    Takes the query string of the chronology whole; `order` and `page` are read and change no number.
    """
    question = understood(request, option_limit=OPTION_LIMIT)
    counts = question.counts
    choices = {}
    for facet, options in question.options.items():
        numbers = counts.by_option.get(facet)
        chosen = {option.slug for option in question.ticked[facet]}
        choices[facet] = [
            {
                "slug": option.slug,
                "name": option.name,
                "count": None if numbers is None else numbers.get(option.id, 0),
                "chosen": option.slug in chosen,
            }
            for option in options.values()
        ]
    years = counts.years
    return answer_with(
        request,
        links("/facets", pairs(question), alternate=chronology_path(question)),
        Facets,
        question=question.sentence,
        query=question.query(),
        total=counts.total,
        total_is_capped=counts.capped,
        differing=counts.by_flag["differ"],
        years=None if years is None else [{"year": year, "count": number} for year, number in years.items()],
        facets=choices,
    )


def _total(question: Question) -> tuple[int, bool]:
    """How many entries match, and whether more do: counted as far as the page counts them."""
    if not question.is_filtered:
        return FacetTotal.objects.filter(facet="all").values_list("total", flat=True).first() or 0, False
    number = question.entries.capped_count(COUNT_LIMIT)
    return min(number, COUNT_LIMIT), number > COUNT_LIMIT


# -- entries that are not here -------------------------------------------------------------


def _uid(key: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(key)
    except ValueError:
        return None


def _elsewhere(key: str, uid: uuid.UUID | None) -> Exception:
    """What to raise for an entry that is not public under this slug or uid."""
    if path := new_address("entries", key):
        return Moved(path)
    known = Withdrawal.objects.filter(uid=uid) if uid else Withdrawal.objects.none()
    withdrawal = (known | Withdrawal.objects.filter(slug=key)).order_by("-withdrawn_at").first()
    if withdrawal is None:
        return ApiError(404, _("There is no entry with this slug or uid."))
    return ApiError(
        410,
        withdrawal.reason or _("This entry has been withdrawn."),
        title=_("This entry has been withdrawn"),
        kind="withdrawn",
        uid=str(withdrawal.uid),
        withdrawn=instant(withdrawal.withdrawn_at),
    )
