"""The overview: the whole chronology as a table of subjects by years."""

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect, HttpResponseRedirect
from django.utils.translation import gettext as _

from timeline.charts import river
from timeline.filters import Question
from timeline.filters.renaming import renamed
from timeline.models import Edition
from timeline.public.site import with_query
from timeline.public.wording import stop

from .head import Head, home, render_page

PATH = "/overview/"


def overview(request: HttpRequest, *, edition: Edition) -> HttpResponse:
    """``/overview/``: what the query string asks for, by subject and year; on ``/`` it is one strip."""
    question = Question(request.GET, best_first=True, newest_first=True, option_limit=0)
    if question.has_blanks and not question.problems:
        return HttpResponseRedirect(with_query(PATH, question.query_as_typed()))
    if question.problems and (data := renamed(request.GET, question.problems)):
        return HttpResponsePermanentRedirect(f"{PATH}?{data.urlencode()}")
    title = _("%s, by subject") % question.sentence
    head = Head(
        title=title,
        description=stop(title),
        path=with_query(PATH, question.query(order="", show="")),
        question=question,
        noindex=True,
        breadcrumbs=[home()],
    )
    drawn = river.draw(question, question.counts, edition)
    notes = [problem.message for problem in question.problems]
    return render_page(request, "timeline/overview.html", edition, head, river=drawn, notes=notes)
