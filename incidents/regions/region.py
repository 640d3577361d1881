"""Regions: a name, levels of boundaries from coarse to fine, and places.

Balochistan ships with the package, with its districts and tehsils. A user's regions, and what a
user added to Balochistan, lie in the data folder, one folder a region:

| in `<data-dir>/regions/<region>/` | what |
|---|---|
| `region.toml` | title; each level's file, source, vintage, attribution, licence; each list of places |
| `boundaries-<level>-<hash>.geojson` | one level's areas |
| `places-<hash>.csv` | one list of places |

`region.toml` names the files that hold; it is the last to be written and the first to go, so
that a level or a list is there whole or not at all.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, StringConstraints, ValidationError

from gazetteer.normalise import fold
from gazetteer.own_places import area_places, read_places
from gazetteer.places import PROVINCE_PCODE, Place, load_places
from gazetteer.resolve import Gazetteer
from geo.boundaries import Area, Boundaries, load_districts, load_tehsils
from geo.join import DistrictIndex
from geo.own_boundaries import from_geojson
from incidents.claim_areas import index_of
from incidents.model import Record, Sha256

HOME, HOME_TITLE = "balochistan", "Balochistan"
DISTRICTS, TEHSILS = "districts", "tehsils"
_SHIPPED: dict[str, Callable[[], Boundaries[Any]]] = {
    DISTRICTS: load_districts,
    TEHSILS: load_tehsils,
}
REGION_FILE = "region.toml"
MAX_TITLE = 80

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
FileName = Annotated[
    str, StringConstraints(pattern=r"^(boundaries|places)-[a-z0-9-]+\.(geojson|csv)$")
]
Words = Annotated[str, StringConstraints(max_length=500)]


class OwnLevel(Record):
    """A level of boundaries that a user added."""

    name: Slug
    file: FileName
    sha256: Sha256
    areas: int
    source: Words
    vintage: Words
    attribution: Words
    licence: Words
    added_from: Words
    """The name of the user's file."""
    faults: tuple[str, ...] = ()
    """What the check of the coverage found: overlaps and gaps, with their area."""


class PlaceList(Record):
    """A list of places that a user added."""

    name: Slug
    file: FileName
    sha256: Sha256
    places: int
    attribution: Words
    licence: Words
    added_from: Words


class RegionFile(Record):
    """What `region.toml` holds."""

    format: int = 1
    title: Annotated[str, StringConstraints(min_length=1, max_length=MAX_TITLE)]
    levels: tuple[OwnLevel, ...] = ()
    places: tuple[PlaceList, ...] = Field(default=())


class RegionError(ValueError):
    """A region, level or list that is not there or cannot be read; says what to do."""


@dataclass(frozen=True)
class Region:
    """A name, levels of boundaries, and places.

    Examples
    --------
    >>> region = load_region("balochistan", Path("no-such-folder"))
    >>> region.title, region.levels
    ('Balochistan', ('districts', 'tehsils'))
    >>> len(region.boundaries("tehsils").areas)
    103
    """

    name: str
    title: str
    own_levels: tuple[OwnLevel, ...] = ()
    place_lists: tuple[PlaceList, ...] = ()
    folder: Path | None = field(default=None, repr=False)

    @property
    def is_home(self) -> bool:
        """Whether it is Balochistan, which ships with the package."""
        return self.name == HOME

    @property
    def levels(self) -> tuple[str, ...]:
        """Names of its levels, coarse to fine: few areas before many."""
        shipped = {name: len(load().areas) for name, load in _SHIPPED.items() if self.is_home}
        sizes = shipped | {level.name: level.areas for level in self.own_levels}
        return tuple(sorted(sizes, key=lambda name: (sizes[name], name)))

    @property
    def first_level(self) -> str:
        """The level that is shown where none is asked for: at home always the districts.

        Raises
        ------
        RegionError
            If the region has no boundaries.
        """
        return DISTRICTS if self.is_home else self.coarsest

    @property
    def coarsest(self) -> str:
        """The level to begin with.

        Raises
        ------
        RegionError
            If the region has no boundaries.
        """
        if not self.levels:
            raise RegionError(
                f"{self.title} has places, but no boundaries; add some with incident-map "
                "boundaries add."
            )
        return self.levels[0]

    def boundaries(self, level: str) -> Boundaries[Any]:
        """Return the areas of a level.

        Raises
        ------
        RegionError
            If there is no such level, or its file is not as it was written.
        """
        if self.is_home and level in _SHIPPED:
            return _SHIPPED[level]()
        own = next((one for one in self.own_levels if one.name == level), None)
        if own is None or self.folder is None:
            known = ", ".join(self.levels) or "none; add one with incident-map boundaries add"
            raise RegionError(f"{self.title} has no level {level[:60]!r}; it has: {known}")
        return _own_boundaries(self.folder / own.file, own)

    def index(self, level: str) -> DistrictIndex[Any]:
        """Return the index that joins points onto the areas of a level, built once."""
        return index_of(self.boundaries(level))

    def own_places(self) -> tuple[Place, ...]:
        """Return the places that a user added, each in the area that its point lies in."""
        if not self.place_lists or self.folder is None or not self.levels:
            return ()
        level = DISTRICTS if self.is_home else self.levels[0]
        return _own_places(self, level)

    def gazetteer(self) -> Gazetteer:
        """Return the region's places, to be asked by name."""
        if self.is_home:
            return self.gazetteer_with(Gazetteer.default())
        return _alone(self)

    def gazetteer_with(self, shipped: Gazetteer) -> Gazetteer:
        """Return a gazetteer with the region's own places after others that it has already."""
        own = self.own_places()
        if not own:
            return shipped
        home = PROVINCE_PCODE if self.is_home else self.name
        return _together(shipped, own, home)


@lru_cache(maxsize=2)
def _alone(region: Region) -> Gazetteer:
    areas = region.boundaries(region.levels[0]).areas if region.levels else ()
    of_areas = area_places(areas, region.name, region.title)
    return Gazetteer((*of_areas, *region.own_places()), home=region.name)


@lru_cache(maxsize=2)
def _together(shipped: Gazetteer, own: tuple[Place, ...], home: str) -> Gazetteer:
    known = {place.place_id for place in shipped.places}
    return Gazetteer((*shipped.places, *(p for p in own if p.place_id not in known)), home=home)


def regions_folder(data_dir: Path) -> Path:
    """Return where the regions of a data folder lie."""
    return data_dir / "regions"


def list_regions(data_dir: Path) -> tuple[Region, ...]:
    """Return all regions, Balochistan first, then by name.

    Raises
    ------
    RegionError
        If a `region.toml` cannot be read.
    """
    folder = regions_folder(data_dir)
    found = folder.glob(f"*/{REGION_FILE}") if folder.is_dir() else ()
    names = sorted({path.parent.name for path in found} - {HOME})
    return tuple(load_region(name, data_dir) for name in (HOME, *names))


def load_region(name: str, data_dir: Path) -> Region:
    """Return a region by its name or its title.

    Raises
    ------
    RegionError
        If there is none, or its `region.toml` cannot be read.
    """
    # Never a path from what was typed: only a folder that is there.
    folder = regions_folder(data_dir)
    files = {path.parent.name: path for path in folder.glob(f"*/{REGION_FILE}")}
    wanted = " ".join(name.casefold().split())
    if wanted in (HOME, HOME_TITLE.casefold()):
        path = files.get(HOME)
        about = read_region_file(path) if path else None
        return _region(HOME, about, path.parent if path else None)
    titles: dict[str, str] = {}
    for slug, path in sorted(files.items()):
        if slug == wanted:
            return _region(slug, read_region_file(path), path.parent)
        titles[slug] = read_region_file(path).title
    for slug, title in titles.items():
        if title.casefold() == wanted:
            return _region(slug, read_region_file(files[slug]), files[slug].parent)
    known = ", ".join(sorted({HOME, *titles}))
    raise RegionError(
        f"no region {name[:60]!r}; there are: {known}. Add one with incident-map boundaries add."
    )


def _region(name: str, about: RegionFile | None, folder: Path | None) -> Region:
    if about is None:
        return Region(name, HOME_TITLE)
    title = HOME_TITLE if name == HOME else about.title
    return Region(name, title, about.levels, about.places, folder)


def read_region_file(path: Path) -> RegionFile:
    """Return what a `region.toml` holds.

    Raises
    ------
    RegionError
        If it cannot be read.
    """
    try:
        return RegionFile.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, ValidationError) as error:
        said = " ".join(str(error).split())[:300]
        raise RegionError(
            f"{path} cannot be read: {said}. Remove the folder and add its files again."
        ) from None


def _own_boundaries(path: Path, level: OwnLevel) -> Boundaries[Area]:
    return _read_boundaries(path, level)


# The file's hash is part of its name and of the record: the same arguments are the same content.
@lru_cache(maxsize=8)
def _read_boundaries(path: Path, level: OwnLevel) -> Boundaries[Area]:
    content = _as_written(path, level.sha256)
    return Boundaries(
        source=level.source,
        vintage=level.vintage,
        attribution=level.attribution,
        licence=level.licence,
        areas=from_geojson(content),
    )


@lru_cache(maxsize=4)
def _own_places(region: Region, level: str) -> tuple[Place, ...]:
    assert region.folder is not None  # noqa: S101 (asked before)
    contents = [_as_written(region.folder / one.file, one.sha256) for one in region.place_lists]
    return _placed(contents, region, level)


def _placed(contents: Iterable[bytes], region: Region, level: str) -> tuple[Place, ...]:
    adm1 = (PROVINCE_PCODE, HOME_TITLE) if region.is_home else (region.name, region.title)
    spellings = _district_spellings() if region.is_home else None
    return read_places(contents, region.index(level), *adm1, spellings)


@cache
def _district_spellings() -> dict[str, frozenset[str]]:
    """Return every spelling of Balochistan's districts, folded, by P-code."""
    return {
        place.adm2_pcode: frozenset(map(fold, (place.name, *place.alternate_names)))
        for place in load_places()
        if place.feature_code == "ADM2" and place.adm2_pcode is not None
    }


def _as_written(path: Path, sha256: str) -> bytes:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise RegionError(
            f"{path} cannot be read: {error.strerror}. Remove it with incident-map and add the "
            "file again."
        ) from None
    if hashlib.sha256(content).hexdigest() != sha256:
        raise RegionError(
            f"{path} has changed since it was written. Remove it with incident-map and add the "
            "file again."
        )
    return content
