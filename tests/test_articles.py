"""Articles: what a page, a file or pasted text says of itself, and its text without chrome."""

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
            ("shift_jis", "text/html; charset=Shift_JIS"),
            ("euc-jp", ""),
            ("utf-8", "text/html; charset=iso-8859-1"),  # declared wrongly
        ],
    )
    def test_japanese_in_any_encoding(self, charset, header):
        body = ["赤沢経済再生担当相は１６日、ワシントンで米国の関税措置について協議した。" * 3]
        article = read(page(body=body, lang="ja", charset=charset).encode(charset), header)
        assert "赤沢経済再生担当相は" in article.text
        assert article.language == "ja"

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


class TestFiles:
    def test_a_pdf(self):
        article = read(pdf(), "text/html")
        assert article == Article(
            title="White paper on trade",
            byline="Ministry of Examples",
            published="2025-06-11",
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
