"""A draft, rendered as readers will see it: the public document through the public template."""

from typing import Any

from django.http import HttpRequest
from django.template.response import TemplateResponse

from timeline.document import build
from timeline.models import EntryPage


def serve_preview(entry: EntryPage, request: HttpRequest, mode_name: str) -> TemplateResponse:
    """What ``EntryPage.serve_preview`` does: the entry page of the draft in memory."""
    context: dict[str, Any] = {"entry": build(entry), "preview": True}
    return TemplateResponse(request, EntryPage.template, context)


def install() -> None:
    """Let Wagtail preview entries with it. The model cannot name it: it is built on the model."""
    EntryPage.serve_preview = serve_preview
