"""Origins on the page: which sentences say that texts are copies, and a reviewer's decisions."""

from __future__ import annotations

import streamlit as st

from dashboard import loading
from dashboard.access import ask_person, current_user
from dashboard.markup import Element, element, escape_markdown, show, table
from dashboard.wording import count
from incidents.access import Person, may
from incidents.atlas import seeds_folder
from incidents.coding import seeds
from incidents.origin_review import checked, record_decision, take_back
from incidents.origins.copies import PairEvidence
from incidents.origins.credits import credit_notices
from incidents.origins.lineage import Lineage
from incidents.store import StoreError
from incidents.view import View

RULES = {
    "identical": "the same text",
    "whole_text": "one is wholly contained in the other",
    "sentences": "enough sentences are the same or rewritten",
    "quote_alone": "only one quote is shared, which is not enough",
    "too_little": "too little is shared",
}
MOST_MATCHES = 40


def show_origins(view: View) -> None:
    """Show the families of sources with their evidence, and let a reviewer split or merge."""
    lineage = view.atlas.lineage
    show(
        element("h3", f"Origins: {count(len(lineage.families), 'family', 'families')}"),
        element(
            "p",
            "Texts that go back to one text count as one origin. The comparison is of sentences, "
            "direct quotes weigh most; the agency that a text credits is kept apart from it.",
            css="im-hint",
        ),
        *(_family(lineage, family.sources) for family in lineage.families),
        *(
            element("p", notice.message, css="im-note")
            for notice in credit_notices(lineage, view.atlas.catalogue.sources)
        ),
        *(
            element("p", f"The text of {source} has changed since it was compared.", css="im-note")
            for source in sorted(lineage.stale)
        ),
    )
    _decisions(lineage)
    if may(current_user(), "decide on origins"):
        with st.expander("Split or merge families"):
            _form(view, ask_person())


def _family(lineage: Lineage, sources: tuple[str, ...]) -> Element:
    pairs = [p for p in lineage.pairs if p.a in sources and p.b in sources]
    return element(
        "details",
        element(
            "summary",
            element("strong", ", ".join(sources)),
            element("span", " stands alone" if len(sources) == 1 else "", css="im-kind"),
        ),
        *(_pair(pair) for pair in pairs),
        css="im-incident",
    )


def _pair(pair: PairEvidence) -> Element:
    matches = sorted(pair.matches, key=lambda m: -m.evidence)[:MOST_MATCHES]
    rows = [
        element(
            "tr",
            element("td", f"{m.start_a}–{m.end_a}"),
            element("td", f"{m.start_b}–{m.end_b}"),
            element("td", f"{m.score:.0f}"),
            element("td", "direct quote" if m.direct_quote else m.kind),
            element("td", f"{m.evidence:.2f}"),
        )
        for m in matches
    ]
    head = (f"characters in {pair.a}", f"characters in {pair.b}", "likeness", "kind", "evidence")
    return element(
        "details",
        element(
            "summary",
            f"{pair.a} and {pair.b}: {count(len(pair.matches), 'sentence')} match, "
            f"{pair.share_a:.0%} and {pair.share_b:.0%} of the texts; evidence {pair.evidence:.1f}, "
            f"needed {pair.threshold:.1f}: {RULES.get(pair.rule, pair.rule)}",
        ),
        table(head, rows),
        css="im-cite",
    )


def _decisions(lineage: Lineage) -> None:
    for number, decision in enumerate(lineage.decisions, start=1):
        undone = (
            f" Taken back by {decision.reverted_by}: {decision.reverted_reason}."
            if decision.reverted_at
            else ""
        )
        show(
            element(
                "p",
                f"Decision {number}, {decision.decided_at:%-d %B %Y}: {decision.kind} "
                f"{', '.join(decision.sources)}, by {decision.decided_by}: {decision.reason}.{undone}",
                css="im-remark",
            )
        )


def _form(view: View, by: Person) -> None:
    """Ask for a decision; it is recorded in the library's history."""
    known = view.atlas.catalogue.source
    open_ones = [n for n, d in enumerate(view.atlas.lineage.decisions, 1) if d.reverted_at is None]
    with st.form("origins", clear_on_submit=True):
        actions = ["split", "merge", *(f"take back decision {n}" for n in open_ones)]
        action = st.selectbox("Decision", actions)
        sources = st.multiselect("Sources", list(known))
        reason = st.text_input("Reason", max_chars=500)
        if not st.form_submit_button("Record"):
            return
    try:
        if action.startswith("take back"):
            folder, number = seeds_folder(), int(action.split()[-1])
            own = seeds.load(folder)
            take_back(folder, loading.library(), own, number, reason=reason, by=by)
        else:
            kind = "split" if action == "split" else "merge"
            checked(kind, sources, reason=reason, by=by, known=known)
            if (library := loading.library(make=True)) is not None:
                record_decision(library, kind, sources, reason=reason, by=by, known=known)
    except (StoreError, ValueError, OSError) as error:
        st.error(escape_markdown(str(error)))
        return
    st.rerun()
