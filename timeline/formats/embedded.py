"""References inside of a page, for the buttons of reference managers in browsers: meta tags, or COinS in a list.

Both are made from a CSL-JSON item (:mod:`references`). Zotero's translators do not read JSON-LD. What they
read of a page, the first that is there:

COinS               `<span class="Z3988">`, each an item; wins over all else, so it stands in lists of sources alone
citation_*          Highwire Press tags, as Google Scholar asks for them; they win over what OpenGraph says
prism, og, article  what a work appeared in, and whatever else is not said yet

The type of an item would be guessed from `og:type`, and an entry be an article of a journal: `z:itemType` says it.
"""

from collections.abc import Iterator
from urllib.parse import urlencode

from .references import Item, exact

ITEM_TYPES = {"article-newspaper": "newspaperArticle", "report": "report", "webpage": "webpage"}
"""What Zotero calls the types of CSL."""


def tags(item: Item) -> Iterator[tuple[str, str]]:
    """Names and contents of the meta tags of a page about one item."""
    yield "z:itemType", ITEM_TYPES[item["type"]]
    yield "citation_title", item["title"]
    yield from (("citation_author", one["literal"]) for one in item.get("author", ()))
    fields = {
        "citation_publication_date": exact(item.get("issued", {})),
        "citation_publisher": item.get("publisher") or item.get("container-title", ""),
        "prism.publicationName": item.get("container-title", ""),
        "citation_language": item.get("language", ""),
        "citation_public_url": item.get("URL", ""),
    }
    yield from ((name, content) for name, content in fields.items() if content)


def coins(item: Item) -> str:
    """An item as a ContextObject in a span: a query string, with the names of Dublin Core (Z39.88-2004)."""
    fields = [
        ("ctx_ver", "Z39.88-2004"),
        ("rft_val_fmt", "info:ofi/fmt:kev:mtx:dc"),
        ("rft.type", ITEM_TYPES[item["type"]]),
        ("rft.title", item["title"]),
        *(("rft.creator", one["literal"]) for one in item.get("author", ())),
        ("rft.date", exact(item.get("issued", {}))),
        ("rft.publisher", item.get("publisher") or item.get("container-title", "")),
        ("rft.source", item.get("container-title", "")),
        ("rft.language", item.get("language", "")),
        ("rft.identifier", item.get("URL", "")),
    ]
    return urlencode([(name, value) for name, value in fields if value])
