"""The strip of tolls: one number with its range each; who said what is one click deeper."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from datetime import date

from dashboard.markup import Element, element, show
from dashboard.panels.claim_cards import Link, claim_cards
from dashboard.panels.notice_list import notice_list
from dashboard.wording import (
    best_text,
    count,
    dataset_name,
    figure,
    range_text,
    short_day,
    voices_of,
    words,
)
from incidents.atlas import Atlas
from incidents.figures.reconcile import RULE_MEANINGS, printed
from incidents.figures.tolls import Toll, count_voices
from incidents.model import Claim
from incidents.view import ProvinceToll, RowsToll, View

# So many stand in one line above the map of a small laptop; the others fold into a last tile.
MOST_TILES = 7
# Of datasets; their other figures stand in the tables.
MOST_OF_ROWS = 3


def show_tolls(view: View, link: Link) -> None:
    """Show the tiles of a view; each opens to its claims, those used and those set aside."""
    tiles = [tile for tile in view.tolls if not view.is_only_parts(tile.shown)]
    tiles.sort(key=lambda tile: not tile.shown.has_figure)
    of_rows = view.row_tolls[:MOST_OF_ROWS]
    most = MOST_TILES - len(of_rows)
    shown, folded = tiles[:most], tiles[most:]
    if shown or of_rows:
        show(
            element(
                "section",
                *(_tile(view, tile, link) for tile in shown),
                *(_rows_tile(view, toll) for toll in of_rows),
                _more(view, folded, link) if folded else None,
                css="im-strip",
                aria_label="Tolls",
            )
        )


def _rows_tile(view: View, toll: RowsToll) -> Element:
    """Return a tile of a dataset; its rows are listed beside the map, each with its words."""
    manifest = view.rows[toll.dataset_id].dataset.manifest
    places = {
        f"in {view.atlas.areas_word}": toll.by_place.districts,
        "known only to a wider area": toll.by_place.wider,
        "known only to the province or less exactly": toll.by_place.not_placed,
        "outside the boundaries": toll.by_place.outside,
    }
    parts = [
        f"{range_text(s)} in {count(s.rows, 'row')} {where}"
        for where, s in places.items()
        if s.rows
    ]
    return element(
        "details",
        element(
            "summary",
            element(
                "span",
                f"{dataset_name(manifest)}: {_whom(toll)} {toll.casualty_type}",
                css="im-tile-name",
            ),
            element("strong", range_text(toll.whole), css="im-tile-range"),
            element(
                "span", f"{manifest.title}, {count(toll.whole.rows, 'row')}", css="im-tile-newest"
            ),
        ),
        element(
            "div",
            element(
                "p", element("strong", f"Best: {best_text(toll.best)}. "), "; ".join(parts), "."
            ),
            element(
                "p",
                f"{manifest.attribution}. Each row is an incident of its own; the rows are listed "
                "beside and below the map, most people first, and all of them in an export. Reports "
                "may count the same people: a dataset is never added to a report's toll.",
                css="im-note",
            ),
            css="im-behind",
        ),
        css="im-tile",
    )


def _more(view: View, tiles: Sequence[ProvinceToll], link: Link) -> Element:
    names = ", ".join(_name(tile) for tile in tiles)
    return element(
        "details",
        element(
            "summary",
            element("span", "More", css="im-tile-name"),
            element("strong", f"+{len(tiles)}", css="im-tile-range"),
            element("span", names, css="im-tile-newest"),
        ),
        element("div", *(_tile(view, tile, link) for tile in tiles), css="im-strip im-behind"),
        css="im-tile im-more",
    )


def _name(tile: ProvinceToll) -> str:
    return f"{_whom(tile)} {tile.casualty_type}"


def _whom(tile: ProvinceToll | RowsToll) -> str:
    return "people" if tile.victim_group == "total" else words(tile.victim_group)


def _tile(view: View, tile: ProvinceToll, link: Link) -> Element:
    shown = tile.shown
    newest = _newest(view, shown)
    return element(
        "details",
        element(
            "summary",
            element("span", _name(tile), css="im-tile-name"),
            element(
                "span",
                element(
                    "strong",
                    range_text(shown) or (newest and figure(newest)) or "no number",
                    css="im-tile-range",
                ),
                _sparkline(view, shown),
                css="im-tile-row",
            ),
            element(
                "span",
                f"newest {figure(newest)}: {newest.claimant}, {short_day(_reported(view, newest))}"
                if newest
                else "reported without a number",
                css="im-tile-newest",
            ),
        ),
        element("div", *_behind(view, tile, link), css="im-behind"),
        css="im-tile",
    )


def _behind(view: View, tile: ProvinceToll, link: Link) -> list[Element | None]:
    """Return what stands behind a tile: the rule, the voices, the claims."""
    shown = tile.shown
    voices = count_voices(shown.behind, view.atlas.reporting)
    best = best_text(shown.best)
    lines = [
        element(
            "p",
            element("strong", f"Best: {best}. " if shown.has_figure else ""),
            f"Rule “{view.rule}”: {RULE_MEANINGS[view.rule]}. ",
            f"{voices_of(voices)}.",
        ),
        element("p", _level(tile, view.atlas), css="im-note"),
        element("p", _summands(view, shown), css="im-note") if len(shown.parts) > 1 else None,
    ]
    reasons = {aside.claim_id: aside.reason for aside in shown.set_aside}
    lines.append(
        element(
            "div",
            *claim_cards(view, sorted(shown.used, key=_size), link, all_citations=False),
            css="im-cards",
        )
    )
    about = view.notices_about({c.claim_id for c in shown.claims})
    if listed := notice_list(about, with_source=True):
        lines.append(listed)
    aside = [c for c in shown.claims if c.claim_id in reasons]
    if aside:
        lines.append(element("h4", "Set aside"))
        lines.append(
            element(
                "ul",
                *(
                    element("li", f"{figure(c)} ({c.claimant}): {reasons[c.claim_id]}")
                    for c in aside
                ),
            )
        )
    return lines


def _level(tile: ProvinceToll, atlas: Atlas) -> str:
    """Say what the number is of, and what stands beside it; nothing is subtracted."""
    if tile.is_outside:
        return f"Claims of places outside the boundaries; they colour no {atlas.area_word}."
    if tile.is_districts_sum:
        return (
            f"The sum of the {atlas.summed_word}' claims; nothing was said of the whole province."
        )
    beside = range_text(tile.districts)
    said = f"Claims about the whole province; they colour no {atlas.area_word}."
    if beside:
        said += (
            f" Beside them, the {atlas.summed_word}' own claims add up to {beside}: these may or may not be "
            "among the province's, so neither is subtracted from the other."
        )
    return said


def _summands(view: View, toll: Toll) -> str:
    """Say what was added up: the number is of several incidents, which may overlap."""
    said = [
        f"{range_text(part.range) or 'no number'} ({view.atlas.catalogue.incident[part.incident_id].title})"
        for part in toll.parts
    ]
    return f"A sum over {count(len(toll.parts), 'incident')}: {'; '.join(said)}."


def _size(claim: Claim) -> tuple[int, str]:
    return (-(printed(claim) or 0), claim.claim_id)


def _reported(view: View, claim: Claim) -> date | None:
    return view.atlas.catalogue.source[claim.source_id].reported_on


def _newest(view: View, toll: Toll) -> Claim | None:
    """Return the newest figure that the toll uses, of several the highest; else a vague one."""
    return max(
        toll.used or toll.claims,
        key=lambda c: (view.atlas.reporting.when(c), printed(c) or 0, c.claim_id),
        default=None,
    )


def _sparkline(view: View, toll: Toll) -> Element | None:
    """Return a small picture of one incident's figures in the order of their reporting."""
    claims = sorted(
        toll.used,
        key=lambda c: (view.atlas.reporting.when(c), printed(c) or 0),
    )
    values = [printed(c) or 0 for c in claims]
    if len(set(values)) < 2 or len(toll.parts) > 1:
        return None
    width, height, top = 60, 24, max(values)
    step = (width - 8) / (len(values) - 1)
    points = [(4 + i * step, height - 4 - (height - 8) * v / top) for i, v in enumerate(values)]
    dots = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.2"/>' for x, y in points)
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    picture = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" fill="#b8432f">'
        f'<polyline points="{line}" fill="none" stroke="#b8432f" stroke-opacity=".45"/>{dots}</svg>'
    )
    return element(
        "img",
        css="im-spark",
        src="data:image/svg+xml;base64," + base64.b64encode(picture.encode()).decode(),
        alt="Figures in the order of reporting: " + ", ".join(map(str, values)),
    )
