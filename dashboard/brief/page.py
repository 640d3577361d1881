"""A brief to take away: one page that needs nothing else, for a reader without the dashboard.

It opens from a file without a network, runs no script, loads nothing, and prints to A4.
"""

from __future__ import annotations

import base64
import hashlib
import html
from pathlib import Path

from dashboard.brief.tables import Numbers, claim_table, claims_by_district, toll_table
from dashboard.brief.unknowns import ROWS_IN_BRIEF, method_lines, unknowns
from dashboard.choices import Choices, address
from dashboard.filter_words import filter_words
from dashboard.map_layer.map_svg import map_svg
from dashboard.markup import Element, element
from dashboard.panels.notice_list import notice_list
from dashboard.wording import count, date_span, day, title_parts
from incidents import __version__
from incidents.citations import cite_source
from incidents.export.captions import sentences
from incidents.model import Source
from incidents.view import View

DEFAULT_PAGE = "http://localhost:8501/"
_STYLE = Path(__file__).parent / "brief.css"


def brief(view: View, measure: str, page: str = DEFAULT_PAGE) -> str:
    """Return a view as one self-contained HTML page.

    Parameters
    ----------
    view
        What is shown.
    measure
        What colours the map, one of `dashboard.map_layer.painting.MEASURES`.
    page
        Address of the dashboard that the link reopens.

    Returns
    -------
    page
        HTML; the same view gives the same text.
    """
    numbers = {s.source_id: n for n, s in enumerate(_sources(view), start=1)}
    title = f"{view.atlas.region_title}: what is reported, {date_span(view)}"
    style = _STYLE.read_text(encoding="utf-8")
    body = "\n".join(
        (
            str(_head(view, title)),
            # The one piece that is no element of the page's: it escapes its own text.
            f"<figure>{map_svg(view, measure)}{_caption(view)}</figure>",
            *map(str, _sections(view, numbers)),
            str(_footer(view, _link(view, measure, page))),
        )
    )
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{_policy(style)}">
<meta name="referrer" content="no-referrer">
<title>{html.escape(title)}</title>
<style>{style}</style>
</head>
<body>
{body}
</body>
</html>
"""


def _policy(style: str) -> str:
    """Allow the one style sheet that stands in the page, and nothing else at all."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; "
        "script-src 'none'; base-uri 'none'; form-action 'none'"
    )


def _sources(view: View) -> list[Source]:
    return [s for s in view.atlas.catalogue.sources if s.source_id in view.source_ids]


def _head(view: View, title: str) -> Element:
    reported = [s.reported_on for s in _sources(view) if s.reported_on]
    line = " · ".join(
        (
            *title_parts(view),
            count(view.voices.claimants, "claimant"),
            *([f"reports up to {day(max(reported))}"] if reported else []),
        )
    )
    filters = "; ".join(f"{name}: {said}" for name, said in filter_words(view))
    return element(
        "header",
        element("h1", title),
        element("p", line, css="line"),
        element("p", f"Filters: {filters}", css="filters") if filters else None,
    )


def _caption(view: View) -> Element:
    return element("figcaption", *(element("p", sentence) for sentence in sentences(view)))


def _sections(view: View, numbers: Numbers) -> list[Element]:
    sections = []
    if view.tolls or view.row_tolls:
        sections.append(_section("Tolls", toll_table(view)))
    # Rows of datasets as claims, so that they can be listed with the others.
    listed = view.with_rows_that_may_leave().opened(part=slice(ROWS_IN_BRIEF))
    districts = claims_by_district(view, listed, numbers)
    area = view.atlas.area_word
    none = f"No claim names a place in one {area}."
    sections.append(_section(f"Claims by {area}", *(districts or [element("p", none)])))
    if view.known_wider_count:
        sections.append(
            _section(
                f"Known only to the district ({view.known_wider_count:,})",
                element("p", f"No place in one {area} is named; on no {area}.", css="hint"),
                claim_table(listed, listed.known_wider, numbers),
            )
        )
    sections.append(
        _section(
            f"Reported, not placed ({view.not_placed_count:,})",
            element(
                "p",
                f"Said of the whole province, or of no place in particular; on no {area}.",
                css="hint",
            ),
            claim_table(listed, listed.not_placed, numbers) if listed.not_placed else None,
        )
    )
    if view.outside_count:
        sections.append(
            _section(
                f"Outside the boundaries ({view.outside_count:,})",
                claim_table(listed, listed.outside, numbers),
            )
        )
    sections.append(_section("What is not known", _list(unknowns(view))))
    if (odd := _notices(view)) is not None:
        sections.append(
            _section(
                "What does not add up",
                element("p", "Noticed in the sources, never corrected.", css="hint"),
                odd,
            )
        )
    sections.append(_section("Method", _list(method_lines(view))))
    sections.append(_section("Sources", _source_list(view, numbers)))
    return sections


def _section(title: str, *inside: Element | None) -> Element:
    return element("section", element("h2", title), *inside)


def _list(lines: list[str]) -> Element:
    return element("ul", *(element("li", line) for line in lines))


def _notices(view: View) -> Element | None:
    left = {c.source_id for c in view.claims}
    shown = {c.claim_id for c in view.claims}
    return notice_list(
        (n for n in view.atlas.notices if n.source_id in left and shown & set(n.claim_ids)),
        with_source=True,
    )


def _source_list(view: View, numbers: Numbers) -> Element:
    return element(
        "ol",
        *(
            element(
                "li",
                cite_source(source),
                element(
                    "small",
                    f"Origin {view.atlas.reporting.origin_of[source.source_id]}. "
                    f"sha256 of the text {source.sha256}",
                ),
                id=f"source-{numbers[source.source_id]}",
            )
            for source in _sources(view)
        ),
        css="sources",
    )


def _link(view: View, measure: str, page: str) -> str:
    return page + address(
        view.atlas, Choices(view.filter, view.rule, measure, selected=None, basemap=False)
    )


def _footer(view: View, link: str) -> Element:
    boundaries = view.atlas.boundaries
    return element(
        "footer",
        element("p", "This view, where the dashboard runs: ", element("a", link, href=link)),
        element(
            "p",
            f"{boundaries.attribution} ({boundaries.vintage}). Places: GeoNames, CC BY 4.0; OCHA "
            "COD-AB Pakistan, CC BY-IGO. Figures are claims, not facts.",
        ),
        element(
            "p", f"Incident Map {__version__}, data {view.atlas.catalogue.digest[:12]}", css="hint"
        ),
    )
