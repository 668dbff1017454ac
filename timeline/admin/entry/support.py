"""What each sentence of the summary rests on, ticked below its box.

A sentence stands there with all that the entry says; ticked is what it rests on, chosen or derived. The form sends
the ticks with those that it was shown with: only where an editor changed some of them is something chosen, and where
none is left it is derived again. Without script the sentences are those of the last save; with it those that stand in
the box, for the notes bring them (``notes.answer``).
"""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from wagtail.admin.panels import Panel

from timeline.models import EntryPage
from timeline.models.statement import ROW_ID
from timeline.models.summary import StoredSentence, summary_of

TICKS, OF = "support", "support-of"
"""What the names of the boxes, and of what they were shown with, begin with."""


class _Boxes(NamedTuple):
    """The boxes of a sentence as sent: what it said and rested on when they were shown, and what is ticked now."""

    id: str
    text: str
    shown: list[str]
    were_chosen: bool
    ticked: list[str]

    @property
    def are_changed(self) -> bool:
        return set(self.shown) != set(self.ticked)

    @property
    def in_order(self) -> list[str]:
        """What is ticked: in the order in which it was, then what is new. Boxes come in the order of rows."""
        kept = [uid for uid in self.shown if uid in self.ticked]
        return [*kept, *(uid for uid in self.ticked if uid not in kept)]


def sent(stored: list[StoredSentence], data: Any) -> list[StoredSentence]:
    """The sentences that a form was shown with, and what is chosen for them; ``stored`` if it has none."""
    boxes = list(_boxes(data))
    found: list[StoredSentence] = [
        {"id": one.id, "text": one.text, "rests_on": one.in_order if one.were_chosen or one.are_changed else []}
        for one in boxes
    ]
    return found or stored


def is_changed(data: Any) -> bool:
    """Whether some ticks of a sent form are not those that it was shown with."""
    return any(boxes.are_changed for boxes in _boxes(data))


def _boxes(data: Any) -> Iterator[_Boxes]:
    for key in data:
        name, _dash, sentence = key.rpartition("-")
        if name != OF or not ROW_ID.fullmatch(sentence):
            continue
        try:
            said = json.loads(data[key])
            yield _Boxes(
                sentence, str(said["text"]), said["shown"], bool(said["chosen"]), data.getlist(f"{TICKS}-{sentence}")
            )
        except (ValueError, TypeError, KeyError):
            continue  # not what we sent: as if nothing had been ticked


def markup(entry: EntryPage) -> str:
    """The boxes below the summary of an entry as it is in memory."""
    rows = [
        *((row.uid, _("Statement"), row.text) for row in entry.statements.all() if row.text.strip()),
        *((row.uid, _("Figure"), row.label) for row in entry.figures.all() if row.label.strip()),
        *((row.uid, _("Sources disagree"), row.question) for row in entry.disagreements.all() if row.question.strip()),
    ]
    sentences = [
        {
            "id": sentence.id,
            "text": sentence.text,
            "of": json.dumps({"text": sentence.text, "shown": sentence.rests_on, "chosen": sentence.chosen}),
            "ticked": [row for row in rows if row[0] in sentence.rests_on],
            "others": [row for row in rows if row[0] not in sentence.rests_on],
        }
        for sentence in summary_of(entry)
    ]
    return render_to_string("timeline/admin/support.html", {"sentences": sentences, "ticks": TICKS, "of": OF})


class SupportPanel(Panel):
    """The place of the boxes."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "timeline/admin/support_panel.html"

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            return {**super().get_context_data(parent_context), "boxes": markup(self.instance)}
