"""Neighbours of a search that finds nothing: what its words name in another list than that of words in entries.

The HS code of goods, or of the chapter they are in; and people, organisations, goods and kinds of event by their
names, publishers too. Each has published entries, as many as it says. Terms of the glossary are searched for by
the name they have there.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext as _

from timeline import hs
from timeline.models import FacetTotal, HSCode, Term
from timeline.names import fold
from timeline.public.language import name_here, read_name
from timeline.public.wording import sentence_case

from .parameters import facets

LIMIT = 3
"""Neighbours that are named."""

MOST_WORDS = 4
"""Words of a name."""

# What is called one of these names: each record once, by how many entries it has.
CALLED = """
SELECT t.facet, r.slug, r.name, {said}, t.total FROM timeline_facettotal t JOIN timeline_{record} r ON r.id = t.value
WHERE t.facet = ANY(%s) AND (
    lower(r.name) = ANY(%s){more} OR EXISTS (
        SELECT FROM timeline_{record}name n
        WHERE n.{record}_id = r.id AND lower(n.name) = ANY(%s)
    )
)
"""
KINDS = {
    "person": (["person"], " OR lower(r.family_name) = ANY(%s)"),
    "organisation": (["organisation", "publisher"], ""),
    "commodity": (["commodity"], ""),
    "category": (["category"], ""),
}
"""The facets that have a kind of record, and by what else than its names it is called."""


class Neighbour(NamedTuple):
    """What is offered, in words before the number of entries; the filter that finds them, and how many they are."""

    label: str
    facet: str
    slug: str
    number: int


def term_called(text: str) -> str:
    """The name of the term that the words of a search are another name of; empty for none, and for its own name."""
    said = " ".join(text.split())
    found = Term.objects.filter(Q(names__name__iexact=said) | Q(names__name__iexact=fold(said)))
    return found.values_list("name", flat=True).first() or ""


def neighbours(text: str) -> list[Neighbour]:
    """What a search names, at most ``LIMIT``: of an HS code the goods, in one query; else records, in one."""
    code = _code(text)
    return list(_with_code(code) if code else _called(text))[:LIMIT]


def _code(text: str) -> str:
    """The HS code that was typed, as far as all countries share it; empty for other words."""
    try:
        return hs.read(text)
    except hs.HSError:
        plain = unicodedata.normalize("NFKC", text)
        digits = re.sub(r"[\s.]", "", plain)
        return digits[:6] if re.fullmatch(r"[0-9]{7,10}", digits) else ""


def _with_code(code: str) -> Iterator[Neighbour]:
    """Goods whose code begins this one or goes on from it; if there are none, those of its chapter."""
    totals = FacetTotal.objects.filter(facet="commodity", total__gt=0)
    listed = HSCode.objects.filter(code__startswith=code[:2], commodity__in=totals.values("value"))
    rows = list(listed.order_by("code").values_list("code", "commodity", "commodity__slug", "commodity__name"))
    near = [row for row in rows if code.startswith(row[0]) or row[0].startswith(code)]
    number = dict(totals.filter(value__in={row[1] for row in rows}).values_list("value", "total"))
    for own, pk, slug, name in sorted(near or rows, key=lambda row: (-len(row[0]) if near else 0, row[0])):
        if pk in number:
            yield Neighbour(_level(own) % {"code": own, "name": name}, "commodity", slug, number[pk])


def _level(code: str) -> str:
    if len(code) == 2:
        return _("%(code)s is a chapter of %(name)s:")
    return _("%(code)s is a heading of %(name)s:") if len(code) == 4 else _("%(code)s is a subheading of %(name)s:")


def _called(text: str) -> Iterator[Neighbour]:
    names = list(_names(text))
    if not names:
        return
    parts, values = [], []
    for record, (filters, more) in KINDS.items():
        said = name_here(facets()[filters[0]].model, "r")
        parts.append(CALLED.format(record=record, more=more, said=said))
        values += [filters, names, *([names] if more else []), names]
    with connection.cursor() as cursor:
        cursor.execute(f"{' UNION ALL '.join(parts)} ORDER BY total DESC, facet, slug LIMIT {LIMIT}", values)
        rows = cursor.fetchall()
    for facet, slug, name, said, number in rows:
        one, name = facets()[facet], read_name(name, said)
        yield Neighbour(f"{sentence_case(one.say(one.phrase, name))}:", facet, slug, number)


def _names(text: str) -> Iterator[str]:
    """What in a search may be a name: the words as typed, up to ``MOST_WORDS`` of them, and the same folded.

    What is left out is not meant.
    """
    text = re.sub(r"(?:^|\s)[-－−ー](?:\"[^\"]*\"?|\S+)", " ", text)
    words = re.findall(r"[^\s\"“”„「」『』-]\S*", text.replace('"', " ").lower())
    said = {" ".join(words)} | {
        " ".join(words[start : start + size]) for size in range(1, MOST_WORDS + 1) for start in range(len(words))
    }
    yield from sorted({name for one in said for name in (one.strip("“”„「」『』,.?!"), fold(one)) if len(name) > 1})
