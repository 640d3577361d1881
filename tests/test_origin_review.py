"""A reviewer's split or merge changes the families, and taking it back restores them."""

import json
import shutil

import pytest
from command_line import run

from incidents.atlas import load_atlas
from incidents.origin_review import record_decision, take_back


@pytest.fixture
def folder(seeds_folder, tmp_path):
    return shutil.copytree(seeds_folder, tmp_path / "seeds")


def families(folder):
    return [f.sources for f in load_atlas(folder).lineage.families]


def test_a_split_is_recorded_and_taking_it_back_restores_the_families_exactly(folder):
    before = families(folder)
    known = load_atlas(folder).catalogue.source
    record_decision(
        folder, "split", ["003-afp-2026-01-31"], reason="own reporting", by="desk", known=known
    )
    assert len(families(folder)) == len(before) + 1
    take_back(folder, 1, reason="mistaken", by="desk")
    assert families(folder) == before
    (kept,) = load_atlas(folder).lineage.decisions
    assert (kept.reason, kept.reverted_reason) == ("own reporting", "mistaken")


def test_a_merge_of_one_source_is_refused_in_our_own_words(folder):
    known = load_atlas(folder).catalogue.source
    with pytest.raises(ValueError, match=r"^a merge needs two sources or more, it has 1$"):
        record_decision(folder, "merge", ["003-afp-2026-01-31"], reason="x", by="y", known=known)


@pytest.mark.parametrize(
    ("sources", "reason", "by", "message"),
    [
        (["999"], "why", "me", "no such source: 999"),
        (["003-afp-2026-01-31"], " ", "me", "needs a reason"),
        (["003-afp-2026-01-31"], "why", "", "is no name"),
    ],
)
def test_a_decision_without_a_known_source_a_reason_or_a_name_is_refused(
    folder, sources, reason, by, message
):
    known = load_atlas(folder).catalogue.source
    with pytest.raises(ValueError, match=message):
        record_decision(folder, "split", sources, reason=reason, by=by, known=known)
    assert load_atlas(folder).lineage.decisions == ()


def test_a_decision_cannot_be_taken_back_twice(folder):
    known = load_atlas(folder).catalogue.source
    record_decision(folder, "split", ["003-afp-2026-01-31"], reason="x", by="y", known=known)
    take_back(folder, 1, reason="x", by="y")
    with pytest.raises(ValueError, match="taken back already"):
        take_back(folder, 1, reason="x", by="y")


def test_the_command_line_merges_lists_and_undoes(folder):
    seeds = {"INCIDENT_MAP_SEEDS": str(folder)}
    merged = run("origins", "merge", "003", "004", "--reason", "same desk", "--by", "me", **seeds)
    assert merged.returncode == 0
    told = json.loads(run("origins", "list", "--json", **seeds).stdout)
    assert len(told["families"]) == 1
    assert told["decisions"][0]["reason"] == "same desk"
    assert run("origins", "undo", "1", "--reason", "no", "--by", "me", **seeds).returncode == 0
    told = json.loads(run("origins", "list", "--json", **seeds).stdout)
    assert len(told["families"]) == 2
