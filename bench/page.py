"""How long a reader waits: from `make run` to the map, and from a changed filter to its repaint.

Waiting is measured in a real Chromium on this machine. The repaint stands beside an empty
rerun of the same server in the same run: what Streamlit alone takes for a change that
repaints nothing.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import statistics
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import FrameLocator, Locator, Page, WebSocket, sync_playwright
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError

ROUNDS = 7
STARTS = 3
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


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
            f"{self.name:<58} {self.median:>10.3f} {self.unit}"
            f"   ({min(self.values):.3f}–{max(self.values):.3f}, n={len(self.values)})"
        )


def run() -> list[Figure]:
    """Measure and return the figures."""
    starts, figures = [], []
    with sync_playwright() as playwright:
        found = next((p for n in ("chromium", "google-chrome") if (p := shutil.which(n))), None)
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        for _ in range(STARTS):
            begun = time.perf_counter()
            with _make_run() as address:
                page = browser.new_page(viewport={"width": 1366, "height": 768})
                _open(page, address)
                starts.append(time.perf_counter() - begun)
                if len(starts) == STARTS:
                    figures = _changes(
                        browser.new_page(viewport={"width": 1366, "height": 768}), address
                    )
                page.close()
        browser.close()
    return [
        Figure("from `make run` (second time) to the first painted map", tuple(starts), "s"),
        *figures,
    ]


@contextmanager
def _make_run() -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        ["make", "--silent", "run", f"PORT={port}"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield f"http://localhost:{port}"
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=30)


def _open(page: Page, address: str) -> None:
    for _ in range(600):
        try:
            page.goto(address)
            break
        except Exception:  # noqa: BLE001 - the server is not up yet
            time.sleep(0.05)
    _map(page).locator("path.district[data-fill]").first.wait_for()


def _map(page: Page) -> FrameLocator:
    return page.frame_locator("iframe[title*='district']").first


def _changes(page: Page, address: str) -> list[Figure]:
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
    _open(page, address)
    page.locator(".im-footer").wait_for()
    page.wait_for_timeout(1500)
    map_bytes = sum(files.values())
    repaints, empties, sizes = [], [], []
    for number in range(ROUNDS):
        received.clear()
        repaints.append(_repaint(page, ("killed", "incidents")[number % 2]))
        page.wait_for_timeout(700)
        sizes.append(float(sum(received)))
        empties.append(_empty_rerun(page, ("csv", "geojson")[number % 2]))
        page.wait_for_timeout(700)
    ratio = tuple(a / b for a, b in zip(repaints, empties, strict=True))
    return [
        Figure("from a changed measure to the repainted map", tuple(repaints), "s"),
        Figure("  an empty rerun of the same page beside it", tuple(empties), "s"),
        Figure("  as a multiple of the empty rerun", ratio, "x"),
        Figure("bytes over the socket for a changed view, whole page", tuple(sizes), "bytes"),
        Figure("bytes of the map's files, sent once", (float(map_bytes),), "bytes"),
    ]


def _repaint(page: Page, measure: str) -> float:
    """Time until Kharan, which has a report and no figure, has the new measure's class."""
    expected = "without_figure" if measure == "killed" else "class-0"
    option = _offered(page, "measure", measure)
    begun = time.perf_counter()
    option.click()
    _map(page).locator(f"path[data-pcode=PK212][data-fill={expected}]").wait_for()
    return time.perf_counter() - begun


def _offered(page: Page, key: str, name: str) -> Locator:
    """Open a list of the sidebar and return an option of it; scrolling may close the list again."""
    box = page.locator(f".st-key-{key} input")
    option = page.get_by_role("option", name=name, exact=True)
    for _ in range(5):
        box.scroll_into_view_if_needed()
        page.wait_for_timeout(300)
        box.click()
        try:
            option.wait_for(timeout=2_000)
        except PlaywrightTimeoutError:
            page.keyboard.press("Escape")
            continue
        return option
    raise SystemExit(f"the list {key!r} did not offer {name!r}")


def _empty_rerun(page: Page, file_format: str) -> float:
    """Time a rerun that repaints nothing: another format on the download button."""
    option = _offered(page, "format", file_format)
    begun = time.perf_counter()
    option.click()
    page.get_by_text(f"as {file_format}").wait_for()
    return time.perf_counter() - begun


if __name__ == "__main__":
    for figure in run():
        print(figure)
