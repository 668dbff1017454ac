"""What says where a reader came from is no part of a question, of an answer's validator, or of a source's address."""

import pytest
from django.test import RequestFactory

from tests.factories import publish, publish_entry
from tests.test_hostile import NAMES
from timeline.views.arrival import ArrivalMiddleware
from timeline.web.addresses import address_key, without_tracking
from timeline.web.archives import copied_on, is_copy, original
from timeline.web.tracking import is_tracking, listed, sites

ANYWHERE = sorted([*listed().names, *(f"{beginning}x" for beginning in listed().beginnings)])
PAGE = "https://example.org/news/talks"
ARTICLES = {
    "nikkei.com": "https://www.nikkei.com/article/?ng=DGXZQOUA",
    "jiji.com": "https://www.jiji.com/jc/article?k=2024030600270",
    "headlines.yahoo.co.jp": "https://headlines.yahoo.co.jp/hl?a=20200418-00050263-yom-soci",
    "news.mixi.jp": "https://news.mixi.jp/view_news.pl?id=8403121&media_id=4",
}
"""Articles that a parameter names."""
COPIES = [
    f"https://web.archive.org/web/20250416120000/{PAGE}",
    "http://web.archive.org/web/20250416120000id_/http://www.example.org:80/news/talks/",
    f"https://web.archive.org/web/2025*/{PAGE}",
    f"https://web.archive.org/web/{PAGE}?utm_source=x",
    "https://web.archive.org/web/2025/example.org/news/talks",
    f"https://web.archive.org/save/{PAGE}",
    f"https://archive.ph/2025.04.16-120000/{PAGE}",
    f"http://archive.today/20250416120000/{PAGE}",
    f"https://archive.is/newest/{PAGE}",
    f"https://archive.li/o/kYe5n/{PAGE}",
    f"https://archive.md/{PAGE}",
    "https://archive.vn/newest/https%3A%2F%2Fexample.org%2Fnews%2Ftalks",
    "https://archive.fo/2025/https:/example.org/news/talks",
    f"https://webcache.googleusercontent.com/search?q=cache:tC0vZfFD3lQJ:{PAGE}+&cd=7&hl=en",
    "http://webcache.googleusercontent.com/search?q=cache:example.org/news/talks",
    "https://megalodon.jp/2025-0609-1602-44/https://example.org:443/news/talks",
    "https://warp.da.ndl.go.jp/info:ndljp/pid/14001858/www.example.org/news/talks",
    "https://web.archive.org/web/2025/https://www.google.com/amp/s/amp.example.org/news/talks/amp",
]


# -- our own addresses ----------------------------------------------------------------------


def read(request):
    return request.get_full_path(), dict(request.GET.lists())


@pytest.mark.parametrize("name", ANYWHERE)
def test_each_is_taken_out_before_an_address_is_read(name):
    arrive, make = ArrivalMiddleware(read), RequestFactory().get
    assert arrive(make(f"/?{name}=x")) == ("/", {})
    spelled = f"/?q=rice+%e7%b1%b3&{name.upper()}=x&&amp;{name}=&from=2025&{name}"
    assert arrive(make(spelled)) == ("/?q=rice+%e7%b1%b3&&from=2025", {"q": ["rice 米"], "from": ["2025"]})


def test_the_desk_reads_its_addresses_as_they_are():
    assert ArrivalMiddleware(read)(RequestFactory().get("/admin/?ref=x&_gl=1"))[1] == {"ref": ["x"], "_gl": ["1"]}


def test_nothing_that_can_be_asked_of_us_is_tracking():
    asked = {*NAMES, "theme", "state", "without", "number", "version", "changes", "kind", "publisher"}
    assert [name for name in asked if is_tracking(name)] == []


@pytest.mark.django_db
def test_an_old_address_leads_to_the_new_one_without_it(client, django_capture_on_commit_callbacks):
    entry = publish_entry(title="Ministers meet", slug="ministers-meet")
    entry.slug = "ministers-meet-in-tokyo"
    with django_capture_on_commit_callbacks(execute=True):
        publish(entry)
    for below in ("", "history/"):
        response = client.get(f"/entries/ministers-meet/{below}?utm_source=x&srsltid=y")
        assert (response.status_code, response["Location"]) == (301, f"/entries/ministers-meet-in-tokyo/{below}")


# -- addresses of sources -------------------------------------------------------------------


@pytest.mark.parametrize("name", ANYWHERE)
def test_each_is_no_part_of_a_source(name):
    assert address_key(f"{PAGE}?{name}=x&id=1") == address_key(f"{PAGE}?id=1")
    assert without_tracking(f"{PAGE}?{name}=x&id=1") == (f"{PAGE}?id=1", [name])


@pytest.mark.parametrize("domain", sorted(sites()))
def test_publishers_have_parameters_of_their_own(domain):
    article, site = ARTICLES.get(domain, f"https://www.{domain}/article/1?id=1"), sites()[domain]
    assert not site.page & (site.origin | site.gift)
    for name in site.origin:
        assert address_key(f"{article}&{name.upper()}=x") == address_key(article)
        assert without_tracking(f"{article}&{name}=x") == (article, [name])
    for name in site.gift:  # readers may need it, another page it is not
        assert address_key(f"{article}&{name}=x") == address_key(article)
        assert without_tracking(f"{article}&{name}=x") == (f"{article}&{name}=x", [])
    for name in site.page:
        assert address_key(f"{article}&{name}=other") != address_key(article)
        assert without_tracking(f"{article}&{name}=other")[1] == []


@pytest.mark.parametrize(
    "name", ["s", "ng", "id", "k", "g", "source", "from", "cid", "st", "mod", "p", "page", "article"]
)
def test_what_one_publisher_counts_with_another_may_name_an_article_by(name):
    assert address_key(f"{PAGE}?{name}=1") != address_key(PAGE)
    assert address_key(f"https://notnikkei.com/a?{name}=1") != address_key("https://notnikkei.com/a")


@pytest.mark.parametrize(
    ("address", "page"),
    [
        (f"{PAGE}#Echobox=1672754520", PAGE),
        (f"{PAGE}#section=2", f"{PAGE}#section=2"),
        (f"{PAGE}?a=1?utm_source=x", f"{PAGE}?a=1?utm_source=x"),
        (
            f"https://web.archive.org/web/2025/{PAGE}?utm_source=x",
            f"https://web.archive.org/web/2025/{PAGE}?utm_source=x",
        ),
    ],
)
def test_what_is_taken_out_of_an_address(address, page):
    assert without_tracking(address)[0] == page


@pytest.mark.parametrize("copy", COPIES)
def test_a_copy_in_an_archive_is_the_page(copy):
    assert is_copy(copy)
    assert address_key(copy) == address_key(PAGE)
    assert not is_copy(original(copy))


@pytest.mark.parametrize(
    "address",
    [
        PAGE,
        "https://archive.org/details/talks",
        "https://web.archive.org/",
        "https://archive.ph/",
        "https://blog.archive.today/post",
        "https://www.google.com/search?q=cache:example.org",
        "https://webcache.googleusercontent.com/search?q=talks",
        "https://www.google.com/amp/s/example.org/news/talks",
    ],
)
def test_what_is_no_copy_in_an_archive(address):
    assert not is_copy(address)


def test_a_copy_that_hides_its_page_is_one_under_all_names_of_its_archive():
    keys = {address_key(f"https://archive.{end}/kYe5n") for end in ("today", "ph", "is", "li", "md", "vn", "fo")}
    assert keys == {"archive.today/kYe5n"}


@pytest.mark.parametrize(
    ("copy", "day"),
    [
        ("https://web.archive.org/web/20250418093000/https://example.org/a", "2025-04-18"),
        ("http://web.archive.org/web/20250418/http://example.org/a", "2025-04-18"),
        ("https://web.archive.org/web/20250418093000id_/https://example.org/a", "2025-04-18"),
        ("https://arquivo.pt/wayback/20250418093000/https://example.org/a", "2025-04-18"),
        ("https://archive.ph/20250418093000/https://example.org/a", "2025-04-18"),
        ("https://archive.today/2025.04.18-093000/https://example.org/a", "2025-04-18"),
        ("https://megalodon.jp/2025-0418-0930-00/https://example.org:443/a", "2025-04-18"),
        ("https://web.archive.org/web/2025/https://example.org/a", ""),
        ("https://web.archive.org/web/20251318093000/https://example.org/a", ""),
        ("https://archive.ph/AbCdE", ""),
        ("https://example.org/20250418/report", ""),
        ("", ""),
    ],
)
def test_the_day_of_a_copy_is_read_from_its_address(copy, day):
    assert copied_on(copy) == day
