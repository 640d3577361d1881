"""CSS selectors, as far as pages hide words with them; of the rest it is said that it may hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from enum import IntEnum
from typing import Any, NamedTuple

_NAME = r"(?:[\w-]|[^\x00-\x7f]|\\[0-9a-fA-F]{1,6}\s?|\\[^\n])+"
_PIECE = re.compile(
    rf"(?P<tag>{_NAME}|\*)|\.(?P<class>{_NAME})|\#(?P<id>{_NAME})|\[(?P<attribute>[^\]]*)\]"
    rf"|(?P<colons>::?)(?P<pseudo>[\w-]+)(?:\((?P<argument>[^()]*)\))?"
)
_ATTRIBUTE = re.compile(
    rf"\s*(?P<name>{_NAME})\s*(?:(?P<how>[~|^$*]?=)\s*[\"']?(?P<value>.*?)[\"']?\s*(?P<fold>\s[iIsS])?\s*)?"
)
_ESCAPE = re.compile(r"\\(?:([0-9a-fA-F]{1,6})\s?|([^\n]))")
_COMBINATOR = re.compile(r"\s*([>+~])\s*|\s+")
_NTH = re.compile(r"(?P<step>[+-]?\d*)n\s*(?P<from>[+-]\s*\d+)?|(?P<only>\d+)")
# States that a page is not in when it is opened, and pieces that are no elements.
_NOT_AT_FIRST = frozenset((
    "hover", "focus", "focus-within", "focus-visible", "active", "visited", "target", "checked",
    "disabled", "invalid", "fullscreen", "before", "after", "placeholder", "selection", "marker",
    "backdrop", "first-letter", "first-line", "placeholder-shown", "autofill",
))  # fmt: skip
_LIST_MARK = re.compile(r"[,()\[\]]")
_DEEPER = {",": 0, "(": 1, "[": 1, ")": -1, "]": -1}
_MOST_STEPS = 3
_LAST_CHARACTER = 0x10FFFF


class Hold(IntEnum):
    """Whether a selector holds for an element."""

    NO = 0
    MAYBE = 1
    YES = 2


Test = Callable[[Any], Hold]


class Selector(NamedTuple):
    """One selector: the tests of its last element first, each step with its combinator."""

    key: str
    """`#id`, `.class` or tag that its element must have; `*` if none."""
    steps: tuple[tuple[str, tuple[Test, ...]], ...]

    def holds(self, element: Any, step: int = 0) -> Hold:  # noqa: ANN401
        """Say whether it holds for an `lxml` element."""
        combinator, tests = self.steps[step]
        held = min((test(element) for test in tests), default=Hold.YES)
        if held == Hold.NO or step + 1 == len(self.steps):
            return held
        if step + 1 == _MOST_STEPS:
            return min(held, Hold.MAYBE)
        others = (self.holds(other, step + 1) for other in _others(combinator, element))
        return min(held, max(others, default=Hold.NO))


def plain_name(name: str) -> str:
    r"""Return a name with its escapes read.

    Examples
    --------
    >>> plain_name(r"sm\:hi\64 den")
    'sm:hidden'
    """

    def read(found: re.Match[str]) -> str:
        if found[2]:
            return found[2]
        code = int(found[1], 16)
        return chr(code) if 0 < code <= _LAST_CHARACTER else "\ufffd"

    return _ESCAPE.sub(read, name)


def read_selectors(text: str) -> Iterator[Selector]:
    """Yield the selectors of a rule; one that cannot be read to its end may hold."""
    depth = start = 0
    for mark in _LIST_MARK.finditer(f"{text},"):
        depth = max(depth + _DEEPER[mark[0]], 0)
        if mark[0] == "," and (depth == 0 or mark.start() == len(text)):
            if selector := _selector(text[start : mark.start()].strip()):
                yield selector
            start = mark.end()


def _selector(text: str) -> Selector | None:
    steps: list[tuple[str, tuple[Test, ...]]] = []
    tests: list[Test] = []
    key, at = "*", 0
    while at < len(text):
        if gap := _COMBINATOR.match(text, at):
            steps.append((gap[1] or " ", tuple(tests)))
            tests, key, at = [], "*", gap.end()
            continue
        piece = _PIECE.match(text, at)
        if piece is None or (piece["tag"] and tests):
            tests.append(lambda _: Hold.MAYBE)
            break
        at = piece.end()
        test, own_key = _test(piece)
        tests.append(test)
        key = min(own_key, key, key=_spread)
    if not tests:
        return None
    if text == "*":  # would hide the whole page: a script shows it again
        tests = [lambda _: Hold.MAYBE]
    steps.append((" ", tuple(tests)))
    # The combinator before an element belongs to the step from it to the one before.
    combinators = [" ", *(combinator for combinator, _ in steps[:-1])]
    paired = [(c, t) for c, (_, t) in zip(combinators, steps, strict=True)]
    return Selector(key, tuple(reversed(paired)))


def _spread(key: str) -> int:
    """Return a number that is lower the fewer elements a key stands for."""
    return ("#" not in key[:1]) + ("#" not in key[:1] and "." not in key[:1]) + (key == "*")


def _test(piece: re.Match[str]) -> tuple[Test, str]:
    """Return the test of one piece of a selector, and the key it gives."""
    if tag := piece["tag"]:
        name = plain_name(tag).lower()
        if name == "*":
            return lambda _: Hold.YES, "*"
        return lambda e: _yes(e.tag == name), name
    if piece["class"]:
        class_name = plain_name(piece["class"])
        return lambda e: _yes(class_name in e.get("class", "").split()), f".{class_name}"
    if piece["id"]:
        id_name = plain_name(piece["id"])
        return lambda e: _yes(e.get("id") == id_name), f"#{id_name}"
    if piece["pseudo"]:
        return _pseudo(piece["colons"], piece["pseudo"].lower(), piece["argument"] or ""), "*"
    return _attribute(piece["attribute"]), "*"


def _attribute(text: str) -> Test:
    found = _ATTRIBUTE.fullmatch(text)
    if found is None:
        return lambda _: Hold.MAYBE
    name, how = plain_name(found["name"]).lower(), found["how"]
    wanted = plain_name(found["value"] or "")

    def test(element: Any) -> Hold:  # noqa: ANN401
        value = element.get(name)
        if value is None or how is None:
            return _yes(value is not None)
        return _yes(
            {
                "=": value == wanted,
                "~=": wanted in value.split(),
                "|=": value == wanted or value.startswith(f"{wanted}-"),
                "^=": bool(wanted) and value.startswith(wanted),
                "$=": bool(wanted) and value.endswith(wanted),
                "*=": bool(wanted) and wanted in value,
            }[how]
        )

    return test


def _pseudo(colons: str, name: str, argument: str) -> Test:
    if name in _NOT_AT_FIRST or name.startswith("-") or colons == "::":
        return lambda _: Hold.NO
    if name == "root":
        return lambda e: _yes(e.getparent() is None)
    places = {"first": "1", "last": "1", "nth": argument, "nth-last": argument}
    start, _, of = name.replace("-of-type", "-type").rpartition("-")
    if start in places and of in {"child", "type"}:
        return _nth(places[start], backwards="last" in start, same_tag=of == "type")
    return lambda _: Hold.MAYBE


def _nth(text: str, *, backwards: bool, same_tag: bool) -> Test:
    words = {"odd": "2n+1", "even": "2n"}
    found = _NTH.fullmatch(words.get(text.strip().lower(), text.strip().lower()))
    if found is None:
        return lambda _: Hold.MAYBE
    if found["only"]:
        step, first = 0, int(found["only"])
    else:
        step = int(found["step"] + "1") if found["step"] in {"", "+", "-"} else int(found["step"])
        first = int((found["from"] or "0").replace(" ", ""))

    def test(element: Any) -> Hold:  # noqa: ANN401
        beside = element.itersiblings(*([element.tag] if same_tag else []), preceding=not backwards)
        place = 1 + sum(isinstance(other.tag, str) for other in beside)
        if step == 0:
            return _yes(place == first)
        return _yes((place - first) % step == 0 and (place - first) // step >= 0)

    return test


def _others(combinator: str, element: Any) -> Iterator[Any]:  # noqa: ANN401
    """Yield the elements that the step before a combinator may mean."""
    if combinator == " ":
        yield from element.iterancestors()
    elif combinator == ">":
        yield from (parent for parent in [element.getparent()] if parent is not None)
    else:
        siblings = (e for e in element.itersiblings(preceding=True) if isinstance(e.tag, str))
        if combinator == "~":
            yield from siblings
        else:
            yield from (e for e in [next(siblings, None)] if e is not None)


def _yes(holds: bool) -> Hold:
    return Hold.YES if holds else Hold.NO
