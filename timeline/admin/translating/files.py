"""PO files: what waits, for another program of translators, and back with a dry run that says what would change."""

from typing import Any

from django import forms
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin

from timeline.audit.events import Event, tell
from timeline.edition import Identity
from timeline.translating import files, saving
from timeline.translating.files import FileError, Filled
from timeline.translating.reading import label, stated
from timeline.translating.saving import Outcome

from .listing import ProgressFilterSet, crumbs, waiting
from .rights import ICON, POLICY, known, may_translate

SHOWN = 300
"""Changes that are named on a page; they are counted beyond."""

A_DAY = 24 * 3600
SALT = "timeline.translations"


def export(request: HttpRequest, language: str, kind: str = "", record: str = "") -> HttpResponse:
    """A PO file of one record, or of what the list shows, the most urgent first."""
    if not may_translate(request.user):
        raise PermissionDenied
    known(language)
    identities: list[Identity] = [(kind, record)]
    if not kind:
        rows = ProgressFilterSet(request.GET, queryset=waiting(language), request=request).qs
        identities = list(rows.values_list("kind", "record")[: files.MOST_RECORDS])
    tell(Event.EXPORTED, what="timeline_translations:export", format="po")
    response = HttpResponse(
        files.write(language, identities), content_type="text/x-gettext-translation; charset=utf-8"
    )
    name = f"{record or 'translations'}.{language}.po"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


class UploadForm(forms.Form):
    """One file, of which the whole is read before anything is changed."""

    file = forms.FileField(
        label=_("PO file"),
        help_text=_("As exported here, filled in by any program for PO files. At most 5 MB and 500 records."),
        error_messages={"required": _("Choose a file."), "empty": _("The file is empty.")},
    )

    def __init__(self, *args: Any, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.language = language
        self.text, self.filled = "", Filled()

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        content = file.read(files.MOST_BYTES + 1)
        try:
            self.filled = files.read(content, self.language)
        except FileError as error:
            raise forms.ValidationError(str(error)) from error
        self.text = content.decode("utf-8-sig")
        return file


class FilesView(WagtailAdminTemplateMixin, PermissionCheckedMixin, TemplateView):
    """What can be exported, and the form of an upload; then what loading it would do, to be confirmed."""

    permission_policy = POLICY
    permission_required = "change"
    template_name = "timeline/admin/translating/files.html"
    page_title = _("PO files")
    header_icon = ICON

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.language = known(kwargs["language"])

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return crumbs(self.language, ("", gettext("PO files")))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("form", UploadForm(language=self.language))
        filters = ProgressFilterSet({}, queryset=waiting(self.language), request=self.request)
        return super().get_context_data(
            export=reverse("timeline_translations:export_list", args=[self.language]),
            choices=filters.form,
            most=files.MOST_RECORDS,
            **{**kwargs, "language": self.language},
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "confirmed" in request.POST:
            return self.load(request.POST["confirmed"])
        form = UploadForm(request.POST, request.FILES, language=self.language)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        outcome = saving.save(self.language, form.filled.typed, request.user, dry_run=True)
        held = signing.dumps([self.language, form.text], salt=SALT, compress=True)
        return self.render_to_response(self.get_context_data(held=held, **told(outcome, form.filled)))

    def load(self, held: str) -> HttpResponse:
        try:
            language, text = signing.loads(held, salt=SALT, max_age=A_DAY)
            filled = files.read(text.encode(), language)
        except (signing.BadSignature, FileError):
            messages.error(self.request, gettext("This was too long ago. Choose the file again."))
            return redirect(self.request.path)
        outcome = saving.save(language, filled.typed, self.request.user)
        n = len(outcome.changes)
        messages.success(self.request, ngettext("%d segment was saved.", "%d segments were saved.", n) % n)
        if outcome.refused:
            n = len(outcome.refused)
            messages.warning(self.request, ngettext("%d was not; look below.", "%d were not; look below.", n) % n)
            return self.render_to_response(self.get_context_data(is_loaded=True, **told(outcome, filled)))
        return redirect("timeline_translations:index", language)


def told(outcome: Outcome, filled: Filled) -> dict[str, Any]:
    """What became of a file, or would, for the page."""
    return {
        "is_read": True,
        "changes": [
            {"change": one, "label": label(one.segment), "state": stated(one.state)} for one in outcome.changes[:SHOWN]
        ],
        "number": len(outcome.changes),
        "reviewed": len(outcome.reviewed),
        "unchanged": outcome.unchanged,
        "refused": [
            {"record": identity[1], "label": label(key), "why": why}
            for (identity, key), why in list(outcome.refused.items())[:SHOWN]
        ],
        "remarks": [
            {"record": identity[1], "label": label(key), "why": why}
            for (identity, key), why in list(outcome.remarks.items())[:SHOWN]
        ],
        "problems": filled.problems[:SHOWN],
    }
