"""The page of the dataset, and its files."""

import logging

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.http import quote_etag
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from timeline import replicas
from timeline.formats import structured
from timeline.formats.tables import TABLES, Table
from timeline.models import Dataset, Edition
from timeline.public.document import instant
from timeline.public.site import about_site, current_edition
from timeline.public.wording import entry_count, label, stop, when
from timeline.views import cross_origin
from timeline.views.errors import RETRY_AFTER
from timeline.views.head import Head, home, render_page

from . import ranges, shared, storage
from .words import ENTRIES

# The file of an edition never changes, and may be withdrawn any minute: no copy is used without asking for longer.
CACHING = "public, max-age=60, must-revalidate"

logger = logging.getLogger(__name__)

BUILDING_SECONDS = 300
"""After so long a new dataset is there, when none is: the service looks every five minutes."""


def page(request: HttpRequest, *, edition: Edition) -> HttpResponse:
    """``/dataset/``: what the dataset is, the editions that are kept, and every column in words."""
    known = storage.known()
    latest = storage.newest(known)
    site = about_site(edition)
    description = _("Everything public of %s as one file: entries, statements, citations, figures and records.")
    return render_page(
        request,
        "timeline/dataset.html",
        edition,
        Head(
            title=_("Dataset"),
            description=description % site["name"],
            path="/dataset/",
            breadcrumbs=[home()],
            nodes=[_node(latest, description % site["name"], site)] if latest else (),
        ),
        latest=latest,
        entries=entry_count(latest.entries) if latest else "",
        editions=[(one, f"{one.entries:,}") for one in known if one.withdrawn_at or storage.is_kept(one)],
        tables=[{"table": table, "rows": _rows(table, latest) if latest else ""} for table in TABLES],
        jsonl=ENTRIES,
    )


def _rows(table: Table, latest: Dataset) -> str:
    number = latest.files[f"{table.name}.csv"][0]
    return ngettext("%s row", "%s rows", number) % f"{number:,}"


def _node(latest: Dataset, description: str, site: structured.Site) -> structured.Node:
    return structured.whole_dataset(
        site,
        description=description,
        version=str(latest.version),
        modified=str(instant(latest.changed_at)),
        coverage=f"{latest.first}/{latest.last}" if latest.first and latest.last else "",
        variables=[table.title for table in TABLES],
        path=f"/dataset/{latest.version}.zip",
        size=latest.size,
        digest=latest.digest,
    )


def latest(request: HttpRequest) -> HttpResponse:
    """``/dataset/latest.zip``: leads to the newest file that may be had; 503 until there is one again."""
    _choose_server()
    known = storage.known()
    if not known:
        raise Http404(_("There is no dataset yet."))
    response: HttpResponse
    if found := storage.newest(known):
        response = HttpResponseRedirect(f"/dataset/{found.version}.zip")
        response.headers["Cache-Control"] = CACHING
        return response
    words = _("The dataset is being built anew. Ask again in some minutes.")
    return _later(words, BUILDING_SECONDS)


def _later(words: str, seconds: int) -> HttpResponse:
    response = HttpResponse(f"{words}\n", status=503, content_type="text/plain; charset=utf-8")
    response.headers["Retry-After"] = str(seconds)
    response.headers["Cache-Control"] = "no-cache"
    # Else Django would log an error for what comes right by itself.
    response._has_been_logged = True  # type: ignore[attr-defined] # noqa: SLF001 - its own mark
    return response


def file(request: HttpRequest, version: int) -> HttpResponseBase:
    """``/dataset/<version>.zip``, or a part of it; its entity tag is its checksum.

    410 with the reason for an edition that was withdrawn, whatever the client has of it; 404 for one that is not
    kept any more.
    """
    _choose_server()
    found = Dataset.objects.defer("versions").filter(version=version).first()
    if found and found.withdrawn_at:
        return _withdrawn(request, found)
    if found is None or not storage.is_kept(found):
        raise Http404(_("This edition is not kept. The dataset’s page lists those that are."))
    archive = storage.file_of(found)
    try:
        shared.bring(archive, found.digest)
    except shared.AwayError:
        logger.warning("A dataset could not be brought here", exc_info=True)
        return _later(_("The store of datasets does not answer just now. Ask again in a moment."), RETRY_AFTER)
    if not archive.exists():
        raise Http404(_("This edition is not kept. The dataset’s page lists those that are."))
    response = ranges.sent(
        request,
        archive,
        content_type="application/zip",
        etag=quote_etag(found.digest),
        modified=int(found.changed_at.timestamp()),
    )
    response.headers["Content-Disposition"] = f'attachment; filename="{version}.zip"'
    response.headers["Cache-Control"] = CACHING
    return response


def _choose_server() -> None:
    """Let a replica answer, one that knows of all withdrawals."""
    replicas.allow()
    if settings.REPLICAS:
        current_edition()


def _withdrawn(request: HttpRequest, found: Dataset) -> HttpResponse:
    said = _("Edition %(version)d of the dataset was withdrawn on %(date)s. %(reason)s") % {
        "version": found.version,
        "date": when(found.withdrawn_at.date().isoformat()) if found.withdrawn_at else "",
        "reason": stop(label(found.withdrawal, "dataset")),
    }
    head = Head(title=_("This edition was withdrawn"), description=said, path="", noindex=True)
    response = render_page(request, "timeline/message.html", current_edition(), head, status=410, message=said)
    response.headers["Cache-Control"] = "no-cache"
    return response


# Another method is 405, not a forgery.
latest_view = cross_origin.open_to_all(csrf_exempt(require_safe(latest)))
file_view = cross_origin.open_to_all(csrf_exempt(require_safe(file)))
