"""The real page in a real browser: what a reader sees, clicks, types and takes away."""

import subprocess
import sys
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect
from reader import district_map, fills, settled, visiting

pytestmark = pytest.mark.browser

WITH_INCIDENTS = {"PK203", "PK205", "PK212", "PK220", "PK223", "PK226"}


def choose(page, key, *labels):
    """Pick options of a multiselect in the sidebar; a run still going would close the next list."""
    box = page.locator(f".st-key-{key}")
    for label in labels:
        box.locator("input").click()
        page.get_by_role("option", name=label, exact=True).click()
    page.keyboard.press("Escape")
    page.wait_for_url(lambda url: f"{key}=" in url)
    settled(page)


def pick(page, key, label):
    """Pick the option of a selectbox; scrolling to it would close its list again."""
    box = page.locator(f".st-key-{key} input")
    box.scroll_into_view_if_needed()
    page.wait_for_timeout(300)
    box.click()
    page.get_by_role("option", name=label, exact=True).click()


def coloured(page):
    return {pcode for pcode, fill in fills(page).items() if fill.startswith("class-")}


def exported(*words):
    command = [sys.executable, "-m", "dashboard", "export", "--output", "-", *words]
    return subprocess.run(command, check=True, capture_output=True).stdout


def test_the_first_look_shows_thirty_five_districts_and_asks_nothing_of_the_outside(
    visitor, artifacts
):
    page = visitor.open()
    assert len(fills(page)) == 35
    assert coloured(page) == WITH_INCIDENTS
    expect(page.locator(".im-line")).to_contain_text("5 reports · 2 origins · 40 figures")
    page.wait_for_timeout(1000)
    page.screenshot(path=artifacts / "first-look.png")
    assert visitor.watched.outside == []
    assert visitor.watched.errors == []


def test_the_map_and_the_panel_end_above_the_fold_of_a_small_laptop(visitor):
    page = visitor.open()
    box = page.locator("iframe").first.bounding_box()
    assert box["y"] + box["height"] <= 768
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 1366


def test_a_click_on_gwadar_opens_its_incidents_with_pasni_and_their_quotes(visitor):
    page = visitor.open()
    district_map(page).locator("path[data-pcode=PK205]").click()
    area = page.locator(".st-key-area")
    expect(area.locator("h3")).to_contain_text("Gwadar")
    expect(area).to_contain_text("Pasni")
    expect(area.locator("blockquote").first).to_be_visible()
    expect(area).to_contain_text("killing 11 people")
    assert parse_qs(urlsplit(page.url).query)["at"] == ["Gwadar"]


def test_filtering_by_source_changes_colours_counts_and_address_and_a_reload_agrees(visitor):
    page = visitor.open()
    choose(page, "source", "003-afp-2026-01-31")
    expect(page.locator(".im-line")).to_contain_text("1 report ·")
    settled(page)
    expect(district_map(page).locator("path[data-fill^=class-]")).to_have_count(0)
    assert parse_qs(urlsplit(page.url).query)["source"] == ["003-afp-2026-01-31"]
    line = page.locator(".im-line").inner_text()
    expect(page.locator("#not-placed")).to_be_visible()
    page.reload()
    settled(page)
    expect(page.locator(".im-line")).to_have_text(line)
    assert coloured(page) == set()


def test_a_link_in_the_command_lines_words_survives_a_reload(visitor):
    page = visitor.open("?source=003&scope=previous_day&known=2026-02-01T09:30Z")
    expect(page.locator(".im-line")).to_contain_text("1 report ·")
    assert parse_qs(urlsplit(page.url).query) == {
        "source": ["003-afp-2026-01-31"],
        "scope": ["previous day"],
        "known": ["2026-02-01T14:30"],
    }
    line = page.locator(".im-line").inner_text()
    page.reload()
    settled(page)
    expect(page.locator(".im-line")).to_have_text(line)


def test_filtering_by_casualty_type_changes_the_map_and_the_link_opens_the_same_view(visitor):
    page = visitor.open()
    choose(page, "casualty_type", "killed")
    pick(page, "measure", "killed")
    expect(district_map(page).locator("path[data-fill^=class-]")).to_have_count(2)
    assert coloured(page) == {"PK205", "PK226"}
    query = parse_qs(urlsplit(page.url).query)
    assert query == {"casualty_type": ["killed"], "measure": ["killed"]}
    again = visitor.open(f"?{urlsplit(page.url).query}")
    assert fills(again) == fills(page)
    expect(again.locator(".im-line")).to_have_text(page.locator(".im-line").inner_text())


def test_the_downloaded_geojson_is_the_command_lines(visitor, tmp_path):
    page = visitor.open("?casualty_type=killed&source=004-unknown-2026-02-01")
    with page.expect_download() as waiting:
        page.locator(".st-key-download button").click()
    path = tmp_path / "download.geojson"
    waiting.value.save_as(path)
    words = [
        "--layer",
        "districts",
        "--format",
        "geojson",
        "--casualty-type",
        "killed",
        "--source",
        "004",
    ]
    assert path.read_bytes() == exported(*words)


def test_from_the_toll_to_the_quote_is_one_click_and_says_who_said_each(visitor):
    page = visitor.open()
    tile = page.locator(".im-tile", has_text="militants killed")
    tile.locator("summary").first.click()
    quotes = tile.locator("blockquote")
    expect(quotes.first).to_be_visible()
    said = tile.inner_text()
    for figure in ("37", "58", "67", "92"):
        assert figure in said
    assert "Mohsin Naqvi" in said
    assert "2 origins" in said


CUT_OFF = "all => all.filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.textContent)"


def test_no_tolls_name_and_no_chosen_day_is_cut_off_on_a_small_laptop(visitor):
    page = visitor.open("?from=2026-01-30")
    assert page.locator(".im-tile-name").evaluate_all(CUT_OFF) == []
    days = page.get_by_test_id("stDateInputFieldsScroller")
    expect(days).to_have_count(2)
    assert days.evaluate_all(CUT_OFF) == []


def test_a_toll_opened_on_a_phone_stays_in_sight(browser, address):
    with visiting(browser, address, viewport={"width": 390, "height": 844}) as reader:
        page = reader.open()
        tile = page.locator(".im-tile", has_text="militants killed").first
        tile.locator("summary").first.click()
        quote = tile.locator("blockquote").first
        expect(quote).to_be_in_viewport()
        box = quote.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390


def test_a_district_on_a_phone_reads_on_without_a_scroll_within_the_page(browser, address):
    with visiting(browser, address, viewport={"width": 390, "height": 844}) as reader:
        page = reader.open("?at=Gwadar")
        area = page.locator(".st-key-area")
        expect(area.locator("h3")).to_contain_text("Gwadar")
        assert area.evaluate("area => area.scrollHeight <= area.clientHeight + 1")
        assert area.evaluate("area => area.clientHeight") > 844


def test_a_district_is_reached_and_read_with_the_keyboard_alone(visitor):
    page = visitor.open()
    page.locator(".st-key-at input").focus()
    page.keyboard.type("Mastung")
    page.keyboard.press("Enter")
    area = page.locator(".st-key-area")
    expect(area.locator("h3")).to_contain_text("Mastung")
    reached = False
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.tagName === 'SUMMARY'"):
            reached = True
            break
    assert reached
    page.keyboard.press("Enter")
    expect(area.locator("pre").first).to_be_visible()
    expect(area.locator("pre").first).to_contain_text("30 inmates")


def test_a_district_is_chosen_on_the_map_itself_with_the_keyboard(visitor):
    page = visitor.open()
    district_map(page).locator("path[data-pcode=PK223]").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".st-key-area h3")).to_contain_text("Nushki")


def test_the_map_is_one_stop_of_the_tab_key_and_arrows_lead_from_district_to_district(visitor):
    page = visitor.open()
    frame = district_map(page)
    stops = frame.locator("path.district[tabindex='0']")
    expect(stops).to_have_count(1)

    def here():
        return frame.locator("body").evaluate(
            "() => document.activeElement.getAttribute('aria-label') ?? ''"
        )

    stops.focus()
    walked = []
    for key in ("Home", "ArrowRight", "ArrowLeft", "ArrowUp", "ArrowDown", "End", "g", "n"):
        page.keyboard.press(key)
        walked.append(here().partition(".")[0])
    assert walked == [
        "Awaran", "Barkhan", "Awaran", "Ziarat", "Awaran", "Ziarat", "Gwadar", "Nasirabad",
    ]  # fmt: skip
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(".st-key-area h3")).to_contain_text("Nushki")
    expect(stops).to_have_count(1)
    expect(stops).to_have_attribute("data-pcode", "PK223")
    page.keyboard.press("Tab")
    assert frame.locator("path.district:focus").count() == 0


def test_a_filter_that_leaves_nothing_says_so_and_how_to_go_back(visitor):
    page = visitor.open("?casualty_type=missing")
    expect(page.get_by_text("No claim is left under these filters")).to_be_visible()
    page.get_by_role("link", name="Reset everything").click()
    settled(page)
    expect(page.locator(".im-line")).to_contain_text("5 reports")


def test_strange_parameters_are_ignored_with_a_notice(visitor):
    page = visitor.open("?evil=%3Cscript%3E&casualty_type=eaten&source=003-afp-2026-01-31")
    notice = page.get_by_text("Ignored in the address")
    expect(notice).to_contain_text("evil")
    expect(notice).to_contain_text("casualty_type=eaten")
    expect(page.locator(".im-line")).to_contain_text("1 report ·")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1366, 768), (390, 844)])
def test_the_page_holds_together_at_every_width_in_light_and_dark(
    browser, address, artifacts, scheme, size
):
    width, height = size
    options = {"viewport": {"width": width, "height": height}, "color_scheme": scheme}
    with visiting(browser, address, **options) as reader:
        page = reader.open("?at=Gwadar&measure=killed")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.wait_for_timeout(500)
        page.screenshot(path=artifacts / f"{width}-{scheme}.png")
        assert reader.watched.outside == []


INK = """canvas => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return data.some((value, i) => i % 4 === 3 && value > 0);
}"""


FIRST_INK_EAST_OF = """(canvas, corner) => {
  const frame = canvas.getBoundingClientRect();
  const fine = canvas.width / frame.width;
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  for (let x = Math.ceil((corner.x - frame.x) * fine); x < canvas.width; x += 1)
    for (let y = Math.ceil((corner.y - frame.y) * fine); y < canvas.height / 2; y += 1)
      if (data[4 * (y * canvas.width + x) + 3] > 200)
        return { x: frame.x + (x + 1) / fine, y: frame.y + y / fine };
}"""


@pytest.mark.slow
def test_points_are_drawn_when_switched_on_and_a_shared_link_draws_the_same(visitor):
    page = visitor.open()
    canvas = district_map(page).locator("canvas.points")
    expect(canvas).to_be_hidden()
    page.locator(".st-key-points label").first.click()
    expect(canvas).to_be_visible()
    expect(canvas).to_have_attribute("data-circles", "5")
    expect(canvas).to_have_attribute("data-incidents", "8")
    assert canvas.evaluate(INK)
    expect(district_map(page).locator(".sizes")).to_contain_text("Incidents at a place")
    expect(district_map(page).locator(".undrawn")).to_contain_text("not drawn")
    assert parse_qs(urlsplit(page.url).query) == {"points": ["true"]}
    page.reload()
    settled(page)
    expect(canvas).to_have_attribute("data-incidents", "8")
    choose(page, "district", "Gwadar")
    expect(canvas).to_have_attribute("data-incidents", "2")
    page.locator(".st-key-points label").first.click()
    expect(canvas).to_be_hidden()
    expect(district_map(page).locator(".sizes")).to_be_hidden()
    assert "points" not in parse_qs(urlsplit(page.url).query)
    assert visitor.watched.outside == []
    assert visitor.watched.errors == []


def test_a_click_on_a_point_opens_the_district_below_it(visitor):
    page = visitor.open("?points=true")
    canvas = district_map(page).locator("canvas.points")
    expect(canvas).to_be_visible()
    # The first circle from the west in Chagai is Dalbandin's.
    chagai = "path => { const { x, y } = path.getBoundingClientRect(); return { x, y }; }"
    corner = district_map(page).locator("path[data-pcode=PK203]").evaluate(chagai)
    spot = canvas.evaluate(FIRST_INK_EAST_OF, corner)
    frame = page.locator("iframe[title*='district']").first.bounding_box()
    page.mouse.click(frame["x"] + spot["x"], frame["y"] + spot["y"])
    expect(page.locator(".st-key-area h3")).to_contain_text("Chagai")


def test_the_basemap_is_asked_for_only_when_switched_on(visitor):
    page = visitor.open()
    assert visitor.watched.outside == []
    page.locator(".st-key-basemap label").first.click()
    page.wait_for_timeout(1500)
    assert {urlsplit(url).hostname for url in visitor.watched.outside} == {"tile.openstreetmap.org"}
