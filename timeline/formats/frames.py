"""How high the frame of an entry must be, and the markup that makes it so in a column of any width, without a script.

The card has nothing that scrolls: date, headline, lead, three figures and its links. Its height is added up from its
words, as wide as in the widest usual font (``text.widths``), at the narrowest and at the widest column that counts.
A taller frame has a little room left; none hides anything. The measures are those of ``static/embed.css``.

DECISIONS 47 says why there is no script.
"""

from html import escape
from math import ceil
from typing import NamedTuple

from timeline.models.document import EntryDocument, FigureDocument
from timeline.public.lead import lead
from timeline.public.wording import attachment_count, correction_text, figure_standing, figure_value, happened
from timeline.punctuation import listed
from timeline.text.widths import BOLD, text_width

NARROW, WIDE = 320, 640
"""Pixels of the columns between which a card grows as they shrink."""

SIDES = 34
"""Pixels that edges and padding take of the width."""

FIGURES = 3
"""Of a card."""

NUMBERS = "100, 200"
"""As wide as the small numbers after a sentence."""

COLUMN, GAP = 176, 24
"""Pixels of a figure at least, and between two."""

AROUND = 33 + 52 + 20
"""Pixels of what stands above and below all, and of the edges."""

MOST = 1200
"""Pixels of a frame: a longer lead scrolls."""


class Heights(NamedTuple):
    """Pixels that a frame needs in a narrow column, and in a wide one."""

    narrow: int
    wide: int

    def at(self, width: int) -> int:
        """In a column of this width: between the two on a line, which lies above what is needed."""
        share = (min(max(width, NARROW), WIDE) - NARROW) / (WIDE - NARROW)
        return ceil(self.narrow - share * (self.narrow - self.wide))


def heights(entry: EntryDocument) -> Heights:
    """Of the card of an entry; in columns narrower than :data:`NARROW` it scrolls."""
    return Heights(_height(entry, NARROW), _height(entry, WIDE))


def snippet(address: str, title: str, width: str, height: int, style: str = "max-width:100%") -> str:
    """The markup that shows a frame in a page, as text to be copied there; ``width`` as HTML has it."""
    return (
        f'<iframe src="{escape(address)}" title="{escape(title)}" width="{width}" height="{height}" '
        f'loading="lazy" style="border:0;{style}"></iframe>'
    )


def fitted(address: str, title: str, needed: Heights, width: int | None = None, most: int = MOST) -> str:
    """The markup of a frame that is as high as it must be, as wide as its column, and no larger than asked for.

    Padding is a part of the width of the column, so what it takes from the height follows the width.
    """
    least = min(needed.at(width or WIDE), most)
    if needed.narrow == needed.wide:
        return snippet(address, title, str(width or "100%"), least)
    slope = (needed.narrow - needed.wide) / (WIDE - NARROW)
    line = f"min({most}px,{ceil(needed.narrow + slope * NARROW)}px - {slope * 100:.1f}%)"
    limit = f"max-width:{width}px;" if width else ""
    frame = snippet(
        address,
        title,
        str(width or "100%"),
        least if width else min(needed.narrow, most),
        "position:absolute;inset:0;width:100%;height:100%",
    )
    return f'<div style="position:relative;{limit}padding-bottom:max({least}px,{line})">{frame}</div>'


def _height(entry: EntryDocument, width: int) -> int:
    room = width - SIDES
    kind = entry["category"]["name"] if entry["category"] else ""
    when = f"{happened(entry['date'])} · {entry['place']} · {kind}"
    said = " ".join(f"{one.text} {NUMBERS if one.numbers else ''}" for one in lead(entry))
    corrected = next((one for one in entry["changes"] if one["correction"]), None)
    note = f"Corrected on 30 September 2025: {correction_text(corrected)}" if corrected else ""
    links = f"The entry and its 100 sources · Sources disagree, on what · {attachment_count(entry['attachments'])}"
    parts = [
        AROUND,
        19 * _lines(when, 13, room),
        26 * _lines(entry["headline"], 21, room, BOLD),
        26 + 19 * _lines(note, 13, room - 30) if note else 0,
        10 + 24 * _lines(said, 16, min(room, 608)),
        _figures(entry["figures"][:FIGURES], room),
        25 + 29 * _lines(links, 15, room),
    ]
    return min(ceil(sum(parts)), MOST)


def _figures(figures: list[FigureDocument], room: int) -> int:
    if not figures:
        return 0
    columns = max((room + GAP) // (COLUMN + GAP), 1)
    width = (room - GAP * (columns - 1)) // columns - 13
    rows = [figures[start : start + columns] for start in range(0, len(figures), columns)]
    return 14 + 10 * (len(rows) - 1) + sum(max(_figure(figure, width) for figure in row) for row in rows)


def _figure(figure: FigureDocument, width: int) -> int:
    label = listed(filter(None, [figure["label"], figure["of"]]))
    small = _lines(label, 13, width) + _lines(figure_standing(figure), 13, width)
    return 23 * _lines(figure_value(figure), 19, width, BOLD) + 19 * small


def _lines(text: str, size: int, room: int, bold: float = 1) -> int:
    """Lines that a text takes when each holds as many words as it can."""
    em = size * bold
    lines, left = 0, 0.0
    for word in text.split():
        wide = text_width(f"{word} ", 1) * em
        if wide <= left:
            left -= wide
            continue
        lines += max(ceil(wide / room), 1)  # one that is longer than a line breaks where it must
        left = -wide % room
    return lines
