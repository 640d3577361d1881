"""A cube: rows of a dataset summed by district, days, event type and which figures they state.

Rows in one cell are alike in all that a filter or the rules for groups ask of them, so that what
they add up to under any filter can be told from the cell: which of its groups count where is the
same for each of them. A cell holds how many rows it sums, and for each figure the sums of low,
best and high, and how many rows leave an end open.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from incidents.datasets.dataset import Dataset
from incidents.datasets.library import DatasetError, Manifest, read_manifest, release_folder
from incidents.datasets.numerals import UNKNOWN
from incidents.datasets.placing import PROVINCE_WIDE
from incidents.datasets.row_figures import filled
from incidents.datasets.schema import UNKNOWN_SIDE, FigureName

CUBE = "cube.parquet"
KEYS: dict[str, Any] = {
    "district": pa.int16(),
    "province_wide": pa.bool_(),
    "day_first": pa.int32(),
    "day_last": pa.int32(),
    "release": pa.int16(),
    "event_type": pa.int8(),
    "stated": pa.int64(),
}
"""What rows of one cell have in common; `stated` has a bit for each figure, in their order."""
MEASURES = ("low", "best", "high", "open", "ceiling")
MAX_FIGURES = 62


def cells_of(
    codes: dict[str, NDArray[Any]],
    figures: Sequence[FigureName],
    rows: NDArray[np.int64],
    release: int | NDArray[np.int16] = 0,
) -> pa.Table:
    """Return some rows as cells.

    Parameters
    ----------
    codes
        Columns of codes, those of the figures among them.
    figures
        The dataset's figures.
    rows
        Which rows.
    release
        The place of the rows' release in the manifest, for all or for each.
    """
    if len(figures) > MAX_FIGURES:
        raise DatasetError(
            f"{len(figures)} figures came where a cube holds {MAX_FIGURES}; map fewer columns"
        )
    bounds = [filled(_columns(codes, figure, rows)) for figure in figures]
    said = [one.low != UNKNOWN for one in bounds]
    positions = {(one.casualty_type, one.victim_group): at for at, one in enumerate(figures)}
    stated = np.zeros(len(rows), np.int64)
    for at, figure in enumerate(figures):
        claimed = said[at]
        if figure.victim_group == UNKNOWN_SIDE:
            # Without a total it is a part of nothing, and makes no claim.
            total = positions.get((figure.casualty_type, "total"))
            claimed = claimed & said[total] if total is not None else np.zeros(len(rows), bool)
        stated |= claimed.astype(np.int64) << at
    columns: dict[str, Any] = {
        "district": codes["district"][rows],
        "province_wide": codes["where_prec"][rows] >= PROVINCE_WIDE,
        "day_first": codes["day_first"][rows],
        "day_last": codes["day_last"][rows],
        "release": np.broadcast_to(np.asarray(release, np.int16), len(rows)),
        "event_type": codes["event_type"][rows],
        "stated": stated,
        "rows": np.ones(len(rows), np.int64),
    }
    for figure, one, known in zip(figures, bounds, said, strict=True):
        names = measure_names(figure)
        for name, counts in zip(names, one[:3], strict=False):
            columns[name] = np.where(known, counts, 0).astype(np.int64)
        for name, marked in zip(names[3:], one[3:], strict=True):
            columns[name] = (np.zeros(len(rows)) if marked is None else marked).astype(np.int64)
    schema = pa.schema([*KEYS.items(), *((n, pa.int64()) for n in columns if n not in KEYS)])
    return merge([pa.table(columns, schema=schema)])


def merge(cubes: Sequence[pa.Table]) -> pa.Table:
    """Return several cubes as one, its cells in the order of their keys."""
    together = pa.concat_tables(cubes)
    sums = [name for name in together.column_names if name not in KEYS]
    grouped = together.group_by(list(KEYS)).aggregate([(name, "sum") for name in sums])
    named = grouped.select([*KEYS, *(f"{name}_sum" for name in sums)])
    ordered = named.rename_columns([*KEYS, *sums]).sort_by([(key, "ascending") for key in KEYS])
    # One chunk: the file does not tell in which steps it was merged.
    return ordered.combine_chunks()


def measure_names(figure: FigureName) -> list[str]:
    """Return the names of a figure's columns in a cube.

    Examples
    --------
    >>> measure_names(FigureName("killed", "total", False))[:2]
    ['killed_total_low', 'killed_total_best']
    """
    return [f"{figure.casualty_type}_{figure.victim_group}_{name}" for name in MEASURES]


def write_cube(cube: pa.Table, path: Path) -> None:
    """Write a cube as Parquet."""
    pq.write_table(cube, path, compression="zstd")


class Cube(Dataset):
    """A dataset of which only the sums are here: a cell stands for all its rows.

    `codes` and `size` are of the cells. What is known of a cell's place is its district, or that
    it is known to the province only.

    Attributes
    ----------
    weights
        How many rows each cell sums.
    stated
        Which figures its rows state: a bit for each of `figure_names`.
    measures
        For each casualty type and victim group the sums low, best and high, and how many rows
        leave the upper end open, or give it alone.
    """

    def __init__(
        self, folder: Path, manifest: Manifest, cells: pa.Table, figures: Sequence[FigureName]
    ) -> None:
        self.folder = folder
        self.manifest = manifest
        self.positions = np.arange(len(cells))
        self.codes = {
            name: cells[name].to_numpy()
            for name in ("district", "day_first", "day_last", "release", "event_type")
        }
        wide = cells["province_wide"].to_numpy()
        self.codes["where_prec"] = np.where(wide, PROVINCE_WIDE, PROVINCE_WIDE - 1).astype("int8")
        self.codes["flags"] = np.zeros(len(cells), np.uint8)
        self.codes["longitude"] = self.codes["latitude"] = np.full(len(cells), np.nan)
        self.weights: NDArray[np.int64] = cells["rows"].to_numpy()
        self.stated: NDArray[np.int64] = cells["stated"].to_numpy()
        self.figure_names = tuple(figures)
        self.measures = {
            (one.casualty_type, one.victim_group): [
                cells[name].to_numpy() for name in measure_names(one)
            ]
            for one in self.figure_names
        }
        self.figures = {}

    @property
    def rows_elsewhere(self) -> str:
        """Where the rows are, as a sentence."""
        release = self.manifest.releases[-1]
        return (
            f"{self.manifest.title} ({self.dataset_id}) was imported on several machines and is "
            f"open as its sums; its {release.rows:,} rows are the GeoParquet files in "
            f"{release_folder(self.folder, release.number) / 'rows'}"
        )


def open_cube(folder: Path) -> Cube:
    """Return the cube of a dataset that several machines wrote.

    Raises
    ------
    DatasetError
        If there is none, or it is not of the rows that the manifest names.
    """
    manifest = read_manifest(folder)
    release = manifest.releases[-1]
    path = release_folder(folder, release.number) / CUBE
    if not path.is_file():
        raise DatasetError(f"{path} is missing; fetch the dataset again")
    cells = pq.read_table(path)
    if len(manifest.releases) != 1 or (pc.sum(cells["rows"]).as_py() or 0) != release.current_rows:
        raise DatasetError(f"{path} is not of the rows that the manifest names; fetch it again")
    return Cube(folder, manifest, cells, [FigureName(*figure) for figure in release.figures])


def _columns(
    codes: dict[str, NDArray[Any]], figure: FigureName, rows: NDArray[np.int64]
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
    taken = [codes[name][rows] for name in figure.columns]
    return (taken[0], taken[1], taken[2]) if figure.has_bounds else (taken[0], taken[0], taken[0])
