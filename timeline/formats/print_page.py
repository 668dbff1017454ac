"""All entries of a question on one page, to be printed or saved as PDF: each with the addresses of its sources.

It is sent as it is made, as tables are, and ends after :data:`LIMIT` entries: neither browsers nor readers take more
at once. It says so where it does, and leads to the rest. It knows no time of its own (DECISIONS 87): on which day it
is printed the browser writes.

DECISIONS 163 says why.
"""

from collections.abc import Iterator
from urllib.parse import parse_qsl, urlencode

from django.template.loader import render_to_string
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from timeline.models.document import EntryDocument
from timeline.public import coverage
from timeline.public.document import instant
from timeline.punctuation import listed, marks

from . import print_tables
from .answer import Answer, Format, in_pieces, said
from .content import escape, told

LIMIT = 2_000
"""Entries of a print: as many as lists count."""

HERE = "<!-- entries -->"
"""Where the entries stand in the page that is rendered around them."""


def render(answer: Answer) -> Iterator[bytes]:
    """The page: four queries, and a fifth when there are more entries than it has."""
    return in_pieces(_page(answer))


def _page(answer: Answer) -> Iterator[str]:
    total = answer.entries.capped_count(LIMIT)
    context = {
        "title": answer.sentence,
        "site": {"name": answer.site, "base_url": answer.base_url, "licence": answer.licence},
        "address": answer.self_url,
        "canonical": answer.page_url,
        "newest_first": answer.newest_first,
        "changed": instant(answer.since.changed_at),
        "coverage": coverage.summary(answer.coverage),
        "nothing": "" if total else answer.nothing,
        "total": total,
        "limit": LIMIT,
        "rest_href": _rest(answer) if total > LIMIT else "",
    }
    before, _here, after = render_to_string("timeline/print.html", context).partition(HERE)
    yield before
    yield from print_tables.tables(_with_series(answer, is_cut=total > LIMIT))
    for document in answer.documents(LIMIT):
        yield _entry(document, answer.base_url)
    yield after


def _with_series(answer: Answer, *, is_cut: bool) -> Iterator[EntryDocument]:
    """The printed entries that have figures of a series: they are read twice, so that none waits for the last."""
    rows = answer.entries.exclude(series=[])
    if is_cut:
        rows = rows.filter(pk__in=answer.entries.chronological(answer.newest_first).values("pk")[:LIMIT])
    return said(rows.order_by())


def _entry(entry: EntryDocument, base_url: str) -> str:
    """An entry, in the words of feeds."""
    url, language = escape(base_url + entry["url"]), escape(entry["language"])
    kinds = [escape(entry["category"]["name"])] if entry["category"] else []
    kinds += [gettext("Planned")] if entry["planned"] else []
    kind = f'<p class="kind">{marks().bar.join(kinds)}</p>' if kinds else ""
    people = marks().semicolon.join(
        listed(escape(words) for words in [person["name"], *person["positions"][:1]]) for person in entry["people"]
    )
    who = f'<p class="who">{people}</p>' if people else ""
    name = print_tables.anchor(entry)
    headline = f'<h2 id="{name}">{escape(entry["headline"])}</h2>'
    return (
        f'<article lang="{language}" aria-labelledby="{name}">{kind}{headline}'
        f"{told(entry, base_url, 'h3', is_page=True)}"
        f'{who}<p class="from"><a href="{url}">{url}</a></p></article>\n'
    )


def _rest(answer: Answer) -> str:
    """The print that goes on from the day of the last entry, which it may begin with once more."""
    last = answer.entries.chronological(answer.newest_first).values_list("sort_date", flat=True)[LIMIT - 1]
    limit = "to" if answer.newest_first else "from"
    pairs = [(name, value) for name, value in parse_qsl(answer.query) if name != limit]
    return f"/{answer.path}?{urlencode(sorted([*pairs, (limit, last.isoformat())]))}"


FORMAT = Format(
    "print/",
    _("Print or save as PDF"),
    _("all entries on one page, 2,000 at most, with the addresses of their sources"),
    "text/html",
    render,
    heading=_("On paper"),
    is_long=True,
)
