"""`incident-map boundaries` and `incident-map gazetteer` as a user runs them."""

import json

import pytest
import shapely
from command_line import run

WEST = shapely.geometry.mapping(shapely.box(66, 28, 67, 29))
EAST = shapely.geometry.mapping(shapely.box(66.9, 28, 68, 29))


@pytest.fixture
def here(tmp_path):
    """Run the command line on a data folder of its own."""

    def command(*words):
        return run(*words, "--data-dir", str(tmp_path / "data"))

    return command


@pytest.fixture
def sindh(tmp_path):
    features = [
        {"type": "Feature", "properties": {"code": c, "label": n}, "geometry": g}
        for c, n, g in (("{{7*7}}", "Khairpur <b>", WEST), ("S-2", "Sukkur", EAST))
    ]
    path = tmp_path / "Upper Sindh.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return str(path)


def add(here, path, *more):
    return here(
        "boundaries", "add", path, "--code", "code", "--name", "label", "--vintage", "2023", *more
    )


def test_boundaries_go_in_are_listed_exported_and_go_out_again(here, sindh, tmp_path):
    done = add(here, sindh)
    assert done.returncode == 0, done.stderr
    said = done.stdout.decode()
    assert "Upper Sindh: 2 areas added, coarse to fine it has areas" in said
    assert "Sukkur (S-2) and Khairpur <b> ({{7*7}}) overlap by 1," in said
    listed = json.loads(here("boundaries", "list", "--json").stdout)
    assert [(r["region"], [v["level"] for v in r["levels"]]) for r in listed] == [
        ("balochistan", ["districts", "tehsils"]),
        ("upper-sindh", ["areas"]),
    ]
    out = tmp_path / "areas.csv"
    done = here(
        "export", "--layer", "districts", "--region", "Upper Sindh", "--format", "csv",
        "--output", str(out),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "2 areas written" in done.stderr.decode()
    assert '"{{7*7}}","Khairpur <b>","no_report"' in out.read_text(encoding="utf-8-sig")
    about = json.loads(out.with_name("areas.csv.about.json").read_text())
    assert (about["region"], about["boundary_vintage"]) == ("Upper Sindh", "2023")
    done = here("boundaries", "remove", "upper sindh")
    assert done.stdout.decode() == "Upper Sindh: areas removed\n"
    assert len(json.loads(here("boundaries", "list", "--json").stdout)) == 1


def test_boundaries_that_are_refused_end_with_status_1_and_store_nothing(here, sindh, tmp_path):
    done = here(
        "boundaries", "add", sindh, "--code", "PCODE", "--name", "label", "--vintage", "2023",
        "--json",
    )  # fmt: skip
    assert done.returncode == 1
    said = json.loads(done.stdout)
    assert said["added"] == 0
    assert "no field 'PCODE'; expected for --code one of its fields: code, label" in said["error"]
    assert not (tmp_path / "data").exists()


def test_an_address_is_not_asked_for_boundaries(here, tmp_path):
    done = add(here, "https://x.example/areas.geojson")
    assert done.returncode == 1
    assert b"addresses are never opened" in done.stderr
    assert not (tmp_path / "data").exists()


def test_what_was_done_is_said_as_json(here, sindh):
    said = json.loads(add(here, sindh, "--region", "Sindh", "--level", "Wards", "--json").stdout)
    assert (said["region"], said["level"], said["areas"], said["added"]) == (
        "sindh", "wards", 2, True
    )  # fmt: skip
    assert said["overlap_km2"] > 1000
    assert len(said["faults"]) == 1
    again = json.loads(add(here, sindh, "--region", "Sindh", "--level", "Wards", "--json").stdout)
    assert again["added"] is False


def test_a_brief_of_a_users_region_carries_its_names_as_text(here, sindh, tmp_path):
    add(here, sindh, "--region", "Sindh")
    out = tmp_path / "brief.html"
    done = here("brief", "--region", "Sindh", "--output", str(out))
    assert done.returncode == 0, done.stderr
    page = out.read_text()
    assert "Khairpur &lt;b&gt;" in page
    assert "Khairpur <b>" not in page
    assert "Sindh: what is reported" in page


def test_places_go_in_row_by_row_accounted_for_are_found_and_go_out(here, tmp_path):
    path = tmp_path / "killis.csv"
    path.write_text(
        "name,latitude,longitude,district\nKilli Aziz,30.25,66.97,Kech\nKilli Aziz,30.25,66.97,Kech\n"
        "Killi Far,0.5,0.5,\n"
    )
    said = json.loads(here("gazetteer", "add", str(path), "--json").stdout)
    assert said == {
        "rows": 3, "added": 1, "duplicate": 1, "refused": 1,
        "refusals": [{
            "row": 3, "field": "latitude", "value": "0.5, 0.5",
            "reason": "outside the boundaries of Balochistan",
        }],
    }  # fmt: skip
    listed = json.loads(here("gazetteer", "list", "--json").stdout)
    assert [(r["region"], r["list"], r["places"]) for r in listed] == [("balochistan", "killis", 1)]
    found = json.loads(here("locate", "Killi Aziz", "--json").stdout)
    assert found["adm2_name"] == "Quetta"
    assert found["note"] == (
        "Its list says the district 'Kech', but its point lies in Quetta (PK226)."
    )
    again = here("gazetteer", "add", str(path))
    assert b"3 rows = 0 added + 2 duplicate + 1 refused" in again.stdout
    assert here("gazetteer", "remove", "killis").stdout == b"killis: 1 place removed\n"
    assert here("locate", "Killi Aziz").returncode != 0


def test_a_place_is_looked_for_in_the_region_that_is_named(here, sindh, tmp_path):
    add(here, sindh, "--region", "Sindh")
    path = tmp_path / "towns.csv"
    path.write_text("name,latitude,longitude\nNorth Town,28.5,67.5\n")
    assert here("gazetteer", "add", str(path), "--region", "Sindh").returncode == 0
    found = json.loads(here("locate", "North Town", "--region", "sindh", "--json").stdout)
    assert (found["adm2_name"], found["adm2_pcode"], found["where_prec"]) == ("Sukkur", "S-2", 1)
    area = json.loads(here("locate", "Sukkur", "--region", "Sindh", "--json").stdout)
    assert (area["place_id"], area["where_prec"]) == ("area:sindh:S-2", 3)
    assert here("locate", "North Town").returncode == 1
    missing = here("locate", "North Town", "--region", "Punjab")
    assert b"no region 'Punjab'; there are: balochistan, sindh" in missing.stderr
