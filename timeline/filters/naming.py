"""Whose name some words are: a person's, as far as readers may know of them."""

from django.db.models import Q

from timeline.models import FacetTotal, Person


def person_called(words: str) -> str:
    """The slug of the one person of published entries whose name these words are; empty for none or several."""
    public = FacetTotal.objects.filter(facet="person").values("value")
    named = Q(family_name__iexact=words) | Q(name__iexact=words) | Q(names__name__iexact=words)
    found = Person.objects.filter(named, pk__in=public).values_list("slug", flat=True).distinct()[:2]
    return found[0] if len(found) == 1 else ""
