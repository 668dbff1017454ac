"""Setting up: what is there before anybody asks for a page."""

import zoneinfo
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.checks import WARNING, run_checks
from django.http.request import validate_host
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .finding import Finding, good, miss, note


def checks() -> Iterator[Finding]:
    """What Django's own checks say; in development those of a deployment are left out."""
    said = [one for one in run_checks(include_deployment_checks=not settings.DEVELOPMENT) if not one.is_silenced()]
    for one in said:
        if one.level >= WARNING:
            yield miss(f"{' '.join(one.msg.split())} ({one.id})", one.hint or _("Correct the setting."))
    if not said:
        yield good(_("Django’s checks find nothing."))


def addresses() -> Iterator[Finding]:
    """Whether the site calls itself by names that are its own."""
    parts = urlsplit(settings.BASE_URL)
    if parts.scheme != "https":
        yield miss(_("BASE_URL is %s, which is not https.") % settings.BASE_URL, _("Write https:// before the name."))
    if not validate_host(parts.hostname or "", settings.ALLOWED_HOSTS):
        advice = _("Add %s to ALLOWED_HOSTS, or leave that unset.") % parts.hostname
        yield miss(_("The site does not answer to the name in BASE_URL."), advice)
    authority = settings.NENPYO_TAG_AUTHORITY.split(",")[0]
    for name, host in (("BASE_URL", parts.hostname or ""), ("NENPYO_TAG_AUTHORITY", authority)):
        if host.endswith(("example.org", "example.com", "localhost")):
            yield miss(_("%(name)s names %(host)s, which is an example.") % {"name": name, "host": host}, _("Set it."))
    if not settings.CONTACT_EMAIL:
        yield note(_("Readers are told no address to report errors to."), _("Set CONTACT_EMAIL."))
    if not settings.SECURITY_CONTACT:
        yield note(_("Nobody is told where to report a vulnerability (security.txt)."), _("Set SECURITY_CONTACT."))
    yield good(_("The site is %(site)s; ids of its feeds belong to %(owner)s.") % {
        "site": settings.BASE_URL,
        "owner": settings.NENPYO_TAG_AUTHORITY,
    })  # fmt: skip


def messages() -> Iterator[Finding]:
    """Whether the translations are made into what Django reads."""
    sources = [file for folder in settings.LOCALE_PATHS for file in Path(folder).glob("*/LC_MESSAGES/django.po")]
    for source in sources:
        made = source.with_suffix(".mo")
        if not made.exists() or made.stat().st_mtime < source.stat().st_mtime:
            said = _("The translation %s is not compiled, or older than its text.") % source.parts[-3]
            yield miss(said, _("Run manage.py compilemessages, and restart the site."))
            return
    yield good(ngettext("%d translation is compiled.", "%d translations are compiled.", len(sources)) % len(sources))


def collected() -> Iterator[Finding]:
    """Whether the files of this code lie where the site takes them from."""
    root, stale, number = Path(settings.STATIC_ROOT), [], 0
    advice = _("Run manage.py collectstatic, and restart the site.")
    names = getattr(staticfiles_storage, "hashed_files", {})
    left_out = apps.get_app_config("staticfiles").ignore_patterns  # type: ignore[attr-defined] # the stubs know none
    for finder in get_finders():
        for name, storage in finder.list(left_out):
            number += 1
            copy, source = root / name, Path(storage.path(name))
            fit = name in names and (root / names[name]).exists() and copy.exists()
            if not fit or copy.stat().st_size != source.stat().st_size or copy.read_bytes() != source.read_bytes():
                stale.append(name)
    if len(stale) == number:
        yield miss(_("Nothing is collected in %s.") % root, advice)
    elif stale:
        said = ngettext("%(n)d file in %(root)s is not that of this code, as %(one)s.",
                        "%(n)d files in %(root)s are not those of this code, as %(one)s.", len(stale))  # fmt: skip
        yield miss(said % {"n": len(stale), "root": root, "one": stale[0]}, advice)
    else:
        yield good(_("%(n)d files are collected in %(root)s.") % {"n": number, "root": root})


def zones() -> Iterator[Finding]:
    """Whether there are time zones to choose from."""
    number = len(zoneinfo.available_timezones())
    zoneinfo.ZoneInfo(settings.TIME_ZONE)
    if "Asia/Tokyo" in zoneinfo.available_timezones():
        yield good(_("%d are known.") % number)
    else:
        yield miss(_("Asia/Tokyo is not known."), _("Install tzdata."))
