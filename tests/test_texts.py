"""A text is known by what it says, not by what its file is called."""

import json

import pytest
from claim_factory import make_source

from incidents.coding.anchors import text_sha256
from incidents.texts import (
    MAX_TEXT_BYTES,
    QUOTES_FILE,
    TEXTS_VARIABLE,
    Context,
    TextLibrary,
    folder_state,
    load_contexts,
    texts_folder,
)

TEXT = "Quetta — نوشکی\r\n\r\nTwo officers died."


def write(folder, name, text):
    (folder / name).write_bytes(text.encode("utf-8"))


def source_of(text, source_id="004-dawn-2026-02-01"):
    return make_source(source_id, sha256=text_sha256(text))


def test_a_text_is_found_by_its_hash_whatever_its_file_is_called(tmp_path):
    write(tmp_path, "saved from the web.TXT", TEXT)
    write(tmp_path, "004_other.txt", "Something else.")
    found = TextLibrary.from_folder(tmp_path).text_of(source_of(TEXT))
    assert found.text == TEXT
    assert not found.changed


def test_line_ends_and_byte_order_mark_are_kept(tmp_path):
    write(tmp_path, "a.txt", "\ufeff" + TEXT)
    found = TextLibrary.from_folder(tmp_path).text_of(source_of("\ufeff" + TEXT))
    assert found.text == "\ufeff" + TEXT


def test_a_file_with_the_sources_number_is_its_changed_text(tmp_path):
    write(tmp_path, "004_72621f2f.txt", TEXT + " A correction.")
    found = TextLibrary.from_folder(tmp_path).text_of(source_of(TEXT))
    assert found.changed
    assert found.name == "004_72621f2f.txt"


@pytest.mark.parametrize("name", ["0041.txt", "14-004.txt", "004b.txt", "dawn-004.txt"])
def test_another_number_is_another_text(tmp_path, name):
    write(tmp_path, name, "Something else.")
    assert TextLibrary.from_folder(tmp_path).text_of(source_of(TEXT)) is None


def test_two_files_with_the_sources_number_are_not_chosen_between(tmp_path):
    write(tmp_path, "004-a.txt", "One.")
    write(tmp_path, "004-b.txt", "Two.")
    assert TextLibrary.from_folder(tmp_path).text_of(source_of(TEXT)) is None


def test_a_source_without_a_number_is_found_by_its_hash_alone(tmp_path):
    write(tmp_path, "dawn.txt", TEXT)
    library = TextLibrary.from_folder(tmp_path)
    assert library.text_of(source_of(TEXT, "dawn")).text == TEXT
    assert library.text_of(source_of("Other.", "dawn")) is None


def test_a_text_written_to_after_the_folder_was_read_has_changed(tmp_path):
    write(tmp_path, "a.txt", TEXT)
    library = TextLibrary.from_folder(tmp_path)
    write(tmp_path, "a.txt", "Another.")
    assert library.text_of(source_of(TEXT)).changed
    (tmp_path / "a.txt").unlink()
    assert library.text_of(source_of(TEXT)) is None


def test_what_is_no_text_of_a_report_is_left_out_and_named(tmp_path):
    (tmp_path / "004.txt").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "005.txt").write_bytes(b"a" * (MAX_TEXT_BYTES + 1))
    write(tmp_path, "006.md", TEXT)
    library = TextLibrary.from_folder(tmp_path)
    assert library.unread == ("004.txt", "005.txt")
    assert library.text_of(source_of(TEXT)) is None
    assert library.text_of(source_of(TEXT, "006-x")) is None


def test_a_missing_folder_is_named_with_the_remedy(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no folder .*gone; name .*--texts"):
        TextLibrary.from_folder(tmp_path / "gone")


def test_the_folder_is_named_by_a_variable(monkeypatch, tmp_path):
    monkeypatch.setenv(TEXTS_VARIABLE, str(tmp_path))
    assert texts_folder() == tmp_path
    monkeypatch.setenv(TEXTS_VARIABLE, "")
    assert texts_folder() is None


def test_the_state_of_a_folder_changes_with_its_texts(tmp_path):
    states = [folder_state(tmp_path)]
    write(tmp_path, "a.txt", "One.")
    states.append(folder_state(tmp_path))
    write(tmp_path, "a.txt", "One, two.")
    states.append(folder_state(tmp_path))
    write(tmp_path, QUOTES_FILE, "[]")
    states.append(folder_state(tmp_path))
    assert len(set(states)) == 4
    assert folder_state(tmp_path) == states[-1]


def test_kept_contexts_come_with_the_text(tmp_path):
    write(tmp_path, "a.txt", TEXT)
    selector = {"type": "TextQuoteSelector", "exact": "Two", "prefix": "x ", "suffix": " officers"}
    entry = {"id": "?claim=s1.01", "target": {"selector": [selector]}}
    write(tmp_path, QUOTES_FILE, json.dumps([entry]))
    found = TextLibrary.from_folder(tmp_path).text_of(source_of(TEXT))
    assert found.contexts == {"s1.01": Context("x ", " officers")}


@pytest.mark.parametrize("content", ["{", "[1]", '[{"id": 3}]', '{"id": "x"}', "null"])
def test_a_broken_file_of_quotes_is_named_with_the_remedy(tmp_path, content):
    write(tmp_path, QUOTES_FILE, content)
    with pytest.raises(ValueError, match=r"quotes\.json does not hold .* python -m"):
        load_contexts(tmp_path / QUOTES_FILE)
