"""The five coded documents: every coded claim is found in its text."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from incidents.extraction import Draft, extract


def _documents(folder: Path) -> list[Path]:
    return sorted(folder.glob("0*.toml"))


def _finds(draft: Draft, claim: dict[str, Any]) -> bool:
    apart = draft.char_end <= claim["char_start"] or claim["char_end"] <= draft.char_start
    if apart or draft.casualty_type != claim.get("casualty_type"):
        return False
    if draft.casualty_type is None:
        return True
    vague = {"dozens": 12}.get(claim["qualifier"])
    return (
        draft.count_low == claim.get("count", vague)
        and draft.victim_group == claim["victim_group"]
        and draft.qualifier == claim["qualifier"]
        and draft.tier == "linked"
    )


@pytest.mark.texts
def test_every_coded_claim_of_the_seeds_is_found_in_its_text(
    seeds_folder: Path, texts_folder: Path
) -> None:
    missed = []
    for path in _documents(seeds_folder):
        coded = tomllib.loads(path.read_text("utf-8"))
        (text_path,) = texts_folder.glob(f"{path.name[:3]}_*.txt")
        source = coded["source"]
        day = source.get("published_on") or source.get("known_from")
        drafts = extract(text_path.read_bytes().decode("utf-8"), published_on=day)
        for claim in coded["claims"]:
            if not any(_finds(draft, claim) for draft in drafts):
                missed.append(f"{path.name} {claim['id']}: {claim['quote']}")
    assert missed == []
