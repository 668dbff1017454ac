"""A term of the glossary: what it means, who says so, and the entries that use it."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from timeline import search
from timeline.choices import SourceUse
from timeline.formats import structured
from timeline.models import Edition, PublishedEntry, Term
from timeline.public.glossary import other_names
from timeline.public.language import filed_here, said_here, translated_here
from timeline.public.site import about_site, with_query
from timeline.public.wording import sentence_case

from .bibliography import listed_sources
from .head import Head, crumb, home, render_page
from .public_records import public_sources

USES = 50
"""Entries listed, the newest; the chronology, searched for the term, has them all."""


def term(request: HttpRequest, slug: str, *, edition: Edition) -> HttpResponse:
    """``/glossary/<slug>/``: the definition with its sources, and the entries that use the term."""
    record = said_here(Term.objects.filter(slug=slug)).prefetch_related("names", "citations__source").first()
    if record is None:
        raise Http404(_("There is no such term."))
    words = words_for(record)
    said = {"definition": record.definition, "other_names": other_names(record)}
    return render_page(
        request,
        "timeline/term.html",
        edition,
        Head(
            title=sentence_case(record.name),
            title_kind=_("glossary"),
            description=record.definition,
            path=record.get_absolute_url(),
            breadcrumbs=[home(), crumb(_("Glossary"), "/glossary/")],
            nodes=[structured.term({"slug": record.slug, "name": record.name, **said}, about_site(edition))],
        ),
        **said,
        slug=record.slug,
        sources=_sources(record),
        uses=_uses(words),
        search_href=with_query("/", urlencode({"q": words})),
    )


def words_for(record: Term) -> str:
    """What to type into the search to find the entries that use a term: its names, each as a phrase."""
    names = [record.name, *(row["name"] for row in other_names(record))]
    phrases = [name.replace('"', " ") for name in names]
    return " or ".join(f'"{phrase}"' for phrase in phrases)


def _uses(words: str) -> Iterable[Any]:
    question = search.read(words).question()
    if question is None:
        return []
    found = PublishedEntry.objects.matching(question).chronological(newest_first=True)
    shown = [F(f"document__{name}") for name in ("headline", "url", "date__edtf")]
    rows = found.values_list(*shown, filed_here("words__headline"))[:USES]
    return [
        {"headline": translated_here(headline, said), "href": url, "date": date} for headline, url, date, said in rows
    ]


def _sources(record: Term) -> list[dict[str, Any]]:
    """The public sources of a definition, as rows of the bibliography with the words that are quoted."""
    citations = [row for row in record.citations.all() if row.source and row.source.use == SourceUse.EVIDENCE]
    listed = listed_sources(public_sources().filter(pk__in={row.source_id for row in citations}).order_by("number"))
    return [
        {
            **source,
            "quotations": [
                {
                    "quotation": row.quotation,
                    "language": row.language or source["language"],
                    "translation": row.translation,
                    "locator": row.locator,
                }
                for row in citations
                if row.source.number == source["number"] and row.quotation
            ],
        }
        for source in listed
    ]
