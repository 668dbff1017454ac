"""Merging two records: what moves, what stays findable, and the way back."""

import pytest
from django.urls import reverse
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import ModelLogEntry, ReferenceIndex

from tests.editing import form_data, messages_of
from tests.factories import (
    CommodityFactory,
    OrganisationFactory,
    PersonFactory,
    SourceFactory,
    add_disagreement,
    add_figure,
    chronology,
    draft_entry,
    glossary_term,
    publish,
    publish_entry,
)
from timeline import merging
from timeline.models import (
    Citation,
    Commodity,
    EntryPage,
    EntryPerson,
    FigureSeries,
    HSCode,
    Lane,
    LaneCommodity,
    LinkCheck,
    Person,
    PersonName,
    Position,
    PublishedEntry,
    Snapshot,
    Source,
    SourceAddress,
    Statement,
    Version,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def kept():
    return PersonFactory(family_name="Akazawa", given_name="Ryosei", slug="ryosei-akazawa")


@pytest.fixture
def double():
    person = PersonFactory(family_name="Akasawa", given_name="Ryo", slug="ryo-akasawa", country="JP")
    PersonName.objects.create(person=person, name="赤沢亮正", script="Jpan", language="ja", kind="native")
    Position.objects.create(person=person, title="Minister", start="2024-10-01")
    return person


def people_of(entry):
    return [person["slug"] for person in PublishedEntry.objects.get(pk=entry.pk).document["people"]]


def names(person):
    return set(person.names.values_list("name", flat=True))


def draft_of(entry):
    return EntryPage.objects.get(pk=entry.pk).get_latest_revision_as_object()


class TestPeople:
    def test_every_entry_names_the_kept_one_and_readers_see_it(self, kept, double):
        entries = [publish_entry(people=[double]) for _number in range(2)]
        versions = list(Version.objects.order_by("pk").values_list("document", flat=True))
        merging.merge(kept, double)
        assert [people_of(entry) for entry in entries] == [["ryosei-akazawa"]] * 2
        assert not Person.objects.filter(pk=double.pk).exists()
        assert list(Version.objects.order_by("pk").values_list("document", flat=True)) == versions, "history stays"

    def test_names_positions_and_the_old_address_stay(self, kept, double, client):
        publish_entry(people=[double])
        merging.merge(kept, double)
        assert names(kept) == {"Ryo Akasawa", "赤沢亮正"}
        assert [position.title for position in kept.positions.all()] == ["Minister"]
        assert client.get("/people/ryo-akasawa/").headers["Location"] == "/people/ryosei-akazawa/"

    def test_filters_by_the_old_name_lead_to_the_kept_one(self, kept, double, client):
        publish_entry(people=[double])
        merging.merge(kept, double)
        page = client.get("/?person=ryo-akasawa&from=2025")
        assert (page.status_code, page.headers["Location"]) == (301, "/?person=ryosei-akazawa&from=2025")
        feed = client.get("/feed.atom?person=ryo-akasawa", follow=True)
        assert (feed.status_code, b"<entry>" in feed.content) == (200, True)

    def test_who_is_named_twice_is_named_once_and_keeps_the_role(self, kept, double):
        entry = publish_entry(people=[kept, double])
        EntryPerson.objects.filter(person=double).update(role="negotiator")
        merging.merge(kept, double)
        (row,) = EntryPerson.objects.filter(entry=entry)
        assert (row.person, row.role) == (kept, "negotiator")
        assert people_of(entry) == ["ryosei-akazawa"]

    def test_a_draft_and_an_old_version_lose_nobody(self, kept, double):
        entry = publish_entry()
        first = entry.latest_revision
        entry.entry_people.add(EntryPerson(person=double))
        draft = entry.save_revision()
        merging.merge(kept, double)
        assert [row.person for row in draft_of(entry).entry_people.all()] == [kept]
        assert not first.as_object().entry_people.exists()
        assert draft.pk == EntryPage.objects.get(pk=entry.pk).latest_revision_id

    def test_blank_fields_are_filled_only_when_asked(self, kept, double):
        other = PersonFactory(family_name="Akasawa", given_name="R.", country="JP")
        merging.merge(kept, other)
        assert Person.objects.get(pk=kept.pk).country == ""
        merging.merge(kept, double, fill=["country", "slug"])
        assert Person.objects.get(pk=kept.pk).country == "JP"
        assert Person.objects.get(pk=kept.pk).slug == "ryosei-akazawa"

    def test_an_older_redirect_is_not_a_chain(self, kept, double):
        double.slug = "r-akasawa"
        double.save()
        merging.merge(kept, double)
        assert dict(Redirect.objects.values_list("old_path", "redirect_link")) == {
            "/people/ryo-akasawa": "/people/ryosei-akazawa/",
            "/people/r-akasawa": "/people/ryosei-akazawa/",
        }

    def test_it_is_in_the_log_of_both(self, kept, double, administrator):
        merging.merge(kept, double)
        said = ModelLogEntry.objects.filter(action="timeline.merge").order_by("pk")
        assert [(entry.object_id, entry.deleted) for entry in said] == [(str(double.pk), True), (str(kept.pk), False)]

    @pytest.mark.parametrize("number", [1, 3])
    def test_the_number_of_queries_does_not_grow_with_entries(
        self, kept, double, number, django_assert_max_num_queries
    ):
        for _entry in range(number):
            publish_entry(people=[kept, double])
        with django_assert_max_num_queries(98):  # one of them asks once a process, seven for other languages
            merging.merge(kept, double)


class TestSources:
    def test_everything_that_cites_it_cites_the_kept_one(self):
        kept, double = SourceFactory(title="Kept"), SourceFactory(title="Double", url="https://example.org/amp")
        entry = draft_entry(statements=[])
        statement = Statement(text="They met.")
        statement.citations.set([Citation(source=kept), Citation(source=double, quotation="They met.")])
        entry.statements.add(statement)
        add_figure(entry, double)
        add_disagreement(entry, Yes=double, No=SourceFactory())
        entry = publish(entry)
        term = glossary_term("quota", sources=[double])
        copy = SourceFactory(derived_from=double)
        Snapshot.objects.create(source=double, taken_at=entry.last_published_at, sha256="0", media_type="text/html")
        checked = {"address": "original", "url": double.url, "state": "dead", "checked_at": entry.last_published_at}
        LinkCheck.objects.create(source=double, **checked)

        merging.merge(kept, double)

        assert list(Citation.objects.values_list("source", "quotation")) == [(kept.pk, "They met.")]
        assert entry.figures.get().citations.get().source == kept
        assert kept.accounts.get().says == "Yes"
        assert term.citations.get().source == kept
        assert Source.objects.get(pk=copy.pk).derived_from == kept
        assert kept.snapshots.count() == 1
        assert not LinkCheck.objects.exists(), "it was about another address"
        assert [row.url for row in kept.addresses.all()] == ["https://example.org/amp"]
        assert {source["number"] for source in PublishedEntry.objects.get().document["sources"]} >= {kept.number}
        assert double.number not in {source["number"] for source in PublishedEntry.objects.get().document["sources"]}

    def test_what_would_be_lost_or_turn_in_a_circle_is_refused(self):
        first = SourceFactory()
        second = SourceFactory(derived_from=first)
        third = SourceFactory(derived_from=second)
        (refusal,) = merging.refusals(third, first)
        assert "would be based on itself" in refusal
        assert merging.refusals(first, third) == []
        assert "not one source" in merging.refusals(first, SourceFactory(use="error_example"))[0]

        entry = draft_entry(title="How long?", sources=[first])
        add_disagreement(entry, Long=first, Short=third)
        publish(entry)
        (refusal,) = merging.refusals(first, third)
        assert "Both give an account of “How long did they meet?” in “How long?”" in refusal
        with pytest.raises(merging.RefusedError):
            merging.merge(first, third)


class TestCommodities:
    def test_parts_codes_series_and_lanes_move(self):
        kept, double = CommodityFactory(name="Cars"), CommodityFactory(name="Automobiles")
        part = CommodityFactory(name="Vans", parent=double)
        for code in ["8703", "8704"]:
            HSCode.objects.create(commodity=double, code=code)
        HSCode.objects.create(commodity=kept, code="8703")
        FigureSeries.objects.create(name="Duty", commodity=double)
        page = chronology()
        lane = Lane(name="Cars", slug="cars", colour="red")
        lane.lane_commodities.add(LaneCommodity(commodity=double))
        page.lanes.add(lane)
        page.save_revision().publish()
        entry = publish_entry(commodities=[part])

        merging.merge(kept, double)

        assert Commodity.objects.get(pk=part.pk).lineage == [kept.pk, part.pk]
        assert PublishedEntry.objects.get(pk=entry.pk).commodities == sorted([kept.pk, part.pk])
        assert {row.code for row in kept.hs_codes.all()} == {"8703", "8704"}
        assert kept.series.count() == 1
        page = type(page).objects.get(pk=page.pk).get_latest_revision_as_object()
        assert [row.commodity for lane in page.lanes.all() for row in lane.lane_commodities.all()] == [kept]
        assert [name.name for name in kept.names.all()] == ["Automobiles"]

    def test_not_into_a_part_of_itself(self):
        whole = CommodityFactory()
        part = CommodityFactory(parent=CommodityFactory(parent=whole))
        part.refresh_from_db()
        assert "is part of" in merging.refusals(part, whole)[0]
        assert merging.refusals(whole, part) == []


class TestRefused:
    def test_the_same_and_another_kind(self, kept):
        assert "the same record" in merging.refusals(kept, Person.objects.get(pk=kept.pk))[0]
        assert "different kinds" in merging.refusals(kept, CommodityFactory())[0]
        assert "different kinds" in merging.refusals(OrganisationFactory(), OrganisationFactory())[0]

    def test_what_has_been_merged_meanwhile(self, kept, double):
        stale = Person.objects.get(pk=double.pk)
        merging.merge(kept, double)
        with pytest.raises(merging.RefusedError, match="meanwhile"):
            merging.merge(kept, stale)


class TestPlan:
    def test_it_names_all_that_changes_and_changes_nothing(self, kept, double):
        publish_entry(title="Public", people=[kept, double])
        draft = publish_entry(title="With a draft")
        draft.entry_people.add(EntryPerson(person=double))
        draft.save_revision()
        plan = merging.plan(kept, double)
        said = {section.heading: [item.text for item in section.items] for section in plan.sections}
        assert said["Public entries that will name the kept record"] == ["Public"]
        assert said["Drafts that will name the kept record"] == ["With a draft"]
        assert said["Named twice from then on, so one of the two rows goes"] == ["Public"]
        assert said["Positions that move"] == ["Minister"]
        assert said["Names and addresses that go on finding it"][0] == "Ryo Akasawa"
        assert plan.fillable == [("country", "Country", "JP")]
        assert Person.objects.count() == 2


class TestUndoing:
    def test_all_is_as_it_was(self, kept, double, client):
        alone, both = publish_entry(people=[double]), publish_entry(people=[kept, double])
        double.refresh_from_db()
        before = (alone.latest_revision.content, both.latest_revision.content, people_of(alone), people_of(both))
        done = merging.merge(kept, double, fill=["country"])

        assert merging.undo(done) == []

        back = Person.objects.get(pk=double.pk)
        assert (back.key, back.slug, back.name, back.country) == (double.key, "ryo-akasawa", "Ryo Akasawa", "JP")
        assert names(back) == {"赤沢亮正"}
        assert back.positions.count() == 1
        assert names(kept) == set()
        assert Person.objects.get(pk=kept.pk).country == ""
        alone.latest_revision.refresh_from_db()
        both.latest_revision.refresh_from_db()
        after = (alone.latest_revision.content, both.latest_revision.content, people_of(alone), people_of(both))
        assert after == before
        assert client.get("/people/ryo-akasawa/").status_code == 200
        with pytest.raises(merging.RefusedError, match="undone already"):
            merging.undo(done)

    def test_what_was_edited_since_goes_back_too_and_what_cannot_is_told(self, kept, double):
        alone, both = publish_entry(people=[double]), publish_entry(title="Both", people=[kept, double])
        done = merging.merge(kept, double)
        for entry in (alone, both):
            entry = EntryPage.objects.get(pk=entry.pk)
            entry.place = "Tokyo"
            publish(entry)
        told = merging.undo(done)
        assert told == ["“Both” was edited since: name “Ryo Akasawa” there yourself."]
        assert people_of(alone) == ["ryo-akasawa"]
        assert [row.person_id for row in draft_of(alone).entry_people.all()] == [double.pk]

    def test_a_source_comes_back_with_its_address(self):
        kept, double = SourceFactory(url=""), SourceFactory(url="https://example.org/double")
        entry = publish_entry(sources=[double])
        done = merging.merge(kept, double, fill=["url"])
        assert Source.objects.get(pk=kept.pk).url == "https://example.org/double"
        assert merging.undo(done) == []
        assert Source.objects.get(pk=kept.pk).url == ""
        back = Source.objects.get(pk=double.pk)
        assert (back.url, back.number, back.address_key) == (double.url, double.number, "example.org/double")
        assert PublishedEntry.objects.get(pk=entry.pk).sources == [double.pk]
        assert not SourceAddress.objects.exists()

    def test_not_while_another_has_its_place_or_the_kept_one_is_gone(self, kept, double):
        done = merging.merge(kept, double)
        other = PersonFactory(slug="ryo-akasawa")
        with pytest.raises(merging.RefusedError, match="is now that of"):
            merging.undo(done)
        other.delete()
        merging.merge(PersonFactory(family_name="Kept", given_name="Later"), Person.objects.get(pk=kept.pk))
        with pytest.raises(merging.RefusedError, match="has since been merged into"):
            merging.undo(done)


@pytest.mark.admin_indexes
def test_wagtails_index_of_uses_follows(kept, double):
    entry = publish_entry(people=[double])
    done = merging.merge(kept, double)
    assert [use.object_id for use in ReferenceIndex.get_references_to(kept)] == [str(entry.pk)]
    merging.undo(done)
    assert [use.object_id for use in ReferenceIndex.get_references_to(double)] == [str(entry.pk)]
    assert not ReferenceIndex.get_references_to(kept).exists()


class TestInTheAdmin:
    def begin(self, record):
        return reverse("timeline_merges:begin", args=["person", record.pk])

    def test_choose_read_confirm_and_undo(self, moderator, kept, double):
        entry = publish_entry(title="First round", people=[double])
        form = moderator.get(reverse("wagtailsnippets_timeline_person:edit", args=[double.pk])).content.decode()
        assert self.begin(double) in form
        preview = moderator.get(self.begin(double), {"into": kept.pk})
        assert "First round" in preview.content.decode()
        assert Person.objects.filter(pk=double.pk).exists()
        data = form_data(preview, f'//form[@method="post"][@action="{self.begin(double)}"]')

        outcome = moderator.post(self.begin(double), data | {"fill": "country"}, follow=True)

        assert "was merged into" in messages_of(outcome)
        assert people_of(entry) == ["ryosei-akazawa"]
        assert "Ryo Akasawa" in moderator.get(reverse("timeline_merges:index")).content.decode()
        assert "is back" in messages_of(moderator.post(outcome.request["PATH_INFO"], follow=True))
        assert people_of(entry) == ["ryo-akasawa"]
        history = reverse("wagtailsnippets_timeline_person:history", args=[kept.pk])
        assert "Merged “Ryo Akasawa” into “Ryosei Akazawa”" in moderator.get(history).content.decode()

    def test_what_cannot_be_is_answered_with_sentences(self, moderator, kept, double):
        page = moderator.get(self.begin(kept), {"into": kept.pk}).content.decode()
        assert "This is the same record" in page
        assert "not there any more" in moderator.get(self.begin(kept), {"into": 0}).content.decode()
        moderator.post(self.begin(double), {"into": kept.pk})
        assert moderator.post(self.begin(double), {"into": kept.pk}).status_code == 404, "it has gone"

    def test_editors_cannot(self, editor, kept, double):
        form = editor.get(self.begin(double))
        editor.post(self.begin(double), {"into": kept.pk})
        assert form.status_code == 302
        assert Person.objects.filter(pk=double.pk).exists()
