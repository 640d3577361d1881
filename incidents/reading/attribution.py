"""Who published a text, and which news agency it credits, where the document says so.

Outlets and agencies with their names, domains and patterns are in `data/outlets.toml` and
`data/agencies.toml`. What is not said is "unknown" or None, never a guess.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple
from urllib.parse import urlsplit

UNKNOWN_OUTLET = "unknown"
_TOP_LINES, _BOTTOM_LINES = 8, 6
_SHORT_LINE = 200
_BYLINE_PARTS = re.compile(
    r"\s*(?:[,;|/&]|\band\b|\bwith\b|\bby\b|\bfor\b|\bin\b)\s*", re.IGNORECASE
)


class Credited(NamedTuple):
    """A name, and what is doubtful about it."""

    name: str | None
    notices: tuple[str, ...] = ()


class _Names(NamedTuple):
    by_name: dict[str, str]
    by_domain: dict[str, str]

    def alternatives(self) -> str:
        longest_first = sorted(self.by_name, key=len, reverse=True)
        return "|".join(re.escape(name) for name in longest_first)


@cache
def _data(file_name: str) -> dict[str, Any]:
    return tomllib.loads((files("incidents") / "data" / file_name).read_text("utf-8"))


def _names(blocks: Iterable[dict[str, Any]]) -> _Names:
    by_name, by_domain = {}, {}
    for block in blocks:
        for name in (block["name"], *block.get("names", ())):
            by_name[name] = block["name"]
        for domain in block["domains"]:
            by_domain[domain] = block["name"]
    return _Names(by_name, by_domain)


@cache
def _agencies() -> _Names:
    return _names(_data("agencies.toml")["agencies"])


@cache
def _outlets() -> _Names:
    return _names(_data("outlets.toml")["outlets"])


@cache
def _outlet_by_folded_name() -> dict[str, str]:
    return {name.casefold(): shown for name, shown in _outlets().by_name.items()}


@cache
def _agency_patterns(strength: str) -> tuple[re.Pattern[str], ...]:
    named = rf"(?:(?:The|the)\s+)?(?P<name>{_agencies().alternatives()})(?!\w)"
    return tuple(
        re.compile(pattern.replace("{name}", named), re.MULTILINE)
        for pattern in _data("agencies.toml")[strength]
    )


@cache
def _outlet_patterns() -> tuple[re.Pattern[str], ...]:
    named = rf"(?P<name>{_outlets().alternatives()})(?!\w)"
    return tuple(
        re.compile(pattern.replace("{name}", named), re.IGNORECASE)
        for pattern in _data("outlets.toml")["patterns"]
    )


def known_outlet(name: str) -> str | None:
    """Return an outlet's name as shown, for one of its names, or None.

    Examples
    --------
    >>> known_outlet("DAWN.COM"), known_outlet("Gazette of Nowhere")
    ('Dawn', None)
    """
    return _outlet_by_folded_name().get(" ".join(name.split()).casefold())


def agency_of(text: str, bylines: Iterable[str] = (), url: str | None = None) -> Credited:
    """Return the news agency that a document credits.

    A byline or a credit in the text ("(AFP)", "With inputs from AFP", "QUETTA (Reuters) -")
    outweighs an agency that is only named as the one that was told; a notice says when it
    is only that, and which others are credited.

    Examples
    --------
    >>> agency_of("Ten people were killed.\\n(With inputs from AFP)")
    Credited(name='AFP', notices=())
    >>> agency_of("Ten people were killed, police told Reuters on Sunday.").name
    'Reuters'
    """
    credited = [*_from_bylines(bylines), *_from_domain(url, _agencies())]
    pictures = re.compile(_data("agencies.toml")["pictures"])
    lines = [line for line in text.splitlines() if line.strip()]
    credited += [
        _agencies().by_name[found["name"]]
        for line in lines
        if not (len(line) <= _SHORT_LINE and pictures.search(line))
        for pattern in _agency_patterns("credits")
        if (found := pattern.search(line))
    ]
    if credited:
        return Credited(credited[0], _others(credited, "credited too"))
    mentioned = [
        _agencies().by_name[found["name"]]
        for pattern in _agency_patterns("mentions")
        for found in pattern.finditer(text)
    ]
    if not mentioned:
        return Credited(None)
    agency = Counter(mentioned).most_common(1)[0][0]
    note = f"{agency} is not credited as the author; it is named as the one that was told."
    return Credited(agency, (note, *_others([agency, *mentioned], "named too")))


def outlet_of(text: str, site_names: Iterable[str] = (), url: str | None = None) -> Credited:
    """Return who published a document, "unknown" where nothing says so.

    The address decides, then the name the page gives itself, then a line such as
    "Published in Dawn, January 31st, 2026".

    Examples
    --------
    >>> outlet_of("…", url="https://www.dawn.com/news/1").name
    'Dawn'
    >>> outlet_of("Ten people were killed, police told Dawn.").name
    'unknown'
    """
    by_domain = _from_domain(url, _outlets())
    if by_domain:
        return Credited(by_domain[0])
    own_names = [" ".join(name.split()) for name in site_names if name.strip()]
    for name in own_names:
        if shown := known_outlet(name):
            return Credited(shown)
    if own_names:
        return Credited(own_names[0], (f"The page calls its publisher {own_names[0]!r}.",))
    lines = [line for line in text.splitlines() if line.strip()]
    bottom = lines[max(_TOP_LINES, len(lines) - _BOTTOM_LINES) :]
    for line in (*lines[:_TOP_LINES], *bottom):
        if len(line) > _SHORT_LINE:
            continue
        for pattern in _outlet_patterns():
            if found := pattern.search(line):
                return Credited(_outlet_by_folded_name()[found["name"].casefold()])
    return Credited(UNKNOWN_OUTLET)


def is_credit_line(line: str) -> bool:
    """Whether a line only names an outlet or an agency.

    Examples
    --------
    >>> is_credit_line("Dawn"), is_credit_line("(AFP)"), is_credit_line("Bomb kills three")
    (True, True, False)
    """
    bare = line.strip().strip("()[]—– -")
    return known_outlet(bare) is not None or bare in _agencies().by_name


def _from_bylines(bylines: Iterable[str]) -> list[str]:
    by_name = _agencies().by_name
    return [
        by_name[part] for line in bylines for part in _BYLINE_PARTS.split(line) if part in by_name
    ]


def _from_domain(url: str | None, names: _Names) -> list[str]:
    try:
        host = (urlsplit(url).hostname or "") if url else ""
    except ValueError:
        return []
    labels = host.lower().rstrip(".").split(".")
    # The longest domain that is known: gandhara.rferl.org before rferl.org.
    parents = (".".join(labels[i:]) for i in range(len(labels) - 1))
    return [names.by_domain[domain] for domain in parents if domain in names.by_domain][:1]


def _others(names: list[str], how: str) -> tuple[str, ...]:
    others = sorted(set(names[1:]) - {names[0]})
    return (f"{', '.join(others)} {'is' if len(others) == 1 else 'are'} {how}.",) if others else ()
