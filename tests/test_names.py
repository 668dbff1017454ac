"""Names and words as they compare, and text as feeds can carry it."""

import difflib
import re
import unicodedata
from xml.etree import ElementTree

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from timeline.characters import OLDER, PLAIN, plain_letters, word_count
from timeline.names import fold, has_control, name_key, near, similarity, strip_control


@pytest.mark.parametrize(
    ("printed", "also_printed"),
    [
        ("Akazawa", "AKAZAWA"),
        ("Ryōsei", "Ryosei"),
        ("Ryo\u0304sei", "Ryosei"),
        ("Ｔｏｙｏｔａ", "Toyota"),
        ("ﾄﾖﾀ", "トヨタ"),
        ("トヨタ", "とよた"),
        ("⻄村", "西村"),
        ("葛\U000e0100城", "葛城"),
        ("戶田", "戸田"),
        ("說明", "説明"),
        ("祿", "禄"),
        ("キヤノン", "キャノン"),
        ("メーカー", "メーカ"),
        ("サ－ビス", "サービス"),
        ("ｶﾞｽ", "ガス"),
        ("赤澤亮正", "赤沢亮正"),
        ("齋藤", "斎藤"),
        ("齊藤", "斉藤"),
        ("渡邊", "渡辺"),
        ("渡邉", "渡辺"),
        ("廣瀨", "広瀨"),
        ("﨑山", "崎山"),
        ("髙市早苗", "高市早苗"),
        ("濵田", "浜田"),
        ("冨田浩司", "富田浩司"),
        ("Shin’ichi", "Shin'ichi"),
        ("US–Japan", "US-Japan"),
        ("“rare earths”", '"rare earths"'),
        ("rare \u3000\n earths ", "rare earths"),
        ("rare\u200b ear\u00adths\u202e", "rare earths"),
        ("Łódź", "lodz"),
        ("Straße", "strasse"),
        ("a\x00b", "ab"),
    ],
)
def test_what_only_the_printer_chose_is_folded(printed, also_printed):
    assert fold(printed) == fold(also_printed)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ono", "Ohno"),  # other romanisations are aliases, not foldings
        ("Ono", "Oono"),
        ("かき", "がき"),  # a voiced kana is another letter
        ("ハハ", "パパ"),
        ("ビール", "ビル"),
        ("コピー", "コピ"),
        ("赤沢", "赤坂"),
        ("Motegi", "Mitegi"),
    ],
)
def test_what_makes_another_word_is_kept(one, other):
    assert fold(one) != fold(other)


def test_the_table_of_older_kanji_repeats_nothing_of_unicode_and_leads_to_the_form_of_today():
    assert all(unicodedata.normalize("NFKC", char) == char for char in OLDER)
    assert not OLDER.keys() & OLDER.values()


@given(st.text() | st.text("カガｶﾞひぴーｰ-–ャﾔっ・･ヷ漢國⻄\ufe00 a1'", max_size=12))
@example("ŉ")
@example("Ð\u0301")
@example("っ\u3099")
def test_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    "written",
    [
        "Ryosei Akazawa",
        "AKAZAWA Ryosei",
        "Akazawa, Ryosei",
        "Akazawa Ryōsei",
        "Mr. Ryosei Akazawa",
        " ryosei\u3000AKAZAWA ",
    ],
)
def test_a_name_is_the_same_in_any_order(written):
    assert name_key(written) == "akazawa ryosei"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("赤沢亮正", "赤澤　亮正"),
        ("赤沢亮正", "赤沢亮正氏"),
        ("ドナルド・トランプ", "ドナルド トランプ"),
        ("ドナルド・トランプ", "ﾄﾞﾅﾙﾄﾞ･ﾄﾗﾝﾌﾟ"),
        ("Shin'ichi Abe", "Shinichi Abe"),
        ("Lai-Ha Chan", "Chan Lai Ha"),
        ("Joseph R. Biden, Jr.", "Biden Jr., Joseph R"),
    ],
)
def test_names_that_are_the_same_have_one_key(one, other):
    assert name_key(one) == name_key(other) != ""


def test_a_name_that_is_only_an_honorific_keeps_it():
    assert name_key("Dr.") == "dr"
    assert name_key("李さん") == "李さん"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ryosei Akazawa", "Ryo Akasawa"),
        ("Jamieson Greer", "Jameison Greer"),
        ("Karoline Leavitt", "Caroline Leavitt"),
        ("Donald Trump", "Donald J. Trump"),
        ("Taro Ono", "Taro Ohno"),
        ("赤沢亮正", "赤澤亮正"),
        ("U.S. Department of State", "US Department of State"),
    ],
)
def test_near_names_are_shown_to_the_editor(one, other):
    assert near(one, other)
    assert near(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Shigeru Ishiba", "Shinzo Abe"),
        ("Karoline Leavitt", "Katherine Tai"),
        ("Toshimitsu Motegi", "Koji Tomita"),
        ("U.S. Department of Commerce", "U.S. Department of Agriculture"),
        ("Group of Twenty", "Group of Seven"),
        ("", ""),
        ("…", "Akazawa"),
    ],
)
def test_other_names_are_left_alone(one, other):
    assert not near(one, other)


def test_very_long_names_are_compared_by_their_beginning(monkeypatch):
    compared = []

    class Recorded(difflib.SequenceMatcher):
        def __init__(self, junk, one, other, autojunk):
            compared.extend((one, other))
            super().__init__(junk, one, other, autojunk)

    monkeypatch.setattr(difflib, "SequenceMatcher", Recorded)
    similarity("a b " * 25_000, "b a " * 25_000)
    assert len(compared) == 2
    assert max(map(len, compared)) <= 200, "the time grows with the square"


def test_characters_that_xml_forbids_are_seen_and_removed():
    # XML 1.0, section 2.2: Char ::= #x9 | #xA | #xD | [#x20-#xD7FF] | [#xE000-#xFFFD] | …
    allowed = [0x9, 0xA, 0xD, *range(0x20, 0xD800), *range(0xE000, 0xFFFE), 0x10000, 0x10FFFF]
    forbidden = sorted({*range(0x10000)} - {*allowed})
    assert len(forbidden) == 29 + 2048 + 2
    assert all(has_control(f"a{chr(code)}b") for code in forbidden)
    assert strip_control("".join(map(chr, forbidden))) == ""
    text = "".join(map(chr, allowed))
    assert not has_control(text)
    assert strip_control(text) == text


@given(st.text(st.characters()))
def test_what_is_left_is_well_formed_xml(text):
    escaped = strip_control(text).replace("&", "&amp;").replace("<", "&lt;")
    ElementTree.fromstring(f"<a>{escaped.replace('>', '&gt;')}</a>".encode())


def test_plain_kana_and_kanji_are_what_they_fold_to_alone_and_among_others():
    for char in re.findall(f"[{PLAIN}]", "".join(map(chr, range(0x3000, 0xA000)))):
        assert plain_letters(char) == plain_letters(f"\u200b{char}") == char
    assert fold("が") != fold("か\u3099が") == "がが"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        ("It is a good deal – a €500bn one.", 8),
        ("関税を15%に引き下げる。", 6),
        ("トランプ大統領", 4),
        ("米 deal", 2),
    ],
)
def test_words_are_counted_where_there_are_no_spaces_too(text, words):
    """A quotation of forty words at most had no end in Japanese."""
    assert word_count(text) == words
