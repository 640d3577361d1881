"""What a brief does not know, said before it is asked, and how its figures come about."""

from __future__ import annotations

from collections.abc import Iterator

from dashboard.wording import count, what
from geo.boundaries import load_districts, newer_districts
from incidents.figures.reconcile import RULE_MEANINGS
from incidents.view import View

ROWS_IN_BRIEF = 100
"""Of each dataset: a brief is read, not searched."""

METHOD = (
    "A report makes claims: a figure, of whom, where, when, said by whom. Every number here "
    "comes from claims, and each claim is listed with its words.",
    "A district's colour and figures come only from claims that themselves name a place in it. "
    "What was said of the whole province colours no district and is never subtracted from it.",
    "A range is the lowest and the highest figure claimed for the same people; ≥ or + says that "
    "a figure such as “at least 30” leaves the upper end open. Figures are never averaged.",
    "A part (“including three women”) is never added to its total, nor a sum over several days "
    "to its parts. Police count only where no claim speaks of the security forces as a whole.",
    "Words such as “dozens” (counted as 12) bound a range only where nobody gives a number.",
    "Sources are documents; origins are families of documents that go back to one text; "
    "claimants are those who say it. One origin printed ten times is one origin.",
    "Days are Asia/Karachi. Place and date precision follow UCDP, event types are ACLED's.",
)


def method_lines(view: View) -> list[str]:
    """Return how the figures come about, the chosen rule first."""
    return [f"Rule “{view.rule}”: {RULE_MEANINGS[view.rule]}.", *METHOD]


def unknowns(view: View) -> list[str]:
    """Return, a sentence each, what these claims leave open."""
    return [
        *_sources(view),
        *_figures(view),
        *_datasets(view),
        *_places(view),
        *_boundaries(view),
    ]


def _sources(view: View) -> Iterator[str]:
    # A dataset's release has no day of publication of its own: its rows have.
    left = {c.source_id for c in view.claims}
    sources = [s for s in view.atlas.catalogue.sources if s.source_id in left]
    for source in sources:
        if source.published_on is None:
            reason = source.known_from_reason or "Nothing stands in for it."
            yield f"{source.source_id} gives no day of publication. {reason}"
    if unknown := [s.source_id for s in sources if s.outlet == "unknown"]:
        yield f"Who published it is unknown for {_listed(unknown)}."


def _figures(view: View) -> Iterator[str]:
    if vague := [c for c in view.figures if c.is_vague]:
        said = dict.fromkeys(f"“{what(c)}” ({c.source_id})" for c in vague)
        yield f"Given without a number: {_listed(list(said))}."
    if nobody := [c for c in view.figures if c.claimant_kind == "nobody"]:
        verb = "figure does" if len(nobody) == 1 else "figures do"
        yield f"{len(nobody):,} {verb} not say who counted."
    for tile in view.tolls:
        for toll in (tile.province, tile.districts):
            if toll.has_figure and toll.best is None:
                yield (
                    f"Under the rule “{view.rule}” no figure is best for {tile.victim_group} "
                    f"{tile.casualty_type}: indeterminate.".replace("_", " ")
                )


def _datasets(view: View) -> Iterator[str]:
    for sums in view.rows.values():
        manifest = sums.dataset.manifest
        yield (
            f"{manifest.title} ({manifest.attribution}; {manifest.licence}) adds "
            f"{count(sums.rows, 'row')}, each an incident. Which of them speak of people that a "
            "report or another dataset counts as well is not known."
        )
        if not sums.dataset.rows_may_leave:
            yield f"Its rows are not listed here: {manifest.licence} ({manifest.licence_url})."
        elif sums.rows > ROWS_IN_BRIEF:
            yield (
                f"Of its rows the {ROWS_IN_BRIEF:,} with the most people are listed here; an export "
                "holds all."
            )


def _places(view: View) -> Iterator[str]:
    if view.not_placed_count:
        verb = "is known" if view.not_placed_count == 1 else "are known"
        yield (
            f"{count(view.not_placed_count, 'claim')} {verb} only for the province or less exactly, "
            f"and may or may not hold the {view.atlas.areas_word}' figures."
        )
    if view.known_wider_count:
        verb = "is known" if view.known_wider_count == 1 else "are known"
        yield (
            f"{count(view.known_wider_count, 'claim')} {verb} only to the district, "
            f"on no {view.atlas.area_word}."
        )
    if view.outside_count:
        yield f"{count(view.outside_count, 'claim')} of places outside the boundaries."
    silent = sum(not s.is_reported for s in view.districts.values())
    yield (
        f"{count(silent, view.atlas.area_word)} of {len(view.districts)} without a report: nothing was "
        "reported there in these documents, which is not to say that nothing happened."
    )


def _boundaries(view: View) -> Iterator[str]:
    boundaries = view.atlas.boundaries
    if boundaries.vintage != load_districts().vintage:
        yield f"The boundaries are of one state of the division: {boundaries.vintage}."
        return
    newer = [
        f"{d.name} (shown in {d.parent_name}{', if it stands' * bool(d.doubt)})"
        for d in newer_districts()
    ]
    yield (
        f"The boundaries are of one state of the division: {boundaries.vintage}. "
        f"Newer districts are not drawn: {_listed(newer)}."
    )


def _listed(items: list[str]) -> str:
    return " and ".join(part for part in (", ".join(items[:-1]), items[-1]) if part)
