"""A quote is shown where it stands; in a changed text it is found again or said not to be."""

import base64
import json

import pytest
from claim_factory import make_claim, make_source
from hypothesis import given
from hypothesis import strategies as st

from incidents.coding import seeds
from incidents.coding.anchors import paragraph_at, text_sha256
from incidents.evidence import CONTEXT_LENGTH, annotation, evidence_of, keep_quotes, main
from incidents.texts import QUOTES_FILE, Context, FoundText, TextLibrary

QUOTE = "five soldiers were killed"
TEXT = f"A report\n\nIt began early. Officials said {QUOTE} in the town. Nobody knew more.\n"
AT = TEXT.index(QUOTE)
SOURCE = make_source("s1", sha256=text_sha256(TEXT))


def coded(**fields):
    place = {"paragraph": 2, "char_start": AT, "char_end": AT + len(QUOTE)}
    return make_claim(quote=QUOTE, **(place | fields))


def seen(text, claim=None, contexts=None):
    changed = text != TEXT
    found = FoundText(text, changed, "001_report.txt", contexts or {})
    return evidence_of(claim or coded(), SOURCE, found)


def holds(evidence, text):
    return (
        text[evidence.char_start : evidence.char_end] == evidence.quote
        and evidence.paragraph == paragraph_at(text, evidence.char_start)
        and evidence.sha256 == text_sha256(text)
        and text.startswith(evidence.suffix, evidence.char_end)
        and text[: evidence.char_start].endswith(evidence.prefix)
        and text[evidence.sentence.char_start : evidence.sentence.char_end]
        == evidence.before + evidence.quote + evidence.after
    )


def test_a_quote_in_the_coded_text_stands_in_its_sentence():
    evidence = seen(TEXT)
    assert evidence.status == "anchored"
    assert holds(evidence, TEXT)
    assert (evidence.before, evidence.after) == ("Officials said ", " in the town.")
    assert len(evidence.prefix) == CONTEXT_LENGTH
    assert evidence.suffix == " in the town. Nobody knew more.\n"


def test_without_the_text_the_coded_position_is_given():
    evidence = evidence_of(coded(), SOURCE, None)
    assert evidence.status == "no_text"
    assert (evidence.paragraph, evidence.char_start) == (2, AT)
    assert evidence.sha256 == SOURCE.sha256
    assert evidence.before == evidence.prefix == ""


def test_a_claim_without_a_position_says_so():
    loose = coded(paragraph=None, char_start=None, char_end=None)
    assert "names no position" in evidence_of(loose, SOURCE, None).message
    evidence = seen(TEXT, loose)
    assert evidence.status == "re-anchored"
    assert holds(evidence, TEXT)


def test_a_position_that_does_not_hold_in_the_coded_text_is_not_moved_silently():
    evidence = seen(TEXT, coded(char_start=AT + 3, char_end=AT + 3 + len(QUOTE)))
    assert evidence.status == "re-anchored"
    assert "at the claim's position stand other words" in evidence.message
    assert holds(evidence, TEXT)


def test_in_a_changed_text_the_quote_is_found_again_and_both_positions_are_said():
    text = "A correction.\n\n" + TEXT
    evidence = seen(text)
    assert evidence.status == "re-anchored"
    assert holds(evidence, text)
    assert "(001_report.txt) is not the one that was coded" in evidence.message
    assert f"from character {AT + 15} (coded: paragraph 2, from character {AT})" in evidence.message


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Officials said six soldiers were killed in the town.",
        f"Officials said twenty-{QUOTE} in the town.",
        f"Officials said {QUOTE}-year-olds.",
        "Officials said Five soldiers were killed.",
    ],
)
def test_words_that_no_longer_stand_in_the_text_are_missing(text):
    evidence = seen(text)
    assert evidence.status == "missing"
    assert (evidence.char_start, evidence.sha256) == (AT, SOURCE.sha256)
    assert "no longer stand" in evidence.message


@pytest.mark.parametrize("number", ["137", "1,037", "0.37"])
def test_a_figure_is_not_found_inside_a_longer_number(number):
    claim = make_claim(37, quote="37 killed")
    evidence = evidence_of(claim, SOURCE, FoundText(f"In all {number} killed.", changed=True))
    assert evidence.status == "missing"
    evidence = evidence_of(claim, SOURCE, FoundText("In all, 37 killed.", changed=True))
    assert evidence.status == "re-anchored"


def test_words_that_stand_twice_are_ambiguous():
    evidence = seen(TEXT + f"\nAgain: {QUOTE}.\n")
    assert evidence.status == "ambiguous"
    assert "2 times (paragraphs 2, 3)" in evidence.message
    assert evidence.char_start == AT


def test_of_two_places_the_one_with_the_kept_words_around_it_is_taken():
    text = f"Again: {QUOTE}.\n\n{TEXT}"
    claim = coded()
    first = seen(TEXT, claim)
    kept = {claim.claim_id: Context(first.prefix, first.suffix)}
    evidence = seen(text, claim, kept)
    assert evidence.status == "re-anchored"
    assert evidence.char_start == text.rindex(QUOTE)
    assert holds(evidence, text)
    one_side = {claim.claim_id: Context(first.prefix, "other words")}
    assert seen(text, claim, one_side).char_start == text.rindex(QUOTE)
    neither = {claim.claim_id: Context("other", "words")}
    assert seen(text, claim, neither).status == "ambiguous"
    assert seen(text + TEXT, claim, kept).status == "ambiguous"


def test_other_words_around_a_quote_found_once_are_pointed_at():
    claim = coded()
    first = seen(TEXT, claim)
    kept = {claim.claim_id: Context(first.prefix, first.suffix)}
    assert "read it anew" in seen(f"Militants denied that {QUOTE}!", claim, kept).message
    assert "read it anew" not in seen("More.\n" + TEXT, claim, kept).message


def test_a_quote_over_two_sentences_shows_both():
    quote = "died. Nobody"
    text = f"Men {quote} knew."
    evidence = evidence_of(make_claim(quote=quote), SOURCE, FoundText(text, changed=True))
    assert (evidence.before, evidence.after) == ("Men ", " knew.")


def test_a_quote_without_words_is_nowhere():
    # No record holds such a quote; a program that makes one without checks may.
    wordless = make_claim().model_copy(update={"quote": "?!"})
    assert seen("?! What?!", wordless).status == "missing"


def test_an_annotation_has_the_w3c_selectors_and_the_hash_of_the_text():
    said = annotation(seen(TEXT), SOURCE)
    quote, position = said["target"]["selector"]
    assert said["type"] == "Annotation"
    assert quote["type"] == "TextQuoteSelector"
    assert quote["exact"] == QUOTE
    assert TEXT[position["start"] : position["end"]] == QUOTE
    assert quote["prefix"] + QUOTE + quote["suffix"] in TEXT
    assert said["target"]["sha256"] == SOURCE.sha256
    name = said["target"]["source"].removeprefix("ni:///sha-256;")
    assert base64.urlsafe_b64decode(name + "=").hex() == SOURCE.sha256
    assert json.loads(json.dumps(said)) == said


def test_without_the_text_an_annotation_has_no_prefix_and_no_suffix():
    quote, position = annotation(evidence_of(coded(), SOURCE, None), SOURCE)["target"]["selector"]
    assert set(quote) == {"type", "exact"}
    assert position["start"] == AT
    loose = coded(paragraph=None, char_start=None, char_end=None)
    assert len(annotation(evidence_of(loose, SOURCE, None), SOURCE)["target"]["selector"]) == 1


def test_kept_quotes_find_a_repeated_one_again_after_the_text_has_changed(tmp_path):
    (tmp_path / "001.txt").write_bytes(TEXT.encode())
    source = make_source("001-report", sha256=SOURCE.sha256)
    claim = coded(source_id="001-report")
    assert keep_quotes([claim], {"001-report": source}, tmp_path) == 1
    text = f"Again: {QUOTE}.\n\n{TEXT}"
    (tmp_path / "001.txt").write_bytes(text.encode())
    # Kept again: the changed text teaches nothing, what is known of the old one stays.
    assert keep_quotes([claim], {"001-report": source}, tmp_path) == 1
    evidence = evidence_of(claim, source, TextLibrary.from_folder(tmp_path).text_of(source))
    assert evidence.status == "re-anchored"
    assert evidence.char_start == text.rindex(QUOTE)


def test_the_command_keeps_quotes_beside_the_texts(seeds_folder, tmp_path, capsys):
    assert main([str(seeds_folder)]) == 2
    assert main([str(seeds_folder), str(tmp_path / "gone")]) == 1
    assert "there is no folder" in capsys.readouterr().err
    assert main([str(seeds_folder), str(tmp_path)]) == 0
    assert json.loads((tmp_path / QUOTES_FILE).read_text(encoding="utf-8")) == []


@pytest.mark.texts
def test_every_coded_quote_stands_in_its_text(seeds_folder, texts_folder):
    catalogue, library = seeds.load(seeds_folder), TextLibrary.from_folder(texts_folder)
    for claim in catalogue.claims:
        source = catalogue.source[claim.source_id]
        found = library.text_of(source)
        evidence = evidence_of(claim, source, found)
        assert evidence.status == "anchored", claim.claim_id
        assert holds(evidence, found.text), claim.claim_id


words = st.sampled_from(["Officials", "said", "soldiers", "five", "killed", "نوشکی", "were", "37"])
paragraphs = st.lists(words, min_size=1, max_size=8).map(lambda w: " ".join(w) + ".")


@given(
    st.lists(paragraphs, max_size=4),
    st.lists(paragraphs, max_size=4),
    st.lists(paragraphs, max_size=4),
    st.lists(paragraphs, max_size=4),
    st.sampled_from(["\n", "\n\n", "\r\n"]),
)
def test_in_a_text_with_other_paragraphs_the_quote_is_found_again_or_said_to_be_ambiguous(
    before, after, new_before, new_after, line_end
):
    own = f"Officials said {QUOTE}."
    text = line_end.join([*before, own, *after])
    at = len(line_end.join([*before, "Officials said "]))
    claim = make_claim(
        quote=QUOTE, paragraph=len(before) + 1, char_start=at, char_end=at + len(QUOTE)
    )
    source = make_source("s1", sha256=text_sha256(text))
    assert holds(evidence_of(claim, source, FoundText(text, changed=False)), text)
    changed = line_end.join([*new_before, own, *new_after])
    evidence = evidence_of(claim, source, FoundText(changed, changed=True))
    times = changed.count(QUOTE)
    assert evidence.status == ("re-anchored" if times == 1 else "ambiguous")
    if times == 1:
        assert holds(evidence, changed)
        assert evidence.char_start == changed.index(QUOTE)
    removed = line_end.join([*new_before, *new_after])
    if QUOTE not in removed:
        assert evidence_of(claim, source, FoundText(removed, changed=True)).status == "missing"
