"""Embeds, entries in the pages of others: an entry for a frame, and oEmbed, by which programs find its markup.

The list for frames is a format like others (``formats/embed.py``).
"""

import functools
import re
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _

from timeline.filters import Question
from timeline.filters.renaming import renamed
from timeline.formats import embed, frames, picture
from timeline.models import Edition, Withdrawal
from timeline.public.language import here, offered, spoken
from timeline.public.site import about_site, absolute
from timeline.public.wording import when
from timeline.punctuation import labelled
from timeline.web.addresses import without_tracking

from .cross_origin import View
from .entries import elsewhere, published
from .redirects import new_address

WIDTH = 800
"""Pixels of an embed for a site that names no largest width."""

CACHE_AGE = 3600
"""Seconds for which a site may keep the markup; it holds longer, but the title may change."""

ENTRY = re.compile(r"/entries/([-\w]+)/?", re.ASCII)
"""The page of an entry; without the last slash it leads there."""


def entry(request: HttpRequest, slug: str, *, edition: Edition) -> HttpResponse:
    """``/entries/<slug>/embed/``: the entry in short. What is not there says so in words: 410 or 404."""
    theme = request.GET.get("theme", "")
    about: dict[str, Any] = {"site": about_site(edition), "theme": theme}
    if theme and embed.THEME.problem(theme):
        return _message(request, 400, _("This address cannot be read"), [_("The theme is “light” or “dark”.")], about)
    row = published(slug)
    if row is not None:
        entry = row.document
        shown = {"entry": entry, "title": entry["headline"], "canonical": absolute(here(entry["url"]))}
        return render(request, "timeline/embed_entry.html", about | shown)
    if withdrawal := Withdrawal.objects.filter(slug=slug).order_by("-withdrawn_at").first():
        date = when(withdrawal.withdrawn_at.date().isoformat())
        words = [_("The editors withdrew it on %s.") % date, withdrawal.reason or _("No reason was recorded.")]
        about["canonical"] = absolute(here(f"/entries/{slug}/"))
        return _message(request, 410, _("This entry has been withdrawn"), words, about)
    try:
        return elsewhere(request, slug, edition)
    except Http404:
        return _message(request, 404, _("Nothing at this address"), [_("There is no entry at this address.")], about)


def _message(request: HttpRequest, status: int, title: str, lines: list[str], about: dict[str, Any]) -> HttpResponse:
    context = {**about, "title": title, "lines": lines}
    return render(request, "timeline/embed_message.html", context, status=status)


# -- oEmbed -------------------------------------------------------------------------------


def about_the_page(view: View) -> View:
    """Let ``view`` be asked about a page itself: ``url`` does not say where a reader of it came from."""

    @functools.wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        asked = request.GET.get("url", "")
        address, gone = without_tracking(asked)
        if gone:
            data = request.GET.copy()
            data["url"] = address
            request.GET, request.META["QUERY_STRING"] = data, data.urlencode()  # type: ignore[assignment] # a copy
        return view(request, *args, **kwargs)

    return wrapped


def oembed(request: HttpRequest, *, edition: Edition) -> HttpResponse:
    """``/oembed?url=…``: the frame for an entry or for a filtered chronology (oembed.com, version 1.0).

    404 for an address that is not ours or has nothing to show, 501 for another format than JSON,
    400 for a question that cannot be read.
    """
    if request.GET.get("format", "json") != "json":
        return _refused(501, _("Only format=json is answered here."))
    asked = request.GET.get("url", "")
    if not asked:
        return _refused(400, _("Name an address of this site as “url”."))
    try:
        width = _largest(request, "maxwidth", WIDTH)
        height = _largest(request, "maxheight", 0)
    except ValueError:
        return _refused(400, _("maxwidth and maxheight are numbers of pixels, such as 600."))
    language, asked = _language_in(asked, edition)
    with translation.override(language):
        return _embedded(request, asked, spoken(edition), width, height)


def _language_in(address: str, edition: Edition) -> tuple[str, str]:
    """In which language an address of ours asks for a page, and the same address without it."""
    for language in offered(edition):
        below = f"{absolute(f'/{language}')}/"
        if address.startswith(below):
            return language, f"{absolute('/')}{address.removeprefix(below)}"
    return settings.LANGUAGE_CODE, address


def _embedded(request: HttpRequest, asked: str, edition: Edition, width: int, height: int) -> HttpResponse:
    """The frame for what is at an address, in the language of the page."""
    found = _entry_at(request, asked) or _filter_at(asked, edition)
    if found is None:
        return _refused(404, _("There is no entry and no question of this chronology at that address."))
    address, title, needed, image = found
    most = height or frames.MOST
    site = about_site(edition)
    answer = {
        "version": "1.0",
        "type": "rich",
        "title": title,
        "author_name": site["name"],
        "author_url": absolute(here("/about/")),
        "provider_name": site["name"],
        "provider_url": absolute(here("/")),
        "cache_age": CACHE_AGE,
        "width": width,
        "height": min(needed.at(width), most),
        "html": frames.fitted(address, title, needed, width, most),
    }
    if _fits(request):
        size = {"thumbnail_width": picture.SIZE[0], "thumbnail_height": picture.SIZE[1]}
        answer |= {"thumbnail_url": absolute(here(image)), **size}
    return JsonResponse(answer)


Found = tuple[str, str, frames.Heights, str]
"""The address of an embed, its title, its heights, and the path of its picture."""


def _entry_at(request: HttpRequest, address: str) -> Found | None:
    """The embed of an entry, by its present or an older address."""
    parts = _ours(address)
    match = ENTRY.fullmatch(parts.path) if parts else None
    if match is None:
        return None
    row = published(match[1])
    if row is None and (moved := new_address(request, match[1])):
        match = ENTRY.fullmatch(moved)
        row = published(match[1]) if match else None
    if row is None:
        return None
    url = row.document["url"]
    return absolute(here(f"{url}embed/")), row.document["headline"], frames.heights(row.document), f"{url}share.png"


def _filter_at(address: str, edition: Edition) -> Found | None:
    """The embed of a question that can be answered as it stands."""
    parts = _ours(address)
    if parts is None or parts.path not in ("", "/"):
        return None
    data = QueryDict(parts.query)
    question = Question(data, option_limit=0, newest_first=True)
    if question.problems and (known := renamed(data, question.problems)):
        question = Question(known, option_limit=0, newest_first=True)
    if question.problems:
        return None
    name = about_site(edition)["name"]
    title = labelled(name, question.sentence) if question.is_filtered else name
    query, filters = question.query(show=""), question.subscription()
    path, image = f"/embed/?{query}" if query else "/embed/", f"/share.png?{filters}" if filters else "/share.png"
    return absolute(here(path)), title, frames.Heights(embed.HEIGHT, embed.HEIGHT), image


def _ours(address: str) -> SplitResult | None:
    """The parts of an address of this site, by either scheme; None for any other."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    here = urlsplit(settings.BASE_URL).netloc.lower()
    return parts if parts.scheme in ("http", "https") and parts.netloc.lower() == here else None


def _largest(request: HttpRequest, name: str, usual: int) -> int:
    """A largest width or height, at most the usual one if there is one. Raises ValueError for no number of pixels."""
    text = request.GET.get(name, "")
    if not text:
        return usual
    if not re.fullmatch(r"[1-9]\d{0,5}", text, re.ASCII):
        raise ValueError(text)
    return min(int(text), usual) if usual else int(text)


def _fits(request: HttpRequest) -> bool:
    """Whether the share picture is within the largest size asked for, as a thumbnail must be."""
    return all(
        int(request.GET.get(name) or size) >= size
        for name, size in zip(("maxwidth", "maxheight"), picture.SIZE, strict=True)
    )


def _refused(status: int, message: str) -> HttpResponse:
    return HttpResponse(f"{message}\n", status=status, content_type="text/plain; charset=utf-8")
