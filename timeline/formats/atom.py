"""Atom 1.0 (RFC 4287), with archives (RFC 5005) and tombstones (RFC 6721)."""

from collections.abc import Sequence
from functools import partial
from xml.sax.saxutils import escape, quoteattr

from django.utils.translation import gettext_lazy as _

from timeline.names import encode_xml
from timeline.public import fragments
from timeline.public.document import instant

from . import latest
from .answer import Format
from .archives import ARCHIVE
from .feed import AUTHOR, GENERATOR, Feed, Item, Syntax

MEDIA_TYPE = "application/atom+xml"


def document(feed: Feed, items: Sequence[str]) -> bytes:
    """The feed document; what is no entry stands before the entries, as the schema of RFC 4287 asks."""
    namespaces = "".join(
        f' xmlns:{prefix}="{uri}"'
        for prefix, uri, used in (
            ("fh", "http://purl.org/syndication/history/1.0", feed.is_archive),
            ("at", "http://purl.org/atompub/tombstones/1.0", feed.withdrawn),
        )
        if used
    )
    links = "".join(f"<link rel={quoteattr(relation)} href={quoteattr(url)}/>\n" for relation, url in feed.links)
    withdrawn = "".join(
        f'<at:deleted-entry ref={quoteattr(one.id)} when="{instant(one.when)}">'
        f"{f'<at:comment>{escape(one.reason)}</at:comment>' if one.reason else ''}</at:deleted-entry>\n"
        for one in feed.withdrawn
    )
    head = (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<feed xmlns="http://www.w3.org/2005/Atom"{namespaces} xml:lang={quoteattr(feed.language)}>\n'
        f"<id>{escape(feed.id)}</id>\n"
        f"<title>{escape(feed.title)}</title>\n"
        f"<subtitle>{escape(feed.subtitle)}</subtitle>\n"
        f"<updated>{instant(feed.updated)}</updated>\n"
        f'<link rel="self" type="{MEDIA_TYPE}" href={quoteattr(feed.self_url)}/>\n'
        f'<link rel="alternate" type="text/html" href={quoteattr(feed.page_url)}/>\n'
        f"{links}"
        f"<author><name>{escape(str(AUTHOR))}</name></author>\n"
        f"<rights>{escape(feed.rights)}</rights>\n"
        f"<generator>{GENERATOR}</generator>\n"
        f"{'<fh:archive/>' if feed.is_archive else ''}"
        f"{withdrawn}"
    )
    return encode_xml(f"{head}{''.join(items)}</feed>\n")


def item(one: Item) -> str:
    """One entry. Its HTML needs no escaping between the marks of CDATA, where it costs a fifth less."""
    terms = "".join(
        f"<category term={quoteattr(term.slug)} scheme={quoteattr(term.scheme)} label={quoteattr(term.label)}/>\n"
        for term in one.terms
    )
    enclosures = "".join(
        f'<link rel="enclosure" type={quoteattr(file["media_type"])} length="{file["size"]}"'
        f" title={quoteattr(file['caption'] or file['alt'])} href={quoteattr(file['url'])}/>\n"
        for file in one.attachments
    )
    language = f" xml:lang={quoteattr(one.language)}" if one.language else ""
    return (
        f"<entry{language}>\n"
        f"<id>{escape(one.id)}</id>\n"
        f"<title>{escape(one.title)}</title>\n"
        f'<link rel="alternate" type="text/html" href={quoteattr(one.url)}/>\n'
        f"{enclosures}"
        f"<published>{one.published}</published>\n"
        f"<updated>{one.updated}</updated>\n"
        f"{terms}"
        f"<summary>{escape(one.summary)}</summary>\n"
        f'<content type="html">{cdata(one.html)}</content>\n'
        "</entry>\n"
    )


def cdata(text: str) -> str:
    """``text`` as character data (XML 1.0 section 2.7); what would end it is cut in two."""
    return f"<![CDATA[{text.replace(']]>', ']]]]><![CDATA[>')}]]>"


SYNTAX = Syntax("atom", item, document)
fragments.AT_ONCE.append(latest.at_once(SYNTAX))
FORMAT = Format(
    "feed.atom",
    _("Atom"),
    _("for feed readers such as Feedly or NetNewsWire"),
    MEDIA_TYPE,
    partial(latest.render, syntax=SYNTAX),
    heading=latest.HEADING,
    is_feed=True,
    is_announced=True,
    parameters=[ARCHIVE],
)
