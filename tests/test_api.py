"""The API as entries come and go: cursors, changes, HTTP, what it costs, and nothing private."""

from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils.text import slugify

from tests.factories import (
    CommodityFactory,
    PersonFactory,
    SourceFactory,
    add_disagreement,
    add_figure,
    draft_entry,
    publish,
    publish_entry,
)
from tests.test_api_contract import API, get, path_of
from timeline.models import EntryPage, PersonName

pytestmark = pytest.mark.django_db


def test_a_cursor_stays_good_when_entries_come(client):
    for day in (1, 3, 5):
        publish_entry(title=f"Day {day}", date=f"2025-04-0{day}")
    following = path_of(get(client, "/entries?limit=2")["links"]["next"])
    publish_entry(title="Day 2", date="2025-04-02")
    assert [entry["headline"] for entry in get(client, following)["entries"]] == ["Day 5"]


def test_changes_tell_of_updates_and_corrections_but_not_of_minor_edits(client):
    entry = publish_entry(title="Talks")
    entry.change = "minor"
    publish(entry)
    entry = EntryPage.objects.get(pk=entry.pk)
    entry.change, entry.correction_wrong, entry.correction_right = "correction", "It said 24.", "It is 25."
    publish(entry)
    told = get(client, "/changes")["changes"]
    assert [(one["kind"], one["version"], one["wrong"]) for one in told] == [
        ("correction", 3, "It said 24."),
        ("first", 1, ""),
    ]
    assert [one["kind"] for one in get(client, "/changes?kind=first")["changes"]] == ["first"]


def test_changes_and_withdrawals_are_those_of_the_question(client):
    beef, cars = CommodityFactory(name="Beef"), CommodityFactory(name="Cars")
    publish_entry(title="Beef talks", commodities=[beef])
    for title, goods in (("Beef rumour", beef), ("Car rumour", cars)):
        entry = publish_entry(title=title, slug=slugify(title), commodities=[goods])
        entry.withdrawal_reason = f"{title}: retracted."
        entry.unpublish()
    assert [one["headline"] for one in get(client, "/changes?commodity=beef")["changes"]] == ["Beef talks"]
    assert get(client, "/changes?commodity=cars")["changes"] == []
    (gone,) = get(client, "/withdrawals?commodity=beef&order=new")["withdrawals"]
    assert (gone["slug"], gone["reason"]) == ("beef-rumour", "Beef rumour: retracted.")
    assert client.get(urlsplit(gone["url"]).path).status_code == 410
    latest = get(client, "/withdrawals?limit=1")
    assert [one["slug"] for one in latest["withdrawals"]] == ["car-rumour"]
    assert [one["slug"] for one in get(client, path_of(latest["links"]["next"]))["withdrawals"]] == ["beef-rumour"]


def test_an_answer_is_asked_for_again_only_when_it_changed(client):
    """And names the edition that changed it, so that the same tag means the same bytes."""
    beef = CommodityFactory(name="Beef")
    publish_entry(slug="beef-talks", commodities=[beef])
    addresses = ["/entries?commodity=beef", "/entries/beef-talks", "/changes?commodity=beef"]
    before = {address: client.get(f"{API}{address}") for address in addresses}
    publish_entry(title="Something else")
    for address, seen in before.items():
        again = client.get(f"{API}{address}", headers={"If-None-Match": seen["ETag"]})
        assert (again.status_code, again["Link"]) == (304, seen["Link"])
        assert client.get(f"{API}{address}").content == seen.content
    publish(EntryPage.objects.get(slug="beef-talks"))
    for address, seen in before.items():
        assert client.get(f"{API}{address}", headers={"If-None-Match": seen["ETag"]}).status_code == 200


def test_the_same_state_is_the_same_bytes_and_a_change_is_another_tag(client):
    publish_entry(title="One")
    first, second = (client.get(f"{API}/entries") for _time in range(2))
    assert first.content == second.content
    publish_entry(title="Two")
    assert client.get(f"{API}/entries", headers={"If-None-Match": first["ETag"]}).status_code == 200


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_it_is_read_only_and_says_so(method):
    client = Client(enforce_csrf_checks=True)
    answer = getattr(client, method)(f"{API}/entries")
    assert answer.status_code == 405
    assert answer["Allow"] == "GET, HEAD, OPTIONS"
    assert answer.json()["status"] == 405
    assert getattr(client, method)(f"{API}/nothing").json()["status"] == 404


def test_browsers_may_ask_first(client):
    answer = client.options(f"{API}/entries", headers={"Origin": "https://example.org"})
    assert answer.status_code == 204
    assert "GET" in answer["Access-Control-Allow-Methods"]
    assert answer["Access-Control-Allow-Origin"] == "*"


def test_what_a_question_can_be_narrowed_by_takes_the_query_string_of_the_chronology_whole(client):
    for year in (2019, 2025, 2025):
        publish_entry(date=str(year), commodities=[CommodityFactory(name="Rice")])
    plain = get(client, "/facets?commodity=rice")
    assert plain["total"] == 3
    listed = get(client, "/facets?commodity=rice&order=new&page=2019")
    assert [listed[name] for name in ("total", "years", "facets")] == [
        plain[name] for name in ("total", "years", "facets")
    ]
    assert listed["query"] == "commodity=rice&order=new"
    for wrong in ("order=sideways", "page=abc", "limit=5"):
        answer = client.get(f"{API}/facets?{wrong}")
        assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (400, wrong.partition("=")[0])


@pytest.mark.parametrize(
    "address", ["/changes?cursor=YWZ0ZXJ-MjAxOQ", "/people?cursor=YWZ0ZXJ-AA", "/sources?kind=gossip", "/coverage?q=1"]
)
def test_records_refuse_bad_parameters_too(client, address):
    assert client.get(f"{API}{address}").status_code == 400


def test_thousands_of_parameters_are_refused(client):
    assert client.get(f"{API}/entries?{'a=1&' * 10_001}").status_code == 400


@pytest.mark.parametrize(
    "address", ["/entries/nobody-wrote-this", "/people/nobody", "/nothing", "/entries/", "/a/b%00"]
)
def test_what_is_not_there_is_404_in_words(client, address):
    answer = client.get(f"{API}{address}")
    assert answer.status_code == 404
    assert answer.json()["detail"]


def test_old_slugs_lead_to_new_ones(client, django_capture_on_commit_callbacks):
    person = PersonFactory(family_name="Old", slug="old-slug")
    entry = publish_entry(title="Before", slug="before", people=[person])
    with django_capture_on_commit_callbacks(execute=True):
        entry.slug = "after"
        publish(entry)
        person.slug = "new-slug"
        person.save()
    for old, new in (
        ("/entries/before", "/entries/after"),
        ("/people/old-slug", "/people/new-slug"),
        ("/entries?person=old-slug&limit=1", "/entries?person=new-slug&limit=1"),
    ):
        answer = client.get(f"{API}{old}")
        assert answer.status_code == 308
        assert answer["Location"].endswith(f"{API}{new}")


def rich_entry(number):
    source, other = SourceFactory(), SourceFactory()
    person = PersonFactory()
    PersonName.objects.create(person=person, name=f"別名{number}", script="Jpan", language="ja", kind="native")
    person.positions.create(title="Minister", start="2020", source=other)
    entry = draft_entry(
        title=f"Day {number}",
        date=f"2025-04-0{number}",
        sources=[source, other],
        people=[person],
        commodities=[CommodityFactory()],
    )
    add_figure(entry, source)
    add_disagreement(entry, **{"an hour": source, "two hours": other})
    return publish(entry)


COSTS = {
    "/entries": 7,
    "/entries?commodity=commodity-here": 8,
    "/entries?q=day": 8,
    "/facets": 4,
    "/changes": 5,
    "/withdrawals": 5,
    "/people": 6,
    "/organisations": 4,
    "/commodities": 5,
    "/sources": 3,
}


def test_the_number_of_queries_is_the_same_for_one_row_and_for_three(client, django_assert_max_num_queries):
    CommodityFactory(name="Commodity here")
    rich_entry(1)
    one = {}
    for address, limit in COSTS.items():
        with django_assert_max_num_queries(limit) as asked:
            client.get(f"{API}{address}")
        one[address] = len(asked)
    rich_entry(2)
    rich_entry(3)
    for address in COSTS:
        with django_assert_max_num_queries(one[address]):
            client.get(f"{API}{address}")
    etag = client.get(f"{API}/entries")["ETag"]
    with django_assert_max_num_queries(1):
        client.get(f"{API}/entries", headers={"If-None-Match": etag})


def test_nothing_private_is_anywhere(client):
    secret = "unmentionable"
    source = SourceFactory(note=secret, description=secret)
    hidden = SourceFactory(url=f"https://{secret}.example/", url_shown=False)
    person = PersonFactory(note=secret)
    person.names.create(name=f"Misprinted {secret}", kind="misprint")
    person.positions.create(title="Minister", source=source, note=secret)
    entry = publish_entry(title="Public", people=[person], sources=[source, hidden], editor_note=secret)
    entry.title = entry.summary = f"{secret} draft"
    entry.save_revision()
    draft_entry(
        title=f"{secret} headline",
        people=[PersonFactory(family_name=secret)],
        commodities=[CommodityFactory(name=f"{secret} goods")],
        sources=[SourceFactory(title=f"{secret} report")],
    )
    gone = publish_entry(title=f"{secret} withdrawn", slug="gone", sources=[source])
    gone.unpublish()
    lists = get(client, "/")["addresses"].values()
    details = [f"{API}/people/{person.slug}", f"{API}/sources/{source.slug}", f"{API}/sources/{hidden.slug}"]
    for address in [*(urlsplit(url).path for url in lists), *details]:
        answer = client.get(address)
        assert answer.status_code == 200
        assert secret not in answer.text, address


@pytest.mark.parametrize(
    "address", ["/changes?kind=first&kind=update", "/sources?kind=news&kind=wire", "/people?limit=9&limit=5"]
)
def test_what_takes_one_value_is_not_given_two(client, address):
    answer = client.get(f"{API}{address}")
    assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (
        400,
        address.partition("?")[2].partition("=")[0],
    )
