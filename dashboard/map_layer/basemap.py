"""The background map: only with it does the browser ask another machine for anything."""

from __future__ import annotations

from xyzservices import providers

from dashboard.map_layer.district_map import Tiles


def tiles() -> Tiles:
    """Return OpenStreetMap's tiles, which need no token."""
    provider = providers.OpenStreetMap.Mapnik
    return Tiles(
        url=provider.build_url(),
        attribution=provider.attribution,
        max_zoom=provider.max_zoom,
    )
