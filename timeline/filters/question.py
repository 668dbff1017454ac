"""The reader's question, from the query string to a queryset and back to words."""

import datetime
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.db import connection
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from timeline import edtf, search
from timeline.models import Departure, Edition, FacetTotal, PublishedEntry, State, Withdrawal
from timeline.models.querysets import FilterableQuerySet, PublishedEntryQuerySet
from timeline.public.language import foreign
from timeline.punctuation import listed

from . import dates, relevance
from .facets import COUNT_LIMIT, OPTION_LIMIT, CloseUp, Condition, Counts, Option, count, load_options, stored_counts
from .filterset import EntryFilterSet
from .kinds import MAX_VALUES, SLUG, Filter, Search
from .naming import person_called
from .parameters import PARAMETERS, facets, filters, single
from .problems import ParameterProblem, quote, repeated

DATES = ("from", "to")
"""The filters that together ask for a stretch of time."""

NEWEST, OLDEST, RELEVANCE = "new", "old", "relevance"
"""The orders of a list."""

HEADLINES = "headlines"
"""What a page may show of each entry instead of all that a list has of it."""

MAX_WAYS_OUT = 4
"""Filters tried one by one when nothing matches: each costs a query."""

CLOSE_UP = 366
"""Days that are counted one by one: a leap year."""

ONE_WORD = re.compile("[A-Za-z]{4,40}")
"""A search for one word such as the stored totals count (see ``spelling``)."""


@dataclass(frozen=True)
class Chip:
    """An applied filter, with the query string of the view without it."""

    parameter: str
    label: str
    query: str


class Question:
    """What a query string asks.

    Never raises: whatever cannot be understood becomes a :class:`ParameterProblem` and is left
    out. Pages show the problems; feeds and exports answer 400 with them.
    """

    def __init__(
        self,
        data: QueryDict,
        *,
        preset: Mapping[str, str] | None = None,
        option_limit: int = OPTION_LIMIT,
        as_of: State | None = None,
        reads_dates: bool = True,
        best_first: bool | None = None,
        newest_first: bool = False,
    ) -> None:
        """``preset`` fixes filters that the address itself names, as on a person's page.

        ``as_of`` is the state of the edition that is read, if it is known (see ``load_options``).

        ``reads_dates``: words that are nothing but a date limit the dates.

        ``best_first``: whether what fits best comes first where words are searched for. True: unless another order is
        asked for; False: where it is asked for; None: never, and who asks gets the usual order.

        ``newest_first``: the newest comes first where nothing is ordered otherwise, as on the page of the chronology.
        """
        self.preset = dict(preset or {})
        self.problems: list[ParameterProblem] = []
        self.typed: dict[str, str] = {name: data.get(name) or "" for name in single()}
        self.date_in_words = dates.read(filters()["q"].tidy(self.typed["q"])[0]) if reads_dates else None
        """The date in the words of the search."""
        self.read: dict[str, str] = {}
        """What these words were read as, instead of being searched for: filters, by their names."""
        self.has_blanks = any(value == "" for values in data.lists() for value in values[1])
        ticked = {facet: self._slugs(data, facet) for facet in facets()}
        for name, value in self.preset.items():
            ticked[name] = [value]
        self._read_date(ticked)
        self.options = load_options(ticked, option_limit, as_of)
        self.ticked: dict[str, list[Option]] = {}
        for facet, slugs in ticked.items():
            self.ticked[facet] = [self.options[facet][slug] for slug in slugs if slug in self.options[facet]]
            for slug in slugs:
                if slug not in self.options[facet]:
                    self._unknown(facet, slug)
        self.filterset = EntryFilterSet(self._clean_data(), self.options)
        self.swapped_dates: dict[str, str] = {}
        """The two dates the other way round, when they were given in the wrong order."""
        self._collect_errors(data)
        self.can_rank = best_first is not None and self.reading is not None and self.reading.has_places
        """Whether there is something that entries may fit better or worse."""
        self._usual_order = RELEVANCE if best_first and self.can_rank else NEWEST if newest_first else OLDEST
        self.order = self._order()

    # -- reading ------------------------------------------------------------------------

    def _slugs(self, data: QueryDict, facet: str) -> list[str]:
        values = list(dict.fromkeys(value for value in data.getlist(facet) if value))
        if len(values) > MAX_VALUES:
            self._problem(
                facet,
                _("More than %(limit)d values of %(name)s; the rest is left out.")
                % {"limit": MAX_VALUES, "name": facet},
            )
        good = []
        for value in values[:MAX_VALUES]:
            if SLUG.fullmatch(value):
                good.append(value)
            else:
                self._unknown(facet, value)
        return good

    def _read_date(self, ticked: dict[str, list[str]]) -> None:
        """Read words that are nothing but a date, or a date and a person's name, as filters: a query for the name.

        Where dates are asked for as such, or a person is, the words stay words.
        """
        found = self.date_in_words
        if found is None or not found.is_certain or any(self.typed[name] for name in DATES):
            return
        if found.rest:
            slug = "" if ticked["person"] or not found.has_only_words else person_called(found.rest)
            if not slug:
                return
            ticked["person"] = [slug]
            self.read["person"] = slug
        self.read |= {"q": "", **_bounds(found.dates[0])}

    def _clean_data(self) -> QueryDict:
        typed = self.typed | self.read
        data = QueryDict(mutable=True)
        for name, one in filters().items():
            if one.several:
                data.setlist(name, [option.slug for option in self.ticked[name]])
                continue
            text, cuts = one.tidy(typed[name])
            for message in cuts:
                self._problem(name, message)
            if text:
                data[name] = text
        return data

    def _collect_errors(self, data: QueryDict) -> None:
        for name, messages in self.filterset.form.errors.items():
            self._problem(name, " ".join(messages))
        bounds = self.filterset.form.cleaned_data
        if bounds.get("from") and bounds.get("to") and bounds["from"] >= bounds["to"]:
            bounds["from"] = bounds["to"] = None
            dates = self.filterset.data
            self.swapped_dates = {
                name: filters()[name].canonical(dates[other]) for name, other in zip(DATES, DATES[::-1], strict=True)
            }
            self._problem("from", _("The first date is later than the second."))
        for name, text in self.typed.items():
            if message := PARAMETERS[name].problem(text):
                self._problem(name, message)
        self.problems += repeated(data, single())
        for name in list(data)[:20]:
            if name not in PARAMETERS:
                self._problem(name[:40], _("We did not understand “%s” in the address.") % quote(name))

    def _order(self) -> str:
        """The order of the list: what is asked for, if there is something to order by.

        A place in time without an order is one of the list that has the oldest first, as it always was.
        """
        asked = self.typed["order"]
        if asked in (NEWEST, OLDEST) or (asked == RELEVANCE and self.can_rank):
            return asked
        return OLDEST if relevance.IN_TIME.fullmatch(self.typed["page"]) else self._usual_order

    @property
    def newest_first(self) -> bool:
        """Whether the list begins with the latest event."""
        return self.order == NEWEST

    @property
    def shows_headlines(self) -> bool:
        """Whether only headlines are asked for."""
        return self.typed["show"] == HEADLINES

    def _unknown(self, facet: str, value: str) -> None:
        message = _("There is no %(facet)s “%(slug)s” here.") % {"facet": facet, "slug": quote(value)}
        self.problems.append(ParameterProblem(facet, message, is_missing=True))

    def _problem(self, parameter: str, message: str) -> None:
        self.problems.append(ParameterProblem(parameter, message))

    # -- asking -------------------------------------------------------------------------

    @cached_property
    def is_filtered(self) -> bool:
        """Whether anything but a preset narrows the list."""
        return bool(set(self._applied()) - set(self.preset))

    def _applied(self) -> list[str]:
        """The filters that are set to something good."""
        values = self.filterset.form.cleaned_data
        return [name for name in filters() if values.get(name)]

    @property
    def words(self) -> str:
        """The words searched for; empty when none are."""
        return str(self.filterset.form.cleaned_data.get("q") or "")

    @property
    def is_read_as_date(self) -> bool:
        """Whether the words, or some of them, limit the dates and are not searched for."""
        return bool(self.read)

    def with_words(self, words: str, date: edtf.EDTF | None = None) -> "Question":
        """The same question with these words as words, and with the dates of ``date``."""
        pairs = {name: values for name, values in self.parameters.items() if name not in ("q", *self.read)}
        if date:
            pairs = {name: values for name, values in pairs.items() if name not in DATES}
            pairs |= {name: [text] for name, text in _bounds(date).items()}
        if words:
            pairs["q"] = [words]
        return Question(QueryDict(urlencode(pairs, doseq=True)), preset=self.preset, option_limit=0, reads_dates=False)

    @property
    def reading(self) -> search.Reading | None:
        """The words as they are searched for; None when none are."""
        return self.filterset.reading(self.words) if self.words else None

    @cached_property
    def notices(self) -> list[str]:
        """What pages say about how the question was read. Nothing is wrong, so feeds and exports answer it."""
        values = self.filterset.form.cleaned_data
        return [
            said for name, one in filters().items() if values.get(name) for said in one.notices(*self._asked(one)[:1])
        ]

    @cached_property
    def entries(self) -> PublishedEntryQuerySet:
        """The matching published entries, unordered."""
        return self._narrowed(set(filters()))

    @cached_property
    def in_time(self) -> list[PublishedEntryQuerySet]:
        """The same in parts, each found in the order of time by an index: two where a stretch of time is asked for.

        What overlaps a stretch is in no such order, so a page of a late year was looked for from the first year on.
        """
        if self.words and self.counts.found is not None:  # few, and named when they were counted
            return [PublishedEntry.objects.filter(pk__in=self.counts.found)]
        if not any(self.bounds):
            return [self.entries]
        rest = self._narrowed(set(filters()) - set(DATES))
        return [rest.sorted_in(*self.bounds), rest.reaching_into(*self.bounds)]

    @property
    def others(self) -> PublishedEntryQuerySet:
        """The entries that match all but the words, unordered."""
        return self._found_by({name for name, one in filters().items() if not isinstance(one, Search)})

    def _narrowed(self, names: set[str]) -> PublishedEntryQuerySet:
        return self.filterset.narrow(PublishedEntry.objects.all(), names)

    def _found_by(self, names: set[str]) -> PublishedEntryQuerySet:
        """The same where no order is asked for."""
        return self.filterset.narrow(PublishedEntry.objects.unordered(), names)

    def size(self) -> int:
        """How many entries match, all counted; what is asked by one filter alone the stored totals know."""
        applied = self._applied()
        records = self.ticked.get(applied[0], []) if len(applied) == 1 else []
        if len(records) == 1:
            return records[0].total
        if self.words:
            return _number(self._found_by(set(filters())))
        if applied:
            return self.entries.count()
        return FacetTotal.objects.filter(facet="all").values_list("total", flat=True).first() or 0

    @property
    def withdrawals(self) -> QuerySet[Withdrawal]:
        """What was withdrawn of all that was in the answer, or may have been: its words are gone."""
        if not self._filed:
            return Withdrawal.objects.all()
        return Withdrawal.objects.filter(uid__in=self._departures.values("uid"))

    def last_change(self) -> State | None:
        """When an entry of the answer changed, came or left last: two queries. None if none was ever there.

        A search counts as changed when anything public does: any change may give what it names another name, and
        so find other entries that did not change.
        """
        if self.words or self.read.get("person"):
            current = Edition.objects.filter(pk=1).only("version", "changed_at").first()
            return current.state if current else None
        is_narrowed = bool(self._filed)
        found = [
            _latest(self._narrowed(self._filed), "changed_at", is_narrowed=is_narrowed),
            _latest(self._departures, "left_at", is_narrowed=is_narrowed),
        ]
        return max((state for state in found if state), default=None)

    @property
    def about(self) -> list[tuple[str, int]]:
        """What an entry must be filed under to change the answer, as ``Announcement`` names it."""
        if self.words or self.read.get("person"):
            return [("edition", 0)]
        values = self.filterset.form.cleaned_data
        facet = next((name for name in facets() if values.get(name)), "")
        options = self.filterset.options.get(facet, {})
        return [(facet, options[slug].id) for slug in values.get(facet, ()) if slug in options] or [("all", 0)]

    @property
    def _departures(self) -> FilterableQuerySet[Departure]:
        return self.filterset.narrow(Departure.objects.all(), self._filed)

    @property
    def _filed(self) -> set[str]:
        """The filters that are set and ask under what an entry is filed, not for its words."""
        return {name for name, one in filters().items() if one.is_filed}.intersection(self._applied())

    @cached_property
    def counts(self) -> Counts:
        """How many match, by year and by option: one query."""
        applied = set(self._applied())
        if not applied:
            return stored_counts(self.options)
        without = {
            facet: (self._conditions(applied - {facet}) if applied - {facet} else None)
            for facet in facets()
            if facet in applied
        }
        common = {facet for facet in without if self._is_common(applied - {facet})}
        return count(
            self._conditions(applied),
            without,
            self.options,
            searching=bool(applied - self._filed),
            common=common,
            close_up=CloseUp(self.bounds, self._conditions(set(DATES))) if self.is_close_up else None,
            word=self.words if applied == {"q"} and ONE_WORD.fullmatch(self.words) and not foreign() else "",
        )

    def _conditions(self, names: set[str]) -> list[Condition]:
        return [one for name, one in self.filterset.conditions.items() if name in names]

    def number_without(self, name: str) -> int:
        """How many would match without one filter, up to ``COUNT_LIMIT`` and one: at most one query more."""
        applied = set(self._applied())
        if name not in applied:
            return self.counts.total + self.counts.capped
        rest = applied - {name}
        return self._found_by(rest).capped_count(COUNT_LIMIT) if rest else self.counts.everything

    def _is_common(self, names: set[str]) -> bool:
        """Whether the stored totals tell that too many match these filters: they ask for records of one kind alone."""
        records = self.ticked.get(min(names), []) if len(names) == 1 else []
        return any(option.total > COUNT_LIMIT for option in records)

    @cached_property
    def bounds(self) -> tuple[datetime.date | None, datetime.date | None]:
        """The stretch of time asked for: the first day, and the day after the last; None is open."""
        values = self.filterset.form.cleaned_data
        return values.get("from"), values.get("to")

    @property
    def is_close_up(self) -> bool:
        """Whether the stretch of time asked for is at most a year long."""
        first, after = self.bounds
        return first is not None and after is not None and (after - first).days <= CLOSE_UP

    def ways_out(self) -> Iterator[tuple[str, str, int]]:
        """For an empty answer: each filter whose removal finds entries; the two dates count as one.

        Yields (offer in words, query string without it, number of entries up to ``COUNT_LIMIT``).
        At most ``MAX_WAYS_OUT`` queries.
        """
        applied = [name for name in self._applied() if name not in self.preset]
        groups = [[name for name in applied if name in DATES], *([name] for name in applied if name not in DATES)]
        for names in [group for group in groups if group][:MAX_WAYS_OUT]:
            rest = set(self._applied()) - set(names)
            number = self._found_by(rest).capped_count(COUNT_LIMIT)
            if number and rest - set(self.preset):
                pairs = {name: values for name, values in self.parameters.items() if name not in names}
                one = filters()[names[0]]
                yield one.dropping(*self._asked(one)), urlencode(sorted(pairs.items()), doseq=True), number

    def widened(self) -> tuple[str, str, int] | None:
        """For an empty answer: the dates opened, by whole years, up to the nearest entry that matches.

        The years in words, the query string, and the number of entries up to
        ``COUNT_LIMIT``; None without dates or when nothing matches on either side.
        """
        first, after = self.bounds
        names = set(self._applied())
        if not names.intersection(DATES):
            return None
        rest = self._narrowed(names.difference(DATES))
        found = []
        if first:
            found += [rest.filter(sort_date__lt=first).chronological(newest_first=True).values_list("sort_date")[:1]]
        if after:
            found += [rest.filter(sort_date__gte=after).chronological().values_list("sort_date")[:1]]
        dates = [date for rows in found for (date,) in rows]
        if not dates:
            return None
        last = after - datetime.timedelta(days=1) if after else None
        nearest = min(dates, key=lambda date: abs(date - (first if first and date < first else last or date)))
        years = sorted({date.year for date in (nearest, first, last) if date})
        start, end = years[0], years[-1]
        number = rest.in_period(datetime.date(start, 1, 1), datetime.date(end + 1, 1, 1)).capped_count(COUNT_LIMIT)
        words = str(start) if start == end else f"{start}–{end}"
        return (words, self.query(**{"from": str(start), "to": str(end)}), number) if number else None

    # -- saying it ----------------------------------------------------------------------

    @cached_property
    def parameters(self) -> dict[str, list[str]]:
        """The filters that were understood, in canonical order: names sorted, values too."""
        values = self.filterset.form.cleaned_data
        data = self.filterset.data
        pairs = {}
        for name, one in filters().items():
            if name in self.preset or not values.get(name):
                continue
            pairs[name] = sorted(values[name]) if one.several else [one.canonical(data[name])]
        if self.order != self._usual_order:
            pairs["order"] = [self.order]
        if self.shows_headlines:
            pairs["show"] = [HEADLINES]
        return dict(sorted(pairs.items()))

    def query(self, *, drop: str = "", **changes: str) -> str:
        """The canonical query string, without ``?``; ``drop`` leaves a parameter out.

        Beside a place in time the order is always said, but for that of the oldest on pages that have it anyway.
        """
        pairs = {name: values for name, values in self.parameters.items() if name != drop}
        if changes.get("page") and self.newest_first:
            pairs["order"] = [NEWEST]
        for name, value in changes.items():
            pairs.pop(name, None)
            if value:
                pairs[name] = [value]
        return urlencode(sorted(pairs.items()), doseq=True)

    def _without(self, names: Iterable[str]) -> str:
        """The canonical query string without some parameters."""
        pairs = {name: values for name, values in self.parameters.items() if name not in names}
        return urlencode(sorted(pairs.items()), doseq=True)

    def query_as_typed(self) -> str:
        """The canonical query string, but for words that were read as a date: these are as they were typed."""
        if not self.read:
            return self.query()
        pairs = {name: values for name, values in self.parameters.items() if name not in self.read}
        return urlencode(sorted((pairs | {"q": [self.typed["q"]]}).items()), doseq=True)

    def query_as_words(self) -> str:
        """The query string of the same words searched for, the date among them in quotation marks."""
        words = self.date_in_words.as_words if self.date_in_words else ""
        pairs = {name: values for name, values in self.parameters.items() if name not in self.read}
        return urlencode(sorted((pairs | {"q": [words]}).items()), doseq=True)

    def query_ordered(self, order: str) -> str:
        """The canonical query string of the same question in another order."""
        return self.query(order="" if order == self._usual_order else order)

    def subscription(self) -> str:
        """The query string of this question's feeds: its filters and presets, never order or page."""
        pairs = {name: values for name, values in self.parameters.items() if name in filters()}
        for name, value in self.preset.items():
            pairs[name] = [value]
        return urlencode(sorted(pairs.items()), doseq=True)

    @cached_property
    def chips(self) -> list[Chip]:
        """Every applied filter with a way to remove it, and every record by itself; records first.

        Two dates that are one are one chip.
        """
        chips = []
        for name, one in sorted(filters().items(), key=lambda item: not item[1].several):
            if name in self.preset:
                continue
            values = self.parameters.get(name, [])
            for option in self.ticked.get(name, ()):
                rest = [slug for slug in values if slug != option.slug]
                pairs = {**self.parameters, name: rest}
                chips.append(Chip(name, one.say(one.chip, option.name), urlencode(sorted(pairs.items()), doseq=True)))
            if name == "to" and values == self.parameters.get("from"):
                continue
            if name == "from" and values and values == self.parameters.get("to"):
                chips.append(Chip(name, capfirst(one.shown(*values)), self._without(DATES)))
            elif values and not one.several:
                chips.append(Chip(name, one.say(one.chip, *self._asked(one)), self.query(drop=name)))
        return chips

    @cached_property
    def sentence(self) -> str:
        """What is asked, in words; the same for page, feed and export."""
        parts = self._parts()
        return _("Entries %s") % parts if parts else _("All entries")

    def _parts(self, without: str = "") -> str:
        """What is asked by each filter but ``without``, in words."""
        parts = [
            one.say(one.phrase, *values)
            for one in sorted(filters().values(), key=lambda one: one.turn)
            if one.phrase and one.name != without and (values := self._asked(one))
        ]
        parts += filter(None, [self._dates()])
        return listed(parts)

    @cached_property
    def nothing(self) -> str:
        """That no entry matches, in words: “No entry contains “whisky”.”; with the filters that were asked beside."""
        words = filters()["q"]
        text = words.shown(self.words) if self.words else ""
        rest = self._parts(without="q")
        if not text:
            return _("There are no entries %s.") % rest if rest else _("There are no entries.")
        # Words that are left out, and alternatives, are not contained.
        plain = not (self.reading and self.reading.has_operators)
        if rest:
            pattern = (
                _("No entry contains %(words)s among the entries %(filters)s.")
                if plain
                else _("No entry matches %(words)s among the entries %(filters)s.")
            )
            return pattern % {"words": text, "filters": rest}
        return (_("No entry contains %s.") if plain else _("No entry matches %s.")) % text

    def _dates(self) -> str:
        """The stretch of time that is asked for; empty when none is."""
        bounds = [filters()[name] for name in DATES]
        start, end = ("".join(map(bound.canonical, self._asked(bound))) for bound in bounds)
        first, last = (bound.shown(text) if text else "" for bound, text in zip(bounds, (start, end), strict=True))
        if start and end and edtf.parse(start) == edtf.parse(end):
            on_a_day = edtf.parse(start).precision == edtf.Precision.DAY
            return (_("on %s") if on_a_day else _("in %s")) % first
        if start and end:
            return _("from %(start)s to %(end)s") % {"start": first, "end": last}
        if start:
            return _("from %s on") % first
        return _("until %s") % last if end else ""

    def _asked(self, one: Filter) -> list[str]:
        """What is asked by one filter, in the reader's words: the names of records, or the text that was typed."""
        if one.several:
            return [option.name for option in self.ticked[one.name]]
        return [self.filterset.data[one.name]] if self.filterset.form.cleaned_data.get(one.name) else []


def _bounds(one: edtf.EDTF) -> dict[str, str]:
    """A date as the two parameters that ask for it, and for what may have happened then."""
    ends = {"from": one.start, "to": one.end}
    return {name: end.unqualified for name, end in ends.items() if end}


def _number(rows: PublishedEntryQuerySet) -> int:
    """How many entries have some words, by the index: the planner reads and unpacks them all (see ``facets``)."""
    sql, parameters = rows.order_by().values("pk").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL enable_seqscan = off; SELECT count(*) FROM ({sql}) found", parameters)  # noqa: S608 - SQL of ours
        cursor.nextset()
        (number,) = cursor.fetchone() or (0,)
    return int(number)


# The latest of the rows that changed last tells it in most answers. Only where none of these belongs to the answer
# all that do are looked through: a filter of old entries, or of few.
LATEST = """
WITH latest AS (
    SELECT edition, {moment} FROM (SELECT * FROM {table} ORDER BY edition DESC LIMIT {window}) {table}
    WHERE {condition} ORDER BY edition DESC LIMIT 1
)
SELECT * FROM latest UNION ALL SELECT max(edition), max({moment}) FROM {table}
WHERE {condition} AND NOT EXISTS (SELECT FROM latest)
"""
WINDOW = 1_000


def _latest(rows: FilterableQuerySet[Any], moment: str, *, is_narrowed: bool) -> State | None:
    """The latest state of ``rows``: one query. Of all of them an index knows it."""
    if not is_narrowed:
        first = rows.order_by("-edition").values_list("edition", moment).first()
        return State(*first) if first else None
    query = rows.order_by().values("edition").query
    sql, values = query.sql_with_params()
    table = connection.ops.quote_name(rows.model._meta.db_table)
    condition = sql.partition(" WHERE ")[2] or "true"
    statement = LATEST.format(moment=moment, table=table, window=WINDOW, condition=condition)
    with connection.cursor() as cursor:
        cursor.execute(statement, [*values, *values])
        found = cursor.fetchone()
    return State(*found) if found and found[0] is not None else None
