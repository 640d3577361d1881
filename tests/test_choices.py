"""The address of a view: every spelling that the command line takes, and a way back."""

from datetime import date
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.choices import Choices, address, area_labels, spelled, unknown_parameters
from incidents.atlas import load_atlas
from incidents.filters import Filter, parse_moment
from incidents.regions.region import HOME, load_region


@pytest.fixture(scope="module")
def atlas(seeds_folder):
    return load_atlas(seeds_folder)


def query_of(atlas, **fields):
    choices = Choices(Filter(**fields), "range", "incidents", None, False)
    return parse_qs(address(atlas, choices).removeprefix("?"))


APP = Path(__file__).parents[1] / "dashboard" / "app.py"
FILTERS = [
    {"sources": frozenset({"003-afp-2026-01-31"})},
    {"casualty_types": frozenset({"killed", "freed"})},
    {"victim_groups": frozenset({"security_forces"})},
    {"event_types": frozenset({"Battles"})},
    {"districts": frozenset({"PK205"})},
    {"scopes": frozenset({"event", "previous_day"})},
    {"date_from": date(2026, 1, 30)},
    {"date_to": date(2026, 1, 30)},
    {"known_at": parse_moment("2026-01-31")},
    {"known_at": parse_moment("2026-02-01T14:30")},
]


def test_points_stand_in_the_address_only_when_switched_on(atlas):
    off = Choices(Filter(), "range", "incidents", None, False)
    on = Choices(Filter(), "range", "incidents", None, False, points=True)
    assert address(atlas, off) == "?"
    assert address(atlas, on) == "?points=true"
    assert unknown_parameters(atlas, {"points": ["true"]}) == []
    assert unknown_parameters(atlas, {"points": ["all"]}) == ["points=all"]


@pytest.mark.parametrize("fields", FILTERS, ids=lambda f: next(iter(f)))
def test_an_address_holds_nothing_that_the_page_does_not_know(atlas, fields):
    query = query_of(atlas, **fields)
    assert query
    assert unknown_parameters(atlas, query) == []


@pytest.mark.parametrize(
    ("name", "value", "label"),
    [
        ("source", "003", "003-afp-2026-01-31"),
        ("victim_group", "security_forces", "security forces"),
        ("district", "PK205", "Gwadar"),
        ("district", "noshki", "Nushki"),
        ("scope", "previous_day", "previous day"),
    ],
)
def test_the_command_lines_words_are_taken_from_an_address(atlas, name, value, label):
    assert spelled(atlas, {name: [value]}) == {name: [label]}
    assert unknown_parameters(atlas, {name: [value]}) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("source", "999"), ("from", "1800-01-01"), ("from", "20260131"), ("to", "2026-W05-6"),
        ("known", "31 January 2026"), ("basemap", "true"), ("evil", "1"), ("district", "Atlantis"),
    ],
)  # fmt: skip
def test_what_an_address_cannot_mean_is_said(atlas, name, value):
    assert unknown_parameters(atlas, {name: [value]})


def page(**query):
    test = AppTest.from_file(str(APP), default_timeout=60)
    for name, value in query.items():
        test.query_params[name] = value
    return test.run()


def test_the_view_as_known_at_a_day_is_opened_by_its_address():
    shown = page(known="2026-01-31")
    assert not shown.exception
    assert "4 reports" in " ".join(h.body for h in shown.get("html"))


@pytest.mark.parametrize(
    ("known", "shown_as"),
    [
        ("2026-01-31T14:30", "2026-01-31T14:30"),
        ("2026-01-31T09:30:00+00:00", "2026-01-31T14:30"),
        ("2026-01-29", "2026-01-29"),
    ],
)
def test_a_moment_that_is_no_reports_day_is_opened_by_its_address_too(known, shown_as):
    shown = page(known=known)
    assert not shown.exception
    assert not shown.warning
    assert shown.select_slider(key="known").value == shown_as


def test_a_source_may_be_named_by_its_beginning_in_the_address():
    shown = page(source="003")
    assert "1 report ·" in " ".join(h.body for h in shown.get("html"))
    assert not shown.warning


def test_what_stands_beside_a_known_spelling_and_means_nothing_is_still_said():
    shown = page(source=["003", "nonsense"])
    assert "1 report ·" in " ".join(h.body for h in shown.get("html"))
    assert "nonsense" in " ".join(w.value for w in shown.warning)


def test_a_toll_without_a_number_is_told_in_the_reports_words():
    shown = page(casualty_type="injured")
    tiles = " ".join(h.body for h in shown.get("html") if "im-strip" in h.body)
    assert ">a few</strong>" in tiles
    assert "newest a few: a senior security official" in tiles


def test_a_link_does_not_switch_the_background_map_on():
    assert page(basemap="true").checkbox(key="basemap").value is False


def test_among_tehsils_a_whole_district_can_be_chosen_and_its_link_reopens_it(atlas, tmp_path):
    tehsils = atlas.at(load_region(HOME, tmp_path), "tehsils")
    labels = area_labels(tehsils)
    assert len(set(labels.values())) == len(labels) == 103 + 35
    # A name that stands for both is the tehsil's; the district says that it is one.
    assert (labels["PK20501"], labels["PK205"]) == ("Gwadar", "Gwadar (district)")
    assert spelled(tehsils, {"district": ["PK205"]}) == {"district": ["Gwadar (district)"]}
    chosen = Choices(Filter(districts=frozenset({"PK205"})), "range", "killed", None, basemap=False)
    query = parse_qs(address(tehsils, chosen).removeprefix("?"))
    assert query["district"] == ["Gwadar (district)"]
    assert unknown_parameters(tehsils, query) == []


def test_a_region_or_a_level_that_is_not_here_is_said():
    told = page(region="sindh", level="divisions").warning[0].value
    assert "region\\=sindh" in told
    assert "level\\=divisions" in told
