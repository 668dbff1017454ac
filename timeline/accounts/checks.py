"""Checks of the settings: `manage.py check --deploy`."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning  # noqa: A004 (Django's word)


def proxies_are_counted(**options: Any) -> list[CheckMessage]:
    if settings.PROXY_COUNT or not settings.SECURE_PROXY_SSL_HEADER:
        return []
    return [
        Warning(
            "BEHIND_PROXY is true and PROXY_COUNT is 0: all readers seem to have the address of the proxy.",
            hint="Set PROXY_COUNT, or 30 wrong passwords from anywhere keep everybody from signing in.",
            id="nenpyo.W001",
        )
    ]
