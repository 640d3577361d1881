"""Files by address: here, on s3:// or wherever fsspec has a way to; written whole or not at all."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

from incidents.datasets.refusals import FileRefusedError

S3 = "s3://"


def file_name(address: str) -> str:
    """Return the last part of an address.

    Examples
    --------
    >>> file_name("s3://bucket/2024/acled.csv")
    'acled.csv'
    """
    return PurePosixPath(address).name


def absolute(folder: str) -> str:
    """Return a folder's address as any process understands it, without a slash at its end."""
    return (folder if "://" in folder else str(Path(folder).resolve())).rstrip("/")


def find_files(patterns: Sequence[str]) -> list[str]:
    """Return the addresses that patterns stand for: as given, and each pattern's in their order.

    Raises
    ------
    FileRefusedError
        If one stands for nothing.
    """
    found: list[str] = []
    for pattern in patterns:
        system, path = _open_system(pattern)
        matching = sorted(system.glob(path)) if set("*?[") & set(path) else [path]
        files = [one for one in matching if system.isfile(one)]
        if not files:
            raise FileRefusedError(pattern, "not there", "a file", "Check the name.")
        found += _addresses(pattern, path, files)
    return list(dict.fromkeys(found))


@contextmanager
def at_hand(address: str) -> Iterator[Path]:
    """Give a file as a path on this machine, copied for as long as it is used where need be."""
    system, path = _open_system(address)
    if _is_local(system):
        yield Path(path)
        return
    with TemporaryDirectory(prefix="incident-map-") as folder:
        here = Path(folder) / file_name(address)
        with system.open(path, "rb") as source, here.open("wb") as target:
            shutil.copyfileobj(source, target, 16 << 20)
        yield here


def read_range(address: str, start: int, end: int) -> bytes:
    """Return the bytes of a file from one position up to another."""
    system, path = _open_system(address)
    with system.open(path, "rb") as file:
        file.seek(start)
        data: bytes = file.read(end - start)
    if len(data) != end - start:
        raise OSError(
            f"{address} gave {len(data)} bytes of {end - start} from {start}; "
            "has it changed while it was read? Import it again"
        )
    return data


def sha256(address: str) -> str:
    """Return the SHA-256 of a file."""
    system, path = _open_system(address)
    with system.open(path, "rb") as file:
        digest = hashlib.sha256()
        while piece := file.read(16 << 20):
            digest.update(piece)
    return digest.hexdigest()


def exists(address: str) -> bool:
    """Whether there is a file."""
    system, path = _open_system(address)
    return bool(system.isfile(path))


def put_file(here: Path, address: str) -> None:
    """Copy a file to an address, where it is whole or not at all."""
    system, path = _open_system(address)
    if not _is_local(system):
        # An object is there only once all of it is.
        with here.open("rb") as source, system.open(path, "wb") as target:
            shutil.copyfileobj(source, target, 16 << 20)
        return
    final = Path(path)
    final.parent.mkdir(parents=True, exist_ok=True)
    half = final.with_name(f".{final.name}.{os.getpid()}.part")
    try:
        with here.open("rb") as source, half.open("wb") as target:
            shutil.copyfileobj(source, target)
            target.flush()
            os.fsync(target.fileno())
        half.replace(final)
    finally:
        half.unlink(missing_ok=True)


def put_bytes(data: bytes, address: str) -> None:
    """Write bytes to an address, where they are whole or not at all."""
    with TemporaryDirectory(prefix="incident-map-") as folder:
        here = Path(folder) / "data"
        here.write_bytes(data)
        put_file(here, address)


def files_below(address: str) -> list[str]:
    """Return the addresses of all files below a folder; none where there is no folder."""
    system, path = _open_system(address)
    try:
        return sorted(_addresses(address, path, system.find(path)))
    except FileNotFoundError:
        return []


def remove_file(address: str) -> None:
    """Remove a file, be it there or not."""
    system, path = _open_system(address)
    if system.isfile(path):
        system.rm_file(path)


def _addresses(given: str, path: str, found: Sequence[str]) -> list[str]:
    """Return the addresses of paths, as the one that was given stands to its path."""
    # fsspec takes "s3://" off an address, more off "ftp://host/…", and nothing off "https://…".
    before = given.removesuffix(path)
    if before == given:
        before = f"{urlsplit(given).scheme}://" if "://" in given else ""
    return [before + one for one in found]


def _open_system(address: str) -> tuple[Any, str]:
    """Return fsspec's file system for an address, and the path in it."""
    import fsspec  # noqa: PLC0415 (only where several machines share an import)
    from fsspec.implementations.arrow import ArrowFSWrapper  # noqa: PLC0415

    if not address.startswith(S3):
        try:
            system, path = fsspec.core.url_to_fs(address)
        except (ImportError, ValueError) as error:
            raise FileRefusedError(
                address,
                f"an address that cannot be opened here ({error})",
                "a path, s3://, or an address for which fsspec's package is installed",
                "Install the package on every machine, or name a folder that all of them share.",
            ) from None
        return system, str(path)
    return ArrowFSWrapper(_s3()), address.removeprefix(S3)


def _s3() -> Any:  # noqa: ANN401 - pyarrow has no types
    """Return pyarrow's client; key and region come from where every S3 client looks."""
    said = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL") or ""
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or ""
    return _s3_client(said, region)


@cache
def _s3_client(endpoint: str, region: str) -> Any:  # noqa: ANN401
    from pyarrow import fs  # noqa: PLC0415 (takes a while)

    if not endpoint:
        return fs.S3FileSystem(region=region or None)
    there = urlsplit(endpoint)
    # A server of one's own has no regions, but a signature names one.
    return fs.S3FileSystem(
        endpoint_override=there.netloc, scheme=there.scheme, region=region or "us-east-1"
    )


def _is_local(system: Any) -> bool:  # noqa: ANN401
    from fsspec.implementations.local import LocalFileSystem  # noqa: PLC0415

    return isinstance(system, LocalFileSystem)
