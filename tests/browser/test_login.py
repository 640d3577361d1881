"""Logging in at the page, and what reader, reviewer and strangers then see and can do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from identity_provider import CLIENT_ID, CLIENT_SECRET, Provider, providing
from joserfc.jwk import RSAKey
from playwright.sync_api import Browser, Page, expect
from reader import Visitor, free_port, serving, settled, visiting

from incidents.store import open_store

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ARTICLE = """Two guards hurt in Harnai
Published February 24, 2026
HARNAI: A roadside bomb injured two guards near Harnai on Monday, police said.
"""


def person(email: str, **claims: object) -> dict[str, object]:
    return {"email": email, "email_verified": True} | claims


PEOPLE = {
    "sara": person("sara@example.org"),
    "amna": person("Amna@example.org"),
    "stranger": person("mallory@example.com"),
    "unverified": person("amna@example.org", email_verified=False),
}


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with providing(PEOPLE) as found:
        yield found


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("library")


@pytest.fixture(scope="module")
def address(
    provider: Provider, library: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    port = free_port()
    file = tmp_path_factory.mktemp("access") / "access.toml"
    file.write_text(f"""
[access]
reviewer = ["amna@example.org"]
reader = ["@example.org"]

[auth]
redirect_uri = "http://localhost:{port}/oauth2callback"
cookie_secret = "for these tests alone, on this machine alone"
client_id = "{CLIENT_ID}"
client_secret = "{CLIENT_SECRET}"
server_metadata_url = "{provider.metadata_url}"
""")
    file.chmod(0o600)
    words = ("--access", str(file))
    with serving(*words, port=port, INCIDENT_MAP_DATA_DIR=str(library)) as url:
        yield url


@pytest.fixture
def visitor(browser: Browser, address: str) -> Iterator[Visitor]:
    with visiting(browser, address) as reader:
        yield reader


def at_the_door(visitor: Visitor, path: str = "/") -> Page:
    page = visitor.context.new_page()
    page.goto(f"{visitor.address}{path}")
    page.get_by_role("button", name="Log in").wait_for()
    return page


def log_in(visitor: Visitor, who: str) -> Page:
    page = at_the_door(visitor)
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("link", name=who, exact=True).click()
    page.wait_for_url(f"{visitor.address}/")
    return page


@pytest.mark.parametrize("path", ["/", "/?at=Gwadar", "/add"])
def test_nobody_reads_before_logging_in(visitor, path):
    page = at_the_door(visitor, path)
    expect(page.locator("[data-testid=stApp]")).to_contain_text("Log in to read the map.")
    expect(page.locator("iframe")).to_have_count(0)
    expect(page.locator(".im-line, .im-footer, textarea")).to_have_count(0)


def test_a_reader_reads_and_finds_nothing_to_decide_with(visitor, library):
    page = log_in(visitor, "sara")
    settled(page)
    expect(page.locator("[data-testid=stSidebar]")).to_contain_text("sara@example.org, reader")
    expect(page.get_by_role("link", name="Add a report")).to_have_count(0)
    expect(page.get_by_text("Split or merge families")).to_have_count(0)
    page.goto(f"{visitor.address}/add")
    expect(page.locator("[data-testid=stApp]")).to_contain_text(
        "sara@example.org (reader) may not add a document"
    )
    expect(page.locator("textarea, input[type=file]")).to_have_count(0)
    assert list(library.iterdir()) == []


def test_a_reviewer_accepts_and_the_history_names_their_address(visitor, library, provider):
    page = log_in(visitor, "amna")
    settled(page)
    page.get_by_role("link", name="Add a report").click()
    expect(page.locator("[data-testid=stSidebar]")).to_contain_text(
        "Decisions are recorded as amna@example.org"
    )
    page.locator(".st-key-pasted textarea").fill(ARTICLE)
    page.locator(".st-key-read button").click()
    page.locator(".st-key-find button").click()
    page.locator(".st-key-accept-all button").click()
    text = page.frame_locator("iframe[title*='text_review']").first
    expect(text.locator(".card.accepted").first).to_be_visible()
    history = open_store(library).history()
    assert [entry.action for entry in history][:1] == ["accept"]
    assert {entry.by for entry in history} == {"amna@example.org"}
    assert provider.with_pkce > 0


@pytest.mark.parametrize(
    ("who", "told"),
    [("stranger", "mallory@example.com is not among those"), ("unverified", "email_verified")],
)
def test_who_is_not_listed_or_not_verified_is_told_so_and_can_log_out(visitor, who, told):
    page = log_in(visitor, who)
    expect(page.locator("[data-testid=stApp]")).to_contain_text(told)
    expect(page.locator("iframe")).to_have_count(0)
    page.get_by_role("button", name="Log out").click()
    page.get_by_role("button", name="Log in").wait_for()


def test_logging_out_closes_the_page(visitor):
    page = log_in(visitor, "sara")
    settled(page)
    page.get_by_role("button", name="Log out").click()
    page.get_by_role("button", name="Log in").wait_for()
    page.goto(f"{visitor.address}/?at=Gwadar")
    page.get_by_role("button", name="Log in").wait_for()
    expect(page.locator("iframe")).to_have_count(0)


def test_a_token_that_somebody_else_signed_lets_nobody_in(visitor, provider, monkeypatch):
    forged = RSAKey.generate_key(2048, {"kid": "test", "use": "sig"})
    monkeypatch.setattr(provider, "signing_key", forged)
    page = log_in(visitor, "amna")
    page.get_by_role("button", name="Log in").wait_for()
    expect(page.locator("iframe")).to_have_count(0)


def test_a_cookie_that_was_made_up_lets_nobody_in(visitor):
    made_up = '"eyJlbWFpbCI6ICJhbW5hQGV4YW1wbGUub3JnIiwgImlzX2xvZ2dlZF9pbiI6IHRydWV9.AAAA.BBBB"'
    visitor.context.add_cookies(
        [{"name": "_streamlit_user", "value": made_up, "url": visitor.address}]
    )
    at_the_door(visitor)


@contextmanager
def behind_proxy(folder: Path, *words: str) -> Iterator[str]:
    """Serve for a proxy; the browser of the test plays the proxy, and sets its header."""
    port = free_port()
    file = folder / "access.toml"
    file.write_text(f"""
[access]
address = "http://localhost:{port}"
reviewer = ["amna@example.org"]
reader = ["@example.org"]
""")
    file.chmod(0o600)
    words = ("--access", str(file), "--behind-proxy", "X-Forwarded-Email", *words)
    with serving(*words, port=port, INCIDENT_MAP_DATA_DIR=str(folder)) as url:
        yield url


def expect_told(browser: Browser, url: str, headers: dict[str, str], told: str) -> None:
    with visiting(browser, url, extra_http_headers=headers) as visitor:
        page = visitor.context.new_page()
        page.goto(url)
        expect(page.locator("[data-testid=stApp]")).to_contain_text(told)


def test_the_proxy_says_who_is_at_the_page(browser, tmp_path):
    with behind_proxy(tmp_path) as url:
        for headers, told in [
            ({"X-Forwarded-Email": "sara@example.org"}, "sara@example.org, reader"),
            ({"X-Forwarded-Email": "amna@example.org"}, "amna@example.org, reviewer"),
            ({"X-Forwarded-Email": "mallory@example.com"}, "is not among those who may read"),
            ({}, "named 0 people"),
        ]:
            expect_told(browser, url, headers, told)


def test_the_header_of_somebody_who_is_not_the_proxy_is_not_believed(browser, tmp_path):
    with behind_proxy(tmp_path, "--proxy-address", "192.0.2.9") as url:
        # Nor is what they say about where they come from.
        for more in ({}, {"X-Forwarded-For": "192.0.2.9"}, {"Forwarded": "for=192.0.2.9"}):
            headers = {"X-Forwarded-Email": "amna@example.org"} | more
            expect_told(browser, url, headers, f"Open this page at {url}; it answers there alone.")
