"""Keep what was worked out last, in bounded number, for whoever asks again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")
_KEPT = 16


def kept(store: OrderedDict[K, V], key: K, make: Callable[[], V], most: int = _KEPT) -> V:
    """Return what is kept under a key, made where it is not; only the newest few are kept."""
    try:
        return store[key]
    except KeyError:  # not asked before, so that another session's thread may drop it meanwhile
        made = store[key] = make()
    while len(store) > most:
        store.popitem(last=False)
    return made
