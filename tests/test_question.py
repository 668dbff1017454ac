"""The reader's question: what a query string finds, says, and does not understand."""

import datetime
from urllib.parse import unquote

import pytest
from bs4 import BeautifulSoup
from django.db import transaction
from django.http import QueryDict

from tests.factories import (
    CategoryFactory,
    CommodityFactory,
    OrganisationFactory,
    PersonFactory,
    SourceFactory,
    add_disagreement,
    draft_entry,
    publish,
    publish_entry,
)
from timeline.filters import Question, facets
from timeline.filters.paging import list_entries
from timeline.models import CommodityName, FacetTotal, HSCode, Organisation, PersonName, PublishedEntry, WordTotal

pytestmark = pytest.mark.django_db


def headlines(query: str) -> list[str]:
    """What the list shows, in its order."""
    return [row.document["headline"] for row in list_entries(Question(QueryDict(query))).rows]


def problems(query: str) -> list[str]:
    question = Question(QueryDict(query))
    list_entries(question)
    return [problem.message for problem in question.problems]


# -- words --------------------------------------------------------------------------------


@pytest.fixture
def akazawa():
    person = PersonFactory(family_name="Akazawa", given_name="Ryosei")
    for name, script, kind in [
        ("赤沢亮正", "Jpan", "native"),
        ("Ryōsei Akazawa", "Latn", "alias"),
        ("Ryo Akasawa", "Latn", "misprint"),
    ]:
        person.names.add(PersonName(name=name, script=script, kind=kind))
    person.save()
    return person


def test_a_person_is_found_by_any_name_in_any_order_and_script(akazawa):
    publish_entry(title="He goes to Washington", people=[akazawa])
    publish_entry(title="Somebody else")
    names = [
        "Akazawa Ryosei",
        "Ryosei Akazawa",
        "AKAZAWA",
        "Akazawa Ryōsei",
        "Ryo Akasawa",
        "赤沢",
        "赤澤",
        "赤沢亮正",
        "赤",
    ]
    assert [name for name in names if headlines(f"q={name}") != ["He goes to Washington"]] == []


def test_words_are_found_in_the_form_people_type():
    texts = {
        "Rare": "A framework for rare-earth supply",
        "Short": "A fund of $550bn",
        "Long": "Another fund of 550 billion dollars",
        "Cars": "Tariffs on automobiles",
        "Visit": "経済再生担当の赤沢大臣が訪米した",
        "Deal": "日米が合意した",
        "Plant": "トヨタが投資する",
    }
    for title, text in texts.items():
        publish_entry(title=title, summary=text, date="2025-04-16")
    found = {
        "rare earths": ["Rare"],
        "550 billion": ["Short", "Long"],
        "$550bn": ["Short", "Long"],
        "tariff automobile": ["Cars"],
        "赤沢大臣": ["Visit"],
        "米": ["Visit", "Deal"],
        "トヨタ": ["Plant"],
        "ﾄﾖﾀ": ["Plant"],
    }
    assert {words: headlines(f"q={words}") for words in found} == found


def test_statements_quotations_and_sources_are_searched():
    publish_entry(title="Found", statements=["They spoke of scallops."])
    assert headlines("q=scallops") == ["Found"]


def test_words_of_a_draft_are_not_found():
    entry = publish_entry(title="Public")
    entry.summary = "A secretword that nobody may read yet."
    entry.save_revision()
    draft_entry(title="Draft", summary="Another secretword.")
    assert headlines("q=secretword") == []


def test_a_commodity_is_found_by_its_other_names_and_hs_code():
    cars = CommodityFactory(name="Passenger vehicles")
    cars.names.add(CommodityName(name="motor cars"))
    cars.hs_codes.add(HSCode(code="8703"))
    cars.save()
    publish_entry(title="About cars", commodities=[cars])
    assert headlines("q=motor+cars") == ["About cars"]
    assert headlines("q=8703") == ["About cars"]


def test_renaming_a_record_is_found_at_once(django_capture_on_commit_callbacks):
    person = PersonFactory(family_name="Old", given_name="Name")
    publish_entry(title="Her entry", people=[person])
    with django_capture_on_commit_callbacks(execute=True):
        person.family_name = "Newly"
        person.save()
    assert headlines("q=Newly") == ["Her entry"]
    assert headlines("q=Old") == []


# -- dates --------------------------------------------------------------------------------


OVERLAPS = [
    ("2025-04-16", "from=2025-04-16&to=2025-04-16", True),
    ("2025-04-16", "from=2025-04-17", False),
    ("2025-04-16", "to=2025", True),
    ("2025-12-31", "to=2025", True),
    ("2026-01-01", "to=2025", False),
    ("2025-04", "from=2025-04-30&to=2025-04-30", True),
    ("2025-04", "from=2025-05-01", False),
    ("2021-03-18/2021-04-16", "from=2021-04&to=2021-04", True),
    ("2021-03-18/2021-04-16", "from=2021-04-17", False),
    ("../2019-06", "to=2010", True),
    ("2025-09/..", "from=2040", True),
    ("2025-05~", "from=16+May+2025&to=2025年5月16日", True),
]


def test_the_dates_of_an_entry_and_of_a_question_overlap():
    for date in {date for date, _query, _found in OVERLAPS}:
        publish_entry(title=date, date=date)
    assert [row for row in OVERLAPS if (row[0] in headlines(row[1])) is not row[2]] == []


def test_the_list_says_why_an_entry_of_a_wider_date_is_in_it(client):
    for date in ("2025-04", "2025-04-30", "../2025-05"):
        publish_entry(title=f"Dated {date}", date=date)
    page = BeautifulSoup(client.get("/?from=2025-04-30&to=2025-04-30").content, "html.parser")
    said = {one.h4.text: "wider than the dates asked for" in one.text for one in page.select("article.entry")}
    assert said == {"Dated 2025-04": True, "Dated 2025-04-30": False, "Dated ../2025-05": True}
    assert "wider than" not in client.get("/?from=2025-04&to=2025-04&q=dated+2025-04").text


@pytest.mark.parametrize("query", ["q=beef&q=rice", "from=2025&from=2024", "order=new&order=old"])
def test_what_can_be_asked_once_is_not_asked_twice(client, query):
    name = query.partition("=")[0]
    (problem,) = problems(query)
    assert problem == f"Give “{name}” once."
    assert problems("q=beef&q=beef&q=") == []
    assert client.get(f"/feed.atom?{query}").status_code == client.get(f"/api/v1/entries?{query}").status_code == 400


def test_an_imprecise_date_stands_after_the_days_it_covers():
    for date in ["2025", "2025-04", "2025-04-30", "2025-04-01", "../2025-04-01", "2025-05-01"]:
        publish_entry(title=date, date=date)
    assert headlines("") == ["../2025-04-01", "2025-04-01", "2025-04-30", "2025-04", "2025-05-01", "2025"]
    assert headlines("order=new") == list(reversed(headlines("")))


# -- records ------------------------------------------------------------------------------


def test_values_of_one_kind_widen_and_kinds_narrow():
    one, two = PersonFactory(), PersonFactory()
    talks, deal = CategoryFactory(name="Talks"), CategoryFactory(name="Agreement")
    publish_entry(title="One talks", people=[one], category=talks)
    publish_entry(title="Two talks", people=[two], category=talks)
    publish_entry(title="One agrees", people=[one], category=deal)
    assert headlines(f"person={one.slug}&person={two.slug}") == ["One talks", "Two talks", "One agrees"]
    assert headlines(f"person={one.slug}&person={two.slug}&category=agreement") == ["One agrees"]


def test_a_commodity_answers_for_its_descendants():
    vehicles = CommodityFactory(name="Vehicles")
    cars = CommodityFactory(name="Cars", parent=vehicles)
    publish_entry(title="Cars", commodities=[cars])
    publish_entry(title="Vehicles", commodities=[vehicles])
    assert headlines("commodity=vehicles") == ["Cars", "Vehicles"]
    assert headlines("commodity=cars") == ["Cars"]


def test_organisation_and_publisher_are_different_questions():
    wire = OrganisationFactory(name="Wire")
    publish_entry(title="By the wire", sources=[SourceFactory(publisher=wire)])
    publish_entry(title="About the wire", organisations=[wire], sources=[SourceFactory(publisher=None)])
    assert headlines("organisation=wire") == ["About the wire"]
    assert headlines("publisher=wire") == ["By the wire"]


def test_entries_where_accounts_differ():
    entry = draft_entry(title="Disputed")
    add_disagreement(entry, **{"an hour": SourceFactory(), "50 minutes": SourceFactory()})
    publish(entry)
    publish_entry(title="Plain")
    assert headlines("differ=1") == ["Disputed"]
    queries = ("", "differ=1", "q=plain", "from=2000")
    assert [Question(QueryDict(query)).counts.by_flag for query in queries] == [
        {"differ": n, "key": 0} for n in (1, 1, 0, 1)
    ]


# -- counts -------------------------------------------------------------------------------


def counted(query: str, facet: str) -> dict[str, int]:
    question = Question(QueryDict(query))
    numbers = question.counts.by_option[facet]
    return {slug: numbers.get(option.id, 0) for slug, option in question.options[facet].items()}


def test_counts_respect_the_other_filters_and_ignore_their_own():
    one, two = PersonFactory(given_name="", family_name="One"), PersonFactory(given_name="", family_name="Two")
    talks, deal = CategoryFactory(name="Talks"), CategoryFactory(name="Agreement")
    publish_entry(people=[one], category=talks)
    publish_entry(people=[one, two], category=talks)
    publish_entry(people=[two], category=deal)
    assert counted("", "person") == {"one": 2, "two": 2}
    assert counted("category=talks", "person") == {"one": 2, "two": 1}
    assert counted("person=one", "person") == {"one": 2, "two": 2}
    assert counted("person=one", "category") == {"talks": 2, "agreement": 0}
    assert counted("person=one&category=agreement", "person") == {"one": 0, "two": 1}


@pytest.mark.parametrize("query", ["q=tariff", "q=TARIFF&order=new"])
def test_a_word_that_the_stored_totals_know_as_too_common_is_not_counted(query):
    for _number in range(2):
        publish_entry(title="Tariff talks")
    assert Question(QueryDict(query)).counts.total == 2
    WordTotal.objects.filter(folded="tariff").update(total=5_000)
    counts = Question(QueryDict(query)).counts
    assert (counts.total, counts.capped, counts.years) == (2_000, True, None)
    assert len(headlines(query)) == 2
    assert not Question(QueryDict(f"{query}&from=2025")).counts.capped
    assert not Question(QueryDict("q=tariff+talks")).counts.capped


def test_ticks_that_the_stored_totals_know_as_too_common_alone_are_not_looked_up():
    one, talks = PersonFactory(given_name="", family_name="One"), CategoryFactory(name="Talks")
    publish_entry(people=[one], category=talks)
    FacetTotal.objects.filter(facet="category", value=talks.pk).update(total=2_001)
    counts = Question(QueryDict("person=one&category=talks")).counts
    assert (counts.total, counts.by_option["person"]) == (1, None)  # of all with the category
    assert counts.by_option["category"] == {talks.pk: 1}
    assert counted("person=one&category=talks&from=2000", "person") == {"one": 1}


class TestExactCounts:
    """Each number is exact, however few can be counted."""

    @pytest.fixture(scope="class")
    @classmethod
    def records(cls, django_db_setup, django_db_blocker):
        """Two people and two categories, with entries of each and of both."""
        with django_db_blocker.unblock(), transaction.atomic():
            one, two = PersonFactory(given_name="", family_name="One"), PersonFactory(given_name="", family_name="Two")
            talks, deal = CategoryFactory(name="Talks"), CategoryFactory(name="Agreement")
            of_both = [([one], talks), ([one, two], talks), ([one], deal), ([one, two], deal), ([two], deal)]
            for people, category in of_both:
                publish_entry(title="Tariff news", people=people, category=category, date="2024-05")
                publish_entry(title="Other news", people=people, category=category, date="2022")
            yield [one, two], [talks, deal]
            transaction.set_rollback(True)

    @pytest.mark.parametrize("limit", [1, 2, 3, 2_000])
    @pytest.mark.parametrize(
        "asked",
        ["", "q=tariff", "from=2024&to=2024", "from=2023&to=2025&q=tariff"],
        ids=["all", "word", "year", "both"],
    )
    def test_each_number_is_exact_however_few_can_be_counted(self, limit, asked, records, monkeypatch):
        """What matches is counted first; where that is too much, so is what matches without the ticks of a facet."""
        monkeypatch.setattr(facets, "COUNT_LIMIT", limit)
        monkeypatch.setattr(facets, "COUNTABLE", facets.COUNTABLE.replace("2000", str(limit)))
        monkeypatch.setattr("timeline.filters.question.COUNT_LIMIT", limit)
        people, categories = records
        for ticks in (
            "person=one&category=talks",
            "person=two&category=talks",
            "person=one&person=two&category=agreement",
        ):
            question = Question(QueryDict(f"{ticks}&{asked}"))
            counts, number = question.counts, question.entries.count()
            assert (counts.total, counts.capped) == (min(number, limit), number > limit)
            for facet, options in (("person", people), ("category", categories)):
                others = "&".join(part for part in f"{ticks}&{asked}".split("&") if not part.startswith(facet))
                rest = Question(QueryDict(others)).entries
                column = facets.facets()[facet].column
                exact = {record.pk: rest.about(column, [record.pk]).count() for record in options}
                told = counts.by_option[facet]
                assert told is None if rest.count() > limit else told == {pk: n for pk, n in exact.items() if n}


def test_a_parent_and_its_part_count_an_entry_once_each():
    vehicles = CommodityFactory(name="Vehicles")
    cars, vans = (CommodityFactory(name=name, parent=vehicles) for name in ("Cars", "Vans"))
    publish_entry(commodities=[cars, vans])
    assert counted("", "commodity") == {"vehicles": 1, "cars": 1, "vans": 1}


def test_stored_totals_follow_publication_and_withdrawal():
    person = PersonFactory(given_name="", family_name="One")
    entry = publish_entry(people=[person])
    publish_entry(people=[person])
    assert counted("", "person") == {"one": 2}
    entry.unpublish()
    assert counted("", "person") == {"one": 1}


# -- words for the question ---------------------------------------------------------------


def test_the_sentence_says_what_is_asked():
    publish_entry(
        people=[PersonFactory(family_name="Akazawa", given_name="Ryosei")],
        commodities=[CommodityFactory(name="Beef"), CommodityFactory(name="Rice")],
    )
    query = "commodity=rice&commodity=beef&person=ryosei-akazawa&from=2025-04&to=2025-09&q=quota"
    assert Question(QueryDict(query)).sentence == (
        "Entries about Rice or Beef, with Ryosei Akazawa, matching “quota”, from April 2025 to September 2025"
    )
    assert Question(QueryDict("")).sentence == "All entries"
    assert Question(QueryDict("from=2025&to=2025")).sentence == "Entries in 2025"


def test_the_canonical_query_does_not_depend_on_how_it_was_typed():
    publish_entry(commodities=[CommodityFactory(name="Beef"), CommodityFactory(name="Rice")])
    one = Question(QueryDict("q=&to=April+2025&commodity=rice&commodity=beef&commodity=rice&order=old"))
    other = Question(QueryDict("commodity=beef&commodity=rice&to=2025-04"))
    assert one.query() == other.query() == "commodity=beef&commodity=rice&to=2025-04"


def test_a_chip_removes_its_own_filter_only():
    publish_entry(commodities=[CommodityFactory(name="Beef"), CommodityFactory(name="Rice")])
    chips = Question(QueryDict("commodity=beef&commodity=rice&from=2025&order=new")).chips
    assert [(chip.label, chip.query) for chip in chips] == [
        ("Beef", "commodity=rice&from=2025&order=new"),
        ("Rice", "commodity=beef&from=2025&order=new"),
        ("From 2025", "commodity=beef&commodity=rice&order=new"),
    ]


NOT_UNDERSTOOD = {
    "person=nobody": "There is no person “nobody” here.",
    "person=%00": "There is no person “” here.",
    "from=2025-13": "“2025-13”: there is no month 13.",
    "to=30+February+2025": "“30 February 2025”: there is no 30 February 2025.",
    "from=last+month": (
        "“last month” is not a date. Write a year, a month such as 2025-12, or a day such as 2025-12-01."
    ),
    "to=Wednesday": "“Wednesday” is not a date. Write a year, a month such as 2025-12, or a day such as 2025-12-01.",
    "from=2025&to=2024": "The first date is later than the second.",
    "order=sideways": "The order is “relevance”, “new” or “old”, not “sideways”.",
    "page=abc": "There is no page “abc”.",
    "page=99999999999999999999": "There is no page “99999999999999999999”.",
    "page=2025-13": "There is no page “2025-13”.",
    "page=after.2025-02-30.1.1": "There is no page “after.2025-02-30.1.1”.",
    "from=until+July+2025": "“until July 2025” has no first day.",
    "to=2025年4月以降": "“2025年4月以降” has no last day.",
    "foo=1": "We did not understand “foo” in the address.",
    "q=!!!": "There is no word to search for in “!!!”.",
    "q=a%00b": "Null characters are not allowed.",
    "differ=yes": "Write differ=1 to see only entries where sources disagree.",
}


@pytest.mark.parametrize(
    ("query", "canonical", "sentence"),
    [
        ("from=2025年4月以降", "from=2025-04", "Entries from April 2025 on"),
        ("to=until+July+2025", "to=2025-07", "Entries until July 2025"),
        ("from=2025年4～6月&to=2025年4～6月", "from=2025-04&to=2025-06", "Entries from April 2025 to June 2025"),
        ("from=summer+2025&to=2025-22", "from=2025-22&to=2025-22", "Entries in summer 2025"),
        ("from=2024年度", "from=2024-04", "Entries from April 2024 on"),
    ],
)
def test_of_a_date_with_two_ends_the_one_that_is_asked_for_counts(query, canonical, sentence):
    question = Question(QueryDict(query))
    assert (unquote(question.query()), question.sentence) == (canonical, sentence)
    again = Question(QueryDict(canonical))
    assert (again.bounds, again.sentence) == (question.bounds, sentence)


def test_what_is_not_understood_is_said_and_left_out():
    publish_entry(title="Still there")
    assert {query: problems(query) for query in NOT_UNDERSTOOD} == {
        query: [message] for query, message in NOT_UNDERSTOOD.items()
    }
    assert [query for query in NOT_UNDERSTOOD if headlines(query) != ["Still there"]] == []


def test_what_is_not_understood_is_not_said_to_be_asked():
    publish_entry()
    for query in NOT_UNDERSTOOD:
        question = Question(QueryDict(query))
        assert (question.sentence, question.chips, question.query()) == ("All entries", [], ""), query


def test_a_mistake_is_explained_in_the_same_words_everywhere(client):
    publish_entry()
    for query, message in NOT_UNDERSTOOD.items():
        if "foo" not in query:  # the API knows other names
            for address in ("/entries.json", "/api/v1/entries"):
                errors = client.get(f"{address}?{query}").json()["errors"]
                assert [error["detail"] for error in errors] == [message]


def test_what_an_operator_cannot_do_is_said_on_the_page_and_no_reason_to_refuse_a_feed(client):
    publish_entry(title="Rice talks")
    page = client.get("/?q=OR+rice").content.decode()
    assert "“OR” needs words on both sides; one that has none was left out." in page
    assert "<mark>Rice</mark> talks" in page
    assert "“NOT” leaves nothing out; “-” before a word does." in client.get("/?q=rice+NOT+talks").content.decode()
    for words in ("OR+rice", "%22rice", "rice+-", "the", "-", "rice+-the"):
        answer = client.get(f"/feed.atom?q={words}")
        assert (answer.status_code, "Rice talks" in answer.text) == ((400, False) if words == "-" else (200, True)), (
            words
        )


def test_a_search_for_nothing_but_frequent_words_finds_all_and_says_why(client):
    publish_entry(title="Rice talks")
    page = client.get("/?q=the+of").content.decode()
    assert "“the of”: words as frequent as these are in nearly every entry." in page
    assert headlines("q=the+of") == ["Rice talks"]


def test_a_long_search_is_cut_and_says_so():
    publish_entry(title="Still there")
    assert problems("q=" + "a " * 300) == [
        "Only the first 200 characters of the search are used.",
        "Only the first 25 words of the search are used.",
    ]


# -- pages --------------------------------------------------------------------------------


def test_what_has_no_month_has_a_heading_of_its_own():
    for date in ("2025-05-31", "2025-21", "2025-06-01", "2025-34", "2025-24", "2025"):
        publish_entry(title=date, date=date)
    listing = list_entries(Question(QueryDict("")))
    assert [(year.year, [(month.id, month.label) for month in year.months]) for year in listing.years] == [
        (
            2025,
            [
                ("m2025-05", "May"),
                ("m2025-21", "Spring"),
                ("m2025-06", "June"),
                ("m2025-34", "Second quarter"),
                ("m2025-00", "Month not stated"),
            ],
        ),
        (2026, [("m2026-24", "Winter 2025–26")]),
    ]


@pytest.fixture
def many(monkeypatch):
    monkeypatch.setattr("timeline.filters.paging.PAGE_SIZE", 2)
    for day in range(1, 6):
        publish_entry(title=f"Day {day}", date=f"2025-04-0{day}")


def walk(query: str, way: str) -> list[list[str]]:
    """The headlines of each page, following the links of one direction."""
    pages = []
    while True:
        listing = list_entries(Question(QueryDict(query)), 2)
        pages.append([row.document["headline"] for row in listing.rows])
        query = getattr(listing, way)
        if not query:
            return pages


def test_pages_follow_each_other_without_gap_or_repeat(many):
    assert walk("", "next") == [["Day 1", "Day 2"], ["Day 3", "Day 4"], ["Day 5"]]
    assert walk("order=new", "next") == [["Day 5", "Day 4"], ["Day 3", "Day 2"], ["Day 1"]]


def test_the_way_back_shows_the_same_entries(many):
    last = list_entries(Question(QueryDict("")), 2)
    while last.next:
        last = list_entries(Question(QueryDict(last.next)), 2)
    assert walk(last.previous, "previous") == [["Day 3", "Day 4"], ["Day 1", "Day 2"]]


def test_a_new_entry_does_not_shift_the_page_one_is_on(many):
    second = list_entries(Question(QueryDict("")), 2).next
    publish_entry(title="Earlier", date="2025-03-01")
    assert [row.document["headline"] for row in list_entries(Question(QueryDict(second)), 2).rows] == [
        "Day 3",
        "Day 4",
    ]


def test_a_page_can_start_at_a_year_or_month(many):
    publish_entry(title="Next year", date="2026-01-01")
    assert headlines("page=2026") == ["Next year"]
    assert headlines("page=2025-05") == ["Next year"]
    assert headlines("page=2025&order=new")[0] == "Day 5"


def test_headings_say_when_a_year_or_month_continues(many):
    first = list_entries(Question(QueryDict("")), 2)
    second = list_entries(Question(QueryDict(first.next)), 2)
    assert [(year.year, year.continued, [month.continued for month in year.months]) for year in first.years] == [
        (2025, False, [False])
    ]
    assert [(year.year, year.continued, [month.continued for month in year.months]) for year in second.years] == [
        (2025, True, [True])
    ]


@pytest.mark.parametrize(
    "query", ["", "q=met&from=2025&commodity=beef&person=one&category=talks&publisher=example-wire"]
)
@pytest.mark.parametrize("entries", [1, 3])
def test_a_question_costs_the_same_queries_whatever_it_finds(query, entries, django_assert_num_queries):
    person = PersonFactory(given_name="", family_name="One")
    beef = CommodityFactory(name="Beef")
    for _number in range(entries):
        publish_entry(people=[person], commodities=[beef])
    with django_assert_num_queries(4 if "q=" in query else 3):  # options, the names in words, page, counts
        question = Question(QueryDict(query))
        assert len(list_entries(question).rows) == entries
        assert question.counts.total == entries


def test_an_organisation_in_use_cannot_be_deleted():
    organisation = OrganisationFactory(name="Ministry")
    publish_entry(organisations=[organisation])
    with pytest.raises(Exception, match="protected"):
        organisation.delete()
    assert Organisation.objects.filter(pk=organisation.pk).exists()


def test_a_search_in_quotation_marks_is_not_quoted_twice():
    assert Question(QueryDict("q=%22beef+safeguard%22")).sentence == 'Entries matching "beef safeguard"'


def test_what_only_drafts_name_is_unknown_and_what_readers_knew_stays_known(client):
    person = PersonFactory(family_name="Secret", given_name="Scoop", slug="secret-scoop")
    draft_entry(people=[person])
    addresses = ["/?person=secret-scoop", "/feed.atom?person=secret-scoop", "/api/v1/entries?person=secret-scoop"]
    assert [client.get(address).status_code for address in addresses] == [200, 404, 404]
    assert not [address for address in addresses if "Scoop" in client.get(address).text]
    entry = publish_entry(people=[person])
    entry.unpublish()
    assert [client.get(address).status_code for address in addresses] == [200, 200, 200]


@pytest.mark.parametrize(
    ("first", "after"),
    [
        ("2024-01-01", "2025-01-01"),
        ("2024-03-01", "2024-04-01"),
        ("2024-05-06", "2024-05-07"),
        ("2023-12-31", "2024-01-02"),
        ("2023-11-01", "2025-02-01"),
        ("2020-12-01", "2022-01-01"),
        ("2021-06-01", "2021-06-02"),
        ("2019-01-01", "2026-01-01"),
    ],
)
def test_what_is_counted_is_what_is_listed(first, after):
    """Counts ask for months in an index of their own, lists for the order of time: both mean the same entries."""
    category = CategoryFactory()
    for date in (
        "2024",
        "2024-03",
        "2024-05-06",
        "2023-12-31",
        "2023-11/2024-02",
        "2020/2026",
        "2024-02/..",
        "2021-06",
    ):
        publish_entry(date=date, category=category)
    days = datetime.date.fromisoformat(first), datetime.date.fromisoformat(after)
    listed = PublishedEntry.objects.in_period(*days).about("category", [category.pk])
    counted = PublishedEntry.objects.unordered().in_period(*days).about("category", [category.pk])
    assert set(counted) == set(listed)
    assert listed
    in_order = list_entries(Question(QueryDict(f"from={first}&to={days[1] - datetime.timedelta(days=1)}"))).rows
    assert in_order == list(listed.chronological())
    latest = list_entries(Question(QueryDict(f"from={first}&order=new"))).rows
    assert latest == list(PublishedEntry.objects.in_period(days[0], None).chronological(newest_first=True))
