"""The ways to storylines: from a record with entries in them, and from a search that names one."""

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Model, OuterRef, Q

from timeline.models import StorylineName
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


def storylines_named(text: str) -> list[dict[str, Any]]:
    """The storylines that a search names: by all words of a name, or by nothing but words of it. One query."""
    asked = _words(text)
    if not asked:
        return []
    others = ArraySubquery(StorylineName.objects.filter(storyline=OuterRef("pk")).values("name"))
    rows = public_storylines().order_by("position", "name").annotate(others=others)[:MOST_READ]
    found = []
    for one in rows:
        names = [_words(name) for name in (one.name, *one.others)]
        if any(name and (asked <= name or name <= asked) for name in names):
            found.append(_way(one, one.total))
    return found[:MOST]


def _words(text: str) -> set[str]:
    """The words of a text; of Japanese its pairs of characters, and one by itself only where there is no other."""
    found = {lexeme for lexeme in cut(text).lexemes if lexeme}
    return {lexeme for lexeme in found if len(lexeme) > 1 or not is_japanese(lexeme)} or found


def _way(storyline: Any, parts: int) -> dict[str, Any]:
    return {"name": storyline.name, "href": storyline.get_absolute_url(), "parts": parts, "all": storyline.total}
