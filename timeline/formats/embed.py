"""The list that other sites show in a frame: the first entries of a question, as a page of its own.

It needs no script and no cookie, and it is as high as its frame: what does not fit scrolls. (That of one entry is as
high as the entry: ``frames``.)
Addresses of embeds stand in the pages of others, so they stay what they are for ever.

DECISIONS 47 says why.
"""

from django.template.loader import get_template, render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from timeline.filters.facets import COUNT_LIMIT
from timeline.models.document import EntryDocument
from timeline.public import fragments

from .answer import Answer, Format, FormatParameter

DEFAULT_LIMIT = 10
LIMIT = FormatParameter("limit", r"[1-9]|[1-4]\d|50", _("a number of entries from 1 to 50"))
THEME = FormatParameter("theme", "light|dark", "light, dark")
"""The colours; without it those that the reader's system asks for."""

HEIGHT = 600
"""Pixels of the frame, in which the list scrolls."""


def render(answer: Answer) -> bytes:
    """The page: two queries, and one more when there are entries that are not kept or shown."""
    limit = int(answer.options.get("limit", DEFAULT_LIMIT))
    rows = list(answer.entries.for_list().chronological(answer.newest_first)[:limit])
    total = len(rows) if len(rows) < limit else answer.entries.capped_count(COUNT_LIMIT)
    template = get_template("timeline/_embed_row.html")

    def row(document: EntryDocument) -> str:
        return template.render({"entry": document, "base_url": answer.base_url})

    listed = fragments.rendered("embed", rows, row, answer.base_url)
    context = {
        "title": answer.sentence,
        "canonical": answer.page_url,
        "theme": answer.options.get("theme", ""),
        "site": {"name": answer.site, "base_url": answer.base_url, "licence": answer.licence},
        "rows": [SafeString(listed[one.pk]) for one in rows if one.pk in listed],
        "total": total,
        "most": COUNT_LIMIT,
        "nothing": answer.nothing,
    }
    return render_to_string("timeline/embed.html", context).encode()


FORMAT = Format(
    "embed/",
    _("Embed"),
    _("for your own page: paste this markup, and it keeps itself up to date"),
    "text/html",
    render,
    heading=_("On your own page"),
    parameters=[LIMIT, THEME],
    variants=[(_("Embed, oldest first"), {"order": "old"})],
    is_framed=True,
)
