"""Work that takes a while, told while it is done: the answer is a page in pieces. DECISIONS 152."""

import logging
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, StreamingHttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.html import format_html
from django.utils.translation import gettext
from wagtail.log_actions import LogContext

logger = logging.getLogger(__name__)

HERE = "<!-- what is sent while it is done -->"
"""The place on the page, which its template takes as ``here``."""

PIECE = 25
"""Entries done between two words on how far it is: a tenth of a second to a few, so that a bar moves."""

Steps = Iterator[tuple[int, int]]
"""What yields how much is done, and of how much."""


def answer(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    steps: Steps,
    outcome: Callable[[Exception | None], str],
    *,
    doing: str,
) -> StreamingHttpResponse:
    """The page of ``template``, sent while ``steps`` are done; ``doing`` names that: "Importing…".

    ``outcome`` says in HTML what came of it: of the exception that ended it, or None. It also runs the last time when
    the reader has left, to whom nothing is said.
    """
    frame = render_to_string(template, {**context, "here": HERE, "doing": doing}, request)
    surroundings = translation.override(translation.get_language()), LogContext(user=request.user)
    return StreamingHttpResponse(
        _told(frame, steps, outcome, doing, *surroundings),
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


def _told(
    frame: str,
    steps: Steps,
    outcome: Callable[[Exception | None], str],
    doing: str,
    *surroundings: AbstractContextManager[Any],
) -> Iterator[str]:
    """The page in pieces. Who leaves it does not stop what was confirmed: the rest is done unseen."""
    before, after = frame.split(HERE)
    with ExitStack() as stack:
        for one in surroundings:
            stack.enter_context(one)
        failure: Exception | None = None
        try:
            yield before
            for done, number in steps:
                yield _bar(done, number, doing)
        except GeneratorExit:
            try:
                deque(steps, maxlen=0)
            except Exception as error:  # noqa: BLE001 - as below
                outcome(error)
            raise
        except Exception as error:  # noqa: BLE001 - half a page is sent: ``outcome`` says it and notes it
            failure = error
        yield outcome(failure)
        yield after


def _bar(done: int, number: int, doing: str) -> str:
    """How far it is; the style of the desk shows the last bar only."""
    told = gettext("%(done)s of %(number)s") % {"done": f"{done:,}", "number": f"{number:,}"}
    bar = '<p class="import-step"><progress max="{}" value="{}" aria-label="{}"></progress> {}</p>\n'
    return format_html(bar, number, done, doing, told)


def note(what: str, failure: Exception) -> None:
    """Log what went wrong and is told in no words of its own; that the database went away is nobody's mistake."""
    is_away = isinstance(failure, OperationalError | InterfaceError)
    logger.log(
        logging.WARNING if is_away else logging.ERROR,
        "%s: %s",
        what,
        " ".join(str(failure).split()),
        exc_info=None if is_away else failure,
    )
