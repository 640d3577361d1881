"""A coded document is held against its text."""

import pytest

from incidents.coding.anchors import text_sha256
from incidents.coding.proof import main, misfits, numbers_in
from incidents.coding.seeds import load_document

TEXT = "Report\n\nIn Quetta, two officers died at 3am. Nobody knew more.\n"
CODED = """
[source]
title = "[A report]"
sha256 = "{sha256}"

[defaults]
date_start = 2026-02-02

[[claims]]
id = "01"
incident = "quetta"
quote = "two officers died"
paragraph = 2
char_start = 19
char_end = 36
casualty_type = "killed"
victim_group = "police"
count = 2
qualifier = "exact"
place = "Quetta"
claimant = "not said"
claimant_id = "unattributed-005"
claimant_type = "unknown"
claimant_kind = "nobody"

[[not_casualties]]
text = "3am"
paragraph = 2
char_start = 40
char_end = 43
reason = "A time of day."
"""


@pytest.fixture
def coded(tmp_path):
    def write(old="", new=""):
        path = tmp_path / "005-report-2026-02-02.toml"
        content = CODED.format(sha256=text_sha256(TEXT))
        assert old in content
        path.write_text(content.replace(old, new) if old else content, encoding="utf-8")
        return path

    return write


def test_a_document_that_fits_its_text_has_no_misfits(coded):
    assert misfits(load_document(coded()), TEXT) == []


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"two officers died"', '"two officers dead"', "not 'two officers dead'"),
        ("char_start = 40\nchar_end = 43", "char_start = 41\nchar_end = 44", "stands 'am.'"),
        (
            "paragraph = 2\nchar_start = 19",
            "paragraph = 3\nchar_start = 19",
            "in paragraph 2, not 3",
        ),
        ("char_start = 19\nchar_end = 36\n", "", "has no paragraph, char_start or char_end"),
    ],
)
def test_words_that_do_not_stand_where_the_coding_says_are_named(coded, old, new, message):
    found = misfits(load_document(coded(old, new)), TEXT)
    assert message in found[0]


def test_a_number_that_nobody_coded_is_named(coded):
    path = coded(CODED[CODED.index("[[not_casualties]]") :])
    found = misfits(load_document(path), TEXT)
    assert found == [
        "Paragraph 2, character 40: the number '3' is neither in a figure's quote nor listed in "
        "not_casualties."
    ]


def test_another_text_is_told_by_its_hash_alone(coded):
    found = misfits(load_document(coded()), TEXT + " ")
    assert len(found) == 1
    assert "not the one that was coded" in found[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("thirty-seven", ["thirty", "seven"]),
        ("One of 1,200 on 2026-01-31", ["One", "1,200", "2026", "01", "31"]),
        ("dozens, a few, hundreds of thousands", ["dozens", "few", "hundreds", "thousands"]),
        ("someone, often, tension, stone, weight", []),
        ("۱۲ ہلاک", ["۱۲"]),
    ],
)
def test_numbers_are_found_as_digits_and_as_words(text, expected):
    assert [text[start:end] for start, end in numbers_in(text)] == expected


def test_the_command_ends_with_1_where_something_does_not_hold(coded, tmp_path, capsys):
    text = tmp_path / "text.txt"
    text.write_bytes(TEXT.encode())
    assert main([str(coded()), str(text)]) == 0
    assert capsys.readouterr().out == "Everything holds.\n"
    text.write_bytes(TEXT.upper().encode())
    assert main([str(coded()), str(text)]) == 1
    assert main([]) == 2
