"""Backend: checks passwords, as Django does, and counts who tries; fetches users with their second factor."""

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.backends import ModelBackend
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
        user = with_state(get_user_model()._default_manager.all()).filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None
