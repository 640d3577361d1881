"""The map: drawn once from shapes and codes, painted in the browser, believed in nothing else."""

import ast
import json
import os
import re
import string
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from dashboard.map_layer import district_map as district_map_module
from dashboard.map_layer import map_folder
from dashboard.map_layer.district_map import FILL_KEYS, DistrictPaint, district_map, new_event
from dashboard.map_layer.map_drawing import (
    KEY,
    label_point,
    layer_keys,
    map_files,
    sequential_palette,
)
from dashboard.map_layer.map_folder import content_digest, served_folder
from geo.boundaries import Boundaries, OwnArea, load_districts

MAP_LAYER = Path(district_map_module.__file__).parent
DASHBOARD = MAP_LAYER.parent
NAMES = {"PK205": "Gwadar", "PK226": "Quetta"}


@pytest.fixture(scope="module")
def areas():
    return {district.pcode: district.geometry for district in load_districts().areas}


@pytest.fixture(scope="module")
def files(areas):
    return map_files(areas, load_districts().outline)


@pytest.fixture(scope="module")
def page(files):
    return files["index.html"].decode()


@pytest.fixture
def sent(monkeypatch):
    """What one call sends to the browser."""
    calls = []
    monkeypatch.setattr(district_map_module, "_frame", lambda _: lambda **args: calls.append(args))

    def send(paints, boundaries=None, **others):
        arguments = {"selected": None, "dark": False, "palette": ["#fdcc8a"], "key": "map"}
        district_map(paints, boundaries or load_districts(), **(arguments | others))
        return calls[-1]

    return send


def embedded(page, layer):
    return json.loads(re.search(rf"{layer}_add\((\{{.*?\}})\);\n", page, re.DOTALL).group(1))


def test_the_page_holds_every_district_once_and_of_it_only_the_p_code(page, areas):
    features = embedded(page, "geo_json_districts")["features"]
    assert [f["properties"] for f in features] == [{"pcode": pcode} for pcode in sorted(areas)]
    assert len(features) == 35


def test_the_drawn_districts_are_the_districts_within_their_rounding(page, areas):
    for feature in embedded(page, "geo_json_districts")["features"]:
        drawn = shapely.geometry.shape(feature["geometry"])
        area = areas[feature["properties"]["pcode"]]
        assert drawn.symmetric_difference(area.buffer(0)).area < area.area * 1e-3


def test_the_page_points_to_nothing_outside_its_own_folder(page, files):
    policy = re.search(
        r'<meta http-equiv="Content-Security-Policy" content="[^"]*" />', page
    ).group()
    rest = page.replace(policy, "")
    assert "//" not in rest.replace("</", "")
    linked = re.findall(r'(?:src|href)="([^"?]+)\?v=[0-9a-f]{12}"', page)
    assert set(linked) == set(files) - {"index.html"}
    assert len(re.findall(r"<(?:script src|link)", page)) == len(linked)


def test_the_page_forbids_whatever_it_does_not_hold_itself(page):
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page).group(1)
    assert "default-src 'none'" in policy
    script_rule = re.search(r"script-src ([^;]*)", policy).group(1)
    assert "unsafe" not in script_rule
    assert script_rule.count("sha256-") == page.count("<script>")


def test_no_template_mark_is_left_in_the_page(page):
    assert not re.search(r"\{\{|\{%|\{#|\}\}(?![}\];, ])|%\}", page.split("geo_json")[0])
    assert "{%" not in page
    assert "{{" not in page


def test_no_district_name_reaches_the_drawn_page(page):
    assert not [d.name for d in load_districts().areas if d.name in page]


def test_the_same_districts_give_the_same_bytes(files, areas):
    backwards = dict(reversed(areas.items()))
    assert content_digest(map_files(backwards, load_districts().outline)) == content_digest(files)


def test_another_border_gives_another_folder(files, areas):
    moved = areas | {"PK226": shapely.box(66, 30, 67, 31)}
    assert content_digest(map_files(moved, load_districts().outline)) != content_digest(files)


@pytest.mark.parametrize("code", ["{{7*7}}", "pk205", "PK205\n", "", "<b>", "PK205'"])
def test_what_is_no_p_code_is_not_drawn(code):
    square = shapely.box(66, 29, 67, 30)
    with pytest.raises(ValueError, match="P-code"):
        map_files({code: square}, square)


def test_a_point_in_the_place_of_a_district_is_refused():
    with pytest.raises(ValueError, match="PK226 is Point; a polygon"):
        map_files({"PK226": shapely.Point(67, 30)}, shapely.box(66, 29, 67, 30))


def test_every_name_stands_inside_its_district(areas):
    for pcode, area in areas.items():
        latitude, longitude, half_width = label_point(area)
        assert area.contains(shapely.Point(longitude, latitude)), pcode
        assert half_width > 0


def test_the_folder_is_written_once_and_mended_where_it_was_changed(tmp_path):
    files = {"index.html": b"<p>", "a.js": b"1"}
    folder = served_folder(files, tmp_path)
    assert served_folder(files, tmp_path) == folder
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == files
    (folder / "a.js").write_bytes(b"2")
    assert served_folder(files, tmp_path) == folder
    assert (folder / "a.js").read_bytes() == b"1"
    assert list(tmp_path.iterdir()) == [folder]


def test_two_servers_that_start_together_share_one_folder(tmp_path, monkeypatch):
    files = {"index.html": b"<p>"}
    write = map_folder._write

    def write_after_another(contents, parent):
        monkeypatch.setattr(map_folder, "_write", write)
        served_folder(contents, tmp_path)
        return write(contents, parent)

    monkeypatch.setattr(map_folder, "_write", write_after_another)
    folder = served_folder(files, tmp_path)
    assert list(tmp_path.iterdir()) == [folder]
    assert (folder / "index.html").read_bytes() == b"<p>"


def test_a_cache_that_cannot_be_written_gives_a_temporary_folder(tmp_path):
    blocked = tmp_path / "a file, not a folder"
    blocked.write_text("")
    folder = served_folder({"index.html": b"<p>"}, blocked)
    assert (folder / "index.html").read_bytes() == b"<p>"
    assert blocked not in folder.parents


def test_a_temporary_folder_goes_with_the_program_that_made_it(tmp_path):
    blocked, temporary = tmp_path / "a file", tmp_path / "temporary"
    blocked.write_text("")
    temporary.mkdir()
    program = (
        "import sys, pathlib; from dashboard.map_layer.map_folder import served_folder;"
        "assert served_folder({'a.js': b'1'}, pathlib.Path(sys.argv[1])).is_dir()"
    )
    subprocess.run(
        [sys.executable, "-c", program, blocked],
        check=True,
        cwd=DASHBOARD.parent,
        env={**os.environ, "TMPDIR": str(temporary), "TEMP": str(temporary)},
    )
    assert list(temporary.iterdir()) == []


def test_a_folder_that_is_half_written_is_taken_away(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(OSError, match="no such folder"):
        served_folder({"a.js": b"1", "no such folder/b.js": b"2"}, tmp_path / "cache")
    assert list(tmp_path.iterdir()) == [tmp_path / "cache"]
    assert list((tmp_path / "cache").iterdir()) == []


POINTS = {"circles": [67.0, 30.19, 4, 1], "title": "At a place", "near": "", "note": "one\u202e"}


def test_points_go_out_as_numbers_with_their_words_made_plain(sent):
    assert sent({}, points=POINTS)["points"] == POINTS | {"note": "one "}
    assert sent({})["points"] is None


@pytest.mark.parametrize("circles", [[67.0, 30.19, 4], [67.0, 30.19, "<b>", 1], [True, 1, 1, 1]])
def test_points_that_are_not_four_numbers_each_are_refused(sent, circles):
    with pytest.raises(ValueError, match="four numbers for each circle"):
        sent({}, points=POINTS | {"circles": circles})


@pytest.mark.parametrize(
    "value",
    [
        None,
        "PK205",
        [],
        {},
        {"pcode": "PK205"},
        {"pcode": "PK999", "nonce": "a1"},
        {"pcode": "<script>", "nonce": "a1"},
        {"pcode": ["PK205"], "nonce": "a1"},
        {"pcode": "PK205", "nonce": 7},
        {"pcode": "PK205", "nonce": ""},
        {"pcode": "PK205", "nonce": "x" * 1000},
        {"pcode": "PK205", "nonce": "<b>"},
    ],
)
def test_whatever_is_no_choice_of_a_known_district_is_ignored(value):
    assert new_event(value, None, NAMES) is None


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(json_values, st.none() | st.text())
def test_only_a_known_district_or_the_province_ever_comes_back(value, seen):
    event = new_event(value, seen, NAMES)
    assert event is None or event["pcode"] in {None, *NAMES}


def test_a_choice_counts_once_and_then_the_page_decides(monkeypatch):
    session = {"map": {"pcode": "PK205", "nonce": "a1"}}
    monkeypatch.setattr(district_map_module.st, "session_state", session)
    choose = district_map_module.chosen_district
    assert choose("map", load_districts(), selected=None) == "PK205"
    assert (
        choose("map", load_districts(), selected="PK226") == "PK226"
    )  # chosen in the sidebar since
    session["map"] = {"pcode": "PK205", "nonce": "a2"}
    assert choose("map", load_districts(), selected="PK226") == "PK205"
    session["map"] = {"pcode": None, "nonce": "a3"}
    assert choose("map", load_districts(), selected="PK205") is None


def test_the_map_runs_in_a_page_and_gives_back_what_was_selected(tmp_path, monkeypatch):
    monkeypatch.setattr(district_map_module.served_folder, "__defaults__", (tmp_path,))
    district_map_module._frame.cache_clear()

    def page():
        import streamlit as st

        from dashboard.map_layer.district_map import DistrictPaint, district_map
        from geo.boundaries import load_districts

        paints = {"PK205": DistrictPaint("class-0", "17", "17 killed")}
        look = {"dark": False, "palette": ["#fdcc8a"]}
        st.text(district_map(paints, load_districts(), selected="PK226", **look, key="map"))

    run = AppTest.from_function(page).run()
    district_map_module._frame.cache_clear()
    assert not run.exception
    assert [text.value for text in run.text] == ["PK226"]
    assert len(list(tmp_path.glob("map-*/index.html"))) == 1


def test_text_goes_to_the_browser_as_it_is_but_for_unseen_marks(sent):
    hostile = "<b>{{x}}</b> ${alert(1)}"
    arguments = sent(
        {"PK205": DistrictPaint("class-0", "\u202e17\x00", hostile + "\n\u06af\u200c\u0648")}
    )
    assert arguments["paints"] == {"PK205": ["class-0", " 17 ", hostile + "\n\u06af\u200c\u0648"]}


@given(label=st.text(max_size=200), tooltip=st.text(max_size=2000))
def test_a_label_never_outgrows_its_place(label, tooltip):
    plain = district_map_module._plain
    assert len(plain(label, 24)) <= 24
    assert "\u202e" not in plain(tooltip + "\u202e", 5000)


HOSTILE = ("{{7*7}}", "${alert(1)}", "<b>`", "کوئٹہ")


@pytest.fixture(scope="module")
def own():
    """A user's areas, whose codes and names folium must never see."""
    areas = [
        OwnArea(code, f"name {code}", 1.0, shapely.box(66 + i, 28, 67 + i, 29))
        for i, code in enumerate(sorted(HOSTILE))
    ]
    return Boundaries("a user", "2026", "A user", "CC0", tuple(areas))


def test_a_users_codes_and_names_never_reach_folium(own):
    keys = layer_keys(list(own.by_pcode))
    drawn = {keys[area.pcode]: area.geometry for area in own.areas}
    page = map_files(drawn, own.outline)["index.html"].decode()
    features = embedded(page, "geo_json_districts")["features"]
    assert [f["properties"]["pcode"] for f in features] == ["AA0001", "AA0002", "AA0003", "AA0004"]
    assert not [code for code in HOSTILE if code in page]


def test_a_users_codes_come_back_as_they_were(own, sent, monkeypatch):
    arguments = sent({"{{7*7}}": DistrictPaint("zero")}, own, selected="کوئٹہ")
    key = layer_keys(list(own.by_pcode))["{{7*7}}"]
    assert list(arguments["paints"]) == [key]
    assert arguments["names"][arguments["selected"]] == "name کوئٹہ"
    session = {"map": {"pcode": key, "nonce": "b1"}}
    monkeypatch.setattr(district_map_module.st, "session_state", session)
    assert district_map_module.chosen_district("map", own, selected=None) == "{{7*7}}"


@given(st.lists(st.text(max_size=40), unique=True))
def test_every_area_has_a_key_of_its_own_that_folium_cannot_misread(codes):
    keys = layer_keys(codes)
    assert list(keys) == codes
    assert len(set(keys.values())) == len(codes)
    assert all(KEY.fullmatch(key) for key in keys.values())


def test_little_is_sent_for_a_change(sent):
    paints = {d.pcode: DistrictPaint("class-3", "12–40", "") for d in load_districts().areas}
    assert len(json.dumps(sent(paints))) < 3_000


@pytest.mark.parametrize(
    ("paints", "others", "message"),
    [
        ({"PK999": DistrictPaint("zero")}, {}, "no area 'PK999'"),
        ({"PK205": DistrictPaint("red")}, {}, "paint of PK205 has the fill 'red'"),
        ({}, {"palette": ["red;x"]}, "'red;x'"),
        (
            {},
            {"legend": {"title": "", "classes": [("x", "")], "blanks": []}},
            "legend has the fill",
        ),
        ({}, {"tiles": {"url": "javascript:1", "attribution": "", "max_zoom": 9}}, "https://"),
    ],
)
def test_an_argument_of_the_wrong_kind_is_refused_and_named(sent, paints, others, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        sent(paints, **others)


def test_a_selection_that_the_map_does_not_know_selects_nothing(sent):
    assert sent({}, selected="PK999'><script>")["selected"] is None


@pytest.mark.parametrize("dark", [True, False])
def test_palettes_have_the_asked_size_and_run_one_way(dark):
    def light(colour):
        return sum(int(colour[i : i + 2], 16) for i in (1, 3, 5))

    for count in range(8):
        palette = sequential_palette(count, dark=dark)
        assert len(palette) == count
        assert list(palette) == sorted(palette, key=light, reverse=not dark)


def test_each_fill_key_has_its_look_in_the_style():
    style = (MAP_LAYER / "map_component" / "map_frame.css").read_text()
    assert set(re.findall(r'\[data-fill="([^"]+)"\]', style)) == FILL_KEYS


def test_the_scripts_set_text_as_text_only():
    for script in (MAP_LAYER / "map_component").glob("*.js"):
        code = script.read_text()
        for way in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("):
            assert way not in code, f"{script.name} uses {way}"
        # Leaflet sets these as markup.
        assert not re.search(r"bind(Tooltip|Popup)|divIcon|setContent", code), script.name


def test_only_the_drawing_knows_folium_and_nothing_writes_markup_into_the_page():
    forbidden = {"folium", "branca"}
    for module in DASHBOARD.rglob("*.py"):
        tree = ast.parse(module.read_text())
        imported = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                imported |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported.add((node.module or "").partition(".")[0])
            elif isinstance(node, ast.keyword):
                assert node.arg != "unsafe_allow_html", module.name
            elif isinstance(node, ast.Attribute):
                written = ast.unparse(node)
                markup = written.endswith(("components.html", "components.v1.html"))
                assert not markup, f"{module.name} line {node.lineno} writes markup"
        if module.name != "map_drawing.py":
            assert not imported & forbidden, module.name


def test_the_drawing_uses_none_of_the_parts_of_folium_that_hold_text():
    code = (MAP_LAYER / "map_drawing.py").read_text()
    used = {
        node.attr
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "folium"
    }
    assert used == {"Map", "GeoJson"}


def test_no_module_of_the_dashboard_shadows_another_package():
    import sys
    from importlib.metadata import packages_distributions

    # `streamlit run` puts this folder first on the path, where these names would hide others.
    ours = {path.stem for path in DASHBOARD.iterdir() if path.suffix in {"", ".py"}}
    ours -= {"__init__", "__main__", "__pycache__"}
    assert "map_layer" in ours
    assert not ours & (set(sys.stdlib_module_names) | set(packages_distributions()))
    assert all(set(name) <= set(string.ascii_lowercase + "_") for name in ours)
