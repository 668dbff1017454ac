"""Made-up words, names and sentences, as unevenly used as those of a language (Zipf's law)."""

# ruff: noqa: SIM905 - long lists of words read best as text

import itertools
import random
from collections.abc import Iterable
from typing import Any

WORDS = """
    trade minister agreement talks export import duty quota market access round officials Tokyo Washington
    delegation steel rules origin draft signing annex deadline review framework investment loan fund bank yard
    vessel engine feed cattle orchard growers mills plant workers output supply demand price yen dollar rate
    surplus deficit quarter forecast survey statement letter memo phone call visit summit dinner hotel airport
    cabinet parliament committee hearing vote bill law court ruling appeal panel notice comment period exemption
    licence permit inspection standard label testing port customs container freight rail truck warehouse chip
    wafer furnace magnet ore refinery pipeline terminal cargo grid battery drug hospital patent data server cloud
    film music tourism visa student harbour Osaka Nagoya Yokohama Kobe Sendai Fukuoka Ohio Texas Iowa Oregon
""".split()
SYLLABLES = "ba cor den fil gan hor im jo kel lun mar nes or pal quin ros sal tem ur vin wes yor zan".split()
JAPANESE = (
    "貿易 交渉 合意 投資 輸出 輸入 閣僚 首相 会談 工場 農家 牛肉 鉄鋼 船舶 半導体 電池 為替 市場 規制 協定".split()
)
JAPANESE_QUOTATIONS = [
    "交渉は前に進んでいる",
    "合意を着実に実施したい",
    "農家の不安に応えなければならない",
    "投資は両国の利益になる",
    "市場を注意深く見ていく",
    "規制は時間をかけて見直す",
]

FAMILY_NAMES = [
    *zip(
        "Aoki Fujii Hara Ikeda Kubo Maeda Nishi Okuda Sugita Taguchi Uchida Yano".split(),
        "青木 藤井 原 池田 久保 前田 西 奥田 杉田 田口 内田 矢野".split(),
        strict=True,
    )
]
GIVEN_NAMES = [
    *zip(
        "Akira Chie Daigo Eri Hiroko Jun Kaoru Makoto Naoki Reiko Satoru Yumi".split(),
        "明 千恵 大吾 恵理 弘子 淳 薫 誠 直樹 玲子 悟 由美".split(),
        strict=True,
    )
]
WESTERN_FAMILY_NAMES = "Alder Baxter Corwin Dunmore Ellery Farrow Garland Hobbs Ives Kendrick Lomax Mercer".split()
WESTERN_GIVEN_NAMES = "Anna Boyd Clara Dean Edith Floyd Grace Hugh Irene Joel Karen Lloyd".split()


class Zipf:
    """Draws from a list whose first items are much more frequent than its last ones."""

    def __init__(self, rng: random.Random, items: Iterable[Any]) -> None:
        self.rng = rng
        self.items = list(items)
        self.weights = list(itertools.accumulate(1 / (rank + 2) for rank in range(1, len(self.items) + 1)))

    def draw(self, number: int) -> list[Any]:
        """``number`` items, perhaps the same one twice."""
        if not self.items:
            return []
        return self.rng.choices(self.items, cum_weights=self.weights, k=number)

    def one(self) -> Any:
        return self.draw(1)[0]

    def some(self, number: int) -> list[Any]:
        """Up to ``number`` different items, in the order drawn."""
        return list(dict.fromkeys(self.draw(number)))


class Language:
    """Sentences of words that are as unevenly used as those of a language."""

    def __init__(self, rng: random.Random, size: int = 9000) -> None:
        self.rng = rng
        words = list(WORDS)
        known = set(words)
        while len(words) < size:
            word = "".join(rng.choices(SYLLABLES, k=rng.choice((2, 3, 3, 4))))
            if word not in known:
                known.add(word)
                words.append(word)
        self.words = Zipf(rng, words)

    def phrase(self, fewest: int, most: int) -> str:
        return " ".join(self.words.draw(self.rng.randint(fewest, most)))

    def headline(self) -> str:
        text = self.phrase(5, 11)[:95]
        return text[0].upper() + text[1:]

    def sentence(self, fewest: int = 10, most: int = 20) -> str:
        text = self.phrase(fewest, most)
        return f"{text[0].upper()}{text[1:]}."

    def japanese(self) -> str:
        return "の".join(self.rng.sample(JAPANESE, 3))
