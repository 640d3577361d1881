"""A sealed export: whole, the same bytes each time, opened again as the same view."""

import csv
import hashlib
import io
import json
import stat
import warnings
import zipfile
from dataclasses import replace

import geopandas as gpd
import pytest
import shapely
from claim_factory import in_gwadar, make_claim, make_incident, make_source

from geo.boundaries import Boundaries, OwnArea
from incidents.atlas import load_atlas
from incidents.export.data_dictionary import data_dictionary
from incidents.export.layers import LAYERS, build_layer
from incidents.export.sealed import MANIFEST, open_sealed, seal, verify
from incidents.export.sealed_zip import MAX_FILES, SealError, pack, unpack
from incidents.export.ucdp_names import with_ucdp_names
from incidents.figures.reconcile import RULES
from incidents.filters import make_filter, parse_moment
from incidents.model import Catalogue
from incidents.regions.region import load_region
from incidents.view import View

QUERY = "?rule=highest"
NAMES = (
    "README.txt", "data_dictionary.csv", "evidence.json", "manifest.json",
    *(f"layers/{layer}.{f}" for layer in LAYERS for f in ("geojson", "csv", "gpkg")),
    "records/sources.json", "records/incidents.json", "records/claims.json",
    "records/lineage.toml", "records/decisions.toml",
)  # fmt: skip


@pytest.fixture(scope="module")
def atlas(seeds_folder):
    return load_atlas(seeds_folder)


def view_of(atlas, rule="range", **words):
    return View(atlas, make_filter(atlas.catalogue, atlas.district_names, **words), rule)


@pytest.fixture(scope="module")
def sealed(atlas):
    return seal(view_of(atlas, rule="highest"), QUERY)


def rows(view):
    return {name: build_layer(name, view).rows for name in LAYERS}


def test_a_sealed_export_holds_what_it_names_and_nothing_else(sealed):
    assert sorted(unpack(sealed)) == sorted(NAMES)
    verdict = verify(sealed)
    assert verdict.differences == ()
    assert verdict.made_again


def test_the_same_view_gives_the_same_bytes(atlas, sealed):
    assert seal(view_of(atlas, rule="highest"), QUERY) == sealed


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        *((rule, {}) for rule in RULES),
        ("range", {"source": ["003"]}),
        ("range", {"scope": ["all"]}),
        ("modal", {"victim_group": ["women"], "scope": ["event"]}),
        ("latest", {"known_at": parse_moment("2026-01-31")}),
        ("range", {"district": ["Gwadar"], "casualty_type": ["killed"]}),
        ("range", {"event_type": ["Riots"]}),
    ],
)
def test_opening_it_shows_the_same_view(atlas, rule, words):
    view = view_of(atlas, rule=rule, **words)
    opened = open_sealed(seal(view, QUERY))
    assert opened.query == QUERY
    assert opened.view.filter == view.filter
    assert opened.view.rule == rule
    assert rows(opened.view) == rows(view)
    assert opened.view.voices == view.voices
    assert opened.view.tolls == view.tolls


@pytest.mark.parametrize("name", NAMES)
def test_a_changed_file_is_noticed_and_named(sealed, name):
    files = unpack(sealed)
    files[name] = files[name][:-2] + b" \n"
    differences = verify(pack(files)).differences
    assert differences
    assert name == MANIFEST or all(name in d for d in differences)


@pytest.mark.parametrize("name", NAMES)
def test_a_missing_file_is_noticed_and_named(sealed, name):
    files = unpack(sealed)
    del files[name]
    [difference] = verify(pack(files)).differences
    assert difference.startswith(f"{name}: missing")


def test_an_archive_with_any_byte_of_its_end_changed_is_refused_in_words():
    content = pack({"a.txt": b"1"})
    for at in range(1, 100):
        for bits in (1, 0x80, 0xFF):
            changed = bytearray(content)
            changed[-at] ^= bits
            with pytest.raises(SealError):
                unpack(bytes(changed))


def test_a_further_file_is_noticed(sealed):
    files = unpack(sealed) | {"extra.txt": b"hello"}
    assert verify(pack(files)).differences == ("extra.txt: not in the manifest",)


@pytest.mark.parametrize("at", [40, 300_000, -200, -5])
def test_a_single_changed_byte_of_the_archive_is_noticed(sealed, at):
    changed = bytearray(sealed)
    changed[at] ^= 1
    assert verify(bytes(changed)).differences


def test_a_number_changed_together_with_its_hash_is_noticed(sealed):
    files = unpack(sealed)
    name = "layers/districts.csv"
    files[name] = files[name].replace(b'"17"', b'"71"')
    manifest = json.loads(files[MANIFEST])
    manifest["files"][name]["sha256"] = hashlib.sha256(files[name]).hexdigest()
    files[MANIFEST] = (json.dumps(manifest, ensure_ascii=False, indent=1) + "\n").encode()
    differences = verify(pack(files)).differences
    assert [d.split(":")[0] for d in differences] == [name, MANIFEST]
    assert "is not what the records give" in differences[0]


@pytest.mark.parametrize(
    "change",
    [
        lambda m: m["view"].update(rule="lowest"),
        lambda m: m["view"]["filters"].update(scopes=["background"]),
        lambda m: m["view"].update(query="https://elsewhere/"),
        lambda m: m["boundaries"].update(vintage="another"),
        lambda m: m["contents"].update(claims=1),
        lambda m: m.update(format_version=99),
        lambda m: m.update(kind="something"),
        lambda m: m.update(files=[]),
        lambda m: m.pop("view"),
    ],
)
def test_a_manifest_that_says_something_else_is_noticed(sealed, change):
    files = unpack(sealed)
    manifest = json.loads(files[MANIFEST])
    change(manifest)
    files[MANIFEST] = json.dumps(manifest).encode()
    assert verify(pack(files)).differences


def resealed(sealed, change):
    """Seal an export again whose files were changed: every hash holds."""
    files = unpack(sealed)
    manifest = json.loads(files.pop(MANIFEST))
    change(files, manifest)
    manifest["files"] = {
        name: {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for name, content in files.items()
    }
    return pack(files | {MANIFEST: json.dumps(manifest).encode()})


def with_filters(filters):
    return lambda _files, manifest: manifest["view"].update(filters=filters)


def with_records(name, change):
    def changed(files, _manifest):
        rows = json.loads(files[f"records/{name}.json"])
        change(rows)
        files[f"records/{name}.json"] = json.dumps(rows).encode()

    return changed


def with_claim(**fields):
    return with_records("claims", lambda rows: rows[0].update(fields))


def with_lineage(content):
    return lambda files, _manifest: files.update({"records/lineage.toml": content})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (with_filters([]), "filters"),
        (with_filters(None), "filters"),
        (with_filters("abc"), "filters"),
        (with_filters({"sources": "abc"}), "sources"),
        (with_filters({"sources": [[]]}), "sources"),
        (with_filters({"date_from": 5}), "date_from"),
        (with_filters({"known_at": "2026-01-31T10:00:00"}), "known_at"),
        (with_filters({"known_at": "9999-12-31T23:59:59-10:00"}), "known_at"),
        (with_filters({"event_types": ["Party"]}), "event_types"),
        (with_filters({"scopes": ["some"]}), "scopes"),
        (with_filters({"colour": ["red"]}), "colour"),
        (with_records("incidents", lambda rows: rows[0].update(place_id="pcode:XX")), "pcode:XX"),
        (with_claim(place_id="pcode:XX9"), "pcode:XX9"),
        (with_claim(place_id=None, adm2_pcode="PK999", where_prec=3), "PK999"),
        (with_claim(place_id="pcode:PK205", adm2_pcode="PK226", where_prec=3), "lies in district"),
        (with_claim(place_id="pcode:PK2", adm2_pcode="PK226", where_prec=3), "lies in no district"),
        (with_claim(count_low=10**30), "count_low"),
        (with_claim(count_low=1e300), "count_low"),
        (with_records("sources", lambda rows: rows.append([])), "sources.json, record"),
        (with_lineage(b"a = " + b"[" * 5000 + b"]" * 5000), "lineage"),
        (with_lineage(b"sources = [1]"), "lineage"),
        (with_lineage(b'sources = [{source_id = [], sha256 = ""}]'), "lineage"),
        (with_lineage(b"sources = 1"), "lineage"),
        (with_lineage(b"\xff"), "lineage"),
    ],
)
def test_records_that_are_none_are_refused_in_words_though_every_hash_holds(sealed, change, said):
    content = resealed(sealed, change)
    verdict = verify(content)
    assert said in " ".join(verdict.differences)
    with pytest.raises(SealError, match=said):
        open_sealed(content)


@pytest.mark.parametrize(
    "query",
    ["rule=range", "?a=1\n2", "?<script>", "?\x1b[2J", '?a="b"', "?a b", "?é", "?a=1\n", "", 5],
)
def test_only_a_query_string_is_taken_for_the_views_query(atlas, sealed, query):
    content = resealed(sealed, lambda _files, manifest: manifest["view"].update(query=query))
    assert "query" in " ".join(verify(content).differences)
    with pytest.raises(SealError, match="no query string"):
        open_sealed(content)
    if isinstance(query, str):
        with pytest.raises(ValueError, match="no query string"):
            seal(view_of(atlas, source=["004"]), query)


@pytest.mark.parametrize(
    "change",
    [
        lambda f, m: f.update({"records/claims.json": b'[{"note": "' + b"x" * 9999 + b'"}]'}),
        lambda f, m: f.update({"records/claims.json": b'["' + b"x" * 9999 + b'"]'}),
        with_claim(**{"x\x1b" * 999: 1}),
        with_claim(place_id="x\x1b" * 999),
        with_filters({"scopes": ["x\x1b" * 999]}),
        lambda _, m: m.update(format_version="x\x1b" * 999),
        lambda _, m: m["boundaries"].update(vintage="x\x1b" * 999),
        lambda _, m: m["boundaries"].update(vintage=[[["x\x1b"] * 999]]),
        lambda _, m: m["view"].update(rule="x\x1b" * 999),
        lambda _, m: m["view"].update(rule=["x"]),
    ],
)
def test_a_refusal_is_short_and_harmless_whatever_the_file_says(sealed, change):
    [difference] = verify(resealed(sealed, change)).differences
    assert len(difference) < 800
    assert difference.isprintable()


def test_an_export_sealed_again_unchanged_still_opens(sealed):
    assert open_sealed(resealed(sealed, lambda _files, _manifest: None)).query == QUERY


@pytest.mark.parametrize(
    "content", [b"", b"no zip", b"PK\x05\x06" + bytes(18), pack({"manifest.json": b"[" * 100_000})]
)
def test_what_is_no_sealed_export_is_refused_in_words(content):
    verdict = verify(content)
    assert verdict.differences
    with pytest.raises(SealError, match=r"archive|manifest"):
        open_sealed(content)


def archive(*entries, mode=0o100644, compression=zipfile.ZIP_STORED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, content in entries:
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.external_attr = mode << 16
            info.compress_type = compression
            made.writestr(info, content)
    return out.getvalue()


@pytest.mark.parametrize(
    "name",
    ["../up.txt", "/etc/passwd.txt", "a/../b.txt", "a/b/c.txt", "C:\\x.txt", "a\\b.txt",
     ".hidden.txt", "dir/", "con aux.txt", "x" * 300 + ".txt", "ü.txt", "a.txt\n"],
)  # fmt: skip
def test_names_that_could_lead_elsewhere_are_refused(name):
    with pytest.raises(SealError, match="not a name"):
        unpack(archive((name, b"x")))


def test_links_bombs_doubles_and_too_many_files_are_refused():
    with pytest.raises(SealError, match="a link"):
        unpack(archive(("a.txt", b"/etc/passwd"), mode=stat.S_IFLNK | 0o777))
    bomb = archive(("a.txt", bytes(50_000_000)), compression=zipfile.ZIP_DEFLATED)
    assert len(bomb) < 100_000
    with pytest.raises(SealError, match="compressed"):
        unpack(bomb)
    with pytest.raises(SealError, match="twice"):
        unpack(archive(("a.txt", b"1"), ("a.txt", b"2")))
    with pytest.raises(SealError, match="at most"):
        unpack(archive(*((f"f{n}.txt", b"") for n in range(MAX_FILES + 1))))


def test_bytes_that_belong_to_no_file_are_refused(sealed):
    for changed in (sealed + b"tail", b"head" + sealed):
        with pytest.raises(SealError, match=r"beside its files|cannot be read"):
            unpack(changed)


def test_every_field_of_every_layer_is_in_the_data_dictionary_with_its_type(atlas, tmp_path):
    box = shapely.box(60, 24, 66, 29)
    own = Boundaries("a user", "2026", "A user", "CC0", (OwnArea("w", "West", 1.0, box),))
    tehsils = atlas.at(load_region("balochistan", tmp_path), "tehsils")
    views = [view_of(a) for a in (atlas, tehsils, replace(atlas, boundaries=own))]
    fields = {
        (name, field): kind
        for view in views
        for name in LAYERS
        for field, kind in with_ucdp_names(build_layer(name, view), view).fields.items()
    }
    told = {(f.layer, f.field): f.type for f in data_dictionary()}
    assert told == fields
    assert all(f.meaning.endswith(".") for f in data_dictionary())


def test_the_layers_carry_ucdps_names(atlas, sealed, tmp_path):
    files = unpack(sealed)
    lines = list(csv.DictReader(io.StringIO(files["layers/claims.csv"].decode("utf-8-sig"))))
    [line] = [r for r in lines if r["claim_id"] == "004-unknown-2026-02-01.04"]
    assert (line["low"], line["best"], line["high"]) == ("92", "92", "")
    assert line["source_original"] == "Pakistan's military"
    assert (line["adm_1"], line["adm_2"], line["country"]) == ("Balochistan", "", "Pakistan")
    freed = [r for r in lines if r["casualty_type"] == "freed"]
    assert all((r["low"], r["best"], r["high"]) == ("", "", "") for r in freed)
    (tmp_path / "i.gpkg").write_bytes(files["layers/incidents.gpkg"])
    frame = gpd.read_file(tmp_path / "i.gpkg").set_index("incident_id")
    assert frame.loc["2026-01-31-gwadar-camp", ["low", "best", "high"]].tolist() == [17, 17, 17]
    assert frame.loc["2026-01-31-quetta-police-killed", ["low", "high"]].tolist() == [2, 4]


def test_the_evidence_names_the_text_by_its_hash_and_the_quote_by_its_position(atlas, sealed):
    told = {e["id"]: e["target"] for e in json.loads(unpack(sealed)["evidence.json"])}
    for claim in view_of(atlas).claims:
        target = told[f"?claim={claim.claim_id}"]
        assert target["sha256"] == atlas.catalogue.source[claim.source_id].sha256
        quote, position = target["selector"]
        assert quote["exact"] == claim.quote
        assert (position["start"], position["end"]) == (claim.char_start, claim.char_end)


def test_a_part_is_sealed_with_the_total_that_it_belongs_to(atlas):
    whole = make_claim(11, victim_group="civilians", **in_gwadar())
    part = make_claim(3, victim_group="women", part_of=whole.claim_id, **in_gwadar())
    catalogue = Catalogue((make_source(),), (make_incident(),), (whole, part))
    other = type(atlas)(catalogue, atlas.boundaries, atlas.gazetteer, atlas.lineage)
    view = View(other, make_filter(catalogue, atlas.district_names, victim_group=["women"]))
    opened = open_sealed(seal(view))
    assert set(opened.view.atlas.catalogue.claim) == {whole.claim_id, part.claim_id}
    assert [c.claim_id for c in opened.view.claims] == [part.claim_id]


def test_only_records_that_the_view_needs_are_sealed(atlas):
    opened = open_sealed(seal(view_of(atlas, source=["004"], casualty_type=["freed"])))
    assert [s.source_id for s in opened.view.atlas.catalogue.sources] == ["004-unknown-2026-02-01"]
    assert len(opened.view.atlas.catalogue.claims) == 1
