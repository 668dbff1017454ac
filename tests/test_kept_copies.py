"""A copy is the answer: the bytes and headers that would be made now, at every public address, and none is made."""

import pytest

from tests.keeping import answers, made_anew, told
from tests.specimens import EMBEDS, FOR_PROGRAMS, PAGES

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kept_home")]

ADDRESSES = list(dict.fromkeys([*PAGES.values(), *EMBEDS.values(), *FOR_PROGRAMS]))
NOT_KEPT = ["/status.json", "/dataset/latest.zip", "/dataset/"]
"""They change without a new edition."""
OF_THE_DAY = "/cite"
"""What tells the day on which it is read is kept, and looked at again each time."""


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_copy_is_the_answer_in_every_coding_and_by_every_method(client, specimens, settings, made, address):
    client.get("/about/")  # puts up the shelf
    with made_anew(settings):
        first = client.get(address)
        if first.status_code != 200 or address in NOT_KEPT or first.streaming:
            return
        etag = first["ETag"]
        fresh = [told(answer) for answer in answers(client, address, etag)]
    for _ in range(2):
        client.get(address)
        client.head(address).getvalue()
    made.clear()
    kept = [told(answer) for answer in answers(client, address, etag)]
    assert kept == fresh
    assert made == [] or OF_THE_DAY in address
