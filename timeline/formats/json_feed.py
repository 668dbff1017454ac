"""JSON Feed 1.1, which also carries what we know of the event as data."""

import json
from collections.abc import Sequence
from functools import partial
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from timeline.models.document import EntryDocument
from timeline.public.site import absolute
from timeline.public.wording import happened

from . import latest
from .answer import Format
from .archives import ARCHIVE
from .feed import AUTHOR, Feed, Item, Syntax

MEDIA_TYPE = "application/feed+json"
VERSION = "https://jsonfeed.org/version/1.1"
ABOUT = "/feeds/#json"
"""The page that describes the objects under ``_nenpyo``."""

FIGURE: Final = (
    *("label", "value", "low", "high", "qualifier", "unit", "currency", "scale", "per"),
    *("of", "period", "status", "basis", "series"),
)
"""What is told of a figure as data; notes are in the text."""


def document(feed: Feed, items: Sequence[str]) -> bytes:
    """The feed document; ``next_url`` leads to what is older, back to the first entry."""
    head = _known(
        {
            "version": VERSION,
            "title": feed.title,
            "home_page_url": feed.page_url,
            "feed_url": feed.self_url,
            "description": feed.subtitle,
            "next_url": feed.older_url,
            # At least 512 and 64 pixels square, as the specification asks.
            "icon": absolute("/icon.png"),
            "favicon": absolute("/apple-touch-icon.png"),
            "authors": [{"name": str(AUTHOR), "url": f"{feed.base_url}/about/"}],
            "language": feed.language,
            "_nenpyo": {"about": feed.base_url + ABOUT},
            "hubs": [{"type": "WebSub", "url": feed.hub}] if feed.hub else [],
        }
    )
    return f'{_written(head)[:-1]},"items":[{",".join(items)}]}}'.encode(errors="ignore")


def item(one: Item) -> str:
    """One item. There is no ``external_url``: it would send readers past the entry to one of its sources."""
    return _written(
        _known(
            {
                "id": one.id,
                "url": one.url,
                "title": one.title,
                "summary": one.summary,
                "content_html": one.html,
                "date_published": one.published,
                "date_modified": one.updated,
                "language": one.language,
                "tags": list(dict.fromkeys(term.label for term in one.terms)),
                "image": next((file["url"] for file in one.attachments if file["is_main"]), None),
                "attachments": [
                    _known(
                        {
                            "url": file["url"],
                            "mime_type": file["media_type"],
                            "title": file["caption"] or file["alt"],
                            "size_in_bytes": file["size"],
                        }
                    )
                    for file in one.attachments
                ],
                "_nenpyo": event(one.data) if one.data else None,
            }
        )
    )


def event(entry: EntryDocument) -> dict[str, Any]:
    """The event as data. What is not known, or empty, is left out.

    ``lower`` and ``upper`` are the first and the last day it may have happened on; ``version``
    counts what was published of the entry; ``sources`` are the addresses of the originals by the
    number of the source, which ``citations`` of figures name. The page at ``ABOUT`` says the same.
    """
    date = entry["date"]
    return _known(
        {
            "version": entry["version"],
            "date": _known(
                {
                    "text": happened(date),
                    "edtf": date["edtf"],
                    "lower": date["start"],
                    "upper": date["end"],
                    "precision": date["precision"],
                    "approximate": date["approximate"],
                    "uncertain": date["uncertain"],
                    "extent": date["extent"],
                    "basis": date["basis"],
                }
            ),
            "planned": entry["planned"],
            "place": entry["place"],
            "category": entry["category"] and entry["category"]["slug"],
            "people": [
                _known({name: one[name] for name in ("slug", "name", "native", "role", "positions")})
                for one in entry["people"]
            ],
            "organisations": [one["slug"] for one in entry["organisations"]],
            "commodities": [
                _known({name: one[name] for name in ("slug", "name", "hs_codes")}) for one in entry["commodities"]
            ],
            "figures": [
                _known(
                    {name: one[name] for name in FIGURE} | {"citations": [row["number"] for row in one["citations"]]}
                )
                for one in entry["figures"]
            ],
            "sources": {one["number"]: one["url"] for one in entry["sources"]},
            "accounts_differ": bool(entry["disagreements"]),
            "one_source": entry["one_source"],
        }
    )


def _known(node: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in node.items() if value not in (None, "", [], False)}


def _written(node: dict[str, Any]) -> str:
    return json.dumps(node, ensure_ascii=False, separators=(",", ":"))


SYNTAX = Syntax("json", item, document)
FORMAT = Format(
    "feed.json",
    _("JSON Feed"),
    _("for feed readers and programs"),
    MEDIA_TYPE,
    partial(latest.render, syntax=SYNTAX),
    heading=latest.HEADING,
    is_feed=True,
    is_announced=True,
    parameters=[ARCHIVE],
)
