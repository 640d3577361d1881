"""What a reviewer does on the page “Add a report”."""

from playwright.sync_api import Page, expect
from reader import Visitor, fills


def text_frame(page: Page):
    return page.frame_locator("iframe[title*='text_review']").first


def idle(page: Page) -> None:
    page.wait_for_function(
        "() => { const app = document.querySelector('[data-testid=stApp]');"
        " return app && app.getAttribute('data-test-script-state') !== 'running'; }"
    )


def at_rest(page: Page) -> None:
    """Wait until a run that a click in the frame has just asked for is over too."""
    idle(page)
    page.wait_for_timeout(400)
    idle(page)


def open_add(visitor: Visitor, query: str = "", name: str = "amna") -> Page:
    page = visitor.context.new_page()
    page.on("pageerror", lambda error: visitor.watched.errors.append(str(error)))
    page.goto(f"{visitor.address}/add{query}")
    field = page.locator(".st-key-reviewer input")
    field.fill(name)
    field.press("Enter")
    idle(page)
    return page


def paste(page: Page, text: str) -> None:
    page.locator(".st-key-pasted textarea").fill(text)
    page.locator(".st-key-read button").click()
    find(page)


def upload(page: Page, name: str, content: bytes) -> None:
    page.locator(".st-key-file input[type=file]").set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    )
    find(page)


def find(page: Page) -> None:
    page.locator(".st-key-find button").click()
    text_frame(page).locator(".card, .empty").first.wait_for()


def card(page: Page, title: str):
    return text_frame(page).locator(".card", has_text=title)


def accept_all(page: Page) -> None:
    button = page.locator(".st-key-accept-all button")
    expect(button).to_have_count(1)
    button.click()
    expect(text_frame(page).locator(".card.linked")).to_have_count(0)
    expect(text_frame(page).locator(".card.accepted").first).to_be_visible()


def correct_figure(page: Page, now: str, then: str) -> None:
    at_rest(page)
    figure = page.get_by_label("Figure")
    expect(figure).to_have_count(1)
    expect(figure).to_have_value(now)
    figure.fill(then)
    figure.press("Enter")


def painted(visitor: Visitor, query: str = "") -> dict[str, str]:
    page = visitor.open(query)
    found = fills(page)
    page.close()
    return found
