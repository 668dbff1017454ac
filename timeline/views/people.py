"""The page of a person, beside its list: the positions drawn, and who else is in the same entries."""

from collections.abc import Iterable
from typing import Any

from django.db import connection

from timeline.charts import positions as chart
from timeline.choices import PersonKind
from timeline.models import Edition, Person, Position, PublishedEntry
from timeline.models.fields import period_of
from timeline.public.coverage import last_researched
from timeline.public.language import name_here, read_name

MOST = 2000
"""Entries that are asked; of somebody with more, the others would change nothing that is seen."""

COMPANIONS = 8

BESIDE = """
SELECT other.slug, other.name, {said}, count(*) AS shared
FROM (SELECT people FROM timeline_publishedentry WHERE people @> ARRAY[%(person)s]::bigint[] LIMIT %(most)s) AS entry
CROSS JOIN unnest(entry.people) AS named(id)
JOIN timeline_person AS other ON other.id = named.id
WHERE other.id <> %(person)s AND other.kind <> %(byline)s
GROUP BY other.id
ORDER BY shared DESC, other.family_name, other.id
LIMIT %(limit)s
"""


def beside(person: Person) -> list[dict[str, Any]]:
    """Who appears most often in the same entries: ``{"name", "href", "count"}``. One query."""
    asked = {"person": person.pk, "most": MOST, "byline": PersonKind.BYLINE, "limit": COMPANIONS}
    with connection.cursor() as cursor:
        cursor.execute(BESIDE.format(said=name_here(Person, "other")), asked)
        return [
            {"name": read_name(name, said), "href": f"/people/{slug}/", "count": count}
            for slug, name, said, count in cursor.fetchall()
        ]


def positions_chart(person: Person, positions: Iterable[Position], edition: Edition) -> dict[str, Any] | None:
    """The positions over time with the entries; None when no position is dated. One query."""
    held = [_held(position) for position in positions]
    if not any(position.is_dated for position in held):
        return None
    named = PublishedEntry.objects.filter(people__contains=[person.pk]).chronological()
    days = list(named.values_list("sort_date", flat=True)[:MOST])
    drawing = chart.draw(held, days, last_researched(edition.coverage))
    return {"drawing": drawing, "open": any(not (one.start and one.stop) for one in held if one.is_dated)}


def _held(position: Position) -> chart.Held:
    start, end = period_of(position.start), period_of(position.end)
    return chart.Held(
        title=position.title,
        start=start.lower if start else None,
        stop=end.upper if end else None,
        is_sourced=position.source is not None and position.source.is_public,
    )
