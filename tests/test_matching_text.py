"""The plain text in which claims are looked for, and the way back to the text as read."""

import string
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.matching_text import matching_text
from incidents.model import MAX_QUOTE_WORDS, word_count
from incidents.review.drafting import draft_by_hand, find_drafts

ODD = st.text(
    alphabet=st.sampled_from("abT -\n\r\t.,1\u00ad\u2010\u200b\u200d\u202eﬁ１𝟓е’¹½"), max_size=60
)


@pytest.mark.parametrize(
    ("as_read", "plain"),
    [
        ("At least twen-\nty-three men", "At least twenty-three\nmen"),
        ("twenty-\nthree men", "twenty-three\nmen"),
        ("the Quetta-\nKarachi road", "the Quetta-Karachi\nroad"),
        ("counter-\nterrorism police", "counter-terrorism\npolice"),
        ("north-\nern villages", "northern\nvillages"),
        ("pro-\nvincial, he said", "provincial,\nhe said"),
        ("17 civil\u2010\nians died", "17 civilians\ndied"),
        ("sol\u00ad\r\ndiers died", "soldiers\ndied"),
        ("a list -\nof things", "a list -\nof things"),
        ("2025-\n26 budget", "2025-\n26 budget"),
        ("the oﬃcers, ﬁve", "the officers, five"),
        ("１２ hurt, 𝟓 killed", "12 hurt, 5 killed"),
        ("M\u200bastung and Quеttа", "Mastung and Quetta"),
        ("4\u202e killed\u202c", "4 killed"),
        ("killed 5¹ of 1½", "killed 5¹ of 1½"),
        ("کوئٹہ می\u200cں", "کوئٹہ می\u200cں"),
    ],
)
def test_what_only_looks_different_is_levelled_for_matching(as_read, plain):
    assert matching_text(as_read).text == plain


def test_a_text_without_anything_odd_is_matched_as_it_is():
    text = "Five soldiers — two of them officers — were killed.\n"
    assert matching_text(text) == (text, None)


@given(ODD)
def test_every_stretch_of_the_plain_text_leads_back_to_one_of_the_text_as_read(text):
    plain = matching_text(text)
    ends = [plain.as_read(at, at + 1) for at in range(len(plain.text))]
    for at, (start, end) in enumerate(ends):
        assert 0 <= start < end <= len(text)
        if plain.text[at] in string.ascii_letters and text[start].isascii():
            assert text[start] == plain.text[at]
    if "\n" not in text:
        assert ends == sorted(ends)


def test_figures_over_a_broken_word_are_found_and_quoted_as_read():
    text = (
        "KALAT: Armed men killed two guards on Sunday, and forty-\n"
        "three la-\nbourers were injured, a district of-\nﬁcial said.\n"
    )
    drafts = find_drafts(text, published_on=date(2026, 3, 2))
    assert [(d.casualty_type, d.count_low) for d in drafts] == [("killed", 2), ("injured", 43)]
    for draft in drafts:
        assert text[draft.char_start : draft.char_end] == draft.quote
        assert word_count(draft.quote) <= MAX_QUOTE_WORDS
    assert "official" in drafts[0].claimant
    assert drafts[1].victim_group == "civilians"


def test_a_headline_that_runs_over_two_lines_is_read_once():
    text = "Three guards killed as men storm\nbridge near Kalat\nKALAT: It rained.\n"
    title = "Three guards killed as men storm bridge near Kalat"
    assert [d.in_title for d in find_drafts(text, title=title)] == [False]


def test_words_over_a_lines_end_are_selected_where_the_lines_are_one_paragraph():
    text = "KALAT: Armed men killed two bridge\nguards near the river, police said.\n"
    start = text.index("two")
    draft = draft_by_hand(text, start, text.index(" near"), "d9", [])
    assert (draft.quote, draft.count_low) == ("two bridge\nguards", 2)
