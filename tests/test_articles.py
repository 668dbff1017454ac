"""Articles: what a page, a file or pasted text says of itself, and its text without chrome."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from timeline.web.articles import MAX_HTML, Article, chrome_lines, decoded, from_text, media_type, read, strip_chrome

BODY = [
    "The ministers met on Wednesday and spoke about cars, rice and steel for more than two hours.",
    "“We understand each other’s stance,” one of them told reporters who had waited in the rain.",
    "They agreed to meet again next month, and to let officials work out the details before that.",
]
META = """<link rel="canonical" href="https://www.example.org/news/ministers-meet">
<meta property="og:site_name" content="Example Times"><meta property="og:description" content="Two hours of talks.">
<script type="application/ld+json">{"@context": "https://schema.org", "@type": "NewsArticle",
"headline": "Ministers meet in Tokyo", "datePublished": "2025-04-17T01:30:00+09:00",
"author": [{"@type": "Person", "name": "Jane Doe"}, {"@type": "Person", "name": "Max Roe"}]}</script>"""


def page(body=BODY, meta=META, lang="en-GB", charset="utf-8"):
    paragraphs = "".join(f"<p>{text}</p>" for text in body)
    return (
        f'<!doctype html><html lang="{lang}"><head><meta charset="{charset}"><title>Ministers meet in Tokyo</title>'
        f'{meta}</head><body><nav><a href="/">Home</a> <a href="/world">World</a></nav><article>'
        f"<h1>Ministers meet in Tokyo</h1>{paragraphs}</article><aside>Most read</aside>"
        "<footer>All rights reserved.</footer></body></html>"
    )


def pdf(text="The duty falls to 15 percent.", title="White paper on trade"):
    """The smallest PDF with a title, an author, a date and a line of text."""
    stream = f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET"
    objects = [
        "<< /Type /Catalog /Pages 2 0 R /Lang (en-US) >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources 7 0 R >>",
        f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream",
        f"<< /Title ({title}) /Author (Ministry of Examples) /CreationDate (D:20250611090000+09'00') >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        "<< /Font << /F1 6 0 R >> >>",
    ]
    out, places = "%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n"
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n" + "".join(
        f"{place:010} 00000 n \n" for place in places
    )
    out += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R /Info 5 0 R >>\nstartxref\n{start}\n%%EOF\n"
    return out.encode("latin-1")


def head(
    *, ld=None, title="Ministers meet in Tokyo | Example Times", extra="", lang="en", body="", h1="Ministers meet"
):
    """A page with just what is asked for in its head."""
    script = (
        f'<script type="application/ld+json">{ld if isinstance(ld, str) else json.dumps(ld)}</script>' if ld else ""
    )
    paragraphs = "".join(f"<p>{text}</p>" for text in BODY)
    return (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>{title}</title>{extra}{script}</head>'
        f"<body><article><h1>{h1}</h1>{body}{paragraphs}</article></body></html>"
    ).encode()


def news(**said):
    return {"@context": "https://schema.org", "@type": "NewsArticle", **said}


def wall(title, text):
    return f"<html><head><title>{title}</title></head><body><h1>{title}</h1><p>{text}</p></body></html>".encode()


SITE = '<meta property="og:site_name" content="Example Times">'


class TestPages:
    def test_what_a_page_says_of_itself(self):
        article = read(page().encode(), "text/html", "https://www.example.org/news/ministers-meet?x=1")
        assert article == Article(
            title="Ministers meet in Tokyo",
            publisher="Example Times",
            byline="Jane Doe; Max Roe",
            published="2025-04-17",
            language="en",
            canonical_url="https://www.example.org/news/ministers-meet",
            description="Two hours of talks.",
            text="\n".join(["Ministers meet in Tokyo", *BODY]),
            media_type="text/html",
        )

    def test_a_page_that_says_nothing_is_given_no_name(self):
        """Its host is not the name of its publisher, and no day is made up for it."""
        article = read(page(meta="", lang="").encode(), "text/html", "https://www.example.org/1")
        assert (article.publisher, article.published, article.language, article.byline) == ("", "", "", "")

    @pytest.mark.parametrize(
        ("written", "date"),
        [("2025-04-01", "2025-04-01"), ("April 2025", "2025-04"), ("1 April 2025", "2025-04-01")],
    )
    def test_no_first_of_the_month_is_invented(self, written, date):
        meta = f'<meta property="article:published_time" content="{written}">'
        assert read(page(meta=meta).encode()).published in (date, "")

    def test_scripts_and_marks_that_hide_are_left_out(self):
        text = "The \u202etalks\u202c\u200b went\x0b on."
        article = read(page(body=[*BODY, f"{text}<script>alert(1)</script>"]).encode())
        assert "The talks went on." in article.text
        assert "alert" not in article.text

    @pytest.mark.parametrize(
        ("charset", "header"),
        [
            ("cp932", "text/html; charset=Shift_JIS"),
            ("iso2022_jp", "text/html; charset=ISO-2022-JP"),
            ("euc-jp", ""),
            ("utf-8", "text/html; charset=iso-8859-1"),  # declared wrongly
        ],
    )
    def test_japanese_in_any_encoding(self, charset, header):
        body = ["赤沢経済再生担当相は１６日、ワシントンで米国の関税措置について協議した。" * 3]
        article = read(page(body=body, lang="ja", charset=charset).encode(charset), header)
        assert "赤沢経済再生担当相は" in article.text
        assert article.language == "ja"

    @pytest.mark.parametrize(
        ("content", "label", "text"),
        [
            ("髙市首相①～㈱".encode("cp932"), "Shift_JIS", "髙市首相①～㈱"),
            (b"\xfc\xe2\xbb\xd4\xad\xa1", "EUC-JP", "髙市①"),
            ("“it’s” – €500".encode("cp1252"), "iso-8859-1", "“it’s” – €500"),
            ("“it’s”".encode("cp1252"), "us-ascii", "“it’s”"),
            ("关税镕".encode("gb18030"), "gb2312", "关税镕"),
            ("관세 똠".encode("cp949"), "euc-kr", "관세 똠"),
        ],
    )
    def test_labels_mean_what_browsers_take_them_for(self, content, label, text):
        assert decoded(content, f"text/html; charset={label}") == text

    def test_a_broken_character_is_no_reason_to_take_the_rest_for_another_encoding(self):
        text = "赤沢経済再生担当相は協議した。" * 30
        assert decoded(text.encode()[:-1], "text/html; charset=utf-8") == f"{text[:-1]}\ufffd"

    def test_an_encoding_that_does_not_exist(self):
        text = "Le café où les négociateurs se sont retrouvés était fermé ; la réunion a été déplacée à l’hôtel. " * 5
        assert decoded(text.encode("cp1252"), "text/html; charset=x-none") == text

    def test_a_page_of_many_thousand_paragraphs(self):
        many = "<html><body>" + f"<p>{BODY[0]}</p>" * 20_000
        assert read(many.encode()).text.startswith(BODY[0])
        assert len(many) < MAX_HTML

    @pytest.mark.parametrize("content", [b"", b"<html>", b"<html><body>" + b"<div>" * 50_000, b"%PDF-1.7 junk"])
    def test_what_is_broken_is_empty(self, content):
        assert read(content).text == ""

    @settings(max_examples=25)
    @given(st.binary(max_size=300), st.sampled_from([b"", b"<html><body>", b"%PDF-1.4\n", b"\xff\xfe"]))
    def test_nothing_raises(self, junk, start):
        article = read(start + junk, "text/html; charset=\x00")
        assert "\0" not in article.title + article.text


class TestDeclared:
    """What a page says of itself for programs."""

    @pytest.mark.parametrize(
        ("ld", "title"),
        [
            (news(headline="Ministers meet &amp; talk"), "Ministers meet & talk"),
            (news(headline="大臣が協議：例示新聞", publisher={"name": "例示新聞"}), "大臣が協議"),
            ({"@graph": [{"@type": "WebSite", "name": "ET"}, news(headline="In a graph - ET")]}, "In a graph"),
            ([{"@type": "BreadcrumbList"}, news(headline="In a list")], "In a list"),
            ('{"@type": "NewsArticle", "headline": "Lightly\n written",}', "Lightly written"),
            ("{broken", "A headline that was cut off for want of room"),
            (
                {"@type": "LiveBlogPosting", "headline": "All day", "liveBlogUpdate": [news(headline="Deal!")]},
                "All day",
            ),
            (news(headline="A headline that was cut …"), "A headline that was cut off for want of room"),
        ],
    )
    def test_the_headline(self, ld, title):
        whole = "A headline that was cut off for want of room"
        page = head(ld=ld, h1=whole, title=f"{whole} | Example Times", extra=SITE)
        assert read(page).title == title

    @pytest.mark.parametrize(
        ("title", "headline"),
        [
            ("Ministers meet in Tokyo | Example Times", "Ministers meet in Tokyo"),
            ("Ministers meet in Tokyo - example.org", "Ministers meet in Tokyo"),
            ("Example Times: Ministers meet", "Ministers meet"),
            ("大臣が協議｜例示｜Example Times", "大臣が協議｜例示"),
            ("Tariffs: who pays? - a guide", "Tariffs: who pays? - a guide"),
            ("Press Releases | Example Times", "A treaty is signed by both"),
        ],
    )
    def test_the_name_of_the_site_is_cut_and_nothing_else(self, title, headline):
        page = head(
            title=title, h1="A treaty is signed by both", extra=f'{SITE}<meta property="og:title" content="{title}">'
        )
        assert read(page, "", "https://www.example.org/1").title == headline

    @pytest.mark.parametrize(
        ("author", "byline"),
        [
            ("山田太郎", "山田太郎"),
            ([{"name": "山田太郎 記者"}, {"name": "鈴木花子"}], "山田太郎; 鈴木花子"),
            ("By Jane Doe", "Jane Doe"),
            ({"@type": "Organization", "name": "Reuters"}, "Reuters"),
            ({"name": ["Jane Doe", "Max Roe"]}, "Jane Doe; Max Roe"),
            ({"@id": "#jane"}, "Jane Doe"),
            ("https://example.org/jane", ""),
        ],
    )
    def test_the_byline(self, author, byline):
        known = {"@type": "Person", "@id": "#jane", "name": "Jane Doe"}
        assert read(head(ld=[news(headline="Talks", author=author), known])).byline == byline

    @pytest.mark.parametrize(
        ("body", "byline"),
        [
            ('<p class="byline">By Jane Doe</p>', "Jane Doe"),
            ('<span itemprop="author">鈴木花子記者</span>', "鈴木花子"),
        ],
    )
    def test_people_before_the_house(self, body, byline):
        house = news(headline="Talks", author={"name": "Example Times"}, publisher={"name": "Example Times"})
        assert read(head(ld=house, body=body)).byline == byline

    def test_microdata_is_read_like_json(self):
        page = head().replace(
            b"<article>",
            b'<article itemscope itemtype="https://schema.org/NewsArticle"><meta itemprop="datePublished" '
            b'content="2025-04-17"><i itemprop="headline">In microdata</i><b itemprop="author" itemscope>'
            b'<span itemprop="name">Jane Doe</span></b>',
        )
        article = read(page)
        assert (article.title, article.byline, article.published) == ("In microdata", "Jane Doe", "2025-04-17")

    def test_the_article_of_the_page_and_not_another(self):
        others = [
            news(headline="Another", url="https://example.org/2"),
            news(headline="Ours", url="https://example.org/1"),
        ]
        assert read(head(ld=others), "", "https://www.example.org/1?ref=x").title == "Ours"

    def test_a_heading_of_the_site_is_no_headline(self):
        """What is printed large has nothing in common with the title of the page."""
        article = read(head(title="Ministers agree on cars - Example", h1="Example logo"), "", "https://example.org/1")
        assert article.title == "Ministers agree on cars"

    @pytest.mark.parametrize(
        ("marked", "byline"),
        [
            (
                '<p><a rel="author" href="/a">Jane Doe</a> and <a rel="author" href="/b">Max Roe</a></p>',
                "Jane Doe; Max Roe",
            ),
            ('<p class="byline">Jane Doe 6 min read</p>', "Jane Doe"),
            ('<p class="author">山田太郎2025-03-01 14:27:02</p>', "山田太郎"),
            ('<div><span>By </span><a href="/profile/jane-doe-12">Jane Doe</a></div>', "Jane Doe"),
            ('<p class="author">January</p>', ""),
            ("<p>［山田太郎，例新聞］</p>", "山田太郎"),
            ('<div class="related"><a href="/author/max">Max Roe</a></div>', ""),
        ],
        ids=["each is marked", "minutes", "a time", "linked", "a month", "in brackets", "of other articles"],
    )
    def test_names_that_only_the_page_marks(self, marked, byline):
        assert read(head(body=marked)).byline == byline


class TestPrinted:
    """An article is cited by what it was printed with: a page has other headlines and names for programs."""

    @pytest.mark.parametrize(
        ("said", "body", "title"),
        [
            ({"headline": "Ministers agree to cut the duty on all cars"}, "<h1>Ministers cut the duty on cars</h1>",
             "Ministers cut the duty on cars"),
            ({"headline": "Ministers agree", "extra": '<meta property="og:title" content="What a day">'},
             "<h1>What a day</h1>", "What a day"),
            ({"headline": "Duty on cars: ministers agree"},
             '<nav><h1>Duty on cars: ministers agree</h1></nav><h2 class="entry-title">Duty on cars is cut</h2>',
             "Duty on cars is cut"),
            ({"headline": "Trade: Ministers agree", "extra": '<meta property="og:title" content="Ministers agree">'},
             '<h1><span class="a__kicker">Trade</span> <span class="a__headline">Ministers agree</span></h1>',
             "Ministers agree"),
            ({"headline": "Trade: Ministers agree"},
             '<h1><span class="a__kicker">Trade</span> <span class="a__headline">Ministers agree</span></h1>',
             "Trade: Ministers agree"),
            ({"headline": "Ministers agree"}, "<h1>Ministers agree 17 comments</h1>", "Ministers agree"),
            ({"headline": "関税引き下げで両国が合意"}, "<h1>自動車の関税を引き下げ 両国が合意へ</h1>",
             "自動車の関税を引き下げ 両国が合意へ"),
            ({"headline": "Ministers agree", "name": "Ministers agree"}, "<h1>Menu</h1><h2>Most read</h2>",
             "Ministers agree"),
        ],
        ids=["other words", "as it is shared", "in a path of sections", "without its kicker", "with its kicker",
             "with more", "Japanese", "named as the site"],
    )  # fmt: skip
    def test_the_headline(self, said, body, title):
        ld = news(headline=said["headline"], publisher={"name": said.get("name", "Example Times")})
        page = head(ld=ld, title="Example Times", extra=said.get("extra", ""), h1="").decode()
        assert read(page.replace("<h1></h1>", body).encode()).title == title

    @pytest.mark.parametrize(
        ("own", "body", "title"),
        [
            ("Ministers agree on cars", "<h1>Ministers agree on cars</h1>", "Ministers agree on cars"),
            ("Ministers agree. Is it meant? | Example", "<h1>Ministers agree. Is it meant?</h1><h2>A guess</h2>",
             "Ministers agree. Is it meant?"),
            ("大臣が協議_貿易_例示新聞", '<a href="/"><h1>例示新聞</h1></a><h2>大臣が協議</h2>', "大臣が協議"),
            ("大臣が協議:例示日誌", "<p>大臣</p>", "大臣が協議"),
            ("Ministers agree on cars: The Docket", "<h2>The Docket</h2><h1>On cars, ministers agree</h1>",
             "On cars, ministers agree"),
            ("Ministers<br>agree", "<h1>Ministers<br>agree</h1>", "Ministers agree"),
        ],
        ids=["shared under another", "a stop", "the site's name large", "without spaces", "a column", "two lines"],
    )  # fmt: skip
    def test_the_headline_of_a_page_that_declares_none(self, own, body, title):
        extra = '<meta property="og:site_name" content="例示日誌">'
        if own == "Ministers agree on cars":
            extra += '<meta property="og:title" content="It has been a long night for exporters">'
        page = head(title=own.replace("<br>", " "), extra=extra, h1="").decode().replace("<h1></h1>", body)
        assert read(page.encode()).title == title

    def test_a_headline_is_no_name_of_a_publisher(self):
        """A part of a title with a stop in it was taken for the address of the site."""
        page = head(title="Ministers meet. Is it meant? | Example", h1="Ministers meet. Is it meant?")
        assert read(page).publisher == ""

    @pytest.mark.parametrize(
        ("author", "body", "byline"),
        [
            ("Example Times", '<p class="article__author">By Jane Doe</p>', "Jane Doe"),
            ("Example Times", '<ul class="authors"><li class="authors__list-item">by Jane Doe</li></ul>', "Jane Doe"),
            ("Holding Inc.", '<div class="post-AssistAuthor">山田太郎</div>', "山田太郎"),
            ("Example Times", '<div id="byline"><b>[</b>山田太郎，<b>例示新聞]</b></div>', "山田太郎"),
            ("Example Times", '<p>von <a href="/autoren/name/jane-doe">Jane Doe</a></p>', "Jane Doe"),
            ("Jane Doe, Example Times", "", "Jane Doe"),
            ("Jane Doe, Tokyo", "", "Jane Doe, Tokyo"),
            ("Jane Doe und Max Roe", "", "Jane Doe; Max Roe"),
            ("Jane Doe und Max Roe, dpa", "", "Jane Doe; Max Roe; dpa"),
            ("Example Times", '<p class="author">Source: dpa</p><p class="author">25.04.25</p>', "Example Times"),
            ("", '<i><p class="byline">Max Roe</p><p class="byline">ByJane Doe</p></i>', "Max Roe; Jane Doe"),
            ("Jane Doe", '<i><p class="byline">Jane Doe</p><p class="byline">Max Roe</p></i>', "Jane Doe"),
            ("Doe, Jane", '<p class="byline">By Jane Doe</p>', "Jane Doe"),
            ("Jane Doe", '<p class="byline">Jane Doe, Example Times</p>', "Jane Doe"),
            ("Jane Doe", '<p class="quote-author">Max Roe</p><p class="photo-byline">Ann Lee</p>', "Jane Doe"),
            ("", '<div class="widget"><h1>Talks</h1><p class="byline">Jane Doe updated 4 May</p></div>', "Jane Doe"),
            ("", '<p class="author">More stories by Jane Doe</p>', ""),
            ("", "<p>経済部　山田太郎</p>", "山田太郎"),
            ("", "<p>経済部　大臣が水曜日に会談し、合意した</p>", ""),
        ],
        ids=["part of a class", "a list", "camel case", "brackets", "linked in German", "the house behind",
             "a place behind", "two in German", "two and an agency", "no names", "two beside",
             "one more than is declared", "turned round", "the house beside", "of quotations and photos",
             "around the headline too", "more stories", "of a desk", "a desk in a sentence"],
    )  # fmt: skip
    def test_the_byline(self, author, body, byline):
        ld = news(headline="Talks", author={"name": author}, publisher={"name": "Example Times"})
        assert read(head(ld=ld, body=body)).byline == byline


class TestDays:
    """An instant is no calendar day, and a day that is printed is offered."""

    EVENING = "2025-07-22T23:30:00Z"

    @pytest.mark.parametrize(
        ("stamp", "url", "lang", "body", "published"),
        [
            ("2025-07-23T08:30:00+09:00", "", "en", "", "2025-07-23"),
            ("2025-07-22T12:00:00Z", "", "en", "", "2025-07-22"),  # the same day from Los Angeles to Sydney
            (EVENING, "https://example.co.jp/1", "", "", "2025-07-23"),
            (EVENING, "", "ja", "", "2025-07-23"),
            (EVENING, "", "en", "<p>July 22, 2025</p>", "2025-07-22"),
            (EVENING, "", "en", "<p>23 July 2025 8:30 JST</p>", "2025-07-23"),
            (EVENING, "https://example.com/2025/07/22/talks", "en", "", "2025-07-22"),
            (EVENING, "", "en", '<time datetime="2025-07-23T08:30:00+09:00">8:30</time>', "2025-07-23"),
            (EVENING, "https://example.com/1", "en", "", ""),
        ],
    )
    def test_which_day_an_instant_is(self, stamp, url, lang, body, published):
        article = read(head(ld=news(headline="Talks", datePublished=stamp), lang=lang, body=body), "", url)
        assert article.published == published
        if not published:
            assert article.doubts == ("between",)
            assert article.printed == ("2025-07-22", "2025-07-23")

    @pytest.mark.parametrize(
        "printed",
        ["2025年7月23日 11時05分", "令和7年7月23日", "July 23, 2025", "Wednesday, 23rd July 2025", "2025/7/23"],
    )
    def test_a_day_that_is_only_printed_is_offered(self, printed):
        article = read(head(body=f"<p>{printed}</p>"))
        assert (article.published, article.printed) == ("", ("2025-07-23",))
        assert from_text(f"Ministers meet in Tokyo\n{printed}\n{BODY[0]}").printed == ("2025-07-23",)

    @pytest.mark.parametrize(("body", "published"), [("", ""), ("<p>1 January 2025</p>", "2025-01-01")])
    def test_new_years_day_is_one_that_is_printed(self, body, published):
        article = read(head(ld=news(headline="Talks", datePublished="2025-01-01T00:00:00+09:00"), body=body))
        assert article.published == published


class TestDoubts:
    """What stands in front of an article is no article."""

    @pytest.mark.parametrize(
        ("page", "doubts", "kept"),
        [
            (wall("We value your privacy", "We and our 842 partners use cookies."), ["consent"], False),
            (wall("Just a moment...", "Checking your browser before you proceed."), ["robot"], False),
            (wall("404 Not Found", "Try the search."), ["missing"], False),
            (wall("Ministers meet", "They met. Subscribe to continue reading this story."), ["beginning"], True),
            (head(ld=news(headline="Talks", isAccessibleForFree="False")), ["not_free"], True),
            (head(ld={"@type": "LiveBlogPosting", "headline": "All day"}), ["live"], True),
            (head(ld=news(headline="Talks", wordCount=900)), ["beginning"], True),
            (head(title="イスラエルとハマス 双方同意か", h1="イスラエルとハマス 双方同意か"), [], True),
            (head(title="Firms ask for consent on cookies", ld=news(headline="Firms ask on cookies")), [], True),
        ],
    )  # fmt: skip
    def test_what_the_page_seems_to_be(self, page, doubts, kept):
        article = read(page)
        assert list(article.doubts) == doubts
        assert bool(article.text) == kept


class TestText:
    def test_what_stands_between_paragraphs_is_kept(self):
        """A copy serves to look for quotations: what programs take for chrome there is more often the article."""
        between = (
            '<div class="promo-box"><p>“Not a word of this was agreed in writing,” the envoy said later.</p></div>'
        )
        page = head(body=f"<p>{BODY[0]}</p>{between}")
        assert "Not a word of this" in read(page).text


class TestFiles:
    def test_a_pdf(self):
        article = read(pdf(), "text/html")
        assert article == Article(
            title="White paper on trade",
            byline="Ministry of Examples",
            language="en",
            text="The duty falls to 15 percent.",
            media_type="application/pdf",
        )

    @pytest.mark.parametrize(
        ("content", "kind"),
        [
            (pdf(), "application/pdf"),
            (page().encode(), "text/html"),
            (page().encode("utf-16"), "text/html"),
            (b"Plain words.", "text/plain"),
            (b"\x89PNG\r\n\x1a\n\0\0", ""),
            (b"PK\x03\x04\x14\0", ""),
            (b"MZ\x90\0", ""),
            (b"  ", ""),
        ],
    )
    def test_the_bytes_tell_what_a_file_is(self, content, kind):
        assert media_type(content) == kind


class TestPastedText:
    """Endings as they were met: foreign navigation, hashtags, a note of who reported."""

    def stripped(self, *ending):
        return strip_chrome("\n".join([*BODY, *ending]))

    @pytest.mark.parametrize(
        "ending",
        [
            ["", "Australia News", "", "The Hill", "Cleveland Jewish News", "Raw Story", "FOX News Videos",
             "OK Magazine", "The Babylon Bee"],
            ["#ITCNewsUpdates #BreakingNews #TariffTalks #TradeNews #GlobalUpdate"],
            ["＃関税 ＃貿易"],
            ["Share this article", "Advertisement", "Read more"],
            ["World", "Business", "", "#trade"],
        ],
    )  # fmt: skip
    def test_chrome_is_recognised(self, ending):
        assert self.stripped(*ending) == "\n".join(BODY)

    @pytest.mark.parametrize(
        "ending",
        [
            ["Reporting by Tetsushi Kajimoto; Editing by William Mallard and Clarence Fernandez"],
            ["By Jane Doe"],  # one line may be the end of the article
            ["Conclusion: Towards a Balanced Economic Future", BODY[0]],
            ["The duty on #1 products stays."],
        ],
    )
    def test_what_belongs_to_the_article_stays(self, ending):
        assert self.stripped(*ending) == "\n".join([*BODY, *ending])

    def test_chrome_between_paragraphs(self):
        text = "\n".join([BODY[0], "Advertisement", BODY[1]])
        assert chrome_lines(text) == {1}

    def test_a_list_is_no_chrome(self):
        assert chrome_lines("Beef\nRice\nSoybeans") == set()

    def test_a_headline_is_the_title(self):
        text = "Japan, U.S. agree to accelerate trade talks\r\n\r\n\r\n\r\n" + BODY[0]
        article = from_text(text)
        assert article.title == "Japan, U.S. agree to accelerate trade talks"
        assert article.text == f"{article.title}\n\n{BODY[0]}"
        assert from_text("\n".join(BODY)).title == ""

    def test_two_megabytes_are_read_in_time(self):
        assert chrome_lines(from_text("word " * 400_000).text) == set()
