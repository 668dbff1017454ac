"""Japanese as it is printed: what a reader sees of a page but for what is marked as another language, and its slips.

A slip is a habit of Latin type in Japanese text (a comma, a full stop, brackets, quotation marks, a colon), an English
word that nobody translated, or a date or figure in its English form.

Run as a program it reads answers with the catalogues of the site, which tests do without: words that are kept by
language in one process are of one catalogue.
"""

import csv
import io
import json
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup, NavigableString, Tag
from bs4.element import PreformattedString
from defusedxml import ElementTree

OTHER = "\N{OBJECT REPLACEMENT CHARACTER}"
"""Stands for what is marked as another language, a code or an address."""

INLINE = frozenset(
    ["a", "abbr", "b", "cite", "data", "em", "i", "label", "mark", "q", "s", "small", "span", "strong", "sup", "time"]
)
UNREAD = {"script", "style", "template", "noscript"}
VERBATIM = {"code", "kbd", "pre", "samp", "math", "textarea"}

_LETTER = rf"[ぁ-ゖァ-ヺ一-鿿々〆ー％」）{OTHER}]"
_WEEKDAY = "[月火水木金土日]"
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
SLIPS = {
    "mark": re.compile(
        rf"{_LETTER} ?(?:[,;:!?.](?=\s|$|{_LETTER})|[“”\"‘’]|\((?!{_WEEKDAY}\))|[·–-] )|(?<!\({_WEEKDAY})[)“”]。"
        r"|^[,.;:] "
        rf"|(?:[”\"]|(?<!\({_WEEKDAY})\)){_LETTER}|[。、：] (?={_LETTER})"
    ),
    "date": re.compile(rf"\b{_MONTH}[a-z]*\.? \d|\d {_MONTH}|(?<![\d-])\d{{4}}-\d\d(?:-\d\d)?(?![\d-])"),
    "figure": re.compile(r"[$¥€£]\s?\d|\d ?%|\d (?:thousand|million|billion|trillion|tonnes|percent)"),
    "word": re.compile(r"(?<![\w@./#-])[A-Za-z][a-z]{2,}(?![\w@/]|\.\w)"),
}
SAID_SO = re.compile(
    r"https?://\S+|RSS|Atom|JSON Lines|JSON Feed|TimelineJS|iCalendar|BibTeX|Zotero|WebSub|OpenAPI|"
    r"Excel|Wayback Machine|GitHub|Nenpyo|Feedly|NetNewsWire|Thunderbird|Inoreader|EndNote|Mendeley|README|"
    r"Extended Date/Time Format|Frictionless Data Package"
)
"""What is called so in Japanese too."""


def texts(page: str) -> Iterator[str]:
    """Each run of text of a page, and what its attributes say, with :data:`OTHER` for what is in no Japanese."""
    soup = BeautifulSoup(page, "html.parser")
    for tag in soup.find_all(True):
        if not _is_other(tag):
            yield from _attributes(tag)
    yield from _runs(soup)


def texts_of_data(answer: str) -> Iterator[str]:
    """The same of what is in Japanese in a feed, a calendar, a table, or data in JSON."""
    if answer.startswith("BEGIN:VCALENDAR"):
        for line in answer.replace("\r\n ", "").splitlines():
            name, _colon, value = line.partition(":")
            if name in ("SUMMARY", "DESCRIPTION", "LOCATION", "NAME"):
                yield from re.sub(r"\\([,;])", r"\1", value).split("\\n")
    elif answer.startswith("<?xml"):
        for part in ElementTree.fromstring(answer).iter():
            name = part.tag.rpartition("}")[2]
            if name in ("title", "subtitle", "summary", "description", "category", "ShortName", "Description"):
                yield from filter(None, [part.text, part.get("label")])
            elif name in ("content", "encoded"):
                yield from texts(part.text or "")
    elif answer.startswith("{"):
        try:
            yield from _in_record(json.loads(answer))
        except json.JSONDecodeError:  # one a line
            for line in answer.splitlines():
                yield from _in_record(json.loads(line))
    else:
        for row in csv.DictReader(io.StringIO(answer)):
            for name, value in row.items():  # a cell may hold a list
                yield from _in_record({"url": row.get("url")} | dict.fromkeys([name], re.split(";(?! )", value)))


SAID = {
    *(
        "headline",
        "summary",
        "text",
        "label",
        "per",
        "of",
        "period_note",
        "question",
        "side",
        "says",
        "reason",
        "note",
    ),
    *("name", "place", "measure", "caption", "alt", "subject", "description", "not_known", "came_of_it"),
}
"""What values are called that are in the language of the edition, whatever they are written in."""
OWN = {"quotation", "translation", "byline", "native", "credit"}
"""What others are called that may be in Japanese: they are in a language of their own."""


def _in_record(value: Any, name: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        own = OWN | ({"title"} if value.get("url") and "content_html" not in value else set())  # that of a source
        for key, within in value.items():
            if key not in own:
                yield from _in_record(within, key)
    elif isinstance(value, list):
        for one in value:
            yield from _in_record(one, name)
    elif isinstance(value, str) and (name in SAID or re.search("[ぁ-ゖァ-ヺ一-鿿]", value)):
        yield from texts(value) if "<" in value else [value]


def _attributes(tag: Tag) -> Iterator[str]:
    for name in ("title", "aria-label", "alt", "placeholder"):
        if tag.get(name) and "Z3988" not in tag.get("class", ()):
            yield str(tag[name])
    if str(tag.get("name") or tag.get("property")).endswith(("description", "title", "alt")):
        yield str(tag["content"])


def _is_other(tag: Tag) -> bool:
    nearest = tag if tag.get("lang") else tag.find_parent(lang=True)
    is_marked = nearest is not None and nearest["lang"] != "ja"
    return is_marked or any(one.name in UNREAD | VERBATIM for one in [tag, *tag.parents])


def _runs(soup: Tag) -> Iterator[str]:
    run = ""
    for text, is_part in _pieces(soup):
        if is_part:
            run += text
        else:
            yield from _shown(run)
            run = ""
    yield from _shown(run)


def _shown(run: str) -> Iterator[str]:
    text = " ".join(run.split())
    if text.strip(OTHER + " "):
        yield text


def _pieces(tag: Tag) -> Iterator[tuple[str, bool]]:
    """The texts of a tag; an empty one that is no part of a run stands where a run ends."""
    for child in tag.children:
        if isinstance(child, Tag) and child.name not in UNREAD:
            if child.name in VERBATIM or child.get("lang", "ja") != "ja":
                yield OTHER, True
            elif child.name in INLINE:
                yield from _pieces(child)
            else:
                yield "", False
                yield from _pieces(child)
                yield "", False
        elif isinstance(child, NavigableString) and not isinstance(child, PreformattedString):
            yield str(child), True


def slips(text: str, names: re.Pattern[str]) -> list[str]:
    """What is no Japanese in a text, each with what stands around it; ``names`` are called as they are."""
    text = names.sub(OTHER, SAID_SO.sub(OTHER, text))
    return [
        f"{kind}: …{text[max(0, hit.start() - 18) : hit.end() + 18]}…"
        for kind, pattern in SLIPS.items()
        for hit in pattern.finditer(text)
    ]


def answers(addresses: list[str], database: dict[str, Any]) -> dict[str, str]:
    """What a site with this database answers at each address."""
    import django
    from babel.messages import mofile, pofile
    from django.conf import settings

    from config import settings as of_the_site

    with tempfile.TemporaryDirectory() as home:
        for kept in Path(of_the_site.LOCALE_PATHS[0]).glob("*/LC_MESSAGES/django.po"):
            made = Path(home, *kept.parts[-3:]).with_suffix(".mo")
            made.parent.mkdir(parents=True)
            with kept.open("rb") as catalogue, made.open("wb") as compiled:
                mofile.write_mo(compiled, pofile.read_po(catalogue))
        settings.LOCALE_PATHS = [home]
        settings.DATABASES["default"].update(database)
        django.setup()
        from django.db import transaction
        from django.test import Client
        from django.test.utils import setup_test_environment

        setup_test_environment()  # its client asks a host of its own
        with transaction.atomic():  # nothing is kept of it
            said = {address: Client().get(address).getvalue().decode() for address in addresses}
            said |= _letters()
            transaction.set_rollback(True)
    return said


def _letters() -> dict[str, str]:
    """What somebody reads who asks for letters: the letters in both their forms, and the pages that they lead to."""
    from django.test import Client
    from django.utils import timezone, translation

    from timeline.letters import asking, links, rounds
    from timeline.letters.writing import Writer
    from timeline.models import Letter, LetterRound, Subscription
    from timeline.models.letter import BEGINNING

    made: dict[str, str] = {}

    def write() -> None:
        for letter in Letter.objects.all():
            message = Writer().message(letter)
            assert message is not None
            made[f"{letter.kind}.txt"] = f"{message.subject}\n{message.body}"
            made[f"{letter.kind}.html"] = message.alternatives[0][0]
        Letter.objects.all().delete()

    def visit(purpose: str, wanted: Subscription | None = None) -> None:
        made[purpose] = Client().get(links.path(purpose, subscription.subscriber, wanted)).getvalue().decode()

    with translation.override("ja"):
        asking.ask("jo@example.org", "commodity=rice", "weekly", "a client")
        write()
        subscription = Subscription.objects.get()
        visit(links.CONFIRM, subscription)
        asking.confirm(links.Found(subscription.subscriber.key, subscription.pk))
        visit(links.CHANGE)
        visit(links.STOP)
        asking.ask_for_link("jo@example.org", "a client")
        Subscription.objects.update(since_version=0, since_moment=BEGINNING.moment)
        LetterRound.objects.all().delete()
        LetterRound.objects.create(frequency="weekly")
        rounds.begin_due(timezone.now())
        write()
    return made


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings_test"
    asked = json.load(sys.stdin)
    json.dump(answers(**asked), io.TextIOWrapper(sys.stdout.buffer, "utf-8"))
