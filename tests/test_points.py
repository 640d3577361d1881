"""Points on the map: every exact place counted, few enough circles, nothing drawn by guess."""

import dataclasses
import json
import random
from datetime import date

import numpy as np
import pytest
from dataset_factory import import_rows, ucdp
from hypothesis import given
from hypothesis import strategies as st

from dashboard.map_layer.point_layer import point_layer
from incidents.atlas import existing_datasets, load_atlas
from incidents.claim_areas import exact_point
from incidents.filters import Filter
from incidents.grid import STEP, Places, binned, cell_numbers, together
from incidents.model import Catalogue
from incidents.points import MOST_CIRCLES, points
from incidents.view import View

FILTERS = [
    Filter(),
    Filter(districts=frozenset({"PK205", "PK226"})),
    Filter(date_from=date(2019, 1, 1), date_to=date(2020, 12, 31)),
    Filter(casualty_types=frozenset({"missing"})),
    Filter(scopes=frozenset({"background"})),
]
DEGREES = st.tuples(
    st.floats(60, 71, allow_nan=False), st.floats(24, 33, allow_nan=False), st.integers(1, 40)
)


def scattered(count, *, west=61.0, south=25.0, east=70.0, north=32.0, first=0):
    """UCDP rows at points of their own, some known less exactly, some only without a point."""
    chance = random.Random(count)
    rows = []
    for number in range(first, first + count):
        lon, lat = chance.uniform(west, east), chance.uniform(south, north)
        day = f"{chance.randint(2010, 2024)}-03-04 00:00:00.000"
        rows.append(
            ucdp(
                id=str(number),
                longitude=f"{lon:.5f}",
                latitude=f"{lat:.5f}",
                where_prec=chance.choice("11234"),
                year=day[:4],
                date_start=day,
                date_end=day,
            )
        )
    return rows


@pytest.fixture(scope="module")
def documents(seeds_folder):
    return load_atlas(seeds_folder)


@pytest.fixture(scope="module", params=["few", "many", "the whole world"])
def atlas(documents, request, tmp_path_factory):
    rows = scattered(300)
    if request.param == "many":
        rows = scattered(4_500)
    elif request.param == "the whole world":
        rows += scattered(3_500, west=-20, south=-30, east=50, north=20, first=1_000)
    folder = tmp_path_factory.mktemp("points")
    import_rows(folder, rows, "ucdp")
    return documents.with_datasets(existing_datasets(folder / "library"))


def places_of(points):
    """Places as they are counted, of points in degrees."""
    longitude, latitude, cells = cell_numbers([p[0] for p in points], [p[1] for p in points])
    distinct, first = np.unique(cells, return_index=True)
    incidents = np.array([p[2] for p in points], np.int64)
    return Places(
        distinct,
        longitude[first],
        latitude[first],
        np.array([incidents[cells == cell].sum() for cell in distinct]),
        np.zeros(len(distinct), bool),
    )


@pytest.mark.parametrize("chosen", FILTERS)
def test_every_incident_with_an_exact_place_is_in_one_circle_and_the_others_are_told(atlas, chosen):
    view = View(atlas, chosen)
    opened = view.opened()
    exact = {
        (claim.incident_id, exact_point(claim, atlas.gazetteer))
        for claim in opened.claims
        if exact_point(claim, atlas.gazetteer) is not None
    }
    found = points(view)
    assert sum(circle.incidents for circle in found.circles) == len(exact)
    assert found.not_drawn == len(opened.incidents) - len({incident for incident, _ in exact})
    assert len(found.circles) <= MOST_CIRCLES


def test_up_to_two_thousand_places_each_has_its_own_circle_where_its_incidents_are(documents):
    view = View(documents, Filter())
    found = points(view)
    pasni = documents.gazetteer.place("geonames:1168312")
    here = [c for c in found.circles if abs(c.longitude - pasni.longitude) < STEP]
    [circle] = [c for c in here if abs(c.latitude - pasni.latitude) < STEP]
    assert (circle.incidents, circle.places, circle.where_prec) == (1, 1, 1)
    assert not found.is_binned
    assert {c.places for c in found.circles} == {1}


def test_a_district_or_a_province_has_no_circle(documents):
    view = View(documents, Filter())
    wider = [claim for claim in view.claims if claim.where_prec > 2]
    assert wider
    whole = documents.catalogue
    alone = dataclasses.replace(
        documents, catalogue=Catalogue(whole.sources, whole.incidents, tuple(wider), "wider")
    )
    found = points(View(alone, Filter()))
    assert found.circles == ()
    assert found.not_drawn == len({claim.incident_id for claim in wider})


def test_rows_far_away_do_not_make_the_squares_at_home_wide(documents, tmp_path):
    import_rows(tmp_path, scattered(300) + scattered(4_000, west=-20, east=50, first=900), "ucdp")
    home = documents.with_datasets(existing_datasets(tmp_path / "library"))
    found = points(View(home, Filter()))
    west, south, east, north = home.boundaries.outline.bounds
    around = [
        c for c in found.circles if west <= c.longitude <= east and south <= c.latitude <= north
    ]
    assert found.is_binned
    assert {c.places for c in around} == {1}
    assert len(found.circles) <= MOST_CIRCLES


def test_a_place_known_only_nearly_is_drawn_as_such(documents, tmp_path):
    rows = [ucdp(id="1", where_prec="1"), ucdp(id="2", where_prec="2")]
    rows += [ucdp(id="3", where_prec="1", longitude="62.33", latitude="25.13")]
    import_rows(tmp_path, rows, "ucdp")
    atlas = dataclasses.replace(documents, catalogue=Catalogue((), (), (), "none"))
    found = points(View(atlas.with_datasets(existing_datasets(tmp_path / "library")), Filter()))
    assert [tuple(c) for c in found.circles] == [
        (67.0, 30.19, 2, 2, 1),
        (62.33, 25.13, 1, 1, 1),
    ]


@given(st.lists(DEGREES, min_size=1, max_size=60), st.integers(1, 70))
def test_no_circle_leaves_the_bounds_of_its_points_and_none_is_lost(scatter, most):
    places = places_of(scatter)
    bins = binned(places, most)
    assert len(bins.incidents) <= most
    assert bins.incidents.sum() == sum(count for _, _, count in scatter)
    assert bins.places.sum() == len(places.cells)
    ends = np.cumsum(bins.places)
    for end, held, longitude, latitude in zip(
        ends, bins.places, bins.longitude, bins.latitude, strict=True
    ):
        inside = slice(end - held, end)
        for mean, column in ((longitude, places.longitude), (latitude, places.latitude)):
            assert column[inside].min() <= round(mean / STEP) <= column[inside].max()
    if len(places.cells) <= most:
        assert set(bins.places) == {1}


@given(st.lists(st.lists(DEGREES, max_size=10), max_size=4))
def test_a_place_of_several_parts_is_one_place(parts):
    whole = together([places_of(part) for part in parts])
    everything = [point for part in parts for point in part]
    assert whole.incidents.sum() == sum(count for _, _, count in everything)
    assert np.all(np.diff(whole.cells) > 0)
    assert set(whole.cells) == set(cell_numbers(
        [p[0] for p in everything], [p[1] for p in everything]
    )[2])  # fmt: skip


def test_what_is_sent_is_small_and_holds_numbers_alone(documents, tmp_path):
    import_rows(tmp_path, scattered(4_500), "ucdp")
    home = documents.with_datasets(existing_datasets(tmp_path / "library"))
    layer = point_layer(points(View(home, Filter())))
    assert 4 * 500 < len(layer["circles"]) <= 4 * MOST_CIRCLES
    assert all(type(number) in (int, float) for number in layer["circles"])
    assert len(json.dumps(layer)) <= 60_000
