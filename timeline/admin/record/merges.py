"""Merging two records: choose the one to keep, read what changes, confirm; and the way back."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.admin.widgets.button import Button
from wagtail.log_actions import LogFormatter
from wagtail.models import ReferenceIndex
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.snippets.views import snippets

from timeline import merging
from timeline.admin.meanwhile import BringsTogether
from timeline.models import Merge
from timeline.models.record import Record

POLICY = ModelPermissionPolicy(Merge)
ICON = "resubmit"


def told_apart(record: Record) -> str:
    """A record by its name and what tells it from another of that name: address, country, how often it is used."""
    used = ReferenceIndex.get_references_to(record).values("base_content_type", "object_id").distinct().count()
    uses = ngettext("used %(number)d time", "used %(number)d times", used) % {"number": used}
    told = [record.slug, getattr(record, "country", ""), uses]
    return f"{record} ({', '.join(filter(None, told))})"


class MergeView(WagtailAdminTemplateMixin, PermissionCheckedMixin, TemplateView):
    """Two steps on one address: choosing the record to keep, then reading what changes and confirming."""

    permission_policy = POLICY
    permission_required = "add"
    template_name = "timeline/admin/merge.html"
    page_title = _("Merge")
    header_icon = ICON

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        model = merging.MERGEABLE.get(kwargs["kind"])
        if model is None:
            raise Http404
        self.model = model
        self.removed: Record = get_object_or_404(model, pk=kwargs["pk"])

    def get_page_subtitle(self) -> str:
        return str(self.removed)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        viewset: Any = self.model.snippet_viewset
        return [
            *self.breadcrumbs_items,
            {"url": reverse(viewset.get_url_name("list")), "label": self.model._meta.verbose_name_plural},
            {"url": reverse(viewset.get_url_name("edit"), args=[self.removed.pk]), "label": str(self.removed)},
            {"url": "", "label": _("Merge")},
        ]

    def form(self, data: Any = None) -> forms.Form:
        widget = self.model.snippet_viewset.chooser_viewset.widget_class()
        field = forms.ModelChoiceField(
            queryset=self.model._default_manager.all(),
            widget=widget,
            label=_("Keep"),
            error_messages={
                "required": _("Choose the record to keep."),
                "invalid_choice": _("That record is not there any more. Choose another one."),
            },
        )
        form: forms.Form = type("KeepForm", (forms.Form,), {"into": field})(data)
        return form

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        chosen = self.form(self.request.GET if "into" in self.request.GET else None)
        plan = merging.plan(chosen.cleaned_data["into"], self.removed) if chosen.is_valid() else None
        return super().get_context_data(
            kept_told=told_apart(plan.kept) if plan else "",
            removed_told=told_apart(self.removed),
            form=chosen,
            media=chosen.media,
            plan=plan,
            removed=self.removed,
            refusals=kwargs.pop("refusals", None) or (plan.refusals if plan else []),
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.form(request.POST)
        if not form.is_valid():
            return redirect(request.path)
        kept = form.cleaned_data["into"]
        try:
            merge = merging.merge(kept, self.removed, fill=request.POST.getlist("fill"), user=request.user)
        except merging.RefusedError as refused:
            for sentence in refused.sentences:
                messages.error(request, sentence)
            return redirect(f"{request.path}?into={kept.pk}")
        words = {"removed": merge.removed_name, "kept": merge.kept_name}
        messages.success(request, gettext("“%(removed)s” was merged into “%(kept)s”.") % words)
        return redirect("timeline_merges:merge", merge.pk)


class MergeIndexView(generic.IndexView):
    """The merges that were made, the latest first."""

    model = Merge
    permission_policy = POLICY
    any_permission_required = ["view"]
    page_title = _("Merges")
    header_icon = ICON
    index_url_name = "timeline_merges:index"
    default_ordering = "-merged_at"
    paginate_by = 50
    columns = [
        TitleColumn("removed_name", label=_("Removed"), url_name="timeline_merges:merge"),
        Column("kept_name", label=_("Kept")),
        Column("merged_by", label=_("By")),
        DateColumn("merged_at", label=_("Merged")),
        DateColumn("undone_at", label=_("Undone")),
    ]

    def get_base_queryset(self) -> Any:
        return Merge.objects.select_related("merged_by").defer("removed", "moved")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": _("Merges")}]


class MergePageView(WagtailAdminTemplateMixin, PermissionCheckedMixin, TemplateView):
    """What a merge did, and the button that takes it back."""

    permission_policy = POLICY
    any_permission_required = ["view"]
    template_name = "timeline/admin/merged.html"
    page_title = _("Merge")
    header_icon = ICON

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.merge = get_object_or_404(Merge.objects.select_related("merged_by", "undone_by"), pk=kwargs["pk"])

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("timeline_merges:index"), "label": _("Merges")},
            {"url": "", "label": str(self.merge)},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        model = merging.MERGEABLE[self.merge.kind]
        finder = AdminURLFinder(self.request.user)
        kept = model._default_manager.filter(key=self.merge.kept_key).first()
        back = model._default_manager.filter(key=self.merge.removed_key).first() if self.merge.undone_at else None
        moved = self.merge.moved
        return super().get_context_data(
            merge=self.merge,
            kept_url=finder.get_edit_url(kept) if kept else None,
            back_url=finder.get_edit_url(back) if back else None,
            rows=sum(len(rows["pks"]) for rows in moved["rows"].values()),
            dropped=len(moved["dropped"]),
            revisions=len(moved["revisions"]),
            may_undo=not self.merge.undone_at and POLICY.user_has_permission(self.request.user, "change"),
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not POLICY.user_has_permission(request.user, "change"):
            raise Http404
        try:
            sentences = merging.undo(self.merge, user=request.user)
        except merging.RefusedError as refused:
            for sentence in refused.sentences:
                messages.error(request, sentence)
        else:
            messages.success(request, gettext("The merge was undone: “%s” is back.") % self.merge.removed_name)
            for sentence in sentences:
                messages.warning(request, sentence)
        return redirect("timeline_merges:merge", self.merge.pk)


URLS = [
    path("", MergeIndexView.as_view(), name="index"),
    path("<int:pk>/", MergePageView.as_view(), name="merge"),
    path("<slug:kind>/<int:pk>/", MergeView.as_view(), name="begin"),
]


class MergesMenuItem(MenuItem):
    """The merges that were made, among the reports."""

    def is_shown(self, request: HttpRequest) -> bool:
        return POLICY.user_has_permission(request.user, "view")

    def render_component(self, request: HttpRequest) -> Any:
        self.url = reverse("timeline_merges:index")
        return super().render_component(request)


MENU_ITEM = MergesMenuItem(_("Merges"), "", name="merges", icon_name=ICON, order=900)


def merge_button(record: Any, user: Any, priority: int = 25) -> Button | None:
    """ "Merge into another record…", where there is such a thing and the user may."""
    kind = next((name for name, model in merging.MERGEABLE.items() if isinstance(record, model)), None)
    if kind is None or not POLICY.user_has_permission(user, "add"):
        return None
    url = reverse("timeline_merges:begin", args=[kind, record.pk])
    return Button(_("Merge into another record…"), url=url, icon_name=ICON, priority=priority)


class MergeableEditView(BringsTogether, snippets.EditView):
    """The form of a record, from which it can be merged if it is of such a kind."""

    @property
    def header_more_buttons(self) -> list[Button]:
        button = merge_button(self.object, self.request.user)
        return [*super().header_more_buttons, *([button] if button else [])]


class MergedFormatter(LogFormatter):
    """How a merge reads in the history of a record."""

    label = _("Merge")

    def format_message(self, log_entry: Any) -> str:
        return gettext("Merged “%(removed)s” into “%(kept)s”") % log_entry.data


class UndoneFormatter(LogFormatter):
    """How an undone merge reads in the history of a record."""

    label = _("Undo a merge")

    def format_message(self, log_entry: Any) -> str:
        return gettext("Took “%(removed)s” out of “%(kept)s” again") % log_entry.data


def register_log_actions(actions: Any) -> None:
    """Let Wagtail's log know these actions."""
    actions.register_action("timeline.merge")(MergedFormatter)
    actions.register_action("timeline.unmerge")(UndoneFormatter)
