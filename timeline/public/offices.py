"""Who held which public office on a day, as far as sources say; and of which offices they do not say it."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from timeline.choices import OrganisationKind
from timeline.models import Organisation, Person, Position

from .document import position_document
from .language import filed_of_group, foreign, office_title, read_words, said_here, title_held, translated_here

PUBLIC = (OrganisationKind.GOVERNMENT, OrganisationKind.LEGISLATURE, OrganisationKind.STATE)
MOST = 100
"""Offices that are listed."""

WHO = ("person", "organisation")

Office = tuple[int, str]
"""The id of an organisation, and a title there."""


def offices(day: datetime.date, people: QuerySet[Person]) -> list[dict[str, Any]]:
    """Who held each office on a day, and the offices whose holder then is in no source. Three queries.

    Of those of whom no end is recorded the last who came is named: an earlier one has left. Who held the same office
    on days that no source gives stands beside them (``others``). An office that two people are known to have
    held is one that goes on; of any other nothing is said where nobody is known.
    """
    positions = Position.objects.filter(organisation__kind__in=PUBLIC, person__in=people.values("pk"))
    held = _held(positions, day)
    empty = _empty(positions, day)
    undated = _undated(positions, {*(_office(row) for row in held if not row.end), *empty})
    rows = [_holder(row, undated[_office(row)]) for row in held]
    rows += [_nobody(words, undated[office]) for office, words in empty.items()]
    return sorted(rows, key=_order)


def _held(positions: QuerySet[Position], day: datetime.date) -> list[Position]:
    rows = said_here(positions.filter(held__contains=day).select_related("person", "organisation", "source"), *WHO)
    found = list(rows.order_by("held", "pk")[:MOST])
    latest = {_office(row): row for row in found}
    return [row for row in found if row.end or latest[_office(row)] is row]


def _empty(positions: QuerySet[Position], day: datetime.date) -> dict[Office, dict[str, str]]:
    """The offices that go on of which nobody is known on a day, with the words of their organisation."""
    known = positions.values("organisation", "title").annotate(
        name=F("organisation__name"),
        slug=F("organisation__slug"),
        country=F("organisation__country"),
        people=Count("person", distinct=True),
        dated=Count("held"),
        then=Count("pk", filter=Q(held__contains=day)),
    )
    if foreign():  # whoever held an office, it is called the same
        known = known.annotate(
            said=filed_of_group(Organisation, "organisation__"), called=filed_of_group(Person, "person__")
        )
    rows = known.filter(people__gt=1, dated__gt=0, then=0).order_by("country", "name", "title")[:MOST]
    return {(row["organisation"], row["title"]): _office_here(row) for row in rows}


def _office_here(row: dict[str, Any]) -> dict[str, Any]:
    name = translated_here(row["name"], read_words(row.get("said")).get("name"))
    return {**row, "name": name, "title": office_title(row["title"], read_words(row.get("called")))}


def _undated(positions: QuerySet[Position], asked: set[Office]) -> defaultdict[Office, list[dict[str, str]]]:
    """Who held each of these offices on days that are in no source."""
    found: defaultdict[Office, list[dict[str, str]]] = defaultdict(list)
    rows = positions.filter(held=None, organisation__in={organisation for organisation, _title in asked})
    rows = said_here(rows.select_related("person"), "person", parts=False)
    for row in rows.order_by("person__family_name", "pk")[: 5 * MOST]:
        if _office(row) in asked:
            found[_office(row)].append({"name": row.person.name, "href": row.person.get_absolute_url()})
    return found


def _office(row: Position) -> Office:
    return row.organisation_id or 0, row.title


def _holder(row: Position, others: Iterable[dict[str, str]]) -> dict[str, Any]:
    country = row.organisation.country if row.organisation else ""
    person = {"name": row.person.name, "href": row.person.get_absolute_url()}
    said = {"title": title_held(row, row.person)}
    return {**position_document(row), **person, **said, "country": country, "others": list(others)}


def _nobody(words: dict[str, str], others: Iterable[dict[str, str]]) -> dict[str, Any]:
    return {
        "title": words["title"],
        "organisation": {"slug": words["slug"], "name": words["name"]},
        "start": "",
        "end": "",
        "acting": False,
        "source": None,
        "name": "",
        "href": "",
        "country": words["country"],
        "others": list(others),
    }


def _order(row: dict[str, Any]) -> tuple[str, str, str, str]:
    organisation = row["organisation"]
    return row["country"], organisation["name"] if organisation else "", row["title"], row["start"]
