"""What holds for every text: no error, exact positions, short quotes, the same answer twice."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from incidents.extraction import Draft, extract
from incidents.model import EVENT_TYPES, MAX_QUOTE_WORDS, word_count

DATA = Path(__file__).parent / "data"
WORDS = sorted(set(re.findall(r"\S+", (DATA / "phrasings.txt").read_text("utf-8"))))

sentences = st.lists(st.sampled_from(WORDS), max_size=30).map(" ".join)
reports = st.lists(sentences, max_size=5).map("\n".join)
any_text = st.text(max_size=300) | reports


def _check(draft: Draft, text: str) -> None:
    assert text[draft.char_start : draft.char_end] == draft.quote
    assert 0 < word_count(draft.quote) <= MAX_QUOTE_WORDS
    assert 0 <= draft.score <= 1
    if draft.casualty_type is None:
        assert draft.happening
        assert draft.sub_event_type in EVENT_TYPES[draft.event_type or ""]
    else:
        assert draft.victim_group
        assert draft.qualifier
        assert (draft.count_low is None) == (draft.qualifier == "few")
        if draft.qualifier in {"at_least", "more_than", "dozens", "few"}:
            assert draft.count_high is None
    if draft.date_start and draft.date_end:
        assert draft.date_start <= draft.date_end


@settings(max_examples=300)
@given(any_text)
def test_any_text_is_read_without_error_and_quotes_stand_where_they_say(text: str) -> None:
    drafts = extract(text, published_on=date(2025, 6, 12))
    for draft in drafts:
        _check(draft, text)
    ids = [d.draft_id for d in drafts]
    assert len(set(ids)) == len(ids)
    assert {d.part_of for d in drafts} <= {None, *ids}


@settings(max_examples=60)
@given(reports)
def test_the_same_text_gives_the_same_drafts(text: str) -> None:
    assert extract(text, title="Two killed") == extract(text, title="Two killed")


@settings(max_examples=60)
@given(sentences)
def test_white_space_before_a_text_moves_positions_and_nothing_else(text: str) -> None:
    moved = [(d.char_start - 3, d.casualty_type, d.count_low) for d in extract("\n\n " + text)]
    assert moved == [(d.char_start, d.casualty_type, d.count_low) for d in extract(text)]


def test_positions_are_code_points_beyond_the_first_plane_too() -> None:
    text = "😀 İzmir reported. Five men were killed in Kech."
    (draft,) = extract(text)
    assert text[draft.char_start : draft.char_end] == draft.quote == "Five men were killed"
