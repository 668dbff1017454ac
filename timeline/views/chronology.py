"""The chronology: the filtered list, whole or as headlines, and the river above it."""

import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect, HttpResponseRedirect
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from timeline.charts import strip
from timeline.filters import Question
from timeline.filters.paging import Listing, list_entries
from timeline.filters.parameters import filters
from timeline.filters.question import HEADLINES
from timeline.filters.renaming import renamed
from timeline.formats import structured
from timeline.models import Edition, FacetTotal
from timeline.public import coverage, days, fragments
from timeline.public.fragments import Card
from timeline.public.language import here
from timeline.public.site import about_site, absolute, with_query
from timeline.public.wording import when
from timeline.punctuation import listed, quoted

from .controls import OPTION_LIMIT, form
from .empty import ways_on
from .entry_list import cards_of, count_text, lines_of, list_context, years_text
from .head import Head, Picture, oembed_link, render_page, shared_picture
from .public_records import public_storylines
from .storyline_ways import storylines_named

HEADLINES_SIZE = 500
"""Headlines on a page: a year of news."""

STORYLINES = 7
"""Storylines that the first page names."""


def chronology(request: HttpRequest, *, edition: Edition) -> HttpResponse:
    """``/``: what the query string asks for."""
    question = Question(
        request.GET, best_first=True, newest_first=True, option_limit=OPTION_LIMIT, as_of=edition.state
    )
    if question.has_blanks and not question.problems:
        # A plain form sends every field; the address people share has only what was filled in.
        return HttpResponseRedirect(with_query(here("/"), question.query_as_typed()))
    if question.problems and (data := renamed(request.GET, question.problems)):
        # A record has another name, or was merged.
        return HttpResponsePermanentRedirect(with_query(here("/"), data.urlencode()))
    listing = list_entries(question, HEADLINES_SIZE) if question.shows_headlines else list_entries(question)
    cards = (lines_of if question.shows_headlines else cards_of)(listing, question, edition)
    opens = not question.is_filtered and listing.is_first and not question.problems and not question.shows_headlines
    listed = list_context(question, listing, cards, edition, here("/"))
    content = {
        "opening": _opening(edition) if opens else None,
        "river": _river(question, edition),
        "form": form(question),
        "stood": _stood(question),
        "storylines": storylines_named(question.words, edition) if question.words and listing.is_first else [],
        "empty": None if listing.rows else ways_on(question, edition, listed.pop("offers")),
        **listed,
    }
    head = _head(question, listing, cards, edition)
    return render_page(request, "timeline/chronology.html", edition, head, **content)


def headlines(request: HttpRequest, *, edition: Edition) -> HttpResponse:
    """``/headlines/``: what was a page of its own is a way to show the list."""
    data = request.GET.copy()
    data["show"] = HEADLINES
    return HttpResponsePermanentRedirect(f"/?{data.urlencode()}")


def _opening(edition: Edition) -> dict[str, Any]:
    """The opening of the unfiltered first page: where things stand, storylines, how much there is. Two queries."""
    cited = FacetTotal.objects.filter(facet="sources").values_list("total", flat=True).first()
    return {
        "standing": _standing(edition),
        "sources": cited or 0,
        "updated": edition.changed_at,
        "coverage": coverage.summary(edition.coverage),
    }


def _standing(edition: Edition) -> SafeString:
    """Where things stand, and the storylines, as markup: kept, or of seven queries."""
    day = days.last_day(edition)

    def make() -> str:
        rows = public_storylines().order_by("position", "name")[:STORYLINES]
        return render_to_string("timeline/_standing.html", {"now": days.now(edition), "storylines": list(rows)})

    return fragments.block("standing", edition, make, f"{day} {settings.TRANSLATIONS_SHOWN}")


def _stood(question: Question) -> dict[str, str] | None:
    """The way to where things stood on the last day asked for, where the question has one."""
    _first, after = question.bounds
    if after is None:
        return None
    day = (after - datetime.timedelta(days=1)).isoformat()
    return {"href": f"/state/?on={day}", "day": when(day)}


def _river(question: Question, edition: Edition) -> SafeString:
    """The overview in one strip, as markup. That of all entries is kept until anything public changes."""

    def make() -> str:
        drawn = strip.draw(question, question.counts, edition)
        return render_to_string("timeline/_strip.html", {"river": drawn})

    if question.is_filtered:
        return SafeString(make())
    return SafeString(
        fragments.kept(f"strip.{edition.changed_at.timestamp()}.{edition.version}.{question.query()}", make)
    )


# -- the head -----------------------------------------------------------------------------


def _head(question: Question, listing: Listing, cards: dict[int, Card], edition: Edition) -> Head:
    path = with_query("/", question.query(order=""))
    # Facet pages are crawler traps: one filter may be indexed, more may not; nor
    # may what readers type into a search, for its addresses have no end.
    noindex = (
        sum(len(question.parameters.get(name, ())) for name in filters()) > 1
        or bool(question.typed["q"])
        or question.shows_headlines
        or not listing.is_first
        or not listing.rows
        or bool(question.problems)
    )
    return Head(
        title=_title(question, listing),
        description=_description(question, edition),
        path=path,
        question=question,
        noindex=noindex,
        picture=_picture(question, edition) if question.is_filtered else None,
        oembed=oembed_link(with_query("/", question.query(show="")), question.sentence),
        nodes=() if noindex else _nodes(question, _paths(listing, cards), edition, here(path)),
    )


def _paths(listing: Listing, cards: dict[int, Card]) -> list[str]:
    return [here(cards[row.pk].path) for row in listing.rows if row.pk in cards]


def _title(question: Question, listing: Listing) -> str:
    """What the page is about, in the title and above the list; nothing for the beginning of everything."""
    if listing.is_first or not listing.rows:
        return question.sentence if question.is_filtered else ""
    words = {"entries": question.sentence, "date": when(listing.rows[0].sort_date.isoformat())}
    return _("%(entries)s, continued from %(date)s") % words


def _description(question: Question, edition: Edition) -> str:
    """What the page is about: the chronology's own words, or the question and how much answers it."""
    if not question.is_filtered and edition.strapline:
        return edition.strapline
    return _("%(sentence)s: %(number)s, each with its sources.") % {
        "sentence": question.sentence,
        "number": count_text(question.counts),
    }


def _picture(question: Question, edition: Edition) -> Picture:
    """The card of a filtered list, and in words what is on it."""
    parts = [about_site(edition)["name"], quoted(question.sentence), years_text(question.counts)]
    words = listed(part for part in [*parts, count_text(question.counts)] if part)
    return shared_picture(f"/share.png?{question.subscription()}", _("A card: %s.") % words)


def _nodes(question: Question, entries: list[str], edition: Edition, path: str) -> list[structured.Node]:
    """The list for machines, by the paths of its entries, and on the first page the site."""
    site = about_site(edition)
    name = question.sentence if question.is_filtered else site["name"]
    page = structured.listing(name, absolute(path), entries, site)
    return [page] if question.is_filtered else [structured.chronology(site), page]
