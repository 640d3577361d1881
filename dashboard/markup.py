"""The one place where the page makes HTML: every text in it is escaped, always.

Streamlit's Markdown would fetch pictures that a quote names and its raw HTML would run
what a title holds, so records are shown through `Element`: text goes in as text, tags
and classes come from this package alone.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import streamlit as st

_HERE = Path(__file__).parent
# Controls and the marks that turn the reading direction of what follows them; the
# joiners stay, Urdu needs them.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]"
)
_TAGS = frozenset(
    """a article blockquote caption cite dd details div dl dt figcaption footer h1 h2 h3 h4 header
    img li mark ol p pre section small span strong summary table tbody td th thead time tr
    ul""".split()
)
_ATTRIBUTES = frozenset(
    """alt aria-label class colspan data-label dir href id lang open rel role scope src tabindex
    title""".split()
)


@dataclass(frozen=True)
class Element:
    """A tag with its attributes and what stands inside: elements, or text to be escaped."""

    tag: str
    inside: tuple[Element | str, ...] = ()
    attributes: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        if self.tag not in _TAGS:
            raise ValueError(
                f"tag {self.tag!r} is not one of the page's: {', '.join(sorted(_TAGS))}"
            )
        said = ""
        for name, value in self.attributes.items():
            if name not in _ATTRIBUTES:
                raise ValueError(f"attribute {name!r} is not one of the page's")
            if name in ("href", "src") and not _is_local_or_web(value):
                raise ValueError(f"address {value!r} is neither of this page nor http(s)")
            said += f' {name}="{html.escape(plain(value))}"'
        if self.tag == "img":
            return f"<img{said}>"
        inside = "".join(
            str(part) if isinstance(part, Element) else html.escape(plain(part))
            for part in self.inside
        )
        return f"<{self.tag}{said}>{inside}</{self.tag}>"


def element(tag: str, *inside: Element | str | None, css: str = "", **attributes: str) -> Element:
    """Make an element; `css` is its class, `aria_label` and the like become `aria-label`.

    Examples
    --------
    >>> str(element("p", "1 < 2 <script>", css="quote"))
    '<p class="quote">1 &lt; 2 &lt;script&gt;</p>'
    """
    named = {name.replace("_", "-"): value for name, value in attributes.items() if value}
    if css:
        named = {"class": css} | named
    return Element(tag, tuple(part for part in inside if part is not None and part != ""), named)


def plain(text: str) -> str:
    """Take out controls and the marks that turn the reading direction."""
    return _UNSEEN.sub(" ", text)


def escape_markdown(text: str) -> str:
    r"""Return text that Streamlit's Markdown shows as it stands, for labels of widgets.

    Examples
    --------
    >>> escape_markdown("![x](http://a) :red[b]")
    '\\!\\[x\\]\\(http\\:\\/\\/a\\) \\:red\\[b\\]'
    """
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", plain(text))


def show(*elements: Element | None) -> None:
    """Put elements on the page, if there are any."""
    if said := "".join(str(e) for e in elements if e is not None):
        st.html(said)


def show_style(name: str = "page.css") -> None:
    """Put one of the package's own style sheets on the page."""
    st.html(_HERE / name)


def table(head: Iterable[str], rows: Iterable[Element], **attributes: str) -> Element:
    """Return a table with a line of headings, in a box that scrolls when it is wide."""
    return element(
        "div",
        element(
            "table",
            element("thead", element("tr", *(element("th", h, scope="col") for h in head))),
            element("tbody", *rows),
        ),
        css="im-table",
        **attributes,
    )


def join(parts: Iterable[Element | str], between: str) -> list[Element | str]:
    """Put a text between parts."""
    joined: list[Element | str] = []
    for part in parts:
        joined += [between, part] if joined else [part]
    return joined


def _is_local_or_web(address: str) -> bool:
    return address.startswith(("?", "#", "http://", "https://", "data:image/svg+xml;base64,"))
