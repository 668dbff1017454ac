"""The feeds of any question: same query string, same entries as the page."""

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _

from timeline.filters import Question
from timeline.formats import Feed, FeedFormat
from timeline.formats.feed import FEED_SIZE, feed_id
from timeline.models import Edition
from timeline.paging import asked_place

from . import publishing

# Readers may reuse a feed for five minutes, and an old one while ours is out of reach (RFC 5861).
FEED_CACHING = "public, max-age=300, stale-while-revalidate=3600, stale-if-error=86400"


def feed(request: HttpRequest, *, kind: FeedFormat, edition: Edition) -> HttpResponse:
    """One format of the question in the query string; a bad question is answered 400 in words."""
    question = Question(request.GET, option_limit=0)
    asked_place(question)  # a feed has no pages yet, but a page that cannot be is still a mistake
    if question.problems:
        lines = [_("This address cannot be answered as it stands:")]
        lines += [f"- {problem.parameter}: {problem.message}" for problem in question.problems]
        return HttpResponse("\n".join(lines) + "\n", status=400, content_type="text/plain; charset=utf-8")
    query = question.subscription()
    suffix = f"?{query}" if query else ""
    name = publishing.site(edition)["name"]
    body = kind.render(
        Feed(
            title=f"{name}: {question.sentence}" if query else name,
            subtitle=edition.strapline or question.sentence,
            language=translation.get_language() or "en",
            self_url=publishing.absolute(f"/{kind.path}{suffix}"),
            page_url=publishing.absolute(f"/{suffix}"),
            id=feed_id(query),
            updated=edition.changed_at,
            entries=list(question.entries.for_list().recently_updated()[:FEED_SIZE]),
            base_url=publishing.absolute(""),
        )
    )
    response = HttpResponse(body, content_type=f"{kind.media_type}; charset=utf-8")
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
