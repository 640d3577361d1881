"""Finding the names of places in running text."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazetteer.places import Place, load_places
from gazetteer.recognise import find_toponyms
from gazetteer.resolve import Gazetteer

NAMES = sorted({name for place in load_places() for name in (place.name, *place.alternate_names)})
PIECES = st.sampled_from(
    [
        *NAMES[::37],
        " in ",
        ", ",
        " and ",
        " said ",
        "\u200b",
        "’s",
        "\n",
        "  ",
        ".",
        "É",
        "ß",
        "…",
        " district",
    ]
)


def found(text, gazetteer=None):
    return [toponym.text for toponym in find_toponyms(text, gazetteer)]


@given(st.lists(PIECES | st.text(max_size=5)).map("".join))
def test_offsets_hold_the_name_as_it_stands_in_the_text(text):
    toponyms = find_toponyms(text)
    for toponym in toponyms:
        assert text[toponym.char_start : toponym.char_end] == toponym.text != ""
        assert toponym.place_ids
        assert all(Gazetteer.default().place(i).place_id == i for i in toponym.place_ids)
    spans = [(t.char_start, t.char_end) for t in toponyms]
    assert all(end <= start for (_, end), (start, _) in pairwise(spans))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Gunmen struck Panjgur, Kech and Awaran.", ["Panjgur", "Kech", "Awaran"]),
        ("TURBAT: A bomb went off", ["TURBAT"]),
        ("the Turbats of this world, Quettaville", []),
        ("near Dera\nBugti", ["Dera\nBugti"]),
        ("near Dera  Allah Yar’s bridge", ["Dera  Allah Yar"]),
        ("He left Dera. Bugti stayed.", []),
        ("He left Dera\n\nBugti stayed.", []),
        ("between Quetta–Karachi", ["Quetta", "Karachi"]),
        ("in D.I. Khan", ["D.I. Khan"]),
        ("Qu\u200betta and Quеtta", ["Qu\u200betta", "Quеtta"]),
        ("in Iran’s Sistan-Baluchestan", ["Iran", "Sistan-Baluchestan"]),
        ("Iran’s Sistan and Balochistan province", ["Iran", "Sistan and Balochistan"]),
        ("کوئٹہ میں دھماکا، مستونگ اور نوشکی", ["کوئٹہ", "مستونگ", "نوشکی"]),
        ("كوئٹه مين", ["كوئٹه"]),
    ],
)
def test_names_are_found_as_written(text, names):
    assert found(text) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("a mustang, the hub, sui generis and loralai", []),
        ("Mach was the speed; Hub of trade", []),
        ("Sanaullah Zehri and Bela said so", []),
        ("according to Sherani, the son of Lehri", []),
        ("in Mach", ["Mach"]),
        ("the Hub area", ["Hub"]),
        ("MACH: Miners", ["MACH"]),
        ("Sui (Balochistan): A pipeline", ["Sui", "Balochistan"]),
        ("in Mach, Sui and Hub", ["Mach", "Sui", "Hub"]),
        ("Hub, Bela and Uthal", ["Hub", "Bela", "Uthal"]),
        ("ضلع چمن اور حب", ["چمن", "حب"]),
        ("یہ زیارت ہے", []),
    ],
)
def test_a_name_that_is_also_a_word_or_a_person_needs_a_cue(text, names):
    assert found(text) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("the Balochistan Liberation Army in Balochistan", ["Balochistan"]),
        ("taken to Bolan Medical Complex", []),
        ("the Bolan Pass", ["Bolan Pass"]),
        ("Pakistan People’s Party", []),
        ("Sui Southern laid a pipe to Sui town", ["Sui"]),
    ],
)
def test_the_longest_name_is_taken_and_some_names_are_no_places(text, names):
    assert found(text) == names


def test_the_place_that_a_bare_name_means_stands_first():
    toponym = find_toponyms("in Quetta")[0]
    assert toponym.place_ids[0] == "geonames:1167528"
    assert "pcode:PK226" in toponym.place_ids


def test_a_place_elsewhere_is_found_as_itself():
    place_id = find_toponyms("a military official in Islamabad")[0].place_ids[0]
    assert Gazetteer.default().place(place_id).adm2_pcode is None


def test_another_gazetteer_finds_its_own_names_only():
    own = Place("user:1", "Zard Ghat", 30.2, 67.0, "P", "PPL", "PK", "PK2", "Balochistan",
                "PK226", "Quetta", None, None, (), 2)  # fmt: skip
    assert found("Quetta and Zard Ghat", Gazetteer([own])) == ["Zard Ghat"]


@pytest.mark.parametrize(
    "line",
    ["17 Sep, Hub: one man hurt", "- 0815 hrs - Hub: calm", "(2) Hub, Monday", "* 2025-06-01 Hub:"],
)
def test_a_doubtful_name_that_opens_a_line_after_a_date_or_bullet_is_a_place(line):
    wanted = ["Hub"] if ":" in line else []
    assert [t.text for t in find_toponyms(line)] == wanted
