"""The tab of changes: what the next publication changes for readers, what earlier ones did, and redacting one."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F, Prefetch, prefetch_related_objects
from django.forms.widgets import Script
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, ObjectList, Panel
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.log_actions import LogFormatter, log

from timeline.choices import Change, Redaction
from timeline.models import EntryPage, Version

# -- the tab of an entry ------------------------------------------------------------------

NOTICE = {
    Change.MINOR: _(
        "Spelling, punctuation, a better word. Readers are told nothing; the versions of the entry show the edit."
    ),
    Change.UPDATE: _(
        "Something new is known. Below its headline the entry says “Updated”, with your note; feeds bring it again."
    ),
    Change.CORRECTION: _(
        "The entry was wrong. What was wrong and what is right stand above it for good, on the page of corrections "
        "and in the feeds."
    ),
}
"""What readers will notice of each kind of change."""


class ChangeSelect(forms.RadioSelect):
    """The choice of a kind of change, each with what readers will notice of it."""

    class Media:
        js = [Script("admin-changes.js", type="module")]

    def optgroups(self, name: str, value: Any, attrs: Any = None) -> list[Any]:
        # Having chosen nothing is no choice.
        return [group for group in super().optgroups(name, value, attrs) if group[1][0]["value"]]

    def create_option(self, name: str, value: Any, label: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        notice = format_html(
            '<strong>{}</strong> <span class="help w-block w-ml-8 w-mb-4">{}</span>', label, NOTICE.get(value, "")
        )
        return super().create_option(name, value, notice, *args, **kwargs)


def versions_of(entry: EntryPage) -> list[Any]:
    """Its versions without their words, the latest first, each with the ``slug`` that readers know; fetched once."""
    versions = Version.objects.defer("document").annotate(slug=F("entry__published__slug")).order_by("-number")
    prefetch_related_objects([entry], Prefetch("versions", versions))
    return list(entry.versions.all())


class ChangesTab(ObjectList):
    """The tab, shown for entries that readers have seen: before that there is nothing to tell them."""

    class BoundPanel(ObjectList.BoundPanel):
        @cached_property
        def was_published(self) -> bool:
            entry = self.instance
            return bool(entry.pk and entry.first_published_at and versions_of(entry))

        def is_shown(self) -> bool:
            return self.was_published and super().is_shown()


class VersionsPanel(Panel):
    """The panel of every version that was published, to read: nothing here is sent with the form."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "timeline/admin/changes_panel.html"

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context = super().get_context_data(parent_context)
            versions = versions_of(self.instance)
            slug = versions[0].slug if versions else None
            return {
                **context,
                "versions": versions,
                # The address that readers know; a draft may have another.
                "public_url": EntryPage(slug=slug).get_absolute_url() if slug else "",
                "current": versions[0].number if slug else 0,
                "may_redact": self.request.user.is_superuser,
            }


TAB = ChangesTab(
    [
        MultiFieldPanel(
            [
                FieldPanel("change", widget=ChangeSelect),
                FieldPanel("change_note"),
                FieldPanel("correction_wrong"),
                FieldPanel("correction_right"),
            ],
            heading=_("What this publication changes for readers"),
            help_text=_("Readers have seen this entry. Choose before you publish it again or submit it."),
        ),
        VersionsPanel(heading=_("Published versions")),
    ],
    heading=_("What changed"),
)

# -- redacting a version ------------------------------------------------------------------


class RedactionForm(forms.Form):
    """The form of a redaction: why the words of a version go."""

    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=Redaction.choices,
        widget=forms.RadioSelect,
        help_text=_("Readers see the reason and the date in place of the words."),
        error_messages={"required": _("Choose a reason: readers see it in place of the words.")},
    )


class RedactView(WagtailAdminTemplateMixin, TemplateView):
    """``/admin/versions/<id>/redact/``: takes the words of a published version away, for administrators."""

    page_title = _("Remove the words of a version")
    header_icon = "warning"
    template_name = "timeline/admin/changes_redact.html"
    version: Version
    form: RedactionForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not request.user.is_superuser:
            raise PermissionDenied
        self.version = get_object_or_404(Version.objects.select_related("entry"), pk=kwargs["pk"], redaction="")
        self.form = RedactionForm(request.POST if request.method == "POST" else None)
        if refusal := self.version.unfit_for_redaction():
            messages.error(request, refusal)
            return redirect(self.edit_url)
        return super().dispatch(request, *args, **kwargs)

    @property
    def edit_url(self) -> str:
        return reverse("wagtailadmin_pages:edit", args=[self.version.entry_id])

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        version = gettext("Version %d") % self.version.number
        return [
            *self.breadcrumbs_items,
            {"url": self.edit_url, "label": self.version.entry.get_admin_display_title()},
            {"url": "", "label": self.page_title, "sublabel": version},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(version=self.version, form=self.form, edit_url=self.edit_url, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.form.is_valid():
            return self.render_to_response(self.get_context_data())
        reason = self.form.cleaned_data["reason"]
        entry: EntryPage = self.version.entry
        with transaction.atomic():
            self.version.redact(reason)
            log(
                instance=entry,
                action="timeline.redact",
                user=request.user,
                data={"version": self.version.number, "reason": str(Redaction(reason).label)},
            )
        messages.success(request, gettext("The words of version %d were removed.") % self.version.number)
        return redirect(self.edit_url)


class RedactionFormatter(LogFormatter):
    """The line by which the history of an entry tells of a redaction."""

    label = _("Remove the words of a version")

    def format_message(self, log_entry: Any) -> str:
        return gettext("Removed the words of version %(version)d: %(reason)s") % log_entry.data


def register_log_actions(actions: Any) -> None:
    """Let Wagtail's log know the action, and call what it calls to unpublish as the rest of the desk does."""
    actions.register_action("timeline.redact")(RedactionFormatter)
    actions.choices = [choice for choice in actions.choices if choice[0] != "wagtail.unpublish"]
    actions.register_action("wagtail.unpublish", _("Withdraw"), _("Withdrawn"))


URLS = [path("<int:pk>/redact/", RedactView.as_view(), name="redact")]
