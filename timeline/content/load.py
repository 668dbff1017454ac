"""Brings the database to what a pack says, in one transaction.

What already is as the pack says is not touched, so a second load changes nothing.
Entries change through revisions, as an editor's work does; an entry that an editor
is working on, has locked or has withdrawn is left alone and reported.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
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
from timeline.models import ChronologyPage

from .kinds import CHRONOLOGY, ENTRIES, KINDS, Kind, around_new
from .pack import META_FILE, Pack
from .parts import KnownRecords, Record
from .problems import ContentProblem, PackError
from .saving import RefusedError, create_entries, create_records, new_instances

LOCK = "SELECT pg_advisory_xact_lock(hashtext('timeline.content.load'))"


@dataclass
class Outcome:
    """What a load did."""

    created: Counter[str] = field(default_factory=Counter)
    updated: Counter[str] = field(default_factory=Counter)
    unchanged: Counter[str] = field(default_factory=Counter)
    others: Counter[str] = field(default_factory=Counter)
    """Records of each kind that the database has and the pack has not."""
    left_alone: dict[str, str] = field(default_factory=dict)
    """Entries that are not as the pack says and were not touched, with the reason."""

    @property
    def changed(self) -> bool:
        return bool(self.created or self.updated)


def load(pack: Pack, tell: Callable[[str], object] = lambda step: None) -> Outcome:
    """Create and update what differs from ``pack``; ``tell`` is called with what is begun.

    Raises :class:`PackError`; then nothing changed.
    """
    with transaction.atomic(), edition.paused(), disable_reference_index_auto_update():
        with connection.cursor() as cursor:
            cursor.execute(LOCK)  # a second load waits, then finds nothing to do
        outcome = _Load(pack, tell).run()
        tell(_("what readers see"))
        return outcome


class _Load:
    def __init__(self, pack: Pack, tell: Callable[[str], object]) -> None:
        self.pack, self.tell = pack, tell
        self.known = KnownRecords()
        self.outcome = Outcome()
        self.touched: list[Any] = []

    def run(self) -> Outcome:
        if problems := [problem for kind in KINDS for problem in self._clashes(kind)]:
            raise PackError(problems)
        self.chronology = self._site()
        for kind in KINDS:
            self.tell(kind.name)
            self._load_kind(kind)
        self._update_site()
        for instance in self.touched:
            ReferenceIndex.create_or_update_for_object(instance)
        return self.outcome

    # -- records --------------------------------------------------------------------------

    def _clashes(self, kind: Kind) -> Iterable[ContentProblem]:
        """Values of the pack that other records in the database already have."""
        records = self.pack.records[kind.name]
        others = kind.model._default_manager.exclude(key__in=[record["id"] for record in records])
        for name, column in kind.unique_columns.items():
            if column == "key":
                continue
            values = {record[name]: record["id"] for record in records if record.get(name)}
            taken = others.filter(**{f"{column}__in": values}).values_list(column, "key")
            for value, key in taken:
                sentence = _("“%(value)s” is already used in the database by “%(other)s”")
                words = {"value": value, "other": key}
                file = self.pack.file_of(kind, values[value])
                yield ContentProblem(file, values[value], name, sentence % words)

    def _load_kind(self, kind: Kind) -> None:
        records = self.pack.records[kind.name]
        everything = kind.model._default_manager.all()
        stored = everything.filter(key__in=[record["id"] for record in records])
        stored = {row.key: row for row in stored.prefetch_related(*kind.shape.relations())}
        if others := everything.count() - len(stored):
            self.outcome.others[kind.name] = others
        for instance in stored.values():
            self.known.add(kind.name, instance)
        positions = _positions(kind, records)
        before, new, after = around_new(kind, records, stored)
        for record in before:
            self._load_stored(kind, record, stored[record["id"]], positions.get(record["id"]))
        self._create(kind, new, positions)
        for record in after:
            self._load_stored(kind, record, stored[record["id"]], positions.get(record["id"]))

    def _create(self, kind: Kind, records: list[Record], positions: dict[str, int]) -> None:
        if not records:
            return
        instances = new_instances(kind, records, self.known)
        for instance in instances if positions else ():
            instance.position = positions[instance.key]
        try:
            if kind is ENTRIES:
                create_entries(instances, self.chronology, public=True)
            else:
                create_records(instances)
        except RefusedError as error:
            raise PackError([self._problem(kind, error.instance.key, str(error))]) from error
        self.outcome.created[kind.name] += len(instances)

    def _load_stored(self, kind: Kind, record: Record, stored: Any, position: int | None) -> None:
        if kind is ENTRIES and not stored.live:
            self.outcome.left_alone[record["id"]] = _editors_work(stored)
        elif _same(kind, stored, record, position, self.known):
            self.outcome.unchanged[kind.name] += 1
        elif kind is ENTRIES and (reason := _editors_work(stored)):
            self.outcome.left_alone[record["id"]] = reason
        else:
            try:
                self._change(kind, record, stored, position)
            except ValidationError as error:
                sentence = " ".join(error.messages)
                raise PackError([self._problem(kind, record["id"], sentence)]) from error
            except (IntegrityError, DataError) as error:
                sentence = str(error).strip()
                raise PackError([self._problem(kind, record["id"], sentence)]) from error

    def _change(self, kind: Kind, record: Record, stored: Any, position: int | None) -> None:
        instance = kind.model._default_manager.get(pk=stored.pk)  # afresh: the stored one carries prefetched rows
        kind.shape.fill(instance, record, self.known)
        if position is not None:
            instance.position = position
        if kind is ENTRIES:
            instance.change = Change.UPDATE
            instance.save_revision(log_action=True).publish()
        else:
            instance.save()
            log(instance=instance, action="wagtail.edit")
        self.known.add(kind.name, instance)
        self.touched.append(instance)
        self.outcome.updated[kind.name] += 1

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

    def _update_site(self) -> None:
        """Bring the page up to date, last, because its lanes point to commodities and categories."""
        page, wanted = ChronologyPage.objects.get(pk=self.chronology.pk), self.pack.chronology
        if CHRONOLOGY.dump(page, self.known) == wanted:
            return
        new = page.latest_revision_id is None
        if not new and (reason := _editors_work(page)):
            self.outcome.left_alone[META_FILE] = reason
            return
        CHRONOLOGY.fill(page, wanted, self.known)
        try:
            page.save_revision(log_action=not new).publish()
        except ValidationError as error:
            raise PackError([ContentProblem(META_FILE, "", "", " ".join(error.messages))]) from error


def _same(kind: Kind, stored: Any, record: Record, position: int | None, known: KnownRecords) -> bool:
    if position is not None and stored.position != position:
        return False
    return kind.shape.dump(stored, known) == record


def _editors_work(page: Page) -> str:
    """Why a page must not be published over, or nothing."""
    if not page.live:
        return _("is not public: it was withdrawn, or never published")
    if page.has_unpublished_changes:
        return _("has a draft newer than what is public")
    if page.locked:
        return _("is locked by an editor")
    return ""


def _positions(kind: Kind, records: Iterable[Record]) -> dict[str, int]:
    """The place of each record among its siblings."""
    if not kind.has_position:
        return {}
    counted: Counter[Any] = Counter()
    positions = {}
    for record in records:
        siblings = record.get(kind.within)
        positions[record["id"]] = counted[siblings]
        counted[siblings] += 1
    return positions


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
