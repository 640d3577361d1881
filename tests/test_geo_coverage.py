import pytest
from shapely import MultiPolygon, Point, Polygon, box

from geo.coverage import check_coverage
from geo.measures import area_km2

WEST, EAST = box(66, 30, 67, 31), box(67, 30, 68, 31)


def test_neighbours_that_share_a_border_are_a_coverage():
    report = check_coverage(["A", "B"], [WEST, EAST])
    assert report.is_valid
    assert str(report) == "a valid coverage"


def test_overlaps_are_named_with_their_area_the_largest_first():
    report = check_coverage(["A", "B", "C"], [WEST, box(66.5, 30, 67, 31), box(66.9, 30, 68, 31)])
    found = [(one.first_code, one.second_code) for one in report.overlaps]
    assert found == [("A", "B"), ("A", "C"), ("B", "C")]
    assert report.overlaps[0].area_km2 == pytest.approx(area_km2(box(66.5, 30, 67, 31)))
    assert not report.is_valid


def test_a_gap_between_areas_is_measured_and_located():
    ring = Polygon(box(66, 30, 69, 33).exterior, [box(67, 31, 68, 32).exterior])
    report = check_coverage(["A", "B"], [ring, box(67, 31, 67.5, 32)])
    (gap,) = report.gaps
    assert gap.area_km2 == pytest.approx(area_km2(box(67.5, 31, 68, 32)))
    assert "at longitude 67.75" in str(report)


def test_a_slit_between_neighbours_is_a_gap_though_it_is_open_at_its_ends():
    west, east = box(66, 28, 67, 29), box(67.01, 28, 68, 29)
    (gap,) = check_coverage(["A", "B"], [west, east]).gaps
    assert gap.area_km2 == pytest.approx(area_km2(box(67, 28, 67.01, 29)), rel=0.001)


def test_ground_apart_and_a_bay_where_areas_meet_are_no_gaps():
    apart = [box(66, 28, 67, 29), box(67.1, 28, 68, 29)]
    around_a_bay = [box(66, 28, 67, 29), box(67, 28, 68, 28.5)]
    assert not check_coverage(["A", "B"], apart).gaps
    assert not check_coverage(["A", "B"], around_a_bay).gaps


def test_a_lake_is_no_gap_where_another_area_fills_it():
    ring = Polygon(box(66, 30, 69, 33).exterior, [box(67, 31, 68, 32).exterior])
    assert check_coverage(["A", "B"], [ring, box(67, 31, 68, 32)]).is_valid


def test_a_border_with_corners_on_one_side_only_is_named():
    cornered = Polygon([(67, 30), (68, 30), (68, 31), (67, 31), (67, 30.5)])
    report = check_coverage(["A", "B"], [WEST, cornered])
    assert not report.overlaps
    assert not report.gaps
    assert report.mismatched_edges == ("A", "B")


@pytest.mark.parametrize(
    ("codes", "said"),
    [
        (["A", "A"], "A: the code stands more than once"),
        (["A", ""], "1 areas without a code"),
    ],
)
def test_every_code_stands_once(codes, said):
    report = check_coverage(codes, [WEST, EAST])
    assert not report.is_valid
    assert str(report) == said


@pytest.mark.parametrize(
    ("geometry", "reason"),
    [
        (Polygon([(67, 30), (68, 31), (68, 30), (67, 31)]), "Self-intersection"),
        (Polygon(), "an empty polygon"),
        (Point(67, 30), "a Point, expected a polygon"),
    ],
)
def test_a_bad_polygon_is_named_with_its_reason(geometry, reason):
    report = check_coverage(["A", "B"], [WEST, geometry])
    ((code, said),) = report.invalid
    assert code == "B"
    assert said.startswith(reason)


def test_a_bad_ring_hides_no_overlap():
    bow = Polygon([(66.5, 30), (68, 31), (68, 30), (66.5, 31)])
    report = check_coverage(["A", "B"], [WEST, bow])
    assert report.invalid
    assert report.overlaps


def test_parts_that_meet_in_a_corner_are_fine():
    apart = MultiPolygon([box(66, 29, 67, 30), box(67, 30, 68, 31)])
    assert check_coverage(["A", "B"], [WEST, apart]).is_valid


def test_codes_and_polygons_are_as_many():
    with pytest.raises(ValueError, match="zip"):
        check_coverage(["A"], [WEST, EAST])
