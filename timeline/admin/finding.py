"""Search boxes of the admin: what an editor types, as a query on records or entries.

Entries are found as readers find them, by the same words in the same indexes, whatever the language of the page, and
drafts by words of their own (``drafts``). Of a record every word typed must occur in some name of it, in any order and
within a word too: names are folded, so ``akazawa ryosei``, ``Ryōsei``, ``赤澤`` and a listed misprint find the same
person. Wagtail's own search index is not used here: it knows neither folding nor aliases written after their record,
and its cost grows with all records of all kinds.
"""

from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q, QuerySet

from timeline import drafts, search
from timeline.edition import NAMED
from timeline.models import Commodity, EntryPage, HSCode, Organisation, PublishedEntry, SearchName, Source
from timeline.models.querysets import VECTOR_COLUMNS, VECTORS
from timeline.models.source import SAID
from timeline.names import fold
from timeline.search import MAX_LENGTH, MAX_WORDS

from .counting import are_many


def words_of(query: str) -> list[str]:
    """The words of a search, each once and no more than a person means."""
    return list(dict.fromkeys(query[:MAX_LENGTH].split()))[:MAX_WORDS]


def matching(rows: QuerySet, query: str) -> QuerySet:
    """Those of ``rows`` that an editor may mean by ``query``; all of them when it is blank."""
    words = words_of(query)
    if not words:
        return rows
    if issubclass(rows.model, EntryPage):
        return _saying(rows, query)
    if rows.model is Source:
        rows = rows.alias(said=SAID)
    for word in words:
        rows = rows.filter(_sources(word) if rows.model is Source else _named(rows.model, fold(word)))
    return rows


def _saying(entries: QuerySet, query: str) -> QuerySet:
    """Entries that say it, in what is public or in their newest version; the last word may be half typed."""
    question = search.begun(query, search.Names(query)).question()
    if question is None:
        return entries
    drafts.read_new()
    rows, hidden = PublishedEntry.objects.order_by(), drafts.matching(question)
    public, *translated = [rows.matching(question, language).values("pk") for language in ("", *VECTORS)]
    if any(map(are_many, (public, *translated))):  # each is looked at as the list meets it
        said = [Q(**{f"published__{vector}": question}) for vector in VECTOR_COLUMNS]
        return entries.filter(reduce(or_, said) | Q(pk__in=hidden))
    return entries.filter(pk__in=public.union(*translated, hidden, all=True))


def _sources(word: str) -> Q:
    """Sources with a word in their title, byline or address, or whose publisher is called so, or with that number."""
    # Known before, so that indexes can tell the rest.
    publishers = list(
        Organisation.objects.order_by().filter(_named(Organisation, fold(word))).values_list("pk", flat=True)
    )
    said = Q(said__contains=word.upper()) | Q(said__contains=fold(word).upper())
    numbered = Q(number=int(word)) if word.isascii() and word.isdigit() and len(word) < 9 else Q()
    return said | Q(publisher__in=publishers) | numbered


def _named(model: Any, word: str) -> Q:
    """Records with a folded word in one of their names; goods also by the beginning of a code."""
    if model not in NAMED:
        return Q(name__icontains=word)
    names = SearchName.objects.filter(kind=model._meta.model_name, folded__contains=word).order_by().values("record")
    found = Q(pk__in=names)
    if model is Commodity:
        found |= Q(pk__in=HSCode.objects.filter(code__contains=word).order_by().values("commodity"))
    return found
