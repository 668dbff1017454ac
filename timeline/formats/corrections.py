"""The corrections of all entries as a feed, each with an id of its own."""

from collections.abc import Iterable
from html import escape
from typing import Any

from django.utils.translation import gettext as _

from timeline.document import instant

from . import atom
from .feed import FEED_SIZE, Feed, Item, beginning, tag

MEDIA_TYPE = atom.MEDIA_TYPE
SIZE = FEED_SIZE
"""Corrections in the feed."""


def render(corrections: Iterable[dict[str, Any]], *, site: str, language: str, base_url: str) -> bytes:
    """The feed document (Atom, RFC 4287) of what :mod:`timeline.views.history` says of ``corrections``.

    A correction is updated when its words are removed, so that feed readers drop them too.
    """
    found = list(corrections)
    feed = Feed(
        id=tag("corrections"),
        title=_("%s: corrections") % site,
        subtitle=_("What was wrong in the entries of this chronology, and what is right."),
        language=language,
        self_url=f"{base_url}/corrections.atom",
        page_url=f"{base_url}/corrections/",
        base_url=base_url,
        updated=max([beginning(), *(one["updated_at"] for one in found)]),
    )
    return atom.document(feed, [atom.item(_item(one, base_url, language)) for one in found])


def _item(one: dict[str, Any], base_url: str, language: str) -> Item:
    links = ((one["href"], _("View correction")), (one["uncorrected_href"], _("View uncorrected")))
    listed = " ".join(f'<a href="{escape(base_url + href)}">{words}</a>' for href, words in links)
    return Item(
        id=tag(f"correction:{one['uid']}:{one['number']}"),
        title=_("Correction %(number)d: %(headline)s") % one,
        url=base_url + one["href"],
        published=instant(one["published_at"]) or "",
        updated=instant(one["updated_at"]) or "",
        summary=one["text"],
        html=f"<p>{escape(one['text'])}</p>\n<p>{listed}</p>\n",
        language=language,
    )
