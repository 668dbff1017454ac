"""In a real browser: the words of a chart touch neither each other nor its lines, and stay inside."""

import pytest

pytestmark = pytest.mark.browser

# A line of text is higher than its signs by about an eighth on either side.
TOUCHING = """
() => [...document.querySelectorAll(".chart svg")].flatMap((chart) => {
  const trim = ({ left, right, top, bottom }, by) => ({ left, right, top: top + by, bottom: bottom - by });
  const hit = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  const shown = [...chart.querySelectorAll("text")].filter((text) => text.getClientRects().length);
  const words = shown.map((text) => {
    const box = text.getBoundingClientRect();
    return [text.textContent, trim(box, box.height / 8)];
  });
  const shapes = [...chart.querySelectorAll(".step, .pt, .bar, .base, .tail")];
  const edge = chart.getBoundingClientRect();
  return words.flatMap(([text, box], number) => [
    ...words.slice(number + 1).filter(([, other]) => hit(box, other)).map(([other]) => `${text} on ${other}`),
    ...shapes.filter((shape) => hit(box, shape.getBoundingClientRect())).map((shape) => `${text} on a shape`),
    ...(box.left < edge.left - 1 || box.right > edge.right + 1 ? [`${text} outside`] : []),
  ]);
})
"""


@pytest.mark.parametrize("address", ["/figures/duty-on-cars/", "/people/ryosei-akazawa/"])
def test_words_touch_nothing(browse, address):
    page = browse().open(address)
    assert page.locator(".chart svg text:visible").count() >= 4
    for width in (320, 360, 767, 768, 1024, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate(TOUCHING) == [], f"{width} pixels"
