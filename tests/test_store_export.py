"""Accepted documents become coded documents again, word for word the same records."""

import shutil
from datetime import date

import pytest
from claim_factory import in_gwadar, make_claim
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from store_factory import EMPTY, Read, about, add, claim_in, incident

from incidents.coding import seeds
from incidents.coding.seeds import load_document
from incidents.model import QUALIFIERS, Catalogue, Source
from incidents.store import Change, Decision, ExportError, open_store
from incidents.store.toml_export import document_as_toml, export_documents


@pytest.fixture
def store(tmp_path):
    return open_store(tmp_path / "library.sqlite")


@pytest.fixture
def coded(seeds_folder, tmp_path):
    """A copy of the coded documents that may be written to."""
    return shutil.copytree(seeds_folder, tmp_path / "seeds")


def rich_claims(source_id):
    """Claims with everything a coded document has a word for."""
    quetta = {"place_id": "geonames:1167528", "adm2_pcode": "PK226", "adm2_name": "Quetta"}
    return [
        claim_in(source_id, 1, 11, victim_group="civilians", **in_gwadar()),
        claim_in(source_id, 2, 3, victim_group="women", part_of=f"{source_id}.01", **in_gwadar()),
        claim_in(source_id, 3, 12, qualifier="dozens", place_id="pcode:PK2"),
        claim_in(
            source_id, 4, None, qualifier="few", casualty_type="injured", place_id="pcode:PK2"
        ),
        claim_in(
            source_id,
            5,
            4,
            qualifier="at_least",
            place_name='the "provincial" capital \\ کوئٹہ',
            where_prec=2,
            date_start=date(2026, 1, 30),
            date_end=date(2026, 1, 31),
            date_prec=3,
            scope="previous_day",
            claimant_kind="anonymous",
            note="line one\nline two\t“quoted”",
            paragraph=3,
            char_start=10,
            char_end=35,
            quote="“five soldiers” were shot"[:25],
            **quetta,
        ),
        claim_in(
            source_id,
            6,
            None,
            casualty_type=None,
            victim_group=None,
            qualifier=None,
            happening="an attack on a bank",
            place_id="pcode:PK226",
            adm2_pcode="PK226",
            adm2_name="Quetta",
            where_prec=3,
        ),
    ]


def accept_rich(store):
    source_id = add(
        store,
        outlet="Dawn",
        published_on="2026-02-02",
        published_at="2026-02-02T09:30:00+05:00",
        retrieved_on="2026-02-03",
        url="https://dawn.example/news/1?a=b",
        note='It says "so".',
    )
    store.accept(source_id, rich_claims(source_id), [incident()], by="amna")
    return source_id


def test_an_accepted_document_comes_back_the_same_from_its_toml(store, tmp_path):
    source_id = accept_rich(store)
    folder = tmp_path / "written"
    exported = store.export_seeds(folder, EMPTY)
    assert exported.sources == (source_id,)
    assert sorted(p.name for p in exported.files) == sorted([f"{source_id}.toml", "incidents.toml"])
    read, shown = seeds.load(folder), store.overlay(EMPTY).catalogue
    assert read.sources == shown.sources
    assert read.incidents == shown.incidents
    assert read.claims == shown.claims
    written = (folder / f"{source_id}.toml").read_text("utf-8")
    assert "prefix" not in written
    assert "adm2" not in written


def test_exported_among_the_seeds_it_stands_beside_them_and_conflicts_with_nothing(store, coded):
    before = seeds.load(coded)
    untouched = {p.name: p.read_bytes() for p in coded.glob("*.toml")}
    source_id = store.add_document(
        Read(), about(published_on="2026-02-02"), by="amna", taken=before.source.keys()
    )
    claim = claim_in(source_id, incident_id=before.incidents[0].incident_id, place_id="pcode:PK2")
    own = claim_in(source_id, 2, place_id="pcode:PK2")
    store.accept(source_id, [claim, own], [incident()], by="amna")
    shown = store.overlay(before).catalogue
    store.export_seeds(coded, before)
    after = seeds.load(coded)
    assert (after.sources, after.incidents) == (shown.sources, shown.incidents)
    assert after.claims == shown.claims
    for name, content in untouched.items():
        if name != "incidents.toml":
            assert (coded / name).read_bytes() == content
    assert (coded / "incidents.toml").read_bytes().startswith(untouched["incidents.toml"].rstrip())
    again = store.overlay(after)
    assert again.conflicts == ()
    assert again.catalogue.claims == shown.claims
    assert store.export_seeds(coded, after).files == (), "a second export changes nothing"


def test_a_corrected_seed_is_written_back_with_its_numbers_that_count_nobody(store, coded):
    before = seeds.load(coded)
    claim = before.claims[0]
    mine = claim.model_copy(update={"note": "checked against the video"})
    store.decide(Decision("edit", (Change("claim", claim.claim_id, mine, base=claim),), "amna"))
    path = coded / f"{claim.source_id}.toml"
    numbers = load_document(path).not_casualties
    assert numbers
    exported = store.export_seeds(coded, before)
    assert [p.name for p in exported.files] == [path.name]
    document = load_document(path)
    assert document.not_casualties == numbers
    assert document.claims[0] == mine
    assert document.claims[1:] == tuple(
        c for c in before.claims[1:] if c.source_id == claim.source_id
    )
    assert store.overlay(seeds.load(coded)).conflicts == ()
    elsewhere = coded.parent / "elsewhere"
    store.export_seeds(elsewhere, before, coded=coded)
    assert load_document(elsewhere / path.name).not_casualties == numbers


def test_a_corrected_incident_of_the_seeds_is_written_back(store, coded):
    before = seeds.load(coded)
    seed = before.incidents[3]
    mine = seed.model_copy(update={"title": "Another title"})
    change = Change("incident", seed.incident_id, mine, base=seed)
    store.decide(Decision("edit", (change,), "amna"))
    store.export_seeds(coded, before)
    after = seeds.load(coded)
    assert after.incidents == tuple(mine if i == seed else i for i in before.incidents)
    assert after.claims == before.claims


def test_a_source_that_was_taken_out_is_named_and_its_file_left(store, coded):
    before = seeds.load(coded)
    gone = before.sources[0].source_id
    store.remove_source(gone, by="amna", seeds=before)
    exported = store.export_seeds(coded, before)
    assert exported.not_exported == (gone,)
    assert (coded / f"{gone}.toml").exists()


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"count_best": 6, "place_id": "pcode:PK2"}, "count_best 6 would be read as None"),
        ({"place_id": None}, "names no place"),
        ({"place_id": "local:nowhere"}, "local:nowhere"),
        ({"place_id": "pcode:PK226", "where_prec": 3}, "adm2_pcode None would be read as 'PK226'"),
        ({"qualifier": "up_to", "count_high": 5, "place_id": "pcode:PK2"}, "count_high 5"),
    ],
    ids=["best", "no place", "unknown place", "no district", "high"],
)
def test_what_the_codebook_has_no_words_for_is_refused_and_nothing_written(
    store, tmp_path, fields, told
):
    source_id = add(store)
    claim = claim_in(source_id, **fields)
    store.accept(source_id, [claim], [incident()], by="amna")
    with pytest.raises(ExportError, match="othing was written") as caught:
        store.export_seeds(tmp_path / "written", EMPTY)
    assert told in str(caught.value)
    assert list((tmp_path / "written").iterdir()) == []


def test_a_claim_that_is_not_numbered_within_its_document_is_refused(store, tmp_path):
    source_id = add(store)
    claim = make_claim(claim_id="mine", source_id=source_id, incident_id=incident().incident_id)
    store.accept(source_id, [claim], [incident()], by="amna")
    with pytest.raises(ExportError, match="claim mine: mine does not begin with"):
        store.export_seeds(tmp_path / "written", EMPTY)


def test_every_seed_that_ships_can_be_written_and_read_back(seeds_folder, tmp_path):
    coded = seeds.load(seeds_folder)
    export_documents(coded, coded.source.keys(), tmp_path, coded=seeds_folder)
    again = seeds.load(tmp_path)
    assert again.sources == coded.sources
    assert again.claims == coded.claims
    assert {i.incident_id for i in again.incidents} == {c.incident_id for c in coded.claims}


PRINTABLE = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30).filter(
    lambda text: text.strip()
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    title=PRINTABLE,
    note=PRINTABLE,
    qualifier=st.sampled_from(QUALIFIERS),
    count=st.integers(0, 10**6),
)
def test_any_words_and_any_number_survive_the_toml(tmp_path_factory, title, note, qualifier, count):
    folder = tmp_path_factory.mktemp("toml")
    source = Source(source_id="005-x", title=title, note=note, sha256="0" * 64)
    low = {"dozens": 12, "few": None}.get(qualifier, count)
    claim = claim_in("005-x", 1, low, qualifier=qualifier, place_id="pcode:PK2", note=note)
    path = folder / "005-x.toml"
    path.write_text(document_as_toml(source, [claim]), encoding="utf-8", newline="")
    read = load_document(path)
    assert read.source == source
    assert read.claims == (claim,)
    assert Catalogue((read.source,), (incident(),), read.claims).claims
