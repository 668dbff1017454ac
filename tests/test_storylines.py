"""Storylines: what they tell, that every word of it rests on something public, and the place of an entry in them."""

import html
import re
from urllib.parse import quote

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import ValidationError
from django.urls import reverse
from wagtail.models import PageViewRestriction

from tests.editing import add_row, errors_of, form_data, messages_of, no_rows
from tests.factories import (
    CommodityFactory,
    OrganisationFactory,
    PersonFactory,
    SourceFactory,
    add_disagreement,
    add_figure,
    change,
    draft_entry,
    publish,
    publish_entry,
    storyline,
)
from timeline import edition
from timeline.content.dump import dump
from timeline.models import (
    EntryPage,
    PublishedEntry,
    StateLine,
    Storyline,
    StorylineLine,
    StorylineName,
    StorylineStep,
    SummarySentence,
    SummarySupport,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(django_capture_on_commit_callbacks):
    """The storyline "The duty" of three entries, which are its parts 1 to 3."""
    with django_capture_on_commit_callbacks(execute=True):
        entries = [
            publish_entry(title=title, slug=title.lower(), date=date, statements=[f"{title} happens."])
            for title, date in (("Threat", "2019-05-17"), ("Order", "2025-03-26"), ("Cut", "2025-09-16"))
        ]
        return storyline("The duty", *entries, colour="red")


def words(client, path="/storylines/the-duty/"):
    """What a page says, without markup."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", client.get(path).text)).split())


# -- what readers see ------------------------------------------------------------------------


def test_it_tells_its_summary_its_numbered_steps_and_what_is_open_each_with_its_sources(client, told):
    text = words(client)
    number = PublishedEntry.objects.get(slug="order").document["sources"][0]["number"]
    assert f"In short: So it came to Order.\u2060 {number} " in text.replace(" \u2060", "\u2060")
    assert "16 September 2025 Cut" in text
    assert "Open questions What came of it? So it came to Threat." in text
    assert "3 parts, 17 May 2019 – 16 September 2025" in text


def test_an_entry_says_which_part_it_is_and_leads_to_those_beside_it(client, told):
    page = client.get("/entries/order/").text
    assert "Part 2 of 3 of The duty ← Threat Cut →" in words(client, "/entries/order/")
    assert '<a href="/entries/threat/#in-the-duty" rel="prev">' in page
    assert '<a href="/entries/cut/#in-the-duty" rel="next">' in page
    assert 'id="storylines"' not in page
    assert "Part 1 of 3 of The duty Order →" in words(client, "/entries/threat/")


def test_an_entry_of_several_storylines_says_them_above_it_by_their_anchors_and_all_of_them_below(client, told):
    other = publish_entry(title="Steel", slug="steel")
    storyline("Metals", EntryPage.objects.get(slug="cut"), other, position=1)
    page = BeautifulSoup(client.get("/entries/cut/").content, "html.parser")
    assert [one["id"] for one in page.select(".parts nav")] == ["in-the-duty", "in-metals"]
    below = [one.get_text(" ", strip=True) for one in page.select("section:has(#storylines) li")]
    assert below == ["Part 3 of 3 of The duty ← Order", "Part 1 of 2 of Metals Steel →"]
    step = BeautifulSoup(client.get("/storylines/the-duty/").content, "html.parser").select(".tale h3 a")[2]
    assert step["href"] == "/entries/cut/#in-the-duty"


def test_the_index_and_the_api_list_them_and_programs_read_what_each_sentence_rests_on(client, told):
    assert "The duty 3 parts, 2019–2025" in words(client, "/storylines/")
    [listed] = client.get("/api/v1/storylines").json()["storylines"]
    assert (listed["slug"], listed["entries"]) == ("the-duty", 3)
    whole = client.get("/api/v1/storylines/the-duty").json()["storyline"]
    assert [step["entry"]["slug"] for step in whole["steps"]] == ["threat", "order", "cut"]
    statement = EntryPage.objects.get(slug="order").statements.get()
    assert whole["summary"][1]["rests_on"] == [{"entry": "order", "id": statement.uid}]
    assert client.get("/api/v1/entries/order").json()["entry"]["storylines"] == [
        {"slug": "the-duty", "name": "The duty"}
    ]


def test_every_question_may_ask_for_one(client, told):
    publish_entry(title="Elsewhere", slug="elsewhere")
    for path in ("/", "/feed.atom", "/entries.csv", "/calendar.ics", "/embed/"):
        text = client.get(f"{path}?storyline=the-duty").text
        assert "Threat" in text, path
        assert "Elsewhere" not in text, path
    assert "in the storyline The duty" in words(client, "/?storyline=the-duty")
    assert client.get("/feed.atom?storyline=the-dutty").status_code == 404


def test_where_two_governments_differ_they_stand_in_columns_there_and_on_the_entry(client, told):
    texts = {"On top.": "Washington", "In total.": "Tokyo", "Nobody knows.": ""}
    order = EntryPage.objects.get(slug="order")
    item = add_disagreement(order, **{text: SourceFactory() for text in texts})
    for account in (accounts := list(item.accounts.all())):
        account.side = texts[account.says]
    item.accounts.set(accounts)
    publish(order)
    for path in ("/storylines/the-duty/", "/entries/order/"):
        columns, rows = BeautifulSoup(client.get(path).content, "html.parser").select(".point table")
        assert [cell.get_text(strip=True) for cell in columns.select("th[scope=col]")] == ["Washington", "Tokyo"]
        assert [cell.text.split()[:2] for cell in columns.select("td")] == [["On", "top."], ["In", "total."]]
        assert "Nobody knows." in rows.text
        assert "On top." not in rows.text


# -- what they rest on -----------------------------------------------------------------------


@pytest.mark.parametrize("way", ["withdrawn", "hidden"])
def test_what_goes_takes_its_step_and_each_sentence_that_rests_on_it(
    client, told, way, django_capture_on_commit_callbacks
):
    order = EntryPage.objects.get(slug="order")
    with django_capture_on_commit_callbacks(execute=True):
        if way == "withdrawn":
            order.unpublish()
        else:
            PageViewRestriction.objects.create(page=order, restriction_type="login")
    text = words(client)
    assert "Order" not in text
    assert "2 parts" in text
    assert "Part 2 of 2 of The duty ← Threat" in words(client, "/entries/cut/")
    for path in ("/storylines/", "/api/v1/storylines/the-duty", "/entries/cut/", "/feed.atom?storyline=the-duty"):
        assert "Order" not in client.get(path).text, path


def test_a_sentence_with_two_supports_goes_with_either(client, told):
    threat, cut = (EntryPage.objects.get(slug=slug) for slug in ("threat", "cut"))
    sentence = SummarySentence(text="From threat to cut.")
    for entry in (threat, cut):
        sentence.rests_on.add(SummarySupport(entry=entry, carrier=entry.statements.get().uid))
    told.summary.add(sentence)
    told.save()
    assert "From threat to cut." in words(client)
    cut.unpublish()
    assert "From threat to cut." not in words(client)
    assert "In short: So it came to Threat." in words(client)


def test_a_sentence_waits_when_an_edit_takes_its_statement_away(client, told):
    order = EntryPage.objects.get(slug="order")
    order.statements.update(uid="zzzzzz")
    change(EntryPage.objects.get(pk=order.pk), "minor")
    text = words(client)
    assert "In short: So it came to Order." not in text
    assert "26 March 2025 Order" in text, "the step is an entry, which is still public"


def test_a_sentence_needs_a_source_that_readers_may_know(client, told):
    wrong = SourceFactory(title="Wrong", use="error_example")
    order = EntryPage.objects.get(slug="order")
    order.statements.get().citations.update(source=wrong)
    edition.refresh([order.pk])
    assert "In short: So it came to Order." not in words(client)


def test_a_storyline_that_is_not_public_is_nowhere(client, told, django_capture_on_commit_callbacks):
    told.is_public = False
    with django_capture_on_commit_callbacks(execute=True):
        told.save()
    assert client.get("/storylines/the-duty/").status_code == 404
    assert client.get("/api/v1/storylines/the-duty").status_code == 404
    for path in ("/storylines/", "/entries/order/", "/sitemap-storylines.xml", "/api/v1/entries/order"):
        assert "the-duty" not in client.get(path).text, path


def test_readers_are_shown_none_without_a_summary_two_steps_and_something_below_each_sentence(told):
    lonely = Storyline(name="Lonely", is_public=True)
    lonely.steps.add(StorylineStep(entry=EntryPage.objects.get(slug="cut"), text="So it goes."))
    with pytest.raises(ValidationError) as refused:
        lonely.save()
    assert refused.value.messages == [
        "A storyline that readers see has a summary. Write a sentence of it.",
        "A storyline that readers see has at least two steps. Choose their entries.",
        "“So it goes.” rests on nothing. Choose an entry and what of it carries the sentence.",
    ]
    lonely.is_public = False
    lonely.save()


@pytest.mark.parametrize("pasted", ["https://example.org/entries/cut/#s-{}", "/entries/cut/#s-{}", "s-{}", " {} "])
def test_editors_paste_the_link_of_a_statement(told, pasted):
    cut = EntryPage.objects.get(slug="cut")
    uid = cut.statements.get().uid
    support = SummarySupport(entry=cut, carrier=pasted.format(uid))
    support.clean()
    assert support.carrier == uid
    with pytest.raises(ValidationError, match="“Cut” has no statement, figure or disagreement “zzzzzz”"):
        SummarySupport(entry=cut, carrier="#s-zzzzzz").clean()


# -- beside it, and the ways to it -----------------------------------------------------------


def test_it_says_where_its_matter_stands_on_the_last_day_researched(client, told):
    line = StateLine.objects.create(name="Duty on cars", question="What does it pay?", subject="Cars")
    source = SourceFactory()
    held = draft_entry(title="Notice", date="2025-09-16", sources=[source])
    rate = {"value": "15", "basis": "total", "status": "in_force", "period": "2025-09-16/.."}
    add_figure(held, source, line=line, **rate)
    publish(held)
    told.lines.add(StorylineLine(line=line))
    told.save()
    said = words(client)
    assert "Where it stands 15% in total Duty on cars In force, since 16 Sep 2025" in said
    assert client.get("/api/v1/storylines/the-duty").json()["storyline"]["lines"] == ["duty-on-cars"]
    [record] = dump().records["storylines"]
    assert record["lines"] == [line.key]


def test_pages_of_people_goods_and_organisations_name_the_storylines_of_their_entries(
    client, told, django_capture_on_commit_callbacks
):
    person, beef, ministry = PersonFactory(), CommodityFactory(), OrganisationFactory()
    about = {"people": [person], "commodities": [beef], "organisations": [ministry]}
    first, second = publish_entry(**about), publish_entry(**about)
    with django_capture_on_commit_callbacks(execute=True):
        storyline("Beef", first, second, publish_entry())
    for record in (person, beef, ministry):
        text = words(client, record.get_absolute_url())
        assert "Beef 2 of 3 parts" in text, text
        assert "The duty" not in text
    second.unpublish()
    assert "Beef 1 of 2 parts" in words(client, person.get_absolute_url())


@pytest.mark.parametrize(
    ("asked", "offered"),
    [
        ("duty", True),
        ("the duties", True),
        ("duty on japanese cars", True),
        ("関税", True),
        ("自動車関税", True),
        ("threat", False),
        ("the", False),
    ],
)
def test_a_search_that_names_one_leads_to_it(client, told, asked, offered):
    StorylineName.objects.create(storyline=told, name="自動車関税", language="ja", kind="native")
    assert ("Storyline: The duty , 3 parts" in words(client, f"/?q={quote(asked)}")) is offered


def test_a_search_knows_a_storyline_by_the_name_it_has_now(client, told, django_capture_on_commit_callbacks):
    assert "Storyline: The duty , 3 parts" in words(client, "/?q=duty")
    with django_capture_on_commit_callbacks(execute=True):
        told.name = "The surcharge"
        told.save()
    assert "Storyline:" not in words(client, "/?q=duty")
    assert "Storyline: The surcharge , 3 parts" in words(client, "/?q=surcharge")
    EntryPage.objects.get(slug="cut").unpublish()
    assert "Storyline: The surcharge , 2 parts" in words(client, "/?q=surcharge")
    with django_capture_on_commit_callbacks(execute=True):
        told.is_public = False
        told.save()
    assert "Storyline:" not in words(client, "/?q=surcharge")


# -- in a pack -------------------------------------------------------------------------------


def test_a_dump_leaves_out_what_is_not_public(told):
    EntryPage.objects.get(slug="order").unpublish()
    [record] = dump().records["storylines"]
    assert [row["text"] for row in record["summary"]] == [
        "In short: So it came to Threat.",
        "In short: So it came to Cut.",
    ]
    assert len(record["steps"]) == 2
    assert record["is_public"]


# -- what it costs ---------------------------------------------------------------------------


@pytest.mark.parametrize("more", [0, 3])
def test_a_storyline_costs_the_same_however_long(
    client, told, more, django_assert_num_queries, django_capture_on_commit_callbacks
):
    for number in range(more):
        told.steps.add(StorylineStep(entry=publish_entry(title=f"Step {number}")))
    with django_capture_on_commit_callbacks(execute=True):
        told.save()
    with django_assert_num_queries(12):
        client.get("/storylines/the-duty/")
    with django_assert_num_queries(11):
        client.get("/api/v1/storylines/the-duty")
    with django_assert_num_queries(4):
        client.get("/storylines/")


# -- in the admin ----------------------------------------------------------------------------


def at(told, view="edit"):
    return reverse(f"wagtailsnippets_timeline_storyline:{view}", args=[told.pk] if view == "edit" else [])


def test_a_moderator_adds_a_step_and_puts_it_first(moderator, client, told, django_capture_on_commit_callbacks):
    start = publish_entry(title="Finding", slug="finding", statements=["A finding is made."])
    data = form_data(moderator.get(at(told)))
    step = add_row(data, "steps", entry=start.pk, text="It began with a finding.")
    no_rows(data, f"{step}-rests_on")
    add_row(data, f"{step}-rests_on", entry=start.pk, carrier=f"/entries/finding/#s-{start.statements.get().uid}")
    for number in range(3):
        data[f"steps-{number}-ORDER"] = str(number + 2)
    data[f"{step}-ORDER"] = "1"
    with django_capture_on_commit_callbacks(execute=True):
        assert moderator.post(at(told), data).status_code == 302
    assert [row.entry.slug for row in Storyline.objects.get().steps.all()] == ["finding", "threat", "order", "cut"]
    assert "It began with a finding." in words(client)
    assert "Part 1 of 4 of The duty Threat →" in words(client, "/entries/finding/")


def test_a_moderator_reads_what_keeps_it_from_readers_and_nothing_typed_is_lost(moderator, told):
    data = form_data(moderator.get(at(told)))
    no_rows(data, f"{add_row(data, 'summary', text='This rests on nothing.')}-rests_on")
    row = add_row(data, "open_questions", text="And this on a stranger.")
    no_rows(data, f"{row}-rests_on")
    add_row(data, f"{row}-rests_on", entry=EntryPage.objects.get(slug="cut").pk, carrier="zzzzzz")
    answer = moderator.post(at(told), data)
    assert answer.status_code == 200
    assert "“Cut” has no statement, figure or disagreement “zzzzzz”. Copy the link behind it." in errors_of(answer)
    assert {"This rests on nothing.", "And this on a stranger."} <= set(form_data(answer).values())
    data[f"{row}-rests_on-0-DELETE"] = "on"
    answer = moderator.post(at(told), data)
    said = "rests on nothing. Choose an entry and what of it carries the sentence."
    assert f"“This rests on nothing.” {said}" in messages_of(answer)
    assert f"“And this on a stranger.” {said}" in messages_of(answer)
    assert Storyline.objects.get().summary.count() == 3


def test_one_that_is_not_public_may_lack_everything(moderator):
    data = form_data(moderator.get(reverse("wagtailsnippets_timeline_storyline:add"))) | {"name": "Whisky"}
    assert moderator.post(reverse("wagtailsnippets_timeline_storyline:add"), data).status_code == 302
    told = Storyline.objects.get()
    data = form_data(moderator.get(at(told))) | {"is_public": "on"}
    assert "A storyline that readers see has at least two steps." in messages_of(moderator.post(at(told), data))
