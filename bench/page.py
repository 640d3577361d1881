"""How long a reader waits: from `make run` to the map, and from a changed filter to its repaint.

Waiting is measured in a real Chromium on this machine. The repaint stands beside an empty
rerun of the same server in the same run: what Streamlit alone takes for a change that
repaints nothing. With `--rows` the same is measured once more with a dataset of so many rows,
in the library, beside the reports.

Example: python -m bench.page --rows 1000000
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import socket
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, FrameLocator, Page, WebSocket, sync_playwright

from bench.imports import write_acled_like
from incidents.datasets.importing import import_files

ROWS = 1_000_000
ROUNDS = 6
STARTS = 3
# Each is added to those chosen before, so that every round leaves other claims.
EVENT_TYPES = (
    "Battles",
    "Explosions/Remote violence",
    "Violence against civilians",
    "Strategic developments",
    "Protests",
    "Riots",
)
_WATCH = """() => {
    window.paintedAt = 0;
    window.watcher?.disconnect();
    window.watcher = new MutationObserver(() => { window.paintedAt ||= performance.now(); });
    window.watcher.observe(document.body, {
        subtree: true, childList: true, characterData: true, attributeFilter: ["data-fill"],
    });
}"""
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


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=ROWS, help="0 leaves the dataset out")
    rows = parser.parse_args().rows
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        found = next((p for n in ("chromium", "google-chrome") if (p := shutil.which(n))), None)
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        print("With the reports alone")
        alone = run(browser, Path(folder) / "empty")
        if not rows:
            return
        library = Path(folder) / "library"
        path = Path(folder) / "acled-like.csv"
        write_acled_like(path, rows)
        import_files([path], "acled", library=library)
        path.unlink()
        print(f"With a dataset of {rows:,} rows beside them")
        loaded = run(browser, library)
        print(f"first painted map, times that with the reports alone: {loaded / alone:.2f}")


def run(browser: Browser, data_dir: Path) -> float:
    """Measure one library and print; return the median seconds to the first painted map."""
    starts, figures = [], []
    for _ in range(STARTS):
        begun = time.perf_counter()
        with _make_run(data_dir) as address:
            page = browser.new_page(viewport={"width": 1366, "height": 768})
            _open(page, address)
            starts.append(time.perf_counter() - begun)
            if len(starts) == STARTS:
                figures = _changes(
                    browser.new_page(viewport={"width": 1366, "height": 768}), address
                )
            page.close()
    first = Figure("from `make run` (second time) to the first painted map", tuple(starts), "s")
    for figure in (first, *figures):
        print(figure, flush=True)
    return first.median


@contextmanager
def _make_run(data_dir: Path) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        ["make", "--silent", "run", f"PORT={port}"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        env=os.environ | {"INCIDENT_MAP_DATA_DIR": str(data_dir)},
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
        repaints.append(_repaint(page, number))
        page.wait_for_timeout(700)
        sizes.append(float(sum(received)))
        empties.append(_empty_rerun(page, ("csv", "geojson")[number % 2]))
        page.wait_for_timeout(700)
    ratio = tuple(a / b for a, b in zip(repaints, empties, strict=True))
    return [
        Figure("from a changed filter to the repainted map", tuple(repaints), "s"),
        Figure("  an empty rerun of the same page beside it", tuple(empties), "s"),
        Figure("  as a multiple of the empty rerun", ratio, "x"),
        Figure("bytes over the socket for a changed view, whole page", tuple(sizes), "bytes"),
        Figure("bytes of the map's files, sent once", (float(map_bytes),), "bytes"),
    ]


def _repaint(page: Page, number: int) -> float:
    """Time from a changed filter to the first district that the map paints anew for it."""
    page.get_by_role("combobox", name="Event type").click()
    option = page.get_by_role("option", name=EVENT_TYPES[number % len(EVENT_TYPES)], exact=True)
    option.wait_for()
    frame = next(f for f in page.frames if "district_map" in f.url)
    frame.evaluate(_WATCH)
    begun = time.perf_counter()
    option.click()
    # Not wait_for_function: the frame's policy forbids what it would evaluate.
    while not frame.evaluate("() => window.paintedAt"):
        time.sleep(0.005)
    took = time.perf_counter() - begun
    page.keyboard.press("Escape")
    return took


def _empty_rerun(page: Page, file_format: str) -> float:
    """Time a rerun that repaints nothing: another format on the download button."""
    page.locator(".st-key-format input").click()
    option = page.get_by_role("option", name=file_format, exact=True)
    option.wait_for()
    begun = time.perf_counter()
    option.click()
    page.get_by_text(f"as {file_format}").wait_for()
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
