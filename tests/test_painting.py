"""The map's colours: a district is painted only by what was said of it."""

from pathlib import Path

import pytest

from dashboard.map_layer.painting import MEASURES, paint
from incidents.atlas import load_atlas
from incidents.filters import make_filter
from incidents.regions.region import load_region
from incidents.view import View


@pytest.fixture(scope="module")
def atlas(seeds_folder):
    return load_atlas(seeds_folder)


def painted(atlas, measure, **words):
    view = View(atlas, make_filter(atlas.catalogue, atlas.district_names, **words))
    found = paint(view, measure)
    return {atlas.district_names[p]: paint.fill for p, paint in found.paints.items()}, found


def test_a_district_with_a_report_but_no_figure_is_not_blank(atlas):
    fills, _ = painted(atlas, "killed")
    assert fills["Kharan"] == "without_figure"
    assert fills["Gwadar"] == "class-1"
    assert fills["Quetta"] == "class-0"


def test_no_report_and_reported_only_for_the_province_are_told_apart(atlas):
    assert painted(atlas, "killed")[0]["Zhob"] == "province_only"
    assert painted(atlas, "killed", source=["004"], district=["Gwadar"])[0]["Zhob"] == "no_report"
    assert painted(atlas, "freed")[0]["Zhob"] == "no_report"


def test_a_province_wide_figure_colours_no_district(atlas):
    fills, found = painted(atlas, "killed", source=["003"])
    assert set(fills.values()) == {"province_only"}
    assert found.province_note.endswith("for the whole province, on no district")


@pytest.mark.parametrize("measure", MEASURES)
def test_every_district_has_a_paint_and_the_legend_names_every_class_in_use(atlas, measure):
    fills, found = painted(atlas, measure)
    assert len(fills) == 35
    named = {key for key, _ in [*found.legend["classes"], *found.legend["blanks"]]}
    assert set(fills.values()) <= named


@pytest.fixture(scope="module")
def tehsils(atlas):
    return atlas.at(load_region("Balochistan", Path("no-such-folder")), "tehsils")


def test_a_tehsil_of_which_only_its_district_is_reported_is_no_blank_without_report(tehsils):
    fills, found = painted(tehsils, "claims")
    assert fills["Pasni"] == "class-1"
    assert fills["Mastung"] == "province_only"
    assert fills["Awaran"] == "no_report"
    mastung = next(p for p, name in tehsils.district_names.items() if name == "Mastung")
    assert found.paints[mastung].tooltip == "Reported only for the district"
    assert found.province_note.endswith("claims known only to the district, on no tehsil")
    assert dict(found.legend["blanks"])["province_only"] == (
        "reported only for the district or the province"
    )


@pytest.mark.parametrize("measure", MEASURES)
def test_every_tehsil_has_a_paint(tehsils, measure):
    fills, found = painted(tehsils, measure)
    assert len(fills) == 103
    named = {key for key, _ in [*found.legend["classes"], *found.legend["blanks"]]}
    assert set(fills.values()) <= named
