"""Backend: checks passwords, as Django does, and counts who tries; fetches users with all that each request asks."""

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import Permission
from django.db.models import Q
from django.http import HttpRequest

from timeline.accounts import tries
from timeline.accounts.second_factor.state import with_state


class Backend(ModelBackend):
    """Whatever asks Django for a user by name and password is counted. Code without a request is nobody's guess."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **more: Any
    ) -> Any:
        if request is None or username is None or password is None:
            return super().authenticate(request, username, password, **more)
        attempt = tries.begin(request, tries.Kind.PASSWORD, username)
        user = super().authenticate(request, username, password, **more)
        if user is not None:
            tries.was_good(attempt)
        return user

    def get_user(self, user_id: Any) -> Any:
        """The user with their second factor and with how they want the desk, which its every page asks."""
        users = with_state(get_user_model()._default_manager.select_related("wagtail_userprofile"))
        user = users.filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None

    def get_all_permissions(self, user: Any, obj: Any = None) -> set[str]:
        """Those of the user and those of their groups, in one query; Django asks for each alone."""
        if not user.is_active or user.is_anonymous or user.is_superuser or obj is not None:
            return super().get_all_permissions(user, obj)
        if not hasattr(user, "_perm_cache"):
            held = Permission.objects.filter(Q(user=user) | Q(group__user=user)).order_by().distinct()
            names = held.values_list("content_type__app_label", "codename")
            user._perm_cache = {f"{app}.{codename}" for app, codename in names}  # noqa: SLF001 - where Django keeps it
        return user._perm_cache  # noqa: SLF001 - the same
