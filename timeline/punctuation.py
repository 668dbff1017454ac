"""Punctuation by language: how a sentence ends, how lists are parted, and what stands around a quotation."""

from collections.abc import Iterable
from typing import NamedTuple

from django.utils.translation import get_language


class Marks(NamedTuple):
    """The marks of a language; ``quotes`` is a pattern with a ``%s``."""

    stop: str
    comma: str
    semicolon: str
    colon: str
    quotes: str


ENGLISH = Marks(".", ", ", "; ", ": ", "“%s”")
JAPANESE = Marks("。", "、", "、", "：", "「%s」")


def marks(language: str = "") -> Marks:
    """Those of a language, or of the page."""
    return JAPANESE if (language or get_language() or "").startswith("ja") else ENGLISH


def listed(parts: Iterable[str]) -> str:
    """ "A, B, C"."""
    return marks().comma.join(parts)


def quoted(text: str) -> str:
    """Words in quotation marks."""
    return marks().quotes % text
