"""A stranger's file of areas, read in a child process with little memory, time and rights."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import shapely

import incidents
from geo.area_checks import AreasRead
from geo.boundaries import OwnArea
from geo.boundary_file import EXPECTED, BoundaryFileError, refuse_address
from incidents.confined import child_environment
from incidents.regions.boundary_child import MEMORY_BYTES, SECONDS

# The package may be importable only because of where the parent was started.
_START = "import sys; sys.path.append(sys.argv[1]); from incidents.regions.boundary_child import main; main()"


def read_boundary_file(
    given: str | Path,
    code_field: str,
    name_field: str,
    *,
    repair: bool = False,
    axes_are_right: bool = False,
) -> AreasRead:
    """Return the areas of a GeoJSON file or GeoPackage, checked.

    Parameters
    ----------
    given
        The path of the user's file; it is only read.
    code_field, name_field
        The fields with each area's code and name.
    repair
        Whether shapes that cross themselves are mended on a copy.
    axes_are_right
        Whether longitude stands first though it looks otherwise.

    Raises
    ------
    BoundaryFileError
        If the file is not taken, or reading it takes more memory or time than allowed.
    """
    refuse_address(str(given))
    path = Path(given)
    if not path.is_file():
        raise BoundaryFileError(
            str(path), "no file", EXPECTED, "Name a file that is there and that you may read."
        )
    job = {
        "path": str(path.resolve()),
        "code_field": code_field,
        "name_field": name_field,
        "repair": repair,
        "axes_are_right": axes_are_right,
    }
    said = _ask_child(path.name, job)
    if "refused" in said:
        raise BoundaryFileError(*said["refused"])
    return AreasRead(
        areas=tuple(
            OwnArea(code, name, km2, shapely.from_wkb(wkb))
            for code, name, km2, wkb in said["areas"]
        ),
        notes=tuple(said["notes"]),
        faults=tuple(said["faults"]),
        overlap_km2=said["overlap_km2"],
        gap_km2=said["gap_km2"],
    )


def _ask_child(name: str, job: dict[str, Any]) -> dict[str, Any]:
    root = str(Path(incidents.__file__).parent.parent)
    try:
        done = subprocess.run(  # noqa: S603 (our own interpreter)
            [sys.executable, "-I", "-B", "-X", "utf8", "-c", _START, root],
            input=json.dumps(job).encode(),
            capture_output=True,
            timeout=SECONDS,
            check=False,
            env=child_environment(),
        )
    except subprocess.TimeoutExpired:
        raise _too_much(name, f"more than {SECONDS} seconds") from None
    if done.returncode != 0:
        last = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        raise _too_much(name, last[:200] or f"status {done.returncode}")
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _too_much(name: str, why: str) -> BoundaryFileError:
    return BoundaryFileError(
        name,
        f"a file whose reading did not end well ({why})",
        f"one that is read within {MEMORY_BYTES >> 30} GB and {SECONDS} seconds",
        "Simplify the boundaries first, or split them by region.",
    )
