"""The language of a page: the words that it adds to a document, and what is shown in the original for want of them.

A document in another language is the public document with its words replaced. Each translation says which original
words it was made from; where the document says something else, the original stands, marked as what it is in. So
nothing, not even a row that is late, can show a translation of what was corrected. DECISIONS 167.
"""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from timeline.models import Edition
from timeline.models.document import EntryDocument
from timeline.segments import CHRONOLOGY, ENTRY, NAMED, Fields, digest, segments
from timeline.text.sentences import joined

Words = Mapping[str, list[str]]
"""``[digest of the original words, translation]`` by the key of the segment."""


class Original(str):
    """A text that is shown in the original, on a page in another language. In markup it says in which."""

    __slots__ = ()

    def __html__(self) -> SafeString:
        return format_html('<span lang="{}">{}</span>', settings.LANGUAGE_CODE, str(self))


def foreign() -> str:
    """The language in which the page is, if that is not the one in which the chronology is written."""
    language = get_language() or settings.LANGUAGE_CODE
    return "" if language == settings.LANGUAGE_CODE else language


def others() -> list[str]:
    """The languages into which the chronology may be translated."""
    return [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]


def in_language(document: EntryDocument, words: Words, language: str) -> EntryDocument:
    """``document`` in a language, as far as there are words for it."""
    translated = deepcopy(document)
    replace(translated, ENTRY + NAMED, words)
    sentences = [sentence["text"] for sentence in translated["sentences"]]
    if sentences:
        translated["summary"] = joined(sentences)
    elif document["summary"]:
        translated["summary"] = Original(document["summary"])
    translated["language"] = language
    return translated


def in_this_language(document: EntryDocument, words: Words | None) -> EntryDocument:
    """``document`` in the language of the page; the document itself where it is written in that."""
    language = foreign()
    return in_language(document, words or {}, language) if language else document


def spoken(edition: Edition) -> Edition:
    """What the page of the chronology says, in the language of the page. The edition is changed, and never saved."""
    language = foreign()
    if language:
        said = said_by(edition)
        replace(said, CHRONOLOGY, edition.words.get(language, {}))
        for name, value in said.items():
            setattr(edition, name, value)
    return edition


def said_by(edition: Edition) -> dict[str, Any]:
    """The words of the edition as the record of a pack has them."""
    names = ("title", "headline", "strapline", "imprint", "lanes", "phases", "open_questions")
    return {name: getattr(edition, name) for name in names}


def replace(record: Any, fields: Fields, words: Words) -> None:
    """Give each segment of a record its translation, if that was made from what it says; else mark the original."""
    for segment in list(segments(record, fields)):
        of, translation = words.get(segment.key, ("", ""))
        is_fresh = of == digest(segment.text)
        segment.holder[segment.name] = translation if is_fresh else Original(segment.text)


def is_original(text: str) -> bool:
    """Whether it is shown in the original although the page is in another language."""
    return isinstance(text, Original)
