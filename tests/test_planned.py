"""Planned entries: announced, not happened yet; readers and machines are told so."""

import json

import pytest
from bs4 import BeautifulSoup

from tests.factories import publish_entry

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("planned", "said"), [(True, ["Planned.", "Planned", "EventScheduled"]), (False, [])])
def test_a_planned_event_is_called_so(client, planned, said):
    entry = publish_entry(title="Ministers will meet", date="2040-04-16", planned=planned)
    page = BeautifulSoup(client.get(entry.get_absolute_url()).content, "html.parser")
    found = [mark.text for mark in page.select(".dateline b")]
    found += [mark.text for mark in BeautifulSoup(client.get("/").content, "html.parser").select("article .kind b")]
    graph = json.loads(page.select_one('script[type="application/ld+json"]').text)["@graph"]
    events = [node["about"] for node in graph if "about" in node]
    found += [event["eventStatus"].rsplit("/", 1)[-1] for event in events if "eventStatus" in event]
    assert found == said
