"""Which region is shown, and on which of its levels: districts, tehsils, or areas of one's own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import streamlit as st

from dashboard.markup import plain
from incidents.regions.region import HOME, Region, list_regions, load_region


class Level(NamedTuple):
    """A region and one of its levels, and what of the address means none."""

    region: Region
    name: str
    ignored: tuple[str, ...]


def ask_level(data_dir: Path) -> Level:
    """Show the choice in the sidebar and return what is chosen.

    Both stand in the address (`?region=…&level=…`). A region without boundaries is not offered.

    Raises
    ------
    incidents.regions.region.RegionError
        If a region cannot be read.
    """
    regions = {r.name: r for r in list_regions(data_dir) if r.levels}
    region = load_region(HOME, data_dir)
    ignored = _ignored("region", regions)
    with st.sidebar:
        if len(regions) > 1:
            region = regions[_ask_region({name: r.title for name, r in regions.items()})]
        ignored += _ignored("level", region.levels)
        level = st.segmented_control(
            "Areas on the map",
            region.levels,
            default=region.first_level,
            key="level",
            bind="query-params",
            required=True,
        )
    return Level(region, level or region.first_level, ignored)


def _ask_region(titles: Mapping[str, str]) -> str:
    """Return the name of the chosen region; in the address stands its name, here its title.

    A widget bound to the address would write what it shows there, which links do not.
    """
    names, asked = list(titles), st.query_params.get("region", "")
    chosen = st.selectbox(
        "Region",
        names,
        names.index(asked if asked in titles else HOME),
        key="region",
        format_func=lambda name: plain(titles[name]),
    )
    if chosen == HOME:
        st.query_params.pop("region", None)
    elif chosen != asked:
        st.query_params["region"] = chosen
    return str(chosen)


def _ignored(name: str, known: object) -> tuple[str, ...]:
    """Return what the address asks for under a name and nothing here is called."""
    asked = st.query_params.get(name, "")
    return (f"{name}={asked}",) if asked and asked not in known else ()  # type: ignore[operator]
