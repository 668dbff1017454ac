"""Look-ups: what an address, a pasted text or a file tells about a source, and our own copy of it.

DECISIONS 72 and 73.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext

from timeline.admin.finding import matching
from timeline.choices import SnapshotOrigin
from timeline.models import Organisation, Snapshot, Source, SourceAddress
from timeline.names import name_key
from timeline.web import articles
from timeline.web.addresses import address_key, host_key, refusal, without_tracking
from timeline.web.articles import Article
from timeline.web.fetching import FetchError, fetch

MEGABYTE = 1024 * 1024
MOST_KEPT = 2 * MEGABYTE
"""Bytes of a fetched page that are kept; of a larger one only the text."""
LARGEST_FILE = 10 * MEGABYTE
WAITING = timedelta(days=2)
"""How long a copy waits for its source to be saved."""
ACCEPT = {"Accept": "text/html,application/xhtml+xml,application/pdf;q=0.9,*/*;q=0.5"}
_SALT = "timeline.held"
_ARTICLE = re.compile(r"^the\s+", re.IGNORECASE)


class UnreadableError(Exception):
    """Nothing could be read; ``str()`` is a sentence for editors that says why and what to do."""


@dataclass(frozen=True)
class Reading:
    """What was read. ``url`` is where it was, ``passed`` the addresses that led there, "" and [] for files."""

    article: Article
    origin: SnapshotOrigin
    content: bytes
    url: str = ""
    passed: list[str] = field(default_factory=list)

    @property
    def place(self) -> str:
        """Where it was found, in words."""
        if self.url:
            return urlsplit(self.url).hostname or self.url
        if self.origin == SnapshotOrigin.PASTED:
            return gettext("the pasted text")
        return gettext("the uploaded file")

    @property
    def canonical(self) -> str:
        """The address the page gives itself, where it can be believed: on its own host, and not the front page."""
        said = self.article.canonical_url
        if not said or refusal(said) or host_key(said) != host_key(self.url):
            return ""
        return "" if address_key(said) == host_key(said) != address_key(self.url) else said

    @property
    def address(self) -> str:
        """The address to cite, without tracking parameters."""
        return without_tracking(self.canonical or self.url)[0]

    @property
    def addresses(self) -> list[str]:
        """All addresses under which the page was met, the one to cite first."""
        return list(dict.fromkeys(filter(None, [self.address, self.url, *self.passed])))


# Reading


def read_address(url: str) -> Reading:
    """Fetch the page at ``url``. Raises :class:`UnreadableError`."""
    by_hand = gettext(
        "Fill in the form by hand, and paste the text of the article below or upload it as a PDF or a saved page."
    )
    if reason := refusal(url):
        raise UnreadableError(reason)
    try:
        answer = fetch(url, headers=ACCEPT)
    except FetchError as error:
        raise UnreadableError(f"{error} {by_hand}") from error
    if answer.status >= 400:
        raise UnreadableError(f"{_answered(answer.status, urlsplit(answer.url).hostname or url)} {by_hand}")
    article = articles.read(answer.body, answer.headers.get("Content-Type", ""), answer.url)
    if not article.media_type:
        raise UnreadableError(gettext("What is at this address is neither a page nor a PDF.") + f" {by_hand}")
    if not (article.text or article.title or article.doubts):
        raise UnreadableError(
            gettext("The page came, but there is no article in it that a program can read.") + f" {by_hand}"
        )
    return Reading(article, SnapshotOrigin.FETCHED, answer.body, answer.url, answer.history)


def _answered(status: int, host: str) -> str:
    if status in (404, 410):
        return gettext("%(host)s says that there is no page at this address (answer %(status)d). Check it.") % {
            "host": host,
            "status": status,
        }
    if status in (401, 402, 403, 407, 429, 451):
        sentence = gettext(
            "%(host)s does not let programs read this page (answer %(status)d). Open it in your browser."
        )
    else:
        sentence = gettext("%(host)s has a fault of its own (answer %(status)d). Try again later.")
    return sentence % {"host": host, "status": status}


def read_text(text: str) -> Reading:
    return Reading(articles.from_text(text), SnapshotOrigin.PASTED, text.encode(errors="replace"))


def read_file(upload: UploadedFile) -> Reading:
    """Read a PDF or a saved page. Raises :class:`UnreadableError`."""
    check_file(upload)
    content = upload.read()
    return Reading(articles.read(content), SnapshotOrigin.UPLOADED, content)


def check_file(upload: UploadedFile) -> None:
    """Raise :class:`UnreadableError` unless the bytes, not the name, are a PDF's or a page's, and not too many."""
    if (upload.size or 0) > LARGEST_FILE:
        raise UnreadableError(
            gettext("This file is larger than 10 megabytes. Upload a smaller one, or paste the text.")
        )
    upload.seek(0)
    kind = articles.media_type(upload.read(4096))
    upload.seek(0)
    if kind not in (articles.PDF, articles.HTML):
        raise UnreadableError(
            gettext(
                "This file is neither a PDF nor a saved web page (HTML), whatever its name. Paste the text instead."
            )
        )


# Who published it


def publisher_of(reading: Reading, url: str) -> tuple[Organisation | None, str]:
    """The organisation that published what was read, and a sentence on why it is that one."""
    name = reading.article.publisher
    if name and (named := organisation_named(name)):
        return named, gettext("the page names itself “%(name)s”") % {"name": name}
    host = host_key(reading.url or url)
    if not host:
        return None, ""
    # A key is a host and, from the next "/" on, a path.
    others = Source.objects.filter(address_key__startswith=f"{host}/", publisher__isnull=False)
    publishers = Counter(others.order_by("-number").values_list("publisher", flat=True)[:50])
    if not publishers:
        return None, ""
    [(pk, _times)] = publishers.most_common(1)
    return Organisation.objects.get(pk=pk), gettext("it publishes our other sources at %(host)s") % {"host": host}


def organisation_named(name: str) -> Organisation | None:
    """The one organisation with this name or alias, folded; None when there is none or several."""
    plain, key = _ARTICLE.sub("", name), _key(name)
    candidates = matching(Organisation.objects.all(), plain).prefetch_related("names") if key else []
    named = [
        organisation
        for organisation in candidates
        if key in {_key(other) for other in [organisation.name, *(row.name for row in organisation.names.all())]}
    ]
    return named[0] if len(named) == 1 else None


def _key(name: str) -> str:
    """A name for comparison; a newspaper has its article here and not there."""
    return name_key(_ARTICLE.sub("", name))


# Our own copy


def hold(reading: Reading, user: Any, source: Source | None = None) -> Snapshot:
    """Keep a copy of what was read; without ``source`` it waits until one is saved.

    Copies that waited in vain are thrown away.
    """
    Snapshot.objects.filter(source=None, taken_at__lt=timezone.now() - WAITING).delete()
    too_large = reading.origin == SnapshotOrigin.FETCHED and len(reading.content) > MOST_KEPT
    return Snapshot.objects.create(
        source=source,
        taken_at=timezone.now(),
        taken_by=user,
        origin=reading.origin,
        url=reading.url[:2000],
        media_type=reading.article.media_type,
        content=b"" if too_large else reading.content,
        sha256=digest(reading.content),
        text=reading.article.text,
    )


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def ticket(snapshot: Snapshot) -> str:
    """What a form carries to come back to a copy that waits; nobody else can make one."""
    return signing.dumps(snapshot.pk, salt=_SALT)


def held(ticket: str) -> Snapshot | None:
    """The copy that waits under a ticket, without its bytes."""
    try:
        pk = signing.loads(ticket, salt=_SALT) if ticket else None
    except signing.BadSignature:
        return None
    return Snapshot.objects.defer("content").filter(pk=pk, source=None).first() if pk else None


def give(snapshot: Snapshot, source: Source, *, leave_out_chrome: bool) -> None:
    """Hand a waiting copy to its source; with or without what seems to be chrome of the site."""
    text = articles.strip_chrome(snapshot.text) if leave_out_chrome else snapshot.text
    Snapshot.objects.filter(pk=snapshot.pk, source=None).update(source=source, text=text)


def add_addresses(source: Source, urls: Iterable[str]) -> None:
    """Note the further addresses under which a source was met: those that its own does not stand for."""
    known = {source.address_key, *source.addresses.values_list("address_key", flat=True)}
    for url in urls:
        key = address_key(url)
        if key and key not in known and not refusal(url):
            known.add(key)
            SourceAddress.objects.create(source=source, url=without_tracking(url)[0], sort_order=len(known))
