"""How an answer to a line stands on a day: each rule alone, asked of documents as they are published.

``tests/test_flagship.py`` asks the same of twelve days of the flagship chronology. DECISIONS 161 says why.
"""

import datetime
from types import SimpleNamespace

import pytest

from timeline.public import standing

LAST = datetime.date(2026, 6, 30)
"""The last day researched."""


def day(text):
    return datetime.date.fromisoformat(text)


def figure(value, status, period="", **more):
    """A figure that answers the line "duty"."""
    fields = dict.fromkeys(("low", "high"), None) | dict.fromkeys(
        ("qualifier", "currency", "scale", "per", "note"), ""
    )
    fields |= {"id": f"f{value}", "label": "", "unit": "percent", "of": "Cars", "period_note": "", "basis": "total"}
    cited = {"series": "", "line": "duty", "citations": [{"number": 7}]}
    return {**fields, **cited, "value": value, "status": status, "period": period, **more}


def measure(kind, date, says="The cap", **more):
    """A date of a measure that answers the line "duty"."""
    return {"kind": kind, "edtf": date, "note": "", "line": "duty", "measure": says, "rests_on": ["st0001"], **more}


def entry(date, *figures, dates=()):
    """The answers of an entry of that day."""
    start = date if len(date) == 10 else None
    return standing.states_of(
        {
            "url": "/entries/order/",
            "headline": "Order",
            "date": {"start": start, "end": start},
            "figures": list(figures),
            "dates": list(dates),
            "statements": [{"id": "st0001", "citations": [{"number": 8}]}],
            "disagreements": [],
            "sources": [{"number": 7, "slug": "order"}, {"number": 8, "slug": "report"}],
        }
    )


def answers(states, on, *, promises=False, then=False, last=LAST):
    """What is said on a day, in short: "in_force 25%"."""
    line = SimpleNamespace(slug="duty", promises=promises)
    [found] = standing.on_day([line], states, day(on), last, then=then)
    said = [f"{one['standing']} {standing.value(one) or one['measure']}" for one in found.all]
    return said if found.is_known else [*said, "not known"]


IN_FORCE = {"kind": "effective", "note": "", "line": "", "measure": "", "rests_on": []}


class TestAFigure:
    def test_holds_from_the_first_to_the_last_day_of_its_period_and_not_beside_it(self):
        states = entry("2025-03-26", figure("25", "ended", "2025-04-03/2025-09-15"))
        assert answers(states, "2025-04-02") == ["not known"]
        assert answers(states, "2025-04-03") == answers(states, "2025-09-15") == ["in_force 25%"]
        assert answers(states, "2025-09-16") == ["not known"]

    @pytest.mark.parametrize(
        ("status", "stands"),
        [
            ("agreed", "agreed"),
            ("non_binding", "agreed"),
            ("threatened", "announced"),
            ("announced", "announced"),
            ("proposed", "proposed"),
            ("suspended", "suspended"),
            ("struck_down", "struck_down"),
            ("expired", "expired"),
        ],
    )
    def test_that_is_not_in_force_stands_as_its_status_says_and_is_no_answer_to_what_applies(self, status, stands):
        states = entry("2025-07-22", figure("15", status, "2025-07-22/2025-08-06"))
        assert answers(states, "2025-08-01") == [f"{stands} 15%", "not known"]
        assert answers(states, "2025-08-07") == ["not known"]

    def test_that_was_only_said_stands_from_the_day_of_its_entry_on_if_no_day_is_given(self):
        states = entry("2025-07-22", figure("15", "agreed"))
        assert answers(states, "2025-07-21") == ["not known"]
        assert answers(states, "2026-01-01") == ["agreed 15%", "not known"]

    @pytest.mark.parametrize("status", ["reported", "claimed", "forecast", "estimated"])
    def test_that_somebody_only_reports_answers_nothing(self, status):
        assert entry("2025-07-22", figure("15", status, "2025-07-22")) == []

    def test_that_is_in_force_without_a_day_answers_nothing(self):
        assert entry("2025-07-22", figure("15", "in_force")) == []


def test_a_promise_answers_a_line_about_promises_alone():
    states = entry("2025-07-22", figure("15", "agreed"))
    assert answers(states, "2025-08-01", promises=True) == ["agreed 15%"]
    assert answers(entry("2025-07-22", figure("15", "announced")), "2025-08-01", promises=True)[-1] == "not known"


class TestWhatWasKnownBefore:
    def test_what_takes_effect_on_a_day_that_its_entry_names_was_announced_from_its_day_until_the_day_before(self):
        effective = IN_FORCE | {"edtf": "2025-04-03"}
        states = entry("2025-03-26", figure("25", "in_force", "2025-04-03/2025-09-15"), dates=[effective])
        assert answers(states, "2025-03-25") == ["not known"]
        assert answers(states, "2025-03-26") == answers(states, "2025-04-02") == ["announced 25%", "not known"]
        assert answers(states, "2025-04-03") == ["in_force 25%"]

    def test_it_was_announced_earlier_if_the_entry_has_an_earlier_day_for_that(self):
        dates = [IN_FORCE | {"edtf": "2025-04-03"}, IN_FORCE | {"kind": "announced", "edtf": "2025-02-14"}]
        states = entry("2025-03-26", figure("25", "in_force", "2025-04-03/2025-09-15"), dates=dates)
        assert answers(states, "2025-02-14") == ["announced 25%", "not known"]

    def test_without_that_day_in_its_entry_nothing_is_said_of_before(self):
        states = entry("2025-03-26", figure("25", "in_force", "2025-04-03/2025-09-15"))
        assert answers(states, "2025-04-02") == ["not known"]

    def test_what_was_to_take_effect_is_announced_until_the_day_before_or_until_it_was_stopped(self):
        states = entry("2025-09-25", dates=[measure("to_take_effect", "2025-10-01")])
        assert [one["takes_effect"] for one in states] == ["2025-10-01"]
        assert answers(states, "2025-09-30") == ["announced The cap", "not known"]
        assert answers(states, "2025-10-01") == ["not known"]
        stopped = entry(
            "2025-09-25",
            dates=[measure("to_take_effect", "2025-10-10"), IN_FORCE | {"kind": "suspended", "edtf": "2025-10-01"}],
        )
        assert answers(stopped, "2025-10-01") == ["not known"]


class TestWhatALaterOrderChangedBackwards:
    @pytest.fixture
    def states(self):
        first = entry("2025-07-31", figure("15", "ended", "2025-08-07/2025-09-03", basis="additional"))
        back = IN_FORCE | {"kind": "retroactive", "edtf": "2025-08-07"}
        return first + entry("2025-09-04", figure("10", "in_force", "2025-08-07/2026-02-23"), dates=[back])

    def test_both_answers_are_right_until_the_day_of_that_order(self, states):
        assert answers(states, "2025-08-07") == answers(states, "2025-09-03") == ["in_force 15%", "in_force 10%"]
        assert answers(states, "2025-09-04") == ["in_force 10%"]

    def test_the_later_one_names_the_day_from_which_it_is_known(self, states):
        [*_, corrected] = states
        assert corrected["known_from"] == "2025-09-04"
        assert standing.is_late(corrected, day("2025-09-03"))
        assert not standing.is_late(corrected, day("2025-09-04"))

    def test_only_one_was_known_then(self, states):
        assert answers(states, "2025-08-20", then=True) == ["in_force 15%"]


class TestAnEnd:
    def test_that_is_not_recorded_makes_it_last_recorded_from_the_next_day_on(self):
        states = entry("2021-04-17", figure("25", "in_force", "2021-04-17"))
        assert answers(states, "2021-04-17") == ["in_force 25%"]
        assert answers(states, "2021-04-18") == ["last_recorded 25%"]

    def test_that_is_open_keeps_it_in_force_as_far_as_research_reaches(self):
        states = entry("2025-06-04", figure("50", "in_force", "2025-06-04/.."))
        assert answers(states, "2026-06-30") == ["in_force 50%"]
        assert answers(states, "2026-07-01") == ["last_recorded 50%"]

    def test_of_research_that_nobody_recorded_changes_nothing(self):
        states = entry("2025-06-04", figure("50", "in_force", "2025-06-04/.."))
        assert answers(states, "2099-01-01", last=None) == ["in_force 50%"]

    def test_that_is_not_recorded_is_that_a_figure_of_the_same_thing_came_after_it(self):
        states = entry("2020-01-01", figure("26.6", "in_force", "2020-01-01"))
        states += entry("2020-04-01", figure("25.8", "in_force", "2020-04-01"))
        assert answers(states, "2020-03-31") == ["last_recorded 26.6%"]
        assert answers(states, "2020-04-01") == ["in_force 25.8%"]

    def test_a_figure_of_another_thing_ends_nothing(self):
        states = entry("2020-01-01", figure("26.6", "in_force", "2020-01-01"))
        states += entry("2020-04-01", figure("38.5", "in_force", "2020-04-01", of="Other beef"))
        assert answers(states, "2020-04-02") == ["last_recorded 26.6%", "last_recorded 38.5%"]

    def test_of_a_measure_struck_down_or_ended_is_said_from_that_day_on(self):
        for kind, stands in (("struck_down", "struck_down"), ("suspended", "suspended"), ("ended", "expired")):
            states = entry("2026-02-20", dates=[measure(kind, "2026-02-24")])
            assert answers(states, "2026-02-23") == ["not known"]
            assert answers(states, "2026-02-24") == answers(states, "2026-05-01") == [f"{stands} The cap", "not known"]


class TestAnAnnouncement:
    """Nothing that came after it ends it but what its entry says: two announcements may stand side by side."""

    def test_stands_beside_another_number_as_long_as_its_entry_gives_it_no_end(self):
        states = entry("2025-04-02", figure("24", "announced")) + entry("2025-07-07", figure("25", "announced"))
        assert answers(states, "2025-07-20") == ["announced 24%", "announced 25%", "not known"]

    def test_is_over_when_its_entry_says_so(self):
        states = entry("2025-07-07", figure("25", "announced", "2025-07-07/2025-07-21"))
        states += entry("2025-07-22", figure("15", "agreed", "2025-07-22/2025-08-06"))
        assert answers(states, "2025-07-21") == ["announced 25%", "not known"]
        assert answers(states, "2025-07-22") == ["agreed 15%", "not known"]

    def test_came_true_if_the_same_number_holds_from_the_next_day_on(self):
        [said] = entry("2025-07-22", figure("15", "agreed", "2025-07-22/2025-09-15", basis=""))
        [held] = entry("2025-09-16", figure("15", "in_force", "2025-09-16/.."))
        assert standing.came_of(said, [said, held]) == held
        assert standing.came_of(held, [said, held]) is None, "it holds: nothing is to come of it"

    @pytest.mark.parametrize(
        "later",
        [figure("10", "in_force", "2025-09-16/.."), figure("15", "in_force", "2025-10-01/..")],
        ids=["another number", "after a gap"],
    )
    def test_nothing_is_guessed_of_what_came_of_it(self, later):
        [said] = entry("2025-07-22", figure("15", "agreed", "2025-07-22/2025-09-15"))
        assert standing.came_of(said, entry("2025-09-16", later)) is None


def test_a_measure_answers_in_words_with_the_sources_of_what_carries_it():
    [state] = entry("2025-09-16", dates=[measure("effective", "2025-09-16")])
    assert (state["measure"], state["figure"]) == ("The cap", None)
    assert state["sources"] == [{"number": 8, "slug": "report"}]


def test_the_days_of_change_are_those_that_are_known_to_the_day():
    states = entry(
        "2025-03-26", figure("25", "ended", "2025-04-03/2025-09-15"), figure("10", "in_force", "2018/2025-05")
    )
    assert standing.changes(states) == [day("2025-04-03"), day("2025-09-16")]


@pytest.mark.parametrize(("promises", "leads"), [(False, "25"), (True, "550")])
def test_the_front_page_names_what_holds_and_of_promises_the_latest(promises, leads):
    states = entry("2025-04-03", figure("25", "in_force", "2025-04-03/.."))
    states += entry("2025-07-22", figure("550", "agreed"))
    [found] = standing.on_day([SimpleNamespace(slug="duty", promises=promises)], states, day("2025-08-01"), LAST)
    assert found.leading["figure"]["value"] == leads
