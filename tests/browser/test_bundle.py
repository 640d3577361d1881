"""The archive of `make bundle`, installed and used where there is no network."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import time
from pathlib import Path

import pytest
from playwright.sync_api import expect
from reader import FLAGS, free_port

from scripts import build_bundle

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
BASE_PYTHON = getattr(sys, "_base_executable", sys.executable)


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, ROOT / "scripts/build_bundle.py", "--output", folder]
    subprocess.run(command, check=True, timeout=1200)
    (found,) = folder.iterdir()
    return found


@pytest.fixture
def extracted(archive, tmp_path):
    with tarfile.open(archive) as tar:
        tar.extractall(tmp_path, filter="data")
    return tmp_path / archive.stem


@pytest.fixture
def offline():
    """Yield what to put before a command so that it runs where only loopback is."""
    own = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    script = "ip link set lo up && echo up && exec sleep 1800"
    command = ["unshare", *own, "--net", "sh", "-c", script]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as holder:
        try:
            if holder.stdout.readline() != "up\n":
                (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(
                    "no network namespace could be made; run as root, with util-linux and iproute2"
                )
            enter = ["--user", "--preserve-credentials"] if own else []
            yield ["nsenter", f"--target={holder.pid}", *enter, "--net"]
        finally:
            holder.terminate()


def clean_environment(home):
    kept = {k: v for k, v in os.environ.items() if k in {"LANG", "LD_LIBRARY_PATH"}}
    return kept | {"PATH": "/usr/bin:/bin:/usr/sbin", "HOME": str(home)}


def install(extracted, folder, before=()):
    return subprocess.run(
        [*before, BASE_PYTHON, extracted / "install.py", folder],
        capture_output=True, check=False, text=True, timeout=600,
        env=clean_environment(extracted.parent), cwd=extracted.parent,
    )  # fmt: skip


def wait_until_up(before, port, server):
    asked = f"import urllib.request as r; r.urlopen('http://127.0.0.1:{port}/_stcore/health')"
    for _ in range(120):
        assert server.poll() is None, server.stdout.read()
        done = subprocess.run([*before, BASE_PYTHON, "-c", asked], capture_output=True, check=False)
        if done.returncode == 0:
            return
        time.sleep(0.5)
    pytest.fail("the server did not answer within a minute")


def test_the_bundle_installs_serves_and_exports_without_network(
    browser, extracted, offline, tmp_path
):
    reach = "import socket; socket.create_connection(('192.0.2.1', 80), 3)"
    outside = subprocess.run([*offline, BASE_PYTHON, "-c", reach], capture_output=True, check=False)
    assert b"Network is unreachable" in outside.stderr

    folder = tmp_path / "installed"
    done = install(extracted, folder, offline)
    assert done.returncode == 0, done.stdout + done.stderr
    shutil.rmtree(extracted)

    program, environment = folder / "bin/incident-map", clean_environment(tmp_path)
    assert f"{program} serve" in done.stdout
    exported = subprocess.run(
        [*offline, program, "export", "--layer", "districts", "--format", "geojson", "--output", "-"],
        capture_output=True, check=True, timeout=120, env=environment, cwd=tmp_path,
    )  # fmt: skip
    here = subprocess.run(
        [sys.executable, "-m", "dashboard", "export", "--layer", "districts",
         "--format", "geojson", "--output", "-"],
        capture_output=True, check=True, timeout=120,
    )  # fmt: skip
    districts = json.loads(exported.stdout)["features"]
    assert len(districts) == 35
    assert districts == json.loads(here.stdout)["features"]

    port = free_port()
    serve = [*offline, folder / "bin/python", "-m", "dashboard", "serve", "--port", str(port)]
    with subprocess.Popen(
        serve, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        env=environment, cwd=tmp_path,
    ) as server:  # fmt: skip
        try:
            wait_until_up(offline, port, server)
            look_at_the_page(browser, offline, port, tmp_path)
        finally:
            server.terminate()
            told = server.communicate(timeout=20)[0]
    assert "Traceback" not in told


def look_at_the_page(browser, offline, port, tmp_path):
    """Open the page with a browser that has no network either."""
    names = ("chromium", "chromium-browser", "google-chrome")
    found = next((path for name in names if (path := shutil.which(name))), None)
    path = found or browser.browser_type.executable_path
    wrapped = tmp_path / "chromium"
    wrapped.write_text(f'#!/bin/sh\nexec {" ".join(offline)} {path} "$@"\n')
    wrapped.chmod(0o755)
    without_network = browser.browser_type.launch(executable_path=wrapped, args=FLAGS)
    page = without_network.new_page()
    page.goto(f"http://localhost:{port}/")
    drawn = page.frame_locator("iframe").first.locator("path.leaflet-interactive")
    expect(drawn).to_have_count(35)
    expect(page.get_by_test_id("stException")).to_have_count(0)
    without_network.close()


def test_a_changed_a_missing_and_a_foreign_file_are_named_and_nothing_is_installed(
    extracted, tmp_path
):
    changed, missing = extracted / "LICENSE", extracted / "NOTICE"
    foreign = extracted / "wheels/extra-1.0-py3-none-any.whl"
    changed.write_text("free for all")
    missing.unlink()
    foreign.write_bytes(b"")
    done = install(extracted, tmp_path / "installed")
    assert done.returncode == 1
    assert "LICENSE has another content than when the archive was made" in done.stderr
    assert "NOTICE is missing" in done.stderr
    assert "wheels/extra-1.0-py3-none-any.whl is not in MANIFEST.sha256" in done.stderr
    assert not (tmp_path / "installed").exists()


def test_an_archive_for_another_python_is_refused_in_one_line(extracted, tmp_path):
    made_for = {"python": "3.9", "platform": "Plan9 mips"}
    (extracted / "made_for.json").write_text(json.dumps(made_for))
    done = install(extracted, tmp_path / "installed")
    assert done.returncode == 1
    assert "the archive was made for Python 3.9 on Plan9 mips" in done.stderr
    assert not (tmp_path / "installed").exists()


def test_a_folder_that_holds_something_is_left_alone(extracted, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/notes.txt").write_text("mine")
    done = install(extracted, tmp_path / "mine")
    assert done.returncode == 1
    assert "not empty. Name a new folder." in done.stderr
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["notes.txt"]


def test_the_archive_names_every_file_with_its_hash_and_packs_to_the_same_bytes(
    archive, extracted, tmp_path
):
    lines = (extracted / "MANIFEST.sha256").read_text().splitlines()
    named = dict(reversed(line.split("  ", 1)) for line in lines)
    files = {p.relative_to(extracted).as_posix(): p for p in extracted.rglob("*") if p.is_file()}
    assert files.keys() - named.keys() == {"MANIFEST.sha256"}
    for name, digest in named.items():
        assert hashlib.sha256(files[name].read_bytes()).hexdigest() == digest
    again = tmp_path / "again.tar"
    build_bundle.pack(extracted, again)
    assert build_bundle.sha256(again) == build_bundle.sha256(archive)


def test_two_builds_of_the_projects_wheel_are_the_same_bytes(tmp_path):
    hashes = set()
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        source = build_bundle.clean_copy(tmp_path / name / "source")
        build_bundle.build(tmp_path / name, "--no-index", str(source))
        (wheel,) = (tmp_path / name).glob("*.whl")
        hashes.add(build_bundle.sha256(wheel))
    assert len(hashes) == 1
