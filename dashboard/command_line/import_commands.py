"""`incident-map import` and `incident-map datasets`: event datasets in, listed, checked, out."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dashboard.command_line.terminal import fail

if TYPE_CHECKING:
    from incidents.datasets.mapping import Mapping
    from incidents.datasets.preview import Preview
    from incidents.datasets.report import ImportReport, Progress

KindChoice = StrEnum("KindChoice", {n: n for n in ("ucdp", "acled", "table")})
REFUSED_SHOWN = 5

datasets = typer.Typer(
    help="Imported event datasets: list them, check their files, remove one.",
    no_args_is_help=True,
)


def add_to(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.add_typer(datasets, name="datasets")
    app.command("import", epilog="Example:  incident-map import GEDEvent_v25_1.csv --as ucdp")(
        import_
    )


def import_(
    names: Annotated[list[str], typer.Argument(metavar="FILE…", help="One or more, all or none.")],
    as_: Annotated[KindChoice, typer.Option("--as", help="What the files are.")],
    map_: Annotated[
        Path | None, typer.Option("--map", help="A table's mapping, as TOML; guessed if not given.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    i_hold_a_licence: Annotated[
        bool,
        typer.Option("--i-hold-a-licence", help="You may pass on rows of ACLED under a licence."),
    ] = False,
    dataset: Annotated[str, typer.Option(help="The dataset's id, to add to or update it.")] = "",
    encoding: Annotated[str, typer.Option(help="cp1252 or cp1256, where it is not UTF-8.")] = "",
    preview: Annotated[
        bool,
        typer.Option("--preview", help="Print a table's mapping and first rows; store nothing."),
    ] = False,
    scheduler: Annotated[
        str,
        typer.Option(
            help="A Dask scheduler, tcp://…, whose workers import; files may then be addresses "
            "such as 's3://bucket/*.csv'."
        ),
    ] = "",
    output: Annotated[
        str,
        typer.Option(help="With --scheduler: the folder or address that the dataset goes below."),
    ] = "",
    part_mb: Annotated[
        int, typer.Option(min=1, help="With --scheduler: MB of a file that a worker takes at once.")
    ] = 64,
) -> None:
    """Import UCDP GED, ACLED or any table of incidents; every refused row says why.

    Rows are numbered from 1 under the header; empty lines do not count.
    """
    from incidents.access import local_user
    from incidents.datasets.importing import ImportCancelledError, import_files
    from incidents.datasets.library import DatasetError
    from incidents.datasets.mapping import load_mapping, to_toml
    from incidents.datasets.refusals import FileRefusedError
    from incidents.store.locations import locate_library

    if bool(scheduler) != bool(output):
        fail("give --scheduler and --output together, or neither", 2)
    files = [Path(name) for name in names]
    try:
        mapping = load_mapping(map_) if map_ else None
        if as_.value == "table" and (preview or (mapping is None and not scheduler)):
            mapping = _preview(files[0], mapping, encoding, dataset)
        if preview:
            typer.echo(to_toml(mapping) if mapping else "", nl=False)
            return
        progress = _show_progress if sys.stderr.isatty() else None
        told = {
            "dataset": dataset,
            "encoding": encoding,
            "i_hold_a_licence": i_hold_a_licence,
            "by": local_user(),
        }
        if scheduler:
            told["part_bytes"] = part_mb << 20
            report = _import_on_cluster(
                names, as_.value, scheduler, output, mapping, progress, told
            )
        else:
            data_dir = locate_library().data_dir
            report = import_files(files, as_.value, mapping, data_dir, progress, **told)
    except (FileRefusedError, DatasetError, ImportCancelledError, ValueError, OSError) as error:
        if as_json:
            typer.echo(json.dumps(_nothing(str(error)), ensure_ascii=False, indent=2))
        fail(str(error))
    except KeyboardInterrupt:
        fail("cancelled; nothing was kept", 130)
    _say(report, as_json=as_json)


def _import_on_cluster(*arguments: object) -> ImportReport:
    *shared, told = arguments
    try:
        from incidents.datasets.several_machines import import_on_cluster

        return import_on_cluster(*shared, **told)
    except ModuleNotFoundError as error:
        fail(
            f"--scheduler needs {error.name}; install it with: pip install 'incident-map[cluster]'"
        )


def _say(report: ImportReport, *, as_json: bool) -> None:
    refused_file = _write_refused(report) if report.refused else None
    if as_json:
        said = report.as_json() | {"refused_file": str(refused_file) if refused_file else None}
        typer.echo(json.dumps(said, ensure_ascii=False, indent=2))
    typer.echo(f"{report.dataset_id} {report.version}: {report.sentence()}", err=as_json)
    typer.echo(f"  {report.licence.notice}", err=as_json)
    typer.echo(f"  stored in {report.address or report.folder}", err=as_json)
    if report.mapping_file:
        typer.echo(f"  mapping saved in {report.mapping_file}", err=as_json)
    if report.doubts:
        first = report.doubts[0]
        typer.echo(
            f"  {len(report.doubts):,} cells kept but doubtful, such as row {first.row}, "
            f"{first.field} {first.value!r}: {first.reason}",
            err=True,
        )
    for one in report.refusals[:REFUSED_SHOWN]:
        typer.echo(f"  refused: row {one.row}, {one.field} {one.value!r}: {one.reason}", err=True)
    if refused_file:
        typer.echo(f"  all {report.refused:,} refused rows: {refused_file}", err=True)


def _write_refused(report: ImportReport) -> Path | str | None:
    """Write the refused rows beside the file, or in the data folder where that is not allowed."""
    from incidents.datasets.refusals import write_refusals

    if report.address:
        return f"{report.address}/releases/0001/refused.csv"
    name = f"{report.files[0].name}.refused.csv"
    for folder in (report.paths[0].parent, report.folder.parent):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            write_refusals(folder / name, report.refusals)
        except OSError:
            continue
        return folder / name
    typer.echo("  the list of refused rows could not be written", err=True)
    return None


def _nothing(error: str) -> dict[str, Any]:
    return {"rows": 0, "imported": 0, "duplicate": 0, "refused": 0, "refusals": [], "error": error}


def _preview(path: Path, mapping: Mapping | None, encoding: str, dataset: str) -> Mapping:
    from incidents.datasets.preview import preview_table

    made = preview_table(path, mapping, encoding)
    typer.echo("\n".join(_preview_lines(made)), err=True)
    if not dataset:
        return made.mapping
    return made.mapping.model_copy(update={"dataset": dataset})


def _preview_lines(made: Preview) -> list[str]:
    lines = ["Read as:"]
    lines += [f"  {column!r} is {meaning}" for column, meaning in made.mapping.named.items()]
    if made.unread:
        lines.append(f"  kept, not read: {', '.join(map(repr, made.unread))}")
    for row in made.read:
        said = (f"{name} {value}" for name, value in row.items() if value is not None)
        lines.append(f"  row: {', '.join(said)}")
    return lines


def _show_progress(progress: Progress) -> None:
    left = "" if progress.seconds_left is None else f", {progress.seconds_left:.0f} s left"
    end = "\n" if progress.share >= 1 else ""
    typer.echo(f"\r{progress.rows:,} rows, {progress.share:.0%}{left}   {end}", nl=False, err=True)


@datasets.command("list", epilog="Example:  incident-map datasets list --json")
def list_(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON list.")] = False,
) -> None:
    """List the imported datasets with version, rows and licence."""
    from incidents.datasets.library import list_datasets
    from incidents.store.locations import locate_library

    found = list_datasets(locate_library().data_dir)
    if as_json:
        said = [manifest.model_dump(mode="json") for manifest in found]
        typer.echo(json.dumps(said, ensure_ascii=False, indent=2))
        return
    for manifest in found:
        rows = sum(release.rows for release in manifest.releases)
        version = manifest.releases[-1].version if manifest.releases else "empty"
        typer.echo(
            f"{manifest.dataset_id}  {manifest.title} {version}: {rows:,} rows in "
            f"{len(manifest.releases)} releases  ({manifest.licence}; {manifest.attribution})"
        )


@datasets.command("verify", epilog="Example:  incident-map datasets verify")
def verify() -> None:
    """Hold every stored file against its hash; status 1 if one differs."""
    from incidents.datasets.library import datasets_folder, list_datasets
    from incidents.datasets.library import verify as check
    from incidents.store.locations import locate_library

    folder = locate_library().data_dir
    manifests = list_datasets(folder)
    problems = [p for m in manifests for p in check(datasets_folder(folder) / m.dataset_id)]
    if problems:
        fail("\n".join(problems))
    typer.echo(f"{len(manifests)} datasets, every file as it was written")


@datasets.command("remove", epilog="Example:  incident-map datasets remove ucdp-ged")
def remove(
    dataset: Annotated[str, typer.Argument(help="The dataset's id.")],
) -> None:
    """Remove a dataset and all its releases for good; `incident-map remove` can be undone."""
    from incidents.datasets.library import (
        DatasetError,
        datasets_folder,
        list_datasets,
        remove_dataset,
    )
    from incidents.store.locations import locate_library

    folder = locate_library().data_dir
    # Never a path from what was typed: only an id that is there.
    known = {manifest.dataset_id for manifest in list_datasets(folder)}
    if dataset not in known:
        fail(f"no dataset {dataset!r}; there are: {', '.join(sorted(known)) or 'none'}")
    try:
        remove_dataset(datasets_folder(folder) / dataset)
    except DatasetError as error:
        fail(str(error))
    typer.echo(f"{dataset} removed")
