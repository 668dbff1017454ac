"""The page of the dataset, and its files."""

import datetime

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import http_date, quote_etag
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from timeline.formats import structured
from timeline.formats.tables import TABLES, Table
from timeline.models import Edition
from timeline.public.site import about_site
from timeline.public.wording import entry_count
from timeline.views import cross_origin
from timeline.views.head import Head, home, render_page

from . import storage
from .storage import Kept
from .words import ENTRIES

# The file of an edition never changes; what the latest one is may change any minute.
FILE_CACHING = "public, max-age=31536000, immutable"
LATEST_CACHING = "public, max-age=60"


def page(request: HttpRequest, *, edition: Edition) -> HttpResponse:
    """``/dataset/``: what the dataset is, the editions that are kept, and every column in words."""
    files = storage.kept()
    latest = files[0] if files else None
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
        editions=[{"kept": one, "changed": one.changed[:10], "entries": f"{one.entries:,}"} for one in files],
        tables=[{"table": table, "rows": _rows(table, latest) if latest else ""} for table in TABLES],
        jsonl=ENTRIES,
    )


def _rows(table: Table, latest: Kept) -> str:
    number = latest.files[f"{table.name}.csv"][0]
    return ngettext("%s row", "%s rows", number) % f"{number:,}"


def _node(latest: Kept, description: str, site: structured.Site) -> structured.Node:
    return structured.whole_dataset(
        site,
        description=description,
        version=str(latest.version),
        modified=latest.changed,
        coverage=f"{latest.first}/{latest.last}" if latest.first and latest.last else "",
        variables=[table.title for table in TABLES],
        path=f"/dataset/{latest.version}.zip",
        size=latest.size,
        digest=latest.digest,
    )


def latest(request: HttpRequest) -> HttpResponse:
    """``/dataset/latest.zip``: leads to the newest file."""
    files = storage.kept()
    if not files:
        raise Http404(_("There is no dataset yet."))
    response = HttpResponseRedirect(f"/dataset/{files[0].version}.zip")
    response.headers["Cache-Control"] = LATEST_CACHING
    return response


def file(request: HttpRequest, version: int) -> HttpResponseBase:
    """``/dataset/<version>.zip``; its entity tag is its checksum. 404 for an edition that is not kept any more."""
    found = storage.one(version)
    if found is None:
        raise Http404(_("This edition is not kept. The dataset’s page lists those that are."))
    etag, modified = quote_etag(found.digest), int(datetime.datetime.fromisoformat(found.changed).timestamp())
    response: HttpResponseBase | None = get_conditional_response(request, etag=etag, last_modified=modified)
    if response is None:
        content = found.file.open("rb")
        response = FileResponse(content, content_type="application/zip", as_attachment=True, filename=f"{version}.zip")
        response.headers["Content-Length"] = str(found.size)
    response.headers["ETag"] = etag
    response.headers["Last-Modified"] = http_date(modified)
    response.headers["Cache-Control"] = FILE_CACHING
    return response


# Another method is 405, not a forgery.
latest_view = cross_origin.open_to_all(csrf_exempt(require_safe(latest)))
file_view = cross_origin.open_to_all(csrf_exempt(require_safe(file)))
