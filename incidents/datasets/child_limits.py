"""How much the child processes may use that read files which nobody knows."""

from __future__ import annotations

MEMORY_BYTES = 4 << 30
SECONDS = 600
"""Both of processor time and by the clock."""
MAX_UNZIPPED_BYTES = 4 << 30
MAX_ZIP_RATIO = 300
SMALL_ENTRY_BYTES = 1 << 20
"""Entries that unpack to less than this may have any ratio: they do no harm."""


def limit_resources() -> None:
    """Hold this process to its memory and its time, for good."""
    try:
        import resource  # noqa: PLC0415 (not on Windows)
    except ImportError:
        return
    for kind, wanted in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(kind)
        allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        try:
            resource.setrlimit(kind, (allowed, allowed))
        except (ValueError, OSError):  # macOS refuses RLIMIT_AS
            continue
