"""An import that runs in a process of its own, started and watched from elsewhere.

A click, a reload or a closed tab ends what the page is doing; the process goes on. It holds a
lock as long as it lives, so that whoever asks knows whether one runs, in any tab or server, and
it writes how far it is beside the upload. One import runs at a time in a library.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Literal

from pydantic import Field

import incidents
from incidents.access import Person, Role, require
from incidents.confined import child_environment
from incidents.datasets.formats import Kind
from incidents.datasets.library import DatasetError, list_datasets
from incidents.datasets.mapping import Mapping
from incidents.datasets.uploads import (
    LOCK,
    Upload,
    file_of,
    folder_of,
    list_uploads,
    locked_by,
    open_upload,
    uploads_folder,
)
from incidents.model import KARACHI, Record

Status = Literal["running", "done", "refused", "cancelled", "failed"]
"""refused: the file cannot be read; failed: something else went wrong. Neither keeps anything."""

WANTED, STATE, CANCEL, REFUSED = "wanted.json", "state.json", "cancel", "refused.csv"
# The package may be importable only because of where the parent was started.
_START = (
    "import sys; sys.path.append(sys.argv[1]); "
    "from incidents.datasets.running_apart import main; main()"
)


class Wanted(Record):
    """What is to be imported, as what, and who wants it."""

    kind: Kind
    mapping: Mapping | None = None
    encoding: str = ""
    i_hold_a_licence: bool = False
    by: str
    role: Role
    at: datetime


class State(Record):
    """How far an import is, or how it ended."""

    status: Status
    rows: int = 0
    share: float = 0.0
    """Of the file's bytes, 0 to 1."""
    seconds_left: float | None = None
    error: str = ""
    """Why it did not end well, for people."""
    readings: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """What doubtful cells say in each code page that is offered, where the encoding is unknown."""
    report: dict[str, Any] | None = None
    """As `ImportReport.as_json`, the long lists cut."""


def start(
    data_dir: Path,
    upload: Upload,
    kind: Kind,
    mapping: Mapping | None = None,
    *,
    encoding: str = "",
    i_hold_a_licence: bool = False,
    by: Person,
) -> None:
    """Begin to import an upload; `state_of` says how far it is.

    Raises
    ------
    NotAllowedError
        If their role does not let them import.
    DatasetError
        If another import runs, or the upload's file is not there any more.
    """
    name = require(by, "import a dataset")
    if not file_of(data_dir, upload).is_file():
        raise DatasetError(f"the file of {upload.name} is not here any more; choose it again")
    folder = folder_of(data_dir, upload)
    with _lock_to_give(data_dir) as lock:
        # Before anything else: the folder that the lock names is not swept away.
        lock.truncate(0)
        lock.write(upload.upload_id)
        lock.flush()
        for name_of_old in (CANCEL, REFUSED):
            (folder / name_of_old).unlink(missing_ok=True)
        wanted = Wanted(
            kind=kind,
            mapping=mapping,
            encoding=encoding,
            i_hold_a_licence=i_hold_a_licence,
            by=name,
            role=by.role,
            at=datetime.now(KARACHI),
        )
        _write(folder / WANTED, wanted)
        write_state(folder, State(status="running"))
        _begin(data_dir, upload, lock)


def _begin(data_dir: Path, upload: Upload, lock: IO[str]) -> None:
    root = str(Path(incidents.__file__).parent.parent)
    child = subprocess.Popen(  # noqa: S603 (our own interpreter)
        [sys.executable, "-I", "-X", "utf8", "-c", _START, root,
         str(data_dir.resolve()), upload.upload_id],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        # The child holds the lock from now on; the system lets go of it when the child ends.
        pass_fds=(lock.fileno(),),
        # What ends the server, such as Ctrl-C, does not end an import.
        start_new_session=True,
        env=child_environment(),
    )  # fmt: skip
    threading.Thread(target=child.wait, name="import", daemon=True).start()


@contextlib.contextmanager
def _lock_to_give(data_dir: Path) -> Iterator[IO[str]]:
    import fcntl  # noqa: PLC0415 (not on Windows)

    uploads_folder(data_dir).mkdir(parents=True, exist_ok=True)
    with (uploads_folder(data_dir) / LOCK).open("a+", encoding="utf-8") as lock:
        tries = 50
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                # Whoever looks whether an import runs holds the lock for an instant too, and so
                # does a process that is done and takes itself down.
                tries -= 1
                if running(data_dir) is not None or not tries:
                    raise DatasetError(
                        "another import is running; wait until it is done, or cancel it"
                    ) from None
                time.sleep(0.05)
            else:
                break
        yield lock


def running(data_dir: Path) -> Upload | None:
    """Return the upload that is being imported now, None where none is."""
    try:
        upload = open_upload(data_dir, locked_by(data_dir))
    except DatasetError:
        return None
    # Once it has written how it ended, the process only takes itself down.
    state = _read_state(folder_of(data_dir, upload))
    return upload if state is not None and state.status == "running" else None


def cancel(data_dir: Path, upload: Upload, *, by: Person) -> None:
    """Ask an import to stop before its next rows; nothing of it is kept then.

    Raises
    ------
    NotAllowedError
        If their role does not let them import.
    """
    require(by, "import a dataset", "cancel an import")
    (folder_of(data_dir, upload) / CANCEL).touch()


def is_stopping(data_dir: Path, upload: Upload) -> bool:
    """Return whether somebody asked an import to stop."""
    return (folder_of(data_dir, upload) / CANCEL).exists()


def state_of(data_dir: Path, upload: Upload) -> State | None:
    """Return how far an upload's import is or how it ended; None where none was begun.

    An import that was killed is told as what became of it: in as a whole, or not at all.
    """
    folder = folder_of(data_dir, upload)
    state = _read_state(folder)
    if state is None or state.status != "running" or _is_running(data_dir, upload):
        return state
    # It may have ended between the two looks.
    state = _read_state(folder)
    if state is None or state.status != "running":
        return state
    state = State(status="failed", rows=state.rows, error=_after_a_kill(data_dir, upload))
    write_state(folder, state)
    return state


def _is_running(data_dir: Path, upload: Upload) -> bool:
    now = running(data_dir)
    return now is not None and now.upload_id == upload.upload_id


def _after_a_kill(data_dir: Path, upload: Upload) -> str:
    wanted = wanted_of(data_dir, upload)
    for manifest in list_datasets(data_dir):
        for release in manifest.releases:
            of_it = any(file.sha256 == upload.sha256 for file in release.files)
            if of_it and wanted is not None and release.imported_at >= wanted.at:
                return (
                    f"The import was ended from outside after its rows were in: {manifest.title} "
                    f"has its release {release.number} with {release.rows:,} rows. Only the list "
                    "of what was refused is lost; import the file again to see it."
                )
    return "The import was ended from outside before it was done. Nothing of it is kept."


def wanted_of(data_dir: Path, upload: Upload) -> Wanted | None:
    """Return what was asked for when an upload's import was begun."""
    try:
        return Wanted.model_validate_json((folder_of(data_dir, upload) / WANTED).read_bytes())
    except (OSError, ValueError):
        return None


def refused_file(data_dir: Path, upload: Upload) -> Path | None:
    """Return the list of the refused rows, as CSV, where there are any."""
    path = folder_of(data_dir, upload) / REFUSED
    return path if path.is_file() else None


def ended(data_dir: Path) -> list[tuple[Upload, State]]:
    """Return the last imports and how they ended, the newest first."""
    found = [(upload, state_of(data_dir, upload)) for upload in list_uploads(data_dir)]
    return [(u, state) for u, state in found if state is not None and state.status != "running"]


def write_state(folder: Path, state: State) -> None:
    """Write how far an import is, so that a reader finds the old or the new."""
    _write(folder / STATE, state)


def _write(path: Path, record: Record) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_text(record.model_dump_json(), encoding="utf-8")
    temporary.replace(path)


def _read_state(folder: Path) -> State | None:
    try:
        return State.model_validate_json((folder / STATE).read_bytes())
    except (OSError, ValueError):
        return None
