"""The chronology: the filtered list, and the river above it."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect, HttpResponseRedirect
from django.template.loader import render_to_string
from django.utils.dates import MONTHS_3
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from timeline.charts import river
from timeline.filters import Counts, Question, stored_months
from timeline.filters.paging import Listing, list_entries
from timeline.formats import structured
from timeline.models import Edition, FacetTotal, PublishedEntry
from timeline.public import coverage, fragments
from timeline.public.wording import entry_count, when
from timeline.search.highlight import Highlighter

from . import head
from .controls import facet_groups
from .empty import ways_on
from .formats import renamed

LONG_GAP = 3
"""Unresearched months in a row that the list names."""


def chronology(request: HttpRequest, *, edition: Edition) -> HttpResponse:
    """``/``: what the query string asks for."""
    question = Question(request.GET)
    if question.has_blanks and not question.problems:
        # A plain form sends every field; the address people share has only what was filled in.
        return HttpResponseRedirect(link("/", question.query()))
    if question.problems and (data := renamed(request.GET, question.problems)):
        return HttpResponsePermanentRedirect(f"/?{data.urlencode()}")  # a record has another name, or was merged
    listing = list_entries(question)
    opening = not question.is_filtered and listing.is_first and not question.problems
    # Facet pages are crawler traps: one filter may be indexed, more may not (conventions 4.9); nor
    # may what readers type into a search, for its addresses have no end.
    noindex = (
        len(question.chips) > 1
        or "q" in question.parameters
        or not listing.is_first
        or not listing.rows
        or bool(question.problems)
    )
    path = link("/", question.query(order=""))
    return head.page(
        request,
        "timeline/chronology.html",
        edition,
        title=_title(question, listing),
        description=_description(question, edition),
        path=path,
        question=question,
        noindex=noindex,
        picture=_picture(question, edition) if question.is_filtered else None,
        oembed=head.oembed_link(link("/", question.query()), question.sentence),
        nodes=() if noindex else _nodes(question, listing, edition, path),
        opening=_opening(edition) if opening else None,
        river=_river(question, edition),
        facets=facet_groups(question),
        empty=ways_on(question, edition) if not listing.rows else None,
        **list_context(question, listing, edition),
    )


def _title(question: Question, listing: Listing) -> str:
    """What the page is about, in the title and above the list; nothing for the beginning of everything."""
    if listing.is_first or not listing.rows:
        return question.sentence if question.is_filtered else ""
    words = {"entries": question.sentence, "date": when(listing.rows[0].sort_date.isoformat())}
    return _("%(entries)s, continued from %(date)s") % words


def _river(question: Question, edition: Edition) -> SafeString:
    """The overview as markup. That of all entries is kept until anything public changes."""

    def make() -> str:
        drawn = river.draw(question, question.counts, edition)
        return render_to_string("timeline/_river.html", {"river": drawn})

    if question.is_filtered:
        return SafeString(make())
    return SafeString(
        fragments.kept(f"river.{edition.changed_at.timestamp()}.{edition.version}.{question.query()}", make)
    )


def _description(question: Question, edition: Edition) -> str:
    """What the page is about: the chronology's own words, or the question and how much answers it."""
    if not question.is_filtered and edition.strapline:
        return edition.strapline
    return _("%(sentence)s: %(number)s, each with its sources.") % {
        "sentence": question.sentence,
        "number": count_text(question.counts),
    }


def _picture(question: Question, edition: Edition) -> dict[str, Any]:
    """The card of a filtered list, and in words what is on it."""
    parts = [head.site(edition)["name"], f"“{question.sentence}”", years(question.counts)]
    words = ", ".join(part for part in [*parts, count_text(question.counts)] if part)
    return head.shared(f"/share.png?{question.subscription()}", _("A card: %s.") % words)


def _nodes(question: Question, listing: Listing, edition: Edition, path: str) -> list[structured.Node]:
    """The list for machines, and on the first page the site."""
    site = head.site(edition)
    paths = fragments.rendered("path", listing.rows, lambda document: document["url"])
    name = question.sentence if question.is_filtered else site["name"]
    page = structured.listing(name, head.absolute(path), [paths[row.pk] for row in listing.rows], site)
    return [page] if question.is_filtered else [structured.chronology(site), page]


def list_context(question: Question, listing: Listing, edition: Edition, path: str = "/") -> dict[str, Any]:
    """What the list partial needs, on the chronology and on a record's page."""
    cards = _cards(listing.rows, question, edition)
    for row in listing.rows:
        row.card = cards[row.pk]  # type: ignore[attr-defined] # for the template alone
    if not question.is_filtered and not question.preset:
        _name_gaps(listing, edition)
    counts = question.counts
    order = {"label": _("Newest first"), "href": link(path, question.query(order="new"))}
    if question.newest_first:
        order = {"label": _("Oldest first"), "href": link(path, question.query(order=""))}
    return {
        "results": {
            "count": None if counts.capped else counts.total,
            "capped": counts.capped,
            "count_text": count_text(counts),
            "years": listing.years,
            "previous_href": link(path, listing.previous) if listing.previous else "",
            "next_href": link(path, listing.next) if listing.next else "",
        },
        "years": year_links(question, counts, listing, path),
        "chips": [{"label": chip.label, "href": link(path, chip.query)} for chip in question.chips],
        "clear_href": path,
        "notes": [problem.message for problem in question.problems if problem.parameter not in ("from", "to")],
        "errors": {problem.parameter: problem.message for problem in question.problems},
        "swap_href": link(path, question.query(**question.swapped_dates)) if question.swapped_dates else "",
        "order_link": order,
    }


def _cards(rows: list[PublishedEntry], question: Question, edition: Edition) -> dict[int, str]:
    """The cards of an answer: the words that were found marked, and why a card is here if it does not show it."""
    cards = fragments.cards(rows, edition.lanes)
    reasons: dict[int, dict[str, Any]] = {row.pk: {"is_wider": True} for row in rows if _is_wider(row, question)}
    if question.words:
        highlighter = Highlighter(question.words)
        cards = {pk: highlighter.mark(card) for pk, card in cards.items()}
        hidden = [pk for pk, card in cards.items() if "<mark>" not in card]
        if hidden:
            documents = PublishedEntry.objects.filter(pk__in=hidden).values_list("pk", "document")
            for pk, document in documents:
                reasons.setdefault(pk, {}).update(is_hidden=True, passage=highlighter.passage(document))
    return {pk: fragments.with_reason(card, **reasons.get(pk, {})) for pk, card in cards.items()}


def _is_wider(row: PublishedEntry, question: Question) -> bool:
    """Whether the entry may have happened outside the dates that were asked for."""
    first, after = question.bounds
    lower, upper = row.period.lower, row.period.upper
    return bool((first and (lower is None or lower < first)) or (after and (upper is None or upper > after)))


def _name_gaps(listing: Listing, edition: Edition) -> None:
    """Say between two months of the list which longer stretch between them nobody has researched."""
    previous = None
    for month in (month for year in listing.years for month in year.months if not month.id.endswith("-00")):
        number = coverage.month_of(month.rows[0].sort_date)
        if previous is not None:
            first, last = sorted((previous, number))
            found = coverage.gaps(edition.coverage, first + 1, last - 1)
            month.gap = "; ".join(coverage.words(gap) for gap in found if gap[1] - gap[0] + 1 >= LONG_GAP)
        previous = number


def link(path: str, query: str) -> str:
    """An address with its query string, if any."""
    return f"{path}?{query}" if query else path


def count_text(counts: Counts) -> str:
    """ "82 entries", "1 entry", "No entries match", "More than 2,000 entries"."""
    if counts.capped:
        return _("More than %(number)s entries") % {"number": f"{counts.total:,}"}
    if not counts.total:
        return _("No entries match")
    return entry_count(counts.total)


def years(counts: Counts) -> str:
    """The first and the last year that have entries: "2019–2025"; empty when they were not counted."""
    found = sorted(counts.years or {})
    return f"{found[0]}–{found[-1]}" if len(found) > 1 else "".join(map(str, found))


def year_links(question: Question, counts: Counts, listing: Listing, path: str) -> list[dict[str, Any]]:
    """Years with entries, those of this page with their months; what is here is a jump, the rest a page."""
    here = {year.year: year.id for year in listing.years if not year.continued}
    years = counts.years if counts.years is not None else {year.year: None for year in listing.years}
    if question.is_filtered or question.preset:
        exact = [span.first for span in counts.spans or [] if span.first.replace(day=1) == span.last.replace(day=1)]
    else:
        exact = stored_months()
    known = {coverage.month_of(date) for date in exact}
    return [
        {
            "year": year,
            "count": number,
            "current": year in here,
            "href": f"#{here[year]}" if year in here else f"{link(path, question.query(page=str(year)))}#y{year}",
            "months": _month_links(question, listing, path, year, known),
        }
        for year, number in sorted(years.items(), reverse=question.newest_first)
    ]


def _month_links(question: Question, listing: Listing, path: str, year: int, known: set[int]) -> list[dict[str, str]]:
    """The months of a year of which this page shows a part, with the ones on other pages."""
    here = {month.id: month for one in listing.years if one.year == year for month in one.months}
    if not here:
        return []
    listed = {f"m{month // 12}-{month % 12 + 1:02}" for month in known if month // 12 == year} | here.keys()
    links = []
    for identity in sorted(listed, key=lambda one: (one.endswith("-00"), one), reverse=question.newest_first):
        number = int(identity[-2:])
        start = (
            "" if identity in here and not here[identity].continued else link(path, question.query(page=identity[1:]))
        )
        label = str(capfirst(MONTHS_3[number])) if number else here[identity].label
        links.append({"label": label, "href": f"{start}#{identity}"})
    return links


def _opening(edition: Edition) -> dict[str, Any]:
    """The opening of the unfiltered first page: how much there is, and the latest entry."""
    latest = PublishedEntry.objects.with_documents().chronological(newest_first=True).first()
    totals = FacetTotal.objects.filter(facet="source").count()
    return {
        "latest": latest.document if latest else None,
        "sources": totals,
        "updated": edition.changed_at,
    }
