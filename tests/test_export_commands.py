"""Brief, seal and verify as a user runs them: files, exit status, messages."""

import json

import pytest
from command_line import run

from dashboard.command_line.export_commands import MeasureChoice
from dashboard.command_line.filter_options import filtered, make_view
from dashboard.map_layer.painting import MEASURES
from incidents.export.sealed_zip import pack, unpack
from incidents.figures.reconcile import RULES


@pytest.mark.parametrize("command", ["export", "brief", "seal"])
def test_every_command_that_hands_out_has_the_same_filters(command):
    said = run(command, "--help").stdout.decode()
    for option in (
        "source", "casualty-type", "victim-group", "event-type", "district", "from", "to",
        "scope", "rule", "as-known-at", "region", "level",
    ):  # fmt: skip
        assert f"--{option} " in said
    assert f"incident-map {command}" in said


@pytest.mark.parametrize(
    ("name", "start"),
    [("b.html", b"<!doctype html>"), ("m.svg", b"<svg "), ("m.PNG", b"\x89PNG")],
)
def test_a_brief_is_what_its_ending_says(tmp_path, name, start):
    path = tmp_path / name
    said = run("brief", "--output", str(path), "--measure", "killed", "--victim-group", "militants")
    assert said.returncode == 0
    assert path.read_bytes().startswith(start)
    assert str(path) in said.stderr.decode()


def test_a_brief_on_standard_output_carries_the_page_alone():
    said = run("brief", "--output", "-", "--rule", "modal", "--page", "https://maps.example/")
    assert (said.returncode, said.stderr) == (0, b"")
    text = said.stdout.decode()
    assert text.endswith("</html>\n")
    assert 'href="https://maps.example/?rule=modal"' in text


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("brief", "--output", "a.pdf"), "name it .html, .svg or .png"),
        (("brief", "--output", "-", "--page", "javascript:x"), "is no address"),
        (("brief", "--output", "-", "--source", "nope"), "is not known here"),
        (("brief", "--output", "-", "--from", "31/01/2026"), "is not a day"),
        (("seal", "--output", "/nowhere/at/all.zip"), "cannot be written"),
        (("seal", "--output", "-", "--district", "Atlantis"), "is not known here"),
        (("verify", "/nowhere/at/all.zip"), "cannot be read"),
        (("serve", "--sealed", "/nowhere/at/all.zip"), "cannot be read"),
    ],
)
def test_what_cannot_be_done_ends_with_1_and_says_why(words, message):
    said = run(*words)
    assert (said.returncode, said.stdout) == (1, b"")
    assert message in said.stderr.decode()


def test_a_sealed_export_is_verified_with_0_and_a_summary(tmp_path):
    path = tmp_path / "export.zip"
    assert run("seal", "--output", str(path), "--victim-group", "militants").returncode == 0
    said = run("verify", str(path))
    assert said.returncode == 0
    assert "?victim_group=militants" in said.stdout.decode()
    assert "the same when made again" in said.stdout.decode()


def test_a_changed_export_is_verified_with_1_and_what_differs(tmp_path):
    sealed = unpack(run("seal", "--output", "-").stdout)
    sealed["layers/claims.csv"] += b"more"
    path = tmp_path / "export.zip"
    path.write_bytes(pack(sealed))
    said = run("verify", str(path))
    assert (said.returncode, said.stdout) == (1, b"")
    assert "layers/claims.csv" in said.stderr.decode()
    found = run("verify", str(path), "--json")
    assert found.returncode == 1
    assert json.loads(found.stdout)["holds"] is False
    refused = run("serve", "--sealed", str(path))
    assert refused.returncode == 1
    assert "is not opened" in refused.stderr.decode()


def test_the_choices_of_the_command_line_are_those_of_the_page():
    assert tuple(MeasureChoice.__members__) == MEASURES
    rule = filtered(lambda view: None).__annotations__["rule"].__origin__
    assert set(rule.__members__) == set(RULES)


def test_options_become_the_view_that_they_describe():
    view = make_view(source=["003"], scope=["all"])
    assert {c.source_id for c in view.claims} == {"003-afp-2026-01-31"}
    assert {c.scope for c in view.claims} != {"event"}


def test_districts_can_be_exported_as_tehsils(tmp_path):
    path = tmp_path / "tehsils.geojson"
    said = run(
        "export", "--layer", "districts", "--level", "tehsils", "--format", "geojson",
        "--output", str(path),
    )  # fmt: skip
    assert said.returncode == 0
    assert f"103 tehsils written to {path}" in said.stderr.decode()
    features = json.loads(path.read_bytes())["features"]
    assert {"adm3_pcode", "adm3_name", "adm2_pcode", "adm2_name"} <= set(features[0]["properties"])


def test_a_sealed_export_of_tehsils_is_refused(tmp_path):
    said = run("seal", "--level", "tehsils", "--output", str(tmp_path / "a.zip"))
    assert said.returncode == 1
    assert b"of Balochistan's districts; choose that region and level" in said.stderr
    assert not list(tmp_path.iterdir())
