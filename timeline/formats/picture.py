"""Pictures drawn here: the cards that other sites show beside a link, and the icons.

A card is kept by the words on it, so it cannot be out of date. Its letters are those of
two packages: Source Serif and, for texts with Japanese in them, Noto Serif. What
neither can write (emoji, other scripts) is left out, never shown as empty boxes.

DECISIONS 67 says why.
"""

import io
import re
import unicodedata
from functools import cache, lru_cache
from typing import NamedTuple

import fontpkg
import pylopdf_fonts_jp
from PIL import Image, ImageDraw, ImageFont

from timeline.public import lanes

SIZE = (1200, 630)
"""Pixels of a card: the shape that the large cards of other sites have."""

PAPER, INK, SOFT, RULE, SIGNAL = "#fcfaf6", "#1a1e24", "#575c64", "#dcd6c9", "#ff9277"
COLOURS = {"slate": "#5c6a80", "red": "#8f2410", "olive": "#7d6900", "violet": "#6d3cc0", "teal": "#044a55"}
"""The light colours of static/site.css."""

LEFT, RIGHT, TOP, BOTTOM = 96, 1128, 150, 508
"""Where the headline stands."""
HEADLINE_SIZES = (80, 72, 64, 56, 48, 40)
SMALL = 34
LEADING = 1.14
LONGEST = 300
"""Characters of a headline that are looked at; no card holds more."""

_JAPANESE = "\u3000-\u30ff\u31f0-\u31ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff"
# What may not be parted at the end of a line: a word, or one Japanese letter with the
# punctuation that closes it.
_UNIT = re.compile(rf"\s+|[{_JAPANESE}][、。，．・」』】）〉》！？ー々]*|[^\s{_JAPANESE}]+")

Font = ImageFont.FreeTypeFont


class Card(NamedTuple):
    """What is on a card, as text; ``colour`` is a value of ``LaneColour``."""

    headline: str
    date: str
    foot: str
    site: str
    colour: str = lanes.NO_COLOUR


@lru_cache(maxsize=128)  # some 3 MB
def draw(card: Card) -> bytes:
    """A card as PNG."""
    image = Image.new("RGB", SIZE, PAPER)
    pen = ImageDraw.Draw(image)
    colour = COLOURS.get(card.colour, COLOURS[lanes.NO_COLOUR])
    pen.rectangle((0, 0, 32, SIZE[1]), fill=colour)
    mark = _icon(56, corner=4)
    image.paste(mark, (RIGHT - 56, TOP - 84), mark)
    _line(pen, card.date, TOP - 44, colour, weight=700, room=RIGHT - LEFT - 96)
    headline = printable(card.headline) or printable(card.site)
    font, lines = _fitted(headline)
    step = round(font.size * LEADING)
    # In the middle of its room, by the height of the lines and not of their letters.
    y = (TOP + BOTTOM - step * len(lines)) // 2
    for line in lines:
        pen.text((LEFT, y), line, font=font, fill=INK, stroke_width=_stroke(headline))
        y += step
    pen.line((LEFT, BOTTOM + 22, RIGHT, BOTTOM + 22), fill=RULE, width=2)
    end = _line(pen, card.foot, BOTTOM + 72, SOFT, right=True)
    _line(pen, card.site, BOTTOM + 72, INK, weight=600, room=end - LEFT - 40)
    flat = image.quantize(64, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    return _file(flat, "PNG")


def _line(
    pen: ImageDraw.ImageDraw,
    text: str,
    y: int,
    fill: str,
    *,
    weight: int = 400,
    room: int = RIGHT - LEFT,
    right: bool = False,
) -> int:
    """Write one line, shortened to its room; returns where it begins."""
    text = printable(text)
    font = _font(_is_japanese(text), SMALL, weight)
    line = _shortened(text, font, room)
    x = RIGHT - round(font.getlength(line)) if right else LEFT
    pen.text((x, y), line, font=font, fill=fill, anchor="ls")
    return x


def _fitted(text: str) -> tuple[Font, list[str]]:
    """The largest letters that leave room for all of the headline, or as much as the smallest hold."""
    room = RIGHT - LEFT
    for size in HEADLINE_SIZES:
        font = _font(_is_japanese(text), size, 700)
        lines = _wrapped(text, font, room)
        most = int((BOTTOM - TOP) / (size * LEADING))
        if len(lines) <= most:
            return font, _balanced(text, font, lines)
    lines = lines[:most]
    lines[-1] = _shortened(f"{lines[-1]}…", font, room)
    return font, lines


def _balanced(text: str, font: Font, lines: list[str]) -> list[str]:
    """As few lines, but of like length: no single word at the end."""
    narrow, wide = (RIGHT - LEFT) // 2, RIGHT - LEFT
    for _step in range(4 if 1 < len(lines) < 5 else 0):
        middle = (narrow + wide) // 2
        closer = _wrapped(text, font, middle)
        if len(closer) == len(lines):
            lines, wide = closer, middle
        else:
            narrow = middle
    return lines


def _wrapped(text: str, font: Font, room: int) -> list[str]:
    lines = [""]
    for unit in _UNIT.findall(text):
        if font.getlength(lines[-1] + unit.rstrip()) <= room:
            lines[-1] += unit
            continue
        lines[-1] = lines[-1].rstrip()
        rest = unit.lstrip()
        while rest:
            part = _beginning(rest, font, room)
            lines.append(part)
            rest = rest[len(part) :]
    return [line for line in lines if line.strip()]


def _beginning(text: str, font: Font, room: int) -> str:
    """As many characters as the room holds, at least one."""
    low, high = 1, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if font.getlength(text[:middle]) <= room else (low, middle - 1)
    return text[:low]


def _shortened(text: str, font: Font, room: int) -> str:
    if font.getlength(text) <= room:
        return text
    return f"{_beginning(text.rstrip('…'), font, room - round(font.getlength('…'))).rstrip(' ,;:–—')}…"


# -- letters ------------------------------------------------------------------------------


def printable(text: str) -> str:
    """The text on one line, in characters that can be drawn."""
    text = unicodedata.normalize("NFC", " ".join(text[:LONGEST].split()))
    japanese = _is_japanese(text)
    return " ".join("".join(char for char in text if _can_draw(char, japanese)).split())


def _is_japanese(text: str) -> bool:
    return re.search(f"[{_JAPANESE}]", text) is not None


@lru_cache(maxsize=8192)
def _can_draw(char: str, japanese: bool) -> bool:
    return char == " " or (char.isprintable() and bytes(_font(japanese, 24, 400).getmask(char)) != _box(japanese))


@cache
def _box(japanese: bool) -> bytes:
    """What a font draws for a character that it does not have; U+FFFF is never one."""
    return bytes(_font(japanese, 24, 400).getmask("\uffff"))


@cache
def _font(japanese: bool, size: int, weight: int) -> Font:
    if japanese:
        return ImageFont.truetype(pylopdf_fonts_jp.serif_path(), size)
    font = ImageFont.truetype(fontpkg.path("source-serif-4"), size)
    font.set_variation_by_axes([weight, min(size, 60)])  # the axes: weight and optical size
    return font


def _stroke(text: str) -> float:
    """The Japanese font comes in one weight; a line around its letters makes it bolder."""
    return 1 if _is_japanese(text) else 0


# -- icons --------------------------------------------------------------------------------


@cache
def icon(pixels: int) -> bytes:
    """The icon as PNG, for home screens: square, as they round it themselves."""
    return _file(_icon(pixels, corner=0), "PNG")


@cache
def favicon() -> bytes:
    """The icon as ICO, for who asks for /favicon.ico."""
    return _file(_icon(48, corner=4), "ICO")


@cache
def _icon(pixels: int, corner: int) -> Image.Image:
    """The drawing of static/icon.svg; keep them alike."""
    scale = 16  # drawn large and made small, for smooth edges
    image = Image.new("RGBA", (32 * scale, 32 * scale), (0, 0, 0, 0))
    pen = ImageDraw.Draw(image)

    def box(left: float, top: float, right: float, bottom: float) -> tuple[float, float, float, float]:
        return left * scale, top * scale, right * scale - 1, bottom * scale - 1

    pen.rounded_rectangle(box(0, 0, 32, 32), radius=corner * scale, fill=INK)
    for right, middle in ((25, 9), (19, 16), (22, 23)):
        pen.rectangle(box(7, middle - 1.5, right, middle + 1.5), fill=PAPER)
    pen.ellipse(box(22, 13, 28, 19), fill=SIGNAL)
    return image.resize((pixels, pixels), Image.Resampling.LANCZOS)


def _file(image: Image.Image, kind: str) -> bytes:
    file = io.BytesIO()
    image.save(file, kind)
    return file.getvalue()
