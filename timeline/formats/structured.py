"""What a page says, for machines: schema.org nodes, as JSON-LD carries them.

Pure functions from plain data to dictionaries. They say only what the page shows, give a
date no more precision than it has, and leave out what is not known. A node's ``@id`` is
the address of the page about it, so that the nodes of different pages are one graph.

DECISIONS 66 says why.
"""

from collections.abc import Iterable
from typing import Any

from timeline import edtf
from timeline.choices import SourceKind
from timeline.edtf import Extent
from timeline.models.document import (
    AttachmentDocument,
    EntryDateDocument,
    EntryDocument,
    PositionDocument,
    SourceDocument,
)
from timeline.public.attachments import WIDTHS, main_first, scaled
from timeline.public.language import here
from timeline.public.wording import correction_text, corrections, source_title

Node = dict[str, Any]
Site = dict[str, Any]

SOURCE_TYPES: dict[str, str] = dict.fromkeys(
    (SourceKind.WIRE, SourceKind.NEWS, SourceKind.TRADE_PRESS, SourceKind.REWRITE), "NewsArticle"
)


def graph(nodes: Iterable[Node]) -> Node:
    """One JSON-LD document of all nodes of a page."""
    return {"@context": "https://schema.org", "@graph": list(nodes)}


def article(entry: EntryDocument, site: Site) -> Node:
    """An entry: what happened and when, on whose word, and who and what is mentioned."""
    base = site["base_url"]
    url, page = base + entry["url"], base + here(entry["url"])
    begun, ended = _begun_and_ended(entry["date"])
    event = _known(
        {
            "@type": "Event",
            "name": entry["headline"],
            "startDate": begun,
            "endDate": ended,
            "eventStatus": "https://schema.org/EventScheduled" if entry["planned"] else None,
            "location": {"@type": "Place", "name": entry["place"]} if entry["place"] else None,
        }
    )
    people = [
        _known(
            {
                "@type": "Person",
                "@id": f"{base}/people/{one['slug']}/",
                "name": one["name"],
                "alternateName": one["native"],
                "jobTitle": one["positions"],
            }
        )
        for one in entry["people"]
    ]
    organisations = [
        {"@type": "Organization", "@id": f"{base}/organisations/{one['slug']}/", "name": one["name"]}
        for one in entry["organisations"]
    ]
    # Their HS codes stand on their own pages.
    commodities = [
        {"@type": "DefinedTerm", "@id": f"{base}/commodities/{one['slug']}/", "name": one["name"]}
        for one in entry["commodities"]
    ]
    return _known(
        {
            "@type": "Article",
            "@id": page,
            "url": page,
            "translationOfWork": {"@type": "Article", "@id": url} if page != url else None,
            "headline": entry["headline"],
            "description": entry["summary"],
            "articleSection": entry["category"]["name"] if entry["category"] else "",
            "inLanguage": entry["language"],
            "datePublished": entry["published"],
            "dateModified": entry["updated"],
            "version": entry["version"],
            "correction": [
                {"@type": "CorrectionComment", "text": correction_text(change), "datePublished": change["date"]}
                for change in corrections(entry)
            ],
            # At some time between two days is not when the event began. ISO 8601 itself, which this may be
            # read as, has no seasons.
            "temporalCoverage": "" if begun else edtf.parse(entry["date"]["edtf"]).in_months.text,
            "image": [picture(one, base) for one in main_first(entry) if one["kind"] == "picture"],
            "associatedMedia": [document(one, base) for one in entry["attachments"] if one["kind"] == "document"],
            "about": event,
            "mentions": people + organisations + commodities,
            "citation": [source(one, site) for one in entry["sources"]],
            "isPartOf": _website(site),
            "publisher": publisher(site),
            "license": site["licence"]["url"],
        }
    )


def picture(one: AttachmentDocument, base: str) -> Node:
    """A picture, with who made it and by what right it is shown; our licence does not cover it."""
    return _known(
        {
            "@type": "ImageObject",
            "contentUrl": base + scaled(one, WIDTHS[1]),
            "caption": one["caption"] or one["alt"],
            "creditText": one["credit"],
            "copyrightNotice": one["licence"],
        }
    )


def document(one: AttachmentDocument, base: str) -> Node:
    """A document that an entry shows."""
    return _known(
        {
            "@type": "MediaObject",
            "contentUrl": base + one["url"],
            "encodingFormat": one["media_type"],
            "name": one["caption"],
            "creditText": one["credit"],
            "copyrightNotice": one["licence"],
        }
    )


def source(one: SourceDocument, site: Site) -> Node:
    """A source: who published it when, and where it can be read."""
    base = site["base_url"]
    house = one["publisher"]
    return _known(
        {
            "@type": SOURCE_TYPES.get(one["kind"], "CreativeWork"),
            "@id": f"{base}/sources/{one['slug']}/",
            "name": source_title(one),
            "creditText": one["byline"],
            "publisher": house
            and {"@type": "Organization", "@id": f"{base}/organisations/{house['slug']}/", "name": house["name"]},
            "datePublished": exact_date(one["published"]["edtf"]) if one["published"] else "",
            "inLanguage": one["language"],
            "url": one["url"],
            "archivedAt": one["archived_url"],
            "isBasedOn": one["derived_from"] and {"@type": "CreativeWork", "name": one["derived_from"]["title"]},
        }
    )


def person(one: dict[str, Any], site: Site) -> Node:
    """A person with the positions held, each with the dates that are known of it."""
    url = f"{site['base_url']}/people/{one['slug']}/"
    return _known(
        {
            "@type": "Person",
            "@id": url,
            "url": url,
            "name": one["name"],
            "alternateName": _other_names(one),
            "hasOccupation": [_held(position) for position in one["positions"]],
        }
    )


def _held(position: PositionDocument) -> Node:
    return _known(
        {
            "@type": "Role",
            "hasOccupation": {"@type": "Occupation", "name": position["title"]},
            "startDate": exact_date(position["start"]),
            "endDate": exact_date(position["end"]),
        }
    )


def organisation(one: dict[str, Any], site: Site) -> Node:
    """An organisation and its names."""
    url = f"{site['base_url']}/organisations/{one['slug']}/"
    return _known(
        {
            "@type": "Organization",
            "@id": url,
            "url": url,
            "name": one["name"],
            "alternateName": _other_names(one),
        }
    )


def commodity(one: dict[str, Any], site: Site) -> Node:
    """Goods with their codes, or a topic."""
    url = f"{site['base_url']}/commodities/{one['slug']}/"
    return _known(
        {
            "@type": "DefinedTerm",
            "@id": url,
            "url": url,
            "name": one["name"],
            "alternateName": _other_names(one),
            "termCode": one["hs_codes"],
            "inDefinedTermSet": {"@type": "DefinedTermSet", "name": "Harmonized System"} if one["hs_codes"] else None,
        }
    )


def term(one: dict[str, Any], site: Site) -> Node:
    """A word of the glossary and what it means."""
    url = f"{site['base_url']}/glossary/{one['slug']}/"
    glossary = f"{site['base_url']}/glossary/"
    return _known(
        {
            "@type": "DefinedTerm",
            "@id": url,
            "url": url,
            "name": one["name"],
            "alternateName": _other_names(one),
            "description": one["definition"],
            "inDefinedTermSet": {"@type": "DefinedTermSet", "@id": glossary, "url": glossary},
        }
    )


def dataset(name: str, description: str, path: str, csv_path: str, site: Site) -> Node:
    """A series of figures and the file that has them."""
    base = site["base_url"]
    download = {"@type": "DataDownload", "encodingFormat": "text/csv", "contentUrl": base + csv_path}
    return _known(
        {
            "@type": "Dataset",
            "@id": base + path,
            "url": base + path,
            "name": name,
            "description": description,
            "isPartOf": _website(site),
            "creator": publisher(site),
            "license": site["licence"]["url"],
            "distribution": download,
        }
    )


def whole_dataset(
    site: Site,
    *,
    description: str,
    version: str,
    modified: str,
    coverage: str,
    variables: list[str],
    path: str,
    size: int,
    digest: str,
) -> Node:
    """Everything public as one file; ``coverage`` is an interval of days, ``size`` in bytes, ``digest`` SHA-256."""
    base = site["base_url"]
    url = f"{base}/dataset/"
    return _known(
        {
            "@type": "Dataset",
            "@id": url,
            "url": url,
            "name": site["name"],
            "description": description,
            "version": version,
            "dateModified": modified,
            "temporalCoverage": coverage,
            "variableMeasured": variables,
            "isAccessibleForFree": True,
            "isPartOf": _website(site),
            "creator": publisher(site),
            "license": site["licence"]["url"],
            "distribution": {
                "@type": "DataDownload",
                "encodingFormat": "application/zip",
                "contentUrl": base + path,
                "contentSize": f"{size} B",
                "sha256": digest,
            },
        }
    )


RECORDS = {"person": person, "organisation": organisation, "commodity": commodity}
"""What says a record, by the name under which a page shows it."""


def chronology(site: Site, *, links_to_publisher: bool = False) -> Node:
    """The site itself, and who answers for it: what the page about it says of publisher, editors, errors and money.

    The publisher's own address is told where the page ``links_to_publisher`` too.
    """
    about, imprint = f"{site['base_url']}/about/", site["imprint"]
    named = _known(
        {
            "@type": "NewsMediaOrganization" if imprint.get("publisher") else "Organization",
            "sameAs": imprint.get("publisher_url") if links_to_publisher else None,
            "email": site["contact"],
            "publishingPrinciples": about,
            "correctionsPolicy": f"{about}#errors",
            "actionableFeedbackPolicy": f"{about}#errors",
            "masthead": imprint.get("publisher") and imprint.get("editors") and f"{about}#publisher",
            "ownershipFundingInfo": imprint.get("funding") and f"{about}#publisher",
        }
    )
    return _website(site) | {
        "publisher": publisher(site) | named,
        "publishingPrinciples": about,
        "license": site["licence"]["url"],
    }


def listing(name: str, url: str, entries: Iterable[str], site: Site) -> Node:
    """A list: ``entries`` are the paths of what this page shows, in its order."""
    items = [
        {"@type": "ListItem", "position": number, "url": site["base_url"] + path}
        for number, path in enumerate(entries, start=1)
    ]
    return {
        "@type": "CollectionPage",
        "@id": url,
        "url": url,
        "name": name,
        "isPartOf": _website(site),
        "mainEntity": {"@type": "ItemList", "itemListElement": items},
    }


def breadcrumbs(crumbs: Iterable[dict[str, str]], title: str, site: Site) -> Node:
    """The way to a page; its last step is the page itself and needs no address."""
    steps = [{"name": crumb["label"], "item": site["base_url"] + crumb["href"]} for crumb in crumbs]
    steps.append({"name": title})
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": number, **step} for number, step in enumerate(steps, start=1)
        ],
    }


def publisher(site: Site) -> Node:
    """Who publishes the chronology: whom its page names, else the site itself."""
    base, named = site["base_url"], site["imprint"].get("publisher")
    about = f"{base}/about/#publisher" if named else f"{base}{here('/')}"
    return {"@type": "Organization", "@id": f"{base}/#publisher", "name": named or site["name"], "url": about}


def exact_date(text: str) -> str:
    """An EDTF text as a schema.org date of the same precision; empty when it cannot say it exactly."""
    return edtf.datetime_attribute(edtf.parse(text)) if text else ""


def _begun_and_ended(date: EntryDateDocument) -> tuple[str, str]:
    """When the event began, and when it ended if it lasted, as far as schema.org can say it; both empty if not."""
    exact = exact_date(date["edtf"])
    if date["extent"] != Extent.LASTED:
        return exact, ""
    text = edtf.parse(date["edtf"]).in_months.text
    if "/" not in text:  # all of a month or a year
        return exact, exact
    begun, ended = map(exact_date, text.split("/"))
    return (begun, ended) if begun and ended else ("", "")


def _website(site: Site) -> Node:
    url = site["base_url"] + here("/")
    return {"@type": "WebSite", "@id": f"{url}#site", "name": site["name"], "url": url}


def _other_names(one: dict[str, Any]) -> list[str]:
    return [name for name in (one.get("native"), *(other["name"] for other in one["other_names"])) if name]


def _known(node: Node) -> Node:
    return {name: value for name, value in node.items() if value not in (None, "", [])}
