import tracemalloc
from dataclasses import dataclass

import geopandas
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from shapely import Polygon, box

from geo import join
from geo.boundaries import Boundaries, load_districts, load_tehsils
from geo.coordinates import CoordinateError
from geo.join import DistrictIndex, count_outside, district_index

WEST, SOUTH, EAST, NORTH = load_districts().bbox


@dataclass(frozen=True)
class Plot:
    pcode: str
    geometry: shapely.Polygon | shapely.MultiPolygon
    name: str = "plot"


def index_of(polygons, side=32):
    plots = tuple(Plot(f"P{number}", polygon) for number, polygon in enumerate(polygons))
    return DistrictIndex(Boundaries("test", "test", "test", "test", plots), largest_side=side)


def first_that_touches(polygons, longitude, latitude):
    """The rule for edges, in the plainest words there are."""
    touches = [shapely.intersects_xy(polygon, longitude, latitude) for polygon in polygons]
    return np.where(np.any(touches, axis=0), np.argmax(touches, axis=0), -1)


def random_points(number, seed=20260131):
    rng = np.random.default_rng(seed)
    return rng.uniform(WEST - 1, EAST + 1, number), rng.uniform(SOUTH - 1, NORTH + 1, number)


def points_on(polygons):
    """Corners, middles of edges, and points a hair beside them."""
    rings = shapely.get_rings(shapely.get_parts(polygons))
    corner = shapely.get_coordinates(rings)
    middle = (corner[1:] + corner[:-1]) / 2
    beside = [np.nextafter(corner, side) for side in (-np.inf, np.inf)]
    points = np.concatenate([corner, middle, *beside, corner + 1e-9, corner - 1e-9])
    return points[:, 0].copy(), points[:, 1].copy()


@pytest.mark.parametrize(
    ("longitude", "latitude", "district"),
    [
        (67.00, 30.19, "Quetta"),
        (66.85, 29.80, "Mastung"),
        (66.02, 29.55, "Nushki"),
        (62.33, 25.13, "Gwadar"),
        (63.47, 25.26, "Gwadar"),
        (65.42, 28.58, "Kharan"),
        (64.40, 28.89, "Chagai"),
        (66.93, 25.03, "Lasbela"),
        (73.05, 33.68, None),
    ],
)
def test_a_town_lies_in_its_district(longitude, latitude, district):
    (pcode,) = district_index().pcodes(longitude, latitude)
    assert (pcode and load_districts().by_pcode[pcode].adm2_name) == district


@pytest.mark.parametrize("load", [load_districts, load_tehsils])
def test_the_join_equals_geopandas_sjoin_off_the_edges(load):
    longitude, latitude = random_points(50_000)
    points = geopandas.GeoDataFrame(geometry=shapely.points(longitude, latitude), crs=4326)
    areas = load().areas
    polygons = geopandas.GeoDataFrame(
        {"area": range(len(areas))}, geometry=[area.geometry for area in areas], crs=4326
    )
    joined = geopandas.sjoin(points, polygons, predicate="within", how="left")
    expected = joined["area"].fillna(-1).astype(int).to_numpy()
    assert (DistrictIndex(load()).locate(longitude, latitude) == expected).all()


@pytest.mark.parametrize("load", [load_districts, load_tehsils])
def test_a_point_on_an_edge_goes_to_the_lowest_pcode_that_touches_it(load):
    polygons = [area.geometry for area in load().areas]
    longitude, latitude = points_on(polygons)
    located = DistrictIndex(load()).locate(longitude, latitude)
    assert (located == first_that_touches(polygons, longitude, latitude)).all()


@pytest.mark.parametrize("load", [load_districts, load_tehsils])
def test_a_point_ever_so_near_an_edge_lies_on_its_own_side(load):
    polygons = [area.geometry for area in load().areas]
    rng = np.random.default_rng(11)
    longitude, latitude = [], []
    for ring in shapely.get_rings(shapely.get_parts(polygons)):
        corner = shapely.get_coordinates(ring)
        along = rng.uniform(size=(len(corner) - 1, 1))
        point = corner[:-1] + along * np.diff(corner, axis=0)
        for distance in (0.0, 1e-14, 1e-13, 1e-12, 1e-11, 1e-9, 1e-6):
            near = point + rng.choice([-1, 1], size=point.shape) * distance
            longitude.append(near[:, 0])
            latitude.append(near[:, 1])
    points = np.concatenate(longitude), np.concatenate(latitude)
    located = DistrictIndex(load()).locate(*points)
    assert (located == first_that_touches(polygons, *points)).all()


def test_the_answer_does_not_depend_on_the_order_or_on_how_points_are_divided(monkeypatch):
    longitude, latitude = points_on([area.geometry for area in load_districts().areas])
    located = district_index().locate(longitude, latitude)
    order = np.random.default_rng(1).permutation(len(longitude))
    assert (district_index().locate(longitude[order], latitude[order]) == located[order]).all()
    for chunk, asked in [(1_000, 65_536), (7_919, 100)]:
        monkeypatch.setattr(join, "CHUNK", chunk)
        monkeypatch.setattr(join, "_ASKED_TOGETHER", asked)
        assert (district_index().locate(longitude, latitude) == located).all()


@pytest.mark.parametrize("workers", [2, 3, 8])
def test_threads_that_share_the_rows_change_nothing(workers):
    longitude, latitude = random_points(100_000)
    alone = district_index().locate(longitude, latitude, workers=1)
    assert (district_index().locate(longitude, latitude, workers=workers) == alone).all()
    longitude[[9, 99_990]] = np.nan
    with pytest.raises(CoordinateError) as caught:
        district_index().locate(longitude, latitude, workers=workers)
    assert caught.value.row == 9


def test_points_outside_every_polygon_are_kept_and_counted():
    located = district_index().locate([67.0, 73.05, 0.0, 67.0], [30.19, 33.68, 0.0, 30.19])
    assert located.tolist() == [25, -1, -1, 25]
    assert count_outside(located) == 2


def test_no_points_give_no_answers():
    assert district_index().locate([], []).shape == (0,)
    assert district_index().pcodes([], []).tolist() == []


def test_numbers_of_any_precision_are_located_as_they_are():
    longitude, latitude = (column.astype(np.float32) for column in random_points(2_000))
    expected = district_index().locate(longitude.astype(float), latitude.astype(float))
    assert (district_index().locate(longitude, latitude) == expected).all()
    assert district_index().pcodes(np.array([67]), np.array([30])).tolist() == ["PK226"]


def test_a_column_of_a_wider_table_is_located_as_it_lies():
    table = np.column_stack(random_points(2_000))
    expected = district_index().locate(table[:, 0].copy(), table[:, 1].copy())
    assert (district_index().locate(table[:, 0], table[:, 1]) == expected).all()


@pytest.mark.parametrize("row", [0, 40_000, 99_999])
@pytest.mark.parametrize(
    ("longitude", "latitude", "problem"),
    [
        (np.nan, 30.0, "missing"),
        (67.0, np.inf, "infinite"),
        (1e300, 30.0, "out of range"),
        (-(1.5 * 2.0**45), 30.0, "out of range"),
        (67.0, 2.0**45, "out of range"),
        (67.0, 91.0, "out of range"),
        (30.19, 67.0, "looks swapped"),
    ],
)
def test_a_bad_row_is_refused_by_its_number_wherever_it_stands(row, longitude, latitude, problem):
    lon, lat = np.full(100_000, 67.0), np.full(100_000, 30.19)
    lon[row], lat[row] = longitude, latitude
    with pytest.raises(CoordinateError, match=problem) as caught:
        district_index().locate(lon, lat)
    assert caught.value.row == row


def test_of_two_bad_rows_the_first_is_named():
    with pytest.raises(CoordinateError) as caught:
        district_index().locate([67.0, 30.19, np.nan], [30.19, 67.0, 30.19])
    assert caught.value.row == 1
    assert "Try longitude 67.0, latitude 30.19" in str(caught.value)


def test_a_point_far_outside_is_not_taken_for_swapped():
    assert district_index().locate([25.0, 179.0, -70.0], [60.0, 0.0, -33.0]).tolist() == [-1] * 3


def test_where_longitudes_are_nearly_latitudes_nothing_is_called_swapped():
    index = index_of([box(30, 30, 40, 35)])
    assert index.locate([35.0, 34.0], [36.0, 39.0]).tolist() == [-1, -1]
    assert not index.looks_swapped([34.0], [39.0]).any()


def test_ten_megabytes_of_points_need_little_memory_besides():
    longitude, latitude = random_points(1_000_000)
    index = district_index()
    tracemalloc.start()
    try:
        located = index.locate(longitude, latitude)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak - located.nbytes < 20_000_000


# A 5 x 5 board of crooked squares, each given to one of three areas or to none: areas in
# several parts, with holes, around each other, meeting in single corners.
BOARD = 5
CORNERS = np.stack(np.meshgrid(np.arange(BOARD + 1.0), np.arange(BOARD + 1.0)), axis=-1)
CROOKED = CORNERS + np.random.default_rng(7).uniform(-0.3, 0.3, CORNERS.shape)


def square(row, column):
    ring = [(row, column), (row, column + 1), (row + 1, column + 1), (row + 1, column)]
    return Polygon([CROOKED[place] for place in ring])


@given(arrays(np.int8, (BOARD, BOARD), elements=st.integers(-1, 2)), st.sampled_from([8, 32]))
@settings(max_examples=60)
def test_areas_with_holes_and_in_many_parts_are_joined_exactly(owners, side):
    squares = [
        [square(*place) for place in zip(*np.nonzero(owners == n), strict=True)] for n in range(3)
    ]
    polygons = [shapely.union_all(some) for some in squares if some]
    if not polygons:
        return
    on_edges = points_on(polygons)
    rng = np.random.default_rng(3)
    longitude = np.concatenate([on_edges[0], rng.uniform(-1, BOARD + 1, 500)])
    latitude = np.concatenate([on_edges[1], rng.uniform(-1, BOARD + 1, 500)])
    located = index_of(polygons, side).locate(longitude, latitude)
    assert (located == first_that_touches(polygons, longitude, latitude)).all()


def wavy_squares(side, points_an_edge):
    """Squares whose common edges are bent alike, each into many short ones."""
    west, south = (axis.ravel() for axis in np.meshgrid(np.arange(side), np.arange(side)))
    squares = shapely.segmentize(box(west, south, west + 1, south + 1), 1 / points_an_edge)

    def bent(corners):
        # Neighbours cut their common edge from either end: rounding makes the cuts one.
        x, y = np.round(corners, 6).T
        wave = 0.015 * (np.sin(7 * x + 13 * y) + np.sin(31 * x - 17 * y))
        return np.column_stack([x + wave, y - wave])

    return shapely.transform(squares, bent)


@pytest.mark.parametrize(("points_an_edge", "side"), [(2, 64), (40, 64), (40, 8)])
def test_boundaries_with_many_short_edges_are_joined_exactly(points_an_edge, side):
    polygons = wavy_squares(4, points_an_edge)
    assert shapely.coverage_is_valid(polygons)
    on_edges = points_on(polygons)
    rng = np.random.default_rng(5)
    longitude = np.concatenate([on_edges[0], rng.uniform(-1, 5, 20_000)])
    latitude = np.concatenate([on_edges[1], rng.uniform(-1, 5, 20_000)])
    located = index_of(polygons, side).locate(longitude, latitude)
    assert (located == first_that_touches(polygons, longitude, latitude)).all()


@pytest.mark.parametrize("grown", [0.003, -0.003])
def test_boundaries_that_overlap_or_leave_gaps_along_their_edges_are_joined_exactly(grown):
    polygons = shapely.buffer(wavy_squares(4, 6), grown, join_style="mitre")
    on_edges = points_on(polygons)
    rng = np.random.default_rng(6)
    longitude = np.concatenate([on_edges[0], rng.uniform(-1, 5, 20_000)])
    latitude = np.concatenate([on_edges[1], rng.uniform(-1, 5, 20_000)])
    located = index_of(polygons, 64).locate(longitude, latitude)
    assert (located == first_that_touches(polygons, longitude, latitude)).all()


def test_points_on_the_borders_of_cells_are_joined_exactly():
    # Cells end halfway between eighths, and edges that touch both or none lie beside them.
    polygons = [box(60, 20 + n / 17, 60 + n / 16, 20 + (n + 1) / 17) for n in range(1, 40)]
    index = index_of(polygons, 16)
    halves = np.arange(-1.5, 4, 1 / 16)
    longitude, latitude = (axis.ravel() for axis in np.meshgrid(60 + halves, 20 + halves))
    for beside in (0.0, 1e-12, -1e-12):
        points = longitude + beside, latitude - beside
        assert (index.locate(*points) == first_that_touches(polygons, *points)).all()


eighths = st.integers(0, 64).map(lambda n: n / 8)
spans = st.lists(eighths, min_size=2, max_size=2, unique=True).map(sorted)


@given(st.lists(st.tuples(spans, spans), min_size=1, max_size=6))
@settings(max_examples=60)
def test_where_areas_overlap_the_first_one_counts(corners):
    polygons = [box(60 + w, 20 + s, 60 + e, 20 + n) for (w, e), (s, n) in corners]
    lattice = np.arange(-1, 9.5, 1 / 16)
    longitude, latitude = (axis.ravel() for axis in np.meshgrid(60 + lattice, 20 + lattice))
    located = index_of(polygons).locate(longitude, latitude)
    assert (located == first_that_touches(polygons, longitude, latitude)).all()


def test_more_edges_than_blocks_can_be_numbered_make_a_coarser_raster():
    stripes = [box(60 + n / 50, 30, 60 + (n + 1) / 50, 34) for n in range(50)]
    index = index_of(stripes, side=1024)
    assert index._raster.grid.rows < 1024
    longitude = np.random.default_rng(5).uniform(60, 61, 5_000)
    located = index.locate(longitude, np.full(5_000, 32.0))
    assert (located == first_that_touches(stripes, longitude, 32.0)).all()


def test_boundaries_without_an_area_are_refused():
    with pytest.raises(ValueError, match="0 areas; expected 1 to"):
        index_of([])
