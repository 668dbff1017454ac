"""The registry: every way to answer a question, one file a format.

Adding a format is one file and one line. The file makes a :class:`Format`, whose ``render``
turns an :class:`Answer` (the question and its entries, never a request) into bytes or, for
answers of any length, into an iterator of bytes: ``answer.documents()`` reads entries a few
at a time. The line stands in ``FORMATS``. The rest is there already: the address with the
query string of ``/``, bad questions in words (``application/problem+json`` for JSON),
conditional requests, HEAD, CORS, the page about feeds. Add its hostile
cases to ``ANSWERS`` in ``tests/test_formats.py`` and validate it with an independent parser.
"""

from . import atom, calendar, changes, cited, csv_tables, embed, json_feed, print_page, rss, timelinejs, whole
from .answer import Answer, Format, FormatParameter

FORMATS: list[Format] = [
    atom.FORMAT,
    rss.FORMAT,
    json_feed.FORMAT,
    *changes.FORMATS,
    calendar.FORMAT,
    *csv_tables.FORMATS,
    *whole.FORMATS,
    timelinejs.FORMAT,
    *cited.FORMATS,
    print_page.FORMAT,
    embed.FORMAT,
]
"""In the order in which people are shown them."""

__all__ = ["FORMATS", "Answer", "Format", "FormatParameter"]
