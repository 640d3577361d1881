"""`incident-map boundaries` and `incident-map gazetteer`: a user's own areas and places."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from dashboard.command_line.terminal import fail, read_input

if TYPE_CHECKING:
    from gazetteer.own_place_files import PlacesRead
    from geo.area_checks import AreasRead
    from incidents.regions.region import Region

REFUSED_SHOWN = 5
_HELP_REGION = "The region's name."

boundaries = typer.Typer(
    help="Your own boundaries: add a file of areas, list the regions, remove a level.",
    no_args_is_help=True,
)
gazetteer = typer.Typer(
    help="Your own places: add a file of places, list them, remove a list.",
    no_args_is_help=True,
)

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


def add_to(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.add_typer(boundaries, name="boundaries")
    app.add_typer(gazetteer, name="gazetteer")


@boundaries.command(
    "add",
    epilog="Example:  incident-map boundaries add sindh.geojson --code ADM2_PCODE --name ADM2_EN "
    "--vintage 2023 --region Sindh --level districts",
)
def add_boundaries(
    file: Annotated[str, typer.Argument(help="GeoJSON or GeoPackage, longitude and latitude.")],
    code: Annotated[str, typer.Option(help="The field with each area's code.", metavar="FIELD")],
    name: Annotated[str, typer.Option(help="The field with each area's name.", metavar="FIELD")],
    vintage: Annotated[str, typer.Option(help="Which state of the division it shows, in words.")],
    region: Annotated[
        str | None, typer.Option(help="The region's name; the file's if not given.")
    ] = None,
    level: Annotated[str, typer.Option(help="What the areas are: districts, wards.")] = "areas",
    source: Annotated[str, typer.Option(help="Who publishes them.")] = "",
    attribution: Annotated[str, typer.Option(help="What must stand beside them.")] = "",
    licence: Annotated[str, typer.Option(help="Under which licence they are.")] = "",
    repair: Annotated[
        bool, typer.Option("--repair", help="Mend shapes that cross themselves, on a copy.")
    ] = False,
    axes_are_right: Annotated[
        bool,
        typer.Option("--axes-are-right", help="Longitude stands first, though it looks otherwise."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Add areas of your own as a level of a region; they are checked, and kept whole or not at all.

    Overlaps and gaps are reported with their area. Your file is only read.
    """
    from geo.boundary_file import BoundaryFileError
    from incidents.regions.boundary_reading import read_boundary_file
    from incidents.regions.region import RegionError
    from incidents.regions.writing import About, add_level, level_name

    path = Path(file)
    try:
        source = source or path.name
        thanks = attribution or f"Boundaries: {source}"
        about = About(path.name, source, vintage, thanks, licence)
        read = read_boundary_file(file, code, name, repair=repair, axes_are_right=axes_are_right)
        level = level_name(level)
        made, added = add_level(_data_dir(), region or path.stem, level, read, about)
    except (BoundaryFileError, RegionError, OSError) as error:
        _refuse(str(error), as_json=as_json)
    _say_boundaries(read, made, level, added=added, as_json=as_json)


def _say_boundaries(
    read: AreasRead, made: Region, level: str, *, added: bool, as_json: bool
) -> None:
    if as_json:
        said = {
            "region": made.name,
            "title": made.title,
            "level": level,
            "levels": made.levels,
            "added": added,
            "areas": len(read.areas),
            "notes": read.notes,
            "faults": read.faults,
            "overlap_km2": read.overlap_km2,
            "gap_km2": read.gap_km2,
        }
        typer.echo(json.dumps(said, ensure_ascii=False, indent=2))
        return
    if not added:
        typer.echo(f"{made.title}: the same {level} are there already; nothing was added")
        return
    typer.echo(f"{made.title}: {len(read.areas):,} {level} added, coarse to fine it has "
               f"{', '.join(made.levels)}")  # fmt: skip
    for note in read.notes:
        typer.echo(f"  {note}")
    if read.faults:
        typer.echo(f"  overlaps {read.overlap_km2:,.3f} km2, gaps {read.gap_km2:,.3f} km2 in all:")
    for fault in read.faults:
        typer.echo(f"    {fault}")


@boundaries.command("list", epilog="Example:  incident-map boundaries list --json")
def list_boundaries(as_json: AsJson = False) -> None:
    """List the regions with their levels, coarse to fine."""
    from incidents.regions.region import RegionError, list_regions

    try:
        rows = [_region_row(region) for region in list_regions(_data_dir())]
    except RegionError as error:
        fail(str(error))
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        typer.echo(f"{row['region']}  {row['title']}")
        for level in row["levels"]:
            thanks = "; ".join(filter(None, (level["attribution"], level["licence"])))
            typer.echo(
                f"    {level['level']}: {level['areas']:,} areas, {level['source']}, "
                f"{level['vintage']}" + (f"  ({thanks})" if thanks else "")
            )


def _region_row(region: Region) -> dict[str, Any]:
    own = {level.name: level for level in region.own_levels}
    levels = []
    for name in region.levels:
        made = region.boundaries(name)
        levels.append(
            {
                "level": name,
                "areas": len(made.areas),
                "source": made.source,
                "vintage": made.vintage,
                "attribution": made.attribution,
                "licence": made.licence,
                "added_from": own[name].added_from if name in own else None,
                "faults": own[name].faults if name in own else (),
            }
        )
    return {"region": region.name, "title": region.title, "levels": levels}


@boundaries.command(
    "remove", epilog="Example:  incident-map boundaries remove Sindh --level districts"
)
def remove_boundaries(
    region: Annotated[str, typer.Argument(help=_HELP_REGION)],
    level: Annotated[str | None, typer.Option(help="Which level; all of yours if one.")] = None,
) -> None:
    """Remove a level of your own from a region; your file stays where it is."""
    from incidents.regions.region import RegionError, load_region
    from incidents.regions.writing import remove_level

    try:
        found = load_region(region, _data_dir())
        own = [one.name for one in found.own_levels]
        if level is None and len(own) != 1:
            raise RegionError(
                f"{found.title} has {len(own)} levels of yours ({', '.join(own) or 'none'}); say "
                "which with --level"
            )
        wanted = level or own[0]
        remove_level(_data_dir(), found, wanted)
    except RegionError as error:
        fail(str(error))
    typer.echo(f"{found.title}: {wanted} removed")


@gazetteer.command("add", epilog="Example:  incident-map gazetteer add PK.txt --region Sindh")
def add_gazetteer(
    file: Annotated[
        Path,
        typer.Argument(
            help="A GeoNames country file, or a CSV whose header has name, latitude, longitude."
        ),
    ],
    region: Annotated[str, typer.Option(help=_HELP_REGION)] = "balochistan",
    attribution: Annotated[str, typer.Option(help="What must stand beside them.")] = "",
    licence: Annotated[str, typer.Option(help="Under which licence they are.")] = "",
    as_json: AsJson = False,
) -> None:
    """Add places to a region: rows = added + duplicate + refused, and every refusal says why.

    A place's district is the area that its point lies in; what lies in none is refused.
    """
    from gazetteer.own_place_files import MAX_BYTES, PlaceFileError
    from incidents.regions.region import RegionError, load_region
    from incidents.regions.writing import About, add_places

    content = read_input(file, MAX_BYTES)
    try:
        about = About(file.name, attribution=attribution, licence=licence)
        found = load_region(region, _data_dir())
        read, _ = add_places(_data_dir(), found, content, about)
    except (PlaceFileError, RegionError, OSError) as error:
        _refuse(str(error), as_json=as_json)
    _say_places(read, found, as_json=as_json)


def _say_places(read: PlacesRead, region: Region, *, as_json: bool) -> None:
    if as_json:
        said = {
            "rows": read.rows,
            "added": len(read.places),
            "duplicate": read.duplicate,
            "refused": len(read.refusals),
            "refusals": [one.as_dict() for one in read.refusals],
        }
        typer.echo(json.dumps(said, ensure_ascii=False, indent=2))
        return
    typer.echo(
        f"{region.title}: {read.rows:,} rows = {len(read.places):,} added + {read.duplicate:,} "
        f"duplicate + {len(read.refusals):,} refused"
    )
    for one in read.refusals[:REFUSED_SHOWN]:
        typer.echo(f"  refused: row {one.row}, {one.field} {one.value!r}: {one.reason}", err=True)
    if len(read.refusals) > REFUSED_SHOWN:
        typer.echo(f"  and {len(read.refusals) - REFUSED_SHOWN:,} more; --json has all", err=True)


@gazetteer.command("list", epilog="Example:  incident-map gazetteer list --json")
def list_gazetteer(as_json: AsJson = False) -> None:
    """List the places that you added, by region and list."""
    from incidents.regions.region import RegionError, list_regions

    try:
        regions = list_regions(_data_dir())
    except RegionError as error:
        fail(str(error))
    rows: list[dict[str, Any]] = [
        {
            "region": region.name,
            "list": one.name,
            "places": one.places,
            "added_from": one.added_from,
            "attribution": one.attribution,
            "licence": one.licence,
        }
        for region in regions
        for one in region.place_lists
    ]
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        thanks = "; ".join(filter(None, (row["attribution"], row["licence"])))
        typer.echo(
            f"{row['region']}  {row['list']}: {row['places']:,} places from {row['added_from']}"
            + (f"  ({thanks})" if thanks else "")
        )
    if not rows:
        typer.echo("no places of yours; add some with incident-map gazetteer add")


@gazetteer.command("remove", epilog="Example:  incident-map gazetteer remove pk --region Sindh")
def remove_gazetteer(
    list_name: Annotated[
        str, typer.Argument(metavar="LIST", help="Its name, as gazetteer list says.")
    ],
    region: Annotated[str, typer.Option(help=_HELP_REGION)] = "balochistan",
) -> None:
    """Remove a list of places from a region."""
    from dashboard.wording import count
    from incidents.regions.region import RegionError, load_region
    from incidents.regions.writing import remove_places

    try:
        gone = remove_places(_data_dir(), load_region(region, _data_dir()), list_name)
    except RegionError as error:
        fail(str(error))
    typer.echo(f"{gone.name}: {count(gone.places, 'place')} removed")


def _refuse(message: str, *, as_json: bool) -> NoReturn:
    if as_json:
        typer.echo(json.dumps({"added": 0, "error": message}, ensure_ascii=False, indent=2))
    fail(message)


def _data_dir() -> Path:
    from incidents.store.locations import locate_library

    return locate_library().data_dir
