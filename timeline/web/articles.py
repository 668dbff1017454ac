"""Articles: what a page or a file says of itself, and its text without the chrome of its site.

Takes bytes as they came from a stranger's server or an editor's disk and never raises:
what cannot be read is empty. Nothing is fetched here.
"""

import io
import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Any

import pypdf
import trafilatura
from charset_normalizer import from_bytes
from lxml import html
from trafilatura.metadata import extract_metadata

from timeline import edtf
from timeline.names import strip_control

HTML, PDF, TEXT = "text/html", "application/pdf", "text/plain"

MAX_HTML = 5_000_000
"""Characters of a page that are read; articles have a tenth of it, chrome included."""
MAX_ELEMENTS = 15_000
"""From more than these, only the paragraphs are taken: finding the article would take seconds."""
MAX_TEXT = 1_000_000
MAX_PAGES = 300
"""Of a PDF."""

# Marks that turn text around or hide in it (UAX #9 section 2; zero-width space, soft hyphen, BOM).
_HIDDEN = re.compile("[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")

# What libraries say of hostile pages is no news.
for _name in ("trafilatura", "htmldate", "pypdf"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)


@dataclass(frozen=True)
class Article:
    """What was found; each field is "" when it was not.

    ``published`` is EDTF text, ``language`` a primary language subtag (RFC 5646), ``publisher``
    the name that the site gives itself, ``canonical_url`` what the page says its address is: a
    stranger's word, not checked. All is one line without control characters but for ``text``,
    which has a line for each paragraph and may end in chrome (see :func:`chrome_lines`).
    """

    title: str = ""
    publisher: str = ""
    byline: str = ""
    published: str = ""
    language: str = ""
    canonical_url: str = ""
    description: str = ""
    text: str = ""
    media_type: str = ""


def read(content: bytes, content_type: str = "", url: str = "") -> Article:
    """The article in ``content``, whose kind is told from the bytes.

    ``content_type`` is the header of that name (for its charset), ``url`` where it was fetched.
    An :class:`Article` without ``media_type`` is neither HTML, PDF nor text.
    """
    kind = media_type(content)
    if kind == PDF:
        return _read_pdf(content)
    if kind == HTML:
        return _read_html(decoded(content, content_type)[:MAX_HTML], url)
    if kind == TEXT:
        return from_text(decoded(content, content_type))
    return Article()


def from_text(text: str) -> Article:
    """An article that an editor pasted as text: its first line is its title if it looks like one."""
    text = _lines(text)
    first = text.partition("\n")[0]
    is_title = 10 <= len(first) <= 200 and not first.endswith((".", "。", "!", "?", ":", "”", '"', ","))
    return Article(
        title=first if is_title and "\n" in text and not first.startswith(("#", "-", "•")) else "",
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


# Encodings

_OTHER_SCRIPTS = ("CJK", "Hiragana", "Katakana", "Hangul", "Cyrillic")
_CHARSET = re.compile(rb"""charset\s*=\s*["']?([\w.:-]+)""", re.IGNORECASE)


def decoded(content: bytes, content_type: str = "") -> str:
    """Text of ``content``: as UTF-8 if it is that, whatever is declared; else as declared; else as guessed.

    Nothing but UTF-8 is well-formed UTF-8 by chance, so this order mends wrong declarations.
    """
    declared = [found[1].decode() for found in map(_CHARSET.search, [content_type.encode(), content[:4000]]) if found]
    bom = ["utf-16"] if content.startswith((b"\xff\xfe", b"\xfe\xff")) else []
    for name in [*bom, "utf-8-sig", *declared]:
        try:
            return content.decode(name)
        except (UnicodeError, LookupError):
            continue
    # Undeclared Western text is windows-1252 (HTML Standard, "determining the character encoding");
    # a guess between the Western encodings would only be worse.
    guess = from_bytes(content[:50_000]).best()
    is_other = guess is not None and any(name.startswith(_OTHER_SCRIPTS) for name in guess.alphabets)
    return content.decode(guess.encoding if guess and is_other else "cp1252", "replace")


# HTML


def _read_html(page: str, url: str) -> Article:
    try:
        tree = html.fromstring(strip_control(page).encode(), parser=html.HTMLParser(encoding="utf-8", huge_tree=False))
    except Exception:  # noqa: BLE001 - a stranger's bytes in a C library: whatever it is, there is no page
        return Article(media_type=HTML)
    article = replace(_metadata(tree, url), text=_text(tree), language=_language(tree), media_type=HTML)
    return replace(article, published=_known_day(article.published, page))


def _metadata(tree: html.HtmlElement, url: str) -> Article:
    try:
        found = extract_metadata(
            tree, default_url=url or None, date_config={"extensive_search": False, "original_date": True}
        )
    except Exception:  # noqa: BLE001 - as above
        return Article()
    host = (found.hostname or "").removeprefix("www.")
    publisher = _line(found.sitename)
    return Article(
        title=_line(found.title),
        # Where a page does not name its site, the host is given, which is no name.
        publisher="" if publisher.removeprefix("www.").casefold() == host.casefold() else publisher,
        byline=_line(found.author),  # several are parted by "; "
        published=_date(found.date),
        canonical_url=_line(found.url),
        description=_line(found.description),
    )


def _text(tree: html.HtmlElement) -> str:
    if sum(1 for _element in tree.iter()) > MAX_ELEMENTS:
        return _lines("\n".join(" ".join(paragraph.itertext()) for paragraph in tree.iter("p")))
    try:
        text = trafilatura.extract(tree, favor_precision=True, include_comments=False, include_tables=True)
    except Exception:  # noqa: BLE001 - as above
        return ""
    return _lines(text or "")


def _language(tree: html.HtmlElement) -> str:
    """What the page declares: on its root, else for Open Graph."""
    declared = [
        tree.get("lang"),
        *tree.xpath("//html/@lang | //body/@lang"),
        *tree.xpath("//meta[@property='og:locale' or @http-equiv='content-language']/@content"),
    ]
    for tag in filter(None, declared):
        primary = re.match(r"[a-z]{2,3}(?![a-z])", tag.strip().lower())
        if primary:
            return primary[0]
    return ""


# A month as pages write it, for a first of the month that may be none.
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def _known_day(published: str, page: str) -> str:
    """The date, without a first of the month that the page does not say (readers of dates fill it in)."""
    found = re.fullmatch(r"(\d{4})-(\d\d)-01", published)
    if not found:
        return published
    year, month = found.groups()
    name, number = _MONTHS[int(month) - 1], int(month)
    said = (
        rf"{year}[-/.]?0?{number}[-/.]?0?1(?!\d)|(?<!\d)0?1(?:st)?\s+{name}|{name}[a-z]*\.?\s+0?1(?:st)?(?!\d)"
        rf"|(?<!\d){number}月1日|(?<!\d)0?1[/.]0?{number}[/.]{year}|(?<!\d)0?{number}[/.]0?1[/.]{year}"
    )
    return published if re.search(said, page, re.IGNORECASE) else f"{year}-{month}"


# PDF


def _read_pdf(content: bytes) -> Article:
    try:
        reader = pypdf.PdfReader(io.BytesIO(content))
        if reader.is_encrypted:
            reader.decrypt("")
        said: Any = reader.metadata or {}
        created = str(said.get("/CreationDate") or "")
        language = str(reader.root_object.get("/Lang") or "")
        article = Article(
            title=_line(said.get("/Title")),
            byline=_line(said.get("/Author")),
            description=_line(said.get("/Subject")),
            published=_date(re.sub(r"^D:(\d{4})(\d\d)(\d\d).*", r"\1-\2-\3", created, flags=re.DOTALL)),
            language=language[:2].lower() if re.match(r"[A-Za-z]{2}(-|$)", language) else "",
            media_type=PDF,
        )
        return replace(article, text=_lines("\n".join(_pages(reader))))
    except Exception:  # noqa: BLE001 - a stranger's file: a page that cannot be read is no page
        return Article(media_type=PDF)


def _pages(reader: pypdf.PdfReader) -> Iterable[str]:
    """The text of the pages, up to the first that goes beyond what we keep."""
    length = 0
    for number in range(min(len(reader.pages), MAX_PAGES)):
        try:
            text = reader.pages[number].extract_text()
        except Exception:  # noqa: BLE001 - one bad page is no reason to lose the others
            text = ""
        yield text
        length += len(text)
        if length > MAX_TEXT:
            return


# Plain text


def _line(value: object) -> str:
    """One line of plain text, from whatever a page says."""
    return " ".join(_HIDDEN.sub("", strip_control(str(value or ""))).split())


def _lines(text: str) -> str:
    """Plain text, a line for each paragraph, with no more than one empty line between two."""
    lines = (" ".join(line.split()) for line in _HIDDEN.sub("", strip_control(text[:MAX_TEXT])).splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _date(value: object) -> str:
    try:
        return edtf.parse(str(value or "").strip()[:10]).text
    except edtf.EDTFError:
        return ""


# Chrome of the site in pasted text

_HASHTAGS = re.compile(r"(?:[#＃][^\s#＃]+\s*)+")
_FURNITURE = re.compile(
    r"advertisement|ad|sponsored|skip to (?:main )?content|share(?: (?:this )?(?:article|story|page))?|read more:?|"
    r"related (?:articles|stories|topics|news):?|recommended|most (?:read|viewed|popular)|sign up(?: for .{1,60})?|"
    r"subscribe(?: (?:now|to .{1,60}))?|log ?in|sign in|menu|search|home|follow us(?: on .{1,40})?|"
    r"copy link|print|e-?mail|facebook|twitter|x|whatsapp|linkedin|tags:?.{0,80}|cookie (?:settings|policy)|"
    r"privacy policy|terms (?:of (?:use|service)|and conditions)|all rights reserved\.?|©.{0,80}|"
    r"続きを読む|関連記事|シェアする|広告|会員登録|ログイン",
    re.IGNORECASE,
)
_NAV_WORDS, _NAV_LENGTH = 5, 40
_SENTENCE_ENDS = (".", "!", "?", "。", "！", "？", "”", "’", '"', "'", "」", "』", "…", ":", ";", ",", "、")


def chrome_lines(text: str) -> set[int]:
    """The numbers, from 0, of the lines that belong to the site and not to the article.

    These are hashtags, furniture such as “Share this article”, and what stands after the last
    sentence when it is at least two short lines that are none: names of sections and of other
    sites. A guess, for an editor to confirm.
    """
    lines = [line.strip() for line in text.splitlines()]
    chrome = {number for number, line in enumerate(lines) if _is_furniture(line)}
    numbers = reversed(range(len(lines)))
    after = list(takewhile(lambda number: not lines[number] or number in chrome or _is_link(lines[number]), numbers))
    links = [number for number in after if lines[number]]
    # A text of short lines only, such as a list, has no last sentence; and one line may be its end.
    if len(links) < len([line for line in lines if line]) and (len(links) > 1 or set(links) <= chrome):
        chrome |= set(links)
    return chrome


def strip_chrome(text: str) -> str:
    """The text without the lines that :func:`chrome_lines` names."""
    chrome = chrome_lines(text)
    kept = [line for number, line in enumerate(text.splitlines()) if number not in chrome]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


def _is_furniture(line: str) -> bool:
    return bool(_HASHTAGS.fullmatch(line) or _FURNITURE.fullmatch(line))


def _is_link(line: str) -> bool:
    """A short line that is no sentence, as the names of sections are."""
    return len(line) <= _NAV_LENGTH and len(line.split()) <= _NAV_WORDS and not line.endswith(_SENTENCE_ENDS)
