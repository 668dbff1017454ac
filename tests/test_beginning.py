"""An entry begun from a source: what its copy names, the days it prints, and its words to quote."""

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.editing import form_data, messages_of
from tests.factories import (
    CategoryFactory,
    CommodityFactory,
    OrganisationFactory,
    PersonFactory,
    SourceFactory,
    chronology,
    draft_entry,
    known_by_name,
)
from tests.test_intake import ADD
from timeline import search
from timeline.models import CommodityName, EntryPage, PersonName, Snapshot, Source

FORM = "//form[contains(@class, 'beginning')]"

pytestmark = pytest.mark.django_db

TEXT = """Ministers meet in Tokyo
令和7年7月23日
Ryosei Akazawa met officials of the Department of Commerce and spoke about automobiles, 2 hours long.
“We understand each other’s stance,” Akazawa Ryosei said. 赤沢亮正経済再生相は自動車関税について協議した。
<script>alert(1)</script>"""
QUERIES = 35


@pytest.fixture
def source() -> Source:
    chronology()
    source = SourceFactory(title="Ministers meet", published="2025-07-24")
    Snapshot.objects.create(source=source, taken_at=timezone.now(), origin="pasted", sha256="0" * 64, text=TEXT)
    return source


@pytest.fixture
def known() -> dict[str, Any]:
    """Records that the text names, each in its own way."""
    person = PersonFactory(given_name="Ryosei", family_name="Akazawa")
    PersonName.objects.create(person=person, name="赤沢亮正", language="ja", kind="native")
    office = OrganisationFactory(name="Department of Commerce")
    cars = CommodityFactory(name="Cars")
    CommodityName.objects.create(commodity=cars, name="自動車", language="ja")
    CommodityFactory(name="Rice")
    known_by_name()
    return {"people": person, "organisations": office, "commodities": cars}


def begin(source: Source) -> str:
    return reverse("timeline_beginning", args=[source.pk])


def sent(client: Client, source: Source, **values: Any) -> Any:
    data = form_data(client.get(begin(source)), FORM)
    for button in ("more", "day"):
        data.pop(button, None)
    return client.post(begin(source), data | values, follow=True)


def test_who_and_what_a_text_names(known):
    found = {(each.kind, each.record): (TEXT[each.start : each.end], each.times) for each in search.named(TEXT)}
    assert found == {
        ("person", known["people"].pk): ("Ryosei Akazawa", 2),
        ("organisation", known["organisations"].pk): ("Department of Commerce", 1),
        ("commodity", known["commodities"].pk): ("自動車", 1),
    }


def test_what_is_offered_and_nothing_taken(editor, source, known):
    before = draft_entry(title="They spoke", date="2025-07-23", sources=[source])
    page = BeautifulSoup(editor.get(begin(source)).content, "lxml")
    words = " ".join(page.get_text().split())
    assert [box["value"] for box in page.select("[name=people], [name=organisations], [name=commodities]")] == [
        str(record.pk) for record in known.values()
    ]
    assert not page.select("[type=checkbox]:checked")
    assert [box["value"] for box in page.select("[name=day]")] == ["2025-07-23", "2025-07-24", ""]
    assert "… Ryosei Akazawa met officials of the" in words.replace("…Ryosei", "… Ryosei")
    assert page.select_one("a[href='#p-3']")
    assert page.select_one("[data-copy]").get_text().strip().endswith("<script>alert(1)</script>")
    assert f"{before.title} 23 July 2025 · cites this source" in words
    assert EntryPage.objects.count() == 1


def test_a_draft_of_what_was_chosen_and_written(editor, source, known):
    category = CategoryFactory()
    answer = sent(
        editor,
        source,
        title="Ministers meet in Tokyo",
        day="2025-07-23",
        category=category.pk,
        summary="Ministers meet in Tokyo.",
        people=[known["people"].pk],
        **{"statement-0-quotation": "We understand each other's stance", "statement-0-text": "They meet in Tokyo."},
        **{"statement-2-quotation": "Not these words", "statement-2-text": "They agree."},
    )
    entry = EntryPage.objects.get()
    assert answer.redirect_chain[0][0] == reverse("wagtailadmin_pages:edit", args=[entry.pk])
    assert (entry.live, entry.date, entry.category, entry.owner.username) == (False, "2025-07-23", category, "editors")
    cited = [
        (row.text, [(one.source, one.quotation) for one in row.citations.all()]) for row in entry.statements.all()
    ]
    assert cited == [
        ("They meet in Tokyo.", [(source, "We understand each other's stance")]),
        ("They agree.", [(source, "Not these words")]),
    ]
    assert [row.person for row in entry.entry_people.all()] == [known["people"]]
    assert not entry.entry_organisations.exists()
    assert entry.latest_revision.user.username == "editors"
    assert f"our copy of source {source.number} does not have the words “Not these words”" in messages_of(answer)
    entry.get_latest_revision_as_object().save_revision().publish()


def test_nothing_typed_is_lost_and_there_is_room_for_more(editor, source, known):
    typed = {"title": "They met", "statement-0-text": "They meet.", "people": [known["people"].pk]}
    for wrong in ({"date": "yesterday"}, {"more": "1"}, {"statement-1-quotation": "word " * 50}):
        answer = sent(editor, source, **typed, **wrong)
        data = form_data(answer, FORM)
        assert (data["title"], data["statement-0-text"]) == ("They met", "They meet.")
        assert BeautifulSoup(answer.content, "lxml").select_one("[name=people]:checked")
    assert not EntryPage.objects.exists()
    assert "statement-7-text" in form_data(sent(editor, source, more="1"), FORM)


def test_what_the_browser_kept_is_compared_and_shown(editor, source):
    kept = {"statement-0-text": "They meet in Tokyo.", "rows": "4"}
    assert editor.post(f"{begin(source)}?kept=compare", {"rows": "4"}).status_code == 204
    assert "They meet in Tokyo." in editor.post(f"{begin(source)}?kept=compare", kept).content.decode()
    data = form_data(editor.post(f"{begin(source)}?kept=show", kept), FORM)
    assert data["statement-0-text"] == "They meet in Tokyo."
    assert not EntryPage.objects.exists()


def test_what_cannot_be_taken_is_handed_back(editor, source):
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = editor.cookies
    answer = strict.post(begin(source), {"statement-0-text": "They meet in Tokyo.", "rows": "4"})
    assert answer.status_code == 403
    page = BeautifulSoup(answer.content, "lxml")
    assert "They meet in Tokyo." in page.select_one("main, body").get_text()


def test_a_draft_may_lack_anything(editor, source):
    for _twice in range(2):
        sent(editor, source)
    assert [entry.title for entry in EntryPage.objects.all()] == ["Untitled entry"] * 2


def test_from_the_look_up_to_the_entry(editor, press):
    chronology()
    data = form_data(
        editor.post(reverse(ADD), form_data(editor.get(reverse(ADD))) | {"url": f"{press}/a", "look_up": "address"})
    )
    answer = editor.post(reverse(ADD), data | {"begin": "1"})
    source = Source.objects.get()
    assert answer.url == begin(source)
    assert "We understand each other’s stance" in editor.get(begin(source)).content.decode()


def test_who_may_begin_and_who_sees_the_copy(client, editor, source, django_user_model):
    assert client.get(begin(source)).url.startswith(reverse("wagtailadmin_login"))
    user = django_user_model.objects.get(username="editors")
    user.groups.first().permissions.filter(codename="view_snapshot").delete()
    assert "There is no copy of this source here" in editor.get(begin(source)).content.decode()
    user.groups.clear()
    assert editor.get(begin(source)).status_code == 302


@pytest.mark.parametrize("number", [1, 3])
def test_it_costs_the_same_however_much_is_named(editor, source, known, number, django_assert_max_num_queries):
    for name in ["Kei Sato", "Ann Lee"][: number - 1]:
        PersonFactory(given_name=name.split()[0], family_name=name.split()[1])
        Snapshot.objects.update(text=f"{TEXT} {name}")
    known_by_name()
    editor.get(begin(source))
    with django_assert_max_num_queries(QUERIES):
        editor.get(begin(source))
