"""Sources and datasets taken out of the map, and brought back, through the history.

The library's history says what was taken out. The files of a dataset lie beside the library:
they are moved inside the same transaction, so that the history and the files say the same.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

from incidents.access import Action, require
from incidents.datasets.library import datasets_folder, list_datasets, read_manifest
from incidents.datasets.setting_aside import bring_back, set_aside
from incidents.model import Catalogue
from incidents.store import By, Change, Decision, DecisionError, Entry, Location, Store
from incidents.store.errors import UnknownObjectError

Removable = Literal["source", "report", "dataset"]
"""report: a document that is under review."""

_NEEDED: Action = "import a dataset"
"""Whoever may bring a whole dataset in may take it out."""


def removable(location: Location, store: Store | None, seeds: Catalogue) -> dict[str, Removable]:
    """Return what can be taken out, by id."""
    found: dict[str, Removable] = {}
    found |= {m.dataset_id: "dataset" for m in list_datasets(location.data_dir)}
    found |= {d.source_id: "report" for d in store.documents()} if store else {}
    shown = store.overlay(seeds).catalogue if store else seeds
    found |= dict.fromkeys(shown.source, "source")
    return found


def named(given: str, known: Collection[str]) -> str:
    """Return the one id that is meant: in full, or by its beginning.

    Raises
    ------
    incidents.store.UnknownObjectError
        If none has this beginning, or several have.

    Examples
    --------
    >>> named("00", {"001-afp"}), named("ucdp", {"ucdp", "ucdp-candidate"})
    ('001-afp', 'ucdp')
    """
    if given in known:
        return given
    meant = sorted(i for i in known if given and i.startswith(given))
    if len(meant) == 1:
        return meant[0]
    if meant:
        raise UnknownObjectError(f"{given!r} is the beginning of several: {', '.join(meant)}")
    raise UnknownObjectError(
        f"there is no source or dataset {given!r}; there are: {', '.join(sorted(known)) or 'none'}"
    )


def remove(
    store: Store,
    object_id: str,
    kind: Removable,
    *,
    by: By,
    reason: str,
    seeds: Catalogue,
) -> int:
    """Take a source, a report under review or a dataset out; return the entry's number.

    Raises
    ------
    incidents.store.DecisionError
        If it is not there, or no reason is given; nothing is changed then.
    incidents.datasets.library.DatasetError
        If the dataset is being written to.
    """
    if not reason.strip():
        raise DecisionError("to remove something needs a reason; nothing was changed")
    if kind != "dataset":
        return store.remove_source(object_id, by=by, reason=reason, seeds=seeds)
    require(by, _NEEDED, "remove a dataset")
    data_dir = store.location.data_dir
    manifest = read_manifest(datasets_folder(data_dir) / object_id)
    with store.together() as one:
        now = one.get("dataset", object_id)
        change = Change("dataset", object_id, None, now[0] if now else None, base=manifest)
        entry = one.decide(Decision("remove", (change,), by, reason))
        set_aside(data_dir, object_id)
    return entry


def undo(store: Store, entry: Entry, *, by: By, reason: str = "") -> int:
    """Undo an entry, with the files of the datasets that it took out.

    Raises
    ------
    incidents.store.DecisionError, incidents.datasets.library.DatasetError
        If it cannot be undone now; nothing is changed then.
    """
    with store.together() as one:
        done = one.undo(entry.entry_id, by=by, reason=reason)
        for dataset_id in _datasets_taken_out(entry):
            require(by, _NEEDED, "bring a dataset back")
            bring_back(store.location.data_dir, dataset_id)
    return done


def redo(store: Store, entry: Entry, *, by: By, reason: str = "") -> int:
    """Let an entry hold again that was undone; errors are those of `undo`."""
    with store.together() as one:
        done = one.redo(entry.entry_id, by=by, reason=reason)
        for dataset_id in _datasets_taken_out(entry):
            require(by, _NEEDED, "remove a dataset")
            set_aside(store.location.data_dir, dataset_id)
    return done


def _datasets_taken_out(entry: Entry) -> list[str]:
    return [
        c.object_id
        for c in entry.changes
        if c.kind == "dataset" and c.after is not None and c.after.value is None
    ]
