"""Encodings and shapes of files: what is read, what is refused, and in which words."""

import re

import pytest
from dataset_factory import import_text

from incidents.datasets import reading_text
from incidents.datasets.dataset import open_dataset
from incidents.datasets.refusals import EncodingUnknownError, FileRefusedError

HEADER = "id,date,place,killed\n"
ROW = "1,2024-01-31,Quetta,3\n"


def counts(report):
    return report.rows, report.imported, report.duplicate, report.refused


READ = {
    "plain": HEADER + ROW,
    "with a byte order mark": b"\xef\xbb\xbf" + (HEADER + ROW).encode(),
    "UTF-16 with a mark": (HEADER + ROW).encode("utf-16"),
    "UTF-16 without a mark": (HEADER + ROW * 1).encode("utf-16-le"),
    "UTF-16 big-endian without a mark": (HEADER + ROW).encode("utf-16-be"),
    "UTF-16 with CR-only lines": (HEADER + ROW).replace("\n", "\r").encode("utf-16"),
    "semicolons": (HEADER + ROW).replace(",", ";"),
    "tabs": (HEADER + ROW).replace(",", "\t"),
    "bars": (HEADER + ROW).replace(",", "|"),
    "a line that names the separator": "sep=;\n" + (HEADER + ROW).replace(",", ";"),
    "a mark and a line that names the separator": b"\xef\xbb\xbfsep=;\n"
    + (HEADER + ROW).replace(",", ";").encode(),
    "a line that names a tab": "sep=\t\n" + (HEADER + ROW).replace(",", "\t"),
    "CR-only lines": (HEADER + ROW).replace("\n", "\r"),
    "CRLF lines": (HEADER + ROW).replace("\n", "\r\n"),
    "no line end at the end": HEADER + ROW.rstrip(),
    "empty lines between": HEADER + "\n\n" + ROW + "\n",
    "all cells quoted": '"id","date","place","killed"\n"1","2024-01-31","Quetta","3"\n',
    "Urdu": "id,تاریخ,مقام,killed\n1,2024-01-31,کوئٹہ,3\n",
}


@pytest.mark.parametrize("content", READ.values(), ids=READ)
def test_a_file_is_read_whatever_its_marks_and_separators(tmp_path, content):
    assert counts(import_text(tmp_path, content)) == (1, 1, 0, 0)


def test_a_line_end_and_a_separator_inside_quotes_belong_to_the_cell(tmp_path):
    report = import_text(tmp_path, 'id,date,notes\n1,2024-01-31,"one,\ntwo ""three"""\n')
    assert counts(report) == (1, 1, 0, 0)


REFUSED_FILES = {
    "empty": (b"", "is empty; expected a header and rows. Export it again."),
    "blank": (b"\n \n", "is empty; expected a header and rows. Export it again."),
    "header only": (HEADER, "is a header without rows; expected rows under it. Export it again."),
    "a name twice": (
        "id,date,date\n1,2024-01-31,2024-01-31\n",
        "is a table whose header names 'date' twice (columns 2 and 3); expected a name of its own "
        "for every column. Rename one of them.",
    ),
    "an empty name": (
        "id,,date\n1,2,2024-01-31\n",
        "is a table whose column 2 has no name in the header; expected a name for every column.",
    ),
    "every row one cell too many": (
        HEADER + "1,2024-01-31,Quetta,3,\n2,2024-01-31,Quetta,4,\n",
        "is a table whose every row has 5 cells under 4 names; expected a name for every cell. "
        "Add the name that is missing, or take out the separator at the lines' ends.",
    ),
    "10,001 columns": (
        ",".join(f"c{i}" for i in range(10_001)) + "\n" + "1," * 10_000 + "1\n",
        "is a table of 10,001 columns; expected at most 2,000. Export only the columns",
    ),
    "no date": ("id,place\n1,Quetta\n", "is a table with no column that is known for a date"),
    "HTML": (b"<!DOCTYPE html><html><body>Sign in</body></html>", "is a web page (HTML) or XML"),
    "JSON": (b'{"rows": []}', "is JSON; expected a table as text (CSV or TSV). Name GeoJSON"),
    "XLSX": (b"PK\x03\x04rest", "is a zip archive, perhaps an Excel workbook; expected a table"),
    "gzip": (b"\x1f\x8b\x08rest", "is compressed (gzip); expected a table as text (CSV or TSV)"),
    "XML": (b"<svg></svg>", "is a web page (HTML) or XML, perhaps an error message"),
    "an old Excel workbook": (b"\xd0\xcf\x11\xe0rest", "is an old Excel workbook (.xls)"),
    "a PDF": (b"%PDF-1.7", "is a PDF; expected a table as text (CSV or TSV). Export the table"),
    "RTF": (b"{\\rtf1 a}", "is a text document (RTF); expected a table as text (CSV or TSV)."),
    "7-Zip": (b"7z\xbc\xaf\x27\x1crest", "is compressed (7-Zip); expected a table as text"),
    "UTF-32": (HEADER.encode("utf-32"), "is UTF-32; expected a table as text (CSV or TSV). Save"),
    "a NUL in the header": (
        "id,da\0te\n1,2024-01-31\n",
        "is a table whose header holds a NUL (column 2, character 3); expected names of columns "
        "as text. Take it out; if there are many, the file is no text: export it as CSV.",
    ),
    "a report above the table": (
        "Incidents of 2024\n" + HEADER + ROW,
        "is a table whose first line is no header but 'Incidents of 2024'; expected the columns' "
        "names in the first line; below it are 4 cells. Take out the lines above the names.",
    ),
    "a database": (b"SQLite format 3\0", "is a database, perhaps a GeoPackage"),
    "quotes in the header": ('id,da"te\n1,2\n', "is a file whose first line is no header"),
}


@pytest.mark.parametrize(("content", "message"), REFUSED_FILES.values(), ids=REFUSED_FILES)
def test_a_file_that_is_no_table_is_refused_whole(tmp_path, content, message):
    with pytest.raises(FileRefusedError, match=re.escape(f"table.csv {message}")):
        import_text(tmp_path, content)
    assert not (tmp_path / "library" / "datasets" / "table").exists()


REFUSED_ROWS = {
    "a short row": ("2,2024-01-31\n", "", "2 cells where the header has 4; the row is cut short"),
    "a long row": (
        "2,2024-01-31,Quetta,3,4\n",
        "",
        "5 cells where the header has 4; a text that holds a comma must stand in quotes",
    ),
    "an unquoted comma": (
        "2,2024-01-31,Quetta, Pakistan,3\n",
        "",
        "5 cells where the header has 4; a text that holds a comma must stand in quotes",
    ),
    "a footer": (
        "Total: 2 rows\n",
        "",
        "1 cell where the header has 4; it looks like a footer or a note: take it out",
    ),
    "a stray quote": (
        '2,2024-01-31,Que"tta,3\n',
        "place",
        "a quote stands inside a cell that does not begin with one; put texts in quotes and "
        "double those inside",
    ),
    "an unterminated quote": (
        '2,2024-01-31,"Quetta,3\n',
        "place",
        "a quote opens here and is not closed before the next cell; put texts in quotes and "
        "double those inside",
    ),
    "a word after a closing quote": (
        '2,2024-01-31,"Quetta" town,3\n',
        "place",
        "after the closing quote comes ' ' where ',' was expected; put texts in quotes and "
        "double those inside",
    ),
    "a NUL": ("2,2024-01-31,Que\0tta,3\n", "place", "a NUL stands at character 4; take it out"),
}


@pytest.mark.parametrize(("line", "field", "reason"), REFUSED_ROWS.values(), ids=REFUSED_ROWS)
def test_a_damaged_row_is_refused_alone(tmp_path, line, field, reason):
    content = HEADER + ROW + line + "3,2024-02-01,Gwadar,5\n4,2024-02-02,Gwadar,5\n"
    report = import_text(tmp_path, content)
    assert counts(report) == (4, 3, 0, 1)
    (refusal,) = report.refusals
    assert (refusal.row, refusal.field, refusal.reason) == (2, field, reason)


def test_a_quote_that_swallows_the_rest_of_the_file_costs_one_row(tmp_path):
    content = (
        HEADER
        + '1,2024-01-31,"Quetta,3\n'
        + "".join(f"{i},2024-02-01,Gwadar,{i}\n" for i in range(2, 50))
    )
    assert counts(import_text(tmp_path, content)) == (49, 48, 0, 1)


def test_a_cell_that_may_have_swallowed_rows_is_noted(tmp_path):
    content = HEADER + '1,2024-01-31,"Quetta,3\n2,2024-02-01,Gwadar,4\n3,2024-02-02,Turbat",5\n'
    report = import_text(tmp_path, content)
    assert counts(report) == (1, 1, 0, 0)
    assert "a quote that is not closed may have swallowed rows" in report.doubts[0].reason


def test_the_apostrophe_that_guards_a_cell_in_our_exports_comes_off_again(tmp_path):
    report = import_text(tmp_path, "id,date,notes\n1,2024-01-31,'=1+1\n2,2024-01-31,'Abdullah\n")
    rows = open_dataset(report.folder).text([0, 1])
    assert [row["given"]["notes"] for row in rows] == ["=1+1", "'Abdullah"]


def test_a_line_without_end_is_refused_before_it_fills_the_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(reading_text, "MAX_RECORD_BYTES", 1 << 20)
    monkeypatch.setattr("incidents.datasets.encodings.READ_BYTES", 1 << 18)
    content = HEADER + ROW + "2,2024-01-31," + "x" * (3 << 20)
    with pytest.raises(FileRefusedError, match="row 2, is longer than 1 MB; expected rows of text"):
        import_text(tmp_path, content)


def test_rows_are_numbered_through_all_blocks_of_a_file(tmp_path, monkeypatch):
    monkeypatch.setattr("incidents.datasets.encodings.READ_BYTES", 64)
    lines = [f"{i},2024-01-31,Quetta,{'x' if i % 7 == 0 else i}" for i in range(1, 100)]
    report = import_text(tmp_path, HEADER + "\n".join(lines))
    assert [refusal.row for refusal in report.refusals] == [i for i in range(1, 100) if i % 7 == 0]
    assert counts(report) == (99, 85, 0, 14)


@pytest.mark.parametrize(("encoding", "text"), [("cp1252", "Café"), ("cp1256", "كويته")])
def test_a_file_in_a_code_page_is_offered_with_a_preview_and_read_once_it_is_declared(
    tmp_path, encoding, text
):
    content = f"id,date,place,killed\n1,2024-01-31,{text},3\n".encode(encoding)
    with pytest.raises(FileRefusedError, match=f"not UTF-8 .row 1.*{encoding}: .*{text}.*Choose"):
        import_text(tmp_path, content)
    assert counts(import_text(tmp_path, content, encoding=encoding)) == (1, 1, 0, 0)


def test_an_encoding_that_nobody_knows_is_refused(tmp_path):
    with pytest.raises(FileRefusedError, match="declared as 'ebcdic'; expected one of utf-8"):
        import_text(tmp_path, HEADER + ROW, encoding="ebcdic")


def test_a_code_page_that_shows_only_late_in_a_file_is_offered_too(tmp_path, monkeypatch):
    monkeypatch.setattr("incidents.datasets.encodings.READ_BYTES", 64)
    content = (HEADER + ROW * 20).encode() + "2,2024-01-31,كويته,3\n".encode("cp1256")
    with pytest.raises(
        EncodingUnknownError, match=r"not UTF-8 \(row 21, byte 0x[0-9a-f]{2}\)"
    ) as e:
        import_text(tmp_path, content)
    assert "كويته" in e.value.readings["cp1256"][0]


@pytest.mark.parametrize("encoding", ["cp1252", "cp1256"])
def test_urdu_that_was_garbled_is_flagged_with_what_it_may_have_been(tmp_path, encoding):
    garbled = "مستونگ".encode().decode(encoding)
    report = import_text(tmp_path, f"{HEADER}1,2024-01-31,{garbled},3\n")
    flagged = next(doubt for doubt in report.doubts if "garbled" in doubt.reason)
    assert (flagged.row, flagged.value) == (1, garbled)
    assert "it may have been 'مستونگ'" in flagged.reason


@pytest.mark.parametrize("text", ["الموضوع»", "ع – غ", "طالبان", "ضلع؛ ظفر", "وقوع…"])
def test_arabic_script_as_people_write_it_is_not_taken_for_garbled(tmp_path, text):
    report = import_text(tmp_path, f"{HEADER}1,2024-01-31,{text},3\n")
    assert not [doubt for doubt in report.doubts if "garbled" in doubt.reason]


def test_garbled_text_is_kept_and_flagged_with_what_it_may_have_been(tmp_path):
    garbled = "Café".encode().decode("cp1252")
    report = import_text(tmp_path, f"{HEADER}1,2024-01-31,{garbled},3\n")
    assert counts(report) == (1, 1, 0, 0)
    flagged = next(doubt for doubt in report.doubts if "garbled" in doubt.reason)
    assert (flagged.row, flagged.value) == (1, "CafÃ©")
    assert flagged.reason == (
        "looks garbled: text saved in one encoding and read in another; "
        "it may have been 'Café'. It is kept as it came"
    )
