"""The river: lanes by years, close up by days, grey context, shaded gaps, links that add filters; and in one strip."""

import pytest
from bs4 import BeautifulSoup

from tests.factories import CategoryFactory, CommodityFactory, PersonFactory, chronology, publish_entry
from timeline import edition
from timeline.models import ChronologyPage, Coverage, Edition, Lane, LaneCategory, LaneCommodity, MonthTotal, Phase

pytestmark = pytest.mark.django_db

BAR = "M{}.5 3v34"
"""The only, so the tallest, bar of a column."""


@pytest.fixture
def farm():
    return CommodityFactory(name="Farm goods", slug="farm-goods")


@pytest.fixture
def talks():
    return CategoryFactory(name="Talks", slug="talks")


@pytest.fixture
def tariffs():
    return CategoryFactory(name="Tariffs", slug="tariffs")


@pytest.fixture(autouse=True)
def lanes(farm, talks):
    page = chronology()
    first = Lane(name="Talks", slug="talks", colour="slate", takes_rest=True)
    first.lane_categories.add(LaneCategory(category=talks))
    second = Lane(name="Farm", slug="farm", colour="olive")
    second.lane_commodities.add(LaneCommodity(commodity=farm))
    page.lanes.set([first, second])
    page.save_revision().publish()
    return page


def river(client, address="/"):
    return drawn(client, f"/overview{address}")


def drawn(client, address):
    return BeautifulSoup(client.get(address).content, "html.parser").find("figure", class_="river")


def row(figure, name):
    return next(row for row in figure.tbody.find_all("tr") if row.th.find(["a", "span"]).text == name)


def paths(cell, kind=None):
    return [path["d"] for path in cell.find_all("path") if path.get("class", [None])[0] == kind]


def test_an_entry_is_a_bar_in_its_month_in_each_of_its_lanes(client, farm, talks):
    publish_entry(date="2019-06-28", category=talks, commodities=[farm])
    publish_entry(date="2021-01-05", commodities=[farm])
    figure = river(client)
    assert figure.h2.text == "Three years at a glance"
    assert [th.get_text(" ", strip=True) for th in figure.thead.find_all("th")] == [
        "2019 1 entry",
        "2020",
        "2021 1 entry",
    ]
    cells = row(figure, "Farm").find_all("td")
    assert [paths(cell) for cell in cells] == [[BAR.format(5)], [], [BAR.format(0)]]
    assert paths(row(figure, "Talks").find_all("td")[0]) == [BAR.format(5)]
    assert row(figure, "Farm").th.get_text(" ", strip=True) == "Farm 2 entries"


def test_rows_years_and_cells_add_to_the_filters_and_lead_nowhere_empty(client, farm, talks):
    person = PersonFactory(family_name="Sato", given_name="", slug="sato")
    publish_entry(date="2019-06-28", category=talks, people=[person])
    publish_entry(date="2020-02", commodities=[farm])
    figure = river(client, "/?person=sato&order=old")
    assert {link["href"] for link in figure.find_all("a")} == {
        "/?order=old&person=sato",
        "/?lane=talks&order=old&person=sato",
        "/?from=2019&order=old&person=sato&to=2019",
        "/?from=2019&lane=talks&order=old&person=sato&to=2019",
    }
    assert figure.find("td").find_next("a").get_text()
    cell = row(figure, "Talks").td.a
    assert (cell.span.text, cell.svg["aria-hidden"]) == ("1 entry, Talks, 2019", "true")
    for link in figure.find_all("a"):
        assert "1 entry" in client.get(link["href"]).content.decode()


def test_what_the_question_leaves_out_stays_in_grey(client, farm):
    publish_entry(date="2019-06-28", commodities=[farm], title="Rice")
    publish_entry(date="2019-07", commodities=[farm], title="Beef")
    figure = river(client, "/?q=rice")
    cell = row(figure, "Farm").td
    assert figure.h2.text == "1 of 2 entries, by month"
    assert (paths(cell), paths(cell, "ghost")) == ([BAR.format(5)], [BAR.format(6)])


def test_an_imprecise_date_is_a_line_and_never_a_bar_in_january(client, farm):
    publish_entry(date="2022", commodities=[farm])
    publish_entry(date="2024-04/2025-03", commodities=[farm])
    cells = row(river(client), "Farm").find_all("td")
    assert [paths(cell, "line") for cell in cells] == [["M0 20h12"], [], ["M3 20h9"], ["M0 20h3"]]
    assert "Several months, or month unknown" in river(client).text


def test_an_open_date_is_drawn_in_the_month_it_is_sorted_into(client, farm):
    publish_entry(date="../2025-10", commodities=[farm])
    publish_entry(date="2025-04-03/..", commodities=[farm])
    assert paths(row(river(client), "Farm").td) == [BAR.format(3) + BAR.format(9)]


def test_a_short_stretch_is_drawn_by_day_and_a_month_not_at_all(client, farm, talks, tariffs):
    publish_entry(date="2025-04-16", category=talks)
    publish_entry(date="2025-05~", commodities=[farm], category=tariffs)
    publish_entry(date="2019")
    figure = river(client, "/?from=2025-04&to=2025-06&lane=talks")
    assert figure.h2.text == "1 of 3 entries, by day"
    heads = [th.get_text(" ", strip=True) for th in figure.thead.find_all("th")]
    assert heads == ["Apr 2025 1 entry", "May", "Jun"]
    april, _may, _june = row(figure, "Talks").find_all("td")
    assert paths(april) == [BAR.format(15)]
    assert paths(row(figure, "Farm").find_all("td")[1], "ghost") == ["M0 20h31"]
    assert april.a["href"] == "/?from=2025-04&lane=talks&to=2025-04"
    assert river(client, "/?from=2025-04&to=2025-04") is None


def test_a_long_chronology_is_drawn_by_decades(client, farm):
    publish_entry(date="1985-03", commodities=[farm])
    publish_entry(date="2025-04-16", commodities=[farm])
    figure = river(client)
    assert [th.find(["a", "span"]).text for th in figure.thead.find_all("th")] == [
        "1980s",
        "1990s",
        "2000s",
        "2010s",
        "2020s",
    ]
    first = row(figure, "Farm").td
    assert paths(first) == [BAR.format(5)]
    assert first.a["href"] == "/?from=1980&lane=farm&to=1989"


def test_months_nobody_researched_are_shaded_and_named(client, lanes):
    publish_entry(date="2019-06-28")
    assert "not yet researched" not in river(client).text
    lanes.coverage.add(Coverage(date="2019-04/2019-06"))
    lanes.save_revision().publish()
    figure = river(client)
    assert paths(row(figure, "Talks").td, "fog") == ["M0 0h3v40h-3zM6 0h6v40h-6z"]
    assert figure.find(class_="fogkey").text == "Not yet researched: January–March 2019; July–December 2019"


def test_phases_are_pins_that_do_not_touch(client, lanes):
    publish_entry(date="2019")
    for name, date in (("One", "2019-01"), ("Two", "2019-02"), ("Three", "2019-11/2019-12"), ("Far", "2031")):
        lanes.phases.add(Phase(name=name, date=date))
    lanes.save_revision().publish()
    figure = river(client)
    pins = [(pin.find("text").text, pin["x"], pin.get("y")) for pin in figure.select(".strip svg svg")]
    assert pins == [("1", "4.17%", None), ("2", "12.50%", None), ("3", "91.67%", None)]
    assert figure.select_one(".strip svg")["height"] == "2.55em"
    assert figure.select_one(".keys li").get_text(" ", strip=True) == "1 One , January 2019"
    assert [link["href"] for link in figure.select(".keys a")][2] == "/?from=2019-11&to=2019-12"


def test_pins_that_would_touch_stand_on_lines_of_their_own(client, lanes):
    publish_entry(date="2019")
    publish_entry(date="2025")
    for name, date in (("One", "2025-01"), ("Two", "2025-03"), ("Three", "2025-05"), ("Four", "2025-12")):
        lanes.phases.add(Phase(name=name, date=date))
    lanes.save_revision().publish()
    strip = river(client).select_one(".strip svg")
    assert [pin.get("y", "0") for pin in strip.find_all("svg")] == ["0", "1.64em", "3.28em", "0"]
    assert strip["height"] == "5.83em"


def test_a_close_up_names_the_phases_in_view_by_their_numbers(client, lanes):
    publish_entry(date="2019-06-28")
    for name, date in (("One", "2019-01"), ("Two", "2019-06"), ("Three", "2020")):
        lanes.phases.add(Phase(name=name, date=date))
    lanes.save_revision().publish()
    figure = river(client, "/?from=2019-05&to=2019-08")
    assert [pin.text for pin in figure.select(".strip svg svg text")] == ["2"]
    assert [item.get_text(" ", strip=True) for item in figure.select(".keys li:has(a)")] == ["2 Two , June 2019"]


def test_too_many_entries_to_count_are_all_drawn_in_grey(client, farm, monkeypatch):
    publish_entry(date="2019-06-28", commodities=[farm])
    publish_entry(date="2019-06-29", commodities=[farm])
    monkeypatch.setattr("timeline.filters.facets.COUNT_LIMIT", 1)
    figure = river(client, "/?lane=farm")
    assert figure.h2.text == "All entries, by month"
    assert (paths(row(figure, "Farm").td), len(paths(row(figure, "Farm").td, "ghost"))) == ([], 1)


def test_without_lanes_there_is_no_river(client, lanes):
    publish_entry()
    lanes.lanes.set([])
    lanes.save_revision().publish()
    assert river(client) is None


# -- in one strip -------------------------------------------------------------------------


def test_above_a_list_it_is_one_strip_with_a_link_a_year_and_bars_stacked_by_lane(client, farm, talks, lanes):
    publish_entry(date="2019-06-28", category=talks, commodities=[farm])
    publish_entry(date="2019-06-29", commodities=[farm])
    publish_entry(date="2021")
    lanes.coverage.add(Coverage(date="2019-04/2021"))
    lanes.save_revision().publish()
    figure = drawn(client, "/")
    assert figure.h2.text == "Entries by year"
    assert figure.caption.text.strip() == "Entries by year. Select a year to see only its entries."
    assert [th.get_text(" ", strip=True) for th in figure.thead.find_all("th")] == ["2019 2", "2020", "2021 1"]
    assert figure.tbody.th.get_text(strip=True) == "Entries"
    first, second, third = figure.tbody.find_all("td")
    assert {link["href"]: link.get_text() for link in figure.tbody.find_all("a")} == {
        "/?from=2019&to=2019#rh": "2019: 2 entries",
        "/?from=2021&to=2021#rh": "2021: 1 entry",
    }
    assert second.get_text(strip=True) == "2020: 0 entries"
    assert {path["class"][0]: path["d"] for path in first.find_all("path")} == {
        "fog": "M0 0h3v40h-3z",
        "l-slate": "M5.5 40v-17",
        "l-olive": "M5.5 23v-17",
    }
    assert paths(third, "line") == ["M0 39h12"]
    assert figure.select_one(".turn")["href"] == "/overview/"


def test_a_strip_leads_to_the_table_of_its_question_and_back_and_has_the_rest_in_grey(client, farm):
    publish_entry(date="2019-06-28", commodities=[farm], title="Rice")
    publish_entry(date="2019-06-29", commodities=[farm], title="Beef")
    figure = drawn(client, "/?q=rice&show=headlines")
    assert figure.h2.text == "1 of 2 entries, by month"
    (cell,) = figure.tbody.find_all("td")
    assert (paths(cell, "l-olive"), paths(cell, "ghost")) == (["M5.5 31.5v-8.5"], ["M5.5 23v-17"])
    assert cell.a["href"] == "/?from=2019&q=rice&show=headlines&to=2019#rh"
    assert figure.select_one(".turn")["href"] == "/overview/?q=rice&show=headlines"
    assert drawn(client, "/overview/?q=rice").select_one(".turn")["href"] == "/?q=rice"


# -- what is stored -----------------------------------------------------------------------


def stored():
    return sorted(
        (lane, str(first), total) for lane, first, total in MonthTotal.objects.values_list("lane", "first", "total")
    )


def test_stored_months_follow_entries_and_lanes(farm, talks, tariffs, lanes):
    first, second = (lane["id"] for lane in Edition.objects.get().lanes)
    entry = publish_entry(date="2019-06-28", category=talks, commodities=[farm])
    other = publish_entry(date="2019-06-01", commodities=[farm], category=tariffs)
    assert stored() == [(first, "2019-06-01", 1), (second, "2019-06-01", 2)]
    other.unpublish()
    assert stored() == [(first, "2019-06-01", 1), (second, "2019-06-01", 1)]
    lanes = ChronologyPage.objects.get()
    lanes.lanes.set([lane for lane in lanes.lanes.all() if lane.slug == "farm"])
    lanes.save_revision().publish()
    assert stored() == [(second, "2019-06-01", 1)]
    entry.unpublish()
    assert stored() == []


def test_a_draft_of_the_chronology_changes_nothing_public(client, lanes):
    publish_entry(date="2019-06-28")
    lanes.phases.add(Phase(name="SECRET", date="2019"))
    lanes.save_revision()
    assert "SECRET" not in client.get("/").content.decode()


def test_rebuilding_stores_the_same(farm):
    publish_entry(date="2019-06-28", commodities=[farm])
    before = stored()
    edition.rebuild()
    assert stored() == before != []


def test_the_queries_do_not_depend_on_lanes_or_entries(client, django_assert_num_queries, farm):
    publish_entry(date="2019-06-28", commodities=[farm])
    client.get("/?from=2019-01&to=2019-10&lane=farm")
    with django_assert_num_queries(4):  # edition, entries, their cards, counts
        client.get("/?from=2019-01&to=2019-10&lane=farm")
    publish_entry(date="2019-07", commodities=[farm])
    client.get("/?from=2019-01&to=2019-10&lane=farm")
    with django_assert_num_queries(4):  # edition, entries, their cards, counts
        client.get("/?from=2019-01&to=2019-10&lane=farm")
