"""How much the child processes may use that read files which nobody knows."""

from __future__ import annotations

MEMORY_BYTES = 4 << 30
SECONDS = 600
"""Both of processor time and by the clock."""
MAX_UNZIPPED_BYTES = 4 << 30
MAX_ZIP_RATIO = 300
SMALL_ENTRY_BYTES = 1 << 20
"""Entries that unpack to less than this may have any ratio: they do no harm."""
