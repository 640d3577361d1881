"""How long a reader waits: until the first map, and from a changed filter to its repaint.

Waiting is measured in a real Chromium on this machine, by the clock of the browser itself: from
the click until the frame of the map has drawn what the page sent. A changed filter stands beside
an empty rerun of the same page, pair by pair: an option of another list of the sidebar, which
changes nothing that is shown but the name of a file to take away, until Streamlit has told
everything and says that it rests. The seeds stand beside made-up rows of a dataset, imported for
it. No filter is asked for twice, so none is answered from memory.

Example: python -m bench.page --rows 1000000 10000000
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from playwright.sync_api import (
    Browser,
    Frame,
    FrameLocator,
    Locator,
    Page,
    WebSocket,
    sync_playwright,
)
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError

from bench.served import Served, make_library, served
from incidents.model import EVENT_TYPES

T = TypeVar("T")
ROWS = (1_000_000,)
STARTS = 3
OPENINGS = 5
CASUALTY_TYPES = ("", "killed")
"""For each of them every event type is added to the filter, one after the other."""
FORMATS = ("geojson", "csv")
# Their words weigh nothing on a rerun; ten million rows of 844 bytes would take 8 GB.
ROW_BYTES = 400
MAKE_RUN = ("make", "--silent", "run", "PORT={port}")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PAUSE_MS = 400
LONGEST_S = 120
_WATCH_SOCKET = """
  window.seen = { asked: 0, told: 0, ended: 0 };
  window.clock = () => performance.timeOrigin + performance.now();
  window.WebSocket = class extends WebSocket {
    constructor(...given) {
      super(...given);
      this.addEventListener("message", () => (seen.told = clock()));
    }
  };
"""
_WATCH_PAGE = """() => {
  const app = document.querySelector("[data-testid=stApp]");
  addEventListener("click", () => (seen.asked = clock()), true);
  addEventListener("keydown", () => (seen.asked = clock()), true);
  new MutationObserver(() => {
    if (app.getAttribute("data-test-script-state") === "notRunning") seen.ended = clock();
  }).observe(app, { attributes: true, attributeFilter: ["data-test-script-state"] });
}"""
# The server has told everything, and the page has said so, or had no time to say anything.
_RESTS = """() => {
  const state = document.querySelector("[data-testid=stApp]").dataset.testScriptState;
  return seen.asked && seen.told > seen.asked && state === "notRunning"
    && clock() - Math.max(seen.told, seen.ended) > 400;
}"""
# The frame sets every area's words whenever it draws; a frame later they are on the screen.
_WATCH_MAP = """() => {
  const now = () => performance.timeOrigin + performance.now();
  const seen = (window.seen = { drawn: 0 });
  new MutationObserver(() => requestAnimationFrame(() => (seen.drawn = now()))).observe(
    document.body, { attributes: true, subtree: true, attributeFilter: ["data-fill"] });
}"""


@dataclass(frozen=True)
class Figure:
    """One measured figure: its name, the values of the rounds, and their unit."""

    name: str
    values: tuple[float, ...]
    unit: str

    @property
    def median(self) -> float:
        """The middle value."""
        return statistics.median(self.values)

    def __str__(self) -> str:
        return (
            f"{self.name:<66} {self.median:>10.3f} {self.unit}"
            f"   ({min(self.values):.3f}–{max(self.values):.3f}, n={len(self.values)})"
        )


def run(rows: Sequence[int] = ROWS) -> Iterator[Figure]:
    """Measure and yield the figures, for the seeds alone and with so many rows beside them."""
    with tempfile.TemporaryDirectory() as folder, _chromium() as browser:
        libraries = {number: Path(folder) / str(number) for number in (0, *rows)}
        for number, library in libraries.items():
            make_library(library, number, ROW_BYTES)
        yield from _compared(
            "from `make run` to the first painted map",
            _in_turns(libraries, STARTS, lambda library: _start(browser, library)),
        )
        with ExitStack() as servers:
            serving = {n: servers.enter_context(served(path)) for n, path in libraries.items()}
            # The first visit opens the datasets, as that of the one who started the server does.
            for server in serving.values():
                _first_map(browser, server.address)
            yield from _compared(
                "from the page's address to the first painted map",
                _in_turns(serving, OPENINGS, lambda server: _first_map(browser, server.address)),
            )
        for number, library in libraries.items():
            with served(library) as server:
                yield from _changes(browser, server, _named(number))


@contextmanager
def _chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        found = next((p for n in ("chromium", "google-chrome") if (p := shutil.which(n))), None)
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()


def _named(rows: int) -> str:
    return f"{rows:,} rows" if rows else "the seeds"


def _in_turns(
    things: dict[int, T], rounds: int, measure: Callable[[T], float]
) -> dict[int, list[float]]:
    """Measure one thing after the other, round by round, so that a load meets them alike."""
    found: dict[int, list[float]] = {number: [] for number in things}
    for _ in range(rounds):
        for number, thing in things.items():
            found[number].append(measure(thing))
    return found


def _compared(name: str, found: dict[int, list[float]]) -> Iterator[Figure]:
    """Yield the seconds of each, and of those with rows what they are to the seeds' of the round."""
    for number, seconds in found.items():
        yield Figure(f"{name}, {_named(number)}", tuple(seconds), "s")
        if number:
            ratios = tuple(a / b for a, b in zip(seconds, found[0], strict=True))
            yield Figure("  as a multiple of that with the seeds", ratios, "x")


def _start(browser: Browser, library: Path) -> float:
    begun = time.perf_counter()
    with served(library, MAKE_RUN) as server:
        _first_map(browser, server.address)
        return time.perf_counter() - begun


def _first_map(browser: Browser, address: str) -> float:
    """Open the page as a new reader does; return the seconds until the map is painted."""
    with browser.new_context(viewport={"width": 1366, "height": 768}) as context:
        begun = time.perf_counter()
        _open(context.new_page(), address)
        return time.perf_counter() - begun


def _open(page: Page, address: str) -> None:
    page.set_default_timeout(LONGEST_S * 1e3)
    page.goto(address)
    _map(page).locator("path.district[data-fill]").first.wait_for()


def _map(page: Page) -> FrameLocator:
    return page.frame_locator("iframe[title*='district']").first


@dataclass
class _Rounds:
    """What was seen of changes and of the empty reruns beside them."""

    changed: list[float] = field(default_factory=list)
    ended: list[float] = field(default_factory=list)
    empty: list[float] = field(default_factory=list)
    changed_processor: list[float] = field(default_factory=list)
    empty_processor: list[float] = field(default_factory=list)
    sizes: list[float] = field(default_factory=list)


def _changes(browser: Browser, server: Served, name: str) -> Iterator[Figure]:
    page = browser.new_page(viewport={"width": 1366, "height": 768})
    page.add_init_script(_WATCH_SOCKET)
    received: list[int] = []

    def count(socket_: WebSocket) -> None:
        socket_.on("framereceived", lambda frame: received.append(len(frame)))

    page.on("websocket", count)
    files: dict[str, int] = {}
    page.on(
        "response",
        lambda r: (
            files.__setitem__(r.url, len(r.body())) if "/component/" in r.url and r.ok else None
        ),
    )
    _open(page, server.address)
    page.locator(".im-footer").wait_for()
    page.wait_for_timeout(2_000)
    watched = _Watched(page, server, received)
    rounds = _Rounds()
    for casualty_type in CASUALTY_TYPES:
        if casualty_type:
            watched.add("casualty_type", casualty_type)
        for event_type in EVENT_TYPES:
            watched.change(rounds, event_type)
        watched.clear("event_type")
    page.close()
    ratio = tuple(a / b for a, b in zip(rounds.changed, rounds.empty, strict=True))
    yield Figure(f"from a changed filter to the repainted map, {name}", tuple(rounds.changed), "s")
    yield Figure("  an empty rerun of the same page beside it", tuple(rounds.empty), "s")
    yield Figure("  as a multiple of the empty rerun", ratio, "x")
    yield Figure("  until the whole page stands", tuple(rounds.ended), "s")
    yield Figure("  the server's processor for it", tuple(rounds.changed_processor), "s")
    yield Figure("  for the empty rerun", tuple(rounds.empty_processor), "s")
    yield Figure("  bytes over the socket, whole page", tuple(rounds.sizes), "bytes")
    yield Figure("  bytes of the map's files, sent once", (float(sum(files.values())),), "bytes")


class _Watched:
    """An open page whose browser notes when something was asked, drawn and ended."""

    def __init__(self, page: Page, server: Served, received: list[int]) -> None:
        self._page, self._server, self._received = page, server, received
        self._frame = _frame_of_map(page)
        page.evaluate(_WATCH_PAGE)
        self._frame.evaluate(_WATCH_MAP)

    def change(self, rounds: _Rounds, event_type: str) -> None:
        """Take one more type of event into the filter, then run the page with nothing changed.

        Where the reports have none of the type, the map stays as it is and nothing is noted.
        """
        if not self.add("event_type", event_type, rounds):
            return
        self._page.keyboard.press("Escape")
        option = self._offered("format", FORMATS[1 - len(rounds.empty) % 2])
        busy = self._begin()
        option.click()
        rounds.empty.append(self._end())
        rounds.empty_processor.append(self._server.processor_s - busy)

    def add(self, key: str, option: str, rounds: _Rounds | None = None) -> bool:
        """Take an option into a list of the sidebar; note how long the map took, if it changed."""
        offered = self._offered(key, option)
        busy = self._begin()
        offered.click()
        ended = self._end()
        busy = self._server.processor_s - busy
        asked, drawn = self._page.evaluate("seen.asked"), self._frame.evaluate("seen.drawn")
        if drawn < asked:
            return False
        if rounds is not None:
            rounds.changed.append((drawn - asked) / 1e3)
            rounds.ended.append(ended)
            rounds.changed_processor.append(busy)
            rounds.sizes.append(float(sum(self._received)))
        return True

    def clear(self, key: str) -> None:
        """Empty a list of the sidebar."""
        self._page.keyboard.press("Escape")
        self._begin()
        self._page.locator(f".st-key-{key}").get_by_role("button", name="Clear all").click()
        self._end()

    def _offered(self, key: str, name: str) -> Locator:
        """Open a list of the sidebar and return an option; scrolling may close the list again."""
        box = self._page.locator(f".st-key-{key} input")
        option = self._page.get_by_role("option", name=name, exact=True)
        for _ in range(5):
            box.scroll_into_view_if_needed()
            self._page.wait_for_timeout(PAUSE_MS)
            box.click()
            try:
                option.wait_for(timeout=10_000)
            except PlaywrightTimeoutError:
                self._page.keyboard.press("Escape")
                continue
            self._page.wait_for_timeout(PAUSE_MS)
            return option
        raise SystemExit(f"the list {key!r} did not offer {name!r}")

    def _begin(self) -> float:
        """Forget what was seen; return the seconds of processor that the server has had."""
        self._page.evaluate("Object.assign(seen, { asked: 0, told: 0, ended: 0 })")
        self._frame.evaluate("seen.drawn = 0")
        self._received.clear()
        return self._server.processor_s

    def _end(self) -> float:
        """Wait until page and server rest; return the seconds from what was asked until then."""
        self._page.wait_for_function(_RESTS)
        seen = self._page.evaluate("seen")
        return float(max(seen["told"], seen["ended"]) - seen["asked"]) / 1e3


def _frame_of_map(page: Page) -> Frame:
    frame = page.locator("iframe[title*='district']").first.element_handle().content_frame()
    if frame is None:
        raise SystemExit("the map has no frame")
    return frame


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, nargs="*", default=ROWS)
    given = parser.parse_args()
    print(f"load {os.getloadavg()[0]:.1f}", flush=True)
    for figure in run(tuple(given.rows)):
        print(figure, flush=True)
    print(f"load at the end {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
