"""What is found in a page or a file, and plain text made of whatever a stranger wrote."""

import re
from dataclasses import dataclass

from timeline.names import strip_control

HTML, PDF, TEXT = "text/html", "application/pdf", "text/plain"

MAX_TEXT = 1_000_000

# Marks that turn text around or hide in it (UAX #9 section 2; zero-width space, soft hyphen, BOM).
_HIDDEN = re.compile("[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


@dataclass(frozen=True)
class Article:
    """What was found; each field is "" when it was not.

    ``byline`` has several authors parted by "; ". ``published`` is EDTF text, and ``printed`` are days that stand in
    the page for everybody to read, for an editor to choose from; ``language`` a primary language subtag (RFC 5646),
    ``publisher`` the name that the site gives itself, ``canonical_url`` what the page says its address is: a
    stranger's word, not checked. ``doubts`` say why this may not be the article, or not all of it (see ``walls``).
    All is one line without control characters but for ``text``, which has a line for each paragraph and may end in
    chrome (see ``chrome``).
    """

    title: str = ""
    publisher: str = ""
    byline: str = ""
    published: str = ""
    printed: tuple[str, ...] = ()
    language: str = ""
    canonical_url: str = ""
    description: str = ""
    text: str = ""
    media_type: str = ""
    doubts: tuple[str, ...] = ()


def one_line(value: object) -> str:
    """One line of plain text, from whatever a page says."""
    return " ".join(_HIDDEN.sub("", strip_control(str(value or ""))).split())


def paragraphs(text: str) -> str:
    """Plain text, a line for each paragraph, with no more than one empty line between two."""
    lines = (" ".join(line.split()) for line in _HIDDEN.sub("", strip_control(text[:MAX_TEXT])).splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
