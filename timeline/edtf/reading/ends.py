"""One date of a text, with what may stand around it: a qualifier, a weekday, a time of day."""

from timeline.edtf.reading.english import WEEKDAY, read_english, refuse_vague, weekday_number
from timeline.edtf.reading.fields import Fields, form
from timeline.edtf.reading.figures import read_figures, refuse_short_years
from timeline.edtf.reading.japanese import WEEKDAYS, read_japanese, refuse_vague_japanese
from timeline.edtf.reading.times import refuse_time, without_midnight

_QUALIFIER = form(r"(.+?) ?([~?%]|~\?|\?~)")
_ABOUT = form(r"(?:about|around|circa|approx(?:imately)?|ca?)\b\.? ?(.+)|約(.+)|(.+?)(?:頃|ごろ)")
# 祝 a public holiday, 休 and 振休 a day off: they say nothing of the date.
_DAY_OFF = r"[・･/ ]?(?:祝日?|休日?|振替?休?日?|国民の休日)"
_WEEKDAYS = (
    form(rf"(?:on )?(?P<weekday>{WEEKDAY})[., ]+(?P<date>.+)"),
    form(rf"(?P<weekday>[{WEEKDAYS}])曜日?[、, ]*(?P<date>.+)"),
    form(rf"(?P<date>.+?)[, ]* ?[(\[<{{【〈]? ?(?<![a-z])(?P<weekday>{WEEKDAY})\.?[)\]>}}】〉]?"),
    form(rf"(?P<date>.+?) ?[(\[<{{【〈] ?(?P<weekday>[{WEEKDAYS}])(?:曜日?)?(?:{_DAY_OFF})? ?[)\]>}}】〉]"),
    form(rf"(?P<date>.+?)[、, ]*(?P<weekday>[{WEEKDAYS}])曜日?(?:{_DAY_OFF})?"),
    form(rf"(?P<date>.+日 ?|.+\d )(?P<weekday>[{WEEKDAYS}])"),
)
# April 16 (Wed.), 2025
_WEEKDAY_WITHIN = form(rf"(?P<before>[a-z]+\.? ?\d{{1,2}}) ?\(?(?P<weekday>{WEEKDAY})\.?\)?(?P<after>[ ,]+\d{{4}})")


def read_date(text: str) -> Fields | None:
    """One end of a text; it may leave out its year or month. None if it is no date."""
    approximate = uncertain = False
    if match := _QUALIFIER.fullmatch(text):
        text = match[1]
        approximate = match[2] != "?"
        uncertain = match[2] != "~"
    if match := _ABOUT.fullmatch(text):
        text = match[1] or match[2] or match[3]
        approximate = True
    written = text
    text, clock = without_midnight(text)
    text, weekday = _without_weekday(text)
    fields = read_figures(text) or read_english(text) or read_japanese(text)
    if fields is None or (weekday is not None and fields.day is None):
        return None
    if clock:
        refuse_time(fields, clock, written)
        return None
    return fields._replace(approximate=approximate or fields.approximate, uncertain=uncertain, weekday=weekday)


def refuse_nearly(text: str) -> None:
    """Answer what is nearly a date with what may be meant."""
    text, _weekday = _without_weekday(text)
    refuse_short_years(text)
    refuse_vague(text)
    refuse_vague_japanese(text)


def _without_weekday(text: str) -> tuple[str, int | None]:
    if match := _WEEKDAY_WITHIN.fullmatch(text):
        return f"{match['before']}{match['after']}", weekday_number(match["weekday"])
    for pattern in _WEEKDAYS:
        if match := pattern.fullmatch(text):
            word = match["weekday"]
            found = WEEKDAYS.find(word) if word in WEEKDAYS else weekday_number(word)
            return match["date"].rstrip(" ,、"), found
    return text, None
