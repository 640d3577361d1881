"""One claim under its own address: its words where they stand, and who else says what."""

from __future__ import annotations

import json

from dashboard.markup import Element, element, show
from dashboard.panels.claim_cards import Link, claim_card
from dashboard.panels.notice_list import notice_list
from dashboard.wording import count, figure, short_day, what
from incidents.citations import publisher
from incidents.evidence import Evidence, annotation, evidence_of
from incidents.figures.tolls import count_voices
from incidents.filters import known_by
from incidents.model import Claim, Source
from incidents.texts import Texts
from incidents.view import View


def show_claim(view: View, claim_id: str, texts: Texts | None, link: Link, back: str) -> None:
    """Show a claim in its sentence where the text is at hand, and the claims to hold beside it."""
    claim = view.atlas.catalogue.claim[claim_id]
    source = view.atlas.catalogue.source[claim.source_id]
    found = evidence_of(claim, source, texts.text_of(source) if texts else None)
    show(
        element(
            "section",
            element(
                "p",
                element("strong", f"Claim {claim_id}"),
                element("a", "Back to the view", href=back, css="im-open"),
                css="im-evidence-head",
            ),
            element(
                "div",
                element(
                    "div",
                    claim_card(view, claim, link, in_text=_in_sentence(found, source)),
                    *_position(found, source),
                    notice_list(view.notices_about({claim_id}), with_source=True),
                ),
                element("div", *_others(view, claim, link)),
                css="im-evidence-columns",
            ),
            css="im-evidence",
            aria_label="One claim",
        )
    )


def _in_sentence(found: Evidence, source: Source) -> Element | None:
    if found.sentence is None:
        return None
    return element(
        "blockquote",
        found.before,
        element("mark", found.quote),
        found.after,
        css="im-quote",
        lang=source.language,
        dir="auto",
    )


def _position(found: Evidence, source: Source) -> list[Element]:
    where = "no position in the text"
    if found.char_start is not None:
        where = (
            f"paragraph {found.paragraph}, characters {found.char_start:,}–{found.char_end:,} "
            f"of the text with the sha256 {found.sha256[:12]}"
        )
    is_plain = found.status in ("anchored", "no_text")
    said = json.dumps(annotation(found, source), ensure_ascii=False, indent=2)
    return [
        element("p", f"Quote: {where}.", css="im-hint"),
        element("p", found.message, css="im-hint" if is_plain else "im-changed"),
        element(
            "details",
            element("summary", "Selectors (W3C annotation)"),
            element("pre", said, css="im-copy", tabindex="0"),
            css="im-cite",
        ),
    ]


def _others(view: View, claim: Claim, link: Link) -> list[Element]:
    """Return the claims of the same incident, casualty type and group, in order of reporting."""
    catalogue = view.atlas.catalogue
    same = [
        c
        for c in catalogue.claims
        if (c.incident_id, c.casualty_type, c.victim_group)
        == (claim.incident_id, claim.casualty_type, claim.victim_group)
        and (
            view.filter.known_at is None
            or known_by(catalogue.source[c.source_id], view.filter.known_at)
        )
    ]
    others = [c for c in same if c.claim_id != claim.claim_id]
    incident = catalogue.incident[claim.incident_id]
    if not others:
        return [
            element("h4", "Who else says what"),
            element("p", f"Nobody else, of “{incident.title}”.", css="im-hint"),
        ]
    voices = count_voices(same, view.atlas.reporting)
    shown = {c.claim_id for c in view.claims}
    return [
        element("h4", "Who else says what"),
        element(
            "p",
            f"{incident.title}. With this claim: {count(voices.sources, 'source')}, "
            f"{count(voices.origins, 'origin')}, {count(voices.claimants, 'claimant')}.",
            css="im-hint",
        ),
        element(
            "ul",
            *(
                _line(view, c, link, shown=c.claim_id in shown)
                for c in sorted(others, key=lambda c: (view.atlas.reporting.when(c), c.claim_id))
            ),
            css="im-others",
            tabindex="0",
        ),
    ]


def _line(view: View, claim: Claim, link: Link, *, shown: bool) -> Element:
    source = view.atlas.catalogue.source[claim.source_id]
    aside = "" if shown else " · left out by the filters"
    return element(
        "li",
        element("a", figure(claim) or what(claim), href=link(claim.claim_id)),
        f" · {claim.claimant} · {publisher(source)}, {short_day(source.reported_on)}{aside}",
        element("span", f"“{claim.quote}”", css="im-quote", lang=source.language, dir="auto"),
    )
