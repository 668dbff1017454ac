"""Two editors of one page: what somebody else saved meanwhile is overwritten on purpose or not at all."""

from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from wagtail.admin import messages
from wagtail.admin.utils import get_user_display_name
from wagtail.models import Page, Revision

from .keeping import KeepsPage


class AsksBeforeOverwriting(KeepsPage):
    """The form of a page. Wagtail's own question is not asked: it says that something will be overwritten.

    ``static/admin-session.js`` takes it out of the page.
    """

    real_page_record: Page
    latest_revision: Revision
    latest_revision_created_at: str
    is_out_of_date: bool
    expects_json_response: bool

    def dispatch(self, request: HttpRequest, page_id: int, **kwargs: Any) -> HttpResponse:
        if request.method != "POST":
            return super().dispatch(request, page_id, **kwargs)
        # One save after the other: of two pressed at once, the second sees what the first did.
        with transaction.atomic():
            Page.objects.select_for_update().order_by().filter(pk=page_id).values_list("pk").first()
            return super().dispatch(request, page_id, **kwargs)

    def get_object(self) -> Any:
        base = self.base_revision if self.overwrites else None
        return base.as_object() if base else super().get_object()  # type: ignore[misc]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.is_out_of_date and "kept" not in request.GET:
            if self.expects_json_response:
                return self.json_error_response("invalid_revision", self.say_conflict())  # type: ignore[attr-defined]
            if not self.overwrites:
                return self.tell_conflict()
            data = request.POST.copy()
            data.pop("overwrite_revision_id", None)  # the newer version stays in the history
            request.POST = data  # type: ignore[assignment]
        return super().post(request, *args, **kwargs)

    def show_copy(self) -> HttpResponse:
        return self.tell_conflict() if self.is_out_of_date else super().show_copy()

    @cached_property
    def base_revision(self) -> Revision | None:
        """The version that the form was made from, or that it last saved itself."""
        pk = self.request.POST.get("overwrite_revision_id") or self.request.POST.get("loaded_revision_id") or ""
        return self.real_page_record.revisions.filter(pk=pk).first() if pk.isdecimal() else None

    @cached_property
    def overwrites(self) -> bool:
        """Whether the editor has seen that there is a newer version, this very one, and saves all the same."""
        seen = f"{self.latest_revision.pk}@{self.latest_revision_created_at}" if self.latest_revision else ""
        return bool(seen and self.request.GET.get("over") == seen and self.base_revision)

    @property
    def who(self) -> str:
        """Who saved the newer version."""
        user = self.latest_revision.user
        return gettext("You") if user == self.request.user else get_user_display_name(user)

    def say_conflict(self) -> str:
        """In one sentence, for a form that saves itself."""
        message = gettext(
            "%(who)s saved this too, after you opened it. Nothing is overwritten: press Save to see both."
        )
        return message % {"who": self.who}

    def tell_conflict(self) -> HttpResponse:
        """The form again, with all that was typed, and who saved what meanwhile; nothing is saved."""
        self.form = self.typed_form()
        newer, base = self.latest_revision, self.base_revision
        if newer.user == self.request.user and self.form.is_valid() and self.says_the_same(self.form):
            messages.info(self.request, gettext("This was saved already; nothing has changed since."))
            return self.redirect_away()  # type: ignore[attr-defined]
        self.has_unsaved_changes = True
        edit = self.get_edit_url()  # type: ignore[attr-defined]
        compared = [self.page.pk, base.pk if base and base.pk != newer.pk else "earliest", newer.pk]
        can_publish = self.page_perms.can_publish()  # type: ignore[attr-defined]
        context = {
            "who": self.who,
            "when": newer.created_at,
            "compare": reverse("wagtailadmin_pages:revisions_compare", args=compared),
            "theirs": edit,
            "over": f"{edit}?{urlencode({'over': f'{newer.pk}@{self.latest_revision_created_at}'})}",
            "publish": can_publish and "action-publish" in self.request.POST,
        }
        messages.warning(self.request, render_to_string("timeline/admin/conflict.html", context))
        response = self.render_to_response(self.get_context_data())  # type: ignore[attr-defined]
        response.status_code = HTTPStatus.CONFLICT
        return response

    def says_the_same(self, form: Any) -> bool:
        """Whether saving would change nothing."""
        return not form.has_changed()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)  # type: ignore[misc]
        if self.request.method == "POST" and self.is_out_of_date and self.base_revision:
            # Until the editor decides, the form stays that of the version it was made from.
            self.page.latest_revision_id = self.base_revision.pk
            context["loaded_revision_created_at"] = self.request.POST.get("loaded_revision_created_at", "")
        return context
