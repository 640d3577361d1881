"""How much is read of one document, in one place."""

MAX_FILE_BYTES = 25_000_000
MAX_TEXT_BYTES = 5_000_000
"""Of the text's UTF-8 bytes."""

MAX_PAGES = 300

CHILD_MEMORY_BYTES = 1_000_000_000
CHILD_SECONDS = 20
"""Both of processor time and by the clock."""

MAX_ZIP_ENTRIES = 2_000
MAX_UNZIPPED_BYTES = 100_000_000
MAX_ZIP_RATIO = 200
"""Unpacked to packed size of one entry; text of a word processor stays below 50."""
SMALL_ENTRY_BYTES = 1_000_000
"""Entries that unpack to less than this may have any ratio: they do no harm."""

MAX_TREE_DEPTH = 200
"""Nested HTML elements; news pages stay below 60, the parsers behind recurse."""


def megabytes(size: int) -> str:
    """Return a size for people, rounded up so that "over the limit" is seen to be.

    Examples
    --------
    >>> megabytes(25_000_001)
    '25.1 MB'
    """
    return f"{-(-size // 100_000) / 10:.1f} MB"
