"""The page: it only wires. What is chosen comes in, one view comes out, panels show it."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard import choices as asking
from dashboard import loading
from dashboard.access import current_user, enter, show_account
from dashboard.adding.add_page import show_add
from dashboard.downloads import show_downloads
from dashboard.filter_words import filter_words
from dashboard.importing.datasets_page import show_datasets
from dashboard.level_choice import Level, ask_level
from dashboard.map_layer.basemap import tiles
from dashboard.map_layer.district_map import district_map
from dashboard.map_layer.map_drawing import sequential_palette
from dashboard.map_layer.painting import paint
from dashboard.map_layer.point_layer import point_layer
from dashboard.markup import element, escape_markdown, show, show_style
from dashboard.panels.claim_cards import Link
from dashboard.panels.claim_page import show_claim
from dashboard.panels.district_panel import show_area
from dashboard.panels.records_below import show_below
from dashboard.panels.toll_strip import show_tolls
from dashboard.wording import date_span, title_parts
from incidents.access import may
from incidents.atlas import Atlas
from incidents.points import points
from incidents.store import StoreError
from incidents.texts import Texts
from incidents.view import View

# The panel and the map end above the fold of a 1366x768 laptop.
HEIGHT = 448
# A local file: Streamlit would fetch a named icon from a font server.
ICON = Path(__file__).parent / "icon.png"


def main() -> None:
    """Draw a page once; Streamlit calls this on every change."""
    st.set_page_config(page_title="Incident Map", page_icon=ICON, layout="wide")
    show_style()
    user = enter()
    of_map = st.Page(
        lambda: show_map(of_add, of_data), title="Incident Map", icon=None, default=True
    )
    of_add = st.Page(lambda: show_add(of_map), title="Add a report", url_path="add")
    of_data = st.Page(lambda: show_datasets(of_map), title="Datasets", url_path="datasets")
    st.navigation([of_map, of_add, of_data], position="hidden").run()
    show_account(user)


def show_map(of_add: st.Page, of_data: st.Page) -> None:
    """Draw the map with everything around it."""
    if may(current_user(), "add a document"):
        with st.sidebar:
            st.page_link(of_add, label="Add a report", icon=":material/add:")
            if may(current_user(), "import a dataset"):
                st.page_link(of_data, label="Import a dataset", icon=":material/table:")
    try:
        level = ask_level(loading.data_dir())
        atlas = loading.atlas_at(level.region, level.name)
    except (ValueError, OSError, StoreError) as error:
        st.error(f"The sources cannot be read. {escape_markdown(str(error))}")
        st.stop()
    query = {name: st.query_params.get_all(name) for name in st.query_params}
    asking.take_click(atlas)
    above, tolls = st.container(), st.container()
    left, right = st.columns([3, 2], gap="small")
    # The map goes out first, before the widgets where it can be: the rest takes longer.
    early = asking.asked_before(atlas)
    view = early and _draw_map(left, atlas, early)
    choices = asking.ask(atlas, query)
    with right:
        choices = dataclasses.replace(choices, selected=asking.ask_area(atlas))
        area = st.container(height=HEIGHT - 56, border=False, key="area")
    if view is None:
        view = _draw_map(left, atlas, choices)
    elif choices != early:
        asking.ask_anew()

    def link(claim_id: str) -> str:
        return asking.address(atlas, choices, claim=claim_id)

    with above:
        _show_head(view, choices, level, query, link)
    with tolls:
        show_tolls(view, link)
    with area:
        show_area(view, choices.selected, link)
    show_below(view, link)
    show_downloads(view, choices)
    _footer(view)


def _draw_map(place: DeltaGenerator, atlas: Atlas, choices: asking.Choices) -> View:
    """Draw the map and return the view that it shows."""
    view = View(atlas, choices.filter, choices.rule)
    painting = paint(view, choices.measure)
    dark = st.context.theme.type == "dark"
    with place:
        district_map(
            painting.paints,
            atlas.boundaries,
            selected=choices.selected,
            dark=dark,
            palette=sequential_palette(painting.class_count, dark=dark),
            area_word=atlas.area_word,
            whole_word="province" if atlas.is_home else "region",
            province_note=painting.province_note,
            legend=painting.legend,
            points=point_layer(points(view)) if choices.points else None,
            tiles=tiles() if choices.basemap else None,
            height=HEIGHT,
            key=asking.MAP_KEY,
        )
    return view


def _show_head(
    view: View,
    choices: asking.Choices,
    level: Level,
    query: dict[str, list[str]],
    link: Link,
) -> None:
    """Show the title, what of the address means nothing, and the claim that it opens."""
    atlas = view.atlas
    show(
        element(
            "div",
            element("h2", f"Incident Map: {atlas.region_title}", css="im-title"),
            element("p", _title_line(view), css="im-line"),
            css="im-head",
        )
    )
    claim_id = st.query_params.get("claim", "")
    opened = view.opening(claim_id) if claim_id else None
    unknown = [*level.ignored, *asking.unknown_parameters(atlas, query)]
    _notices([*unknown, f"claim={claim_id}"] if claim_id and opened is None else unknown)
    if opened is not None:
        show_claim(opened, claim_id, _texts(), link, asking.address(atlas, choices))
    if view.is_empty:
        st.info(_nothing_left(view), icon=":material/filter_alt_off:")


def _title_line(view: View) -> str:
    return " · ".join((*title_parts(view), date_span(view)))


def _notices(unknown: list[str]) -> None:
    if unknown:
        named = ", ".join(escape_markdown(item[:60]) for item in unknown[:5])
        more = f" and {len(unknown) - 5} more" if len(unknown) > 5 else ""
        st.warning(f"Ignored in the address, nothing here has that name: {named}{more}")


def _texts() -> Texts | None:
    try:
        return loading.texts()
    except (ValueError, OSError) as error:
        st.warning(f"The texts cannot be read. {escape_markdown(str(error))}")
        return None


def _nothing_left(view: View) -> str:
    said = "; ".join(f"{name}: {value}" for name, value in filter_words(view))
    return (
        "No claim is left under these filters. Take one away in the sidebar, or use “Reset "
        f"everything”. Set now: {escape_markdown(said)}"
    )


def _footer(view: View) -> None:
    boundaries = view.atlas.boundaries
    show(
        element(
            "p",
            f"{boundaries.attribution} ({boundaries.vintage}). Places: GeoNames, CC BY 4.0. "
            "Figures are claims, not facts: each opens to the words it came from.",
            css="im-footer",
        )
    )


main()
