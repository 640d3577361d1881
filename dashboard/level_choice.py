"""Which region is shown, and on which of its levels: districts, tehsils, or areas of one's own."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from dashboard.markup import escape_markdown
from incidents.regions import HOME, Region, list_regions, load_region


def ask_level(data_dir: Path) -> tuple[Region, str]:
    """Show the choice in the sidebar and return a region and the name of its level.

    Both stand in the address (`?region=…&level=…`). A region without boundaries is not offered.

    Raises
    ------
    incidents.regions.RegionError
        If a region cannot be read.
    """
    regions = {r.name: r for r in list_regions(data_dir) if r.levels}
    region = load_region(HOME, data_dir)
    with st.sidebar:
        if len(regions) > 1:
            region = regions[
                st.selectbox(
                    "Region",
                    list(regions),
                    key="region",
                    bind="query-params",
                    format_func=lambda name: escape_markdown(regions[name].title),
                )
            ]
        level = st.segmented_control(
            "Areas on the map",
            region.levels,
            default=region.coarsest,
            key="level",
            bind="query-params",
            required=True,
        )
    return region, level or region.coarsest
