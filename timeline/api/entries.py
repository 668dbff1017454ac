"""Entries, what they can be narrowed by, and what changed."""

import uuid

from django.http import HttpResponse, QueryDict
from django.utils.translation import gettext as _
from ninja import Path, Query, Router

from timeline.document import instant
from timeline.filters import Question
from timeline.filters.facets import COUNT_LIMIT
from timeline.formats.entry_schema import entry_json
from timeline.models import FacetTotal, PublishedEntry, Withdrawal
from timeline.paging import asked_place, list_entries
from timeline.views.formats import renamed

from . import cursors
from .answers import (
    Pairs,
    answer_with,
    answer_with_text,
    answer_with_texts,
    chronology_path,
    links,
    new_address,
    page_links,
)
from .documents import told_version, told_versions
from .http import ApiRequest, Moved, Problem
from .parameters import ChangePaging, EntryKey, EntryQuestion, WholeQuestion
from .record_schemas import ChangeList, EntryAnswer, EntryList, Facets

router = Router()

NEWEST_CHANGES = cursors.Order({"published_at": cursors.moment, "id": cursors.row_id}, descending=True)


@router.get("/entries", response=EntryList, operation_id="entries", summary="Entries that answer a question")
def entries(request: ApiRequest, asked: Query[EntryQuestion]) -> HttpResponse:
    """The entries that the chronology shows for the same query string, in the same order.

    Without filters these are all entries. A cursor stays good when entries come and go; give it or `page`, not both.
    """
    question = understood(request, Question(_without(request.GET, "limit", "cursor"), option_limit=0))
    if asked.cursor:
        if question.typed["page"]:
            raise Problem.of_parameters([("page", _("Give a page or a cursor, not both."))])
        question.typed["page"] = cursors.read(asked.cursor)
        if asked_place(question) is None:
            raise cursors.bad_cursor()
    listing = list_entries(question, asked.limit)
    pages = cursors.Page(listing.rows, cursors.write(listing.place_before), cursors.write(listing.place_after))
    rows = PublishedEntry.objects.filter(pk__in=[row.pk for row in listing.rows])
    documents = dict(rows.values_list("pk", "document"))
    total, is_capped = _total(question)
    return answer_with_texts(
        request,
        page_links("/entries", pages, asked, _pairs(question), alternate=chronology_path(question)),
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
    rows = PublishedEntry.objects.values_list("slug", "document")
    found = (rows.filter(uid=uid).first() if uid else None) or rows.filter(slug=key).first()
    if found is None:
        raise _elsewhere(key, uid)
    slug, document = found
    here = links(f"/entries/{slug}", alternate=document["url"])
    return answer_with_text(request, here, "entry", entry_json(document))


@router.get("/facets", response=Facets, operation_id="facets", summary="What a question can be narrowed by")
def facets(request: ApiRequest, asked: Query[WholeQuestion]) -> HttpResponse:
    """The values of each filter with the number of entries that each would leave.

    Takes the query string of the chronology whole; `order` and `page` are read and change no number.
    """
    question = understood(request, Question(request.GET))
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
        links("/facets", _pairs(question), alternate=chronology_path(question)),
        Facets,
        question=question.sentence,
        query=question.query(),
        total=counts.total,
        total_is_capped=counts.capped,
        differing=counts.differing,
        years=None if years is None else [{"year": year, "count": number} for year, number in years.items()],
        facets=choices,
    )


@router.get("/changes", response=ChangeList, operation_id="changes", summary="What was published, updated, corrected")
def changes(request: ApiRequest, asked: Query[ChangePaging]) -> HttpResponse:
    """First publications, updates and corrections of what is public now, newest first. Minor edits are not told."""
    rows = told_versions()
    if asked.kind:
        rows = rows.filter(change=asked.kind)
    page = NEWEST_CHANGES.page(rows, asked.cursor, asked.limit)
    return answer_with(
        request,
        page_links("/changes", page, asked, [("kind", asked.kind)]),
        ChangeList,
        changes=[told_version(row) for row in page.rows],
    )


# -- questions ----------------------------------------------------------------------------


def understood(request: ApiRequest, question: Question) -> Question:
    """The question, if all of it was understood.

    Raises :class:`Problem` that names each mistake, or :class:`Moved` to the same question
    about records that have another slug now.
    """
    asked_place(question)
    if problems := question.problems:
        if data := renamed(request.GET, problems):
            raise Moved(f"{request.path}?{data.urlencode()}")
        status = 404 if all(problem.is_missing for problem in problems) else 400
        raise Problem.of_parameters([(problem.parameter, problem.message) for problem in problems], status)
    return question


def _without(data: QueryDict, *names: str) -> QueryDict:
    rest = data.copy()
    for name in names:
        rest.pop(name, None)
    return rest


def _pairs(question: Question) -> Pairs:
    return [(name, value) for name, values in question.parameters.items() for value in values]


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
        return Problem(404, _("There is no entry with this slug or uid."))
    return Problem(
        410,
        withdrawal.reason or _("This entry has been withdrawn."),
        title=_("This entry has been withdrawn"),
        kind="withdrawn",
        uid=str(withdrawal.uid),
        withdrawn=instant(withdrawal.withdrawn_at),
    )
