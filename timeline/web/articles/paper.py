"""A PDF: what it says of itself, and its text.

The day the file was made is not the day it was published: a ministry prints a report of July anew in November. So
``published`` stays empty, and the days that its first page shows are offered.
"""

import io
import re
from collections.abc import Iterable
from typing import Any

import pypdf

from .article import MAX_TEXT, PDF, Article, one_line, paragraphs
from .bylines import joined
from .days import MOST, MOST_LINES, printed

MAX_PAGES = 300


def read(content: bytes) -> Article:
    try:
        reader = pypdf.PdfReader(io.BytesIO(content))
        if reader.is_encrypted:
            reader.decrypt("")
        said: Any = reader.metadata or {}
        language = str(reader.root_object.get("/Lang") or "")
        text = paragraphs("\n".join(_pages(reader)))
        return Article(
            title=_title(one_line(said.get("/Title"))),
            byline=joined([one_line(said.get("/Author"))]),
            description=one_line(said.get("/Subject")),
            printed=tuple(printed(text.splitlines()[:MOST_LINES]))[:MOST],
            language=language[:2].lower() if re.match(r"[A-Za-z]{2}(-|$)", language) else "",
            text=text,
            media_type=PDF,
        )
    except Exception:  # noqa: BLE001 - a stranger's file: a page that cannot be read is no page
        return Article(media_type=PDF)


def _title(said: str) -> str:
    """The title, unless it is the name of a file that a word processor put there."""
    return "" if re.fullmatch(r"(?:Microsoft Word - )?\S+\.\w{2,5}|untitled", said, re.IGNORECASE) else said


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
