"""All headlines of a question on one page."""

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect, HttpResponseRedirect
from django.utils.translation import gettext as _

from timeline.filters import Question
from timeline.filters.paging import Listing, list_entries
from timeline.filters.renaming import renamed
from timeline.models import Edition
from timeline.public import fragments
from timeline.public.fragments import Card
from timeline.public.site import with_query
from timeline.public.wording import stop

from .entry_list import list_context
from .head import Head, home, render_page

PATH = "/headlines/"

SIZE = 500
"""Headlines on a page: a year of news."""

AT_ONCE = 60
"""Lines that a browser lays out before it is asked to show the others: more than a tall screen has."""


def headlines(request: HttpRequest, *, edition: Edition) -> HttpResponse:
    """``/headlines/``: what the query string asks for, a line each."""
    question = Question(request.GET, best_first=True, option_limit=0)
    if question.has_blanks and not question.problems:
        return HttpResponseRedirect(with_query(PATH, question.query_as_typed()))
    if question.problems and (data := renamed(request.GET, question.problems)):
        return HttpResponsePermanentRedirect(f"{PATH}?{data.urlencode()}")
    listing = list_entries(question, SIZE)
    _note_what_is_later(listing)
    lines = {pk: Card("", line) for pk, line in fragments.lines(listing.rows, edition.lanes).items()}
    title = _("Headlines: %s") % question.sentence
    head = Head(
        title=title,
        description=stop(title),
        path=with_query(PATH, question.query(order="")),
        question=question,
        noindex=True,
        breadcrumbs=[home()],
    )
    listed = list_context(question, listing, lines, edition, PATH)
    list_href = with_query("/", question.query())
    return render_page(request, "timeline/headlines.html", edition, head, list_href=list_href, **listed)


def _note_what_is_later(listing: Listing) -> None:
    """Note the months that begin below the first screen: their lines are laid out when they come near."""
    above = 0
    for month in (month for year in listing.years for month in year.months):
        month.is_later = above >= AT_ONCE
        above += len(month.rows)
