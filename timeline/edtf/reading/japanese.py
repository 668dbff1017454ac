"""Dates in Japanese: kanji and figures, eras, parts of months and of years."""

import re
from datetime import date

from django.utils.translation import gettext as _

from timeline.edtf.reading.english import refuse_edge, refuse_part_of_year, winter
from timeline.edtf.reading.fields import Fields, form, number, quotable
from timeline.edtf.reading.figures import ask_for_year
from timeline.edtf.values import EDTF, EDTFError, Part, PartialDate

WEEKDAYS = "月火水木金土日"

# The year before the first of each era, and its first day. An era runs on arithmetically, because
# papers that were written before it ended name years ahead: 平成32年 is 2020.
_ERAS = {
    "明治": (1867, date(1868, 1, 25)),
    "大正": (1911, date(1912, 7, 30)),
    "昭和": (1925, date(1926, 12, 25)),
    "平成": (1988, date(1989, 1, 8)),
    "令和": (2018, date(2019, 5, 1)),
}
_INITIALS = dict(zip("MTSHR", _ERAS, strict=True))
_GREGORIAN = 1873
"""The first year whose months and days are those of the Gregorian calendar."""

ERA = "|".join(_ERAS)
_ERA = rf"{ERA}|[明大昭平令](?=\d|元)"

_YEAR = rf"(?P<era>{_ERA})?(?P<year>\d{{1,4}}|元)"
_ALSO = rf"\((?P<also_era>{_ERA})?(?P<also>\d{{1,4}}|元)年?\)"
_MONTH = r"(?P<month>\d{1,2})月"
_DAY = r"(?P<day>\d{1,2})日"
_KANJI = form(rf"(?:{_YEAR}年)?(?:{_MONTH})?(?:{_DAY})?")
_TWICE = form(rf"{_YEAR}年?{_ALSO}年?(?:{_MONTH})?(?:{_DAY})?")
_DOTTED = form(
    rf"(?:(?P<initial>[MTSHR])(?=\d{{1,2}}[年./-]|元)|(?P<era>{ERA}|[明大昭平令]))(?P<year>\d{{1,2}}|元)"
    r"(?:年|([./-])(?P<month>\d{1,2})(?:\4(?P<day>\d{1,2}))?)"
)
_INITIAL = form(r"([MTSHR])(?=(?:\d{1,2}|元)年)")
_THIRD = form(rf"(?:(?:{_YEAR}年)?{_MONTH}の?)?(?P<third>上旬|初旬|中旬|下旬|半ば|中頃)")
_THIRDS = {"上旬": 0, "初旬": 0, "中旬": 1, "半ば": 1, "中頃": 1, "下旬": 2}
_PART = form(
    rf"(?:{_YEAR}(?:[-–/~]?(?P<next>\d\d(?:\d\d)?))?年の?)?(?:(?P<season>[春夏秋冬])季?"
    r"|第?(?P<quarter>[1-4一二三四])四半期|(?P<q>[1-4])Q|Q(?P<qn>[1-4])|(?P<half>前半|後半|上半期|下半期|上期|下期))"
)
_PERIOD = form(rf"(?:{_YEAR}年)?(?P<first>\d{{1,2}})月?[-–~](?P<last>\d{{1,2}})月期")
_EDGE = form(rf"{_YEAR}年(?:{_MONTH})?の?(?P<edge>初め|はじめ|頭|初頭|末|終わり)")
_VAGUE_YEAR = form(rf"{_YEAR}年の?(?:半ば|中頃|序盤|終盤)")
_SHORT_YEAR = form(rf"'?(?P<year>\d{{1,2}})年{_MONTH}(?:{_DAY})?")

_DIGITS = {char: value for value, char in enumerate("〇一二三四五六七八九")} | {"零": 0, "○": 0, "◯": 0}
_TENS = {"十": 10, "百": 100, "千": 1000}
_KANJI_NUMBER = re.compile(r"[〇○◯零一二三四五六七八九十百千廿卅]+(?=[年月日()~–-]|$)")


def read_japanese(text: str) -> Fields | None:
    text = arabic(text.replace(" ", ""))
    return _read_kanji(text) or _read_dotted(text) or _read_part(text) or _read_third(text)


def arabic(text: str) -> str:
    """The text with its numbers in figures: 二〇二五年 as 2025年, 廿三日 as 23日."""
    return _KANJI_NUMBER.sub(lambda match: _figure(match[0]), text)


def era_year(era: str | None, year: str) -> int:
    """The year of an era, which may be named by its first kanji or, in Latin letters, its first letter."""
    count = 1 if year == "元" else int(year)
    return _ERAS[_era(era)][0] + count if era else count


def refuse_vague_japanese(text: str) -> None:
    """Answer what is nearly a date, 2025年7月末, 25年4月, with what may be meant."""
    text = arabic(text.replace(" ", ""))
    if match := _EDGE.fullmatch(text):
        year = era_year(match["era"], match["year"])
        refuse_edge(text, year, number(match["month"]), is_end=match["edge"] in ("末", "終わり"))
    if _VAGUE_YEAR.fullmatch(text):
        refuse_part_of_year(text)
    if match := _SHORT_YEAR.fullmatch(text):
        ask_for_year(text, [(match["year"], match["month"], match["day"])])


def _figure(kanji: str) -> str:
    """A number in kanji, by places (二〇二五) or by tens (二千二十五, 廿三)."""
    kanji = kanji.replace("廿", "二十").replace("卅", "三十")
    if not set(kanji) & set(_TENS):
        return "".join(str(_DIGITS[char]) for char in kanji)
    total, digits = 0, ""
    for char in kanji:
        if char in _TENS:
            total += int(digits or 1) * _TENS[char]
            digits = ""
        else:
            digits += str(_DIGITS[char])
    return str(total + int(digits or 0))


def _era(name: str | None) -> str:
    """The full name of an era that is named by its first kanji or its initial."""
    name = name or ""
    return _INITIALS.get(name.upper()) or next(era for era in _ERAS if era.startswith(name))


def _read_kanji(text: str) -> Fields | None:
    if initial := _INITIAL.match(text):
        text = _era(initial[1]) + text[1:]
    twice = _TWICE.fullmatch(text)
    match = twice or _KANJI.fullmatch(text)
    if match is None or not any(match.groups()):
        return None
    found = _fields(match["era"], match["year"], match["month"], match["day"], text)
    if twice and found.year != era_year(twice["also_era"], twice["also"]):
        both = (twice["era"], twice["year"]), (twice["also_era"], twice["also"])
        (era, year), other = both if twice["era"] else both[::-1]
        words = {"named": f"{era or ''}{year}年", "year": era_year(era, year), "other": era_year(*other)}
        raise EDTFError(_("%(named)s is %(year)d, not %(other)d.") % words, code="era")
    return found


def _read_dotted(text: str) -> Fields | None:
    """R7.4.16, 令和7/4/16."""
    match = _DOTTED.fullmatch(text)
    if match is None:
        return None
    return _fields(match["era"] or match["initial"], match["year"], match["month"], match["day"], text)


def _fields(era: str | None, year: str | None, month: str | None, day: str | None, text: str) -> Fields:
    if not era or not year:
        return Fields(era_year(None, year) if year else None, number(month), number(day))
    era = _era(era)
    found = Fields(era_year(era, year), number(month), number(day), era=era)
    began = _ERAS[era][1]
    stated = PartialDate(found.year or 0, found.month, found.day)
    if stated.year < _GREGORIAN and stated.month:
        message = _(
            "“%(text)s” is a day of the old calendar, which Japan kept until 1872. Write the day of the "
            "Gregorian calendar, such as 1868-10-23."
        )
        raise EDTFError(message % {"text": quotable(text)}, code="era")
    if stated.last < began:
        message = _("%(era)s began on %(began)s. Write %(date)s, if that is meant.")
        words = {"era": era, "began": PartialDate(began.year, began.month, began.day).words(), "date": stated}
        raise EDTFError(message % words, code="era", candidates=(EDTF(stated, stated),))
    return found


def _read_third(text: str) -> Fields | None:
    match = _THIRD.fullmatch(text)
    if match is None:
        return None
    found = _fields(match["era"], match["year"], match["month"], None, text)
    return found._replace(third=_THIRDS[match["third"]], approximate=match["third"] in ("半ば", "中頃"))


def _read_part(text: str) -> Fields | None:
    """2025年春, 2025年第2四半期, 2025年4～6月期."""
    if match := _PERIOD.fullmatch(text):
        months = int(match["first"]), int(match["last"])
        part = next((one for one in list(Part)[4:] if (one.month, one.month + one.length - 1) == months), None)
        year = era_year(match["era"], match["year"]) if match["year"] else None
        return Fields(year, part=part) if part else None
    match = _PART.fullmatch(text)
    if match is None:
        return None
    year = era_year(match["era"], match["year"]) if match["year"] else None
    part = _part(match.groupdict())
    following = match["next"]
    if year is None or not (part is Part.WINTER or following):
        return Fields(year, part=part)
    if part is not Part.WINTER or (following and int(following) % 100 != (year + 1) % 100):
        return None
    return winter(year, following, text)


def _part(stated: dict[str, str | None]) -> Part:
    if season := stated["season"]:
        return Part(Part.SPRING + "春夏秋冬".index(season))
    if half := stated["half"]:
        return Part.FIRST_HALF if half[0] in "前上" else Part.SECOND_HALF
    quarter = stated["quarter"] or stated["q"] or stated["qn"] or "1"
    return Part(Part.FIRST_QUARTER + int(quarter if quarter.isdigit() else "一二三四".index(quarter) + 1) - 1)
