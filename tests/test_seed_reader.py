"""Coded documents are read without guessing, and mistakes in them are told."""

import pickle
import shutil

import pytest

from incidents.coding import seeds
from incidents.coding.seed_errors import SeedError


@pytest.fixture
def folder(seeds_folder, tmp_path):
    """A copy of the coded documents that may be spoiled."""
    return shutil.copytree(seeds_folder, tmp_path / "seeds")


def spoil(folder, file, old, new):
    path = folder / file
    content = path.read_text(encoding="utf-8")
    assert old in content
    path.write_text(content.replace(old, new, 1), encoding="utf-8")


THIRD = "003-afp-2026-01-31.toml"


@pytest.mark.parametrize(
    ("typed", "low", "high"),
    [
        ('count = 10\nqualifier = "exact"', 10, 10),
        ('count = 10\nqualifier = "about"', 10, 10),
        ('count = 10\nqualifier = "at_least"', 10, None),
        ('count = 10\nqualifier = "more_than"', 10, None),
        ('count = 0\nqualifier = "exact"', 0, 0),
        ('qualifier = "dozens"', 12, None),
        ('qualifier = "few"', None, None),
    ],
)
def test_a_number_and_its_qualifier_become_a_range(folder, typed, low, high):
    spoil(folder, THIRD, 'count = 10\nqualifier = "at_least"', typed)
    claim = seeds.load(folder).claim["003-afp-2026-01-31.02"]
    assert (claim.count_low, claim.count_high) == (low, high)


@pytest.mark.parametrize(
    ("start", "end", "precision"),
    [
        ("2026-01-31", "2026-01-31", 1),
        ("2026-01-30", "2026-01-31", 2),
        ("2026-01-25", "2026-01-31", 3),
        ("2026-01-01", "2026-01-31", 4),
        ("2025-02-01", "2026-01-31", 5),
    ],
)
def test_the_precision_of_a_date_follows_from_its_span(folder, start, end, precision):
    typed = f"[defaults]\ndate_start = {start}\ndate_end = {end}"
    spoil(folder, THIRD, "[defaults]", typed)
    spoil(folder, THIRD, "date_start = 2026-01-31\nscope", "scope")
    claim = seeds.load(folder).claim["003-afp-2026-01-31.02"]
    assert (str(claim.date_start), str(claim.date_end)) == (start, end)
    assert claim.date_prec == precision


def test_a_name_without_an_id_is_looked_up_beside_its_quote(folder):
    spoil(folder, THIRD, 'place = "Balochistan"\nplace_id = "pcode:PK2"', 'place = "Noshki"')
    claim = seeds.load(folder).claim["003-afp-2026-01-31.01"]
    assert (claim.place_name, claim.adm2_pcode, claim.adm2_name) == ("Noshki", "PK223", "Nushki")


def test_a_claimant_may_stand_in_the_claim_itself(folder):
    spoil(
        folder,
        THIRD,
        'claimant_id = "shahid-rind-provincial-government"',
        'claimant_id = "x"\nclaimant = "a hospital"\nclaimant_type = "hospital"\n'
        'claimant_kind = "institution"',
    )
    assert "hospital" in {c.claimant_type for c in seeds.load(folder).claims}


def test_a_byte_order_mark_does_no_harm(folder):
    path = folder / THIRD
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert len(seeds.load(folder).sources) == 5


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: spoil(folder, THIRD, "count = 37", "count = 38"),
        lambda folder: (folder / THIRD).rename(folder / "006-afp-2026-01-31.toml"),
        lambda folder: (folder / THIRD).unlink(),
    ],
    ids=["edited", "renamed", "taken away"],
)
def test_editing_a_seed_changes_the_digest(folder, change):
    before = seeds.digest(folder)
    assert seeds.load(folder).digest == before
    change(folder)
    assert seeds.digest(folder) != before


MISTAKES = [
    (THIRD, "count = 37", "count = thirty", ["not TOML", "line"]),
    (THIRD, "[source]", "[sauce]", ["sauce", "did you mean 'source'?"]),
    (THIRD, 'outlet = "', 'outlett = "', ["source, outlett", "did you mean 'outlet'?"]),
    (THIRD, "qualifier =", "qualifer =", ["claim 01, qualifer", "did you mean 'qualifier'?"]),
    (THIRD, 'id = "02"', 'id = "01"', ["claim 01, id = '01'", "more than once"]),
    (THIRD, 'id = "02"', "id = 2", ["id = 2", "quotation marks"]),
    (THIRD, "count = 37", 'count = "37"', ["count = '37'", "valid integer"]),
    (THIRD, "count = 37", "count = -37", ["count = -37", "greater than or equal to 0"]),
    (THIRD, "count = 37\n", "", ["claim 03, count", "needs the printed number"]),
    (THIRD, 'qualifier = "dozens"', 'count = 24\nqualifier = "dozens"', ["count = 24", "dozens"]),
    (THIRD, '"more_than"', '"over"', ["qualifier = 'over'", "at_least"]),
    (THIRD, '"killed"', '"dead"', ["casualty_type = 'dead'", "'killed'"]),
    (THIRD, 'casualty_type = "killed"\n', "", ["either a figure (casualty_type) or a happening"]),
    (THIRD, "char_end = 6", "char_end = 16", ["char_end - char_start"]),
    (THIRD, "= 2026-01-30", '= "2026-01-30"', ["date_start = '2026-01-30'", "without quotation"]),
    (THIRD, "= 2026-01-30", "= 2026-01-30T10:00:00", ["a day was expected"]),
    (THIRD, 'place_id = "pcode:PK2"\n', 'place_id = "pcode:PKX"\n', ["'pcode:PKX'", "locate"]),
    (
        THIRD,
        'place = "Balochistan"\nplace_id = "pcode:PK2"',
        'place = "Mordor-on-Sea"',
        ["claim 01, place = 'Mordor-on-Sea'", "locate"],
    ),
    (THIRD, '"unattributed-003"', '"unatributed-003"', ["did you mean 'unattributed-003'?"]),
    (THIRD, "-attacks", "-atacks", ["claim 01, incident", "did you mean '2026-01-31-"]),
    (THIRD, 'sha256 = "', 'sha256 = "X', ["source, sha256"]),
    ("001-afp-2026-01-31.toml", 'part_of = "08"', 'part_of = "80"', ["part_of = '80'", "no claim"]),
    ("001-afp-2026-01-31.toml", 'part_of = "08"', 'part_of = "11"', ["another incident"]),
    (
        "001-afp-2026-01-31.toml",
        "known_from_reason = ",
        "# ",
        ["source:", "give known_from_reason"],
    ),
    ("incidents.toml", '"Armed clash"', '"Skirmish"', ["sub_event_type 'Skirmish'", "Armed clash"]),
    ("incidents.toml", 'id = "2026-01-30-balochistan-raids"\n', "", ["incident 2"]),
    ("incidents.toml", "[[incidents]]", "[incidents]", ["incidents.toml"]),
    ("incidents.toml", "date_end = 2026-01-31", "date_end = 2026-01-29", ["lies before"]),
    ("claimants.toml", '"state"', '"government"', ["claimant_type = 'government'", "armed_group"]),
    ("claimants.toml", "claimant_type", "type", ["claimants.toml", "type"]),
]


@pytest.mark.parametrize(("file", "old", "new", "said"), MISTAKES, ids=[m[2] for m in MISTAKES])
def test_a_mistake_is_told_with_its_place_and_its_remedy(folder, file, old, new, said):
    spoil(folder, file, old, new)
    with pytest.raises(SeedError) as caught:
        seeds.load(folder)
    message = str(caught.value)
    assert ".toml" in message
    for words in said:
        assert words in message


def test_a_document_that_is_not_utf8_is_told(folder):
    (folder / THIRD).write_bytes("title = “”".encode("utf-16"))
    with pytest.raises(SeedError, match="byte 0 is not UTF-8"):
        seeds.load(folder)


def test_a_folder_without_incidents_or_no_folder_at_all_is_told(folder, tmp_path):
    (folder / "incidents.toml").unlink()
    with pytest.raises(SeedError, match=r"incidents\.toml: the file is not there"):
        seeds.load(folder)
    with pytest.raises(SeedError, match="there is no such folder"):
        seeds.load(tmp_path / "nowhere")


def test_an_error_can_cross_processes():
    error = SeedError("005.toml", "wrong", "Mend it.", entry="claim 01", field="count", value=5)
    assert str(pickle.loads(pickle.dumps(error))) == str(error)
    assert str(error) == "005.toml, claim 01, count = 5: wrong. Mend it."


def test_a_claimant_who_speaks_only_here_needs_no_id(folder):
    words = 'claimant = "A. Hameed, police"\nclaimant_type = "state"\nclaimant_kind = "person"'
    spoil(folder, THIRD, 'claimant_id = "mohsin-naqvi-interior-minister"', words)
    assert "a-hameed-police" in {c.claimant_id for c in seeds.load(folder).claims}
