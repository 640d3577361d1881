"""Folding of names, so that spellings which mean the same compare as equal.

Folding serves matching alone: what is stored and shown is always the text as it was read.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# Letters of other scripts that look like a Latin one, after case folding. Cyrillic and Greek
# letters slip into names through copied web pages, or to hide a name from a search.
_LOOK_ALIKES = {
    **dict(zip("авеёікмнорстухѕјԁԛԝһӏ", "abeeikmhopctyxsjdqwhl", strict=True)),
    **dict(zip("αβεικηνορτυχω", "abeiknvoptuxw", strict=True)),
    **dict(zip("ɡıɑłøđ", "gialod", strict=True)),
}

# Arabic-script letters that keyboards for Arabic, Persian, Urdu, Pashto and Sindhi write
# differently for the same name; the Urdu letter is the one kept.
_ARABIC = {
    "ي": "ی",
    "ى": "ی",
    "ې": "ی",
    "ۍ": "ی",
    "ے": "ی",
    "ك": "ک",
    "ګ": "گ",
    "ڪ": "ک",
    "ه": "ہ",
    "ة": "ہ",
    "ھ": "ہ",
    "ە": "ہ",
    "ټ": "ٹ",
    "ډ": "ڈ",
    "ړ": "ڑ",
    "ڼ": "ن",
    "ں": "ن",
    "ٱ": "ا",
    "ـ": "",
}
APOSTROPHES = "'’‘ʼʻ`´ʿʾ′＇"
_SAME = str.maketrans(_LOOK_ALIKES | _ARABIC)
_POSSESSIVE = re.compile(rf"(?<=\w)[{APOSTROPHES}]s\b", re.IGNORECASE)
# Longer than any name or sentence; without a limit a text of megabytes would be folded letter by
# letter.
_MAX_LENGTH = 10_000


@lru_cache(maxsize=8192)
def fold_character(character: str) -> str:
    """Return what one code point is for matching: letters or digits, a space, or nothing.

    Accents, vowel marks and invisible characters become nothing; punctuation becomes a space;
    everything else its lower-case, plain form, which may be longer than one letter.

    Examples
    --------
    >>> [fold_character(c) for c in ("Q", "é", "а", "\\u200b", "-", "ي")]
    ['q', 'e', 'a', '', ' ', 'ی']
    """
    folded = character
    for _ in range(3):  # NFKD of a case-folded letter can need folding once more
        plain = unicodedata.normalize("NFKD", folded)
        folded = "".join(c for c in plain if not _is_mark(c)).casefold().translate(_SAME)
    return "".join(_letter_or_space(c) for c in folded)


def _is_mark(character: str) -> bool:
    return unicodedata.category(character) in {"Mn", "Me", "Cf"}


def _letter_or_space(character: str) -> str:
    if character in APOSTROPHES:
        return ""
    category = unicodedata.category(character)
    if category == "Nd":
        return str(unicodedata.digit(character))
    return character if category[0] in "LN" else " "


def fold(text: str) -> str:
    """Return a name's plain form: lower case, no accents, no punctuation, single spaces.

    Look-alike letters, Arabic and Urdu letter variants, zero-width characters and a closing
    possessive are levelled. Folding twice changes nothing. Only the first 10,000 characters count.

    Examples
    --------
    >>> fold("  QUETTÁ’s "), fold("Sistan-o-Baluchestan"), fold("كوئٹه") == fold("کوئٹہ")
    ('quetta', 'sistan o baluchestan', True)
    """
    text = _POSSESSIVE.sub("", text[:_MAX_LENGTH])
    return " ".join("".join(map(fold_character, text)).split())
