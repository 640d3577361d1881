"""Datasets in a view: their rows as columns say the same as their rows as claims."""

import dataclasses
from datetime import date

import pytest
from dataset_factory import acled, import_rows, ucdp

from incidents.atlas import existing_datasets, load_atlas
from incidents.figures.reconcile import RULES
from incidents.figures.tolls import toll
from incidents.filters import Filter, make_filter
from incidents.regions.region import HOME, load_region
from incidents.view import View

ROWS = [
    ucdp(id="1"),
    ucdp(id="2", longitude="62.33", latitude="25.13", low="0", best="0", high="0", deaths_b="0"),
    ucdp(id="3", where_prec="4", best="30", low="20", high="40"),
    ucdp(id="4", longitude="73.1", latitude="33.7", best="7", low="7", high="7"),
    ucdp(id="5 / odd id", low="", best="", high="")
    | dict.fromkeys(("deaths_a", "deaths_b", "deaths_civilians", "deaths_unknown"), ""),
]
FILTERS = [
    Filter(),
    Filter(casualty_types=frozenset({"killed"})),
    Filter(victim_groups=frozenset({"militants", "civilians"})),
    Filter(districts=frozenset({"PK205", "PK226"})),
    Filter(date_from=date(2025, 1, 1)),
    Filter(scopes=frozenset()),
]


@pytest.fixture(scope="module")
def atlas(tmp_path_factory):
    tmp_path = tmp_path_factory.mktemp("datasets")
    import_rows(tmp_path, ROWS, "ucdp")
    import_rows(tmp_path, [acled(), acled(event_id_cnty="X2", geo_precision="3")], "acled")
    return load_atlas().with_datasets(existing_datasets(tmp_path / "library"))


@pytest.fixture(params=["districts", "tehsils"], scope="module")
def level_atlas(atlas, request, tmp_path_factory):
    return atlas.at(load_region(HOME, tmp_path_factory.mktemp("empty")), request.param)


def said(toll):
    return (toll.low, toll.best, toll.high, toll.high_open, toll.low_open, toll.incident_count)


@pytest.mark.parametrize("chosen", FILTERS)
@pytest.mark.parametrize("rule", RULES)
def test_a_view_of_columns_says_what_a_view_of_their_claims_says(level_atlas, chosen, rule):
    atlas = level_atlas
    view = View(atlas, chosen, rule)
    records = view.opened()
    for pcode, summary in records.districts.items():
        ours = view.districts[pcode]
        for name in ("incident_count", "claim_count", "source_ids", "report_status", "is_reported"):
            assert getattr(ours, name) == getattr(summary, name), (pcode, name)
        assert {t: said(v) for t, v in ours.tolls.items()} == {
            t: said(v) for t, v in summary.tolls.items()
        }
        assert view.wider_count_around(pcode) == records.wider_count_around(pcode)
        figures = sum(s.wider_figures.get("killed", {}).get(pcode, 0) for s in view.rows.values())
        around = [c for c in records.known_wider_around(pcode) if c not in view.known_wider]
        assert figures == sum(c.casualty_type == "killed" for c in around)
    for name in ("not_placed_count", "outside_count", "known_wider_count"):
        assert getattr(view, name) == getattr(records, name)
    assert view.figure_count == records.figure_count
    assert view.happening_count == records.happening_count
    assert view.source_ids == records.source_ids
    assert view.days == records.days
    documents = View(dataclasses.replace(atlas, datasets=()), chosen, rule)
    assert [said(t.shown) for t in view.tolls] == [said(t.shown) for t in documents.tolls]


@pytest.mark.parametrize("chosen", FILTERS)
def test_a_datasets_toll_is_that_of_its_claims(atlas, chosen):
    view = View(atlas, chosen)
    records = view.opened()
    for one in view.row_tolls:
        sources = view.rows[one.dataset_id].dataset.source_ids
        ours = [
            c
            for c in records.figures
            if c.source_id in sources and c.victim_group == one.victim_group
        ]
        claimed = toll(ours, one.casualty_type)
        assert (one.whole.low, one.whole.best, one.whole.high) == said(claimed)[:3]
        assert one.whole.rows == claimed.incident_count


def test_parts_are_no_toll_of_their_own_unless_the_filter_leaves_their_total_out(atlas):
    def groups(chosen):
        return [t.victim_group for t in View(atlas, chosen).row_tolls if t.dataset_id == "ucdp-ged"]

    assert groups(Filter()) == ["total"]
    assert groups(FILTERS[2]) == ["militants", "civilians"]


def test_a_dataset_adds_to_what_the_documents_say(atlas):
    seeds = View(dataclasses.replace(atlas, datasets=()), Filter())
    quetta = View(atlas, Filter()).districts["PK226"].tolls["killed"]
    before = seeds.districts["PK226"].tolls["killed"]
    # Rows of Quetta: UCDP's 3-4-6 and ACLED's 4; the row without a figure adds nothing.
    assert (quetta.low, quetta.high) == (before.low + 7, before.high + 10)


def test_only_figures_of_a_dataset_beside_others_may_count_the_same_people_twice(atlas):
    def doubtful(*sources):
        chosen = make_filter(atlas.catalogue, atlas.district_names, source=sources)
        summaries = View(atlas, chosen).districts.items()
        return {code for code, summary in summaries if summary.may_count_twice}

    assert doubtful() == {"PK205", "PK226"}
    assert doubtful("ucdp", "acled") == {"PK226"}
    assert doubtful("ucdp") == doubtful("004") == set()


def test_a_source_filter_takes_a_dataset_by_the_beginning_of_its_id(atlas):
    chosen = make_filter(atlas.catalogue, atlas.district_names, source=["ucdp"])
    view = View(atlas, chosen)
    assert not view.claims
    assert set(view.rows) == {"ucdp-ged"}
    assert view.rows["ucdp-ged"].not_placed.sums["killed"].best == 30


def test_every_claim_of_a_row_is_found_by_its_id(atlas):
    view = View(atlas, Filter())
    for claim in view.opened().claims:
        found = view.opening(claim.claim_id)
        assert found is not None
        assert found.atlas.catalogue.claim[claim.claim_id] == claim
    for unknown in ("ucdp-ged.1.99", "ucdp-ged.99.1", "ucdp-ged..1", "acled.1", "", "x"):
        assert view.opening(unknown) is None


def test_rows_are_opened_with_the_most_people_first_and_no_more_than_asked(atlas):
    chosen = make_filter(atlas.catalogue, atlas.district_names, source=["ucdp"])
    opened = View(atlas, chosen).opened(part=slice(2))
    assert [i.incident_id for i in opened.incidents] == ["ucdp-ged.3", "ucdp-ged.4"]
    assert {c.adm2_pcode for c in View(atlas, chosen).opened("PK205").claims} == {"PK205"}
