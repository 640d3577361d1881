"""An imported dataset, opened: flat columns of codes for what counts now, text by row on demand."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from incidents.datasets.history import current_rows
from incidents.datasets.library import (
    CODES,
    ROWS,
    DatasetError,
    Manifest,
    Release,
    code_file,
    read_manifest,
    release_folder,
)
from incidents.datasets.numerals import UNKNOWN
from incidents.datasets.release_writer import GIVEN
from incidents.datasets.row_figures import Counts, RowFigures
from incidents.datasets.row_places import RowPlaces, row_places
from incidents.datasets.schema import CODE_TYPES, FigureName

_OF_THE_ROW = ("row_id", "place_id")


class LicenceError(PermissionError):
    """Rows of a dataset may not be passed on without a licence that nobody said to hold."""


class RowsElsewhereError(PermissionError):
    """Only a dataset's sums are here; its rows lie beside them as GeoParquet."""


class Dataset:
    """The rows of a dataset that count now: not those replaced by a newer revision, nor gone.

    Attributes
    ----------
    folder, manifest
        Where it lies and what it says of itself.
    positions
        For each row its position over all releases' stored rows, oldest release first.
    codes
        A column for each of `schema.CODE_TYPES`, and "release", the place of the row's release
        in the manifest. District codes are positions in `pcodes`, negative is none.
    figures
        For each casualty type and victim group the columns low, best and high; where a dataset
        has one figure, all three are the same array. Negative is unknown.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.manifest: Manifest = read_manifest(folder)
        self._licence_held = False
        self._footers: dict[int, Any] = {}
        releases = self.manifest.releases
        self._offsets = np.cumsum([0, *(release.rows for release in releases)])
        current = current_rows(folder, self.manifest)
        self._all = bool(current.all())
        self.positions: NDArray[np.int64] = np.flatnonzero(current)
        self.codes: dict[str, NDArray[Any]] = {
            name: self._column(name, kind) for name, kind in CODE_TYPES.items()
        }
        number = np.repeat(np.arange(len(releases), dtype=np.int16), [r.rows for r in releases])
        self.codes["release"] = number[self.positions]
        self.figures = self._figures()

    @property
    def size(self) -> int:
        """How many rows count."""
        return len(self.positions)

    @property
    def dataset_id(self) -> str:
        """The dataset's id."""
        return self.manifest.dataset_id

    @cached_property
    def digest(self) -> str:
        """Changes whenever a release is added."""
        said = self.manifest.model_dump_json().encode()
        return hashlib.blake2b(said, digest_size=8).hexdigest()

    @cached_property
    def pcodes(self) -> tuple[str, ...]:
        """The P-codes that district codes stand for.

        Raises
        ------
        DatasetError
            If the releases were joined onto different boundaries.
        """
        lists = {release.districts for release in self.manifest.releases}
        if len(lists) > 1:
            raise DatasetError(
                f"{self.dataset_id} was joined onto different boundaries; import its files again"
            )
        return lists.pop() if lists else ()

    @cached_property
    def source_ids(self) -> tuple[str, ...]:
        """For each release the id of the source that its rows are claims of."""
        return tuple(source_id(self.manifest, release) for release in self.manifest.releases)

    @cached_property
    def row_figures(self) -> RowFigures:
        """The figures by kind of rows; worked out when first asked for."""
        return RowFigures(self.figures, self.size)

    @cached_property
    def places(self) -> RowPlaces:
        """Where the rows with an exact point lie; worked out when first asked for."""
        return row_places(self.codes)

    def text(
        self, rows: Sequence[int] | NDArray[np.int64], given: Collection[str] | None = None
    ) -> list[dict[str, Any]]:
        """Return rows as they are stored: their own cells and what was made of them.

        Only the row groups that hold them are read, and of the file's own columns only those
        asked for.

        Parameters
        ----------
        rows
            Numbers of rows in this dataset, from 0.
        given
            Names of the file's own columns; all if not given, and then also what was read.

        Returns
        -------
        texts
            For each row its columns; those of the file have no prefix and stand under "given".
        """
        wanted = self.positions[np.asarray(rows, np.int64)]
        found: dict[int, dict[str, Any]] = {}
        for number, release in enumerate(self.manifest.releases):
            first, last = self._offsets[number], self._offsets[number + 1]
            inside = np.unique(wanted[(wanted >= first) & (wanted < last)])
            if inside.size:
                read = _read_rows(
                    release_folder(self.folder, release.number) / ROWS,
                    self._footer(number),
                    inside - first,
                    given,
                )
                found |= dict(zip(inside.tolist(), read, strict=True))
        return [found[position] for position in wanted.tolist()]

    def _footer(self, number: int) -> Any:  # noqa: ANN401 - pyarrow has no types
        """Return what a release's file says of its row groups, read once."""
        if number not in self._footers:
            path = release_folder(self.folder, self.manifest.releases[number].number) / ROWS
            self._footers[number] = pq.read_metadata(path)
        return self._footers[number]

    def texts_of(self, column: str, rows: NDArray[np.int64]) -> list[str]:
        """Return one text column of what was read, for some rows; empty where it says nothing."""
        wanted = self.positions[rows]
        parts = [
            pq.read_table(release_folder(self.folder, r.number) / ROWS, columns=[column])[column]
            for r in self.manifest.releases
            if r.rows
        ]
        whole = pa.chunked_array([chunk for part in parts for chunk in part.chunks], pa.string())
        return [text or "" for text in whole.take(wanted).to_pylist()]

    def row_with_id(self, matches: Callable[[Any], NDArray[np.bool_]]) -> int | None:
        """Return the number of the first row that counts and whose id matches, or None.

        Parameters
        ----------
        matches
            Is given the row ids of a release, an Arrow array of text, and says which match.
        """
        for number, release in enumerate(self.manifest.releases):
            if not release.rows:
                continue
            path = release_folder(self.folder, release.number) / ROWS
            ids = pq.read_table(path, columns=["row_id"])["row_id"].combine_chunks()
            for position in (np.flatnonzero(matches(ids)) + self._offsets[number]).tolist():
                row = int(np.searchsorted(self.positions, position))
                if row < self.size and self.positions[row] == position:
                    return row
        return None

    @property
    def rows_elsewhere(self) -> str:
        """Where the rows are, as a sentence, if only their sums are here; else empty."""
        return ""

    @property
    def rows_may_leave(self) -> bool:
        """Whether rows may be handed out: no terms forbid it, or somebody holds a licence."""
        return (
            not self.manifest.rows_need_a_licence
            or self.manifest.licence_held
            or self._licence_held
        )

    def may_pass_on_rows(self) -> None:
        """Refuse where rows need a licence and nobody said to hold one.

        Raises
        ------
        LicenceError
            Naming the terms.
        RowsElsewhereError
            If only their sums are here.
        """
        if self.rows_elsewhere:
            raise RowsElsewhereError(self.rows_elsewhere)
        manifest = self.manifest
        if not self.rows_may_leave:
            raise LicenceError(
                f"rows of {manifest.title} are under {manifest.licence} ({manifest.licence_url}) and "
                "are not handed out; give --i-hold-a-licence, here or on import, if you hold one"
            )

    def licence_is_held(self) -> None:
        """Take a person's word, for this opened dataset, that they hold a licence for its rows."""
        self._licence_held = True

    def _column(self, name: str, kind: str) -> NDArray[Any]:
        """Return one column of codes of the rows that count, read in place where that can be."""
        parts = [
            self._stored(release, name, kind) for release in self.manifest.releases if release.rows
        ]
        if not parts:
            return np.zeros(0, kind)
        whole = parts[0] if len(parts) == 1 else np.concatenate(parts)
        return whole if self._all else whole[self.positions]

    def _stored(self, release: Release, name: str, kind: str) -> NDArray[Any]:
        path = release_folder(self.folder, release.number) / CODES / code_file(name, kind)
        if not path.exists() and name not in CODE_TYPES:
            return np.full(release.rows, UNKNOWN, kind)
        column = np.memmap(path, np.dtype(kind).newbyteorder("<"), "r")
        if len(column) != release.rows:
            raise DatasetError(
                f"{path} holds {len(column)} values for {release.rows} rows; import the file again"
            )
        return column.view(np.ndarray)

    def _figures(self) -> dict[tuple[str, str], tuple[Counts, Counts, Counts]]:
        names = dict.fromkeys(
            FigureName(*figure) for release in self.manifest.releases for figure in release.figures
        )
        figures: dict[tuple[str, str], tuple[Counts, Counts, Counts]] = {}
        for name in names:
            columns = [self._column(column, "int32") for column in name.columns]
            low, best, high = columns if name.has_bounds else columns * 3
            key = (name.casualty_type, name.victim_group)
            if key in figures:  # one release had bounds and another had not
                low, best, high = (
                    np.maximum(one, other)
                    for one, other in zip(figures[key], (low, best, high), strict=True)
                )
            figures[key] = (low, best, high)
        return figures


def open_dataset(folder: Path) -> Dataset:
    """Return the dataset in a folder, its codes mapped from disk.

    Raises
    ------
    DatasetError
        If there is none, or its files are not as its manifest says.
    """
    return Dataset(folder)


def source_id(manifest: Manifest, release: Release) -> str:
    """Return the id of the source that a release's rows are claims of.

    It names dataset, version and release: evidence is that and the row's own id.
    """
    version = "".join(
        c if (c.isalnum() and c.isascii()) or c in "._-" else "-" for c in release.version
    )
    return f"{manifest.dataset_id}-{version[:40]}-r{release.number}"


def known_from(release: Release) -> datetime:
    """Return when a release became known here: the moment of its import."""
    return release.imported_at


def _read_rows(
    path: Path,
    footer: Any,  # noqa: ANN401 - pyarrow has no types
    rows: NDArray[np.int64],
    given: Collection[str] | None,
) -> Iterable[dict[str, Any]]:
    with pq.ParquetFile(path, metadata=footer) as file:
        columns = [
            name
            for name in file.schema_arrow.names
            if name != "geometry"
            and (given is None or name in _OF_THE_ROW or name.removeprefix(GIVEN) in given)
        ]
        ends = np.cumsum([file.metadata.row_group(i).num_rows for i in range(file.num_row_groups)])
        group_of = np.searchsorted(ends, rows, side="right")
        read: list[dict[str, Any]] = []
        for group in np.unique(group_of).tolist():
            start = int(ends[group - 1]) if group else 0
            table = file.read_row_group(group, columns).take(rows[group_of == group] - start)
            read += table.to_pylist()
    return [
        {name: value for name, value in row.items() if not name.startswith(GIVEN)}
        | {"given": {n.removeprefix(GIVEN): v for n, v in row.items() if n.startswith(GIVEN)}}
        for row in read
    ]
