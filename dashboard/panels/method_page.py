"""The method: how claims are read, counted and compared, with the thresholds in use."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from dashboard.markup import element, show
from incidents.datasets.formats import precision_sentences
from incidents.origins.prepared import settings
from incidents.view import View

_METHOD = Path(__file__).parent / "method.md"


def show_method(view: View) -> None:
    """Show the method and what is in force: thresholds, boundary vintage, attributions."""
    # Our own text, shipped with the page; no word of a source stands in it.
    st.markdown(_METHOD.read_text(encoding="utf-8"))
    boundaries = view.atlas.boundaries
    show(
        element("h3", "Thresholds of origins"),
        element("p", _origins_in_force()),
        element("h3", "Imported datasets"),
        *(element("p", line) for line in precision_sentences()),
        element("h3", "Boundaries and places"),
        element(
            "p",
            f"{boundaries.attribution}. Vintage: {boundaries.vintage}. Places: GeoNames, CC BY 4.0.",
        ),
    )


def _origins_in_force() -> str:
    """Say the thresholds in one paragraph, read from the data that the comparison reads."""
    said = settings()
    weights, decision, likeness = said["weights"], said["decision"], said["similarity"]
    return (
        f"Sentences match from a likeness of {likeness['min_sentence']:.0f} of 100, direct quotes from "
        f"{likeness['min_quote']:.0f}. A matched quote weighs {weights['quote']:g}, a sentence of the "
        f"report {weights['plain']:g}, a public statement {weights['statement']:g}, history and set "
        f"phrases {weights['background']:g}. Two texts belong to one family when the evidence reaches "
        f"{decision['min_evidence']:g}, or {decision['min_evidence_per_sentence']:g} for each sentence "
        "of the shorter text where that is more; one shared quote alone never suffices. The numbers "
        "were set between what independent reports of one event reach (at most 1.4 among 54 texts) and "
        "what the weakest rewrite reaches (2.2); incidents/data/lineage.toml says where each comes from."
    )
