"""A claim's own address opens its words in their sentence, and what else is said."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect
from reader import serving, visiting

from incidents.coding.anchors import anchor, text_sha256

pytestmark = pytest.mark.browser

QUOTE = "killed 20 people"
TEXT = (
    "Officials <script>window.hit=1</script> said that gunmen killed 20 people in the town. "
    "They named 12 civilians killed and 5 police killed."
)
INCIDENT = """
[[incidents]]
id = "attack"
title = "An attack"
event_type = "Battles"
sub_event_type = "Armed clash"
date_start = 2026-02-02
place_id = "pcode:PK205"
"""


def coded(source_id: str, text: str, *, sha256: str = "") -> str:
    claims = ""
    figures = [(QUOTE, "total", 20), ("12 civilians killed", "civilians", 12)]
    figures.append(("5 police killed", "police", 5))
    for number, (quote, group, count) in enumerate(figures, 1):
        (place,) = anchor(text, quote)
        claims += f"""
[[claims]]
id = "0{number}"
incident = "attack"
quote = "{quote}"
paragraph = 1
char_start = {place.char_start}
char_end = {place.char_end}
casualty_type = "killed"
victim_group = "{group}"
count = {count}
qualifier = "exact"
place_id = "pcode:PK205"
date_start = 2026-02-02
claimant = "officials"
claimant_id = "officials-{source_id}"
claimant_type = "state"
claimant_kind = "anonymous"
"""
    head = f'[source]\ntitle = "[{source_id}]"\npublished_on = 2026-02-02\n'
    return f'{head}sha256 = "{sha256 or text_sha256(text)}"\n{claims}'


@pytest.fixture(scope="module")
def claim_address(tmp_path_factory):
    seeds: Path = tmp_path_factory.mktemp("seeds")
    texts: Path = tmp_path_factory.mktemp("texts")
    (seeds / "incidents.toml").write_text(INCIDENT, encoding="utf-8")
    for source_id in ("901-whole", "902-changed", "903-gone"):
        (seeds / f"{source_id}.toml").write_text(
            coded(source_id, f"{source_id}. {TEXT}"), encoding="utf-8"
        )
    (texts / "whole.txt").write_text(f"901-whole. {TEXT}", encoding="utf-8")
    changed = f"A correction.\n\n902-changed. {TEXT.replace('12 civilians', '13 civilians')}"
    (texts / "902.txt").write_text(changed, encoding="utf-8")
    with serving(INCIDENT_MAP_SEEDS=str(seeds), INCIDENT_MAP_TEXTS=str(texts)) as address:
        yield address


@pytest.fixture
def reader(browser, claim_address):
    with visiting(browser, claim_address) as visitor:
        yield visitor


def test_the_quote_is_marked_in_its_sentence(reader):
    page = reader.open("?claim=901-whole.01")
    expect(page.locator(".im-evidence mark")).to_have_text(QUOTE)
    expect(page.locator(".im-evidence blockquote").first).to_contain_text(
        "<script>window.hit=1</script> said that gunmen killed 20 people in the town."
    )
    expect(page.locator(".im-evidence")).to_contain_text("20 people killed, is not what")
    assert page.evaluate("window.hit") is None
    assert not reader.watched.outside


def test_a_changed_text_is_said_to_have_changed(reader):
    page = reader.open("?claim=902-changed.01")
    expect(page.locator(".im-evidence mark")).to_have_text(QUOTE)
    expect(page.locator(".im-changed")).to_contain_text("(902.txt) is not the one that was coded")
    page = reader.open("?claim=902-changed.02")
    expect(page.locator(".im-changed")).to_contain_text("no longer stand in it")
    expect(page.locator(".im-evidence mark")).to_have_count(0)
    expect(page.locator(".im-evidence blockquote").first).to_have_text("“12 civilians killed”")


def test_without_the_text_the_quote_stands_with_its_position(reader):
    page = reader.open("?claim=903-gone.03")
    expect(page.locator(".im-evidence blockquote").first).to_have_text("“5 police killed”")
    expect(page.locator(".im-evidence")).to_contain_text(re.compile(r"paragraph 1, characters \d+"))
    expect(page.locator(".im-evidence")).to_contain_text("not in the local library")


def test_from_one_claim_to_another_and_back_to_the_view(reader):
    page = reader.open("?casualty_type=killed&claim=901-whole.01")
    beside = page.locator(".im-others a")
    expect(beside).to_have_count(2)
    beside.first.click()
    expect(page.locator(".im-evidence-head")).to_contain_text("Claim 902-changed.01")
    page.get_by_text("Back to the view").click()
    expect(page.locator(".im-evidence")).to_have_count(0)
    expect(page).to_have_url(re.compile(r"\?casualty_type=killed$"))


def test_an_unknown_claim_is_a_notice(reader):
    page = reader.open("?claim=904-none.01")
    expect(page.get_by_text("nothing here has that name: claim=904-none.01")).to_be_visible()
    expect(page.locator(".im-evidence")).to_have_count(0)


def test_notices_stand_under_the_toll_and_with_the_source(reader):
    page = reader.open()
    page.locator(".im-tile > summary").first.click()
    expect(page.locator(".im-tile[open] .im-notices").first).to_contain_text("= 17")
    page.get_by_role("tab", name="Sources").click()
    expect(page.get_by_role("tabpanel").locator(".im-notices").first).to_contain_text("= 17")
