"""The glossary in use: which of its terms the statements of an entry use, and where first.

An entry is asked about when it is shown, not when it is published: a term that is added,
reworded or deleted shows on every entry at once, and nothing about it is stored there.
"""

import json
import re
from collections.abc import Sequence
from functools import cache, lru_cache
from itertools import chain
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.functions import JSONObject, Lower, StrIndex

from timeline.choices import NameKind, SourceUse
from timeline.models import Edition, State, Term, TermCitation, TermName, Translation
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


def terms_of(statements: list[StatementDocument], edition: Edition) -> list[MetTermDocument]:
    """The terms that the statements of an entry use, in the order in which a reader meets them.

    Each is a :func:`term_document` with ``statement``, ``start`` and ``end``: the id of the
    statement where it stands first, and the place in its text. A glossary is asked for once an edition; of one that is
    as long as a book, each entry asks for the terms whose letters stand in its text: one query.
    """
    text = "\n".join(statement["text"] for statement in statements)
    letters = " ".join(text.lower().split())
    whole = _whole(edition.state, foreign(), settings.TRANSLATIONS_SHOWN)
    used = _asked(letters) if whole is None else [one for one in whole if any(name in letters for name in one.letters)]
    met: dict[str, MetTermDocument] = {}
    for statement in statements:
        for term, start, end in _places(statement["text"], used):
            met.setdefault(term["slug"], {**term, "statement": statement["id"], "start": start, "end": end})
    return list(met.values())


class Known(NamedTuple):
    """A term in the language of the page, the pattern of its names, and the letters of each of them."""

    document: TermDocument
    pattern: re.Pattern[str]
    letters: list[str]


MOST_KNOWN = 300
"""Terms that each process remembers: to look for the letters of all in a long entry takes a third of a millisecond."""


@lru_cache(maxsize=4)
def _whole(_state: State, language: str, _shown: str) -> list[Known] | None:
    """All terms of an edition in a language, if they are no more than ``MOST_KNOWN``: one query."""
    names = TermName.objects.filter(term=OuterRef("pk")).annotate(letters=Lower("name")).values("letters")
    called = _called(language).filter(record=OuterRef("key")).annotate(letters=Lower("words")).values("letters")
    terms = _shown_here(Term.objects.annotate(own=Lower("name")), language)
    others = [ArraySubquery(names), *([ArraySubquery(called)] if language else [])]
    rows = list(terms.values_list(*SHOWN, "own", *others)[: MOST_KNOWN + 1])
    if len(rows) > MOST_KNOWN:
        return None
    shown = len(SHOWN)
    return [_read(row[:shown], [row[shown], *chain.from_iterable(row[shown + 1 :])]) for row in rows]


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
        used |= Q(key__in=_called(language).alias(at=stands("words")).filter(at__gt=0).values("record"))
    terms = _shown_here(Term.objects.alias(at=stands("name")).filter(used), language)
    return terms.values_list(*SHOWN).query.sql_with_params()


def _asked(letters: str) -> list[Known]:
    """The terms whose letters stand in a text, in the language of the page: one query."""
    sql, parameters = _statement(foreign(), settings.TRANSLATIONS_SHOWN)
    with connection.cursor() as cursor:
        cursor.execute(sql, [letters if one == TEXT else one for one in parameters])
        return [_read(row, []) for row in cursor.fetchall()]


def _called(language: str) -> QuerySet[Translation]:
    """What terms are called in a language."""
    return Translation.objects.shown().filter(kind="terms", language=language, segment="name")


SHOWN = ("slug", "name", "definition", "sources", "pattern", "filed")
"""The columns of :func:`_shown_here`."""


def _shown_here(terms: QuerySet[Term], language: str) -> QuerySet[Term]:
    filed = filed_of(Term) if language else Value(None, output_field=TextField())
    return with_sources(terms).annotate(filed=filed)


def _read(row: Sequence[Any], letters: list[str]) -> Known:
    slug, name, definition, sources, pattern, filed = row
    term = Term(slug=slug, name=name, definition=definition)
    if filed is not None:
        say(term, filed)
    term.sources = [json.loads(one) if isinstance(one, str) else one for one in sources]
    own = re.escape(term.name) if foreign() and not isinstance(term.name, Original) else ""
    return Known(term_document(term), re.compile("|".join(filter(None, [own, pattern])), re.IGNORECASE), letters)


def _places(text: str, terms: list[Known]) -> list[tuple[TermDocument, int, int]]:
    """Where terms stand in ``text``; of two that overlap the earlier one, then the longer one."""
    found = [
        (match.start(), -match.end(), number)
        for number, term in enumerate(terms)
        for match in term.pattern.finditer(text)
    ]
    places: list[tuple[TermDocument, int, int]] = []
    reached = 0
    for start, minus_end, number in sorted(found):
        if start >= reached:
            reached = -minus_end
            places.append((terms[number].document, start, reached))
    return places
