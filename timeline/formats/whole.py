"""The whole answer as data: every entry as the API gives it, in one JSON document or one a line."""

import json
from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from timeline.public.document import instant

from .answer import Answer, Format, in_pieces
from .entry_schema import entry_json

HEADING = _("Data for programs")


def render(answer: Answer) -> Iterator[bytes]:
    """What was asked, the edition that changed the answer last, the entries, and their number, which is known then."""
    head = {
        "title": answer.title,
        "question": answer.sentence,
        "query": answer.query,
        "address": answer.self_url,
        "page": answer.page_url,
        "licence": answer.licence,
        "edition": {"version": answer.since.version, "changed": instant(answer.since.changed_at)},
    }
    yield from in_pieces(_document(json.dumps(head, ensure_ascii=False), answer))


def _document(head: str, answer: Answer) -> Iterator[str]:
    count = 0
    yield f'{head[:-1]}, "entries": ['
    for count, document in enumerate(answer.documents(), 1):
        yield f"{',' if count > 1 else ''}\n{entry_json(document)}"
    yield f'\n], "count": {count}}}\n'


def render_lines(answer: Answer) -> Iterator[bytes]:
    """An entry a line, as in the file of the dataset."""
    yield from in_pieces(f"{entry_json(document)}\n" for document in answer.documents())


FORMATS = [
    Format(
        "entries.json",
        _("JSON"),
        _("everything about every entry in one document, as the API gives it"),
        "application/json",
        render,
        heading=HEADING,
        is_long=True,
    ),
    Format(
        "entries.ndjson",
        _("JSON Lines"),
        _("the same, an entry a line"),
        "application/x-ndjson",
        render_lines,
        heading=HEADING,
        is_long=True,
    ),
]
