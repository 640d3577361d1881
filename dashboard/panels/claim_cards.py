"""A claim as people see it: the figure, who said it, the words, and a citation to copy."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from dashboard.markup import Element, element
from dashboard.wording import SCOPES, WHERE_PREC, days, figure, short_day, what, whom
from incidents.citations import bibtex, cite, csl_json, publisher
from incidents.citations import csl as csl_item
from incidents.model import Claim
from incidents.place_notes import place_note
from incidents.view import View

# Makes the address of a claim out of its id.
Link = Callable[[str], str]


def claim_card(
    view: View,
    claim: Claim,
    link: Link,
    *,
    in_text: Element | None = None,
    all_citations: bool = True,
) -> Element:
    """Return a claim with its quote, its source and its citations.

    Parameters
    ----------
    in_text
        Stands for the quote where more of its text is shown.
    all_citations
        Whether BibTeX and CSL-JSON stand beside the citation as text. They are most of a card,
        so long lists leave them to the claim's own page.
    """
    source = view.atlas.catalogue.source[claim.source_id]
    of_place = place_note(claim.place_id, claim.place_name, view.atlas.gazetteer)
    return element(
        "article",
        element(
            "div",
            element("strong", figure(claim) or what(claim), css="im-figure"),
            element("span", _kind(claim), css="im-kind") if claim.is_figure else None,
            css="im-claim-head",
        ),
        in_text
        or element(
            "blockquote", f"“{claim.quote}”", css="im-quote", lang=source.language, dir="auto"
        ),
        element(
            "p",
            element("span", claim.claimant, css="im-claimant"),
            f" · {publisher(source)} · {_when(view, claim)}",
            css="im-who",
        ),
        element("p", " · ".join(_remarks(claim)), css="im-remark") if _remarks(claim) else None,
        element("p", claim.note, css="im-note") if claim.note else None,
        element("p", of_place, css="im-note") if of_place else None,
        element(
            "div",
            element("a", "Open", href=link(claim.claim_id), css="im-open"),
            _citations(view, claim, all_of_them=all_citations),
            css="im-tools",
        ),
        css="im-claim",
        id=f"claim-{claim.claim_id}",
    )


def claim_cards(
    view: View, claims: Iterable[Claim], link: Link, *, all_citations: bool = True
) -> list[Element]:
    """Return cards for claims, figures before happenings."""
    return [
        claim_card(view, claim, link, all_citations=all_citations)
        for claim in figures_first(claims)
    ]


def figures_first(claims: Iterable[Claim]) -> list[Claim]:
    """Return claims in the order in which cards stand: figures before happenings."""
    return sorted(claims, key=lambda claim: not claim.is_figure)


def _kind(claim: Claim) -> str:
    return f"{whom(claim)} {claim.casualty_type}"


def _when(view: View, claim: Claim) -> str:
    source = view.atlas.catalogue.source[claim.source_id]
    said = f"reported {short_day(source.reported_on)}"
    return said if source.published_on else f"{said} (undated)"


def _remarks(claim: Claim) -> list[str]:
    remarks = []
    if claim.place_name:
        remarks.append(f"place: {claim.place_name} ({WHERE_PREC[claim.where_prec]})")
    if claim.scope != "event":
        remarks.append(f"{SCOPES[claim.scope]}: {days(claim.date_start, claim.date_end)}")
    if claim.part_of:
        remarks.append(f"part of {claim.part_of}")
    return remarks


def _citations(view: View, claim: Claim, *, all_of_them: bool) -> Element:
    source = view.atlas.catalogue.source[claim.source_id]
    said, hint = [cite(claim, source)], "Click it to select it; “Open” has BibTeX and CSL-JSON."
    if all_of_them:
        said += [bibtex(source, [claim]), csl_json([csl_item(source, [claim])])]
        hint = "Text, BibTeX, CSL-JSON: click one to select it."
    return element(
        "details",
        element("summary", "Cite"),
        element("p", hint, css="im-hint"),
        *(element("pre", text, css="im-copy", tabindex="0") for text in said),
        css="im-cite",
    )
