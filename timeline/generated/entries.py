"""Made-up entries in any number, for measuring and for trying things out.

Everything follows from the seed: the same seed makes the same rows beside the same
records. The words are nonsense, but they are spread as in a language (Zipf), and four
of them occur at known rates, so that a search can be measured: see ``TERMS``.
"""

import datetime
import itertools
import random
import uuid
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import F, Max, Model, Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils.text import slugify
from wagtail.models import Page, PageLogEntry, ReferenceIndex, Revision
from wagtail.search.models import IndexEntry

from timeline import edtf
from timeline.choices import (
    DateBasis,
    DateExtent,
    EventRole,
    FigureStatus,
    MeasureDateKind,
    NameKind,
    NameOrder,
    Nature,
    OrganisationKind,
    Qualifier,
    Script,
    SourceKind,
    Weight,
)
from timeline.models import (
    Account,
    Category,
    ChronologyPage,
    Citation,
    Commodity,
    Disagreement,
    EntryCommodity,
    EntryOrganisation,
    EntryPage,
    EntryPerson,
    FailedPublication,
    Figure,
    FigureCitation,
    Follow,
    LinkCheck,
    MeasureDate,
    Organisation,
    Person,
    PersonName,
    Position,
    PublishedEntry,
    Snapshot,
    Source,
    SourceAddress,
    Statement,
    Version,
    Withdrawal,
)
from timeline.models.statement import ALPHABET

from .bulk import Rows, reserve
from .words import (
    FAMILY_NAMES,
    GIVEN_NAMES,
    JAPANESE_QUOTATIONS,
    WESTERN_FAMILY_NAMES,
    WESTERN_GIVEN_NAMES,
    Language,
    Zipf,
)

PREFIX = "generated-"
"""Keys of everything made here start with this."""

FIRST_DAY, LAST_DAY = datetime.date(2019, 1, 1), datetime.date(2025, 12, 31)
FIRST_PUBLISHED = datetime.datetime(2025, 1, 6, 9, tzinfo=datetime.UTC)

TERMS = {"tariff": 0.35, "automobile": 0.08, "gallium": 0.01, "zaibatsu": 0.001}
"""Words to search for, and the share of the generated entries that have them."""

OFFICES = ["Minister for {}", "Deputy minister for {}", "Under secretary for {}", "Ambassador for {}", "Chair of {}"]
PLACES = [
    ("", ""),
    ("Tokyo", "Asia/Tokyo"),
    ("Osaka", "Asia/Tokyo"),
    ("Washington, D.C.", "America/New_York"),
    ("Detroit", "America/Detroit"),
    ("Geneva", "Europe/Zurich"),
]
FIGURES: list[tuple[str, dict[str, str], tuple[int, int]]] = [
    ("Duty on {}", {"unit": "percent"}, (1, 60)),
    ("Change of {}", {"unit": "percentage_points"}, (1, 20)),
    ("Value of {}", {"unit": "money", "currency": "USD", "scale": "billion"}, (1, 600)),
    ("Cost of {}", {"unit": "money", "currency": "JPY", "scale": "trillion"}, (1, 90)),
    ("Shipments of {}", {"unit": "tonnes", "scale": "thousand"}, (5, 900)),
    ("Cars for {}", {"unit": "vehicles", "scale": "million"}, (1, 5)),
    ("Time for {}", {"unit": "minutes"}, (20, 200)),
]


@cache
def period(text: str) -> str | None:
    """An EDTF text as PostgreSQL's daterange."""
    if not text:
        return None
    date = edtf.parse(text)
    return f"[{date.lower or ''},{date.upper or ''})"


@cache
def precision(text: str) -> str:
    return str(edtf.parse(text).precision)


class Generator:
    """Writes ``number`` entries and the records they need; see :meth:`entries`.

    Nothing here keeps the table of published entries right: hand the ids that
    :meth:`entries` yields to ``edition.refresh``.
    """

    def __init__(self, chronology: ChronologyPage, number: int, seed: int) -> None:
        self.chronology, self.number = chronology, number
        self.rng = random.Random(f"nenpyo {seed}")  # noqa: S311 - predictable on purpose
        self.language = Language(self.rng)
        span = (LAST_DAY - FIRST_DAY).days + 1
        self.days = sorted(FIRST_DAY + datetime.timedelta(self.rng.randrange(span)) for _ in range(number))

    # -- records ------------------------------------------------------------------------

    def records(self) -> None:
        """Organisations, people and sources of our own, beside those that exist."""
        self.categories = {term: self._existing(Category, ["name"], term) for term in ("", "tariff")}
        self.commodities = {term: self._existing(Commodity, ["name", "names__name"], term) for term in ("", *TERMS)}
        actors = Organisation.objects.exclude(kind__in=[OrganisationKind.MEDIA, OrganisationKind.AGGREGATOR])
        organisations = self._existing(actors, ["name", "names__name"])
        people = self._existing(Person, ["name", "names__name", "positions__title"])
        sources = self._existing(Source, ["title", "byline", "publisher__name", "derived_from__title"], use="evidence")
        self.publishers = self._organisations("Daily", OrganisationKind.MEDIA, "publisher")
        organisations += self._organisations("Works", OrganisationKind.COMPANY, "company")
        self.organisations = Zipf(self.rng, self._shuffled(organisations))
        self.people = Zipf(self.rng, self._shuffled(people + self._people()))
        self.standing_sources = Zipf(self.rng, self._shuffled(sources))
        self.sources = self._sources()

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

    def _sources(self) -> list[int]:
        """In the order of their dates, so that an entry finds its own near its own place."""
        ids = reserve(Source, max(self.number // 4, 1))
        number = Source.objects.aggregate(last=Max("number"))["last"] or 0
        publishers = Zipf(self.rng, self.publishers)
        rows = Rows(Source)
        for serial, pk in enumerate(ids):
            day = self.days[serial * self.number // len(ids)].isoformat()
            japanese = self.rng.random() < 0.1
            rows.add(
                id=pk,
                key=f"{PREFIX}source-{serial + 1}",
                slug=f"{PREFIX}source-{serial + 1}",
                number=number + serial + 1,
                title=self.language.japanese() if japanese else self.language.headline(),
                publisher_id=publishers.one(),
                byline=self._western_name() if self.rng.random() < 0.3 else "",
                url=f"https://news.example/{serial + 1}",
                address_key=f"news.example/{serial + 1}",
                published=day,
                published_period=period(day),
                accessed=LAST_DAY,
                language="ja" if japanese else "en",
                kind=self.rng.choice((SourceKind.NEWS, SourceKind.WIRE, SourceKind.PRIMARY_GOVERNMENT)),
            )
        rows.write()
        return ids

    def _western_name(self) -> str:
        return f"{self.rng.choice(WESTERN_GIVEN_NAMES)} {self.rng.choice(WESTERN_FAMILY_NAMES)}"

    # -- entries ------------------------------------------------------------------------

    def entries(self, batch: int) -> Iterator[list[int]]:
        """Write the entries, ``batch`` at a time, and yield their ids. Call :meth:`records` first."""
        self.earlier: list[int] = []
        for start in range(0, self.number, batch):
            yield self._batch(range(start, min(start + batch, self.number)))

    def _batch(self, serials: range) -> list[int]:
        parent = ChronologyPage.objects.select_for_update().get(pk=self.chronology.pk)
        last = parent.get_last_child()
        step = Page._str2int(last.path[-Page.steplen :]) if last else 0  # noqa: SLF001 - as add_child does
        models = (Page, EntryPage, Statement, Figure, Disagreement)
        self.rows = {model: Rows(model) for model in models}
        self.rows |= {
            model: Rows(model, with_id=False)
            for model in (
                Citation,
                FigureCitation,
                Account,
                MeasureDate,
                EntryPerson,
                EntryOrganisation,
                EntryCommodity,
                Follow,
            )
        }
        self.ids = {
            Statement: iter(reserve(Statement, 4 * len(serials))),
            Figure: iter(reserve(Figure, 2 * len(serials))),
            Disagreement: iter(reserve(Disagreement, len(serials))),
        }
        pages = reserve(Page, len(serials))
        self.page_defaults = {
            "locale_id": parent.locale_id,
            "content_type_id": ContentType.objects.get_for_model(EntryPage).pk,
            "depth": parent.depth + 1,
        }
        for offset, (serial, pk) in enumerate(zip(serials, pages, strict=True), 1):
            path = Page._get_path(parent.path, parent.depth + 1, step + offset)  # noqa: SLF001 - as above
            self._entry(serial, pk, path, parent)
        for rows in self.rows.values():
            rows.write()
        ChronologyPage.objects.filter(pk=parent.pk).update(numchild=F("numchild") + len(serials))
        return pages

    def _entry(self, serial: int, pk: int, path: str, parent: ChronologyPage) -> None:
        rng, language = self.rng, self.language
        terms = [term for term, share in TERMS.items() if rng.random() < share]
        headline = language.headline()
        date = self._date(self.days[serial])
        page = EntryPage(slug=f"{slugify(headline)[:70].strip('-')}-{serial + 1}")
        published = FIRST_PUBLISHED + datetime.timedelta(minutes=rng.randrange(300 * 24 * 60))
        updated = published + datetime.timedelta(minutes=rng.randrange(60 * 24 * 60)) if rng.random() < 0.2 else None
        place, zone = rng.choice(PLACES)
        self.rows[Page].add(
            id=pk,
            path=path,
            translation_key=self._uuid(),
            title=headline,
            draft_title=headline,
            slug=page.slug,
            url_path=page.set_url_path(parent),
            first_published_at=published,
            last_published_at=updated or published,
            **self.page_defaults,
        )
        self.rows[EntryPage].add(
            page_ptr_id=pk,
            uid=self._uuid(),
            key=f"{PREFIX}{serial + 1}",
            summary=language.sentence(18, 34),
            category_id=self._category(terms),
            weight=rng.choices((Weight.KEY, Weight.NORMAL, Weight.SHORT), (2, 7, 3))[0],
            date=date,
            date_period=period(date),
            date_precision=precision(date),
            date_extent=DateExtent.values[serial % 2] if "/" in date else "",
            date_basis=rng.choices(list(DateBasis), (7, 2, 2))[0],
            date_note=language.sentence(6, 12) if rng.random() < 0.2 else "",
            place=place,
            time_zone=zone,
        )
        self._links(serial, pk, terms)
        self._body(serial, pk, terms)
        self.earlier.append(pk)

    def _uuid(self) -> uuid.UUID:
        return uuid.UUID(int=self.rng.getrandbits(128), version=4)

    def _row_id(self) -> str:
        return "".join(self.rng.choices(ALPHABET, k=6))

    def _date(self, day: datetime.date) -> str:
        """Mostly a day; one in twelve is a month, an interval, approximate, a year or open."""
        chance = self.rng.random()
        if chance < 0.03:
            return f"{day:%Y-%m}"
        if chance < 0.055:
            return f"{day}/{day + datetime.timedelta(self.rng.randint(1, 20))}"
        if chance < 0.07:
            return f"{day}~" if chance < 0.065 else f"{day:%Y-%m}~"
        if chance < 0.08:
            return f"{day.year}" if chance < 0.078 else f"{day}/.."
        return day.isoformat()

    def _category(self, terms: list[str]) -> int:
        named, plain = self.categories["tariff"], self.categories[""]
        if not plain or ("tariff" in terms and named and self.rng.random() < 0.4):
            return self.rng.choice(named)
        return self.rng.choice(plain)

    def _links(self, serial: int, pk: int, terms: list[str]) -> None:
        rng = self.rng
        for place, person in enumerate(self.people.some(rng.randint(1, 3))):
            role = rng.choice(["", *EventRole.values])
            self.rows[EntryPerson].add(sort_order=place, entry_id=pk, person_id=person, role=role)
        commodities = [rng.choice(named) for term in terms if (named := self.commodities[term]) and rng.random() < 0.5]
        plain = self.commodities[""]
        commodities += rng.sample(plain, min(len(plain), rng.randint(1, 3)))
        for place, commodity in enumerate(commodities[:3]):
            self.rows[EntryCommodity].add(sort_order=place, entry_id=pk, commodity_id=commodity)
        for place, organisation in enumerate(self.organisations.some(rng.randint(0, 3))):
            self.rows[EntryOrganisation].add(sort_order=place, entry_id=pk, organisation_id=organisation)
        if self.earlier and rng.random() < 0.15:
            self.rows[Follow].add(sort_order=0, entry_id=pk, earlier_id=rng.choice(self.earlier[-200:]))
        if rng.random() < 0.08:
            day = self.days[serial].isoformat()
            kind = rng.choice(MeasureDateKind.values)
            self.rows[MeasureDate].add(
                sort_order=0, entry_id=pk, kind=kind, date=day, date_period=period(day), note=""
            )

    def _body(self, serial: int, pk: int, terms: list[str]) -> None:
        rng, language = self.rng, self.language
        near = serial * len(self.sources) // self.number
        sources = list(dict.fromkeys(self.sources[max(near - rng.randrange(6), 0)] for _ in range(rng.randint(1, 4))))
        if rng.random() < 0.1:
            sources += self.standing_sources.some(1)
        texts = [language.sentence() for _ in range(rng.randint(2, 4))]
        for term in terms:
            place = rng.randrange(len(texts))
            texts[place] = f"{texts[place][:-1]} on the {term} question."
        for place, text in enumerate(texts):
            statement = next(self.ids[Statement])
            nature = rng.choices(Nature.values, (12, 4, 1, 1, 2))[0]
            self.rows[Statement].add(
                id=statement, sort_order=place, entry_id=pk, uid=self._row_id(), text=text, nature=nature
            )
            self._cite(Citation, "statement_id", statement, sources)
        for place in range(rng.choice((0, 0, 1, 1, 2))):
            self._figure(place, pk, sources)
        if rng.random() < 0.05:
            self._disagreement(pk, sources)

    def _cite(self, model: type[Citation | FigureCitation], column: str, pk: int, sources: list[int]) -> None:
        for place, source in enumerate(self.rng.sample(sources, min(len(sources), self.rng.randint(1, 2)))):
            quotation, tongue = "", ""
            chance = self.rng.random()
            if chance < 0.04:
                quotation, tongue = self.rng.choice(JAPANESE_QUOTATIONS), "ja"
            elif chance < 0.2:
                quotation = self.language.phrase(5, 15)
            self.rows[model].add(
                sort_order=place, source_id=source, quotation=quotation, language=tongue, **{column: pk}
            )

    def _figure(self, place: int, pk: int, sources: list[int]) -> None:
        rng = self.rng
        figure = next(self.ids[Figure])
        label, unit, (least, most) = rng.choice(FIGURES)
        value = rng.randint(least * 10, most * 10) / 10
        bounds = {"value": value} if rng.random() < 0.9 else {"low": value, "high": value + 1}
        self.rows[Figure].add(
            id=figure,
            sort_order=place,
            entry_id=pk,
            uid=self._row_id(),
            label=label.format(self.language.phrase(2, 4)),
            qualifier=rng.choice(["", "", Qualifier.ABOUT, Qualifier.OVER]) if "value" in bounds else "",
            of=self.language.phrase(2, 5),
            status=rng.choice(FigureStatus.values),
            **unit,
            **bounds,
        )
        self._cite(FigureCitation, "figure_id", figure, sources)

    def _disagreement(self, pk: int, sources: list[int]) -> None:
        disagreement = next(self.ids[Disagreement])
        first = sources[0]
        other = next(source for source in itertools.chain(sources[1:], self.sources, [None]) if source != first)
        if other is None:  # a single source in all
            return
        preferred = self.rng.random() < 0.3
        self.rows[Disagreement].add(
            id=disagreement,
            sort_order=0,
            entry_id=pk,
            uid=self._row_id(),
            question=f"{self.language.sentence(4, 8)[:-1]}?",
            reason=self.language.sentence(6, 10) if preferred else "",
        )
        for place, source in enumerate((first, other)):
            self.rows[Account].add(
                sort_order=place,
                disagreement_id=disagreement,
                source_id=source,
                says=self.language.sentence(6, 12),
                preferred=preferred and not place,
            )


ROWS_OF_ENTRIES: list[tuple[type[Model], str]] = [
    (Account, "disagreement__entry"),
    (Disagreement, "entry"),
    (FigureCitation, "figure__entry"),
    (Figure, "entry"),
    (Citation, "statement__entry"),
    (Statement, "entry"),
    (MeasureDate, "entry"),
    (EntryPerson, "entry"),
    (EntryOrganisation, "entry"),
    (EntryCommodity, "entry"),
    (Follow, "entry"),
    (PublishedEntry, "entry"),
    (Version, "entry"),
    (FailedPublication, "entry"),
    (PageLogEntry, "page__entrypage"),
]
ROWS_OF_RECORDS: list[tuple[type[Model], str]] = [
    (PersonName, "person"),
    (Position, "person"),
    (SourceAddress, "source"),
    (Snapshot, "source"),
    (LinkCheck, "source"),
]


def remove() -> int:
    """Delete everything generated, and nothing else; returns the number of entries.

    Sets the table of published entries right only in that ours are gone: its totals
    are the caller's to rebuild. Raises IntegrityError when somebody else's row uses one
    of ours.
    """
    ours = Q(key__startswith=PREFIX)
    pages = list(EntryPage.objects.filter(ours).values_list("pk", "uid"))
    for model, path in ROWS_OF_ENTRIES + ROWS_OF_RECORDS:
        _delete(model._default_manager.filter(**{f"{path}__key__startswith": PREFIX}))
    for record in (EntryPage, Source, Person, Organisation):
        # Text, as in the tables that keep a model's name and an id.
        ids = record._default_manager.filter(ours).values_list(Cast("pk", TextField()), flat=True)
        types = ContentType.objects.get_for_models(record, *record._meta.parents).values()
        for table in (Revision, ReferenceIndex, IndexEntry):
            _delete(table._default_manager.filter(content_type__in=types, object_id__in=ids))
    for record in (EntryPage, Source, Person, Organisation):
        _delete(record._default_manager.filter(ours))
    _delete(Page.objects.filter(pk__in=[pk for pk, _uid in pages]))
    _delete(Withdrawal.objects.filter(uid__in=[uid for _pk, uid in pages]))
    for parent in ChronologyPage.objects.all():
        ChronologyPage.objects.filter(pk=parent.pk).update(numchild=parent.get_children().count())
    connection.check_constraints()  # now, not when the transaction ends
    return len(pages)


def _delete(rows: QuerySet) -> None:
    """In one statement: Django's own way loads every row that might lead to others."""
    rows._raw_delete(rows.db)  # noqa: SLF001 - what QuerySet.delete does when nothing hangs on the rows
