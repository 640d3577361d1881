"""The vocabulary an analyst can add to, the hook for other extractors, the coded reports."""

from __future__ import annotations

from dataclasses import replace
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from incidents.extraction import extract, extract_with, load_extractors, load_vocabulary
from incidents.extraction import extractors as hook
from incidents.extraction.extractors import ExtractorError
from incidents.extraction.scoring import ReportError, load_reports, score_reports
from incidents.extraction.vocabulary import VocabularyError

REPORTS = Path(__file__).parent / "data" / "reports"


def test_a_word_that_an_analyst_adds_is_found(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text(
        '[casualty.killed]\ntransitive = ["zap"]\n[groups.civilians]\nplural = ["wozzles"]\n'
        '[irregular]\nzap = ["zapped", "zapped", "zapping"]\n',
        "utf-8",
    )
    text = "Five wozzles were zapped."
    assert extract(text) == []
    (draft,) = extract(text, vocabulary=load_vocabulary(own))
    assert (draft.casualty_type, draft.victim_group, draft.count_low) == ("killed", "civilians", 5)


def test_the_words_of_the_file_that_the_environment_names_are_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "own.toml"
    own.write_text('[groups.civilians]\nplural = ["wozzles"]\n', "utf-8")
    monkeypatch.setenv("INCIDENT_MAP_VOCABULARY", str(own))
    (draft,) = extract_with(load_extractors(), "Few wozzles were there. Ten more wozzles died.")
    assert (draft.victim_group, draft.count_low) == ("civilians", 10)


def test_a_table_that_is_not_in_the_vocabulary_is_refused_with_its_name(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text('[casualty.kiled]\ntransitive = ["zap"]\n', "utf-8")
    with pytest.raises(VocabularyError, match=r"own\.toml.*'kiled' is not in the vocabulary"):
        load_vocabulary(own)


def test_a_vocabulary_that_is_not_toml_is_refused(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text("casualty = [", "utf-8")
    with pytest.raises(VocabularyError, match="not TOML"):
        load_vocabulary(own)


def test_an_installed_extractor_stands_beside_the_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    point = EntryPoint("mine", "incidents.extraction.pipeline:extract", hook.GROUP)
    monkeypatch.setattr(hook, "entry_points", lambda group: [point])
    assert set(load_extractors()) == {"rules", "mine"}


def test_an_extractor_that_cannot_be_loaded_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    point = EntryPoint("broken", "no_such_module:extract", hook.GROUP)
    monkeypatch.setattr(hook, "entry_points", lambda group: [point])
    with pytest.raises(ExtractorError, match=r"'broken'.*no_such_module"):
        load_extractors()


def test_what_another_extractor_finds_is_added_under_its_name_and_counted_once() -> None:
    text = "Five men were killed; the convoy lost contact with eight guards."

    def watcher(text, *, published_on=None, title=None):
        (five,) = extract("Five men were killed")
        at = text.index("eight")
        lost = replace(
            five, draft_id="x", rule="contact lost", casualty_type="missing", count_low=8,
            quote="eight guards", char_start=at, char_end=at + 12, figure_start=at,
            figure_end=at + 5,
        )  # fmt: skip
        return [five, lost]

    found = extract_with({"rules": extract, "watch": watcher}, text)
    assert [(d.draft_id, d.casualty_type, d.rule) for d in found] == [
        ("d1", "killed", "passive: people before auxiliary"),
        ("d2", "missing", "watch: contact lost"),
    ]


def test_an_extractor_whose_quote_stands_elsewhere_is_named() -> None:
    def shifted(text, *, published_on=None, title=None):
        return [replace(d, char_start=d.char_start + 1) for d in extract(text)]

    with pytest.raises(ExtractorError, match=r"'shifted' quotes 'Five men were killed' for"):
        extract_with({"shifted": shifted}, "Five men were killed.")


def test_an_extractor_that_fails_is_named() -> None:
    def broken(text, *, published_on=None, title=None):
        raise KeyError("model")

    with pytest.raises(ExtractorError, match=r"'broken' failed: KeyError: 'model'"):
        extract_with({"broken": broken}, "Five men were killed.")


def test_there_are_reports_in_five_styles_half_of_them_held_out() -> None:
    development = load_reports(REPORTS / "development")
    held_out = load_reports(REPORTS / "held_out")
    assert len(development) >= 18
    assert len(held_out) >= 18
    assert len({r.style for r in development}) == len({r.style for r in held_out}) == 5


def test_the_rules_read_the_reports_they_were_written_on() -> None:
    score = score_reports(load_reports(REPORTS / "development"), extract)
    assert score.precision is not None
    assert score.precision >= 0.97
    assert score.recall_linked is not None
    assert score.recall_linked >= 0.95
    for name in ("casualty_type", "victim_group", "qualifier", "adm2_name"):
        accuracy = score.accuracy(name)
        assert accuracy is not None
        assert accuracy >= 0.95


@pytest.mark.parametrize("name", ["second", "fourth", "fifth"])
def test_the_rules_read_the_reports_they_were_improved_on(name: str) -> None:
    score = score_reports(load_reports(REPORTS / name), extract)
    assert (score.precision or 0) >= 0.97
    assert (score.recall or 0) >= 0.95
    assert (score.accuracy("adm2_name") or 0) >= 0.95


def test_the_rules_show_what_the_sixth_set_tells() -> None:
    score = score_reports(load_reports(REPORTS / "sixth"), extract)
    assert (score.precision or 0) >= 0.97
    assert (score.recall_linked or 0) >= 0.85
    assert (score.recall or 0) >= 0.97


def test_a_coded_claim_whose_quote_is_not_in_the_report_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(
        'style = "wire"\n[[report]]\nid = "a"\npublished_on = 2025-01-01\ntitle = "t"\n'
        'text = "Two killed."\nclaims = ["Three | killed | total | exact 3 | - | event | media"]\n',
        "utf-8",
    )
    with pytest.raises(ReportError, match="'Three' is not in the report"):
        load_reports(tmp_path)


@pytest.mark.parametrize("who", ["a district official", "an election official", "jail officials"])
def test_an_office_among_the_victims_words_can_also_be_who_tells(who):
    (draft,) = extract(f"KALAT: Armed men killed two guards on Sunday, {who} said.")
    assert (draft.claimant, draft.claimant_type) == (who, "state")
