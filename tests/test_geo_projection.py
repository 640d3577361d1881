"""The flat map keeps areas: what looks twice as large is twice as large."""

import pytest
import shapely

from geo.boundaries import load_districts
from geo.measures import area_km2
from geo.projection import EqualArea


@pytest.fixture(scope="module")
def province():
    return load_districts().outline


def test_every_district_has_its_geodesic_area_on_the_flat_map(province):
    flat = EqualArea.around(province)
    for district in load_districts().areas:
        drawn = flat.project(district.geometry).area / 1e6
        assert drawn == pytest.approx(area_km2(district.geometry), rel=1e-3), district.name


def test_north_is_up_and_east_is_to_the_right(province):
    flat = EqualArea.around(province)
    quetta, gwadar = (
        flat.project(load_districts().by_pcode[pcode].geometry).centroid
        for pcode in ("PK226", "PK205")
    )
    assert quetta.y > gwadar.y
    assert quetta.x > gwadar.x


def test_the_centre_is_where_both_metres_are_zero():
    flat = EqualArea(28.5, 65.6)
    centre = flat.project(shapely.Point(65.6, 28.5))
    assert (centre.x, centre.y) == pytest.approx((0, 0), abs=1e-3)
    assert EqualArea(-3, -60).name.endswith("3° S, 60° W")
