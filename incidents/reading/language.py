"""Which language a text is in, told by its script and its commonest words.

The languages are in `data/languages.toml`; the content decides, a declared language only
where the content does not.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections import Counter
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from incidents.reading.refusals import DocumentRefusedError

UNDETERMINED = "und"
_WORD = re.compile(r"[^\W\d_]+(?:[\u064b-\u0655][^\W\d_]*)*")
_SAMPLE = 200_000
_DRAWN = re.compile("[\ufb50-\ufdff\ufe70-\ufefc]")
_MIN_WORDS = 30
"""Fewer words than this must say it more clearly."""
_MIN_COMMON = 4
"""Common words of a language in a text of few words, so that names alone do not decide."""
_MIN_SHARE = 0.12
"""Share of stop words in running text; English and its neighbours have 0.2 to 0.4."""
_ARABIC_MIN_SHARE = 0.04
_NOTABLE_SHARE = 0.1


class Language(NamedTuple):
    """What language a text is in and what can be done with it."""

    code: str
    readable: bool
    notices: tuple[str, ...] = ()


class _Known(NamedTuple):
    code: str
    name: str
    script: str
    use: str
    words: frozenset[str]


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads((files("incidents") / "data" / "languages.toml").read_text("utf-8"))


@cache
def _known() -> tuple[_Known, ...]:
    return tuple(
        _Known(**{**block, "words": frozenset(block["words"])}) for block in _data()["languages"]
    )


@cache
def _scripts() -> dict[str, re.Pattern[str]]:
    return {name: re.compile(f"[{ranges}]+") for name, ranges in _data()["scripts"].items()}


def language_of(text: str, declared: str | None = None) -> Language:
    """Return the language of a text.

    Parameters
    ----------
    text
        The text as read.
    declared
        A language tag from the document, believed where the words do not decide.

    Raises
    ------
    DocumentRefusedError
        If the text is in a language that is neither read nor coded by hand.

    Examples
    --------
    >>> language_of("Three people were killed when a bomb went off near a bus.").code
    'en'
    >>> language_of("کوئٹہ میں دھماکے سے تین افراد ہلاک ہو گئے")[:2]
    ('ur', False)
    """
    # Some PDFs hold each Arabic letter in the form in which it is drawn.
    if _DRAWN.search(text):
        text = unicodedata.normalize("NFKC", text)
    letters = {name: sum(map(len, p.findall(text))) for name, p in _scripts().items()}
    total = sum(letters.values())
    script = max(letters, key=lambda name: letters[name])
    if script == "Latin" or not total:
        found = _latin(text, declared)
    elif script in _data()["by_hand"]["scripts"]:
        found = _by_hand(text, script, declared)
    else:
        raise _not_read(f"a text in {script} letters")
    others = [n for n, c in letters.items() if n != script and total and c / total > _NOTABLE_SHARE]
    return found._replace(
        notices=found.notices
        + tuple(
            f"{letters[n] / total:.0%} of the letters are {n}; that part is not read automatically "
            "and can be coded by hand."
            for n in others
            if found.readable
        )
    )


def _latin(text: str, declared: str | None) -> Language:
    counts = _counts(text)
    words = counts.total()
    shares = _shares(counts, "Latin")
    best = max(shares, key=lambda known: shares[known])
    english = next(known for known in shares if known.use == "read")
    another = shares[best] >= _MIN_SHARE and shares[best] >= 1.3 * shares[english]
    if words < _MIN_WORDS:
        # A few words say it only where nearly all that are common are of one language.
        only = _share(english.words - best.words, counts)
        another = shares[best] * words >= _MIN_COMMON and shares[best] >= 3 * only
    if not another or best is english:
        doubt = words >= _MIN_WORDS and shares[english] < _MIN_SHARE / 2
        told = (declared or english.code).split("-")[0].lower()
        note = f"Few common English words stand in this text (declared: {told}); read as English."
        return Language(english.code, True, (note,) if doubt else ())
    if best.use == "refused":
        raise _not_read(f"a text in {best.name}")
    return Language(best.code, False, (_hand_notice(best.name),))


def _by_hand(text: str, script: str, declared: str | None) -> Language:
    shares = _shares(_counts(text), script)
    best = max(shares, key=lambda known: shares[known])
    if shares[best] >= _ARABIC_MIN_SHARE:
        return Language(best.code, False, (_hand_notice(best.name),))
    told = (declared or "").split("-")[0].lower()
    named = next((known for known in shares if known.code == told), None)
    if named is not None:
        return Language(named.code, False, (_hand_notice(named.name),))
    return Language(UNDETERMINED, False, (_hand_notice(f"Text in {script} script"),))


def _counts(text: str) -> Counter[str]:
    return Counter(_WORD.findall(text[:_SAMPLE].lower()))


def _shares(counts: Counter[str], script: str) -> dict[_Known, float]:
    return {known: _share(known.words, counts) for known in _known() if known.script == script}


def _share(words: frozenset[str], counts: Counter[str]) -> float:
    return sum(counts[word] for word in words) / max(counts.total(), 1)


def _hand_notice(name: str) -> str:
    return f"{name} is not read automatically and can be coded by hand."


def _not_read(came: str) -> DocumentRefusedError:
    names = [k.name for k in _known() if k.use == "by_hand"]
    return DocumentRefusedError(
        came,
        f"English, or {', '.join(names[:-1])} or {names[-1]} to be coded by hand",
        "Add an English translation and name the original in its note.",
    )
