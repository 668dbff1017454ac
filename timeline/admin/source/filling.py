"""Filling the form that asked for a look-up: into empty fields, never over what was typed."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from timeline import edtf
from timeline.admin.duplicates import NEW, at_addresses
from timeline.characters import word_count
from timeline.models import Source
from timeline.web.addresses import address_key, without_tracking, written_out
from timeline.web.archives import is_copy, original

from . import lookup

DEFAULTS = {"language": Source._meta.get_field("language").get_default()}
"""What a field holds that nobody has written into."""

LABELS = {
    "title": _("Title"),
    "publisher": _("Publisher"),
    "new_publisher": _("New publisher"),
    "byline": _("Byline"),
    "published": pgettext_lazy("source", "Published"),
    "language": _("Language"),
    "description": _("Description"),
}


@dataclass(frozen=True)
class Finding:
    """One thing that was found. ``kept`` when the editor had written something else, which stays."""

    label: str
    value: str
    why: str = ""
    kept: bool = False


@dataclass
class LookedUp:
    """The answer to a look-up, for the form to show."""

    place: str = ""
    problem: str = ""
    known: Source | None = None
    findings: list[Finding] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    days: list[tuple[str, str]] = field(default_factory=list)
    """Days that the page prints, in EDTF and in words, for the editor to choose from."""
    doubts: list[str] = field(default_factory=list)
    """Why this may not be the article, or not all of it."""


DAY = "day:"
"""Begins the value of a button that takes a day for the day of publication."""


def look_up(request: HttpRequest) -> LookedUp:
    """Answer the button: fill in what was posted, and say what was found and where."""
    data, found = repost(request), LookedUp()
    if data["look_up"].startswith(DAY):
        data["published"] = data["look_up"].removeprefix(DAY)
        return found
    data["url"] = written_out(data.get("url", ""))
    if is_copy(copy := data["url"]) and part_from_copy(data, "url", "archived_url"):
        archive = urlsplit(copy).hostname
        found.notices.append(
            gettext("%(archive)s keeps a copy of this page: its address was put under “Archived copy”.")
            % {"archive": archive}
        )
    url = data["url"]
    if url and data.get("similar") != NEW and (known := at_addresses([url]).first()):
        _offer(data, known, found)
        return found
    try:
        reading = _read(request, url)
    except lookup.UnreadableError as error:
        found.problem = str(error)
    else:
        _fill(data, reading, found, request.user)
    return found


def part_from_copy(data: Any, url: str, archived_url: str) -> bool:
    """Put the page in the place of an archive's copy of it, and the copy where copies are, unless one is there.

    False where the copy hides which page it is of.
    """
    copy = data[url]
    page = original(copy)
    if is_copy(page):
        return False
    data[url] = page
    data[archived_url] = data.get(archived_url) or copy
    return True


def _read(request: HttpRequest, url: str) -> lookup.Reading:
    upload, text = request.FILES.get("article_file"), pasted(request.POST)
    if request.POST["look_up"] != "file":
        return lookup.read_address(url)
    if upload:
        return lookup.read_file(upload)
    if text:
        return lookup.read_text(text)
    raise lookup.UnreadableError(
        gettext("There is nothing to read yet: paste the text of the article or choose a file.")
    )


def repost(request: Any) -> Any:
    """What was posted, for change; it stays where the forms of Wagtail's views read it."""
    request.POST = request.POST.copy()
    return request.POST


def pasted(data: QueryDict) -> str:
    """The pasted text; browsers send line breaks as CR LF (HTML Standard, form submission)."""
    return data.get("article_text", "").replace("\r\n", "\n").strip()


def _offer(data: Any, known: Source, found: LookedUp) -> None:
    found.known = known
    data["similar"] = str(known.pk)


def _fill(data: Any, reading: lookup.Reading, found: LookedUp, user: Any) -> None:
    """Write into empty fields, and over what an earlier look-up wrote, never over what an editor wrote."""
    url = data["url"]
    address, gone = without_tracking(reading.address or url)
    found.place = reading.place
    values = _values(reading, url)
    before = _filled(data)
    for name, (value, shown, why) in values.items():
        default = DEFAULTS.get(name, "")
        typed = data.get(name, "").strip()
        free = typed in ("", default, before.get(name))
        if free:
            data[name] = value or default
        if value:
            found.findings.append(Finding(str(LABELS[name]), shown, why, kept=not free and typed != value))
        elif name in ("title", "byline", "published"):
            found.missing.append(str(LABELS[name]))
    if not (values["publisher"][0] or values["new_publisher"][0]):
        found.missing.append(str(LABELS["publisher"]))
    if (old := lookup.held(data.get("held", ""))) is not None:
        old.delete()
    data["url"] = address
    data["accessed"] = data.get("accessed") or timezone.localdate().isoformat()
    data["kind"] = data.get("kind") or Source._meta.get_field("kind").get_default()
    data["filled"] = json.dumps({name: value for name, (value, _shown, _why) in values.items()})
    data["met"] = " ".join(dict.fromkeys([*reading.addresses, *filter(None, [url])]))
    data["held"] = lookup.ticket(lookup.hold(reading, user))
    data["leave_out"] = "on"
    found.days = [(day, str(edtf.display(edtf.parse(day)))) for day in reading.article.printed]
    found.doubts = [*_doubts(reading, url)]
    found.notices += _notices(reading, url, address, [*without_tracking(url)[1], *gone])
    met = [*data["met"].split(), reading.article.canonical_url]
    if data.get("similar") != NEW and (known := at_addresses(met).first()):
        _offer(data, known, found)


def _values(reading: lookup.Reading, url: str) -> dict[str, tuple[str, str, str]]:
    """For each field its value, how it is shown, and why it is that one."""
    article = reading.article
    publisher, why = lookup.publisher_of(reading, url)
    name = "" if publisher else article.publisher[:200]
    day = str(edtf.display(edtf.parse(article.published))) if article.published else ""
    title = "" if {"missing", "robot"} & set(article.doubts) else article.title
    return {
        "title": (title[:400], title, ""),
        "publisher": (str(publisher.pk), publisher.name, why) if publisher else ("", "", ""),
        "new_publisher": (name, name, gettext("no organisation of this name is known yet")),
        "byline": (article.byline[:200], article.byline, ""),
        "published": (article.published, day, ""),
        "language": (article.language, article.language, ""),
        "description": (article.description[:2000], article.description, ""),
    }


def _notices(reading: lookup.Reading, url: str, address: str, gone: list[str]) -> list[str]:
    words = word_count(reading.article.text)
    notices = [
        ngettext(
            "%(number)s word of text will be kept with the source, for us alone.",
            "%(number)s words of text will be kept with the source, for us alone.",
            words,
        )
        % {"number": f"{words:,}"}
        if words
        else gettext("No text of an article was found. Paste it below if you mean to quote it.")
    ]
    if gone:
        names = ", ".join(dict.fromkeys(gone))
        notices.append(gettext("Tracking was taken out of the address: %(names)s.") % {"names": names})
    if url and address_key(url) != address_key(address):
        notices.append(gettext("The address leads to %(address)s. Both will be remembered.") % {"address": address})
    return notices


def _doubts(reading: lookup.Reading, url: str) -> Iterator[str]:
    """Why what was read may not be the article that was meant, or not all of it."""
    yield from (sentence % {"title": reading.article.title} for sentence in map(_in_words, reading.article.doubts))
    asked, reached = urlsplit(url), urlsplit(reading.url)
    if reading.url and asked.path.strip("/") and not reached.path.strip("/") and not reached.query:
        yield gettext("The address leads to the front page of %(host)s, not to an article. Check it.") % {
            "host": reached.hostname
        }


def _in_words(doubt: str) -> str:
    """A doubt of `web.articles` as a sentence."""
    return {
        "missing": gettext(
            "The page calls itself “%(title)s”: it may not be the article. Open the address and check. "
            "Its text is not kept."
        ),
        "consent": gettext(
            "This looks like a page that asks for consent to cookies, not like the article. Its text is not kept: "
            "paste that of the article below."
        ),
        "robot": gettext(
            "This looks like a page that asks whether a human being reads it, not like the article. Its text is not "
            "kept: paste that of the article below."
        ),
        "sign_up": gettext("This looks like a page to sign in or to subscribe. Paste the text of the article below."),
        "not_free": gettext(
            "The page says that it is not free to read: this may be its beginning only. Paste the whole text below if "
            "you have it."
        ),
        "beginning": gettext("This seems to be the beginning only. Paste the whole text below if you have it."),
        "live": gettext(
            "This is a live page, which goes on changing: the copy has what it says now. Cite it with the time of "
            "the update."
        ),
        "between": gettext(
            "The page gives its moment in universal time (UTC), which is one day in Washington and may be the next in "
            "Tokyo, so no day was filled in."
        ),
    }[doubt]


def _filled(data: QueryDict) -> dict[str, str]:
    """What an earlier look-up wrote, as the form says; it may say anything."""
    try:
        filled = json.loads(data.get("filled") or "{}")
    except ValueError:
        return {}
    return filled if isinstance(filled, dict) else {}
