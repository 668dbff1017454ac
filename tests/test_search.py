"""What is found: texts in the index against what readers type, as PostgreSQL answers. No entry is needed for it."""

import random
import re

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.database import database_without_letters
from timeline.characters import KANA, has_cjk
from timeline.names import fold
from timeline.search import read, vector
from timeline.search.highlight import Highlighter
from timeline.search.query import Segment, render
from timeline.text.words import Words, fold_with_places

# Texts that say the same, with what finds them and what does not; " | " between queries.
FOUND = [
    # Japanese beside letters, digits and signs
    (
        ["通商拡大法232条に基づく関税"],
        "通商拡大法232条 | 232 | 条 | 232条 | 拡大法232 | 通商拡大法 | 法232条に | 通商拡大法２３２条 | 関税 232",
        "233 | 23 | 法条 | 条232",
    ),
    (
        ["WTOの紛争解決"],
        "WTOの | WTO | ＷＴＯの紛争 | 紛争 | WTO 紛争",
        "WTOが | の争",
    ),
    (
        ["日米はTPP11と別に協議"],
        "TPP11 | TPP | tpp11と | 11 | TPP 11",
        "TPP12",
    ),
    (
        ["二〇二五年の〆切に𣘺本外務次官が人々と"],
        "二〇二五年 | 〆切 | 𣘺本 | 橋本外務次官 | 人々 | 〇",
        "二〇二六年",
    ),
    # joints
    (
        ["Tariffs on beef/pork under Section 232/301, 5–6 June 2018–2019"],
        'beef | pork | beef/pork | 301 | 232/301 | 6 June | "6 June" | 5-6 June | 2019 | 2018–2019 | -veal',
        '-5 | 55 | "5 June"',
    ),
    (
        ["A rare-earth framework"],
        '"rare earth framework" | "rare-earth framework" | rare earths | rareearth | rare‐earth | earth',
        '"rare framework"',
    ),
    (
        ["A rare earth framework"],
        '"rare-earth framework" | rare-earth | rare–earth',
        "",
    ),
    (
        ["The G-7 summit on COVID-19"],
        'G7 | G-7 | G7 summit | "the G7 summit" | COVID19 | covid-19 | g',
        "G20",
    ),
    (
        ["The G7 summit"],
        'G-7 | "the G-7 summit" | 7',
        "17",
    ),
    (
        ["An e-mail"],
        "email | e-mails | mail",
        "",
    ),
    # sums
    (
        [
            "It pledged US$550 billion.",
            "It pledged $550bn.",
            "It pledged 550 billion dollars.",
            "It pledged 550 billion USD.",
            "It pledged $0.55 trillion.",
            "日本は5,500億ドルを約束",
            "日本は５５００億米ドルを約束",
        ],
        (
            "$550bn | 550 billion | 550billion | US$550 billion | 550 billion dollars | 550 billion USD | "
            '5,500億ドル | 5500億 | ０．５５ trillion | $550,000 million | "550 billion" | $550b | 550bn USD'
        ),
        "550 billion yen | ¥550 billion | 5500億円 | $55 billion | €550bn | -$550bn | 550 million",
    ),
    (
        ["It pledged $1 trillion.", "It pledged one trillion dollars.", "日本は1兆ドルを約束", "日本は一兆ドルを約束"],
        "$1 trillion | one trillion dollars | One Trillion | one-trillion-dollar | 1兆ドル | 一兆ドル | 一兆 | $1tn",
        "two trillion dollars | one trillion yen | twenty-one trillion | 二兆ドル | 十一兆ドル | one billion",
    ),
    (
        ["Twelve million tonnes of corn", "とうもろこし千二百万トンではなく1,200万トン", "12,000,000 tonnes"],
        "12 million | twelve million | 1200万",
        "two million | ten million",
    ),
    (
        ["Twenty-one million cars, one of two million"],
        "2 million | two million | twenty one",
        "1 million | one million",
    ),
    (
        ["Exports of 550 billion"],
        "550 billion | $550bn | ¥550bn | 5500億円",
        "551 billion",
    ),
    (
        ["予算は1兆5000億円"],
        "1兆5000億円 | 1.5 trillion yen | ¥1.5 trillion | JPY 1,500 billion | 5000億円 | 1兆 | 1兆5,000億",
        "$1.5 trillion | 1兆5000億ドル",
    ),
    (
        ["A plan of ¥80 trillion"],
        "80兆円 | 80 trillion yen | 80兆 | 80",
        "80兆ドル | $80 trillion",
    ),
    (
        ["Sales of 5,500 cars"],
        "5500 | 5,500 | 5500 cars",
        "5 | $5,500",
    ),
    (
        ["A quota of 1.25 million tonnes", "A quota of 1,250,000 tonnes", "125万トンの枠"],
        "1.25 million | 1,250,000 | 125万",
        "",
    ),
    # percentages
    (
        ["A tariff of 15 percent"],
        "15% | 15 percent | 15 per cent | １５％ | 15パーセント | 15",
        "15 June",
    ),
    (
        ["関税は15％となる"],
        "15% | 15 percent | 15％となる | 15",
        "16%",
    ),
    (
        ["Signed on 15 November"],
        "15 | 15 November",
        "15% | 15 percent",
    ),
    (
        ["A tariff of 10–15% on cars"],
        '10% | 15% | 10-15% | "15% on cars" | -12%',
        "12% | 5% | -15%",
    ),
    (
        ["Up 2.50 percent"],
        "2.5% | 2.50%",
        "2% | 5%",
    ),
    # abbreviations
    (
        ["The U.S. tariff rose", "The US tariff rose", "The U.S tariff rose"],
        'U.S. | US | U.S | us | "the U.S. tariff" | "US tariff" | "U.S tariff"',
        "U.K.",
    ),
    (
        ["Japan’s U.K. and E.U. talks"],
        'japan | Japan\'s | UK | EU | u.k | "EU talks"',
        "",
    ),
    # HS codes
    (
        ["Automobiles, HS 8703"],
        (
            "HS 8703 | HS8703 | 8703 | ＨＳ８７０３ | HS code 8703 | HTS 8703 | HSコード8703 | "
            "HS heading 8703 | 8703.23 | HS 8703.23 | 870323 | HS 87"
        ),
        "HS 8704 | 8704.10 | HS 8702",
    ),
    (
        ["Cars of HS 8703.23"],
        "HS 8703.23 | 870323 | 8703.23 | HS 8703 | 8703 | HS 87",
        "HS 8703.24 | 8703.24",
    ),
    (
        ["Beef, HS 0201"],
        "HS 0201 | ０２０１ | 0201 | 0201.30",
        "201 | 0202",
    ),
    # characters that look the same
    (
        ["⻄村経産相は⺠間投資を歓迎、⻑崎で"],
        "西村経産相 | 民間投資 | 長崎 | ⻄村",
        "西材",
    ),
    (
        ["葛󠄀城市の辻󠄀議員"],
        "葛城市 | 辻議員 | 葛󠄀城市",
        "",
    ),
    (
        ["戶田と內藤、增田、瀨戸、鍊、繫、綠、祿、禰、薰、黃"],
        "戸田 | 内藤 | 増田 | 瀬戸 | 錬 | 繋 | 緑 | 禄 | 祢 | 薫 | 黄 | 瀨戶",
        "",
    ),
    (
        ["スコット・ベッセント財務長官"],
        (
            "スコットベッセント | スコット・ベッセント | ｽｺｯﾄ･ﾍﾞｯｾﾝﾄ | "
            "ベッセント | スコット ベッセント | スコット·ベッセント財務"
        ),
        "スコットベセント",
    ),
    (
        ["キヤノンのコンピューター、ビール"],
        "キャノン | コンピュータ | こんぴゅーた | コンピュ-タ | コンピュ―ター | ビ−ル",
        "ビル",
    ),
    (
        ["キャノンのコンピュータ"],
        "キヤノン | コンピューター | コンピューター",
        "",
    ),
    (
        ["赤沢 亮正"],
        "赤沢亮正 | 赤澤 | 亮正 赤沢 | 「赤沢亮正」",
        "",
    ),
    # words to be left out, alternatives, quotations
    (
        ["日米が関税措置とコメで合意"],
        (
            "関税 -牛肉 | 牛肉 OR コメ | 牛肉 or コメ | 牛肉　ＯＲ　コメ | 「関税措置」 | "
            '『関税措置』 | "関税措置" | 関税 －牛肉 | 措置 関税 | “コメで合意” 日米'
        ),
        '関税 -コメ | 「関税コメ」 | -"関税措置" | 関税 −コメ | 牛肉 OR 豚肉 | ーコメ 関税',
    ),
    (
        ["Rice and steel"],
        (
            "rice -beef | beef OR rice | “rice and steel” | «rice and steel» | 「rice and steel」 | the rice | "
            'OR rice | "rice and steel | rice - | rice -the'
        ),
        'rice -steel | "steel rice" | -rice | beef OR pork',
    ),
]


@pytest.fixture(scope="module")
def rows():
    """A vector, a question, the text and the words they were made of, and whether it is found."""
    return [
        (vector({"B": [text]}), render(read(query).tree), text, query, expected)
        for texts, found, missed in FOUND
        for text in texts
        for expected, queries in ((True, found), (False, missed))
        for query in queries.split(" | ")
        if query
    ]


def wrong(rows, cursor):
    """The texts and words that PostgreSQL answers otherwise."""
    columns = [list(column) for column in zip(*rows, strict=True)]
    cursor.execute(
        "SELECT text, typed, expected FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::bool[]) "
        "AS row(vector, query, text, typed, expected) "
        "WHERE (vector::tsvector @@ query::tsquery) IS DISTINCT FROM expected",
        columns,
    )
    return cursor.fetchall()


@pytest.mark.django_db
def test_texts_are_found_by_what_people_type(rows):
    with connection.cursor() as cursor:
        assert wrong(rows, cursor) == []


@pytest.mark.django_db
def test_search_does_not_hang_on_the_locale_of_the_database(rows):
    with database_without_letters() as there, there.cursor() as cursor:
        assert wrong(rows, cursor) == []


def test_what_is_found_is_marked():
    unmarked = [
        (text, query)
        for texts, found, _missed in FOUND
        for text in texts
        for query in found.split(" | ")
        if not query.startswith("-") and "<mark>" not in Highlighter(read(query)).mark(text)
    ]
    assert unmarked == []


@pytest.mark.parametrize(
    ("search", "text", "marks"),
    [
        ("通商拡大法232条", "米は通商拡大法<a href='/x'>232条</a>で", ["通商拡大法", "232条"]),
        ("葛城市", "葛󠄀城市の", ["葛󠄀城市"]),
        ("関税措置", "関税率と関税措置", ["関税措置"]),
        ("条", "条約は232条", ["条", "条"]),
        ('"rare earth"', "rare, then rare-earth", ["rare", "earth"]),
        ("15%", "15 November, 15 percent", ["15", "percent"]),
        ("スコットベッセント", "スコット・ベッセント長官", ["スコット", "ベッセント"]),
        ("email", "an e-mail", ["e", "mail"]),
        ("コンピュータ", "コンピューターの", ["コンピューター"]),
        ("US", "<p>the U.S.</p><p>us</p>", ["U.S", "us"]),
    ],
)
def test_what_was_meant_is_marked_and_nothing_else(search, text, marks):
    marked = Highlighter(read(search)).mark(text)
    assert re.findall("<mark>(.*?)</mark>", marked) == marks
    assert re.sub("</?mark>", "", marked) == text


@pytest.mark.parametrize(
    ("typed", "notices"),
    [
        ("OR rice", ["“OR” needs words on both sides; one that has none was left out."]),
        ("コメ OR", ["“OR” needs words on both sides; one that has none was left out."]),
        ('"rare earth', ["A quotation mark is not closed; the words after it need not stand together."]),
        ("「関税措置", ["A quotation mark is not closed; the words after it need not stand together."]),
        ("rice -", ["“-” has no word after it that could be left out."]),
        ("rice -the", ["“the” is in nearly every entry, so it cannot be left out."]),
        ("the of", ["“the of”: words as frequent as these are in nearly every entry."]),
        ("8703.23", ["What is filed under the HS heading 8703 is found as well as its subheading."]),
        ("rice – steel, the -beef OR “rare earths”", []),
        ("!!!", []),
    ],
)
def test_what_an_operator_cannot_do_is_said(typed, notices):
    assert list(read(typed).notices) == notices


def test_words_may_be_said_in_other_words():
    """Synonyms come in as the names among the atoms of words side by side."""

    def names(words, units):
        assert (words.lexemes, len(units)) == (["japan", "section", "232", "tariff"], 4)
        return [Segment(1, 3, ("car tariff order", "通商拡大法232条"))]

    tree = render(read("japan Section 232 tariffs -beef", names).tree)
    assert tree == (
        "('japan' & (('section' & '232') | ('section' <1> '232') | ('car' <1> 'tariff' <1> 'order') | "
        "('通商' <1> '商拡' <1> '拡大' <1> '大法' <2> '232' <1> '条':*)) & 'tariff' & !'beef')"
    )


def test_another_name_in_japanese_is_asked_for_by_its_pairs_alone():
    """In all places: to look where they stand, every row that has them would be fetched."""

    def names(words, units):
        return [Segment(0, 1, ("関税措置", "tariff measures", "duties"))]

    tree = read("tariffs", names).tree
    assert render(tree) == "('tariff' | ('関税' & '税措' & '措置') | 'duti')"  # measures say more than tariffs do
    marked = Highlighter(read("tariffs", names)).mark("関税措置、措置の関税")
    assert marked == "<mark>関税措置</mark>、措置の関税"


def test_a_question_can_be_asked_of_some_zones():
    assert render(read("rice 米").tree, "AB") == "('rice':AB & '米':*AB)"


def test_texts_of_any_length_are_cut_and_fit_into_the_index():
    """A pattern that tries every way would take minutes, and PostgreSQL refuses what is too long."""
    for text in ("ー" * 10_000 + "あ", "-" * 10_000, "1" * 10_000 + "%", "1," * 10_000, "1.1" * 10_000, "a." * 10_000):
        assert vector({"A": [text]}) is not None
        assert read(text)
    assert "米国" in vector({"A": ["米国", *(f"{number}".zfill(150) for number in range(8_000))]})


@pytest.mark.django_db
def test_the_index_takes_what_is_long():
    numbers = ["".join(chr(0x4E00 + (row * 7 + place) % 20_000) for place in range(9_000)) for row in range(20)]
    with connection.cursor() as cursor:
        for texts in (numbers, ["9" * 5_000 + "兆円", "$" + "9" * 5_000 + ".5%"], ["tariff " * 20_000]):
            cursor.execute("SELECT length(%s::tsvector) > 0", [vector({"B": texts})])
            assert cursor.fetchone() == (True,)


# -- properties -----------------------------------------------------------------------------

WRITTEN = (
    "通商 拡大 法 232 条 WTO の 5,500 億 ドル $550bn 550 billion dollars 15% 15 percent – - / ・ 、 。 「 」 U.S. "
    "Japan's rare-earth G-7 スコット ベッセント メーカー HS 8703 8703.23 2018–2019 the of and ﾄﾖﾀ ⻄ 葛\U000e0100 é "
    "ﬁ K ß ' & . 80兆円 2.5 １兆５０００億円 人々 𣘺 한국 мир tariffs 0201 e.g. R&D AT&T 10–15% to ~ ( ) , : !"
)
PIECES = st.sampled_from(WRITTEN.split())
GAPS = ["", " ", "\u3000"]


def written(pieces):
    """Pieces with gaps as one text; letters and digits that would run together get a space."""
    text = ""
    for piece, gap in pieces:
        touch = text[-1:].isalnum() and piece[0].isalnum() and not has_cjk(text[-1]) and not has_cjk(piece[0])
        text = f"{text}{' ' if touch and not gap else gap}{piece}"
    return text


TEXTS = st.lists(st.tuples(PIECES, st.sampled_from(GAPS)), min_size=1, max_size=12).map(written)


@settings(max_examples=300)
@given(TEXTS | st.text(max_size=60))
def test_places_lead_back_to_the_text(text):
    folded = fold_with_places(text)
    assert len(folded.text) == len(folded.starts) == len(folded.ends)
    assert " ".join(folded.text.split()) == fold(text) or not text.isprintable() or max(text) >= "\u1100"
    for start, end in zip(folded.starts, folded.ends, strict=True):
        assert 0 <= start < end <= len(text)


@settings(max_examples=300)
@given(st.text(max_size=80) | TEXTS)
def test_reading_never_fails_and_lexemes_need_no_quoting(text):
    reading = read(text)
    words = Words(text)
    assert not [lexeme for lexeme, _atom in words.filed() if set(lexeme) & set("'\\ \x00")]
    assert reading.is_empty == (not len(Words(" ".join(text[:200].split()[:25]))) and reading.tree is None)


PARTS = ["steel", "one million", "a", "U.S", "s", "e-mail", "Kyōto", "15", ".", ",", ". ", "'s", " ", "-", "("]


@settings(max_examples=300)
@given(st.lists(st.sampled_from(PARTS), max_size=12).map("".join))
def test_plain_words_are_cut_as_all_others_are(text):
    """They take a way of their own, for speed: a letter of another alphabet behind them leads to the long one."""
    plain, long_way = Words(text), Words(f"{text} é")
    number = len(plain)
    assert plain.lexemes == long_way.lexemes[:number]
    assert [plain.span(atom) for atom in range(number)] == [long_way.span(atom) for atom in range(number)]
    assert (plain.glued, plain.runs_on) == (long_way.glued[:number], long_way.runs_on[:number])
    assert plain.compounds == long_way.compounds


def copies(words, text):
    """What may be copied from a text, from any atom to any; katakana, joined words and figures whole, and no minus."""
    whole = [range(one.first + 1, one.last + 1) for one in words.compounds]

    def is_cut(atom):
        is_kana = 0 < atom < len(words) and words.runs_on[atom - 1] and re.match(f"[{KANA}]", words.lexemes[atom])
        return is_kana or any(atom in atoms for atoms in whole)

    for first in range(len(words)):
        for last in range(first, len(words)):
            copied = text[words.span(first)[0] : words.span(last)[1]]
            if not is_cut(first) and not is_cut(last + 1) and not re.search(r"(^|\s)[-ー]", copied):
                yield copied


@settings(max_examples=200)
@given(TEXTS, st.data())
def test_what_is_copied_from_a_text_is_marked_in_it(text, data):
    copied = data.draw(st.sampled_from([*copies(Words(text), text)] or [""]))
    reading = read(copied)
    shown = text.replace("&", "&amp;")
    marked = Highlighter(reading).mark(shown)
    assert reading.tree is None or "<mark>" in marked
    assert marked.replace("<mark>", "").replace("</mark>", "") == shown


@pytest.mark.django_db
def test_what_is_copied_from_a_text_is_found():
    chance = random.Random(232)
    rows = []
    for _number in range(150):
        text = written(zip(chance.choices(WRITTEN.split(), k=8), chance.choices(GAPS, k=8), strict=True))
        for copied in chance.sample(every := [*copies(Words(text), text)], min(len(every), 12)):
            tree = read(copied).tree
            if tree:
                rows.append((vector({"B": ["Before it.", text, "After it."]}), render(tree), text, copied, True))
    assert len(rows) > 1_000
    with connection.cursor() as cursor:
        assert wrong(rows, cursor) == []
