"""``/status.json``: whether what should happen by itself does, for a program that watches the site.

It answers 200 when all is well and 503 when something is not, so that any monitor understands it,
and says what in words and numbers. It names no entry: whoever must act finds the names on the
editors' home page.

A service that has never run is not late here, because a site may do without it: a new clone is
well from the first minute. From its first run on it is watched. Two things are missed without a
service and so are told all the same: something due that nobody publishes, and news for a hub.
"""

import datetime
import functools
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Exists, OuterRef, Subquery
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from wagtail.models import Page

from timeline import replicas
from timeline.dataset import storage
from timeline.letters import keys
from timeline.models import (
    Announcement,
    CommandRun,
    Edition,
    EntryPage,
    FacetTotal,
    Letter,
    PublishedEntry,
    Subscriber,
    Version,
)
from timeline.models.announcement import CDN, HUB
from timeline.models.document import VERSION
from timeline.public.document import instant
from timeline.running import connections, disks, lateness, schedule

NEWEST = 50
"""Publications that are looked at one by one."""

DATASET_LATE = datetime.timedelta(minutes=30)
"""Its service looks every five minutes and needs a few seconds."""

NEWS_LATE = datetime.timedelta(hours=1)
"""A hub that is away for a moment is asked again after one, two, four … minutes."""


REPLICAS_LATE = datetime.timedelta(minutes=1)
"""What is published is at a replica within a second."""

LETTERS_LATE = datetime.timedelta(hours=1)
"""They leave within a minute; a server that is away is asked every hour at least."""

PURGES_LATE = datetime.timedelta(minutes=1)
"""A CDN is told twice within a quarter of a minute."""


Runs = dict[str, datetime.datetime]
"""When each command ran last."""


@dataclass(frozen=True)
class Check:
    """One thing that was looked at; times among ``numbers`` are RFC 3339, null when there is none."""

    name: str
    ok: bool
    detail: str
    numbers: dict[str, int | str | None] = field(default_factory=dict)


@csrf_exempt  # another method is 405, not a forgery
@require_safe
def status(request: HttpRequest) -> HttpResponse:
    """``{"ok", "checked", "checks": [{"name", "ok", "detail", "numbers"}]}``; 503 unless all are ok."""
    now = timezone.now()
    try:
        found = list(checks(now))
    except (DatabaseError, InterfaceError):
        found = [Check("database", False, _("The database does not answer, or not as this code expects."))]
    well = all(check.ok for check in found)
    content = {"ok": well, "checked": instant(now), "checks": [asdict(check) for check in found]}
    response = JsonResponse(content, status=200 if well else 503, json_dumps_params={"ensure_ascii": False})
    response.headers["Cache-Control"] = "no-store"
    # Else Django would log an error whenever a monitor asks.
    response._has_been_logged = True  # type: ignore[attr-defined] # noqa: SLF001 - its own mark
    return response


def checks(now: datetime.datetime) -> Iterator[Check]:
    """All that is looked at; without the migrations of this code nothing else."""
    migrations = _migrations()
    yield migrations
    if migrations.ok:  # else the tables may be others than the models
        runs = dict(CommandRun.objects.values_list("command", "started_at"))
        for check in CHECKS:
            yield check(now, runs)


@functools.cache
def _known_migrations() -> set[tuple[str, str]]:
    """The migrations that this process was started with, by the names of their files: to run them takes a second."""
    modules = {app.label: MigrationLoader.migrations_module(app.label)[0] for app in apps.get_app_configs()}
    return {
        (label, file.name)
        for label, module in modules.items()
        if module and find_spec(module)
        for file in pkgutil.iter_modules(import_module(module).__path__)
        if not file.ispkg and file.name[0] not in "_~"
    }


def _migrations() -> Check:
    """Whether the database has the tables of this code: one query."""
    applied = MigrationRecorder(connection).migration_qs.values_list("app", "name")
    behind = {app for app, _name in _known_migrations() - set(applied)}
    detail = _("All migrations are applied.")
    if behind:
        detail = _("Migrations are missing; nothing else was looked at. Run manage.py migrate.")
    return Check("migrations", not behind, detail, {"apps_behind": len(behind)})


def _entries(now: datetime.datetime, runs: Runs) -> Check:
    """Whether readers get what editors published: the editors' table against the one that pages and feeds read.

    Five queries: how many entries are public on each side and in the total that pages show, and
    the newest publications, each with what readers have of it.
    """
    live = Page.objects.type(EntryPage).live().public().order_by()
    version = Version.objects.filter(entry=OuterRef("pk")).order_by("-number").values("published_at")[:1]
    newest = list(
        live.filter(last_published_at__isnull=False)
        .order_by("-last_published_at")
        .annotate(told=Subquery(version), is_public=Exists(PublishedEntry.objects.filter(pk=OuterRef("pk"))))
        .values_list("last_published_at", "told", "is_public")[:NEWEST]
    )
    told = [told for _published, told, is_public in newest if told and is_public]
    untold = sum(not is_public or told is None or told < published for published, told, is_public in newest)
    published, public = live.count(), PublishedEntry.objects.count()
    shown = FacetTotal.objects.filter(facet="all").values_list("total", flat=True).first() or 0
    ok = not untold and published == public == shown
    detail = _("Pages and feeds have every published entry.")
    if not ok:
        detail = _("Pages and feeds lag behind what editors published. Run manage.py rebuild_search.")
    numbers: dict[str, int | str | None] = {
        "published": published,
        "public": public,
        "shown": shown,
        "untold": untold,
        "newest_published": instant(newest[0][0] if newest else None),
        "newest_public": instant(max(told, default=None)),
    }
    return Check("entries", ok, detail, numbers)


def _documents(now: datetime.datetime, runs: Runs) -> Check:
    """Whether this code built what readers get: one query."""
    outdated = PublishedEntry.objects.outdated().count()
    detail = _("Pages and feeds have all that this code can tell of an entry.")
    if outdated:
        detail = ngettext(
            "Rebuild needed: code of another version built %(n)d published entry, which lacks what is new until "
            "then. Run manage.py rebuild_search --outdated.",
            "Rebuild needed: code of another version built %(n)d published entries, which lack what is new until "
            "then. Run manage.py rebuild_search --outdated.",
            outdated,
        ) % {"n": outdated}
    return Check("documents", not outdated, detail, {"version": VERSION, "outdated": outdated})


def _dataset(now: datetime.datetime, runs: Runs) -> Check:
    """Whether the dataset has the present edition: two queries."""
    edition = Edition.objects.filter(pk=1).first()
    known = storage.known()
    built = next(filter(storage.is_kept, known), None)
    numbers: dict[str, int | str | None] = {
        "edition": edition.version if edition else 0,
        "changed": instant(edition.changed_at) if edition else None,
        "dataset": built.version if built else None,
        "built": instant(built.built_at) if built else None,
        "withdrawn": sum(dataset.withdrawn_at is not None for dataset in known),
    }
    if not known:
        return Check("dataset", True, _("No dataset was ever built here."), numbers)
    if edition is None or (built and edition.version == built.version):
        return Check("dataset", True, _("The dataset has the present edition."), numbers)
    if edition.changed_at < now - DATASET_LATE:
        return Check("dataset", False, _("The dataset lags behind. Does build_dataset run?"), numbers)
    minutes = DATASET_LATE // datetime.timedelta(minutes=1)
    detail = _("The dataset does not have the present edition yet. It may take %d minutes after a change.") % minutes
    return Check("dataset", True, detail, numbers)


def _scheduled(now: datetime.datetime, runs: Runs) -> Check:
    """Whether what is due is published: at most four queries."""
    late = lateness.schedule_is_late(now)
    detail = late or _("Nothing waits that is due to be published.")
    return Check("publish_scheduled", not late, detail, {"last_run": _last_run(runs, schedule.COMMAND)})


def _failures(now: datetime.datetime, runs: Runs) -> Check:
    """Whether something that was due could not be published: one query."""
    number = schedule.failures(now).count()
    detail = _("Everything that was due could be published.")
    if number:
        detail = _("Something due could not be published. The editors’ home page says what and why.")
    return Check("failed_publications", not number, detail, {"entries": number})


def _links(now: datetime.datetime, runs: Runs) -> Check:
    """Whether the addresses of sources are visited: at most two queries."""
    ran = _last_run(runs, "check_links")
    late = lateness.links_are_unchecked(now) if ran else ""
    known = _("The links of the sources are checked.") if ran else _("Links were never checked from here.")
    return Check("check_links", not late, late or known, {"last_run": ran})


def _archived(now: datetime.datetime, runs: Runs) -> Check:
    """Whether archived copies are looked for, where archives are set: two queries."""
    ran = _last_run(runs, "archive_sources")
    late = lateness.copies_are_not_sought(now)
    known = _("Archived copies of sources are looked for.") if ran else _("Archived copies are not looked for.")
    return Check("archive_sources", not late, late or known, {"last_run": ran})


def _announcements(now: datetime.datetime, runs: Runs) -> Check:
    """Whether the hub hears of news: two queries."""
    untold = Announcement.objects.waiting_for(HUB).filter(noted_at__lt=now - NEWS_LATE)
    waiting = untold.count() if settings.WEBSUB_HUB else 0
    detail = _("No news waits for the hub.") if settings.WEBSUB_HUB else _("No hub is set.")
    if waiting:
        detail = _(
            "News has waited for the hub for more than an hour. Does deliver_pings run, and does the hub answer?"
        )
    return Check(
        "deliver_pings", not waiting, detail, {"waiting": waiting, "last_run": _last_run(runs, "deliver_pings")}
    )


def _copies(now: datetime.datetime, runs: Runs) -> Check:
    """Whether the CDN hears which copies are to go: one query."""
    untold = Announcement.objects.waiting_for(CDN).filter(noted_at__lt=now - PURGES_LATE)
    waiting = untold.count() if settings.CDN else 0
    detail = _("No copies of a CDN are out of date.") if settings.CDN else _("No CDN is set.")
    if waiting:
        detail = _("The CDN has not heard for a minute which copies are to go. Does deliver_pings run, and may it?")
    return Check("cdn", not waiting, detail, {"waiting": waiting})


def _letters(now: datetime.datetime, runs: Runs) -> Check:
    """Whether readers get their letters: two queries."""
    waiting = other = 0
    if settings.LETTERS:
        waiting = Letter.objects.filter(due_at__lt=now - LETTERS_LATE).count()
        other = Subscriber.objects.exclude(encrypted_with=keys.name()).count()
    detail = _("No letter to a reader is late.") if settings.LETTERS else _("No letters are offered to readers.")
    if waiting:
        detail = _(
            "Letters to readers have waited for more than an hour. Does send_letters run, and does the server answer?"
        )
    numbers: dict[str, int | str | None] = {
        "waiting": waiting,
        "under_other_keys": other,
        "last_run": _last_run(runs, "send_letters"),
    }
    return Check("send_letters", not waiting, detail, numbers)


def _backup(now: datetime.datetime, runs: Runs) -> Check:
    """Whether the last backup is young enough, where one is asked for: one query."""
    hours, made = settings.BACKUP_MAX_AGE, runs.get("backup")
    numbers: dict[str, int | str | None] = {"max_age_hours": hours, "made": instant(made)}
    if not hours:
        return Check("backup", True, _("No backup is asked for."), numbers)
    if made and made > now - datetime.timedelta(hours=hours):
        return Check("backup", True, _("There is a backup that is new enough."), numbers)
    detail = _("The last backup is too old. Does the timer of manage.py backup run?")
    if made is None:
        detail = _("There is no backup yet. Run manage.py backup.")
    return Check("backup", False, detail, numbers)


def _connections(now: datetime.datetime, runs: Runs) -> Check:
    """Whether there are enough connections to the database for all who may want one: one query."""
    found = connections.count()
    detail = found.problem or _("There is a connection to the database for each thread and service.")
    return Check("connections", not found.problem, detail, {"wanted": found.wanted, "allowed": found.allowed})


def _replicas(now: datetime.datetime, runs: Runs) -> Check:
    """Whether replicas answer and keep up, though readers notice neither: two queries, one of each replica."""
    edition = Edition.objects.filter(pk=1).first() if settings.REPLICAS else None
    found = [replicas.edition_of(alias) for alias in settings.REPLICAS]
    away, behind = found.count(None), 0
    if edition and edition.changed_at < now - REPLICAS_LATE:
        behind = sum(one is not None and one < edition.version for one in found)
    detail = _("Replicas have the present edition.") if found else _("No replicas are set.")
    if away or behind:
        detail = _("A replica does not answer or lags for more than a minute. The others and the primary do its work.")
    return Check("replicas", not (away or behind), detail, {"replicas": len(found), "away": away, "behind": behind})


def _disks(now: datetime.datetime, runs: Runs) -> Check:
    """Whether something can still be written: at most one query."""
    free, full = disks.least_free(), disks.was_full()
    detail = _("There is room on the disks.")
    if full:
        detail = _("Something could not be written in the last ten minutes: a disk is full. Make room.")
    elif free < settings.DISK_FREE_MEGABYTES:
        detail = _("A disk is nearly full: less than %d MB are left. Make room.") % settings.DISK_FREE_MEGABYTES
    return Check("disks", not full and free >= settings.DISK_FREE_MEGABYTES, detail, {"megabytes_free": free})


def _last_run(runs: Runs, command: str) -> str | None:
    return instant(runs.get(command))


CHECKS: tuple[Callable[[datetime.datetime, Runs], Check], ...] = (
    _entries,
    _documents,
    _dataset,
    _scheduled,
    _failures,
    _links,
    _archived,
    _announcements,
    _copies,
    _letters,
    _backup,
    _connections,
    _replicas,
    _disks,
)
