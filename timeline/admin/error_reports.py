"""The inbox of error reports: their list, and the form in which a report gets its state and a note."""

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, ObjectList, Panel
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.snippets.views import snippets

from timeline.admin.exports import Exported, ExportsColumns
from timeline.models import ErrorReport, PublishedEntry, Version
from timeline.public.assertions import Assertion, assertions

from .guide import GuidePanel


def subject_of(report: ErrorReport) -> str:
    """What a report is about, by name."""
    return str(report.entry or report.record or "")


class ReportFilterSet(WagtailFilterSet):
    """What editors ask of the reports."""

    state = django_filters.ChoiceFilter(
        label=_("State"), choices=ErrorReport.State.choices, empty_label=_("All"), widget=forms.RadioSelect
    )
    about = django_filters.ChoiceFilter(
        label=pgettext_lazy("what something is about", "About"),
        choices=[
            ("entry", _("An entry")),
            ("source", _("A source")),
            ("person", _("A person")),
            ("storyline", _("A storyline")),
            ("series", _("Figures")),
            ("term", _("A term")),
            ("nothing", _("Nothing in particular")),
        ],
        empty_label=_("All"),
        widget=forms.RadioSelect,
        method="filter_about",
    )

    class Meta:
        model = ErrorReport
        fields = ["state"]

    def filter_about(self, reports: QuerySet, _name: str, value: str) -> QuerySet:
        if value == "nothing":
            return reports.filter(**dict.fromkeys(("entry", *ErrorReport.RECORDS)))
        return reports.filter(**{f"{value}__isnull": False})


class ReportIndexView(ExportsColumns, snippets.IndexView):
    """The list, the latest first."""

    exported: Exported = {
        "received_at": (_("Received"), lambda report: report.received_at),
        "state": (_("State"), lambda report: report.get_state_display()),
        "about": (pgettext_lazy("what something is about", "About"), subject_of),
        "version": (_("Version"), lambda report: report.version or ""),
        "assertion": (_("Statement"), lambda report: report.assertion),
        "words": (_("What is wrong"), lambda report: report.words),
        "evidence": (_("What is right"), lambda report: report.evidence),
        "note": (_("Note"), lambda report: report.note),
    }

    def get_base_queryset(self) -> QuerySet:
        return super().get_base_queryset().select_related("entry", *ErrorReport.RECORDS)


class ReportPanel(Panel):
    """What the reader wrote, the sentence it is about as it was and as it is, and the ways there."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "timeline/admin/error_report_panel.html"

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            report = self.instance
            return super().get_context_data(parent_context) | {"report": report} | _places(report)


def _places(report: ErrorReport) -> dict[str, Any]:
    if record := report.record:
        return {
            "kind": record._meta.verbose_name,
            "edit_url": AdminURLFinder().get_edit_url(record),
            "page_url": record.get_absolute_url(),
        }
    if not report.entry:
        return {}
    row = PublishedEntry.objects.only("document", "slug").filter(pk=report.entry_id).first()
    versions = Version.objects.filter(entry=report.entry_id, redaction="")
    version = versions.filter(number=report.version or 0).first()
    then = _assertion(version.document if version else None, report)
    now = _assertion(row.document if row else None, report)
    place = f"#{(now or then).anchor}" if now or then else ""  # type: ignore[union-attr]
    return {
        "then": then,
        "now": now,
        "edit_url": f"{reverse('wagtailadmin_pages:edit', args=[report.entry_id])}{place}",
        "page_url": f"/entries/{row.slug}/versions/{report.version}/{place}" if row else "",
    }


def _assertion(document: Any, report: ErrorReport) -> Assertion | None:
    return assertions(document).get(report.assertion) if document else None


class SentByReaders(ModelPermissionPolicy):
    """Nobody adds reports at the desk, administrators neither."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return action != "add" and super().user_has_permission(user, action)

    def user_has_any_permission(self, user: Any, actions: Any) -> bool:
        return super().user_has_any_permission(user, set(actions) - {"add"})


class ErrorReportViewSet(snippets.SnippetViewSet):
    """The inbox."""

    model = ErrorReport
    icon = "warning"
    menu_label = _("Error reports")
    menu_order = 205
    add_to_admin_menu = True
    copy_view_enabled = False
    list_per_page = 50
    list_display = [
        "__str__",
        Column("about", label=pgettext_lazy("what something is about", "About"), accessor=subject_of),
        Column("state", label=_("State"), accessor="get_state_display", sort_key="state", width="14%"),
        DateColumn("received_at", label=_("Received"), sort_key="received_at", width="14%"),
    ]
    ordering = ["-received_at", "-pk"]
    filterset_class = ReportFilterSet
    index_view_class = ReportIndexView
    edit_handler = ObjectList(
        [
            GuidePanel("corrections"),
            ReportPanel(heading=_("Report")),
            MultiFieldPanel([FieldPanel("state"), FieldPanel("note")], heading=_("What becomes of it")),
        ]
    )
