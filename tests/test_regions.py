"""Regions in the data folder: whole or not at all, and never another's."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.area_checks import AreasRead
from geo.boundaries import OwnArea
from geo.measures import area_km2
from incidents.atlas import load_atlas
from incidents.export.layers import build_layer
from incidents.filters import Filter
from incidents.regions.region import (
    OwnLevel,
    RegionError,
    RegionFile,
    list_regions,
    load_region,
    read_region_file,
    regions_folder,
)
from incidents.regions.writing import (
    About,
    add_level,
    add_places,
    remove_level,
    remove_places,
    slug,
    to_toml,
)
from incidents.view import View

ABOUT = About(
    "areas.geojson", "Bureau of Statistics", "census 2023", "Boundaries: the Bureau", "CC BY"
)
PLACES = b"name,latitude,longitude\nNorth Town,28.5,66.5\n"


def areas(*boxes, faults=()):
    made = [
        OwnArea(f"C-{i}", f"Area {i}", round(area_km2(b), 3), b)
        for i, b in enumerate(boxes, start=1)
    ]
    return AreasRead(tuple(made), (), tuple(faults), 0.0, 0.0)


ONE = areas(shapely.box(66, 28, 68, 29))
TWO = areas(shapely.box(66, 28, 67, 29), shapely.box(67, 28, 68, 29))


def contents(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != ".lock"
    }


def test_a_region_reads_back_as_it_was_added(tmp_path):
    region, added = add_level(tmp_path, "Sindh", "Districts", TWO, ABOUT)
    assert added
    assert (region.name, region.title, region.levels) == ("sindh", "Sindh", ("districts",))
    found = load_region("SINDH", tmp_path).boundaries("districts")
    assert found.areas == TWO.areas
    assert (found.source, found.vintage) == ("Bureau of Statistics", "census 2023")
    assert (found.attribution, found.licence) == ("Boundaries: the Bureau", "CC BY")
    assert region.index("districts").pcodes([66.5], [28.5]).tolist() == ["C-1"]


def test_levels_run_from_coarse_to_fine_in_whatever_order_they_came(tmp_path):
    add_level(tmp_path, "Sindh", "wards", TWO, ABOUT)
    region, _ = add_level(tmp_path, "Sindh", "whole", ONE, ABOUT)
    assert region.levels == ("whole", "wards")
    assert region.coarsest == "whole"


def test_balochistan_comes_first_and_takes_further_levels_but_keeps_its_own(tmp_path):
    add_level(tmp_path, "Sindh", "districts", TWO, ABOUT)
    add_level(tmp_path, "Balochistan", "halves", TWO, ABOUT)
    assert [(r.name, r.levels) for r in list_regions(tmp_path)] == [
        ("balochistan", ("halves", "districts", "tehsils")),
        ("sindh", ("districts",)),
    ]
    with pytest.raises(RegionError, match="Balochistan's districts ship with the program; give"):
        add_level(tmp_path, "Balochistan", "districts", TWO, ABOUT)
    with pytest.raises(RegionError, match="ship with the program and stay"):
        remove_level(tmp_path, load_region("balochistan", tmp_path), "tehsils")


def test_the_same_level_again_adds_nothing_and_another_one_replaces_nothing(tmp_path):
    add_level(tmp_path, "Sindh", "districts", TWO, ABOUT)
    before = contents(tmp_path)
    _, added = add_level(tmp_path, "sindh", "districts", TWO, ABOUT)
    assert not added
    with pytest.raises(RegionError, match="has a level 'districts' already, of census 2023"):
        add_level(tmp_path, "Sindh", "districts", ONE, ABOUT)
    assert contents(tmp_path) == before


def test_what_is_removed_leaves_nothing_behind(tmp_path):
    region, _ = add_level(tmp_path, "Sindh", "districts", TWO, ABOUT)
    add_level(tmp_path, "Sindh", "whole", ONE, ABOUT)
    remove_level(tmp_path, region, "whole")
    assert load_region("Sindh", tmp_path).levels == ("districts",)
    remove_level(tmp_path, region, "districts")
    assert contents(tmp_path) == {}
    with pytest.raises(RegionError, match="no region 'Sindh'; there are: balochistan"):
        load_region("Sindh", tmp_path)


def test_places_are_not_left_without_areas(tmp_path):
    region, _ = add_level(tmp_path, "Sindh", "districts", TWO, ABOUT)
    add_places(tmp_path, region, PLACES, About("towns.csv"))
    with pytest.raises(RegionError, match="remove its places first"):
        remove_level(tmp_path, region, "districts")
    remove_places(tmp_path, region, "towns")
    remove_level(tmp_path, region, "districts")
    assert contents(tmp_path) == {}


def test_a_file_that_changed_since_it_was_written_is_not_believed(tmp_path):
    add_level(tmp_path, "Sindh", "districts", TWO, ABOUT)
    [path] = regions_folder(tmp_path).glob("sindh/boundaries-*.geojson")
    path.write_text(path.read_text().replace("Area 1", "Area 9"))
    with pytest.raises(RegionError, match="has changed since it was written"):
        load_region("Sindh", tmp_path).boundaries("districts")


@pytest.mark.parametrize("broken", ["title = ", "title = 'x'\nunknown = 1", "title = ''", "\xff"])
def test_a_region_file_that_cannot_be_read_is_named(tmp_path, broken):
    folder = regions_folder(tmp_path) / "sindh"
    folder.mkdir(parents=True)
    (folder / "region.toml").write_bytes(broken.encode("latin-1"))
    with pytest.raises(RegionError, match=r"region\.toml cannot be read"):
        list_regions(tmp_path)


@pytest.mark.parametrize("name", ["../../../etc", "/etc/passwd", "..", "a/b", "C:\\x", "سندھ"])
def test_no_name_leads_out_of_the_folder_of_regions(tmp_path, name):
    region, _ = add_level(tmp_path, name, "districts", ONE, ABOUT)
    assert region.title == name
    assert load_region(name, tmp_path).name == region.name
    assert (regions_folder(tmp_path) / region.name / "region.toml").is_file()
    outside = [p for p in tmp_path.rglob("*") if p.is_file() and "regions" not in p.parts]
    assert not outside


@given(st.text(max_size=100))
def test_a_slug_is_always_a_safe_name(title):
    made = slug(title)
    assert made
    assert len(made) <= 60
    assert set(made) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert not made.startswith("-")
    assert not made.endswith("-")


@given(title=st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1,
                     max_size=80),
       fault=st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=50))  # fmt: skip
def test_a_region_file_reads_back_whatever_was_said(tmp_path_factory, title, fault):
    level = OwnLevel(
        name="a", file="boundaries-a-1.geojson", sha256="0" * 64, areas=1, source=title[:40],
        vintage="", attribution='"', licence="\\", added_from="", faults=(fault,),
    )  # fmt: skip
    made = RegionFile(title=title, levels=(level,))
    path = tmp_path_factory.mktemp("region") / "region.toml"
    path.write_text(to_toml(made), encoding="utf-8")
    assert read_region_file(path) == made


def test_texts_that_cannot_stand_on_one_line_are_refused():
    with pytest.raises(RegionError, match="vintage 'a"):
        About("a.geojson", vintage="a\nb")


def test_claims_are_shown_on_a_users_region_and_rows_name_its_vintage(tmp_path, seeds_folder):
    west = areas(shapely.box(60, 24, 66, 29), shapely.box(66, 24, 70, 29))
    region, _ = add_level(tmp_path, "South", "halves", west, ABOUT)
    atlas = load_atlas(seeds_folder).at(region, "halves")
    view = View(atlas, Filter())
    rows = build_layer("districts", view).rows
    assert [(r["area_code"], r["area_name"]) for r in rows] == [
        ("C-1", "Area 1"),
        ("C-2", "Area 2"),
    ]
    assert {r["boundary_vintage"] for r in rows} == {"census 2023"}
    assert rows[0]["claim_count"] > 0
    claims = build_layer("claims", view)
    assert {r["area_code"] for r in claims.rows} >= {"C-1", None}
    assert {r["adm2_name"] for r in claims.rows if r["area_code"] == "C-1"} == {"Chagai", "Gwadar"}
    assert claims.about["attribution"] == "Boundaries: the Bureau"


WRITER = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
import test_regions as ours
print("ready", flush=True)
n = 0
while True:
    n += 1
    ours.add_level(Path(sys.argv[1]), "Sindh", f"l{n % 7}", ours.TWO, ours.ABOUT)
    region = ours.load_region("Sindh", Path(sys.argv[1]))
    ours.add_places(Path(sys.argv[1]), region, ours.PLACES, ours.About(f"t{n}.csv"))
    for one in ours.load_region("Sindh", Path(sys.argv[1])).place_lists:
        ours.remove_places(Path(sys.argv[1]), region, one.name)
    if n % 3 == 0:
        ours.remove_level(Path(sys.argv[1]), region, f"l{n % 7}")
"""


@pytest.mark.parametrize("milliseconds", [0, 7, 19, 42, 95])
def test_a_kill_at_any_moment_leaves_a_region_that_reads_whole(tmp_path, milliseconds):
    child = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path), str(Path(__file__).parent)],
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])},
    )
    assert child.stdout.readline() == b"ready\n"
    try:
        child.wait(milliseconds / 1000)
    except subprocess.TimeoutExpired:
        child.send_signal(signal.SIGKILL)
    assert child.wait() == -signal.SIGKILL
    child.stdout.close()
    for region in list_regions(tmp_path):
        for level in region.levels:
            assert region.boundaries(level).areas
        assert all(place.adm2_pcode for place in region.own_places())
    # The next write goes well, and sweeps away what the killed one left.
    region, _ = add_level(tmp_path, "Sindh", "last", ONE, ABOUT)
    named = {one.file for one in (*region.own_levels, *region.place_lists)} | {"region.toml"}
    assert {path.name for path in region.folder.iterdir()} == named
