"""The library: `incident-map backup | restore | remove | history | undo | redo`, and its check."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dashboard.command_line.data_dir_option import further
from dashboard.command_line.terminal import fail

if TYPE_CHECKING:
    from incidents.access import By as Whom
    from incidents.store import Store

By = Annotated[str | None, typer.Option(help="Who decides, for the history; else this user.")]
Why = Annotated[str, typer.Option(help="Why; it is kept in the history.")]
EntryNumber = Annotated[int, typer.Argument(metavar="ENTRY", help="Its number in the history.")]


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module to the program's."""
    examples = {
        backup: "backup --output library-2026-02-01.sqlite",
        restore: 'restore library-2026-02-01.sqlite --by amna --reason "the disk failed"',
        remove: 'remove 005-dawn --reason "a hoax" --by amna',
        history: "history --json",
        undo: "undo 7 --by amna",
        redo: "redo 7 --by amna",
    }
    for command, example in examples.items():
        app.command(command.__name__, epilog=f"Example:  incident-map {example}")(command)


def backup(
    output: Annotated[Path, typer.Option(help="The backup's file.")],
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace a file of this name.")
    ] = False,
) -> None:
    """Write the library to one file, checked: documents, decisions, history.

    Imported datasets are not in it; copy the folder `datasets` beside the library.
    """
    with _said():
        made = _library().backup(output, by=_whom(None), overwrite=overwrite)
    typer.echo(f"{made.path}: {made.entries} entries of the history, {made.records} records")
    typer.echo(f"To restore it:  {further('restore', str(made.path), '--reason', '…')}", err=True)


def restore(
    file: Annotated[Path, typer.Argument(help="A backup.")],
    reason: Why,
    by: By = None,
) -> None:
    """Put a backup in the library's place, damaged or not; the former state is kept beside."""
    from incidents.store import locate_library, restore_library

    location = locate_library()
    with _said():
        _needs(reason, "restore a backup")
        made = restore_library(file, location, by=_whom(by), reason=reason)
    typer.echo(
        f"{file} restored into {location.shown}: {made.entries} entries of the history, "
        f"{made.records} records"
    )
    if made.kept is not None:
        typer.echo(f"The former state is kept in {made.kept}")


def remove(
    what: Annotated[
        str,
        typer.Argument(metavar="SOURCE_OR_DATASET", help="Its id, or the beginning of it."),
    ],
    reason: Why,
    by: By = None,
) -> None:
    """Take a source, a report under review or a dataset out of the map; `undo` brings it back."""
    from incidents import removing
    from incidents.atlas import existing_store, seeds_folder
    from incidents.coding import seeds
    from incidents.store import locate_library, open_store

    with _said():
        _needs(reason, f"remove {what}")
        location, store = locate_library(), existing_store()
        coded = seeds.load(seeds_folder())
        known = removing.removable(location, store, coded)
        object_id = removing.named(what, known)
        entry = removing.remove(
            store or open_store(location),
            object_id,
            known[object_id],
            by=_whom(by),
            reason=reason,
            seeds=coded,
        )
    typer.echo(f"{known[object_id]} {object_id} removed: entry {entry} of the history")
    typer.echo(f"To take it back:  {further('undo', str(entry))}")


def history(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON list.")] = False,
    of: Annotated[
        str | None, typer.Option("--of", help="Only of this source, dataset or claim.")
    ] = None,
    limit: Annotated[int | None, typer.Option(help="How many at most; all if not given.")] = None,
) -> None:
    """Tell who decided what, when and why, the newest first."""
    from dashboard.command_line.entry_words import as_object, told
    from incidents.atlas import existing_store
    from incidents.model import KARACHI

    store = existing_store()
    entries = store.history(limit, of) if store else []
    if as_json:
        typer.echo(json.dumps([as_object(e) for e in entries], ensure_ascii=False, indent=2))
        return
    for entry in entries:
        undone = f"  (undone by {entry.undone_by})" if entry.undone_by else ""
        lines = [
            f"{entry.entry_id:>5}  {entry.at.astimezone(KARACHI):%Y-%m-%d %H:%M}  {entry.by}: "
            f"{told(entry)}{undone}"
        ]
        objects = list(dict.fromkeys(c.object_id for c in entry.changes))
        if objects:
            more = f" and {len(objects) - 3} more" if len(objects) > 3 else ""
            lines.append(f"       {', '.join(objects[:3])}{more}")
        if entry.reason:
            lines.append(f"       {entry.reason}")
        # What people typed may hold codes that would move a terminal's cursor.
        typer.echo("\n".join("".join(c if c.isprintable() else " " for c in x) for x in lines))
    if not entries:
        typer.echo("Nothing has been decided.", err=True)


def undo(entry: EntryNumber, reason: Why = "", by: By = None) -> None:
    """Bring back what was before an entry; the history keeps both."""
    from incidents.review.document import undo_entry

    with _said():
        store = _library()
        made = undo_entry(store, store.entry(entry), by=_whom(by), reason=reason)
    typer.echo(f"Entry {entry} is undone, by entry {made}")
    typer.echo(f"To take it back:  {further('redo', str(entry))}")


def redo(entry: EntryNumber, reason: Why = "", by: By = None) -> None:
    """Let an entry hold again that was undone."""
    from incidents import removing

    with _said():
        store = _library()
        made = removing.redo(store, store.entry(entry), by=_whom(by), reason=reason)
    typer.echo(f"Entry {entry} holds again, by entry {made}")
    typer.echo(f"To take it back:  {further('undo', str(made))}")


def check_library(*, as_json: bool) -> None:
    """Hold the library and the files of its datasets against their hashes; 0 if whole, else 1."""
    from incidents.datasets.library import datasets_folder, list_datasets
    from incidents.datasets.library import verify as check_dataset

    with _said():
        store = _library()
        folder = store.location.data_dir
        wrong = store.verify()
        datasets = list_datasets(folder)
        for manifest in datasets:
            wrong += check_dataset(datasets_folder(folder) / manifest.dataset_id)
        entries = store.history(1)
    shown = store.location.shown
    number = entries[0].entry_id if entries else 0
    if as_json:
        found = {
            "holds": not wrong,
            "differences": wrong,
            "library": shown,
            "entries": number,
            "datasets": len(datasets),
        }
        typer.echo(json.dumps(found, ensure_ascii=False, indent=2))
        raise typer.Exit(1 if wrong else 0)
    if wrong:
        fail("\n".join([f"{shown} does not hold:", *(f"  {w}" for w in wrong)]))
    typer.echo(
        f"{shown} holds: {number} entries of the history and {len(datasets)} datasets, "
        "as they were written"
    )


def export_seeds(folder: str) -> None:
    """Write accepted sources, and coded ones that were corrected, as coded documents."""
    from incidents.atlas import existing_store, seeds_folder
    from incidents.coding import seeds

    if folder == "-":
        fail("--output - is no folder; coded documents are several files, so name a folder.")
    path = Path(folder)
    store = existing_store()
    if store is None:
        typer.echo("There is no library yet: nothing was accepted, nothing is written.", err=True)
        return
    coded = seeds_folder()
    with _said():
        try:
            done = store.export_seeds(path, seeds.load(coded), coded=coded)
        except OSError as error:
            fail(
                f"{error.filename or path} cannot be written: {error.strerror}. Name a folder "
                "that you may write to."
            )
    for file in done.files:
        typer.echo(str(file))
    typer.echo(f"{len(done.sources)} sources in {path}, {len(done.files)} files written", err=True)
    if done.not_exported:
        typer.echo(f"Taken out, not in {path}: {', '.join(done.not_exported)}", err=True)


def _library() -> Store:
    """Return the library, which must be there."""
    from incidents.atlas import existing_store
    from incidents.store import locate_library

    store = existing_store()
    if store is None:
        fail(
            f"There is no library at {locate_library().shown}. `incident-map add FILE --accept` "
            "makes one; --data-dir names another folder."
        )
    return store


def _whom(by: str | None) -> Whom:
    from incidents.access import local_user

    return local_user() if by is None else by


def _needs(reason: str, what: str) -> None:
    if not reason.strip():
        raise ValueError(f"to {what} needs a reason; nothing was changed")


@contextmanager
def _said() -> Iterator[None]:
    """Turn a refusal into its message and status 1."""
    try:
        yield
    except ValueError as error:
        fail(str(error))
