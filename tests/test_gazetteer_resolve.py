"""Choosing the place that a name means."""

import pickle

import pytest

from gazetteer.errors import AmbiguousPlaceError, PlaceNotFoundError
from gazetteer.resolve import Gazetteer

GAZETTEER = Gazetteer.default()


@pytest.mark.parametrize(
    ("name", "district"),
    [
        ("Quetta", "Quetta"),
        ("Mastung", "Mastung"),
        ("Nushki", "Nushki"),
        ("Gwadar", "Gwadar"),
        ("Pasni", "Gwadar"),
        ("Kharan", "Kharan"),
        ("Dalbandin", "Chagai"),
    ],
)
def test_a_town_resolves_to_its_district(name, district):
    match = GAZETTEER.locate(name)
    assert match.place.adm2_name == district
    assert match.place.feature_class == "P"
    assert (match.match, match.score) == ("exact", 100.0)


@pytest.mark.parametrize(
    ("name", "context", "place_id"),
    [
        ("Quetta", "", "geonames:1167528"),
        ("Quetta", "in Quetta", "geonames:1167528"),
        ("in Quetta", "", "geonames:1167528"),
        ("Quetta city", "", "geonames:1167528"),
        ("Quetta district", "", "pcode:PK226"),
        ("Quetta", "attacks in Quetta district", "pcode:PK226"),
        ("Quetta", "the district of Quetta", "pcode:PK226"),
        ("Mastung", "in Mastung and Kalat districts", "pcode:PK220"),
        ("کوئٹہ", "", "geonames:1167528"),
        ("ضلع کوئٹہ", "", "pcode:PK226"),
        ("Pasni tehsil", "", "pcode:PK20504"),
    ],
)
def test_the_words_around_a_name_choose_between_town_and_district(name, context, place_id):
    match = GAZETTEER.locate(name, context=context)
    assert match.place.place_id == place_id
    assert len({c.place.place_id for c in match.candidates}) == len(match.candidates)
    assert match.candidates[0].place == match.place


def test_town_and_district_of_one_name_are_both_listed():
    listed = {c.place.place_id for c in GAZETTEER.locate("Quetta").candidates}
    assert {"geonames:1167528", "pcode:PK226"} <= listed


def test_an_unknown_name_gets_no_place_but_the_three_nearest_spellings():
    with pytest.raises(PlaceNotFoundError) as caught:
        GAZETTEER.locate("Mastungabad")
    assert caught.value.toponym == "Mastungabad"
    assert len(caught.value.suggestions) == 3
    assert "Mastung" in caught.value.suggestions


def test_a_name_in_two_districts_is_an_error_that_holds_both():
    with pytest.raises(AmbiguousPlaceError) as caught:
        GAZETTEER.locate("Dasht")
    assert {c.place.adm2_name for c in caught.value.candidates} == {"Kech", "Mastung"}
    assert "Kech" in str(caught.value)


@pytest.mark.parametrize("name", ["Dasht", "Xyzzy", ""])
def test_errors_survive_pickling(name):
    with pytest.raises((AmbiguousPlaceError, PlaceNotFoundError)) as caught:
        GAZETTEER.locate(name)
    copy = pickle.loads(pickle.dumps(caught.value))
    assert type(copy) is type(caught.value)
    assert str(copy) == str(caught.value)
    assert copy.toponym == name
