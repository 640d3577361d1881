"""What the command line hands out: `incident-map export | brief | seal | verify`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from dashboard.command_line.filter_options import filtered, narrowed
from dashboard.command_line.library_commands import check_library, export_seeds
from dashboard.command_line.terminal import fail, read_input, write_output

LayerChoice = StrEnum("LayerChoice", {n: n for n in ("districts", "incidents", "claims", "seeds")})
FormatChoice = StrEnum("FormatChoice", {n: n for n in ("geojson", "csv", "gpkg", "parquet")})
BriefChoice = StrEnum("BriefChoice", {n: n for n in ("html", "svg", "png")})
MeasureChoice = StrEnum(
    "MeasureChoice",
    {n: n for n in ("incidents", "claims", "sources", "killed", "injured", "abducted", "freed")},
)

# Any: the view, which is imported only when a command runs.
MakeView = Callable[[], Any]
Output = Annotated[str, typer.Option(help="A file's path, or - for standard output.")]
HoldsLicence = Annotated[
    bool,
    typer.Option("--i-hold-a-licence", help="You may pass on rows of ACLED under a licence."),
]
Measure = Annotated[MeasureChoice, typer.Option(help="What colours the map.")]


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module to the program's."""
    examples = {
        export: "export --layer claims --format csv --source 004 --output claims.csv",
        brief: "brief --measure killed --rule official --output brief.html",
        seal: "seal --victim-group militants --output export.zip",
        verify: "verify export.zip",
    }
    for command, example in examples.items():
        options = command if command is verify else filtered(command)
        app.command(command.__name__, epilog=f"Example:  incident-map {example}")(options)


def export(
    layer: Annotated[LayerChoice, typer.Option(help="What a row is.")],
    output: Output,
    view: MakeView,
    file_format: Annotated[
        FormatChoice | None, typer.Option("--format", help="What kind of file; not for seeds.")
    ] = None,
    i_hold_a_licence: HoldsLicence = False,
) -> None:
    """Write districts, incidents or claims to a file, under the page's filters.

    The layer seeds is a folder: the accepted sources as coded documents, TOML that git can hold.
    """
    if layer.value == "seeds":
        if file_format is not None or narrowed(view):
            fail("--layer seeds writes whole sources as TOML: leave out --format and the filters.")
        export_seeds(output)
        return
    if file_format is None:
        fail(f"--layer {layer.value} needs --format: {', '.join(FormatChoice)}.", 2)
    from incidents.export.formats import about_json, to_bytes
    from incidents.export.layers import build_layer

    try:
        shown = view()
        _take_licence(shown, held=i_hold_a_licence)
        built = build_layer(layer.value, shown)
        content = to_bytes(built, file_format.value)
    except (ValueError, OSError) as error:
        fail(str(error))
    path = write_output(output, content)
    if path is None:
        return
    if file_format.value == "csv":
        write_output(str(path.with_name(path.name + ".about.json")), about_json(built))
    rows = built.about["level"] if layer.value == "districts" else layer.value
    typer.echo(f"{len(built.rows)} {rows} written to {path}", err=True)


def brief(
    output: Output,
    view: MakeView,
    measure: Measure = MeasureChoice["incidents"],
    file_format: Annotated[
        BriefChoice | None,
        typer.Option("--format", help="By default what the file's ending says, else html."),
    ] = None,
    page: Annotated[
        str, typer.Option(help="Address of the page that the brief's link reopens.")
    ] = "http://localhost:8501/",
    i_hold_a_licence: HoldsLicence = False,
) -> None:
    """Write a brief to take away: one page with map, tolls, claims; or the map alone."""
    from dashboard.brief.page import brief as make_brief
    from dashboard.map_layer.map_png import to_png
    from dashboard.map_layer.map_svg import map_svg

    kind = file_format.value if file_format else _kind_of(output)
    if not page.startswith(("http://", "https://")):
        fail(f"--page {page!r} is no address; expected a form such as http://localhost:8501/")
    try:
        shown = view()
    except ValueError as error:
        fail(str(error))
    _take_licence(shown, held=i_hold_a_licence)
    match kind:
        case "svg":
            content = map_svg(shown, measure.value).encode()
        case "png":
            content = to_png(map_svg(shown, measure.value))
        case _:
            content = make_brief(shown, measure.value, page).encode()
    write_output(output, content, "The brief" if kind == "html" else f"The map as {kind.upper()}")


def _take_licence(view: Any, *, held: bool) -> None:  # noqa: ANN401 - as in MakeView
    if held:
        for sums in view.rows.values():
            sums.dataset.licence_is_held()


def _kind_of(output: str) -> str:
    ending = Path(output).suffix.lower().removeprefix(".")
    if ending in ("", "htm") or output == "-":
        return "html"
    if ending not in BriefChoice.__members__:
        fail(
            f"{output}: no brief has the ending .{ending}; name it .html, .svg or .png, or give "
            "--format"
        )
    return ending


def seal(
    output: Output,
    view: MakeView,
    measure: Measure = MeasureChoice["incidents"],
    i_hold_a_licence: HoldsLicence = False,
) -> None:
    """Write a sealed export: layers, evidence and records of a view with a hash of each file."""
    from dashboard.choices import Choices, address
    from incidents.export.sealed import seal as make_seal

    try:
        shown = view()
        _take_licence(shown, held=i_hold_a_licence)
        choices = Choices(shown.filter, shown.rule, measure.value, selected=None, basemap=False)
        content = make_seal(shown, address(shown.atlas, choices))
    except (ValueError, OSError) as error:
        fail(str(error))
    write_output(output, content, f"{shown.figure_count + shown.happening_count} claims sealed,")
    typer.echo(f"sha256 {hashlib.sha256(content).hexdigest()}", err=True)


def verify(
    file: Annotated[
        Path | None, typer.Argument(help="A sealed export; the library if not given.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Check a sealed export, or the library: nothing lost, changed or extra. 0 if so, else 1."""
    if file is None:
        check_library(as_json=as_json)
        return
    from incidents.export.sealed import verify as check
    from incidents.export.sealed_zip import MAX_BYTES

    verdict = check(read_input(file, MAX_BYTES))
    if as_json:
        found = {
            "holds": not verdict.differences,
            "differences": verdict.differences,
            "sha256": verdict.sha256,
            "made_again": verdict.made_again,
            "manifest": verdict.manifest,
        }
        typer.echo(json.dumps(found, ensure_ascii=False, indent=2))
        raise typer.Exit(1 if verdict.differences else 0)
    if verdict.differences:
        fail("\n".join([f"{file} does not hold:", *(f"  {d}" for d in verdict.differences)]))
    typer.echo(_summary(file, verdict.manifest or {}, verdict.sha256, verdict.made_again))


def _summary(file: Path, manifest: Any, sha256: str, made_again: bool) -> str:  # noqa: ANN401
    contents, said = manifest["contents"], manifest["view"]
    filters = "; ".join(f"{name}: {value}" for name, value in said["filters"].items())
    checked = (
        "and the same when made again from the records"
        if made_again
        else f"made with {manifest['versions']}, so not made again from the records"
    )
    lines = (
        f"{file} holds: {len(manifest['files'])} files as sealed, {checked}",
        f"  sha256    {sha256}",
        f"  claims    {contents.get('claims')} of {contents.get('sources')} sources, "
        f"{contents.get('origins')} origins; {contents.get('claims_not_placed')} on no district",
        f"  filters   {filters or 'none'}",
        f"  rule      {said['rule']}",
        f"  boundary  {manifest['boundaries']['vintage']}",
        f"  view      {said['query']}",
        f"  open it   incident-map serve --sealed {file}",
    )
    # What a file says may hold codes that would move a terminal's cursor.
    return "\n".join("".join(c if c.isprintable() else " " for c in line) for line in lines)
