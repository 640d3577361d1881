"""From an article to a changed map, in a real browser: paste or upload, correct, accept, undo."""

import re

import pytest
from documents import docx_of, pdf_of
from playwright.sync_api import expect
from reader import district_map, serving, settled, visiting
from reviewing import (
    accept_all,
    card,
    correct_figure,
    find,
    open_add,
    painted,
    paste,
    text_frame,
    upload,
)

pytestmark = pytest.mark.browser

KOHLU, HARNAI, AWARAN, WASHUK = "PK216", "PK206", "PK201", "PK230"

PASTED = """Grenade wounds six at Kohlu bus stop
Published February 20, 2026
KOHLU: A hand grenade thrown at a bus stop wounded six people in Kohlu on Thursday, police said.
A shopkeeper among the injured lost a hand, a doctor told reporters.
"""
UPLOADED = [
    "Three road workers killed near Awaran",
    "Published February 21, 2026",
    "AWARAN: Gunmen shot and killed three road workers near Awaran on Friday, officials said.",
]


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    return tmp_path_factory.mktemp("library")


@pytest.fixture(scope="module")
def address(library):
    with serving(INCIDENT_MAP_DATA_DIR=str(library)) as url:
        yield url


@pytest.fixture
def visitor(browser, address):
    with visiting(browser, address) as reader:
        yield reader


def test_a_pasted_article_is_corrected_accepted_and_shown_on_the_map(visitor):
    page = open_add(visitor)
    paste(page, PASTED)
    card(page, "6 people injured").last.click()
    correct_figure(page, "6", "7")
    expect(card(page, "7 people injured")).to_have_count(1)
    accept_all(page)
    page.get_by_role("link", name="See it on the map").click()
    settled(page)
    expect(page.locator(".im-line")).to_contain_text("1 report ·")
    expect(district_map(page).locator(f"path[data-pcode={KOHLU}]")).to_have_attribute(
        "data-fill", re.compile("class-")
    )
    page.goto(f"{visitor.address}/?at=Kohlu")
    settled(page)
    page.locator(".st-key-area a", has_text="Open").first.click()
    page.locator(".im-evidence").wait_for()
    settled(page)
    expect(page.locator(".im-evidence")).to_contain_text("the quote stands where")
    page.locator(".st-key-source input").click()
    expect(page.get_by_role("option", name=re.compile("2026-02-20"))).to_have_count(1)
    assert visitor.watched.outside == []
    assert visitor.watched.errors == []


def test_an_acceptance_is_undone_and_redone_and_the_map_follows(visitor):
    page = open_add(visitor)
    assert painted(visitor)[HARNAI] == "no_report"
    paste(page, PASTED.replace("Kohlu", "Harnai").replace("KOHLU", "HARNAI"))
    accept_all(page)
    feed = page.locator(".st-key-feed")
    expect(feed.locator("p").first).to_contain_text("accepted")
    feed.locator("button", has_text="Undo").first.click()
    expect(feed.locator("p").first).to_contain_text("undid")
    assert painted(visitor)[HARNAI] == "no_report"
    feed.locator("button", has_text="Redo").first.click()
    expect(feed.locator("p").first).to_contain_text("redid")
    assert painted(visitor)[HARNAI].startswith("class-")


@pytest.mark.parametrize(
    ("kind", "place", "pcode"), [("pdf", "Awaran", AWARAN), ("docx", "Washuk", WASHUK)]
)
def test_an_uploaded_file_changes_the_map(visitor, kind, place, pcode):
    lines = [line.replace("Awaran", place).replace("AWARAN", place.upper()) for line in UPLOADED]
    content = pdf_of(lines) if kind == "pdf" else docx_of(lines)
    page = open_add(visitor)
    upload(page, f"report.{kind}", content)
    accept_all(page)
    assert painted(visitor)[pcode].startswith("class-")


@pytest.mark.slow
def test_the_same_document_twice_is_noticed_and_opens_the_first(visitor):
    page = open_add(visitor)
    text = PASTED.replace("Kohlu", "Dalbandin").replace("KOHLU", "DALBANDIN")
    paste(page, text)
    again = open_add(visitor)
    again.locator(".st-key-pasted textarea").fill(text)
    again.locator(".st-key-read button").click()
    expect(again.get_by_text("The same text is here already")).to_be_visible()
    expect(again.locator(".st-key-find button")).to_be_disabled()
    again.get_by_role("link", name="Open it").click()
    text_frame(again).locator(".card").first.wait_for()
    expect(card(again, "6 people injured").first).to_be_visible()


def test_what_cannot_be_read_is_refused_with_a_reason_and_nothing_is_stored(visitor):
    page = open_add(visitor)
    page.locator(".st-key-file input[type=file]").set_input_files(
        {"name": "scan.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4\nbroken"}
    )
    expect(page.get_by_text("Nothing was stored")).to_be_visible()


def test_by_keyboard_alone_a_claim_is_rejected_one_is_added_and_one_accepted(visitor):
    page = open_add(visitor)
    paste(
        page,
        "Police post attacked in Zhob\nPublished February 22, 2026\n"
        "ZHOB: Two policemen were killed and four others injured in Zhob on Saturday, police said.\n"
        "One villager is also dead after the raid.\n",
    )
    frame = text_frame(page)
    frame.locator(".cards").focus()
    page.keyboard.press("j")
    page.keyboard.press("k")
    first = frame.locator(".card[aria-selected=true] strong").inner_text()
    page.keyboard.press("r")
    page.keyboard.type("said of another day")
    page.keyboard.press("Enter")
    expect(frame.locator(".card.rejected")).to_contain_text(first)
    expect(frame.locator(".card.rejected")).to_contain_text("said of another day")
    frame.locator(".text").focus()
    for key in ("ArrowRight", "Shift+ArrowRight", "Shift+ArrowRight"):
        page.keyboard.press(key)
    words = page.frames[-1].evaluate("document.getSelection().toString().trim()")
    before = frame.locator(".card").count()
    page.keyboard.press("Enter")
    expect(frame.locator(".card")).to_have_count(before + 1)
    expect(frame.locator(".card[aria-selected=true]")).to_contain_text(words)
    page.keyboard.press("a")
    expect(frame.locator(".card.accepted")).to_have_count(1)
    page.keyboard.press("e")
    expect(page.locator(".st-key-claim-fields input:focus")).to_have_count(1)


def test_unsaved_work_survives_a_reload(visitor):
    page = open_add(visitor)
    paste(page, PASTED.replace("Kohlu", "Nok Kundi").replace("KOHLU", "NOK KUNDI"))
    correct_figure(page, "6", "9")
    expect(card(page, "9 people injured")).to_have_count(1)
    page.reload()
    text_frame(page).locator(".card").first.wait_for()
    expect(card(page, "9 people injured")).to_have_count(1)
    assert "review=" in page.url


def test_a_poisoned_article_runs_nothing(visitor, tmp_path):
    touched = tmp_path / "ran-on-the-server"
    attack = (
        "<img src=x onerror=window.hit=1><script>window.hit=1</script> ${window.hit=1} "
        "{{ cycler.__init__.__globals__.os.system('touch " + str(touched) + "') }} "
        "![p](http://evil.test/p.png) [l](javascript:window.hit=1) :red[x]"
    )
    page = open_add(visitor)
    paste(
        page,
        f"{attack} five killed in Loralai\nPublished February 23, 2026\n"
        f"LORALAI: Gunmen killed five <b>labourers</b> {attack} in Loralai on Sunday, {attack} said.\n",
    )
    expect(text_frame(page).locator(".text")).to_contain_text("{{ cycler.__init__")
    expect(text_frame(page).locator(".text")).to_contain_text("${window.hit=1}")
    accept_all(page)
    page.get_by_role("link", name="See it on the map").click()
    settled(page)
    page.wait_for_timeout(500)
    for frame in page.frames:
        assert frame.evaluate("window.hit") is None
    assert visitor.watched.outside == []
    assert page.locator("img[src^='http']").count() == 0
    assert not touched.exists()


def test_urdu_is_shown_from_right_to_left_and_coded_by_hand(visitor):
    page = open_add(visitor)
    page.locator(".st-key-pasted textarea").fill(
        "پشین میں دھماکہ\nپشین: پولیس کے مطابق جمعہ کو پشین کے بازار میں دھماکے سے تین افراد زخمی ہو گئے۔\n"
    )
    page.locator(".st-key-read button").click()
    find(page)
    frame = text_frame(page)
    expect(frame.locator(".text")).to_have_attribute("dir", "rtl")
    expect(frame.locator(".empty")).to_be_visible()
