"""Content checks of our own beside Wagtail's, live in the editor's *Checks* panel.

Wagtail runs axe-core on the preview beside the form. What axe cannot see for itself, such as
a statement without a source, is marked in the preview (never on a public page) with
``data-check``; a rule of axe selects each mark and always fails there.
"""

import re
from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.userbar import ContentCheckerItem, Userbar

from timeline.models import EntryPage

LONGEST_HEADLINE = 80

RELATIVE = re.compile(
    r"\b(?:today|yesterday|tomorrow|tonight|recently|currently"
    r"|(?:last|this|next|earlier this|later this) (?:week|month|year))\b"
    r"|[昨今明]日|[先今来]週|[先今来]月|[昨今来]年",
    re.IGNORECASE,
)
"""Words that are true on the day they are written only."""

MARKS: dict[str, dict[str, Any]] = {
    "long-headline": {
        "error_name": _("The headline has more than 80 characters"),
        "help_text": _("Say it shorter: lists and feeds show it whole"),
    },
    "no-source": {
        "error_name": _("A statement has no source"),
        "help_text": _("Add a citation; without one the entry cannot be published"),
    },
    "relative-date": {
        "error_name": _("“today”, “yesterday”, “last week” or the like"),
        "help_text": _("Write the date: readers come back years later"),
    },
}
LINK_SAYS_HERE = {
    "error_name": _("The text of a link is “here”"),
    "help_text": _("Say where the link leads"),
}


class EntryChecks(ContentCheckerItem):
    """Wagtail's checks of a page, and those of an entry."""

    axe_custom_rules = [
        *ContentCheckerItem.axe_custom_rules,
        *(
            {
                "id": f"entry-{mark}",
                "impact": "serious",
                "selector": f"[data-check~='{mark}']",
                "tags": ["best-practice"],
                "any": ["entry-unmarked"],
                "enabled": True,
            }
            for mark in MARKS
        ),
        {
            "id": "entry-link-says-here",
            "impact": "serious",
            "selector": "main a[href]",
            "tags": ["best-practice"],
            "none": ["entry-says-here"],
            "enabled": True,
        },
    ]
    axe_custom_checks = [
        *ContentCheckerItem.axe_custom_checks,
        # Both evaluate with functions that axe has (its doc/developer-guide.md, "Checks").
        {
            "id": "entry-unmarked",
            "evaluate": "attr-non-space-content-evaluate",
            "options": {"attribute": "data-unmarked"},
        },
        {
            "id": "entry-says-here",
            "evaluate": "matches-definition-evaluate",
            "options": {"matcher": {"accessibleName": r"/^(([Cc]lick )?[Hh]ere|[Rr]ead more|[Ll]ink)\.?$/"}},
        },
    ]
    axe_run_only = [
        *ContentCheckerItem.axe_run_only,
        *(f"entry-{mark}" for mark in MARKS),
        "entry-link-says-here",
    ]
    axe_messages = {
        **ContentCheckerItem.axe_messages,
        **{f"entry-{mark}": words for mark, words in MARKS.items()},
        "entry-link-says-here": LINK_SAYS_HERE,
    }


def use_our_checks(request: HttpRequest, items: list[Any], page: Any) -> None:
    """The checks of entries in the place of Wagtail's, in the editor and in the preview."""
    if page is None or isinstance(page.specific_deferred, EntryPage):
        items[:] = [EntryChecks(item.in_editor) if isinstance(item, ContentCheckerItem) else item for item in items]


def marked(response: HttpResponse, entry: EntryPage, request: HttpRequest) -> HttpResponse:
    """The preview beside the form, with marks for our rules and with what runs the checks."""
    if not getattr(request, "in_preview_panel", False):
        return response
    page = response.text
    for tag, marks in _marks(entry):
        page = page.replace(tag, f'{tag[:-1]} data-check="{" ".join(marks)}">', 1)
    userbar = Userbar(object=entry).render_html({"request": request})
    response.content = page.replace("</body>", f"{userbar}</body>") if "</body>" in page else page + userbar
    return response


def _marks(entry: EntryPage) -> Iterator[tuple[str, list[str]]]:
    """The tags of the public template that deserve a mark."""
    headline = ["long-headline"] if len(entry.title) > LONGEST_HEADLINE else []
    found = [('<h1 id="headline">', headline + _relative(entry.title)), ('<p class="lead">', _relative(entry.summary))]
    for statement in entry.statements.all():
        cited = any(row.source_id and row.source.is_public for row in statement.citations.all())
        found.append(
            (
                f'<span class="said" id="s-{statement.uid}">',
                ([] if cited else ["no-source"]) + _relative(statement.text),
            )
        )
    return ((tag, marks) for tag, marks in found if marks)


def _relative(text: str) -> list[str]:
    return ["relative-date"] if RELATIVE.search(text) else []
