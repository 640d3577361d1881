"""A document as a whole: text, hashes, metadata, limits, and the child process behind it."""

import hashlib
import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from incidents.reading import DocumentRefusedError, child, limits, read_document
from incidents.reading.parts import Job

DOCUMENTS = Path(__file__).parent / "data" / "documents"
URDU = "کوئٹہ میں دھماکے سے تین افراد ہلاک اور دو زخمی ہو گئے"
REPORT = (
    "Bomb kills three near Zhob\r\nPublished January 31, 2026\r\n\r\n"
    "ZHOB: A bomb killed three labourers and wounded a po-\r\nliceman on Friday. ﬁve were held.\r\n"
    "(With inputs from AFP)\r\n"
)


def test_a_text_file_is_kept_exactly_as_decoded():
    document = read_document(REPORT.encode("utf-8-sig"), file_name="zhob.txt")
    assert document.text == REPORT
    assert document.sha256 == hashlib.sha256(REPORT.encode()).hexdigest()
    assert document.original == REPORT.encode("utf-8-sig")
    assert document.original_sha256 == hashlib.sha256(document.original).hexdigest()
    assert document.title == "Bomb kills three near Zhob"
    assert (document.outlet, document.agency) == ("unknown", "AFP")
    assert document.published_on.isoformat() == "2026-01-31"
    assert (document.language, document.readable, document.notices) == ("en", True, ())
    assert document.media_type == "text/plain"


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("zhob.pdf", "application/pdf"),
        (
            "zhob.docx",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
        ("related_inside.html", "text/html"),
    ],
)
def test_a_file_is_read_by_its_content_under_any_name(name, media_type):
    data = (DOCUMENTS / name).read_bytes()
    document = read_document(data, file_name="report.txt")
    assert document.media_type == media_type
    assert "promises text" in document.notices[0]
    assert "500 killed" not in document.text
    assert document.text.startswith(document.title)
    assert document.text == read_document(data).text


def test_a_page_gives_its_metadata_and_no_authors_name():
    document = read_document((DOCUMENTS / "related_inside.html").read_bytes())
    assert (document.outlet, document.agency) == ("Dawn", "AFP")
    assert document.published_at.isoformat() == "2026-02-03T21:15:00+05:00"
    assert document.url == "https://www.dawn.com/news/0000001"
    assert "Jane Writer" not in repr({k: v for k, v in vars(document).items() if k != "original"})


def test_an_email_is_read_whole():
    mail = (
        "Received: by mail\nFrom: Desk <desk@dawn.com>\nSubject: Four soldiers killed\n"
        f"Date: Sat, 31 Jan 2026 22:10:00 +0500\n\n{REPORT}"
    )
    document = read_document(mail.encode(), file_name="statement.eml")
    assert document.title == "Four soldiers killed"
    assert document.outlet == "unknown"
    assert document.published_at.isoformat() == "2026-01-31T22:10:00+05:00"


def test_urdu_is_kept_and_coded_by_hand():
    document = read_document(URDU.encode())
    assert (document.text, document.language, document.readable) == (URDU, "ur", False)
    assert any("is not read automatically" in notice for notice in document.notices)
    page = f"<html lang='ur'><body><article><p>{URDU}</p><p>{URDU}</p></article></body></html>"
    assert not read_document(page.encode()).readable


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "an empty file"),
        (b" \n\t\r\n", "without a word"),
        (b"\xef\xbb\xbf", "without a word"),
        (b"...!!!", "without a word"),
        (b"<html><body></body></html>", "no article"),
        (b"a" * (limits.MAX_TEXT_BYTES + 1), r"a text of 5\.1 MB"),
        (b"a" * (limits.MAX_FILE_BYTES + 1), r"a file of 25\.1 MB"),
        (b"Ten killed\0", "NUL at position 10"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_name(data, said):
    with pytest.raises(DocumentRefusedError, match=rf"report\.txt is {said}|{said}") as refused:
        read_document(data, file_name="report.txt")
    assert str(refused.value).startswith("report.txt is ")
    assert refused.value.remedy.endswith(".")


def test_a_pasted_text_is_called_so():
    with pytest.raises(DocumentRefusedError, match="The pasted text is an empty file"):
        read_document(b"")


def test_a_refusal_survives_pickling():
    refusal = DocumentRefusedError("a scan", "a text", "Run OCR.", where="a.pdf")
    assert str(pickle.loads(pickle.dumps(refusal))) == str(refusal)


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://www.dawn.com/news/1", "https://www.dawn.com/news/1"),
        ("javascript:alert(1)", None),
        ("file:///etc/passwd", None),
        ("https://user:word@www.dawn.com/", None),
        ('https://www.dawn.com/"><b>', None),
        ("https://www.dawn.com/" + "a" * 2000, None),
    ],
)
def test_only_plain_web_addresses_are_kept(url, kept):
    document = read_document(REPORT.encode(), url=url)
    assert document.url == kept
    assert (kept is None) == any("was not kept" in notice for notice in document.notices)


def test_the_address_names_the_outlet_and_the_day_where_the_text_does_not():
    text = b"ZHOB: A bomb killed three labourers near Zhob on Friday, officials said."
    document = read_document(text, url="https://tribune.com.pk/2026/01/31/story")
    assert document.outlet == "The Express Tribune"
    assert document.published_on.isoformat() == "2026-01-31"
    assert "read from the address" in document.notices[0]
    pasted = read_document(b"https://www.geo.tv/latest/1\n" + text)
    assert (pasted.outlet, pasted.url) == ("Geo News", "https://www.geo.tv/latest/1")


def test_teasers_in_a_pasted_text_are_kept_and_named():
    document = read_document(f"{REPORT}Also read: Twelve killed\n".encode())
    assert document.text.endswith("Also read: Twelve killed\n")
    assert any("'Also read: Twelve killed'" in notice for notice in document.notices)


def test_a_nest_and_a_long_line_end_neither_in_a_crash_nor_in_a_wait(capfd):
    # A pattern that begins anew at every letter of a word would take hours here.
    assert len(read_document(b"A" * 1_000_000).text) == 1_000_000
    nest = b"<div>" * 50_000 + b"Two were killed" + b"</div>" * 50_000
    with pytest.raises(DocumentRefusedError, match="nests"):
        read_document(nest)
    with pytest.raises(DocumentRefusedError, match=r"a text of 10\.\d MB"):
        read_document(b"Two were killed. " * 600_000)
    with pytest.raises(DocumentRefusedError, match=r"a text of 10\.\d MB"):
        read_document(b"<html><body><p>" + b"Two were killed. " * 600_000 + b"</p>")
    assert capfd.readouterr() == ("", "")


def test_a_reader_that_takes_too_long_is_ended():
    with pytest.raises(DocumentRefusedError, match=r"more than 0\.01 seconds"):
        child.read_apart(b"<p>Two were killed.</p>", Job("html"), seconds=0.01)


def _in_a_closed_process(action):
    code = f"from incidents.reading import worker\nworker.confine()\n{action}"
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    ).stderr


@pytest.mark.parametrize(
    "action",
    [
        "import socket; socket.create_connection(('127.0.0.1', 9), timeout=1)",
        "import socket; socket.getaddrinfo('news.example', 80)",
        "open('left.txt', 'w')",
        "import os; os.open('left.txt', os.O_CREAT | os.O_WRONLY)",
        "import os; os.system('true')",
        "import subprocess; subprocess.run(['true'])",
        "import os; os.remove('left.txt')",
    ],
)
def test_the_child_can_neither_connect_nor_write_nor_start_programs(action):
    assert "PermissionError" in _in_a_closed_process(action)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux enforces a limit of memory")
def test_the_child_has_a_limit_of_memory():
    assert "MemoryError" in _in_a_closed_process("bytearray(2_000_000_000)")


def test_the_child_sees_none_of_the_programs_environment(monkeypatch):
    seen = {}

    def run(command, **options):
        seen.update(options["env"])
        raise subprocess.TimeoutExpired(command, 0)

    monkeypatch.setenv("INCIDENT_MAP_DATABASE_URL", "postgresql://user:word@host/db")
    monkeypatch.setattr(subprocess, "run", run)
    with pytest.raises(DocumentRefusedError):
        child.read_apart(b"", Job("html"))
    assert "INCIDENT_MAP_DATABASE_URL" not in seen
    assert set(seen) <= set(os.environ)
