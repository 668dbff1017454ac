"""The records that generated entries need: some of those that exist, and made-up ones beside them."""

import datetime
import random
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from django.db.models import Max, QuerySet
from django.utils.text import slugify

from timeline import edition, edtf
from timeline.choices import NameKind, NameOrder, OrganisationKind, Script, SourceKind
from timeline.models import Category, Commodity, Organisation, Person, PersonName, Position, Source
from timeline.models.ids import reserve

from .bulk import Related, Row, Rows
from .words import FAMILY_NAMES, GIVEN_NAMES, WESTERN_FAMILY_NAMES, WESTERN_GIVEN_NAMES, Language, Zipf

PREFIX = "generated-"
"""Keys of everything made here start with this."""

TERMS = {"tariff": 0.35, "automobile": 0.08, "gallium": 0.01, "zaibatsu": 0.001}
"""Words to search for, and the share of the generated entries that have them."""

LAST_DAY = datetime.date(2025, 12, 31)

AT_A_TIME = 10_000
"""Rows of sources kept in memory."""

OFFICES = ["Minister for {}", "Deputy minister for {}", "Under secretary for {}", "Ambassador for {}", "Chair of {}"]


@cache
def period(text: str) -> str | None:
    """An EDTF text as PostgreSQL's daterange."""
    if not text:
        return None
    date = edtf.parse(text)
    return f"[{date.lower or ''},{date.upper or ''})"


def sources_by_id(ids: list[int]) -> dict[int, Source]:
    """Sources with all that entries say of them."""
    return Source.objects.select_related("publisher", "derived_from").in_bulk(ids)


class PersonRow(Row):
    """A person as it stands in entries."""

    positions_on = Person.positions_on


class Records:
    """Made for entries on ``days``, in order: organisations, people and sources, with all that entries name.

    ``people``, ``organisations``, ``standing_sources``  draw ids; ``sources`` are in the order of their dates
    ``standing``                                         the latter by id
    ``categories``, ``commodities``                      ids by the term that they name, "" for none
    ``rows``                                             what documents say of all but sources, by id
    """

    def __init__(self, rng: random.Random, language: Language, days: list[datetime.date]) -> None:
        self.rng, self.language, self.number = rng, language, len(days)
        self.categories = {term: self._existing(Category, ["name"], term) for term in ("", "tariff")}
        self.commodities = {term: self._existing(Commodity, ["name", "names__name"], term) for term in ("", *TERMS)}
        actors = Organisation.objects.exclude(kind__in=[OrganisationKind.MEDIA, OrganisationKind.AGGREGATOR])
        organisations = self._existing(actors, ["name", "names__name"])
        people = self._existing(Person, ["name", "names__name", "positions__title"])
        sources = self._existing(Source, ["title", "byline", "publisher__name", "derived_from__title"], use="evidence")
        publishers = self._organisations("Daily", OrganisationKind.MEDIA, "publisher")
        organisations += self._organisations("Works", OrganisationKind.COMPANY, "company")
        self.organisations = Zipf(rng, self._shuffled(organisations))
        self.people = Zipf(rng, self._shuffled(people + self._people()))
        self.standing_sources = Zipf(rng, self._shuffled(sources))
        self.standing = sources_by_id(sources)
        self.sources = self._sources(days, publishers)
        edition.refresh_names((model, pk) for model, pk in self._named())
        self.rows: dict[type[Any], dict[int, Row]] = {
            Category: self._rows(Category, "names"),
            Commodity: self._rows(Commodity, "names", "hs_codes"),
            Organisation: self._rows(Organisation, "names"),
            Person: self._rows(Person, "names", "positions"),
        }

    def _named(self) -> Iterable[tuple[type[Any], int]]:
        for model in (Person, Organisation):
            ids = model._default_manager.filter(key__startswith=PREFIX).values_list("pk", flat=True)
            yield from ((model, pk) for pk in ids)

    def _rows(self, model: type[Any], *relations: str) -> dict[int, Row]:
        kind = PersonRow if model is Person else Row
        return {
            record.pk: kind({**vars(record), **{name: Related(getattr(record, name).all()) for name in relations}})
            for record in model._default_manager.prefetch_related(*relations)
        }

    def _existing(self, records: Any, texts: Sequence[str], term: str = "", **conditions: Any) -> list[int]:
        """Ids of the records that exist already and name ``term``; without it, that name none of ``TERMS``.

        Their words count in a search, and the share of each term is meant to be known.
        """
        rows = records if isinstance(records, QuerySet) else records._default_manager.all()
        rows = rows.filter(**conditions).exclude(key__startswith=PREFIX).order_by("key")
        naming: dict[int, set[str]] = {}
        for pk, *words in rows.values_list("pk", *texts):
            text = " ".join(filter(None, words)).lower()
            naming.setdefault(pk, set()).update(one for one in TERMS if one in text)
        return [pk for pk, terms in naming.items() if (term in terms if term else not terms)]

    def _shuffled(self, items: list[int]) -> list[int]:
        return self.rng.sample(items, len(items))

    def _size(self, share: int, least: int, most: int) -> int:
        """One for so many entries, within limits."""
        return min(max(self.number // share, least), most)

    def _organisations(self, word: str, kind: str, what: str) -> list[int]:
        ids = reserve(Organisation, self._size(400, 8, 150))
        rows = Rows(Organisation)
        for serial, pk in enumerate(ids, 1):
            key = f"{PREFIX}{what}-{serial}"
            name = f"{self.language.words.one().title()} {word} {serial}"
            rows.add(id=pk, key=key, slug=key, name=name, kind=kind, country=self.rng.choice(("JP", "US")))
        rows.write()
        return ids

    def _people(self) -> list[int]:
        ids = reserve(Person, self._size(40, 12, 600))
        people, names, positions = Rows(Person), Rows(PersonName, with_id=False), Rows(Position, with_id=False)
        for serial, pk in enumerate(ids, 1):
            key = f"{PREFIX}person-{serial}"
            if serial % 2:
                (family, kanji_family), (given, kanji_given) = (
                    self.rng.choice(FAMILY_NAMES),
                    self.rng.choice(GIVEN_NAMES),
                )
                names.add(
                    sort_order=0,
                    person_id=pk,
                    name=kanji_family + kanji_given,
                    script=Script.JPAN,
                    language="ja",
                    kind=NameKind.NATIVE,
                )
                names.add(sort_order=1, person_id=pk, name=f"{family} {given}")
            else:
                family, given = self.rng.choice(WESTERN_FAMILY_NAMES), self.rng.choice(WESTERN_GIVEN_NAMES)
            people.add(
                id=pk,
                key=key,
                slug=f"{slugify(f'{given} {family}')}-{serial}",
                family_name=family,
                given_name=given,
                name=f"{given} {family}",
                name_order=NameOrder.GIVEN_FIRST,
                country="JP" if serial % 2 else "US",
            )
            start = self.rng.randint(2015, 2019)
            for place in range(self.rng.randint(1, 3)):
                end = start + self.rng.randint(1, 4)
                begins, ends = f"{start}-04-01", f"{end}-03-31"
                title = self.rng.choice(OFFICES).format(self.language.words.one())
                held = period(f"{begins}/{ends}")
                positions.add(sort_order=place, person_id=pk, title=title, start=begins, end=ends, held=held)
                start = end
        for rows in (people, names, positions):
            rows.write()
        return ids

    def _sources(self, days: list[datetime.date], publishers: list[int]) -> list[int]:
        """In the order of their dates, so that an entry finds its own near its own place."""
        ids = reserve(Source, max(self.number // 4, 1))
        number = Source.objects.aggregate(last=Max("number"))["last"] or 0
        names, rows = Zipf(self.rng, publishers), Rows(Source)
        for serial, pk in enumerate(ids):
            day = days[serial * self.number // len(ids)].isoformat()
            japanese = self.rng.random() < 0.1
            rows.add(
                id=pk,
                key=f"{PREFIX}source-{serial + 1}",
                slug=f"{PREFIX}source-{serial + 1}",
                number=number + serial + 1,
                title=self.language.japanese() if japanese else self.language.headline(),
                publisher_id=names.one(),
                byline=self._western_name() if self.rng.random() < 0.3 else "",
                url=f"https://news.example/{serial + 1}",
                address_key=f"news.example/{serial + 1}",
                published=day,
                published_period=period(day),
                accessed=LAST_DAY,
                language="ja" if japanese else "en",
                kind=self.rng.choice((SourceKind.NEWS, SourceKind.WIRE, SourceKind.PRIMARY_GOVERNMENT)),
            )
            if len(rows.rows) == AT_A_TIME:
                rows.write()
        rows.write()
        return ids

    def _western_name(self) -> str:
        return f"{self.rng.choice(WESTERN_GIVEN_NAMES)} {self.rng.choice(WESTERN_FAMILY_NAMES)}"
