"""The settings of the product when a process keeps nothing it has made: the dearest case of each page.

Loaded as a module of its own, so that an older build can be measured in the same way.
"""

from config.settings import *  # noqa: F403
from config.settings import CACHES

CACHES = {name: {"BACKEND": "django.core.cache.backends.dummy.DummyCache"} for name in CACHES}
