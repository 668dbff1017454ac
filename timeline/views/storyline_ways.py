"""The ways to storylines: from a record with entries in them, and from a search that names one."""

from functools import lru_cache
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Model, OuterRef, Q
from django.utils.translation import get_language

from timeline.models import Edition, State, StorylineName
from timeline.text.words import cut, is_japanese

from .public_records import public_storylines

MOST = 6
"""Storylines that are named at one place."""

MOST_READ = 200
"""Storylines whose names a search is held against, those that editors put first."""


def storylines_about(column: str, record: Model) -> list[dict[str, Any]]:
    """The storylines with entries about a record, those with most of them first. One query.

    ``column`` is that of published entries which holds the ids of such records.
    """
    about = Q(**{f"steps__entry__published__{column}__contains": [record.pk]})
    found = public_storylines().filter(about).annotate(parts=Count("steps", distinct=True))
    return [_way(one, one.parts) for one in found.order_by("-parts", "position", "name")[:MOST]]


def storylines_named(text: str, edition: Edition) -> list[dict[str, Any]]:
    """The storylines that a search names: by all words of a name, or by nothing but words of it.

    The first search of an edition asks one query for all.
    """
    asked = _words(text)
    known = _named(edition.state, get_language() or "") if asked else []
    return [way for way, names in known if any(asked <= name or name <= asked for name in names)][:MOST]


@lru_cache(maxsize=4)
def _named(_state: State, _language: str) -> list[tuple[dict[str, Any], list[set[str]]]]:
    """The way to each storyline of an edition, in a language, with the words of each of its names: one query."""
    others = ArraySubquery(StorylineName.objects.filter(storyline=OuterRef("pk")).values("name"))
    rows = public_storylines().order_by("position", "name").annotate(others=others)[:MOST_READ]
    return [
        (_way(one, one.total), [words for name in (one.name, *one.others) if (words := _words(name))]) for one in rows
    ]


def _words(text: str) -> set[str]:
    """The words of a text; of Japanese its pairs of characters, and one by itself only where there is no other."""
    found = {lexeme for lexeme in cut(text).lexemes if lexeme}
    return {lexeme for lexeme in found if len(lexeme) > 1 or not is_japanese(lexeme)} or found


def _way(storyline: Any, parts: int) -> dict[str, Any]:
    return {"name": storyline.name, "href": storyline.get_absolute_url(), "parts": parts, "all": storyline.total}
