"""Logs: lines for people in development, in production one JSON object a line, with the id of its request.

DECISIONS 119.
"""

import json
import logging
import re
import secrets
from collections.abc import Callable
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.core.signals import request_finished
from django.http import HttpRequest, HttpResponse

from config import env

_now: ContextVar[HttpRequest | None] = ContextVar("request", default=None)
SANE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")


def current_request() -> HttpRequest | None:
    """The request that is being answered; None in commands and services."""
    return _now.get()


def request_id(request: HttpRequest | None) -> str | None:
    return getattr(request, "log_id", None)


class RequestIdMiddleware:
    """Middleware that gives each request an id, or leaves it the one that a proxy of ours gave. Stands first.

    The answer says it (``X-Request-ID``), so that whoever reports a fault can name it; not where a shared cache
    would hand it to others.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        name = _given_by_a_proxy(request) or secrets.token_hex(8)
        request.log_id = name  # type: ignore[attr-defined]
        _now.set(request)
        response = self.get_response(request)
        if "public" not in response.headers.get("Cache-Control", ""):
            response.headers["X-Request-ID"] = name
        return response


def _given_by_a_proxy(request: HttpRequest) -> str:
    """What came through as many proxies as there are, as `timeline.clients` believes an address."""
    added, given = request.headers.get("X-Forwarded-For", ""), request.headers.get("X-Request-ID", "")
    is_ours = settings.PROXY_COUNT and added and added.count(",") + 1 >= settings.PROXY_COUNT
    return given if is_ours and SANE_ID.fullmatch(given) else ""


def _forget(**sent: Any) -> None:
    """Only now: Django writes its own line on an answer, and streams are made, after the last middleware."""
    _now.set(None)


request_finished.connect(_forget)


class PlainFormatter(logging.Formatter):
    """Lines for people; what an event tells stands at their end."""

    def __init__(self) -> None:
        super().__init__("{asctime} {levelname} {name}: {message}", style="{")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 (logging's word)
        fields: dict[str, Any] = getattr(record, "fields", {})
        told = (f"{name}={_json(value)}" for name, value in fields.items() if value is not None and name != "event")
        return " ".join([super().formatMessage(record), *told])


class JsonFormatter(logging.Formatter):
    """One object a line. Of what a record carries only ``fields`` is told: Django puts the request, and so
    the query string with whatever secret is in it, on records of its own."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": f"{datetime.fromtimestamp(record.created, UTC):%Y-%m-%dT%H:%M:%S}.{int(record.msecs):03}Z",
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "request": request_id(current_request()),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        if record.stack_info:
            line["stack"] = record.stack_info
        return _json(line)


def _json(value: Any) -> str:
    """In ASCII, so that no control character and no line end of any alphabet gets through."""
    return json.dumps(value, default=str).replace("\x7f", "\\u007f")


def configuration(development: bool) -> dict[str, Any]:
    """The settings of ``logging``, for Django and for gunicorn."""
    formatters = {"plain": PlainFormatter, "json": JsonFormatter}
    formatter = formatters[env.choice("LOG_FORMAT", list(formatters), "plain" if development else "json")]
    level = env.choice("LOG_LEVEL", ["DEBUG", "INFO", "WARNING", "ERROR"], "INFO")
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": f"config.logs.{formatter.__name__}"}},
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "formatter": "line"},
            "nowhere": {"class": "logging.NullHandler"},
        },
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            # The handlers of others would print each line twice, and in a form of theirs.
            "django": {"handlers": [], "level": "INFO", "propagate": True},
            "gunicorn.error": {"handlers": [], "propagate": True},
            # Each search index update would be two lines.
            "django_tasks": {"level": "WARNING"},
            # It names the titles of drafts; timeline.audit says who published what.
            "wagtail": {"level": "WARNING"},
            # Strangers probing with made-up host names are no event of ours.
            "django.security.DisallowedHost": {"handlers": ["nowhere"], "propagate": False},
            # Django answers HEAD with the body of GET, and gunicorn drops it with a warning each time.
            "gunicorn.http.wsgi": {"level": "ERROR"},
        },
    }
