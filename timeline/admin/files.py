"""Uploaded files as a list: which entries have each picture and document, and the deletion of those that none has.

Wagtail's own lists stay closed (``media``); its index of uses does not know what drafts have.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import ProtectedError, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.utils import get_valid_next_url_from_request
from wagtail.documents.models import Document
from wagtail.images.models import Image
from wagtail.log_actions import log
from wagtail.models import Revision
from wagtail.permissions import policy_registry

from timeline.models import Attachment, EntryPage

KINDS: dict[str, Any] = {"image": Image, "document": Document}
"""The models, by the field of an attachment that holds one."""
LABELS = {"image": _("Pictures"), "document": _("Documents")}

PER_PAGE = 30

Uses = dict[int, dict[int, str]]
"""The entries that have a file, each with its headline by its id, by the id of the file."""


def uses_in_drafts(kind: str) -> dict[int, set[int]]:
    """The ids of the entries whose drafts, or what of them is scheduled, have a file: by its id."""
    unfinished = EntryPage.objects.filter(Q(live=False) | Q(has_unpublished_changes=True))
    revisions = Revision.page_revisions.filter(
        Q(pk__in=unfinished.values("latest_revision")) | Q(approved_go_live_at__isnull=False),
        content__attachments__0__isnull=False,
    )
    found: defaultdict[int, set[int]] = defaultdict(set)
    for entry, rows in revisions.values_list("object_id", "content__attachments"):
        for row in rows:
            if row.get(kind):
                found[row[kind]].add(int(entry))
    return found


def uses(kind: str, files: Iterable[int], drafts: dict[int, set[int]]) -> Uses:
    """Which entries have these files: as they are stored, or in ``drafts``."""
    found: Uses = {pk: {} for pk in files}
    rows = Attachment._default_manager.filter(**{f"{kind}__in": list(found)})
    for pk, entry, title in rows.values_list(kind, "entry", "entry__draft_title"):
        found[pk][entry] = title
    drafted = {entry for pk in found for entry in drafts.get(pk, ())}
    titles = dict(EntryPage.objects.filter(pk__in=drafted).values_list("pk", "draft_title"))
    for pk, entries in found.items():
        entries.update({entry: titles[entry] for entry in drafts.get(pk, ()) if entry in titles})
    return found


def listing(request: HttpRequest) -> HttpResponse:
    """The files of a kind, the newest first, or those that no entry has."""
    kind = request.GET.get("kind") or "image"
    if kind not in KINDS:
        raise Http404
    policy = policy_registry.get_by_type(KINDS[kind])
    if not policy.user_has_any_permission(request.user, ["add", "change"]):
        raise PermissionDenied
    files = KINDS[kind].objects.select_related("uploaded_by_user").order_by("-created_at", "-pk")
    drafts = uses_in_drafts(kind)
    unused = "unused" in request.GET
    if unused:
        files = files.filter(attachments=None).exclude(pk__in=list(drafts))
    page = Paginator(files, PER_PAGE).get_page(request.GET.get("p"))
    ids = [file.pk for file in page]
    found = uses(kind, ids, drafts)
    may = policy.instances_user_has_permission_for(request.user, "delete").filter(pk__in=ids)
    deletable = set(may.values_list("pk", flat=True))
    rows = [
        {
            "file": file,
            "uses": sorted(found[file.pk].items(), key=lambda one: one[1]),
            "may_delete": file.pk in deletable,
        }
        for file in page
    ]
    context = {
        "kind": kind,
        "kinds": LABELS,
        "unused": unused,
        "page": page,
        "rows": rows,
        "header_title": gettext("Uploaded files"),
        "breadcrumbs_items": [
            {"url": reverse("wagtailadmin_home"), "label": gettext("Home")},
            {"url": "", "label": gettext("Uploaded files")},
        ],
        "header_icon": "image",
    }
    return render(request, "timeline/admin/files.html", context)


@require_POST
def delete(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Delete a file that no entry has."""
    if kind not in KINDS:
        raise Http404
    file = get_object_or_404(KINDS[kind], pk=pk)
    policy = policy_registry.get_by_type(KINDS[kind])
    if not policy.user_has_permission_for_instance(request.user, "delete", file):
        raise PermissionDenied
    entries = list(uses(kind, [pk], uses_in_drafts(kind))[pk].values())
    if not entries:
        try:
            file.delete()
        except ProtectedError as error:  # an entry has got it since
            rows: Any = error.protected_objects
            entries = sorted({row.entry.title for row in rows})
    words = {"file": file.title, "entries": ", ".join(entries)}
    if entries:
        messages.error(request, gettext("“%(file)s” was not deleted. These entries have it: %(entries)s.") % words)
    else:
        file.pk = pk
        log(instance=file, action="wagtail.delete", user=request.user, deleted=True)
        messages.success(request, gettext("“%(file)s” was deleted.") % words)
    return redirect(get_valid_next_url_from_request(request) or f"{reverse('timeline_files')}?kind={kind}")


URLS = [
    path("reports/files/", listing, name="timeline_files"),
    path("reports/files/<slug:kind>/<int:pk>/delete/", delete, name="timeline_file_delete"),
]


class FilesMenuItem(MenuItem):
    """For those who upload."""

    def is_shown(self, request: HttpRequest) -> bool:
        return policy_registry.get_by_type(Image).user_has_any_permission(request.user, ["add", "change"])

    def render_component(self, request: HttpRequest) -> Any:
        self.url = reverse("timeline_files")
        return super().render_component(request)


MENU_ITEM = FilesMenuItem(_("Uploaded files"), "", name="uploaded-files", icon_name="image", order=92)
