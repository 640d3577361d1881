"""Files that came in through the page and wait to be imported, each in a folder of its own.

imports/<upload_id>/about.json   what it is called, who brought it
                   /upload.csv   its bytes; the ending is one of a fixed list
                   /…            what `running` adds: the job, how far it is, its result
"""

from __future__ import annotations

import hashlib
import re
import secrets
import shutil
from datetime import datetime, timedelta
from pathlib import Path, PurePath

from incidents.access import By, require
from incidents.datasets.library import DatasetError
from incidents.model import KARACHI, Record

UPLOADS, LOCK = "imports", ".running"
ENDINGS = ("csv", "tsv", "txt", "xlsx", "xlsm", "parquet", "geoparquet", "geojson", "json", "gpkg")
KEPT_FOR = timedelta(days=1)
"""How long a file waits that nobody imports, and how long a result can be read again."""
_ABOUT, _STEM = "about.json", "upload"
_ID = re.compile(r"[0-9a-f]{16}")
_MAX_NAME = 120


class Upload(Record):
    """One file that came in."""

    upload_id: str
    name: str
    """As its owner calls it; never a path."""
    ending: str
    size: int
    sha256: str
    at: datetime
    by: str


def uploads_folder(data_dir: Path) -> Path:
    """Return where the uploads of a data folder lie."""
    return data_dir / UPLOADS


def keep_upload(data_dir: Path, name: str, content: bytes, *, by: By) -> Upload:
    """Keep a file's bytes until they are imported, and sweep away what nobody wants any more.

    Parameters
    ----------
    name
        As its owner calls it; only the ending is believed, where it is a known one.

    Raises
    ------
    NotAllowedError
        If their role does not let them import.
    """
    person = require(by, "import a dataset")
    now = datetime.now(KARACHI)
    sweep(data_dir, now - KEPT_FOR)
    ending = PurePath(name).suffix.casefold().removeprefix(".")
    upload = Upload(
        upload_id=secrets.token_hex(8),
        name=PurePath(name.replace("\\", "/")).name[-_MAX_NAME:] or "unnamed",
        ending=ending if ending in ENDINGS else "csv",
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        at=now,
        by=person,
    )
    folder = uploads_folder(data_dir) / upload.upload_id
    folder.mkdir(parents=True)
    (folder / f"{_STEM}.{upload.ending}").write_bytes(content)
    (folder / _ABOUT).write_text(upload.model_dump_json(), encoding="utf-8")
    return upload


def open_upload(data_dir: Path, upload_id: str) -> Upload:
    """Return an upload by its id.

    Raises
    ------
    DatasetError
        If there is none, or no more.
    """
    if not _ID.fullmatch(upload_id):
        raise DatasetError(f"there is no upload {upload_id:.40}; choose the file again")
    try:
        about = (uploads_folder(data_dir) / upload_id / _ABOUT).read_bytes()
        return Upload.model_validate_json(about)
    except (OSError, ValueError):
        raise DatasetError(
            f"the upload {upload_id} is not there any more; choose the file again"
        ) from None


def folder_of(data_dir: Path, upload: Upload) -> Path:
    """Return the folder of an upload."""
    return uploads_folder(data_dir) / upload.upload_id


def file_of(data_dir: Path, upload: Upload) -> Path:
    """Return where an upload's bytes lie."""
    return folder_of(data_dir, upload) / f"{_STEM}.{upload.ending}"


def list_uploads(data_dir: Path) -> list[Upload]:
    """Return the uploads that are there, the newest first."""
    folder = uploads_folder(data_dir)
    found = []
    for path in folder.glob(f"*/{_ABOUT}"):
        try:
            found.append(Upload.model_validate_json(path.read_bytes()))
        except (OSError, ValueError):
            continue
    return sorted(found, key=lambda upload: upload.at, reverse=True)


def locked_by(data_dir: Path) -> str:
    """Return the id of the upload whose import holds the lock; empty where none does."""
    try:
        import fcntl  # noqa: PLC0415
    except ImportError:  # Windows, where no import runs in a process of its own
        return ""
    try:
        with (uploads_folder(data_dir) / LOCK).open(encoding="utf-8") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except OSError:
                return lock.read().strip()
    except FileNotFoundError:
        pass
    return ""


def sweep(data_dir: Path, before: datetime) -> None:
    """Remove uploads that came in before a moment, but for the one that is being imported."""
    at_work = locked_by(data_dir)
    for upload in list_uploads(data_dir):
        if upload.at < before and upload.upload_id != at_work:
            shutil.rmtree(folder_of(data_dir, upload), ignore_errors=True)
