"""The coded documents: complete, and true to their texts."""

import re
from collections import Counter
from datetime import date

import pytest

from incidents.coding import seeds
from incidents.coding.anchors import read_text
from incidents.coding.proof import misfits, numbers_in
from incidents.coding.seed_tables import FIELDS
from incidents.figures.tolls import by_district
from incidents.model import (
    CASUALTY_TYPES,
    CLAIMANT_KINDS,
    CLAIMANT_TYPES,
    EVENT_TYPES,
    MAX_QUOTE_WORDS,
    QUALIFIERS,
    SCOPES,
    VICTIM_GROUPS,
    word_count,
)

FIGURES = {"000": (9, 7), "001": (17, 11), "002": (7, 5), "003": (8, 5), "004": (15, 12)}
"""By document: all figures, and those of the event itself; counted by hand in the texts."""
REPORTED = {"Quetta", "Mastung", "Nushki", "Gwadar", "Kharan", "Chagai"}
WORDS = "two three four five six seven eight nine ten eleven twelve".split()
NUMBER_WORDS = {word: value for value, word in enumerate(WORDS, 2)} | {"thirty": 30}


@pytest.fixture(scope="module")
def catalogue(seeds_folder):
    return seeds.load(seeds_folder)


@pytest.fixture(scope="module")
def event_claims(catalogue):
    return [c for c in catalogue.claims if c.scope == "event"]


@pytest.fixture(scope="module", params=sorted(FIGURES))
def document(request, seeds_folder):
    [path] = seeds_folder.glob(f"{request.param}-*.toml")
    return seeds.load_document(path)


@pytest.fixture(scope="module")
def text(document, texts_folder):
    [path] = texts_folder.glob(f"{document.source.source_id[:3]}*.txt")
    return read_text(path)


@pytest.mark.texts
def test_every_quote_stands_at_its_offsets_and_in_its_paragraph(document, text):
    paragraphs = [line for line in text.split("\n") if line.strip()]
    for entry in (*document.claims, *document.not_casualties):
        words = getattr(entry, "quote", None) or entry.text
        assert text[entry.char_start : entry.char_end] == words
        assert words in paragraphs[entry.paragraph - 1]
        assert text[: entry.char_start].count("\n") < len(text.split("\n"))


@pytest.mark.texts
def test_the_text_is_the_coded_one_and_every_number_in_it_is_accounted_for(document, text):
    assert misfits(document, text) == []


@pytest.mark.texts
def test_every_number_in_a_figures_quote_is_coded_or_listed(document, text):
    listed = [(n.char_start, n.char_end) for n in document.not_casualties]
    for claim in document.claims:
        if not claim.is_figure:
            continue
        alike = [c for c in document.claims if c.is_figure and c.char_start == claim.char_start]
        counts = {c.count_low for c in alike}
        for start, end in numbers_in(claim.quote):
            word, at = claim.quote[start:end].lower(), claim.char_start + start
            if word in {"dozens", "few"} or any(s <= at < e for s, e in listed):
                continue
            value = int(word) if word.isdigit() else NUMBER_WORDS[word]
            thirty_seven = {30, 7} if "hirty-seven" in claim.quote else set()
            assert value in counts | thirty_seven, claim.claim_id


def test_each_documents_figures_are_coded(document):
    figures = [c for c in document.claims if c.is_figure]
    of_the_event = [c for c in figures if c.scope == "event"]
    assert (len(figures), len(of_the_event)) == FIGURES[document.source.source_id[:3]]


def test_no_run_of_words_longer_than_a_quote_can_be_put_together_again(document):
    spans = sorted(
        (e.paragraph, e.char_start, e.char_end, getattr(e, "quote", None) or e.text)
        for e in (*document.claims, *document.not_casualties)
    )
    run = (0, 0, 0)
    for paragraph, start, end, words in spans:
        # With no more than a space or a comma between them, two quotes read as one.
        adjoins = run[0] == paragraph and start <= run[1] + 2
        news = word_count(words) if end > run[1] else 0
        run = (paragraph, max(end, run[1]), run[2] + news if adjoins else word_count(words))
        assert run[2] <= MAX_QUOTE_WORDS, words


def test_all_documents_and_claims_are_there(catalogue, event_claims):
    assert len(catalogue.sources) == 5
    assert sum(c.is_figure for c in catalogue.claims) == 56
    assert sum(c.is_figure for c in event_claims) == 40
    assert sum(not c.is_figure for c in event_claims) == 22
    assert {c.incident_id for c in catalogue.claims} == set(catalogue.incident)


@pytest.mark.parametrize(
    ("group", "counts"),
    [
        ("militants", {12, 37, 58, 67, 92, 6}),
        ("security_forces", {10, 15}),
        ("civilians", {11, 18}),
        ("police", {2, 4}),
        ("total", {12, 145}),
    ],
)
def test_figures_that_disagree_stand_side_by_side(event_claims, group, counts):
    killed = [c for c in event_claims if (c.casualty_type, c.victim_group) == ("killed", group)]
    assert {c.count_low for c in killed} == counts


def test_only_six_districts_are_named_with_the_event(event_claims):
    assert {c.adm2_name for c in event_claims} - {None} == REPORTED
    assert all(c.adm2_pcode is None for c in event_claims if c.source_id.startswith("003"))


def test_figures_reach_the_districts_that_their_own_words_name(event_claims):
    pcodes = sorted({c.adm2_pcode for c in event_claims if c.adm2_pcode})
    districts = by_district(event_claims, pcodes)
    found = {
        (summary.claims[0].adm2_name, kind): (toll.low, toll.high, toll.high_open)
        for summary in districts.values()
        for kind, toll in summary.tolls.items()
        if toll.has_figure
    }
    assert found == {
        ("Gwadar", "killed"): (17, 17, False),
        ("Mastung", "freed"): (30, 30, True),
        ("Nushki", "abducted"): (1, 1, False),
        ("Quetta", "killed"): (2, 4, True),
    }


def test_an_abduction_told_in_quetta_without_a_place_stays_with_the_province(event_claims):
    abducted = {c.source_id[:3]: c for c in event_claims if c.casualty_type == "abducted"}
    assert {k: c.adm2_name for k, c in abducted.items()} == {
        "000": "Nushki",
        "001": None,
        "004": "Nushki",
    }
    assert abducted["001"].where_prec == 4
    assert len({c.incident_id for c in abducted.values()}) == 1


def test_ten_security_personnel_are_four_documents_and_two_voices(event_claims):
    ten = [
        c
        for c in event_claims
        if (c.casualty_type, c.victim_group, c.count_low) == ("killed", "security_forces", 10)
    ]
    assert len({c.source_id for c in ten}) == 4
    assert {c.claimant_id for c in ten} == {
        "anonymous-senior-security-official-afp",
        "mohsin-naqvi-interior-minister",
    }


def test_the_camps_dead_are_parts_of_their_total(event_claims):
    camp = [c for c in event_claims if c.incident_id == "2026-01-31-gwadar-camp"]
    [total] = [c for c in camp if c.victim_group == "civilians"]
    parts = Counter({c.victim_group: c.count_low for c in camp if c.part_of == total.claim_id})
    assert parts == {"men": 5, "women": 3, "children": 3}
    assert total.count_low == parts.total() == 11


def test_sums_and_history_are_kept_out_of_the_event(catalogue):
    scopes = {
        (c.count_low, c.scope) for c in catalogue.claims if c.is_figure and c.scope != "event"
    }
    assert scopes == {
        (41, "previous_day"),
        (12, "previous_day"),
        (70, "cumulative"),
        (133, "cumulative"),
        (700, "cumulative"),
        (12, "background"),
    }


def test_at_least_belongs_to_the_first_of_two_figures_only(catalogue):
    alike = {}
    for claim in catalogue.claims:
        if claim.is_figure and re.match(r"(killing )?at least (10|ten) .* and ", claim.quote, re.I):
            alike.setdefault(claim.source_id[:3], []).append(claim.qualifier)
    assert alike == {k: ["at_least", "exact"] for k in ("001", "002", "003")}


def test_documents_without_a_date_say_what_stands_in_for_it(catalogue):
    undated = [s for s in catalogue.sources if s.published_on is None]
    assert [s.source_id[:3] for s in undated] == ["001", "002"]
    assert all(s.known_from == date(2026, 1, 31) and s.known_from_reason for s in undated)
    assert {s.outlet for s in catalogue.sources} == {"unknown"}


def test_whoever_is_named_is_named_with_an_office(catalogue):
    for claimant in {c.claimant for c in catalogue.claims}:
        named = re.match(r"[A-Z]\w+ [A-Z]\w+", claimant)
        assert named is None or ", " in claimant, claimant


def test_the_codebooks_examples_stand_in_the_documents(seeds_folder):
    codebook = (seeds_folder / "README.md").read_text(encoding="utf-8")
    examples = re.findall(r"```toml\n(.*?)```", codebook, re.DOTALL)
    coded = [path.read_text(encoding="utf-8") for path in seeds.document_paths(seeds_folder)]
    assert examples
    for example in examples:
        assert any(example in document for document in coded), example


def test_the_codebook_explains_every_field_and_value(seeds_folder):
    codebook = (seeds_folder / "README.md").read_text(encoding="utf-8")
    words = [
        *CASUALTY_TYPES,
        *VICTIM_GROUPS,
        *QUALIFIERS,
        *SCOPES,
        *CLAIMANT_TYPES,
        *CLAIMANT_KINDS,
    ]
    words += EVENT_TYPES
    words += [f for kind in ("source", "defaults", "claim", "incident") for f in FIELDS[kind]]
    assert [w for w in words if f"`{w}`" not in codebook] == []


def test_a_claimant_is_described_in_one_way(catalogue):
    described = {
        (c.claimant_id, c.claimant, c.claimant_type, c.claimant_kind) for c in catalogue.claims
    }
    assert len(described) == len({claimant_id for claimant_id, *_ in described})
