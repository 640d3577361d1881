"""JSON from strangers: no key twice, no NaN, not too deep; numbers as they are written."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import numpy.typing as npt

MAX_DEPTH = 32


class StrictJsonError(ValueError):
    """What came is no JSON that can be read; the message says what it is instead."""


class Number(str):
    """A JSON number as it is written: no id is rounded, no coordinate changed."""

    __slots__ = ()


def loads(content: bytes, kind: str = "JSON") -> Any:  # noqa: ANN401 (any JSON value)
    """Return what JSON says, its numbers as `Number`.

    Parameters
    ----------
    content
        UTF-8, with or without a byte order mark.
    kind
        What to call it in an error.

    Raises
    ------
    StrictJsonError
        If it is none, nests more than 32 deep, repeats a key in one object, or holds NaN.

    Examples
    --------
    >>> loads(b'{"id": 007}')
    Traceback (most recent call last):
    ...
    geo.strict_json.StrictJsonError: no JSON (...)
    >>> loads(b'{"a": 1, "a": 2}')
    Traceback (most recent call last):
    ...
    geo.strict_json.StrictJsonError: JSON whose key 'a' stands twice in one object
    """

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) < len(pairs):
            names = [name for name, _ in pairs]
            twice = next(name for name in names if names.count(name) > 1)
            raise StrictJsonError(f"{kind} whose key {twice!r} stands twice in one object")
        return made

    def no_constant(word: str) -> None:
        raise StrictJsonError(f"{kind} with {word}, which JSON has not")

    if _depth(content) > MAX_DEPTH:
        raise StrictJsonError(f"{kind} nested more than {MAX_DEPTH} deep")
    try:
        return json.loads(
            content.decode("utf-8-sig"), object_pairs_hook=unique, parse_constant=no_constant,
            parse_float=Number, parse_int=Number,
        )  # fmt: skip
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise StrictJsonError(f"no JSON ({error})") from None


def _depth(content: bytes) -> int:
    """Return how deeply brackets nest up to the first fault; those in strings do not count."""
    seen = np.frombuffer(content, np.uint8)
    opens = (seen == ord("[")) | (seen == ord("{"))
    closes = (seen == ord("]")) | (seen == ord("}"))
    marks = np.flatnonzero(opens | closes)
    in_string = np.searchsorted(_quotes(seen), marks) % 2 == 1
    marks = marks[~in_string]
    if not marks.size:
        return 0
    return int(np.cumsum(np.where(opens[marks], 1, -1)).max())


def _quotes(seen: npt.NDArray[np.uint8]) -> npt.NDArray[np.intp]:
    """Return where strings begin and end, in turn: the quotes that no backslash escapes."""
    quotes = np.flatnonzero(seen == ord('"'))
    slashes = np.flatnonzero(seen == ord("\\"))
    if not slashes.size:
        return quotes
    # Of backslashes in a row every second is itself escaped: an odd row escapes what follows.
    begins = np.flatnonzero(np.diff(slashes, prepend=-2) != 1)
    lengths = np.diff(begins, append=slashes.size)
    after = slashes[begins] + lengths
    return quotes[~np.isin(quotes, after[lengths % 2 == 1])]
