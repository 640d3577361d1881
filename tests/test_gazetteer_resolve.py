"""Choosing the place that a name means."""

import json
import pickle
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazetteer.errors import AmbiguousPlaceError, PlaceNotFoundError, UnknownPlaceIdError
from gazetteer.match import Match
from gazetteer.resolve import Gazetteer

GAZETTEER = Gazetteer.default()
SPELLINGS = sorted({n for p in GAZETTEER.places for n in (p.name, *p.alternate_names)})


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


@pytest.mark.parametrize("name", ["near Quetta", "the outskirts of Quetta", "outside Quetta city"])
def test_beside_a_town_is_not_in_it(name):
    match = GAZETTEER.locate(name)
    assert match.place.place_id == "geonames:1167528"
    assert (match.where_prec, match.as_dict()["where_prec"]) == (2, 2)
    assert GAZETTEER.locate("in Quetta").where_prec == 1


@pytest.mark.parametrize(
    "name", ["Killa Saifullah", "Qilla Saifullah", "Killa Abdullah", "Qila Abdullah"]
)
def test_a_fort_is_the_town_before_the_district_however_it_is_spelt(name):
    assert GAZETTEER.locate(name).place.feature_class == "P"
    assert GAZETTEER.locate(f"{name} district").place.feature_code == "ADM2"


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


TURNED = st.sampled_from(SPELLINGS).map(lambda name: name[1:] + name[:1])


@given(st.text() | TURNED | st.tuples(TURNED, TURNED).map(", ".join), st.text())
def test_any_text_gets_a_place_or_one_of_two_errors(name, context):
    answer = answer_to(name, context)
    if isinstance(answer, Match):
        assert answer.candidates[0].place == answer.place
        assert 0 < answer.score <= 100
        json.dumps(answer.as_dict())
    else:
        assert answer.toponym == name
        assert str(answer)


def answer_to(name, context):
    try:
        return GAZETTEER.locate(name, context=context)
    except (PlaceNotFoundError, AmbiguousPlaceError) as error:
        return error


@given(st.sampled_from(SPELLINGS), st.sampled_from([str.upper, str.lower, str.title]))
def test_case_and_stray_marks_change_nothing(name, change):
    def answer(spelling):
        try:
            return GAZETTEER.locate(spelling).place.place_id
        except AmbiguousPlaceError as error:
            return [candidate.place.place_id for candidate in error.candidates]

    assert answer(f" \u200b{change(name)}!") == answer(name)


@pytest.mark.parametrize(
    ("name", "matched", "match"),
    [
        ("Noshki", "Noshki", "alternate"),
        ("Gwaddar", "Gwadar", "fuzzy"),
        ("Queta", "Quetta", "fuzzy"),
        ("Nushki", "Nushki", "exact"),
    ],
)
def test_the_answer_says_which_name_matched_and_how(name, matched, match):
    answer = GAZETTEER.locate(name)
    assert (answer.matched_name, answer.match) == (matched, match)
    assert (answer.score == 100) == (match != "fuzzy")


@pytest.mark.parametrize(
    ("name", "country"),
    [
        ("Islamabad", "PK"),
        ("Karachi", "PK"),
        ("Kandahar", "AF"),
        ("Qandahar", "AF"),
        ("Sistan and Baluchestan", "IR"),
        ("Sistan-Balochistan", "IR"),
        ("Zahedan", "IR"),
        ("Iran", "IR"),
        ("Afghanistan", "AF"),
        ("New Delhi", "IN"),
        ("Karachhi", "PK"),
        ("Kandahaar", "AF"),
        ("Pishin in Iran", "IR"),
    ],
)
def test_a_neighbour_is_itself_and_no_place_of_balochistan(name, country):
    place = GAZETTEER.locate(name).place
    assert place.country_code == country
    assert (place.adm1_pcode, place.adm2_pcode) == (None, None)


@pytest.mark.parametrize(
    "name",
    ["Kalam", "Mastungi", "Makkran", "Pakistani", "Khakiran", "Boston tea", "Hubs", "Q", "!"],
)
def test_a_name_that_is_only_like_another_gets_no_place(name):
    with pytest.raises(PlaceNotFoundError):
        GAZETTEER.locate(name)


def test_a_name_nearest_to_a_place_elsewhere_is_not_taken_for_the_next_nearest_at_home():
    karachi, home = GAZETTEER.locate("Karachi").place, GAZETTEER.place("geonames:1167550")
    places = [replace(home, name="Qila Saifulgarh"), replace(karachi, name="Qila Saifulgar")]
    places = [replace(place, alternate_names=()) for place in places]
    assert Gazetteer(places).locate("Qila Saifulgarr").place == places[1]
    with pytest.raises(PlaceNotFoundError):
        Gazetteer(places).locate("Qila Saifulgarr", within="PK2")


def test_a_division_is_not_the_district_of_its_name():
    division = GAZETTEER.locate("Kalat division").place
    assert (division.adm2_pcode, division.where_prec) == (None, 4)
    assert GAZETTEER.locate("Kalat", context="across Kalat division").place == division
    assert GAZETTEER.locate("Kalat").place.adm2_name == "Kalat"


@pytest.mark.parametrize(
    ("name", "options", "district"),
    [
        ("Dasht, Kech", {}, "Kech"),
        ("Dasht in Mastung", {}, "Mastung"),
        ("Dasht", {"context": "the Dasht area of Mastung"}, "Mastung"),
        ("Dasht", {"within": "PK211"}, "Kech"),
        ("Dasht", {"within": "Kech"}, "Kech"),
        ("Khost", {"within": "PK2"}, "Harnai"),
    ],
)
def test_the_words_around_or_the_caller_settle_an_ambiguous_name(name, options, district):
    assert GAZETTEER.locate(name, **options).place.adm2_name == district


def test_a_place_outside_the_area_asked_for_is_not_found():
    with pytest.raises(PlaceNotFoundError):
        GAZETTEER.locate("Pasni", within="PK226")


def test_a_district_that_is_none_of_ours_is_refused_as_an_area():
    with pytest.raises(PlaceNotFoundError, match="Karachi"):
        GAZETTEER.locate("Pasni", within="Karachi")


def test_an_unknown_id_is_a_key_error_that_helps():
    with pytest.raises(KeyError, match="pcode:PK226"):
        GAZETTEER.place("pcode:PK22")
    assert issubclass(UnknownPlaceIdError, KeyError)


def test_a_users_place_outside_the_district_it_names_says_so():
    quetta = GAZETTEER.place("geonames:1167528")
    wrong = replace(
        quetta, place_id="user:1", name="Zard Ghat", adm2_pcode="PK205", adm2_name="Gwadar"
    )
    note = Gazetteer([wrong]).locate("Zard Ghat").note
    assert "says Gwadar (PK205)" in note
    assert "lies in Quetta (PK226)" in note


def test_two_places_with_one_id_are_refused():
    quetta = GAZETTEER.place("geonames:1167528")
    with pytest.raises(ValueError, match="geonames:1167528"):
        Gazetteer([quetta, replace(quetta, name="Quetta again")])


def test_the_answer_as_values_has_the_fields_of_the_command():
    answer = GAZETTEER.locate("Quetta").as_dict()
    assert list(answer) == [
        "place_id", "name", "matched_name", "match", "score", "latitude", "longitude",
        "adm2_pcode", "adm2_name", "where_prec", "candidates", "note",
    ]  # fmt: skip
    assert list(answer["candidates"][0]) == [
        "place_id", "name", "adm2_pcode", "adm2_name", "score", "matched_name", "described",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "name",
    [
        "Mastung, Sindh", "Mastung in Punjab", "Kalat, Afghanistan", "Gwadar, Iran",
        "Dasht, Sindh", "مستونگ، سندھ", "Ziarat, Khyber Pakhtunkhwa, Pakistan",
    ],
)  # fmt: skip
def test_a_name_that_says_another_province_or_country_is_not_taken_for_balochistans(name):
    with pytest.raises(PlaceNotFoundError) as caught:
        GAZETTEER.locate(name)
    assert caught.value.toponym == name
    assert caught.value.suggestions[0].endswith(" in Balochistan")


@pytest.mark.parametrize(
    "name", ["Mastung, Pakistan", "Mach, Kachhi, Balochistan", "Quetta, capital of Balochistan"]
)
def test_a_name_that_says_where_it_lies_is_found_without_a_note(name):
    assert GAZETTEER.locate(name).note is None


def test_a_name_that_says_another_district_is_found_with_a_note():
    found = GAZETTEER.locate("Surab, Kalat")
    assert found.place.adm2_name == "Shaheed Sikandarabad"
    assert found.note == (
        "The name also says Kalat, but Surab lies in Shaheed Sikandarabad district."
    )
    assert GAZETTEER.locate("Qalat, Zabul").place.adm1_name == "Zabul"
