"""A draft is corrected, split, merged and accepted; what stands in the way is said."""

from datetime import date

import pytest
from claim_factory import make_source
from hypothesis import given
from hypothesis import strategies as st

from gazetteer.resolve import Gazetteer
from incidents.review.acceptance import claim_from, problems
from incidents.review.claim import (
    NotPossibleError,
    ReviewDraft,
    claim_id_of,
    claimant_kind,
    from_claim,
    next_draft_ids,
)
from incidents.review.corrections import at_place, corrected, merge, split
from incidents.review.drafting import draft_by_hand, drafting, find_drafts, pieces

REPORT = (
    "Two labourers shot dead in Kharan\n"
    "KHARAN: Gunmen killed two labourers and injured five others, including a child, in Kharan on "
    "Tuesday, police said.\n"
    "A resident put the number of wounded at nine.\n"
)
TUESDAY = date(2026, 3, 10)
SOURCE = make_source("007-daily-2026-03-11", published_on=date(2026, 3, 11))


@pytest.fixture(scope="module")
def drafts():
    return find_drafts(REPORT, published_on=SOURCE.published_on)


def of(drafts, quote):
    return next(d for d in drafts if quote in d.quote)


def ready(draft, **changes):
    return draft.model_copy(update={"incident_id": "2026-03-10-kharan-attack"} | changes)


def test_a_draft_of_the_rules_becomes_the_claim_of_its_own_number(drafts):
    draft = of(drafts, "killed two labourers")
    claim = claim_from(ready(draft), SOURCE)
    assert claim.claim_id == claim_id_of(SOURCE.source_id, draft.draft_id)
    assert REPORT[claim.char_start : claim.char_end] == claim.quote
    assert (claim.count_low, claim.count_high, claim.adm2_name) == (2, 2, "Kharan")
    assert (claim.date_start, claim.date_prec) == (TUESDAY, 1)
    assert (claim.claimant, claim.claimant_kind) == ("police", "institution")


def test_an_accepted_claim_comes_back_as_the_draft_it_was(drafts):
    draft = ready(of(drafts, "killed two labourers"))
    back = from_claim(claim_from(draft, SOURCE))
    assert back.draft_id == draft.draft_id
    assert claim_from(back, SOURCE) == claim_from(draft, SOURCE)


def test_a_part_keeps_its_total_whichever_is_accepted_first(drafts):
    part = next(d for d in drafts if d.part_of)
    claim = claim_from(ready(part), SOURCE)
    assert claim.part_of == claim_id_of(SOURCE.source_id, part.part_of)


def test_an_anonymous_claimant_is_somebody_of_this_text_only(drafts):
    draft = corrected(of(drafts, "killed two"), {"claimant": "a senior official"})
    claim = claim_from(ready(draft), SOURCE)
    assert (claim.claimant_id, claim.claimant_kind) == ("a-senior-official-007", "anonymous")


@pytest.mark.parametrize(
    ("claimant", "kind"),
    [
        ("unattributed", "nobody"),
        ("Home Secretary Nadia Rehman", "person"),
        ("Nadia Rehman, home secretary", "person"),
        ("the Counter Terrorism Department", "institution"),
        ("two residents", "anonymous"),
        ("police", "institution"),
    ],
)
def test_who_says_it_is_known_by_name_by_body_or_not(claimant, kind):
    assert claimant_kind(claimant) == kind


def test_a_claim_without_a_place_stays_with_the_province(drafts):
    draft = at_place(of(drafts, "killed two"), None)
    claim = claim_from(ready(draft), SOURCE)
    assert (claim.place_id, claim.where_prec, claim.adm2_pcode) == ("pcode:PK2", 4, None)
    assert claim.is_province_wide
    assert [p.stops for p in problems(draft, SOURCE)] == [False]


def test_choosing_a_place_brings_its_district_and_how_exact_it_is(drafts):
    gazetteer = Gazetteer.default()
    draft = at_place(of(drafts, "killed two"), gazetteer.place("geonames:1168312"))
    assert (draft.adm2_name, draft.where_prec) == ("Gwadar", 1)
    assert draft.place_name == "Kharan"  # as it stands in the text
    abroad = at_place(draft, gazetteer.place("pcode:PK2"))
    assert (abroad.adm2_pcode, abroad.where_prec) == (None, 4)


def test_a_span_of_days_brings_its_precision(drafts):
    draft = corrected(
        of(drafts, "killed two"), {"date_start": TUESDAY, "date_end": date(2026, 3, 14)}
    )
    assert draft.date_prec == 2


def test_a_vague_figure_has_the_number_that_the_rule_gives_it(drafts):
    draft = of(drafts, "killed two")
    assert corrected(draft, {"qualifier": "dozens"}).count_low == 12
    few = corrected(draft, {"qualifier": "few"})
    assert few.count_low is None
    assert claim_from(ready(few), SOURCE).count_high is None


def test_a_figure_may_become_a_happening(drafts):
    draft = corrected(
        of(drafts, "killed two"), {"casualty_type": None, "happening": "gunmen attacked labourers"}
    )
    claim = claim_from(ready(draft), SOURCE)
    assert (claim.happening, claim.count_low) == ("gunmen attacked labourers", None)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"count_low": None}, "printed number"),
        ({"quote": "one two three four five six seven eight nine ten eleven 12 13"}, "13 words"),
        ({"date_end": date(2026, 3, 1)}, "before the first"),
        ({"casualty_type": None, "happening": None}, "what happened"),
    ],
)
def test_what_stands_in_the_way_is_said_and_nothing_is_made(drafts, changes, said):
    draft = ready(of(drafts, "killed two")).model_copy(update=changes)
    with pytest.raises(NotPossibleError, match=said):
        claim_from(draft, SOURCE)


def test_without_any_date_a_claim_cannot_be_accepted(drafts):
    draft = ready(of(drafts, "killed two")).model_copy(update={"date_start": None})
    undated = make_source("008-x", published_on=None)
    with pytest.raises(NotPossibleError, match="Give the day"):
        claim_from(draft, undated)


def test_without_an_incident_a_claim_cannot_be_accepted(drafts):
    with pytest.raises(NotPossibleError, match="Choose the incident"):
        claim_from(of(drafts, "killed two"), SOURCE)


@given(st.integers(2, 500), st.data())
def test_splitting_loses_and_adds_nobody(whole, data):
    low = data.draw(st.integers(1, whole - 1))
    draft = ReviewDraft(
        draft_id="d1", quote="killed", casualty_type="killed", count_low=whole, qualifier="exact"
    )
    first, second = split(draft, "d2", low)
    assert first.count_low + second.count_low == whole
    assert {first.draft_id, second.draft_id} == {"d1", "d2"}
    assert first.quote == second.quote


@pytest.mark.parametrize("low", [0, 2, 3, -1])
def test_a_split_that_leaves_nobody_is_refused(drafts, low):
    with pytest.raises(NotPossibleError, match="cannot be split"):
        split(of(drafts, "killed two"), "d9", low)


def test_merging_keeps_what_either_knows_and_quotes_both(drafts):
    first = of(drafts, "injured five").model_copy(update={"place_id": None})
    second = next(d for d in drafts if d.part_of)
    merged = merge(REPORT, first, second)
    assert merged.draft_id == first.draft_id
    assert merged.place_id == second.place_id
    assert REPORT[merged.char_start : merged.char_end] == merged.quote
    assert first.quote in merged.quote
    assert second.quote in merged.quote


def test_the_dead_and_the_injured_are_not_merged(drafts):
    with pytest.raises(NotPossibleError, match="only claims of one kind"):
        merge(REPORT, of(drafts, "killed two"), of(drafts, "injured five"))


def test_selected_words_become_a_draft_with_what_they_and_their_paragraph_tell(drafts):
    start = REPORT.index("wounded at nine")
    draft = draft_by_hand(
        REPORT, start - 1, start + 16, "d9", drafts, published_on=SOURCE.published_on
    )
    assert draft.quote == "wounded at nine."
    assert REPORT[draft.char_start : draft.char_end] == draft.quote
    assert draft.paragraph == 3
    again = REPORT.index("injured five")
    like = draft_by_hand(REPORT, again, again + 12, "d9", drafts, published_on=SOURCE.published_on)
    assert (like.casualty_type, like.count_low, like.adm2_name) == ("injured", 5, "Kharan")


@pytest.mark.parametrize(("start", "end"), [(3, 3), (33, 34), (0, len(REPORT))])
def test_nothing_or_too_much_selected_is_refused(drafts, start, end):
    with pytest.raises(NotPossibleError, match="selected"):
        draft_by_hand(REPORT, start, end, "d9", drafts)


def test_ids_of_drafts_are_never_given_twice():
    assert next_draft_ids(["d1", "d12", "d3"], 2) == ["d13", "d14"]


@given(st.text("ab\n ", max_size=300), st.integers(1, 60))
def test_pieces_hold_the_text_and_end_where_paragraphs_do(text, size):
    spans = pieces(text, size)
    assert "".join(text[a:b] for a, b in spans) == text
    assert all(text[b - 1] == "\n" for _, b in spans[:-1])


def test_a_long_document_read_in_pieces_has_its_positions_in_the_whole():
    text = "\n".join(REPORT.splitlines()[1].replace("two", str(n)) for n in range(3, 9))
    steps = list(drafting(text, published_on=SOURCE.published_on, piece=200))
    assert [s.share for s in steps] == sorted({s.share for s in steps})
    assert steps[-1].share == 1
    found = steps[-1].drafts
    assert len({d.draft_id for d in found}) == len(found)
    assert all(text[d.char_start : d.char_end] == d.quote for d in found)
    killed = [(d.count_low, d.paragraph) for d in found if d.casualty_type == "killed"]
    assert killed == [(n, n - 2) for n in range(3, 9)]
