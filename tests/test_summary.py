"""The summary of an entry: cut into sentences, each of which rests on what the entry says."""

import hashlib
import re

import pytest
from bs4 import BeautifulSoup

from tests.factories import SourceFactory, add_disagreement, draft_entry, publish, publish_entry
from timeline.models import Citation, EntryPage, PublishedEntry, Statement
from timeline.models.summary import kept, summary_of
from timeline.public.lead import lead
from timeline.text.sentences import joined, sentences
from timeline.text.support import support


def page(client, address):
    return BeautifulSoup(client.get(address).content, "html.parser")


@pytest.mark.parametrize(
    "parts",
    [
        ["Nippon Steel buys U.S. Steel at 55 dollars a share.", "The union objects."],
        ["The summit begins at 1:40 p.m. Eastern time, 2:40 a.m. the next day in Japan.", "It ends at noon."],
        ["Talks end at 5 p.m.", "Akazawa flies home."],
        ["The duty falls from 25.8 to 15 percent under Proclamation No. 9888.", "It was 38.5 percent."],
        ["Dr. Ito and Mr. Greer meet in the U.S.", "They agree."],
        ["In V.O.S. Selections v. Trump the court finds the tariffs unlawful.", "They stay."],
        ["They set up the Japan–U.S. Commercial and Industrial Partnership.", "It deals with chips."],
        ["He says “no deal.”", "Then he signs!", "Why?", "Nobody knows …"],
        ["首相は「合意した。」と述べた。", "関税は15%になる。", "次の会談は7月。"],
    ],
)
def test_a_text_is_cut_where_its_sentences_end(parts):
    assert sentences(joined(parts)) == parts


@pytest.mark.parametrize("text", ["", "   ", "No full stop", "…", "U.S."])
def test_what_is_no_sentence_is_left_as_it_is(text):
    assert joined(sentences(text)) == text.strip()


TEXTS = {
    "signed": "Trump signs Order 14257, which sets a baseline of 10 percent from 5 April.",
    "japan": "The rate for Japan is 24 percent from 9 April 2025.",
    "crisis": "Ishiba calls the tariffs a national crisis.",
}


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("Order 14257 sets a 10% baseline and 24 percent for Japan.", ["signed", "japan"]),
        ("Japan’s prime minister, Ishiba, sees a national crisis.", ["crisis"]),
        ("Fishermen in Hokkaido sing.", []),
    ],
)
def test_a_sentence_rests_on_what_has_its_figures_and_names(sentence, found):
    assert support(sentence, TEXTS) == found


class TestIds:
    def test_a_summary_that_nobody_saved_has_the_same_ids_each_time(self):
        text = "They meet. They agree. They meet."
        ids = [sentence["id"] for sentence in kept(text, [])]
        assert ids == [sentence["id"] for sentence in kept(text, [])]
        assert len(set(ids)) == 3

    def test_sentences_that_say_the_same_cost_as_much_as_any(self, monkeypatch):
        hashed = []
        digest_of = hashlib.sha256
        monkeypatch.setattr(hashlib, "sha256", lambda said: hashed.append(said) or digest_of(said))
        found = kept("They meet. " * 50, [])
        assert len({sentence["id"] for sentence in found}) == len(found) == len(hashed) == 50

    def test_a_reworded_sentence_keeps_its_id_and_what_was_chosen_for_it(self):
        before = kept("The ministers meet in Tokyo for an hour. They name no date.", [])
        before[0]["rests_on"] = ["abcdef"]
        text = "They spoke of rice. The two ministers meet in Tokyo for about an hour. They name no date."
        after = kept(text, before)
        assert [sentence["id"] for sentence in after[1:]] == [sentence["id"] for sentence in before]
        assert [sentence["rests_on"] for sentence in after] == [[], ["abcdef"], []]

    def test_another_sentence_gets_another_id(self):
        before = kept("The ministers meet in Tokyo.", [])
        assert kept("Beef duties fall by half.", before)[0]["id"] != before[0]["id"]

    def test_sentences_that_change_places_stay_themselves(self):
        before = kept("They meet. Rice is named.", [])
        assert kept("Rice is named. They meet.", before) == before[::-1]

    def test_a_sentence_is_cut_as_it_was_given(self):
        """A pack says where its sentences end, and an editor who changes another one changes nothing of that."""
        given = [{"id": "abcdef", "text": "He went to the U.S. Congress cheered.", "rests_on": []}]
        assert kept("He went to the U.S. Congress cheered. It ends.", given)[0] == given[0]


@pytest.mark.django_db
class TestEntries:
    def test_the_public_document_says_what_each_sentence_rests_on(self):
        entry = publish_entry(
            summary="Rice was named. They meet again in May.",
            statements=["Rice was named.", "They meet in May again."],
        )
        first, second = entry.statements.all()
        document = PublishedEntry.objects.get(entry=entry.pk).document
        assert document["summary"] == "Rice was named. They meet again in May."
        assert [(one["text"], one["rests_on"]) for one in document["sentences"]] == [
            ("Rice was named.", [first.uid]),
            ("They meet again in May.", [second.uid]),
        ]

    def test_what_is_chosen_stays_through_drafts_and_publication(self):
        entry = draft_entry(summary="Rice was named.", statements=["Rice was named.", "They met."])
        other = entry.statements.all()[1]
        entry.sentences[0]["rests_on"] = [other.uid]
        entry = publish(entry)
        draft = entry.get_latest_revision_as_object()
        draft.summary = "Rice was named. They went home."
        draft.save_revision()
        draft = EntryPage.objects.get(pk=entry.pk).get_latest_revision_as_object()
        assert summary_of(draft)[0][2:] == ([other.uid], True)

    def test_what_is_gone_carries_nothing(self):
        entry = draft_entry(summary="Rice was named.", statements=["Rice was named.", "They met."])
        entry.sentences[0]["rests_on"] = ["gonegg"]
        assert [one.rests_on for one in summary_of(entry)] == [[entry.statements.all()[0].uid]]

    def test_a_revision_of_before_is_read(self):
        entry = draft_entry(summary="Rice was named.", statements=["Rice was named."])
        content = entry.latest_revision.content if entry.latest_revision else entry.serializable_data()
        del content["sentences"]
        old = entry.with_content_json(content)
        assert [one.text for one in summary_of(old)] == ["Rice was named."]


@pytest.mark.django_db
class TestTranslations:
    def quote(self, **fields):
        entry = draft_entry(summary="Rice was named.", statements=[])
        statement = Statement(text="Rice was named.")
        statement.citations.add(Citation(source=SourceFactory(language="en"), **fields))
        entry.statements.add(statement)
        return entry

    def test_it_is_shown_behind_the_quotation_and_marked_as_ours(self, client):
        entry = publish(self.quote(quotation="米の話が出た。", language="ja", translation="Rice was mentioned."))
        page = " ".join(client.get(entry.get_absolute_url()).content.decode().split())
        assert "“Rice was mentioned.” (our translation)" in page
        citation = client.get(f"/api/v1/entries/{entry.slug}").json()["entry"]["statements"][0]["citations"][0]
        assert (citation["quotation"], citation["translation"]) == ("米の話が出た。", "Rice was mentioned.")

    @pytest.mark.parametrize(
        ("fields", "said"),
        [
            ({"translation": "Rice."}, "a translation and no quotation"),
            ({"translation": "Rice.", "quotation": "Rice"}, "The quotation is in English"),
            ({"translation": "Rice.", "quotation": "Rice", "language": "en-GB"}, "The quotation is in English"),
        ],
    )
    def test_one_that_translates_nothing_is_not_published(self, fields, said):
        with pytest.raises(Exception, match=said):
            publish(self.quote(**fields))


@pytest.fixture
def told():
    """An entry whose lead has two sentences: one on a statement of two sources, one on an account of each of these."""
    paper, record = SourceFactory(kind="news"), SourceFactory(kind="primary_government")
    entry = draft_entry(
        title="Rice is named",
        summary="Rice was named in Tokyo. They met for an hour or two hours.",
        statements=["Rice was named in Tokyo."],
        sources=[paper, record],
    )
    add_disagreement(entry, **{"an hour": paper, "two hours": record})
    return publish(entry), paper.number, record.number


@pytest.mark.django_db
class TestNumbers:
    def test_each_sentence_of_a_lead_has_the_numbers_of_its_sources(self, client, told):
        entry, paper, record = told
        shown = page(client, entry.get_absolute_url()).select_one(".lead")
        assert [[link.text.strip() for link in one.select("sup a")] for one in shown.select("span")] == [
            [str(record), str(paper)],
            [str(record), str(paper)],
        ]
        assert {link["href"] for link in shown.select("sup a")} == {f"#source-{paper}", f"#source-{record}"}

    def test_the_note_beside_it_quotes_what_the_sentence_rests_on(self, client, told):
        entry = told[0]
        found = page(client, entry.get_absolute_url()).select_one(".lead span")
        assert found["data-rests"] == f"s-{entry.statements.all()[0].uid}"

    def test_in_a_list_they_lead_to_the_sources_of_the_entry(self, client, told):
        _entry, paper, record = told
        listed = page(client, "/").select_one(".entry")
        assert [one.text for one in listed.select(".text sup")] == [f"{record}, {paper}"] * 2
        named = listed.select_one(listed.select_one(".text a")["href"])
        assert [item.text.split()[0] for item in named.select("li")] == [str(record), str(paper)]

    @pytest.mark.parametrize("address", ["/", "{url}", "{url}embed/"])
    def test_a_sentence_does_not_stick_to_the_numbers_before_it(self, client, told, address):
        words = page(client, address.format(url=told[0].get_absolute_url())).select_one(".text, .lead").text
        assert re.search(r"[0-9]( #)? They met", words)

    def test_a_list_has_three_numbers_and_how_many_there_are_more(self, client):
        sources = [SourceFactory() for _number in range(5)]
        publish_entry(summary="Rice was named.", statements=["Rice was named."], sources=sources)
        first, second, third = (source.number for source in sources[:3])
        assert page(client, "/").select_one(".entry .text sup").text == f"{first}, {second}, {third} +2"

    @pytest.mark.parametrize("address", ["/feed.atom", "/feed.json"])
    def test_feeds_have_them_in_brackets(self, client, told, address):
        _entry, paper, record = told
        assert f"Rice was named in Tokyo.\u00a0[{record}]\u00a0[{paper}]" in client.get(address).content.decode()

    def test_a_search_marks_no_number(self, client, told):
        _entry, paper, _record = told
        text = page(client, f"/?q=rice+OR+{paper}").select_one(".entry .text")
        assert [mark.text for mark in text.select("mark")] == ["Rice"]

    def test_a_version_of_older_code_has_its_summary_without(self, told, client):
        entry = told[0]
        document = {**entry.versions.get().document, "sentences": []}
        assert [(one.text, one.numbers) for one in lead(document)] == [(entry.summary, [])]


@pytest.mark.django_db
class TestOrderOfSources:
    def test_official_texts_come_first_and_numbers_stay(self, client):
        """A number means the same source on every page, so the order changes and not the numbers."""
        kinds = ["rewrite", "commentary", "news", "wire", "news", "official_repost", "primary_government"]
        sources = [SourceFactory(kind=kind) for kind in kinds]
        entry = publish_entry(summary="Rice was named.", statements=["Rice was named."], sources=sources)
        expected = [sources[place].number for place in (6, 5, 3, 2, 4, 1, 0)]
        document = PublishedEntry.objects.get(entry=entry.pk).document
        assert [source["number"] for source in document["sources"]] == expected
        assert [citation["number"] for citation in document["statements"][0]["citations"]] == expected
        listed = page(client, entry.get_absolute_url()).select("#sources li[value]")
        assert [int(item["value"]) for item in listed] == expected
