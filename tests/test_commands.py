"""The command line as a user runs it: output, exit status, messages."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path

import geopandas as gpd
import pytest
from command_line import ask, run
from typer.main import get_command

from dashboard.command_line.main import app


@pytest.mark.parametrize(
    "command", ["serve", "export", "brief", "seal", "verify", "locate", "sources", "add"]
)
def test_each_command_explains_itself_with_an_example(command):
    said = ask(command, "--help")
    assert said.returncode == 0
    assert f"incident-map {command}" in said.stdout.decode()
    assert "Example:" in said.stdout.decode()


def test_every_command_and_subcommand_shows_an_example_of_itself():
    def leaves(command, path):
        for name, under in getattr(command, "commands", {}).items():
            yield from leaves(under, f"{path} {name}")
        if not hasattr(command, "commands"):
            yield path, command.epilog

    found = dict(leaves(get_command(app), "incident-map"))
    assert len(found) > 20
    assert [path for path, said in found.items() if f"Example:  {path}" not in (said or "")] == []


@pytest.mark.parametrize(
    ("name", "district"),
    [
        ("Quetta", "Quetta"), ("Mastung", "Mastung"), ("Nushki", "Nushki"), ("Gwadar", "Gwadar"),
        ("Pasni", "Gwadar"), ("Kharan", "Kharan"), ("Dalbandin", "Chagai"), ("Noshki", "Nushki"),
    ],
)  # fmt: skip
def test_locate_answers_with_the_district(name, district):
    said = ask("locate", name, "--json")
    found = json.loads(said.stdout)
    assert said.returncode == 0
    assert found["adm2_name"] == district
    assert {
        "place_id", "name", "matched_name", "match", "score", "latitude", "longitude",
        "adm2_pcode", "adm2_name", "where_prec", "candidates",
    } <= set(found)  # fmt: skip


def test_locate_ends_with_1_and_the_nearest_spellings_where_nothing_is_found():
    said = run("locate", "Qwertyville", "--json")
    assert (said.returncode, said.stdout) == (1, b"")
    assert "Nearest spellings" in said.stderr.decode()


def test_locate_ends_with_2_and_the_candidates_where_a_name_means_several_places():
    said = run("locate", "Dasht")
    assert (said.returncode, said.stdout) == (2, b"")
    assert "pcode:" in said.stderr.decode()


def test_export_to_standard_output_carries_the_file_alone():
    said = run("export", "--layer", "districts", "--format", "geojson", "--output", "-")
    assert said.returncode == 0
    assert said.stderr == b""
    assert len(json.loads(said.stdout)["features"]) == 35


def test_export_writes_a_file_that_geopandas_opens_and_says_so(tmp_path):
    path = tmp_path / "incidents.gpkg"
    said = run("export", "--layer", "incidents", "--format", "gpkg", "--output", str(path))
    assert said.returncode == 0
    assert str(path) in said.stderr.decode()
    assert len(gpd.read_file(path)) == 15


def test_a_csv_has_its_about_file_beside_it(tmp_path):
    path = tmp_path / "claims.csv"
    ask("export", "--layer", "claims", "--format", "csv", "--source", "003", "--output", str(path))
    told = json.loads((tmp_path / "claims.csv.about.json").read_text())
    assert told["filters"]["sources"] == ["003-afp-2026-01-31"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--source", "999"], "source '999' is not known here"),
        (["--casualty-type", "eaten"], "casualty type 'eaten' is not known here"),
        (["--district", "Atlantis"], "district 'Atlantis' is not known here"),
        (["--from", "yesterday"], "--from 'yesterday' is not a day"),
        (["--as-known-at", "soon"], "'soon' is not a moment"),
        (["--scope", "galaxy"], "scope 'galaxy' is not known here"),
    ],
)
def test_a_wrong_filter_is_refused_with_what_is_known(words, expected):
    said = ask("export", "--layer", "claims", "--format", "csv", "--output", "-", *words)
    assert (said.returncode, said.stdout) == (1, b"")
    assert expected in said.stderr.decode()


def test_export_into_a_folder_that_is_not_there_is_a_clear_error(tmp_path):
    path = tmp_path / "nowhere" / "a.csv"
    said = run("export", "--layer", "claims", "--format", "csv", "--output", str(path))
    assert said.returncode == 1
    assert "cannot be written" in said.stderr.decode()


def test_what_is_written_through_a_link_leaves_the_link(tmp_path):
    (tmp_path / "disk").mkdir()
    link, file = tmp_path / "today.csv", tmp_path / "disk" / "claims.csv"
    link.symlink_to(file)
    words = ("export", "--layer", "claims", "--format", "csv", "--output", str(link))
    assert [ask(*words).returncode, ask(*words).returncode] == [0, 0]
    assert link.is_symlink()
    assert file.read_bytes().startswith(b"\xef\xbb\xbf")


def test_a_pipe_is_written_into_and_stays_one(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    said = []
    words = ("export", "--layer", "districts", "--format", "csv", "--output", str(pipe))
    writer = threading.Thread(target=lambda: said.append(ask(*words)))
    writer.start()
    content = pipe.read_bytes()
    writer.join()
    assert content.startswith(b"\xef\xbb\xbf")
    assert (said[0].returncode, pipe.is_fifo()) == (0, True)
    assert list(tmp_path.iterdir()) == [pipe]


@pytest.mark.parametrize("output", ["", ".", "/"])
def test_an_output_that_names_no_file_is_refused(output):
    said = ask("export", "--layer", "claims", "--format", "csv", "--output", output)
    assert said.returncode == 1
    assert said.stderr.decode().startswith(f"--output {output!r} names no file")


def test_a_full_disk_behind_standard_output_is_told_in_one_line():
    command = [sys.executable, "-m", "dashboard", "export", "--layer", "claims"]
    with Path("/dev/full").open("wb") as full:
        said = subprocess.run(
            [*command, "--format", "csv", "--output", "-"],
            stdout=full, stderr=subprocess.PIPE, check=False, timeout=120,
        )  # fmt: skip
    assert said.returncode == 1
    assert said.stderr == b"Standard output cannot be written: No space left on device.\n"


def test_an_empty_moment_is_refused_and_not_taken_for_none():
    said = ask(
        "export", "--layer", "claims", "--format", "csv", "--output", "-", "--as-known-at", ""
    )
    assert (said.returncode, said.stdout) == (1, b"")
    assert "is not a moment" in said.stderr.decode()


def test_a_toll_as_known_on_the_first_day_lacks_the_second_days_report():
    words = [
        "--layer",
        "claims",
        "--format",
        "geojson",
        "--as-known-at",
        "2026-01-31",
        "--output",
        "-",
    ]
    found = json.loads(run("export", *words).stdout)
    sources = {f["properties"]["source_id"] for f in found["features"]}
    assert sources
    assert "004-unknown-2026-02-01" not in sources


def test_sources_lists_each_document_with_its_origin():
    rows = json.loads(run("sources", "--json").stdout)
    assert len(rows) == 5
    assert len({row["origin_id"] for row in rows}) == 2


def test_a_mistake_in_a_seed_is_named_with_its_file(tmp_path, seeds_folder):
    for path in seeds_folder.glob("*.toml"):
        text = path.read_text()
        (tmp_path / path.name).write_text(
            text.replace('qualifier = "dozens"', 'qualifier = "heaps"')
        )
    said = run("sources", INCIDENT_MAP_SEEDS=str(tmp_path))
    assert said.returncode == 1
    assert "heaps" in said.stderr.decode()
    assert ".toml" in said.stderr.decode()


def test_serve_refuses_a_variable_that_asks_for_something_unsafe():
    said = run("serve", "--port", "8999", STREAMLIT_SERVER_ADDRESS="0.0.0.0")
    assert said.returncode == 1
    assert "server.address is '0.0.0.0'" in said.stderr.decode()
    assert "expected '127.0.0.1'" in said.stderr.decode()


def test_serve_refuses_a_configuration_file_that_asks_for_something_unsafe(tmp_path):
    (tmp_path / ".streamlit").mkdir()
    (tmp_path / ".streamlit" / "config.toml").write_text("[server]\nenableXsrfProtection = false\n")
    said = run("serve", "--port", "8999", HOME=str(tmp_path))
    assert said.returncode == 1
    assert "server.enableXsrfProtection is False" in said.stderr.decode()
    assert str(tmp_path) in said.stderr.decode()


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ('[[theme.fontFaces]]\nfamily = "x"\nurl = "http://evil.test/f.woff2"', "theme.fontFaces"),
        ('[server]\nbaseUrlPath = "elsewhere"', "server.baseUrlPath"),
        ("[global]\ndevelopmentMode = true\n[server]\nport = 8600", "configuration"),
    ],
)
def test_serve_refuses_settings_that_could_fetch_or_move_the_page(tmp_path, line, named):
    (tmp_path / ".streamlit").mkdir()
    (tmp_path / ".streamlit" / "config.toml").write_text(line)
    said = run("serve", "--port", "8999", HOME=str(tmp_path))
    assert said.returncode == 1
    assert named in said.stderr.decode()
    assert "Traceback" not in said.stderr.decode()


def test_a_foreign_page_cannot_make_the_server_ask_another_machine(monkeypatch):
    from streamlit import net_util
    from streamlit.web.server import server_util

    from dashboard.serving import _ask_nobody_outside

    def asked(*_: object, **__: object) -> None:
        pytest.fail("another machine was asked for this one's address")

    monkeypatch.setattr("socket.socket.connect", asked)
    for name in ("get_external_ip", "get_internal_ip"):
        monkeypatch.setattr(net_util, name, getattr(net_util, name))
    _ask_nobody_outside()
    assert not server_util.is_url_from_allowed_origins("http://evil.test")


def test_serve_says_when_its_port_is_taken_and_sigterm_ends_the_whole_server():
    from reader import free_port

    port = free_port()
    command = [sys.executable, "-m", "dashboard", "serve", "--port", str(port)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as first:
        lines = iter(first.stdout.readline, "")
        assert f"http://localhost:{port}" in next(lines)
        assert any("started on 127.0.0.1" in line for line in lines)
        second = run("serve", "--port", str(port))
        assert second.returncode == 1
        assert f"Port {port} is in use" in second.stderr.decode()
        first.send_signal(signal.SIGTERM)
        first.communicate(timeout=20)
    assert first.returncode in (0, -signal.SIGTERM)
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", port))


def test_port_0_serves_on_a_free_port_and_says_which():
    command = [sys.executable, "-m", "dashboard", "serve", "--port", "0"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as server:
        lines = iter(server.stdout.readline, "")
        port = int(re.search(r"http://localhost:(\d+)/", next(lines))[1])
        assert any(f"started on 127.0.0.1:{port}" in line for line in lines)
        server.send_signal(signal.SIGTERM)
        server.communicate(timeout=20)
    assert port > 0
