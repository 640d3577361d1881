"""An import on several machines is the import on one, bit for bit, whatever becomes of a worker."""

import json
import os
import random
import subprocess
import sys
import threading
import time
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from cluster import cluster_of, s3_stand_in
from command_line import run
from cube_factory import cube_of
from dataset_factory import TODAY, acled, as_csv, ucdp, write

from incidents.atlas import existing_datasets, load_atlas, seeds_folder
from incidents.datasets import several_machines, storage
from incidents.datasets.columns import Columns
from incidents.datasets.cube import CUBE
from incidents.datasets.cube_columns import CubeColumns
from incidents.datasets.dataset import open_dataset
from incidents.datasets.formats import published_format
from incidents.datasets.importing import import_files
from incidents.datasets.library import DatasetError, Manifest, verify
from incidents.datasets.mapping import Reading
from incidents.datasets.partitions import plan_file, read_part
from incidents.datasets.reading_text import TextTable
from incidents.datasets.refusals import FileRefusedError
from incidents.datasets.several_machines import import_on_cluster
from incidents.export.layers import build_layer
from incidents.filters import Filter
from incidents.view import View

PART = 1 << 20
TOWNS = (("30.19", "67.0"), ("25.12", "62.32"), ("27.81", "66.61"), ("33.68", "73.05"), ("", ""))


def dirty_rows(first: int, size: int, seed: int) -> list[dict[str, str]]:
    """Rows with quoted line ends, ids that stand again in other files, revisions, and faults."""
    rng = random.Random(seed)
    rows = []
    for number in range(first, first + size):
        latitude, longitude = rng.choice(TOWNS)
        row = acled(
            event_id_cnty=f"XXX{number}",
            event_date=f"{rng.randint(1, 28):02} March 2024",
            latitude=latitude,
            longitude=longitude,
            geo_precision=rng.choice("123"),
            fatalities=rng.choice(["0", "1", "12", ""]),
            notes='A note, made up.\nIts second line, "quoted". ' * rng.randint(1, 40),
        )
        if rng.random() < 0.01:
            row["fatalities"] = rng.choice(["-1", "many"])
        if rng.random() < 0.01:
            row["latitude"] = "190"
        rows.append(row)
    return rows


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Three files of some MB; what stands in one stands, the same or changed, in another too."""
    folder = tmp_path_factory.mktemp("files")
    first, second, third = (dirty_rows(n * 9_000, 9_000, n) for n in range(3))
    again = [row | {"fatalities": "77"} for row in first[:40]]
    text = as_csv(first + first[-30:])
    # A stray quote makes the reader go record by record from there on.
    second_text = as_csv(second + again + first[100:160])
    middle = second_text.index("\nXXX12000,") + 1
    second_text = second_text[:middle] + 'XXX5,"broken" quote,x\n\n' + second_text[middle:]
    third_text = as_csv([row | {"fatalities": "78"} for row in again[:20]] + third)
    return [
        write(folder / f"acled-{n}.csv", content)
        for n, content in enumerate((text, second_text, "\ufeff" + third_text), 1)
    ]


@pytest.fixture(scope="module")
def alone(files, tmp_path_factory):
    library = tmp_path_factory.mktemp("alone")
    report = import_files(files, "acled", library=library, today=TODAY)
    return report, open_dataset(library / "datasets" / "acled")


@pytest.fixture(scope="module")
def storage_environment():
    with s3_stand_in() as environment, pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        yield environment


@pytest.fixture(scope="module")
def cluster(tmp_path_factory, storage_environment):
    with cluster_of(2, tmp_path_factory.mktemp("cluster"), storage_environment) as found:
        yield found


def stored_rows(home):
    with storage.at_hand(f"{home}/manifest.json") as path:
        manifest = Manifest.model_validate_json(path.read_bytes())
    tables = []
    for name in manifest.releases[0].parts:
        with storage.at_hand(f"{home}/releases/0001/{name}") as path:
            tables.append(pq.read_table(path))
    return pa.concat_tables(tables), manifest


def stored_cube(home):
    with storage.at_hand(f"{home}/releases/0001/{CUBE}") as path:
        return pq.read_table(path)


def assert_the_same(report, home, alone):
    expected, dataset = alone
    said, should = report.as_json(), expected.as_json()
    assert said == should
    assert report.refusals == expected.refusals
    assert report.doubts == expected.doubts
    assert_the_same_rows(home, dataset)


def assert_the_same_rows(home, dataset):
    rows, manifest = stored_rows(home)
    whole = pq.read_table(dataset.folder / "releases/0001/rows.parquet")
    assert rows.schema.equals(whole.schema, check_metadata=True)
    assert rows.combine_chunks().equals(whole.combine_chunks())
    assert stored_cube(home).equals(cube_of(dataset))
    with storage.at_hand(f"{home}/releases/0001/retired.int64") as path:
        retired = np.fromfile(path, "<i8")
    there = np.ones(len(rows), bool)
    there[retired] = False
    assert np.flatnonzero(there).tolist() == dataset.positions.tolist()
    named = {f"releases/0001/{name}" for name in manifest.releases[0].sha256}
    found = {name.split("/acled/")[1] for name in storage.files_below(home)}
    assert found == named | {"manifest.json"}


def test_the_files_hold_what_makes_parts_hard(files, alone):
    report, _ = alone
    assert report.duplicate >= 80
    assert report.changed >= 50
    assert report.refused > 100
    assert any("quote" in one.reason for one in report.refusals)


def test_parts_of_a_file_give_its_blocks(files):
    known = published_format("acled").header
    for number, path in enumerate(files, 1):
        plan = plan_file(number, str(path), known, Reading(), PART)
        assert len(plan.parts) > 1
        whole = list(TextTable(path, known).blocks())
        apart = [b for part in plan.parts for b in read_part(part, plan, known, Reading())]
        assert [b.numbers.tolist() for b in apart] == [b.numbers.tolist() for b in whole]
        assert [b.refused for b in apart] == [b.refused for b in whole]
        assert [b.doubts for b in apart] == [b.doubts for b in whole]
        assert all(one.table.equals(other.table) for one, other in zip(apart, whole, strict=True))
        counted = [sum(len(b.numbers) + len(b.refused) for b in
                       read_part(part, plan, known, Reading())) for part in plan.parts]  # fmt: skip
        assert counted == [part.rows for part in plan.parts]


def test_two_workers_and_object_storage_give_the_same_as_one_machine(files, alone, cluster):
    for path in files:
        storage.put_file(path, f"s3://events/in/{path.name}")
    report = import_on_cluster(
        ["s3://events/in/*.csv"], "acled", cluster.address, "s3://events/out",
        today=TODAY, part_bytes=PART,
    )  # fmt: skip
    assert report.address == "s3://events/out/acled"
    assert_the_same(report, "s3://events/out/acled", alone)


def test_local_folders_do_as_well_and_the_page_opens_the_cube(
    files, alone, cluster, tmp_path, monkeypatch
):
    # Merged in many steps, the cube is the same.
    monkeypatch.setattr(several_machines, "CUBES_AT_ONCE", 2)
    report = import_on_cluster(
        [str(path) for path in files], "acled", cluster.address, str(tmp_path / "datasets"),
        today=TODAY, part_bytes=PART,
    )  # fmt: skip
    home = tmp_path / "datasets/acled"
    assert_the_same(report, str(home), alone)
    assert verify(home) == []

    (columns,) = existing_datasets(tmp_path)
    assert isinstance(columns, CubeColumns)
    rows = Columns(alone[1])
    for chosen in (Filter(), Filter(districts=frozenset({"PK226"}), date_to=date(2024, 3, 9))):
        summed, expected = columns.sums(chosen), rows.sums(chosen)
        assert summed.rows == expected.rows > 0
        assert summed.groups == expected.groups
        assert {p: (a.incidents, a.claims, a.sums) for p, a in summed.districts.items()} == {
            p: (a.incidents, a.claims, a.sums) for p, a in expected.districts.items()
        }
    view = View(load_atlas(seeds_folder()).with_datasets((columns,)), Filter())
    assert view.row_count == alone[1].size
    assert len(build_layer("districts", view).rows) == 35
    with pytest.raises(PermissionError, match=r"its sums; its .* rows are the GeoParquet files"):
        build_layer("claims", view)
    with pytest.raises(DatasetError, match="imported on several machines"):
        import_files(files, "acled", library=tmp_path, today=TODAY)


@pytest.mark.slow
def test_a_worker_killed_in_the_middle_changes_nothing(files, alone, storage_environment, tmp_path):
    with cluster_of(2, tmp_path, storage_environment) as cluster:
        done = threading.Event()

        def kill_one(progress):
            if progress.share > 0.3 and not done.is_set():
                done.set()
                cluster.workers[0].kill()

        report = import_on_cluster(
            [str(path) for path in files], "acled", cluster.address, "s3://events/killed",
            progress=kill_one, today=TODAY, part_bytes=PART,
        )  # fmt: skip
        cluster.workers[0].wait(timeout=10)
        assert cluster.workers[0].returncode == -9
        assert cluster.workers[1].poll() is None
    assert_the_same(report, "s3://events/killed/acled", alone)


@pytest.mark.slow
def test_the_command_killed_in_the_middle_leaves_no_dataset_and_the_next_one_a_whole(
    files, alone, cluster, tmp_path
):
    words = ["import", *map(str, files), "--as", "acled", "--part-mb", "1",
             "--scheduler", cluster.address, "--output", str(tmp_path)]  # fmt: skip
    rows = tmp_path / "acled/releases/0001/rows"
    with subprocess.Popen([sys.executable, "-m", "dashboard", *words]) as command:
        while command.poll() is None and not (rows.is_dir() and any(rows.glob("*.parquet"))):
            time.sleep(0.01)
        command.kill()
    assert command.returncode == -9
    assert not (tmp_path / "acled/manifest.json").exists()
    assert existing_datasets(tmp_path.parent) == ()
    done = run(*words)
    assert done.returncode == 0, done.stderr
    assert_the_same_rows(f"{tmp_path}/acled", alone[1])


def test_the_command_imports_through_a_scheduler(cluster, tmp_path):
    path = write(tmp_path / "ucdp.csv", as_csv([ucdp(id="1"), ucdp(id="2", low="9"), ucdp(id="1")]))
    out = os.path.relpath(tmp_path / "out")
    where = ["--scheduler", cluster.address, "--output", out]
    done = run("import", str(path), "--as", "ucdp", "--json", *where)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert (said["rows"], said["imported"], said["duplicate"], said["refused"]) == (3, 1, 1, 1)
    refused = tmp_path / "out/ucdp-ged/releases/0001/refused.csv"
    assert said["refused_file"] == str(refused)
    assert said["refusals"][0]["reason"] in refused.read_text(encoding="utf-8-sig")
    alone = run("import", str(path), "--as", "ucdp", "--scheduler", cluster.address)
    assert alone.returncode == 2
    assert b"--scheduler and --output together" in alone.stderr


def test_of_an_import_that_refuses_every_row_the_list_of_them_is_what_stays(cluster, tmp_path):
    path = write(tmp_path / "ucdp.csv", as_csv([ucdp(id="1", latitude="190")]))
    out = tmp_path / "out"
    where = ["--scheduler", cluster.address, "--output", str(out)]
    done = run("import", str(path), "--as", "ucdp", "--json", *where)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert (said["rows"], said["imported"], said["refused"]) == (1, 0, 1)
    refused = Path(said["refused_file"])
    assert [one for one in out.rglob("*") if one.is_file()] == [refused]
    assert said["refusals"][0]["reason"] in refused.read_text("utf-8-sig")


def test_a_dataset_that_is_there_is_left_alone(cluster, tmp_path):
    path = write(tmp_path / "ucdp.csv", as_csv([ucdp(id="1"), ucdp(id="2")]))
    import_on_cluster([str(path)], "ucdp", cluster.address, str(tmp_path), today=TODAY)
    before = (tmp_path / "ucdp-ged/manifest.json").read_bytes()
    with pytest.raises(DatasetError, match="holds a dataset already"):
        import_on_cluster([str(path)], "ucdp", cluster.address, str(tmp_path), today=TODAY)
    assert (tmp_path / "ucdp-ged/manifest.json").read_bytes() == before


def test_a_file_that_is_no_table_is_refused_by_its_name_and_nothing_is_there(cluster, tmp_path):
    good = write(tmp_path / "a.csv", as_csv([ucdp(id="1")]))
    bad = write(tmp_path / "b.csv", "id,year\n1,2024\n")
    with pytest.raises(FileRefusedError, match=r"b\.csv is a table without the column"):
        import_on_cluster(
            [str(good), str(bad)], "ucdp", cluster.address, f"{tmp_path}/out", today=TODAY
        )
    assert not (tmp_path / "out").exists()


def test_a_pattern_without_files_and_a_silent_scheduler_are_told(tmp_path, monkeypatch):
    with pytest.raises(FileRefusedError, match="not there"):
        import_on_cluster([f"{tmp_path}/*.csv"], "ucdp", "tcp://127.0.0.1:9", str(tmp_path))
    monkeypatch.setattr("incidents.datasets.several_machines.CONNECT_SECONDS", 1)
    path = write(tmp_path / "a.csv", as_csv([ucdp(id="1")]))
    with pytest.raises(DatasetError, match=r"no scheduler answers at tcp://127\.0\.0\.1:9"):
        import_on_cluster([str(path)], "ucdp", "tcp://127.0.0.1:9", str(tmp_path))
