"""Whose name some words are: a person's, as far as readers may know of them."""

import unicodedata

from django.db.models import Q

from timeline.models import FacetTotal, Person, SearchName
from timeline.public.language import foreign
from timeline.search.synonyms import person_keys


def person_called(words: str) -> str:
    """The slug of the one person of published entries whose name these words are; empty for none or several.

    Any name counts that leads to them in a search, with or without a title after it; so does the family name, and
    both orders of it and the given name, as readers of both languages type them.
    """
    typed = unicodedata.normalize("NFKC", words).split()
    names = SearchName.objects.filter(kind="person", key__in=person_keys(words), language__in=["", foreign()])
    named = Q(pk__in=names.values("record"))
    for name in {" ".join(typed), " ".join(reversed(typed))}:
        named |= Q(family_name__iexact=name) | Q(name__iexact=name)
    public = FacetTotal.objects.filter(facet="person").values("value")
    found = Person.objects.filter(named, pk__in=public).order_by().values_list("slug", flat=True).distinct()[:2]
    return found[0] if len(found) == 1 else ""
