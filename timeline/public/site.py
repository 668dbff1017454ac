"""The site as its answers name it: its state, its name and licence, its addresses."""

from typing import Any

from django.conf import settings
from django.utils import timezone

from timeline import replicas
from timeline.choices import Licence
from timeline.kept.now import at_once
from timeline.models import Edition

from .language import spoken


def current_edition() -> Edition:
    """The state of everything public, in the language of the page: one query. Who answers it answers all of this
    request."""
    now = timezone.now()
    found = at_once(lambda: replicas.newest(_edition))
    return spoken(found) if found else Edition(changed_at=now, page_changed_at=now)


def _edition() -> Edition | None:
    """The row, by a statement that is not put together anew for each page."""
    return next(iter(Edition.objects.raw("SELECT * FROM timeline_edition WHERE id = 1")), None)


def licence(edition: Edition) -> dict[str, str]:
    """Under which our own text may be reused: its name and its address."""
    found = Licence(edition.imprint.get("licence") or Licence.BY)
    return {"name": str(found.label), "url": found.url}


def about_site(edition: Edition) -> dict[str, Any]:
    """Name, strapline, licence and imprint, for the masthead, the foot and whatever leaves the site."""
    return {
        "base_url": absolute(""),
        "name": edition.title or settings.WAGTAIL_SITE_NAME,
        "headline": edition.headline or edition.title or settings.WAGTAIL_SITE_NAME,
        "strapline": edition.strapline,
        "licence": licence(edition),
        "imprint": edition.imprint,
        "contact": edition.imprint.get("contact") or settings.CONTACT_EMAIL,
        "changed_at": edition.changed_at,
    }


def absolute(path: str) -> str:
    """An address of this site as others must write it, whatever host the request named."""
    return f"{settings.BASE_URL.rstrip('/')}{path}"


def with_query(path: str, query: str) -> str:
    """An address with its query string, if any."""
    return f"{path}?{query}" if query else path
