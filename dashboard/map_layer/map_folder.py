"""The folder that the map's frame is served from: written once for each content."""

from __future__ import annotations

import atexit
import hashlib
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

import platformdirs


def content_digest(files: Mapping[str, bytes]) -> str:
    """Return the SHA-256 of files, names and contents, whatever their order.

    Examples
    --------
    >>> content_digest({"a": b"1", "b": b"2"}) == content_digest({"b": b"2", "a": b"1"})
    True
    """
    whole = hashlib.sha256()
    for name, data in sorted(files.items()):
        whole.update(f"{name}\0{len(data)}\0".encode())
        whole.update(data)
    return whole.hexdigest()


def served_folder(files: Mapping[str, bytes], cache: Path | None = None) -> Path:
    """Return a folder that holds exactly these files, writing it where it does not exist.

    The folder lies in the user's cache, under the digest of its content, never in the
    installed package. Where the cache cannot be written, it is a new temporary folder, which
    goes when the program ends.

    Parameters
    ----------
    files
        The content for each file name.
    cache
        Where such folders are kept; the user's cache folder if not given.
    """
    cache = cache or platformdirs.user_cache_path("incident-map")
    folder = cache / f"map-{content_digest(files)[:32]}"
    if _holds(folder, files):
        return folder
    try:
        cache.mkdir(parents=True, exist_ok=True)
        written = _write(files, cache)
    except OSError:
        return _write_for_now(files)
    try:
        # Readers see the whole folder or none of it.
        return written.rename(folder)
    except OSError:
        if _holds(folder, files):  # another server was quicker and wrote the same
            shutil.rmtree(written, ignore_errors=True)
            return folder
    # What stands there was changed or is half gone.
    shutil.rmtree(folder, ignore_errors=True)
    try:
        return written.rename(folder)
    except OSError:
        atexit.register(shutil.rmtree, written, ignore_errors=True)
        return written


def _write_for_now(files: Mapping[str, bytes]) -> Path:
    folder = _write(files, None)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _write(files: Mapping[str, bytes], parent: Path | None) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="map-new-", dir=parent))
    try:
        for name, data in files.items():
            (folder / name).write_bytes(data)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return folder


def _holds(folder: Path, files: Mapping[str, bytes]) -> bool:
    try:
        return all((folder / name).read_bytes() == data for name, data in files.items())
    except OSError:
        return False
