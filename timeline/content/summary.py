"""The summary of an entry as a pack has it: a list of sentences, each with what it rests on."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from timeline.models.statement import ROW_ID
from timeline.models.summary import kept, summary_of
from timeline.text.sentences import joined

from .parts import KnownRecords, Part, Record, is_a
from .problems import Place


class Summary(Part):
    """The summary of an entry, sentence by sentence, each with the ids of what it was chosen to rest on.

    A text is read as well, and cut into sentences for which nothing is chosen yet.
    """

    required = True

    @property
    def blank(self) -> list[Record]:
        return []

    def bind(self, model: type[models.Model]) -> None:
        self.column_name = self.name
        self.column: Any = model._meta.get_field(self.column_name)

    def read(self, raw: Any, place: Place) -> list[Record]:
        if isinstance(raw, str):
            return [dict(sentence) for sentence in kept(self._text(raw, place), [])]
        if not is_a(raw, list, place):
            return []
        read = [self._sentence(one, place.at(number)) for number, one in enumerate(raw)]
        self._text(joined([sentence["text"] for sentence in read]), place)
        ids = [sentence["id"] for sentence in read]
        for number, key in enumerate(ids):
            if key in ids[:number]:
                place.at(number).at("id").report(_("“%(id)s” is the id of another sentence") % {"id": key})
        return read

    def _text(self, text: str, place: Place) -> str:
        try:
            return str(self.column.clean(text.strip(), None))
        except ValidationError as error:
            for sentence in error.messages:
                place.report(sentence)
            return ""

    def _sentence(self, raw: Any, place: Place) -> Record:
        read: Record = {"id": "", "text": "", "rests_on": []}
        if not is_a(raw, dict, place):
            return read
        for name in raw.keys() - read.keys():
            place.at(name).report(_("there is no such field"))
        for name, blank in read.items():
            if name not in raw:
                place.at(name).report(_("is missing"))
            elif is_a(raw[name], type(blank), place.at(name)):
                read[name] = raw[name]
        if "id" in raw and not ROW_ID.fullmatch(read["id"]):
            place.at("id").report(_("write an id of six letters a to z and digits 2 to 7"))
        if "text" in raw and not read["text"].strip():
            place.at("text").report(_("is empty"))
        for number, key in enumerate(read["rests_on"]):
            is_a(key, str, place.at("rests_on").at(number))
        return read

    def dump(self, instance: Any, known: KnownRecords) -> list[Record]:
        return [
            {"id": one.id, "text": one.text, "rests_on": one.rests_on if one.chosen else []}
            for one in summary_of(instance)
        ]

    def fill(self, instance: Any, value: Any, known: KnownRecords) -> None:
        instance.summary = joined([sentence["text"] for sentence in value])
        instance.sentences = [dict(sentence) for sentence in value]
