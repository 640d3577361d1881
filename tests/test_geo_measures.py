import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import MultiPolygon, Polygon, box

from geo.coordinates import CoordinateError
from geo.measures import area_km2, distance_m

degrees = st.floats(-179, 179), st.floats(-89, 89)


def test_a_hole_is_taken_away_and_parts_are_added_whatever_way_rings_turn():
    outer, hole = box(66, 30, 68, 32), box(66.5, 30.5, 67, 31)
    for ring in (hole.exterior, hole.exterior.reverse()):
        pierced = Polygon(outer.exterior.reverse(), [ring])
        assert area_km2(pierced) == pytest.approx(area_km2(outer) - area_km2(hole))
    parts = MultiPolygon([box(60, 30, 61, 31), box(62, 30, 63, 31)])
    assert area_km2(parts) == pytest.approx(2 * area_km2(box(60, 30, 61, 31)))


def test_an_empty_polygon_has_no_area():
    assert area_km2(MultiPolygon()) == 0
    assert area_km2(Polygon()) == 0


def test_one_degree_of_latitude_is_about_111_km():
    # 110.574 km from 0 to 1 degree on WGS 84 (NGA.STND.0036)
    assert distance_m(67, 0, 67, 1) == pytest.approx(110_574, abs=1)


@given(*degrees, *degrees)
@settings(max_examples=50)
def test_the_way_back_is_as_long_and_no_way_is_longer_than_half_the_earth(a, b, c, d):
    assert distance_m(a, b, c, d) == pytest.approx(distance_m(c, d, a, b), abs=1e-3)
    assert 0 <= distance_m(a, b, c, d) <= 20_004_000
    assert distance_m(a, b, a, b) == 0


def test_a_distance_to_nowhere_is_refused():
    with pytest.raises(CoordinateError, match="row 1"):
        distance_m(67, 30, None, None)
