"""A source whose every text is an attack is shown as text, and runs nowhere."""

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import expect
from reader import district_map, serving, visiting

pytestmark = pytest.mark.browser

POISON = (
    "<img src=x onerror=window.hit=1><script>window.hit=1</script> ${window.hit=1} "
    "{{7*7}} {% for x in y %} ![p](http://evil.test/p.png) [l](javascript:window.hit=1) `:red[x]`"
)
QUOTE = "<b>nine</b> killed {{7*7}} ${1} ![x](http://evil.test/q)"


def poisoned_folder(seeds_folder: Path, folder: Path, touched: Path) -> Path:
    shutil.copytree(seeds_folder, folder)
    # What a template engine would run, were it given the text.
    server = "{{ cycler.__init__.__globals__.os.system('touch " + str(touched) + "') }}"
    (folder / "900-poison-2026-02-02.toml").write_text(
        f"""
[source]
title = '''{POISON} {server}'''
outlet = '''{POISON}'''
agency = '''{POISON}'''
published_on = 2026-02-02
language = "en"
sha256 = "{"0" * 64}"
note = '''{POISON}'''

[[claims]]
id = "01"
incident = "2026-01-31-gwadar-camp"
quote = '''{QUOTE}'''
paragraph = 1
char_start = 0
char_end = {len(QUOTE)}
casualty_type = "killed"
victim_group = "civilians"
count = 9
qualifier = "exact"
place = '''{POISON}'''
place_id = "pcode:PK205"
date_start = 2026-01-31
claimant = '''{POISON} {server}'''
claimant_id = "poison"
claimant_type = "unknown"
claimant_kind = "nobody"
note = '''{POISON}'''
""",
        encoding="utf-8",
    )
    return folder


def test_poisoned_texts_are_shown_as_they_are_and_run_nothing(browser, seeds_folder, tmp_path):
    touched = tmp_path / "ran-on-the-server"
    folder = poisoned_folder(seeds_folder, tmp_path / "seeds", touched)
    with (
        serving(INCIDENT_MAP_SEEDS=str(folder)) as address,
        visiting(browser, address) as reader,
    ):
        page = reader.open("?at=Gwadar&measure=killed&claim=900-poison-2026-02-02.01")
        expect(page.locator(".st-key-area")).to_contain_text("<b>nine</b> killed {{7*7}} ${1}")
        expect(page.locator(".st-key-area")).to_contain_text("onerror=window.hit=1")
        for tab in page.get_by_role("tab").all():
            tab.click()
            page.wait_for_timeout(300)
        district_map(page).locator("path[data-pcode=PK205]").hover()
        for details in page.locator("details > summary").all()[:12]:
            if details.is_visible():
                details.click()
        page.wait_for_timeout(1000)
        assert page.evaluate("window.hit") is None
        assert reader.watched.outside == []
        assert page.locator("img[src^='http']").count() == 0
    assert not touched.exists()
