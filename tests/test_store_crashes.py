"""Writers that are killed at any moment: what was acknowledged is there, nothing is half."""

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
from store_factory import EMPTY, accepted, add

from incidents.store import open_store

pytestmark = pytest.mark.skipif(os.name != "posix", reason="writers are forked")
NURSERY = Path(__file__).parent / "store_nursery.py"


def run(mode, url, count, seed, folder):
    said = subprocess.run(
        [sys.executable, NURSERY, mode, url, str(count), str(seed)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "BACKUP": str(folder / "backup.sqlite")},
        timeout=280,
    )
    assert said.returncode == 0, said.stderr
    return [json.loads(line) for line in said.stdout.splitlines()]


def kill_and_check(url, folder, kills):
    seed = random.randrange(10**6)
    told = run("kills", url, kills, seed, folder)
    acknowledged, wrong = told[0::2], told[1::2]
    assert len(acknowledged) == len(wrong) == kills
    assert wrong == [[]] * kills, seed
    store = open_store(url)
    history = {e.entry_id: e for e in store.history(None)}
    assert sorted(history) == list(range(1, len(history) + 1))
    stored = [what for writer in acknowledged for what in writer]
    assert not [what for kind, what in stored if kind == "failed"]
    assert {what for kind, what in stored if kind == "entry"} <= history.keys()
    documents = {c.object_id for e in history.values() for c in e.changes if c.kind == "document"}
    assert {what for kind, what in stored if kind == "document"} <= documents
    for entry in history.values():
        if entry.action == "accept":
            kinds = sorted(c.kind for c in entry.changes)
            assert kinds == ["claim"] * 8 + ["draft"] * 8 + ["incident", "source"]
    for document in store.documents():
        assert store.text(document.source_id).startswith("Report")
    backup = folder / "backup.sqlite"
    if backup.exists():
        assert open_store(backup).verify() == []
    assert store.verify() == []
    add(store, "It can still be written to.")


def test_a_killed_writer_loses_nothing_acknowledged_and_leaves_nothing_half(library_url, tmp_path):
    kill_and_check(library_url, tmp_path, kills=8)


@pytest.mark.slow
def test_a_hundred_killed_writers_lose_nothing_and_leave_nothing_half(library_url, tmp_path):
    kill_and_check(library_url, tmp_path, kills=100)


def kill_restores_and_check(folder, kills):
    file = folder / "library.sqlite"
    store = open_store(file)
    accepted(store)
    store.backup(folder / "backup.sqlite")
    add(store, "Another text. " * 20_000)
    store.backup(folder / "backup.sqlite.2")
    seed = random.randrange(10**6)
    told = run("restores", str(file), kills, seed, folder)
    assert told[1::2] == [[]] * kills, seed
    assert not [what for writer in told[0::2] for what in writer if what[0] == "failed"]
    assert len(store.documents()) in {1, 2}
    assert len(store.overlay(EMPTY).catalogue.claims) == 1
    for backup in (folder / "backup.sqlite", folder / "backup.sqlite.2"):
        assert open_store(backup).verify() == []


def test_a_killed_restore_leaves_one_whole_state_or_the_other(tmp_path):
    kill_restores_and_check(tmp_path, kills=4)


@pytest.mark.slow
def test_many_killed_restores_leave_one_whole_state_or_the_other(tmp_path):
    kill_restores_and_check(tmp_path, kills=60)


def test_sixteen_processes_that_write_at_once_lose_nothing(library_url, tmp_path):
    told = run("crowd", library_url, 16, 0, tmp_path)
    assert not [what for writer in told for what in writer if what[0] == "failed"]
    entries = [entry_id for writer in told for _, entry_id in writer]
    assert sorted(entries) == list(range(1, 49))
    store = open_store(library_url)
    assert store.objects("dataset")["counter"][1].value == {"count": 48}
    assert len(store.objects("dataset")) == 49
    assert store.verify() == []
