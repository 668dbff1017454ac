"""The head of a page: what ``base.html`` shows around every page, and says of it to browsers, feeds and machines."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from timeline.filters import Question
from timeline.formats import FORMATS, embed, structured
from timeline.formats.answer import LICENCE
from timeline.formats.picture import SIZE
from timeline.models import Edition

LOCALES = {"en": "en_GB", "ja": "ja_JP"}
"""What OpenGraph calls our languages."""


def absolute(path: str) -> str:
    """An address of this site as others must write it, whatever host the request named."""
    return f"{settings.BASE_URL.rstrip('/')}{path}"


def format_links(query: str, sentence: str) -> list[dict[str, Any]]:
    """Every way to follow or take a question: for the page's head and for "Follow this view".

    ``href`` is the address here, ``url`` the same in full, to copy; ``subscribe`` is for programs
    that take a scheme of their own (``webcal:``); ``snippet`` is markup to copy instead of the
    address. The head names those with ``is_feed``.
    """
    links = []
    for kind in FORMATS:
        for label, options in [(kind.label, {}), *kind.variants]:
            pairs = urlencode(sorted([*parse_qsl(query), *options.items()]))
            href = f"/{kind.path}?{pairs}" if pairs else f"/{kind.path}"
            links.append(
                {
                    "title": f"{sentence} ({label})",
                    "label": label,
                    "heading": kind.heading,
                    "note": kind.note if not options else "",
                    "href": href,
                    "url": absolute(href),
                    "snippet": embed.snippet(absolute(href), sentence) if kind.is_framed else "",
                    "subscribe": f"{kind.scheme}:{absolute(href).partition(':')[2]}" if kind.scheme else "",
                    "type": kind.media_type,
                    "is_feed": kind.is_announced and not options,
                }
            )
    return links


def oembed_link(path: str, title: str) -> dict[str, str]:
    """The link in the head of a page by which programs find the markup that embeds it."""
    query = urlencode({"url": absolute(path), "format": "json"})
    return {"href": absolute(f"/oembed?{query}"), "title": title}


def site(state: Edition) -> dict[str, Any]:
    """Name, strapline and licence, for the masthead and the foot."""
    return {
        "base_url": absolute(""),
        "name": state.title or settings.WAGTAIL_SITE_NAME,
        "headline": state.headline or state.title or settings.WAGTAIL_SITE_NAME,
        "strapline": state.strapline,
        "licence": LICENCE,
        "contact": settings.CONTACT_EMAIL,
        "changed_at": state.changed_at,
    }


def page(
    request: HttpRequest,
    template: str,
    state: Edition,
    *,
    title: str,
    description: str,
    path: str,
    question: Question | None = None,
    noindex: bool = False,
    breadcrumbs: list[dict[str, str]] | None = None,
    nodes: Iterable[structured.Node] = (),
    picture: dict[str, Any] | None = None,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    """Render a public page with everything ``base.html`` needs.

    Without ``path`` it has no canonical address. ``nodes`` say for machines what the page
    shows; ``picture`` is what other sites show beside a link, that of the site if not given.
    A ``title_kind`` tells its title from that of another kind of page ("Investment").
    """
    query = question.subscription() if question else ""
    sentence = question.sentence if question and query else site(state)["name"]
    return render(
        request,
        template,
        {
            "site": site(state),
            "title": title,
            "description": description,
            "canonical": absolute(path) if path else "",
            "noindex": noindex,
            "breadcrumbs": breadcrumbs or [],
            "structured": None if noindex else _structured(nodes, breadcrumbs or [], title, site(state)),
            "picture": picture or site_picture(state),
            "og_locale": LOCALES.get(get_language() or "", ""),
            "feeds": format_links(query, sentence),
            "question": question,
            "lanes": state.lanes,
            **context,
        },
        status=status,
    )


def _structured(
    nodes: Iterable[structured.Node], crumbs: list[dict[str, str]], title: str, about: dict[str, Any]
) -> structured.Node | None:
    found = [*nodes, *([structured.breadcrumbs(crumbs, title, about)] if crumbs else [])]
    return structured.graph(found) if found else None


def shared(path: str, alt: str) -> dict[str, Any]:
    """A picture for links to a page: its address, its size, and in words what is on it."""
    return {"url": absolute(path), "width": SIZE[0], "height": SIZE[1], "alt": alt}


def site_picture(state: Edition) -> dict[str, Any]:
    """The picture of the site."""
    return shared("/share.png", _("The words “%s” on a plain card.") % site(state)["headline"])


def crumb(label: str, href: str = "") -> dict[str, str]:
    """One step of the breadcrumb."""
    return {"label": label, "href": href}


def home() -> dict[str, str]:
    """The first step of every breadcrumb."""
    return crumb(_("Chronology"), "/")
