"""Which lanes an entry runs in, and the colours they give."""

from timeline.public.lanes import colour, commodity_colour, lanes_of

TALKS = {"slug": "talks", "colour": "slate", "commodities": [], "categories": ["talks"], "takes_rest": True}
FARM = {"slug": "farm", "colour": "olive", "commodities": ["farm-goods"], "categories": [], "takes_rest": False}
CARS = {"slug": "cars", "colour": "red", "commodities": ["vehicles"], "categories": [], "takes_rest": False}
LANES = [TALKS, FARM, CARS]
RICE, CAR, DATA = {"top": "farm-goods"}, {"top": "vehicles"}, {"top": "digital-trade"}


def document(category, *commodities):
    return {"category": {"slug": category} if category else None, "commodities": list(commodities)}


def slugs(found):
    return [lane["slug"] for lane in found]


def test_an_entry_runs_in_every_lane_of_its_commodities_once():
    assert slugs(lanes_of(document("tariffs", CAR, RICE, CAR), LANES)) == ["cars", "farm"]


def test_the_lane_of_the_category_comes_before_those_of_the_commodities():
    assert slugs(lanes_of(document("talks", RICE), LANES)) == ["talks", "farm"]


def test_what_no_lane_has_runs_where_the_rest_runs():
    assert slugs(lanes_of(document("tariffs", DATA), LANES)) == ["talks"]
    assert slugs(lanes_of(document(None), LANES)) == ["talks"]
    assert lanes_of(document(None), [FARM]) == []


def test_the_first_lane_gives_the_colour():
    assert colour(document("tariffs", RICE, CAR), LANES) == "olive"
    assert colour(document("talks", RICE), LANES) == "slate"
    assert colour(document(None), []) == "slate"
    assert [commodity_colour(one, LANES) for one in (CAR, DATA)] == ["red", "slate"]
