"""Where things stand on a day: what the entries answer to the lines of the state.

A published entry answers a line by its figures (value, period, status) and by the dates of its measure that name
the line. :func:`states_of` takes these answers out of its document, and :func:`on_day` says which of them hold on a
day, and how. Nothing is inferred: what no entry says is not known.

DECISIONS 161.
"""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NotRequired, TypedDict

from django.utils.translation import gettext as _

from timeline import edtf
from timeline.choices import FigureBasis, FigureStatus, MeasureDateKind, Standing
from timeline.models.document import CitationDocument, EntryDocument, FigureDocument, MeasureDateDocument
from timeline.segments import FIGURE, digest

from . import wording
from .language import Words, translated_here
from .lead import carriers

STATUS: Mapping[str, Standing] = {
    FigureStatus.IN_FORCE: Standing.IN_FORCE,
    FigureStatus.ENDED: Standing.IN_FORCE,  # it was, in its period
    FigureStatus.AGREED: Standing.AGREED,
    FigureStatus.NON_BINDING: Standing.AGREED,
    FigureStatus.THREATENED: Standing.ANNOUNCED,
    FigureStatus.ANNOUNCED: Standing.ANNOUNCED,
    FigureStatus.PROPOSED: Standing.PROPOSED,
    FigureStatus.SUSPENDED: Standing.SUSPENDED,
    FigureStatus.STRUCK_DOWN: Standing.STRUCK_DOWN,
    FigureStatus.EXPIRED: Standing.EXPIRED,
}
"""How a figure stands in its period. What is only reported, claimed or forecast answers nothing."""

KIND: Mapping[str, Standing] = {
    MeasureDateKind.EFFECTIVE: Standing.IN_FORCE,
    MeasureDateKind.RETROACTIVE: Standing.IN_FORCE,
    MeasureDateKind.AGREED: Standing.AGREED,
    MeasureDateKind.ANNOUNCED: Standing.ANNOUNCED,
    MeasureDateKind.PROCLAIMED: Standing.ANNOUNCED,
    MeasureDateKind.SIGNED: Standing.ANNOUNCED,
    MeasureDateKind.PUBLISHED: Standing.ANNOUNCED,
    MeasureDateKind.TO_TAKE_EFFECT: Standing.ANNOUNCED,
    MeasureDateKind.PROPOSED: Standing.PROPOSED,
    MeasureDateKind.SUSPENDED: Standing.SUSPENDED,
    MeasureDateKind.STRUCK_DOWN: Standing.STRUCK_DOWN,
    MeasureDateKind.ENDED: Standing.EXPIRED,
}
"""How a measure stands from a date of this kind on."""

MADE_KNOWN = {
    MeasureDateKind.ANNOUNCED,
    MeasureDateKind.PROCLAIMED,
    MeasureDateKind.SIGNED,
    MeasureDateKind.PUBLISHED,
}
"""Dates on which people could learn of a measure, beside that of the entry."""

STOPS = {MeasureDateKind.SUSPENDED, MeasureDateKind.STRUCK_DOWN}
"""First days on which a measure does not hold any more."""

SAID = (Standing.AGREED, Standing.ANNOUNCED, Standing.PROPOSED)


class SourceOfState(TypedDict):
    """A source that carries an answer, by its number and the last part of its address."""

    number: int
    slug: str


class EntryOfState(TypedDict):
    """The entry that an answer stands in."""

    url: str
    headline: str


class StateDocument(TypedDict):
    """An answer of an entry to a line: how it stands from ``since`` to ``until``, days that may be open (None).

    ``edtf`` is the period as it is known. ``unended`` says that an end was not recorded; ``known_from`` is the day of
    an order with effect back in time, ``takes_effect`` the day for which something is announced. ``figure`` or
    ``measure`` is what holds; ``differs`` says that sources disagree, ``anchor`` where in the entry it stands.
    ``words`` are what is translated of the entry, on a page in another language.
    """

    line: str
    standing: str
    since: str | None
    until: str | None
    edtf: str
    unended: bool
    known_from: str | None
    takes_effect: str | None
    figure: FigureDocument | None
    measure: str
    note: str
    differs: bool
    anchor: str
    sources: list[SourceOfState]
    entry: EntryOfState
    words: NotRequired[Words]


# -- what an entry answers ----------------------------------------------------------------


def states_of(document: EntryDocument) -> list[StateDocument]:
    """The answers of an entry to the lines of the state, each from its own figures and dates."""
    return [
        *(state for figure in document["figures"] if figure["line"] for state in _of_figure(document, figure)),
        *(state for row in document["dates"] if row["line"] for state in _of_measure(document, row)),
    ]


def _of_figure(document: EntryDocument, figure: FigureDocument) -> list[StateDocument]:
    standing = STATUS.get(figure["status"])
    period = figure["period"] or ("" if standing is Standing.IN_FORCE else document["date"]["start"])
    if standing is None or not period:
        return []
    state = _state(document, figure["line"], standing, edtf.parse(period))
    state["figure"] = {**figure, "citations": []}
    state["note"] = figure["note"]
    state["anchor"] = f"f-{figure['id']}"
    state["sources"] = _sources(document, [figure["citations"]])
    # Of what is in force from a day on, and no more is said, the end is not recorded.
    state["unended"] = standing is Standing.IN_FORCE and _is_day(period)
    return _with_announcement(document, state)


def _of_measure(document: EntryDocument, row: MeasureDateDocument) -> list[StateDocument]:
    state = _state(document, row["line"], KIND[row["kind"]], edtf.parse(row["edtf"]))
    figures = [one for one in document["figures"] if one["id"] in row["rests_on"]]
    state["differs"] = any(one["id"] in row["rests_on"] for one in document["disagreements"])
    state["figure"] = {**figures[0], "citations": []} if figures else None
    state["measure"] = row["measure"]
    state["note"] = row["note"]
    state["anchor"] = "dates"
    state["sources"] = _sources(
        document, [cited for key, (_part, cited) in carriers(document).items() if key in row["rests_on"]]
    )
    if row["kind"] == MeasureDateKind.TO_TAKE_EFFECT:
        effect = state["since"]
        stops = [one["edtf"].partition("/")[0] for one in document["dates"] if one["kind"] in STOPS]
        end = min([one for one in (effect, *stops) if one], default=None)
        state |= {"since": _made_known(document), "until": _day_before(end), "takes_effect": effect}
    return _with_announcement(document, state)


def _state(document: EntryDocument, line: str, standing: Standing, date: edtf.EDTF) -> StateDocument:
    until = None if date.is_single and date.precision is edtf.Precision.DAY else date.last
    return {
        "line": line,
        "standing": str(standing),
        "since": date.lower.isoformat() if date.lower else None,
        "until": until.isoformat() if until else None,
        "edtf": date.text,
        "unended": False,
        "known_from": None,
        "takes_effect": None,
        "figure": None,
        "measure": "",
        "note": "",
        "differs": False,
        "anchor": "",
        "sources": [],
        "entry": {"url": document["url"], "headline": document["headline"]},
    }


def _with_announcement(document: EntryDocument, state: StateDocument) -> list[StateDocument]:
    """``state``, and before it that it was announced; or since when it is known that it held earlier."""
    known, since = _made_known(document), state["since"]
    if state["standing"] != Standing.IN_FORCE or known is None or since is None:
        return [state]
    back = [date["edtf"] for date in document["dates"] if date["kind"] == MeasureDateKind.RETROACTIVE]
    if since in back:
        return [{**state, "known_from": document["date"]["start"]}]
    effective = [date["edtf"] for date in document["dates"] if date["kind"] == MeasureDateKind.EFFECTIVE]
    if known >= since or since not in (text.partition("/")[0] for text in effective):
        return [state]
    announced: StateDocument = {
        **state,
        "standing": str(Standing.ANNOUNCED),
        "since": known,
        "until": _day_before(since),
        "edtf": f"{known}/{_day_before(since)}",
        "unended": False,
        "takes_effect": since,
    }
    return [announced, state]


def _made_known(document: EntryDocument) -> str | None:
    """The first day on which people could learn of what an entry says."""
    days = [row["edtf"] for row in document["dates"] if row["kind"] in MADE_KNOWN and _is_day(row["edtf"])]
    return min([*days, *filter(None, [document["date"]["start"]])], default=None)


def _sources(document: EntryDocument, cited: Iterable[Sequence[CitationDocument]]) -> list[SourceOfState]:
    numbers = {citation["number"] for citations in cited for citation in citations}
    return [
        {"number": source["number"], "slug": source["slug"]}
        for source in document["sources"]
        if source["number"] in numbers
    ]


def _is_day(text: str) -> bool:
    date = edtf.parse(text)
    return date.is_single and date.precision is edtf.Precision.DAY


def _day_before(day: str | None) -> str | None:
    return (datetime.date.fromisoformat(day) - datetime.timedelta(days=1)).isoformat() if day else None


# -- a day --------------------------------------------------------------------------------


@dataclass
class Answer:
    """What answers a line on a day: as it stood, as a later order has it, and what was only said or had ended."""

    line: Any
    held: list[StateDocument] = field(default_factory=list)
    corrected: list[StateDocument] = field(default_factory=list)
    said: list[StateDocument] = field(default_factory=list)
    stopped: list[StateDocument] = field(default_factory=list)

    @property
    def all(self) -> list[StateDocument]:
        """Everything that answers, what holds first."""
        return [*self.held, *self.corrected, *self.said, *self.stopped]

    @property
    def leading(self) -> StateDocument | None:
        """The one to name where there is room for one: what holds; of promises the latest that holds or is agreed."""
        agreed = [state for state in self.said if state["standing"] == Standing.AGREED]
        stands = [*self.held, *self.corrected]
        if self.line.promises:
            return max([*stands, *agreed], key=lambda state: state["since"] or "", default=None)
        latest = max((state["since"] or "" for state in stands), default="")
        return next((state for state in stands if (state["since"] or "") == latest), None)

    @property
    def is_known(self) -> bool:
        """Whether something is in force as far as our sources know; for a promise, whether there is one."""
        promised = [state for state in self.said if state["standing"] == Standing.AGREED]
        return bool(self.held or self.corrected or (self.line.promises and promised))


def on_day(
    lines: Iterable[Any],
    states: Iterable[StateDocument],
    day: datetime.date,
    last: datetime.date | None,
    *,
    then: bool = False,
) -> list[Answer]:
    """The answer to each of ``lines`` on a day; ``last`` is the last day researched.

    What was ordered later with effect back in time is left out of what was known ``then``.
    """
    answers = {line.slug: Answer(line) for line in lines}
    known = list(states)
    for state in known:
        answer = answers.get(state["line"])
        if answer is None or not _covers(state, day, known):
            continue
        if state["standing"] == Standing.IN_FORCE:
            late = is_late(state, day)
            if late and then:
                continue
            is_last = (state["unended"] and state["since"] != day.isoformat()) or (last is not None and day > last)
            standing = Standing.LAST_RECORDED if is_last else Standing.IN_FORCE
            (answer.corrected if late else answer.held).append({**state, "standing": str(standing)})
        else:
            (answer.said if state["standing"] in SAID else answer.stopped).append(state)
    for answer in answers.values():
        for group in (answer.held, answer.corrected, answer.said, answer.stopped):
            group.sort(key=_order)
    return list(answers.values())


def is_late(state: StateDocument, day: datetime.date) -> bool:
    """Whether an order came after a day on which, by it, this held."""
    return state["known_from"] is not None and state["known_from"] > day.isoformat()


def changes(states: Iterable[StateDocument]) -> list[datetime.date]:
    """The days on which something begins or has ended, in order; of what is known only to a month or year none."""
    days = set()
    for state in states:
        if state["since"] and state["since"] in state["edtf"]:
            days.add(datetime.date.fromisoformat(state["since"]))
        if state["until"] and state["until"] in state["edtf"]:
            days.add(datetime.date.fromisoformat(state["until"]) + datetime.timedelta(days=1))
    return sorted(days)


def came_of(state: StateDocument, states: Iterable[StateDocument]) -> StateDocument | None:
    """The answer that took the place of one that was only said: of the same line, with the same number, from the day
    after it on. Of another number, or after a gap, nothing is said."""
    if state["standing"] not in SAID or not state["until"]:
        return None
    next_day = (datetime.date.fromisoformat(state["until"]) + datetime.timedelta(days=1)).isoformat()
    firmer = [
        one
        for one in states
        if one["line"] == state["line"]
        and one["since"] == next_day
        and one["standing"] in (Standing.IN_FORCE, Standing.AGREED)
        and _same_number(one, state)
    ]
    return min(firmer, key=_order, default=None)


def _same_number(one: StateDocument, other: StateDocument) -> bool:
    """Whether two answers say the same number; how it is counted may have been said only later."""
    ours, theirs = one["figure"], other["figure"]
    if ours is None or theirs is None or wording.figure_value(ours) != wording.figure_value(theirs):
        return False
    return ours["basis"] == theirs["basis"] or not (ours["basis"] and theirs["basis"])


def _order(state: StateDocument) -> tuple[str, bool, str]:
    """By time; of one day the whole before what is part of it."""
    whole = state["figure"] is not None and state["figure"]["basis"] == FigureBasis.TOTAL
    return state["since"] or "", not whole, said(state)


def _covers(state: StateDocument, day: datetime.date, known: list[StateDocument]) -> bool:
    text = day.isoformat()
    if (state["since"] or text) > text or (state["until"] or text) < text:
        return False
    return not (state["unended"] and any(_replaces(other, state, text) for other in known))


def _replaces(other: StateDocument, state: StateDocument, day: str) -> bool:
    """Whether another figure of the same thing came after one whose end is not recorded."""
    if other["line"] != state["line"] or other["standing"] != Standing.IN_FORCE:
        return False
    theirs, ours = other["figure"], state["figure"]
    same = theirs is not None and ours is not None and theirs["of"] == ours["of"] and theirs["basis"] == ours["basis"]
    return same and (state["since"] or "") < (other["since"] or "") <= day


# -- in words -----------------------------------------------------------------------------


def said_here(state: StateDocument) -> StateDocument:
    """An answer in the language of the page. All that compares answers takes them as they are."""
    if "words" not in state:
        return state
    words = state["words"]
    row = f"dates.{digest(state['measure'])}"
    of_note = f"dates.{digest(state['note'])}.note"
    said: StateDocument = {**state}
    if state["measure"]:
        said["measure"] = translated_here(state["measure"], words.get(f"{row}.measure"))
    if state["figure"]:
        figure: Any = {**state["figure"]}
        place = f"figures.{figure['id']}"
        for name in FIGURE:
            if figure[name]:
                figure[name] = translated_here(figure[name], words.get(f"{place}.{name}"))
        said["figure"] = figure
        of_note = f"{place}.note" if f"{place}.note" in words else of_note
    said["note"] = translated_here(state["note"], words.get(of_note)) if state["note"] else ""
    said["entry"] = {**state["entry"], "headline": translated_here(state["entry"]["headline"], words.get("headline"))}
    return said


def value(state: StateDocument) -> str:
    """The number of an answer, or nothing where it has none: "27.5%"."""
    return wording.figure_value(state["figure"]) if state["figure"] else ""


def counted(state: StateDocument) -> str:
    """What the number is made of, in a word or two: "in total"."""
    words = {
        FigureBasis.BASE: _("ordinary duty"),
        FigureBasis.ADDITIONAL: _("on top"),
        FigureBasis.TOTAL: _("in total"),
    }
    basis = state["figure"]["basis"] if state["figure"] else ""
    return words[FigureBasis(basis)] if basis else ""


def said(state: StateDocument) -> str:
    """What holds, in words: the measure, or what the figure is a number of."""
    return state["measure"] or (state["figure"]["label"] if state["figure"] else "")


def address(state: StateDocument) -> str:
    """Where in its entry an answer stands."""
    return f"{state['entry']['url']}{'#' if state['anchor'] else ''}{state['anchor']}"
