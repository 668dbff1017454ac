"""Snapshots, our own copies of a source: kept by editors, read by editors, never public."""

from typing import Any

from django import forms
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Func, IntegerField, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.csp import CSP
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView, View
from wagtail.admin import messages
from wagtail.admin.panels import Panel
from wagtail.admin.utils import get_valid_next_url_from_request
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import Button

from timeline.characters import word_count
from timeline.models import Snapshot, Source
from timeline.web import articles

from . import archiving, lookup
from .form import SourceForm

SUFFIXES = {articles.PDF: "pdf", articles.HTML: "html", articles.TEXT: "txt"}
FEW = 5
"""Copies listed in the form of a source; a page of its own has them all."""


class _Size(Func):
    function = "octet_length"
    output_field = IntegerField()


def copies_of(source: Source) -> QuerySet[Snapshot]:
    """The copies of a source, the latest first, with ``size`` in bytes instead of the bytes. One query."""
    copies = source.snapshots.select_related("taken_by").defer("content", "text")
    return copies.annotate(size=_Size("content"), text_size=_Size("text"))


class CopiesPanel(Panel):
    """In the form of a source: its latest copies, and the button that saves another."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "timeline/admin/intake_copies_panel.html"

        def is_shown(self) -> bool:
            return bool(self.instance.pk and self.request.user.has_perm("timeline.view_snapshot"))

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            copies = list(copies_of(self.instance)[: FEW + 1])
            return {
                **super().get_context_data(parent_context),
                "copies": copies[:FEW],
                "more": len(copies) > FEW,
                "source": self.instance,
                "may_add": self.request.user.has_perm("timeline.add_snapshot"),
                "may_delete": self.request.user.has_perm("timeline.delete_snapshot"),
            }


class CopyForm(forms.Form):
    """A copy of a page that cannot be fetched: its text, or a file."""

    article_text = SourceForm.declared_fields["article_text"]
    article_file = SourceForm.declared_fields["article_file"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        upload, text = cleaned.get("article_file"), cleaned.get("article_text", "").strip()
        if not (upload or text):
            raise ValidationError(_("Paste the text of the article or choose a file."))
        try:
            cleaned["reading"] = lookup.read_file(upload) if upload else lookup.read_text(text)
        except lookup.UnreadableError as error:
            raise ValidationError(str(error)) from error
        return cleaned


class _CopyView(PermissionRequiredMixin, WagtailAdminTemplateMixin):
    raise_exception = True
    header_icon = "doc-full"
    _show_breadcrumbs = True
    source: Source

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        sources = reverse(Source.snippet_viewset.get_url_name("list"))
        return [
            *super().get_breadcrumbs_items(),
            {"url": sources, "label": gettext("Sources")},
            {"url": reverse("timeline_copies:list", args=[self.source.pk]), "label": str(self.source)},
            {"url": "", "label": self.get_page_title()},
        ]


class CopiesView(_CopyView, TemplateView):
    """All copies of a source; POST saves another: of its page as it is now, or of a text or file."""

    permission_required = "timeline.view_snapshot"
    template_name = "timeline/admin/intake_copies.html"
    page_title = _("Our copies")
    form: CopyForm | None = None

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.source = get_object_or_404(Source, pk=kwargs["source"])

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.has_perm("timeline.add_snapshot"):
            raise PermissionDenied
        if "by_hand" in request.POST:
            self.form = CopyForm(request.POST, request.FILES)
            if not self.form.is_valid():
                return self.render_to_response(self.get_context_data())
            reading = self.form.cleaned_data["reading"]
        else:
            try:
                reading = lookup.read_address(self.source.url)
            except lookup.UnreadableError as error:
                messages.error(request, str(error))
                return redirect("timeline_copies:list", self.source.pk)
        copy = lookup.hold(reading, request.user, self.source)
        words = word_count(copy.text)
        message = gettext("A copy of “%(title)s” was saved, with %(words)s words of text.")
        messages.success(request, message % {"title": self.source.title, "words": f"{words:,}"})
        return redirect(get_valid_next_url_from_request(request) or request.path)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user: Any = self.request.user
        return {
            **super().get_context_data(**kwargs),
            **archiving.context(self.source, user),
            "copies": copies_of(self.source),
            "form": self.form or CopyForm(),
            "may_add": user.has_perm("timeline.add_snapshot"),
            "may_delete": user.has_perm("timeline.delete_snapshot"),
        }


class _OneCopyView(_CopyView):
    """One copy that has a source; one that still waits for its own is nobody's to see."""

    copy: Snapshot

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.source = get_object_or_404(Source, snapshots=kwargs["copy"])
        self.copy = self.source.snapshots.select_related("taken_by").get(pk=kwargs["copy"])


class CopyTextView(_OneCopyView, TemplateView):
    """The text of a copy, escaped."""

    permission_required = "timeline.view_snapshot"
    template_name = "timeline/admin/intake_copy.html"

    def get_page_title(self) -> str:
        return gettext("Copy of %(date)s") % {"date": f"{self.copy.taken_at:%Y-%m-%d}"}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "copy": self.copy, "source": self.source}


class CopyDownloadView(_OneCopyView, View):
    """The bytes of a copy, as a file and never as a page: they came from a stranger."""

    permission_required = "timeline.view_snapshot"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        copy = self.copy
        is_pdf = copy.media_type == articles.PDF
        name = f"{slugify(self.source.title)[:80] or self.source.number}-{copy.taken_at:%Y-%m-%d}"
        return HttpResponse(
            bytes(copy.content) or copy.text.encode(),
            headers={
                "Content-Type": articles.PDF if is_pdf else "application/octet-stream",
                "Content-Disposition": f'attachment; filename="{name}.{SUFFIXES.get(copy.media_type, "bin")}"',
                "X-Content-Type-Options": "nosniff",
                str(CSP.HEADER_ENFORCE): "default-src 'none'; sandbox",
                "Cache-Control": "private, no-store",
            },
        )


class CopyDeleteView(_OneCopyView, TemplateView):
    """Asks, then deletes a copy."""

    permission_required = "timeline.delete_snapshot"
    template_name = "timeline/admin/intake_copy_delete.html"
    page_title = _("Delete a copy")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.copy.delete()
        messages.success(request, gettext("The copy was deleted."))
        return redirect("timeline_copies:list", self.source.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "copy": self.copy, "source": self.source}


URLS = [
    path("source/<int:source>/", CopiesView.as_view(), name="list"),
    path("<int:copy>/", CopyTextView.as_view(), name="text"),
    path("<int:copy>/download/", CopyDownloadView.as_view(), name="download"),
    path("<int:copy>/delete/", CopyDeleteView.as_view(), name="delete"),
]


def copies_button(snippet: Any, user: Any, next_url: str | None = None) -> list[Button]:
    """The way to the copies of a source, in its row of the list."""
    if not (isinstance(snippet, Source) and user.has_perm("timeline.view_snapshot")):
        return []
    address = reverse("timeline_copies:list", args=[snippet.pk])
    return [Button(_("Our copies"), address, icon_name="doc-full", priority=25)]
