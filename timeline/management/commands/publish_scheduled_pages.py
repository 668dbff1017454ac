"""The name that Wagtail's command had before: it must not lead around ours."""

from .publish_scheduled import Command

__all__ = ["Command"]
