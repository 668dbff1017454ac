"""Who types one name of a record is led to what its other names find."""

from urllib.parse import urlencode

import pytest
from django.http import QueryDict

from tests.factories import (
    CategoryFactory,
    CommodityFactory,
    OrganisationFactory,
    PersonFactory,
    glossary_term,
    publish_entry,
)
from timeline import edition, merging
from timeline.choices import NameKind
from timeline.filters import Question
from timeline.models import PublishedEntry, SearchName, TermEntry
from timeline.search import name_key

pytestmark = pytest.mark.django_db


def named(record, *names, kind=NameKind.ALIAS):
    """The record with further names, in memory and stored."""
    for name in names:
        record.names.add(record.names.model(name=name, kind=kind))
    record.save()
    return record


@pytest.fixture
def told():
    """Let searches know what all records are called; a transaction that ends does it for those that were saved."""

    def tell():
        edition.rebuild()

    return tell


def found(words):
    entries = Question(QueryDict(urlencode({"q": words}))).entries
    return {row.document["headline"] for row in entries}


@pytest.fixture
def soybeans(told):
    """An entry that says soybeans, one that says soya beans, one that is about them and says neither; and another."""
    beans = named(CommodityFactory(name="Soybeans"), "soya beans", "大豆")
    named(beans, "soya", "枝豆", kind=NameKind.HIDDEN)
    publish_entry(title="Plain", statements=["More soybeans."])
    publish_entry(title="British", statements=["More soya beans."])
    publish_entry(title="About", commodities=[beans])
    publish_entry(title="Apart", statements=["More beans."])
    told()
    return beans


@pytest.mark.parametrize("words", ["soybeans", "soya beans", "SOYBEAN", "soya", "大豆", "枝豆", "the soya of"])
def test_any_name_finds_what_the_others_do(soybeans, words):
    assert found(words) == {"Plain", "British", "About"}


def test_what_is_quoted_or_left_out_is_taken_as_it_stands(soybeans):
    assert found('"soya beans"') == {"British", "About"}
    assert found("beans -soybeans") == {"British", "Apart"}


def test_a_name_that_only_leads_is_not_asked_for(told):
    named(PersonFactory(family_name="Hayashi", given_name="Yoshimasa"), "林", kind=NameKind.HIDDEN)
    publish_entry(title="His", people=[PersonFactory(family_name="Hayashi", given_name="Yoshimasa")])
    publish_entry(title="Forests", statements=["農林水産省"])
    told()
    assert found("Yoshimasa Hayashi") == {"His"}


def test_names_in_a_run_of_japanese_are_told_apart(told):
    cars = named(CommodityFactory(name="Automobiles"), "cars", "自動車")
    duties = named(CategoryFactory(name="Tariff measures"), "関税")
    person = named(PersonFactory(family_name="Akazawa", given_name="Ryosei"), "赤沢亮正")
    named(person, "赤沢", kind=NameKind.HIDDEN)
    named(person, "あかざわ りょうせい", kind=NameKind.READING)
    publish_entry(title="Order", commodities=[cars], category=duties)
    publish_entry(title="Talks", people=[person], statements=["He spoke of cars and tariff measures."])
    publish_entry(title="Apart", statements=["Cars."])
    told()
    assert found("自動車関税") == found("自動車の関税") == found("自動車 関税") == {"Order", "Talks"}
    assert found("赤沢大臣") == found("赤沢さん") == found("りょうせい") == found("あかざわりょうせい") == {"Talks"}
    assert found("赤沢の自動車") == {"Talks"}
    assert found("自動車道") == set()  # part of it is no name: then none is


@pytest.mark.parametrize("words", ["NHKの", "NHKが", "日本放送協会の", "NHK", "NHK/日本放送協会"])
def test_letters_are_told_from_a_particle_too(told, words):
    publish_entry(title="News", organisations=[named(OrganisationFactory(name="NHK"), "日本放送協会")])
    told()
    assert found(words) == {"News"}


def test_one_kanji_within_a_word_is_no_name(told):
    rice = named(CommodityFactory(name="Rice"), "米", kind=NameKind.HIDDEN)
    publish_entry(title="Rice", commodities=[rice])
    publish_entry(title="America", statements=["米国で会談"])
    told()
    assert found("米") == {"Rice", "America"}
    assert found("米国") == {"America"}


def test_a_term_finds_the_entries_that_it_is_linked_to(told, django_capture_on_commit_callbacks):
    entry = publish_entry(title="Trump orders 25 percent on cars")
    publish_entry(title="Quota", statements=["Free of the Section 232 duty."])
    with django_capture_on_commit_callbacks(execute=True):
        term = named(glossary_term("Section 232"), "232条")
        term.entries.add(TermEntry(entry=entry))
        term.save()
    assert found("Section 232") == found("232条") == found("section-232") == {"Quota", entry.title}
    assert found("Section 232 quota") == {"Quota"}
    with django_capture_on_commit_callbacks(execute=True):
        term.delete()
    assert found("Section 232") == {"Quota"}
    assert not SearchName.objects.exists()


def test_a_card_says_why_it_is_found(client, told):
    entry = publish_entry(title="Trump orders 25 percent on cars")
    term = glossary_term("Section 232")
    term.entries.add(TermEntry(entry=entry))
    term.save()
    board = named(OrganisationFactory(name="The Board"), "Planwirtschaft", kind=NameKind.HIDDEN)
    publish_entry(title="They meet", organisations=[board])
    told()
    assert "Found because it is about “Section 232”." in client.get("/?q=Section+232").content.decode()
    said = " ".join(client.get("/?q=planwirtschaft").content.decode().split())
    assert 'Found in a name: <a href="/entries/they-meet/">The <mark>Board</mark></a>' in said


def test_names_follow_their_records(told, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        rice = named(CommodityFactory(name="Rice"), "コメ")
    publish_entry(title="A", statements=["Rice."], commodities=[rice])
    told()
    assert found("コメ") == {"A"}
    with django_capture_on_commit_callbacks(execute=True):
        rice.name = "Grain"
        rice.names.clear()
        rice.save()
    known = SearchName.objects.filter(kind="commodity")
    assert set(known.values_list("name", flat=True)) == {"Grain"}
    with django_capture_on_commit_callbacks(execute=True):
        other = named(CommodityFactory(name="Corn"), "maize")
        merging.merge(rice, other)
    assert set(known.values_list("name", flat=True)) == {"Grain", "Corn", "maize"}


def test_a_person_made_one_with_another_is_found_under_the_names_of_both_until_that_is_undone(
    told, django_capture_on_commit_callbacks
):
    kept, removed = PersonFactory(family_name="Akazawa"), named(PersonFactory(family_name="Akasawa"), "赤沢")
    publish_entry(title="A", people=[kept])
    publish_entry(title="B", people=[removed])
    publish_entry(title="C", statements=["赤沢 speaks."])
    told()
    with django_capture_on_commit_callbacks(execute=True):
        made = merging.merge(kept, removed)
    assert found(kept.name) == found("赤沢") == {"A", "B", "C"}
    assert set(SearchName.objects.filter(kind="person").values_list("record", flat=True)) == {kept.pk}
    with django_capture_on_commit_callbacks(execute=True):
        merging.undo(made)
    assert found(kept.name) == {"A"}
    assert found("赤沢") == {"B", "C"}


def test_a_record_that_readers_know_nothing_of_leads_nowhere(told):
    named(OrganisationFactory(name="Project Plum"), "plum")
    publish_entry(title="Plum pudding")
    publish_entry(title="Apart", statements=["Project of plum trees."])
    told()
    question = Question(QueryDict("q=plum"))
    assert question.reading
    assert "project" not in str(question.reading.tree)


def test_the_names_take_one_query_however_many_there_are(soybeans, told, django_assert_num_queries):
    for query in ("q=soya", "q=soya+or+大豆+or+%22corn%22+or+rice+-x", "q=" + "+".join(map(str, range(25)))):
        question = Question(QueryDict(query))
        with django_assert_num_queries(1):
            assert question.reading


@pytest.mark.parametrize(
    ("name", "same"),
    [
        ("soya beans", "Soya bean"),
        ("U.S. Steel", "US steel"),
        ("ミニマムアクセス", "ミニマム・アクセス"),
        ("赤沢亮正", "赤澤 亮正"),
        ("G7", "G-7"),
        ("USスチール", "ＵＳスチール"),
        ("Ministry of the Environment", "ministry environment"),
    ],
)
def test_names_are_looked_up_by_their_words(name, same):
    assert name_key(name) == name_key(same) != ""


def test_rebuilding_writes_all_names_anew(soybeans):
    before = list(SearchName.objects.order_by("kind", "record", "name").values_list("name", "key", "stands"))
    SearchName.objects.all().delete()
    PublishedEntry.objects.update(document_version=1)
    edition.refresh_outdated()
    after = list(SearchName.objects.order_by("kind", "record", "name").values_list("name", "key", "stands"))
    assert after == before != []
