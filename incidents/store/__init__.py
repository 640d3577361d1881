"""The library: documents that people add, what they decide, and the history of it.

A library is one SQLite file in the user's data folder (`locations` says where), or a
PostgreSQL database with PostGIS named by its URL. Everything is written through decisions:

>>> import tempfile
>>> from incidents.model import Source
>>> from incidents.reading import read_document
>>> from incidents.store import Change, Decision, open_store
>>> folder = tempfile.TemporaryDirectory()
>>> store = open_store(folder.name)
>>> read = read_document(b"Bomb kills three\\nQUETTA: A bomb killed three people on Saturday.")
>>> about = Source(source_id="new", title=read.title, sha256=read.sha256)
>>> source_id = store.add_document(read, about, by="amna")
>>> source_id
'000-unknown-undated'
>>> entry = store.save_drafts(source_id, [{"draft_id": "d1", "count_low": 3}], by="amna")
>>> (revision, draft), = store.drafts(source_id)
>>> rejected = store.decide(Decision(
...     "reject", (Change("draft", f"{source_id}/d1", None, seen=revision),), "amna", "an age"
... ))
>>> store.drafts(source_id)
[]
>>> undone = store.undo(rejected, by="amna")
>>> [entry.action for entry in store.history()]
['undo', 'reject', 'drafts', 'add']
>>> folder.cleanup()

How it holds together:

- **Objects** have a kind (document, source, incident, claim, draft, lineage, dataset), an id
  and a revision. A `Change` states the revision that was *seen*; if there is another by now,
  `ConflictError` says who changed what, and nothing is overwritten.
- **The history** only grows; each entry holds the hash of the one before. `undo` and `redo`
  append entries of their own.
- **Seeds** are not copied: `Store.overlay(seeds)` lays the decisions over the seeds as they
  are now. A decision on a seed's record names it as `base`, and is listed as a `Conflict` when
  the seed changes later.
- **Errors** are `StoreError` (the library: full, read-only, locked, damaged, too new) and
  `DecisionError` (what was asked: conflict, duplicate, no reason), and `NotAllowedError` where a
  role does not suffice; after any of them, the library holds what it held before.
- **By whom**: `by` is a name, or a `Person` with a role; every function that writes checks it
  (`incidents.access`).
"""

from incidents.access import NotAllowedError
from incidents.store.backups import Backup
from incidents.store.decisions import Action, Change, Decision
from incidents.store.documents import StoredDocument
from incidents.store.errors import (
    BackupError,
    ConflictError,
    DecisionError,
    DuplicateDocumentError,
    ExportError,
    NotUndoableError,
    StoreDamagedError,
    StoreError,
    StoreFullError,
    StoreLockedError,
    StoreReadOnlyError,
    StoreSetupError,
    StoreTooNewError,
    StoreUnreachableError,
    UnknownObjectError,
)
from incidents.store.history import Changed, Entry
from incidents.store.locations import Location, locate_library, own_data_dir
from incidents.store.naming import claim_ids
from incidents.store.overlay import Conflict, Overlay
from incidents.store.people import By, Person
from incidents.store.states import Kind, State
from incidents.store.store import Store, open_store, restore_library
from incidents.store.toml_export import Exported

__all__ = [
    "Action",
    "Backup",
    "BackupError",
    "By",
    "Change",
    "Changed",
    "Conflict",
    "ConflictError",
    "Decision",
    "DecisionError",
    "DuplicateDocumentError",
    "Entry",
    "ExportError",
    "Exported",
    "Kind",
    "Location",
    "NotAllowedError",
    "NotUndoableError",
    "Overlay",
    "Person",
    "State",
    "Store",
    "StoreDamagedError",
    "StoreError",
    "StoreFullError",
    "StoreLockedError",
    "StoreReadOnlyError",
    "StoreSetupError",
    "StoreTooNewError",
    "StoreUnreachableError",
    "StoredDocument",
    "UnknownObjectError",
    "claim_ids",
    "locate_library",
    "open_store",
    "own_data_dir",
    "restore_library",
]
