"""The table of places, held whole against the polygons, its reviews and itself."""

import csv
import hashlib
import importlib.util
import sys
from collections import Counter
from pathlib import Path

import pytest

from gazetteer.confirm import disagreement
from gazetteer.errors import AmbiguousPlaceError
from gazetteer.normalise import fold
from gazetteer.places import DATA, load_places, read_rows
from gazetteer.resolve import Gazetteer
from geo.boundaries import load_districts, load_tehsils

PLACES = load_places()
HOME = [place for place in PLACES if place.in_province]
GAZETTEER = Gazetteer.default()

# Spellings that mean places in several districts, or as much a place elsewhere: asked for alone
# they are an error that lists them.
AMBIGUOUS = {"dasht", "دشت", "mehrabpur", "khost"}


def test_the_province_all_districts_and_all_tehsils_are_places():
    codes = Counter(p.feature_code for p in HOME if p.place_id.startswith("pcode:"))
    assert codes == {"ADM1": 1, "ADM2": 35, "ADM3": 103}
    ids = {p.place_id for p in HOME}
    assert {f"pcode:{d.pcode}" for d in load_districts().areas} <= ids
    assert {f"pcode:{t.pcode}" for t in load_tehsils().areas} <= ids


def test_every_id_is_unique_and_says_where_it_comes_from():
    ids = [place.place_id for place in PLACES]
    assert len(set(ids)) == len(ids)
    assert {place_id.split(":")[0] for place_id in ids} == {"geonames", "pcode", "local"}


def test_every_place_lies_in_the_district_it_names():
    assert [sentence for place in HOME if (sentence := disagreement(place))] == []
    districts = load_districts().by_pcode
    for place in HOME:
        if place.adm2_pcode is not None:
            assert districts[place.adm2_pcode].name == place.adm2_name, place
        if place.adm3_pcode is not None:
            assert place.adm3_pcode.startswith(place.adm2_pcode), place


def test_places_elsewhere_lie_outside_and_have_no_district():
    elsewhere = [place for place in PLACES if not place.in_province]
    assert elsewhere
    assert all(place.adm2_pcode is None for place in elsewhere)
    # Countries and regions reach around the province; towns must lie off it.
    assert [p.name for p in elsewhere if p.feature_class == "P" and disagreement(p)] == []


def test_precision_follows_the_kind_of_place():
    expected = {"ADM1": 4, "ADM2": 3, "ADM3": 3, "ADMD": 4}
    for place in HOME:
        added = place.place_id.startswith("local:")
        assert place.where_prec == expected.get(place.feature_code, 2 if added else 1), place


def candidates_of(name):
    try:
        match = GAZETTEER.locate(name)
    except AmbiguousPlaceError as error:
        assert fold(name) in AMBIGUOUS
        return {candidate.place for candidate in error.candidates}
    assert match.match != "fuzzy", name
    return {candidate.place for candidate in match.candidates}


def test_every_spelling_in_the_table_leads_back_to_its_place():
    rows = list(read_rows("alternate_names.csv"))
    assert len(rows) > 1000
    lost = [r for r in rows if GAZETTEER.place(r["place_id"]) not in candidates_of(r["name"])]
    assert lost == []


def test_every_name_of_a_place_in_the_province_leads_to_its_district():
    for place in HOME:
        for name in (place.name, *place.alternate_names):
            assert place in candidates_of(name), name
            if fold(name) not in AMBIGUOUS:
                assert GAZETTEER.locate(name).place.adm2_pcode == place.adm2_pcode, name


def test_every_review_says_why_and_is_kept_to():
    ids = {place.place_id for place in PLACES}
    for row in read_rows("reviewed.csv"):
        assert row["decision"] in {"keep", "drop", "move"}
        assert len(row["reason"]) > 20
        assert (row["place_id"] in ids) == (row["decision"] != "drop"), row
    assert "geonames:11250625" not in ids  # Arif Wala, which is Arifwala in Punjab


def test_places_added_by_hand_say_how_they_are_known():
    for row in read_rows("added_places.csv"):
        assert len(row["source"]) > 10, row
        assert row["place_id"].startswith("local:")


def test_a_place_in_a_district_newer_than_the_boundaries_says_so():
    for name, parent in {
        "Hub": "Lasbela",
        "Usta Muhammad": "Jaffarabad",
        "Winder": "Lasbela",
    }.items():
        match = GAZETTEER.locate(name)
        assert match.place.adm2_name == parent
        assert f"its parent, {parent}, only" in match.note


@pytest.mark.parametrize("name", [p.name for p in sorted(DATA.glob("*.csv"), key=lambda p: p.name)])
def test_tables_are_plain_and_have_no_row_twice(name):
    raw = (DATA / name).read_bytes()
    assert b"\r" not in raw
    rows = list(csv.reader(raw.decode("utf-8").splitlines()))
    assert {len(row) for row in rows} == {len(rows[0])}
    assert len({tuple(row) for row in rows}) == len(rows)


def test_the_script_writes_the_tables_that_are_here(monkeypatch):
    script = Path(__file__).parents[1] / "scripts" / "build_places.py"
    spec = importlib.util.spec_from_file_location("build_places", script)
    build = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, build)  # dataclasses look their module up
    spec.loader.exec_module(build)

    rows = build.build_places(*build.shipped_areas())
    assert build.as_csv(rows, build.PLACE_COLUMNS) == (DATA / "places.csv").read_text("utf-8")
    elsewhere = build.as_csv(build.build_elsewhere(), build.ELSEWHERE_COLUMNS)
    assert elsewhere == (DATA / "elsewhere.csv").read_text("utf-8")


def test_the_receipt_has_the_checksums_of_the_written_tables():
    receipt = (DATA / "places_receipt.txt").read_text("utf-8")
    for name in ("places.csv", "elsewhere.csv"):
        checksum = hashlib.sha256((DATA / name).read_bytes()).hexdigest()
        assert f"{checksum}  {name} (written)" in receipt
