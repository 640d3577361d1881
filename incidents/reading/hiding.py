"""Which styles hide words of a page: declarations, and the rules of its own style sheets.

Escapes and comments are taken out first, for a browser does not see them either. A rule that
cannot be judged here (a script's class, a width of the window) hides nothing, but is told.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from incidents.reading.selectors import Hold, Selector, plain_name, read_selectors

_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|content-visibility\s*:\s*hidden"
    r"|font-size\s*:\s*0*(?:\.0+)?(?:px|pt|em|rem|%)?\s*(?:!|;|$)|font-size\s*:\s*[01]px"
    r"|(?<![\w-])font\s*:[^;:]{0,80}?(?<![\w.#/-])0(?:px|pt|em|rem|%)?(?:\s*/|\s)"
    r"|opacity\s*:\s*0*(?:\.0+)?%?\s*(?:!|;|$)|(?<![\w-])color\s*:\s*transparent"
    r"|(?<![\w-])color\s*:\s*(?:rgba|hsla)\((?:[^,;)]{1,20},){3}\s*0*(?:\.0+)?%?\s*\)"
    r"|(?<![\w-])color\s*:\s*(?:rgb|hsl)a?\([^;)/(]{0,80}/\s*0*(?:\.0+)?%?\s*\)"
    r"|(?:left|top|right|text-indent|margin-left|margin-top)\s*:\s*-\d{3,}"
    r"|clip\s*:\s*rect\(\s*[01]?(?:px)?[\s,]+[01]?(?:px)?[\s,]|clip-path\s*:\s*inset\(\s*(?:50|100)%"
    r"|(?<![\w-])(?:max-)?(?:height|width)\s*:\s*[01](?:px)?\s*(?:!|;|$)|mso-hide\s*:\s*all"
    r"|transform\s*:\s*scale\(\s*0\s*[,)]",
    re.IGNORECASE,
)
# With the marks that once hid style sheets from older browsers.
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)|<!--|-->", re.DOTALL)
_STRING = re.compile(r"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'", re.DOTALL)
_SPACE = re.compile(r"\s+")
_STRUCTURE = re.compile(r"[{};]")
_VARIABLE = re.compile(r"(--[\w-]+)\s*:\s*([^;{}]{1,200})")
_USE = re.compile(r"var\(\s*(--[\w-]+)\s*(?:,\s*([^()]*))?\)", re.IGNORECASE)
_MAX_STYLE = 500_000
_MAX_VALUES = 8
_WIDTH = re.compile(r"\((min|max)-width\s*:\s*([\d.]+)(px|r?em)\)")
# A laptop's window, in CSS pixels.
_WINDOW, _EM = 1366, 16
_PASSED_THROUGH = ("@layer", "@supports")
_NO_RULES = (
    "@font-face", "@keyframes", "@-webkit-keyframes", "@-moz-keyframes", "@page", "@property",
    "@starting-style", "@counter-style", "@font-feature-values",
)  # fmt: skip


class _Rule(NamedTuple):
    selector: Selector
    at_most: Hold


class _Block(NamedTuple):
    prelude: str
    declarations: list[str]
    holds: Hold
    """What the blocks around it leave."""


def plain_css(css: str) -> str:
    r"""Return CSS without comments, its escapes read.

    Examples
    --------
    >>> plain_css(r"dis\70lay/**/:none")
    'display :none'
    """
    return _SPACE.sub(" ", plain_name(_COMMENT.sub(" ", css)))


def hides(style: str, variables: Mapping[str, frozenset[str]] | None = None) -> bool:
    """Whether declarations hide what they stand on, for every value their variables may have.

    Examples
    --------
    >>> hides("display:var(--x)", {"--x": frozenset({"none"})}), hides("font: 12px/0.9 a")
    (True, False)
    """
    css = plain_css(style)
    if "var(" not in css.lower():
        return bool(_HIDING.search(css))
    values = _valued(css, variables or {})
    return all(_HIDING.search(value) for value in values)


def _valued(css: str, variables: Mapping[str, frozenset[str]]) -> list[str]:
    """Return declarations with their variables replaced, once for each value."""
    made = [css]
    for _ in range(_MAX_VALUES):
        found = next((m for one in made if (m := _USE.search(one))), None)
        if found is None or len(made) > _MAX_VALUES:
            break
        values = variables.get(found[1]) or {found[2] or ""}
        made = [one.replace(found[0], value) for one in made for value in sorted(values)]
    return made


class HidingRules:
    """The rules of a page's own style sheets that hide.

    Parameters
    ----------
    root
        The page, with its `<style>` elements.
    """

    def __init__(self, root: Any) -> None:  # noqa: ANN401  (lxml has no types)
        sheets = [
            (_blanked(_COMMENT.sub(" ", (s.text or "")[:_MAX_STYLE])), _holds(s.get("media", "")))
            for s in root.iter("style")
        ]
        self.variables = _variables([css for css, _ in sheets] + root.xpath("//@style"))
        self._by_key: dict[str, list[_Rule]] = defaultdict(list)
        for css, at_most in sheets:
            for selectors, body, most in _rules(css):
                certain = min(at_most, most)
                if certain == Hold.NO or not self._may_hide(body):
                    continue
                sure = hides(body, self.variables)
                for selector in read_selectors(selectors):
                    rule = _Rule(selector, certain if sure else Hold.MAYBE)
                    self._by_key[selector.key].append(rule)

    def hold(self, element: Any) -> Hold:  # noqa: ANN401
        """Say whether a rule hides an element; what lies around it is not looked at."""
        keys = ["*", element.tag, f"#{element.get('id', '')}"]
        keys += [f".{name}" for name in element.get("class", "").split()]
        found = Hold.NO
        for rule in (rule for key in keys for rule in self._by_key.get(key, ())):
            held = min(rule.at_most, rule.selector.holds(element))
            if held == Hold.YES:
                return held
            found = max(found, held)
        return found

    def _may_hide(self, body: str) -> bool:
        return any(_HIDING.search(v) for v in _valued(plain_css(body), self.variables))


def _variables(styles: list[str]) -> dict[str, frozenset[str]]:
    values: dict[str, set[str]] = defaultdict(set)
    for style in styles:
        for name, value in _VARIABLE.findall(plain_css(style)):
            values[name].add(value.strip())
    return {name: frozenset(v) for name, v in values.items() if len(v) <= _MAX_VALUES}


def _blanked(css: str) -> str:
    """Take what looks like structure out of strings."""
    return _STRING.sub(lambda m: _STRUCTURE.sub(" ", m[0]), css)


def _rules(css: str) -> Iterator[tuple[str, str, Hold]]:
    """Yield selectors, declarations, and at most how sure the rule is to hold."""
    around: list[_Block] = []
    start = 0
    for mark in _STRUCTURE.finditer(css):
        piece, start = css[start : mark.start()].strip(), mark.end()
        if mark[0] == "{":
            outer = around[-1] if around else None
            holds = min(outer.holds, _passes(outer.prelude)) if outer else Hold.YES
            around.append(_Block(piece, [], holds))
        elif around:
            around[-1].declarations.append(piece)
            if mark[0] == "}":
                yield from _closed(around)
    if around:  # a browser closes what the page leaves open
        around[-1].declarations.append(css[start:])
        while around:
            yield from _closed(around)


def _closed(around: list[_Block]) -> Iterator[tuple[str, str, Hold]]:
    block = around.pop()
    if not block.prelude.startswith("@"):
        yield block.prelude, ";".join(block.declarations), block.holds


def _passes(prelude: str) -> Hold:
    """Say whether the rules in a block such as `@media print` hold."""
    name, _, condition = prelude.lower().partition(" ")
    name, opened, directly = name.partition("(")
    if name in _NO_RULES:
        return Hold.NO
    if name == "@media":
        return _holds(opened + directly + condition)
    passed = name in _PASSED_THROUGH and not condition.strip().startswith("not")
    return Hold.YES if passed else Hold.MAYBE


def _holds(media: str) -> Hold:
    """Say whether a media query holds for a laptop's window."""
    return max(_query_holds(" ".join(query.split())) for query in media.lower().split(","))


def _query_holds(query: str) -> Hold:
    query = query.removeprefix("only ")
    if query.startswith(("print", "speech", "not all", "not screen")):
        return Hold.NO
    for kind, value, unit in _WIDTH.findall(query):
        try:
            width = float(value) * (1 if unit == "px" else _EM)
        except ValueError:
            return Hold.MAYBE
        if (width > _WINDOW) if kind == "min" else (width < _WINDOW):
            return Hold.NO
    rest = re.sub(r"\band\b|\bscreen\b|\ball\b", "", _WIDTH.sub("", query)).strip()
    return Hold.MAYBE if rest else Hold.YES
