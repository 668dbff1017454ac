"""Saving: what translators typed becomes what is translated, and public with it; every change is logged.

Nothing is overwritten unseen. What cannot be saved stays typed, with a sentence that says why.
"""

from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from timeline import edition
from timeline.audit.events import Event, tell
from timeline.choices import Slip, TranslationState
from timeline.edition import Identity, Original
from timeline.models import (
    Translation,
    TranslationChange,
    TranslationCorrection,
    TranslationProgress,
    TypedTranslation,
)
from timeline.models.fields import printable
from timeline.segments import digest


@dataclass(frozen=True)
class Typed:
    """What was typed for a segment: which original words it translates (``of``), and ``over`` which translation.

    ``is_right`` takes the words over for an original that has changed; ``review`` marks them as read a second time.
    """

    segment: str
    of: str
    over: str
    words: str
    slip: str = ""
    wrong: str = ""
    right: str = ""
    is_right: bool = False
    review: bool = False

    @property
    def is_untouched(self) -> bool:
        """Whether the words are those that it was typed over."""
        if self.is_right:
            return False
        return digest(self.words) == self.over.rpartition(".")[2] if self.over else not self.words.strip()


@dataclass(frozen=True)
class Change:
    """What is different of a segment."""

    identity: Identity
    segment: str
    before: str
    after: str
    state: str


@dataclass
class Outcome:
    """What was saved, and what was not: sentences by record and segment. Conflicts are of those that were not."""

    changes: list[Change] = field(default_factory=list)
    reviewed: list[tuple[Identity, str]] = field(default_factory=list)
    corrections: dict[tuple[Identity, str], TranslationCorrection] = field(default_factory=dict)
    refused: dict[tuple[Identity, str], str] = field(default_factory=dict)
    conflicts: set[tuple[Identity, str]] = field(default_factory=set)
    remarks: dict[tuple[Identity, str], str] = field(default_factory=dict)
    unchanged: int = 0


def clean(text: str) -> str:
    """Words as they are stored. Raises ``ValidationError`` for characters that no format can carry."""
    text = text.replace("\r\n", "\n").strip()
    printable(text)
    return text


# -- what is typed is kept ----------------------------------------------------------------


@transaction.atomic
def keep(language: str, identity: Identity, typed: Iterable[Typed], by: Any) -> None:
    """Keep what was typed and is not saved. Two or three queries."""
    kind, record = identity
    mine = TypedTranslation.objects.filter(kind=kind, record=record, language=language, author=by)
    rows, gone = [], []
    for one in typed:
        if one.is_untouched:
            gone.append(one.segment)
            continue
        said = {name: getattr(one, name) for name in ("segment", "of", "over", "words", "slip", "wrong", "right")}
        rows.append(TypedTranslation(language=language, kind=kind, record=record, author=by, **said))
    mine.filter(segment__in=gone).delete()
    TypedTranslation.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["kind", "record", "language", "segment", "author"],
        update_fields=["of", "over", "words", "slip", "wrong", "right", "typed_at"],
    )


def discard(language: str, identity: Identity, by: Any, segment: str) -> None:
    """Throw away what somebody typed for a segment and did not save."""
    kind, record = identity
    TypedTranslation.objects.filter(kind=kind, record=record, language=language, segment=segment, author=by).delete()


# -- what is saved ------------------------------------------------------------------------


def save(language: str, typed: Mapping[Identity, Iterable[Typed]], by: Any, *, dry_run: bool = False) -> Outcome:
    """Save what was typed of these records, and let readers see it. A few queries a record.

    A ``dry_run`` changes nothing and says what would be.
    """
    outcome = Outcome()
    with transaction.atomic():
        kinds, keys = {kind for kind, _key in typed}, {key for _kind, key in typed}
        # One after the other: of two who save at once, the second sees what the first did.
        standing = TranslationProgress.objects.filter(language=language, kind__in=kinds, record__in=keys)
        list(standing.select_for_update().order_by("pk").values_list("pk"))
        originals = edition.originals(typed)
        changed = set()
        for identity, segments in typed.items():
            one = _Record(language, identity, originals.get(identity, Original("", {})), by, outcome)
            if one.save(segments):
                changed.add(identity)
        if changed:
            edition.refresh_translations(changed)
            for identity in changed:
                _tell(language, identity, by, outcome)
        if dry_run:
            transaction.set_rollback(True)
    return outcome


def _tell(language: str, identity: Identity, by: Any, outcome: Outcome) -> None:
    tell(
        Event.TRANSLATED,
        by=by,
        language=language,
        type=identity[0],
        record=identity[1],
        segments=sum(change.identity == identity for change in outcome.changes),
        reviewed=sum(one == identity for one, _segment in outcome.reviewed),
        corrections=sum(one == identity for one, _segment in outcome.corrections),
    )


class _Record:
    """The translations of one record into a language, while some of them change."""

    def __init__(self, language: str, identity: Identity, original: Original, by: Any, outcome: Outcome) -> None:
        self.language, self.identity, self.original = language, identity, original
        self.by, self.outcome = by, outcome
        self.where = {"language": language, "kind": identity[0], "record": identity[1]}
        rows = Translation.objects.filter(**self.where).select_related("translator", "reviewer")
        self.rows = {row.segment: row for row in rows}
        self.log: list[TranslationChange] = []

    def save(self, typed: Iterable[Typed]) -> bool:
        """Whether anything changed."""
        done = []
        for one in typed:
            before = self.rows.get(one.segment)
            refusal = self._take(one, before)
            after = self.rows.get(one.segment)
            is_changed = _said(before) != _said(after)
            if refusal:
                self.outcome.refused[self.identity, one.segment] = refusal
            if is_changed:
                self._note(one.segment, before, after)
            elif not refusal:
                self.outcome.unchanged += 1
            if is_changed or not refusal:
                done.append(one.segment)
        TypedTranslation.objects.filter(**self.where, segment__in=done, author=self.by).delete()
        TranslationChange.objects.bulk_create(self.log)
        return bool(self.log)

    def _take(self, typed: Typed, row: Translation | None) -> str:
        """Do what was asked for a segment; why not, in a sentence."""
        if typed.is_untouched and not typed.review:
            return ""
        if typed.segment not in self.original.words:
            return _("The original has no such words any more.")
        try:
            words, wrong, right = clean(typed.words), clean(typed.wrong), clean(typed.right)
        except ValidationError as error:
            return str(error.messages[0])
        is_same = bool(row and row.words == words and row.of == typed.of)
        if (row.token if row else "") != typed.over and not is_same:
            self.outcome.conflicts.add((self.identity, typed.segment))
            return _who(row)
        if not typed.is_untouched and not is_same:
            is_slip = row and words and words != row.words and self._readers_trust(row)
            if row and is_slip and (refusal := self._correct(typed.slip, row, wrong, right)):
                return refusal
            self._write(typed, row, words)
        return self._review(typed) if typed.review else ""

    def _write(self, typed: Typed, row: Translation | None, words: str) -> None:
        if not words:
            if row:
                Translation.objects.filter(pk=row.pk).delete()
                del self.rows[typed.segment]
            return
        is_fresh = typed.of == digest(self.original.words[typed.segment])
        new = copy(row) if row else Translation(**self.where, segment=typed.segment)
        new.words, new.of, new.state = words, typed.of, TranslationState.DRAFT
        if is_fresh:
            new.original = self.original.words[typed.segment]
        else:
            sentence = _("Saved, and stale at once: the original has changed since you opened it.")
            self.outcome.remarks[self.identity, typed.segment] = sentence
        new.translator, new.translated_at = self.by, timezone.now()
        new.reviewer = new.reviewed_at = None
        new.save()
        self.rows[typed.segment] = new

    def _readers_trust(self, row: Translation) -> bool:
        """Whether readers see these words, and were told that somebody read them twice."""
        text = self.original.words.get(row.segment, "")
        return bool(self.original.entry and row.state == TranslationState.REVIEWED and row.of == digest(text))

    def _correct(self, slip: str, row: Translation, wrong: str, right: str) -> str:
        """Tell readers of a slip, if it was one; what is not said yet, in a sentence."""
        if slip == Slip.POLISH:
            return ""
        if slip != Slip.CORRECTION:
            return _("Readers see this sentence, and it was reviewed: say whether you correct it or only polish it.")
        if not (wrong and right):
            return _("Say what was wrong and what is right: readers are told.")
        numbers = TranslationCorrection.objects.filter(entry=self.original.entry, language=self.language)
        correction = TranslationCorrection.objects.create(
            language=self.language,
            entry_id=self.original.entry,
            number=(numbers.aggregate(last=Max("number"))["last"] or 0) + 1,
            segment=row.segment,
            of=row.of,
            wrong=wrong,
            right=right,
            corrected_by=self.by,
        )
        self.outcome.corrections[self.identity, row.segment] = correction
        return ""

    def _review(self, typed: Typed) -> str:
        row = self.rows.get(typed.segment)
        if row is None:
            return _("There is no translation to review yet.")
        if row.of != digest(self.original.words[typed.segment]):
            return _("This was made from older words. Translate it anew, or say that it is still right.")
        if row.state == TranslationState.REVIEWED:
            return ""
        if settings.TRANSLATIONS_SECOND_READER and row.translator_id == self.by.pk:
            if typed.is_untouched:
                return _("You have translated this yourself: somebody else has to review it.")
            sentence = _("It is a draft: somebody else than its translator has to review it.")
            self.outcome.remarks[self.identity, typed.segment] = sentence
            return ""
        new = copy(row)
        new.state, new.reviewer, new.reviewed_at = TranslationState.REVIEWED, self.by, timezone.now()
        new.save()
        self.rows[typed.segment] = new
        self.outcome.reviewed.append((self.identity, typed.segment))
        return ""

    def _note(self, segment: str, before: Translation | None, after: Translation | None) -> None:
        was, now = _said(before), _said(after)
        self.log.append(
            TranslationChange(
                **self.where,
                segment=segment,
                of_before=was.of,
                before=was.words,
                state_before=was.state,
                of=now.of,
                after=now.words,
                state_after=now.state,
                correction=self.outcome.corrections.get((self.identity, segment)),
                changed_by=self.by,
            )
        )
        self.outcome.changes.append(Change(self.identity, segment, was.words, now.words, now.state))


class _Said(NamedTuple):
    """What a translation says; nothing where there is none."""

    of: str = ""
    words: str = ""
    state: str = ""


def _said(row: Translation | None) -> _Said:
    return _Said(row.of, row.words, row.state) if row else _Said()


def _who(row: Translation | None) -> str:
    """Why something was not saved over what somebody else did."""
    if row is None:
        return _(
            "Somebody has removed this translation since you opened it. Yours is here: save it again, or discard it."
        )
    person = row.reviewer or row.translator
    sentence = _(
        "%(name)s has changed this since you opened it. Both are here and nothing is overwritten: "
        "compare them, then save yours again or discard it."
    )
    return sentence % {"name": person.get_username() if person else _("Somebody")}
