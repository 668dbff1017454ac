"""White space of templates: what lays them out stays behind, what readers see is sent."""

import pytest
from django.conf import settings
from django.template import Context, Engine, TemplateSyntaxError, engines

LOADERS = settings.TEMPLATES[0]["OPTIONS"]["loaders"]
BASE = "<p>\n  {% block one %}\n    one\n  {% endblock %}\n</p>\n"


@pytest.fixture
def engine(tmp_path):
    return Engine(dirs=[tmp_path], loaders=LOADERS, libraries={"i18n": "django.templatetags.i18n"}, debug=True)


@pytest.fixture
def render(engine, tmp_path):
    """The text of a template that stands in a file of our folder, with ``a`` and ``b`` to be shown."""

    def render(written, name="page.html"):
        (tmp_path / name).write_text(f"{{% load i18n %}}{written}")
        return engine.get_template(name).render(Context({"a": "A", "b": "B", "yes": True, "items": [1, 2]}))

    return render


# -- what a line break is -----------------------------------------------------------------

LONGER = "{% blocktranslate %}one{% endblocktranslate %}"

ONE_SPACE = {
    "text": "one\n  two",
    "a blank line": "one\n\n  two",
    "a carriage return": "one\r\n  two",
    "spaces at the end of a line": "one  \n  two",
    "variables": "{{ a }}\n  {{ b }}",
    "text and a variable": "one\n  {{ b }}",
    "translations": '{% translate "one" %}\n  {% translate "two" %}',
    "longer translations": f"{LONGER}\n  {LONGER}",
    "inline elements": "<b>one</b>\n  <i>two</i>",
    "text and an inline element": "one\n  <a href='/'>two</a>",
    "an image": "<img alt='one'>\n  two",
    "a field": "<label>one</label>\n  <input>",
}

NOTHING = {
    "block elements": "<p>one</p>\n\n  <p>two</p>",
    "text and a block element": "one\n  <p>two</p>",
    "a block element and text": "<p>one</p>\n  two",
    "a start tag and text": "<p>\n  one</p>",
    "a start tag of an inline element": "<a>\n  one</a>",
    "text and an end tag": "<a>one\n  </a>",
    "a template tag": "{% if yes %}\n  one\n  {% endif %}\n  two",
    "a loop": "{% for one in items %}\n  <b>{{ one }}</b>\n{% endfor %}",
    "a comment": "one{# why #}\n  two",
    "the end of the file": "one\n",
}


@pytest.mark.parametrize("written", ONE_SPACE.values(), ids=ONE_SPACE)
def test_a_line_break_between_words_is_one_space(render, written):
    lines = [line.strip() for line in written.splitlines() if line.strip()]
    assert render(written) == render(" ".join(lines))


@pytest.mark.parametrize("written", NOTHING.values(), ids=NOTHING)
def test_a_line_break_beside_anything_else_is_nothing(render, written):
    lines = [line.strip() for line in written.splitlines() if line.strip()]
    assert render(written) == render("".join(lines))


def test_spaces_within_a_line_stay_also_beside_template_tags(render):
    assert render("one {% if yes %} two{% endif %} </b>  x") == "one  two </b>  x"


def test_attributes_may_stand_on_lines_of_their_own(render):
    written = """
        <a
          href="/{{ a }}"
          {% if yes %}rel="next"{% endif %}
          class="one
            two"
        >
          go
        </a>"""
    assert render(written) == '<a href="/A" rel="next" class="one two">go</a>'


def test_what_compares_in_an_attribute_or_a_tag_does_not_end_it(render):
    assert render("<a title='1 > 0'\n  {% if 2 > 1 %}id='x'{% endif %}>\n  go</a>") == "<a title='1 > 0' id='x'>go</a>"


@pytest.mark.parametrize("element", ["pre", "textarea", "script", "style"])
def test_an_element_whose_white_space_counts_keeps_it(render, element):
    kept = f"<{element}>\n  one\n\n  {{{{ a }}}}\n</{element}>"
    assert render(f"<p>\n  {kept}\n</p>\n") == f"<p>{kept.replace('{{ a }}', 'A')}</p>"


@pytest.mark.parametrize("tag", ["blocktranslate", "verbatim"])
def test_a_template_tag_that_takes_text_as_it_is_gets_it_so(render, tag):
    assert render(f"<p>\n{{% {tag} %}}\n  one\n\n  two\n{{% end{tag} %}}\n</p>") == "<p>\n  one\n\n  two\n</p>"


def test_a_sentence_to_translate_is_the_same_on_one_line_and_over_several(render):
    over_several = "{% blocktranslate trimmed %}\n  one\n  two\n{% endblocktranslate %}"
    assert render(over_several) == render("{% blocktranslate %}one two{% endblocktranslate %}")


def test_a_letter_keeps_its_lines(render):
    assert render("Dear {{ a }}\n\n  {{ b }}\n", name="letter.txt") == "Dear A\n\n  B\n"


def test_templates_of_packages_stay_as_they_are():
    theirs = engines["django"].get_template("wagtailadmin/generic/base.html").template
    assert type(theirs).__module__ == "django.template.base"


def test_a_template_may_extend_the_one_of_its_name_in_the_next_folder(tmp_path):
    above, below = tmp_path / "above", tmp_path / "below"
    for folder, written in [
        (above, "{% extends 'page.html' %}\n{% block one %}\n  two\n{% endblock %}"),
        (below, BASE),
    ]:
        folder.mkdir()
        (folder / "page.html").write_text(written)
    engine = Engine(dirs=[above, below], loaders=LOADERS)
    assert engine.get_template("page.html").render(Context()) == "<p>two</p>"


@pytest.mark.parametrize(
    ("wrong", "kind"), [("{% nothing %}", TemplateSyntaxError), ("{% include 'nowhere.html' %}", Exception)]
)
def test_an_error_points_at_its_line(render, wrong, kind):
    with pytest.raises(kind) as caught:
        render(f"\n<p>\n  one\n</p>\n\n{wrong}\n")
    assert caught.value.template_debug["line"] == 6
    assert caught.value.template_debug["during"] == wrong


def test_a_template_is_read_once(engine, render):
    render("one")
    assert engine.get_template("page.html") is engine.get_template("page.html")
