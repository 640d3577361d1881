"""The map as a picture: all districts, all blanks, every word escaped, no name on another."""

import xml.etree.ElementTree as ET
from itertools import combinations

import pytest
import shapely
from claim_factory import in_gwadar, make_catalogue, make_claim

from dashboard.map_layer import map_svg as map_svg_module
from dashboard.map_layer.hatching import GROUNDS, hatch
from dashboard.map_layer.map_png import to_png
from dashboard.map_layer.map_svg import map_svg
from dashboard.map_layer.name_placing import Name, place_names
from dashboard.map_layer.painting import BLANKS, MEASURES
from incidents.atlas import load_atlas
from incidents.filters import make_filter
from incidents.model import Source
from incidents.view import View

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def atlas(seeds_folder):
    return load_atlas(seeds_folder)


def view_of(atlas, **words):
    return View(atlas, make_filter(atlas.catalogue, atlas.district_names, **words))


def texts(drawing):
    root = ET.fromstring(drawing)
    return [node.text for node in root.iter(f"{SVG}text") if not node.get("aria-hidden")]


@pytest.mark.parametrize("measure", MEASURES)
def test_every_measure_gives_a_picture_with_all_names_and_the_four_blanks(atlas, measure):
    drawing = map_svg(view_of(atlas), measure)
    shown = " ".join(texts(drawing))
    for name in atlas.district_names.values():
        assert all(word in shown for word in name.split())
    assert {label for _, label in BLANKS} <= set(texts(drawing))
    fills = {node.get("fill") for node in ET.fromstring(drawing).iter(f"{SVG}rect")}
    assert set(GROUNDS.values()) <= fills


def test_the_blanks_differ_by_shape_and_not_by_colour_alone():
    marks = {key: hatch(key, shapely.box(0, 0, 100, 100)) for key in GROUNDS}
    assert marks.pop("no_report") is None
    drawn = {mark.attributes["d"] for mark in marks.values()}
    assert len(drawn) == 3
    assert "a1.6" in marks["zero"].attributes["d"]


def test_a_hatch_ends_where_its_area_ends():
    area = shapely.Point(50, 50).buffer(30)
    line = hatch("without_figure", area).attributes["d"]
    ends = [tuple(map(float, xy.split(","))) for xy in line.replace("M", "L").split("L")[1:]]
    assert len(ends) > 10
    assert all(area.buffer(0.2).contains(shapely.Point(end)) for end in ends)


def test_the_figures_and_the_claims_on_no_district_stand_on_the_map(atlas):
    view = view_of(atlas)
    shown = texts(map_svg(view, "killed"))
    assert {"17", "2–4+"} <= set(shown)
    of_the_province = sum(c.casualty_type == "killed" for c in view.not_placed)
    assert f"{of_the_province} claims for the whole" in " ".join(shown)


def test_the_picture_names_its_boundaries_vintage_projection_and_scale(atlas):
    shown = " ".join(texts(map_svg(view_of(atlas), "incidents")))
    assert atlas.boundaries.attribution in shown
    assert atlas.boundaries.vintage in shown
    assert "equal-area" in shown
    assert "100 km" in shown


def test_filters_are_told_under_the_title(atlas):
    drawing = map_svg(view_of(atlas, victim_group=["militants"], scope=["all"]), "killed")
    assert any(t.startswith("Only Victim group: militants; Scope: event") for t in texts(drawing))


def test_the_same_view_gives_the_same_picture(atlas):
    assert map_svg(view_of(atlas), "killed") == map_svg(view_of(atlas), "killed")


def test_no_name_lies_on_another_nor_on_the_legend(atlas, monkeypatch):
    seen = []

    def watch(names, ground, taken, frame):
        placed = place_names(names, ground, taken, frame)
        seen.append([*(p.box for p in placed), *taken])
        return placed

    monkeypatch.setattr(map_svg_module, "place_names", watch)
    map_svg(view_of(atlas), "claims")
    boxes = [shapely.box(*box) for box in seen[0]]
    assert len(boxes) == 37
    for one, other in combinations(boxes, 2):
        assert shapely.area(shapely.intersection(one, other)) == pytest.approx(0, abs=1e-6)


def test_a_name_that_does_not_fit_stands_aside_with_a_line():
    small = shapely.box(100, 100, 104, 104)
    around = shapely.box(90, 90, 300, 300)
    [placed] = place_names(
        (Name("PK1", "A long name", "", small, (102, 102), True),), around, (), (0, 0, 400, 400)
    )
    assert placed.leader == (102, 102)
    assert not shapely.box(*placed.box).intersects(small)


def test_words_of_a_source_stay_words(atlas):
    poison = "</title><script>alert(1)</script>{{7*7}}"
    claim = make_claim(5, **in_gwadar(adm2_name=poison, claimant=poison))
    catalogue = make_catalogue(claim)
    source = Source(source_id="s1", title=poison, sha256="0" * 64)
    changed = type(catalogue)((source,), catalogue.incidents, catalogue.claims)
    other = type(atlas)(changed, atlas.boundaries, atlas.gazetteer, atlas.lineage)
    drawing = map_svg(View(other, make_filter(changed, atlas.district_names)), "killed")
    assert "<script" not in drawing
    ET.fromstring(drawing)


def test_nothing_in_the_picture_points_outside_or_runs(atlas):
    drawing = map_svg(view_of(atlas), "incidents")
    assert drawing.count("http") == 1  # the namespace
    for word in ("<script", "href", "<style", " style=", "onload", "<image", "foreignObject"):
        assert word not in drawing


def test_the_picture_as_png_has_the_size_asked_for(atlas):
    content = to_png(map_svg(view_of(atlas), "incidents"), zoom=0.5)
    assert content.startswith(b"\x89PNG")
    assert int.from_bytes(content[16:20], "big") == 500


def test_letters_appear_in_the_png_without_any_font_of_the_machine():
    head = '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="30" font-family="Nowhere">'
    blank = to_png(f"{head}</svg>", 1)
    written = to_png(f"{head}<text x='5' y='20' font-family='sans-serif'>Quetta</text></svg>", 1)
    assert len(written) > len(blank) + 200
