"""Lines that stand in an article without belonging to it: "Also read", captions, sign-up calls.

A page's such lines are left out. In a text that was pasted or saved they stay, for the text is
kept as it came; whoever looks for claims asks `teaser_spans` what to pass over. What counts is
in `data/teasers.toml`.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

_LINE = re.compile(r"[^\r\n\u2028\u2029]+")
_MAX_LABEL_LINE = 300
_LABEL_END = r"(?:\s*[:|–—»→>\-]|\s*$)"


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads((files("incidents") / "data" / "teasers.toml").read_text("utf-8"))


@cache
def _teaser() -> re.Pattern[str]:
    data = _data()
    spelled = {
        key: "|".join(
            re.escape(p).replace("'", "['’]") for p in sorted(data[key], key=len, reverse=True)
        )
        for key in ("labels", "beginnings")
    }
    return re.compile(
        rf"[\s*•●■▶►>\[(]*(?:(?:{spelled['labels']}){_LABEL_END}|(?:{spelled['beginnings']}))",
        re.IGNORECASE,
    )


@cache
def _caption() -> re.Pattern[str]:
    data = _data()
    begins, ends = ("|".join(data[k]) for k in ("caption_beginnings", "caption_endings"))
    return re.compile(rf"\s*(?:(?:{begins}).*|.*?(?:{ends})\s*)", re.IGNORECASE)


@cache
def _label() -> re.Pattern[str]:
    labels = "|".join(re.escape(p).replace("'", "['’]") for p in _data()["labels"])
    return re.compile(rf"[\s*•●■▶►>\[(]*(?:{labels})[\s:|–—»→>\-\])]*", re.IGNORECASE)


@cache
def block_names() -> frozenset[str]:
    """Words in a class or id that mark a block of teasers or a caption."""
    return frozenset(_data()["blocks"])


@cache
def comment_names() -> frozenset[str]:
    """Words in a class or id that mark readers' comments."""
    return frozenset(_data()["comments"])


def is_label(line: str) -> bool:
    """Whether a line is nothing but such a label, so that what follows is the teaser.

    Examples
    --------
    >>> is_label("Related stories:"), is_label("Related stories were told")
    (True, False)
    """
    return len(line) < _MAX_LABEL_LINE and _label().fullmatch(line) is not None


def is_teaser(line: str) -> bool:
    """Whether a line is a teaser, a caption or a call to subscribe.

    Examples
    --------
    >>> is_teaser("Also read: Twelve killed in ambush"), is_teaser("READ | Twelve killed")
    (True, True)
    >>> is_teaser("Police found the bodies. — AFP/File"), is_teaser("Read aloud, it is long.")
    (True, False)
    """
    if len(line) > _MAX_LABEL_LINE:
        return False
    return _teaser().match(line) is not None or _caption().fullmatch(line) is not None


def teaser_spans(text: str) -> list[tuple[int, int]]:
    """Return the teasers of a text as pairs of start and end (code points, end exclusive).

    A label alone on its line takes the next line with it, unless that ends like a sentence.

    Examples
    --------
    >>> text = "Three were hurt.\\nAlso read:\\nTwelve killed in ambush\\nOne died."
    >>> [text[start:end] for start, end in teaser_spans(text)]
    ['Also read:', 'Twelve killed in ambush']
    """
    spans = []
    after_label = False
    for line in _LINE.finditer(text):
        if line[0].isspace():
            continue
        pointed_at = after_label and not line[0].rstrip().endswith((".", "”", '"', "!", "?"))
        if pointed_at or is_teaser(line[0]):
            spans.append(line.span())
        after_label = is_label(line[0])
    return spans
