"""Made-up entries in any number, for measuring and for trying things out.

Everything follows from the seed: the same seed makes the same rows beside the same
records. The words are nonsense, but they are spread as in a language (Zipf), and four
of them occur at known rates, so that a search can be measured: see ``TERMS``.
"""

import datetime
import random
import uuid
from decimal import Decimal
from functools import cache
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import connection, models, transaction
from django.db.models import F
from django.utils.text import slugify
from wagtail.models import Locale, Page

from timeline import edition, edtf
from timeline.choices import DateBasis, DateExtent, EventRole, FigureStatus, MeasureDateKind, Nature, Qualifier, Weight
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
    Figure,
    FigureCitation,
    Follow,
    MeasureDate,
    Organisation,
    Person,
    PublishedEntry,
    Statement,
    TranslationProgress,
    Version,
    summary,
)
from timeline.models.ids import reserve
from timeline.models.statement import ALPHABET

from .bulk import Related, Row, Rows
from .records import LAST_DAY, PREFIX, TERMS, Records, period, sources_by_id
from .words import JAPANESE_QUOTATIONS, Language

FIRST_DAY = datetime.date(2019, 1, 1)
FIRST_PUBLISHED = datetime.datetime(2025, 1, 6, 9, tzinfo=datetime.UTC)

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
WEIGHTS = (Weight.KEY, Weight.NORMAL, Weight.SHORT)
BASES, EXTENTS, MEASURES = list(DateBasis), DateExtent.values, MeasureDateKind.values
NATURES, STATUSES, ROLES = Nature.values, FigureStatus.values, ["", *EventRole.values]
RELATIONS = (
    "statements",
    "figures",
    "disagreements",
    "source_notes",
    "attachments",
    "entry_people",
    "entry_organisations",
    "entry_commodities",
    "measure_dates",
    "follows",
    "terms",
    "storyline_steps",
)
"""What a public document reads of an entry's relations."""

QUICKLY = """
SELECT set_config('synchronous_commit', 'off', true),
    (SELECT set_config(name, 'lz4', true) FROM pg_settings
    WHERE name = 'default_toast_compression' AND 'lz4' = ANY(enumvals))
"""
"""Made-up rows may be lost with the machine, and long values are packed in half the time, where the server can."""

MOST_BEFORE = 5
"""Sources back from the one of its own place that an entry cites."""


@cache
def precision(text: str) -> str:
    return str(edtf.parse(text).precision)


class PageRow(Row):
    """The page of an entry."""

    set_url_path = EntryPage.set_url_path


class EntryRow(Row):
    """An entry as its document is built from it."""

    get_absolute_url = EntryPage.get_absolute_url


class FigureRow(Row):
    """A figure as a document is built from it."""

    states_a_number = Figure.states_a_number


KINDS: dict[type[models.Model], type[Row]] = {Page: PageRow, EntryPage: EntryRow, Figure: FigureRow}
WITH_IDS = (Page, EntryPage, Statement, Figure, Disagreement, PublishedEntry)
NUMBERED_BY_THE_DATABASE = (
    Citation,
    FigureCitation,
    Account,
    MeasureDate,
    EntryPerson,
    EntryOrganisation,
    EntryCommodity,
    Follow,
    Version,
    TranslationProgress,
)
TABLES = (*WITH_IDS, *NUMBERED_BY_THE_DATABASE)
"""All that entries are written to."""


class Generator:
    """Writes ``number`` published entries, some at a time, beside the records they need, which it makes first.

    The site's tables are right after each :meth:`write`, but for the totals: their differences are returned.
    """

    def __init__(self, chronology: ChronologyPage, number: int, seed: int) -> None:
        self.chronology, self.number, self.seed = chronology, number, seed
        self.rng = random.Random(f"nenpyo {seed}")  # noqa: S311 - predictable on purpose
        self.language = Language(self.rng)
        span = (LAST_DAY - FIRST_DAY).days + 1
        self.days = sorted(FIRST_DAY + datetime.timedelta(self.rng.randrange(span)) for _ in range(number))
        self.records = Records(self.rng, self.language, self.days)
        self.locale = Locale.objects.get(pk=chronology.locale_id)
        self.content_type = ContentType.objects.get_for_model(EntryPage)
        self.lanes = edition.current_lanes()
        self.tops = dict(Commodity.objects.filter(parent=None).values_list("pk", "slug"))

    def write(self, serials: range) -> edition.Totals:
        """Make these of the entries, and put them into the tables in one transaction.

        What they are does not depend on which were made before, so several processes may share the work.
        """
        self.rng.seed(f"nenpyo {self.seed} {serials.start}")
        self.earlier: list[int] = []
        self.rows = {model: Rows(model, KINDS.get(model, Row)) for model in WITH_IDS}
        self.rows |= {model: Rows(model, with_id=False) for model in NUMBERED_BY_THE_DATABASE}
        self.ids = {
            Statement: iter(reserve(Statement, 4 * len(serials))),
            Figure: iter(reserve(Figure, 2 * len(serials))),
            Disagreement: iter(reserve(Disagreement, len(serials))),
        }
        first, last = (serial * len(self.records.sources) // self.number for serial in (serials[0], serials[-1]))
        self.near = self.records.sources[max(first - MOST_BEFORE, 0) : last + 1]
        self.sources = self.records.standing | sources_by_id(self.near)
        totals = edition.Totals()
        for serial, pk in zip(serials, reserve(Page, len(serials)), strict=True):
            entry = self._entry(serial, pk)
            row, version = edition.first_publication(entry, self.tops, self.lanes)
            self.rows[PublishedEntry].rows.append(row)
            self.rows[Version].rows.append(version)
            self.rows[TranslationProgress].rows += edition.first_progress(entry.key, row)
            totals.add(row)
        self._publish()
        return totals

    @transaction.atomic
    def _publish(self) -> None:
        """Write the rows as one public change. Its lock lets one process do so at a time, while others make rows."""
        with connection.cursor() as cursor:
            cursor.execute(QUICKLY)
        state = edition.next_edition(takes_words=False)
        for row in self.rows[PublishedEntry].rows:
            row.edition, row.changed_at = state
        parent = ChronologyPage.objects.select_for_update().get(pk=self.chronology.pk)
        last = parent.get_last_child()
        step = Page._str2int(last.path[-Page.steplen :]) if last else 0  # noqa: SLF001 - as add_child does
        pages = self.rows[Page].rows
        for offset, page in enumerate(pages, 1):
            page.path = Page._get_path(parent.path, parent.depth + 1, step + offset)  # noqa: SLF001 - as above
        ChronologyPage.objects.filter(pk=parent.pk).update(numchild=F("numchild") + len(pages))
        for rows in self.rows.values():
            rows.write()

    def _entry(self, serial: int, pk: int) -> Any:
        rng, language = self.rng, self.language
        terms = [term for term, share in TERMS.items() if rng.random() < share]
        headline = language.headline()
        date = self._date(self.days[serial])
        slug = f"{slugify(headline)[:70].strip('-')}-{serial + 1}"
        published = FIRST_PUBLISHED + datetime.timedelta(minutes=rng.randrange(300 * 24 * 60))
        updated = published + datetime.timedelta(minutes=rng.randrange(60 * 24 * 60)) if rng.random() < 0.2 else None
        place, zone = rng.choice(PLACES)
        page = self.rows[Page].add(
            id=pk,
            translation_key=self._uuid(),
            title=headline,
            draft_title=headline,
            slug=slug,
            first_published_at=published,
            last_published_at=updated or published,
            locale_id=self.locale.pk,
            content_type_id=self.content_type.pk,
            depth=self.chronology.depth + 1,
        )
        page.set_url_path(self.chronology)
        entry = self.rows[EntryPage].add(
            page_ptr_id=pk,
            uid=self._uuid(),
            key=f"{PREFIX}{serial + 1}",
            summary=language.sentence(18, 34),
            category_id=self._category(terms),
            weight=rng.choices(WEIGHTS, (2, 7, 3))[0],
            date=date,
            date_period=period(date),
            date_precision=precision(date),
            date_extent=EXTENTS[serial % 2] if "/" in date else "",
            date_basis=rng.choices(BASES, (7, 2, 2))[0],
            date_note=language.sentence(6, 12) if rng.random() < 0.2 else "",
            place=place,
            time_zone=zone,
        )
        entry.__dict__ |= page.__dict__ | {"pk": pk, "locale": self.locale}
        entry.__dict__ |= {name: Related() for name in RELATIONS}
        entry.category = self.records.rows[Category][entry.category_id]
        self._links(serial, entry, terms)
        self._body(serial, entry, terms)
        first = entry.statements[0]  # chosen: a guess from the words would take as long as all other work on the text
        entry.sentences = [{**one, "rests_on": [first.uid]} for one in summary.kept(entry.summary, [])]
        self.earlier.append(pk)
        return entry

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
        named, plain = self.records.categories["tariff"], self.records.categories[""]
        if not plain or ("tariff" in terms and named and self.rng.random() < 0.4):
            return self.rng.choice(named)
        return self.rng.choice(plain)

    def _links(self, serial: int, entry: Any, terms: list[str]) -> None:
        rng, records = self.rng, self.records
        for person in records.people.some(rng.randint(1, 3)):
            role = rng.choice(ROLES)
            row = self._add(EntryPerson, entry, "entry_people", person_id=person, role=role)
            row.person = records.rows[Person][person]
        named = [found for term in terms if (found := records.commodities[term]) and rng.random() < 0.5]
        plain = records.commodities[""]
        commodities = [*map(rng.choice, named), *rng.sample(plain, min(len(plain), rng.randint(1, 3)))]
        for commodity in commodities[:3]:
            row = self._add(EntryCommodity, entry, "entry_commodities", commodity_id=commodity)
            row.commodity = records.rows[Commodity][commodity]
        for organisation in records.organisations.some(rng.randint(0, 3)):
            row = self._add(EntryOrganisation, entry, "entry_organisations", organisation_id=organisation)
            row.organisation = records.rows[Organisation][organisation]
        if self.earlier and rng.random() < 0.15:
            self._add(Follow, entry, "follows", earlier_id=rng.choice(self.earlier[-200:]))
        if rng.random() < 0.08:
            day, kind = self.days[serial].isoformat(), rng.choice(MEASURES)
            self._add(MeasureDate, entry, "measure_dates", kind=kind, date=day, date_period=period(day), line=None)

    def _add(self, model: type[models.Model], entry: Any, relation: str, **values: Any) -> Any:
        """The next row of an entry."""
        related = getattr(entry, relation)
        row = self.rows[model].add(entry_id=entry.pk, sort_order=len(related), **values)
        related.append(row)
        return row

    def _body(self, serial: int, entry: Any, terms: list[str]) -> None:
        rng, language, records = self.rng, self.language, self.records
        near = serial * len(records.sources) // self.number
        drawn = (records.sources[max(near - rng.randrange(MOST_BEFORE + 1), 0)] for _ in range(rng.randint(1, 4)))
        sources = list(dict.fromkeys(drawn))
        if rng.random() < 0.1:
            sources += records.standing_sources.some(1)
        texts = [language.sentence() for _ in range(rng.randint(2, 4))]
        for term in terms:
            place = rng.randrange(len(texts))
            texts[place] = f"{texts[place][:-1]} on the {term} question."
        for text in texts:
            nature = rng.choices(NATURES, (12, 4, 1, 1, 2))[0]
            pk = next(self.ids[Statement])
            row = self._add(Statement, entry, "statements", id=pk, uid=self._row_id(), text=text, nature=nature)
            row.citations = Related()
            self._cite(Citation, row, {"statement_id": pk}, sources)
        for _ in range(rng.choice((0, 0, 1, 1, 2))):
            self._figure(entry, sources)
        if rng.random() < 0.05:
            self._disagreement(entry, sources)

    def _cite(self, model: type[models.Model], row: Any, owner: dict[str, int], sources: list[int]) -> None:
        for place, source in enumerate(self.rng.sample(sources, min(len(sources), self.rng.randint(1, 2)))):
            quotation, tongue = "", ""
            chance = self.rng.random()
            if chance < 0.04:
                quotation, tongue = self.rng.choice(JAPANESE_QUOTATIONS), "ja"
            elif chance < 0.2:
                quotation = self.language.phrase(5, 15)
            citation = self.rows[model].add(
                sort_order=place, source_id=source, quotation=quotation, language=tongue, **owner
            )
            citation.source = self.sources[source]
            row.citations.append(citation)

    def _figure(self, entry: Any, sources: list[int]) -> None:
        rng = self.rng
        pk = next(self.ids[Figure])
        label, unit, (least, most) = rng.choice(FIGURES)
        value = Decimal(rng.randint(least * 10, most * 10)) / 10
        bounds = {"value": value} if rng.random() < 0.9 else {"low": value, "high": value + 1}
        row = self._add(
            Figure,
            entry,
            "figures",
            id=pk,
            uid=self._row_id(),
            label=label.format(self.language.phrase(2, 4)),
            qualifier=rng.choice(["", "", Qualifier.ABOUT, Qualifier.OVER]) if "value" in bounds else "",
            of=self.language.phrase(2, 5),
            status=rng.choice(STATUSES),
            series=None,
            line=None,
            citations=Related(),
            **unit,
            **bounds,
        )
        self._cite(FigureCitation, row, {"figure_id": pk}, sources)

    def _disagreement(self, entry: Any, sources: list[int]) -> None:
        first = sources[0]
        other = next((source for source in (*sources[1:], *self.near) if source != first), None)
        if other is None:  # a single source in all
            return
        preferred = self.rng.random() < 0.3
        pk = next(self.ids[Disagreement])
        row = self._add(
            Disagreement,
            entry,
            "disagreements",
            id=pk,
            uid=self._row_id(),
            question=f"{self.language.sentence(4, 8)[:-1]}?",
            reason=self.language.sentence(6, 10) if preferred else "",
            accounts=Related(),
        )
        for place, source in enumerate((first, other)):
            account = self.rows[Account].add(
                sort_order=place,
                disagreement_id=pk,
                source_id=source,
                says=self.language.sentence(6, 12),
                preferred=preferred and not place,
            )
            account.source = self.sources[source]
            row.accounts.append(account)
