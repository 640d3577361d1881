"""The forms of English verbs, as far as the vocabulary's verbs need them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

Form = Literal["base", "s", "past", "participle", "ing"]
_VOWELS = "aeiou"


def forms(verb: str, irregular: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, Form]]:
    """Yield a verb's forms; in a phrase the first word is the verb.

    Parameters
    ----------
    verb
        The base form: "kill", "gun down", "lose their lives".
    irregular
        Base form to past, participle and present participle.

    Examples
    --------
    >>> [form for form, _ in forms("gun down", {"gun": ("gunned", "gunned", "gunning")})]
    ['gun down', 'guns down', 'gunned down', 'gunned down', 'gunning down']
    >>> [form for form, _ in forms("seize", {})]
    ['seize', 'seizes', 'seized', 'seized', 'seizing']
    """
    adverb, space, after = verb.partition(" ")
    if adverb.endswith("ly") and after:  # "forcibly disappear": the second word is the verb
        for form, kind in forms(after, irregular):
            yield f"{adverb}{space}{form}", kind
        return
    first, _, rest = verb.partition(" ")
    rest = f" {rest}" if rest else ""
    # "shoot and kill": both words are inflected.
    second = ""
    if rest.startswith(" and "):
        second, _, rest = rest[5:].partition(" ")
        rest = f" {rest}" if rest else ""
    if not second:
        for form, kind in _forms(first, irregular):
            yield f"{form}{rest}", kind
        return
    pairs = zip(_forms(first, irregular), _forms(second, irregular), strict=False)
    for (form, kind), (other, _) in pairs:
        yield f"{form} and {other}{rest}", kind


def _forms(verb: str, irregular: Mapping[str, Sequence[str]]) -> list[tuple[str, Form]]:
    also: Sequence[str] = ()
    if verb in irregular:
        past, participle, ing, *also = irregular[verb]
    else:
        past = participle = _with_ed(verb)
        ing = _with_ing(verb)
    third = f"{verb}es" if verb.endswith(("s", "sh", "ch", "x", "z")) else f"{verb}s"
    if verb.endswith("y") and verb[-2:-1] not in _VOWELS:
        third = f"{verb[:-1]}ies"
    if verb == "go":
        third = "goes"
    regular: list[tuple[str, Form]] = [
        (verb, "base"), (third, "s"), (past, "past"), (participle, "participle"), (ing, "ing"),
    ]  # fmt: skip
    kinds: tuple[Form, Form] = ("past", "participle")
    return regular + [(form, kind) for form in also for kind in kinds]


def _with_ed(verb: str) -> str:
    if verb.endswith("e"):
        return f"{verb}d"
    if verb.endswith("y") and verb[-2:-1] not in _VOWELS:
        return f"{verb[:-1]}ied"
    return f"{verb}ed"


def _with_ing(verb: str) -> str:
    return f"{verb[:-1]}ing" if verb.endswith("e") and not verb.endswith("ee") else f"{verb}ing"
