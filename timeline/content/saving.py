"""Saves many new records or entries at once, each as if it had been saved alone.

What editors, readers and searches find afterwards is the same: rows and what follows from them, revisions, Wagtail's
log, its indexes of uses and of words, names. Signals are sent of what is published and logged, not of what is saved.
The number of statements grows with tables and with batches of ``BATCH``, not with rows.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import batched, chain
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, connection, models, transaction
from django.db.models import F, Q
from django.db.models.signals import post_save
from django.utils import timezone
from modelcluster.fields import ParentalKey
from modelcluster.models import get_all_child_relations
from wagtail.log_actions import get_active_log_context
from wagtail.log_actions import registry as logs
from wagtail.models import Page, ReferenceIndex, Revision
from wagtail.search import index
from wagtail.search.backends import get_search_backends_with_name
from wagtail.signals import page_published, published

from timeline import edition
from timeline.models import ChronologyPage, Commodity, EntryPage, Source, StateLine, Storyline, Term
from timeline.models.commodity import rebuild_lineages
from timeline.models.ids import reserve
from timeline.models.publication import problems, public_measures
from timeline.models.record import free_slugs
from timeline.models.source import next_number

from .kinds import Kind
from .parts import KnownRecords, Record
from .rules import broken

BATCH = 500
"""Rows written by one statement."""

Rows = dict[type[models.Model], list[tuple[Any, Any]]]
"""Rows by their model, parents before children; each with the record or entry that it belongs to."""

DRAFT_FIELDS = ["latest_revision", "latest_revision_created_at", "draft_title", "has_unpublished_changes"]
"""What a page says of its latest draft."""

Step = tuple[Any, str, dict[str, Any]]
"""What the log says: of which instance, which action, and the fields of the entry in the log."""


class RefusedError(Exception):
    """A new record or entry that cannot be saved; ``sentences`` say why."""

    def __init__(self, instance: Any, sentences: Iterable[str]) -> None:
        self.instance, self.sentences = instance, list(sentences)
        super().__init__(" ".join(self.sentences))


def new_instances(kind: Kind, records: Sequence[Record], known: KnownRecords) -> list[Any]:
    """New instances with all their rows, numbered so that each may point to those before it; none is saved."""
    instances = []
    for pk, record in zip(reserve(kind.model, len(records)), records, strict=True):
        instance = kind.model()
        kind.shape.fill(instance, record, known)
        _hold(instance)
        instance.id = instance.pk = pk
        known.add(kind.name, instance)
        instances.append(instance)
    return instances


def create_records(instances: Sequence[Any], *, user: Any = None) -> None:
    """Save new records of one kind. Raises :class:`RefusedError`; then the transaction is of no use any more."""
    if not instances:
        return
    model = type(instances[0])
    if model is Source and (unnumbered := [source for source in instances if not source.number]):
        for number, source in enumerate(unnumbered, next_number()):
            source.number = number
    rows = _completed(instances)
    if nameless := [instance for instance in instances if not instance.slug]:
        for instance, slug in zip(nameless, free_slugs(nameless), strict=True):
            instance.slug = slug
    _write(rows)
    if model is Commodity:
        rebuild_lineages()
    if model is Term:
        edition.refresh_terms([term.pk for term in instances])
    if model is Storyline:
        edition.refresh_storylines([storyline.pk for storyline in instances])
    if model is StateLine:
        edition.refresh_lines([line.pk for line in instances])
    edition.note_names(instances)
    edition.note_progress(instances)
    log_many((instance, "wagtail.create", {"user": user}) for instance in instances)
    _index(instances)


def create_entries(
    entries: Sequence[EntryPage], chronology: ChronologyPage, *, user: Any = None, public: bool = False
) -> None:
    """Save new entries as drafts, or publish them. Raises :class:`RefusedError` as :func:`create_records`."""
    if not entries:
        return
    _put_below(chronology, entries, user)
    _check(entries, public=public)
    rows = _completed(entries)
    revisions = []
    for pk, entry in zip(reserve(Revision, len(entries)), entries, strict=True):
        revisions.append(_draft(pk, entry, user))
        if public:
            _make_public(entry, revisions[-1])
    _write(rows)
    Revision.objects.bulk_create(revisions, BATCH)
    steps: list[Step] = []
    for entry, revision in zip(entries, revisions, strict=True):
        steps.append((entry, "wagtail.create", {"user": user, "content_changed": True}))
        if public:
            steps.append((entry, "wagtail.publish", {"user": user, "content_changed": True, "revision": revision}))
    log_many(steps)
    _index(entries)
    if public:
        for entry, revision in zip(entries, revisions, strict=True):
            for signal in (page_published, published):
                signal.send(sender=EntryPage, instance=entry, revision=revision)


def save_drafts(entries: Sequence[EntryPage], *, user: Any = None) -> list[Revision]:
    """Give each of some stored entries a new draft as it is in memory, unchecked; readers see nothing of it."""
    ids = reserve(Revision, len(entries))
    drafts = [_draft(pk, entry, user) for pk, entry in zip(ids, entries, strict=True)]
    Revision.objects.bulk_create(drafts, BATCH)
    Page.objects.bulk_update(entries, DRAFT_FIELDS, BATCH)
    log_many(
        (entry, "wagtail.edit", {"user": user, "content_changed": True, "revision": draft})
        for entry, draft in zip(entries, drafts, strict=True)
    )
    return drafts


# -- entries ------------------------------------------------------------------------------


def _put_below(chronology: ChronologyPage, entries: Sequence[EntryPage], user: Any) -> None:
    """Give entries their places in the tree, the last below their chronology, which is locked."""
    parent = ChronologyPage.objects.select_for_update().get(pk=chronology.pk)
    last = parent.get_last_child()
    step = Page._str2int(last.path[-Page.steplen :]) if last else 0  # noqa: SLF001 - as add_child does
    for number, entry in enumerate(entries, step + 1):
        entry.live, entry.owner, entry.locale_id = False, user, parent.locale_id
        entry.depth, entry.path = parent.depth + 1, Page._get_path(parent.path, parent.depth + 1, number)  # noqa: SLF001
        entry.set_url_path(parent)
    Page.objects.filter(pk=parent.pk).update(numchild=F("numchild") + len(entries))
    siblings = parent.get_children().filter(slug__in=[entry.slug for entry in entries])
    taken = set(siblings.values_list("slug", flat=True))
    for entry in entries:
        entry.has_own_slug = entry.slug not in taken


def _check(entries: Sequence[EntryPage], *, public: bool) -> None:
    """Everything that saving, and publishing, each of them would say."""
    fields = {field.name: field for field in EntryPage._meta.concrete_fields if field.is_relation}
    measures = public_measures(row.series_id for entry in entries for row in entry.figures.all() if row.series_id)
    alone = ("uid", "key")
    asked = Q(uid__in=[entry.uid for entry in entries]) | Q(key__in=[entry.key for entry in entries])
    taken = set(chain.from_iterable(EntryPage.objects.filter(asked).values_list(*alone)))
    for entry in entries:
        try:
            if not public:
                entry.minimal_clean()
                continue
            pointing = {name for name, field in fields.items() if getattr(entry, field.attname) is not None}
            entry.full_clean(exclude=pointing, validate_unique=False, validate_constraints=False)
            if known := [name for name in alone if getattr(entry, name) in taken]:
                raise ValidationError([entry.unique_error_message(EntryPage, (name,)) for name in known])
        except ValidationError as error:
            raise RefusedError(entry, error.messages) from error
        if sentences := broken(entry) or [problem.message for problem in problems(entry, measures)]:
            raise RefusedError(entry, sentences)


def _draft(pk: int, entry: EntryPage, user: Any) -> Revision:
    """What an entry is in memory, as its latest draft."""
    revision = Revision(
        pk=pk,
        content_type=entry.get_content_type(),
        base_content_type=entry.get_base_content_type(),
        object_id=str(entry.pk),
        created_at=timezone.now(),
        user=user,
        object_str=str(entry),
        content=entry.serializable_data(),
    )
    entry.latest_revision, entry.latest_revision_created_at = revision, revision.created_at
    entry.draft_title, entry.has_unpublished_changes = entry.title, True
    return revision


def _make_public(entry: EntryPage, revision: Revision) -> None:
    entry.live, entry.has_unpublished_changes, entry.live_revision = True, False, revision
    entry.first_published_at = entry.last_published_at = timezone.now()


# -- rows ---------------------------------------------------------------------------------


def _hold(row: Any) -> None:
    """Let a new row have all the rows below it in memory: with an id it would look for them in the database."""
    for relation in get_all_child_relations(type(row)):
        manager = getattr(row, relation.get_accessor_name())
        children = manager.get_object_list()
        for child in children:
            _hold(child)


def _completed(instances: Sequence[Any]) -> Rows:
    """The instances and all rows below them, numbered, with all that saving makes of their fields."""
    rows: Rows = defaultdict(list)
    level = [(instance, instance) for instance in instances]
    while level:
        below: Rows = defaultdict(list)
        for row, owner in level:
            rows[type(row)].append((row, owner))
            for relation in get_all_child_relations(type(row)):
                children = getattr(row, relation.get_accessor_name()).get_object_list()
                below[relation.related_model] += [(child, owner) for child in children]
        for model, children in below.items():
            for pk, (child, _owner) in zip(reserve(model, len(children)), children, strict=True):
                child.pk = pk
        level = [pair for pairs in below.values() for pair in pairs]
    for model, pairs in rows.items():
        parents = [field for field in model._meta.concrete_fields if isinstance(field, ParentalKey)]
        for row, _owner in pairs:
            for field in parents:
                setattr(row, field.name, getattr(row, field.name))  # it has an id now
            if hasattr(row, "derive"):
                row.derive()
            for field in model._meta.concrete_fields:
                setattr(row, field.attname, _as_stored(field, field.pre_save(row, add=True)))
    return rows


def _as_stored(field: Any, value: Any) -> Any:
    """The value as the database gives it back, which is how a revision has it."""
    if isinstance(field, models.DecimalField) and value is not None:
        return value.quantize(Decimal(1).scaleb(-field.decimal_places))
    return value


def _write(rows: Rows) -> None:
    """Put rows into their tables; if the database refuses one, row by row, to learn which it is."""
    try:
        with transaction.atomic():
            _insert(rows, BATCH)
    except (IntegrityError, DataError):
        _insert(rows, 1)
    for row, _owner in chain.from_iterable(rows.values()):
        row._state.adding = False  # noqa: SLF001 - it is stored


def _insert(rows: Rows, size: int) -> None:
    """Put ``size`` rows at a time into their tables, those of an entry into both."""
    for model, pairs in rows.items():
        tables: list[Any] = [*reversed(model._meta.get_parent_list()), model]
        for table in tables:
            insert = table._base_manager._insert  # noqa: SLF001 - as save does
            fields = table._meta.local_concrete_fields
            for piece in batched(pairs, size):
                try:
                    insert([row for row, _owner in piece], fields=fields, using=connection.alias)
                except (IntegrityError, DataError) as error:
                    if len(piece) > 1:
                        raise
                    raise RefusedError(piece[0][1], [str(error).strip()]) from error


# -- what Wagtail keeps about them --------------------------------------------------------


def log_many(steps: Iterable[Step]) -> None:
    """Wagtail's log, which tells the listeners of each line as if it were saved alone."""
    context = get_active_log_context()
    entries: defaultdict[Any, list[Any]] = defaultdict(list)
    for instance, action, said in steps:
        model = logs.get_log_model_for_instance(instance)
        about = {"page": instance} if isinstance(instance, Page) else {"object_id": str(instance.pk)}
        entries[model].append(
            model(
                content_type=ContentType.objects.get_for_model(instance, for_concrete_model=False),
                label=instance.get_admin_display_title() if isinstance(instance, Page) else str(instance),
                action=action,
                timestamp=timezone.now(),
                uuid=context.uuid,
                **about,
                **(said | {"user": said["user"] or context.user}),
            )
        )
    for model, lines in entries.items():
        for line in model.objects.bulk_create(lines, BATCH):
            post_save.send(sender=model, instance=line, created=True, raw=False, using=connection.alias)


def _index(instances: Sequence[Any]) -> None:
    """Let usage and the search of the desk know of new instances of one model."""
    model = type(instances[0])
    if ReferenceIndex.is_indexed(model):
        types = [ContentType.objects.get_for_model(one) for one in (model, *model._meta.get_parent_list())]
        references = [
            ReferenceIndex(
                content_type=types[0],
                base_content_type=types[-1],
                object_id=str(instance.pk),
                to_content_type_id=to_type,
                to_object_id=to_id,
                model_path=model_path,
                content_path=content_path,
                content_path_hash=ReferenceIndex._get_content_path_hash(content_path),  # noqa: SLF001 - as below
            )
            for instance in instances
            for to_type, to_id, model_path, content_path in set(
                ReferenceIndex._extract_references_from_object(instance)  # noqa: SLF001 - there is no way for many
            )
        ]
        ReferenceIndex.objects.bulk_create(references, BATCH, ignore_conflicts=True)
    if index.class_is_indexed(model):
        for _name, backend in get_search_backends_with_name(with_auto_update=True):
            for start in range(0, len(instances), BATCH):
                backend.add_bulk(model, instances[start : start + BATCH])
