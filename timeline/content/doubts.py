"""What a second reader of a translation should look at: it may be right, and a program cannot know.

So far for Japanese; of another language only the numbers are compared.
"""

import datetime
import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from timeline.text.numbers import numbers

_JAPANESE = re.compile(r"[\u3041-\u30ff\u3400-\u9fff]")
_LATIN_STOP = re.compile(r"[\u3041-\u30ff\u3400-\u9fff][,.;:!?](?![0-9])")
_POLITE = re.compile(r"(?:です|ます|でした|ました|ません)(?:。|$)")
_ENGLISH_QUOTES = re.compile(r"[“”\"]")
_MONTHS = [datetime.date(2000, month, 1).strftime("%B") for month in range(1, 13)]
_DATE = re.compile(rf"\b({'|'.join(_MONTHS)})\b")
_INITIALS = re.compile(r"\b[A-Z]\.[A-Z]\.\s*$")
"""The end of a name such as Washington, D.C."""
_CLOCK = re.compile(r"\b[0-9]{1,2}(?::[0-9]{2})?\s?[ap]\.m\.|\b[0-9]{1,2}:[0-9]{2}\b")


def doubts(original: str, words: str, language: str) -> Iterator[str]:
    """Sentences about a translation that may be wrong."""
    without_times = _CLOCK.sub("", original)
    if lost := numbers(without_times) - numbers(words):
        shown = ", ".join(f"{number.normalize():f}" for number in sorted(lost))
        yield _("in the original, but not in the translation: %(numbers)s") % {"numbers": shown}
    if language != "ja":
        return
    is_sentence = original.rstrip().endswith((".", "?", "!")) and not _INITIALS.search(original)
    months = {_MONTHS.index(name) + 1 for name in _DATE.findall(original)}
    if lost_months := [f"{month}月" for month in sorted(months) if month not in numbers(words)]:
        yield _("in the original, but not in the translation: %(numbers)s") % {"numbers": ", ".join(lost_months)}
    if is_sentence and not _JAPANESE.search(words):
        yield _("is not Japanese")
    elif is_sentence and not re.search(r"[。？！][」』）]*$", words):
        yield _("the original is a sentence; this does not end as one (。)")
    if _LATIN_STOP.search(words):
        yield _("Latin punctuation stands behind Japanese")
    if _POLITE.search(words):
        yield _("です・ます; write 常体")
    if _JAPANESE.search(words) and _ENGLISH_QUOTES.search(words):
        yield _("write 「」 around quotations")
