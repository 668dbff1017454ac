"""The list of entries on a page: its cards with what a search found, its years, and the ways on from it."""

from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.utils.dates import MONTHS_3
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from timeline.charts.river import everything
from timeline.filters import Counts, Question
from timeline.filters.facets import COUNT_LIMIT
from timeline.filters.offers import Offer, offers
from timeline.filters.paging import Listing
from timeline.filters.question import DATES, HEADLINES, NEWEST, OLDEST, RELEVANCE
from timeline.models import Edition, PublishedEntry
from timeline.public import coverage, fragments
from timeline.public.fragments import Card
from timeline.public.language import document_here, here, read_document
from timeline.public.site import with_query
from timeline.public.wording import entry_count
from timeline.punctuation import marks
from timeline.search.highlight import Highlighter, naming

LONG_GAP = 3
"""Unresearched months in a row that the list names."""


AT_ONCE = 60
"""Headlines that a browser lays out before it is asked to show the others: more than a tall screen has."""


def cards_of(listing: Listing, question: Question, edition: Edition) -> dict[int, Card]:
    """``{entry id: card}``: words that were found marked, and why a card is in this answer if it does not show it."""
    reasons: dict[int, dict[str, Any]] = {
        row.pk: {"is_wider": True} for row in listing.rows if _is_wider(row, question)
    }
    cards = fragments.cards(listing.rows, edition.lanes)
    if question.reading:
        highlighter = Highlighter(question.reading)
        cards = {pk: Card(card.path, highlighter.mark(card.markup)) for pk, card in cards.items()}
        hidden = [pk for pk, card in cards.items() if "<mark>" not in card.markup] if highlighter.phrases else []
        if hidden:
            rows = PublishedEntry.objects.filter(pk__in=hidden)
            for pk, found in rows.values_list("pk", document_here()):
                passage = highlighter.passage(read_document(found))
                reasons.setdefault(pk, {}).update(is_hidden=True, passage=passage)
            unsaid = [pk for pk in hidden if pk in reasons and not reasons[pk].get("passage")]
            for pk, said in naming(unsaid, highlighter).items():
                reasons[pk].update(said)
    return {pk: card.with_reason(**reasons.get(pk, {})) for pk, card in cards.items()}


def lines_of(listing: Listing, question: Question, edition: Edition) -> dict[int, Card]:
    """``{entry id: headline}``. The months that begin below the first screen are laid out when they come near."""
    above = 0
    for month in (month for year in listing.years for month in year.months):
        month.is_later = above >= AT_ONCE
        above += len(month.rows)
    return {pk: Card("", line) for pk, line in fragments.lines(listing.rows, edition.lanes).items()}


def _is_wider(row: PublishedEntry, question: Question) -> bool:
    """Whether the entry may have happened outside the dates that were asked for."""
    first, after = question.bounds
    lower, upper = row.period.lower, row.period.upper
    return bool((first and (lower is None or lower < first)) or (after and (upper is None or upper > after)))


def list_context(
    question: Question, listing: Listing, cards: dict[int, Card], edition: Edition, path: str = "/"
) -> dict[str, Any]:
    """What the list partial needs, on the chronology and on a record's page."""
    for row in listing.rows:  # one may have gone since they were read
        row.card = cards[row.pk].markup if row.pk in cards else ""  # type: ignore[attr-defined] # for the template alone
    if not question.is_filtered and not question.preset:
        _name_gaps(listing, edition)
    counts = question.counts
    years = year_links(question, counts, listing, edition, path)
    return {
        "results": {
            "count": None if counts.capped else counts.total,
            "capped": counts.capped,
            "heading": count_text(counts) if counts.total else question.nothing,
            "count_text": count_text(counts),
            "years": listing.years,
            "rows": listing.rows if question.order == RELEVANCE else [],
            "are_headlines": path == here("/") and question.shows_headlines,
            "previous_href": with_query(path, listing.previous) if listing.previous else "",
            "next_href": with_query(path, listing.next) if listing.next else "",
        },
        "years": years,
        "chips": [{"label": chip.label, "href": with_query(path, chip.query)} for chip in question.chips],
        "clear_href": path,
        "as_words": _as_words(question, path) if question.is_read_as_date else None,
        "offers": [_offer(one, path) for one in offers(question)],
        "notes": [
            *(problem.message for problem in question.problems if problem.parameter not in DATES),
            *question.notices,
        ],
        "errors": {problem.parameter: problem.message for problem in question.problems},
        "swap_href": with_query(path, question.query(**question.swapped_dates)) if question.swapped_dates else "",
        "orders": orders(question, path),
        "print_href": _print(question) if counts.total else "",
        "switch": switch(question) if path == here("/") and counts.total else [],
        "headlines_href": _headlines(question) if counts.total > 1 else "",
    }


def _headlines(question: Question) -> str:
    """The list of the question as headlines."""
    return with_query(here("/"), f"{question.subscription()}&show={HEADLINES}")


def _print(question: Question) -> str:
    """The address of all that the question finds on one page, in the order of the list if that is one of time."""
    asked = [*parse_qsl(question.subscription()), *([("order", NEWEST)] if question.newest_first else [])]
    return with_query(here("/print/"), urlencode(sorted(asked)))


def _as_words(question: Question, path: str) -> dict[str, str]:
    """What was read as a date, and where it is searched for as words."""
    found = question.date_in_words
    return {"date": found.text if found else "", "href": with_query(path, question.query_as_words())}


def _offer(one: Offer, path: str) -> dict[str, str]:
    """ "July 2019", "3 entries with “rice”", and their address."""
    number = entry_count(one.number)
    if one.number > COUNT_LIMIT:
        number = _("More than %(number)s entries") % {"number": f"{COUNT_LIMIT:,}"}
    if one.words:
        number = _("%(entries)s with “%(words)s”") % {"entries": number, "words": one.words}
    return {"date": capfirst(one.date), "label": number, "href": with_query(path, one.query)}


def orders(question: Question, path: str) -> list[dict[str, Any]]:
    """The orders that a list may have, each with its address and whether it is this one's."""
    known = {RELEVANCE: _("Most relevant"), NEWEST: _("Newest first"), OLDEST: _("Oldest first")}
    return [
        {
            "label": label,
            "href": with_query(path, question.query_ordered(order)),
            "current": order == question.order,
        }
        for order, label in known.items()
        if question.can_rank or order != RELEVANCE
    ]


def switch(question: Question) -> list[dict[str, Any]]:
    """How much the list may show, each with its address, its number and whether it is so: at most one query."""
    asks_for_key = bool(question.parameters.get("key"))
    number = question.number_without("key")
    everything = f"{number:,}" if number <= COUNT_LIMIT else _("over %(number)s") % {"number": f"{COUNT_LIMIT:,}"}
    key = question.counts.by_flag["key"]
    return [
        {
            "label": _("Key events"),
            "count": "" if key is None else f"{key:,}",
            "href": with_query(here("/"), question.query(key="1", show="")),
            "current": asks_for_key and not question.shows_headlines,
        },
        {
            "label": _("Headlines"),
            "href": with_query(here("/"), question.query(show=HEADLINES)),
            "current": question.shows_headlines,
        },
        {
            "label": _("Everything"),
            "count": everything,
            "href": with_query(here("/"), question.query(key="", show="")),
            "current": not asks_for_key and not question.shows_headlines,
        },
    ]


def _name_gaps(listing: Listing, edition: Edition) -> None:
    """Say between two months of the list which longer stretch between them nobody has researched."""
    previous = None
    for month in (month for year in listing.years for month in year.months if not month.id.endswith("-00")):
        number = coverage.month_of(month.rows[0].sort_date)
        if previous is not None:
            first, last = sorted((previous, number))
            found = coverage.gaps(edition.coverage, first + 1, last - 1)
            month.gap = marks().semicolon.join(coverage.words(gap) for gap in found if gap[1] - gap[0] + 1 >= LONG_GAP)
        previous = number


# -- counts and years ---------------------------------------------------------------------


def count_text(counts: Counts) -> str:
    """ "82 entries", "1 entry", "No entries match", "More than 2,000 entries"."""
    if counts.capped:
        return _("More than %(number)s entries") % {"number": f"{counts.total:,}"}
    if not counts.total:
        return _("No entries match")
    return entry_count(counts.total)


def years_text(counts: Counts) -> str:
    """The first and the last year that have entries: "2019–2025"; empty when they were not counted."""
    found = sorted(counts.years or {})
    return f"{found[0]}–{found[-1]}" if len(found) > 1 else "".join(map(str, found))


def year_links(
    question: Question, counts: Counts, listing: Listing, edition: Edition, path: str
) -> list[dict[str, Any]]:
    """Years with entries, those of this page with their months; what is here is a jump, the rest a page.

    A list of what fits best first is in no order of years: there each year leads to its own part of the answer.
    """
    if question.order == RELEVANCE:
        return [_narrowing(question, year, number, path) for year, number in sorted((counts.years or {}).items())]
    here = {year.year: year.id for year in listing.years if not year.continued}
    years = counts.years if counts.years is not None else {year.year: None for year in listing.years}
    spans = counts.spans if question.is_filtered or question.preset else everything(edition)
    months = [(coverage.month_of(span.first), coverage.month_of(span.last)) for span in spans or []]
    known = {first for first, last in months if first == last}
    return [
        {
            "year": year,
            "count": number,
            "current": year in here,
            "href": f"#{here[year]}"
            if year in here
            else f"{with_query(path, question.query(page=str(year)))}#y{year}",
            "months": _month_links(question, listing, path, year, known),
        }
        for year, number in sorted(years.items(), reverse=question.newest_first)
    ]


def _narrowing(question: Question, year: int, number: int, path: str) -> dict[str, Any]:
    within = question.query(**dict.fromkeys(DATES, str(year)))
    return {"year": year, "count": number, "current": False, "href": f"{with_query(path, within)}#rh", "months": []}


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
            ""
            if identity in here and not here[identity].continued
            else with_query(path, question.query(page=identity[1:]))
        )
        label = str(capfirst(MONTHS_3[number])) if number in MONTHS_3 else here[identity].label
        links.append({"label": label, "href": f"{start}#{identity}"})
    return links
