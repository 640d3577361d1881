"""Untrusted text becomes text, whatever it looks like."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.markup import element, escape_markdown

DASHBOARD = Path(__file__).parents[1] / "dashboard"


@given(st.text())
def test_no_text_can_open_a_tag_or_leave_an_attribute(text):
    made = str(element("p", text, css=text, title=text))
    assert re.fullmatch(
        r'<p class="[^"<>]*"( title="[^"<>]*")?>[^<>]*</p>', made
    ) or made.startswith("<p>")
    assert made.count("<") == 2


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "data:text/html,<b>", "//evil.test", "file:///etc/passwd", "ftp://a"],
)
def test_an_address_that_could_run_or_leak_is_refused(address):
    with pytest.raises(ValueError, match="address"):
        str(element("a", "Open", href=address))


def test_a_tag_that_is_not_the_pages_is_refused():
    with pytest.raises(ValueError, match="script"):
        str(element("script", "alert(1)"))


def test_marks_that_turn_the_reading_direction_are_taken_out_and_urdu_joiners_stay():
    assert str(element("p", "a\u202eb\u200cc")) == "<p>a b\u200cc</p>"


@given(st.text())
def test_escaped_markdown_holds_no_bare_punctuation(text):
    assert not re.search(r"(?<!\\)(?:\\\\)*[\[\]<>*_`!#:$|]", escape_markdown(text))


@pytest.mark.parametrize("path", sorted(DASHBOARD.rglob("*.py")), ids=lambda p: p.name)
def test_raw_html_is_made_in_one_module_only(path):
    text = path.read_text(encoding="utf-8")
    assert "unsafe_allow_html" not in text
    assert "unsafe_allow_javascript" not in text
    assert "components.v1.html" not in text
    if path.name != "markup.py":
        assert "st.html(" not in text


@pytest.mark.parametrize("path", sorted(DASHBOARD.rglob("*.py")), ids=lambda p: p.name)
def test_no_module_of_the_page_has_the_name_of_another_package(path):
    import importlib.metadata
    import sys

    taken = set(sys.stdlib_module_names) | set(importlib.metadata.packages_distributions())
    taken -= {"dashboard"}
    assert path.stem.startswith("__") or path.stem not in taken
