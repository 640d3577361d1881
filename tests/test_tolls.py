"""Sums over groups that do not overlap and over incidents, by district."""

from claim_factory import in_gwadar, make_claim, make_happening
from hypothesis import given
from hypothesis import strategies as st

from incidents.figures.reconcile import Reporting
from incidents.figures.tolls import by_district, count_voices, toll
from incidents.model import VICTIM_GROUPS

PCODES = ["PK205", "PK226"]


def test_groups_of_one_incident_are_added():
    found = toll(
        [make_claim(11, victim_group="civilians"), make_claim(6, victim_group="militants")],
        "killed",
    )
    assert (found.low, found.best, found.high) == (17, 17, 17)


def test_a_total_replaces_the_sum_of_its_groups():
    found = toll(
        [
            make_claim(20, victim_group="total"),
            make_claim(11, victim_group="civilians"),
            make_claim(6, victim_group="militants"),
        ],
        "killed",
    )
    assert found.low == 20
    assert len(found.set_aside) == 2


def test_the_police_count_only_where_nobody_speaks_of_the_security_forces():
    police = make_claim(4, victim_group="police")
    assert toll([police], "killed").low == 4
    assert toll([police, make_claim(10)], "killed").low == 10


def test_children_count_only_where_no_civilians_cover_them():
    civilians = make_claim(11, victim_group="civilians")
    children = make_claim(3, victim_group="children", part_of=civilians.claim_id)
    assert toll([civilians, children], "killed").low == 11
    assert toll([children], "killed").low == 3
    elsewhere = make_claim(2, victim_group="children", incident_id="i2")
    assert toll([civilians, elsewhere], "killed").low == 13


def test_a_group_that_is_a_part_of_another_group_is_not_added_to_it():
    civilians = make_claim(11, victim_group="civilians")
    officials = make_claim(2, victim_group="officials", part_of=civilians.claim_id)
    assert toll([civilians, officials], "killed").low == 11


def test_figures_of_one_incident_make_a_range_and_of_two_a_sum():
    same = [
        make_claim(4, qualifier="at_least", victim_group="police"),
        make_claim(2, victim_group="police"),
    ]
    assert (toll(same, "killed").low, toll(same, "killed").high) == (2, 4)
    other = make_claim(2, victim_group="police", incident_id="i2")
    assert (toll([same[0], other], "killed").low, toll([same[0], other], "killed").high) == (6, 6)


def test_a_group_without_a_number_leaves_the_sum_open_and_is_never_zero():
    few = make_claim(None, qualifier="few", victim_group="civilians")
    alone = toll([few], "killed")
    assert (alone.low, alone.high, alone.has_figure) == (None, None, False)
    beside = toll([few, make_claim(3)], "killed")
    assert (beside.low, beside.high, beside.high_open) == (3, 3, True)


def test_a_total_without_a_number_hides_no_number_and_leaves_the_sum_open():
    few = make_claim(None, qualifier="few", victim_group="total")
    police = make_claim(2, victim_group="police", part_of=few.claim_id)
    beside = toll([few, police], "killed")
    assert (beside.low, beside.high, beside.high_open) == (2, 2, True)
    assert toll([few, make_claim(5, victim_group="women"), police], "killed").low == 7
    dozens = make_claim(12, qualifier="dozens", victim_group="total")
    assert toll([dozens, make_claim(3)], "killed").low == 12


def test_zero_reported_is_a_figure():
    none = toll([make_claim(0, victim_group="civilians")], "killed")
    assert none.has_figure
    assert (none.low, none.high) == (0, 0)


def test_the_four_states_of_a_district_are_told_apart():
    claims = [make_claim(5, **in_gwadar()), make_claim(9)]
    found = by_district(claims, PCODES)
    assert found["PK205"].report_status == "reported_with_figure"
    assert found["PK226"].report_status == "no_report"
    happening = by_district([make_happening(**in_gwadar())], PCODES)
    assert happening["PK205"].report_status == "reported_without_figure"


groups = st.sampled_from(VICTIM_GROUPS)
placed = st.builds(
    lambda n, group: make_claim(n, victim_group=group, **in_gwadar()), st.integers(0, 99), groups
)
province_wide = st.builds(
    lambda n, group: make_claim(n, victim_group=group), st.integers(0, 999), groups
)


@given(st.lists(placed, max_size=6), province_wide)
def test_a_claim_about_the_province_never_changes_a_district(claims, about_province):
    assert by_district(claims, PCODES) == by_district([*claims, about_province], PCODES)


@given(st.lists(placed, max_size=6), st.lists(placed, max_size=4))
def test_taking_a_source_out_again_restores_the_former_result(claims, others):
    added = [c.model_copy(update={"source_id": "s2"}) for c in others]
    together = [*claims, *added]
    without = [c for c in together if c.source_id != "s2"]
    assert by_district(without, PCODES) == by_district(claims, PCODES)


def test_copies_of_one_wire_are_one_origin_and_one_official_is_one_claimant():
    claims = [make_claim(10, source_id=s, claimant_id="official") for s in ("s1", "s2", "s3")]
    minister = make_claim(10, source_id="s4", claimant_id="minister")
    reporting = Reporting({}, dict.fromkeys(("s1", "s2", "s3", "s4"), "s1"))
    counts = count_voices([*claims, minister], reporting)
    assert (counts.sources, counts.origins, counts.claimants) == (4, 1, 2)
