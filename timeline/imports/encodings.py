"""Encodings: the text of a file that does not say in which encoding it was saved.

UTF-8 proves itself, and a byte order mark says UTF-16. Everything else is a guess between what
spreadsheet programs write; the guess is shown beside what the others would make of the same bytes,
and an editor can change it. So the bytes are kept.

The guess: of the encodings that can read every byte, the one whose text is least odd. A western
letter read as Japanese is a lone kanji inside a Latin word, Japanese read as anything else is a run
of signs or of half-width katakana. charset-normalizer was measured on the same samples
(``tests/test_import_encodings.py``) and left: it had 7 of 22 right, for it is made for longer texts.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext_lazy as _

NAMES = {
    "cp932": _("Japanese (Shift_JIS, cp932)"),
    "cp1252": _("Western European (Windows-1252)"),
    "euc_jp": _("Japanese (EUC-JP)"),
    "mac_roman": _("Western European (Mac OS Roman)"),
}
"""What is tried, the likeliest first: what Excel for Windows, old servers and Excel for Mac write."""

SAMPLES = 5
"""Cells shown as each encoding would have them."""
LONGEST_SAMPLE = 40

_LOOKED_AT = 100_000
"""Characters that the guess rests on."""

# What Python's cp932 makes of bytes that stand for nothing, and of characters that only one computer knows.
_NOTHING = re.compile("[\x80-\x9f\ue000-\uf8ff]")

_BESIDE_ASCII = re.compile(rb"[^\x00-\x7f]")
_CELL = re.compile(rb'[,;\t\r\n"]+')  # none of these is the second byte of a Japanese character

_CJK = "\u3005-\u3007\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff10-\uff5a"
_LONE = re.compile(rf"(?<=[A-Za-z])[{_CJK}](?![{_CJK}])|(?<![{_CJK}])[{_CJK}](?=[A-Za-z])")
_HALF_WIDTH = re.compile("[\uff61-\uff9f]")
_CAPITAL_INSIDE = re.compile(r"(?<=[a-zß-öø-ÿ])[À-ÖØ-ÞŠŽŒŸ]")
_HEAP = re.compile("[\u0080-\u024f]{3,}")
_USUAL_SIGNS = set("“”‘’–—…€£¥°§«»•·™©®½¼¾±×÷¿¡\xa0")
_RARE = set("ˆ˜¸ƒ†‡‰‹›‚„˙˚˝˛ˇ≠≤≥∂∑∏π∫Ω√≈∆◊ﬁﬂ")
_SIGN_IN_WORD = re.compile(r"(?<=[A-Za-z])[“”—…€£¥°§«»•©®½¼¾±÷¿¡](?=[a-z])")


class UnreadableError(Exception):
    """No encoding can read all of the bytes; ``line`` is the first that UTF-8 cannot."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


@dataclass(frozen=True)
class Encoded:
    """A file whose encoding was guessed, or chosen by an editor."""

    content: bytes
    encoding: str

    @cached_property
    def text(self) -> str:
        return self.content.decode(self.encoding)

    @property
    def called(self) -> str:
        """The encoding, for people."""
        return str(NAMES[self.encoding])

    @cached_property
    def choices(self) -> list[tuple[str, str]]:
        """The encodings that can read every byte, and what they are called."""
        return [(encoding, str(called)) for encoding, called in NAMES.items() if _decoded(self.content, encoding)]

    @cached_property
    def samples(self) -> list[list[str]]:
        """Some cells that are not the same in all of :attr:`choices`, as each of these has them."""
        found: dict[bytes, None] = {}
        for cell in _CELL.split(self.content):
            if _BESIDE_ASCII.search(cell):
                found[cell.strip()] = None
                if len(found) == SAMPLES:
                    break
        return [[cell.decode(one, "replace")[:LONGEST_SAMPLE] for one, _called in self.choices] for cell in found]


def read(content: bytes) -> str | Encoded:
    """The text of a file, or the file with its likeliest encoding. Raises :class:`UnreadableError`."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return content.decode("utf-16")
        except UnicodeDecodeError as error:
            before = content[: error.start].decode("utf-16", "replace")
            raise UnreadableError(len(f"{before}.".splitlines())) from error
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = len(re.findall(rb"\r\n|\r|\n", content[: error.start])) + 1
        texts = {encoding: text for encoding in NAMES if (text := _decoded(content, encoding))}
        if not texts or _is_damaged_utf8(content) or b"\0" in content:
            raise UnreadableError(line) from error
    return Encoded(content, min(texts, key=lambda encoding: _oddness(texts[encoding][:_LOOKED_AT])))


def _decoded(content: bytes, encoding: str) -> str:
    """The text; "" when there are bytes that stand for nothing."""
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        return ""
    return "" if _NOTHING.search(text) else text


def _is_damaged_utf8(content: bytes) -> bool:
    """Whether nearly all of what is not ASCII is UTF-8: of EUC-JP, half may look like it by chance."""
    if content.startswith(b"\xef\xbb\xbf"):
        return True
    sound = content.decode("utf-8", "ignore")
    letters = sum(not char.isascii() for char in sound)
    lost = len(content) - len(sound.encode())
    return lost * 4 <= letters


def _oddness(text: str) -> float:
    """The share of the characters beside ASCII that stand where such a character never stands."""
    beside = [char for char in text if not char.isascii()]
    odd = float(sum(len(pattern.findall(text)) for pattern in (_LONE, _CAPITAL_INSIDE, _SIGN_IN_WORD)))
    odd += len(_HALF_WIDTH.findall(text)) / 2 + sum(map(len, _HEAP.findall(text)))
    odd += sum(char in _RARE or (char < "\u0250" and not _is_usual(char)) for char in beside)
    return odd / len(beside) if beside else 0.0


def _is_usual(char: str) -> bool:
    return char in _USUAL_SIGNS or unicodedata.category(char)[0] in "LMN"
