"""Characters that are the same to a reader, whatever program or printer chose them. A leaf: imports nothing of ours.

Two steps, because they mean different things:

- `unified` undoes what is mere encoding: the same character under another number. It changes no word, so even
  quotations are compared after it.
- `plain_letters`, `long_vowels` and `plain_kana` undo what is style: case, width, accents, long-vowel marks, small
  kana, katakana, older forms of a kanji (國, 澤, 髙). The same name, and the same word to a search; not the same
  words to a quotation (DECISIONS 75).

`CJK` is the one answer to what is a kanji or kana.
"""

import re
import unicodedata
from collections import defaultdict
from functools import cache

# 々〆〇 and ideographic closing marks; hiragana; katakana with the long-vowel mark, not the middle dot; kanji, also
# the twelve that stand among the compatibility ideographs, and planes 2 and 3; and what is one of these as soon as
# it is folded: radicals and half-width kana.
CJK = (
    "\u2e80-\u2fdf\u3005-\u3007\u3041-\u3096\u3099-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
)
"""A kanji or kana, for the inside of a character class."""

KANA = "\u3041-\u3096\u3099-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff"
"""A kana or long-vowel mark, in full width."""

has_cjk = re.compile(f"[{CJK}]").search
"""Whether a text has kanji or kana."""


def word_count(text: str) -> int:
    """How many words a text has; two kanji or kana are one, for these are written without spaces between words."""
    spaced, unspaced = re.subn(f"[{CJK}]", " ", text)
    return len([word for word in spaced.split() if re.search(r"\w", word)]) + -(-unspaced // 2)


# CJK Radicals Supplement as programs take it out of PDF files, each with its ideograph:
# EquivalentUnifiedIdeograph.txt of Unicode 15.0.0 for U+2E81 to U+2EF2. U+2E80 has none there, and NFKC, which
# follows wherever this is used, folds the 214 Kangxi radicals (U+2F00 to U+2FD5) and two of these by itself.
_RADICALS = """
    ⺁厂 ⺂乛 ⺃乚 ⺄乙 ⺅亻 ⺆冂 ⺇𠘨 ⺈刀 ⺉刂 ⺊卜 ⺋㔾 ⺌小 ⺍小 ⺎兀 ⺏尣 ⺐尢 ⺑𡯂 ⺒巳
    ⺓幺 ⺔彑 ⺕𫜹 ⺖忄 ⺗心 ⺘扌 ⺙攵 ⺛旡 ⺜日 ⺝月 ⺞歺 ⺠民 ⺡氵 ⺢氺 ⺣灬 ⺤爫 ⺥爫 ⺦丬
    ⺧牛 ⺨犭 ⺩王 ⺪𤴔 ⺫目 ⺬示 ⺭礻 ⺮𥫗 ⺯糹 ⺰纟 ⺱罓 ⺲罒 ⺳㓁 ⺴冗 ⺵𦉫 ⺶羊 ⺷𦍌 ⺸𦍋
    ⺹耂 ⺺肀 ⺻聿 ⺼肉 ⺽𦥑 ⺾艹 ⺿艹 ⻀艹 ⻁虎 ⻂衤 ⻃覀 ⻄西 ⻅见 ⻆角 ⻇𧢲 ⻈讠 ⻉贝 ⻊𧾷
    ⻋车 ⻌辶 ⻍辶 ⻎辶 ⻏邑 ⻐钅 ⻑長 ⻒镸 ⻓长 ⻔门 ⻕𨸏 ⻖阝 ⻗雨 ⻘青 ⻙韦 ⻚页 ⻛风 ⻜飞
    ⻝食 ⻞𩙿 ⻟飠 ⻠饣 ⻡𩠐 ⻢马 ⻣骨 ⻤鬼 ⻥鱼 ⻦鸟 ⻧卤 ⻨麦 ⻩黄 ⻪黾 ⻫斉 ⻬齐 ⻭歯 ⻮齿
    ⻯竜 ⻰龙 ⻱龜 ⻲亀
"""

# Variation selectors choose among the forms that a font has of one character: a "葛" that Katsuragi City writes.
_SELECTORS = "\ufe00-\ufe0f\u180b-\u180d\u180f\U000e0100-\U000e01ef"

_IDEOGRAPHS = {pair[0]: pair[1] for pair in _RADICALS.split()}
_ENCODED = re.compile(f"[\u2e81-\u2ef3{_SELECTORS}]")


KANA_ROWS = (
    *("あいうえお", "かきくけこがぎぐげご", "さしすせそざじずぜぞ", "たちつてとだぢづでど", "なにぬねの"),
    *("はひふへほばびぶべぼぱぴぷぺぽ", "まみむめも", "やゆよ", "らりるれろ", "わゐゑをん"),
)
"""The rows in which Japanese indexes are parted, each by the kana that begin a word of it."""


VOICED_OR_SMALL = "がぎぐげござじずぜぞだぢづでどばびぶべぼぱぴぷぺぽぁぃぅぇぉっゃゅょゎゔ"
CLEAR_AND_LARGE = "かきくけこさしすせそたちつてとはひふへほはひふへほあいうえおつやゆよわう"
"""Kana that are put in order as others, and those, one for one: which of them a word has counts only where two words
are alike otherwise (JIS X 4061). So 外国 stands before 過剰."""


def kana_row(reading: str) -> str:
    """The first kana of the row that a reading stands in: か for がいむしょう; what is no kana stands for itself."""
    first = reading[:1].replace("ゔ", "う")
    return next((row[0] for row in KANA_ROWS if first and first in row), first)


def unified(text: str) -> str:
    """The text without variation selectors, and radicals as the kanji they are. Compare it as NFKC."""
    if text.isascii():
        return text
    return _ENCODED.sub(lambda found: "" if found[0] > "\u2ef3" or found[0] < "\u2e00" else _ideograph(found[0]), text)


def _ideograph(radical: str) -> str:
    return _IDEOGRAPHS.get(radical, radical)


# Each group: the form in use today, then the older ones. NFKC has folded the CJK compatibility ideographs before.
# Jōyō kanji hyō (Cabinet notification 2 of 2010): the forms of the Kangxi dictionary that it gives in brackets.
# Two transcriptions of it that are public (dahlia/shinjitai-table, joyokanji 1.1.0) agree on all of these.
_JOYO = """
    亜亞 悪惡 圧壓 囲圍 医醫 為爲 壱壹 隠隱 栄榮 営營 衛衞 駅驛 円圓 塩鹽 縁緣 艶艷 応應 欧歐
    殴毆 桜櫻 奥奧 横橫 温溫 穏穩 仮假 価價 画畫 会會 絵繪 壊壞 懐懷 概槪 拡擴 殻殼 覚覺 学學
    岳嶽 楽樂 渇渴 缶罐 巻卷 陥陷 勧勸 寛寬 関關 歓歡 観觀 気氣 帰歸 亀龜 偽僞 戯戲 犠犧 旧舊
    拠據 挙擧 虚虛 峡峽 挟挾 狭狹 郷鄕 暁曉 区區 駆驅 勲勳 薫薰 径徑 茎莖 恵惠 掲揭 渓溪 経經
    蛍螢 軽輕 継繼 鶏鷄 芸藝 撃擊 欠缺 研硏 県縣 倹儉 剣劍 険險 圏圈 検檢 献獻 権權 顕顯 験驗
    厳嚴 広廣 効效 恒恆 黄黃 鉱鑛 号號 国國 黒黑 砕碎 済濟 斎齋 剤劑 雑雜 参參 桟棧 蚕蠶 惨慘
    賛贊 残殘 糸絲 歯齒 児兒 辞辭 湿濕 実實 写寫 釈釋 寿壽 収收 従從 渋澁 獣獸 縦縱 粛肅 処處
    緒緖 叙敍 将將 称稱 渉涉 焼燒 証證 奨奬 条條 状狀 乗乘 浄淨 剰剩 畳疊 縄繩 壌壤 嬢孃 譲讓
    醸釀 触觸 嘱囑 真眞 寝寢 慎愼 尽盡 図圖 粋粹 酔醉 穂穗 随隨 髄髓 枢樞 数數 瀬瀨 声聲 斉齊
    静靜 窃竊 摂攝 専專 浅淺 戦戰 践踐 銭錢 潜潛 繊纖 禅禪 双雙 壮壯 争爭 荘莊 捜搜 挿插 巣巢
    曽曾 痩瘦 装裝 総總 騒騷 増增 蔵藏 臓臟 即卽 属屬 続續 堕墮 対對 体體 帯帶 滞滯 台臺 滝瀧
    択擇 沢澤 担擔 単單 胆膽 団團 断斷 弾彈 遅遲 痴癡 虫蟲 昼晝 鋳鑄 庁廳 徴徵 聴聽 勅敕 鎮鎭
    逓遞 鉄鐵 点點 転轉 伝傳 灯燈 当當 党黨 盗盜 稲稻 闘鬭 徳德 独獨 読讀 届屆 弐貳 悩惱 脳腦
    覇霸 拝拜 廃廢 売賣 麦麥 発發 髪髮 抜拔 晩晚 蛮蠻 秘祕 浜濱 瓶甁 払拂 仏佛 併倂 並竝 餅餠
    辺邊 変變 弁辯瓣辨 歩步 宝寶 豊豐 褒襃 翻飜 毎每 万萬 満滿 麺麵 黙默 弥彌 訳譯 薬藥 与與
    予豫 余餘 誉譽 揺搖 様樣 謡謠 来來 頼賴 乱亂 覧覽 竜龍 両兩 猟獵 緑綠 涙淚 塁壘 礼禮 励勵
    戻戾 霊靈 齢齡 暦曆 歴歷 恋戀 錬鍊 炉爐 労勞 郎郞 楼樓 録錄 湾灣
"""

# Where that table prints a form, and another one is allowed (kJoyoKanji of Unihan 15.0.0).
_JOYO_ALLOWED = "叱𠮟 填塡 剥剝 頬頰"

# Kanji for personal names that are forms of each other: annex 2 of the Regulation for Enforcement of the Family
# Register Act, as kJinmeiyoKanji of Unihan 15.0.0 has it, without those that the table above has.
_NAMES = """
    亘亙 富冨 涼凉 凜凛 野埜 尭堯 峰峯 島嶋 巌巖 晃晄 桧檜 槙槇 杯盃 祢禰 祷禱 禄祿 穣穰 萌萠 園薗 遥遙 駆駈
"""

# Kanji beyond that table, of which newspapers print a simplified form and dictionaries the other: the 22 of Hyōgai
# kanji jitai hyō (National Language Council, 2000), then those whose form JIS X 0208 changed in 1983.
_BEYOND_JOYO = """
    唖啞 頴穎 鴎鷗 撹攪 麹麴 鹸鹼 噛嚙 繍繡 蒋蔣 醤醬 掻搔 屏屛 并幷 桝枡 沪濾 芦蘆 蝋蠟 弯彎
    鯵鰺 鴬鶯 蛎蠣 竃竈 潅灌 諌諫 頚頸 砿礦 蕊蘂 靭靱 賎賤 壷壺 砺礪 梼檮 涛濤 迩邇 蝿蠅 侭儘 薮藪 篭籠
    焔焰 侠俠 躯軀 屡屢 蝉蟬 騨驒 箪簞 掴摑 顛顚 涜瀆 嚢囊 溌潑 醗醱 莱萊 攅攢 倶俱 呑吞 嘘噓 妍姸 繋繫
"""

# Names as registers and visiting cards have them, and characters that JIS X 0208 takes for one and Unicode parts,
# because another country's standard does (the source separation rule; UAX 45 and Unihan's kZVariant).
_OTHERS = """
    高髙 崎﨑嵜 浜濵 辺邉 吉𠮷 館舘 柳栁 渋澀 晋晉 聡聰 橋𣘺 柿柹 姉姊 隣鄰 群羣 鉄銕 讃讚 徳悳
    戸戶 内內 呉吳 説說 税稅 脱脫 閲閱 鋭銳 悦悅 絶絕 産產 彦彥 顔顏 清淸 青靑 教敎 既旣 姫姬 尚尙 査查 冊册 兌兑
    娯娛 強强 別别 没沒 島嶌
"""

# Saitō is one family name, printed with any of four characters; 斉 and 斎 are two.
_SAITO = "斎斉"


def _older() -> dict[str, str]:
    groups = (_JOYO + _JOYO_ALLOWED + _NAMES + _BEYOND_JOYO + _OTHERS).split()
    today = {old: group[0] for group in groups for old in group[1:]}
    today[_SAITO[1]] = _SAITO[0]
    return {old: today.get(new, new) for old, new in today.items()}


OLDER = _older()
"""The form in use today of each older or variant form of a kanji."""

# Done before NFKC, which makes a space and a loose accent of ´; and after it, for what it unpacks.
_PUNCTUATION = str.maketrans(
    dict.fromkeys("‘’‛´`ʹʻʼʽ′", "'") | dict.fromkeys("“”„‟″", '"') | dict.fromkeys("‐‑‒–—―−", "-")
)
# Letters that Unicode does not decompose.
_LETTERS = _PUNCTUATION | str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
)
_LATIN_ACCENTS = re.compile(r"(?<=[a-z])[\u0300-\u036f]+")
_LOOSE_VOICING = re.compile("[\u3099\u309a]+")
"""Sound marks that make no character with the kana before them; with its large form they would, one folding later."""


PLAIN = "\u3041-\u3096\u30a1-\u30fc\u4e00-\u9fff"
"""Kana and kanji that are what they fold to, but for `plain_kana`, where no mark stands behind them."""

_IS_PLAIN = re.compile(f"[ -~\n、。「」{PLAIN}]*+").fullmatch


def plain_letters(text: str) -> str:
    """Case, width, accents, punctuation and encoding made one; spaces stay, what is invisible goes."""
    if _IS_PLAIN(text):
        return text.lower().replace("`", "'")
    text = unified(text)
    if not text.isprintable():
        text = "".join(char for char in text if not _is_invisible(char))
    folded = unicodedata.normalize("NFKC", text.translate(_PUNCTUATION)).casefold()
    letters = unicodedata.normalize("NFD", folded).translate(_LETTERS)
    return _LOOSE_VOICING.sub("", unicodedata.normalize("NFKC", _LATIN_ACCENTS.sub("", letters)))


def written_as(character: str) -> set[str]:
    """All that a folded character of Japanese may stand as in a text: itself, other forms, and what a mark voices."""
    base = unicodedata.normalize("NFD", character)[0]
    return {base, character} | _forms().get(base, set()) | _forms().get(character, set())


@cache
def _forms() -> dict[str, set[str]]:
    """The other forms of characters that fold to one: half width, the other kana, older kanji."""
    forms: defaultdict[str, set[str]] = defaultdict(set)
    ranges = ((0x2E80, 0x3400), (0xF900, 0xFB00), (0xFF00, 0xFFF0), (0x2F800, 0x2FA20))
    for character in {*map(chr, _PLAIN_KANA), *(chr(code) for start, end in ranges for code in range(start, end))}:
        folded = plain_kana(plain_letters(character))
        for one in folded if folded != character else "":
            forms[one].add(character)
    return dict(forms)


def _is_invisible(char: str) -> bool:
    """Zero-width and bidirectional marks, control characters but for spaces, lone surrogates."""
    return unicodedata.category(char) in ("Cf", "Cc", "Cs") and not char.isspace()


# A dash that stands where only a long-vowel mark can: after a kana, and not before another word.
_DASH_FOR_MARK = re.compile(f"(?<=[{KANA}])-+(?=[{KANA}]|[^\\w-]|$)")
_KATAKANA = "\u30a1-\u30fa\u30fd-\u30ff"
_FINAL_MARK = re.compile(
    f"(?<=[{_KATAKANA}][{_KATAKANA}ー][{_KATAKANA}])ー++(?![{_KATAKANA}])"
    f"|(?<=[{KANA}][{KANA}](?!ー)[{KANA}])ー++(?![{KANA}])"
)


def long_vowels(text: str) -> tuple[str, list[tuple[int, int]]]:
    """Folded letters with their long vowels made one, and what was taken out of them (start, end).

    A dash after a kana is the long-vowel mark that was meant (サ-ビス). At the end of a word of three kana and
    more the mark is a matter of house style (JIS Z 8301 leaves it out: メーカ for メーカー), so it goes there. Inside
    of words and in short ones it stays: ビール is beer and ビル a building.
    """
    if "ー" not in text and "-" not in text:
        return text, []
    text = _DASH_FOR_MARK.sub(lambda found: "ー" * len(found[0]), text)
    cuts = [found.span() for found in _FINAL_MARK.finditer(text)]
    return (_FINAL_MARK.sub("", text), cuts) if cuts else (text, cuts)


# Katakana to hiragana, small kana to large ones (キヤノン is read キャノン), older kanji: one character for one.
_HIRAGANA = {chr(katakana): chr(katakana - 0x60) for katakana in (*range(0x30A1, 0x30F7), 0x30FD, 0x30FE)}
_LARGE = dict(zip("ぁぃぅぇぉっゃゅょゎゕゖ", "あいうえおつやゆよわかけ", strict=True))
_PLAIN_KANA = str.maketrans(
    OLDER | _LARGE | {katakana: _LARGE.get(hiragana, hiragana) for katakana, hiragana in _HIRAGANA.items()}
)


def plain_kana(text: str) -> str:
    """Katakana as hiragana, small kana as large ones, kanji in the form of today; as many characters as before."""
    return text if text.isascii() else text.translate(_PLAIN_KANA)
