"""Files of areas from strangers: what is refused, in which words, and what is only reported."""

import json
import math
import sqlite3
import struct
import subprocess
import sys
import zipfile
from itertools import pairwise
from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo import strict_json
from geo.area_checks import MAX_VERTICES
from geo.boundary_file import BoundaryFileError, kind_of, read_geojson, refuse_address
from geo.simplify import simplify_together
from incidents import confined
from incidents.regions import boundary_reading
from incidents.regions.boundary_child import read_areas
from incidents.regions.boundary_reading import read_boundary_file

WEST = [[[66.0, 28.0], [67.0, 28.0], [67.0, 29.0], [66.0, 29.0], [66.0, 28.0]]]
EAST = [[[67.0, 28.0], [68.0, 28.0], [68.0, 29.0], [67.0, 29.0], [67.0, 28.0]]]
BOW_TIE = [[[66.0, 28.0], [67.0, 29.0], [67.0, 28.0], [66.0, 29.0], [66.0, 28.0]]]


def feature(coordinates, code="A", name="North", kind="Polygon", **more):
    return {
        "type": "Feature",
        "properties": {"code": code, "name": name, **more},
        "geometry": {"type": kind, "coordinates": coordinates},
    }


def collection(*features, **members):
    return {"type": "FeatureCollection", **members, "features": list(features)}


def two(**members):
    return collection(feature(WEST, "W", "West"), feature(EAST, "E", "East"), **members)


def written(folder, content, name="areas.geojson"):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return path


def read(path, **options):
    options = {"repair": False, "axes_are_right": False} | options
    return read_areas(path, "code", "name", **options)


def refused(path, **options):
    with pytest.raises(BoundaryFileError) as caught:
        read(path, **options)
    return str(caught.value)


def test_areas_come_in_the_order_of_their_codes_with_their_geodesic_area(tmp_path):
    found = read(written(tmp_path, two()))
    assert [(a.pcode, a.name) for a in found.areas] == [("E", "East"), ("W", "West")]
    assert found.areas[0].area_km2 == pytest.approx(10_850, rel=0.01)
    assert (found.faults, found.notes) == ((), ())


@pytest.mark.parametrize(
    ("content", "came"),
    [
        (b"<OGRVRTDataSource><OGRVRTLayer name='a'/></OGRVRTDataSource>", "virtual file (VRT)"),
        (b"<?xml version='1.0'?><wfs:WFS_Capabilities/>", "a web service (WFS)"),
        (b"<OGRWFSDataSource><URL>http://x.example/</URL></OGRWFSDataSource>", "(WFS)"),
        (b"<?xml version='1.0'?><kml xmlns='http://www.opengis.net/kml/2.2'/>", "KML"),
        (b"<a:FeatureCollection xmlns:gml='http://www.opengis.net/gml'/>", "GML"),
        (b"<!doctype html><html></html>", "a web page"),
        (b"\x1f\x8b\x08\x00", "a gzip archive"),
        (b"\x00\x00\x27\x0a\x00\x00", "a shapefile"),
        (b"https://x.example/areas.geojson", "an address or a path to something else"),
        (b"/vsicurl/https://x.example/areas.geojson", "an address or a path to something else"),
        (b"/etc/passwd\n", "an address or a path to something else"),
        (b"WFS:https://x.example/wfs", "an address or a path to something else"),
        (b"", "an empty file"),
        (b"code,name\n1,2\n", "neither GeoJSON nor GeoPackage"),
    ],
)
def test_every_other_kind_of_file_is_refused_by_its_content_whatever_its_name(
    tmp_path, content, came
):
    said = refused(written(tmp_path, content))
    assert f"areas.geojson: {came}" in said or came in said
    assert "expected areas as GeoJSON (RFC 7946) or GeoPackage" in said
    assert "Export it again, in EPSG:4326" in said


def test_a_zip_is_refused_even_with_boundaries_in_it(tmp_path):
    with zipfile.ZipFile(tmp_path / "areas.geojson", "w") as archive:
        archive.writestr("a.geojson", json.dumps(two()))
    assert "a zip archive; expected areas" in refused(tmp_path / "areas.geojson")


@pytest.mark.parametrize(
    "given",
    ["https://x.example/a.geojson", "/vsizip//a.zip", "PG:host=x", "WFS:https://x.example", "<VRT>",
     '{"type": "FeatureCollection"}', "file:///etc/passwd"],
)  # fmt: skip
def test_an_address_is_never_opened(given):
    with pytest.raises(BoundaryFileError, match="an address; expected the path of a file"):
        refuse_address(given)


@pytest.mark.parametrize(
    ("crs", "came"),
    [
        ({"type": "link", "properties": {"href": "http://x.example/crs"}}, "a link as reference"),
        ({"type": "name", "properties": {"name": "EPSG:32642"}}, "reference system EPSG:32642"),
        ({"type": "name", "properties": {"name": "http://x.example/4326"}}, "http://x.example"),
        ("EPSG:4326", "the reference system EPSG:4326"),
    ],
)
def test_a_reference_system_that_is_a_link_or_another_one_is_refused(tmp_path, crs, came):
    said = refused(written(tmp_path, two(crs=crs)))
    assert came in said
    assert "EPSG:4326" in said


@pytest.mark.parametrize(
    "name", ["urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4326", "urn:ogc:def:crs:EPSG::4326"]
)
def test_longitude_and_latitude_by_another_name_are_taken(tmp_path, name):
    crs = {"type": "name", "properties": {"name": name}}
    assert len(read(written(tmp_path, two(crs=crs))).areas) == 2


def test_an_unclosed_ring_names_its_feature(tmp_path):
    path = written(tmp_path, collection(feature(WEST), feature([EAST[0][:-1]], "B", "Kech")))
    said = refused(path)
    assert "feature 2 (Kech): ring 1 is not closed: it begins at (67.0, 28.0) and ends at" in said
    assert "Repeat its first position at its end." in said


def test_a_shape_that_crosses_itself_is_offered_a_repair_with_the_area_changed(tmp_path):
    path = written(tmp_path, collection(feature(BOW_TIE), feature(EAST, "B")))
    said = refused(path)
    assert "feature 1 (North): self-intersection at 66.5, 28.5" in said
    assert "With --repair it is mended on a copy: a repair changes its area from" in said
    mended = read(path, repair=True)
    assert mended.areas[0].geometry.is_valid
    assert "repaired on a copy: a repair changes its area" in mended.notes[0]
    assert json.loads(path.read_text())["features"][0]["geometry"]["coordinates"] == BOW_TIE


def test_metres_without_a_reference_system_are_told_from_degrees(tmp_path):
    metres = [[[350000, 3.1e6], [360000, 3.1e6], [360000, 3.2e6], [350000, 3.1e6]]]
    said = refused(written(tmp_path, collection(feature(metres))))
    assert "look like metres of a reference system that is not named" in said
    assert "Reproject it to EPSG:4326." in said


def swapped(coordinates):
    return [[[y, x] for x, y in ring] for ring in coordinates]


def test_swapped_axes_are_proposed_and_never_exchanged(tmp_path):
    path = written(tmp_path, collection(feature(swapped(WEST))))
    said = refused(path)
    assert "look swapped: latitude before longitude" in said
    assert "If they are right, add --axes-are-right." in said
    kept = read(path, axes_are_right=True)
    assert kept.areas[0].geometry.bounds == (28.0, 66.0, 29.0, 67.0)


def test_swapped_axes_out_of_range_cannot_be_right(tmp_path):
    china = [[[30, 112], [31, 112], [31, 113], [30, 112]]]
    said = refused(written(tmp_path, collection(feature(china))), axes_are_right=True)
    assert "look swapped" in said
    assert "--axes-are-right" not in said


def test_coordinates_out_of_range_name_their_feature(tmp_path):
    beyond = [[[179, 10], [200, 10], [200, 11], [179, 10]]]
    said = refused(written(tmp_path, collection(feature(WEST), feature(beyond, "B", "Far"))))
    assert "feature 2 (Far): coordinates from" in said
    assert "out of range" in said


@pytest.mark.parametrize(
    ("geometry", "came"),
    [
        ({"type": "Point", "coordinates": [66, 28]}, "a Point; expected a Polygon"),
        ({"type": "LineString", "coordinates": [[66, 28], [67, 29]]}, "a LineString"),
        ({"type": "GeometryCollection", "geometries": []}, "a GeometryCollection"),
        (None, "no geometry; expected a Polygon"),
    ],
)
def test_points_and_lines_in_a_layer_of_polygons_are_refused(tmp_path, geometry, came):
    odd = feature(WEST, "B", "Odd") | {"geometry": geometry}
    said = refused(written(tmp_path, collection(feature(EAST), odd)))
    assert f"feature 2 (Odd): {came}" in said


@pytest.mark.parametrize("code", [None, "", "   "])
def test_a_missing_code_names_its_feature(tmp_path, code):
    said = refused(written(tmp_path, collection(feature(WEST), feature(EAST, code))))
    assert "no code in feature 2 (field 'code')" in said


def test_a_code_that_stands_twice_names_both_features(tmp_path):
    said = refused(written(tmp_path, collection(feature(WEST, "007"), feature(EAST, "007"))))
    assert "the same code more than once: '007' in feature 1, feature 2" in said
    assert "Dissolve the parts of an area" in said


def test_a_code_is_text_of_at_most_forty_printable_characters(tmp_path):
    for code in ("x" * 41, "a\nb", "a\u202eb"):
        assert "at most 40 printable characters" in refused(
            written(tmp_path, collection(feature(WEST, code)))
        )
    kept = read(written(tmp_path, collection(feature(WEST, 12345678901234567890123))))
    assert kept.areas[0].pcode == "12345678901234567890123"


def test_a_field_that_is_not_there_is_told_with_those_that_are(tmp_path):
    path = written(tmp_path, two())
    with pytest.raises(BoundaryFileError, match="no field 'PCODE'; expected for --code one of"):
        read_areas(path, "PCODE", "name", repair=False, axes_are_right=False)
    with pytest.raises(BoundaryFileError, match="for --name one of its fields: code, name"):
        read_areas(path, "code", "label", repair=False, axes_are_right=False)


def test_an_area_without_a_name_is_called_by_its_code(tmp_path):
    found = read(written(tmp_path, collection(feature(WEST, "A", None), feature(EAST, "B"))))
    assert found.areas[0].name == "A"
    assert found.notes == ("without a name, called by their code: A",)


def test_overlaps_and_gaps_are_reported_with_their_area(tmp_path):
    outer = [[[66, 27], [69, 27], [69, 30], [66, 30], [66, 27]],
             [[67, 28], [67, 29], [68, 29], [68, 28], [67, 28]]]  # fmt: skip
    overlapping = [[[65, 27], [66.1, 27], [66.1, 30], [65, 30], [65, 27]]]
    found = read(
        written(tmp_path, collection(feature(outer, "O", "Outer"), feature(overlapping, "V", "Ve")))
    )
    overlap, gap = found.faults
    assert overlap.startswith("Outer (O) and Ve (V) overlap by 3,")
    assert overlap.endswith("km2; what lies in both counts in Outer (O)")
    assert gap.startswith("a gap of 10,8")
    assert gap.endswith("what lies in it is outside")
    assert found.overlap_km2 > 3_000
    assert found.gap_km2 == pytest.approx(10_850, rel=0.01)


def test_more_than_200000_corners_are_simplified_on_a_copy_and_said_so(tmp_path):
    turns = [2 * math.pi * k / 120_000 for k in range(120_000)]
    discs = [
        [[66 + 2 * i + 0.9 * math.cos(a), 28 + 0.9 * math.sin(a)] for a in [*turns, 0]]
        for i in range(2)
    ]
    path = written(tmp_path, collection(*(feature([d], f"D{i}") for i, d in enumerate(discs))))
    before = path.read_bytes()
    found = read(path)
    corners = sum(shapely.get_num_coordinates(a.geometry) for a in found.areas)
    assert corners <= MAX_VERTICES
    assert "240,002 corners, more than 200,000: simplified on a copy to" in found.notes[0]
    assert path.read_bytes() == before
    for area, disc in zip(found.areas, discs, strict=True):
        assert area.geometry.area == pytest.approx(shapely.Polygon(disc).area, rel=1e-4)


@pytest.mark.parametrize(
    ("content", "came"),
    [
        (b'{"type":"FeatureCollection","type":"Feature","features":[]}', "key 'type' stands twice"),
        (b'{"type":"FeatureCollection","features":[{"a":NaN}]}', "with NaN, which JSON has not"),
        (b'{"a":' + b"[" * 40 + b"]" * 40 + b"}", "nested more than 32 deep"),
        (b'{"type":"FeatureCollection","features":[', "no JSON ("),
        (b'{"type":"FeatureCollection\xff"}', "no JSON ("),
        (b'{"type":"Topology","objects":{}}', "JSON of the type Topology"),
        (b'{"type":"FeatureCollection","features":[]}', "no features"),
        (b'{"type":"FeatureCollection","features":[7]}', "feature 1: no GeoJSON feature"),
    ],
)
def test_json_that_is_no_plain_feature_collection_is_refused(tmp_path, content, came):
    assert came in refused(written(tmp_path, content))


@pytest.mark.parametrize("bad", ["1e999", "true", '"66"', "null", "[]"])
def test_a_coordinate_that_is_no_finite_number_names_its_feature(tmp_path, bad):
    text = json.dumps(collection(feature(WEST))).replace("[66.0, 28.0]", f"[{bad}, 28.0]")
    assert "feature 1 (North): the coordinate" in refused(written(tmp_path, text.encode()))


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=5),
                    lambda x: st.lists(x, max_size=3) | st.dictionaries(
                        st.sampled_from(["type", "features", "geometry", "coordinates", "crs",
                                         "properties", "code"]), x, max_size=4), max_leaves=12))  # fmt: skip
def test_json_without_an_area_in_it_is_refused_with_a_message(value):
    content = json.dumps(value).encode()

    def read_all():
        kind_of("a", content)
        read_geojson("a", content)

    with pytest.raises(BoundaryFileError, match="; expected "):
        read_all()


@given(st.integers(1, 60))
def test_json_is_read_to_a_depth_of_32(depth):
    content = b"[" * depth + b"]" * depth
    if depth <= strict_json.MAX_DEPTH:
        strict_json.loads(content)
    else:
        with pytest.raises(strict_json.StrictJsonError, match="nested more than 32 deep"):
            strict_json.loads(content)


DEEP = b"[" * 2_000 + b"]" * 2_000


@pytest.mark.parametrize("text", [b"]" * 3_000, b'\\"' + b"]" * 3_000, b'\\\\\\"' + b"}" * 3_000])
def test_brackets_in_a_text_hide_no_depth(text):
    content = b'{"type":"FeatureCollection","name":"' + text + b'","features":' + DEEP + b"}"
    with pytest.raises(BoundaryFileError, match="GeoJSON nested more than 32 deep; expected "):
        read_geojson("a.geojson", content)


@given(st.text(alphabet='[]{}"\\a'), st.integers(1, 31))
def test_brackets_in_a_text_are_no_depth(text, depth):
    value = [text * 10]
    for _ in range(depth):
        value = [value]
    assert strict_json.loads(json.dumps(value).encode()) == value
    content = json.dumps([text, value]).encode()
    if depth == 31:
        with pytest.raises(strict_json.StrictJsonError, match="nested more than 32 deep"):
            strict_json.loads(content)


@given(columns=st.integers(2, 4), segments=st.integers(20, 60), at_most=st.integers(100, 400))
def test_neighbours_simplified_together_stay_a_coverage(columns, segments, at_most):
    """Strips whose common borders wiggle: simplified, they still meet without gap or overlap."""
    borders = [
        [(66 + i + 0.05 * ((k * 7 + i) % 5), 28 + k / segments) for k in range(segments + 1)]
        for i in range(columns + 1)
    ]
    strips = [shapely.Polygon([*left, *right[::-1]]) for left, right in pairwise(borders)]
    made = simplify_together(strips, at_most)
    assert shapely.coverage_is_valid(made.polygons)
    assert shapely.union_all(made.polygons).area == pytest.approx(
        shapely.union_all(strips).area, rel=0.1
    )


# --- GeoPackage ---------------------------------------------------------------------------


@pytest.fixture
def geopackage(tmp_path):
    frame = gpd.GeoDataFrame(
        {"code": ["W", "E"], "name": ["West", "East"]},
        geometry=[shapely.box(66, 28, 67, 29), shapely.box(67, 28, 68, 29)],
        crs="EPSG:4326",
    )
    path = tmp_path / "areas.gpkg"
    frame.to_file(path, driver="GPKG", engine="pyogrio")
    return path


def change(path, *statements):
    connection = sqlite3.connect(path)
    # Writing to the layer itself would need the functions that its own triggers call.
    connection.create_function("ST_IsEmpty", 1, lambda _: 0)
    for name in ("ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY"):
        connection.create_function(name, 1, lambda _: 0)
    for statement in statements:
        connection.execute(*((statement,) if isinstance(statement, str) else statement))
    connection.commit()
    connection.close()


def test_a_geopackage_of_polygons_is_read(geopackage):
    assert [a.pcode for a in read(geopackage).areas] == ["E", "W"]
    assert [a.name for a in read_boundary_file(geopackage, "code", "name").areas] == [
        "East",
        "West",
    ]


@pytest.mark.parametrize(
    ("statement", "came"),
    [
        ("CREATE VIEW spin AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c)"
         " SELECT x FROM c", "the view 'spin', which would run"),
        ("CREATE VIEW gpkg_spin AS SELECT 1", "the view 'gpkg_spin', which would run"),
        ("CREATE TRIGGER sly AFTER INSERT ON areas BEGIN SELECT 1; END", "the trigger 'sly'"),
        ("CREATE VIRTUAL TABLE words USING fts5(a)", "the table 'words', which would run"),
        ("UPDATE gpkg_geometry_columns SET srs_id = 3857", "in the reference system 3857"),
        ("UPDATE gpkg_geometry_columns SET srs_id = 0", "names no reference system"),
        ("DELETE FROM gpkg_contents", "a GeoPackage with 0 layers"),
        ("DELETE FROM areas", "no features"),
        ("DROP TABLE gpkg_contents", "a database, but no GeoPackage"),
    ],
)  # fmt: skip
def test_a_geopackage_that_would_run_or_lies_elsewhere_is_refused(geopackage, statement, came):
    change(geopackage, "PRAGMA foreign_keys = OFF", statement)
    assert came in refused(geopackage)


def blob(geometry):
    return b"GP\x00\x01" + struct.pack("<i", 4326) + shapely.to_wkb(geometry)


@pytest.mark.parametrize(
    ("geometry", "came"),
    [
        (blob(shapely.Point(66, 28)), "feature 1 (West): a Point; expected a Polygon"),
        (None, "feature 1 (West): no geometry"),
        (b"GP\x00\x01junk", "feature 1 (West): the geometry is damaged"),
    ],
)
def test_a_geopackages_geometry_that_is_no_area_names_its_feature(geopackage, geometry, came):
    change(geopackage, ("UPDATE areas SET geom = ? WHERE name = 'West'", (geometry,)))
    assert came in refused(geopackage)


def test_an_unclosed_ring_in_a_geopackage_names_its_feature(geopackage):
    corners = [(66, 28), (67, 28), (67, 29), (66, 29)]
    wkb = struct.pack("<BIII", 1, 3, 1, 4) + b"".join(struct.pack("<dd", *p) for p in corners)
    change(
        geopackage,
        (
            "UPDATE areas SET geom = ? WHERE name = 'West'",
            (b"GP\x00\x01" + struct.pack("<i", 4326) + wkb,),
        ),
    )
    assert "feature 1 (West): a ring is not closed" in refused(geopackage)


def test_a_view_that_stands_for_the_layer_ends_nothing_but_is_refused(geopackage):
    change(
        geopackage,
        "ALTER TABLE gpkg_contents RENAME TO kept",
        "CREATE VIEW gpkg_contents AS WITH RECURSIVE c(x) AS"
        " (SELECT 1 UNION ALL SELECT x+1 FROM c) SELECT x AS table_name, 'features' AS data_type FROM c",
    )
    assert "the view 'gpkg_contents', which would run" in refused(geopackage)


# --- The child process ----------------------------------------------------------------------


def test_what_the_child_refuses_the_user_reads_in_the_same_words(tmp_path):
    path = written(tmp_path, collection(feature(WEST), feature([EAST[0][:-1]], "B", "Kech")))
    with pytest.raises(BoundaryFileError) as caught:
        read_boundary_file(path, "code", "name")
    assert str(caught.value) == refused(path)


def test_what_the_child_reads_is_what_is_read_here(tmp_path):
    path = written(tmp_path, two())
    assert read_boundary_file(path, "code", "name") == read(path)


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(BoundaryFileError, match="no file; expected areas as GeoJSON"):
        read_boundary_file(tmp_path / "none.geojson", "code", "name")


def test_a_file_that_takes_too_long_ends_only_the_child(tmp_path, monkeypatch):
    monkeypatch.setattr(boundary_reading, "SECONDS", 0.01)
    path = written(tmp_path, two())
    with pytest.raises(BoundaryFileError, match=r"did not end well \(more than 0\.01 seconds\)"):
        read_boundary_file(path, "code", "name")


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not limit memory")
def test_a_child_has_no_more_memory_than_it_is_given():
    done = in_child("confined.limit_resources(1 << 30, 60); bytearray(2 << 30)")
    assert done.returncode != 0
    assert "MemoryError" in done.stderr


@pytest.mark.parametrize(
    "attempt",
    [
        "import socket; socket.socket()",
        "open('made-by-a-child.txt', 'w')",
        "import subprocess; subprocess.run(['true'])",
        "import os; os.remove('any')",
    ],
)
def test_a_child_has_no_network_no_programs_and_no_right_to_write(attempt):
    done = in_child(f"confined.close_doors()\n{attempt}")
    assert done.returncode != 0
    assert "PermissionError" in done.stderr


def in_child(code):
    return subprocess.run(
        [sys.executable, "-c", f"from incidents import confined\n{code}"],
        capture_output=True, text=True, check=False, cwd=Path(confined.__file__).parents[1],
    )  # fmt: skip
