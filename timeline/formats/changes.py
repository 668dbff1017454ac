"""Feeds of changes: an item for each publication, update, correction and withdrawal.

The feed of entries shows each entry once, as it is now. Here every change has an item and
an id of its own, so a reader that never shows an item twice learns of it too. Minor edits
are no news. ``/corrections.atom`` and its like are the same feed, of corrections alone.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from functools import partial
from html import escape
from typing import Any

from django.db.models import F
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from timeline.choices import Change
from timeline.models import Version, Withdrawal
from timeline.public.document import instant
from timeline.public.language import filed_here, in_this_language
from timeline.public.wording import correction_text
from timeline.punctuation import marks

from . import archives, atom, json_feed, rss
from .answer import Answer, Format
from .archives import ARCHIVE, Past, Track, feed_of, unarchived
from .feed import Item, Syntax, fitted, in_brief, tag, terms

NEWS = (Change.FIRST, Change.UPDATE, Change.CORRECTION)


def render(answer: Answer, *, syntax: Syntax, kind: str, kinds: Collection[Change], listed_at: str) -> bytes:
    """The feed of the changes among ``kinds``; ``kind`` is its name in its id, ``listed_at`` its page, if any.

    Raises ``NoSuchPartError`` for an archive that is not there.
    """
    page = archives.asked(answer, Past(*_tracks(answer, kinds)), partial(unarchived, least=archives.FEED_SIZE))
    rows = _with_entries(page.rows)
    feed = feed_of(
        answer,
        page,
        kind,
        map(_moment, rows),
        title=gettext("%s (changes)") % answer.title if kinds == NEWS else gettext("%s (corrections)") % answer.title,
        subtitle=gettext("What is new, what was added to entries, and what was wrong in them.")
        if kinds == NEWS
        else gettext("What was wrong in the entries of this chronology, and what is right."),
        page_url=answer.page_url if answer.query or not listed_at else f"{answer.base_url}{listed_at}",
    )
    items = [_withdrawal(row, answer) if isinstance(row, Withdrawal) else _change(row, answer) for row in rows]

    def brief(number: int) -> list[str]:
        return [syntax.item(in_brief(item)) for item in items[len(items) - number :]]

    return fitted(syntax, feed, [syntax.item(item) for item in items], brief)


def _tracks(answer: Answer, kinds: Collection[Change]) -> Iterator[Track]:
    """The versions of entries that readers can see and that answer the question, and what was withdrawn of it."""
    versions = Version.objects.filter(change__in=kinds, entry__published__isnull=False).only("published_at")
    if answer.query:
        versions = versions.filter(entry__in=answer.entries.values("pk"))
    yield Track(versions, "published_at")
    if kinds == NEWS:
        yield Track(answer.withdrawals, "withdrawn_at")


def _with_entries(rows: Sequence[Version | Withdrawal]) -> list[Any]:
    """The rows with all that an item says: versions with what is public of their entries. One query.

    What has gone since the rows were read is left out.
    """
    wanted = [row.pk for row in rows if isinstance(row, Version)]
    public = Version.objects.filter(entry__published__isnull=False).defer("document", "revision")
    said = filed_here("words", "entry")
    versions = public.annotate(entry_document=F("entry__published__document"), said=said).in_bulk(wanted)
    found = (versions.get(row.pk) if isinstance(row, Version) else row for row in rows)
    return [row for row in found if row]


def _moment(row: Version | Withdrawal) -> datetime:
    return row.withdrawn_at if isinstance(row, Withdrawal) else row.redacted_at or row.published_at


def _change(one: Any, answer: Answer) -> Item:
    entry = in_this_language(one.entry_document, one.said)
    headline = {"headline": entry["headline"]}
    url = answer.base_url + entry["url"]
    links = [(url, gettext("The entry"))]
    if one.number > 1:
        links += [
            (f"{url}history/?from={one.number - 1}&to={one.number}#comparison", gettext("What changed")),
            (f"{url}versions/{one.number - 1}/", gettext("The version before")),
        ]
    if one.change == Change.CORRECTION:
        title = gettext("Correction: %(headline)s") % headline
        said = correction_text({"wrong": one.wrong, "right": one.right, "redaction": one.redaction})
        url += f"#correction-{one.correction}"
    elif one.change == Change.UPDATE:
        title = gettext("Update: %(headline)s") % headline
        said = one.note or gettext("The entry was updated.")
        url += "#changes"
    else:
        title, said = gettext("New: %(headline)s") % headline, entry["summary"]
    return Item(
        id=tag(f"change:{entry['uid']}:{one.number}"),
        title=title,
        url=url,
        published=str(instant(one.published_at)),
        updated=str(instant(one.redacted_at or one.published_at)),
        summary=said,
        html=_paragraphs(said, links),
        language=entry["language"] if entry["language"] != answer.language else "",
        terms=terms(entry, answer.base_url),
    )


def _withdrawal(one: Withdrawal, answer: Answer) -> Item:
    """An entry that is gone: its reason, and no word of what it said."""
    url = f"{answer.base_url}/entries/{one.slug}/"
    said = one.reason or gettext("An entry was withdrawn. No reason is recorded.")
    moment = str(instant(one.withdrawn_at))
    return Item(
        id=tag(f"change:{one.uid}:withdrawn-{int(one.withdrawn_at.timestamp())}"),
        title=gettext("An entry was withdrawn"),
        url=url,
        published=moment,
        updated=moment,
        summary=said,
        html=_paragraphs(said, [(url, gettext("Its address"))]),
        language="",
    )


def _paragraphs(said: str, links: list[tuple[str, str]]) -> str:
    anchors = marks().bar.join(f'<a href="{escape(url)}">{escape(words)}</a>' for url, words in links)
    return f"<p>{escape(said, quote=False)}</p><p>{anchors}</p>"


def _formats(kind: str, heading: Any, kinds: Collection[Change], listed_at: str) -> list[Format]:
    return [
        Format(
            f"{kind}.{extension}",
            feed.FORMAT.label,
            feed.FORMAT.note,
            feed.MEDIA_TYPE,
            partial(render, syntax=feed.SYNTAX, kind=kind, kinds=kinds, listed_at=listed_at),
            heading=heading,
            is_feed=True,
            parameters=[ARCHIVE],
        )
        for extension, feed in (("atom", atom), ("rss", rss), ("json", json_feed))
    ]


FORMATS = [
    *_formats("changes", _("Every change"), NEWS, ""),
    *_formats("corrections", _("Corrections"), (Change.CORRECTION,), "/corrections/"),
]
