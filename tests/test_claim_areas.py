"""Where claims lie on a level's areas: districts, tehsils, or areas that a user brought."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
import shapely
from claim_factory import in_gwadar, make_catalogue, make_claim
from hypothesis import given
from hypothesis import strategies as st

from dashboard.panels.claim_cards import claim_card
from dashboard.panels.incident_cards import in_short
from dashboard.panels.records_below import claims_frame, districts_table
from dashboard.wording import words
from geo.boundaries import Boundaries, OwnArea, load_districts, load_tehsils
from geo.measures import area_km2
from incidents.atlas import load_atlas
from incidents.export.layers import build_layer
from incidents.filters import Filter, make_filter
from incidents.origins.lineage import Lineage
from incidents.regions.region import RegionError, load_region
from incidents.view import View

NOWHERE = Path("no-such-folder")


@pytest.fixture(scope="module")
def districts(seeds_folder):
    return load_atlas(seeds_folder)


@pytest.fixture(scope="module")
def tehsils(districts):
    return districts.at(load_region("Balochistan", NOWHERE), "tehsils")


def own_boundaries(**polygons):
    areas = tuple(OwnArea(c, c.title(), area_km2(p), p) for c, p in sorted(polygons.items()))
    return Boundaries("a user", "2026", "A user", "CC0", areas)


def over(atlas, **polygons):
    return replace(atlas, boundaries=own_boundaries(**polygons), level="areas", region="own")


def standings(atlas):
    return {claim_id: area.standing for claim_id, area in atlas.claim_areas.items()}


def test_a_towns_claim_lies_in_the_towns_tehsil(tehsils):
    pasni = [c for c in tehsils.catalogue.claims if c.place_id == "geonames:1168312"]
    assert pasni
    assert {tehsils.area_of[c.claim_id] for c in pasni} == {"PK20504"}


def test_a_claim_known_only_to_the_district_colours_no_tehsil_and_is_kept(tehsils):
    of_districts = [
        c for c in tehsils.catalogue.claims if c.adm2_pcode and str(c.place_id).startswith("pcode:")
    ]
    assert of_districts
    for claim in of_districts:
        area = tehsils.claim_areas[claim.claim_id]
        assert (area.standing, area.code) == ("wider", None)
        assert {load_tehsils().by_pcode[t].adm2_pcode for t in area.among} == {claim.adm2_pcode}
    assert set(of_districts) & set(View(tehsils, Filter()).known_wider)


@given(over_tehsils=st.booleans(), numbers=st.sets(st.integers(0, 4)))
def test_no_claim_is_lost_or_shown_twice_at_any_level(districts, tehsils, over_tehsils, numbers):
    atlas = tehsils if over_tehsils else districts
    sources = [s.source_id for s in atlas.catalogue.sources]
    view = View(atlas, Filter(sources=frozenset(sources[n] for n in numbers)))
    shown = [c for s in view.districts.values() for c in s.claims]
    shown += [*view.known_wider, *view.not_placed, *view.outside]
    assert sorted(c.claim_id for c in shown) == sorted(c.claim_id for c in view.claims)


def test_the_tolls_at_the_top_are_the_same_over_tehsils_as_over_districts(districts, tehsils):
    assert View(tehsils, Filter()).tolls == View(districts, Filter()).tolls


def test_a_tehsil_holds_only_claims_of_its_district(tehsils):
    for code, summary in View(tehsils, Filter()).districts.items():
        assert {c.adm2_pcode for c in summary.claims} <= {load_tehsils().by_pcode[code].adm2_pcode}


def test_a_silent_tehsil_of_a_reported_district_is_told_from_one_without_any_report(tehsils):
    rows = {r["adm3_pcode"]: r for r in build_layer("districts", View(tehsils, Filter())).rows}
    assert rows["PK20501"]["report_status"] == "reported_with_figure"
    in_mastung = {r["report_status"] for r in rows.values() if r["adm2_name"] == "Mastung"}
    assert in_mastung == {"reported_for_a_wider_area"}
    assert rows["PK20101"]["report_status"] == "no_report"
    assert list(rows["PK20101"])[:4] == ["adm3_pcode", "adm3_name", "adm2_pcode", "adm2_name"]


def test_the_page_and_the_export_say_the_same_of_every_tehsil(tehsils):
    view = View(tehsils, Filter())
    exported = {r["adm3_pcode"]: r["report_status"] for r in build_layer("districts", view).rows}
    shown = re.findall(r'<th scope="row">([^<]+)</th><td>([^<]+)</td>', str(districts_table(view)))
    assert dict(shown) == {
        tehsils.district_names[code]: words(status) for code, status in exported.items()
    }
    assert {said for _, said in shown} == {
        "reported with figure",
        "reported without figure",
        "reported for a wider area",
        "no report",
    }


def test_claims_over_tehsils_name_their_tehsil_and_keep_their_district(tehsils):
    layer = build_layer("claims", View(tehsils, Filter()))
    fields = list(layer.fields)
    assert fields[fields.index("adm2_name") + 1 :][:2] == ["adm3_pcode", "adm3_name"]
    named = {(r["adm2_name"], r["adm3_name"]) for r in layer.rows if r["adm3_pcode"]}
    assert ("Gwadar", "Pasni") in named
    assert any(r["adm2_name"] == "Mastung" and r["adm3_name"] is None for r in layer.rows)
    assert layer.about["level"] == "tehsils"
    assert layer.about["claims_known_only_to_a_wider_area"] > 0


def test_the_filter_by_district_holds_over_tehsils_too(districts, tehsils):
    def left(atlas, name):
        names = atlas.filter_names
        return View(atlas, make_filter(atlas.catalogue, names, district=[name])).claims

    assert left(tehsils, "Gwadar") == left(districts, "Gwadar")
    assert 0 < len(left(tehsils, "Pasni")) < len(left(districts, "Gwadar"))


def test_a_users_area_holds_what_lies_in_it_and_the_rest_is_outside(districts):
    west = over(districts, west=shapely.box(60, 24, 66, 29))
    found = standings(west)
    gwadar = [c.claim_id for c in districts.catalogue.claims if c.adm2_pcode == "PK205"]
    quetta = [c.claim_id for c in districts.catalogue.claims if c.adm2_pcode == "PK226"]
    assert {found[c] for c in gwadar} == {"area"}
    assert {found[c] for c in quetta} == {"outside"}
    # The province reaches into the region: what is said of all of it stays beside the map.
    assert "province" in found.values()


def test_a_districts_claim_colours_a_users_area_only_if_the_district_lies_in_it(districts):
    quetta = load_districts().by_pcode["PK226"].geometry
    west, south, east, north = quetta.bounds
    middle = (west + east) / 2
    halves = over(
        districts,
        a=shapely.box(west, south, middle, north),
        b=shapely.box(middle, south, east, north),
    )
    whole = over(districts, a=shapely.box(west, south, east, north).buffer(0.01))
    of_district = next(
        c.claim_id
        for c in districts.catalogue.claims
        if c.adm2_pcode == "PK226" and c.where_prec == 3
    )
    assert halves.claim_areas[of_district].standing == "wider"
    assert halves.claim_areas[of_district].among == ("a", "b")
    assert whole.area_of[of_district] == "a"


def test_far_from_balochistan_every_claim_is_outside_even_where_it_looks_exchanged(districts):
    # Latitudes of 60 to 70, longitudes of 25 to 32: Balochistan's the other way round.
    north = over(districts, karelia=shapely.box(25, 60, 32, 70))
    assert set(standings(north).values()) == {"outside"}
    view = View(north, Filter())
    assert view.outside == view.claims


def told_of(atlas, *claims):
    """Return what is said of an incident of some claims before it is opened, and the table of claims."""
    atlas = replace(atlas, catalogue=make_catalogue(*claims), lineage=Lineage({"s1": None}, ()))
    view = View(atlas, Filter())
    where, _ = in_short(view, view.claims_of_incident(view.incidents[0].incident_id)).split(" · ")
    return where, claims_frame(view)


def test_on_areas_of_ones_own_a_claim_stands_in_the_area_that_it_colours(districts):
    north = over(districts, karelia=shapely.box(25, 60, 32, 70))
    in_karelia = make_claim(5, place_name="Sortavala", where_prec=1, longitude=30.7, latitude=61.7)
    where, frame = told_of(north, in_karelia)
    assert where == "Karelia"
    assert list(frame["area"]) == ["Karelia"]
    assert "district" not in frame

    where, frame = told_of(north, in_karelia, make_claim(5, **in_gwadar()))
    assert where == "Karelia, outside the boundaries"
    assert list(frame["area"]) == ["Karelia", ""]


def test_over_tehsils_an_incident_names_its_tehsil_or_the_district_that_is_known(tehsils):
    in_pasni = make_claim(
        5, place_name="Pasni", place_id="geonames:1168312", adm2_pcode="PK205",
        adm2_name="Gwadar", where_prec=1,
    )  # fmt: skip
    of_kech = make_claim(
        2, place_name="Kech", place_id="pcode:PK211", adm2_pcode="PK211", adm2_name="Kech",
        where_prec=3,
    )  # fmt: skip
    where, frame = told_of(tehsils, in_pasni, of_kech)
    assert where == "Kech, Pasni"
    assert list(frame["tehsil"]) == ["Pasni", ""]
    assert list(frame["district"]) == ["Gwadar", "Kech"]


def hub(**fields):
    return make_claim(
        3, place_id="pcode:PK21704", adm2_pcode="PK217", adm2_name="Lasbela", where_prec=3, **fields
    )


def test_a_claim_of_a_newer_district_is_not_one_of_the_tehsil_of_its_name(districts):
    tehsil, district = hub(place_name="Hub tehsil"), hub(place_name="Hub district")
    atlas = replace(districts, catalogue=make_catalogue(tehsil, district))
    over_tehsils = atlas.at(load_region("balochistan", NOWHERE), "tehsils")
    assert over_tehsils.area_of[tehsil.claim_id] == "PK21704"
    assert over_tehsils.claim_areas[district.claim_id].standing == "wider"
    assert atlas.area_of[district.claim_id] == "PK217"


def test_a_claim_of_a_newer_district_carries_the_note_wherever_it_goes(districts):
    claim = hub(place_name="Hub district")
    tump = make_claim(
        2, place_id="pcode:PK21105", place_name="Tump district", adm2_pcode="PK211",
        adm2_name="Kech", where_prec=3,
    )  # fmt: skip
    plain = make_claim(1, **in_gwadar())
    catalogue = make_catalogue(claim, tump, plain)
    view = View(
        replace(districts, catalogue=catalogue, lineage=Lineage({"s1": None}, ())), Filter()
    )
    rows = {r["claim_id"]: r["place_note"] for r in build_layer("claims", view).rows}
    assert rows[claim.claim_id].startswith("Since 2022 Hub is a district of its own")
    assert rows[tump.claim_id].startswith(
        "Tump district is newer than these boundaries; shown in Kech"
    )
    assert rows[plain.claim_id] is None
    card = str(claim_card(view, claim, lambda claim_id: f"?claim={claim_id}"))
    assert "this boundary vintage has its parent, Lasbela, only." in card


def test_a_level_that_is_not_there_is_refused_with_those_that_are(districts):
    region = load_region("balochistan", NOWHERE)
    with pytest.raises(
        RegionError, match="Balochistan has no level 'wards'; it has: districts, tehsils"
    ):
        districts.at(region, "wards")


def test_a_region_that_is_not_there_is_refused_with_those_that_are():
    with pytest.raises(RegionError, match="no region 'Sindh'; there are: balochistan"):
        load_region("Sindh", NOWHERE)
