"""RSS 2.0 with the RSS Best Practices Profile; full text in content:encoded."""

from datetime import datetime
from email.utils import format_datetime
from xml.sax.saxutils import escape, quoteattr

from django.utils.translation import gettext_lazy as _

from timeline import fragments
from timeline.document import Document
from timeline.names import encode_xml

from .content import content
from .feed import RIGHTS, SCHEMES, Feed, FeedFormat, categories, entry_id


def render(feed: Feed) -> bytes:
    """The feed document."""
    parts = [
        (
            '<?xml version="1.0" encoding="utf-8"?>\n'
            '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"'
            ' xmlns:content="http://purl.org/rss/1.0/modules/content/">\n<channel>\n'
            f"<title>{escape(feed.title)}</title>\n"
            f"<link>{escape(feed.page_url)}</link>\n"
            f"<description>{escape(feed.subtitle)}</description>\n"
            f"<language>{escape(feed.language)}</language>\n"
            f"<copyright>{escape(RIGHTS)}</copyright>\n"
            f"<lastBuildDate>{format_datetime(feed.updated)}</lastBuildDate>\n"
            "<ttl>60</ttl>\n"
            f'<atom:link rel="self" type="application/rss+xml" href={quoteattr(feed.self_url)}/>\n'
        )
    ]
    items = fragments.rendered(f"rss.{feed.base_url}", feed.entries, lambda entry: _item(entry, feed.base_url))
    parts += [items[row.pk] for row in feed.entries]
    parts.append("</channel>\n</rss>\n")
    return encode_xml("".join(parts))


def _item(entry: Document, base_url: str) -> str:
    terms = "".join(
        f"<category domain={quoteattr(base_url + SCHEMES[kind])}>{escape(label)}</category>\n"
        for kind, _slug, label in categories(entry)
    )
    return (
        "<item>\n"
        f"<title>{escape(entry['headline'])}</title>\n"
        f"<link>{escape(base_url + entry['url'])}</link>\n"
        f'<guid isPermaLink="false">{escape(entry_id(entry))}</guid>\n'
        f"<pubDate>{format_datetime(datetime.fromisoformat(entry['published']))}</pubDate>\n"
        f"{terms}"
        f"<description>{escape(entry['summary'])}</description>\n"
        f"<content:encoded>{escape(content(entry, base_url))}</content:encoded>\n"
        "</item>\n"
    )


FORMAT = FeedFormat("feed.rss", "RSS", _("for news readers"), "application/rss+xml", render)
