"""The page that hands a text back: what was sent from a form of ours and could not be taken.

It is made without the database, so that it also serves while that is away. What comes from another site, or from
a form that asks for a secret, is not handed back; nor is any secret among the rest.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django import forms
from django.apps import apps
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from wagtail.admin.auth import get_localized_response
from wagtail.admin.utils import get_user_display_name

from timeline.admin.keeping import headings_of
from timeline.clients import comes_from_elsewhere
from timeline.models import ChronologyPage, EntryPage

WRITTEN = (
    "pages/",
    "snippets/",
    "bulk/",
    "versions/",
    "copies/",
    "imports/",
    "merges/",
    "reports/",
    "translations/",
    "entries/begin/",
)
"""Where words are typed, below the address of the admin. Everything else is about accounts and settings."""
SECRET = re.compile(r"pass(word|phrase|wd)|token|secret|otp", re.I)
ROW = re.compile(r"([a-z_]+)-(\d+)-(.+)")
TECHNICAL = re.compile(
    r"(.*-)?(id|ORDER|DELETE|TOTAL_FORMS|INITIAL_FORMS|MIN_NUM_FORMS|MAX_NUM_FORMS|public_id)|(action|comments|of|over|slip)-.*"
    r"|(loaded|overwrite)_.*|next|act|confirmed|kept|kept_by|held|met|filled|rows|day|category|people|organisations|commodities"
)


@dataclass(frozen=True)
class Sent:
    """A field as it was sent. ``label`` is empty where it holds no words."""

    name: str
    value: str
    label: str


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: Django's word for a form older than the sign-in, and for one that another site sent."""
    if request.user.is_authenticated:
        return get_localized_response(_csrf_failure, request)
    return _csrf_failure(request)


def _csrf_failure(request: HttpRequest) -> HttpResponse:
    user, sender = request.user, request.POST.get("kept_by", "")
    if comes_from_elsewhere(request):
        why = _("It did not come from a form of this site. Nothing was changed.")
    elif not user.is_authenticated:
        why = _("You are signed out. Sign in in a new tab, come back to this page and send it again.")
    elif sender and sender != str(user.pk):
        words = {"name": get_user_display_name(user)}
        why = _("%(name)s is signed in here now, and nothing is saved under that name.") % words
        return hand_back(request, why, status=HTTPStatus.FORBIDDEN, again=False)
    else:
        why = _("You have signed in again since the form was opened. Look through it, then send it again.")
    return hand_back(request, why, status=HTTPStatus.FORBIDDEN)


def hand_back(request: HttpRequest, why: str, *, status: int, again: bool = True) -> HttpResponse:
    """A page that says why nothing was saved, with the text to copy and, ``again``, a button to send it once more."""
    if not request.accepts("text/html"):
        return JsonResponse({"success": False, "error_code": "refused", "error_message": why}, status=status)
    fields = [] if comes_from_elsewhere(request) else list(sent(request))
    context = {
        "why": why,
        "fields": fields,
        "again": again,
        "files": [str(upload) for upload in request.FILES.values()] if fields else [],
        "signed_out": status == HTTPStatus.FORBIDDEN and not request.user.is_authenticated,
        "home": f"/{settings.ADMIN_PATH}",
    }
    response = render(request, "timeline/admin/handed_back.html", context, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


def sent(request: HttpRequest) -> Iterator[Sent]:
    """What a form of ours sent, without secrets; nothing of a form that asks for one."""
    below = request.path_info.removeprefix(f"/{settings.ADMIN_PATH}")
    if request.method != "POST" or not below.startswith(WRITTEN):
        return
    model = _model_of(request)
    form_class = model and model.get_edit_handler().get_form_class()
    headings = headings_of(model.get_edit_handler()) if model else {}
    for name, values in request.POST.lists():
        if not SECRET.search(name):
            for value in values:
                label = _label(form_class, name) if value.strip() else ""
                yield Sent(name, value, label and str(headings.get(name) or label))


def _model_of(request: HttpRequest) -> Any:
    """What the form that was sent edits, if its address tells."""
    names = request.resolver_match.namespaces if request.resolver_match else []
    for name in names:
        if name.startswith("wagtailsnippets_"):
            label, model = name.removeprefix("wagtailsnippets_").split("_", 1)
            return apps.get_model(label, model)
    if "wagtailadmin_pages" in names:
        is_entry = any(name.startswith("statements-") for name in request.POST)
        return EntryPage if is_entry else ChronologyPage
    return None


def _label(form_class: Any, name: str) -> str:
    """What a field of words is called in its form; empty for all others."""
    if TECHNICAL.fullmatch(name):
        return ""
    if form_class is None:
        return capfirst(name.replace("_", " ").replace("-", " "))
    row = ROW.fullmatch(name)
    if row and (formset := getattr(form_class, "formsets", {}).get(row[1])):
        label = _label(formset.form, row[3])
        return label and f"{capfirst(formset.model._meta.verbose_name)} {int(row[2]) + 1} · {label}"
    field = form_class.base_fields.get(name)
    is_text = isinstance(field, forms.CharField) and not isinstance(field.widget, forms.HiddenInput)
    return str(field.label or capfirst(name)) if is_text else ""
