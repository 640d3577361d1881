"""Takes an imported dataset out so that it can come back: its folder is moved, never emptied.

datasets/<dataset_id>/                  a dataset that is there
removed-datasets/<dataset_id>/<number>/ one that was taken out, the latest with the highest
"""

from __future__ import annotations

from pathlib import Path

from incidents.datasets.library import (
    MANIFEST,
    DatasetError,
    Manifest,
    datasets_folder,
    read_manifest,
    writing,
)

ASIDE = "removed-datasets"


def set_aside(data_dir: Path, dataset_id: str) -> Path:
    """Move a dataset out of the way, and return where it lies now.

    Raises
    ------
    DatasetError
        If there is none of that id, or an import is writing to it.
    """
    folder = datasets_folder(data_dir) / dataset_id
    read_manifest(folder)
    numbers = _numbers(data_dir, dataset_id)
    aside = data_dir / ASIDE / dataset_id / f"{max(numbers, default=0) + 1:04}"
    aside.parent.mkdir(parents=True, exist_ok=True)
    with writing(folder) as temporary:
        temporary.rmdir()
        folder.rename(aside)
    return aside


def bring_back(data_dir: Path, dataset_id: str) -> Manifest:
    """Put the dataset that was taken out last in its place again.

    Raises
    ------
    DatasetError
        If none was taken out, or one of that id has been imported since.
    """
    folder = datasets_folder(data_dir) / dataset_id
    numbers = _numbers(data_dir, dataset_id)
    if not numbers:
        raise DatasetError(
            f"the files of dataset {dataset_id} are not in {data_dir / ASIDE / dataset_id}; "
            "import it again"
        )
    if (folder / MANIFEST).exists():
        raise DatasetError(f"a dataset {dataset_id} has been imported since; remove that one first")
    folder.parent.mkdir(parents=True, exist_ok=True)
    (data_dir / ASIDE / dataset_id / f"{max(numbers):04}").rename(folder)
    return read_manifest(folder)


def _numbers(data_dir: Path, dataset_id: str) -> list[int]:
    folder = data_dir / ASIDE / dataset_id
    return [int(p.name) for p in folder.iterdir() if p.name.isdigit()] if folder.is_dir() else []
