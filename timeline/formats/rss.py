"""RSS 2.0 with the RSS Best Practices Profile; full text in content:encoded, archives as in RFC 5005."""

from collections.abc import Sequence
from datetime import datetime
from email.utils import format_datetime
from functools import partial
from xml.sax.saxutils import escape, quoteattr

from django.utils.translation import gettext_lazy as _

from timeline.names import encode_xml

from . import latest
from .answer import Format
from .archives import ARCHIVE
from .atom import cdata
from .feed import GENERATOR, Feed, Item, Syntax

MEDIA_TYPE = "application/rss+xml"


def document(feed: Feed, items: Sequence[str]) -> bytes:
    """The feed document."""
    archive = ' xmlns:fh="http://purl.org/syndication/history/1.0"' if feed.is_archive else ""
    links = "".join(f"<atom:link rel={quoteattr(relation)} href={quoteattr(url)}/>\n" for relation, url in feed.links)
    head = (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"'
        f' xmlns:content="http://purl.org/rss/1.0/modules/content/"{archive}>\n<channel>\n'
        f"<title>{escape(feed.title)}</title>\n"
        f"<link>{escape(feed.page_url)}</link>\n"
        f"<description>{escape(escape(feed.subtitle))}</description>\n"
        f"<language>{escape(feed.language)}</language>\n"
        f"<copyright>{escape(feed.rights)}</copyright>\n"
        f"<lastBuildDate>{format_datetime(feed.updated)}</lastBuildDate>\n"
        f"<generator>{GENERATOR}</generator>\n"
        "<ttl>60</ttl>\n"
        f'<atom:link rel="self" type="{MEDIA_TYPE}" href={quoteattr(feed.self_url)}/>\n'
        f"{links}"
        f"{'<fh:archive/>' if feed.is_archive else ''}"
    )
    return encode_xml(f"{head}{''.join(items)}</channel>\n</rss>\n")


def item(one: Item) -> str:
    """One item; ``pubDate`` is our publication, the date of the event is in the text."""
    terms = "".join(
        f"<category domain={quoteattr(term.scheme)}>{escape(term.label)}</category>\n" for term in one.terms
    )
    enclosure = "".join(  # RSS has one; Atom names all
        f'<enclosure url={quoteattr(file["url"])} length="{file["size"]}" type={quoteattr(file["media_type"])}/>\n'
        for file in one.attachments[:1]
    )
    return (
        "<item>\n"
        f"<title>{escape(one.title)}</title>\n"
        f"<link>{escape(one.url)}</link>\n"
        f'<guid isPermaLink="false">{escape(one.id)}</guid>\n'
        f"<pubDate>{format_datetime(datetime.fromisoformat(one.published))}</pubDate>\n"
        f"<atom:updated>{one.updated}</atom:updated>\n"
        f"{terms}"
        f"{enclosure}"
        f"<description>{escape(escape(one.summary))}</description>\n"
        f"<content:encoded>{cdata(one.html)}</content:encoded>\n"
        "</item>\n"
    )


SYNTAX = Syntax("rss", item, document)
FORMAT = Format(
    "feed.rss",
    _("RSS"),
    _("for feed readers such as Feedly or NetNewsWire"),
    MEDIA_TYPE,
    partial(latest.render, syntax=SYNTAX),
    heading=latest.HEADING,
    is_feed=True,
    is_announced=True,
    parameters=[ARCHIVE],
)
