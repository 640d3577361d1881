"""A dataset comes in through the page in a real browser: dropped, checked, imported, removed."""

import contextlib
import csv
import os
import re
import signal
from pathlib import Path

import pytest
from dataset_factory import as_csv, ucdp
from import_process import process_of
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page, expect
from reader import Visitor, serving, visiting

pytestmark = pytest.mark.browser

# As UCDP's own files are: a repeated row, and rows that contradict themselves.
UCDP_FILE = as_csv(
    [ucdp(id=str(i)) for i in range(1, 4_001)]
    + [ucdp(id="1"), ucdp(id="5001", latitude="190"), ucdp(id="5002", low="9")]
)
NOTES = (
    "Ref,When,Town,Type,Dead,Wounded (min),Wounded (max),Remarks\n"
    "007,05/02/2024,Turbat,bomb *blast*,3,1,2,<img src=http://else.example/a.png>\n"
    "008,06/02/2024,Gwadar,Attack,NA,,,![x](http://else.example/b.png) {{7*7}} :red[c]\n"
)


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    with serving(INCIDENT_MAP_DATA_DIR=str(tmp_path_factory.mktemp("library"))) as url:
        yield url


@pytest.fixture
def visitor(browser, address):
    with visiting(browser, address) as reader:
        yield reader


def idle(page: Page) -> None:
    page.wait_for_function(
        "() => { const app = document.querySelector('[data-testid=stApp]');"
        " return app && app.getAttribute('data-test-script-state') !== 'running'; }"
    )


def open_datasets(visitor: Visitor, query: str = "") -> Page:
    page = visitor.context.new_page()
    page.on("pageerror", lambda error: visitor.watched.errors.append(str(error)))
    page.goto(f"{visitor.address}/datasets{query}")
    page.locator(".im-title").wait_for()
    idle(page)
    return page


def drop(page: Page, name: str, content: str | bytes) -> None:
    """Let go of a file over the page, as from a folder."""
    zone = page.locator(".st-key-dataset-file [data-testid=stFileUploaderDropzone]")
    another = page.locator(".st-key-another button")
    # The page of an import that is just ending tells how it ended before it takes another file.
    for _ in range(60):
        idle(page)
        if zone.count():
            break
        if another.count():
            with contextlib.suppress(PlaywrightError):
                another.click(timeout=2_000)
        page.wait_for_timeout(500)
    zone.evaluate(
        """(zone, [name, content]) => {
            const data = new DataTransfer();
            data.items.add(new File([new Uint8Array(content)], name));
            for (const kind of ["dragenter", "dragover", "drop"])
                zone.dispatchEvent(new DragEvent(kind, {dataTransfer: data, bubbles: true}));
        }""",
        [name, list(content.encode() if isinstance(content, str) else content)],
    )
    page.locator(".st-key-another button").wait_for()
    idle(page)


def choose(page: Page, label: str, option: str) -> None:
    """Choose from a list; a list that a rerun closed is opened again."""
    wanted = page.get_by_role("option", name=option, exact=True)
    for _ in range(5):
        idle(page)
        page.get_by_label(label, exact=True).click()
        try:
            wanted.click(timeout=5_000)
        except PlaywrightError:
            page.keyboard.press("Escape")
            continue
        idle(page)
        return
    pytest.fail(f"{label} offers no {option}")


def told(page: Page, text: str) -> None:
    """Wait until the result is shown; the import's own process takes seconds to start."""
    expect(page.locator(".im-counts")).to_contain_text(text)


def test_a_dropped_file_is_imported_watched_told_removed_and_brought_back(visitor, tmp_path):
    page = open_datasets(visitor)
    expect(page.locator("code").first).to_contain_text("incident-map import FILE --as ucdp")
    drop(page, "GEDEvent_v25_1.csv", UCDP_FILE)
    expect(page.get_by_role("radio", name="UCDP GED (it seems)")).to_be_checked()
    expect(page.locator(".im-licence")).to_contain_text("CC BY 4.0")
    page.locator(".st-key-import button").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    expect(page.locator(".st-key-cancel-import button")).to_be_visible()
    told(page, "4,003 rows = 4,000 imported + 1 duplicate + 2 refused")
    reasons = page.locator(".im-reasons").first
    expect(reasons).to_contain_text("latitude 190 is not between -90 and 90; correct it")
    expect(reasons).to_contain_text("low 9 is more than best 4")
    with page.expect_download() as download:
        page.get_by_text("Download the 2 refused rows").click()
    assert re.fullmatch(
        r"GEDEvent_v25_1-refused-[0-9a-f]{8}\.csv", download.value.suggested_filename
    )
    saved = tmp_path / "refused.csv"
    download.value.save_as(saved)
    with saved.open(encoding="utf-8-sig", newline="") as file:
        assert [row["row"] for row in csv.DictReader(file)] == ["4002", "4003"]

    page.reload()
    told(page, "4,003 rows")
    at_hand = page.locator(".st-key-dataset-ucdp-ged")
    expect(at_hand).to_contain_text("Version 25.1 · imported")
    at_hand.get_by_role("button", name="Check").click()
    expect(at_hand).to_contain_text("Every file is as it was written.")

    at_hand.get_by_role("button", name="Remove").click()
    page.get_by_label("Why is it taken out?").fill("an older release")
    page.get_by_role("button", name="Remove the dataset").click()
    expect(at_hand).to_have_count(0)
    feed = page.locator(".st-key-feed")
    expect(feed).to_contain_text("removed 1 dataset")
    expect(feed).to_contain_text("an older release")
    feed.get_by_role("button", name="Undo").click()
    expect(at_hand).to_contain_text("4,000 rows")
    assert visitor.watched.outside == []
    assert visitor.watched.errors == []


@pytest.mark.slow
def test_a_table_is_corrected_field_by_field_and_its_text_stays_text(visitor, tmp_path):
    page = open_datasets(visitor)
    drop(page, "Field notes.csv", NOTES)
    expect(page.get_by_role("radio", name="another table (it seems)")).to_be_checked()
    expect(page.get_by_text("Of the first 2 rows, 2 would be refused.")).to_be_visible()
    expect(page.locator(".st-key-import button")).to_be_visible()
    choose(page, "Days are written", "31/01/2024, day first")
    page.get_by_label("Words for an empty cell").fill("NA")
    page.get_by_label("Words for an empty cell").press("Enter")
    expect(page.get_by_text("Of the first 2 rows, none would be refused.")).to_be_visible()
    page.get_by_text("1 word for the kind of event to be explained").click()
    expect(page.get_by_text("bomb *blast*", exact=True).first).to_be_visible()
    choose(page, "What word 1 means", "Remote explosive/landmine/IED")
    cells = page.locator(".im-cells").first
    expect(cells).to_contain_text("<img src=http://else.example/a.png>")
    expect(cells).to_contain_text("![x](http://else.example/b.png) {{7*7}} :red[c]")
    with page.expect_download() as download:
        page.get_by_text("Save the mapping").click()
    mapping = tmp_path / "mapping.toml"
    download.value.save_as(mapping)
    assert 'date_format = "%d/%m/%Y"' in mapping.read_text()
    assert '"bomb *blast*" = "Remote explosive/landmine/IED"' in mapping.read_text()
    page.locator(".st-key-import button").click()
    told(page, "2 rows = 2 imported + 0 duplicate + 0 refused")
    expect(page.locator(".st-key-dataset-field-notes")).to_contain_text("2 rows")

    page.locator(".st-key-another button").click()
    drop(page, "Field notes.csv", NOTES)
    page.get_by_role("button", name="Use a saved one").click()
    page.locator("[class*=st-key-mapping-file] input[type=file]").set_input_files(mapping)
    expect(page.get_by_text("Of the first 2 rows, none would be refused.")).to_be_visible()
    page.locator(".st-key-import button").click()
    told(page, "2 rows = 0 imported + 2 duplicate + 0 refused")
    assert visitor.watched.outside == []
    assert visitor.watched.errors == []


@pytest.mark.slow
def test_two_tabs_watch_one_import_and_cancelling_it_in_one_leaves_nothing(visitor):
    page = open_datasets(visitor)
    drop(page, "GEDEvent_v23_1.csv", UCDP_FILE.replace("Quetta town", "Quetta"))
    before = page.locator(".im-dataset").all_inner_texts()
    page.locator(".st-key-import button").click()
    importing = process_of(page.url.partition("upload=")[2])
    os.kill(importing, signal.SIGSTOP)
    try:
        second = open_datasets(visitor)
        for tab in (page, second):
            expect(tab.get_by_text("is being imported")).to_be_visible()
            expect(tab.get_by_role("progressbar")).to_be_visible()
        second.locator(".st-key-cancel-import button").click()
        expect(second.get_by_text("It stops before its next rows")).to_be_visible()
    finally:
        os.kill(importing, signal.SIGCONT)
    for tab in (page, second):
        expect(tab.get_by_text("Nothing of it is kept.")).to_be_visible(timeout=60_000)
        assert tab.locator(".im-dataset").all_inner_texts() == before


@pytest.mark.slow
def test_an_import_goes_on_when_its_tab_is_closed(visitor):
    page = open_datasets(visitor)
    drop(page, "GEDEvent_v24_1.csv", UCDP_FILE.replace("Quetta town", "Quetta city"))
    page.locator(".st-key-import button").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    page.close()
    page = open_datasets(visitor)
    expect(page.locator(".im-counts, .im-waiting a").first).to_be_visible()
    if page.locator(".im-counts").count() == 0:
        page.get_by_role("link", name="GEDEvent_v24_1.csv").first.click()
    told(page, "4,003 rows")


def test_a_code_page_is_chosen_by_how_its_doubtful_cells_read(visitor):
    page = open_datasets(visitor)
    drop(page, "towns.csv", "id,date,place,killed\n1,2024-01-31,كويته,3\n".encode("cp1256"))
    expect(page.get_by_text("It is not UTF-8. Which of these reads right?")).to_be_visible()
    expect(page.get_by_text("كويته")).to_be_visible()
    page.get_by_text("Arabic and Urdu (cp1256)").click()
    page.locator(".st-key-import button").click()
    told(page, "1 imported")


def test_a_file_that_is_no_table_is_told_and_another_can_be_chosen(visitor):
    page = open_datasets(visitor)
    drop(page, "page.csv", "<!DOCTYPE html><html><body>Sign in</body></html>")
    alert = page.locator("[data-testid=stAlert]")
    expect(alert).to_contain_text("Nothing was stored. page.csv is a web page (HTML) or XML")
    page.locator(".st-key-another button").click()
    expect(page.locator(".st-key-dataset-file")).to_be_visible()


def test_an_upload_of_the_address_that_is_not_there_is_ignored_with_a_notice(visitor):
    page = open_datasets(visitor, "?upload=../../etc/passwd")
    expect(page.locator("[data-testid=stAlert]")).to_contain_text("Ignored in the address")


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("laptop", {}),
        ("phone-dark", {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"}),
    ],
)
def test_the_page_fits_its_width(browser, address, artifacts: Path, name, options):
    with visiting(browser, address, **options) as visitor:
        page = open_datasets(visitor)
        drop(page, "Field notes.csv", NOTES)
        page.screenshot(path=artifacts / f"datasets-{name}.png")
        wide = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
        assert not wide
