"""Folding names for matching."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazetteer.normalise import fold, fold_character
from gazetteer.scan import scan

ANY_TEXT = st.text()
MIXED_TEXT = st.text(st.sampled_from("Qué́ta аß…½ﷺ\u200b\u200d\r\n\t ،۔کيهٹA'’-"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("QUETTA", "quetta"),
        ("Quétta", "Quetta"),
        ("Qu\u200be\u00adtta", "Quetta"),
        ("Quеttа", "Quetta"),  # Cyrillic e and a
        ("Ｑｕｅｔｔａ", "Quetta"),
        ("Quetta’s", "Quetta"),
        ("Sistan-o-Baluchestan", "Sistan o  Baluchestan"),
        ("كوئٹه", "کوئٹہ"),
        ("موسىٰ خيل", "موسیٰ خیل"),
        ("گـــوادر", "گوادر"),
        ("PK۲۲۶", "PK226"),
    ],
)
def test_spellings_that_mean_the_same_fold_to_the_same(one, other):
    assert fold(one) == fold(other) != ""


@pytest.mark.parametrize(("one", "other"), [("Kalat", "Kalam"), ("سبی", "سوئی"), ("Mach", "Mand")])
def test_names_that_differ_stay_apart(one, other):
    assert fold(one) != fold(other)


@given(ANY_TEXT | MIXED_TEXT)
def test_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


@given(st.characters(exclude_categories=["Cs"]))
def test_a_folded_character_holds_lower_case_letters_digits_and_spaces_only(character):
    for letter in fold_character(character):
        assert letter == " " or unicodedata.category(letter)[0] in "LN"
        assert fold_character(letter) == letter


@given(ANY_TEXT | MIXED_TEXT)
def test_each_character_of_a_scan_leads_back_to_one_that_folds_to_it(text):
    scanned = scan(text)
    for at, folded in enumerate(scanned.folded):
        start, end = scanned.span(at, at + 1)
        assert end == start + 1
        if folded != " ":
            assert folded in fold_character(text[start])


@given(MIXED_TEXT)
def test_a_scan_folds_alike_whether_its_positions_shift_or_not(text):
    shifted = scan(f"\u200b{text}")
    assert shifted.folded == scan(text).folded
