"""The two ends of the registry: what a format gets, and what a format is."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from timeline.filters import ParameterProblem
from timeline.models import State, Withdrawal
from timeline.models.document import EntryDocument
from timeline.models.querysets import PublishedEntryQuerySet
from timeline.public.coverage import Coverage
from timeline.public.lanes import Lane
from timeline.public.language import document_here, read_document
from timeline.public.state import one_state
from timeline.punctuation import labelled

OTHERS = gettext_lazy("Tables and other files")
"""The heading of what is no feed."""

CHUNK = 200
"""Documents in memory at a time while an answer of any length is written."""

PIECE = 1 << 16
"""Characters of such an answer that are sent together."""


def in_pieces(texts: Iterable[str]) -> Iterator[bytes]:
    """An answer made of ``texts``, the short ones sent together; what they ask for is asked of one state."""
    waiting: list[str] = []
    length = 0
    with one_state():
        for text in texts:
            waiting.append(text)
            length += len(text)
            if length > PIECE:
                yield "".join(waiting).encode()
                waiting, length = [], 0
    yield "".join(waiting).encode()


def said(rows: PublishedEntryQuerySet) -> Iterator[EntryDocument]:
    """The documents of entries in the language of the answer, ``CHUNK`` at a time."""
    for found in rows.values_list(document_here(), flat=True).iterator(chunk_size=CHUNK):
        yield read_document(found)


@dataclass(frozen=True)
class Answer:
    """A question that was understood, and its entries.

    ``query`` is the canonical query string, without ``?``; of a feed without ``order``.
    ``sentence`` says the same in words, ``nothing`` that no entry matches. ``entries`` match and are in no order yet;
    ``size`` counts them all; ``withdrawals`` are of entries that did, or may have.
    ``options`` are the format's own parameters, as :attr:`Format.parameters` accepted them.
    ``since`` says when this answer last changed; no answer knows the time of the request.
    ``licence`` of our text has a name and an address.
    ``lanes`` are those of the edition (``timeline.public.lanes``), ``coverage`` what has been researched.
    ``hub`` is where subscriptions to this address are taken (WebSub), or empty.
    """

    path: str
    query: str
    sentence: str
    entries: PublishedEntryQuerySet
    size: Callable[[], int]
    withdrawals: QuerySet[Withdrawal]
    newest_first: bool
    site: str
    strapline: str
    language: str
    base_url: str
    licence: dict[str, str]
    since: State
    lanes: list[Lane] = field(default_factory=list)
    coverage: Coverage = field(default_factory=list)
    options: Mapping[str, str] = field(default_factory=dict)
    hub: str = ""
    nothing: str = ""

    @property
    def rights(self) -> str:
        """The terms of reuse, in one line."""
        return " ".join(self.licence.values())

    @property
    def title(self) -> str:
        """What is answered, in words: the same on the page and in every format."""
        is_filtered = any(name != "order" for name, _value in parse_qsl(self.query))
        return labelled(self.site, self.sentence) if is_filtered else self.site

    @property
    def self_url(self) -> str:
        """The canonical address of this answer."""
        return self.address(**self.options)

    @property
    def page_url(self) -> str:
        """The page that answers the same question."""
        return self.address("")

    def address(self, path: str | None = None, **options: str) -> str:
        """The same question at ``path`` (as ``feed.atom``; "" is the page), with parameters of that format."""
        pairs = sorted([*parse_qsl(self.query), *options.items()])
        query = f"?{urlencode(pairs)}" if pairs else ""
        return f"{self.base_url}/{self.path if path is None else path}{query}"

    def documents(self, most: int | None = None) -> Iterator[EntryDocument]:
        """All entries, or the first of them, by the date of the event in the order asked for, ``CHUNK`` at a time."""
        return said(self.entries.chronological(self.newest_first)[:most])


class NoSuchPartError(Exception):
    """A well-formed address of a part of an answer that is not there; ``problem`` says so."""

    def __init__(self, problem: ParameterProblem) -> None:
        super().__init__(problem.message)
        self.problem = problem


@dataclass(frozen=True)
class FormatParameter:
    """A parameter that one format takes beside the question: ``excel=1``.

    ``pattern`` is a regular expression for all it accepts, ``accepted`` the same in words.
    """

    name: str
    pattern: str
    accepted: Any

    def problem(self, value: str) -> ParameterProblem | None:
        """What is wrong with ``value``."""
        if re.fullmatch(self.pattern, value, re.ASCII):
            return None
        return ParameterProblem(self.name, _("It takes %s.") % self.accepted)


@dataclass(frozen=True)
class Format:
    """One way to answer a question.

    ``path`` is its address, as ``feed.atom``. ``label`` names it and ``note`` says whom it
    is for, on the page about feeds, under its ``heading``.
    ``render`` gives the whole answer or, where that ``is_long``, pieces of it that are sent as they come; nothing
    may go wrong after the first. A feed has an order of its own: ``order`` is read and means
    nothing. What ``is_announced`` is named in the head of every page. ``variants`` are
    addresses listed beside the plain one: ``[(label, {parameter: value})]``. ``scheme`` is
    how programs subscribe to it: ``webcal``.
    """

    path: str
    label: Any
    note: Any
    media_type: str
    render: Callable[[Answer], bytes | Iterable[bytes]]
    heading: Any = OTHERS
    is_feed: bool = False
    is_announced: bool = False
    parameters: Sequence[FormatParameter] = ()
    variants: Sequence[tuple[Any, Mapping[str, str]]] = ()
    scheme: str = ""
    is_long: bool = False
    """Whether an answer may be of any length: it is made in pieces, behind all others, and lies ready as a file
    beside the dataset where nothing is asked."""
    filename: str = ""
    """What a browser should save the answer as, in ASCII; empty to show it."""
    type_parameters: str = ""
    """More of the media type than the character set: ``header=present``."""
    is_framed: bool = False
    """Whether it is a page that other sites may show in a frame."""
    shows_more: bool = False
    """Whether it also tells what no entry of the answer does, so that any public change is one of it."""

    @property
    def content_type(self) -> str:
        """The media type as a header has it; JSON is UTF-8 by definition (RFC 8259 section 8.1)."""
        if self.media_type.endswith("json"):
            return self.media_type
        return "; ".join(filter(None, [self.media_type, "charset=utf-8", self.type_parameters]))
