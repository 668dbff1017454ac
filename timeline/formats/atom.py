"""Atom 1.0 (RFC 4287)."""

from xml.sax.saxutils import escape, quoteattr

from django.utils.translation import gettext_lazy as _

from timeline import fragments
from timeline.document import Document, instant
from timeline.names import encode_xml

from .content import content
from .feed import AUTHOR, RIGHTS, SCHEMES, Feed, FeedFormat, categories, entry_id


def render(feed: Feed) -> bytes:
    """The feed document."""
    parts = [
        (
            '<?xml version="1.0" encoding="utf-8"?>\n'
            f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang={quoteattr(feed.language)}>\n'
            f"<id>{escape(feed.id)}</id>\n"
            f"<title>{escape(feed.title)}</title>\n"
            f"<subtitle>{escape(feed.subtitle)}</subtitle>\n"
            f"<updated>{instant(feed.updated)}</updated>\n"
            f'<link rel="self" type="application/atom+xml" href={quoteattr(feed.self_url)}/>\n'
            f'<link rel="alternate" type="text/html" href={quoteattr(feed.page_url)}/>\n'
            f"<author><name>{escape(str(AUTHOR))}</name></author>\n"
            f"<rights>{escape(RIGHTS)}</rights>\n"
        )
    ]
    entries = fragments.rendered(f"atom.{feed.base_url}", feed.entries, lambda entry: _entry(entry, feed.base_url))
    parts += [entries[row.pk] for row in feed.entries]
    parts.append("</feed>\n")
    return encode_xml("".join(parts))


def _entry(entry: Document, base_url: str) -> str:
    terms = "".join(
        f"<category term={quoteattr(slug)} scheme={quoteattr(base_url + SCHEMES[kind])} label={quoteattr(label)}/>\n"
        for kind, slug, label in categories(entry)
    )
    return (
        "<entry>\n"
        f"<id>{escape(entry_id(entry))}</id>\n"
        f"<title>{escape(entry['headline'])}</title>\n"
        f'<link rel="alternate" type="text/html" href={quoteattr(base_url + entry["url"])}/>\n'
        f"<published>{entry['published']}</published>\n"
        f"<updated>{entry['updated']}</updated>\n"
        f"{terms}"
        f'<summary type="text">{escape(entry["summary"])}</summary>\n'
        f'<content type="html">{escape(content(entry, base_url))}</content>\n'
        "</entry>\n"
    )


FORMAT = FeedFormat("feed.atom", "Atom", _("for news readers"), "application/atom+xml", render)
