"""A document that was read and is not yet under review, kept so that a reload loses nothing.

It lies in the library beside the history, as what its reader has typed and not decided: it has
no id, no claims, and nobody else sees it.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NamedTuple

from pydantic import TypeAdapter

from incidents.reading import Document
from incidents.store import By, Store

_BEGINNING = "read/"
_WHOLE, _TYPED = "whole", "typed"
_DOCUMENT = TypeAdapter(Document)


class Kept(NamedTuple):
    """A kept document in a list."""

    key: str
    title: str
    discarded: bool


@dataclass(frozen=True)
class KeptReading:
    """A document that was read, and what a person typed about it."""

    key: str
    document: Document
    typed: Mapping[str, Any]


def keep_reading(store: Store, document: Document, *, by: By) -> str:
    """Keep a document that was read; return the key under which it is found again."""
    key = document.original_sha256[:16]
    whole = _DOCUMENT.dump_python(document, mode="json", exclude={"original"})
    original = base64.b64encode(document.original).decode("ascii")
    store.keep_unsaved(_id(key, _WHOLE), whole | {"original": original}, by=by)
    _note(store, key, {"title": document.title or "", "discarded": False, "typed": {}}, by)
    return key


def kept_reading(store: Store, key: str, *, by: By) -> KeptReading | None:
    """Return what was kept under a key; None where there is nothing, or it was discarded."""
    noted = store.unsaved(_id(key, _TYPED), by=by)
    whole = store.unsaved(_id(key, _WHOLE), by=by)
    if whole is None or noted is None or noted["discarded"]:
        return None
    typed = dict(noted["typed"])
    if typed.get("published_on"):
        typed["published_on"] = date.fromisoformat(typed["published_on"])
    document = _DOCUMENT.validate_python(whole | {"original": base64.b64decode(whole["original"])})
    return KeptReading(key, document, typed)


def keep_typed(
    store: Store, reading: KeptReading, typed: Mapping[str, Any], *, by: By
) -> KeptReading:
    """Keep what a person typed about a document, if it differs; return the reading as kept."""
    if dict(typed) == dict(reading.typed):
        return reading
    day = typed.get("published_on")
    fields = dict(typed) | {"published_on": day.isoformat() if isinstance(day, date) else None}
    title = str(typed.get("title") or reading.document.title or "")
    _note(store, reading.key, {"title": title, "discarded": False, "typed": fields}, by)
    return replace(reading, typed=dict(typed))


def list_kept(store: Store, *, by: By) -> list[Kept]:
    """Return the documents that somebody has read and not stored or forgotten."""
    suffix = f".{_TYPED}"
    return [
        Kept(object_id.removeprefix(_BEGINNING).removesuffix(suffix), v["title"], v["discarded"])
        for object_id, v in store.all_unsaved(_BEGINNING, suffix, by=by).items()
    ]


def discard_reading(store: Store, key: str, *, by: By) -> None:
    """Put a document aside; only the one discarded last can be taken back."""
    for kept in list_kept(store, by=by):
        if kept.discarded:
            forget_reading(store, kept.key, by=by)
    _turn(store, key, discarded=True, by=by)


def take_back_reading(store: Store, key: str, *, by: By) -> None:
    """Bring the document back that was discarded last."""
    _turn(store, key, discarded=False, by=by)


def forget_reading(store: Store, key: str, *, by: By) -> None:
    """Forget a document: it is under review now, or nobody wants it."""
    for part in (_WHOLE, _TYPED):
        store.drop_unsaved(_id(key, part), by=by)


def _turn(store: Store, key: str, *, discarded: bool, by: By) -> None:
    noted = store.unsaved(_id(key, _TYPED), by=by)
    if noted is not None:
        _note(store, key, noted | {"discarded": discarded}, by)


def _note(store: Store, key: str, value: Mapping[str, Any], by: By) -> None:
    store.keep_unsaved(_id(key, _TYPED), value, by=by)


def _id(key: str, part: str) -> str:
    return f"{_BEGINNING}{key}.{part}"
