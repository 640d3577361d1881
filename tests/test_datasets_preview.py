"""What is shown of a file before it is imported."""

import pytest
from dataset_factory import TODAY, acled, as_csv, ucdp, write

from incidents.datasets.mapping import Mapping, remade
from incidents.datasets.preview import CHECKED_ROWS, PREVIEW_ROWS, preview_table

TABLE = "Ref,When,Town,Type,Dead\n1,2024-01-31,Quetta,bomb blast,3\n2,2024-02-01,Gwadar,Attack,x\n"


def test_a_table_is_shown_as_it_stands_and_as_it_is_read(tmp_path):
    made = preview_table(write(tmp_path / "notes.csv", TABLE), today=TODAY)
    assert made.header == ("Ref", "When", "Town", "Type", "Dead")
    assert made.cells[0] == ("1", "2024-01-31", "Quetta", "bomb blast", "3")
    assert made.read[0]["date_start"] == "2024-01-31"
    assert made.read[0]["killed_total"] == 3
    assert made.read[1]["refused"].startswith("Dead: 'x' is no number")
    assert (made.checked, len(made.refused)) == (2, 1)
    assert made.strange_words == ("bomb blast",)


def test_a_word_that_the_mapping_explains_is_strange_no_more(tmp_path):
    path = write(tmp_path / "notes.csv", TABLE)
    mapping = preview_table(path).mapping
    explained = remade(mapping, event_types={"bomb blast": "Suicide bomb"})
    assert preview_table(path, explained).strange_words == ()


@pytest.mark.parametrize(("kind", "row"), [("ucdp", ucdp), ("acled", acled)])
def test_a_publishers_file_is_shown_with_what_would_be_refused(tmp_path, kind, row):
    rows = [row(), row(latitude="190")]
    made = preview_table(write(tmp_path / "a.csv", as_csv(rows)), today=TODAY, as_=kind)
    assert (made.checked, [one.row for one in made.refused]) == (2, [2])
    assert made.refused[0].field == "latitude"
    assert made.missing == ()


def test_a_candidate_release_without_a_header_is_shown_under_ucdps_names(tmp_path):
    path = write(tmp_path / "a.csv", as_csv([ucdp()], header=False))
    made = preview_table(path, today=TODAY, as_="ucdp")
    assert dict(zip(made.header, made.cells[0], strict=True))["where_coordinates"] == "Quetta town"


def test_only_the_beginning_of_a_long_file_is_looked_at(tmp_path):
    lines = "".join(f"{i},2024-01-31,Quetta,Attack,3\n" for i in range(CHECKED_ROWS + 50))
    made = preview_table(write(tmp_path / "a.csv", "Ref,When,Town,Type,Dead\n" + lines + "x\n"))
    assert (made.checked, len(made.read), made.refused) == (CHECKED_ROWS, PREVIEW_ROWS, ())


@pytest.mark.parametrize(
    ("figures", "message"),
    [
        (
            [{"casualty_type": "killed", "count": "a"}, {"casualty_type": "killed", "count": "b"}],
            "two figures say killed, total; take one of them out, or name another group",
        ),
        (
            [{"casualty_type": "killed", "count": "a", "low": "b"}],
            "figures.0: a figure has a count, or low, best and high; not both",
        ),
        ([{"casualty_type": "harmed", "count": "a"}], "figures.0.casualty_type: Input should be"),
    ],
)
def test_figures_that_contradict_each_other_are_none(figures, message):
    with pytest.raises(ValueError, match=message):
        remade(Mapping(dataset="t"), figures=figures)
