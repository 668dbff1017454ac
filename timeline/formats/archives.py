"""Archives of a feed, document by document back to the first item (RFC 5005 section 4).

Archive documents hold what became public in that order, which never changes, fifty items
each from the very first on; an archive is named by the place it begins after, so nothing
that is added later moves it. What is in no archive yet is in the document to subscribe to.

DECISIONS 31 says why.
"""

import datetime
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from timeline.filters import ParameterProblem

from .answer import Answer, FormatParameter, NoSuchPartError
from .feed import Feed, beginning, feed_id

FEED_SIZE = 50
"""Items in a feed document: enough for a monthly poll, bounded for every reader."""

ARCHIVE = FormatParameter(
    "archive", r"\d{1,16}\.\d{1,18}", _("the place an archive begins after, as links between feeds give it")
)

EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
MICROSECOND = datetime.timedelta(microseconds=1)


class Place(NamedTuple):
    """A place in the order of a feed: just after one item."""

    moment: datetime.datetime
    number: int

    def __str__(self) -> str:
        return f"{(self.moment - EPOCH) // MICROSECOND}.{self.number}"


START = Place(EPOCH, 0)


def read_place(text: str) -> Place:
    """The place that ``ARCHIVE`` names."""
    microseconds, number = text.split(".")
    return Place(EPOCH + int(microseconds) * MICROSECOND, int(number))


class Placed(NamedTuple):
    """A row, and the place just after it."""

    place: Place
    row: Any


class Track(NamedTuple):
    """Rows of one table that are items of a feed, and the name of the moment at which they became so.

    ``size`` tells how many there are where something knows it that need not count them.
    """

    rows: QuerySet[Any]
    moment: str
    size: Callable[[], int] | None = None


class Past:
    """The items of a feed in the order in which they became public, from one table or several.

    A row's number tells its table too: ids of the first of two tables count by even numbers.
    """

    def __init__(self, *tracks: Track) -> None:
        self.tracks = tracks

    def total(self) -> int:
        """How many there are: a query for each table at most."""
        return sum((track.size or track.rows.order_by().count)() for track in self.tracks)

    def newest(self, size: int) -> list[Placed]:
        """The newest ``size`` of them, the newest first: a query for each table."""
        return sorted(self._fetched([Q()] * len(self.tracks), "-", size), reverse=True)[:size]

    def after(self, place: Place, size: int) -> list[Placed]:
        """The first ``size`` of them after ``place``, the oldest first: a query for each table."""
        return sorted(self._fetched(self._beside(place, "gt"), "", size))[:size]

    def until(self, place: Place, size: int) -> list[Placed]:
        """The last ``size`` of them that are not after ``place``, the newest first: a query for each table."""
        return sorted(self._fetched(self._beside(place, "lte"), "-", size), reverse=True)[:size]

    def _beside(self, place: Place, way: str) -> list[Q]:
        """Of each table, the rows after ``place`` ("gt") or not after it ("lte")."""
        strictly = way[:2]
        return [
            Q(**{f"{track.moment}__{strictly}e": place.moment})  # says nothing new, but is what the index knows
            & (
                Q(**{f"{track.moment}__{strictly}": place.moment})
                | Q(**{track.moment: place.moment, f"pk__{way}": (place.number - index) // len(self.tracks)})
            )
            for index, track in enumerate(self.tracks)
        ]

    def _fetched(self, wanted: list[Q], sign: str, size: int) -> Iterator[Placed]:
        for index, (track, condition) in enumerate(zip(self.tracks, wanted, strict=True)):
            for row in track.rows.filter(condition).order_by(f"{sign}{track.moment}", f"{sign}pk")[:size]:
                yield Placed(Place(getattr(row, track.moment), row.pk * len(self.tracks) + index), row)


class ArchivePage(NamedTuple):
    """The rows of a document, the newest first, and where the archives beside it begin."""

    rows: list[Any]
    older: Place | None = None
    newer: Place | None = None


def asked(answer: Answer, past: Past, subscription: Callable[[Past], ArchivePage]) -> ArchivePage:
    """The archive document that ``answer`` asks for, or the one to subscribe to."""
    archived = answer.options.get("archive")
    return archive(past, read_place(archived)) if archived else subscription(past)


def feed_of(answer: Answer, page: ArchivePage, kind: str, moments: Iterable[datetime.datetime], **said: Any) -> Feed:
    """The document of ``page`` without its items, of which the latest moment counts.

    ``kind`` is its name in its id; ``said`` is what else :class:`Feed` takes.
    """
    return Feed(
        id=feed_id(kind, answer.query),
        language=answer.language,
        self_url=answer.self_url,
        base_url=answer.base_url,
        rights=answer.rights,
        updated=max([beginning(), *moments]),
        older_url=answer.address(archive=str(page.older)) if page.older else "",
        newer_url=answer.address(archive=str(page.newer)) if page.newer else "",
        current_url=answer.address() if "archive" in answer.options else "",
        hub=answer.hub,
        **said,
    )


def unarchived(past: Past, least: int = 0) -> ArchivePage:
    """What is in no archive document yet, up to fifty rows, and at ``least`` so many; all, when there are no more."""
    newest = past.newest(FEED_SIZE * 2 + 1)
    total = past.total() if len(newest) > FEED_SIZE else len(newest)
    if total <= FEED_SIZE:
        return ArchivePage(_rows(newest))
    number = (total - 1) % FEED_SIZE + 1
    before = newest[number + FEED_SIZE :]
    return ArchivePage(_rows(newest[: max(number, least)]), before[0].place if before else START)


def archive(past: Past, start: Place) -> ArchivePage:
    """The archive document that begins after ``start``. Raises ``NoSuchPartError`` where nothing follows."""
    found = past.after(start, FEED_SIZE * 2 + 1)
    if not found:
        message = gettext("There is no archive of this feed at that place.")
        raise NoSuchPartError(ParameterProblem("archive", message, is_missing=True))
    here, rest = found[:FEED_SIZE], found[FEED_SIZE:]
    before = past.until(start, FEED_SIZE + 1)
    older = None if not before else before[FEED_SIZE].place if len(before) > FEED_SIZE else START
    return ArchivePage(_rows(here[::-1]), older, here[-1].place if len(rest) > FEED_SIZE else None)


def _rows(placed: list[Placed]) -> list[Any]:
    return [one.row for one in placed]
