import json
import os
import re
import subprocess
import sys
from collections import Counter
from hashlib import sha256
from pathlib import Path

import pytest
import shapely
from shapely.geometry import shape

from geo.boundaries import load_districts, load_tehsils, newer_district, newer_districts
from geo.coverage import check_coverage
from geo.measures import area_km2

DATA = Path("geo/data")
FILES = ["balochistan_districts.geojson", "balochistan_tehsils.geojson"]
# The province's area as the Pakistan Bureau of Statistics gives it.
CENSUS_KM2 = 347_190
LEVELS = pytest.mark.parametrize("load", [load_districts, load_tehsils])


@pytest.fixture(params=FILES)
def collection(request):
    return json.loads((DATA / request.param).read_text(encoding="utf-8"))


def test_there_are_35_districts_and_103_tehsils():
    assert len(load_districts().areas) == 35
    assert len(load_tehsils().areas) == 103


@LEVELS
def test_every_pcode_stands_once_and_in_order(load):
    codes = [area.pcode for area in load().areas]
    assert codes == sorted(set(codes))
    assert list(load().by_pcode) == codes


def test_district_codes_are_pk201_to_pk235():
    assert list(load_districts().by_pcode) == [f"PK2{number:02}" for number in range(1, 36)]


@LEVELS
def test_the_areas_are_a_valid_coverage(load):
    areas = load().areas
    report = check_coverage([area.pcode for area in areas], [area.geometry for area in areas])
    assert str(report) == "a valid coverage"
    assert shapely.coverage_is_valid([area.geometry for area in areas])


def test_the_province_outline_closes_to_one_polygon_without_gaps():
    outline = load_districts().outline
    assert outline.geom_type == "Polygon"
    assert not outline.interiors
    assert outline.exterior.is_closed
    assert outline.is_valid


@LEVELS
def test_the_areas_add_up_to_the_province(load):
    total = sum(area.area_km2 for area in load().areas)
    assert total == pytest.approx(CENSUS_KM2, rel=0.01)
    assert total == pytest.approx(area_km2(load().outline), rel=1e-4)


@LEVELS
def test_each_stored_area_is_the_geodesic_one(load):
    for area in load().areas:
        assert area.area_km2 == pytest.approx(area_km2(area.geometry), abs=0.006)


def test_every_tehsil_names_the_district_that_its_code_begins_with():
    districts = load_districts().by_pcode
    for tehsil in load_tehsils().areas:
        assert tehsil.adm2_pcode == tehsil.adm3_pcode[:5]
        assert tehsil.adm2_name == districts[tehsil.adm2_pcode].adm2_name
    assert {tehsil.adm2_pcode for tehsil in load_tehsils().areas} == set(districts)


def test_the_files_follow_rfc_7946(collection):
    assert collection["type"] == "FeatureCollection"
    assert "crs" not in collection
    for one in collection["features"]:
        assert one["type"] == "Feature"
        assert one["geometry"]["type"] == "MultiPolygon"
        for polygon in one["geometry"]["coordinates"]:
            for number, ring in enumerate(polygon):
                assert len(ring) >= 4
                assert ring[0] == ring[-1]
                assert shapely.LinearRing(ring).is_ccw is (number == 0)
                assert all(60 < lon < 71 and 24 < lat < 33 for lon, lat in ring)


def test_the_bbox_member_holds_all_features(collection):
    bounds = shapely.total_bounds([shape(one["geometry"]) for one in collection["features"]])
    assert collection["bbox"] == bounds.tolist()


def test_coordinates_have_at_most_4_decimals():
    for name in FILES:
        decimals = Counter(map(len, re.findall(r"\d\.(\d+)[],]", (DATA / name).read_text())))
        assert max(decimals) <= 4


def test_every_feature_says_its_source_and_vintage(collection):
    for one in collection["features"]:
        named = one["properties"]
        assert named["boundary_source"] == collection["boundary_source"] == "OCHA COD-AB Pakistan"
        assert named["boundary_vintage"] == collection["boundary_vintage"]
        assert (named["adm1_pcode"], named["adm1_name"]) == ("PK2", "Balochistan")
    assert collection["attribution"] == "Boundaries: OCHA COD-AB Pakistan, CC BY-IGO"
    assert collection["licence"] == "CC BY-IGO"


def test_the_vintage_names_the_districts_that_are_missing():
    for district in newer_districts():
        assert (district.name in load_districts().vintage) == (not district.doubt)


def test_the_receipt_holds_the_hash_of_each_file():
    receipt = (DATA / "boundaries_receipt.txt").read_text(encoding="utf-8")
    for name in FILES:
        assert f"{sha256((DATA / name).read_bytes()).hexdigest()}  {name} (written)" in receipt


@pytest.mark.parametrize(
    ("name", "parent"),
    [
        ("Hub", "PK217"),
        ("hub district", "PK217"),
        ("Usta-Mohammad", "PK207"),
        ("Lehri", None),
        ("Karizat", "PK225"),
        ("Tump", "PK211"),
        ("Chaman", None),
    ],
)
def test_a_newer_district_is_found_with_the_one_it_lies_in(name, parent):
    found = newer_district(name)
    assert (found and found.parent_pcode) == parent


@pytest.mark.parametrize(
    ("newer", "tehsil"),
    [("Hub", "PK21704"), ("Usta Muhammad", "PK20703"), ("Karezat", "PK22503"), ("Tump", "PK21105")],
)
def test_the_tehsil_a_newer_district_grew_from_lies_in_its_parent(newer, tehsil):
    assert load_tehsils().by_pcode[tehsil].adm2_pcode == newer_district(newer).parent_pcode


def test_a_newer_district_says_since_when_who_says_so_and_whether_it_is_in_doubt():
    for district in newer_districts():
        assert "2022" in district.since
        assert district.source
        assert not district.doubt or district.doubt in district.note


def test_no_newer_district_is_in_the_boundaries_already():
    names = {area.adm2_name for area in load_districts().areas}
    for district in newer_districts():
        assert not names & {district.name, *district.alternate_names}
        assert district.parent_name in district.note


def build(tables, output, *names):
    command = [sys.executable, "scripts/build_boundaries.py", str(tables[0]), *names]
    return subprocess.run(
        [*command, "--output", str(output)], capture_output=True, text=True, check=False
    )


@pytest.fixture
def tables():
    folder = os.environ.get("INCIDENT_MAP_BOUNDARIES")
    if folder is None and os.environ.get("CI") != "true":
        pytest.skip("INCIDENT_MAP_BOUNDARIES names no folder with the publisher's tables")
    assert folder, "CI must set INCIDENT_MAP_BOUNDARIES to the folder of the publisher's tables"
    return [Path(folder) / f"balochistan_adm{level}.csv" for level in (2, 3)]


def test_the_tables_give_the_same_bytes_again(tables, tmp_path):
    made = build(tables, tmp_path, "--tehsils", str(tables[1]))
    assert made.returncode == 0, made.stderr
    for name in [*FILES, "boundaries_receipt.txt"]:
        assert (tmp_path / name).read_bytes() == (DATA / name).read_bytes()


BOX = "MULTIPOLYGON (((66 30, 67 30, 67 31, 66 31, 66 30)))"
NEXT = "MULTIPOLYGON (((66.9 30, 68 30, 68 31, 66.9 31, 66.9 30)))"


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["adm2_pcode,wkt", f'PK201,"{BOX}"'], "no column adm2_name"),
        (
            ["adm2_pcode,adm2_name,wkt", f'PK201,A,"{BOX}"', f'PK202,B,"{NEXT}"'],
            "PK201 and PK202 overlap by 1064",
        ),
    ],
)
def test_a_table_that_is_no_coverage_is_refused_and_nothing_is_written(tmp_path, lines, said):
    table = tmp_path / "table.csv"
    table.write_text("\n".join(lines), encoding="utf-8")
    made = build([table], tmp_path / "out")
    assert made.returncode == 1
    assert said in made.stderr
    assert not (tmp_path / "out").exists()
