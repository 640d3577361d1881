"""What kind of event a row is, in ACLED's words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from incidents.datasets.formats import Format
from incidents.datasets.schema import (
    EVENT_TYPE_WORDS,
    NO_SUB,
    NO_TYPE,
    SUB_EVENT_TYPE_WORDS,
    TYPE_OF_SUB,
)

if TYPE_CHECKING:
    from incidents.datasets.coding import Rows

_TYPES = {word.casefold(): i for i, word in enumerate(EVENT_TYPE_WORDS)}
_SUBS = {word.casefold(): i for i, word in enumerate(SUB_EVENT_TYPE_WORDS)}
_UNDECIDED = (NO_TYPE, NO_SUB)


def code_events(rows: Rows, made_for: Format) -> dict[str, NDArray[Any]]:
    """Return the codes of event type and sub-event type.

    ACLED's own words must be ACLED's, of today or of its older releases; a table's are translated
    where its mapping says so, and else taken as not given.
    """
    kinds = np.full(rows.size, NO_TYPE, np.int8)
    subs = np.full(rows.size, NO_SUB, np.int8)
    strict = made_for.kind == "acled"
    decided = np.ones(rows.size, bool)
    if rows.has("event_type"):
        texts, code = rows.distinct(rows.name("event_type"))
        found = [_meaning(text, made_for.mapping.event_types) for text in texts]
        undecided = [n for n, pair in enumerate(found) if pair == _UNDECIDED]
        decided = ~np.isin(code, undecided)
        if not rows.has("sub_event_type"):
            for row in rows.rows_of(code, undecided, first_only=True):
                rows.doubt(
                    row, rows.name("event_type"), rows.cell("event_type", row),
                    "is one word for several of ACLED's event types of today, and nothing says "
                    "which; such rows are kept as incidents of no certain type",
                )  # fmt: skip
        strange = [n for n, pair in enumerate(found) if pair is None]
        _object(rows, "event_type", texts, code, strange, strict=strict)
        pairs = np.array([pair or (NO_TYPE, NO_SUB) for pair in found], np.int8).reshape(-1, 2)
        kinds, subs = pairs[code, 0], pairs[code, 1]
    if rows.has("sub_event_type"):
        texts, code = rows.distinct(rows.name("sub_event_type"))
        known = np.array([_SUBS.get(text.strip().casefold(), NO_SUB) for text in texts], np.int8)
        strange = np.flatnonzero(known == NO_SUB).tolist()
        _object(rows, "sub_event_type", texts, code, strange, strict=strict)
        given = known[code]
        own = np.array([*TYPE_OF_SUB, NO_TYPE], np.int8)[given]
        named = given != NO_SUB
        if strict:
            for row in np.flatnonzero(named & decided & (own != kinds)).tolist():
                rows.refuse(
                    row, rows.name("sub_event_type"), rows.cell("sub_event_type", row),
                    f"does not belong to {rows.cell('event_type', row)!r}, but to "
                    f"{EVENT_TYPE_WORDS[own[row]]!r}; correct one of them",
                )  # fmt: skip
        subs, kinds = np.where(named, given, subs), np.where(named, own, kinds)
    return {"event_type": kinds.astype(np.int8), "sub_event_type": subs.astype(np.int8)}


def strange_words(rows: Rows, made_for: Format) -> tuple[str, ...]:
    """Return the words for the kind of event that neither ACLED nor the mapping knows."""
    if not rows.has("event_type"):
        return ()
    texts, _ = rows.distinct(rows.name("event_type"))
    known = made_for.mapping.event_types
    return tuple(text for text in texts if text.strip() and _meaning(text, known) is None)


def _meaning(text: str, translated: dict[str, str]) -> tuple[int, int] | None:
    word = translated.get(text.strip(), text).strip().casefold()
    if not word and text.strip():
        return _UNDECIDED
    if word in _SUBS:
        return TYPE_OF_SUB[_SUBS[word]], _SUBS[word]
    if word in _TYPES:
        return _TYPES[word], NO_SUB
    return None


def _object(
    rows: Rows,
    field: Literal["event_type", "sub_event_type"],
    texts: list[str],
    code: NDArray[np.int32],
    strange: list[int],
    *,
    strict: bool,
) -> None:
    """Refuse rows whose word is none of ACLED's, or note each such word of a table once."""
    known = EVENT_TYPE_WORDS if field == "event_type" else SUB_EVENT_TYPE_WORDS
    if strict:
        for row in rows.rows_of(code, strange):
            text = texts[int(code[row])]
            what = f"{text!r} is none of ACLED's" if text.strip() else "it is empty"
            rows.refuse(row, rows.name(field), text, f"{what}; expected one of {', '.join(known)}")
        return
    said = [number for number in strange if texts[number].strip()]
    for row in rows.rows_of(code, said, first_only=True):
        rows.doubt(
            row, rows.name(field), texts[int(code[row])],
            "is none of ACLED's event types; name it under [event_types] in the mapping",
        )  # fmt: skip
