"""Quotations: found whatever typography did to them, missing when a word was changed."""

import pytest
from django.utils import timezone

from tests.factories import SourceFactory, add_disagreement, add_figure
from timeline.admin.source.form import quotation_state, quotation_warnings
from timeline.models import Citation, EntryPage, Snapshot, Statement
from timeline.web.quotations import found_in

TEXT = """“We share understanding of each other’s thinking\u00a0and stance — and where our gap lies,”
Motegi told reporters. The duty rises to 25 percent, or 1,250 dollars a car. A two-
way agreement on agri-
culture is “far off.” He said: ‘No com\u00adment.’"""


@pytest.mark.parametrize(
    "quotation",
    [
        "We share understanding of each other's thinking and stance",
        '"we SHARE understanding"',
        "stance - and where our gap lies.",
        "stance–and where",
        "We share understanding … where our gap lies",
        "We share ... stance [...] reporters",
        "[Ministers] share understanding",
        "25 percent",
        "“No comment”",
        "A two-way agreement on agriculture",
        "“far off”",
        "ｗｅ　ｓｈａｒｅ",
    ],
)
def test_the_same_words_in_other_typography(quotation):
    assert found_in(quotation, TEXT)


@pytest.mark.parametrize(
    "quotation",
    [
        "We share understanding of each other's thinking and stances",
        "We share no understanding",
        "5 percent",
        "250 dollars",
        "where our gap lies … We share",  # in the wrong order
        "We share understanding where our gap lies",  # left out without a sign
        "share understand",
        "",
        "[…]",
    ],
)
def test_other_words(quotation):
    assert not found_in(quotation, TEXT)


def test_japanese_is_broken_anywhere_and_has_no_spaces():
    text = "赤沢経済再生担当相は「米国の関税措\n置は極めて遺憾だ」と２５％の関税について述べた。"
    assert found_in("米国の関税措置は極めて遺憾だ", text)
    assert found_in("『米国の関税措置は極めて遺憾だ。』", text)
    assert found_in("25%の関税", text)
    assert not found_in("米国の関税措置は遺憾だ", text)


@pytest.mark.parametrize("quotation", ["西村経産相は民間投資を歓迎", "西村\U000e0100経産相は民間投資を歓迎"])
@pytest.mark.parametrize("text", ["⻄村経産相は⺠間投資を歓迎、⻑崎で", "西村経産相は\n⺠間\ufe00投資を歓迎した"])
def test_a_kanji_is_the_same_however_a_program_encodes_it(quotation, text):
    assert found_in(quotation, text)


def test_an_older_form_of_a_kanji_is_not_what_was_printed():
    assert not found_in("国会の議決", "國會の議決")


def test_a_long_text_is_searched_at_once():
    """A pattern that tries every way would take minutes."""
    text = "the talks " * 50_000
    assert not found_in("the talks … the talks … the end", text)


@pytest.mark.django_db
class TestAgainstOurCopies:
    """What the form of an entry says of its quotations."""

    def copy(self, source, text):
        return Snapshot.objects.create(
            source=source, taken_at=timezone.now(), origin="pasted", media_type="text/plain", text=text
        )

    def entry(self, source, *quotations):
        """An entry as the form has it: in memory."""
        entry = EntryPage(title="Ministers meet")
        for quotation in quotations:
            statement = Statement(text="Ministers met.")
            statement.citations.add(Citation(source=source, quotation=quotation))
            entry.statements.add(statement)
        return entry

    def test_the_state_of_one(self):
        source, other = SourceFactory(), SourceFactory()
        self.copy(source, "The talks began on Wednesday.")
        assert quotation_state(source.pk, "talks began") == "found"
        assert quotation_state(source.pk, "talks ended") == "missing"
        assert quotation_state(other.pk, "talks began") == "no_text"
        assert quotation_state(source.pk, "  ") == ""

    def test_the_latest_copy_with_text_counts(self):
        source = SourceFactory()
        for text in ["The talks began.", "The talks ended.", ""]:
            self.copy(source, text)
        assert quotation_state(source.pk, "talks ended") == "found"
        assert quotation_state(source.pk, "talks began") == "missing"

    def test_an_entry_is_told_what_is_missing_and_where(self):
        source = SourceFactory()
        self.copy(source, "The duty is 25 percent. They met for an hour.")
        entry = self.entry(source, "25 percent", "75 percent", "")
        figure = add_figure(entry, source)
        figure.citations.all()[0].quotation = "duty is 30 percent"
        item = add_disagreement(entry, an_hour=source)
        item.accounts.all()[0].quotation = "met for two hours"
        assert [warning.split(": ")[0] for warning in quotation_warnings(entry)] == [
            "Statement 2",
            "Figure “Duty on cars”",
            "“How long did they meet?”",
        ]
        assert (
            f"our copy of source {source.number} does not have the words “75 percent”"
            in (quotation_warnings(entry)[0])
        )

    def test_a_source_without_a_copy_says_nothing(self):
        assert quotation_warnings(self.entry(SourceFactory(), "Anything at all")) == []

    @pytest.mark.parametrize("number", [1, 3])
    def test_two_queries_for_any_number_of_quotations(self, number, django_assert_num_queries):
        source = SourceFactory()
        self.copy(source, "The talks began.")
        entry = self.entry(source, *["talks ended"] * number)
        with django_assert_num_queries(2):
            assert len(quotation_warnings(entry)) == number
