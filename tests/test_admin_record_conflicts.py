"""Two editors of one record: what others saved is told, and what was typed is not lost."""

import pytest
from django.urls import reverse

from tests.editing import add_row, errors_of, form_data, messages_of, signed_in
from tests.factories import (
    CategoryFactory,
    CommodityFactory,
    OrganisationFactory,
    PersonFactory,
    SourceFactory,
    glossary_term,
    publish_entry,
    storyline,
)
from timeline.admin.record.viewsets import VIEWSETS
from timeline.models import FigureSeries, StateLine

pytestmark = pytest.mark.django_db


def edit_url(record):
    return reverse(record.snippet_viewset.get_url_name("edit"), args=[record.pk])


@pytest.fixture
def two_forms(moderator):
    """The form of a person, opened twice."""
    kato = PersonFactory(family_name="Kato", given_name="", note="Old note.")
    for place, name in enumerate(["Kato Taro", "加藤"]):
        kato.names.create(name=name, kind="alias", sort_order=place)
    kato.positions.create(title="Minister", organisation=OrganisationFactory(), start="2024", source=SourceFactory())
    kato.save()
    address = edit_url(kato)
    return kato, address, form_data(moderator.get(address)), form_data(moderator.get(address))


def test_what_others_saved_of_a_record_is_told_and_nothing_typed_is_lost(moderator, two_forms):
    kato, address, mine, theirs = two_forms
    theirs |= {"note": "Their note.", "wikidata": "Q1", "names-1-DELETE": "1", "positions-0-note": "They wrote this."}
    add_row(theirs, "names", name="Kato T.", kind="alias", script="Latn", language="en")
    assert signed_in().post(address, theirs).status_code == 302
    mine |= {"note": "My note.", "country": "JP", "names-0-name": "Kato Tarō"}
    add_row(mine, "names", name="Mr Kato", kind="alias", script="Latn", language="en")
    response = moderator.post(address, mine)
    assert response.status_code == 409
    told = messages_of(response)
    for words in [
        "administrator saved this on",
        "nothing is lost",
        "Their note.",
        "My note.",
        "Q1",
        "They wrote this.",
    ]:
        assert words in told
    assert "JP" not in told, "what they left alone is not told"
    kato.refresh_from_db()
    assert kato.note == "Their note."
    assert moderator.post(address, form_data(response)).status_code == 302
    kato.refresh_from_db()
    assert (kato.note, kato.wikidata, kato.country) == ("My note.", "Q1", "JP")
    assert [row.name for row in kato.names.all()] == ["Kato Tarō", "Kato T.", "Mr Kato"]
    assert [row.note for row in kato.positions.all()] == ["They wrote this."]


def test_a_row_that_others_removed_comes_back_where_it_was_written_in(moderator, two_forms):
    kato, address, mine, theirs = two_forms
    assert signed_in().post(address, theirs | {"names-1-DELETE": "1"}).status_code == 302
    response = moderator.post(address, mine | {"names-1-name": "加藤太郎"})
    assert "(removed)" in messages_of(response)
    assert moderator.post(address, form_data(response)).status_code == 302
    assert [row.name for row in kato.names.all()] == ["Kato Taro", "加藤太郎"]


def test_a_record_that_was_saved_twice_the_same_says_so(moderator, two_forms):
    _kato, address, mine, theirs = two_forms
    assert moderator.post(address, theirs | {"note": "Mine."}).status_code == 302
    response = moderator.post(address, mine | {"note": "Mine."}, follow=True)
    assert "saved already" in messages_of(response)
    response = moderator.post(address, mine | {"note": "Mine, once more."})
    assert response.status_code == 409
    assert "You saved this on" in messages_of(response)


def test_a_third_change_is_told_as_well(moderator, two_forms):
    kato, address, mine, theirs = two_forms
    assert signed_in().post(address, theirs | {"note": "Theirs."}).status_code == 302
    again = form_data(moderator.post(address, mine | {"country": "JP"}))
    type(kato).objects.filter(pk=kato.pk).update(wikidata="Q2")
    response = moderator.post(address, again)
    assert response.status_code == 409
    assert "Q2" in messages_of(response)


@pytest.fixture
def one_of_each():
    """A record of each kind, by its model."""
    records = [
        CategoryFactory(),
        CommodityFactory(),
        OrganisationFactory(),
        PersonFactory(),
        SourceFactory(),
        glossary_term("Tariff", "tariffs", sources=[SourceFactory()]),
        storyline("Talks", publish_entry(), publish_entry(), text="They talk."),
        FigureSeries.objects.create(name="Duty"),
        StateLine.objects.create(name="Cars", subject="Duties", question="What does a car pay?"),
    ]
    return {type(record): record for record in records}


def test_no_kind_of_record_is_overwritten_unseen(moderator, one_of_each):
    assert set(one_of_each) == {viewset.model for viewset in VIEWSETS}
    for model, record in one_of_each.items():
        address = edit_url(record)
        mine, theirs = form_data(moderator.get(address)), form_data(moderator.get(address))
        name = next(name for name in ("family_name", "title", "name") if name in mine)
        response = moderator.post(address, theirs | {"note": "Theirs."})
        assert response.status_code == 302, (model, errors_of(response), messages_of(response))
        response = moderator.post(address, mine | {name: "Mine"})
        assert (response.status_code, "Theirs." in messages_of(response)) == (409, True), model
        response = moderator.post(address, form_data(response))
        assert response.status_code == 302, (model, messages_of(response))
        record = model.objects.get(pk=record.pk)
        assert (getattr(record, name), record.note) == ("Mine", "Theirs."), model
        for untouched in ("names", "citations", "steps", "summary"):
            if hasattr(record, untouched):
                assert getattr(record, untouched).count() == getattr(one_of_each[model], untouched).count()
