"""One claim under its own address: the quote where it stands, and how it is anchored."""

from __future__ import annotations

from dashboard.claim_cards import claim_card, selectors_json
from dashboard.markup import element, show
from incidents.view import View


def show_claim(view: View, claim_id: str, back: str) -> None:
    """Show a claim with its quote, paragraph and offsets, and a way back to the view."""
    claim = view.atlas.catalogue.claim[claim_id]
    source = view.atlas.catalogue.source[claim.source_id]
    where = (
        f"Paragraph {claim.paragraph}, characters {claim.char_start}–{claim.char_end} of the text."
        if claim.char_start is not None
        else "The claim names no position in a text."
    )
    show(
        element(
            "section",
            element("h3", f"Claim {claim_id}"),
            claim_card(view, claim, lambda _: f"?claim={claim_id}"),
            element("p", where, css="im-hint"),
            element(
                "details",
                element("summary", "Selectors (W3C)"),
                element("pre", selectors_json(claim, source.sha256), css="im-copy", tabindex="0"),
                css="im-cite",
            ),
            element("a", "Close", href=back, css="im-open"),
            css="im-evidence",
            aria_label="One claim",
        )
    )
