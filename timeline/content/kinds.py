"""Kinds of record in a pack: each field listed once, for reading, loading and dumping."""

import uuid
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from timeline import edtf
from timeline.models import (
    Account,
    Category,
    CategoryName,
    ChronologyPage,
    Citation,
    Commodity,
    CommodityName,
    Coverage,
    Disagreement,
    EntryCommodity,
    EntryOrganisation,
    EntryPage,
    EntryPerson,
    Figure,
    FigureCitation,
    FigureSeries,
    Follow,
    HSCode,
    Lane,
    LaneCategory,
    LaneCommodity,
    LineCitation,
    MeasureDate,
    OpenQuestion,
    Organisation,
    OrganisationName,
    Person,
    PersonName,
    Phase,
    Position,
    QuestionSupport,
    Source,
    SourceAddress,
    SourceNote,
    StateLine,
    Statement,
    StepSupport,
    Storyline,
    StorylineLine,
    StorylineName,
    StorylineQuestion,
    StorylineStep,
    SummarySentence,
    SummarySupport,
    Term,
    TermCitation,
    TermEntry,
    TermName,
)
from timeline.models.statement import ROW_ID

from .parts import Group, KnownRecords, Plain, Record, Reference, Rows, Shape, Value
from .summary import Summary

IDENTITIES = uuid.UUID("6f1c6a0e-3f0b-5d5c-9a57-0d7c5a0e8b42")
"""Namespace of the permanent ids of entries: the same pack gives the same ids everywhere."""


class Uid(Value):
    """The permanent id of an entry, written only when it does not follow from the pack id."""

    sparse = True

    def dump(self, instance: Any, known: KnownRecords) -> str:
        return "" if instance.uid == permanent_id(instance.key) else str(instance.uid)

    def fill(self, instance: Any, value: Any, known: KnownRecords) -> None:
        instance.uid = uuid.UUID(value) if value else permanent_id(instance.key)


class RowId(Value):
    """The id of a row within its entry. The form of the entry takes no other: it could not be saved again."""

    def _checked(self, raw: Any) -> Any:
        value = super()._checked(raw)
        if not ROW_ID.fullmatch(value):
            raise ValidationError(_("write an id of six letters a to z and digits 2 to 7"))
        return value


def permanent_id(key: str) -> uuid.UUID:
    """The id by which feeds know the entry with this pack id."""
    return uuid.uuid5(IDENTITIES, key)


class Sparse(Value):
    """What few rows have, written only where there is something: our translation of a quotation, a measure."""

    sparse = True


class LineReference(Reference):
    """The line of the state that a row answers, written only where there is one."""

    sparse = True


def _citations(model: type[models.Model]) -> Rows:
    return Rows(
        "citations",
        Shape(
            model,
            Reference("source", "sources", required=True),
            Value("quotation"),
            Value("language"),
            Sparse("translation"),
            Value("locator"),
        ),
    )


def _names(model: type[models.Model]) -> Rows:
    return Rows("names", Shape(model, Value("name"), Value("language"), Value("kind")))


CHRONOLOGY = Shape(
    ChronologyPage,
    Value("title"),
    Value("headline"),
    Value("strapline"),
    Group(
        "imprint",
        Value("publisher"),
        Value("publisher_url"),
        Value("editors"),
        Value("contact"),
        Value("errors"),
        Value("funding"),
        Value("licence"),
    ),
    Rows(
        "lanes",
        Shape(
            Lane,
            Value("slug"),
            Value("name"),
            Value("colour"),
            Value("takes_rest"),
            Plain(
                "commodities", LaneCommodity, Reference("commodity", "commodities", required=True), "lane_commodities"
            ),
            Plain("categories", LaneCategory, Reference("category", "categories", required=True), "lane_categories"),
        ),
    ),
    Rows("phases", Shape(Phase, Value("name"), Value("date"))),
    Rows("coverage", Shape(Coverage, Value("date"), Value("note"))),
    Rows("open_questions", Shape(OpenQuestion, Value("question"), Value("note"), Reference("entry", "entries"))),
)


@dataclass(frozen=True)
class Kind:
    """One kind of record: its file, its fields and its place in reading order."""

    name: str
    noun: Promise
    shape: Shape
    within: str = ""
    """The field that points to other records of this kind, which come before it."""
    unique: tuple[str, ...] = ()
    """Fields no two records share, beyond those that the model declares."""
    may_be_missing: bool = False
    """Whether a pack may have no file of them, as one of before there were such records."""
    has_position: bool = False
    """Whether the place in the file is the place on the site."""
    order: Callable[[Record], Any] = field(default=lambda record: record["id"])
    """Sorts records as they are written."""

    @property
    def file(self) -> str:
        return f"{self.name}.json"

    @property
    def model(self) -> Any:
        return self.shape.model

    @cached_property
    def unique_columns(self) -> dict[str, str]:
        """Fields whose values are used once, with the column that holds them."""
        values = [part for part in self.shape.parts if isinstance(part, Value)]
        return {part.name: part.column.attname for part in values if part.column.unique or part.name in self.unique}

    def within_of(self, record: Record) -> list[str]:
        """The ids of the records of this kind that ``record`` points to."""
        value = record.get(self.within) or []
        return [value] if isinstance(value, str) else list(value)


def in_dependency_order(kind: Kind, records: Iterable[Record]) -> list[Record]:
    """The records with everything a record points to before it, else in the order given."""
    waiting = {record["id"]: record for record in records}
    ordered: dict[str, Record] = {}
    opened: set[str] = set()
    for start in waiting:
        path = [start]
        while path:
            key = path[-1]
            earlier = [other for other in kind.within_of(waiting[key]) if other in waiting]
            missing = [other for other in earlier if other not in ordered and other not in opened]
            opened.add(key)
            if missing:
                path.append(missing[0])
            else:
                ordered[key] = waiting[path.pop()]
    return list(ordered.values())


def around_new(
    kind: Kind, records: Iterable[Record], stored: Container[str]
) -> tuple[list[Record], list[Record], list[Record]]:
    """The records as they are saved: stored ones, the new ones at once, then stored ones that point to new ones."""
    ordered = in_dependency_order(kind, records)
    new = [record for record in ordered if record["id"] not in stored]
    others = [record for record in ordered if record["id"] in stored]
    keys = {record["id"] for record in new}
    pointing = {record["id"] for record in others if keys.intersection(kind.within_of(record))}
    return (
        [record for record in others if record["id"] not in pointing],
        new,
        [record for record in others if record["id"] in pointing],
    )


def in_circles(kind: Kind, records: Iterable[Record]) -> set[str]:
    """The ids of records that point, perhaps through others, to themselves."""
    points = {record["id"]: set(kind.within_of(record)) for record in records}
    while True:
        pointed = set().union(*points.values()) if points else set()
        left = {
            key: targets & points.keys()
            for key, targets in points.items()
            if key in pointed and targets & points.keys()
        }
        if left == points:
            return set(points)
        points = left


CATEGORIES = Kind(
    "categories",
    gettext_lazy("category"),
    Shape(
        Category,
        Value("id", "key"),
        Value("slug", required=True),
        Value("name"),
        Value("description"),
        _names(CategoryName),
        Value("note"),
    ),
    has_position=True,
)

ORGANISATIONS = Kind(
    "organisations",
    gettext_lazy("organisation"),
    Shape(
        Organisation,
        Value("id", "key"),
        Value("slug", required=True),
        Value("name"),
        Value("kind"),
        Value("country"),
        _names(OrganisationName),
        Value("wikidata"),
        Value("note"),
    ),
)

COMMODITIES = Kind(
    "commodities",
    gettext_lazy("commodity"),
    Shape(
        Commodity,
        Value("id", "key"),
        Value("slug", required=True),
        Value("name"),
        Value("kind"),
        Reference("parent", "commodities"),
        Plain("hs_codes", HSCode, Value("code")),
        _names(CommodityName),
        Value("note"),
    ),
    within="parent",
    has_position=True,
)

SOURCES = Kind(
    "sources",
    gettext_lazy("source"),
    Shape(
        Source,
        Value("id", "key"),
        Value("slug", required=True),
        Value("number"),
        Value("title"),
        Value("title_is_description"),
        Reference("publisher", "organisations"),
        Value("byline"),
        Value("url"),
        Value("url_shown"),
        Value("archived_url"),
        Value("published"),
        Value("accessed"),
        Value("language"),
        Value("kind"),
        Reference("derived_from", "sources"),
        Value("use"),
        Plain("addresses", SourceAddress, Value("url")),
        Value("note"),
    ),
    within="derived_from",
    order=lambda record: record["number"],
)

SERIES = Kind(
    "series",
    gettext_lazy("series of figures"),
    Shape(
        FigureSeries,
        Value("id", "key"),
        Value("slug", required=True),
        Value("name"),
        Value("description"),
        Reference("commodity", "commodities"),
        Value("note"),
    ),
)

STATE = Kind(
    "state",
    gettext_lazy("line of the state"),
    Shape(
        StateLine,
        Value("id", "key"),
        Value("slug", required=True),
        Value("name"),
        Value("question"),
        Value("subject"),
        Reference("series", "series"),
        Value("front"),
        Value("front_name"),
        Value("promises"),
        Value("unknown"),
        Value("words"),
        Value("as_of"),
        _citations(LineCitation),
        Value("note"),
    ),
    may_be_missing=True,
    has_position=True,
)

PEOPLE = Kind(
    "people",
    gettext_lazy("person"),
    Shape(
        Person,
        Value("id", "key"),
        Value("slug", required=True),
        Value("family_name"),
        Value("given_name"),
        Value("name_order"),
        Value("kind"),
        Value("country"),
        Rows("names", Shape(PersonName, Value("name"), Value("script"), Value("language"), Value("kind"))),
        Rows(
            "positions",
            Shape(
                Position,
                Value("title"),
                Reference("organisation", "organisations"),
                Value("start"),
                Value("end"),
                Value("acting"),
                Value("as_printed"),
                Reference("source", "sources"),
                Value("note"),
            ),
        ),
        Value("wikidata"),
        Value("note"),
    ),
)

FIGURE = (
    RowId("id", "uid", required=True),
    Value("label"),
    Value("value"),
    Value("low"),
    Value("high"),
    Value("qualifier"),
    Value("unit"),
    Value("currency"),
    Value("scale"),
    Value("per"),
    Value("of"),
    Value("period"),
    Value("period_note"),
    Value("status"),
    Value("basis"),
    Reference("series", "series"),
    LineReference("line", "state"),
    Value("note"),
    _citations(FigureCitation),
)
"""The fields of a figure, whichever way it comes."""

ENTRIES = Kind(
    "entries",
    gettext_lazy("entry"),
    Shape(
        EntryPage,
        Value("id", "key"),
        Uid("uid"),
        Value("slug", required=True),
        Value("headline", "title"),
        Summary("summary"),
        Value("weight"),
        Reference("category", "categories", required=True),
        Group(
            "date",
            Value("edtf", "date"),
            Value("extent", "date_extent"),
            Value("basis", "date_basis"),
            Value("note", "date_note"),
        ),
        Value("planned"),
        Value("place"),
        Value("time_zone"),
        Rows(
            "dates",
            Shape(
                MeasureDate,
                Value("kind"),
                Value("edtf", "date"),
                Value("note"),
                LineReference("line", "state"),
                Sparse("measure"),
                Sparse("rests_on"),
            ),
            "measure_dates",
        ),
        Rows(
            "statements",
            Shape(
                Statement,
                RowId("id", "uid", required=True),
                Value("text"),
                Value("nature"),
                _citations(Citation),
            ),
        ),
        Rows("figures", Shape(Figure, *FIGURE)),
        Rows(
            "disagreements",
            Shape(
                Disagreement,
                RowId("id", "uid", required=True),
                Value("question"),
                Rows(
                    "accounts",
                    Shape(
                        Account,
                        Reference("source", "sources", required=True),
                        Value("says"),
                        Value("quotation"),
                        Value("language"),
                        Sparse("translation"),
                        Value("locator"),
                        Sparse("side"),
                        Value("preferred"),
                    ),
                ),
                Value("reason"),
            ),
        ),
        Rows(
            "source_notes",
            Shape(SourceNote, Reference("source", "sources", required=True), Value("text")),
            sparse=True,
        ),
        Rows(
            "people",
            Shape(
                EntryPerson,
                Reference("person", "people", required=True),
                Value("role"),
                Value("position"),
            ),
            "entry_people",
        ),
        Plain(
            "organisations",
            EntryOrganisation,
            Reference("organisation", "organisations", required=True),
            "entry_organisations",
        ),
        Plain(
            "commodities",
            EntryCommodity,
            Reference("commodity", "commodities", required=True),
            "entry_commodities",
        ),
        Plain("follows", Follow, Reference("earlier", "entries", required=True)),
        Value("editor_note"),
    ),
    within="follows",
    unique=("slug",),
    order=lambda record: (*edtf.parse(record["date"]["edtf"]).sort_key, record["id"]),
)

TERMS = Kind(
    "terms",
    gettext_lazy("glossary term"),
    Shape(
        Term,
        Value("id", "key"),
        Value("slug", required=True),
        Value("name"),
        Value("definition"),
        _names(TermName),
        Plain("entries", TermEntry, Reference("entry", "entries", required=True)),
        _citations(TermCitation),
        Value("note"),
    ),
)


def _rests_on(model: type[models.Model]) -> Rows:
    """Which statements, figures and disagreements, each with its entry, a sentence rests on."""
    return Rows("rests_on", Shape(model, Reference("of", "entries", "entry", required=True), Value("carrier")))


STORYLINES = Kind(
    "storylines",
    gettext_lazy("storyline"),
    Shape(
        Storyline,
        Value("id", "key"),
        Value("slug", required=True),
        Value("name"),
        _names(StorylineName),
        Value("colour"),
        Reference("series", "series"),
        Plain("lines", StorylineLine, Reference("line", "state", required=True)),
        Rows(
            "summary",
            Shape(SummarySentence, RowId("id", "uid", required=True), Value("text"), _rests_on(SummarySupport)),
        ),
        Rows(
            "steps",
            Shape(
                StorylineStep,
                Reference("entry", "entries", required=True),
                Value("text"),
                _rests_on(StepSupport),
            ),
        ),
        Rows(
            "open_questions",
            Shape(StorylineQuestion, RowId("id", "uid", required=True), Value("text"), _rests_on(QuestionSupport)),
        ),
        Value("is_public"),
        Value("note"),
    ),
    has_position=True,
)

KINDS = (CATEGORIES, ORGANISATIONS, COMMODITIES, SOURCES, SERIES, STATE, PEOPLE, ENTRIES, TERMS, STORYLINES)
"""Every kind, each after the kinds it points to."""

FIGURES = Kind(
    "figures",
    gettext_lazy("figure"),
    Shape(Figure, Reference("entry", "entries", required=True), *FIGURE),
)
"""Figures by themselves, each with its entry: a table that adds to what entries have. No pack holds them."""
