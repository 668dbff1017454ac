"""Who translates: whoever may change translations. Translators may do that and nothing else at the desk."""

from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import Http404
from wagtail.permission_policies import ModelPermissionPolicy

from timeline.models import Translation
from timeline.public.language import others

POLICY = ModelPermissionPolicy(Translation)
ICON = "globe"


def may_translate(user: Any) -> bool:
    return bool(POLICY.user_has_permission(user, "change"))


def permissions() -> QuerySet[Permission]:
    """The right, for the form in which administrators give rights to groups."""
    return Permission.objects.filter(content_type__app_label="timeline", codename="change_translation")


def known(language: str) -> str:
    """A language into which the chronology is translated; 404 for others."""
    if language not in others():
        raise Http404
    return language
