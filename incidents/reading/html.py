"""The article on a web page: its headline, its paragraphs, and what the page says of itself.

trafilatura chooses the article; before, everything that is not seen, and what belongs to
other articles, is taken out. The headline stands as the first paragraph of the text, for
headlines are read like the text.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from configparser import ConfigParser
from copy import deepcopy
from dataclasses import fields, replace
from functools import cache
from typing import Any

import trafilatura
from trafilatura.settings import DEFAULT_CONFIG

from incidents.reading import decoding, limits, page_tree, publication_day, teasers
from incidents.reading.attribution import known_outlet
from incidents.reading.headline import TITLE_SEPARATORS, folded, line_in_title
from incidents.reading.page_tree import Element
from incidents.reading.parts import Job, Parts, sample, storable
from incidents.reading.refusals import DocumentRefusedError, too_long

_CHARSET = re.compile(
    rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_.:-]+)""", re.IGNORECASE
)
_CHARSET_WITHIN = 4096
_SPACE = re.compile(r"\s+")
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,500}>")
# trafilatura drops what does not print, such as the joiners that Urdu needs or a zero-width
# space that must be flagged; letters of a script that no report uses carry them through.
_UNPRINTED = "\u00ad\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e" + (
    "\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069\ufeff"
)
_STAND_INS = "".join(chr(0x10380 + n) for n in range(len(_UNPRINTED)))  # Ugaritic, Old Persian
_OUT = str.maketrans(_UNPRINTED, _STAND_INS)
_BACK = str.maketrans(_STAND_INS, _UNPRINTED)

_DATE_FIELDS = (
    "article:published_time", "og:published_time", "datepublished", "pubdate", "publishdate",
    "publish-date", "publish_date", "published_time", "publication_date", "parsely-pub-date",
    "sailthru.date", "dc.date.issued", "dcterms.issued", "dc.date", "dcterms.date", "date",
    "citation_publication_date",
)  # fmt: skip
_SITE_FIELDS = (
    "og:site_name",
    "application-name",
    "publisher",
    "dc.publisher",
    "article:publisher",
)
_BYLINE_FIELDS = ("author", "article:author", "dc.creator", "byl", "parsely-author", "source")
_TITLE_FIELDS = ("og:title", "twitter:title", "dc.title")
_ARTICLE_TYPES = re.compile(r"Article|Report|BlogPosting")
_MARGIN_LINES = 60
_MARGIN_LINE_LENGTH = 160
_MAX_JSON_DEPTH = 12
_MIN_WORDS_OF_LINK = 4
_LONG_LINE = 40
_LONG_TITLE = 15
_BYLINE_LINES = 5
_MOST = 0.7
_MAX_CHOSEN_FROM = 300_000
"""Characters; beyond, trafilatura takes minutes, and no article is that long."""
_TRUSTED_SHARE = 0.33
"""A choice with less of the page's words than this is not believed."""
_WHOLE = frozenset({"html", "body", "main", "article"})
_CARDS = frozenset({"div", "li", "article", "section", "td"})
_PARAGRAPH = 80
"""Characters; a shorter paragraph may be the line under a headline."""
_CONTENT_TAGS = ("p", "li", "td", "blockquote", "h1", "h2", "h3")


def read(data: bytes, job: Job) -> Parts:
    """Return the article of a page.

    Raises
    ------
    DocumentRefusedError
        If the page holds no text, or is nested without end.
    """
    found = _CHARSET.search(data[:_CHARSET_WITHIN])
    declared = job.charset or (found[1].decode("ascii") if found else None)
    decoded = decoding.decode(data, declared)
    parts = article(decoded.text)
    return replace(parts, notices=decoded.notices + parts.notices)


def article(page: str) -> Parts:
    """Return the article of a page that is already text."""
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    page, damage = storable(page)
    root = page_tree.parse(page.translate(_OUT))
    metas = _metas(root)
    linked = list(_linked_data(root))
    language = (
        root.attrib.get("lang") or root.attrib.get("xml:lang") or _first(metas, ("og:locale",))
    )
    canonical = _canonical(root, metas)
    page_title = _text(root.find(".//title"))
    unseen = page_tree.drop_unseen(root)
    size = sum(len(text.encode("utf-8")) for text in root.itertext())
    if size > limits.MAX_TEXT_BYTES:
        raise too_long(size)
    times = [e.attrib.get("datetime", "") for e in root.iter("time") if _tells_publication(e)]
    marked = [
        e.attrib.get("content") or e.attrib.get("datetime") or _text(e)
        for e in root.xpath("//*[@itemprop='datePublished']")
    ]
    bylines = [_text(e) for e in root.xpath("//*[@rel='author' or @itemprop='author']")]
    bylines += [
        _text(e) for e in root.iter() if _classes(e) & {"byline", "author", "article-author"}
    ]
    site_names = [*_site_names(linked), *(metas[f] for f in _SITE_FIELDS if f in metas)]
    page_tree.unwrap_layout(root)
    page_tree.square_tables(root)
    title, shown = _headline(root, metas, linked, page_title, site_names)
    margin = [
        line for line in list(page_tree.lines_of(root))[:_MARGIN_LINES]
        if len(line) <= _MARGIN_LINE_LENGTH
    ]  # fmt: skip
    _drop_other_articles(root)
    lines = list(_article_lines(root, title))
    notices = [*damage]
    notices += _told(unseen)
    if described := _described(linked, lines):
        lines = described
        notices.append(
            "The page shows its text by a script; it was read from what the page says of itself to "
            "search engines. Compare with the page in a browser."
        )
    if title and not any(_holds(line, title) for line in lines[:3]):
        lines.insert(0, title)
        if not shown:
            notices.append("The page shows no headline; its title stands as the first paragraph.")
    if not lines:
        raise DocumentRefusedError(
            "a web page on which no article was found",
            "a page with an article",
            "Open it in a browser, select the article and paste it.",
        )
    dates = [d for item in linked for d in [item.get("datePublished")] if isinstance(d, str)]
    published = [*dates, *(metas[f] for f in _DATE_FIELDS if f in metas), *marked, *times]
    return _carried_back(
        Parts(
            text="\n".join(lines),
            title=title,
            site_names=tuple(site_names),
            bylines=(
                *_bylines(linked),
                *(metas[f] for f in _BYLINE_FIELDS if f in metas),
                *bylines,
            ),
            margin=tuple(margin),
            published=next((p for p in published if p), None),
            url=canonical,
            language=language,
            notices=tuple(notices),
        )
    )


def _described(linked: list[dict[str, Any]], shown: list[str]) -> list[str]:
    """Return the lines of the `articleBody` of a page that shows next to nothing of it."""
    bodies = [b for item in linked for b in [item.get("articleBody")] if isinstance(b, str)]
    longest = max(bodies, key=len, default="")
    if _length(shown) >= _TRUSTED_SHARE * len(longest):
        return []
    # Escapes of JSON may spell what cannot be stored; some pages describe themselves in HTML.
    plain = _TAG.sub("\n", storable(longest)[0])
    lines = (_SPACE.sub(" ", line).strip() for line in plain.splitlines())
    return [line for line in lines if line and not teasers.is_teaser(line)]


def _told(unseen: page_tree.Unseen) -> Iterator[str]:
    """Yield what a person should know of words that a page hides."""
    if count := len(unseen.left_out):
        plural = "s" if count > 1 else ""
        yield f"Left out, for the page does not show it: {count} passage{plural}."
    if figures := [text for text in unseen.left_out if any(map(str.isdigit, text))]:
        yield f"Figures stand in what was left out: {sample(' '.join(figures))}."
    if unseen.doubtful:
        yield (
            "The page has style rules that may hide some of its words; they were read: "
            f"{sample(' '.join(unseen.doubtful))}. Compare with the page in a browser."
        )


def _article_lines(root: Element, title: str | None) -> Iterator[str]:
    """Yield the paragraphs of the article, without bylines and lines that point elsewhere."""
    most = _most_of_the_words(root)
    lines = _chosen(root) if _length(most) < _MAX_CHOSEN_FROM else most
    trusted = _length(lines) >= _TRUSTED_SHARE * _length(most)
    lines = _without_gaps(lines, root, title) if trusted else most
    pointed_at = False
    for at, line in enumerate(lines):
        beside = (
            teasers.is_teaser(line)
            or (pointed_at and not line.endswith((".", "”", '"')))
            or (at < _BYLINE_LINES and publication_day.is_byline(line))
        )
        if not beside:
            yield line
        pointed_at = teasers.is_label(line)


def _chosen(root: Element) -> list[str]:
    chosen = trafilatura.bare_extraction(
        deepcopy(root), include_comments=False, favor_precision=True, config=_settings()
    )
    body = getattr(chosen, "body", None)
    return list(page_tree.lines_of(body)) if body is not None else []


def _most_of_the_words(root: Element) -> list[str]:
    """Return the lines of the innermost block that holds most words of a page.

    trafilatura is made for paragraphs; where an article is a list or broken by `<br>`, it
    may take the line about copyright for the article.
    """
    links = _links(root)
    block = root.find("body")
    if block is None:
        return []
    while True:
        words = _length([line for line in page_tree.lines_of(block) if folded(line) not in links])
        inner = next(
            (c for c in block if isinstance(c.tag, str) and c.tag in page_tree.CONTAINERS
             and _length(list(page_tree.lines_of(c))) > _MOST * words),
            None,
        )  # fmt: skip
        if inner is None:
            lines = page_tree.lines_of(block)
            return [t for t in lines if folded(t) not in links and not teasers.is_teaser(t)]
        block = inner


def _without_gaps(chosen: list[str], root: Element, title: str | None) -> list[str]:
    """Put back what the choice left out of the article.

    Lists, subheadings, the line under the headline and words outside of paragraphs go
    missing in the choice, and a figure in them would be hidden. So everything is taken
    between the first and the last chosen paragraph, and the long lines around them: those
    of the same block, and those after the headline. Lines that are only a link stay out.
    """
    placed = list(page_tree.placed_lines(root))
    page = [folded(line) for line, _ in placed]
    wanted = {folded(line) for line in chosen}
    anchors = [at for at, line in enumerate(page) if len(line) >= _LONG_LINE and line in wanted]
    missed = {folded(c) for c in chosen if len(c) >= _LONG_LINE} - set(page)
    if not anchors or missed:
        return chosen
    first, last = anchors[0], anchors[-1]
    block = page_tree.common_block([placed[at][1] for at in anchors])
    headline = folded(title) if title and len(title) >= _LONG_TITLE else None
    above = [at for at in range(first) if headline and headline in page[at]]
    links = _links(root)

    def belongs(at: int, line: str, element: Element) -> bool:
        if (above and at < above[0]) or (page[at] in links and page[at] not in wanted):
            return False
        if page[at] in wanted or at in above:
            return True
        around = block is element or any(block is e for e in element.iterancestors())
        after_headline = bool(above) and above[-1] < at < first
        return first < at < last or (len(line) >= _LONG_LINE and (around or after_headline))

    return [line for at, (line, element) in enumerate(placed) if belongs(at, line, element)]


def _links(root: Element) -> set[str]:
    return {folded(_text(link)) for link in root.iter("a")}


def _length(lines: list[str]) -> int:
    return sum(map(len, lines))


@cache
def _settings() -> ConfigParser:
    # Reports are often two sentences long; below this length everything on the page is taken.
    settings = deepcopy(DEFAULT_CONFIG)
    settings["DEFAULT"]["MIN_EXTRACTED_SIZE"] = "40"
    return settings


def _drop_other_articles(root: Element) -> None:
    """Take out captions, lists of related articles and paragraphs that are only a link."""
    for element in list(root.iter()):
        if not isinstance(element.tag, str) or element.tag in _WHOLE:
            continue
        if _names(element) & teasers.comment_names() and element.find(".//h1") is None:
            page_tree.drop(element)
    content = _content_length(root)
    home = _around_headline(root)
    for element in list(root.iter()):
        if not isinstance(element.tag, str) or element.tag in _WHOLE:
            continue
        if (_is_apart(element) or _is_card(element, home)) and _content_length(
            element
        ) < content / 2:
            following = element.getnext()
            if teasers.is_label(_text(element)) and following is not None and _is_links(following):
                page_tree.drop(following)
            page_tree.drop(element)


def _around_headline(root: Element) -> Element | None:
    """Return the innermost block with the headline and a paragraph: the article is there."""
    heading = root.find(".//h1")
    if heading is None:
        return None
    return next(
        (
            e
            for e in heading.iterancestors()
            if any(len(_text(p)) > _PARAGRAPH for p in e.iter("p"))
        ),
        None,
    )


def _is_card(element: Element, home: Element | None) -> bool:
    """Whether an element shows another article: elsewhere, under a headline that is a link."""
    if home is None or element.tag not in _CARDS or home in element.iterancestors():
        return False
    heading = next(iter(element.iter("h2", "h3", "h4", "h5")), None)
    return (
        heading is not None
        and len(_text(heading).split()) >= _MIN_WORDS_OF_LINK
        and _text(heading) == " ".join(_text(a) for a in heading.iter("a"))
        and element not in home.iterancestors()
        and element is not home
    )


def _is_apart(element: Element) -> bool:
    if element.tag in {"figcaption", "nav", "aside", "footer", "form"}:
        return True
    if _names(element) & teasers.block_names():
        return True
    if element.tag in {"p", "ul", "ol", "div", "section", "td"} and _is_links(element):
        return True
    lines = {"p", "li", "div", "h2", "h3", "h4", "h5", "h6", "strong", "b", "span"}
    return element.tag in lines and teasers.is_teaser(_text(element))


def _is_links(element: Element) -> bool:
    """Whether all words of an element are links: a menu, or another article's headline."""
    text = _text(element)
    linked = [_text(a) for a in element.iter("a")]
    many = len(linked) > 1 or len(text.split()) >= _MIN_WORDS_OF_LINK
    return many and _without_marks(" ".join(linked)) == _without_marks(text)


def _without_marks(text: str) -> str:
    return re.sub(r"[\W_]", "", text)


def _headline(
    root: Element,
    metas: dict[str, str],
    linked: list[dict[str, Any]],
    page_title: str,
    site_names: list[str],
) -> tuple[str | None, bool]:
    """Return the headline and whether the page shows it."""
    named = [
        *(h for item in linked for h in [item.get("headline")] if isinstance(h, str)),
        *(metas[f] for f in _TITLE_FIELDS if f in metas),
    ]
    names = {folded(name) for name in site_names}
    bare = [_without_site(t, names) for t in [*named, page_title] if t.strip()]
    shown = [t for t in (_text(h) for h in root.iter("h1")) if t]
    shown = [t for t in shown if folded(t) not in names and not known_outlet(t)]
    for heading in shown:
        if any(folded(heading) in folded(t) or folded(t) in folded(heading) for t in bare):
            return heading, True
    if len(shown) == 1:
        return shown[0], True
    if not bare:
        return (shown[0], True) if shown else (None, False)
    if (line := line_in_title(bare, page_tree.lines_of(root))) is not None:
        return line, True
    seconds = [_text(h) for h in root.iter("h2")]
    return bare[0], any(folded(h) == folded(bare[0]) for h in seconds)


def _without_site(title: str, names: set[str]) -> str:
    title = _SPACE.sub(" ", title).strip()
    pieces = TITLE_SEPARATORS.split(title)
    while len(pieces) > 1 and (folded(pieces[-1]) in names or known_outlet(pieces[-1])):
        title = title[: title.rindex(pieces[-1])].rstrip(" |–—•·»-")
        pieces.pop()
    return _SPACE.sub(" ", title).strip()


def _metas(root: Element) -> dict[str, str]:
    metas: dict[str, str] = {}
    for element in root.iter("meta"):
        get = element.attrib.get
        name = (get("property") or get("name") or get("itemprop") or "").strip().lower()
        content = (get("content") or "").strip()
        if name and content:
            metas.setdefault(name, content)
    return metas


def _first(metas: dict[str, str], fields: tuple[str, ...]) -> str | None:
    return next((metas[f] for f in fields if f in metas), None)


def _canonical(root: Element, metas: dict[str, str]) -> str | None:
    for link in root.iter("link"):
        if link.attrib.get("rel", "").lower() == "canonical" and link.attrib.get("href"):
            return str(link.attrib["href"])
    return _first(metas, ("og:url",))


def _linked_data(root: Element) -> Iterator[dict[str, Any]]:
    """Yield the articles that the page describes in JSON-LD."""
    for script in root.iter("script"):
        if script.attrib.get("type", "").lower().strip() == "application/ld+json":
            try:
                described = json.loads(script.text or "", strict=False)
            except (ValueError, RecursionError):
                continue
            yield from _articles(described)


def _articles(value: object, depth: int = 0) -> Iterator[dict[str, Any]]:
    if depth > _MAX_JSON_DEPTH:
        return
    if isinstance(value, list):
        for item in value:
            yield from _articles(item, depth + 1)
    elif isinstance(value, dict):
        if _ARTICLE_TYPES.search(str(value.get("@type", ""))):
            yield value
        for key in ("@graph", "mainEntity", "mainEntityOfPage"):
            yield from _articles(value.get(key), depth + 1)


def _names_in(value: object) -> list[str]:
    values = value if isinstance(value, list) else [value]
    named = [v.get("name") if isinstance(v, dict) else v for v in values]
    return [name for name in named if isinstance(name, str) and name.strip()]


def _site_names(linked: list[dict[str, Any]]) -> list[str]:
    return [name for item in linked for name in _names_in(item.get("publisher"))]


def _bylines(linked: list[dict[str, Any]]) -> list[str]:
    fields = ("author", "creator", "sourceOrganization")
    return [name for item in linked for f in fields for name in _names_in(item.get(f))]


def _tells_publication(element: Element) -> bool:
    around = [element, element.getparent()]
    words = " ".join(e.attrib.get("class", "") for e in around if e is not None).lower()
    return (
        "updat" not in words
        and "modif" not in words
        and not any("comment" in e.attrib.get("class", "").lower() for e in element.iterancestors())
    )


def _classes(element: Element) -> set[str]:
    return set(element.attrib.get("class", "").lower().split()) if element.attrib else set()


def _names(element: Element) -> set[str]:
    return _classes(element) | {element.attrib.get("id", "").lower()}


def _text(element: Element | None) -> str:
    return _SPACE.sub(" ", "".join(element.itertext())).strip() if element is not None else ""


def _holds(line: str, title: str) -> bool:
    plain, wanted = folded(line), folded(title)
    return plain == wanted or (len(wanted) >= _LONG_TITLE and wanted in plain)


def _content_length(element: Element) -> int:
    return sum(len(_text(e)) for e in element.iter(*_CONTENT_TAGS))


def _carried_back(parts: Parts) -> Parts:
    back: dict[str, Any] = {}
    for field in fields(parts):
        value = getattr(parts, field.name)
        if isinstance(value, str):
            back[field.name] = value.translate(_BACK)
        elif value is not None:
            back[field.name] = tuple(v.translate(_BACK) for v in value)
    return replace(parts, **back)
