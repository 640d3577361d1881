"""The map's colours: a district is painted only by what was said of it."""

import pytest

from dashboard.painting import MEASURES, paint
from incidents.atlas import load_atlas
from incidents.filters import make_filter
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
