"""Series of figures: what readers see of them, where, and what publication asks of them."""

import csv
from io import StringIO
from unittest.mock import ANY

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.editing import add_row, edit_url, form_data, no_rows
from tests.factories import CommodityFactory, SourceFactory, add_figure, draft_entry, publish, publish_entry
from timeline.models import EntryPage, FigureSeries, PublishedEntry, StateLine

pytestmark = pytest.mark.django_db

PAGE, CSV = "/figures/duty-on-cars/", "/figures/duty-on-cars.csv"


@pytest.fixture
def cars():
    return CommodityFactory(name="Cars", slug="cars")


@pytest.fixture
def duty(cars):
    return FigureSeries.objects.create(name="Duty on cars", description="What a car pays.", commodity=cars)


@pytest.fixture
def source():
    return SourceFactory(title="The order", slug="the-order", published="2025-04-03")


def with_figure(series, source, number=1, commodities=(), **figure):
    """A draft with one figure of the series."""
    date = f"2025-04-{number:02}"
    words = {"title": f"Order {number}", "slug": f"order-{number}", "date": date}
    entry = draft_entry(sources=[source], commodities=commodities, **words)
    add_figure(entry, source, series=series, **{"status": "in_force", "period": f"{date}/..", **figure})
    return entry


def soup(client, address):
    response = client.get(address)
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def table(page):
    return [[cell.get_text(" ", strip=True) for cell in row.select("th, td")] for row in page.select("table.data tr")]


# -- the page -----------------------------------------------------------------------------


def test_a_series_has_a_chart_and_the_table_of_the_same_figures(client, duty, source):
    entry = publish(with_figure(duty, source, value="2.5", basis="base", period="2020/.."))
    later = with_figure(duty, source, 2, value="27.5", basis="total", note="Both together.")
    add_figure(later, source, series=duty, value="25", basis="additional", status="in_force", period="2025-04-02/..")
    publish(later)
    page = soup(client, PAGE)
    assert (page.h1.text, page.figure.h2.text) == ("Duty on cars", "The figures over time")
    assert "What a car pays. The scale starts at zero." in page.figcaption.text
    assert page.svg["aria-hidden"] == "true"
    assert {text.text for text in page.select("svg .big")} == {"2.5%", "27.5%"}
    line = "Example Wire, 3 April 2025"
    assert table(page) == [
        ["When", "Value", "How counted", "Standing", "Source", "Entry"],
        ["From 2020", "2.5%", "Ordinary duty", "In force", line, "Order 1 1 April 2025"],
        ["From 2 April 2025", "27.5%", "In total 2.5% + 25%", "In force Both together.", line, "Order 2 2 April 2025"],
        ["From 2 April 2025", "25%", "Added to the ordinary duty", "In force", line, "Order 2 2 April 2025"],
    ]
    said = page.caption.get_text(" ", strip=True)
    assert "The same figures as a table. 2 of these 3 figures make the line" in said
    links = [link["href"] for link in page.select("table.data tbody tr:first-child a")]
    assert links == ["/sources/the-order/", f"/entries/order-1/#f-{entry.figures.get().uid}"]
    assert page.find("link", type="application/atom+xml")["href"] == "/feed.atom"


def test_the_entry_says_what_a_rate_is_made_of_and_leads_to_its_series(client, duty, source):
    publish(with_figure(duty, source, value="27.5", basis="total"))
    cell = soup(client, "/entries/order-1/").select_one("table.data td.n")
    assert cell.get_text(" ", strip=True) == "27.5% In force, from 1 April 2025 (in total) Over time"
    assert cell.a["href"] == PAGE


def test_a_series_about_a_commodity_stands_on_its_page_and_offers_its_feed(client, duty, cars, source):
    publish(with_figure(duty, source, commodities=[cars]))
    page = soup(client, "/commodities/cars/")
    assert page.select_one(".chart h2 a")["href"] == PAGE
    assert page.select_one(".chart caption a")["href"] == CSV
    page = soup(client, PAGE)
    assert page.select_one("aside .tag")["href"] == "/commodities/cars/"
    assert page.find("link", type="application/atom+xml")["href"] == "/feed.atom?commodity=cars"


def test_a_rate_whose_end_is_not_recorded_has_none_in_the_table_the_chart_and_the_csv(client, duty, source):
    publish(with_figure(duty, source, value="25", period="2021-04-17"))
    page = soup(client, PAGE)
    assert table(page)[1] == ["From 17 April 2021, end not recorded", "25%", "In force", ANY, ANY]
    assert "A thin line means that the end is not recorded." in page.figcaption.text
    assert page.svg.select(".tail")
    assert not page.svg.select("circle")
    (row,) = csv.DictReader(StringIO(client.get(CSV).text, newline=""))
    assert (row["from"], row["until"], row["status"]) == ("2021-04-17", "", "in_force")


def test_what_held_until_a_day_that_is_past_was_in_force(client, duty, source):
    publish(with_figure(duty, source, value="10", period="2025-04-05/2025-08-06"))
    assert table(soup(client, PAGE))[1][2] == "Was in force"
    (row,) = csv.DictReader(StringIO(client.get(CSV).text, newline=""))
    assert row["status"] == "in_force"


def test_what_was_only_said_has_its_own_time_and_a_ring_with_its_value_on_the_day_of_its_entry(client, duty, source):
    publish(with_figure(duty, source, value="15", status="agreed", period="2025-08-07/.."))
    page = soup(client, PAGE)
    assert table(page)[1] == ["From 7 August 2025", "15%", "Agreed", ANY, "Order 1 1 April 2025"]
    (ring,) = page.svg.select(".hollow")
    assert ring.title.text == "15%: agreed, 1 April 2025"
    assert [text.get_text(strip=True) for text in page.svg.select(".big, .wide")[:2]] == ["15%", "agreed"]
    assert "○ not in force" in page.figcaption.text


def test_dates_stand_before_what_an_editor_says_of_them_and_lead_to_the_state_of_their_day(client, duty, source):
    line = StateLine.objects.create(name="Cars", slug="cars", question="What does a car pay?", subject="Cars")
    publish(with_figure(duty, source, value="15", line=line, period="2025-09-16/..", period_note="no end is known"))
    publish(
        with_figure(duty, source, 2, value="25", period="2025-03-12/2025-06-03", period_note="12 March – 3 June 2025")
    )
    page = soup(client, PAGE)
    whens = [row[0] for row in table(page)[1:]]
    assert whens == ["12 March – 3 June 2025", "From 16 September 2025 No end is known Where things stood"]
    assert page.select_one("table.data small a")["href"] == "/state/?on=2025-09-16#cars"


def test_a_figure_whose_sources_went_is_marked(client, duty, source, django_capture_on_commit_callbacks):
    entry = with_figure(duty, source)
    entry.statements.all()[0].citations.all()[0].source = SourceFactory()
    publish(entry)
    with django_capture_on_commit_callbacks(execute=True):
        source.use = "error_example"
        source.save()
    page = soup(client, PAGE)
    assert [mark.text for mark in page.select(".chart .tbs")] == ["to be sourced"] * 2
    assert page.svg.select(".step.todo")


@pytest.mark.parametrize("address", [PAGE, CSV])
def test_a_series_is_public_while_a_published_figure_joins_it(client, duty, source, address):
    assert client.get(address).status_code == 404
    draft = with_figure(duty, source)
    draft.save_revision()
    assert client.get(address).status_code == 404
    entry = publish(draft)
    assert client.get(address).status_code == 200
    entry.unpublish()
    assert client.get(address).status_code == 404


def test_figures_none_of_which_states_a_value_are_a_table_without_a_chart(client, duty, cars, source):
    publish(with_figure(duty, source, value=None, note="He named no rate.", commodities=[cars]))
    for address in (PAGE, "/commodities/cars/"):
        page = soup(client, address)
        assert page.select_one("figure.chart svg, .chart svg") is None
        assert "not stated" in table(page)[1]


def test_figures_of_drafts_are_not_drawn(client, duty, source):
    entry = publish(with_figure(duty, source, label="Public duty"))
    add_figure(entry, source, series=duty, label="Secret duty", value="99", status="threatened")
    entry.save_revision()
    with_figure(duty, source, 2, label="Secret duty", value="98")
    answers = [client.get(address).text for address in (PAGE, CSV)]
    assert all(text.count("Order 1") for text in answers)
    assert not any(secret in text for text in answers for secret in ("Secret", "99", "98", "Order 2"))


def test_queries_do_not_grow_with_figures(client, duty, cars, source):
    def costs():
        return {address: queries(client, address) for address in (PAGE, CSV, "/commodities/cars/")}

    publish(with_figure(duty, source, commodities=[cars]))
    one = costs()
    other = FigureSeries.objects.create(name="Duty on car parts", commodity=cars)
    for number in (2, 3):
        entry = with_figure(duty, SourceFactory(), number, commodities=[cars])
        add_figure(entry, SourceFactory(), series=other, status="agreed")
        publish(entry)
    assert costs() == one
    assert (one[PAGE], one[CSV]) == (4, 3)  # edition, series, entries; and its commodities


def queries(client, address):
    assert client.get(address).status_code == 200
    with CaptureQueriesContext(connection) as context:
        client.get(address)
    return len(context)


def test_a_reader_who_has_the_page_is_told_so(client, duty, source):
    publish(with_figure(duty, source))
    for address in (PAGE, CSV):
        etag = client.get(address).headers["ETag"]
        assert client.get(address, headers={"If-None-Match": etag}).status_code == 304


# -- the CSV ------------------------------------------------------------------------------


def test_the_csv_has_the_rows_of_the_table(client, settings, duty, source):
    first = with_figure(duty, source, value="2.5", basis="base", period="../2025-03", label='Duty, "base"\nrate')
    add_figure(first, SourceFactory(slug="other"), series=duty, value="25", status="threatened", label="=1+1")
    entry = publish(first)
    response = client.get(CSV)
    text = response.content.decode("utf-8")
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8; header=present"
    assert 'filename="duty-on-cars.csv"' in response.headers["Content-Disposition"]
    assert text.endswith("\r\n")
    rows = list(csv.DictReader(StringIO(text, newline="")))
    site = settings.BASE_URL
    assert [(row["from"], row["until"], row["value"], row["label"], row["status"]) for row in rows] == [
        ("", "2025-03-31", "2.5", 'Duty, "base"\nrate', "in_force"),
        ("2025-04-01", "2025-04-01", "25", "=1+1", "threatened"),
    ]
    assert (rows[0]["source_numbers"], rows[0]["source_urls"]) == (str(source.number), f"{site}/sources/the-order/")
    assert rows[0]["entry_url"] == f"{site}/entries/order-1/#f-{entry.figures.all()[0].uid}"


# -- what editors do ----------------------------------------------------------------------


def test_a_renamed_series_is_renamed_for_readers_at_once(
    client, duty, cars, source, django_capture_on_commit_callbacks
):
    publish(with_figure(duty, source, commodities=[cars]))
    with django_capture_on_commit_callbacks(execute=True):
        duty.name, duty.slug = "Duty on motor cars", "duty-on-motor-cars"
        duty.save()
    page = soup(client, "/commodities/cars/")
    assert page.select_one(".chart h2").text == "Duty on motor cars"
    assert len(table(page)) == 2
    assert client.get(PAGE).headers["Location"] == "/figures/duty-on-motor-cars/"


def test_figures_of_one_series_count_the_same_thing(duty, source):
    publish(with_figure(duty, source, value="2.5"))
    other = with_figure(duty, source, 2, unit="money", currency="USD", per="year", label="Revenue")
    with pytest.raises(ValidationError) as caught:
        publish(other)
    (message,) = caught.value.messages
    said = "The figure “Revenue” counts US dollars per year, the series “Duty on cars” counts percent."
    assert message == f"{said} Make them agree, or take the figure out of the series."
    alone = with_figure(FigureSeries.objects.create(name="New"), source, 3)
    add_figure(alone, source, series=FigureSeries.objects.get(name="New"), unit="days", label="Wait")
    with pytest.raises(ValidationError, match="“Wait” counts days"):
        publish(alone)


def test_a_figure_may_change_its_unit_while_it_is_alone_in_its_series(duty, source):
    entry = publish(with_figure(duty, source))
    figure = entry.figures.get()
    figure.unit = "percentage_points"
    entry.figures = [figure]
    publish(entry)
    assert PublishedEntry.objects.get().document["figures"][0]["unit"] == "percentage_points"


def test_a_series_deleted_under_a_draft_leaves_the_figure(duty, source):
    entry = publish_entry(sources=[source])
    add_figure(entry, source, series=duty, label="Only in the draft")
    entry.save_revision()
    duty.delete()
    draft = EntryPage.objects.get(pk=entry.pk).get_latest_revision_as_object()
    (figure,) = draft.figures.all()
    assert (figure.label, figure.series, figure.citations.count()) == ("Only in the draft", None, 1)


def test_an_editor_adds_a_series_and_joins_a_figure_to_it(editor, cars, source):
    add = reverse("wagtailsnippets_timeline_figureseries:add")
    data = form_data(editor.get(add)) | {"name": "Duty on cars", "commodity": cars.pk}
    assert editor.post(add, data).status_code == 302
    series = FigureSeries.objects.get()
    entry = draft_entry(sources=[source])
    data = form_data(editor.get(edit_url(entry)))
    prefix = add_row(data, "figures", label="Duty", value="27.5", unit="percent", status="in_force", basis="total")
    data[f"{prefix}-series"] = series.pk
    no_rows(data, f"{prefix}-citations")
    assert editor.post(edit_url(entry), data).status_code == 302
    (figure,) = EntryPage.objects.get(pk=entry.pk).get_latest_revision_as_object().figures.all()
    assert (figure.series, figure.basis) == (series, "total")


def test_the_chooser_finds_a_series_by_its_name(editor, duty):
    address = reverse("wagtailsnippetchoosers_timeline_figureseries:choose_results")
    found = editor.get(address, {"q": "cars duty"})
    assert "Duty on cars" in found.text
    assert "Duty on cars" not in editor.get(address, {"q": "beef"}).text
