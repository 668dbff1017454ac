"""Receivers of signals: Wagtail and the records tell of public changes, a migration of what it leaves to be done."""

from typing import Any

from django.apps import AppConfig
from django.apps import apps as registry
from django.apps.registry import Apps
from django.core.exceptions import FieldDoesNotExist
from django.db import transaction
from django.db.models import Model, QuerySet
from django.db.models.signals import post_delete, post_migrate, post_save, pre_delete, pre_save
from wagtail.models import Page, PageViewRestriction, Revision
from wagtail.signals import page_published, page_unpublished, post_page_move, pre_page_move

from timeline.models import (
    Category,
    ChronologyPage,
    Commodity,
    EntryPage,
    FigureSeries,
    Organisation,
    Person,
    PublishedEntry,
    Source,
    StateLine,
    Storyline,
    StorylineStep,
    Term,
    TermEntry,
    Version,
)
from timeline.public.language import KINDS

from . import progress
from .chronology import refresh_chronology
from .names import NAMED, note_names
from .refreshing import (
    conceal,
    forget,
    refresh,
    refresh_about,
    refresh_lines,
    refresh_storylines,
    refresh_terms,
    withdraw,
)
from .versions import Publication


def _record_saved(sender: type, instance: Model, created: bool = False, **kwargs: Any) -> None:
    if not created:
        # After the commit: the rows below a record (names, positions) are written after it.
        transaction.on_commit(lambda: refresh_about(instance))


def _said_otherwise(sender: type, instance: Any, **kwargs: Any) -> None:
    """Translators see what a record says now, or that it is gone; the rows below it are written after it."""
    identity = progress.identity_of(instance)
    transaction.on_commit(lambda: progress.refresh([identity]))


def _named(sender: type, instance: Any, **kwargs: Any) -> None:
    note_names([instance])


def _term_changed(sender: type, instance: Term, **kwargs: Any) -> None:
    """A term shows wherever an entry uses it (``glossary``), and finds the entries that it says are about it."""
    before = list(TermEntry.objects.filter(term=instance).values_list("entry", flat=True))
    transaction.on_commit(lambda: refresh_terms([instance.pk], before))


def _storyline_changed(sender: type, instance: Storyline, **kwargs: Any) -> None:
    """A storyline shows on a page of its own, and by its name in its entries."""
    if not instance.is_public or "created" not in kwargs:  # deleted
        conceal(instance)
    before = list(StorylineStep.objects.filter(storyline=instance).values_list("entry", flat=True))
    transaction.on_commit(lambda: refresh_storylines([instance.pk], before))


def _line_changed(sender: type, instance: StateLine, **kwargs: Any) -> None:
    """A line shows on the page of each day and on the first page, also before an entry answers it."""
    transaction.on_commit(lambda: refresh_lines([instance.pk or 0]))


def _chronology_published(sender: type, instance: ChronologyPage, **kwargs: Any) -> None:
    refresh_chronology()


def _entry_published(sender: type, instance: EntryPage, revision: Revision | None = None, **kwargs: Any) -> None:
    if not instance.live:  # scheduled: Wagtail sends the signal now, and again when it is published
        refresh([instance.pk])
        return
    publication = Publication(
        instance.change,
        instance.change_note.strip(),
        instance.correction_wrong.strip(),
        instance.correction_right.strip(),
        revision.pk if revision else None,
    )
    instance.forget_change(revision)
    refresh([instance.pk], {instance.pk: publication})


def _page_to_be_moved(sender: type, instance: Page, parent_page_after: Page, **kwargs: Any) -> None:
    """Hide what is going under a page privacy setting: as :func:`_privacy_to_be_set`."""
    if parent_page_after.get_view_restrictions().exists():
        refresh(_entries_below(instance), concealed=True)


def _page_moved(sender: type, instance: Page, **kwargs: Any) -> None:
    refresh(_entries_below(instance))


def _entries_below(page: Page) -> QuerySet[EntryPage, int]:
    """The ids of the entries that a page is or has below it."""
    return EntryPage.objects.descendant_of(page, inclusive=True).values_list("pk", flat=True)


def _entry_withdrawn(sender: type, instance: EntryPage, **kwargs: Any) -> None:
    withdraw(instance)


def _entry_saved(sender: type, instance: EntryPage, **kwargs: Any) -> None:
    """Wagtail tells of a withdrawal after its transaction; what is saved as not live goes within it."""
    if not instance.live and instance.first_published_at:
        withdraw(instance)


def _version_saved(sender: type, instance: Version, **kwargs: Any) -> None:
    if instance.redaction:
        forget(instance)


def _privacy_to_be_set(sender: type, instance: PageViewRestriction, **kwargs: Any) -> None:
    """Wagtail's own view saves it outside of a transaction: what is killed in between leaves the entries hidden."""
    refresh(_entries_below(instance.page), concealed=True)


def _privacy_changed(sender: type, instance: PageViewRestriction, **kwargs: Any) -> None:
    entries = _entries_below(instance.page)
    transaction.on_commit(lambda: refresh(entries))


def _migrated(sender: AppConfig, verbosity: int = 1, apps: Apps = registry, stdout: Any = None, **kwargs: Any) -> None:
    """Say what is to be built anew, if these tables can tell and there is somebody to be told."""
    try:
        apps.get_model("timeline", "PublishedEntry")._meta.get_field("document_version")
    except (LookupError, FieldDoesNotExist):
        return  # migrated back to before they could
    outdated = PublishedEntry.objects.outdated().count()
    if outdated and stdout and verbosity:
        stdout.write(
            f"{outdated} published entries were built by code with another version of the public document. They are "
            "shown, without what is new.\nBuild them anew while the site runs: manage.py rebuild_search --outdated"
        )


def connect() -> None:
    """Listen to what changes the public chronology; called once, when Django starts."""
    page_published.connect(_chronology_published, sender=ChronologyPage, dispatch_uid="timeline.edition")
    page_published.connect(_entry_published, sender=EntryPage, dispatch_uid="timeline.edition")
    page_unpublished.connect(_entry_withdrawn, sender=EntryPage, dispatch_uid="timeline.edition")
    post_save.connect(_entry_saved, sender=EntryPage, dispatch_uid="timeline.edition")
    pre_page_move.connect(_page_to_be_moved, dispatch_uid="timeline.edition")
    post_page_move.connect(_page_moved, dispatch_uid="timeline.edition")
    post_save.connect(_version_saved, sender=Version, dispatch_uid="timeline.edition")
    pre_save.connect(_privacy_to_be_set, sender=PageViewRestriction, dispatch_uid="timeline.edition")
    for signal in (post_save, post_delete):
        signal.connect(_privacy_changed, sender=PageViewRestriction, dispatch_uid="timeline.edition")
    # Names first: what is searched from the new edition on goes by the new ones.
    for record in NAMED:
        for signal in (post_save, post_delete):
            signal.connect(_named, sender=record, dispatch_uid="timeline.edition.names")
    for record in KINDS:
        for signal in (post_save, post_delete):
            signal.connect(_said_otherwise, sender=record, dispatch_uid="timeline.edition.progress")
    for signal in (post_save, pre_delete):
        signal.connect(_term_changed, sender=Term, dispatch_uid="timeline.edition")
        signal.connect(_storyline_changed, sender=Storyline, dispatch_uid="timeline.edition")
        signal.connect(_line_changed, sender=StateLine, dispatch_uid="timeline.edition")
    post_migrate.connect(_migrated, sender=registry.get_app_config("timeline"), dispatch_uid="timeline.edition")
    for record in (Person, Commodity, Organisation, Source, Category, FigureSeries):
        post_save.connect(_record_saved, sender=record, dispatch_uid="timeline.edition")
