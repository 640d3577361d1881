"""Values and dates in cells: what is read as what, what is refused, and in which words."""

import pytest
from dataset_factory import acled, dataset_folder, import_rows, import_text, ucdp

from incidents.datasets.dataset import open_dataset
from incidents.datasets.days import day_of
from incidents.datasets.mapping import Mapping


def one_row(tmp_path, **more):
    cells = {"id": "1", "date": "2024-01-31", "lat": "30.19", "lon": "67.0", "killed": "3"} | more
    return import_rows(tmp_path, [cells], "table")


REFUSED = {
    "infinite": ("killed", "inf", "inf is no number; leave an unknown count empty"),
    "an exponent": ("killed", "1e3", "1e3 is written with an exponent; write all digits"),
    "hexadecimal": ("killed", "0x10", "0x10 is hexadecimal; write decimal digits"),
    "a fraction": ("killed", "2.5", "2.5 is not a whole number; people are counted whole"),
    "negative": ("killed", "-3", "-3 is negative; a count is 0 or more, or empty"),
    "a word": ("killed", "many", "'many' is no number; write digits, or leave the cell empty"),
    "NA": (
        "killed",
        "NA",
        "'NA' is no number; leave the cell empty, or name it under `empty` in the mapping",
    ),
    "thousands": (
        "killed",
        "1,234",
        "1,234 has thousands separators; declare `thousands` in the mapping, or take them out",
    ),
    "a range": (
        "killed",
        "5-7",
        "5-7 is a range; give its ends in columns of their own (low and high)",
    ),
    "far too many": (
        "killed",
        "9" * 20,
        f"{'9' * 20} is more than 10,000,000 people; check the cell",
    ),
    "a decimal comma": (
        "lat",
        "30,19",
        "30,19 has a decimal comma; declare `decimal_comma` in the mapping",
    ),
    "degrees and minutes": (
        "lat",
        "30°11'24\"N",
        "30°11'24\"N is in degrees and minutes; write 30.19",
    ),
    "an infinite latitude": (
        "lat",
        "inf",
        "inf is no place; leave an unknown coordinate empty",
    ),
    "an exponent in a latitude": (
        "lat",
        "3.0e1",
        "3.0e1 is written with an exponent; write decimal degrees",
    ),
    "a hexadecimal latitude": (
        "lat",
        "0x1E",
        "'0x1E' is no number of degrees; write decimal degrees such as 30.19",
    ),
    "a decimal comma in a count": (
        "killed",
        "2,5",
        "2,5 has a decimal comma; declare `decimal_comma` in the mapping",
    ),
    "no degrees": (
        "lat",
        "north",
        "'north' is no number of degrees; write decimal degrees such as 30.19",
    ),
    "no latitude": (
        "lat",
        "",
        "there is no latitude beside the longitude; give both, or neither and a place name",
    ),
    "latitude out of range": ("lat", "190", "latitude 190 is not between -90 and 90; correct it"),
    "longitude out of range": (
        "lon",
        "181",
        "longitude 181 is not between -180 and 180; correct it",
    ),
    "no day of the calendar": (
        "date",
        "2024-02-30",
        "2024-02-30 is no day of the calendar; correct it",
    ),
    "the year 0025": (
        "date",
        "0025-01-31",
        "0025-01-31 lies in the year 0025; expected 1900 or later. Correct the year",
    ),
    "a Solar Hijri year written last": (
        "date",
        "12/01/1403",
        "12/01/1403 looks like a Solar Hijri year (1403 began in March 2024); "
        "write the day in the Gregorian calendar",
    ),
    "a month without its century": (
        "date",
        "Jan-24",
        "'Jan-24' is no day; write it as 2024-01-31, or declare date_format",
    ),
    "an Excel serial with a time": (
        "date",
        "45322.5",
        '45322.5 looks like an Excel serial number, 2024-01-31; declare date_format = "excel" in '
        "the mapping, or write the day",
    ),
    "a zero date": (
        "date",
        "0000-00-00",
        "0000-00-00 lies in the year 0000; expected 1900 or later. Correct the year",
    ),
    "a Solar Hijri year": (
        "date",
        "1403-01-31",
        "1403-01-31 looks like a Solar Hijri year (1403 began in March 2024); "
        "write the day in the Gregorian calendar",
    ),
    "the future": (
        "date",
        "2026-07-01",
        "2026-07-01 lies in the future; today is 2026-06-30. Correct the date",
    ),
    "an Excel serial": (
        "date",
        "45322",
        '45322 looks like an Excel serial number, 2024-01-31; declare date_format = "excel" in '
        "the mapping, or write the day",
    ),
    "day or month first": (
        "date",
        "01/02/2024",
        "01/02/2024 can be 1 February or 2 January; declare date_format in the mapping: "
        '"%d/%m/%Y" for day first, "%m/%d/%Y" for month first',
    ),
    "an undeclared form": (
        "date",
        "31/01/2024",
        "31/01/2024 needs a declared form; declare date_format in the mapping, such as %d/%m/%Y",
    ),
    "no date": ("date", "", "the row has no date; give at least its year"),
    "no id": ("id", " ", "the row's id is empty; give it one"),
}


@pytest.mark.parametrize(("field", "value", "reason"), REFUSED.values(), ids=REFUSED)
def test_a_cell_that_cannot_be_read_refuses_its_row_and_says_why(tmp_path, field, value, reason):
    report = one_row(tmp_path, **{field: value})
    (refusal,) = report.refusals
    assert (report.imported, report.refused, refusal.row) == (0, 1, 1)
    assert (refusal.field, refusal.value, refusal.reason) == (field, value.strip(), reason)


def test_a_point_at_zero_zero_is_none(tmp_path):
    (refusal,) = one_row(tmp_path, lat="0", lon="0.0").refusals
    assert refusal.reason == (
        "latitude and longitude are both 0, a point in the sea that stands for none; "
        "leave both empty and give a place name"
    )


def test_exchanged_coordinates_are_proposed_and_never_exchanged(tmp_path):
    (refusal,) = one_row(tmp_path, lat="67.0", lon="30.19").refusals
    assert refusal.reason == (
        "latitude 67 and longitude 30.19 look exchanged; try latitude 30.19, longitude 67"
    )


def test_a_point_abroad_that_only_mirrors_the_region_is_kept(tmp_path):
    report = import_rows(
        tmp_path, [ucdp(country="Finland", latitude="67.0", longitude="30.19")], "ucdp"
    )
    assert (report.imported, report.refused) == (1, 0)


DOUBTED = {
    "equal coordinates": (
        {"lat": "30.5", "lon": "30.5"},
        "latitude and longitude are equal; one may have been copied into the other",
    ),
    "a point outside its district": (
        {"district": "Gwadar"},
        "the point lies in Quetta; the row is counted where its point lies",
    ),
    "a word that is no event type": (
        {"event_type": "bomb blast"},
        "is none of ACLED's event types; name it under [event_types] in the mapping",
    ),
    "Urdu digits": ({"killed": "۱۲"}, "read as '12'"),
    "full-width digits": ({"killed": "１２"}, "read as '12'"),
    "Arabic digits in a date": ({"date": "٢٠٢٤-٠١-٣١"}, "read as '2024-01-31'"),
    "an Arabic decimal separator": ({"lat": "٣٠٫١٩"}, "read as '30.19'"),
    "a minus of typesetting": ({"lon": "\N{MINUS SIGN}67.0"}, "read as '-67.0'"),
    "a no-break space": ({"killed": "12\N{NO-BREAK SPACE}"}, "read as '12'"),
    "a place nobody knows": (
        {"lat": "", "lon": "", "place": "Atlantis"},
        "'Atlantis' is no place of the gazetteer; the row is kept without a place",
    ),
}


@pytest.mark.parametrize(("cells", "reason"), DOUBTED.values(), ids=DOUBTED)
def test_what_may_be_wrong_is_kept_and_noted(tmp_path, cells, reason):
    report = one_row(tmp_path, **cells)
    assert (report.imported, report.refused) == (1, 0)
    assert reason in [doubt.reason for doubt in report.doubts]


def test_a_no_break_space_between_thousands_is_shown_as_a_space(tmp_path):
    (refusal,) = one_row(tmp_path, killed="1\N{NO-BREAK SPACE}234").refusals
    assert (refusal.value, refusal.reason) == (
        "1 234",
        "1 234 has thousands separators; declare `thousands` in the mapping, or take them out",
    )


def test_a_minus_of_typesetting_makes_a_count_negative(tmp_path):
    (refusal,) = one_row(tmp_path, killed="\N{MINUS SIGN}3").refusals
    assert refusal.reason == "-3 is negative; a count is 0 or more, or empty"


@pytest.mark.parametrize("row_id", ["007", "1" * 20, "NA", "None", "null", "1e3", "0x10"])
def test_ids_are_text_and_stay_as_they_are(tmp_path, row_id):
    one_row(tmp_path, id=row_id)
    (row,) = open_dataset(tmp_path / "library" / "datasets" / "table").text([0])
    assert row["row_id"] == row["given"]["id"] == row_id


@pytest.mark.parametrize("name", ["NA", "None", "null", "nan"])
def test_names_that_look_like_nothing_are_names(tmp_path, name):
    one_row(tmp_path, remarks=name)
    (row,) = open_dataset(tmp_path / "library" / "datasets" / "table").text([0])
    assert row["given"]["remarks"] == name


def test_blank_is_unknown_and_zero_is_zero(tmp_path):
    rows = [
        {"id": str(i), "date": "2024-01-31", "killed": k} for i, k in enumerate(("", "0", "5.0"))
    ]
    import_rows(tmp_path, rows, "table")
    low, _, _ = open_dataset(tmp_path / "library" / "datasets" / "table").figures["killed", "total"]
    assert low.tolist() == [-1, 0, 5]


@pytest.mark.parametrize(
    ("cells", "field", "reason"),
    [
        ({"low": "5"}, "low", "low 5 is more than best 4; expected low ≤ best ≤ high."),
        ({"best": "7"}, "best", "best 7 is more than high 6; expected low ≤ best ≤ high."),
        ({"low": "7", "best": ""}, "low", "low 7 is more than high 6; expected low ≤ best ≤ high."),
        ({"latitude": "190"}, "latitude", "latitude 190 is not between -90 and 90"),
        ({"year": "0025"}, "year", "0025 lies in the year 0025; expected 1900 or later."),
        ({"year": "2031"}, "year", "2031 lies in the future; correct the year"),
        ({"date_end": "2024-01-30"}, "date_end", "it lies before date_start 2024-01-31"),
        (
            {"where_prec": "8"},
            "where_prec",
            "8 is no code here; expected one of 1, 2, 3, 4, 5, 6, 7",
        ),
        ({"deaths_a": "-1"}, "deaths_a", "-1 is negative; a count is 0 or more, or empty"),
        ({"id": ""}, "id", "the row's id is empty; give it one"),
    ],
)
def test_a_ucdp_row_that_contradicts_itself_is_refused(tmp_path, cells, field, reason):
    report = import_rows(tmp_path, [ucdp(id="9"), ucdp(**cells)], "ucdp")
    (refusal,) = report.refusals
    assert (report.imported, refusal.row, refusal.field) == (1, 2, field)
    assert refusal.reason.startswith(reason)


@pytest.mark.parametrize(
    ("cells", "field", "reason"),
    [
        (
            {"event_type": "Fights"},
            "event_type",
            "'Fights' is none of ACLED's; expected one of Battles",
        ),
        ({"sub_event_type": ""}, "sub_event_type", "it is empty; expected one of Armed clash"),
        (
            {"sub_event_type": "Attack"},
            "sub_event_type",
            "does not belong to 'Battles', but to 'Violence against civilians'; correct one",
        ),
        ({"geo_precision": "4"}, "geo_precision", "4 is no code here; expected one of 1, 2, 3"),
        ({"event_date": "31/01/2024"}, "event_date", "31/01/2024 needs a declared form"),
    ],
)
def test_an_acled_row_that_is_not_acleds_is_refused(tmp_path, cells, field, reason):
    (refusal,) = import_rows(tmp_path, [acled(**cells)], "acled").refusals
    assert refusal.field == field
    assert refusal.reason.startswith(reason)


@pytest.mark.parametrize(
    ("pieces", "first", "last", "prec"),
    [
        (("2019", "3", "14"), "2019-03-14", "2019-03-14", 1),
        (("2019", "03", "0"), "2019-03-01", "2019-03-31", 4),
        (("2019", "0", "0"), "2019-01-01", "2019-12-31", 5),
        (("2019", "", ""), "2019-01-01", "2019-12-31", 5),
    ],
)
def test_year_month_and_day_in_columns_of_their_own_are_a_date(tmp_path, pieces, first, last, prec):
    row = dict(zip(("year", "month", "day"), pieces, strict=True))
    import_rows(tmp_path, [{"id": "1"} | row], "table", name="notes.csv")
    dataset = open_dataset(dataset_folder(tmp_path, "notes"))
    codes = {name: dataset.codes[name][0] for name in ("day_first", "day_last", "date_prec")}
    assert day_of(codes["day_first"]).isoformat() == first
    assert day_of(codes["day_last"]).isoformat() == last
    assert codes["date_prec"] == prec


@pytest.mark.parametrize(
    ("pieces", "field", "value", "reason"),
    [
        (("2019", "2", "30"), "year", "2019-2-30", "2019-2-30 is no day of the calendar"),
        (("2019", "13", "0"), "year", "2019-13-0", "2019-13-0 is no month of the calendar"),
        (("2031", "1", "1"), "year", "2031-1-1", "2031-1-1 lies in the future"),
        (("1403", "5", "5"), "year", "1403-5-5", "1403-5-5 looks like a Solar Hijri year"),
        (("2019", "May", "1"), "month", "May", "'May' is no number"),
        (("", "5", "1"), "year", "", "the row has no date"),
    ],
)
def test_pieces_that_make_no_day_are_refused(tmp_path, pieces, field, value, reason):
    row = dict(zip(("year", "month", "day"), pieces, strict=True))
    (refusal,) = import_rows(tmp_path, [{"id": "1"} | row], "table").refusals
    assert (refusal.field, refusal.value) == (field, value)
    assert refusal.reason.startswith(reason)


@pytest.mark.parametrize(
    ("written", "first", "last", "prec"),
    [
        ("2024-01-31", "2024-01-31", "2024-01-31", 1),
        ("2024/1/5", "2024-01-05", "2024-01-05", 1),
        ("31 January 2024", "2024-01-31", "2024-01-31", 1),
        ("31-Jan-2024", "2024-01-31", "2024-01-31", 1),
        ("January 31, 2024", "2024-01-31", "2024-01-31", 1),
        ("2024-01-31T23:30:00+05:00", "2024-01-31", "2024-01-31", 1),
        ("2024-01-31 23:30:00-08:00", "2024-01-31", "2024-01-31", 1),
        ("Jan 2024", "2024-01-01", "2024-01-31", 4),
        ("2024-02", "2024-02-01", "2024-02-29", 4),
        ("2023", "2023-01-01", "2023-12-31", 5),
    ],
)
def test_a_date_keeps_its_own_day_and_its_precision(tmp_path, written, first, last, prec):
    report = one_row(tmp_path, date=written)
    assert report.refused == 0
    (row,) = open_dataset(tmp_path / "library" / "datasets" / "table").text([0])
    found = row["date_start"].isoformat(), row["date_end"].isoformat(), row["date_prec"]
    assert found == (first, last, prec)


@pytest.mark.parametrize(
    ("declared", "written"),
    [("%d/%m/%Y", "05/02/2024"), ("%m/%d/%Y", "02/05/2024"), ("excel", "45327")],
)
def test_a_declared_form_is_read_as_declared(tmp_path, declared, written):
    mapping = Mapping.model_validate(
        {"dataset": "t", "columns": {"date": "date"}, "reading": {"date_format": declared}}
    )
    import_text(tmp_path, f"date,notes\n{written},x\n", mapping=mapping)
    (row,) = open_dataset(tmp_path / "library" / "datasets" / "t").text([0])
    assert row["date_start"].isoformat() == "2024-02-05"


def test_declared_commas_thousands_and_empty_words_are_read(tmp_path):
    mapping = Mapping.model_validate(
        {
            "dataset": "t",
            "columns": {"date": "date", "latitude": "lat", "longitude": "lon"},
            "figures": [{"casualty_type": "killed", "count": "killed"}],
            "reading": {"decimal_comma": True, "thousands": ".", "empty": ["NA"]},
        }
    )
    content = "date;lat;lon;killed\n2024-01-31;30,19;67,0;1.234\n2024-01-31;;;NA\n"
    report = import_text(tmp_path, content, mapping=mapping)
    assert (report.imported, report.refused) == (2, 0)
    dataset = open_dataset(tmp_path / "library" / "datasets" / "t")
    assert dataset.figures["killed", "total"][0].tolist() == [1234, -1]
    assert dataset.codes["latitude"][0] == 30.19


def test_the_list_of_refused_rows_does_not_run_in_a_spreadsheet(tmp_path):
    from incidents.datasets.refusals import Refusal, write_refusals

    write_refusals(tmp_path / "r.csv", [Refusal(1, "killed", "=1+1", "no number", "a.csv")])
    assert (tmp_path / "r.csv").read_bytes() == (
        b'\xef\xbb\xbf"file","row","field","value","reason"\r\n'
        b'"a.csv","1","killed","\'=1+1","no number"\r\n'
    )
