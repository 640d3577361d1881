"""The frame with the text: what goes to the browser, and what is believed of what comes back."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.adding.text_review import (
    MAX_REASON,
    Marked,
    Positions,
    _sent,
    joined_lines,
    plain,
    read_action,
    text_files,
)

TEXT = "کوئٹہ 😀 five killed"


@given(st.text(max_size=60), st.integers(0, 60))
def test_a_position_comes_back_from_the_browser_as_it_went(text, position):
    position = min(position, len(text))
    positions = Positions(text)
    there = positions.in_browser(position)
    assert there == len(text[:position].encode("utf-16-le", "surrogatepass")) // 2
    assert positions.in_text(there) == position


def test_marks_are_sent_in_the_browsers_positions():
    start = TEXT.index("five")
    mark = Marked("d1", "linked", "5 killed", "waits", "five", start=start, end=start + 4)
    assert _sent(mark, Positions(TEXT))["start"] == start + 1


@given(st.text(max_size=200))
def test_what_turns_or_hides_text_becomes_a_space_and_no_position_moves(text):
    shown = plain("\u202e\u2066\x00" + text)
    assert len(shown) == len(text) + 3
    assert not re.search("[\x00-\x08\u202a-\u202e\u2066-\u2069]", shown)


def test_the_joiners_and_marks_that_urdu_needs_stay():
    assert plain("گ\u200cو\u200f") == "گ\u200cو\u200f"


@pytest.mark.parametrize(
    "value",
    [
        None,
        "accept",
        {"kind": "accept", "id": "d1"},
        {"kind": "drop", "id": "d1", "nonce": "a1"},
        {"kind": "accept", "id": "d7", "nonce": "a1"},
        {"kind": "accept", "id": "d1", "nonce": "<b>"},
        {"kind": "accept", "id": ["d1"], "nonce": "a1"},
        {"kind": "add", "id": "d1", "nonce": "a1"},
        {"kind": "add", "start": 3, "end": 900, "nonce": "a1"},
        {"kind": "add", "start": "0", "end": 3, "nonce": "a1"},
        {"kind": "add", "start": 4, "end": 4, "nonce": "a1"},
    ],
)
def test_what_no_frame_of_ours_sends_is_not_believed(value):
    assert read_action(value, None, TEXT, ["d1"]) is None


def test_a_reason_is_plain_and_short():
    sent = {"kind": "reject", "id": "d1", "nonce": "a1", "reason": "\u202eno\x00" + "x" * 999}
    action = read_action(sent, None, TEXT, ["d1"])
    assert len(action.reason) <= MAX_REASON
    assert "\u202e" not in action.reason


def test_selected_words_come_back_as_positions_in_the_text():
    start = TEXT.index("five")
    sent = {"kind": "add", "start": start + 1, "end": start + 5, "nonce": "a1"}
    action = read_action(sent, None, TEXT, [])
    assert TEXT[action.start : action.end] == "five"


def test_text_enters_the_frame_as_text_only_and_nothing_is_asked_of_the_outside():
    files = {
        name: data.decode() for name, data in text_files().items() if not name.endswith(".ttf")
    }
    whole = "\n".join(files.values())
    for way in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("):
        assert way not in whole
    assert "://" not in whole
    assert "default-src 'none'" in files["index.html"]


def test_the_lines_of_a_wrapped_paragraph_are_shown_as_one_and_others_apart():
    text = "Two guards hurt\n\nKALAT: Two guards were hurt in\nMastung on Sunday.\nIt rained.\n"
    assert joined_lines(text) == [3]
    assert joined_lines("One.\nTwo.\n") == []
