"""Search: what of an entry is searched, and how a reader's words are read."""

import re
from typing import Any

from django.contrib.postgres.search import CombinedSearchQuery, SearchQuery, SearchVectorField
from django.db.models import Expression

from timeline.models import EntryPage
from timeline.models.document import EntryDocument
from timeline.names import cjk_tokens, fold

MAX_LENGTH = 200
MAX_WORDS = 25
"""Limits of a search. Longer ones are cut, and the reader is told."""

# "$550bn", "550 billion dollars" and "550 billion" are one thing to a reader (DECISIONS 42).
_SCALES = {"bn": "billion", "mn": "million", "m": "million", "tn": "trillion", "trn": "trillion"}
_FIGURE = re.compile(r"[$¥€£]?(\d+(?:[.,]\d+)*)\s?(bn|mn|m|tn|trn)\b")
_CURRENCY_SIGN = re.compile(r"[$¥€£](?=\d)")
CJK = r"[\u3005\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]"
"""A kanji or kana, as a pattern."""

_CJK = re.compile(f"{CJK}+")
_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "「": '"', "」": '"'})


def normalise(text: str) -> str:
    """Text folded so that a document and a search agree: case, width, accents, figures."""
    folded = fold(text)
    folded = _FIGURE.sub(lambda match: f"{match[1]} {_SCALES[match[2]]}", folded)
    # PostgreSQL takes <golden> for a tag and leaves it out.
    return _CURRENCY_SIGN.sub("", folded).replace("<", " ").replace(">", " ")


class WeightedVector(Expression):
    """The search vector of ``{weight: text}``: English words, and bigrams of kanji and kana."""

    output_field = SearchVectorField()

    def __init__(self, texts: dict[str, str]) -> None:
        super().__init__()
        self.texts = texts

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[str, ...]]:
        parts, parameters = [], []
        for weight, text in self.texts.items():
            folded = normalise(text)
            # Pairs find any two characters; the last of a run alone lets one character find it.
            japanese = [*cjk_tokens(folded), *(run[-1] for run in _CJK.findall(folded))]
            for config, words in (("english", folded), ("simple", " ".join(japanese))):
                if words:
                    parts.append(f"setweight(to_tsvector('{config}', %s), '{weight}')")
                    parameters.append(words)
        return " || ".join(parts) or "''::tsvector", tuple(parameters)


def read_words(text: str) -> tuple[str, list[str]]:
    """What a reader typed, folded and cut to size: the part in letters, and its runs of kanji or kana."""
    text = normalise(text.translate(_QUOTES)[:MAX_LENGTH])
    text = " ".join(text.split()[:MAX_WORDS])
    words = _CJK.sub(" ", text).strip()
    return words if re.search(r"\w", words) else "", _CJK.findall(text)


def read_query(text: str) -> SearchQuery | CombinedSearchQuery | None:
    """What a reader typed, as a full-text query; None when nothing in it can be searched.

    English goes through ``websearch_to_tsquery`` (never raises: quotes, ``or`` and
    ``-`` work); each run of kanji or kana must occur as it stands.
    """
    words, runs = read_words(text)
    parts: list[SearchQuery] = []
    if words:
        parts.append(SearchQuery(words, config="english", search_type="websearch"))
    for run in runs:
        tokens = cjk_tokens(run)
        if len(run) == 1:
            parts.append(SearchQuery(f"'{run}':*", config="simple", search_type="raw"))
        elif tokens:
            parts.append(SearchQuery(" ".join(tokens), config="simple", search_type="plain"))
    if not parts:
        return None
    query: SearchQuery | CombinedSearchQuery = parts[0]
    for part in parts[1:]:
        query = query & part
    return query


def texts(entry: EntryPage, document: EntryDocument) -> dict[str, str]:
    """The searchable text of an entry by weight: headline; summary and names; body; sources."""
    names = [
        *(document["category"]["name"] for _ in (0,) if document["category"]),
        *(person["name"] for person in document["people"]),
        *sorted(name.name for row in entry.entry_people.all() if row.person_id for name in row.person.names.all()),
        *(title for person in document["people"] for title in person["positions"]),
        *(organisation["name"] for organisation in document["organisations"]),
        *sorted(
            name.name
            for row in entry.entry_organisations.all()
            if row.organisation_id
            for name in row.organisation.names.all()
        ),
        *(commodity["name"] for commodity in document["commodities"]),
        *sorted(
            name.name
            for row in entry.entry_commodities.all()
            if row.commodity_id
            for name in row.commodity.names.all()
        ),
        *(code for commodity in document["commodities"] for code in commodity["hs_codes"]),
        document["place"],
    ]
    figures = [
        " ".join(filter(None, (figure["label"], figure["value"], figure["scale"], figure["currency"], figure["of"])))
        for figure in document["figures"]
    ]
    body = [
        *(statement["text"] for statement in document["statements"]),
        *(citation["quotation"] for statement in document["statements"] for citation in statement["citations"]),
        *figures,
        *(item["question"] for item in document["disagreements"]),
        *(account["says"] for item in document["disagreements"] for account in item["accounts"]),
    ]
    sources = [
        " ".join((source["title"], source["publisher"]["name"] if source["publisher"] else "", source["byline"]))
        for source in document["sources"]
    ]
    return {
        "A": document["headline"],
        "B": "\n".join([document["summary"], *names]),
        "C": "\n".join(body),
        "D": "\n".join(sources),
    }
