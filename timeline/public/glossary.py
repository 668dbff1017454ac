"""The glossary in use: which of its terms the statements of an entry use, and where first.

An entry is asked about when it is shown, not when it is published: a term that is added,
reworded or deleted shows on every entry at once, and nothing about it is stored there.
"""

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.functions import JSONObject, Lower, StrIndex

from timeline.choices import NameKind, SourceUse
from timeline.models import Term, TermCitation, TermName, Translation
from timeline.models.document import (
    MetTermDocument,
    OtherNameDocument,
    StatementDocument,
    TermDocument,
)

from .language import Original, filed_of, foreign, say


def with_sources(terms: QuerySet[Term]) -> QuerySet[Term]:
    """Put on each term its ``sources``: ``[{"number", "slug"}]``, only those fit for readers."""
    cited = TermCitation.objects.filter(term=OuterRef("pk"), source__use=SourceUse.EVIDENCE)
    listed = cited.order_by("source__number").distinct("source__number")
    return terms.annotate(
        sources=ArraySubquery(listed.values(json=JSONObject(number="source__number", slug="source__slug")))
    )


def term_document(term: Term) -> TermDocument:
    """What readers may know of a term that :func:`with_sources` fetched."""
    return {
        "slug": term.slug,
        "url": term.get_absolute_url(),
        "name": term.name,
        "definition": term.definition,
        "sources": term.sources,
    }


def other_names(term: Term) -> list[OtherNameDocument]:
    """The further names of a term that readers see: ``[{"name", "language"}]``."""
    shown = (row for row in term.names.all() if row.kind in NameKind.shown() and row.name != term.name)
    return [{"name": row.name, "language": row.language} for row in shown]


def terms_of(statements: list[StatementDocument]) -> list[MetTermDocument]:
    """The terms that the statements of an entry use, in the order in which a reader meets them.

    Each is a :func:`term_document` with ``statement``, ``start`` and ``end``: the id of the
    statement where it stands first, and the place in its text. One query, which fetches
    little more than it returns: terms whose letters stand in the text.
    """
    text = "\n".join(statement["text"] for statement in statements)
    patterns = list(_used(text))
    met: dict[str, MetTermDocument] = {}
    for statement in statements:
        for term, start, end in _places(statement["text"], patterns):
            met.setdefault(term["slug"], {**term, "statement": statement["id"], "start": start, "end": end})
    return list(met.values())


TEXT = "the text of an entry"
"""Stands in the statement for what differs from entry to entry."""


@cache
def _statement(language: str, _shown: str) -> tuple[str, tuple[Any, ...]]:
    """The statement that finds the terms of a text, and its parameters. To build it takes longer than to ask it.

    It looks for the letters of each name; that they are words of their own is for the pattern. PostgreSQL keeps 32
    patterns compiled: to compare a text with those of a whole glossary took it 15 ms.
    """

    def stands(name: str) -> Any:
        return StrIndex(Value(TEXT, output_field=TextField()), Lower(name))

    names = TermName.objects.alias(at=stands("name")).filter(term=OuterRef("pk"), at__gt=0)
    used: Any = Q(at__gt=0) | Exists(names)
    if language:
        called = Translation.objects.shown().filter(kind="terms", language=language, segment="name")
        used |= Q(key__in=called.alias(at=stands("words")).filter(at__gt=0).values("record"))
    found = with_sources(Term.objects.alias(at=stands("name")).filter(used))
    filed = filed_of(Term) if language else Value(None, output_field=TextField())
    return found.values_list("slug", "name", "definition", "sources", "pattern", filed).query.sql_with_params()


def _used(text: str) -> Iterator[tuple[TermDocument, re.Pattern[str]]]:
    """The terms whose letters stand in a text, in the language of the page, each with its pattern: one query."""
    sql, parameters = _statement(foreign(), settings.TRANSLATIONS_SHOWN)
    letters = " ".join(text.lower().split())
    with connection.cursor() as cursor:
        cursor.execute(sql, [letters if one == TEXT else one for one in parameters])
        for slug, name, definition, sources, pattern, filed in cursor.fetchall():
            term = Term(slug=slug, name=name, definition=definition)
            if filed is not None:
                say(term, filed)
            term.sources = [json.loads(one) for one in sources]
            own = re.escape(term.name) if foreign() and not isinstance(term.name, Original) else ""
            yield term_document(term), re.compile("|".join(filter(None, [own, pattern])), re.IGNORECASE)


def _places(text: str, patterns: list[tuple[TermDocument, re.Pattern[str]]]) -> list[tuple[TermDocument, int, int]]:
    """Where terms stand in ``text``; of two that overlap the earlier one, then the longer one."""
    found = [
        (match.start(), -match.end(), number)
        for number, (_term, pattern) in enumerate(patterns)
        for match in pattern.finditer(text)
    ]
    places: list[tuple[TermDocument, int, int]] = []
    reached = 0
    for start, minus_end, number in sorted(found):
        if start >= reached:
            reached = -minus_end
            places.append((patterns[number][0], start, reached))
    return places
