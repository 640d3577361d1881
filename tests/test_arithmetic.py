"""What does not add up in a source is noticed and never corrected."""

from datetime import date, datetime, timedelta

import pytest
from claim_factory import DAY, in_gwadar, make_catalogue, make_claim, make_incident, make_source
from hypothesis import assume, given
from hypothesis import strategies as st

from incidents.atlas import load_atlas
from incidents.figures.arithmetic import NOTICE_KINDS, notices
from incidents.figures.figure_bounds import bounds
from incidents.figures.reconcile import Reporting
from incidents.filters import make_filter
from incidents.model import KARACHI, Catalogue
from incidents.sources import source_rows
from incidents.view import View

BEFORE = DAY - timedelta(days=1)
GROUPS = ("militants", "civilians", "security_forces")


def noticed(*claims):
    catalogue = make_catalogue(*claims)
    return notices(catalogue, Reporting.of(catalogue))


def kinds(*claims):
    return [n.kind for n in noticed(*claims)]


def total(low, **fields):
    return make_claim(low, **({"victim_group": "total", "quote": "people were killed"} | fields))


def group(low, victim_group, **fields):
    return make_claim(low, victim_group=victim_group, **fields)


def parts_of(whole, **lows):
    return [group(low, name, part_of=whole.claim_id) for name, low in lows.items()]


def day_before(low, **fields):
    return make_claim(
        low, incident_id="i0", scope="previous_day", date_start=BEFORE, date_end=BEFORE, **fields
    )


def over_two_days(low, **fields):
    return make_claim(low, incident_id="i2", scope="cumulative", date_start=BEFORE, **fields)


def test_parts_that_exceed_their_total_are_noticed_with_their_sum():
    whole = total(11, victim_group="civilians")
    women, children = parts_of(whole, women=8, children=5)
    (notice,) = noticed(whole, women, children)
    assert notice.kind == "parts_exceed_total"
    assert notice.claim_ids[0] == whole.claim_id
    assert set(notice.claim_ids[1:]) == {women.claim_id, children.claim_id}
    assert "8 women + 5 children = 13" in notice.message


@pytest.mark.parametrize(
    ("qualifier", "expected"),
    [
        ("exact", ["parts_exceed_total"]),
        ("up_to", ["parts_exceed_total"]),
        ("about", []),  # about 10 is anything from 5 to 15
        ("at_least", []),
        ("more_than", []),
        ("dozens", []),
    ],
)
def test_an_open_or_vague_total_can_be_exceeded(qualifier, expected):
    whole = total(10, qualifier=qualifier)
    assert kinds(whole, *parts_of(whole, women=8, children=5)) == expected


def test_a_part_without_a_number_adds_nothing():
    whole = total(11)
    few = group(None, "children", part_of=whole.claim_id, qualifier="few")
    assert kinds(whole, *parts_of(whole, women=8), few) == []


def test_parts_that_are_only_some_of_the_total_leave_a_rest():
    whole = total(11, quote="killed 11 people, including three women")
    assert kinds(whole, *parts_of(whole, women=3, children=3)) == []
    assert kinds(whole, *parts_of(whole, militants=3, civilians=3)) == []


def test_men_women_and_children_together_are_everyone():
    whole = total(11, victim_group="civilians")
    assert kinds(whole, *parts_of(whole, men=5, women=3, children=3)) == []
    assert kinds(whole, *parts_of(whole, men=5, women=3, children=2)) == ["total_differs"]


def test_a_total_that_its_groups_cannot_make_is_noticed_also_with_the_day_before():
    whole = total(145, qualifier="at_least")
    claims = [
        whole,
        group(92, "militants", qualifier="at_least"),
        group(18, "civilians"),
        group(15, "security_forces"),
        day_before(41, victim_group="militants"),
    ]
    (notice,) = noticed(*claims)
    assert notice.kind == "total_differs"
    assert "at least 92 militants + 18 civilians + 15 security forces = 125" in notice.message
    assert "the day before's 41 it is 166" in notice.message
    assert "leaves room" in notice.message


def test_a_total_that_mixes_two_days_is_said_to():
    claims = [total(91), group(30, "civilians"), group(20, "security_forces")]
    (notice,) = noticed(*claims, day_before(41, victim_group="militants"))
    assert "it is 91: the total seems to count both days" in notice.message


def test_a_total_that_leaves_out_a_group_is_said_to():
    (notice,) = noticed(
        total(25), group(15, "civilians"), group(10, "police"), group(30, "militants")
    )
    assert notice.kind == "parts_exceed_total"
    assert notice.message.endswith("Without the militants it is 25.")


def test_one_group_beside_a_greater_total_proves_nothing():
    assert kinds(total(20), group(5, "security_forces")) == []


def test_police_are_not_added_to_the_security_forces_that_hold_them():
    claims = [total(30), group(20, "militants"), group(10, "security_forces"), group(4, "police")]
    assert kinds(*claims) == []


def test_one_way_of_adding_up_that_makes_the_total_is_enough():
    claims = [total(47), group(58, "militants"), group(37, "militants")]
    assert kinds(*claims, group(10, "security_forces")) == []


def test_figures_of_another_incident_place_or_kind_are_not_added_up():
    whole = total(20)
    assert kinds(whole, group(15, "militants", incident_id="i9"), group(15, "civilians")) == []
    assert kinds(whole, group(15, "militants", **in_gwadar()), group(15, "civilians")) == []
    assert kinds(whole, group(15, "militants", casualty_type="injured")) == []
    other_day = group(15, "militants", date_start=BEFORE, date_end=BEFORE)
    assert kinds(whole, other_day, group(15, "civilians")) == []


def test_figures_of_another_source_are_not_added_up():
    assert kinds(total(20), group(15, "militants"), group(15, "civilians", source_id="s2")) == []


def test_one_group_exceeds_a_total_only_where_the_same_speaker_gives_both():
    minister = {"claimant_id": "the-minister", "claimant_kind": "person"}
    whole, soldiers = total(10, **minister), group(12, "security_forces", **minister)
    assert kinds(whole, soldiers) == ["parts_exceed_total"]
    assert kinds(whole, group(12, "security_forces", claimant_id="a-hospital")) == []
    assert kinds(total(10), group(12, "security_forces")) == []


def test_what_an_armed_group_claims_is_not_added_to_what_others_say():
    theirs = {"claimant_type": "armed_group", "claimant_id": "an-armed-group"}
    claims = [total(20), group(15, "civilians"), group(5, "militants")]
    assert kinds(*claims, group(84, "security_forces", **theirs)) == []
    assert kinds(over_two_days(133), make_claim(92), day_before(41, **theirs)) == []


def test_parts_that_are_less_than_half_of_a_total_are_examples():
    assert kinds(total(35), group(6, "civilians"), group(1, "police")) == []
    assert kinds(total(35), group(16, "civilians"), group(4, "police")) == ["total_differs"]


def test_one_or_two_people_and_parts_of_a_total_are_no_total_of_their_own():
    claims = [group(2, "civilians"), group(2, "police")]
    assert kinds(total(2), *claims) == []
    whole = total(6)
    assert kinds(whole, total(3, part_of=whole.claim_id), *claims) == ["total_differs"]


def test_parts_of_one_kind_add_up_over_places_alone():
    whole = total(21)
    again = {"victim_group": "total", "part_of": whole.claim_id}
    assert kinds(whole, make_claim(12, **again), make_claim(4, **again)) == []
    there = in_gwadar() | again
    assert kinds(whole, make_claim(12, **again), make_claim(4, **there)) == ["total_differs"]


def test_parts_in_one_sentence_are_added_and_in_another_paragraph_repeated():
    whole = total(11, paragraph=1)
    again = {"victim_group": "total", "part_of": whole.claim_id}
    town, road = make_claim(5, paragraph=2, **again), make_claim(6, paragraph=2, **again)
    assert kinds(whole, town, road) == []
    assert kinds(whole, town, road, make_claim(9, paragraph=4, **again)) == []
    assert kinds(whole, town, make_claim(9, paragraph=2, **again)) == ["parts_exceed_total"]


def test_a_repeated_total_is_one_notice():
    claims = [total(20), total(20), group(15, "militants"), group(15, "civilians")]
    (notice,) = noticed(*claims)
    assert {c.claim_id for c in claims} == set(notice.claim_ids)


def test_a_sum_over_days_that_is_one_is_not_noticed():
    militants = {"victim_group": "militants"}
    today = make_claim(92, qualifier="at_least", **militants)
    assert kinds(over_two_days(133, **militants), today, day_before(41, **militants)) == []


@pytest.mark.parametrize("said", [140, 120])
def test_a_sum_over_days_that_is_none_is_noticed(said):
    (notice,) = noticed(over_two_days(said), make_claim(92), day_before(41))
    assert notice.kind == "sum_differs"
    assert "41 + 92 = 133" in notice.message


@pytest.mark.parametrize(("qualifier", "said"), [("more_than", 70), ("about", 130), ("few", None)])
def test_an_open_or_rounded_sum_over_days_may_be_less(qualifier, said):
    assert kinds(over_two_days(said, qualifier=qualifier), make_claim(92), day_before(41)) == []


def test_days_that_are_not_all_of_a_sum_leave_a_rest():
    year = over_two_days(700).model_copy(update={"date_start": date(2025, 2, 1)})
    assert kinds(year, make_claim(92), day_before(41)) == []
    most = year.model_copy(update={"count_low": 200, "count_high": 200})
    assert kinds(most, make_claim(92), day_before(41)) == []
    small = year.model_copy(update={"count_low": 100, "count_high": 100})
    assert kinds(small, make_claim(92), day_before(41)) == ["sum_differs"]


def reported(*days, origin=None, low=10):
    claims = [make_claim(low, source_id=f"s{n}") for n in range(len(days))]
    catalogue = Catalogue(
        tuple(make_source(f"s{n}", published_on=d) for n, d in enumerate(days)),
        (make_incident(),),
        tuple(claims),
    )
    origins = {f"s{n}": origin for n in range(len(days))} if origin else None
    return notices(catalogue, Reporting.of(catalogue, origins))


def test_one_figure_in_many_sources_of_one_origin_is_likely_a_copy():
    found = reported(DAY, DAY, DAY, DAY + timedelta(days=1), origin="s0")
    assert [n.source_id for n in found] == ["s0", "s1", "s2", "s3"]
    assert {n.kind for n in found} == {"same_figure"}
    assert (
        "in 4 sources within a day, of 1 origin and 1 claimant: likely copies" in found[0].message
    )


def test_one_figure_of_as_many_origins_is_not_called_a_copy():
    (message,) = {n.message for n in reported(DAY, DAY, DAY)}
    assert "3 origins" in message
    assert "no copying was found" in message


def test_two_sources_or_a_day_between_or_one_person_are_no_repetition():
    assert reported(DAY, DAY) == ()
    assert reported(DAY, DAY + timedelta(days=2), DAY + timedelta(days=4)) == ()
    assert reported(DAY, DAY, DAY, low=1) == ()
    assert reported(DAY, DAY, None) == ()


def test_what_was_not_yet_reported_is_not_in_the_notices_of_that_moment(seeds_folder):
    atlas = load_atlas(seeds_folder)
    moment = datetime(2026, 1, 31, 23, 59, tzinfo=KARACHI)
    then = View(atlas, make_filter(atlas.catalogue, atlas.district_names, known_at=moment))
    assert "total_differs" in {n.kind for n in atlas.notices}
    assert "total_differs" not in {n.kind for n in then.notices}
    assert {n.kind for n in then.notices} <= set(NOTICE_KINDS)
    early = {s.source_id for s in atlas.catalogue.sources if s.reported_on <= moment.date()}
    assert {n.source_id for n in then.notices} <= early
    assert not [i for n in then.notices for i in n.claim_ids if i.rpartition(".")[0] not in early]


def test_the_list_of_sources_carries_the_notices_of_each(seeds_folder):
    rows = {r["source_id"][:3]: r["notices"] for r in source_rows(load_atlas(seeds_folder))}
    (wrong,) = [n for n in rows["004"] if n["kind"] != "same_figure"]
    assert wrong["claim_ids"][0].endswith(".01")
    assert "125" in wrong["message"]
    assert "166" in wrong["message"]
    assert not [n for n in rows["003"] if n["kind"] != "same_figure"]


lows = st.integers(0, 500)
qualifiers = st.sampled_from(["exact", "about", "at_least", "more_than", "up_to"])


@given(st.lists(lows, min_size=3, max_size=3), st.lists(qualifiers, min_size=4, max_size=4))
def test_a_total_that_is_the_printed_sum_is_never_noticed(numbers, words):
    claims = [group(n, g, qualifier=q) for n, g, q in zip(numbers, GROUPS, words[1:], strict=True)]
    assert kinds(total(sum(numbers), qualifier=words[0]), *claims) == []


@given(st.lists(lows, min_size=3, max_size=3), st.integers(-600, 600).filter(bool))
def test_a_total_that_is_another_number_is_always_noticed(numbers, off):
    said = sum(numbers) + off
    assume(said >= 3 and sum(numbers) >= said / 2)
    claims = [group(n, g) for n, g in zip(numbers, GROUPS, strict=True)]
    (notice,) = noticed(total(said), *claims)
    assert notice.kind == ("total_differs" if off > 0 else "parts_exceed_total")
    assert f"= {sum(numbers):,}" in notice.message


@given(st.permutations(range(5)))
def test_the_order_of_the_claims_does_not_matter(order):
    fields = [(145, "total"), (92, "militants"), (18, "civilians"), (15, "police"), (20, "police")]
    claims = [
        make_claim(low, claim_id=f"s1.{n}", victim_group=g) for n, (low, g) in enumerate(fields)
    ]
    said = {n.message for n in noticed(*claims)}
    assert {n.message for n in noticed(*(claims[i] for i in order))} == said


@given(lows, qualifiers)
def test_a_figure_allows_its_own_printed_number(low, qualifier):
    allowed = bounds(make_claim(low, qualifier=qualifier))
    assert allowed.low <= low
    assert allowed.high is None or allowed.high >= low
