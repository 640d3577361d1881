"""What a reviewer does to single claims, in a real browser: by mouse, by fields, and beside another."""

import re

import pytest
from playwright.sync_api import Page, expect
from reader import serving, visiting
from reviewing import (
    accept_all,
    at_rest,
    card,
    correct_figure,
    find,
    open_add,
    paste,
    text_frame,
)

pytestmark = pytest.mark.browser

BLAST = """Blast wounds nine near Khuzdar bazaar
Published February 20, 2026
KHUZDAR: A roadside bomb wounded nine people near the bazaar in Khuzdar on Thursday, police said.
The same blast left nine persons hurt, a doctor said in the evening.
Two goats died as well, and a shopkeeper is still being looked for.
"""
URDU = (
    "پشین میں دھماکہ\n"
    "پشین: پولیس کے مطابق جمعہ کو پشین کے بازار میں دھماکے سے تین افراد زخمی ہو گئے۔\n"
)


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    with serving(INCIDENT_MAP_DATA_DIR=str(tmp_path_factory.mktemp("library"))) as url:
        yield url


@pytest.fixture
def visitor(browser, address):
    with visiting(browser, address) as reader:
        yield reader


def choose(page: Page, label: str, option: str) -> None:
    """Pick an option of a field as a person does: open it, write, take what is offered."""
    at_rest(page)
    field = page.get_by_role("combobox", name=label, exact=True)
    field.click()
    field.fill(option)
    page.get_by_role("option", name=re.compile(re.escape(option), re.IGNORECASE)).first.click()
    at_rest(page)


def write_day(page: Page, label: str, digits: str) -> None:
    at_rest(page)
    page.get_by_role("spinbutton", name=f"year, {label}").click()
    page.keyboard.type(digits)


def drag_over(page: Page, words: str) -> None:
    """Select words in the text with the mouse."""
    box = (
        text_frame(page)
        .locator(".text")
        .evaluate(
            """(text, words) => {
              const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
              for (let node = walker.nextNode(); node; node = walker.nextNode()) {
                const at = node.data.indexOf(words);
                if (at < 0) continue;
                node.parentElement.scrollIntoView({ block: "center" });
                const range = document.createRange();
                range.setStart(node, at);
                range.setEnd(node, at + words.length);
                const boxes = [...range.getClientRects()];
                const [a, b] = [boxes[0], boxes[boxes.length - 1]];
                const rtl = text.dir === "rtl";
                return {
                  from: [rtl ? a.right - 1 : a.left + 1, (a.top + a.bottom) / 2],
                  to: [rtl ? b.left + 1 : b.right - 1, (b.top + b.bottom) / 2],
                };
              }
              return null;
            }""",
            words,
        )
    )
    frame = page.locator("iframe[title*='text_review']").first.bounding_box()
    (x, y), (to_x, to_y) = box["from"], box["to"]
    page.mouse.move(frame["x"] + x, frame["y"] + y)
    page.mouse.down()
    page.mouse.move(frame["x"] + to_x, frame["y"] + to_y, steps=6)
    page.mouse.up()


@pytest.mark.slow
def test_claims_are_merged_split_placed_rejected_and_added_with_the_mouse(visitor):
    page = open_add(visitor)
    paste(page, BLAST)
    frame = text_frame(page)
    expect(frame.locator(".card").first).to_be_visible()
    before = frame.locator(".card").count()

    card(page, "nine people").first.click()
    page.get_by_role("button", name="Merge").click()
    choose(page, "Says the same as", "nine persons")
    page.get_by_role("button", name="Make one claim of both").click()
    expect(frame.locator(".card")).to_have_count(before - 1)

    page.get_by_role("button", name="Split").click()
    page.get_by_role("button", name="Split in two").click()
    expect(frame.locator(".card")).to_have_count(before)
    expect(card(page, "8 people injured")).to_have_count(1)

    choose(page, "Place", "Wadh")
    expect(frame.locator(".card[aria-selected=true]")).to_contain_text("Wadh")
    expect(page.locator(".im-receipt").first).to_contain_text("In the text: “Khuzdar”, matched")
    choose(page, "Incident", "a new incident")
    made = page.locator(".st-key-feed p", has_text="incident id")
    expect(made).to_have_count(1)

    card(page, "8 people injured").click()
    frame.get_by_role("button", name=re.compile("Reject")).click()
    frame.get_by_label("Why is it rejected?").fill("misread")
    frame.locator(".reason button").click()
    expect(frame.locator(".card.rejected")).to_contain_text("misread")
    feed = page.locator(".st-key-feed")
    expect(feed.locator("p").first).to_contain_text("misread")
    at_rest(page)
    feed.locator("button", has_text="Undo").first.click()
    expect(frame.locator(".card.rejected")).to_have_count(0)

    drag_over(page, "a shopkeeper is still being looked for")
    frame.get_by_role("button", name=re.compile("Add as a claim")).click()
    expect(frame.locator(".card[aria-selected=true] q")).to_have_text(
        "a shopkeeper is still being looked for"
    )
    choose(page, "What befell them", "missing")
    expect(frame.locator(".card[aria-selected=true]")).to_contain_text("missing")
    assert visitor.watched.errors == []
    assert visitor.watched.outside == []


def test_a_reload_loses_nothing_that_was_read_and_what_is_discarded_comes_back(visitor):
    page = open_add(visitor)
    page.locator(".st-key-pasted textarea").fill(BLAST.replace("Khuzdar", "Surab"))
    page.locator(".st-key-read button").click()
    outlet = page.get_by_role("textbox", name="Outlet")
    for name in ("The Daily", "The Weekly", "The Daily"):
        outlet.fill(name)
        outlet.press("Enter")
        at_rest(page)
    page.reload()
    expect(page.get_by_role("textbox", name="Outlet")).to_have_value("The Daily")
    page.get_by_role("button", name="Discard").click()
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_role("textbox", name="Outlet")).to_have_value("The Daily")
    find(page)
    expect(page.locator(".im-review-head")).to_contain_text("The Daily")

    page.get_by_role("button", name="About the report").click()
    write_day(page, "Published on", "20260227")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_test_id("stAlert").first).to_contain_text("changed their days")
    expect(card(page, "9 people").nth(1)).to_contain_text("26 February 2026")


@pytest.mark.slow
def test_of_two_reviewers_on_one_claim_the_second_is_told(visitor):
    page = open_add(visitor, name="amna")
    paste(page, BLAST.replace("Khuzdar", "Mastung").replace("KHUZDAR", "MASTUNG"))
    source = page.url.partition("?")[2]
    other = open_add(visitor, f"?{source}", name="bilal")
    for one in (page, other):
        card(one, "nine people").first.click()
    correct_figure(other, "9", "8")
    expect(card(other, "8 people injured")).to_have_count(1)
    text_frame(page).get_by_role("button", name=re.compile("Accept")).click()
    expect(page.get_by_test_id("stAlert").first).to_contain_text("bilal corrected 1 draft")
    expect(card(page, "8 people injured")).to_have_count(1)
    expect(text_frame(page).locator(".card.accepted")).to_have_count(0)
    at_rest(page)
    accept_all(page)


def test_urdu_is_read_from_right_to_left_and_coded_by_hand_to_the_map(visitor):
    page = open_add(visitor)
    page.locator(".st-key-pasted textarea").fill(URDU)
    page.locator(".st-key-read button").click()
    expect(page.locator(".im-article")).to_have_attribute("dir", "rtl")
    expect(page.get_by_text(re.compile("not read automatically|marked by hand"))).to_be_visible()
    find(page)
    frame = text_frame(page)
    expect(frame.locator(".text")).to_have_attribute("dir", "rtl")
    drag_over(page, "تین افراد زخمی")
    frame.get_by_role("button", name=re.compile("Add as a claim")).click()
    expect(frame.locator(".card[aria-selected=true] q")).to_have_text("تین افراد زخمی")
    choose(page, "What befell them", "injured")
    correct_figure(page, "", "3")
    expect(card(page, "3 people injured")).to_have_count(1)
    choose(page, "Place", "Pishin")
    write_day(page, "First day", "20260220")
    # The calendar closes, and the day counts.
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    expect(frame.locator(".card[aria-selected=true]")).to_contain_text("20 February 2026")
    at_rest(page)
    expect(frame.locator(".card")).to_contain_text("in Pishin")
    frame.get_by_role("button", name=re.compile("Accept")).click()
    expect(frame.locator(".card.accepted")).to_contain_text("3 people injured")
