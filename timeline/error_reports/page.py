"""``/report-an-error/``: the form for what is wrong. It asks for no script and sets no cookie.

It is made anew for each who asks and kept by nobody. Whatever goes wrong, what was typed is in the answer.
"""

from typing import Any
from urllib.parse import quote, urlencode

from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from timeline.clients import comes_from_elsewhere
from timeline.formats.references import version_address
from timeline.limits import TooManyError
from timeline.models import Edition
from timeline.public.site import about_site, absolute, current_edition
from timeline.views.entries import REPORT, elsewhere
from timeline.views.errors import RETRY_AFTER, unavailable
from timeline.views.head import Head, crumb, home, render_page

from .form import ReportForm
from .keeping import keep
from .subject import NAMES, GoneError, Subject, find

TEMPLATE = "timeline/error_report.html"


@csrf_exempt  # readers have no session; form.py says what holds others off
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    try:
        response = _sent(request) if request.method == "POST" else _asked(request)
    except (DatabaseError, InterfaceError) as trouble:
        response = unavailable(request, trouble)
        if request.method == "POST":
            response.content = _without_database(request)
    response.headers["Cache-Control"] = "no-store"
    return response


def _asked(request: HttpRequest) -> HttpResponse:
    """The empty form, or why there is none."""
    edition = current_edition()
    try:
        subject = find(request, request.GET)
    except GoneError as gone:
        return elsewhere(request, gone.slug, edition)
    return _page(request, edition, subject, ReportForm())


def _sent(request: HttpRequest) -> HttpResponse:
    """Thanks, or the form as it was filled in, with what is wrong."""
    edition, form = current_edition(), ReportForm(request.POST)
    if comes_from_elsewhere(request):
        form.add_error(None, _("The page of another site sent this. Look through it and send it from here."))
        return _page(request, edition, Subject(), form, status=403)
    try:
        subject = find(request, request.POST)
    except (GoneError, Http404) as gone:
        form.add_error(None, _("Readers do not see any more what this is about. You can send it all the same."))
        return _page(request, edition, Subject(), form, status=410 if isinstance(gone, GoneError) else 404)
    if not edition.takes_error_reports:
        return _page(request, edition, subject, form, status=403)
    if not form.is_valid():
        return _page(request, edition, subject, form, status=400)
    written = {name: form.cleaned_data[name] for name in ("words", "evidence", "email")}
    try:
        keep(request, form.cleaned_data["token"], **written, **subject.fields)
    except TooManyError as full:
        said = ngettext(
            "So many reports came that we take no more for %d minute. Leave this page open and send it then.",
            "So many reports came that we take no more for %d minutes. Leave this page open and send it then.",
            full.minutes,
        )
        form.add_error(None, said % full.minutes)
        response = _page(request, edition, subject, form, status=429)
        response.headers["Retry-After"] = str(full.minutes * 60)
        return response
    return _page(request, edition, subject, None)


def _page(
    request: HttpRequest, edition: Edition, subject: Subject, form: ReportForm | None, *, status: int = 200
) -> HttpResponse:
    head = Head(
        title=_("Report an error"),
        description=_("Tell the editors what is wrong. Nothing that you write is shown to readers."),
        path=f"{REPORT}?{urlencode(subject.names)}" if subject.names else REPORT,
        noindex=True,
        breadcrumbs=[home(), *_way(subject)],
        feeds=[],
    )
    return render_page(request, TEMPLATE, edition, head, status=status, **_context(edition, subject, form))


def _without_database(request: HttpRequest) -> str:
    """The form with what was typed, to be sent again in a minute; what it is about is named and not shown."""
    edition, form = Edition(), ReportForm(request.POST)
    form.add_error(None, _("The database does not answer just now. Wait a minute, then send it once more."))
    names = {name: value for name in NAMES if (value := request.POST.get(name))}
    words = {"title": _("Report an error"), "description": _("Tell the editors what is wrong."), "noindex": True}
    return render_to_string(
        TEMPLATE, {"site": about_site(edition), **words, **_context(edition, Subject(names=names), form)}
    )


def _context(edition: Edition, subject: Subject, form: ReportForm | None) -> dict[str, Any]:
    about: dict[str, Any] = {"cited": subject.cited, "record": subject.record, "names": subject.names}
    if not edition.takes_error_reports:
        form = None
    return about | {
        "form": form,
        "is_off": not edition.takes_error_reports,
        "action": REPORT,
        "mailto": _letter(about_site(edition)["contact"], subject),
        "days": settings.ERROR_REPORT_ADDRESS_DAYS,
        "retry_after": RETRY_AFTER,
    }


def _way(subject: Subject) -> list[dict[str, str]]:
    if subject.cited:
        return [crumb(subject.cited.now["headline"], subject.cited.now["url"])]
    return [crumb(subject.record.name, subject.record.path)] if subject.record else []


def _letter(contact: str, subject: Subject) -> str:
    """A letter to the editors that says what it is about; empty when nobody is named to write to."""
    if not contact:
        return ""
    name, path = "", ""
    if subject.cited:
        name, path = subject.cited.entry["headline"], version_address(subject.cited.entry, subject.cited.assertion)
    elif subject.record:
        name, path = subject.record.name, subject.record.path
    words = {
        "subject": _("An error in “%s”") % name if name else _("An error"),
        "body": absolute(path) if path else "",
    }
    return f"mailto:{contact}?{'&'.join(f'{key}={quote(value)}' for key, value in words.items() if value)}"
