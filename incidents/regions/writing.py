"""Adding to a region and taking away: each level and each list whole or not at all.

A file gets a name of its own, by its hash; then `region.toml` is written to a temporary name,
synced and renamed. What `region.toml` does not name does not hold, and goes with the next write.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gazetteer.normalise import fold
from gazetteer.own_place_files import PlacesRead, read_place_file
from gazetteer.own_places import OwnPlace, from_csv, to_csv
from gazetteer.places import load_places
from geo.area_checks import AreasRead
from geo.own_boundaries import to_geojson
from incidents.model import Record
from incidents.regions.region import (
    DISTRICTS,
    HOME,
    HOME_TITLE,
    MAX_TITLE,
    REGION_FILE,
    TEHSILS,
    OwnLevel,
    PlaceList,
    Region,
    RegionError,
    RegionFile,
    list_regions,
    load_region,
    read_region_file,
    regions_folder,
)
from incidents.whole_files import sync, write_whole

MAX_WORDS = 500
_MAX_SLUG = 60
# What this module writes, also under the temporary name of a write that was cut off.
_OURS = re.compile(r"\.?(boundaries|places)-[a-z0-9-]+\.(geojson|csv)(\.\w+)?|\.region\.toml\.\w+")


@dataclass(frozen=True)
class About:
    """What must stand wherever boundaries or places are shown; empty where it is not known."""

    added_from: str
    source: str = ""
    vintage: str = ""
    attribution: str = ""
    licence: str = ""

    def __post_init__(self) -> None:
        for name in ("added_from", "source", "vintage", "attribution", "licence"):
            _check_words(name, getattr(self, name), MAX_WORDS)


def slug(title: str) -> str:
    """Return a title as a folder's or level's name: letters and digits of ASCII, and hyphens.

    Examples
    --------
    >>> slug("Sindh (2023)"), slug("../../etc"), slug("سندھ")
    ('sindh-2023', 'etc', 'region-4451e7468c')
    """
    plain = "".join(c if c.isascii() and c.isalnum() else " " for c in fold(title))
    made = "-".join(plain.split())[:_MAX_SLUG].strip("-")
    return made or f"region-{hashlib.sha256(title.encode()).hexdigest()[:10]}"


def add_level(
    data_dir: Path, title: str, level: str, read: AreasRead, about: About
) -> tuple[Region, bool]:
    """Add a level of boundaries to a region, making the region where there is none.

    Returns
    -------
    region, added
        `added` is False where the same level is there already.

    Raises
    ------
    RegionError
        If the region has another level of that name, or a name or text cannot be kept.
    """
    _check_words("region", title, MAX_TITLE, least=1)
    level = level_name(level)
    content = to_geojson(
        read.areas,
        boundary_source=about.source,
        boundary_vintage=about.vintage,
        attribution=about.attribution,
        licence=about.licence,
    )
    sha256 = hashlib.sha256(content).hexdigest()
    made = OwnLevel(
        name=level,
        file=f"boundaries-{level}-{sha256[:12]}.geojson",
        sha256=sha256,
        areas=len(read.areas),
        source=about.source,
        vintage=about.vintage,
        attribution=about.attribution,
        licence=about.licence,
        added_from=about.added_from,
        faults=read.faults,
    )
    with _writing(data_dir):
        name, file = _found_or_new(data_dir, title)
        if name == HOME and level in (DISTRICTS, TEHSILS):
            raise RegionError(
                f"Balochistan's {level} ship with the program; give another --level, such as "
                f"{level}-2024, or a --region of its own"
            )
        before = next((one for one in file.levels if one.name == level), None)
        if before is not None:
            if before.sha256 == sha256:
                return load_region(name, data_dir), False
            raise RegionError(
                f"{file.title} has a level {level!r} already, of {before.vintage or before.source}; "
                "give another --level, or remove it first with incident-map boundaries remove"
            )
        file = file.model_copy(update={"levels": (*file.levels, made)})
        _commit(data_dir, name, file, {made.file: content})
    return load_region(name, data_dir), True


def remove_level(data_dir: Path, region: Region, level: str) -> None:
    """Take a user's level out of a region, and the region where nothing is left of it.

    Raises
    ------
    RegionError
        If it is not the user's, or places of the region would be left without areas.
    """
    with _writing(data_dir):
        region = load_region(region.name, data_dir)
        left = tuple(one for one in region.own_levels if one.name != level)
        if len(left) == len(region.own_levels):
            if region.is_home and level in region.levels:
                raise RegionError(f"Balochistan's {level} ship with the program and stay")
            own = ", ".join(one.name for one in region.own_levels) or "none"
            raise RegionError(f"{region.title} has no level {level[:60]!r} of yours; it has: {own}")
        if not left and region.place_lists and not region.is_home:
            raise RegionError(
                f"{region.title} has places, and would have no areas that they lie in; remove its "
                "places first with incident-map gazetteer remove"
            )
        _commit(data_dir, region.name, _file(region).model_copy(update={"levels": left}), {})


def add_places(
    data_dir: Path, region: Region, content: bytes, about: About
) -> tuple[PlacesRead, bool]:
    """Add the places of a file to a region.

    Returns
    -------
    read, added
        What became of each row; `added` is False where no place is new.

    Raises
    ------
    gazetteer.own_place_files.PlaceFileError
        If the file is none of places.
    RegionError
        If the region has no areas yet.
    """
    with _writing(data_dir):
        region = load_region(region.name, data_dir)
        index = region.index(region.first_level)
        read = read_place_file(
            about.added_from, content, index, region.title, _known_places(region).get
        )
        if not read.places:
            return read, False
        kept = to_csv(read.places)
        sha256 = hashlib.sha256(kept).hexdigest()
        made = PlaceList(
            name=_new_name(about.added_from, {one.name for one in region.place_lists}),
            file=f"places-{sha256[:12]}.csv",
            sha256=sha256,
            places=len(read.places),
            attribution=about.attribution,
            licence=about.licence,
            added_from=about.added_from,
        )
        file = _file(region)
        file = file.model_copy(update={"places": (*file.places, made)})
        _commit(data_dir, region.name, file, {made.file: kept})
        _check_kept(data_dir, region.name, made, read.places)
    return read, True


def remove_places(data_dir: Path, region: Region, name: str) -> PlaceList:
    """Take one list of places out of a region.

    Raises
    ------
    RegionError
        If there is no such list.
    """
    with _writing(data_dir):
        region = load_region(region.name, data_dir)
        gone = next((one for one in region.place_lists if one.name == name), None)
        if gone is None:
            known = ", ".join(one.name for one in region.place_lists) or "none"
            raise RegionError(
                f"{region.title} has no list of places {name[:60]!r}; it has: {known}"
            )
        left = tuple(one for one in region.place_lists if one is not gone)
        _commit(data_dir, region.name, _file(region).model_copy(update={"places": left}), {})
    return gone


def _check_kept(data_dir: Path, name: str, made: PlaceList, places: list[OwnPlace]) -> None:
    """Read back what was written before anybody is told that it is there."""
    kept = list(from_csv((regions_folder(data_dir) / name / made.file).read_bytes()))
    if kept != places:
        raise RegionError(f"{made.file} does not read back as it was written; try again")


def _known_places(region: Region) -> dict[str, OwnPlace | str]:
    known: dict[str, OwnPlace | str] = {}
    if region.folder is not None:
        for one in region.place_lists:
            content = (region.folder / one.file).read_bytes()
            known |= {place.place_id: place for place in from_csv(content)}
    if region.is_home:
        known |= {place.place_id: place.name for place in load_places()}
    return known


def _found_or_new(data_dir: Path, title: str) -> tuple[str, RegionFile]:
    """Return the name and content of the region with a title, new where there is none."""
    wanted = " ".join(title.casefold().split())
    for region in list_regions(data_dir):
        if wanted in (region.name, region.title.casefold()):
            return region.name, _file(region)
    name = _new_name(title, {region.name for region in list_regions(data_dir)})
    return name, RegionFile(title=" ".join(title.split()))


def _new_name(title: str, taken: set[str]) -> str:
    wanted = slug(Path(title).stem if "." in title else title)
    name, number = wanted, 2
    while name in taken:
        name, number = f"{wanted[: _MAX_SLUG - 4]}-{number}", number + 1
    return name


def level_name(level: str) -> str:
    """Return what a level is kept as: lower case, its words joined by hyphens.

    Raises
    ------
    RegionError
        If nothing is left of it.

    Examples
    --------
    >>> level_name("Union Councils")
    'union-councils'
    """
    made = slug(level)
    if made.startswith("region-") and not level.startswith("region-"):
        raise RegionError(
            f"level {level[:60]!r} has no letters or digits of ASCII; call it such as wards or areas"
        )
    return made


def _check_words(name: str, text: str, most: int, least: int = 0) -> None:
    if not least <= len(text.strip()) <= most or not text.isprintable():
        raise RegionError(
            f"{name} {text[:60]!r}: expected {least} to {most} printable characters on one line"
        )


def _file(region: Region) -> RegionFile:
    if region.folder is not None:
        return read_region_file(region.folder / REGION_FILE)
    return RegionFile(title=HOME_TITLE if region.is_home else region.title)


@contextlib.contextmanager
def _writing(data_dir: Path) -> Iterator[None]:
    """Hold the regions for one writer."""
    import fcntl  # noqa: PLC0415 (not on Windows)

    folder = regions_folder(data_dir)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        # The system lets go of it when the process ends, however it ends.
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _commit(data_dir: Path, name: str, file: RegionFile, contents: dict[str, bytes]) -> None:
    """Write files, then the region's file, then remove what it does not name."""
    folder = regions_folder(data_dir) / name
    folder.mkdir(exist_ok=True)
    for file_name, content in contents.items():
        write_whole(folder / file_name, content)
    if not file.levels and not file.places:
        (folder / REGION_FILE).unlink(missing_ok=True)
    else:
        write_whole(folder / REGION_FILE, to_toml(file).encode())
    sync(folder)
    named = {one.file for one in file.levels} | {one.file for one in file.places}
    for path in folder.iterdir():
        if _OURS.fullmatch(path.name) and path.name not in named:
            path.unlink()
    if not file.levels and not file.places:
        with contextlib.suppress(OSError):  # what a user laid there stays
            folder.rmdir()


def to_toml(file: RegionFile) -> str:
    """Return what `region.toml` holds as its text.

    Examples
    --------
    >>> print(to_toml(RegionFile(title="Sindh")), end="")
    # Kept by incident-map boundaries and incident-map gazetteer.
    format = 1
    title = "Sindh"
    """
    lines = ["# Kept by incident-map boundaries and incident-map gazetteer."]
    lines += [f"format = {file.format}", f"title = {_toml(file.title)}"]
    tables: tuple[tuple[str, tuple[Record, ...]], ...]
    tables = (("levels", file.levels), ("places", file.places))
    for table, records in tables:
        for record in records:
            lines += ["", f"[[{table}]]"]
            lines += [f"{name} = {_toml(value)}" for name, value in record.model_dump().items()]
    return "\n".join(lines) + "\n"


def _toml(value: object) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(map(_toml, value))}]"
    # TOML's strings are JSON's, but for DEL, which no text here holds.
    return json.dumps(value, ensure_ascii=False)
