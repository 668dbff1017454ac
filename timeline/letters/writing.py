"""A letter as a message: HTML and plain text that say the same, and the headers by which a mail program knows it.

No picture, no style sheet, no address that counts who opens or follows it.
"""

import email.policy
from email.headerregistry import Address, HeaderRegistry, UnstructuredHeader
from email.utils import parseaddr
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from timeline.choices import LetterKind
from timeline.models import Letter, LetterPart, Mark, Subscription
from timeline.public.site import about_site, current_edition
from timeline.punctuation import labelled, solid, solid_lines

from . import keys, links, news
from .news import Section

LONGEST_SUBJECT = 120

Key = tuple[int, str, str, Mark, Mark]


class UnfoldedHeader(UnstructuredHeader):
    """A header on one line: Python would part a long address, and write it as words of another character set."""

    name: str

    def fold(self, *, policy: Any) -> str:
        return f"{self.name}: {self}{policy.linesep}"


HEADERS = HeaderRegistry()
HEADERS.map_to_type("list-unsubscribe", UnfoldedHeader)  # type: ignore[arg-type] # the stubs want what it is made into


class Message(EmailMultiAlternatives):
    """A letter with headers as :data:`HEADERS` writes them."""

    def message(self, *, policy: Any = email.policy.default) -> Any:
        return super().message(policy=policy.clone(header_factory=HEADERS))


class Writer:
    """Writes letters. What several say alike is made once, while nothing public changes."""

    def __init__(self) -> None:
        self._sections: dict[Key, Section] = {}

    def message(self, letter: Letter) -> Message | None:
        """The letter as it is to be said now; None when there is nothing to say any more.

        Raises ``keys.UnreadableError``.
        """
        address = keys.decrypt(letter.subscriber.address)
        with translation.override(letter.language):
            parts = list(letter.parts.select_related("subscription").order_by("subscription__query"))
            said = _Said(letter, address)
            if letter.kind == LetterKind.NEWS:
                return self._news(said, parts)
            if letter.kind == LetterKind.CONFIRM:
                return _to_confirm(said, parts)
            return _with_link(said)

    def _news(self, said: "_Said", parts: list[LetterPart]) -> Message | None:
        sections = [self._section(part.subscription.query, part.since, said.letter.until) for part in parts]
        sections = [section for section in sections if not section.is_empty]
        if not sections:
            return None
        counted = news.counted(sections)
        lacks = any(item.lacks for section in sections for item in section.items)
        name = (len(sections) == 1 and sections[0].name) or said.site["name"]
        subject = labelled(name, counted) if counted else _("%s: no letters about it any more") % name
        return said.as_message("news", subject, sections=sections, counted=counted, lacks=lacks)

    def _section(self, query: str, since: Mark, until: Mark) -> Section:
        key = (current_edition().version, translation.get_language() or "", query, since, until)
        if key not in self._sections:
            if len(self._sections) > MOST_KEPT:
                self._sections.clear()
            self._sections[key] = news.section(query, since, until)
        return self._sections[key]


MOST_KEPT = 500
"""Sections kept at a time."""


class _Said:
    """What all letters to somebody say."""

    def __init__(self, letter: Letter, address: str) -> None:
        self.letter, self.address = letter, address
        self.site = about_site(current_edition())

    def as_message(self, template: str, subject: str, **context: Any) -> Message:
        subscriber, host = self.letter.subscriber, urlsplit(settings.BASE_URL).hostname
        stop_url = links.url(links.STOP, subscriber)
        context |= {
            "site": self.site,
            "subject": subject,
            "frequency": self.letter.get_frequency_display().lower(),
            "change_url": links.url(links.CHANGE, subscriber),
            "stop_url": stop_url,
        }
        sender = _sender(self.site["name"])
        message = Message(
            _line(subject)[:LONGEST_SUBJECT],
            solid_lines(render_to_string(f"timeline/letters/{template}.txt", context)).strip() + "\n",
            links.bounce_address(subscriber) or sender,
            [self.address],
            headers={
                "From": sender,
                # The same whenever it is tried again, so that a mailbox may know it.
                "Message-ID": f"<{self.letter.uid}@{host}>",
                "Auto-Submitted": "auto-generated",  # RFC 3834: nobody is to answer it by machine
                "X-Auto-Response-Suppress": "All",
                "Content-Language": self.letter.language,
                "List-Id": f"<updates.{host}>",
                "List-Unsubscribe": f"<{stop_url}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",  # RFC 8058
            },
        )
        html = solid(render_to_string(f"timeline/letters/{template}.html", context))
        message.attach_alternative(html, "text/html")
        return message


def _to_confirm(said: _Said, parts: list[LetterPart]) -> Message | None:
    wanted: list[Subscription] = [part.subscription for part in parts if part.subscription.confirmed_at is None]
    question, _query = news.read(wanted[0].query) if wanted else (None, "")
    if question is None:
        return None
    return said.as_message(
        "confirm",
        _("Confirm your updates from %s") % said.site["name"],
        sentence=question.sentence,
        often=wanted[0].get_frequency_display().lower(),
        confirm_url=links.url(links.CONFIRM, said.letter.subscriber, wanted[0]),
        hours=links.HOURS,
    )


def _with_link(said: _Said) -> Message:
    return said.as_message("link", _("Your updates from %s") % said.site["name"])


def _sender(site: str) -> str:
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return str(Address(display_name=name or _line(site), addr_spec=address))


def _line(text: str) -> str:
    """On one line, whatever it was made of."""
    return " ".join(text.split())
