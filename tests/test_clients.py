"""Which forms are taken for those of our own pages: one answer for readers and editors, whatever a browser tells."""

import pytest
from django.test import RequestFactory

from timeline.clients import comes_from_elsewhere


@pytest.mark.parametrize(
    ("headers", "is_refused"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, False),
        ({"Sec-Fetch-Site": "none"}, False),  # sent again by the reader
        ({"Sec-Fetch-Site": "same-site"}, True),
        ({"Sec-Fetch-Site": "cross-site"}, True),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"}, True),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, False),  # of a page that tells nobody its address
        ({"Origin": "http://testserver"}, False),
        ({"Origin": "https://chronology.example"}, False),  # behind a proxy that speaks plainly to us
        ({"Origin": "https://elsewhere.example"}, True),
        ({"Origin": "null"}, True),
        ({}, False),
    ],
)
def test_a_form_is_refused_when_the_browser_says_that_another_site_sent_it(settings, headers, is_refused):
    settings.CSRF_TRUSTED_ORIGINS = ["https://chronology.example"]
    assert comes_from_elsewhere(RequestFactory().post("/", headers=headers)) is is_refused
