"""News of a question between two marks: entries that are new, updated or corrected, and what was withdrawn.

Only what is public when it is asked for; of what is gone the reason, and no word of what it said.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import F, Max, QuerySet
from django.http import QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from timeline.choices import Change
from timeline.filters import Question
from timeline.filters.renaming import renamed
from timeline.formats.changes import NEWS
from timeline.models import Mark, Version, Withdrawal
from timeline.models.document import EntryDocument
from timeline.public import days
from timeline.public.language import Original, filed_here, here, in_this_language, like, original
from timeline.public.lead import lead
from timeline.public.site import absolute, current_edition, with_query
from timeline.public.wording import correction_text, happened, label, when
from timeline.punctuation import listed, marks

MOST_ENTRIES = 25
"""Entries of one question in one letter; for the rest there is the site."""

MOST_CHANGED = 1_000
"""Changed entries that questions are asked of by name; more, after a load, are found by the database itself."""

MOST_RENAMED = 5
"""A record may have had so many names one after the other."""


def read(query: str) -> tuple[Question | None, str]:
    """The question of a canonical query string, and that string with the present names of its records.

    None if it names something that is not there any more.
    """
    data: QueryDict = QueryDict(query)
    for _turn in range(MOST_RENAMED):
        question = Question(data, option_limit=0)
        if not question.problems:
            return question, question.subscription()
        known = renamed(data, question.problems)
        if known is None:
            break
        data = known
    return None, query


class Changed:
    """What changed at all between two marks, whatever is asked."""

    def __init__(self, since: Mark, until: Mark) -> None:
        self.since, self.until = since, until

    @cached_property
    def entries(self) -> list[int] | None:
        """The ids of entries; None when they are too many to name."""
        told = _versions(self.since, self.until).order_by().values_list("entry", flat=True)
        ids = list(told.distinct()[: MOST_CHANGED + 1])
        return ids if len(ids) <= MOST_CHANGED else None

    @cached_property
    def has_withdrawals(self) -> bool:
        return _withdrawn(Withdrawal.objects.all(), self.since, self.until).exists()


def newest(question: Question, since: Mark, until: Mark, changed: Changed) -> Mark | None:
    """The mark of the newest news of a question; None without any. Two queries at most, of what ``changed`` alone."""
    version = moment = None
    if changed.entries != []:
        found = versions(question, since, until, changed.entries)
        version = found.order_by().aggregate(newest=Max("pk"))["newest"]
    if changed.has_withdrawals:
        gone = _withdrawn(question.withdrawals, since, until)
        moment = gone.order_by().aggregate(newest=Max("withdrawn_at"))["newest"]
    if version is None and moment is None:
        return None
    return Mark(version or 0, moment or since.moment)


def versions(question: Question, since: Mark, until: Mark, entries: Sequence[int] | None = None) -> QuerySet[Version]:
    """The changes that readers can see of what a question finds, among these ``entries``."""
    found = question.entries if entries is None else question.entries.filter(pk__in=entries)
    return _versions(since, until).filter(entry__in=found.order_by().values("pk"))


def _versions(since: Mark, until: Mark) -> QuerySet[Version]:
    told = Version.objects.filter(pk__gt=since.version, pk__lte=until.version, change__in=NEWS)
    return told.filter(entry__published__isnull=False)


def _withdrawn(rows: QuerySet[Withdrawal], since: Mark, until: Mark) -> QuerySet[Withdrawal]:
    return rows.filter(withdrawn_at__gt=since.moment, withdrawn_at__lte=until.moment)


# -- in words -----------------------------------------------------------------------------


class Gone(NamedTuple):
    """An entry that was withdrawn."""

    reason: str
    url: str


class Held(NamedTuple):
    """A line of the state as it stands: what has the value, what is said of it, and the address that says it."""

    name: str
    said: str
    url: str


@dataclass
class Item:
    """An entry with what is new of it: the sentences of its ``lead``, ``corrections``, and ``notes`` on updates."""

    url: str
    headline: str
    date: str
    lead: list[str]
    is_new: bool = False
    corrections: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def label(self) -> str:
        """What became of it, in a word."""
        if self.is_new:
            return _("New")
        return _("Corrected") if self.corrections else _("Updated")

    @property
    def lacks(self) -> bool:
        """Whether some of it is said in the original, on a page in another language."""
        return any(isinstance(said, Original) for said in (self.headline, *self.lead, *self.notes, *self.corrections))


@dataclass(frozen=True)
class Section:
    """The news of one question: ``name`` and ``sentence`` say it in short and in full, ``url`` shows all of it.

    ``stands`` says where the storylines stand that it asks for, ``as_of`` a day in words. ``more`` items have no room
    here. Of a question that cannot be answered any more there is nothing.
    """

    query: str
    name: str
    sentence: str
    url: str
    items: list[Item] = field(default_factory=list)
    more: int = 0
    withdrawn: list[Gone] = field(default_factory=list)
    is_answerable: bool = True
    stands: list[Held] = field(default_factory=list)
    as_of: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to say."""
        return self.is_answerable and not (self.items or self.more or self.withdrawn)


def section(query: str, since: Mark, until: Mark) -> Section:
    """The news of the question of a query string, in the language in use. At most six queries and the question's,
    and five where it asks for a storyline."""
    question, present_query = read(query)
    if question is None:
        return Section(query, "", query, absolute(with_query(here("/"), query)), is_answerable=False)
    told = versions(question, since, until)
    latest = told.order_by().values_list("entry").annotate(newest=Max("pk")).order_by("-newest")[: MOST_ENTRIES + 1]
    ids = [entry for entry, _newest in latest]
    more = told.order_by().values("entry").distinct().count() - MOST_ENTRIES if len(ids) > MOST_ENTRIES else 0
    gone = _withdrawn(question.withdrawals, since, until).order_by("withdrawn_at")
    stands, as_of = _stands(question.parameters.get("storyline", []))
    return Section(
        present_query,
        name_of(question),
        question.sentence,
        absolute(with_query(here("/"), present_query)),
        _items(_versions(since, until).filter(entry__in=ids[:MOST_ENTRIES])),
        more,
        [Gone(original(one.reason), absolute(here(f"/entries/{one.slug}/"))) for one in gone[:MOST_ENTRIES]],
        stands=stands,
        as_of=as_of,
    )


def _stands(storylines: Sequence[str]) -> tuple[list[Held], str]:
    """Where these storylines stand on the last day researched, and that day in words."""
    if not storylines:
        return [], ""
    shown = {"storylines__storyline__slug__in": storylines, "storylines__storyline__is_public": True}
    lines = days.all_lines().filter(**shown).order_by("storylines__storyline__position", "storylines__sort_order")
    found = days.stands(lines, current_edition())
    if found is None:
        return [], ""
    return [_held(row) for row in found["lines"]], when(found["day"])


def _held(row: dict[str, Any]) -> Held:
    """A row of :func:`timeline.public.days.stands`, with the numbers of its sources."""
    if words := row.get("words"):
        said = [words, _("as of %s") % row["as_of"]]
    elif since := row.get("since"):
        value = " ".join(filter(None, (row["value"], row["counted"])))
        until = _("until %s") % row["until"] if row["until"] else ""
        said = [value or row["said"], label(row["standing"], "standing"), _("since %s") % since, until]
    else:
        said = [_("Our sources do not say.")]
    numbers = listed(str(source["number"]) for source in row["sources"])
    text = marks().bar.join(filter(None, said)) + (f" [{numbers}]" if numbers else "")
    return Held(row["name"], text, absolute(here(row.get("href") or row["line"].get_absolute_url())))


def name_of(question: Question) -> str:
    """What is followed, in short: “Car tariff, 2025”; empty for everything."""
    return capfirst(listed(chip.label for chip in question.chips))


def _items(rows: QuerySet[Version]) -> list[Item]:
    """The entries of these versions: what is new, then what was corrected, then the rest; of each the latest first."""
    told = defaultdict(list)
    documents: dict[int, EntryDocument] = {}
    for row in _with_documents(rows):
        told[row.entry_id].append(row)
        documents[row.entry_id] = in_this_language(row.entry_document, row.words)
    items = []
    for pk, entry in sorted(documents.items(), key=lambda one: one[1]["date"]["start"] or "", reverse=True):
        item = Item(absolute(here(entry["url"])), entry["headline"], capfirst(happened(entry["date"])), _lead(entry))
        for row in told[pk]:
            if row.change == Change.CORRECTION:
                wrong = original(row.wrong)
                said = correction_text({"wrong": wrong, "right": row.right, "redaction": row.redaction})
                item.corrections.append(said)
            elif row.change == Change.UPDATE and (row.note or not row.redaction):
                item.notes.append(original(row.note) or _("The entry was updated."))
            item.is_new = item.is_new or row.change == Change.FIRST
        items.append(item)
    return sorted(items, key=lambda item: (not item.is_new, not item.corrections))


def _lead(entry: EntryDocument) -> list[str]:
    """The sentences of the summary, each with the numbers of its sources."""
    return [
        like(one.text, f"{one.text} [{listed(map(str, one.numbers))}]") if one.numbers else one.text
        for one in lead(entry)
    ]


def _with_documents(rows: QuerySet[Version]) -> QuerySet[Any]:
    found = rows.defer("document", "revision").annotate(
        entry_document=F("entry__published__document"), words=filed_here("words", "entry")
    )
    return found.order_by("pk")


def counted(sections: Sequence[Section]) -> str:
    """How much is new in all, in a few words: “2 new entries, 1 correction”. An entry in several counts once."""
    items = {item.url: item for section in sections for item in section.items}.values()
    new = sum(item.is_new for item in items)
    corrected = sum(bool(item.corrections) and not item.is_new for item in items)
    updated = len(items) - new - corrected
    gone = len({one.url for section in sections for one in section.withdrawn})
    said = [
        new and ngettext("%d new entry", "%d new entries", new) % new,
        corrected and ngettext("%d correction", "%d corrections", corrected) % corrected,
        updated and ngettext("%d update", "%d updates", updated) % updated,
        gone and ngettext("%d withdrawal", "%d withdrawals", gone) % gone,
    ]
    return listed(str(one) for one in said if one)
