"""Ways to follow a question, or to take its entries: the feeds and files that have it."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode

from django.utils.translation import get_language

from timeline.public.language import here
from timeline.public.site import absolute
from timeline.punctuation import bracketed

from . import FORMATS, embed, frames
from .answer import Format


def format_links(query: str, sentence: str) -> list[dict[str, Any]]:
    """Every way to follow or take a question: for the page's head and for the page about feeds.

    ``href`` is the address here, ``url`` the same in full, to copy; ``subscribe`` is for programs
    that take a scheme of their own (``webcal:``); ``snippet`` is markup to copy instead of the
    address. The head names those with ``is_feed``.
    """
    asked = parse_qsl(query)
    links = []
    for kind, label, heading, note, options in _ways(get_language() or ""):
        pairs = urlencode(sorted([*asked, *options.items()]))
        href = here(f"/{kind.path}?{pairs}" if pairs else f"/{kind.path}")
        links.append(
            {
                "title": f"{sentence}{bracketed(label)}",
                "path": kind.path,
                "label": label,
                "heading": heading,
                "note": note,
                "href": href,
                "url": absolute(href),
                "snippet": frames.snippet(absolute(href), sentence, "100%", embed.HEIGHT) if kind.is_framed else "",
                "subscribe": f"{kind.scheme}:{absolute(href).partition(':')[2]}" if kind.scheme else "",
                "type": kind.media_type,
                "is_feed": kind.is_announced and not options,
            }
        )
    return links


class Way(NamedTuple):
    """A format or a variant of one, in the words of a language."""

    kind: Format
    label: str
    heading: str
    note: str
    options: Mapping[str, str]


@lru_cache(maxsize=8)
def _ways(language: str) -> list[Way]:
    """All of them; every page with a list asks, and looking up sixty phrases takes longer than the rest."""
    return [
        Way(kind, str(label), str(kind.heading), str(kind.note) if not options else "", options)
        for kind in FORMATS
        for label, options in [(kind.label, {}), *kind.variants]
    ]
