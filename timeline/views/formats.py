"""Every format of any question: same query string, same entries as the page."""

import re
from collections.abc import Callable
from functools import partial
from urllib.parse import quote as percent_encoded
from urllib.parse import urlencode

from django.conf import settings
from django.core.cache import caches
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponsePermanentRedirect,
    JsonResponse,
    QueryDict,
    StreamingHttpResponse,
)
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _

from timeline.filters import ParameterProblem, Question, relevance
from timeline.filters.kinds import Records
from timeline.filters.paging import read_place
from timeline.filters.parameters import PARAMETERS, facets
from timeline.filters.problems import quote, repeated
from timeline.filters.renaming import renamed
from timeline.formats import FORMATS, Answer, Format, calendar, tables, timelinejs
from timeline.formats.answer import NoSuchPartError
from timeline.formats.archives import FEED_SIZE
from timeline.models import Edition
from timeline.public.language import here, root
from timeline.public.site import about_site, absolute, current_edition, with_query
from timeline.punctuation import listed

from . import cross_origin, validators
from .head import Head, home, render_page
from .validators import PublicRequest


def at(kind: Format) -> Callable[..., HttpResponseBase]:
    """The view at the address of a format."""
    view = cross_origin.open_to_all(validators.public(validators.ANSWER_CACHING)(partial(answer, kind=kind)))
    return cross_origin.framed(view) if kind.is_framed else view


def answer(request: PublicRequest, *, kind: Format, edition: Edition) -> HttpResponseBase:
    """One format of the question in the query string.

    A bad question is answered 400, one about what is not here 404, both in words and as
    data for formats that are JSON; a record under an older name leads to its new one.
    """
    data = request.GET.copy()
    options = {one.name: data.pop(one.name)[-1] for one in kind.parameters if one.name in data}
    question = Question(data, option_limit=0, newest_first=kind.is_framed)  # a frame shows what the page does
    problems = question.problems + repeated(request.GET, options)
    problems += [
        problem for one in kind.parameters if one.name in options and (problem := one.problem(options[one.name]))
    ]
    if place := _no_such_page(question):
        problems.append(place)
    if problems:
        return _moved(request, kind, problems) or refusal(request, kind, problems)
    site = about_site(edition)
    answer = Answer(
        path=kind.path,
        query=question.subscription() if kind.is_feed else question.query(),
        sentence=question.sentence,
        entries=question.entries,
        size=question.size,
        withdrawals=question.withdrawals,
        newest_first=question.newest_first,
        site=site["name"],
        licence=site["licence"],
        strapline=edition.strapline,
        language=translation.get_language() or "en",
        base_url=absolute(root()),
        since=edition.state if kind.shows_more else validators.shown(request, edition, question.last_change),
        lanes=edition.lanes,
        coverage=edition.coverage,
        options=options,
        nothing=question.nothing,
        hub=settings.WEBSUB_HUB if kind.is_feed and not options and _is_announced(question) else "",
    )
    request.about = [("edition", 0)] if kind.shows_more else question.about
    response = validators.not_modified(request, answer.since, answer.sentence) or _made(request, kind, answer)
    if response.status_code in (200, 304):
        response.headers["Link"] = _links(answer)
    return response


def _made(request: PublicRequest, kind: Format, answer: Answer) -> HttpResponseBase:
    """The answer, or for HEAD what stands before it."""
    make = partial(kind.render, answer)
    response: HttpResponseBase
    if request.method == "HEAD" and not answer.options:
        # A stream, so that nobody counts its bytes: the length of what GET sends is not known.
        response = StreamingHttpResponse((), content_type=kind.content_type)
    else:
        try:
            # Many ask for the same feed, and the same tag means the same bytes.
            kept = caches["feeds"].get_or_set(validators.tag(request), make) if kind.is_feed else None
            body = kept or make()
        except NoSuchPartError as error:
            return refusal(request, kind, [error.problem])
        if isinstance(body, bytes):
            response = HttpResponse(body, content_type=kind.content_type)
        else:
            response = StreamingHttpResponse(() if request.method == "HEAD" else body, content_type=kind.content_type)
    if kind.is_long:
        response.headers["Accept-Ranges"] = "none"
    if kind.filename:
        response.headers["Content-Disposition"] = _disposition(kind.filename, answer)
    return response


def _links(answer: Answer) -> str:
    """Links for who does not read the body (RFC 8288): the address to subscribe to, the page, the terms, the hub."""
    links = [
        f'<{answer.self_url}>; rel="self"',
        f'<{answer.page_url}>; rel="alternate"; type="text/html"',
        f'<{answer.licence["url"]}>; rel="license"',
        *([f'<{answer.hub}>; rel="hub"'] if answer.hub else []),
    ]
    return ", ".join(links)


def _disposition(filename: str, answer: Answer) -> str:
    """To be saved (RFC 6266): under a plain name, or one that says what was asked, where it is read (RFC 8187)."""
    name = " ".join(re.sub(r"[^\w(),.-]+", " ", answer.title).split())[:100].strip(" .")
    return f"attachment; filename=\"{filename}\"; filename*=UTF-8''{percent_encoded(f'{name} - {filename}', safe='')}"


def _is_announced(question: Question) -> bool:
    """Whether a hub hears of news in this feed: of everything, or of one record."""
    asked = question.parameters
    return not asked.keys() - facets().keys() - {"order"} and sum(len(asked.get(name, [])) for name in facets()) <= 1


def refusal(request: HttpRequest, kind: Format, problems: list[ParameterProblem]) -> HttpResponse:
    """What is wrong with each parameter and what it accepts: never an empty answer.

    Plain text, or a problem document (RFC 9457) where the answer would have been JSON.
    """
    status = 404 if all(problem.is_missing for problem in problems) else 400
    title = _("Nothing is known by this name") if status == 404 else _("This address cannot be answered as it stands")
    accepts = {problem.parameter: accepted(problem.parameter, kind) for problem in problems}
    if kind.media_type.endswith("json"):
        return JsonResponse(
            {
                "type": absolute("/feeds/#errors"),
                "title": title,
                "status": status,
                "detail": " ".join(problem.message for problem in problems),
                "instance": request.get_full_path(),
                "errors": [
                    {
                        "parameter": problem.parameter,
                        "detail": problem.message,
                        "accepted": accepts[problem.parameter],
                    }
                    for problem in problems
                ],
            },
            status=status,
            content_type="application/problem+json",
        )
    if kind.is_framed:
        lines = [
            _("%(problem)s “%(name)s” takes %(accepted)s.")
            % {"problem": one.message, "name": one.parameter, "accepted": accepts[one.parameter]}
            for one in problems
        ]
        context = {"title": title, "lines": lines, "site": about_site(current_edition())}
        return render(request, "timeline/embed_message.html", context, status=status)
    lines = [f"{title}:"]
    for problem in problems:
        lines += [f"- {problem.parameter}: {problem.message}", f"  {_('Accepted: %s.') % accepts[problem.parameter]}"]
    lines += ["", absolute("/feeds/#errors")]
    return HttpResponse("\n".join(lines) + "\n", status=status, content_type="text/plain; charset=utf-8")


def about(request: HttpRequest, *, edition: Edition) -> HttpResponse:
    """``/feeds/?…``: every format in words, with the addresses of a question."""
    question = Question(request.GET, option_limit=1)
    if question.problems and (data := renamed(request.GET, question.problems)):
        return HttpResponsePermanentRedirect(with_query("/feeds/", data.urlencode()))
    kind = FORMATS[0]
    return render_page(
        request,
        "timeline/feeds.html",
        edition,
        Head(
            title=_("Feeds and data"),
            description=_("How to follow this chronology, or any part of it, with a program of your own."),
            path="/feeds/",
            noindex=question.is_filtered,
            breadcrumbs=[home()],
            question=question,
        ),
        notes=[problem.message for problem in question.problems],
        size=FEED_SIZE,
        day=tables.DAY,
        calendar_limit=calendar.LIMIT,
        slides_limit=timelinejs.LIMIT,
        hub=settings.WEBSUB_HUB,
        parameters=[
            {"name": one.name, "many": one.several, "meaning": one.meaning, "accepted": accepted(one.name, kind)}
            for one in PARAMETERS.values()
        ],
        examples=[] if question.is_filtered else _examples(question, kind),
    )


def _examples(question: Question, kind: Format) -> list[dict[str, str]]:
    """A few questions that have an answer here, in words and as addresses."""
    first = {facet: next(iter(options), "") for facet, options in question.options.items()}
    asked: list[dict[str, str]] = [
        {"commodity": first["commodity"]},
        {"person": first["person"], "from": "2025"},
        {"category": first["category"], "differ": "1"},
    ]
    queries = [urlencode(one) for one in asked if all(one.values())]
    return [
        {"title": Question(QueryDict(query), option_limit=0).sentence, "href": f"/{kind.path}?{query}"}
        for query in queries
    ]


def accepted(parameter: str, kind: Format) -> str:
    """What a parameter accepts, in words for the middle of a sentence."""
    for one in kind.parameters:
        if one.name == parameter:
            return str(one.accepted)
    declared = PARAMETERS.get(parameter)
    if isinstance(declared, Records) and declared.address:
        return _("the last part of an address under %s") % absolute(here(f"/{declared.address}/"))
    if declared:
        return str(declared.accepted)
    return _("the parameters %s") % listed([*PARAMETERS, *(one.name for one in kind.parameters)])


def _no_such_page(question: Question) -> ParameterProblem | None:
    """An answer has no pages of a list, but a page that cannot be is still a mistake."""
    page = question.typed["page"]
    try:
        if page and not relevance.PLACE.fullmatch(page):
            read_place(page, question.newest_first)
    except ValueError:
        return ParameterProblem("page", _("There is no page “%s”.") % quote(page))
    return None


def _moved(request: HttpRequest, kind: Format, problems: list[ParameterProblem]) -> HttpResponse | None:
    """To the same question about records that have another name now."""
    data = renamed(request.GET, problems)
    return HttpResponsePermanentRedirect(f"/{kind.path}?{data.urlencode()}") if data else None
