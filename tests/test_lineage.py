"""Copies and rewrites are told from independent reports; reviewers have the last word."""

import random
import tomllib
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidents.model import Source
from incidents.origins.copies import compare_texts
from incidents.origins.credits import credit_notices
from incidents.origins.families import (
    DECISIONS_FILE,
    Family,
    connected,
    decide,
    decisions_as_toml,
    load_decisions,
)
from incidents.origins.lineage import (
    LINEAGE_FILE,
    Decision,
    LineageIndex,
    detect,
    lineage_as_toml,
    load_lineage,
)
from incidents.origins.prepared import prepare
from incidents.sentences import split_sentences

FOLDER = Path(__file__).parent / "data" / "lineage"
LABELS = tomllib.loads((FOLDER / "families.toml").read_text("utf-8"))
TEXTS = {path.stem: path.read_text("utf-8") for path in FOLDER.glob("*.txt")}
SEED_FAMILY = ("000", "001", "002", "003")
NOW = datetime.fromisoformat("2026-02-03T10:15:00+05:00")

SENTENCES = st.sampled_from(
    [
        "The ferry sank at noon off the long pier.",
        "“I held on to a door until my hands were blue,” a cook told the agency.",
        "The minister said in a statement: “We will find those who did this to us.”",
        "No group has claimed responsibility for the attack.",
        "The province borders two countries.",
        "Rain.",
        "Divers searched the harbour for a second day.",
    ]
)
WRITTEN = st.lists(SENTENCES, min_size=1, max_size=6).map("\n".join)
ANY_TEXT = WRITTEN | st.text(max_size=60).filter(lambda t: any(c.isalnum() for c in t))


def decision(kind, *sources, minutes=0):
    return Decision(
        kind=kind,
        sources=sources,
        reason="read side by side",
        decided_by="desk",
        decided_at=NOW + timedelta(minutes=minutes),
    )


def members(families):
    return [family.sources for family in families]


def source(source_id, sha256, agency=None):
    return Source(source_id=source_id, title=source_id, sha256=sha256, agency=agency)


@pytest.fixture(scope="module")
def written():
    return detect(TEXTS)


@pytest.fixture(scope="session")
def seed_texts(texts_folder):
    return {path.name[:3]: path.read_bytes().decode("utf-8") for path in texts_folder.glob("*.txt")}


# What is a family


def test_every_written_text_is_labelled():
    labelled = [name for family in LABELS["families"] for name in family] + LABELS["alone"]
    assert sorted(labelled) == sorted(TEXTS)


def test_rewrites_join_their_wire_and_independent_reports_stand_alone(written):
    expected = [*map(sorted, LABELS["families"]), *([name] for name in LABELS["alone"])]
    assert sorted(map(list, members(written.families))) == sorted(expected)


def test_thresholds_keep_a_distance_from_both_sides(written):
    # A text is joined to its family by its strongest pair, so that is the one that counts.
    same = {name: set(family) for family in LABELS["families"] for name in family}
    joins = [
        max(
            p.evidence / p.threshold
            for p in written.pairs
            if {p.a, p.b} <= same[name] and name in {p.a, p.b}
        )
        for name in same
    ]
    apart = [p.evidence / p.threshold for p in written.pairs if p.b not in same.get(p.a, set())]
    assert min(joins) > 1.2
    assert max(apart) < 0.8


def test_an_official_quote_of_two_lines_makes_no_family(written):
    pair = written.evidence("market-independent-daily", "market-independent-foreign")
    assert sum(m.direct_quote for m in pair.matches) == 2
    assert not pair.is_copy
    assert all(m.kind == "statement" for m in pair.matches if m.direct_quote)


def test_a_lone_quote_makes_no_family_even_where_nobody_says_it_was_public():
    quote = "“We counted the drums twice and then the whole quay was alight,” Omar Dahl said."
    one = f"{quote} Firemen from three towns fought the blaze. The smell lay over the bay."
    other = f"The harbour board met at dawn. {quote} Insurers put the loss at nine million."
    pair = compare_texts("one", one, "other", other)
    assert len(pair.matches) == 1
    assert pair.matches[0].score == 100
    assert not pair.is_copy


def test_two_quotes_given_to_one_reporter_make_a_family_in_any_order():
    first = "“We counted the drums twice and then the quay was alight,” Omar Dahl said by phone."
    second = "“My nets are ash and my boat is a nail,” a fisher told the agency."
    one = f"{first} Firemen from three towns fought the blaze. All ships had left. {second}"
    other = f"Insurers put the loss at nine million. {second} The board met at dawn. {first}"
    assert compare_texts("one", one, "other", other).is_copy


def test_background_and_set_phrases_make_no_family():
    shared = (
        "No group has claimed responsibility for the attack. The province borders Iran and "
        "Afghanistan. It has seen a separatist insurgency for decades. The injured were shifted "
        "to hospital. Police cordoned off the area."
    )
    one = f"A grenade damaged a kiosk in the east of the town. {shared}"
    other = f"Riders fired at a lorry with cement near the dam. {shared}"
    pair = compare_texts("one", one, "other", other)
    assert {m.kind for m in pair.matches} == {"background"}
    assert not pair.is_copy


def test_the_kind_of_each_quote_is_read_from_its_speaker():
    text = (
        "“The nation will not bend to this,” the minister said in a statement.\n"
        "“They knew where the radio fails us,” an official said on condition of anonymity.\n"
        "“The ground lifted under my own feet,” said the baker.\n"
        "The bakers went home before the rain came down.\n"
        "The province borders two other countries."
    )
    kinds = [sentence.kind for sentence in prepare(text).sentences]
    assert kinds == ["statement", "exclusive", "quote", "plain", "background"]


def test_a_text_of_one_sentence_is_a_copy_of_itself_retouched():
    one = "Lightning struck the grain silo of Marib on Monday, the mill's manager reported."
    other = "Lightning struck the grain silo of Marib Monday, the mill's manager reported."
    assert compare_texts("one", one, "other", other).rule == "whole_text"


# Laws


@given(ANY_TEXT)
def test_a_text_is_a_copy_of_itself_with_score_1(text):
    pair = compare_texts("a", text, "b", text)
    assert pair.is_copy
    assert pair.score == 1


@given(WRITTEN, WRITTEN)
def test_comparison_is_symmetric(one, other):
    forth, back = compare_texts("a", one, "b", other), compare_texts("b", other, "a", one)
    assert forth == back.mirrored()
    assert 0 <= forth.score <= 1


@given(WRITTEN, WRITTEN)
def test_matches_pair_whole_sentences_one_to_one(one, other):
    pair = compare_texts("a", one, "b", other)
    sentences, others = split_sentences(one), split_sentences(other)
    for match in pair.matches:
        assert sentences[match.index_a] == (match.start_a, match.end_a)
        assert others[match.index_b] == (match.start_b, match.end_b)
    assert len({m.index_a for m in pair.matches}) == len(pair.matches)
    assert len({m.index_b for m in pair.matches}) == len(pair.matches)


@settings(max_examples=5)
@given(st.integers(0, 10_000))
def test_the_order_of_documents_makes_no_difference(seed):
    some = [name for name in sorted(TEXTS) if name.startswith(("market", "raid"))]
    shuffled = random.Random(seed).sample(some, len(some))
    forth, back = detect({n: TEXTS[n] for n in some}), detect({n: TEXTS[n] for n in shuffled})
    assert forth == back
    assert forth.families == back.families


def test_blank_texts_are_nobodys_copies():
    assert members(detect({"1": "", "2": "  \n", "3": ""}).families) == [("1",), ("2",), ("3",)]


# The seeds


@pytest.mark.texts
def test_four_seeds_are_one_family_and_the_fifth_stands_alone(seed_texts):
    found = detect(seed_texts)
    assert members(found.families) == [SEED_FAMILY, ("004",)]


@pytest.mark.texts
def test_seeds_stay_apart_from_texts_of_other_events(seed_texts):
    found = detect({**TEXTS, **seed_texts})
    assert SEED_FAMILY in members(found.families)
    assert ("004",) in members(found.families)


@pytest.mark.texts
def test_the_recorded_lineage_is_what_detection_finds_in_the_texts(seed_texts, seeds_folder):
    recorded = load_lineage(seeds_folder)
    by_id = {source_id: seed_texts[source_id[:3]] for source_id in recorded.sha256}
    assert lineage_as_toml(detect(by_id)) == (seeds_folder / LINEAGE_FILE).read_text("utf-8")


def test_the_recorded_lineage_gives_the_families_without_the_texts(seeds_folder):
    lineage = load_lineage(seeds_folder)
    assert [[s[:3] for s in f.sources] for f in lineage.detected] == [list(SEED_FAMILY), ["004"]]
    assert lineage.origin_of["002-unknown-2026-01-31"] == "000-afp-2026-01-31"


def test_the_recorded_lineage_holds_positions_and_no_text(seeds_folder):
    tables = tomllib.loads((seeds_folder / LINEAGE_FILE).read_text("utf-8"))
    strings = {v for pair in tables["pairs"] for v in pair.values() if isinstance(v, str)}
    for pair in tables["pairs"]:
        for match in pair["matches"]:
            strings |= {value for value in match.values() if isinstance(value, str)}
    ids = {entry["source_id"] for entry in tables["sources"]}
    kinds = {"exclusive", "quote", "statement", "plain", "background"}
    rules = {"identical", "whole_text", "sentences", "quote_alone", "too_little"}
    assert strings <= ids | kinds | rules


# Files


def test_a_lineage_reads_back_as_it_was_written(tmp_path, written):
    (tmp_path / LINEAGE_FILE).parent.mkdir()
    (tmp_path / LINEAGE_FILE).write_text(lineage_as_toml(written), "utf-8")
    assert load_lineage(tmp_path) == written


def test_a_source_that_was_never_compared_stands_alone(tmp_path):
    lineage = load_lineage(tmp_path, [source("005-x", "0" * 64)])
    assert lineage.origin_of == {"005-x": "005-x"}
    assert lineage.stale == frozenset()


def test_a_source_whose_text_changed_is_named_stale_and_keeps_its_family(seeds_folder):
    recorded = load_lineage(seeds_folder)
    sources = [source(s, sha) for s, sha in recorded.sha256.items()]
    sources[1] = source(sources[1].source_id, "0" * 64)
    lineage = load_lineage(seeds_folder, sources)
    assert lineage.stale == {sources[1].source_id}
    assert lineage.families == recorded.families


def test_a_broken_lineage_file_says_how_to_build_it_again(tmp_path):
    (tmp_path / LINEAGE_FILE).parent.mkdir()
    (tmp_path / LINEAGE_FILE).write_text('[[pairs]]\na = "x"\n', "utf-8")
    with pytest.raises(ValueError, match=r"lineage.*build the file again"):
        load_lineage(tmp_path)


# Decisions


def test_families_hang_together_through_links():
    found = connected(["d", "c", "b", "a"], [("c", "b"), ("a", "b")])
    assert members(found) == [("a", "b", "c"), ("d",)]
    assert found[0].origin_id == "a"


def test_a_split_takes_sources_into_a_family_of_their_own():
    split = decision("split", "b", "c")
    assert members(decide([Family(("a", "b", "c"))], [split])) == [("a",), ("b", "c")]


def test_a_merge_joins_whole_families():
    merge = decision("merge", "a", "c")
    families = [Family(("a", "b")), Family(("c", "d"))]
    assert members(decide(families, [merge])) == [("a", "b", "c", "d")]


def test_the_later_decision_wins_wherever_it_stands():
    split, merge = decision("split", "b"), decision("merge", "a", "b", minutes=1)
    families = [Family(("a", "b"))]
    assert decide(families, [merge, split]) == decide(families, [split, merge]) == tuple(families)


def test_decisions_pass_over_sources_that_are_not_there():
    assert members(decide([Family(("a",))], [decision("merge", "a", "gone")])) == [("a",)]


@given(
    st.lists(
        st.builds(
            lambda kind, names, minutes: decision(kind, *sorted(names), minutes=minutes),
            st.sampled_from(["split", "merge"]),
            st.sets(st.sampled_from("abcdefg"), min_size=2, max_size=4),
            st.integers(0, 50),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_a_reverted_or_removed_decision_leaves_no_trace(decisions):
    families = [Family(("a", "b", "c")), Family(("d", "e")), Family(("f",))]
    *others, last = decisions
    reverted = last.reverted("desk", NOW + timedelta(days=1), "a mistake")
    assert decide(families, [*others, reverted]) == decide(families, others)
    assert decide(families, []) == tuple(families)
    everyone = [s for f in decide(families, decisions) for s in f.sources]
    assert sorted(everyone) == list("abcdef")


def test_a_lineage_keeps_detection_under_its_decisions(written):
    split = decision("split", "ferry-rewrite")
    decided = written.with_decisions([split])
    assert decided.origin_of["ferry-rewrite"] == "ferry-rewrite"
    assert decided.detected == written.detected
    assert decided.with_decisions([]) == written


def test_decisions_read_back_as_they_were_written(tmp_path):
    reverted = decision("merge", "a", "b").reverted("desk", NOW, 'said "no" \\ twice')
    path = tmp_path / "decisions.toml"
    for decisions in ((), (decision("split", "c"), reverted)):
        path.write_text(decisions_as_toml(decisions), "utf-8")
        assert load_decisions(path) == decisions


def test_the_project_starts_without_decisions(seeds_folder):
    assert (seeds_folder / DECISIONS_FILE).read_text("utf-8") == decisions_as_toml(())


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"kind": "merge"}, "a merge needs two sources"),
        ({"sources": ("a", "a")}, "names one twice"),
        ({"decided_at": datetime(2026, 2, 3)}, "has no offset"),  # noqa: DTZ001
        ({"reverted_at": NOW}, "go together"),
        ({"reason": " "}, "reason"),
    ],
)
def test_a_decision_that_says_too_little_is_refused(changed, message):
    fields = {**decision("split", "a").model_dump(), **changed}
    with pytest.raises(ValueError, match=message):
        Decision.model_validate(fields)


def test_a_wrong_decision_in_a_file_is_named(tmp_path):
    path = tmp_path / "decisions.toml"
    path.write_text('[[decisions]]\nkind = "join"\n', "utf-8")
    with pytest.raises(ValueError, match=r"decisions.toml, decision 1"):
        load_decisions(path)


# Credits


def test_a_source_that_credits_nobody_is_told_of_its_familys_agency():
    lineage = detect(
        {n: TEXTS[n] for n in ("mine-wire", "mine-rewrite", "mine-independent", "ferry-wire")}
    )
    sha = "0" * 64
    notices = credit_notices(
        lineage,
        [
            source("mine-wire", sha, "NWA"),
            source("mine-rewrite", sha),
            source("mine-independent", sha, "NWA"),
            source("ferry-wire", sha, "Lake News"),
        ],
    )
    assert [(n.source_id, n.kind, n.agencies) for n in notices] == [
        ("mine-independent", "stands_apart", ("NWA",)),
        ("mine-rewrite", "credits_nobody", ("NWA",)),
    ]
    assert "credits nobody" in notices[1].message


def test_two_agencies_in_one_family_are_both_told():
    lineage = detect({n: TEXTS[n] for n in ("mine-wire", "mine-rewrite")})
    sources = [source("mine-wire", "0" * 64, "NWA"), source("mine-rewrite", "0" * 64, "Other")]
    assert [n.kind for n in credit_notices(lineage, sources)] == ["credits_another"] * 2


# Many documents


@pytest.fixture(scope="module")
def index():
    filled = LineageIndex()
    for name in sorted(TEXTS):
        filled.add(name, TEXTS[name])
    return filled


def test_a_new_text_finds_its_family_among_stored_ones(index):
    new = (
        "Grace Phiri, 19, told of the last moment: “My sister held my scarf and then I only had "
        "the scarf.” Fishermen rescued 87 from the lake after the Morning Star capsized. “The "
        "captain was paid by the head, and he counted money instead of heads,” the director of "
        "the lake authority, Joel Banda, said."
    )
    pairs = index.compare(new, "new")
    assert {p.b for p in pairs if p.is_copy} == {"ferry-wire", "ferry-rewrite"}
    assert pairs[0].is_copy
    assert all(p.a == "new" for p in pairs)


def test_the_index_gives_the_evidence_of_a_direct_comparison(index):
    new = TEXTS["train-brief"]
    for pair in index.compare(new, "new"):
        assert pair == compare_texts("new", new, pair.b, TEXTS[pair.b])


def test_a_stored_text_is_not_its_own_copy(index):
    assert "mine-wire" not in {p.b for p in index.compare(TEXTS["mine-wire"], "mine-wire")}


def test_candidates_do_not_depend_on_the_order_of_storing(index):
    backwards = LineageIndex()
    for name in sorted(TEXTS, reverse=True):
        backwards.add(name, TEXTS[name])
    for text in TEXTS.values():
        assert backwards.candidates(text, 5) == index.candidates(text, 5)


def test_an_id_is_stored_once(index):
    with pytest.raises(ValueError, match="stored as 'mine-wire' already"):
        index.add("mine-wire", "Another text.")


def test_an_empty_index_and_an_empty_text_have_no_candidates(index):
    assert LineageIndex().compare("A text.") == []
    assert index.compare("") == []


def test_a_new_text_joins_a_lineage_with_the_evidence_of_the_index(written, index):
    grown = written.with_text(
        "zz-new", TEXTS["mine-wire"], index.compare(TEXTS["mine-wire"], "zz-new")
    )
    assert grown.origin_of["zz-new"] == "mine-rewrite"
    assert set(grown.pairs) > set(written.pairs)
