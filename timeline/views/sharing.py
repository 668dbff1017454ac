"""Share pictures and icons: what others take of a page for their links to it."""

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect

from timeline.filters import Question
from timeline.filters.renaming import renamed
from timeline.formats import picture
from timeline.models import Edition
from timeline.public import lanes, wording
from timeline.public.site import about_site

from .entries import elsewhere, published
from .entry_list import count_text, years_text


def entry_picture(request: HttpRequest, slug: str, *, edition: Edition) -> HttpResponse:
    """``/entries/<slug>/share.png``: headline, date and number of sources on a card."""
    row = published(slug)
    if row is None:
        return elsewhere(request, slug, edition)
    card = picture.Card(
        headline=row.document["headline"],
        date=wording.sentence_case(wording.happened(row.document["date"])),
        foot=wording.source_count(row.document),
        site=about_site(edition)["name"],
        colour=lanes.colour(row.document, edition.lanes),
    )
    return HttpResponse(picture.draw(card), content_type="image/png")


def list_picture(request: HttpRequest, *, edition: Edition) -> HttpResponse:
    """``/share.png``: the headline of the chronology on a card, or a question with how much answers it and when.

    A bad question is answered 400 in words, or 404 when it names what is not here.
    """
    question = Question(request.GET, option_limit=0)
    if question.problems:
        if data := renamed(request.GET, question.problems):
            return HttpResponsePermanentRedirect(f"/share.png?{data.urlencode()}")
        status = 404 if all(problem.is_missing for problem in question.problems) else 400
        words = "\n".join(problem.message for problem in question.problems)
        return HttpResponse(f"{words}\n", status=status, content_type="text/plain; charset=utf-8")
    return HttpResponse(picture.draw(_list_card(question, edition)), content_type="image/png")


def _list_card(question: Question, edition: Edition) -> picture.Card:
    about = about_site(edition)
    if not question.is_filtered:
        return picture.Card(headline=about["headline"], date="", foot="", site=about["name"], colour="red")
    return picture.Card(
        headline=question.sentence,
        date=years_text(question.counts),
        foot=count_text(question.counts),
        site=about["name"],
        colour="red",
    )


def icon(request: HttpRequest, *, pixels: int, edition: Edition) -> HttpResponse:
    """``/apple-touch-icon.png`` for home screens, ``/icon.png`` for programs that show a feed."""
    return HttpResponse(picture.icon(pixels), content_type="image/png")


def favicon(request: HttpRequest, *, edition: Edition) -> HttpResponse:
    """``/favicon.ico``, which browsers ask for unasked."""
    return HttpResponse(picture.favicon(), content_type="image/vnd.microsoft.icon")
