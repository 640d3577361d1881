"""Where the library lies, by what is said for a command and what is set for all."""

import os
import stat
from pathlib import Path

import pytest

from incidents.store import StoreSetupError, open_store
from incidents.store.locations import at_address, locate_library

FOLDER, URL = "INCIDENT_MAP_DATA_DIR", "INCIDENT_MAP_DATABASE_URL"
SERVER = "postgresql://map:secret@db.example/map"


@pytest.mark.parametrize(
    ("option", "environment", "database", "folder"),
    [
        ("/a", {URL: SERVER, FOLDER: "/b"}, "/a/library.sqlite", "/a"),
        (None, {URL: SERVER, FOLDER: "/b"}, "postgresql+psycopg://map:***@db.example/map", "/b"),
        (None, {URL: "sqlite:////c/x.sqlite", FOLDER: "/b"}, "/c/x.sqlite", "/b"),
        (None, {FOLDER: "/b"}, "/b/library.sqlite", "/b"),
        ("", {FOLDER: "/b", URL: ""}, "/b/library.sqlite", "/b"),
    ],
)
def test_what_is_said_for_a_command_goes_before_what_is_set(option, environment, database, folder):
    found = locate_library(option, environment)
    assert (found.shown, str(found.data_dir)) == (database, folder)


def test_without_a_word_the_library_lies_in_the_users_data_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    found = locate_library(None, {})
    assert found.file is not None
    assert found.file.is_relative_to(tmp_path)
    assert found.file.parts[-2:] == ("incident-map", "library.sqlite")


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("mysql://db.example/map", "'mysql' is not a kind of database"),
        ("sqlite://", "a file of its own"),
        ("sqlite:///:memory:", "a file of its own"),
        ("postgresql://map:secret@db.example:port/map", "cannot be read"),
    ],
)
def test_an_address_that_will_not_do_is_told_without_its_password(address, told):
    with pytest.raises(StoreSetupError, match=told) as caught:
        at_address(address)
    assert "secret" not in str(caught.value)
    assert "postgresql://user:password@host/database" in str(caught.value)


def test_the_folder_is_made_for_its_user_alone(tmp_path):
    store = open_store(tmp_path / "new" / "folder")
    assert store.location.file == tmp_path / "new" / "folder" / "library.sqlite"
    if os.name == "posix":
        assert stat.S_IMODE(Path(tmp_path / "new" / "folder").stat().st_mode) == 0o700


def test_a_library_may_be_named_by_a_file_or_its_folder(tmp_path):
    first = open_store(tmp_path)
    second = open_store(str(tmp_path / "library.sqlite"))
    assert first.location == second.location
    assert first.version() == second.version()
