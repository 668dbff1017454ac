"""The public tables: the published entries, their totals, the edition, and what left or was withdrawn.

``edition`` keeps these tables right; nobody else writes to them.

DECISIONS 28 says why.
"""

import secrets
from datetime import datetime
from typing import NamedTuple

from django.contrib.postgres.fields import ArrayField, DateRangeField
from django.contrib.postgres.indexes import GinIndex, GistIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils.translation import gettext_lazy as _

from timeline.choices import Weight
from timeline.models.querysets import VECTORS, AsArray, FilterableQuerySet, MonthsAndYears, PublishedEntryQuerySet

from .category import Category
from .document import DocumentField
from .entry import EntryPage
from .fields import PlainTextField

WEIGHTS = {Weight.SHORT: 0, Weight.NORMAL: 1, Weight.KEY: 2}
"""Which weight stands before which among entries of one day."""


class State(NamedTuple):
    """Since when something public is as it is: the edition that changed it last, and its moment.

    Editions are numbered in the order of time, so the later of two states is the greater one.
    """

    version: int
    changed_at: datetime


class Filterable(models.Model):
    """The columns that questions are asked of, but for words. ``commodities`` holds ancestors too."""

    period = DateRangeField()
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+", db_index=False)
    people = ArrayField(models.BigIntegerField())
    commodities = ArrayField(models.BigIntegerField())
    organisations = ArrayField(models.BigIntegerField())
    publishers = ArrayField(models.BigIntegerField())
    sources = ArrayField(models.BigIntegerField())
    lanes = ArrayField(models.BigIntegerField(), default=list)
    storylines = ArrayField(models.BigIntegerField(), default=list)
    differs = models.BooleanField()
    is_key = models.BooleanField(default=False)

    class Meta:
        abstract = True

    @classmethod
    def filtered_names(cls) -> list[str]:
        """The names of these columns."""
        return [field.attname for field in Filterable._meta.local_concrete_fields]


class PublishedEntry(Filterable):
    """An entry as readers see it: its public document, and the columns questions are asked of.

    A row exists exactly while the entry is live and public, so whatever reads this
    table alone can never show a draft. ``digest`` changes whenever the document does, so
    what was rendered from it can be kept; ``edition`` and ``changed_at`` say when that was.
    ``document_version`` is the ``VERSION`` of the document that it was built as. ``states`` are its answers to the
    lines of the state in ``lines`` (``timeline.public.standing``). Of entries of one day what has the greater
    ``weight`` stands last, and so first where the newest is.

    ``vector`` is what it is searched by, ``vector_ja`` the same on pages in Japanese: None while nothing of it is
    translated. ``edition.translations`` writes it.

    From the day ``changes_on`` on something else is said of it, although nobody changes it: a rate was in force.

    What editors are asked to mend: ``one_source`` carries it all; a statement or figure of an ``unsourced`` entry has
    none that readers may see (any more); of the people in ``positionless`` no position is known on its date.
    """

    entry = models.OneToOneField(EntryPage, primary_key=True, on_delete=models.CASCADE, related_name="published")
    language = models.CharField(max_length=20)
    uid = models.UUIDField(unique=True)
    slug = models.SlugField(max_length=255, db_index=False)  # "published_slug" is enough
    sort_date = models.DateField()
    sort_rank = models.SmallIntegerField()
    follows = ArrayField(models.BigIntegerField())
    series = ArrayField(models.BigIntegerField(), default=list)
    lines = ArrayField(models.BigIntegerField(), default=list)
    states = models.JSONField(default=list)
    weight = models.SmallIntegerField(default=WEIGHTS[Weight.NORMAL])
    # What the desk asks for, of which documents alone know.
    one_source = models.BooleanField(default=False)
    unsourced = models.BooleanField(default=False)
    positionless = ArrayField(models.BigIntegerField(), default=list)
    changes_on = models.DateField(null=True, blank=True)
    document = DocumentField()
    document_version = models.PositiveSmallIntegerField()
    digest = models.CharField(max_length=32)
    vector = SearchVectorField()
    vector_ja = SearchVectorField(null=True)
    published_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    edition = models.PositiveBigIntegerField()
    changed_at = models.DateTimeField()

    objects = PublishedEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("published entry")
        constraints = [models.UniqueConstraint(fields=["language", "slug"], name="published_slug_used_once")]
        indexes = [
            models.Index(fields=["slug"], name="published_slug"),
            # What a list asks of each row is in these three, so filters on category and dates,
            # however far they reach, never visit the rows themselves.
            models.Index(
                fields=["sort_date", "sort_rank", "weight", "entry"],
                include=["period", "digest"],
                name="published_order",
            ),
            models.Index(fields=["is_key", "sort_date", "sort_rank", "entry"], name="published_key_order"),
            models.Index(
                fields=["category", "sort_date", "sort_rank", "weight", "entry"],
                include=["period", "digest"],
                name="published_category_order",
            ),
            models.Index(
                fields=["-updated_at", "-sort_date", "-sort_rank", "-entry"],
                include=["category", "period", "digest"],
                name="published_recent",
            ),
            # The order of archives of feeds, which nothing that is published later moves.
            models.Index(
                fields=["published_at", "entry"],
                include=["category", "period", "digest", "updated_at"],
                name="published_first",
            ),
            # Few entries have sources that disagree, or are key: without these all were read until a page was full.
            *(
                models.Index(
                    fields=["sort_date", "sort_rank", "weight", "entry"],
                    include=["period", "digest"],
                    condition=models.Q(**{flag: True}),
                    name=name,
                )
                for flag, name in (("differs", "published_differs"), ("is_key", "published_key"))
            ),
            models.Index(fields=["-edition"], include=["changed_at"], name="published_changed"),
            models.Index(fields=["document_version"], name="published_document_version"),
            models.Index(fields=["is_key", "entry"], name="published_one_source", condition=models.Q(one_source=True)),
            models.Index(fields=["entry"], name="published_unsourced", condition=models.Q(unsourced=True)),
            models.Index(fields=["entry"], name="published_positionless", condition=~models.Q(positionless=[])),
            models.Index(
                fields=["changes_on"], name="published_changes_on", condition=models.Q(changes_on__isnull=False)
            ),
            GistIndex(fields=["period"], name="published_period"),
            GinIndex(fields=["follows"], name="published_follows"),
            GinIndex(fields=["storylines"], name="published_storylines"),
            GinIndex(fields=["series"], name="published_series"),
            # All that entries are found by, in one index: it holds words, records and months against each other
            # before any row is fetched, and skips what one of them rules out.
            GinIndex(
                "vector",
                AsArray("category"),
                "people",
                "commodities",
                "organisations",
                "publishers",
                "sources",
                "lanes",
                MonthsAndYears("period"),
                name="published_filed_under",
            ),
            GinIndex(VECTORS["ja"], name="published_words_ja"),
            # Few entries answer a line of the state; a page of where things stand reads them all.
            models.Index(fields=["entry"], name="published_lines", condition=~models.Q(lines=[])),
        ]

    def __str__(self) -> str:
        return self.slug


class PublishedTranslation(models.Model):
    """What readers see of an entry in another language: its ``words``. It goes with the entry's row.

    ``words`` are ``[digest of the original words, translation]`` by the key of each segment of the public document
    (``timeline.segments``), the names of records in it as well; only those whose original is as it was translated.
    ``document`` is the public document with them in place, and ``originals`` says where that is in the original, each
    place as the keys that lead there; both are of the original document whose digest is ``of``, and of no other.
    ``answered`` are those of the words that answers to lines of the state show.
    ``digest`` changes with the words and with the original document. ``reviewed`` says that all words of the entry
    itself were read a second time. ``corrections`` are slips of translation that were corrected in public, the newest
    first: ``{"number", "date", "wrong", "right", "redaction"}``.
    """

    pk = models.CompositePrimaryKey("entry_id", "language")
    entry = models.ForeignKey(PublishedEntry, on_delete=models.DB_CASCADE, related_name="translations", db_index=False)
    language = models.CharField(max_length=20)
    words = models.JSONField()
    answered = models.JSONField(default=dict)
    reviewed = models.BooleanField()
    corrections = models.JSONField(default=list)
    document = DocumentField(default=dict)
    originals = models.JSONField(default=list)
    of = models.CharField(max_length=32, default="")
    digest = models.CharField(max_length=32)

    def __str__(self) -> str:
        return f"{self.language} {self.entry_id}"


class Fragment(models.Model):
    """A rendered part of an entry, such as its card in lists (``public.fragments``). It goes with the entry's row.

    It holds while ``digest`` is that of the row and ``maker`` what would make it now.
    """

    pk = models.CompositePrimaryKey("entry_id", "kind")
    entry = models.ForeignKey(PublishedEntry, on_delete=models.DB_CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=20)
    digest = models.CharField(max_length=32)
    maker = models.CharField(max_length=32)
    text = models.TextField()

    def __str__(self) -> str:
        return f"{self.kind} {self.entry_id}"


class Block(models.Model):
    """A rendered part of a page that is of no one entry, such as where things stand (``public.fragments``).

    It holds as long as it is there, while ``maker`` is what would make it now: it goes with any change of what it may
    say, in the same transaction (``edition.state``).
    """

    name = models.CharField(primary_key=True, max_length=40)
    maker = models.CharField(max_length=32)
    text = models.TextField()

    def __str__(self) -> str:
        return self.name


GONE = models.Q(total__lte=0)
"""Totals that are to be deleted, as each publication does with those that it brings to nought: found without a look at
all the others."""


class FacetTotal(models.Model):
    """How many published entries a facet value has when nothing is filtered.

    ``value`` is a record's id and ``facet`` the parameter that asks for it, or ``value`` is a
    year and ``facet`` "year"; or, with the value 0, "all", "one_source" or the column of a flag,
    or "sources" for the number of sources that are cited.
    "positionless" counts for a person the entries on whose date no position of theirs is known.
    """

    facet = models.CharField(max_length=12)
    value = models.BigIntegerField()
    total = models.IntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["facet", "value"], name="facet_value_counted_once")]
        indexes = [
            models.Index(fields=["facet", "-total", "value"], name="facet_by_total"),
            models.Index(fields=["total"], condition=GONE, name="facet_gone"),
        ]

    def __str__(self) -> str:
        return f"{self.facet} {self.value}: {self.total}"


class MonthTotal(models.Model):
    """How many published entries run in a lane in the months from ``first`` to ``last``.

    Both are the first day of a month. They are equal for an entry known to its month
    or better; an entry of which only a longer stretch is known counts for the stretch.
    """

    lane = models.BigIntegerField()
    first = models.DateField()
    last = models.DateField()
    total = models.IntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["lane", "first", "last"], name="month_counted_once")]

    def __str__(self) -> str:
        return f"{self.lane} {self.first}–{self.last}: {self.total}"


class WordTotal(models.Model):
    """How many published entries say a word, as it is written in them: what a misspelt search may have meant.

    ``folded`` is what spellings are compared by. ``version`` is that of the documents it was counted in, so that
    documents of older code are taken off what they were added to.
    """

    word = models.CharField(max_length=40)
    folded = models.CharField(max_length=80)
    version = models.PositiveSmallIntegerField()
    total = models.IntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["word", "version"], name="word_counted_once")]
        indexes = [
            GinIndex(fields=["folded"], name="word_trigrams", opclasses=["gin_trgm_ops"]),
            models.Index(fields=["total"], condition=GONE, name="word_gone"),
        ]

    def __str__(self) -> str:
        return f"{self.word}: {self.total}"


def new_shelf() -> str:
    """A name that no shelf ever had."""
    return secrets.token_hex(8)


class Edition(models.Model):
    """The state of everything public, as one number that grows with every change.

    The one row (id 1) answers conditional requests and moves when an entry leaves
    the chronology as well as when one is added or edited. It carries what the page of
    the chronology says (title, headline, lanes, phases, coverage, open questions, imprint), so that every public
    page needs this one row only; see ``edition`` for the shapes of the lists. ``words`` has them in other languages,
    as a :class:`PublishedTranslation` has those of an entry.
    ``page_version`` and ``page_changed_at`` tell when that page last changed for readers. Answers are kept on the
    ``shelf`` of this name, which is another one as soon as words are taken from readers.
    """

    version = models.PositiveBigIntegerField(default=0)
    changed_at = models.DateTimeField()
    page_version = models.PositiveBigIntegerField(default=0)
    page_changed_at = models.DateTimeField()
    title = models.CharField(max_length=255, blank=True)
    headline = models.CharField(max_length=200, blank=True)
    strapline = models.TextField(blank=True)
    lanes = models.JSONField(default=list)
    phases = models.JSONField(default=list)
    coverage = models.JSONField(default=list)
    open_questions = models.JSONField(default=list)
    imprint = models.JSONField(default=dict)
    takes_error_reports = models.BooleanField(default=True)
    words = models.JSONField(default=dict)
    shelf = models.CharField(max_length=16, default=new_shelf)

    def __str__(self) -> str:
        return f"{self.version} {self.changed_at:%Y-%m-%d %H:%M:%S}"

    @property
    def state(self) -> State:
        """That of everything public."""
        return State(self.version, self.changed_at)

    @property
    def page_state(self) -> State:
        """That of what the page of the chronology says, which every answer shows some of."""
        return State(self.page_version, self.page_changed_at)


class Departure(Filterable):
    """What an entry was filed under until ``left_at``: the answers it was in then changed when it left.

    One for each time that an entry is withdrawn or filed differently. Its words are not kept.
    """

    # A category may go when nothing public is filed under it.
    category = models.ForeignKey(  # type: ignore[assignment]
        Category, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    uid = models.UUIDField()
    edition = models.PositiveBigIntegerField()
    left_at = models.DateTimeField()

    objects = FilterableQuerySet["Departure"].as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["-edition"], include=["left_at"], name="departure_changed"),
            models.Index(fields=["uid"], name="departure_uid"),
        ]

    def __str__(self) -> str:
        return f"{self.uid} {self.edition}"


class Withdrawal(models.Model):
    """An entry that was public and is not any more: why its address answers 410 Gone."""

    uid = models.UUIDField(unique=True)
    slug = models.SlugField(max_length=255)
    reason = PlainTextField(blank=True)
    withdrawn_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["slug"], name="withdrawal_slug")]

    def __str__(self) -> str:
        return self.slug
