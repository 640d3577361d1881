"""A web page as a tree, without what a reader of the page does not see.

A page can hold "500 killed" in an element that no browser shows. Such elements are taken
out before anything is read from the page.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

# lxml has no types of its own; its elements are Any here.
import lxml.html  # type: ignore[import-untyped]

from incidents.reading import hiding, limits
from incidents.reading.parts import row_line
from incidents.reading.refusals import DocumentRefusedError
from incidents.reading.selectors import Hold

Element = Any
"""An `lxml.html.HtmlElement`."""

_NEVER_SHOWN = (
    "template", "noscript", "script", "style", "head", "svg", "iframe", "object", "embed", "canvas",
    "audio", "video", "map", "input", "select", "textarea", "button", "datalist", "dialog",
    "amp-ad", "amp-embed", "amp-sidebar",
    # Struck out by the author: no longer said.
    "del", "s", "strike",
)  # fmt: skip
_WHITE = re.compile(
    r"(?<![\w-])color\s*:\s*(?:white|#f{3,4}\b|#f{6}(?:f{2})?\b|rgba?\(\s*255[\s,]+255[\s,]+255)",
    re.IGNORECASE,
)
# Tailwind's and Bootstrap's ways of showing on wider screens what is hidden on narrow ones.
_SHOWN_AGAIN = re.compile(
    r":(?:block|inline|flex|grid|table|visible)|^d-\w+-(?:block|inline|flex|table)"
)
_STRUCK_OUT = frozenset({"del", "s", "strike"})
# Of what may be hidden in these nobody need be told: it is no article.
_APART = frozenset({"nav", "aside", "footer", "form"})
_WHITE_NAMES = {"white", "#fff", "#ffffff"}
_BACKGROUND = re.compile(r"background", re.IGNORECASE)
# A document type with declarations of its own, which the HTML parser takes for words.
_DECLARATIONS = re.compile(r"<!DOCTYPE\b[^>\[]*\[(?P<inside>.*?)\]\s*>", re.IGNORECASE | re.DOTALL)
_ENTITY = re.compile(r"<!ENTITY\s+(?:%\s*)?([\w:.-]+)", re.IGNORECASE)
# libxml2 drops what lies deeper (2,048 levels), so there the page would be read in part.
_PARSED_DEPTH = 2_000
_LONG_CELL = 400
_MOST_COLUMNS = 30


def parse(text: str) -> Element:
    """Return the root of a page; deep nests of empty wrappers are flattened.

    Raises
    ------
    DocumentRefusedError
        If nothing is left of the page, or it nests deeper than any page of text.
    """
    # An XML declaration in a text that is already decoded would name a wrong encoding.
    parser = lxml.html.HTMLParser(
        huge_tree=True, remove_comments=True, remove_pis=True, encoding="utf-8"
    )
    text = _without_declarations(re.sub(r"^\s*<\?xml[^>]*\?>", "", text))
    data = text.encode("utf-8", "replace")
    try:
        root = lxml.html.document_fromstring(data, parser=parser)
    except (lxml.etree.ParserError, lxml.etree.XMLSyntaxError) as error:
        raise DocumentRefusedError(
            f"a web page without content ({error})",
            "a page with an article",
            "Open it in a browser, select the article and paste it.",
        ) from None
    deepest = _depth(root)
    if deepest < _PARSED_DEPTH:
        _flatten(root)
        deepest = _depth(root)
    if deepest > limits.MAX_TREE_DEPTH:
        at_least = "at least " if deepest >= _PARSED_DEPTH else ""
        raise DocumentRefusedError(
            f"a web page that nests {at_least}{deepest:,} elements into each other",
            f"at most {limits.MAX_TREE_DEPTH}",
            "Open it in a browser, select the article and paste it.",
        )
    return root


def _without_declarations(text: str) -> str:
    """Take out a document type's own declarations and the entities that they declare.

    What such an entity stands for may be a file of this machine; nothing is put in its place.
    """
    found = _DECLARATIONS.search(text)
    if found is None:
        return text
    names = {re.escape(name) for name in _ENTITY.findall(found["inside"])}
    rest = text[: found.start()] + text[found.end() :]
    return re.sub(rf"&(?:{'|'.join(sorted(names))});", "", rest) if names else rest


def drop(element: Element) -> None:
    """Take an element out of its tree; what follows it stays."""
    if element.getparent() is not None:
        element.drop_tree()


class Unseen(NamedTuple):
    """What a page holds that its reader does not see, or perhaps not."""

    left_out: tuple[str, ...] = ()
    """The words of each passage that was taken out."""
    doubtful: tuple[str, ...] = ()
    """The words of passages that may be hidden by rules that cannot be judged here."""


def drop_unseen(root: Element) -> Unseen:
    """Take out what a reader of the page does not see; return its words.

    Hidden are: elements that no browser shows, `hidden`, `aria-hidden`, inline styles and
    rules of the page's own style sheets that hide, text without size, and white text on no
    background of its own.
    """
    rules = hiding.HidingRules(root)
    left_out, doubtful = [], []
    for element in list(root.iter()):
        if not isinstance(element.tag, str) or element.tag in {"html", "body"}:
            continue
        if element.tag in _NEVER_SHOWN:
            shown = element.tag == "dialog" and "open" in element.attrib
            if not shown:
                if element.tag in _STRUCK_OUT:
                    left_out += _words(element)
                drop(element)
            continue
        held = Hold.YES if _is_hidden(element, rules.variables) else rules.hold(element)
        if held == Hold.YES:
            left_out += _words(element)
            drop(element)
        elif held == Hold.MAYBE and not _APART & {element.tag, *_tags_around(element)}:
            doubtful += _words(element)
    return Unseen(tuple(left_out), tuple(doubtful))


def _words(element: Element) -> list[str]:
    words = " ".join("".join(element.itertext()).split())
    return [words] if words else []


def _tags_around(element: Element) -> Iterator[str]:
    return (around.tag for around in element.iterancestors())


def unwrap_layout(root: Element) -> None:
    """Turn tables that only arrange a page into plain blocks; tables of data stay."""
    for table in list(root.iter("table")):
        cells = list(table.iter("td", "th"))
        if any(_arranges(cell) for cell in cells):
            for element in (table, *table.iter("tbody", "thead", "tfoot", "tr", "td", "th")):
                element.tag = "div"


def square_tables(root: Element) -> None:
    """Give tables an empty cell where one of another row or column reaches, so columns match."""
    for table in root.iter("table"):
        reaching: dict[int, int] = {}
        for row in table.iter("tr"):
            if next(row.iterancestors("table"), None) is table:
                reaching = _square_row(row, reaching)


def _square_row(row: Element, reaching: dict[int, int]) -> dict[int, int]:
    """Fill up a row; take and return how many rows more are reached in which columns."""
    left = {at: rows - 1 for at, rows in reaching.items() if rows > 1}
    at = 0
    for cell in row.findall("*"):
        if cell.tag not in _CELLS:
            continue
        while reaching.pop(at, 0):
            cell.addprevious(lxml.html.Element("td"))
            at += 1
        wide, high = _span(cell, "colspan"), _span(cell, "rowspan")
        for _ in range(wide - 1):
            cell.addnext(lxml.html.Element("td"))
        if high > 1:
            left |= dict.fromkeys(range(at, at + wide), high - 1)
        at += wide
    for _ in reaching:
        row.append(lxml.html.Element("td"))
    return left


def _span(cell: Element, name: str) -> int:
    written = cell.get(name, "1").strip()
    return max(1, min(int(written), _MOST_COLUMNS)) if written.isdecimal() else 1


def _arranges(cell: Element) -> bool:
    blocks = sum(1 for _ in cell.iter("p", "h1", "h2", "h3", "div", "table", "ul", "ol"))
    broken = any(_breaks_twice(mark) for mark in cell.iter("br"))
    return blocks > 1 or broken or len("".join(cell.itertext())) > _LONG_CELL


def _breaks_twice(mark: Element) -> bool:
    """Whether a line's end is a paragraph's: another follows it at once."""
    following = mark.getnext()
    return following is not None and following.tag == "br" and not (mark.tail or "").strip()


def _is_hidden(element: Element, variables: Mapping[str, frozenset[str]]) -> bool:
    get = element.attrib.get
    style = hiding.plain_css(get("style", ""))
    classes = set(get("class", "").split())
    if classes & _unseen_names() and not any(_SHOWN_AGAIN.search(name) for name in classes):
        return True
    if "hidden" in element.attrib and get("hidden") != "until-found":
        return True
    if get("aria-hidden", "").lower() == "true" or (style and hiding.hides(style, variables)):
        return True
    if element.tag == "font" and get("size") == "0":
        return True
    white = _WHITE.search(style) or (
        element.tag == "font" and get("color", "").strip().lower() in _WHITE_NAMES
    )
    return bool(white) and not any(
        _BACKGROUND.search(e.attrib.get("style", "")) or "bgcolor" in e.attrib
        for e in (element, *element.iterancestors())
    )


@cache
def _unseen_names() -> frozenset[str]:
    data = tomllib.loads((files("incidents") / "data" / "teasers.toml").read_text("utf-8"))
    return frozenset(data["unseen"])


def _flatten(root: Element) -> None:
    """Join wrappers that hold nothing but one other wrapper, as deep as they go."""
    for element in list(root.iter("div", "span", "section", "font", "center", "b", "i")):
        only = element[0] if len(element) == 1 else None
        if (
            only is not None
            and only.tag == element.tag
            and not element.attrib
            and not (element.text or "").strip()
            and not (only.tail or "").strip()
            and element.getparent() is not None
        ):
            only.tail = element.tail
            element.getparent().replace(element, only)


def _depth(root: Element) -> int:
    deepest = depth = 0
    for event, _ in lxml.etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        deepest = max(deepest, depth)
    return deepest


_BLOCKS = frozenset((
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details",
    "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3",
    "h4", "h5", "h6", "header", "head", "hr", "item", "legend", "li", "list", "main", "nav",
    "ol", "p", "pre", "quote", "row", "section", "summary", "table", "tbody", "tfoot", "thead",
    "tr", "ul",
))  # fmt: skip
CONTAINERS = _BLOCKS - {"p", "pre", "li", "tr", "row", "item", "h1", "h2", "h3", "h4", "h5", "h6"}
"""Blocks that may hold a whole article."""
_ROWS = frozenset({"row", "tr"})
_CELLS = frozenset({"cell", "td", "th"})
_CELL_END = "\v"


def lines_of(root: Element) -> Iterator[str]:
    """Yield the text of a tree line by line: a block or a table's row is one line."""
    return (line for line, _ in placed_lines(root))


def placed_lines(root: Element) -> Iterator[tuple[str, Element]]:
    """Yield each line of a tree with the element in which it ends.

    Runs of white space are one blank, as a browser shows them; a row's cells are parted
    by bars. Works on HTML and on trafilatura's own tags.
    """
    line: list[str] = []
    rows: list[int] = []
    """Of each row around, how many cells have begun."""
    for event, element in lxml.etree.iterwalk(root, events=("start", "end")):
        tag = element.tag if isinstance(element.tag, str) else ""
        if (tag in _BLOCKS and (not rows or tag in _ROWS)) or (tag in {"br", "lb"} and not rows):
            # What comes before a block belongs to the element around it.
            yield from _line(line, element if event == "end" else element.getparent())
            line = []
        elif event == "start" and tag in _CELLS and rows:
            line += [_CELL_END] if rows[-1] else []
            rows[-1] += 1
        elif event == "start" and rows and tag in _BLOCKS | {"br", "lb"}:
            line.append(" ")
        if tag in _ROWS:
            rows = [*rows, 0] if event == "start" else rows[:-1]
        text = element.text if event == "start" else element.tail
        if text and not (event == "end" and element is root):
            line.append(text)
    yield from _line(line, root)


# White space of HTML; a no-break space is kept as read.
_SPACE = re.compile(r"[ \n\r\f\t]+")


def _line(parts: list[str], element: Element) -> Iterator[tuple[str, Element]]:
    cells = "".join(_CELL_END if part == _CELL_END else part.replace("\v", " ") for part in parts)
    text = row_line([_SPACE.sub(" ", cell).strip(" ") for cell in cells.split(_CELL_END)])
    if text.strip():
        yield text, element


def common_block(elements: list[Element]) -> Element:
    """Return the innermost element around all of some elements, and around none of them alone."""
    chains = [list(reversed(list(element.iterancestors()))) for element in elements]
    together = None
    for level in zip(*chains, strict=False):
        if any(element is not level[0] for element in level):
            break
        together = level[0]
    return together
