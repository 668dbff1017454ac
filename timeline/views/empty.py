"""An empty list and the ways on from it: what nothing was found for, and questions that do find entries."""

import datetime
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext as _

from timeline.filters import Question
from timeline.filters.neighbours import neighbours, term_called
from timeline.filters.spelling import near
from timeline.models import Edition
from timeline.public import coverage
from timeline.public.language import here
from timeline.public.wording import entry_count
from timeline.punctuation import labelled, marks


def ways_on(question: Question, edition: Edition, dates: list[dict[str, str]]) -> dict[str, Any]:
    """What to say and to offer where no entry matches: ``{"gap", "ways", "missing", "suggest_href"}``.

    ``dates`` are the offers for a date in the words. Each way is computed and none leads to another empty list. A
    bounded number of queries. What is known of the gap is left out where a word seems misspelt: then it is not our
    work that lacks something.
    """
    spellings = list(_near_spellings(question))
    gap, missing = _gap(question, edition) if not spellings else ("", "")
    ways = [*spellings, *({"label": labelled(one["date"], one["label"]), "href": one["href"]} for one in dates)]
    ways += [_way(offer, query, number) for offer, query, number in question.ways_out()]
    if widened := question.widened():
        years, query, number = widened
        ways.append(_way(_("Widen the dates to %s:") % years, query, number))
    ways += _neighbours(question)
    ways.append({"label": _("Show all entries"), "href": here("/")})
    return {
        "gap": gap,
        "ways": ways,
        "missing": missing,
        "suggest_href": _suggest(missing) if missing else "",
    }


def _way(label: str, query: str, number: int) -> dict[str, str]:
    return {"label": f"{label} {entry_count(number)}", "href": here(f"/?{query}" if query else "/")}


def _near_spellings(question: Question) -> list[dict[str, str]]:
    ways = []
    for text in near(question.words):
        # As everything else was asked, or else by itself.
        queries = dict.fromkeys([question.query(q=text), urlencode({"q": text})])
        if found := next(((query, number) for query in queries if (number := _number(query))), None):
            ways.append(_way(_("Did you mean “%s”?") % text, *found))
    return ways


def _neighbours(question: Question) -> Iterator[dict[str, str]]:
    """What the words name in another list, and the term of the glossary that they are another name of."""
    if not question.words:
        return
    for one in neighbours(question.words):
        if one.slug not in question.parameters.get(one.facet, []):
            yield _way(one.label, urlencode({one.facet: one.slug}), one.number)
    if (term := term_called(question.words)) and (number := _number(query := urlencode({"q": term}))):
        yield _way(_("The glossary says “%s”:") % term, query, number)


def _number(query: str) -> int:
    """How many entries a question finds."""
    return Question(QueryDict(query), option_limit=0).counts.total


def _gap(question: Question, edition: Edition) -> tuple[str, str]:
    """What is known of the stretch of time asked for, and the part of it nobody has researched."""
    first, after = question.bounds
    if (first is None and after is None) or not edition.coverage:
        return "", ""
    known = coverage.researched(edition.coverage)
    lowest, highest = min(known), max(known)
    start = coverage.month_of(first) if first else lowest
    end = coverage.month_of(after - datetime.timedelta(days=1)) if after else highest
    gaps = coverage.gaps(edition.coverage, start, end)
    parts = [coverage.words(gap) for gap in gaps]
    # What lies beyond the first and the last researched month has no end of its own.
    if first is None:
        parts.insert(0, _("%s and earlier") % coverage.words((min(lowest - 1, end),) * 2))
    if after is None:
        parts.append(_("%s and later") % coverage.words((max(highest + 1, start),) * 2))
    missing = marks().semicolon.join(parts)
    if not parts:
        return _("These months have been researched, but nothing in them matches."), ""
    sense = _("An empty list here is a gap in our work, not a sign that nothing happened.")
    if gaps == [(start, end)] and len(parts) == 1:
        return f"{_('%s is not yet researched.') % missing} {sense}", missing
    if start > end and len(parts) == 1:
        return f"{_('Not yet researched: %s.') % missing} {sense}", missing
    return _("Not yet researched: %s. In the other months nothing matches.") % missing, ""


def _suggest(missing: str) -> str:
    """Where to suggest a source for a gap."""
    if not settings.CONTACT_EMAIL:
        return "/about/#errors"
    return f"mailto:{settings.CONTACT_EMAIL}?subject={quote(_('A source for %s') % missing)}"
