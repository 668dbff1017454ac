"""The entries of a question as a feed: the latest ones, and archives back to the first (RFC 5005).

The document to subscribe to holds the fifty entries that were published or updated last.
Archive documents hold the entries in the order of their first publication, which never
changes, fifty each from the very first on; an archive is named by the place it begins
after, so nothing that is added later moves it. What is in no archive yet is in the
document to subscribe to, however many older entries were updated since.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from django.db.models import Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from timeline import fragments
from timeline.choices import Change
from timeline.document import Document
from timeline.filters import Problem
from timeline.models import PublishedEntry, Withdrawal

from .answer import Answer, NoSuchPartError, Parameter
from .content import content
from .feed import FEED_SIZE, Feed, Item, Syntax, Tombstone, beginning, entry_id, feed_id, terms

HEADING = _("New and changed entries")

TOMBSTONES = timedelta(days=90)
"""How long a feed tells that an entry was withdrawn, at least."""

MAX_TOMBSTONES = 200

ARCHIVE = Parameter(
    "archive", r"\d{1,10}\.\d{1,18}", _("the place an archive begins after, as links between feeds give it")
)


class Place(NamedTuple):
    """A place in the order of first publication, which is kept in whole seconds: just after one entry."""

    published: datetime
    entry: int

    def __str__(self) -> str:
        return f"{int(self.published.timestamp())}.{self.entry}"


START = Place(datetime.fromtimestamp(0, UTC), 0)


class Page(NamedTuple):
    """The rows of a document, and where the archives beside it begin."""

    rows: list[PublishedEntry]
    older: Place | None
    newer: Place | None


def render(answer: Answer, syntax: Syntax) -> bytes:
    """The feed document that ``answer`` asks for. Raises ``NoSuchPartError`` for an archive that is not there."""
    archived = answer.options.get("archive")
    page = _archive(answer, _read(archived)) if archived else _subscription(answer)
    withdrawn = [] if archived else tombstones(answer)
    items = fragments.rendered(
        f"{syntax.name}.{answer.base_url}", page.rows, lambda entry: syntax.item(item(entry, answer))
    )
    feed = Feed(
        id=feed_id("feed", answer.query),
        title=answer.title,
        subtitle=answer.strapline or answer.sentence,
        language=answer.language,
        self_url=answer.self_url,
        page_url=answer.page_url,
        base_url=answer.base_url,
        updated=max([beginning(), *(row.updated_at for row in page.rows), *(one.when for one in withdrawn)]),
        older_url=answer.address(archive=str(page.older)) if page.older else "",
        newer_url=answer.address(archive=str(page.newer)) if page.newer else "",
        current_url=answer.address() if archived else "",
        hub=answer.hub,
        withdrawn=withdrawn,
    )
    return syntax.document(feed, [items[row.pk] for row in page.rows])


def item(entry: Document, answer: Answer) -> Item:
    """An entry as an item; a correction is said before its summary."""
    corrected = entry["changes"] and entry["changes"][0]["kind"] == Change.CORRECTION
    return Item(
        id=entry_id(entry["uid"]),
        title=entry["headline"],
        url=answer.base_url + entry["url"],
        published=entry["published"],
        updated=entry["updated"],
        summary=gettext("Corrected: %s") % entry["summary"] if corrected else entry["summary"],
        html=content(entry, answer.base_url),
        language=entry["language"] if entry["language"] != answer.language else "",
        terms=terms(entry, answer.base_url),
        data=entry,
    )


def tombstones(answer: Answer) -> list[Tombstone]:
    """What was withdrawn lately, as tombstones."""
    return [Tombstone(entry_id(one.uid), one.withdrawn_at, one.reason) for one in recently_withdrawn(answer)]


def recently_withdrawn(answer: Answer) -> QuerySet[Withdrawal]:
    """What was withdrawn lately, whatever was asked: who never had it takes no notice.

    Lately is measured from the last public change, so that the same edition has the same feed.
    """
    gone = Withdrawal.objects.filter(withdrawn_at__gt=answer.changed_at - TOMBSTONES)
    return gone.order_by("-withdrawn_at", "-pk")[:MAX_TOMBSTONES]


def _subscription(answer: Answer) -> Page:
    listed = list(answer.entries.for_feed().recently_updated()[:FEED_SIZE])
    total = answer.entries.count() if len(listed) == FEED_SIZE else len(listed)
    if total <= FEED_SIZE:
        return Page(listed, None, None)
    unarchived = (total - 1) % FEED_SIZE + 1
    newest = list(answer.entries.for_feed().order_by("-published_at", "-entry_id")[: unarchived + FEED_SIZE + 1])
    known = {row.pk for row in listed}
    missing = [row for row in newest[:unarchived] if row.pk not in known]
    before = newest[unarchived + FEED_SIZE :]
    return Page(listed + missing, _place(before[0]) if before else START, None)


def _archive(answer: Answer, start: Place) -> Page:
    after = Q(published_at__gt=start.published) | Q(published_at=start.published, entry_id__gt=start.entry)
    ordered = answer.entries.for_feed().order_by("published_at", "entry_id")
    found = list(ordered.filter(after, published_at__gte=start.published)[: FEED_SIZE * 2 + 1])
    if not found:
        message = gettext("There is no archive of this feed at that place.")
        raise NoSuchPartError(Problem("archive", message, is_missing=True))
    rows, rest = found[:FEED_SIZE], found[FEED_SIZE:]
    before = list(ordered.filter(~after, published_at__lte=start.published).reverse()[: FEED_SIZE + 1])
    older = None if not before else _place(before[FEED_SIZE]) if len(before) > FEED_SIZE else START
    return Page(rows[::-1], older, _place(rows[-1]) if len(rest) > FEED_SIZE else None)


def _place(row: PublishedEntry) -> Place:
    return Place(row.published_at, row.pk)


def _read(text: str) -> Place:
    seconds, entry = re.split(r"\.", text)
    return Place(datetime.fromtimestamp(int(seconds), UTC), int(entry))
