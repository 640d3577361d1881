"""Characters that do not look like what they are, and text garbled before it arrived.

Nothing is changed: the text stays as read, matching folds such characters for itself.
"""

from __future__ import annotations

import re
import unicodedata

# Zero-width joiner and non-joiner belong to Urdu spelling; between Latin letters they hide.
_INVISIBLE = re.compile(
    "[\u00ad\u180e\u200b\u2060-\u2064\ufeff\U000e0000-\U000e007f]|(?<=[A-Za-z])[\u200c\u200d]"
)
# The plain direction marks (U+200E, U+200F, U+061C) are common in Urdu and reorder nothing.
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
_CONTROLS = re.compile("[\x01-\x08\x0b\x0e-\x1f\x7f\x80-\x84\x86-\x9f]")
_ALIEN = "\u0370-\u03ff\u0400-\u052f\u0531-\u058f\u13a0-\u13ff"
_MIXED = re.compile(rf"[A-Za-z][{_ALIEN}]|[{_ALIEN}][A-Za-z]")
_LETTERS = re.compile(r"[^\W\d_]+")
_STYLED = re.compile("[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\U0001d400-\U0001d7ff]+")
# What UTF-8 bytes look like after they were read as Windows-1252.
_CP1252_HIGH = "\u0080-\u00ff€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ"
_GARBLED = re.compile(rf"[Â-ô][{_CP1252_HIGH}]{{1,3}}")
_WORD_AROUND = 12


def notices(text: str) -> tuple[str, ...]:
    """Return one notice for each kind of doubtful character, with its first place.

    Examples
    --------
    >>> notices("Three killed in Quetta")
    ()
    >>> notices("40\\u200b killed")[0]
    '1 invisible character, the first U+200B ZERO WIDTH SPACE in line 1 at character 2; ...'
    """
    found = []
    for pattern, kind, what in (
        (_INVISIBLE, "invisible", "kept as read, left out of matching only"),
        (_BIDI, "direction-changing", "kept as read; the text may show in another order than read"),
        (_CONTROLS, "control", "kept as read, shown as blanks"),
    ):
        if pattern.search(text):
            found.append(_counted(text, pattern, kind, what))
    found += _look_alikes(text)
    found += _mojibake(text)
    return tuple(found)


def _place(text: str, at: int) -> str:
    return f"in line {text.count(chr(10), 0, at) + 1} at character {at}"


def _counted(text: str, pattern: re.Pattern[str], kind: str, what: str) -> str:
    marks = [m.start() for m in pattern.finditer(text)]
    first = text[marks[0]]
    name = unicodedata.name(first, "")
    return (
        f"{len(marks)} {kind} character{'s' if len(marks) > 1 else ''}, the first "
        f"{f'U+{ord(first):04X} {name}'.strip()} {_place(text, marks[0])}; {what}."
    )


def _look_alikes(text: str) -> list[str]:
    found = []
    if mixed := _MIXED.search(text):
        alien = next(c for c in mixed[0] if not c.isascii())
        around = text[max(0, mixed.start() - _WORD_AROUND) : mixed.end() + _WORD_AROUND]
        word = next(w[0] for w in _LETTERS.finditer(around) if mixed[0] in w[0])
        found.append(
            f"Look-alike letters: {word!r} {_place(text, mixed.start())} mixes Latin letters "
            f"with U+{ord(alien):04X} {unicodedata.name(alien, '')}; kept as read, folded for "
            "matching only."
        )
    if styled := _STYLED.search(text):
        found.append(
            f"Look-alike characters: {styled[0]!r} {_place(text, styled.start())} is written with "
            f"U+{ord(styled[0][0]):04X} {unicodedata.name(styled[0][0], '')}; kept as read, "
            "folded for matching only."
        )
    return found


def _mojibake(text: str) -> list[str]:
    for garbled in _GARBLED.finditer(text):
        meant = _ungarbled(garbled[0])
        if meant is not None:
            start = max(0, garbled.start() - _WORD_AROUND)
            sample = text[start : garbled.end() + _WORD_AROUND]
            return [
                f"The text was garbled before it came here (UTF-8 read as Windows-1252): "
                f"{sample!r} {_place(text, garbled.start())}, where {garbled[0]!r} was {meant!r}. "
                "Kept as read; a cleaner copy is better."
            ]
    if "\ufffd" in text:
        at = text.index("\ufffd")
        return [
            f"{text.count(chr(0xFFFD))} characters are lost (shown as \ufffd), the first "
            f"{_place(text, at)}; compare figures near them with the original."
        ]
    return []


def _ungarbled(run: str) -> str | None:
    # Windows-1252 leaves five bytes undefined; programs pass them through as they are.
    data = b"".join(
        bytes([ord(c)]) if ord(c) < 0x100 and 0x80 <= ord(c) < 0xA0 else c.encode("cp1252")
        for c in run
    )
    for end in range(len(data), 1, -1):
        try:
            return data[:end].decode("utf-8")
        except UnicodeDecodeError:
            continue
    return None
