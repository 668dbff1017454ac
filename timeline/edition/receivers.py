"""Receivers of signals: Wagtail and the records tell of public changes, a migration of what it leaves to be done."""

from typing import Any

from django.apps import AppConfig
from django.apps import apps as registry
from django.apps.registry import Apps
from django.core.exceptions import FieldDoesNotExist
from django.db import transaction
from django.db.models import Model
from django.db.models.signals import post_delete, post_migrate, post_save
from wagtail.models import PageViewRestriction, Revision
from wagtail.signals import page_published, page_unpublished, post_page_move

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
    Term,
)

from .chronology import refresh_chronology
from .refreshing import refresh, refresh_about, withdraw
from .state import next_edition
from .versions import Publication


def _record_saved(sender: type, instance: Model, created: bool = False, **kwargs: Any) -> None:
    if not created:
        # After the commit: the rows below a record (names, positions) are written after it.
        transaction.on_commit(lambda: refresh_about(instance))


def _term_changed(sender: type, instance: Term, **kwargs: Any) -> None:
    """A term shows wherever an entry uses it (``glossary``); no row of an entry holds it."""
    transaction.on_commit(_count_change)


def _count_change() -> None:
    with transaction.atomic():
        next_edition()


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


def _entry_moved(sender: type, instance: EntryPage, **kwargs: Any) -> None:
    refresh([instance.pk])


def _entry_withdrawn(sender: type, instance: EntryPage, **kwargs: Any) -> None:
    withdraw(instance)


def _privacy_changed(sender: type, instance: PageViewRestriction, **kwargs: Any) -> None:
    entries = EntryPage.objects.descendant_of(instance.page, inclusive=True).live().values_list("pk", flat=True)
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
    post_page_move.connect(_entry_moved, sender=EntryPage, dispatch_uid="timeline.edition")
    for signal in (post_save, post_delete):
        signal.connect(_privacy_changed, sender=PageViewRestriction, dispatch_uid="timeline.edition")
    for signal in (post_save, post_delete):
        signal.connect(_term_changed, sender=Term, dispatch_uid="timeline.edition")
    post_migrate.connect(_migrated, sender=registry.get_app_config("timeline"), dispatch_uid="timeline.edition")
    for record in (Person, Commodity, Organisation, Source, Category, FigureSeries):
        post_save.connect(_record_saved, sender=record, dispatch_uid="timeline.edition")
