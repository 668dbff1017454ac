"""One entry: its page, its preview, and what stands at the address of one that is not there any more."""

import json
from typing import Any
from urllib.parse import urlencode

from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.dates import MONTHS
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from timeline.formats import frames, references, structured
from timeline.formats.picture import SIZE
from timeline.models import Edition, EntryPage, PublishedEntry, Withdrawal
from timeline.models.document import EntryDocument, complete
from timeline.public import fragments, glossary
from timeline.public.attachments import folder, main_picture
from timeline.public.document import build
from timeline.public.language import (
    Original,
    Words,
    document_here,
    foreign,
    here,
    in_language,
    linked,
    read_filed,
    spoken,
    translated_here,
)
from timeline.public.site import about_site, absolute, current_edition
from timeline.public.storylines import PARTS, Part, read_part
from timeline.public.wording import happened, lasts, sentence_case, source_count, when
from timeline.punctuation import labelled, solid
from timeline.segments import ENTRY, segments

from .head import Crumb, Head, Picture, crumb, home, oembed_link, render_page, shared_picture
from .redirects import new_address

REPORT = "/report-an-error/"
"""Where readers say what is wrong (``timeline.error_reports``)."""

MAX_THREAD = 20
"""Linked entries shown; an entry with more is a subject of its own."""


def published(slug: str, **columns: Any) -> Any:
    """The entry that readers see at an address, with further columns, or None."""
    found = PublishedEntry.objects.only("follows", "sort_date", "sort_rank", "weight").filter(slug=slug)
    row: Any = next(iter(found.annotate(said=document_here(), **columns)[:1]), None)
    if row:
        row.document, row.reviewed, row.corrections = read_filed(row.said)
    return row


def entry(request: HttpRequest, slug: str, *, edition: Edition) -> HttpResponse:
    """``/entries/<slug>/``; 410 with the reason for a withdrawn entry, else 404."""
    row = published(slug)
    article = _article(row, edition) if row else None
    if row is None or article is None:
        return elsewhere(request, slug, edition)
    neighbours = _neighbours(row)
    for place, template in BESIDE.items():
        article = article.replace(place, render_to_string(template, neighbours))
    content: dict[str, Any] = {"entry": row.document, "main": SafeString(article)}
    return render_page(request, "timeline/entry_kept.html", edition, _head(row, edition), **content)


AROUND = "<!-- around -->"
"""Where the page of an entry shows what stands around it."""

PLACES, PLACES_BELOW = "<!-- places -->", "<!-- places below -->"
"""Where it shows its place in one storyline, and in all of several."""

BESIDE = {
    PLACES: "timeline/_parts.html",
    PLACES_BELOW: "timeline/_parts_below.html",
    AROUND: "timeline/_around.html",
}


def _article(row: PublishedEntry, edition: Edition) -> str | None:
    """What the page of an entry says between masthead and foot: kept once it was shown. None if it has just gone."""
    shown = context(row.document, edition)
    site, crumbs = about_site(edition), way_to(row)

    translation = _translation(row)

    def make(document: EntryDocument) -> str:
        snippet = frames.fitted(
            absolute(here(f"{document['url']}embed/")), document["headline"], frames.heights(document)
        )
        beside = {"frame": "timeline/_main.html", "site": site, "lanes": edition.lanes, "breadcrumbs": crumbs}
        return render_to_string(
            "timeline/entry.html",
            {
                **shown,
                "entry": document,
                "snippet": snippet,
                "around": SafeString(AROUND),
                "places": SafeString(PLACES),
                "places_below": SafeString(PLACES_BELOW),
                "translation": translation,
                **beside,
            },
        )

    beside = [shown["terms"], shown["citation_text"], edition.lanes, site["licence"], absolute(""), translation]
    return fragments.rendered("article", [row], make, json.dumps(beside), lasts).get(row.pk)


def _translation(row: Any) -> dict[str, Any] | None:
    """How far the translation that the page shows has come, and its corrections; None on a page in the original."""
    if not foreign():
        return None
    lacks = any(isinstance(segment.text, Original) for segment in segments(row.document, ENTRY))
    return {"reviewed": row.reviewed, "lacks": lacks, "corrections": row.corrections}


def _head(row: PublishedEntry, edition: Edition) -> Head:
    site = about_site(edition)
    return Head(
        title=str(row.document["headline"]),
        description=_description(row.document),
        path=row.document["url"],
        picture=_picture(row.document, edition),
        oembed=oembed_link(row.document["url"], row.document["headline"]),
        breadcrumbs=way_to(row),
        nodes=[structured.article(row.document, site)],
        item=references.entry_item(row.document, site),
    )


def preview(request: HttpRequest, page: EntryPage) -> HttpResponse:
    """The page of a draft, built in memory and rendered by the public template."""
    edition = current_edition()
    document = build(page)
    head = Head(
        title=document["headline"],
        description=document["summary"],
        path=document["url"],
        noindex=True,
        breadcrumbs=[home()],
        feeds=[],
    )
    content = context(document, edition) | {"previews": previews(page)}
    return render_page(request, "timeline/entry.html", edition, head, preview=True, **content)


def previews(page: EntryPage) -> dict[str, str]:
    """Where an editor sees the pictures of a draft: in the folder of uploads, by the id of the attachment."""
    rows = [row for row in page.attachments.all() if row.image]
    return {row.uid: row.image.get_rendition("width-800|format-webp").url for row in rows}


def preview_in(request: HttpRequest, language: str, document: EntryDocument, words: Words) -> HttpResponse:
    """The page of a published entry in another language, with these words, drafts among them. It is never kept."""
    with translation.override(language):
        edition = spoken(current_edition())
        shown = in_language(document, words, language)
        head = Head(
            title=str(shown["headline"]),
            description=str(shown["summary"]),
            path=shown["url"],
            noindex=True,
            breadcrumbs=[home()],
            feeds=[],
        )
        response = render_page(request, "timeline/entry.html", edition, head, preview=True, **context(shown, edition))
        response.content = solid(linked(response.text))
    response.headers["Cache-Control"] = "no-store"
    return response


def context(document: EntryDocument, state: Edition) -> dict[str, Any]:
    """What the template of an entry needs to show a document: one query at most."""
    return {
        "entry": document,
        "current_url": document["url"],
        "cite_query": "",
        "report_href": f"{REPORT}?{urlencode({'entry': document['slug'], 'version': document['version']})}",
        "citation_text": references.citation(document, about_site(state)),
        "terms": glossary.terms_of(document["statements"], state),
        "citation_formats": references.FORMATS,
    }


def _description(document: EntryDocument) -> str:
    """When, then what: what search engines and other sites show of the entry."""
    return labelled(sentence_case(happened(document["date"])), document["summary"])


def _picture(document: EntryDocument, state: Edition) -> Picture:
    """The card of an entry, and in words what is on it."""
    words = {
        "headline": document["headline"],
        "date": happened(document["date"]),
        "sources": source_count(document),
        "site": about_site(state)["name"],
    }
    main = main_picture(document)
    if main and main["width"] >= SIZE[0] and main["height"] >= SIZE[1]:
        return shared_picture(f"{folder(main)}share.jpg", main["alt"])
    alt = _("A card of %(site)s: “%(headline)s”, %(date)s, %(sources)s.") % words
    return shared_picture(f"{document['url']}share.png", alt)


def way_to(row: PublishedEntry) -> list[Crumb]:
    """The breadcrumb of an entry: chronology, year, month."""
    crumbs = [home(), crumb(when(str(row.sort_date.year)), here(f"/?page={row.sort_date.year}"))]
    if row.document["date"]["precision"] != "year":
        month = f"{row.sort_date.year}-{row.sort_date.month:02}"
        crumbs.append(crumb(str(MONTHS[row.sort_date.month]), here(f"/?page={month}")))
    return crumbs


STEP = """document->>'url', document->>'headline', document->>'date',
 (SELECT t.words->'headline' FROM timeline_publishedtranslation t
  WHERE t.entry_id = p.entry_id AND t.language = %(language)s)
 FROM timeline_publishedentry p"""
ORDER = "sort_date, sort_rank, weight, entry_id"
NEIGHBOURS = f"""
(SELECT CASE WHEN entry_id = ANY(%(follows)s) THEN 'thread_before' ELSE 'thread_after' END, {STEP}
 WHERE entry_id = ANY(%(follows)s) OR follows @> ARRAY[%(entry)s]::bigint[] ORDER BY {ORDER} LIMIT {MAX_THREAD})
UNION ALL (SELECT 'previous', {STEP} WHERE ({ORDER}) < (%(date)s, %(rank)s, %(weight)s, %(entry)s)
 ORDER BY sort_date DESC, sort_rank DESC, weight DESC, entry_id DESC LIMIT 1)
UNION ALL (SELECT 'next', {STEP} WHERE ({ORDER}) > (%(date)s, %(rank)s, %(weight)s, %(entry)s)
 ORDER BY {ORDER} LIMIT 1)
"""
"""What an entry follows and what follows it, and its neighbours in time. Querysets would take four times as long, most
of it to be made."""

NEIGHBOURS_AND_PARTS = f"{NEIGHBOURS}UNION ALL ({PARTS})"
"""The same with its places in storylines: to plan how these are found takes as long as all the rest."""


def _neighbours(row: PublishedEntry) -> dict[str, Any]:
    """What stands around this entry: before and after it, in time and in storylines, of each what a link says.

    One query.
    """
    where = {
        "follows": row.follows,
        "date": row.sort_date,
        "rank": row.sort_rank,
        "weight": row.weight,
        "entry": row.pk,
    }
    found: dict[str, list[EntryDocument]] = {}
    parts: list[Part] = []
    names = {one["slug"]: str(one["name"]) for one in row.document["storylines"]}
    with connection.cursor() as cursor:
        cursor.execute(NEIGHBOURS_AND_PARTS if names else NEIGHBOURS, where | {"language": foreign()})
        for place, url, headline, date, words in cursor.fetchall():
            if place == "storyline":
                parts.append(read_part(url, names.get(url, headline), date))
                continue
            headline = translated_here(headline, json.loads(words) if words else None)
            found.setdefault(place, []).append(complete({"url": url, "headline": headline, "date": json.loads(date)}))
    return {
        "thread_before": found.get("thread_before", []),
        "thread_after": found.get("thread_after", []),
        "previous": next(iter(found.get("previous", [])), None),
        "next": next(iter(found.get("next", [])), None),
        "parts": parts,
    }


def elsewhere(request: HttpRequest, slug: str, state: Edition) -> HttpResponse:
    """At an address where no entry is: 410 and the reason if it was withdrawn, 301 if it has another slug, else 404.

    What is asked below an old address, such as ``history/``, is found below the new one.
    """
    withdrawal = Withdrawal.objects.filter(slug=slug).order_by("-withdrawn_at").first()
    if withdrawal is None:
        if address := new_address(request, slug):
            below = request.get_full_path().removeprefix(here(f"/entries/{slug}/"))
            return HttpResponsePermanentRedirect(f"{here(address)}{below}")
        raise Http404(_("There is no entry at this address."))
    return render_page(
        request,
        "timeline/withdrawn.html",
        state,
        Head(
            title=_("This entry has been withdrawn"),
            description=withdrawal.reason or _("This entry has been withdrawn."),
            path=f"/entries/{slug}/",
            noindex=True,
            breadcrumbs=[home()],
        ),
        status=410,
        withdrawal=withdrawal,
    )
