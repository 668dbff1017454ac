"""Encodings: bytes to text as browsers read them (WHATWG Encoding), whatever Python makes of the label.

By that standard ``Shift_JIS`` is Windows-31J, ``iso-8859-1`` is windows-1252 and ``gb2312`` is GBK. `webencodings`
knows the labels, and the codecs of Python the tables, but for the two of Unix and mail in Japan: browsers read both
with the table of Windows, which has ① and 髙.
"""

import re

import webencodings
from charset_normalizer import from_bytes

_OTHER_SCRIPTS = ("CJK", "Hiragana", "Katakana", "Hangul", "Cyrillic")
_CHARSET = re.compile(rb"""charset\s*=\s*["']?([\w.:-]+)""", re.IGNORECASE)
_RELATED = {"gbk": "gb18030", "replacement": ""}
"""By the name of the standard, where `webencodings` names a codec of Python that is not its equal."""

_JAPANESE = {"euc_jp", "euc_jis_2004", "euc_jisx0213"}
_SHIFT_JIS = {"shift_jis", "shift_jis_2004", "shift_jisx0213"}
"""What a guess may call them; their tables differ from that of Windows in the characters that matter."""

MOST_BROKEN = 200
"""Of so many characters one may be broken, before the declaration is taken for wrong."""


def decoded(content: bytes, content_type: str = "") -> str:
    """Text of ``content``: as UTF-8 if it is that, whatever is declared; else as declared; else as guessed.

    Nothing but UTF-8 is well-formed UTF-8 by chance, so this order mends wrong declarations. A character that is
    broken here and there, as where a page was cut off, is U+FFFD and no reason to take the rest for something else.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    if re.search(rb"\x1b\$[@B]", content):  # ISO-2022-JP, whose bytes are all ASCII
        return _decoded(content, "iso2022_jp")
    try:
        return content.decode("utf-8-sig")
    except UnicodeError:
        pass
    labels = [found[1].decode() for found in map(_CHARSET.search, [content_type.encode(), content[:4000]]) if found]
    readings = [_decoded(content, codec) for codec in map(_codec, labels) if codec]
    for text in readings:
        if text.count("\ufffd") * MOST_BROKEN <= len(text):
            return text
    # Undeclared Western text is windows-1252 (HTML Standard, "determining the character encoding");
    # a guess between the Western encodings would only be worse.
    guess = from_bytes(content[:50_000]).best()
    is_other = guess is not None and any(name.startswith(_OTHER_SCRIPTS) for name in guess.alphabets)
    return _decoded(content, _of_windows(guess.encoding) if guess and is_other else "cp1252")


def _codec(label: str) -> str:
    """Python's codec for a label, "" where there is none. UTF-16 cannot be what a page in ASCII letters declares."""
    encoding = webencodings.lookup(label)
    if encoding is None or encoding.name.startswith("utf-16"):
        return ""
    return _RELATED.get(encoding.name, encoding.codec_info.name)


def _of_windows(codec: str) -> str:
    return "cp932" if codec in _SHIFT_JIS else "euc_jp" if codec in _JAPANESE else codec


def _decoded(content: bytes, codec: str) -> str:
    if codec == "iso2022_jp":
        content, codec = _TWO_BYTES.sub(_eight_bits, content), "euc_jp"
    if codec == "euc_jp":
        return "".join(_piece(found[0]) for found in _EUC_PIECE.finditer(content))
    return content.decode(codec, "replace")


# Characters of two bytes between the escapes of ISO-2022-JP, which are those of EUC-JP without the eighth bit; text
# without a character of two bytes; one of JIS X 0208; one of JIS X 0212, which Windows lacks; a half-width kana.
_TWO_BYTES = re.compile(rb"\x1b\$[@B]([^\x1b]*)(?:\x1b\([BJ])?")
_EUC_PIECE = re.compile(rb"[\x00-\x8d\x90-\xa0]+|[\xa1-\xfe]{2}|\x8f[\xa1-\xfe]{2}|\x8e[\xa1-\xdf]|[\s\S]")


def _eight_bits(found: re.Match[bytes]) -> bytes:
    return bytes(byte | 0x80 if byte > 0x20 else byte for byte in found[1])


def _piece(piece: bytes) -> str:
    if len(piece) == 2 and piece[0] > 0xA0:  # the place in the table of 94 by 94, as Shift_JIS writes it
        row, cell = piece[0] - 0xA1, piece[1] - 0xA1
        lead = row // 2 + (0x81 if row < 62 else 0xC1)
        trail = cell + 0x9F if row % 2 else cell + (0x40 if cell < 63 else 0x41)
        return bytes((lead, trail)).decode("cp932", "replace")
    return piece.decode("euc_jp", "replace")
