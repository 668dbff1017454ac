"""The entries of a question as a feed: the latest ones, and archives back to the first.

The document to subscribe to holds the fifty entries that were published or updated last,
and whatever is in no archive yet (``archives``), however many older entries were updated since.

DECISIONS 30 and 32 say why.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial

from django.conf import settings
from django.db.models import QuerySet
from django.utils.text import Truncator
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from timeline.choices import Change
from timeline.models import Withdrawal
from timeline.models.document import EntryDocument
from timeline.public import fragments
from timeline.public.attachments import main_first
from timeline.public.lanes import Lane
from timeline.public.site import absolute
from timeline.public.wording import happened, lasts, sentence_case

from . import archives
from .answer import Answer
from .archives import ArchivePage, Past, Track
from .content import content
from .feed import BRIEF, Item, Syntax, Tombstone, entry_id, fitted, in_brief, terms

HEADING = _("New and changed entries")

TOMBSTONES = timedelta(days=90)
"""How long a feed tells that an entry was withdrawn, at least."""

MAX_TOMBSTONES = 100


def render(answer: Answer, syntax: Syntax) -> bytes:
    """The feed document that ``answer`` asks for. Raises ``NoSuchPartError`` for an archive that is not there."""
    past = Past(Track(answer.entries.for_feed(), "published_at", answer.size))
    page = archives.asked(answer, past, partial(_subscription, answer))
    withdrawn = [] if "archive" in answer.options else tombstones(answer)
    feed = archives.feed_of(
        answer,
        page,
        "feed",
        [*(row.updated_at for row in page.rows), *(one.when for one in withdrawn)],
        title=answer.title,
        subtitle=answer.strapline or answer.sentence,
        page_url=answer.page_url,
        withdrawn=withdrawn,
    )

    def written(
        name: str, make: Callable[[EntryDocument, str, str], Item], rows: list[fragments.Row]
    ) -> dict[int, str]:
        kind = f"{syntax.name}.{name}"

        def part(entry: EntryDocument) -> str:
            return syntax.item(make(entry, answer.base_url, answer.language))

        return fragments.rendered(kind, rows, part, _shown(), lasts)

    texts = written("item", item, page.rows)
    there = [row for row in page.rows if row.pk in texts]

    def brief(number: int) -> list[str]:
        last = there[len(there) - number :]
        short = written("brief", brief_item, last)
        return [short.get(row.pk, texts[row.pk]) for row in last]  # one may have gone meanwhile

    return fitted(syntax, feed, [texts[row.pk] for row in there], brief)


def at_once(syntax: Syntax) -> fragments.Kind:
    """The items of a syntax as something that is made when an entry is published."""

    def make(entry: EntryDocument, _lanes: list[Lane]) -> str:
        return syntax.item(item(entry, absolute(""), get_language() or "en"))

    return fragments.Kind(f"{syntax.name}.item", make, lambda _lanes: _shown(), lasts)


def _shown() -> str:
    """What an item shows beside the document."""
    return f"{absolute('')} {settings.NENPYO_TAG_AUTHORITY}"


def item(entry: EntryDocument, base_url: str, language: str) -> Item:
    """An entry as an item; a correction is said before its summary."""
    return replace(_item(entry, base_url, language), html=content(entry, base_url))


def _item(entry: EntryDocument, base_url: str, language: str) -> Item:
    """The same without its content."""
    corrected = entry["changes"] and entry["changes"][0]["kind"] == Change.CORRECTION
    return Item(
        id=entry_id(entry["uid"]),
        title=entry["headline"],
        url=base_url + entry["url"],
        published=entry["published"],
        updated=entry["updated"],
        summary=gettext("Corrected: %s") % entry["summary"] if corrected else entry["summary"],
        html="",
        language=entry["language"] if entry["language"] != language else "",
        terms=terms(entry, base_url),
        attachments=[{**one, "url": base_url + one["url"]} for one in main_first(entry)],
        data=entry,
    )


def brief_item(entry: EntryDocument, base_url: str, language: str) -> Item:
    """An entry as an item that says where to read it whole."""
    return in_brief(_item(entry, base_url, language), date=sentence_case(happened(entry["date"])))


def tombstones(answer: Answer) -> list[Tombstone]:
    """What was withdrawn lately, as tombstones."""
    gone = recently_withdrawn(answer)
    return [Tombstone(entry_id(one.uid), one.withdrawn_at, Truncator(one.reason).chars(BRIEF)) for one in gone]


def recently_withdrawn(answer: Answer) -> QuerySet[Withdrawal]:
    """What was withdrawn lately of all that was in the answer, or may have been.

    Lately is measured from the last change of the answer, so that the same state has the same feed.
    """
    gone = answer.withdrawals.filter(withdrawn_at__gt=answer.since.changed_at - TOMBSTONES)
    return gone.order_by("-withdrawn_at", "-pk")[:MAX_TOMBSTONES]


def _subscription(answer: Answer, past: Past) -> ArchivePage:
    """What changed last, and what is in no archive."""
    listed = list(answer.entries.recently_updated().for_feed()[: archives.FEED_SIZE])
    if len(listed) < archives.FEED_SIZE:
        return ArchivePage(listed)
    newest = archives.unarchived(past)
    known = {row.pk for row in listed}
    return newest._replace(rows=listed + [row for row in newest.rows if row.pk not in known])
