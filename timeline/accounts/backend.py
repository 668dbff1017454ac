"""Backend: checks passwords, as Django does, and counts who tries."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from timeline.accounts import tries


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
