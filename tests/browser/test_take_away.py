"""What the page hands out, taken by clicking and opened as its receiver would."""

import subprocess
import sys

import pytest
from playwright.sync_api import expect
from reader import fills, serving, visiting

from incidents.export.sealed import verify

pytestmark = pytest.mark.browser

QUERY = "?casualty_type=killed&measure=killed&rule=official"


def take(page, key, folder):
    """Click one of the buttons and keep the file."""
    with page.expect_download() as waiting:
        page.locator(f".st-key-take_{key} button").first.click()
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return path


@pytest.fixture
def opened(browser):
    """Open a file as a reader without a network does, and watch what it asks for."""
    context = browser.new_context(offline=True, viewport={"width": 800, "height": 1100})

    def open_file(path):
        page = context.new_page()
        page.asked, page.wrong = [], []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("console", lambda message: page.wrong.append(message.text))
        page.goto(path.as_uri())
        return page

    yield open_file
    context.close()


@pytest.mark.slow
def test_the_brief_opens_from_a_file_and_asks_for_nothing(visitor, opened, tmp_path, artifacts):
    path = take(visitor.open(QUERY), "brief", tmp_path)
    page = opened(path)
    assert page.asked == [path.as_uri()]
    assert page.wrong == []
    expect(page.get_by_role("img", name="Balochistan: reported killed")).to_be_visible()
    expect(page.get_by_role("heading", name="What is not known")).to_be_visible()
    page.screenshot(path=artifacts / "brief.png", full_page=True)
    [link] = page.locator("footer a").evaluate_all("links => links.map(a => a.href)")
    again = visitor.open(link.removeprefix(f"{visitor.address}/"))
    expect(again.locator(".im-line")).to_contain_text("figures, 0 happenings")


@pytest.mark.parametrize("width", [320, 390, 800])
def test_the_brief_fits_every_width(visitor, opened, tmp_path, width):
    page = opened(take(visitor.open(), "brief", tmp_path))
    page.set_viewport_size({"width": width, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_brief_prints_on_pages_of_a4_with_the_map_on_the_first(visitor, opened, tmp_path):
    from pypdf import PdfReader

    page = opened(take(visitor.open(QUERY), "brief", tmp_path))
    page.pdf(path=tmp_path / "brief.pdf", prefer_css_page_size=True)
    pages = PdfReader(tmp_path / "brief.pdf").pages
    assert [round(float(side) * 25.4 / 72) for side in pages[0].mediabox[2:]] == [210, 297]
    first = pages[0].extract_text()
    assert "Gwadar" in first
    assert "At least 145 people" in first
    assert "Tolls" in "".join(p.extract_text() for p in pages)
    assert len(pages) < 12


def test_no_name_on_the_map_lies_on_another_in_the_browsers_own_font(visitor, opened, tmp_path):
    page = opened(take(visitor.open(QUERY), "svg", tmp_path))
    boxes = page.locator("text:not([aria-hidden])").evaluate_all(
        "all => all.map(t => t.getBBox()).map(b => [b.x, b.y + b.height * .2, b.width, b.height * .6])"
    )
    assert len(boxes) > 40
    clashes = [
        (a, b)
        for i, a in enumerate(boxes)
        for b in boxes[i + 1 :]
        if a[0] < b[0] + b[2] and b[0] < a[0] + a[2] and a[1] < b[1] + b[3] and b[1] < a[1] + a[3]
    ]
    assert clashes == []


def test_the_map_as_a_picture_is_a_png_for_print(visitor, tmp_path):
    content = take(visitor.open(QUERY), "png", tmp_path).read_bytes()
    assert content.startswith(b"\x89PNG")
    assert int.from_bytes(content[16:20], "big") == 3000


@pytest.mark.slow
def test_the_sealed_export_holds_and_opens_as_the_same_page(visitor, browser, tmp_path):
    page = visitor.open(QUERY)
    path = take(page, "sealed", tmp_path)
    verdict = verify(path.read_bytes())
    assert verdict.differences == ()
    query = verdict.manifest["view"]["query"]
    command = [sys.executable, "-m", "dashboard", "verify", str(path)]
    assert query in subprocess.run(command, capture_output=True, check=True, text=True).stdout
    with (
        serving(INCIDENT_MAP_SEALED=str(path)) as address,
        visiting(browser, address) as receiver,
    ):
        again = receiver.open(query)
        assert fills(again) == fills(page)
        for part in (".im-line", ".im-strip", "#not-placed"):
            assert again.locator(part).inner_text() == page.locator(part).inner_text()
        assert receiver.watched.outside == []
