"""The head of a page: what ``base.html`` says of it to browsers, search engines and other sites."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from timeline.filters import Question
from timeline.formats import embedded, references, structured
from timeline.formats.follow import format_links
from timeline.formats.picture import SIZE
from timeline.models import Edition
from timeline.public.language import here, in_each, in_original, root
from timeline.public.site import about_site, absolute, with_query

LOCALES = {"en": "en_GB", "ja": "ja_JP"}
"""What OpenGraph calls our languages."""

Crumb = dict[str, str]
Picture = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Head:
    """What a page says of itself. ``path`` is its canonical address; what has none, such as an error, leaves it empty.

    ``title_kind`` tells its title from that of another kind of page ("Investment"). With
    ``noindex`` search engines are asked not to list it, and ``nodes``, which say for machines
    what it shows, are left out. ``picture`` is what other sites show beside a link to it, that
    of the site if there is none. ``feeds`` are the ways to follow it: those of ``question``,
    or of everything, if none are given; ``follow`` is the query string of what to get updates on, where there is no
    question. ``oembed`` is the link by which programs find the markup that embeds it, ``item`` what reference
    managers keep of it.
    """

    title: str
    description: str
    path: str
    title_kind: str = ""
    noindex: bool = False
    breadcrumbs: Sequence[Crumb] = ()
    nodes: Sequence[structured.Node] = ()
    picture: Picture | None = None
    question: Question | None = None
    feeds: Sequence[dict[str, Any]] | None = None
    follow: str = ""
    oembed: dict[str, str] | None = None
    item: references.Item | None = None


def render_page(
    request: HttpRequest, template: str, edition: Edition, head: Head, *, status: int = 200, **context: Any
) -> HttpResponse:
    """A public page: ``base.html`` with this head, around what the ``template`` makes of ``context``."""
    site = about_site(edition)
    query = head.question.subscription() if head.question else ""
    sentence = head.question.sentence if head.question and query else site["name"]
    shown = {
        "site": site,
        "title": head.title,
        "title_kind": head.title_kind,
        "description": head.description,
        "canonical": absolute(here(head.path)) if head.path else "",
        "languages": in_each(in_original(request.get_full_path()), edition),
        "alternates": in_each(head.path, edition) if not head.noindex else [],
        "noindex": head.noindex,
        "breadcrumbs": head.breadcrumbs,
        "structured": _structured(head, site),
        "picture": head.picture or site_picture(edition),
        "og_locale": LOCALES.get(get_language() or "", ""),
        "question": head.question,
        "feeds": format_links(query, sentence) if head.feeds is None else head.feeds,
        "updates_href": with_query("/updates/", query or head.follow),
        "oembed": head.oembed,
        "tags": [(name, str(content)) for name, content in embedded.tags(head.item)] if head.item else [],
        "lanes": edition.lanes,
    }
    return render(request, template, shown | context, status=status)


def _structured(head: Head, site: structured.Site) -> structured.Node | None:
    if head.noindex:
        return None
    way = [structured.breadcrumbs(head.breadcrumbs, head.title, site)] if head.breadcrumbs else []
    nodes = [*head.nodes, *way]
    return _here(structured.graph(nodes)) if nodes else None


def _here(node: Any) -> Any:
    """What a page says for machines, whose addresses are those of pages in its language."""
    return _led(node, absolute("")) if root() else node


def _led(node: Any, base: str) -> Any:
    if isinstance(node, dict):
        return {key: value if key == "translationOfWork" else _led(value, base) for key, value in node.items()}
    if isinstance(node, list):
        return [_led(one, base) for one in node]
    is_ours = isinstance(node, str) and node.startswith(f"{base}/")
    return base + here(node.removeprefix(base)) if is_ours else node


def oembed_link(path: str, title: str) -> dict[str, str]:
    """The link in the head of a page by which programs find the markup that embeds it."""
    query = urlencode({"url": absolute(here(path)), "format": "json"})
    return {"href": absolute(f"/oembed?{query}"), "title": str(title)}


def shared_picture(path: str, alt: str) -> Picture:
    """A picture for links to a page: its address, its size, and in words what is on it."""
    return {"url": absolute(here(path)), "width": SIZE[0], "height": SIZE[1], "alt": alt}


def site_picture(edition: Edition) -> Picture:
    """The picture of the site."""
    return shared_picture("/share.png", _("The words “%s” on a plain card.") % about_site(edition)["headline"])


def crumb(label: str, href: str = "") -> Crumb:
    """One step of the breadcrumb."""
    return {"label": label, "href": href}


def home() -> Crumb:
    """The first step of every breadcrumb."""
    return crumb(_("Chronology"), here("/"))
