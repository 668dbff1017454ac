"""The authors that a byline names: several where that is plain, else the byline as it stands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timeline.public.bylines import authors

SEVERAL = {
    "Ann Lee; Ken Sato and NHK": ["Ann Lee", "Ken Sato", "NHK"],
    "By Ann Lee and Ken Sato": ["Ann Lee", "Ken Sato"],
    "Ann Lee, Ken Sato, and Max Roe": ["Ann Lee", "Ken Sato", "Max Roe"],
    "Ann Lee & Ken Sato": ["Ann Lee", "Ken Sato"],
    "Ann Lee with Ken Sato": ["Ann Lee", "Ken Sato"],
    "Ludwig van Beethoven and J. D. Salinger": ["Ludwig van Beethoven", "J. D. Salinger"],
    "Kyodo News, Jiji Press": ["Kyodo News", "Jiji Press"],
    "Reuters, Associated Press": ["Reuters", "Associated Press"],
    "Lee, Ann; Sato, Ken": ["Lee, Ann", "Sato, Ken"],
    "佐藤太郎、鈴木花子": ["佐藤太郎", "鈴木花子"],
    "佐藤太郎, 鈴木花子": ["佐藤太郎", "鈴木花子"],
    "佐藤太郎・鈴木花子": ["佐藤太郎", "鈴木花子"],
    "アンナ・スミス、佐藤太郎": ["アンナ・スミス", "佐藤太郎"],
    "佐藤太郎；鈴木花子": ["佐藤太郎", "鈴木花子"],
}
ONE = [
    *("Ann Lee", "Reuters", "Reuters Staff", "佐藤太郎", "アンナ・スミス", "ワシントン＝佐藤太郎", "Lee, Ann"),
    *("Barnes and Noble, Inc.", "Davis Polk & Wardwell LLP", "Simon & Schuster", "Thompson Coburn LLP"),
    *("Ministry of Agriculture, Forestry and Fisheries", "Center for Strategic and International Studies"),
    *("Office of the United States Trade Representative", "Economic Analysis and Trade Policy"),
    *("John Smith, New York", "Ann Lee, Washington Correspondent", "Ann Lee and Ken Sato in Tokyo"),
    "Smith, John and Doe, Jane",
]


@pytest.mark.parametrize("byline", SEVERAL)
def test_several_authors_are_several(byline):
    assert authors(byline) == SEVERAL[byline]


@pytest.mark.parametrize("byline", ONE)
def test_what_may_be_one_name_stays_one(byline):
    assert authors(byline) == [byline]


def test_nobody_is_no_author():
    assert authors("") == authors(" ; ") == []


@given(
    st.lists(
        st.sampled_from(["Ann Lee", "NHK", "佐藤", "and", ",", ";", "・", "、", "with", "&", "x", " "]), max_size=9
    )
)
def test_no_author_is_invented_or_empty(parts):
    byline = " ".join(parts)
    for name in authors(byline):
        assert name
        assert name in " ".join(byline.split())
