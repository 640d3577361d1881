"""Casualties in many wordings: each sentence with the figures a reader takes from it."""

from __future__ import annotations

from pathlib import Path

import pytest

from incidents.extraction import extract

DATA = Path(__file__).parent / "data"
SIGNS = {"+": "at_least", ">": "more_than", "~": "about", "<": "up_to"}


def _lines(name: str) -> list[str]:
    lines = (DATA / name).read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def _expected(column: str) -> list[tuple[str, int | None, str, str]]:
    claims = []
    for part in column.split(";"):
        if part.strip() == "-":
            continue
        kind, number, group = part.split()[:3]
        claims.append((kind, *_count(number), group))
    return sorted(claims, key=repr)


def _count(number: str) -> tuple[int | None, str]:
    if number == "dozens":
        return 12, "dozens"
    if number == "few":
        return None, "few"
    if number[-1] in SIGNS:
        return int(number[:-1]), SIGNS[number[-1]]
    return int(number), "exact"


_CASES = [line.split(" | ") for line in _lines("phrasings.txt")]


@pytest.mark.parametrize(("sentence", "claims"), _CASES, ids=[c[0][:60] for c in _CASES])
def test_a_sentence_gives_the_figures_a_reader_takes_from_it(sentence: str, claims: str) -> None:
    tier = "unclassified" if claims.endswith("?") else "linked"
    found = [
        (d.casualty_type, d.count_low, d.qualifier, d.victim_group)
        for d in extract(sentence)
        if d.tier == tier and d.casualty_type
    ]
    assert sorted(found, key=repr) == _expected(claims.removesuffix("?"))


_HEADLINES = [line.split(" | ") for line in _lines("headlines.txt")]


@pytest.mark.parametrize(("title", "claims"), _HEADLINES, ids=[c[0][:60] for c in _HEADLINES])
def test_a_headline_gives_the_figures_a_reader_takes_from_it(title: str, claims: str) -> None:
    found = [
        (d.casualty_type, d.count_low, d.qualifier, d.victim_group)
        for d in extract("", title=title)
        if d.tier == "linked" and d.casualty_type
    ]
    assert sorted(found, key=repr) == _expected(claims)


@pytest.mark.parametrize("sentence", _lines("hard_negatives.txt"))
def test_what_counts_no_casualty_gives_no_figure(sentence: str) -> None:
    assert [d.quote for d in extract(sentence) if d.casualty_type] == []
