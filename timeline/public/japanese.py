"""Figures in Japanese: “5,500億ドル”, “年間125万トン超”, “15％”.

Japanese counts in powers of ten thousand, puts the unit behind and some qualifiers too, so that no translation of the
English words makes such a phrase. All is exact: what is no whole 億 goes on in 万, as in newspapers
(354億6,000万).
"""

from decimal import Decimal

from timeline.text.figures import SCALES, scale_of

POWERS = tuple((SCALES[name], name) for name in "兆億万")
UNITS = {
    "percent": "％",
    "percentage_points": "ポイント",
    "tonnes": "トン",
    "kilograms": "キログラム",
    "vehicles": "台",
    "aircraft": "機",
    "shares": "株",
    "minutes": "分",
    "hours": "時間",
    "days": "日",
    "months": "カ月",
    "years": "年",
    "people": "人",
    "visits": "回",
    "mines": "カ所",
}
"""Items are countries, firms, announcements …, each with a counter of its own: they are a number, as in English."""

CURRENCIES = {"USD": "ドル", "JPY": "円"}
BEFORE = {"about": "約", "up_to": "最大", "almost": "ほぼ"}
BEHIND = {"over": "超", "at_least": "以上", "under": "未満"}


def figure(
    value: str | None,
    low: str | None,
    high: str | None,
    qualifier: str,
    unit: str,
    currency: str,
    scale: str,
    per: str,
) -> str:
    """A figure with its unit, for what it counts and how exactly, as a newspaper prints it."""
    counted = CURRENCIES.get(currency, currency) if unit == "money" else UNITS.get(unit, "")
    if low is not None and high is not None:
        number = f"{_counted(low, scale)}〜{_counted(high, scale)}{counted}"
    elif low is not None:
        number = f"{_counted(low, scale)}{counted}から"
    elif high is not None:
        number = f"{_counted(high, scale)}{counted}まで"
    else:
        number = f"{_counted(value or '', scale)}{counted}"
    each = "年間" if per in {"year", "年"} else f"1{per}当たり" if per else ""
    return f"{each}{BEFORE.get(qualifier, '')}{number}{BEHIND.get(qualifier, '')}"


def _counted(text: str, scale: str) -> str:
    """A number by 兆, 億 and 万: ``("1.25", "trillion")`` is 1.25兆, ``("67.6", "billion")`` 676億."""
    number = Decimal(text) * scale_of(scale)
    sign, number = ("-" if number < 0 else ""), abs(number)
    power, name = POWERS[0]
    if number >= 10**power and number == (short := number.scaleb(-power)).quantize(Decimal("0.01")).scaleb(power):
        return f"{sign}{short.normalize():,f}{name}"
    parts = []
    for power, name in POWERS:
        whole, number = divmod(number, 10**power)
        if whole:
            parts.append(f"{int(whole):,}{name}")
    if number or not parts:
        parts.append(f"{number.normalize():,f}" if number else "0")
    return sign + "".join(parts)
