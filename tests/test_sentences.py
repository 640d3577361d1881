"""Sentences, paragraphs and direct quotes."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.sentences import (
    Span,
    is_inside,
    quoted_spans,
    split_paragraphs,
    split_sentences,
)

NEWSLIKE = st.text(alphabet=st.sampled_from("AbU.s!?…“”\"'’‘ \n\r\t1ک۔[)"), max_size=80)


def cut(text, spans):
    return [text[start:end] for start, end in spans]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It rained. It stopped.", ["It rained.", "It stopped."]),
        (
            "They met on Jan. 31 in Quetta. All left.",
            ["They met on Jan. 31 in Quetta.", "All left."],
        ),
        ("Dr. A. R. Khan and Lt. Gen. Shah came.", ["Dr. A. R. Khan and Lt. Gen. Shah came."]),
        ("Maj.-Gen. Shah spoke.", ["Maj.-Gen. Shah spoke."]),
        (
            "The U.S. Army left the U.S. The rest stayed.",
            ["The U.S. Army left the U.S.", "The rest stayed."],
        ),
        (
            "It began at 3 a.m. Pakistan time. It ended.",
            ["It began at 3 a.m. Pakistan time.", "It ended."],
        ),
        ("It began at 3 p.m. Police came.", ["It began at 3 p.m.", "Police came."]),
        (
            "It cost Rs. 3.5 million. 67 people paid.",
            ["It cost Rs. 3.5 million.", "67 people paid."],
        ),
        ("“We go on.” He left.", ["“We go on.”", "He left."]),
        ("“It was close. We were lucky,” he said.", ["“It was close.", "We were lucky,” he said."]),
        ("“What now?” he asked. Nobody knew.", ["“What now?” he asked.", "Nobody knew."]),
        ("“What now?” Abdul Wali said. Rain fell.", ["“What now?” Abdul Wali said.", "Rain fell."]),
        ("“What now?” The road was empty.", ["“What now?”", "The road was empty."]),
        ("They … came back. Then… Nothing.", ["They … came back.", "Then…", "Nothing."]),
        ("He was “calm”.The road was not.", ["He was “calm”.", "The road was not."]),
        ("Two died.[1] Three fled.", ["Two died.[1]", "Three fled."]),
        ("Guards fled. al-Shabaab denied it.", ["Guards fled.", "al-Shabaab denied it."]),
        ("See dawn.com for more. Or not.", ["See dawn.com for more.", "Or not."]),
        ("حملہ ہوا۔ کوئی زخمی نہیں۔", ["حملہ ہوا۔", "کوئی زخمی نہیں۔"]),
        ("A title\nThe first line.\n\nThe second", ["A title", "The first line.", "The second"]),
        (" \n ", []),
    ],
)
def test_a_text_is_cut_where_its_sentences_end(text, expected):
    assert cut(text, split_sentences(text)) == expected


def test_lines_wrapped_at_a_width_belong_to_one_paragraph():
    text = (
        "The road to the coast was closed for most of the\n"
        "morning, drivers said, after Gunmen stopped Trucks\n"
        "near the bridge. Nobody was hurt.\n\n"
        "It opened at noon."
    )
    assert len(split_paragraphs(text)) == 2
    assert cut(text, split_sentences(text))[1:] == ["Nobody was hurt.", "It opened at noon."]


def test_the_lines_of_a_pdf_are_joined_also_where_the_next_begins_with_a_name():
    text = (
        "Bridge closed after rain in the hills\n"
        "Issued 5 February 2026\n"
        "KALAT: The road to the coast was closed for most of the\n"
        "morning, drivers said, after rain had washed away parts of\n"
        "Mastung’s oldest bridge and the wall beside it.\n"
        "Nobody was hurt, said a man who had seen it happen from\n"
        "Kalat. It opened again at noon"
    )
    assert [p.replace("\n", " ")[:12] for p in cut(text, split_paragraphs(text))] == [
        "Bridge close",
        "Issued 5 Feb",
        "KALAT: The r",
        "Nobody was h",
    ]


def test_the_lines_of_a_list_stay_apart_though_they_are_of_one_length():
    text = (
        "Kech: a bomb, two hurt by it near the bridge\n"
        "Sibi: a grenade, one guard hurt in the night\n"
        "Zhob: a mine, four herders hurt on the track\n"
        "Hub: an ambush of a bus, and a driver killed\n"
        "Pishin: three mines were found, and none was hurt"
    )
    assert len(split_paragraphs(text)) == 5


def test_a_line_that_goes_on_in_lower_case_is_one_sentence():
    assert len(split_sentences("The road was\nclosed.")) == 1


def test_headlines_and_short_lines_stay_apart():
    text = "Road closed\nThe road was closed on Sunday, officials said.\nWhat we know\nLittle."
    assert len(split_sentences(text)) == 4


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("“One. Two,” he said. “Three.”", ["One. Two,", "Three."]),
        ('"One," he said. "Two."', ["One,", "Two."]),
        ("‘The militants’ camp is gone,’ he said.", ["The militants’ camp is gone,"]),
        ("The ‘terrorists’ fled the town’s market.", ["terrorists"]),
        ("Pakistan's 'coordinated' answer in the '90s", ["coordinated"]),
        ("“He said ‘no’ to us,” she said.", ["He said ‘no’ to us,"]),
        ("„Ja“, sagte er. «Oui», dit-elle.", ["Ja", "Oui"]),
        ("“It goes on.\n“And ends.” Then", ["It goes on.", "And ends."]),
        ('"It goes on.\n"And ends." Then', ["It goes on.", "And ends."]),
        ('A 5" pipe burst.', []),
        ("“”", []),
    ],
)
def test_direct_quotes_are_found_without_their_marks(text, expected):
    assert cut(text, quoted_spans(text)) == expected


@given(NEWSLIKE)
def test_every_letter_lies_in_exactly_one_sentence(text):
    spans = split_sentences(text)
    for before, after in pairwise(spans):
        assert before.char_end <= after.char_start
    inside = "".join(cut(text, spans))
    assert [c for c in inside if not c.isspace()] == [c for c in text if not c.isspace()]
    assert all(cut(text, [s])[0] == cut(text, [s])[0].strip() != "" for s in spans)


@given(NEWSLIKE)
def test_quotes_lie_in_order_inside_one_paragraph(text):
    quotes, paragraphs = quoted_spans(text), split_paragraphs(text)
    assert quotes == sorted(quotes)
    for before, after in pairwise(quotes):
        assert before.char_end <= after.char_start
    for start, end in quotes:
        assert any(p.char_start <= start < end <= p.char_end for p in paragraphs)


@given(st.tuples(st.integers(0, 9), st.integers(1, 5)))
def test_a_span_is_inside_when_it_shares_a_character(place):
    start, length = place
    others = [Span(2, 4), Span(4, 6), Span(8, 9)]
    shared = set(range(start, start + length)) & {2, 3, 4, 5, 8}
    assert is_inside(Span(start, start + length), others) == bool(shared)


@pytest.mark.parametrize("text", ["." * 100_000, "“a " * 30_000, "b 'a " * 10_000, '."' * 30_000])
def test_texts_of_nothing_but_marks_are_read_to_their_end(text):
    assert split_sentences(text)[-1].char_end == len(text.rstrip())
    assert all(start < end for start, end in quoted_spans(text))
