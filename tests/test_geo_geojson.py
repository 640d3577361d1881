import json
import math
from datetime import UTC, date, datetime

import geopandas
import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely import GeometryCollection, LineString, MultiPoint, Point, Polygon, box

from geo.geojson import dumps, feature, feature_collection


def written(geometry=None, **properties):
    text = dumps(feature_collection([feature(geometry, properties)]))
    return json.loads(text, parse_constant=pytest.fail)["features"][0]


def test_rings_turn_right_whatever_way_they_came():
    clockwise = Polygon(
        [(66, 30), (66, 31), (67, 31), (67, 30)],
        [[(66.2, 30.2), (66.8, 30.2), (66.8, 30.8), (66.2, 30.8)]],
    )
    outer, hole = written(clockwise)["geometry"]["coordinates"]
    assert shapely.LinearRing(outer).is_ccw
    assert not shapely.LinearRing(hole).is_ccw


def test_coordinates_are_rounded_to_7_decimals_and_have_no_height():
    geometry = written(Point(67.123456789, -0.00000000001, 1680.0))["geometry"]
    assert geometry["coordinates"] == [67.1234568, 0.0]
    assert math.copysign(1, geometry["coordinates"][1]) == 1


@pytest.mark.parametrize("geometry", [None, Point(), Polygon()])
def test_what_has_no_place_has_a_null_geometry(geometry):
    assert written(geometry)["geometry"] is None


@pytest.mark.parametrize(
    ("value", "stands"),
    [
        (2**53, 2**53),
        (2**53 + 1, str(2**53 + 1)),
        (-(2**60), str(-(2**60))),
        (np.int64(7), 7),
        (np.float64(2.5), 2.5),
        (True, True),
        (float("nan"), None),
        (date(2026, 1, 31), "2026-01-31"),
        (datetime(2026, 1, 31, 5, tzinfo=UTC), "2026-01-31T05:00:00+00:00"),
        ("a\x00b\ud800c", "a\ufffdb\ufffdc"),
        ("کوئٹہ </script> {{x}}", "کوئٹہ </script> {{x}}"),
        (("001", "002"), ["001", "002"]),
        ({"low": 2**60, "high": None}, {"low": str(2**60), "high": None}),
        (frozenset({"b", "a"}), ["a", "b"]),
    ],
)
def test_a_value_is_written_so_that_every_reader_reads_the_same(value, stands):
    assert written(value=value)["properties"]["value"] == stands


def test_an_infinite_number_is_refused_by_its_name():
    with pytest.raises(ValueError, match=r"properties\.killed\.high is inf"):
        feature(None, {"killed": {"high": math.inf}})


def test_a_value_of_another_kind_is_refused_by_its_name():
    with pytest.raises(TypeError, match=r"properties\.place is Point"):
        feature(None, {"place": Point(67, 30)})


@pytest.mark.parametrize(
    "geometry", [Point(670000, 3360000), Point(30, 112), LineString([(0, 0), (np.inf, 0)])]
)
def test_coordinates_that_are_no_degrees_are_refused(geometry):
    with pytest.raises(ValueError, match="Reproject to EPSG:4326"):
        feature(geometry, {})


@pytest.mark.parametrize("name", ["crs", "properties", "type", "coordinates"])
def test_a_foreign_member_may_not_take_a_name_of_geojson(name):
    with pytest.raises(ValueError, match="reserves"):
        feature_collection([], **{name: "x"})


def test_foreign_members_stand_in_the_collection():
    made = feature_collection([], attribution="OCHA", filters={"source": ["001"]})
    assert (made["attribution"], made["filters"]) == ("OCHA", {"source": ["001"]})


def test_the_bbox_is_of_all_geometries_and_absent_without_any():
    somewhere = [feature(Point(67, 30), {}), feature(None, {}), feature(box(62, 25, 63, 26), {})]
    assert feature_collection(somewhere, bbox=True)["bbox"] == [62.0, 25.0, 67.0, 30.0]
    assert "bbox" not in feature_collection([feature(None, {})], bbox=True)


@pytest.mark.parametrize(
    "geometry",
    [
        MultiPoint([(67, 30), (62, 25)]),
        LineString([(67, 30), (62, 25)]),
        GeometryCollection([Point(67, 30), box(62, 25, 63, 26)]),
    ],
)
def test_every_kind_of_geometry_comes_back_equal(geometry):
    assert shapely.from_geojson(json.dumps(written(geometry)["geometry"])).equals(geometry)


def test_geopandas_reads_the_same_points_and_values(tmp_path):
    rows = [
        feature(Point(67.0123457, 30.19), {"name": "کوئٹہ", "killed": 4}, feature_id="i1"),
        feature(None, {"name": "Balochistan", "killed": None}, feature_id="i2"),
    ]
    path = tmp_path / "incidents.geojson"
    path.write_text(dumps(feature_collection(rows, attribution="OCHA")), encoding="utf-8")
    gdf = geopandas.read_file(path)
    assert gdf.crs == "EPSG:4326"
    assert gdf["name"].tolist() == ["کوئٹہ", "Balochistan"]
    assert gdf.geometry[0].equals_exact(Point(67.0123457, 30.19), 1e-9)
    assert gdf.geometry[1] is None
    assert gdf["killed"].isna().tolist() == [False, True]


scalars = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_infinity=False) | st.text()
    | st.text(st.characters(categories=["Cs", "Cc", "L"]))
)  # fmt: skip
values = st.recursive(
    scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=4
)


@given(st.dictionaries(st.text(), values, max_size=3))
@settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow])
def test_any_properties_become_strict_utf_8_json(properties):
    text = dumps(feature_collection([feature(None, properties)]))
    json.loads(text.encode("utf-8"), parse_constant=pytest.fail)
    assert "\\u0000" not in text
