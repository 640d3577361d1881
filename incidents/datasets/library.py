"""How datasets lie on disk: a folder each, a manifest, releases that are whole or not there.

    datasets/<dataset_id>/manifest.json           which releases hold, written last
    datasets/<dataset_id>/releases/0001/rows.parquet   GeoParquet: every cell as it came, and codes
                                       /codes/*.int16  flat columns of codes for the page
                                       /retired.int64  earlier rows that this release replaces
                                       /mapping.toml

A release is written to a folder with a temporary name, synced, renamed; then the manifest that
names it replaces the old one. What no manifest names is swept away by the next import.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import Field

from incidents.datasets.formats import Kind
from incidents.datasets.mapping import DatasetId
from incidents.model import Record
from incidents.whole_files import sync, write_whole

MANIFEST, ROWS, RETIRED, CODES, MAPPING = (
    "manifest.json",
    "rows.parquet",
    "retired.int64",
    "codes",
    "mapping.toml",
)
_TEMPORARY = ".importing-"


class DatasetError(ValueError):
    """A dataset is not there, is damaged, or is being written by another import."""


class FileRead(Record):
    """One file that went into a release."""

    name: str
    sha256: str
    size: int


class Release(Record):
    """What one import added to a dataset."""

    number: int
    version: str
    imported_at: datetime
    imported_by: str = ""
    """Empty where an earlier version of this program imported it."""
    files: tuple[FileRead, ...]
    rows: int
    """Rows kept in `rows.parquet`."""
    added: int
    changed: int
    gone: int
    figures: tuple[tuple[str, str, bool], ...]
    """Casualty type, victim group and whether it has low, best, high."""
    districts: tuple[str, ...]
    """P-codes that the codes of districts stand for, in their order."""
    boundary_source: str
    boundary_vintage: str
    sha256: dict[str, str] = Field(default_factory=dict)
    """Of each file of the release, by its path in it."""
    parts: tuple[str, ...] = ()
    """The rows' files in their order, where several machines wrote them; a cube lies beside."""
    current_rows: int | None = None
    """Rows that no later one replaces, where a cube sums them."""


class Manifest(Record):
    """What a dataset is and which releases it holds, oldest first."""

    format: int = 1
    dataset_id: DatasetId
    kind: Kind
    title: str
    publisher: str = ""
    licence: str
    licence_url: str = ""
    attribution: str
    rows_need_a_licence: bool = False
    licence_held: bool = False
    """Whether somebody said to hold a licence to pass rows on."""
    releases: tuple[Release, ...] = ()


def datasets_folder(data_dir: Path) -> Path:
    """Return where the datasets of a data folder lie."""
    return data_dir / "datasets"


def list_datasets(data_dir: Path) -> list[Manifest]:
    """Return the manifests of all datasets in a data folder, by id."""
    return [read_manifest(path.parent) for path in manifest_files(data_dir)]


def manifest_files(data_dir: Path) -> list[Path]:
    """Return the manifest's path of each dataset in a data folder, by id."""
    folder = datasets_folder(data_dir)
    return sorted(folder.glob(f"*/{MANIFEST}")) if folder.is_dir() else []


def read_manifest(folder: Path) -> Manifest:
    """Return a dataset's manifest.

    Raises
    ------
    DatasetError
        If there is none, or it cannot be read.
    """
    try:
        return Manifest.model_validate_json((folder / MANIFEST).read_bytes())
    except FileNotFoundError:
        raise DatasetError(f"no dataset at {folder}; import one first") from None
    except ValueError as error:
        raise DatasetError(f"{folder / MANIFEST} cannot be read: {error}") from None


def release_folder(folder: Path, number: int) -> Path:
    """Return where one release of a dataset lies."""
    return folder / "releases" / f"{number:04}"


@contextlib.contextmanager
def writing(folder: Path) -> Iterator[Path]:
    """Hold a dataset for one writer; give a fresh temporary folder, and leave none behind.

    Raises
    ------
    DatasetError
        If another import is writing to it.
    """
    import fcntl  # noqa: PLC0415 (not on Windows)

    releases = folder / "releases"
    releases.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        try:
            # The system lets go of it when the process ends, however it ends.
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise DatasetError(
                f"another import is writing to {folder.name}; wait until it is done"
            ) from None
        _sweep(folder)
        temporary = releases / f"{_TEMPORARY}{os.getpid()}"
        temporary.mkdir()
        try:
            yield temporary
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
            if not (folder / MANIFEST).exists():
                _remove_if_empty(folder)


def _sweep(folder: Path) -> None:
    """Remove what an import left behind that was killed."""
    named: set[str] = set()
    if (folder / MANIFEST).exists():
        named = {f"{release.number:04}" for release in read_manifest(folder).releases}
    for path in (folder / "releases").iterdir():
        if path.name not in named:
            shutil.rmtree(path, ignore_errors=True)
    for path in folder.glob(f".{MANIFEST}.*"):
        path.unlink(missing_ok=True)


def _remove_if_empty(folder: Path) -> None:
    (folder / ".lock").unlink(missing_ok=True)
    for path in (folder / "releases", folder):
        with contextlib.suppress(OSError):
            path.rmdir()


def commit(folder: Path, temporary: Path, manifest: Manifest) -> None:
    """Make the newest release of a manifest hold: sync, rename, then write the manifest."""
    for path in sorted(temporary.rglob("*")):
        sync(path)
    sync(temporary)
    final = release_folder(folder, manifest.releases[-1].number)
    temporary.rename(final)
    sync(final.parent)
    write_manifest(folder, manifest)


def manifest_json(manifest: Manifest) -> str:
    """Return a manifest as it is written."""
    said = manifest.model_dump(mode="json")
    return json.dumps(said, ensure_ascii=False, indent=1) + "\n"


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write a manifest whole or not at all."""
    write_whole(folder / MANIFEST, manifest_json(manifest).encode())


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def verify(folder: Path) -> list[str]:
    """Return what is wrong with a dataset's files, nothing where all is as written."""
    problems = []
    for release in read_manifest(folder).releases:
        where = release_folder(folder, release.number)
        for name, expected in release.sha256.items():
            path = where / name
            if not path.is_file():
                problems.append(f"{path} is missing; import the release again")
            elif file_sha256(path) != expected:
                problems.append(
                    f"{path} has changed since it was written; import the release again"
                )
    return problems


def remove_dataset(folder: Path) -> None:
    """Remove a dataset: its manifest first, so that a half-removed one is none.

    Raises
    ------
    DatasetError
        If there is none, or an import is writing to it.
    """
    read_manifest(folder)
    with writing(folder):
        (folder / MANIFEST).unlink()
        sync(folder)
        shutil.rmtree(folder / "releases")
    _remove_if_empty(folder)


class CodeWriter:
    """Writes columns of codes as they come, one flat file each, little-endian."""

    def __init__(self, folder: Path, types: dict[str, str]) -> None:
        folder.mkdir()
        self._types = {name: np.dtype(kind).newbyteorder("<") for name, kind in types.items()}
        self._files = {
            name: (folder / code_file(name, kind)).open("wb") for name, kind in types.items()
        }

    def write(self, codes: dict[str, np.ndarray[Any, Any]]) -> None:
        """Append rows."""
        for name, file in self._files.items():
            file.write(np.ascontiguousarray(codes[name], self._types[name]).tobytes())

    def close(self) -> None:
        """Close the files."""
        for file in self._files.values():
            file.close()


def code_file(name: str, kind: str) -> str:
    """Return the file name of a column of codes; it says the type.

    Examples
    --------
    >>> code_file("district", "int16")
    'district.int16'
    """
    return f"{name}.{kind}"
