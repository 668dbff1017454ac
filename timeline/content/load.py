"""Brings the database to what a pack says, in one transaction.

What already is as the pack says is not touched, so a second load changes nothing.
What was loaded is kept (``LoadedRecord``), so that the next load knows what editors
changed since: that stays, and is named (``threeway``). Entries change through revisions,
as an editor's work does; an entry that an editor is working on, has locked or has
withdrawn is left alone and reported.
"""

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, connection, transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log
from wagtail.models import Page, ReferenceIndex, Site
from wagtail.signal_handlers import disable_reference_index_auto_update

from timeline import edition
from timeline.choices import Change
from timeline.models import ChronologyPage, LoadedRecord

from .kinds import CHRONOLOGY, ENTRIES, KINDS, Kind, around_new
from .pack import META_FILE, Pack
from .parts import Record
from .plan import SITE, Outcome, Plan, Step, name_of
from .problems import ContentProblem, PackError
from .saving import BATCH, RefusedError, create_entries, create_records, new_instances
from .threeway import Conflict, Side
from .translated import load_translations
from .translations import FOLDER

LOCK = "SELECT pg_advisory_xact_lock(hashtext('timeline.content.load'))"


def load(
    pack: Pack,
    tell: Callable[[str], object] = lambda step: None,
    prefer: Side | None = None,
    *,
    dry_run: bool = False,
) -> Outcome:
    """Create and update what differs from ``pack``; ``tell`` is called with what is begun.

    What editors changed since the last load stays; where the pack changed it as well ``prefer`` decides,
    and without it what stands stays. With ``dry_run`` all of it is done and taken back.

    Raises :class:`PackError`; then nothing changed.
    """
    with transaction.atomic():
        with edition.paused(), disable_reference_index_auto_update():
            with connection.cursor() as cursor:
                cursor.execute(LOCK)  # a second load waits, then finds nothing to do
            outcome = _Load(pack, tell, prefer).run()
            tell(_("what readers see"))
        if dry_run:
            transaction.set_rollback(True)
    return outcome


class _Load:
    def __init__(self, pack: Pack, tell: Callable[[str], object], prefer: Side | None) -> None:
        self.pack, self.tell = pack, tell
        self.outcome = Outcome()
        self.plan = Plan(pack, prefer, self.outcome)
        self.known = self.plan.known
        self.touched: list[Any] = []

    def run(self) -> Outcome:
        if problems := self.plan.clashes():
            raise PackError(problems)
        self.chronology = self._site()
        steps = self.plan.steps(self.chronology)
        for kind in KINDS:
            self.tell(kind.name)
            self._load_kind(kind, steps[kind.name])
        steps[SITE.name] = [self._update_site()]
        for instance in self.touched:
            ReferenceIndex.create_or_update_for_object(instance)
        self._note([step for of_kind in steps.values() for step in of_kind])
        self.tell(FOLDER)
        load_translations(self.pack, self.plan.prefer, self.outcome)
        return self.outcome

    # -- records --------------------------------------------------------------------------

    def _load_kind(self, kind: Kind, steps: list[Step]) -> None:
        wanted = {step.key: step for step in steps if step.wanted is not None}
        stored = self.plan.stored[kind.name]
        before, new, after = around_new(kind, [step.wanted for step in wanted.values() if step.wanted], stored)
        for record in before:
            self._change(wanted[record["id"]])
        self._create(kind, new)
        for record in after:
            self._change(wanted[record["id"]])

    def _create(self, kind: Kind, records: list[Record]) -> None:
        if not records:
            return
        instances = new_instances(kind, records, self.known)
        if kind.has_position:
            for instance, record in zip(instances, records, strict=True):
                instance.position = record["position"]
        try:
            if kind is ENTRIES:
                create_entries(instances, self.chronology, public=True)
            else:
                create_records(instances)
        except RefusedError as error:
            raise PackError([self._problem(kind, error.instance.key, str(error))]) from error
        self.outcome.created[kind.name] += len(instances)

    def _change(self, step: Step) -> None:
        kind, key = step.kind, step.key
        try:
            with transaction.atomic() if step.is_merged else nullcontext():
                self._save(step)
        except ValidationError as error:
            sentence = " ".join(error.messages)
            if not step.is_merged:
                raise PackError([self._problem(kind, key, sentence)]) from error
            # What the pack and an editor say does not go together: it stays as it is, and the next load asks again.
            step.loaded = None
            self.outcome.conflicts.setdefault(name_of(kind.name, key), []).append(Conflict("", sentence, ""))
            self.outcome.unchanged[kind.name] += 1
        except (IntegrityError, DataError) as error:
            raise PackError([self._problem(kind, key, str(error).strip())]) from error

    def _save(self, step: Step) -> None:
        kind, record = step.kind, step.wanted or {}
        stored = self.plan.stored[kind.name][step.key]
        instance = kind.model._default_manager.get(pk=stored.pk)  # afresh: the stored one carries prefetched rows
        kind.shape.fill(instance, record, self.known)
        if kind.has_position:
            instance.position = record["position"]
        if kind is ENTRIES:
            instance.change = Change.UPDATE
            instance.save_revision(log_action=True).publish()
        else:
            instance.save()
            log(instance=instance, action="wagtail.edit")
        self.known.add(kind.name, instance)
        self.touched.append(instance)
        self.outcome.updated[kind.name] += 1

    def _note(self, steps: list[Step]) -> None:
        """Keep what was loaded, for the next load to compare with."""
        new = {(step.kind.name, step.key): step.loaded for step in steps if step.loaded is not None}
        rows = [
            LoadedRecord(kind=kind, key=key, record=record)
            for (kind, key), record in new.items()
            if self.plan.bases.get((kind, key)) != record
        ]
        LoadedRecord.objects.bulk_create(
            rows, BATCH, update_conflicts=True, unique_fields=["kind", "key"], update_fields=["record"]
        )

    def _problem(self, kind: Kind, key: str, sentence: str) -> ContentProblem:
        return ContentProblem(self.pack.file_of(kind, key), key, "", sentence)

    # -- the page above the entries -------------------------------------------------------

    def _site(self) -> ChronologyPage:
        """The chronology's page at the address ``/``, made if there is none."""
        page = ChronologyPage.objects.first()
        try:
            if page is None:
                page = ChronologyPage(slug="chronology", title=self.pack.chronology["title"], live=False)
                Page.get_first_root_node().add_child(instance=page)  # published when its lanes can be
        except ValidationError as error:
            raise PackError([ContentProblem(META_FILE, "", "", " ".join(error.messages))]) from error
        _make_site_root(page)
        return page

    def _update_site(self) -> Step:
        """Bring the page up to date, last, because its lanes point to commodities and categories."""
        page = ChronologyPage.objects.get(pk=self.chronology.pk)
        new = page.latest_revision_id is None
        step = self.plan.step_of_the_page(page)
        if step.wanted is None:
            return step
        CHRONOLOGY.fill(page, step.wanted, self.known)
        try:
            page.save_revision(log_action=not new).publish()
        except ValidationError as error:
            raise PackError([ContentProblem(META_FILE, "", "", " ".join(error.messages))]) from error
        return step


def _make_site_root(page: ChronologyPage) -> None:
    """Let the site begin at ``page``, if it still begins at Wagtail's page of welcome or nowhere."""
    site = Site.objects.filter(is_default_site=True).select_related("root_page").first()
    welcome = site.root_page if site else None
    if welcome and (welcome.specific_class is not Page or not welcome.is_leaf()):
        return
    site = site or Site(is_default_site=True)
    address = urlsplit(settings.WAGTAILADMIN_BASE_URL)
    site.hostname = address.hostname
    site.port = address.port or {"http": 80, "https": 443}[address.scheme]
    site.root_page, site.site_name = page, page.title
    site.save()
    if welcome and not welcome.is_root():
        welcome.delete()
