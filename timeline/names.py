"""Names and words folded for comparison, and text freed of what XML cannot carry. A leaf.

One man is printed as Ryosei Akazawa, AKAZAWA Ryosei, Ryōsei Akazawa, 赤沢亮正 and 赤澤亮正.
`fold` removes what only the printer chose: case, width, macrons, kana and kanji variants.
`name_key` removes the order of the words as well. A folded text is for comparing, not for showing.
"""

import difflib
import re
import unicodedata
from collections.abc import Iterable

NEAR = 0.8
"""From this similarity on, two names deserve a second look. "Ryo Akasawa", a misprint of Ryosei
Akazawa, stands just there; no two people of the chronology are above 0.63, and no two of its
organisations above 0.77 (the US departments of Commerce and of Agriculture)."""

_LONGEST_COMPARED = 200
"""Similarity takes quadratic time, so longer names are compared by their beginning."""

# Each group: the form in use today, then the older and variant forms printed for the same name.
# Only what nobody tells apart in a search. 斎 and 斉 are two characters, but the one family name
# Saitō is printed with all four. NFKC folds the CJK compatibility ideographs, but none of these.
_KANJI_VARIANTS = """
    亜亞 為爲 栄榮 円圓 塩鹽 応應 奥奧 横橫 会會 学學 楽樂 関關 巌巖 亀龜
    経經 芸藝 県縣 剣劍 検檢 顕顯 権權 厳嚴 広廣 黄黃 高髙 恵惠 国國 黒黑
    斎齋斉齊 済濟 崎﨑嵜 桜櫻 沢澤 実實 渋澁澀 寿壽 条條 縄繩 晋晉 真眞 静靜 清淸
    曽曾 総總 蔵藏 滝瀧 団團 聡聰 鉄鐵 伝傳 島嶋嶌 徳德 浜濱濵 富冨 仏佛 辺邊邉
    峰峯 宝寶 豊豐 万萬 槙槇 満滿 弥彌 薮藪 柳栁 与與 吉𠮷 遥遙 来來 竜龍
    礼禮 桧檜 芦蘆 尭堯 鴎鷗 館舘
"""

# Done before NFKC, which makes a space and a loose accent of ´; and after it, for what it unpacks.
_PUNCTUATION = str.maketrans(
    dict.fromkeys("‘’‛´`ʹʻʼʽ′", "'") | dict.fromkeys("“”„‟″", '"') | dict.fromkeys("‐‑‒–—―−", "-")
)
# Done after it: letters that Unicode does not decompose, kanji variants, katakana to hiragana.
_LETTERS = _PUNCTUATION | str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
    | {old: group[0] for group in _KANJI_VARIANTS.split() for old in group[1:]}
    | {chr(katakana): chr(katakana - 0x60) for katakana in (*range(0x30A1, 0x30F7), 0x30FD, 0x30FE)}
)

_LATIN_ACCENTS = re.compile(r"(?<=[a-z])[\u0300-\u036f]+")
# Kanji with 々〆〇, hiragana, katakana and the long-vowel mark; not the middle dot between words.
_CJK = "\u3005-\u3007\u3041-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"
_CJK_RUN = re.compile(f"[{_CJK}]+")
_CJK_GAP = re.compile(rf"(?<=[{_CJK}])[・=\s]+(?=[{_CJK}])")
_WORD = re.compile(r"[^\W_]+")

_HONORIFICS = {"mr", "mrs", "ms", "miss", "mx", "dr", "prof", "professor", "sir", "dame", "hon"}
_HONORIFICS_JA = re.compile(r"(?<=..)(?:氏|さん|様|殿|先生)$")


def fold(text: str) -> str:
    """The text as it compares: width, case, accents, kana, kanji variants and spaces made one.

    Long vowels fold with their macrons only: Ōno equals Ono, but not Ohno or Oono, which are other
    romanisations and belong among a person's aliases. Folding twice changes nothing.
    """
    visible = " ".join(text.split())
    if not visible.isprintable():  # most text is, and this is asked of every word that is published
        visible = "".join(char for char in visible if not _is_invisible(char))
    folded = unicodedata.normalize("NFKC", visible.translate(_PUNCTUATION)).casefold()
    letters = unicodedata.normalize("NFD", folded).translate(_LETTERS)
    return " ".join(unicodedata.normalize("NFKC", _LATIN_ACCENTS.sub("", letters)).split())


def _is_invisible(char: str) -> bool:
    """Zero-width and bidirectional marks, control characters, lone surrogates."""
    return unicodedata.category(char) in ("Cf", "Cc", "Cs")


def name_key(text: str) -> str:
    """A key that is equal for the same name in any order of words, with or without honorific.

    Akazawa, Ryosei; AKAZAWA Ryosei; Mr. Ryōsei Akazawa: all "akazawa ryosei". Apostrophes go, and
    hyphens part words. Japanese needs no space between names, so 赤沢 亮正 equals 赤沢亮正.
    """
    text = _CJK_GAP.sub("", fold(text).replace("'", ""))
    words = [_HONORIFICS_JA.sub("", word) for word in _WORD.findall(text)]
    return " ".join(sorted(word for word in words if word not in _HONORIFICS) or sorted(words))


def similarity(one: str, other: str) -> float:
    """How alike two names are, from 0 to 1; 1 when only order, case, accents or variants differ."""
    return _likeness(*(name_key(name)[:_LONGEST_COMPARED] for name in (one, other)))


def _likeness(*keys: str) -> float:
    first, second = sorted(keys)
    if not first:
        return 0.0
    return difflib.SequenceMatcher(None, first, second, autojunk=False).ratio()


def near(one: str, other: str) -> bool:
    """Whether an editor should be asked if two names mean the same (see `NEAR`)."""
    return similarity(one, other) >= NEAR


class NearNames[Owner]:
    """Many names with whose they are; finds those `near` another one without comparing each in full."""

    def __init__(self) -> None:
        self._keys: list[tuple[str, Owner]] = []

    def add(self, name: str, owner: Owner) -> None:
        """Let ``owner`` be found by this name as well."""
        self._keys.append((name_key(name)[:_LONGEST_COMPARED], owner))

    def near(self, name: str) -> list[Owner]:
        """Whose names are near this one, each once, in the order they were added."""
        key = name_key(name)[:_LONGEST_COMPARED]
        matcher = difflib.SequenceMatcher(None, "", key, autojunk=False)
        found: dict[Owner, None] = {}
        for other, owner in self._keys:
            matcher.set_seq1(other)  # two bounds, the cheaper first
            if matcher.real_quick_ratio() >= NEAR and matcher.quick_ratio() >= NEAR and _likeness(key, other) >= NEAR:
                found[owner] = None
        return list(found)


def cjk_tokens(text: str) -> list[str]:
    """Overlapping pairs of characters of each run of kanji and kana; a run of one stands alone.

    PostgreSQL takes 赤沢亮正経済再生担当相 for one word and its trigrams need three characters, so
    both the stored text and the search are cut into pairs: 赤沢 becomes an exact token.
    """
    tokens: list[str] = []
    if text.isascii():
        return tokens
    for run in _CJK_RUN.findall(fold(text)):
        tokens += [run[i : i + 2] for i in range(len(run) - 1)] or [run]
    return tokens


def word_pattern(names: Iterable[str]) -> str:
    """A regular expression that finds any of the names in a text, the longest that fits.

    PostgreSQL (section 9.7.3 of its documentation) and Python read it alike; that case does
    not matter is left to the reader (``~*``, ``re.IGNORECASE``). A name is found as whole
    words, a Japanese one anywhere, because Japanese puts no space between words.
    """
    plain = {" ".join(name.split()) for name in names} - {""}
    return "|".join(_alternative(name) for name in sorted(plain, key=lambda name: (-len(name), name)))


def _alternative(name: str) -> str:
    text = r"\s+".join(re.escape(word) for word in name.split())
    return text if _CJK_RUN.search(name) else rf"(?<!\w){text}(?!\w)"


# Everything outside the production Char of XML 1.0 (https://www.w3.org/TR/xml/, section 2.2).
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NOT_XML_BYTES = bytes(set(range(0x20)) - set(b"\t\n\r"))


def has_control(text: str) -> bool:
    """Whether the text holds a character that no XML 1.0 document, so no feed, can carry."""
    return _NOT_XML.search(text) is not None


def strip_control(text: str) -> str:
    """The text without the characters that XML 1.0 forbids."""
    return _NOT_XML.sub("", text)


def encode_xml(text: str) -> bytes:
    """A whole XML document as UTF-8 without the characters that XML 1.0 forbids.

    UTF-8 has no surrogates; in 200 kB the others go in a tenth of the time a pattern takes.
    """
    encoded = text.encode(errors="ignore").translate(None, _NOT_XML_BYTES)
    return encoded.replace("\ufffe".encode(), b"").replace("\uffff".encode(), b"")
