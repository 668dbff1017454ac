"""The publishing schedule at the desk: read and shown in the time zone of the account, which is named.

Wagtail answers each request of the admin in the zone of the account, or in that of the site
where the account has none. The form says in which zone its times were shown, because an account
may get another one while the form is open; 09:00 stays 09:00 of the place the editor read.

DECISIONS 122 says why.
"""

import datetime
import zoneinfo
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from wagtail.admin import messages
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.admin.panels import Panel, PublishingPanel
from wagtail.admin.ui.side_panels import PageStatusSidePanel
from wagtail.models import Page, Revision
from wagtail.users.models import UserProfile

from timeline import moments
from timeline.models.fields import known_time_zones

ZONE = "schedule_zone"
"""The name under which a form sends the zone in which its times were shown."""


class DateTimeField(forms.DateTimeField):
    """A day and a clock of a time zone: that of ``zone``, or the active one. Wagtail's styles go by its name."""

    zone: datetime.tzinfo | None = None

    def prepare_value(self, value: Any) -> Any:
        with timezone.override(self.zone or timezone.get_current_timezone()):
            return super().prepare_value(value)

    def to_python(self, value: Any) -> datetime.datetime | None:
        with timezone.override(self.zone or timezone.get_current_timezone()):
            try:
                return super().to_python(value)
            except ValidationError as error:
                if error.code != "ambiguous_timezone":
                    raise
                raise ValidationError(_unclear((error.params or {})["datetime"]), code=error.code) from error


def _unclear(local: datetime.datetime) -> str:
    """Why a clock shows no moment: it was put forward over it, or back over it, and then shows it twice."""
    here = timezone.get_current_timezone()
    before, after = (local.replace(tzinfo=here, fold=fold).utcoffset() for fold in (0, 1))
    words = {
        "time": date_format(local, "H:i"),
        "day": date_format(local, _("j F Y")),
        "zone": moments.place(),
    }
    if before and after and before < after:
        return (
            _("The clocks of %(zone)s go forward on %(day)s and never show %(time)s. Choose a time an hour later.")
            % words
        )
    return (
        _("The clocks of %(zone)s go back on %(day)s and show %(time)s twice. Choose a time an hour earlier or later.")
        % words
    )


class ScheduleForm(WagtailAdminPageForm):
    """The form of a page with a schedule."""

    class Meta(WagtailAdminPageForm.Meta):
        field_classes = {"go_live_at": DateTimeField, "expire_at": DateTimeField}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = timezone.get_current_timezone()
        if (sent := self.data.get(ZONE, "")) in known_time_zones():
            self.zone = zoneinfo.ZoneInfo(sent)
        for name in ("go_live_at", "expire_at"):
            if field := self.fields.get(name):
                field.zone = self.zone

    def clean_go_live_at(self) -> datetime.datetime | None:
        """A moment that was chosen is to come; one that was met stays."""
        moment = self.cleaned_data["go_live_at"]
        known = self.initial.get("go_live_at")
        if moment and moment <= timezone.now() and (not known or abs(moment - known) >= datetime.timedelta(minutes=1)):
            with timezone.override(self.zone):
                said = _("%(moment)s is over. Choose a time that is to come, or none to publish at once.")
                raise ValidationError(said % {"moment": moments.moment(moment)}, code="over")
        return moment


class ZonePanel(Panel):
    """In which time zone the times beside it are, and how to have them in another one."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "timeline/admin/schedule_zone.html"

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            with timezone.override(self.form.zone):
                said = {"zone": moments.zone(), "now": date_format(timezone.localtime(), "H:i")}
            return {
                **super().get_context_data(parent_context),
                **said,
                "name": ZONE,
                "value": str(self.form.zone),
                "is_own": bool(own_zone(self.request.user)),
                "address": reverse("timeline_time_zone"),
            }


class SchedulePanel(PublishingPanel):
    """Wagtail's dialog of the schedule, with the time zone above its fields."""

    children: list[Panel]

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if "children" not in kwargs:  # not a copy
            self.children = [ZonePanel(), *self.children]


class StatusPanel(PageStatusSidePanel):
    """The status beside a form, with the time zone of its schedule."""

    def get_scheduled_publishing_context(self, parent_context: Any) -> dict[str, Any]:
        context = super().get_scheduled_publishing_context(parent_context)
        return {
            name: moments.moment(value) if isinstance(value, datetime.datetime) else value
            for name, value in context.items()
        }


class ShowsSchedule:
    """A view with the form of a page: says in words what its schedule is."""

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)  # type: ignore[misc]
        if not self.expects_json_response:  # type: ignore[attr-defined]
            say_when(self.request, self.page)  # type: ignore[attr-defined]
        return response

    def get_side_panels(self) -> Any:
        panels = super().get_side_panels()  # type: ignore[misc]
        for panel in panels:
            if type(panel) is PageStatusSidePanel:
                panel.__class__ = StatusPanel  # Wagtail makes it amid all others
        return panels


def say_when(request: HttpRequest, page: Page) -> None:
    """A message when a page goes live, if its last version is scheduled."""
    schedule = Revision.objects.filter(pk=page.latest_revision_id).values_list("approved_go_live_at", flat=True)
    if at := schedule.first():
        said = _("“%(title)s” goes live on %(moment)s.")
        messages.success(request, said % {"title": page.get_admin_display_title(), "moment": moments.moment(at)})


# -- the zone of an account ----------------------------------------------------------------


def own_zone(user: Any) -> str:
    """The time zone that an account has chosen, or nothing."""
    return user.wagtail_userprofile.current_time_zone if hasattr(user, "wagtail_userprofile") else ""


@require_POST
def choose_zone(request: HttpRequest) -> JsonResponse:
    """Give the account a time zone, as a press on the button beside the schedule does."""
    chosen = request.POST.get("zone", "")
    if chosen not in known_time_zones():
        return JsonResponse({}, status=400)
    profile = UserProfile.get_for_user(request.user)
    profile.current_time_zone = chosen
    profile.save(update_fields=["current_time_zone"])
    with timezone.override(chosen):
        return JsonResponse({"zone": chosen, "words": moments.zone()})


URLS = [path("time-zone/", choose_zone, name="timeline_time_zone")]
