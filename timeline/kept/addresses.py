"""What a copy is found by: the address, and all that an answer depends on beside the edition."""

import functools
import hashlib
from pathlib import Path

from django.conf import settings
from django.core.signals import setting_changed
from django.http import HttpRequest

CODE = (
    *(("timeline", "*.py"), ("config", "*.py"), ("templates", "*.html"), ("static", "*.*")),
    *(("locale", "*.po"), ("requirements", "*.txt")),
)
"""Files that decide how an answer looks."""

SAID = (
    *(
        "BASE_URL",
        "NENPYO_TAG_AUTHORITY",
        "WEBSUB_HUB",
        "CONTACT_EMAIL",
        "LETTERS",
        "DEVELOPMENT",
        "SECURE_HSTS_SECONDS",
    ),
    *("SECURE_HSTS_INCLUDE_SUBDOMAINS", "SECURE_HSTS_PRELOAD", "STATIC_URL", "CDN"),
)
"""Settings that stand in answers and their headers, of those that differ from site to site."""


@functools.cache
def code_version() -> str:
    """Changes whenever code, templates or static files do, so that no validator outlives a deployment.

    Pages name static files by their content: an old page would ask for a style sheet that is not there any more.
    """
    digest = hashlib.sha256()
    for folder, pattern in CODE:
        for file in sorted(Path(settings.BASE_DIR, folder).rglob(pattern)):
            digest.update(file.read_bytes())
    return digest.hexdigest()


@functools.cache
def _site() -> str:
    """This site: another database, other code and other settings have answers of their own."""
    database = settings.DATABASES["default"]
    parts = [database["NAME"], database["HOST"], database.get("PORT"), code_version()]
    return " ".join(map(str, [*parts, *(getattr(settings, name) for name in SAID)]))


def address(request: HttpRequest, kind: str = "") -> str:
    """Method or ``kind``, scheme, which says whether a browser stays with it, and what was asked for."""
    return f"{kind or request.method} {request.scheme}:{request.get_full_path()} {_site()}"


setting_changed.connect(lambda **_sent: _site.cache_clear(), weak=False)  # in tests
