"""Import and export: upload, read what would happen, confirm, and take back if need be."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView, View
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.admin.widgets.button import Button
from wagtail.permission_policies import ModelPermissionPolicy

from timeline.audit.events import Event, tell
from timeline.content.kinds import ENTRIES, Kind
from timeline.imports import checking, examples, exporting, loading, undoing, uploads
from timeline.imports.encodings import Encoded
from timeline.imports.tables import accepted, columns, write
from timeline.models import EntryPage, Import

from . import stepwise

POLICY = ModelPermissionPolicy(Import)
ICON = "table"
LATEST = 50
"""Imports in the list."""

SHOWN = 200
"""Problems and records named on a page; they are counted beyond."""

USUAL = ["entries", "figures", "sources", "people", "organisations", "commodities"]
"""What a newsroom keeps in spreadsheets; the rest comes last."""


def kinds() -> list[Kind]:
    """Every kind that can be imported, the usual ones first."""
    return sorted(uploads.BY_NAME.values(), key=lambda kind: USUAL.index(kind.name) if kind.name in USUAL else 99)


def named(kind: Kind) -> str:
    """The kind as a heading: "Entries"."""
    return str(capfirst(kind.model._meta.verbose_name_plural))


class UploadForm(forms.Form):
    """The form of an upload: one file, and what is in it where the file does not say so itself."""

    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "CSV, a JSON file of the pack, or a ZIP of several; a sheet or JSON of TimelineJS; RIS, BibTeX, CSL-JSON "
            "or CSV of Zotero. At most 5 MB, 5,000 rows and 200 new drafts."
        ),
        error_messages={"required": _("Choose a file."), "empty": _("The file is empty.")},
    )
    kind = forms.ChoiceField(label=_("It holds"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("What its name or its headings say")), *((kind.name, named(kind)) for kind in kinds())]
        self.fields["kind"].choices = choices  # type: ignore[attr-defined]

    def clean_file(self) -> UploadedFile:
        file = self.cleaned_data["file"]
        if file.size > uploads.MAX_BYTES:
            raise forms.ValidationError(_("The file is larger than 5 MB. Divide it into several imports."))
        try:
            self.files_inside = uploads.unpack(file.name, file.read())
        except uploads.UploadError as error:
            raise forms.ValidationError(str(error)) from error
        return file


class DeskView(WagtailAdminTemplateMixin, PermissionCheckedMixin, TemplateView):
    """The base of the pages here."""

    permission_policy = POLICY
    header_icon = ICON

    def crumbs(self, *last: str) -> list[dict[str, Any]]:
        first = {"url": reverse("timeline_imports:index"), "label": _("Import and export")}
        return [*self.breadcrumbs_items, first, *({"url": "", "label": label} for label in last)]


class ImportIndexView(DeskView):
    """The form for a file, the exports and templates of each kind, and what was imported before."""

    any_permission_required = ["add"]
    template_name = "timeline/admin/imports.html"
    page_title = _("Import and export")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return self.crumbs()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        latest = Import.objects.select_related("uploaded_by").defer("content", "made")[:LATEST]
        kwargs.setdefault("form", UploadForm())
        tables = [{"kind": kind, "name": named(kind), "columns": _described(kind)} for kind in kinds()]
        return super().get_context_data(imports=latest, kinds=tables, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = UploadForm(request.POST, request.FILES)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        record = Import.objects.create(
            name=form.cleaned_data["file"].name[:255],
            kind=form.cleaned_data["kind"],
            content=uploads.stored_as(form.files_inside),
            uploaded_by=request.user,  # type: ignore[misc] # the permission is checked
        )
        return redirect("timeline_imports:import", record.pk)


def _described(kind: Kind) -> list[dict[str, Any]]:
    return [
        {"heading": column.heading, "values": accepted(column), "listed": column.listed} for column in columns(kind)
    ]


class ImportView(DeskView):
    """One import: what loading it would do, or what it has done."""

    any_permission_required = ["view"]
    template_name = "timeline/admin/import.html"
    page_title = _("Import")

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.record = get_object_or_404(Import.objects.select_related("uploaded_by"), pk=kwargs["pk"])

    def get_page_subtitle(self) -> str:
        return self.record.name

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return self.crumbs(self.record.name)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(record=self.record, Status=Import.Status, **kwargs)
        if self.record.status == Import.Status.CHECKED:
            return context | self._would_do()
        return context | self._has_done()

    def _would_do(self) -> dict[str, Any]:
        files = uploads.restored(self.record.content)
        checked = checking.check(files, self.record.kind)
        sections = []
        for action, heading in (
            (checking.CREATE, _("New")),
            (checking.CHANGE, _("Different from what is here")),
            (checking.LEFT, _("Left alone")),
            (checking.SAME, _("Already here, nothing to change")),
        ):
            steps = checked.of(action)
            if steps:
                sections.append({"action": action, "heading": heading, "steps": steps[:SHOWN], "total": len(steps)})
        changes = checked.of(checking.CREATE) + checked.of(checking.CHANGE)
        return {
            "checked": checked,
            "guessed": [(name, file) for name, file in files.items() if isinstance(file, Encoded)],
            "problems": checked.problems[:SHOWN],
            "more_problems": len(checked.problems) - SHOWN,
            "doubts": checked.doubts[:SHOWN],
            "more_doubts": len(checked.doubts) - SHOWN,
            "meanings": checked.meanings[:SHOWN],
            "more_meanings": len(checked.meanings) - SHOWN,
            "notes": checked.notes[:SHOWN],
            "sections": sections,
            "entries": ENTRIES,
            "may_load": bool(changes) and not checked.problems,
        }

    def _has_done(self) -> dict[str, Any]:
        made = self.record.made
        return {
            "created": [(named(uploads.BY_NAME[name]), len(keys)) for name, keys in made["created"].items()],
            "entries_made": EntryPage.objects.filter(key__in=made["created"].get("entries", []))[:SHOWN],
            "drafts": [row[1] for row in made["revisions"]],
            "changed": [row[2] for row in made["changed"]],
            "left": [{"name": name, "reason": reason} for _kind, name, reason in made["left"]],
            "has_entries": bool(made["created"].get("entries") or made["revisions"]),
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        action = request.POST.get("action")
        permission = "add" if action == "load" else "change"
        if not POLICY.user_has_permission(request.user, permission):
            raise Http404
        try:
            if action == "load":
                return self._load(request)
            if action == "undo":
                sentences = undoing.undo(self.record, user=request.user)
                messages.success(request, gettext("The import of “%s” was undone.") % self.record.name)
                if sentences:
                    messages.warning(request, " ".join(sentences[:SHOWN]))
            elif action == "read_as" and self.record.status == Import.Status.CHECKED:
                files = uploads.restored(self.record.content)
                files = uploads.read_as(files, request.POST.get("file", ""), request.POST.get("encoding", ""))
                Import.objects.filter(pk=self.record.pk).update(content=uploads.stored_as(files))
            elif action == "discard" and self.record.status == Import.Status.CHECKED:
                self.record.delete()
                messages.success(request, gettext("“%s” was discarded; nothing was imported.") % self.record.name)
                return redirect("timeline_imports:index")
        except loading.ImportFailedError as error:
            number = len(error.sentences)
            heading = ngettext("Nothing was changed.", "Nothing was changed:", number)
            messages.error(request, f"{heading} {' '.join(error.sentences)}")
        return redirect("timeline_imports:import", self.record.pk)

    def _load(self, request: HttpRequest) -> StreamingHttpResponse:
        """A page that is sent while the import is loaded. DECISIONS 152."""
        steps = loading.load_stepwise(
            self.record,
            chosen=set(request.POST.getlist("change")),
            anyway="anyway" in request.POST,
            meant="meant" in request.POST,
            user=request.user,
        )
        context = DeskView.get_context_data(self)
        return stepwise.answer(
            request, "timeline/admin/importing.html", context, steps, self._came_of_it, doing=gettext("Importing…")
        )

    def _came_of_it(self, failure: Exception | None) -> str:
        outcome: dict[str, Any] = {"is_done": failure is None}
        if isinstance(failure, loading.ImportFailedError):
            outcome["sentences"] = failure.sentences
        elif failure:
            stepwise.note(f"import {self.record.pk}", failure)
            outcome["is_unknown"] = True
        return render_to_string("timeline/admin/import_outcome.html", {"record": self.record, **outcome})


class ExportView(PermissionCheckedMixin, View):
    """All records of a kind as a file, sent while it is written."""

    permission_policy = POLICY
    any_permission_required = ["view", "add"]

    def get(self, request: HttpRequest, kind: str, form: str) -> StreamingHttpResponse:
        found = uploads.BY_NAME.get(kind)
        if found is None or form not in ("csv", "json"):
            raise Http404
        tell(Event.EXPORTED, what=kind, format=form)
        lines = exporting.as_csv(found, bom="bom" in request.GET) if form == "csv" else exporting.as_json(found)
        media_type = {"csv": "text/csv; charset=utf-8", "json": "application/json"}[form]
        name = f"{kind}-{timezone.localdate().isoformat()}.{form}"
        return StreamingHttpResponse(
            lines, content_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'}
        )


class TemplateFileView(PermissionCheckedMixin, View):
    """A table with all headings and a made-up example, to write into."""

    permission_policy = POLICY
    any_permission_required = ["add"]

    def get(self, request: HttpRequest, kind: str) -> HttpResponse:
        found = uploads.BY_NAME.get(kind)
        if found is None:
            raise Http404
        text = write(found, examples.example(found), bom=True)
        headers = {"Content-Disposition": f'attachment; filename="{kind}.csv"'}
        return HttpResponse(text, content_type="text/csv; charset=utf-8", headers=headers)


URLS = [
    path("", ImportIndexView.as_view(), name="index"),
    path("<int:pk>/", ImportView.as_view(), name="import"),
    path("export/<slug:kind>.<slug:form>", ExportView.as_view(), name="export"),
    path("template/<slug:kind>.csv", TemplateFileView.as_view(), name="template"),
]


class ImportMenuItem(MenuItem):
    """Leads to import and export, for those who may import."""

    def is_shown(self, request: HttpRequest) -> bool:
        return POLICY.user_has_permission(request.user, "add")

    def render_component(self, request: HttpRequest) -> Any:
        self.url = reverse("timeline_imports:index")
        return super().render_component(request)


MENU_ITEM = ImportMenuItem(_("Import and export"), "", name="imports", icon_name=ICON, order=270)


class LinksToImports:
    """A list from which import and export are reached."""

    request: HttpRequest

    @cached_property
    def header_more_buttons(self) -> list[Button]:
        buttons = super().header_more_buttons  # type: ignore[misc]
        if POLICY.user_has_permission(self.request.user, "add"):
            url = reverse("timeline_imports:index")
            buttons = [*buttons, Button(_("Import, or export to change"), url=url, icon_name=ICON, priority=110)]
        return buttons
