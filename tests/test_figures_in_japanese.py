"""Figures as Japanese newspapers print them: exact, by 兆, 億 and 万, with the unit behind."""

import pytest
from django.utils import translation

from timeline.public.wording import figure_value


def figure(value=None, low=None, high=None, **said):
    blank = dict.fromkeys(("qualifier", "unit", "currency", "scale", "per"), "")
    return blank | {"value": value, "low": low, "high": high} | said


DOLLARS = {"unit": "money", "currency": "USD"}


@pytest.mark.parametrize(
    ("said", "printed"),
    [
        (figure("550", scale="billion", **DOLLARS), "5,500億ドル"),
        (figure("35.46", scale="billion", **DOLLARS), "354億6,000万ドル"),
        (figure("1.25", scale="trillion", unit="money", currency="JPY"), "1.25兆円"),
        (figure("1", scale="trillion", **DOLLARS), "1兆ドル"),
        (figure("1.25", scale="million", unit="tonnes", per="year", qualifier="over"), "年間125万トン超"),
        (figure("242229", unit="tonnes"), "24万2,229トン"),
        (figure("10000", unit="vehicles", qualifier="about"), "約1万台"),
        (figure("55", per="株", **DOLLARS), "1株当たり55ドル"),
        (figure("27.5", unit="percent"), "27.5％"),
        (figure("0", unit="percent"), "0％"),
        (figure("15", unit="percent", qualifier="under"), "15％未満"),
        (figure(low="150", high="200", scale="million", **DOLLARS), "1億5,000万〜2億ドル"),
        (figure(high="5.5", scale="million", unit="tonnes", per="year"), "年間550万トンまで"),
        (figure("-0.5", unit="percentage_points"), "-0.5ポイント"),
        (figure("330", unit="items", qualifier="about"), "約330"),  # 件 counts no firms and no countries
    ],
)
def test_it_is_exact_and_has_its_unit_behind(said, printed):
    with translation.override("ja"):
        assert figure_value(said) == printed


def test_english_stays_as_it_is():
    with translation.override("en"):
        assert figure_value(figure("550", scale="billion", **DOLLARS)) == "$550 billion"
