"""Captions: grammatical sentences in which every figure says who gave it and when."""

from datetime import date

import pytest
from claim_factory import in_gwadar, make_claim, make_happening, make_incident, make_source

from incidents.atlas import load_atlas
from incidents.export.captions import NOTHING, NOUNS, caption, sentences
from incidents.filters import make_filter
from incidents.model import CASUALTY_TYPES, VICTIM_GROUPS, Catalogue
from incidents.view import View

ARMY = {"claimant": "the military", "claimant_id": "army", "claimant_kind": "institution"}
OFFICIAL = {"claimant": "an official", "claimant_id": "official", "claimant_kind": "anonymous"}
MILITANTS = {"victim_group": "militants"}


@pytest.fixture(scope="module")
def atlas(seeds_folder):
    return load_atlas(seeds_folder)


@pytest.fixture
def say(atlas):
    def said(*claims, **more):
        sources = (
            make_source("s1", agency="AFP"),
            make_source("s2", outlet="Dawn", published_on=date(2026, 2, 1)),
            make_source("s3", published_on=None),
        )
        incidents = tuple(make_incident(i) for i in sorted({c.incident_id for c in claims}))
        catalogue = Catalogue(sources, incidents, claims)
        other = type(atlas)(catalogue, atlas.boundaries, atlas.gazetteer, atlas.lineage)
        return caption(View(other, make_filter(catalogue, atlas.district_names)), **more)

    return said


@pytest.mark.parametrize(
    ("claims", "sentence"),
    [
        (
            [make_claim(37, **MILITANTS, **OFFICIAL)],
            "37 militants (an official, via AFP, 31 January) were reported killed in Balochistan "
            "on 31 January 2026.",
        ),
        (
            [
                make_claim(37, **MILITANTS, **OFFICIAL),
                make_claim(92, source_id="s2", qualifier="at_least", **MILITANTS, **ARMY),
            ],
            "At least 92 militants (the military, via Dawn, 1 February) to 37 (an official, via "
            "AFP, 31 January) were reported killed in Balochistan on 31 January 2026.",
        ),
        (
            [make_claim(1, casualty_type="abducted", victim_group="officials", **ARMY)],
            "1 official (the military, via AFP, 31 January) was reported abducted in Balochistan "
            "on 31 January 2026.",
        ),
        (
            [make_claim(0, victim_group="civilians", **ARMY)],
            "No civilians (the military, via AFP, 31 January) were reported killed in Balochistan "
            "on 31 January 2026.",
        ),
        (
            [
                make_claim(0, victim_group="civilians", **ARMY),
                make_claim(3, source_id="s2", victim_group="civilians", **OFFICIAL),
            ],
            "3 civilians (an official, via Dawn, 1 February) to none (the military, via AFP, 31 "
            "January) were reported killed in Balochistan on 31 January 2026.",
        ),
        (
            [make_claim(12, qualifier="dozens", victim_group="total", **ARMY)],
            "Dozens of people (the military, via AFP, 31 January) were reported killed in "
            "Balochistan on 31 January 2026.",
        ),
        (
            [make_claim(None, qualifier="few", casualty_type="injured", **ARMY)],
            "A few members of the security forces (the military, via AFP, 31 January) were "
            "reported injured in Balochistan on 31 January 2026.",
        ),
        (
            [make_claim(30, qualifier="more_than", victim_group="inmates", **in_gwadar(), **ARMY)],
            "More than 30 inmates (the military, via AFP, 31 January) in Gwadar were reported "
            "killed on 31 January 2026.",
        ),
        (
            [make_claim(1200, qualifier="about", **MILITANTS, **ARMY)],
            "About 1,200 militants (the military, via AFP, 31 January) were reported killed in "
            "Balochistan on 31 January 2026.",
        ),
        (
            [make_claim(12, count_best=17, count_high=20, qualifier="exact", **MILITANTS, **ARMY)],
            "12 to 20 militants (the military, via AFP, 31 January; best estimate 17) were "
            "reported killed in Balochistan on 31 January 2026.",
        ),
        (
            [make_claim(5, source_id="s3", **ARMY)],
            "5 members of the security forces (the military, undated) were reported killed in "
            "Balochistan on 31 January 2026.",
        ),
        (
            [make_claim(5, claimant="not said", claimant_kind="nobody", claimant_id="none")],
            "5 members of the security forces (AFP, naming no one, 31 January) were reported "
            "killed in Balochistan on 31 January 2026.",
        ),
        (
            [
                make_claim(1, **MILITANTS, **ARMY),
                make_claim(1, victim_group="women", **OFFICIAL),
            ],
            "1 militant (the military, via AFP, 31 January) and 1 woman (an official, via AFP, 31 "
            "January) were reported killed in Balochistan on 31 January 2026.",
        ),
        (
            [
                make_claim(4, **in_gwadar(), **ARMY),
                make_claim(2, incident_id="i2", **in_gwadar(), **ARMY)
                .model_copy(update={"date_start": date(2026, 1, 30)}),
            ],
            "4 members of the security forces (the military, via AFP, 31 January) in Gwadar on 31 "
            "January 2026 and 2 members of the security forces (the military, via AFP, 31 "
            "January) in Gwadar from 30 to 31 January 2026 were reported killed.",
        ),
    ],
)  # fmt: skip
def test_claims_make_a_sentence(say, claims, sentence):
    assert say(*claims) == sentence


def test_a_view_without_claims_says_so(atlas):
    view = View(atlas, make_filter(atlas.catalogue, atlas.district_names, event_type=["Riots"]))
    assert sentences(view) == (NOTHING,)


def test_happenings_without_a_figure_are_counted(say):
    assert say(make_happening()) == "No figure is reported; 1 happening is."
    two = say(make_happening(), make_happening())
    assert two == "No figure is reported; 2 happenings are."


def test_parts_of_a_figure_that_is_told_are_not_told_again(say):
    whole = make_claim(11, victim_group="civilians", **ARMY)
    part = make_claim(3, victim_group="women", part_of=whole.claim_id, **ARMY)
    assert "women" not in say(whole, part)


def test_what_a_caption_leaves_out_is_counted(say):
    groups = ("militants", "civilians", "officials")
    claims = [make_claim(n, victim_group=g, **ARMY) for n, g in enumerate(groups, start=5)]
    assert " and 2 further ranges were reported killed" in say(*claims, most=1)


def test_a_report_of_another_year_than_its_event_names_the_year(say):
    old = make_claim(5, **ARMY).model_copy(
        update={"date_start": date(2024, 8, 26), "date_end": date(2024, 8, 26)}
    )
    assert "31 January 2026) were reported killed in Balochistan on 26 August 2024" in say(old)


def test_every_group_has_a_noun_and_every_type_a_sentence(say):
    assert set(NOUNS) == set(VICTIM_GROUPS)
    for kind in CASUALTY_TYPES:
        assert f"was reported {kind}" in say(make_claim(1, casualty_type=kind, **ARMY))


def test_every_end_of_a_range_of_the_coded_reports_says_who_and_when(atlas):
    view = View(atlas, make_filter(atlas.catalogue, atlas.district_names))
    text = caption(view)
    assert "At least 145 people (a report naming no one, 1 February)" in text
    assert "at least 92 militants (Pakistan's military, 1 February) to 37 (" in text
    assert text.count("(") >= 10
