"""The language of a page: the words that it adds to a document, and what is shown in the original for want of them.

A document in another language is the public document with its words replaced. Each translation says which original
words it was made from; where the document says something else, the original stands, marked as what it is in. So
nothing, not even a row that is late, can show a translation of what was corrected. DECISIONS 167.
"""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import JSONField, OuterRef, Subquery, Value
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from timeline.models import Edition, PublishedTranslation
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


PAGES = re.compile(r"/(?:[?#].*)?|/entries/[-\w]+/(?:#.*)?", re.ASCII)
"""The addresses of pages that there are in other languages, below the code of the language."""


def here(path: str) -> str:
    """The address of a page of ours in the language of this page; in the original where there is no other."""
    language = foreign()
    return f"/{language}{path}" if language and PAGES.fullmatch(path) else path


def offered(edition: Edition) -> list[str]:
    """The languages in which the site is: those into which the title of the chronology is translated."""
    return [language for language in others() if "title" in edition.words.get(language, {})]


class SamePage(NamedTuple):
    """A page in one of the languages that it is in: what the language calls itself, and its address."""

    language: str
    name: str
    path: str
    is_this: bool


def in_each(path: str, edition: Edition) -> list[SamePage]:
    """A page, by its address without a language, in each language that it is in; none where it is in one only."""
    codes = offered(edition) if PAGES.fullmatch(path) else []
    names, now = dict(settings.LANGUAGES), foreign()
    original = SamePage(settings.LANGUAGE_CODE, str(names[settings.LANGUAGE_CODE]), path, is_this=not now)
    same = [SamePage(code, str(names[code]), f"/{code}{path}", is_this=code == now) for code in codes]
    return [original, *same] if same else []


def in_language(document: EntryDocument, words: Words, language: str) -> EntryDocument:
    """``document`` in a language, as far as there are words for it. It is changed: to copy one takes longer."""
    replace(document, ENTRY + NAMED, words)
    if sentences := [sentence["text"] for sentence in document["sentences"]]:
        document["summary"] = joined(sentences)
    elif document["summary"]:
        document["summary"] = Original(document["summary"])
    for change in document["changes"]:
        for name in ("note", "wrong", "right"):
            change[name] = Original(change[name])
    document["language"] = language
    return document


def filed_here(column: str) -> Any:
    """For a queryset of published entries: a column of what is filed of each in the language of the page, or None."""
    if not foreign():
        return Value(None, JSONField())
    return Subquery(PublishedTranslation.objects.filter(entry=OuterRef("pk"), language=foreign()).values(column))


def in_this_language(document: EntryDocument, words: Words | None) -> EntryDocument:
    """``document`` in the language of the page; the document itself where it is written in that."""
    language = foreign()
    return in_language(document, words or {}, language) if language else document


def spoken(edition: Edition) -> Edition:
    """What the page of the chronology says, in the language of the page. The edition is changed, not to be saved."""
    said = said_by(edition)
    replace(said, CHRONOLOGY, edition.words.get(foreign(), {}), str)  # it stands in titles and attributes
    for name, value in said.items():
        setattr(edition, name, value)
    return edition


def said_by(edition: Edition) -> dict[str, Any]:
    """The words of the edition as the record of a pack has them."""
    names = ("title", "headline", "strapline", "imprint", "lanes", "phases", "open_questions")
    return {name: getattr(edition, name) for name in names}


def replace(record: Any, fields: Fields, words: Words, original: type[str] = Original) -> None:
    """Give each segment of a record its translation, if that was made from what it says; else the ``original``."""
    for segment in list(segments(record, fields)):
        segment.holder[segment.name] = translated(segment.text, words.get(segment.key), original)


def translated(text: str, filed: list[str] | None, original: type[str] = Original) -> str:
    """What is filed of a text, if that was made from it; else the text as the ``original``."""
    return filed[1] if filed and filed[0] == digest(text) else original(text)


def translated_here(text: str, filed: list[str] | None) -> str:
    """The text in the language of the page, or as the original."""
    return translated(text, filed) if foreign() else text


def like(text: str, made: str) -> str:
    """What was made of a text, marked as the original if that is."""
    return Original(made) if isinstance(text, Original) else made
