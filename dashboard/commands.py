"""The command line: `incident-map serve | export | locate | sources`."""

from __future__ import annotations

import json
import os
import sys
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from dashboard.origin_commands import origins

app = typer.Typer(
    name="incident-map",
    help="Reports of attacks as a map that can be checked: every number opens to its words.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.add_typer(origins, name="origins")

# Literal types hold these words in `incidents`; the command line shows them as choices
# without importing the subject, so that `--help` answers at once.
LayerChoice = StrEnum("LayerChoice", {n: n for n in ("districts", "incidents", "claims")})
FormatChoice = StrEnum("FormatChoice", {n: n for n in ("geojson", "csv", "gpkg", "parquet")})
RuleChoice = StrEnum(
    "RuleChoice", {n: n for n in ("range", "lowest", "highest", "latest", "official", "modal")}
)

NOTHING_FOUND, AMBIGUOUS = 1, 2


def main() -> None:
    """Run the command line."""
    app()


@app.command(epilog="Example:  incident-map serve --port 8600")
def serve(
    port: Annotated[int, typer.Option(help="Port on this machine.", min=1, max=65535)] = 8501,
    texts: Annotated[
        Path | None,
        typer.Option(help="Folder with the sources' texts (.txt), to show quotes in sentences."),
    ] = None,
) -> None:
    """Open the dashboard on this machine (127.0.0.1); SIGTERM or Ctrl-C ends it."""
    from dashboard.serving import PortInUseError, UnsafeConfigurationError
    from dashboard.serving import serve as run
    from incidents.texts import TEXTS_VARIABLE

    if texts is not None:
        if not texts.is_dir():
            _fail(f"--texts {texts} is not a folder. Name the folder that holds the texts.")
        # The page runs in this process and reads the variable.
        os.environ[TEXTS_VARIABLE] = str(texts.resolve())
    typer.echo(f"Incident Map: http://localhost:{port}  (Ctrl-C ends it)")
    try:
        run(port)
    except (UnsafeConfigurationError, PortInUseError) as error:
        _fail(str(error))


@app.command(
    epilog="Example:  incident-map export --layer claims --format csv --source 004 --output claims.csv"
)
def export(
    layer: Annotated[LayerChoice, typer.Option(help="What a row is.")],
    file_format: Annotated[FormatChoice, typer.Option("--format", help="What kind of file.")],
    output: Annotated[str, typer.Option(help="A file's path, or - for standard output.")],
    source: Annotated[
        list[str] | None, typer.Option(help="A source's id or its beginning.")
    ] = None,
    casualty_type: Annotated[
        list[str] | None, typer.Option(help="killed, injured, abducted, …")
    ] = None,
    victim_group: Annotated[
        list[str] | None, typer.Option(help="security_forces, militants, civilians, …")
    ] = None,
    event_type: Annotated[list[str] | None, typer.Option(help="An ACLED event type.")] = None,
    district: Annotated[
        list[str] | None, typer.Option(help="A P-code or a district's name.")
    ] = None,
    date_from: Annotated[str | None, typer.Option("--from", help="First day, 2026-01-31.")] = None,
    date_to: Annotated[str | None, typer.Option("--to", help="Last day, included.")] = None,
    scope: Annotated[
        list[str] | None,
        typer.Option(help="event (default), previous_day, cumulative, background, or all."),
    ] = None,
    rule: Annotated[RuleChoice, typer.Option(help="How `best` is chosen.")] = RuleChoice["range"],
    as_known_at: Annotated[
        str | None, typer.Option(help="Only what was reported by 2026-01-31 or 2026-01-31T14:30.")
    ] = None,
) -> None:
    """Write districts, incidents or claims to a file, under the page's filters."""
    from incidents.atlas import load_atlas
    from incidents.exports import about_json, to_bytes, write_file
    from incidents.filters import make_filter, parse_moment
    from incidents.layers import build_layer
    from incidents.view import View

    try:
        atlas = load_atlas()
        chosen = make_filter(
            atlas.catalogue,
            atlas.district_names,
            source=source or (),
            casualty_type=casualty_type or (),
            victim_group=victim_group or (),
            event_type=event_type or (),
            district=district or (),
            date_from=_day("--from", date_from),
            date_to=_day("--to", date_to),
            scope=scope or ("event",),
            known_at=parse_moment(as_known_at) if as_known_at else None,
        )
        built = build_layer(layer.value, View(atlas, chosen, rule.value))
        content = to_bytes(built, file_format.value)
    except ValueError as error:
        _fail(str(error))
    if output == "-":
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return
    path = Path(output)
    try:
        write_file(path, content)
        if file_format.value == "csv":
            write_file(path.with_name(path.name + ".about.json"), about_json(built))
    except OSError as error:
        _fail(
            f"{path} cannot be written: {error.strerror}. Name a file in a folder that you may write to."
        )
    typer.echo(f"{len(built.rows)} {layer.value} written to {path}", err=True)


@app.command(epilog='Example:  incident-map locate "Noshki" --json')
def locate(
    name: Annotated[str, typer.Argument(help="A place as a report names it.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    online: Annotated[
        bool, typer.Option(help="Ask OpenStreetMap's Nominatim where the gazetteer has nothing.")
    ] = False,
) -> None:
    """Say which place a name means, which district it lies in, and what else it could be."""
    from gazetteer.errors import AmbiguousPlaceError, PlaceNotFoundError
    from gazetteer.resolve import Gazetteer

    try:
        found = Gazetteer.default().locate(name).as_dict()
    except AmbiguousPlaceError as error:
        _fail(str(error), AMBIGUOUS)
    except PlaceNotFoundError as error:
        if not online:
            _fail(str(error), NOTHING_FOUND)
        found = _locate_online(name)
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    typer.echo(_place_lines(found))


def _locate_online(name: str) -> dict[str, Any]:
    from platformdirs import user_cache_dir

    from gazetteer.online import OnlineGeocoder, OnlineGeocodingError

    try:
        return OnlineGeocoder(Path(user_cache_dir("incident-map"))).locate(name).as_dict()
    except OnlineGeocodingError as error:
        _fail(str(error), NOTHING_FOUND)


def _place_lines(found: dict[str, Any]) -> str:
    district = (
        f"{found['adm2_name']} ({found['adm2_pcode']})"
        if found["adm2_pcode"]
        else "none of Balochistan"
    )
    lines = [
        f"{found['name']}  {found['place_id']}",
        f"  matched    {found['matched_name']} ({found['match']}, {found['score']:.0f})",
        f"  position   {found['latitude']:.4f}, {found['longitude']:.4f} (latitude, longitude)",
        f"  district   {district}",
        f"  where_prec {found['where_prec']}",
    ]
    lines += [
        f"  could also be {c['name']} {c['place_id']}"
        + (f" in {c['adm2_name']}" if c["adm2_name"] else "")
        for c in found["candidates"]
        if c["place_id"] != found["place_id"]
    ]
    if found.get("note"):
        lines.append(f"  note       {found['note']}")
    return "\n".join(lines)


@app.command(epilog="Example:  incident-map sources --json")
def sources(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON list.")] = False,
) -> None:
    """List the sources with their dates, their origin and how many claims they make."""
    from incidents.atlas import load_atlas
    from incidents.sources import source_rows

    try:
        rows = source_rows(load_atlas())
    except ValueError as error:
        _fail(str(error))
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        typer.echo(
            f"{row['source_id']}  {row['figures']} figures, {row['happenings']} happenings  "
            f"origin {row['origin_id']}\n    {row['citation']}"
        )
        for notice in row["notices"]:
            typer.echo(f"    notice: {notice['message']}")


def _day(option: str, text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(
            f"{option} {text!r} is not a day; expected a form such as 2026-01-31"
        ) from None


def _fail(message: str, status: int = 1) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(status)
