"""One file a format; each renders (question, entries) and never sees a request.

Adding a format is one file and one line in ``FEEDS``.
"""

from . import atom, rss
from .feed import Feed, FeedFormat

FEEDS: list[FeedFormat] = [atom.FORMAT, rss.FORMAT]

__all__ = ["FEEDS", "Feed", "FeedFormat"]
