"""Ways to follow a question, or to take its entries: the feeds and files that have it."""

from typing import Any
from urllib.parse import parse_qsl, urlencode

from timeline.public.site import absolute

from . import FORMATS, embed


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
