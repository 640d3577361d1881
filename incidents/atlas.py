"""Everything a view needs, loaded once: claims, boundaries, places, and which texts are copies."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from gazetteer.errors import UnknownPlaceIdError
from gazetteer.places import Place
from gazetteer.resolve import Gazetteer
from geo.boundaries import Area, Boundaries, load_districts, load_tehsils
from incidents.claim_areas import Areas, claim_areas
from incidents.coding import seeds
from incidents.figures.arithmetic import Notice, notices
from incidents.figures.reconcile import Reporting
from incidents.model import Catalogue, Claim, Incident
from incidents.origins.lineage import Lineage, load_lineage
from incidents.regions.region import DISTRICTS, HOME, HOME_TITLE, TEHSILS, Region

if TYPE_CHECKING:  # a database, and a dataset, is opened only where there is one
    from incidents.datasets.columns import Columns
    from incidents.store import Overlay, Store

SEEDS_VARIABLE = "INCIDENT_MAP_SEEDS"


@dataclass(frozen=True)
class Atlas:
    """What is loaded once: claims, boundaries, places, and which texts are copies.

    The catalogue names the releases of datasets among its sources; their rows stay columns in
    `datasets` and become claims where they are shown.
    """

    catalogue: Catalogue
    boundaries: Boundaries[Area]
    gazetteer: Gazetteer
    lineage: Lineage
    datasets: tuple[Columns, ...] = ()
    region: str = HOME
    """The region's name, as `incidents.regions.region` knows it."""
    region_title: str = HOME_TITLE
    level: str = DISTRICTS
    """Which of the region's levels the boundaries are of."""

    @cached_property
    def reporting(self) -> Reporting:
        """When each source was out, and its origin."""
        return Reporting.of(self.catalogue, self.lineage.origin_of)

    @cached_property
    def notices(self) -> tuple[Notice, ...]:
        """What does not add up in a source, and what many of them repeat."""
        return notices(self.catalogue, self.reporting)

    @cached_property
    def district_names(self) -> dict[str, str]:
        """Names of the level's areas by code, in the order of codes; no name stands twice."""
        return dict(self.boundaries.names)

    @cached_property
    def filter_names(self) -> dict[str, str]:
        """Names by code of what the filter by district knows: of tehsils, also their districts."""
        if self.boundaries is not load_tehsils():
            return self.district_names
        # The district goes before its tehsil of the same name.
        return self.district_names | dict(load_districts().names)

    @cached_property
    def claim_areas(self) -> Areas:
        """Where each claim of the catalogue lies on the level's areas, by claim_id."""
        return claim_areas(self.catalogue.claims, self.boundaries, self.gazetteer)

    @cached_property
    def area_of(self) -> Mapping[str, str | None]:
        """The code of the area that each claim lies in, None where it lies in none."""
        return {claim_id: area.code for claim_id, area in self.claim_areas.items()}

    def area_name_of(self, claim_id: str) -> str | None:
        """Return the name of the area that a claim lies in, or None where it lies in none."""
        code = self.area_of[claim_id]
        return None if code is None else self.district_names[code]

    @cached_property
    def codes_of(self) -> Mapping[str, tuple[str, ...]]:
        """Codes of the areas that each claim lies in, by claim_id: what a filter by district holds.

        Among Balochistan's tehsils a claim's district is one of them.
        """
        with_district = self.boundaries is load_tehsils()
        return {
            claim.claim_id: tuple(
                code
                for code in (
                    claim.adm2_pcode if with_district else None,
                    self.area_of[claim.claim_id],
                )
                if code is not None
            )
            for claim in self.catalogue.claims
        }

    @property
    def is_home(self) -> bool:
        """Whether the region is Balochistan."""
        return self.region == HOME

    @property
    def area_word(self) -> str:
        """What one area is called: district, tehsil, or area for what a user brought."""
        return {DISTRICTS: "district", TEHSILS: "tehsil"}.get(self.level, "area")

    @property
    def areas_word(self) -> str:
        """What several areas are called."""
        return f"{self.area_word}s"

    @property
    def summed_word(self) -> str:
        """What the areas are called that tolls sum over: Balochistan's are its districts' always."""
        return "districts" if self.is_home else self.areas_word

    def at(self, region: Region, level: str) -> Atlas:
        """Return the atlas over another level's areas; each claim's area is found anew.

        Raises
        ------
        incidents.regions.region.RegionError
            If the region has no such level; the error names those it has.
        """
        boundaries = region.boundaries(level)
        gazetteer = region.gazetteer_with(self.gazetteer)
        return replace(
            self,
            boundaries=boundaries,
            gazetteer=gazetteer,
            datasets=tuple(columns.on(boundaries, gazetteer) for columns in self.datasets),
            region=region.name,
            region_title=region.title,
            level=level,
        )

    def under(self, overlay: Overlay) -> Atlas:
        """Return the atlas with what people decided laid over the coded sources."""
        lineage = self.lineage.with_sources(overlay.catalogue.sources)
        return replace(
            self,
            catalogue=overlay.catalogue,
            lineage=lineage.with_decisions((*lineage.decisions, *overlay.lineage)),
        )

    def with_datasets(self, datasets: tuple[Columns, ...]) -> Atlas:
        """Return the atlas with imported datasets, each release a source."""
        if not datasets:
            return self
        from incidents.datasets.as_claims import release_sources  # noqa: PLC0415 - takes a while

        sources = tuple(s for columns in datasets for s in release_sources(columns.dataset))
        state = "-".join(columns.dataset.digest for columns in datasets)
        return replace(self.with_records(Catalogue(sources, (), (), state)), datasets=datasets)

    def with_records(self, more: Catalogue) -> Atlas:
        """Return the atlas with further records; a source that is there already stays."""
        now = self.catalogue
        sources = (*now.sources, *(s for s in more.sources if s.source_id not in now.source))
        catalogue = Catalogue(
            sources,
            (*now.incidents, *more.incidents),
            (*now.claims, *more.claims),
            "-".join(filter(None, (now.digest, more.digest))),
        )
        return replace(self, catalogue=catalogue, lineage=self.lineage.with_sources(sources))


def seeds_folder() -> Path:
    """Return the folder of coded sources: INCIDENT_MAP_SEEDS, the checkout's, or the installed one.

    Raises
    ------
    FileNotFoundError
        If none of them is there.
    """
    if named := os.environ.get(SEEDS_VARIABLE):
        places = [Path(named)]
    else:
        places = [
            Path(__file__).parent.parent / "seeds",
            Path(sys.prefix) / "share" / "incident-map" / "seeds",
        ]
    for folder in places:
        if folder.is_dir():
            return folder
    raise FileNotFoundError(
        f"no folder of coded sources at {' or '.join(map(str, places))}; "
        f"name one in the variable {SEEDS_VARIABLE}"
    )


def digest(folder: Path) -> str:
    """Return what changes whenever a source, an incident or a decision on origins does."""
    parts = [seeds.digest(folder)]
    if (folder / "lineage").is_dir():
        parts.append(seeds.digest(folder / "lineage"))
    return "-".join(parts)


def check_places(catalogue: Catalogue, boundaries: Boundaries[Area], gazetteer: Gazetteer) -> None:
    """Refuse records whose place or district is none, or whose place lies in another district.

    Raises
    ------
    ValueError
        If there is such a record; the error names it, its field, and what to do.
    """
    for incident in catalogue.incidents:
        _place_of(incident, gazetteer)
    for claim in catalogue.claims:
        place, pcode = _place_of(claim, gazetteer), claim.adm2_pcode
        if pcode is None:
            continue
        if pcode not in boundaries.by_pcode:
            raise ValueError(
                f"claim {claim.claim_id}: adm2_pcode {pcode!r} is no district of the boundaries "
                f"({boundaries.source}, {boundaries.vintage}); leave it out or name one of them"
            )
        if place is not None and place.adm2_pcode != pcode:
            lies = f"district {place.adm2_pcode}" if place.adm2_pcode else "no district"
            raise ValueError(
                f"claim {claim.claim_id}: adm2_pcode {pcode!r}, but its place {place.place_id} "
                f"({place.name}) lies in {lies}; name the place's own district or none"
            )


def _place_of(record: Claim | Incident, gazetteer: Gazetteer) -> Place | None:
    try:
        return gazetteer.place(record.place_id) if record.place_id is not None else None
    except UnknownPlaceIdError as error:
        of = (
            f"claim {record.claim_id}"
            if isinstance(record, Claim)
            else f"incident {record.incident_id}"
        )
        raise ValueError(f"{of}: place_id: {error}") from None


def existing_store(data_dir: str | Path | None = None) -> Store | None:
    """Open the library where there is one; merely looking makes none.

    Parameters
    ----------
    data_dir
        As given with ``--data-dir``; `incidents.store.locate_library` says what holds without.

    Raises
    ------
    incidents.store.StoreError
        If there is one and it cannot be opened.
    """
    from incidents.store import locate_library, open_store  # noqa: PLC0415 - takes a while

    location = locate_library(data_dir)
    if location.file is not None and not location.file.is_file():
        return None
    return open_store(location)


def datasets_state(data_dir: str | Path | None = None) -> str:
    """Return what changes whenever a dataset is imported, updated or taken out; a cache key."""
    from incidents.datasets.library import manifest_files  # noqa: PLC0415 - takes a while
    from incidents.store import locate_library  # noqa: PLC0415 - takes a while

    said = []
    for path in manifest_files(locate_library(data_dir).data_dir):
        state = path.stat()
        said.append(f"{path}:{state.st_ino}:{state.st_mtime_ns}")
    return "|".join(said)


def existing_datasets(data_dir: str | Path | None = None) -> tuple[Columns, ...]:
    """Open the datasets that were imported, by id; none where there are none.

    Raises
    ------
    incidents.datasets.library.DatasetError
        If one cannot be read.
    """
    from incidents.datasets.library import manifest_files  # noqa: PLC0415 - takes a while
    from incidents.store import locate_library  # noqa: PLC0415 - takes a while

    files = manifest_files(locate_library(data_dir).data_dir)
    if not files:
        return ()
    from incidents.datasets.cube_columns import open_columns  # noqa: PLC0415 - takes a while

    return tuple(open_columns(path.parent) for path in files)


def load_atlas(folder: Path | None = None, store: Store | None = None) -> Atlas:
    """Load coded sources with the boundaries and places of Balochistan, and what people added.

    Parameters
    ----------
    folder
        Of the coded sources. Without it everything at hand is loaded: the project's own, and
        the library where there is one.
    store
        The library whose accepted documents and decisions are laid over the sources.

    Raises
    ------
    incidents.coding.seeds.SeedError
        If a file of the folder does not follow the codebook.
    incidents.store.StoreError
        If the library cannot be read.
    incidents.datasets.library.DatasetError
        If an imported dataset cannot be read.
    """
    datasets: tuple[Columns, ...] = ()
    if folder is None and store is None:
        store = existing_store()
        datasets = existing_datasets()
    folder = folder or seeds_folder()
    catalogue = seeds.load(folder)
    atlas = Atlas(
        catalogue=catalogue,
        boundaries=load_districts(),
        gazetteer=Gazetteer.default(),
        lineage=load_lineage(folder, catalogue.sources),
    )
    if store is not None:
        atlas = atlas.under(store.overlay(catalogue))
    return atlas.with_datasets(datasets)
