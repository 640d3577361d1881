"""The tables of a brief: tolls under the chosen rule, and claims with where they stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from dashboard.markup import Element, element
from dashboard.wording import (
    SCOPES,
    WHERE_PREC,
    best_text,
    count,
    days,
    figure,
    range_text,
    voices_of,
    what,
    words,
)
from incidents.export.captions import ends, said_by
from incidents.figures.tolls import DistrictSummary, Toll, count_voices
from incidents.model import Claim
from incidents.view import ProvinceToll, RowsToll, View

# A source's number in the list of sources, by its id.
Numbers = Mapping[str, int]


def toll_table(view: View) -> Element:
    """Return the tolls: what is said of the province, and what districts add up to beside it."""
    rows = []
    for tile in view.tolls:
        if tile.province.claims:
            rows.append(_toll_row(view, tile, tile.province, "the province's claims"))
        if tile.districts.claims:
            rows.append(
                _toll_row(
                    view, tile, tile.districts, f"sum of the {view.atlas.summed_word}' claims"
                )
            )
        if tile.outside.claims:
            rows.append(_toll_row(view, tile, tile.outside, "outside the boundaries"))
    rows += [_rows_toll_row(view, toll) for toll in view.row_tolls]
    return _table(
        (
            "Whom",
            "Range",
            f"Best, rule “{view.rule}”",
            "Highest, said by",
            "Lowest, said by",
            "Voices",
        ),
        rows,
        css="tolls",
    )


def _toll_row(view: View, tile: ProvinceToll, toll: Toll, level: str) -> Element:
    who = "people" if tile.victim_group == "total" else words(tile.victim_group)
    voices = count_voices(toll.behind, view.atlas.reporting)
    claims = {c.claim_id: c for c in toll.claims}
    spoken = [
        ends(view, p.range, [claims[i] for i in p.range.used]) for p in toll.parts if p.range.used
    ]
    best = best_text(toll.best) if toll.has_figure else ""
    # Only parts of other figures: told, but not to be added to them.
    note = f"a part of figures above; {level}" if view.is_only_parts(toll) else level
    return element(
        "tr",
        element(
            "th", f"{who} {tile.casualty_type}", element("small", note), scope="row", css="whom"
        ),
        _cell("Range", element("strong", range_text(toll) or "no number")),
        _cell("Best", best),
        _cell("Highest", _speakers(view, [high for _, high in spoken])),
        _cell(
            "Lowest", _speakers(view, [low for low, _ in spoken]) if toll.low != toll.high else ""
        ),
        _cell(
            "Voices",
            voices_of(voices),
        ),
    )


def _speakers(view: View, claims: Sequence[Claim]) -> str:
    return "; ".join(f"{figure(c)}: {said_by(view, c)}" for c in claims)


def _rows_toll_row(view: View, toll: RowsToll) -> Element:
    title = view.rows[toll.dataset_id].dataset.manifest.title
    who = "people" if toll.victim_group == "total" else words(toll.victim_group)
    rows = count(toll.whole.rows, "row")
    return element(
        "tr",
        element(
            "th",
            f"{who} {toll.casualty_type}",
            element("small", "the sum of a dataset's rows"),
            scope="row",
            css="whom",
        ),
        _cell("Range", element("strong", range_text(toll.whole))),
        _cell("Best", best_text(toll.best)),
        _cell("Highest", ""),
        _cell("Lowest", ""),
        _cell("Voices", f"{title}, {rows}"),
    )


def claims_by_district(view: View, listed: View, numbers: Numbers) -> list[Element]:
    """Return a section for every district that has a claim, in the order of names.

    Parameters
    ----------
    listed
        The same view with rows of datasets as claims, as many as are listed.
    """
    names = view.atlas.district_names
    summaries = sorted(
        (s for s in view.districts.values() if s.is_reported), key=lambda s: names[s.adm2_pcode]
    )
    return [
        _district_section(
            names[summary.adm2_pcode], summary, listed.districts[summary.adm2_pcode].claims,
            listed, numbers,
        )
        for summary in summaries
    ]  # fmt: skip


def _district_section(
    name: str, summary: DistrictSummary, claims: Sequence[Claim], listed: View, numbers: Numbers
) -> Element:
    left_out = summary.claim_count - len(claims)
    return element(
        "section",
        element("h3", name, element("small", summary.adm2_pcode)),
        element("p", _district_line(summary.tolls.values()), css="hint"),
        element("p", f"{count(left_out, 'claim')} more of datasets, not listed here.", css="hint")
        if left_out
        else None,
        claim_table(listed, claims, numbers) if claims else None,
        css="district",
    )


def _district_line(tolls: Iterable[Toll]) -> str:
    said = [
        f"{toll.casualty_type} {range_text(toll) or 'without a number'}"
        for toll in tolls
        if toll.is_reported
    ]
    return "; ".join(said) if said else "Reported without a figure."


def claim_table(view: View, claims: Iterable[Claim], numbers: Numbers) -> Element:
    """Return claims as rows: what, the words, who says it, and where that stands."""
    ordered = sorted(claims, key=lambda c: (not c.is_figure, c.incident_id, c.claim_id))
    return _table(
        ("What is claimed", "In these words", "Said by, reported", "Source"),
        [_claim_row(view, claim, numbers) for claim in ordered],
        css="claims",
    )


def _claim_row(view: View, claim: Claim, numbers: Numbers) -> Element:
    number = str(numbers[claim.source_id])
    source = view.atlas.catalogue.source[claim.source_id]
    paragraph = f", paragraph {claim.paragraph}" if claim.paragraph else ""
    return element(
        "tr",
        element("th", what(claim), *_remarks(view, claim), scope="row", css="what"),
        element("td", f"“{claim.quote}”", css="quote", lang=source.language, dir="auto"),
        element("td", said_by(view, claim)),
        element(
            "td",
            element("a", f"[{number}]", href=f"#source-{number}"),
            paragraph,
            element("small", claim.claim_id),
        ),
        id=f"claim-{claim.claim_id}",
    )


def _remarks(view: View, claim: Claim) -> list[Element]:
    remarks = []
    if claim.place_name:
        remarks.append(f"{claim.place_name} ({WHERE_PREC[claim.where_prec]})")
    if claim.scope != "event":
        remarks.append(SCOPES[claim.scope])
    incident = view.atlas.catalogue.incident[claim.incident_id]
    if claim.scope != "event" or claim.date_start != incident.date_start:
        remarks.append(days(claim.date_start, claim.date_end))
    if claim.part_of:
        remarks.append(f"part of {claim.part_of}")
    return [element("small", remark) for remark in remarks]


def _table(heads: Sequence[str], rows: Sequence[Element], *, css: str) -> Element:
    return element(
        "table",
        element("thead", element("tr", *(element("th", head, scope="col") for head in heads))),
        element("tbody", *rows),
        css=css,
    )


def _cell(label: str, inside: Element | str) -> Element:
    """Return a cell with its column's name, for where the columns stand below each other."""
    empty = isinstance(inside, str) and not inside
    return element("td", inside, data_label="" if empty else label)
