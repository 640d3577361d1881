"""A real server and a reader's window; whatever the page asks of another machine is stopped."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, FrameLocator, Page, Route

# Chromium itself must not look for updates or hosts while the page is watched.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
LOCAL = {"localhost", "127.0.0.1", ""}
# How long a page takes is the machine's affair: this only ends the wait for what never comes.
PATIENCE_MS = 60_000


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(*words: str, port: int | None = None, **environment: str) -> Iterator[str]:
    """Run `incident-map serve` as a user would; yield its address."""
    port = port or free_port()
    command = [sys.executable, "-m", "dashboard", "serve", "--port", str(port), *words]
    clean = {k: v for k, v in os.environ.items() if not k.startswith("INCIDENT_MAP_")}
    with subprocess.Popen(
        command,
        env=clean | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as server:
        try:
            _wait_until_up(f"http://127.0.0.1:{port}/_stcore/health", server)
            yield f"http://localhost:{port}"
        finally:
            server.send_signal(signal.SIGTERM)
            server.communicate(timeout=20)


def _wait_until_up(address: str, server: subprocess.Popen[str]) -> None:
    for _ in range(240):
        if server.poll() is not None:
            pytest.fail(f"the server ended: {server.communicate()[0]}")
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except OSError:
            time.sleep(0.25)
    pytest.fail("the server did not answer within a minute")


@dataclass
class Watched:
    """What a page asked of other machines, and what went wrong in it."""

    outside: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


@dataclass
class Visitor:
    """One reader with a browser window."""

    context: BrowserContext
    address: str
    watched: Watched

    def open(self, query: str = "", *, address: str = "") -> Page:
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.watched.errors.append(str(error)))
        page.goto(f"{address or self.address}/{query}")
        settled(page)
        return page


def settled(page: Page) -> None:
    """Wait until the page stands: the map is painted and Streamlit is idle."""
    page.locator(".im-footer").wait_for()
    district_map(page).locator("path.district[data-fill]").first.wait_for()
    page.wait_for_function(
        "() => { const app = document.querySelector('[data-testid=stApp]');"
        " return app && app.getAttribute('data-test-script-state') !== 'running'; }"
    )


def district_map(page: Page) -> FrameLocator:
    return page.frame_locator("iframe[title*='district']").first


def fills(page: Page) -> dict[str, str]:
    """Each district's class, as painted."""
    return (
        district_map(page)
        .locator("path.district")
        .evaluate_all(
            "paths => Object.fromEntries(paths.map(p => [p.dataset.pcode, p.dataset.fill]))"
        )
    )


@contextmanager
def visiting(browser: Browser, address: str, **options: object) -> Iterator[Visitor]:
    context = browser.new_context(
        **({"viewport": {"width": 1366, "height": 768}, "accept_downloads": True} | options)
    )
    context.set_default_timeout(PATIENCE_MS)
    watched = Watched()

    def stop_outside(route: Route) -> None:
        if urlsplit(route.request.url).hostname in LOCAL:
            route.continue_()
        else:
            watched.outside.append(route.request.url)
            route.abort()

    context.route("**/*", stop_outside)
    yield Visitor(context, address, watched)
    context.close()
