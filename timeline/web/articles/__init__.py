"""Articles: what a page or a file says of itself, and its text without the chrome of its site.

Takes bytes as they came from a stranger's server or an editor's disk and never raises:
what cannot be read is empty. Nothing is fetched here.

article      what is found, as plain text
encodings    bytes to text, as browsers read them
declared     what a page declares for programs: JSON-LD and microdata
headings     what a page prints large
titles       a headline without the names of its site, and which heading it is
bylines      names without what stands around them
days         the day of publication, and the days that a page prints
page         HTML
paper        PDF
chrome       what in a text belongs to the site
"""

import logging
import re

from . import page, paper
from .article import HTML, PDF, TEXT, Article, paragraphs
from .chrome import chrome_lines, strip_chrome
from .days import MOST_LINES, printed
from .encodings import decoded
from .page import MAX_HTML

__all__ = [
    "HTML",
    "MAX_HTML",
    "PDF",
    "TEXT",
    "Article",
    "chrome_lines",
    "decoded",
    "from_text",
    "media_type",
    "printed",
    "read",
    "strip_chrome",
]

# What libraries say of hostile pages is no news.
for _name in ("trafilatura", "htmldate", "pypdf"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)


def read(content: bytes, content_type: str = "", url: str = "") -> Article:
    """The article in ``content``, whose kind is told from the bytes.

    ``content_type`` is the header of that name (for its charset), ``url`` where it was fetched.
    An :class:`Article` without ``media_type`` is neither HTML, PDF nor text.
    """
    kind = media_type(content)
    if kind == PDF:
        return paper.read(content)
    if kind == HTML:
        return page.read(decoded(content, content_type), url)
    if kind == TEXT:
        return from_text(decoded(content, content_type))
    return Article()


def from_text(text: str) -> Article:
    """An article that an editor pasted as text: its first line is its title if it looks like one."""
    text = paragraphs(text)
    first = text.partition("\n")[0]
    is_title = 10 <= len(first) <= 200 and not first.endswith((".", "。", "!", "?", ":", "”", '"', ","))
    return Article(
        title=first if is_title and "\n" in text and not first.startswith(("#", "-", "•")) else "",
        printed=tuple(printed(text.splitlines()[:MOST_LINES])),
        language="ja" if re.search("[\u3041-\u30ff]", text[:2000]) else "",
        text=text,
        media_type=TEXT,
    )


def media_type(content: bytes) -> str:
    """Which of the three kinds we read ``content`` is, by its bytes; "" for anything else."""
    if b"%PDF-" in content[:1024]:  # ISO 32000-1, annex H.3.4.1: anywhere in the first 1,024 bytes
        return PDF
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        start = content[:4000].decode("utf-16", "replace").encode()
    else:
        start = content[:4000]
    if re.search(rb"<(?:!doctype\s+html|html|head|body|article|title|meta|div|p)\b", start, re.IGNORECASE):
        return HTML
    text = start.strip()
    return TEXT if text and b"\0" not in start and not re.search(rb"[\x01-\x08\x0e-\x1a]", start) else ""
