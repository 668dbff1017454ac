"""Loads what ``checking`` has checked, in one transaction, and tells how far it is."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import batched
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, connection, transaction
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log
from wagtail.models import COMMENTS_RELATION_NAME, ReferenceIndex
from wagtail.signal_handlers import disable_reference_index_auto_update

from timeline import edition
from timeline.content.kinds import ENTRIES, KINDS, Kind, around_new
from timeline.content.saving import (
    RefusedError,
    create_entries,
    create_records,
    new_instances,
    save_drafts,
)
from timeline.models import ChronologyPage, EntryPage, Import
from timeline.models.link import records_at_hand

from .checking import CHANGE, CREATE, LEFT, SAME, Checked, Step, check
from .uploads import restored


class ImportFailedError(Exception):
    """An import, or its undoing, that cannot be done; ``sentences`` say why. Nothing was changed."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__(" ".join(sentences))
        self.sentences = sentences


PIECE = 25
"""Entries saved between two words on how far it is: a tenth of a second, so that a bar moves; each piece costs some
thirty statements."""


def load(record: Import, **how: Any) -> Import:
    """Load a checked import as :func:`load_stepwise` does, all at once."""
    for _done, _number in load_stepwise(record, **how):
        pass
    return record


def load_stepwise(
    record: Import, *, chosen: set[str], anyway: bool = False, meant: bool = False, user: Any = None
) -> Iterator[tuple[int, int]]:
    """Load a checked import; ``chosen`` names as ``kind:id`` the existing records to change.

    ``anyway`` says that records which look like others are new all the same, ``meant`` that names
    which are short for others mean the records found. Entries become drafts. Yields how many rows of the
    files are done, and of how many; what is done counts when all is. Raises :class:`ImportFailedError`;
    then nothing was changed, as when the iterator is closed before its end.
    """
    with transaction.atomic():
        record.refresh_from_db(from_queryset=Import.objects.select_for_update())
        if record.status != Import.Status.CHECKED:
            raise ImportFailedError([_("This import has been loaded already.")])
        checked = check(restored(record.content), record.kind)
        if checked.problems:
            raise ImportFailedError([str(problem) for problem in checked.problems[:20]])
        if checked.doubts and not anyway:
            sentence = _("Tick “New all the same” if the records that look like others are others.")
            raise ImportFailedError([sentence])
        if checked.meanings and not meant:
            sentence = _("Tick “They are meant” if the names that are short for others mean the records found.")
            raise ImportFailedError([sentence])
        loading, done, number = _Loading(checked, chosen, user), 0, len(checked.steps)
        with edition.paused(), disable_reference_index_auto_update():
            for finished in loading.run():
                done += finished
                yield done, number
        record.made, record.status, record.loaded_at = loading.made, Import.Status.LOADED, timezone.now()
        record.save(update_fields=["made", "status", "loaded_at"])


class _Loading:
    def __init__(self, checked: Checked, chosen: set[str], user: Any) -> None:
        self.checked, self.chosen, self.user = checked, chosen, user
        self.known = checked.known
        self.created: dict[str, list[str]] = {}
        self.changed: list[list[Any]] = []
        self.revisions: list[list[Any]] = []
        self.left: list[list[str]] = []
        self.counts: Counter[str] = Counter()
        self.touched: list[Any] = []

    def run(self) -> Iterator[int]:
        """Do it; yields of each piece how many steps it had."""
        for kind in KINDS:
            steps = {step.key: step for step in self.checked.steps if step.kind is kind}
            stored = {key for key, step in steps.items() if step.action != CREATE}
            before, new, after = around_new(kind, (step.record for step in steps.values()), stored)
            yield from self._go_through([steps[record["id"]] for record in before])
            yield from self._create(kind, [steps[record["id"]] for record in new])
            yield from self._go_through([steps[record["id"]] for record in after])
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        for instance in self.touched:
            ReferenceIndex.create_or_update_for_object(instance)

    @property
    def made(self) -> dict[str, Any]:
        return {
            "created": self.created,
            "changed": self.changed,
            "revisions": self.revisions,
            "left": self.left,
            "counts": self.counts,
        }

    def _go_through(self, steps: list[Step]) -> Iterator[int]:
        """What is to be done with records of one kind that are stored."""
        for piece in batched(steps, PIECE):
            self._go_through_piece(piece)
            yield len(piece)

    def _go_through_piece(self, steps: Sequence[Step]) -> None:
        self._draft([step for step in steps if step.action == CHANGE and step.kind is ENTRIES])
        for step in steps:
            if step.action == LEFT:
                self.left.append([step.kind.name, step.name, step.reason])
            elif step.action == CHANGE and f"{step.kind.name}:{step.key}" in self.chosen:
                try:
                    self._change(step)
                except ValidationError as error:
                    raise _failed(step, error.messages) from error
                except (IntegrityError, DataError) as error:
                    raise _failed(step, [str(error).strip()]) from error
            elif step.action == CHANGE and step.kind is not ENTRIES:
                self.left.append([step.kind.name, step.name, _("differs, and was not chosen to be changed")])
            elif step.action == SAME:
                self.counts[f"{step.kind.name} {SAME}"] += 1

    def _create(self, kind: Kind, steps: list[Step]) -> Iterator[int]:
        if not steps:
            return
        instances = new_instances(kind, [step.record for step in steps], self.known)
        if kind.has_position:
            _stand_last(kind, instances)
        # Records are saved together: they may stand below each other.
        for piece in batched(instances, PIECE if kind is ENTRIES else len(instances)):
            try:
                if kind is ENTRIES:
                    create_entries(piece, self._chronology(), user=self.user)
                else:
                    create_records(piece, user=self.user)
            except RefusedError as error:
                step = next(step for step in steps if step.key == error.instance.key)
                raise _failed(step, error.sentences) from error
            yield len(piece)
        self.created[kind.name] = [step.key for step in steps]
        self.counts[f"{kind.name} {CREATE}"] += len(steps)

    def _chronology(self) -> ChronologyPage:
        chronology = ChronologyPage.objects.first()
        if chronology is None:
            raise ImportFailedError([_("There is no chronology yet that entries could be put into.")])
        return chronology

    def _draft(self, steps: list[Step]) -> None:
        """New drafts on top of what there is; readers see nothing of them."""
        found = EntryPage.objects.filter(pk__in=[step.stored.pk for step in steps]).select_related("latest_revision")
        stored = found.prefetch_related(*ENTRIES.shape.relations(), COMMENTS_RELATION_NAME).in_bulk()
        entries, before = [], []
        with records_at_hand():
            for step in steps:
                entry = stored[step.stored.pk]
                before.append([entry.latest_revision_id, entry.has_unpublished_changes])
                if not entry.live and entry.latest_revision:
                    entry = entry.with_content_json(entry.latest_revision.content)
                ENTRIES.shape.fill(entry, step.record, self.known)
                entries.append(entry)
        for step, draft, earlier in zip(steps, save_drafts(entries, user=self.user), before, strict=True):
            self.known.add(ENTRIES.name, stored[step.stored.pk])
            self.revisions.append([step.key, step.name, draft.pk, *earlier])

    def _change(self, step: Step) -> None:
        instance = step.kind.model._default_manager.get(pk=step.stored.pk)
        before = step.kind.shape.dump(step.stored, self.known)
        step.kind.shape.fill(instance, step.record, self.known)
        instance.save()
        log(instance=instance, action="wagtail.edit", user=self.user, content_changed=True)
        self.known.add(step.kind.name, instance)
        self.touched.append(instance)
        self.changed.append([step.kind.name, step.key, step.name, before, step.record])


def _stand_last(kind: Kind, instances: list[Any]) -> None:
    """Give new records their places behind their siblings; one query."""
    parents = [getattr(instance, f"{kind.within}_id") if kind.within else None for instance in instances]
    siblings = kind.model._default_manager.exclude(pk__in=[instance.pk for instance in instances])
    if kind.within:
        own = Q(**{f"{kind.within}__in": set(parents) - {None}})
        siblings = siblings.filter(own | Q(**{kind.within: None}) if None in parents else own)
        rows = siblings.order_by().values(kind.within).annotate(last=Max("position")).values_list(kind.within, "last")
    else:
        rows = [(None, siblings.aggregate(last=Max("position"))["last"])]
    last = {parent: -1 if place is None else place for parent, place in rows}
    for parent, instance in zip(parents, instances, strict=True):
        instance.position = last[parent] = last.get(parent, -1) + 1


def _failed(step: Step, sentences: list[str]) -> ImportFailedError:
    """Why a record cannot be loaded, and where it stands."""
    place = step.sheet.at(int(step.label) if step.label.isdigit() else 0, -1, " ".join(sentences))
    return ImportFailedError([f"{step.name}: {place}"])
