"""A cube against the rows that it sums: under any filter, the same sums."""

import dataclasses
import random

import pyarrow as pa
import pytest
from cube_factory import codes_of, cube_of, figures_of
from dataset_factory import ucdp
from hypothesis import given
from hypothesis import strategies as st
from test_datasets_columns import GROUPS, MAPPING, POINTS, filters, imported, slow_but_fine

from gazetteer.resolve import Gazetteer
from geo.boundaries import load_tehsils
from incidents.datasets.columns import Columns
from incidents.datasets.cube import Cube, cells_of, merge
from incidents.datasets.cube_columns import CubeColumns
from incidents.filters import Filter

WORDS = ["", "0", "1", "2", "7"]


def table_rows(seed: int, size: int) -> list[dict[str, str]]:
    """Rows of few kinds, so that many share a cell."""
    rng = random.Random(seed)
    rows = []
    for number in range(size):
        longitude, latitude = rng.choice(POINTS)
        bounds = sorted(rng.randint(0, 9) for _ in range(3))
        low, best, high = (str(b) if rng.random() < 0.6 else "" for b in bounds)
        rows.append(
            {"id": str(number), "date": rng.choice(["2024-01-01", "2024-01-20"]),
             "longitude": longitude, "latitude": latitude,
             "where_prec": rng.choice(["", "1", "4"]), "event_type": rng.choice(["Battles", ""]),
             "low": low, "best": best, "high": high}
            | {group: rng.choice(WORDS) if rng.random() < 0.4 else "" for group in GROUPS}
        )  # fmt: skip
    return rows


def ucdp_rows(seed: int, size: int) -> list[dict[str, str]]:
    rng = random.Random(seed)
    rows = []
    for number in range(size):
        longitude, latitude = rng.choice(POINTS)
        low, best, high = (str(n) for n in sorted(rng.randint(0, 9) for _ in range(3)))
        parts = {f"deaths_{w}": rng.choice(WORDS) for w in ("a", "b", "civilians", "unknown")}
        said = rng.random() < 0.7
        rows.append(
            ucdp(id=str(number), longitude=longitude, latitude=latitude,
                 side_a=rng.choice(["Government of Pakistan", "Group A"]),
                 where_prec=rng.choice("134"), **parts,
                 **{"low": low, "best": best, "high": high} if said
                 else dict.fromkeys(("low", "best", "high"), ""))
        )  # fmt: skip
    return rows


def as_cube(dataset) -> CubeColumns:
    return CubeColumns(
        Cube(dataset.folder, dataset.manifest, cube_of(dataset), figures_of(dataset))
    )


def sums_of(columns, chosen):
    found = columns.sums(chosen)
    return {
        one.name: getattr(found, one.name)
        for one in dataclasses.fields(found)
        if one.name != "dataset"
    }


@slow_but_fine
@given(st.integers(0, 2**32), st.lists(filters(), min_size=4, max_size=4))
def test_a_cube_of_a_table_sums_as_its_rows_do(seed, chosen):
    dataset = imported(table_rows(seed, 150), "table", MAPPING)
    rows, cube = Columns(dataset), as_cube(dataset)
    assert cube.dataset.size < dataset.size
    for one in (Filter(), *chosen):
        assert sums_of(cube, one) == sums_of(rows, one)


@slow_but_fine
@given(st.integers(0, 2**32), st.lists(filters(), min_size=4, max_size=4))
def test_a_cube_of_ucdp_sums_as_its_rows_do(seed, chosen):
    dataset = imported(ucdp_rows(seed, 150), "ucdp")
    rows, cube = Columns(dataset), as_cube(dataset)
    for one in (Filter(), *chosen):
        assert sums_of(cube, one) == sums_of(rows, one)


def test_cubes_of_parts_merge_to_the_cube_of_the_whole_in_any_order():
    dataset = imported(table_rows(1, 200), "table", MAPPING)
    codes, figures = codes_of(dataset), figures_of(dataset)
    whole = cube_of(dataset)
    every = list(range(dataset.size))
    parts = [cells_of(codes, figures, pa.array(every[n::3]).to_numpy()) for n in range(3)]
    assert merge(parts).equals(whole)
    assert merge(parts[::-1]).equals(whole)


def test_a_cube_knows_no_tehsil_and_says_so_of_every_row():
    dataset = imported(table_rows(2, 200), "table", MAPPING)
    tehsils = as_cube(dataset).on(load_tehsils(), Gazetteer.default())
    sums = tehsils.sums(Filter())
    assert sums.rows == dataset.size
    assert sum(area.incidents for area in sums.beside.values()) == dataset.size
    assert sums.wider.incidents == sum(
        a.incidents for a in Columns(dataset).sums(Filter()).districts.values()
    )


def test_rows_of_a_cube_are_not_handed_out_and_it_says_where_they_are():
    dataset = imported(table_rows(3, 50), "table", MAPPING)
    with pytest.raises(PermissionError, match="imported on several machines"):
        as_cube(dataset).dataset.may_pass_on_rows()
