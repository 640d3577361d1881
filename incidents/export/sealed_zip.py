"""The sealed archive: a zip of plain files, always the same bytes, read without trust.

Files are stored, not compressed: the bytes do not depend on a compressor's version, and
nothing can swell when it is read.
"""

from __future__ import annotations

import io
import re
import stat
import struct
import zipfile
from collections.abc import Mapping

MAX_BYTES = 512 * 1024**2
MAX_FILES = 64
# Lower-case names in at most one folder: safe on every file system, nothing to escape.
_NAME = re.compile(r"(?:[a-z0-9_]{1,40}/)?[A-Za-z0-9_]{1,60}\.[a-z]{2,8}")
# The earliest day that a zip can hold.
_EPOCH = (1980, 1, 1, 0, 0, 0)
_REGULAR_FILE = stat.S_IFREG | 0o644


class SealError(ValueError):
    """A file is no sealed export, or not as it was sealed; it says what differs."""

    def __init__(self, differences: tuple[str, ...]) -> None:
        super().__init__(differences)
        self.differences = differences

    def __str__(self) -> str:
        return "\n".join(self.differences)


def pack(files: Mapping[str, bytes]) -> bytes:
    """Return files as a zip: sorted names, one fixed time, stored as they are.

    Examples
    --------
    >>> pack({"a.txt": b"1", "b.txt": b"2"}) == pack({"b.txt": b"2", "a.txt": b"1"})
    True
    """
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, content in sorted(files.items()):
            if not _NAME.fullmatch(name):
                raise ValueError(f"{name!r} cannot be the name of a sealed file")
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.create_system = 3  # Unix, on whichever system it is made
            entry.external_attr = _REGULAR_FILE << 16
            archive.writestr(entry, content)
    return out.getvalue()


def unpack(content: bytes) -> dict[str, bytes]:
    """Return the files of a sealed archive; nothing is written anywhere.

    Raises
    ------
    SealError
        If it is no such archive: too large, other names than plain ones, links, compressed or
        encrypted files, or bytes that belong to no file.
    """
    if len(content) > MAX_BYTES:
        raise SealError(
            (f"the archive has {len(content):,} bytes, at most {MAX_BYTES:,} are read",)
        )
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            if found := [problem for entry in entries if (problem := _problem(entry))]:
                raise SealError(tuple(found))
            if len(entries) > MAX_FILES:
                raise SealError((f"the archive has {len(entries)} files, at most {MAX_FILES}",))
            if sum(entry.file_size for entry in entries) > len(content):
                raise SealError(("files of the archive lie over one another",))
            names = [entry.filename for entry in entries]
            if twice := sorted({n for n in names if names.count(n) > 1}):
                raise SealError(tuple(f"{name}: stands in the archive twice" for name in twice))
            files = {entry.filename: archive.read(entry) for entry in entries}
    except SealError:
        raise
    # zipfile meets many a broken offset or length with whatever error it leads to.
    except (
        zipfile.BadZipFile,
        struct.error,
        RuntimeError,
        ValueError,
        ArithmeticError,
        EOFError,
        OSError,
    ) as error:
        raise SealError((f"the archive cannot be read: {error}",)) from None
    if pack(files) != content:
        raise SealError(
            ("the archive holds bytes beside its files, or was packed by another program",)
        )
    return files


def _problem(entry: zipfile.ZipInfo) -> str:
    """Return what is wrong with an entry of an archive, or an empty text."""
    shown = ascii(entry.filename[:80])
    mode = entry.external_attr >> 16
    if not _NAME.fullmatch(entry.filename) or entry.orig_filename != entry.filename:
        return f"{shown}: not a name that a sealed export has"
    # Some programs write permissions and no kind: that is a plain file.
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        return f"{shown}: a link or a special file, expected a plain one"
    if entry.flag_bits & 0x1:
        return f"{shown}: encrypted"
    if entry.compress_type != zipfile.ZIP_STORED or entry.compress_size != entry.file_size:
        return f"{shown}: compressed, expected to be stored as it is"
    if entry.file_size > MAX_BYTES:
        return f"{shown}: {entry.file_size:,} bytes, at most {MAX_BYTES:,} are read"
    return ""
