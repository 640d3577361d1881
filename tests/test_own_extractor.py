"""A user's own extractor is offered by name, and nothing of it is believed unchecked."""

from dataclasses import replace
from importlib.metadata import EntryPoint

import pytest

from incidents.atlas import load_atlas
from incidents.extraction import extract, extractors
from incidents.extraction.extractors import ExtractorError, named_extractor
from incidents.reading import read_document
from incidents.review.addition import add_for_review, prepare_addition
from incidents.store import open_store

REPORT = (
    "Gunmen killed two labourers and abducted a driver near Kharan on 9 March 2026, police said."
)


def every_second(text, *, published_on=None, title=None):
    """What a package would offer: its own ids, its own choice."""
    found = extract(text, published_on=published_on, title=title)[::2]
    return [
        replace(d, draft_id=f"mine-{n}", rule="mine", part_of=None) for n, d in enumerate(found)
    ]


def misquoting(text, **_):
    return [replace(extract(text)[0], quote="three hundred killed")]


def failing(text, **_):
    raise RuntimeError("no model")


def twice_the_same(text, **_):
    return extract(text)[:1] * 2


def dictionaries(text, **_):
    return [{"quote": text}]


@pytest.fixture(autouse=True)
def installed(monkeypatch):
    names = ("every_second", "misquoting", "failing", "twice_the_same", "dictionaries")
    points = [EntryPoint(n, f"{__name__}:{n}", extractors.GROUP) for n in names]
    monkeypatch.setattr(extractors, "entry_points", lambda group: points)


def test_its_drafts_are_stored_with_its_name(seeds_folder, tmp_path):
    atlas, store = load_atlas(seeds_folder), open_store(tmp_path)
    addition = prepare_addition(read_document(REPORT.encode()), atlas, extractor="every_second")
    assert {d.rule for d in addition.drafts} == {"every_second: mine"}
    assert [d.draft_id for d in addition.drafts] == [
        f"d{n}" for n in range(1, len(addition.drafts) + 1)
    ]
    source_id = add_for_review(addition, store, atlas, by="amna")
    assert store.document(source_id).extractor == "every_second"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("misquoting", "three hundred killed"),
        ("failing", "RuntimeError: no model"),
        ("twice_the_same", "same draft_id"),
        ("dictionaries", "returned a dict"),
        ("unknown", "there are: all, dictionaries"),
    ],
)
def test_what_it_does_wrong_is_said_with_its_name(name, said):
    with pytest.raises(ExtractorError, match=said) as refused:
        named_extractor(name)(REPORT)
    assert name in str(refused.value)
