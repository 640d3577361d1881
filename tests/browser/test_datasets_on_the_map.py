"""An imported dataset on the map in a real browser; districts and tehsils; tables by keyboard."""

import json
import os
import subprocess
import sys

import pytest
from dataset_factory import as_csv, ucdp, write
from playwright.sync_api import expect
from reader import district_map, fills, serving, settled, visiting

from incidents.datasets.importing import import_files

pytestmark = pytest.mark.browser

WASHUK = {"longitude": "64.8", "latitude": "27.7", "where_coordinates": "A made-up village"}
ROWS = [
    *(ucdp(id=str(i), source_headline=f"Made-up headline {i}", **WASHUK) for i in range(1, 13)),
    ucdp(id="20", where_prec="4", best="30", low="30", high="30"),
    ucdp(id="21", where_prec="3", source_headline="<img src=http://else.example/a.png> {{7*7}}"),
]


def zone(code, west, east):
    ring = [[west, 24.0], [east, 24.0], [east, 33.0], [west, 33.0], [west, 24.0]]
    return {
        "type": "Feature",
        "properties": {"code": code, "name": f"{code}ern zone"},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


ZONES = {"type": "FeatureCollection", "features": [zone("West", 60, 66), zone("East", 66, 71)]}


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    folder = tmp_path_factory.mktemp("library")
    path = write(folder / "ucdp.csv", as_csv(ROWS))
    assert import_files([path], "ucdp", library=folder).imported == len(ROWS)
    zones = write(folder / "zones.geojson", json.dumps(ZONES))
    command(
        folder, "boundaries", "add", str(zones), "--code", "code", "--name", "name",
        "--region", "Two zones: west & east", "--level", "zones", "--vintage", "of the test",
        "--source", "made up", "--attribution", "made up", "--licence", "CC0",
    )  # fmt: skip
    return folder


@pytest.fixture(scope="module")
def address(library):
    with serving(INCIDENT_MAP_DATA_DIR=str(library)) as url:
        yield url


@pytest.fixture
def visitor(browser, address):
    with visiting(browser, address) as reader:
        yield reader


def command(library, *words):
    return subprocess.run(
        [sys.executable, "-m", "dashboard", *words, "--data-dir", str(library)],
        check=True,
        capture_output=True,
        env=os.environ,
    ).stdout


@pytest.mark.slow
def test_a_dataset_colours_the_map_opens_to_its_rows_and_leaves_with_them(
    visitor, library, tmp_path
):
    page = visitor.open("?measure=killed")
    assert fills(page)["PK230"].startswith("class-")
    expect(page.locator(".im-line")).to_contain_text("1 dataset, 14 rows")
    tile = page.locator(".im-tile", has_text="UCDP GED: people killed")
    # Twelve rows of 3 to 6, one of 30 for the province, one for a district.
    expect(tile).to_contain_text("69–108")

    page = visitor.open("?measure=killed&at=Washuk")
    area = page.locator(".st-key-area")
    expect(area).to_contain_text("killed 36–72")
    expect(area).to_contain_text("rows 1–10 of 12 rows")
    first = area.locator("details.im-incident").first
    first.locator("summary").first.click()
    expect(first.locator(".im-quote").first).to_have_text("“killed low 3, best 4, high 6”")
    expect(first.locator(".im-note", has_text="Reported by").first).to_contain_text("Agency One")
    first.locator(".im-open").first.click()
    settled(page)
    expect(page.locator(".im-evidence")).to_contain_text("Claim ucdp-ged.")
    expect(page.locator(".im-evidence")).to_contain_text("Uppsala Conflict Data Program")

    page = visitor.open("?source=ucdp")
    assert {p for p, fill in fills(page).items() if fill.startswith("class-")} == {
        "PK226",
        "PK230",
    }
    with page.expect_download() as waiting:
        page.locator(".st-key-download button").click()
    path = tmp_path / "download.geojson"
    waiting.value.save_as(path)
    words = ("--layer", "districts", "--format", "geojson", "--source", "ucdp", "--output", "-")
    assert path.read_bytes() == command(library, "export", *words)
    # The row's own words are shown as they stand, and fetch nothing.
    page.locator(".st-key-at input").focus()
    page.keyboard.type("Quetta")
    page.keyboard.press("Enter")
    expect(page.locator(".st-key-area")).to_contain_text("<img src=http://else.example/a.png>")

    command(library, "remove", "ucdp-ged", "--reason", "an older release", "--by", "amna")
    page = visitor.open("?measure=killed")
    assert not fills(page)["PK230"].startswith("class-")
    command(library, "undo", "1", "--by", "amna")
    page = visitor.open("?measure=killed")
    assert fills(page)["PK230"].startswith("class-")
    assert visitor.watched.outside == []
    assert visitor.watched.errors == []


def test_tehsils_are_chosen_and_what_is_known_only_to_a_district_colours_none(visitor):
    page = visitor.open("?source=004&source=003")
    page.get_by_role("radio", name="tehsils").or_(
        page.get_by_role("button", name="tehsils")
    ).first.click()
    page.wait_for_url(lambda url: "level=tehsils" in url)
    expect(district_map(page).locator("path.district[data-fill]")).to_have_count(103)
    settled(page)
    painted = fills(page)
    expect(page.get_by_text("Known only to the district (", exact=False).first).to_be_visible()
    page.reload()
    settled(page)
    assert fills(page) == painted
    district_map(page).locator("path[data-pcode=PK20504]").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".st-key-area h3")).to_contain_text("Pasni")


def test_the_maps_table_is_read_with_the_keyboard(visitor):
    page = visitor.open("?level=tehsils")
    page.get_by_role("tab", name="Claims").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    table = page.get_by_role("region", name="Tehsils with their figures")
    expect(table).to_be_visible()
    table.focus()
    assert page.evaluate("document.activeElement.tabIndex") == 0
    expect(table.get_by_role("row", name="Pasni")).to_contain_text("reported without figure")


@pytest.mark.slow
def test_a_region_of_ones_own_is_chosen_stands_in_the_address_and_is_named_throughout(visitor):
    page = visitor.open("")
    page.locator(".st-key-region input").click()
    page.get_by_role("option", name="Two zones: west & east").click()
    page.wait_for_url(lambda url: "region=two-zones-west-east" in url)
    expect(district_map(page).locator("path.district[data-fill]")).to_have_count(2)
    settled(page)
    expect(page.get_by_text("Ignored in the address")).to_have_count(0)
    expect(page.locator(".st-key-area")).to_contain_text("Choose an area on the map")
    expect(page.get_by_text("These claims colour no area.")).to_be_visible()

    page = visitor.open("?region=two-zones-west-east&level=zones&measure=killed&source=ucdp")
    assert [fill.startswith("class-") for fill in fills(page).values()] == [True, True]
    page.get_by_role("tab", name="Areas").click()
    table = page.get_by_role("region", name="Areas with their figures")
    expect(table.get_by_role("row", name="Western zone")).to_contain_text("36–72")
