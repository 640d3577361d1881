"""The command line: `incident-map serve | export | brief | seal | verify | locate | …`."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated, Any

import typer

from dashboard.command_line.add_commands import add
from dashboard.command_line.data_dir_option import give_data_dir
from dashboard.command_line.export_commands import add_to
from dashboard.command_line.import_commands import add_to as add_imports_to
from dashboard.command_line.library_commands import add_to as add_library_to
from dashboard.command_line.origin_commands import origins
from dashboard.command_line.region_commands import add_to as add_regions_to
from dashboard.command_line.terminal import fail

app = typer.Typer(
    name="incident-map",
    help="Reports of attacks as a map that can be checked: every number opens to its words.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.add_typer(origins, name="origins")
add_imports_to(app)
add_library_to(app)
add_regions_to(app)
app.command("add", epilog="Example:  incident-map add report.pdf --json")(add)

NOTHING_FOUND, AMBIGUOUS = 1, 2


def main() -> None:
    """Run the command line."""
    app()


@app.command(
    epilog="Example:  incident-map serve --port 8600\n\n"
    "For a team:  incident-map serve --host 192.0.2.7 --access access.toml\n\n"
    "Behind a proxy:  incident-map serve --access access.toml --behind-proxy X-Forwarded-Email"
)
def serve(
    port: Annotated[
        int, typer.Option(help="Port on this machine; 0 for any that is free.", min=0, max=65535)
    ] = 8501,
    texts: Annotated[
        Path | None,
        typer.Option(help="Folder with the sources' texts (.txt), to show quotes in sentences."),
    ] = None,
    sealed: Annotated[
        Path | None, typer.Option(help="A sealed export to open instead of all sources.")
    ] = None,
    host: Annotated[
        str,
        typer.Option(help="Address to listen on; other than this machine's own needs --access."),
    ] = "127.0.0.1",
    access: Annotated[
        Path | None,
        typer.Option(
            help="File that says who may read, review and administer (docs/access.md); "
            "Streamlit's secrets.toml if not given."
        ),
    ] = None,
    behind_proxy: Annotated[
        str | None,
        typer.Option(
            metavar="HEADER", help="People log in at a proxy, which names them in this header."
        ),
    ] = None,
    proxy_address: Annotated[
        list[str] | None,
        typer.Option(help="Where the proxy is, this machine if not given; may be repeated."),
    ] = None,
) -> None:
    """Open the dashboard on this machine (127.0.0.1); SIGTERM or Ctrl-C ends it.

    Other machines are let in with an access setting only.
    """
    from dashboard.access_setting import AccessSettingError
    from dashboard.serving import (
        HostNotHereError,
        PortInUseError,
        UnsafeConfigurationError,
        admit,
        free_port,
    )
    from dashboard.serving import serve as run
    from incidents.atlas import existing_store
    from incidents.texts import TEXTS_VARIABLE

    if texts is not None:
        if not texts.is_dir():
            fail(f"--texts {texts} is not a folder. Name the folder that holds the texts.")
        # The page runs in this process and reads the variable.
        os.environ[TEXTS_VARIABLE] = str(texts.resolve())
    if sealed is None:
        # What cannot be opened is said here, before anybody looks at an empty page.
        existing_store()
    query = _open_sealed(sealed) if sealed is not None else ""
    if proxy_address and behind_proxy is None:
        fail("--proxy-address says where a proxy is; name its header with --behind-proxy.")
    try:
        setting = admit(host, access, behind_proxy, proxy_address or ())
        port = port or free_port(host)
        origin = setting.origin if setting else f"http://localhost:{port}"
        typer.echo(f"Incident Map: {origin}/{query}  (Ctrl-C ends it)")
        run(port, host, setting)
    except (
        AccessSettingError,
        UnsafeConfigurationError,
        PortInUseError,
        HostNotHereError,
    ) as error:
        fail(str(error))


def _open_sealed(file: Path) -> str:
    """Let the page open a sealed export, and return the query string of its view."""
    from dashboard.command_line.terminal import read_input
    from incidents.export.sealed import SEALED_VARIABLE, open_sealed
    from incidents.export.sealed_zip import MAX_BYTES, SealError

    try:
        query = open_sealed(read_input(file, MAX_BYTES)).query
    except SealError as error:
        fail(f"{file} is not opened:\n{error}")
    # The page runs in this process and reads the variable.
    os.environ[SEALED_VARIABLE] = str(file.resolve())
    return query


add_to(app)


@app.command(epilog='Example:  incident-map locate "Noshki" --json')
def locate(
    name: Annotated[str, typer.Argument(help="A place as a report names it.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    region: Annotated[
        str, typer.Option(help="The region to look in, your own places included.")
    ] = "balochistan",
    online: Annotated[
        bool, typer.Option(help="Ask OpenStreetMap's Nominatim where the gazetteer has nothing.")
    ] = False,
) -> None:
    """Say which place a name means, which district it lies in, and what else it could be."""
    from gazetteer.errors import AmbiguousPlaceError, PlaceNotFoundError
    from incidents.regions.region import RegionError, load_region
    from incidents.store.locations import locate_library

    try:
        shown = load_region(region, locate_library().data_dir)
        found = shown.gazetteer().locate(name).as_dict()
    except RegionError as error:
        fail(str(error))
    except AmbiguousPlaceError as error:
        fail(str(error), AMBIGUOUS)
    except PlaceNotFoundError as error:
        if not online:
            fail(str(error), NOTHING_FOUND)
        found = _locate_online(name)
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    typer.echo(_place_lines(found, shown.title))


def _locate_online(name: str) -> dict[str, Any]:
    from platformdirs import user_cache_dir

    from gazetteer.online import OnlineGeocoder, OnlineGeocodingError

    try:
        return OnlineGeocoder(Path(user_cache_dir("incident-map"))).locate(name).as_dict()
    except OnlineGeocodingError as error:
        fail(str(error), NOTHING_FOUND)


def _place_lines(found: dict[str, Any], region: str) -> str:
    district = (
        f"{found['adm2_name']} ({found['adm2_pcode']})"
        if found["adm2_pcode"]
        else f"none of {region}"
    )
    lines = [
        f"{found['name']}  {found['place_id']}",
        f"  matched    {found['matched_name']} ({found['match']}, {found['score']:.0f})",
        f"  position   {found['latitude']:.4f}, {found['longitude']:.4f} (latitude, longitude)",
        f"  district   {district}",
        f"  where_prec {found['where_prec']}",
    ]
    lines += [
        f"  could also be {c['described']}"
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
    from dashboard.wording import count
    from incidents.atlas import load_atlas
    from incidents.sources import source_rows

    try:
        rows = source_rows(load_atlas())
    except ValueError as error:
        fail(str(error))
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        typer.echo(
            f"{row['source_id']}  {count(row['figures'], 'figure')}, "
            f"{count(row['happenings'], 'happening')}  origin {row['origin_id']}\n    {row['citation']}"
        )
        for notice in row["notices"]:
            typer.echo(f"    notice: {notice['message']}")


# The last line: it goes over every command there is.
give_data_dir(app)
