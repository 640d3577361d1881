"""Where a quote stands in a text."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.coding.anchors import anchor, main, paragraph_at, read_text, text_sha256
from incidents.model import word_count

NEWSLIKE = st.text(alphabet=st.sampled_from("aQ7 .“’\n\rک😀"), min_size=1, max_size=60)


@given(NEWSLIKE, st.data())
def test_a_slice_of_a_text_is_found_where_it_was_cut(text, data):
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    quote = text[start:end]
    if not 1 <= word_count(quote) <= 12:
        return
    found = anchor(text, quote)
    assert (start, end) in [(a.char_start, a.char_end) for a in found]
    assert all(text[a.char_start : a.char_end] == quote for a in found)


@given(NEWSLIKE)
def test_paragraphs_are_the_lines_that_are_not_empty(text):
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    filled = [line for line in lines if line.strip()]
    assert paragraph_at(text, len(text) - 1) == len(filled)


def test_words_that_stand_twice_are_found_twice():
    text = "Ten died.\r\n\r\nTen died."
    assert [(a.paragraph, a.char_start) for a in anchor(text, "Ten died")] == [(1, 0), (2, 13)]


def test_offsets_count_characters_not_bytes():
    assert anchor("کوئٹہ “Quetta”", "Quetta")[0].char_start == 7


@pytest.mark.parametrize(
    ("quote", "message"),
    [("", "empty"), ("…", "empty"), (" ".join(["word"] * 13), "has 13 words, at most 12")],
)
def test_a_quote_that_may_not_be_stored_is_refused(quote, message):
    with pytest.raises(ValueError, match=message):
        anchor("a text", quote)


def test_an_offset_outside_the_text_is_refused():
    with pytest.raises(ValueError, match="offset 6 lies outside the text of 6 characters"):
        paragraph_at("Quetta", 6)


def test_a_text_is_read_with_its_own_line_ends_and_hashed_as_it_stands(tmp_path):
    content = "\ufeffOne.\r\n\nTwo.\r".encode()
    (tmp_path / "text.txt").write_bytes(content)
    text = read_text(tmp_path / "text.txt")
    assert text == "\ufeffOne.\r\n\nTwo.\r"
    assert text_sha256(text) == hashlib.sha256(content).hexdigest()


def test_the_command_prints_lines_to_paste(tmp_path, capsys):
    path = tmp_path / "text.txt"
    path.write_text("One.\n\nIn Quetta, two.\n", encoding="utf-8")
    assert main([str(path), "Quetta"]) == 0
    assert capsys.readouterr().out == "paragraph = 2\nchar_start = 9\nchar_end = 15\n"
    assert main([str(path)]) == 0
    assert capsys.readouterr().out == f'sha256 = "{text_sha256(read_text(path))}"\n'


def test_the_command_says_what_it_did_not_find(tmp_path, capsys):
    path = tmp_path / "text.txt"
    path.write_text("In “Quetta”.", encoding="utf-8")
    assert main([str(path), 'In "Quetta"']) == 1
    assert "typographic quotation marks" in capsys.readouterr().err
    assert main([]) == 2
