"""Punctuation by language: how a sentence ends, how lists are parted, and what stands around a quotation."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from django.utils.translation import get_language


class Marks(NamedTuple):
    """The marks of a language; ``quotes`` and ``brackets`` are patterns with a ``%s``.

    ``brackets`` stand behind a word and bring the space before them; ``bar`` parts what stands in a row and is no
    sentence, ``dash`` a title from what it belongs to.
    """

    stop: str
    comma: str
    semicolon: str
    colon: str
    quotes: str
    brackets: str
    bar: str
    dash: str


ENGLISH = Marks(".", ", ", "; ", ": ", "“%s”", " (%s)", " · ", " – ")
JAPANESE = Marks("。", "、", "、", "：", "「%s」", "（%s）", "｜", "｜")


def marks(language: str = "") -> Marks:
    """Those of a language, or of the page."""
    return JAPANESE if (language or get_language() or "").startswith("ja") else ENGLISH


def listed(parts: Iterable[str]) -> str:
    """ "A, B, C"."""
    return marks().comma.join(parts)


def quoted(text: str) -> str:
    """Words in quotation marks."""
    return marks().quotes % text


def bracketed(text: str) -> str:
    """Words in brackets, to stand behind others."""
    return marks().brackets % text


def labelled(label: str, text: str) -> str:
    """ "Label: text"."""
    return f"{label}{marks().colon}{text}"


def sentences(parts: Iterable[str | None]) -> str:
    """Sentences in a row, as plain text; what is empty is none."""
    return solid(" ".join(filter(None, parts)))


_AFTER_A_MARK = re.compile(r"([。、：！？](?:</(?:a|b|i|small|span)>)*)[ \n]+(?=[^\s&])")


def solid(markup: str) -> str:
    """Markup of a page without the spaces behind marks of Japanese, which bring room of their own.

    Sentences are put together with spaces, whose languages are not known there; it is put right where they leave.
    """
    return _AFTER_A_MARK.sub(r"\1", markup) if marks() is JAPANESE else markup


_WITHIN_A_LINE = re.compile(r"(?<=[。、：！？]) +(?=\S)")


def solid_lines(text: str) -> str:
    """Plain text in the same way; its lines stay."""
    return _WITHIN_A_LINE.sub("", text) if marks() is JAPANESE else text
