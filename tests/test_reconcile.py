"""Ranges under named rules: what they choose, and the laws that hold for any claims."""

from datetime import datetime

import pytest
from claim_factory import make_claim
from hypothesis import given
from hypothesis import strategies as st

from incidents.figures.reconcile import RULES, Reporting, reconcile
from incidents.model import CLAIMANT_KINDS, CLAIMANT_TYPES, KARACHI, QUALIFIERS, SCOPES

EVENING, NEXT_DAY = (datetime(2026, 1, day, 20, tzinfo=KARACHI) for day in (30, 31))
REPORTING = Reporting(
    {"s1": EVENING, "s2": NEXT_DAY, "s3": NEXT_DAY, "s4": EVENING},
    {"s1": "wire", "s2": "wire", "s3": "s3", "s4": "wire"},
)


def drawn_claims(**fixed):
    def build(draw):
        qualifier = draw(st.sampled_from(fixed.get("qualifiers", QUALIFIERS)))
        low = 12 if qualifier == "dozens" else draw(st.integers(0, 300))
        return make_claim(
            None if qualifier == "few" else low,
            qualifier=qualifier,
            source_id=draw(st.sampled_from(["s1", "s2", "s3", "s4"])),
            claimant_kind=draw(st.sampled_from(CLAIMANT_KINDS)),
            claimant_type=draw(st.sampled_from(CLAIMANT_TYPES)),
            scope=draw(st.sampled_from(fixed.get("scopes", SCOPES))),
        )

    return st.composite(build)()


def test_the_range_takes_the_newest_figure_of_the_most_specific_claimant():
    minister_then = make_claim(37, source_id="s1", claimant_kind="person")
    minister_now = make_claim(41, source_id="s2", claimant_kind="person")
    army_now = make_claim(92, source_id="s3", claimant_kind="institution")
    found = reconcile([minister_then, minister_now, army_now], "range", REPORTING)
    assert (found.low, found.best, found.high) == (37, 41, 92)
    assert found.best_claim == minister_now.claim_id


def test_a_tie_between_equally_specific_claims_goes_to_the_lower():
    claims = [make_claim(n, source_id="s2", claimant_kind="person") for n in (40, 38)]
    assert reconcile(claims, "range", REPORTING).best == 38


@pytest.mark.parametrize(
    ("rule", "best"),
    [("lowest", 10), ("highest", 30), ("latest", 20), ("official", 10), ("modal", 20)],
)
def test_each_rule_chooses_its_own_figure(rule, best):
    claims = [
        make_claim(10, source_id="s1", claimant_type="state"),
        make_claim(30, source_id="s4", claimant_type="armed_group"),
        make_claim(20, source_id="s2", claimant_type="media"),
        make_claim(20, source_id="s3", claimant_type="hospital"),
    ]
    found = reconcile(claims, rule, REPORTING)
    assert found.best == best
    assert (found.low, found.high) == (10, 30)


def test_copies_of_one_wire_count_once_and_a_tie_is_indeterminate():
    thrice_from_one_wire = [make_claim(10, source_id=s) for s in ("s1", "s2", "s4")]
    found = reconcile([*thrice_from_one_wire, make_claim(12, source_id="s3")], "modal", REPORTING)
    assert found.indeterminate
    assert found.best is None
    assert (found.low, found.high) == (10, 12)


def test_official_is_empty_where_the_state_says_nothing():
    found = reconcile([make_claim(3, claimant_type="witness")], "official", REPORTING)
    assert found.best is None
    assert (found.low, found.high) == (3, 3)


def test_a_vague_figure_bounds_a_range_only_where_nobody_gives_a_number():
    dozens = make_claim(12, qualifier="dozens")
    alone = reconcile([dozens])
    assert (alone.low, alone.high, alone.high_open) == (12, 12, True)
    beside = reconcile([dozens, make_claim(58)])
    assert (beside.low, beside.high, beside.high_open) == (58, 58, False)
    assert [a.claim_id for a in beside.set_aside] == [dozens.claim_id]


def test_an_at_least_figure_enters_the_high_with_its_number_and_leaves_it_open():
    found = reconcile([make_claim(4, qualifier="at_least"), make_claim(2)])
    assert (found.low, found.high, found.high_open) == (2, 4, True)


def test_a_sum_over_days_is_set_aside_with_its_reason():
    total = make_claim(133, scope="cumulative")
    found = reconcile([make_claim(92), total])
    assert found.high == 92
    assert [(a.claim_id, a.reason) for a in found.set_aside] == [
        (total.claim_id, "a sum over several days or incidents")
    ]


def test_a_part_stands_for_a_total_without_a_number_and_leaves_the_upper_end_open():
    few = make_claim(None, qualifier="few")
    part = make_claim(2, part_of=few.claim_id)
    found = reconcile([few, part])
    assert (found.low, found.best, found.high, found.high_open) == (2, 2, 2, True)
    assert found.used == (part.claim_id,)


def test_a_part_is_never_counted_beside_its_total():
    whole = make_claim(15)
    part = make_claim(5, part_of=whole.claim_id)
    assert (reconcile([whole, part]).low, reconcile([part]).low) == (15, 5)


@given(st.lists(drawn_claims(), max_size=8), st.sampled_from(RULES))
def test_low_best_and_high_are_in_order_under_every_rule(claims, rule):
    found = reconcile(claims, rule, REPORTING)
    if found.low is not None:
        assert found.low <= found.high
        if found.best is not None:
            assert found.low <= found.best <= found.high


@given(st.lists(drawn_claims(), max_size=8), st.sampled_from(RULES), st.randoms())
def test_the_order_of_claims_never_matters(claims, rule, random):
    shuffled = list(claims)
    random.shuffle(shuffled)
    assert reconcile(claims, rule, REPORTING) == reconcile(shuffled, rule, REPORTING)


NUMBERED = {
    "qualifiers": ("exact", "at_least", "more_than", "about", "up_to"),
    "scopes": ("event",),
}


@given(
    st.lists(drawn_claims(**NUMBERED), min_size=1, max_size=6),
    drawn_claims(**NUMBERED),
    st.sampled_from(RULES),
)
def test_adding_a_numbered_claim_never_narrows_the_range(claims, another, rule):
    before, after = (
        reconcile(claims, rule, REPORTING),
        reconcile([*claims, another], rule, REPORTING),
    )
    assert after.low <= before.low
    assert after.high >= before.high


@given(st.lists(drawn_claims(), max_size=8), st.sampled_from(RULES))
def test_every_claim_is_either_used_or_set_aside_with_a_reason(claims, rule):
    found = reconcile(claims, rule, REPORTING)
    said = [*found.used, *(a.claim_id for a in found.set_aside)]
    assert sorted(said) == sorted(c.claim_id for c in claims)
    assert all(a.reason for a in found.set_aside)
