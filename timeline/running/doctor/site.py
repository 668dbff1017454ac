"""The site as readers get it: asked for by its name, through its proxy, as a stranger would."""

import contextlib
import http.client
import re
import secrets
import ssl
import time
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.templatetags.static import static
from django.utils.translation import gettext as _

from timeline.accounts import tries
from timeline.dataset import shared

from .finding import Finding, good, miss, note

SECONDS = 30
FORGED = "192.0.2.77"
"""An address that nobody has (RFC 5737)."""

APART = 5


class Answer(NamedTuple):
    """What came back; headers by their names in small letters."""

    status: int
    headers: dict[str, str]
    cookies: dict[str, str]
    text: str


def ask(path: str, *, scheme: str = "", data: dict[str, str] | None = None, **headers: str) -> Answer:
    """One question to the site. Raises ``OSError`` or ``http.client.HTTPException``."""
    parts = urlsplit(settings.BASE_URL)
    plain = (scheme or parts.scheme) == "http"
    host, port = parts.hostname or "", parts.port if not scheme else None
    link = (
        http.client.HTTPConnection(host, port, timeout=SECONDS)
        if plain
        else http.client.HTTPSConnection(host, port, timeout=SECONDS, context=ssl.create_default_context())
    )
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    body = urlencode(data) if data else None
    if body:
        sent["Content-Type"] = "application/x-www-form-urlencoded"
    with contextlib.closing(link):
        link.request("POST" if body else "GET", path, body=body, headers=sent)
        response = link.getresponse()
        cookies = [value.partition(";")[0] for name, value in response.getheaders() if name.lower() == "set-cookie"]
        return Answer(
            response.status,
            {name.lower(): value for name, value in response.getheaders()},
            {name: value for name, _equals, value in (cookie.partition("=") for cookie in cookies)},
            response.read().decode(errors="replace"),
        )


def answers() -> Iterator[Finding]:
    """Whether the first page comes over TLS, of this code and with this time."""
    try:
        answer = ask("/")
    except ssl.SSLError as error:
        reason = getattr(error, "verify_message", "") or error
        yield miss(
            _("The certificate of the site does not hold: %s") % reason,
            _("Renew it, and restart the proxy. SSL_CERT_FILE names those whom to trust here."),
        )
        return
    except (OSError, http.client.HTTPException) as error:
        advice = _("Do the proxy and the site run, and does its name lead to this machine, from here too?")
        yield miss(
            _("The site does not answer at %(url)s: %(error)s") % {"url": settings.BASE_URL, "error": error}, advice
        )
        return
    if answer.status in {301, 302, 308}:
        where = answer.headers.get("location", "")
        said = _("The site leads from %(url)s to %(where)s.") % {"url": settings.BASE_URL, "where": where}
        yield miss(
            said, _("Behind a proxy that speaks HTTPS: BEHIND_PROXY=true. Else let BASE_URL be where it leads.")
        )
        return
    if answer.status != 200:
        said = _("The first page answers %d.") % answer.status
        yield miss(said, _("Look at the log of the site, and of the proxy; is there a Chronology page?"))
        return
    yield good(_("%s answers over TLS.") % settings.BASE_URL)
    style = static("site.css")
    if style not in answer.text:
        yield miss(_("The site that answers runs other code than this."), _("Restart it."))
    elif ask(style).status != 200:
        yield miss(
            _("The site does not hand out its style sheet."), _("Run manage.py collectstatic, restart the site.")
        )
    else:
        yield good(_("It runs this code and hands out its files."))
    if "strict-transport-security" not in answer.headers:
        yield note(_("Browsers are not told to come by HTTPS only (HSTS)."), _("Unset HSTS_SECONDS, or set it."))
    if "date" in answer.headers:
        apart = parsedate_to_datetime(answer.headers["date"]).timestamp() - time.time()
        if abs(apart) > APART:
            yield miss(_("The clock of the proxy is %.0f seconds from ours.") % apart, _("Set both by the network."))


def plain_http() -> Iterator[Finding]:
    """Whether HTTP leads to HTTPS, also for who says that it was HTTPS all along."""
    try:
        answer = ask("/about/", scheme="http", X_Forwarded_Proto="https")
    except (OSError, http.client.HTTPException):
        yield note(_("Nobody answers plain HTTP."), _("Readers who type the name without https may need it."))
        return
    if answer.status in {301, 302, 307, 308} and answer.headers.get("location", "").startswith("https://"):
        yield good(_("Plain HTTP leads to HTTPS."))
    else:
        advice = _("Let the proxy redirect port 80, and set X-Forwarded-Proto itself (deploy/nginx, deploy/caddy).")
        yield miss(_("Plain HTTP is answered %d, not led to HTTPS.") % answer.status, advice)


def uploads() -> Iterator[Finding]:
    """Whether a file that is put there comes back, as a download."""
    if shared.is_set():
        yield good(_("Uploads lie in the object store, which is asked for them with signed addresses."))
        return
    folder = Path(settings.MEDIA_ROOT)
    file = folder / f"doctor-{secrets.token_hex(8)}.html"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        file.write_text("<p>")
        file.chmod(settings.FILE_UPLOAD_PERMISSIONS or 0o644)
        answer = ask(f"{settings.MEDIA_URL}{file.name}")
    except (OSError, http.client.HTTPException) as error:
        yield miss(_("It could not be tried: %s") % error, "")
        return
    finally:
        file.unlink(missing_ok=True)
    advice = _("Let the proxy serve %(url)s from %(folder)s, as deploy/nginx and deploy/caddy do.")
    advice %= {"url": settings.MEDIA_URL, "folder": folder}
    if answer.status != 200:
        may = _("Its user must be in our group, and the folders on the way open to that.")
        yield miss(_("An upload answers %d.") % answer.status, f"{advice} {may}" if answer.status == 403 else advice)
    elif answer.headers.get("x-content-type-options") != "nosniff":
        yield miss(_("Uploads come without nosniff: browsers guess what they are."), advice)
    elif not answer.headers.get("content-disposition", "").startswith("attachment"):
        yield miss(_("An upload of HTML is shown as a page of ours, and may act as one."), advice)
    else:
        yield good(_("Uploads come, and what is no picture as a download."))


def forged_address() -> Iterator[Finding]:
    """Which address a try to sign in counts for, when somebody writes one of their own into the headers."""
    name = f"doctor-{secrets.token_hex(8)}"
    path = f"/{settings.ADMIN_PATH}login/"
    try:
        form = ask(path)
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form.text)
        if form.status != 200 or not token:
            yield miss(_("The sign-in answers %d.") % form.status, _("Look at the log of the site."))
            return
        ask(
            path,
            data={"username": name, "password": secrets.token_hex(8), "csrfmiddlewaretoken": token[1]},
            Cookie="; ".join(f"{key}={value}" for key, value in form.cookies.items()),
            Referer=f"{settings.BASE_URL}{path}",
            X_Forwarded_For=FORGED,
        )
        address = tries.address_tried(name)
    except (OSError, http.client.HTTPException) as error:
        yield miss(_("It could not be tried: %s") % error, "")
        return
    finally:
        tries.unlock(name)
    if address is None:
        yield miss(_("A try to sign in was not counted."), _("Is this the database of the site that answers?"))
    elif address == FORGED:
        advice = _("Set PROXY_COUNT to the number of proxies, and let the outermost overwrite X-Forwarded-For.")
        yield miss(_("Strangers can choose the address that their wrong passwords count for."), advice)
    elif not address or (not settings.PROXY_COUNT and ip_address(address.partition("/")[0]).is_loopback):
        said = _("All readers seem to have one address, the proxy’s: wrong passwords of one lock out all.")
        yield miss(said, _("Let PROXY_COUNT be the number of proxies that write X-Forwarded-For, usually 1."))
    else:
        yield good(_("An address that a stranger forges is not believed."))
