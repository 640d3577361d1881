"""The toll over reporting time: one step line a claimant, the range as a band."""

from __future__ import annotations

import altair as alt
import pandas as pd
import streamlit as st

from dashboard.markup import element, show
from dashboard.wording import words
from incidents.figures.reconcile import printed, reconcile
from incidents.model import Claim
from incidents.view import ProvinceToll, View

# ColorBrewer's Dark2, the qualitative scheme that holds for colour-blind readers.
COLOURS = ["#1b9e77", "#d95f02", "#7570b3", "#e7298a", "#66a61e", "#e6ab02", "#a6761d", "#666666"]


def show_chart(view: View) -> None:
    """Show how one toll moved as reports came in, with what is not known about the times."""
    # Rows of a dataset are known from one day, that of its import: no figure moves there.
    tiles = [t for t in view.tolls if t.shown.used]
    if not tiles:
        show(element("p", "No numbered figure of a report is left by these filters."))
        return
    names = [f"{words(t.victim_group)} {t.casualty_type}" for t in tiles]
    start = next((i for i, t in enumerate(tiles) if t.victim_group == "militants"), 0)
    chosen = st.selectbox("Toll", names, start, key="chart", bind="query-params")
    _chart(view, tiles[names.index(chosen)])


def _chart(view: View, tile: ProvinceToll) -> None:
    used = {i for part in tile.shown.parts for i in part.range.used}
    claims = sorted(
        (c for c in tile.shown.claims if c.claim_id in used),
        key=view.atlas.reporting.when,
    )
    figures = pd.DataFrame(
        {
            "reported": [_moment(view, c) for c in claims],
            "figure": [printed(c) for c in claims],
            "claimant": [c.claimant for c in claims],
            "quote": [f"“{c.quote}”" for c in claims],
            "source": [c.source_id for c in claims],
        }
    )
    moments = sorted(set(figures["reported"]))
    ranges = [
        reconcile(
            [c for c in claims if _moment(view, c) <= moment], view.rule, view.atlas.reporting
        )
        for moment in moments
    ]
    # A last step, so that the newest range has a width.
    after = max(moments) + pd.Timedelta(hours=12)
    band = pd.DataFrame(
        {
            "reported": [*moments, after],
            "low": [r.low for r in ranges] + [ranges[-1].low],
            "high": [r.high for r in ranges] + [ranges[-1].high],
        }
    )
    x = alt.X("reported:T", title="reported (Asia/Karachi)")
    # Each claimant's last figure stands until it is replaced, so its line runs on.
    last = figures.groupby("claimant", sort=False).tail(1).assign(reported=after)
    lines = pd.concat([figures, last])
    chart = (
        alt.Chart(band)
        .mark_area(interpolate="step-after", opacity=0.18, color="#777", tooltip=None)
        .encode(
            x=x,
            y=alt.Y("low:Q", title=f"{words(tile.victim_group)} {tile.casualty_type}"),
            y2="high:Q",
        )
        + alt.Chart(lines)
        .mark_line(interpolate="step-after", tooltip=None)
        .encode(
            x=x,
            y="figure:Q",
            color=alt.Color(
                "claimant:N",
                scale=alt.Scale(range=COLOURS),
                legend=alt.Legend(orient="bottom", columns=2, labelLimit=420, title=None),
            ),
        )
        + alt.Chart(figures)
        .mark_point(filled=True, size=70)
        .encode(
            x=x,
            y="figure:Q",
            color="claimant:N",
            tooltip=[
                "figure",
                "claimant",
                "quote",
                "source",
                alt.Tooltip("reported:T", title="reported"),
            ],
        )
    ).properties(height=320)
    st.altair_chart(chart)
    show(element("p", _not_known(view, claims), css="im-hint"))


def _moment(view: View, claim: Claim) -> pd.Timestamp:
    # Vega draws local days; without the offset it would move them to the reader's zone.
    return pd.Timestamp(view.atlas.reporting.when(claim)).tz_localize(None)


def _not_known(view: View, claims: list[Claim]) -> str:
    sources = {c.source_id: view.atlas.catalogue.source[c.source_id] for c in claims}
    no_time = [s for s in sources.values() if s.published_at is None]
    stand_in = sorted(i for i, s in sources.items() if s.published_on is None)
    said = "The band is the range of all figures reported until then."
    if no_time:
        said += (
            f" Not known: the time of day of {len(no_time)} of {len(sources)} documents; "
            "they stand at the beginning of their day."
        )
    if stand_in:
        said += (
            f" Not known: when {', '.join(stand_in)} was published; "
            "the day from which it could be known stands in."
        )
    return said
