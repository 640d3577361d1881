"""The flat columns against the claims: the same filter leaves the same, and sums are the same."""

import tempfile
from datetime import date, datetime, timedelta
from pathlib import Path
from unittest import mock

import numpy as np
from dataset_factory import TODAY, acled, as_csv, import_rows, import_text, ucdp, write
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from incidents.datasets import columns
from incidents.datasets.as_claims import rows_as_claims
from incidents.datasets.columns import Columns
from incidents.datasets.dataset import open_dataset
from incidents.datasets.importing import import_files
from incidents.datasets.mapping import Mapping
from incidents.datasets.row_figures import RowFigures
from incidents.figures.tolls import by_district as claims_by_district
from incidents.figures.tolls import toll
from incidents.filters import Filter
from incidents.filters import select as select_claims
from incidents.model import CASUALTY_TYPES, KARACHI, VICTIM_GROUPS

POINTS = [("67.0", "30.19"), ("62.33", "25.13"), ("63.05", "26.0"), ("73.1", "33.7"), ("", "")]
GROUPS = ("total", "security_forces", "police", "civilians", "women", "militants")
COUNTS = st.sampled_from(["", "0", "1", "2", "7"])
DAYS = st.sampled_from(["2024-01-01", "2024-01-20", "2024-03-05"])
MAPPING = Mapping.model_validate(
    {
        "dataset": "t",
        "columns": {
            n: n for n in ("id", "date", "longitude", "latitude", "where_prec", "event_type")
        },
        "figures": [{"casualty_type": "killed", "victim_group": g, "count": g} for g in GROUPS]
        + [{"casualty_type": "injured", "low": "low", "best": "best", "high": "high"}],
    }
)


@st.composite
def table_rows(draw):
    rows = []
    for number in range(draw(st.integers(1, 12))):
        lon, lat = draw(st.sampled_from(POINTS))
        bounds = sorted(draw(st.lists(st.integers(0, 9), min_size=3, max_size=3)))
        kept = draw(st.lists(st.booleans(), min_size=3, max_size=3))
        low, best, high = (str(b) if k else "" for b, k in zip(bounds, kept, strict=True))
        rows.append(
            {
                "id": str(number),
                "date": draw(DAYS),
                "longitude": lon,
                "latitude": lat,
                "where_prec": draw(st.sampled_from(["", "1", "3", "4"])),
                "event_type": draw(st.sampled_from(["Battles", "Attack", "", "Riots"])),
                "low": low,
                "best": best,
                "high": high,
            }
            | {group: draw(COUNTS) for group in GROUPS}
        )
    return rows


@st.composite
def ucdp_rows(draw):
    rows = []
    for number in range(draw(st.integers(1, 10))):
        lon, lat = draw(st.sampled_from(POINTS))
        low, best, high = sorted(draw(st.lists(st.integers(0, 9), min_size=3, max_size=3)))
        blank = draw(st.booleans())
        rows.append(
            ucdp(
                id=str(number),
                longitude=lon,
                latitude=lat,
                type_of_violence=draw(st.sampled_from("123")),
                side_a=draw(st.sampled_from(["Government of Pakistan", "Group A"])),
                side_b=draw(st.sampled_from(["Group B", "Civilians"])),
                where_prec=draw(st.sampled_from("1234")),
                low="" if blank else str(low),
                best="" if blank else str(best),
                high="" if blank else str(high),
                **{f"deaths_{w}": draw(COUNTS) for w in ("a", "b", "civilians", "unknown")},
            )
        )
    return rows


@st.composite
def filters(draw):
    def some(words):
        return frozenset(draw(st.lists(st.sampled_from(words), max_size=2)))

    first = draw(st.none() | st.just(date(2024, 1, 10)))
    return Filter(
        casualty_types=some(CASUALTY_TYPES),
        victim_groups=some(VICTIM_GROUPS),
        event_types=some(("Battles", "Violence against civilians", "Strategic developments")),
        districts=some(("PK226", "PK205", "PK211")),
        date_from=first,
        date_to=draw(st.none() | st.just(date(2024, 2, 1))),
        scopes=draw(
            st.sampled_from([frozenset({"event"}), frozenset(), frozenset({"background"})])
        ),
    )


def assert_twins(dataset, chosen):
    """Hold the columns against the claims of the same rows."""
    catalogue = rows_as_claims(dataset, range(dataset.size))
    claims = select_claims(catalogue, chosen)
    left = {claim.incident_id for claim in claims}
    flat = Columns(dataset)
    mask = flat.select(chosen)
    assert [i.incident_id in left for i in catalogue.incidents] == mask.tolist()
    assert sorted(flat.rows(chosen).tolist()) == np.flatnonzero(mask).tolist()
    sums = flat.sums(chosen)
    figures = [c for c in claims if c.is_figure]
    assert (sums.rows, sums.figures) == (len(left), len(figures))
    assert sums.happenings == len(claims) - len(figures)
    for pcode, summary in claims_by_district(claims, dataset.pcodes).items():
        assert_same_area(sums.districts[pcode], summary.claims)
    not_placed = [c for c in claims if c.is_province_wide]
    outside = [c for c in claims if c.is_outside]
    assert_same_area(sums.not_placed, not_placed)
    assert_same_area(sums.outside, outside)
    for (kind, group), by_place in sums.groups.items():
        ours = [c for c in figures if c.victim_group == group]
        placed = [c for c in ours if c.adm2_pcode]
        for twin, some in zip(by_place[:3], (placed, not_placed, outside), strict=True):
            assert_same_toll(twin, toll([c for c in some if c.victim_group == group], kind))


def assert_same_area(twin, claims):
    assert twin.incidents == len({c.incident_id for c in claims})
    assert twin.claims == len(claims)
    assert twin.source_ids == tuple(sorted({c.source_id for c in claims}))
    assert twin.has_figure == any(c.count_low is not None for c in claims)
    for kind in CASUALTY_TYPES:
        assert_same_toll(twin.sums[kind], toll(claims, kind))


def assert_same_toll(twin, claimed):
    said = (claimed.low, claimed.best, claimed.high, claimed.high_open, claimed.low_open)
    assert tuple(twin)[:5] == said
    assert twin.rows == len({part.incident_id for part in claimed.parts})


def imported(rows, as_, mapping=None):
    folder = Path(tempfile.mkdtemp())
    path = write(folder / "rows.csv", as_csv(rows))
    report = import_files([path], as_, mapping, folder / "library", today=TODAY)
    assert report.refused == 0
    return open_dataset(report.folder)


slow_but_fine = settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])


@slow_but_fine
@given(table_rows(), st.lists(filters(), min_size=3, max_size=3))
def test_the_columns_of_a_table_sum_as_its_claims_do(rows, chosen):
    dataset = imported(rows, "table", MAPPING)
    for one in (Filter(), *chosen):
        assert_twins(dataset, one)


@slow_but_fine
@given(ucdp_rows(), st.lists(filters(), min_size=3, max_size=3))
def test_the_columns_of_ucdp_sum_as_its_claims_do(rows, chosen):
    dataset = imported(rows, "ucdp")
    for one in (Filter(), *chosen):
        assert_twins(dataset, one)


@slow_but_fine
@given(
    st.integers(1, 6).flatmap(
        lambda columns: arrays(
            np.int32,
            st.tuples(st.integers(0, 40), st.just(columns)),
            elements=st.sampled_from([-1, 0, 1, 7, 1_000_000, 2**31 - 1]),
        )
    )
)
def test_rows_are_of_one_kind_where_they_say_the_same(table):
    figures = {("killed", str(n)): (column, column, column) for n, column in enumerate(table.T)}
    kinds = RowFigures(figures, len(table))
    assert kinds.size == len(np.unique(table, axis=0))
    for name, said in figures.items():
        for of_kind, of_row in zip(kinds.figures[name], said, strict=True):
            assert (of_kind[kinds.kind] == of_row).all()


@settings(slow_but_fine, max_examples=8)
@given(ucdp_rows(), st.lists(filters(), min_size=3, max_size=3))
def test_rows_of_too_many_kinds_to_be_counted_sum_alike(rows, chosen):
    dataset = imported(rows, "ucdp")
    with mock.patch.object(columns, "MOST_CELLS", 0):
        for one in (Filter(), *chosen):
            assert_twins(dataset, one)


def test_sources_are_the_releases_that_speak_of_a_district(tmp_path):
    import_rows(tmp_path, [ucdp(id="1"), ucdp(id="2", longitude="62.33", latitude="25.13")], "ucdp")
    folder = import_rows(tmp_path, [ucdp(id="3")], "ucdp").folder
    dataset = open_dataset(folder)
    assert_twins(dataset, Filter())
    sums = Columns(dataset).sums(Filter()).districts
    assert [len(sums[p].source_ids) for p in ("PK226", "PK205")] == [2, 1]
    only = Filter(sources=frozenset({dataset.source_ids[1]}))
    assert_twins(dataset, only)
    assert Columns(dataset).select(only).tolist() == [False, False, True]


def test_rows_are_known_from_the_day_of_their_import(tmp_path):
    dataset = open_dataset(import_rows(tmp_path, [acled()], "acled").folder)
    now = datetime.now(KARACHI)
    for moment, known in ((now, True), (now - timedelta(days=1), False)):
        chosen = Filter(known_at=moment)
        assert Columns(dataset).select(chosen).tolist() == [known]
        assert_twins(dataset, chosen)


def test_a_province_level_row_colours_no_district_though_it_has_a_point(tmp_path):
    dataset = open_dataset(import_rows(tmp_path, [acled(geo_precision="3")], "acled").folder)
    sums = Columns(dataset).sums(Filter())
    assert not any(area.incidents for area in sums.districts.values())
    assert sums.not_placed.incidents == 1


def test_columns_are_read_in_place(tmp_path):
    dataset = open_dataset(import_rows(tmp_path, [acled()], "acled").folder)
    column = dataset.codes["district"]
    assert column.base is not None
    assert not column.flags.writeable


def test_a_filter_asked_twice_gives_the_same(tmp_path):
    table = Columns(open_dataset(import_rows(tmp_path, [ucdp(), ucdp(id="2")], "ucdp").folder))
    chosen = Filter(victim_groups=frozenset({"militants"}))
    first = table.sums(chosen).districts
    assert table.sums(chosen).districts == first
    assert first["PK226"].sums["killed"].low == 4


def test_text_is_read_for_the_rows_asked_in_their_order(tmp_path):
    rows = "".join(f"{i},2024-01-31,note {i}\n" for i in range(50))
    dataset = open_dataset(import_text(tmp_path, "id,date,notes\n" + rows).folder)
    wanted = np.array([30, 2, 30, 49])
    assert [r["given"]["notes"] for r in dataset.text(wanted)] == [f"note {i}" for i in wanted]


def test_figures_of_any_size_are_added_beside_rows_that_give_none(tmp_path):
    for number, counts in enumerate((["2000000", "3", "", "0"], ["7", "", "", "1"])):
        rows = [
            {"id": str(i), "date": "2024-01-01", "longitude": "67.0", "latitude": "30.19"}
            | {"killed": count}
            for i, count in enumerate(counts)
        ]
        folder = tmp_path / str(number)
        folder.mkdir()
        dataset = open_dataset(import_text(folder, as_csv(rows)).folder)
        assert_twins(dataset, Filter())
        killed = Columns(dataset).sums(Filter()).districts["PK226"].sums["killed"]
        known = [int(count) for count in counts if count]
        assert (killed.low, killed.rows) == (sum(known), len(known))
