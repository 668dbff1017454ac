"""The settings of the product when no rendered part of a page is kept: the dearest case of each page."""

from config.settings import *  # noqa: F403
from config.settings import CACHES

CACHES["fragments"] = {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}
