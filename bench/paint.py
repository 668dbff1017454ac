"""How soon pages are painted, side by side: each in a new browser, in turns.

python -m bench.paint http://127.0.0.1:8086/ http://127.0.0.1:8001/ [--rounds 15] [--slowdown 4]
"""

import argparse
import statistics

from playwright.sync_api import Browser, sync_playwright

from tests import chromium

PAINTED = """() => new Promise(painted => new PerformanceObserver(list => painted(list.getEntriesByName(
    "first-contentful-paint")[0].startTime)).observe({type: "paint", buffered: true}))"""
STILL = """() => new Promise(still => {
    let last = performance.now(), nodes = 0
    const look = () => {
        const now = document.getElementsByTagName("*").length
        if (now !== nodes) [nodes, last] = [now, performance.now()]
        performance.now() - last > 1000 ? still(last) : setTimeout(look, 20)
    }
    look()
})"""
"""Resolves with the moment after which no element came for a second: what a script builds is there by then."""


def painted(browser: Browser, url: str, slowdown: float) -> tuple[float, float]:
    """Milliseconds from the start of navigation to the first paint of content, and to the last element made."""
    context = browser.new_context()  # with an empty cache
    try:
        page = context.new_page()
        if slowdown > 1:
            context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slowdown})
        page.goto(url, wait_until="load")
        return page.evaluate(PAINTED), page.evaluate(STILL)
    finally:
        context.close()


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.paint", description=__doc__.splitlines()[0])
    parser.add_argument("urls", nargs="+", help="pages; the others are put beside the first")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--slowdown", type=float, default=1, help="how many times as slow a processor to pretend")
    options = parser.parse_args()
    times: dict[str, list[tuple[float, float]]] = {url: [] for url in options.urls}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=chromium.ARGUMENTS)
        for number in range(options.rounds + 1):
            for url in options.urls if number % 2 else reversed(options.urls):
                found = painted(browser, url, options.slowdown)
                if number:  # the first warms up
                    times[url].append(found)
        browser.close()
    show(times)


def show(times: dict[str, list[tuple[float, float]]]) -> None:
    """The medians of each page, and of the ratios of the first to it, round by round."""
    first = next(iter(times.values()))
    print(f"{'':60} {'painted':>10} {'whole':>10}   first ÷ this")
    for url, found in times.items():
        moments = [statistics.median(column) for column in zip(*found, strict=True)]
        ratios = [
            statistics.median(ours[way] / theirs[way] for ours, theirs in zip(first, found, strict=True))
            for way in (0, 1)
        ]
        print(f"{url[:60]:60} {moments[0]:7.0f} ms {moments[1]:7.0f} ms   {ratios[0]:.2f}, {ratios[1]:.2f}")


if __name__ == "__main__":
    main()
