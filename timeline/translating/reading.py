"""Reading: a record as its translator sees it, segment by segment in the order in which readers read."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from timeline import edition
from timeline.choices import SegmentState, TranslationState
from timeline.content.doubts import doubts
from timeline.edition import Identity
from timeline.models import PublishedEntry, Translation, TranslationChange, TypedTranslation, Version
from timeline.public.comparison import Piece, words
from timeline.punctuation import bracketed, labelled
from timeline.segments import ENTRY, READING, digest, segments

from .terms import Offer, offers

LATEST = 20
"""Changes that are shown of a record."""


@dataclass
class Row:
    """A segment: the original words, what is translated of them, what the translator has typed, and what helps."""

    key: str
    label: str
    text: str
    state: str
    translation: Translation | None
    typed: TypedTranslation | None
    others: list[TypedTranslation] = field(default_factory=list)
    """What other translators have typed and not saved."""
    before: list[Piece] = field(default_factory=list)
    """What became of the original since it was translated, where that is known."""
    sources: list[dict[str, Any]] = field(default_factory=list)
    offers: list[Offer] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)
    """How the same words are translated in other places."""
    doubts: list[str] = field(default_factory=list)
    refusal: str = ""

    @property
    def of(self) -> str:
        return digest(self.text)

    @property
    def stored(self) -> str:
        return self.translation.words if self.translation else ""

    @property
    def token(self) -> str:
        return self.translation.token if self.translation else ""

    @property
    def is_conflict(self) -> bool:
        """Whether somebody changed what the translator has typed over; the page shows both texts."""
        return bool(self.typed and self.typed.over != self.token and self.typed.words != self.stored)

    @property
    def is_typed(self) -> bool:
        """Whether the translator has typed other words than are saved."""
        return bool(self.typed and self.typed.words != self.stored)

    @property
    def words(self) -> str:
        return self.typed.words if self.typed else self.stored

    @property
    def is_stale(self) -> bool:
        return self.state == SegmentState.STALE

    @property
    def is_reviewed(self) -> bool:
        return self.state == SegmentState.REVIEWED

    @property
    def state_label(self) -> str:
        return str(SegmentState(self.state).label)


@dataclass
class Reading:
    """A record and a language, with all that its translator sees."""

    language: str
    identity: Identity
    title: str
    entry: int | None
    rows: list[Row]
    log: list[TranslationChange]
    orphans: list[TypedTranslation]
    """What the translator typed for words that the original does not have any more."""

    @property
    def counts(self) -> list[tuple[SegmentState, int]]:
        number = Counter(row.state for row in self.rows)
        return [(state, number[state]) for state in SegmentState if number[state]]

    def next_after(self, key: str) -> str:
        """The segment that waits after this one; the first that does after the last."""
        keys = [row.key for row in self.rows]
        start = keys.index(key) + 1 if key in keys else 0
        waiting = {row.key for row in self.rows if row.state != SegmentState.REVIEWED}
        return next((one for one in [*keys[start:], *keys[:start]] if one in waiting and one != key), "")


def read(language: str, identity: Identity, user: Any) -> Reading | None:
    """The record as ``user`` sees it; None while nothing of it is public. Some twenty queries, whatever its length."""
    original = edition.originals([identity]).get(identity)
    if original is None or not original.words:
        return None
    kind, record = identity
    where = {"language": language, "kind": kind, "record": record}
    translations = {
        row.segment: row for row in Translation.objects.filter(**where).select_related("translator", "reviewer")
    }
    typed: defaultdict[str, list[TypedTranslation]] = defaultdict(list)
    for one in TypedTranslation.objects.filter(**where).select_related("author").order_by("-typed_at"):
        typed[one.segment].append(one)
    states = dict(edition.states(original, translations))
    rows = []
    for key, text in original.words.items():
        mine = next((one for one in typed[key] if one.author_id == user.pk), None)
        others = [one for one in typed[key] if one.author_id != user.pk]
        state = states.get(key, SegmentState.MISSING)
        row = Row(key, label(key), text, state, translations.get(key), mine, others)
        row.doubts = list(doubts(text, row.words, language)) if row.words and key != READING else []
        rows.append(row)
    _compare(original.entry, rows)
    _quote(original.entry, rows)
    found = offers({row.key: row.text for row in rows if row.key != READING}, language)
    for row in rows:
        row.offers = found.get(row.key, [])
    _find_elsewhere(language, identity, rows)
    log = TranslationChange.objects.filter(**where).select_related("changed_by", "correction")
    latest = list(log.order_by("-changed_at", "-pk")[:LATEST])
    orphans = [
        one for key, some in typed.items() if key not in original.words for one in some if one.author_id == user.pk
    ]
    return Reading(language, identity, original.title, original.entry, rows, latest, orphans)


# -- what helps ---------------------------------------------------------------------------


def _compare(entry: int | None, rows: list[Row]) -> None:
    """Show what became of the original of stale segments: as it was translated, or as an older version has it."""
    stale = [row for row in rows if row.is_stale and row.translation]
    before = {row.key: row.translation.original for row in stale if row.translation and row.translation.original}
    lost = {row.key: row.translation.of for row in stale if row.translation and row.key not in before}
    if lost and entry:
        for version in Version.objects.filter(entry=entry, redaction="").order_by("-number").only("document")[:10]:
            for segment in segments(version.document, ENTRY):
                if lost.get(segment.key) == digest(segment.text):
                    before.setdefault(segment.key, segment.text)
    for row in stale:
        if was := before.get(row.key):
            row.before = words(was, row.text)


def _quote(entry: int | None, rows: list[Row]) -> None:
    """Put beside each segment what the sources say that carry it."""
    document = PublishedEntry.objects.filter(pk=entry).values_list("document", flat=True).first() if entry else None
    if document:
        found = quotations(document)
        for row in rows:
            row.sources = found.get(row_of(row.key), [])


def quotations(document: Any) -> dict[str, list[dict[str, Any]]]:
    """By the id of a row of an entry: what the sources say that carry it, with the ``title`` of each."""
    titles = {source["number"]: source["title"] for source in document["sources"]}
    cited = {row["id"]: row["citations"] for part in ("statements", "figures") for row in document[part]}
    cited |= {row["id"]: row["accounts"] for row in document["disagreements"]}
    for sentence in document["sentences"]:
        rests = [one for key in sentence["rests_on"] for one in cited.get(key, ())]
        cited[sentence["id"]] = list({(one["number"], one["quotation"]): one for one in rests}.values())
    return {
        key: [{**one, "title": titles.get(one["number"], "")} for one in citations] for key, citations in cited.items()
    }


def row_of(key: str) -> str:
    """The id of the row that a segment is in; empty where it is in none."""
    return key.split(".")[1] if "." in key else ""


def _find_elsewhere(language: str, identity: Identity, rows: list[Row]) -> None:
    """Offer how the same words are translated elsewhere, the reviewed ones first."""
    wanted = {row.of for row in rows if row.state in (SegmentState.MISSING, SegmentState.STALE) and row.key != READING}
    found: defaultdict[str, dict[str, None]] = defaultdict(dict)
    same = Translation.objects.filter(language=language, of__in=wanted).exclude(segment=READING)
    same = same.exclude(kind=identity[0], record=identity[1]).order_by("-state", "-changed_at")
    for one in same[:200] if wanted else ():
        found[one.of][one.words] = None
    for row in rows:
        if row.of in wanted:
            row.elsewhere = list(found[row.of])[:3]


# -- what a segment is called -------------------------------------------------------------

PARTS = {
    "headline": _("Headline"),
    "summary": _("Sentence of the summary"),
    "place": _("Place"),
    "date": _("Date"),
    "dates": _("Date of a measure"),
    "statements": _("Statement"),
    "figures": _("Figure"),
    "disagreements": _("Where sources disagree"),
    "people": _("Position"),
    "source_notes": _("Note on a source"),
    "name": _("Name"),
    "title": _("Title"),
    "description": _("Description"),
    "definition": _("Definition"),
    READING: _("How it is read"),
    "positions": _("Position"),
    "question": _("Question"),
    "subject": _("Subject"),
    "steps": _("Linking sentence"),
    "open_questions": _("Open question"),
    "lanes": _("Subject"),
    "phases": _("Phase"),
    "imprint": _("Imprint"),
    "front_name": _("Name on the first page"),
    "unknown": _("Where it is not known"),
    "words": _("Written by hand"),
    "strapline": _("Strapline"),
}
WITHIN = {
    "per": _("per what"),
    "of": _("share of what"),
    "note": _("note"),
    "period_note": _("note on the period"),
    "accounts": _("what a source says"),
    "reason": _("why one is preferred"),
    "measure": _("measure"),
    "editors": _("editors"),
    "errors": _("errors"),
    "funding": _("funding"),
}


def label(key: str) -> str:
    """What a segment is, for its translator: "Figure: note"."""
    first, *rest = key.split(".")
    part = str(PARTS.get(first, first))
    within = next((str(WITHIN[one]) for one in rest if one in WITHIN), "")
    return labelled(part, within) if within else part


def stated(state: str) -> str:
    """A state in brackets, to stand behind words; nothing where there is none."""
    return bracketed(str(TranslationState(state).label)) if state else ""
