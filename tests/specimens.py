"""One public page of every type, with everything on it that a page can have.

The tests of pages walk this table: markup, accessibility, narrow screens, dark colours.
"""

from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from timeline.choices import Nature
from timeline.formats import FORMATS
from timeline.letters import keys, links
from timeline.models import (
    Attachment,
    CommodityName,
    Coverage,
    EntryPage,
    EntryPerson,
    FigureSeries,
    Follow,
    HSCode,
    Lane,
    LaneCategory,
    LaneCommodity,
    MeasureDate,
    OpenQuestion,
    OrganisationName,
    PersonName,
    Phase,
    Position,
    Source,
    SourceNote,
    StateLine,
    StorylineName,
    Subscriber,
    Subscription,
    Withdrawal,
)

from .factories import (
    CategoryFactory,
    CommodityFactory,
    OrganisationFactory,
    PersonFactory,
    SourceFactory,
    add_disagreement,
    add_figure,
    chronology,
    draft_entry,
    glossary_term,
    image,
    let_an_hour_pass,
    offer_japanese,
    pdf,
    publish,
    publish_entry,
    storyline,
    translate,
)

ENTRY = "/entries/akazawa-meets-trump/"
CORRECTED = "/entries/ministers-prepare-talks/"
WITHDRAWN = "/entries/a-report-that-was-wrong/"

PAGES = {
    "chronology": "/",
    "filtered": "/?commodity=vehicles&commodity=beef&person=ryosei-akazawa&from=2025",
    "search": "/?q=tariff+talks",
    "close up": "/?lane=cars&from=2025-01&to=2025-06",
    "differ": "/?differ=1&order=new",
    "empty": "/?person=ryosei-akazawa&to=2020",
    "date error": "/?from=2025-13",
    "dates in the wrong order": "/?from=2025&to=2019",
    "not understood": "/?colour=red&person=nobody",
    "year": "/?page=2024",
    "all options": "/filters/?commodity=vehicles",
    "key events": "/?key=1",
    "headlines": "/?show=headlines",
    "headlines found": "/?q=talks&show=headlines",
    "overview": "/overview/",
    "overview of a filter": "/overview/?commodity=vehicles",
    "entry": ENTRY,
    "short entry": "/entries/beef-tariff-falls/",
    "chronology in Japanese": "/ja/",
    "entry in Japanese": f"/ja{ENTRY}",
    "person": "/people/ryosei-akazawa/",
    "commodity": "/commodities/vehicles/",
    "commodity below": "/commodities/automobiles/",
    "series": "/figures/duty-on-cars/",
    "state": "/state/",
    "state of a day": "/state/?on=2025-04-17",
    "what was known that day": "/state/?on=2025-04-17&then=1",
    "no such day": "/state/?on=yesterday",
    "categories": "/categories/",
    "category": "/categories/talks/",
    "organisation": "/organisations/ministry-of-economy/",
    "publisher": "/organisations/example-wire/",
    "source": "/sources/first-round/",
    "source in Japanese": "/sources/japanese-report/",
    "people": "/people/",
    "commodities": "/commodities/",
    "organisations": "/organisations/",
    "sources": "/sources/",
    "sources that lack something": "/sources/?without=publisher&kind=news",
    "storylines": "/storylines/",
    "storyline": "/storylines/tariff-talks/",
    "glossary": "/glossary/",
    "term": "/glossary/minimum-access/",
    "term to be sourced": "/glossary/big-progress/",
    "about": "/about/",
    "corrected entry": CORRECTED,
    "history": f"{CORRECTED}history/",
    "versions out of order": f"{CORRECTED}history/?from=3&to=1",
    "no such version": f"{CORRECTED}history/?from=9",
    "version": f"{CORRECTED}versions/1/",
    "cite": f"{CORRECTED}cite/",
    "cite a statement": f"{ENTRY}cite/?statement=ricestays",
    "removed version": f"{CORRECTED}versions/2/",
    "corrections": "/corrections/",
    "updates": "/updates/",
    "updates of a question": "/updates/?commodity=vehicles&person=ryosei-akazawa",
    "updates asked for": "/updates/sent/",
    "feeds": "/feeds/",
    "feeds of a question": "/feeds/?commodity=vehicles",
    "api": "/api/",
    "dataset": "/dataset/",
    "withdrawn": WITHDRAWN,
    "nothing there": "/nothing/",
}
"""A name for each page type and state, and an address that shows it."""

FORMS = {
    "report": "/report-an-error/",
    "report of a statement": "/report-an-error/?entry=akazawa-meets-trump&statement=ricestays",
    "report of a source": "/report-an-error/?source=first-round",
}
"""Pages with a form that is another each time it is asked for."""

EMBEDS = {
    "embedded list": "/embed/",
    "embedded filter": "/embed/?commodity=vehicles&commodity=beef&order=new&limit=2",
    "nothing to embed": "/embed/?to=1999",
    "embedding not understood": "/embed/?from=2025-13&colour=red",
    "embedded entry": f"{ENTRY}embed/",
    "embedded correction": f"{CORRECTED}embed/",
    "embedded withdrawal": f"{WITHDRAWN}embed/",
    "no entry to embed": "/entries/never-was/embed/",
}
"""What other sites show in a frame: pages with a head of their own."""

PRINTS = {
    "print": "/print/",
    "printed filter": "/print/?commodity=vehicles&order=new",
    "nothing to print": "/print/?to=1999",
}
"""What is made for paper: pages with a head of their own."""

ENTRY_FILES = [f"{ENTRY}{name}" for name in ("cite.bib", "cite.ris", "cite.csl.json", "share.png")]
API = [
    *("/api/v1/", "/api/v1/entries", f"/api/v1{ENTRY.rstrip('/')}", "/api/v1/facets", "/api/v1/changes"),
    *("/api/v1/withdrawals", "/api/v1/people", "/api/v1/people/ryosei-akazawa", "/api/v1/organisations"),
    *("/api/v1/organisations/example-wire", "/api/v1/commodities", "/api/v1/commodities/vehicles"),
    *("/api/v1/categories", "/api/v1/sources", "/api/v1/sources/first-round", "/api/v1/figures"),
    *("/api/v1/figures/duty-on-cars", "/api/v1/storylines", "/api/v1/storylines/tariff-talks"),
    *("/api/v1/glossary", "/api/v1/coverage", "/api/v1/state", "/api/v1/openapi.json"),
]
FOR_PROGRAMS = [
    *(f"/{kind.path}" for kind in FORMATS),
    *(f"/{kind.path}?{urlencode(options)}" for kind in FORMATS for _label, options in kind.variants),
    *ENTRY_FILES,
    *API,
    *(f"/oembed?{urlencode({'url': settings.BASE_URL + ENTRY})}", "/figures/duty-on-cars.csv", "/share.png"),
    *("/dataset/latest.zip", "/sitemap.xml", "/sitemap-entries.xml", "/sitemap-sources.xml", "/robots.txt"),
    *("/opensearch.xml", "/favicon.ico", "/apple-touch-icon.png", "/icon.png", "/status.json", "/state.json"),
    *("/state.csv", "/state.csv?on=2025-04-17&excel=1"),
    "/.well-known/trust.txt",
]
"""What programs ask for, at least once each address that ``timeline.urls`` has and no page is."""

STATUS = {"withdrawn": 410, "removed version": 410, "nothing there": 404} | {
    "embedding not understood": 400,
    "embedded withdrawal": 410,
    "no entry to embed": 404,
}
"""The pages that do not answer 200."""


READER = Subscriber(pk=1, key=UUID("00000000-0000-4000-8000-000000000001"))
WANTED, FOLLOWED = Subscription(pk=1, subscriber=READER), Subscription(pk=2, subscriber=READER)


def letter_pages() -> dict[str, str]:
    """Pages that letters lead to: only who has a signed link sees them, and nobody keeps them."""
    return {
        "updates to confirm": links.path(links.CONFIRM, READER, WANTED),
        "updates to change": links.path(links.CHANGE, READER),
        "updates to stop": links.path(links.STOP, READER),
        "link asked for": "/updates/link/",
    }


def publish_specimens() -> EntryPage:
    """Publish what the addresses of :data:`PAGES` show; returns the fullest entry."""
    wire = OrganisationFactory(name="Example Wire", kind="media", country="US")
    ministry = OrganisationFactory(name="Ministry of Economy", kind="government", country="JP")
    OrganisationName.objects.create(organisation=ministry, name="経済省", language="ja", kind="native")
    OrganisationName.objects.create(organisation=ministry, name="MOE", kind="alias")
    report, japanese, description = _sources(wire)
    glossary_term("minimum access", "MA rice", sources=[report, japanese])
    glossary_term("big progress")
    akazawa, trump = _people(ministry, report)
    vehicles = CommodityFactory(name="Vehicles", slug="vehicles")
    cars = CommodityFactory(name="Automobiles", parent=vehicles)
    HSCode.objects.create(commodity=cars, code="8703")
    CommodityName.objects.create(commodity=cars, name="自動車", language="ja", kind="alias")
    beef = CommodityFactory(name="Beef")
    talks = CategoryFactory(name="Talks")
    StateLine.objects.create(
        name="Duty on cars", question="What does a car pay?", subject="Cars", front=1, unknown="What comes next."
    )
    StateLine.objects.create(name="Rice", question="How much rice?", subject="Rice", front=2, position=1)
    _overview(talks, vehicles, beef)
    earlier = publish_entry(
        title="Beef tariff falls", date="2019-06-28", weight="short", commodities=[beef], sources=[report]
    )
    publish_entry(title="A year of waiting", date="2024", date_basis="derived", people=[trump], sources=[description])
    prepared = draft_entry(title="Ministers prepare talks", date="2025-03~", commodities=[cars], sources=[report])
    _join_series(prepared, cars, report)
    _correct(publish(prepared))
    entry = draft_entry(
        title="Akazawa meets Trump",
        slug="akazawa-meets-trump",
        date="2025-04-16/2025-04-17",
        date_extent="lasted",
        date_basis="derived",
        date_note="The report says “Wednesday”.",
        place="Washington, D.C.",
        time_zone="America/New_York",
        weight="key",
        category=talks,
        summary="Akazawa meets Trump at the White House. Tariff talks begin.",
        people=[akazawa, trump],
        commodities=[cars, beef],
        organisations=[ministry],
        sources=[report, japanese],
        statements=[
            "Akazawa meets Trump.",
            "They speak for an hour.",
            "Trump calls it big progress.",
            "Rice stays under minimum access.",
        ],
    )
    statements = list(entry.statements.all())
    statements[3].uid = "ricestays"
    statements[2].nature = Nature.CLAIM
    _quote(statements[2].citations, "big progress", "paragraph 3")
    entry.statements.set(statements)
    entry.entry_people.set([EntryPerson(person=akazawa, role="negotiator"), EntryPerson(person=trump)])
    rate = {"of": "Cars from Japan", "period": "2025-04", "status": "in_force", "note": "On top of 2.5 percent."}
    lines = {"series": FigureSeries.objects.get(), "line": StateLine.objects.get(slug="duty-on-cars")}
    add_figure(entry, report, basis="additional", **lines, **rate)
    money = {"unit": "money", "currency": "USD", "scale": "billion", "qualifier": "about", "per": "year"}
    invested = add_figure(entry, report, label="Investment", value=None, low="400", high="550", **money)
    invested.period_note, invested.status = "while the talks last", "announced"
    _quote(invested.citations, "four hundred billion, or more", "minute 12")
    item = add_disagreement(entry, **{"50 minutes": report, "An hour": japanese})
    item.reason = "It gives the times."
    _quote(item.accounts, "fifty minutes", "paragraph 1", preferred=True, side="Washington")
    entry.source_notes.add(SourceNote(source=japanese, text="The photograph is of an earlier visit."))
    attached = {"source": report, "credit": "Cabinet Office", "licence": "CC BY 4.0"}
    entry.attachments.add(
        Attachment(
            uid="atthetable",
            image=image((900, 600)),
            alt="Two people at a table.",
            caption="At the table",
            is_main=True,
            **attached,
        ),
        Attachment(document=pdf(), caption="The text as signed", **attached),
    )
    entry.measure_dates.add(
        MeasureDate(
            kind="effective",
            date="2025-04-17/2025-05-31",
            note="At midnight.",
            line=StateLine.objects.get(slug="rice"),
            measure="Rice stays under minimum access",
            rests_on=statements[3].uid,
        )
    )
    entry.follows.add(Follow(earlier=earlier))
    entry = publish(entry)
    follower = draft_entry(title="Talks go on", date="2025-05-01", sources=[report])
    follower.follows.add(Follow(earlier=entry))
    follower = publish(follower)
    told = storyline("Tariff talks", earlier, entry, follower, colour="red", series=FigureSeries.objects.get())
    StorylineName.objects.create(storyline=told, name="関税交渉", language="ja", kind="native")
    wrong = publish_entry(title="A report that was wrong", slug="a-report-that-was-wrong", sources=[report])
    wrong.unpublish()
    Withdrawal.objects.filter(slug=wrong.slug).update(reason="The report it rested on was retracted.")
    _subscribe()
    offer_japanese()
    translate(entry, "headline", f"statements.{statements[0].uid}.text", "place")
    let_an_hour_pass()
    return entry


def _quote(rows, words, where, **more):
    """Let the first of these citations or accounts quote."""
    first, *others = rows.all()
    quoted = {"quotation": words, "language": "ja", "translation": f"Translated: {words}", "locator": where}
    for name, value in (quoted | more).items():
        setattr(first, name, value)
    rows.set([first, *others])


def _subscribe():
    """Somebody gets letters about one question, and has not confirmed another."""
    address = "reader@example.org"
    stored = {"address": keys.encrypt(address), "digest": keys.digests(address)[0], "encrypted_with": keys.name()}
    subscriber = Subscriber.objects.create(pk=READER.pk, key=READER.key, **stored)
    now = timezone.now()
    asked = {"subscriber": subscriber, "language": "en", "asked_at": now}
    Subscription.objects.create(pk=WANTED.pk, query="", frequency="daily", **asked)
    Subscription.objects.create(
        pk=FOLLOWED.pk, query="commodity=vehicles&from=2025", frequency="weekly", confirmed_at=now, **asked
    )


def _correct(entry):
    """Four versions: the second is an update whose words were removed later, the others correct."""
    for summary, said in (
        ("Ministers prepare, and a person is named.", {"change": "update", "change_note": "A name was added."}),
        (
            "Ministers prepare for a week.",
            {
                "change": "correction",
                "correction_wrong": "The summary named a person who was not there.",
                "correction_right": "Only ministers were there.",
            },
        ),
        (
            "Ministers prepare for two weeks.",
            {
                "change": "correction",
                "correction_wrong": "The summary said that they prepared for a week.",
                "correction_right": "It was two.",
            },
        ),
    ):
        entry.summary = summary
        for name, text in said.items():
            setattr(entry, name, text)
        entry = publish(entry)
    entry.versions.get(number=2).redact("privacy")


def _overview(talks, vehicles, beef):
    page = chronology()
    lane = Lane(name="Talks", slug="talks", colour="slate", takes_rest=True)
    lane.lane_categories.add(LaneCategory(category=talks))
    page.lanes.add(lane)
    for name, slug, colour, commodity in (("Cars", "cars", "red", vehicles), ("Farm", "farm", "olive", beef)):
        lane = Lane(name=name, slug=slug, colour=colour)
        lane.lane_commodities.add(LaneCommodity(commodity=commodity))
        page.lanes.add(lane)
    page.phases.add(Phase(name="The tariff talks", date="2025-03/2025-05"))
    page.coverage.add(Coverage(date="2019-06"))
    page.coverage.add(Coverage(date="2024/2025-05"))
    page.publisher, page.publisher_url = "The Trade Desk", "https://desk.example.org/"
    page.editors, page.contact = "Hana Mori, Ben Tran", "editors@desk.example.org"
    page.errors, page.funding = "An editor answers within two days.", "Subscriptions; no advertising."
    page.open_questions.add(OpenQuestion(question="What did Tokyo answer?", note="Nothing was found."))
    page.save_revision().publish()


def _join_series(entry, cars, report):
    duty = FigureSeries.objects.create(name="Duty on cars", description="What a car pays.", commodity=cars)
    for figure in (
        {"value": "2.5", "basis": "base", "status": "in_force", "period": "../2025-04-02"},
        {"value": "27.5", "basis": "total", "status": "in_force", "period": "2025-04-03/.."},
        {"value": "25", "basis": "additional", "status": "threatened"},
        {"value": None, "low": "10", "high": "15", "status": "forecast", "note": "In the long run."},
    ):
        add_figure(entry, report, series=duty, **figure)


def _sources(wire):
    report = SourceFactory(title="First round", slug="first-round", publisher=wire, published="2025-04-17")
    japanese = SourceFactory(
        title="赤沢氏が訪米",
        slug="japanese-report",
        language="ja",
        publisher=wire,
        byline="Hanako Yamada",
        archived_url="https://archive.example.org/web/20250418093000/https://example.org/1",
        derived_from=report,
        accessed="2025-04-18",
    )
    Source.objects.filter(pk=japanese.pk).update(link_state="changed", link_state_since="2025-05-02")
    japanese.refresh_from_db()
    description = Source(title="Report on a meeting", title_is_description=True, slug="untitled-report")
    description.save()
    return report, japanese, description


def _people(ministry, report):
    akazawa = PersonFactory(family_name="Akazawa", given_name="Ryosei", slug="ryosei-akazawa", country="JP")
    PersonName.objects.create(person=akazawa, name="赤沢亮正", script="Jpan", language="ja", kind="native")
    PersonName.objects.create(person=akazawa, name="Akazawa Ryosei", kind="alias")
    Position.objects.create(
        person=akazawa, title="Minister", organisation=ministry, start="2024-10-01", source=report, sort_order=0
    )
    Position.objects.create(person=akazawa, title="Vice-minister", end="2021", acting=True, sort_order=1)
    trump = PersonFactory(family_name="Trump", given_name="Donald", slug="donald-trump", country="US")
    return akazawa, trump
