"""Public addresses outlive the names they were made from."""

import pytest

from tests.factories import PersonFactory, publish, publish_entry
from timeline.models import Person

pytestmark = pytest.mark.django_db


def test_a_renamed_entry_leaves_its_old_address_pointing_to_the_new(client, django_capture_on_commit_callbacks):
    entry = publish_entry(title="Ministers meet", slug="ministers-meet")
    entry.slug = "ministers-meet-in-tokyo"
    with django_capture_on_commit_callbacks(execute=True):
        publish(entry)
    response = client.get("/entries/ministers-meet/")
    assert (response.status_code, response["Location"]) == (301, "/entries/ministers-meet-in-tokyo/")
    assert client.get(response["Location"]).status_code == 200


def test_a_renamed_person_leaves_the_old_address_pointing_to_the_new(client):
    person = PersonFactory(slug="r-akazawa")
    publish_entry(people=[person])
    person = Person.objects.get()
    person.slug = "ryosei-akazawa"
    person.save()
    response = client.get("/people/r-akazawa/")
    assert (response.status_code, response["Location"]) == (301, "/people/ryosei-akazawa/")
    assert client.get(response["Location"]).status_code == 200
