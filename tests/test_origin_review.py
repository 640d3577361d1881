"""A reviewer's split or merge changes the families, and taking it back restores them."""

import json
import shutil
from datetime import UTC, datetime

import pytest
from command_line import run

from incidents.atlas import load_atlas
from incidents.coding import seeds
from incidents.origin_review import record_decision, take_back
from incidents.origins.families import DECISIONS_FILE, Decision, decisions_as_toml, load_decisions
from incidents.store import locate_library, open_store
from incidents.whole_files import write_whole


@pytest.fixture
def folder(seeds_folder, tmp_path):
    return shutil.copytree(seeds_folder, tmp_path / "seeds")


@pytest.fixture
def library(tmp_path):
    return open_store(locate_library(tmp_path / "data"))


def families(folder, library):
    return [f.sources for f in load_atlas(folder, library).lineage.families]


def split(folder, library, reason="own reporting", by="desk", source="003-afp-2026-01-31"):
    known = load_atlas(folder).catalogue.source
    return record_decision(library, "split", [source], reason=reason, by=by, known=known)


def back(folder, library, number, by="desk"):
    take_back(folder, library, seeds.load(folder), number, reason="mistaken", by=by)


def test_a_split_is_in_the_history_and_taking_it_back_restores_the_families_exactly(
    folder, library
):
    before = families(folder, library)
    entry = split(folder, library)
    assert len(families(folder, library)) == len(before) + 1
    assert (library.entry(entry).by, library.entry(entry).reason) == ("desk", "own reporting")
    back(folder, library, 1, by="amna")
    assert families(folder, library) == before
    assert (library.history()[0].by, library.history()[0].reason) == ("amna", "mistaken")
    library.redo(entry, by="desk")
    assert len(families(folder, library)) == len(before) + 1


def test_a_merge_of_one_source_is_refused_in_our_own_words(folder, library):
    known = load_atlas(folder).catalogue.source
    with pytest.raises(ValueError, match=r"^a merge needs two sources or more, it has 1$"):
        record_decision(library, "merge", ["003-afp-2026-01-31"], reason="x", by="y", known=known)


@pytest.mark.parametrize(
    ("sources", "reason", "by", "message"),
    [
        ("999", "why", "me", "no such source: 999"),
        ("003-afp-2026-01-31", " ", "me", "needs a reason"),
        ("003-afp-2026-01-31", "why", "", "is no name"),
    ],
)
def test_a_decision_without_a_known_source_a_reason_or_a_name_is_refused(
    folder, library, sources, reason, by, message
):
    with pytest.raises(ValueError, match=message):
        split(folder, library, reason, by, sources)
    assert load_atlas(folder, library).lineage.decisions == ()


def test_decisions_that_a_folder_holds_come_first_and_are_taken_back_in_it(folder, library):
    own = Decision(
        kind="split",
        sources=("004-unknown-2026-02-01",),
        reason="kept in git",
        decided_by="desk",
        decided_at=datetime(2026, 2, 3, tzinfo=UTC),
    )
    own = own.model_copy(update={"sources": (seeds.load(folder).sources[3].source_id,)})
    write_whole(folder / DECISIONS_FILE, decisions_as_toml((own,)).encode())
    split(folder, library)
    reasons = [d.reason for d in load_atlas(folder, library).lineage.decisions]
    assert reasons == ["kept in git", "own reporting"]
    back(folder, library, 2)
    back(folder, library, 1)
    (kept,) = load_atlas(folder, library).lineage.decisions
    assert (kept.reason, kept.reverted_reason) == ("kept in git", "mistaken")
    assert load_decisions(folder / DECISIONS_FILE) == (kept,)
    with pytest.raises(ValueError, match="taken back already"):
        back(folder, library, 1)
    with pytest.raises(ValueError, match="is not there; there are 1"):
        back(folder, library, 2)


def test_the_command_line_merges_lists_and_undoes(folder, tmp_path):
    places = {
        "INCIDENT_MAP_SEEDS": str(folder),
        "INCIDENT_MAP_DATA_DIR": str(tmp_path / "data"),
    }
    kept = (folder / DECISIONS_FILE).read_bytes()
    refused = run("origins", "merge", "003", "004", "--reason", " ", "--by", "me", **places)
    assert refused.returncode == 1
    assert not (tmp_path / "data").exists()
    merged = run("origins", "merge", "003", "004", "--reason", "same desk", "--by", "me", **places)
    assert merged.returncode == 0
    told = json.loads(run("origins", "list", "--json", **places).stdout)
    assert len(told["families"]) == 1
    assert told["decisions"][0]["reason"] == "same desk"
    assert b"me: joined origins" in run("history", **places).stdout
    assert run("origins", "undo", "1", "--reason", "no", "--by", "me", **places).returncode == 0
    told = json.loads(run("origins", "list", "--json", **places).stdout)
    assert len(told["families"]) == 2
    assert (folder / DECISIONS_FILE).read_bytes() == kept
