"""Backups are whole and checked, restored only when sound, and what was there is kept."""

import os
import sqlite3
from pathlib import Path

import pytest
from postgres_cluster import fresh_database
from sqlalchemy import create_engine, text
from store_factory import EMPTY, TEXT, accepted, add

from incidents.store import (
    BackupError,
    Change,
    Decision,
    StoreDamagedError,
    StoreError,
    open_store,
    restore_library,
)

pytestmark = pytest.mark.usefixtures("libraries_closed")


def content_of(store):
    """Everything in a library but its counter and its entries."""
    with store.connection() as connection:
        return {
            table: sorted(map(tuple, connection.execute(text(f"SELECT {columns} FROM {table}"))))
            for table, columns in (
                ("records", "kind, object_id, revision, coalesce(state, ''), entry_id, sha256"),
                ("changes", "entry_id, position, object_id, coalesce(after, '')"),
                ("blobs", "sha256"),
                ("documents", "source_id, text_sha256, original_sha256"),
                ("unsaved", "source_id, reviewer, value"),
            )
        }


@pytest.fixture
def filled(store):
    source_id, entry_id = accepted(store)
    store.undo(entry_id, by="sara", reason="too early")
    store.redo(entry_id, by="amna")
    store.keep_unsaved(source_id, {"typed": 1}, by="amna")
    return store


def test_a_backup_is_a_whole_library(filled, tmp_path):
    made = filled.backup(tmp_path / "backups" / "today.sqlite")
    assert (made.entries, made.records) == (4, 4)
    copy = open_store(made.path)
    assert content_of(copy) == content_of(filled)
    assert copy.history() == filled.history()
    assert copy.text("000-unknown-undated") == TEXT
    assert copy.verify() == []
    assert [p.name for p in made.path.parent.iterdir()] == ["today.sqlite"]


def test_a_restored_library_is_as_it_was_and_says_who_restored_it(filled, tmp_path):
    backup = filled.backup(tmp_path / "backup.sqlite").path
    before, version = content_of(filled), filled.version()
    source_id = add(filled, "Another text.")
    later = content_of(filled)
    done = filled.restore(backup, by="amna", reason="a wrong import")
    assert content_of(filled) == before
    assert filled.version() != version
    newest = filled.history(1)[0]
    assert (newest.action, newest.by, newest.reason) == ("restore", "amna", "a wrong import")
    assert filled.verify() == []
    assert content_of(open_store(done.kept)) == later
    assert open_store(done.kept).text(source_id) == "Another text."
    add(filled, "A third text.")
    filled.restore(done.kept, by="amna")
    assert content_of(filled) == later


def test_a_library_moves_from_a_file_to_a_server_and_back(postgres_cluster, tmp_path):
    desk = open_store(tmp_path / "desk.sqlite")
    accepted(desk)
    backup = desk.backup(tmp_path / "desk-backup.sqlite").path
    with fresh_database(postgres_cluster) as url:
        team = open_store(url)
        restore_library(backup, team.location, by="amna")
        assert content_of(team) == content_of(desk)
        add(team, "A text of the team.")
        assert team.verify() == []
        back = team.backup(tmp_path / "team.sqlite").path
        again = open_store(tmp_path / "back" / "library.sqlite")
        again.restore(back, by="amna")
        assert content_of(again) == content_of(team)
        assert len(again.overlay(EMPTY).catalogue.claims) == 1


def test_a_backup_never_takes_the_place_of_a_file_unasked(filled, tmp_path):
    path = tmp_path / "backup.sqlite"
    path.write_bytes(b"mine")
    with pytest.raises(BackupError, match="there is a file of this name"):
        filled.backup(path)
    assert path.read_bytes() == b"mine"
    filled.backup(path, overwrite=True)
    assert open_store(path).verify() == []


def test_a_backup_that_fails_leaves_nothing(filled, tmp_path, monkeypatch):
    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("incidents.store.backups.put_in_place", fail)
    with pytest.raises(StoreError, match="No space left on device"):
        filled.backup(tmp_path / "backups" / "backup.sqlite")
    assert list((tmp_path / "backups").iterdir()) == []


def flip(url, statement):
    """Change a library behind its back, triggers or not."""
    engine = create_engine(url)
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            names = connection.execute(
                text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            )
            for (name,) in names.all():
                connection.execute(text(f"DROP TRIGGER {name}"))
        else:
            connection.execute(text("SET session_replication_role = replica"))
        connection.execute(text(statement))
    engine.dispose()


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE records SET state = replace(state, '5', '6') WHERE kind = 'claim'", "claim 000-"),
        ("UPDATE entries SET reason = 'another' WHERE entry_id = 2", "entry 2 of the history"),
        ("DELETE FROM changes WHERE entry_id = 2 AND position = 1", "entry 2 of the history"),
        ("DELETE FROM records WHERE kind = 'claim'", "in the history and lost"),
        ("UPDATE library SET last_entry = 3", "does not end where it says"),
        ("UPDATE blobs SET content = X'78'", "are not as they were written"),
        ("UPDATE changes SET after = NULL WHERE entry_id = 2", "entry 2"),
    ],
)
def test_whatever_is_changed_behind_its_back_is_seen(filled, tmp_path, statement, told):
    if not filled.database.is_sqlite:
        statement = statement.replace("X'78'", "'x'::bytea")
    assert filled.verify() == []
    flip(filled.location.url, statement)
    wrong = filled.verify()
    assert any(told in sentence for sentence in wrong), wrong
    with pytest.raises(BackupError, match="no backup was written"):
        filled.backup(tmp_path / "backup.sqlite")
    assert not (tmp_path / "backup.sqlite").exists()


@pytest.mark.parametrize(
    "damage", ["text", "empty", "cut", "flipped", "another program", "missing"]
)
def test_an_unsound_backup_is_refused_and_the_library_left_as_it_is(filled, tmp_path, damage):
    path = filled.backup(tmp_path / "backup.sqlite").path
    if damage == "text":
        path.write_text("not a backup")
    elif damage == "empty":
        path.write_bytes(b"")
    elif damage == "cut":
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    elif damage == "flipped":
        flip(f"sqlite:///{path}", "UPDATE records SET state = replace(state, '5', '6')")
    elif damage == "another program":
        path.unlink()
        with sqlite3.connect(path) as connection:
            connection.execute("CREATE TABLE bookmarks (url TEXT)")
        connection.close()
    else:
        path.unlink()
    before, version = content_of(filled), filled.version()
    with pytest.raises(BackupError, match=str(path)):
        filled.restore(path, by="amna")
    assert (content_of(filled), filled.version()) == (before, version)
    folder = filled.location.data_dir
    assert not list(folder.glob("*before-restore*")) + list(folder.glob(".*"))


def test_a_damaged_library_is_restored_and_the_damaged_one_kept(tmp_path):
    file = tmp_path / "library.sqlite"
    store = open_store(file)
    accepted(store)
    backup = store.backup(tmp_path / "backup.sqlite").path
    before = content_of(store)
    for damaged in (os.urandom(8192), file.read_bytes()[:5000], b"<html>"):
        file.write_bytes(damaged)
        with pytest.raises(StoreDamagedError):
            open_store(file).history()
        done = restore_library(backup, file, by="amna")
        assert done.kept.read_bytes() == damaged
        assert content_of(open_store(file)) == before
    assert open_store(file).verify() == []


def test_a_library_with_a_flipped_bit_is_restored_too(filled, tmp_path):
    backup = filled.backup(tmp_path / "backup.sqlite").path
    flip(filled.location.url, "UPDATE records SET state = replace(state, '5', '6')")
    done = filled.restore(backup, by="amna")
    assert filled.verify() == []
    assert Path(done.kept).exists()


def test_a_restore_where_nothing_was_makes_the_library(filled, tmp_path):
    backup = filled.backup(tmp_path / "backup.sqlite").path
    done = restore_library(backup, tmp_path / "elsewhere" / "library.sqlite", by="amna")
    assert done.kept is None
    assert content_of(open_store(tmp_path / "elsewhere")) == content_of(filled)


def test_the_library_itself_is_no_backup_of_it(tmp_path):
    store = open_store(tmp_path)
    with pytest.raises(BackupError, match="the library itself"):
        store.restore(tmp_path / "library.sqlite", by="amna")


def test_a_backup_holds_one_moment_while_others_write(tmp_path):
    store = open_store(tmp_path / "library.sqlite")
    for number in range(5):
        store.decide(Decision("import", (Change("dataset", f"{number}", {}),), "amna"))
        copy = open_store(store.backup(tmp_path / f"{number}.sqlite").path)
        assert len(copy.objects("dataset")) == number + 1
