"""SVG as text: every word in it is escaped, every tag and attribute is one of ours."""

from __future__ import annotations

import html
from dataclasses import dataclass, field

from dashboard.markup import plain

_TAGS = frozenset(
    {
        "circle", "clipPath", "defs", "desc", "g", "line", "path", "pattern", "polyline", "rect",
        "svg", "text", "title", "tspan",
    }
)  # fmt: skip

# Advance widths in Arial, the widest of the fonts that the map asks for, in thousandths of
# the size: what a label needs at most, whichever font a reader has.
_NARROW, _WIDE = frozenset("ijl.,:;'|!()[]ftrI /-"), frozenset("mwMW@%")
_CHARACTER_WIDTHS = {"narrow": 0.34, "wide": 0.89, "capital": 0.70, "other": 0.56}
_BOLD = 1.07


@dataclass(frozen=True)
class Svg:
    """A tag with attributes and what stands inside: tags, or text to be escaped.

    Examples
    --------
    >>> str(svg("text", "1 < 2", x=3, font_size=4))
    '<text x="3" font-size="4">1 &lt; 2</text>'
    """

    tag: str
    inside: tuple[Svg | str, ...] = ()
    attributes: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        if self.tag not in _TAGS:
            raise ValueError(f"tag {self.tag!r} is not one of: {', '.join(sorted(_TAGS))}")
        said = "".join(f' {k}="{html.escape(plain(v))}"' for k, v in self.attributes.items())
        if not self.inside:
            return f"<{self.tag}{said}/>"
        inside = "".join(
            str(part) if isinstance(part, Svg) else html.escape(plain(part)) for part in self.inside
        )
        return f"<{self.tag}{said}>{inside}</{self.tag}>"


def svg(tag: str, *inside: Svg | str | None, **attributes: float | str | None) -> Svg:
    """Make an element; `font_size` becomes `font-size`, None leaves an attribute out."""
    named = {
        name.rstrip("_").replace("_", "-"): number(value) if not isinstance(value, str) else value
        for name, value in attributes.items()
        if value is not None
    }
    for camel in ("viewBox", "patternUnits", "clipPathUnits", "patternTransform"):
        if camel.lower() in named:
            named[camel] = named.pop(camel.lower())
    return Svg(tag, tuple(part for part in inside if part is not None), named)


def number(value: float) -> str:
    """Return a number as short as a picture needs it.

    Examples
    --------
    >>> number(3.0), number(1.26), number(-0.04)
    ('3', '1.3', '0')
    """
    return f"{round(value, 1) + 0.0:.1f}".removesuffix(".0")


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Return about the most that a line of text is wide, in the unit of its size.

    Examples
    --------
    >>> text_width("Quetta", 10) < text_width("Quetta", 10, bold=True) < 45
    True
    """
    ems = sum(_CHARACTER_WIDTHS[_kind(character)] for character in text)
    return ems * size * (_BOLD if bold else 1)


def _kind(character: str) -> str:
    if character in _NARROW:
        return "narrow"
    if character in _WIDE:
        return "wide"
    return "capital" if character.isupper() else "other"


def wrap(text: str, size: float, width: float, most: int = 3) -> list[str]:
    """Break a text into lines that fit a width; what is beyond the last line is "…".

    Examples
    --------
    >>> wrap("reported only for the province", 10, 100)
    ['reported only for the', 'province']
    """
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and text_width(longer, size) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    if len(lines) > most:
        lines = [*lines[: most - 1], f"{lines[most - 1]} …"]
    return lines
