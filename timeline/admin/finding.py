"""Search boxes of the admin: what an editor types, as a query on records or entries.

Every word typed must occur in some name of a record, in any order: names are folded,
so ``akazawa ryosei``, ``Ryōsei``, ``赤澤`` and a listed misprint find the same person.
Wagtail's own search index is not used here: it knows neither folding nor aliases
written after their record, and its cost grows with all records of all kinds.
"""

from collections import defaultdict
from typing import Any

from django.db.models import Model, Q, QuerySet

from timeline.models import Commodity, EntryPage, Source
from timeline.names import fold
from timeline.search import MAX_LENGTH, MAX_WORDS

SOURCE_TEXTS = ["title", "byline", "url", "publisher__name", "publisher__names__name"]
ENTRY_TEXTS = [
    "title",
    "draft_title",
    "summary",
    "place",
    "statements__text",
    "entry_people__person__name",
    "entry_people__person__names__name",
    "entry_organisations__organisation__name",
    "entry_organisations__organisation__names__name",
    "entry_commodities__commodity__name",
    "entry_commodities__commodity__names__name",
]


def words_of(query: str) -> list[str]:
    """The words of a search, each once and no more than a person means."""
    return list(dict.fromkeys(query[:MAX_LENGTH].split()))[:MAX_WORDS]


def matching(rows: QuerySet, query: str) -> QuerySet:
    """Those of ``rows`` that an editor may mean by ``query``; all of them when it is blank."""
    words = words_of(query)
    if not words:
        return rows
    if issubclass(rows.model, EntryPage):
        return _containing(rows, words, ENTRY_TEXTS)
    if issubclass(rows.model, Source):
        return _containing(rows, words, SOURCE_TEXTS)
    return rows.filter(pk__in=_named(rows.model, [fold(word) for word in words]))


def _containing(rows: QuerySet, words: list[str], texts: list[str]) -> QuerySet:
    """Rows with every word in one of their texts, or in those of one of their own rows.

    Each relation is a subquery of its own: joined in one query, the rows of an entry
    would multiply each other.
    """
    everything = rows.model._default_manager
    for word in words:
        somewhere = Q(number=int(word)) if _is_number(rows.model, word) else Q()
        for text in texts:
            here = Q(**{f"{text}__icontains": word}) | Q(**{f"{text}__icontains": fold(word)})
            related = "__" in text
            somewhere |= Q(pk__in=everything.filter(here).values("pk")) if related else here
        rows = rows.filter(somewhere)
    return rows


def _is_number(model: type[Model], word: str) -> bool:
    return model is Source and word.isascii() and word.isdigit() and len(word) < 9


def _named(model: Any, words: list[str]) -> list[int]:
    """The ids of records whose names, folded, hold all the words."""
    relation = model._meta.model_name
    texts: defaultdict[int, str] = defaultdict(str)
    known = list(model.objects.values_list("pk", "name"))
    if hasattr(model, "names"):
        known += model.names.rel.related_model.objects.values_list(relation, "name")
    if model is Commodity:
        known += model.hs_codes.rel.related_model.objects.values_list(relation, "code")
    for pk, name in known:
        texts[pk] += f" {fold(name)}"
    return [pk for pk, text in texts.items() if all(word in text for word in words)]
