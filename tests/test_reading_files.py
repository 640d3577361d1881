"""PDF, DOCX and e-mail: what is read of them, and what is refused."""

import json
import zipfile
import zlib
from io import BytesIO
from pathlib import Path

import docx as python_docx
import pytest
from pypdf import PdfReader, PdfWriter

from incidents.reading import DocumentRefusedError, docx, eml, pdf, worker
from incidents.reading.parts import Job

DOCUMENTS = Path(__file__).parent / "data" / "documents"


def _pdf(pages, *, packed=None):
    """Write a PDF by hand: one list of lines a page."""
    objects = [b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"]
    parent = 2 + 2 * len(pages)
    kids = []
    for lines in pages:
        shown = b" ".join(b"(" + line.encode() + b") Tj T*" for line in lines)
        body = packed or zlib.compress(b"BT /F1 11 Tf 14 TL 50 780 Td " + shown + b" ET")
        objects.append(
            b"<</Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (len(body), body)
        )
        kids.append(b"%d 0 R" % (len(objects) + 1))
        objects.append(
            b"<</Type/Page/Parent %d 0 R/MediaBox[0 0 595 842]/Contents %d 0 R"
            b"/Resources<</Font<</F1 1 0 R>>>>>>" % (parent, len(objects))
        )
    objects.append(b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(kids), b" ".join(kids)))
    objects.append(b"<</Type/Catalog/Pages %d 0 R>>" % parent)
    out, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    return out + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer<</Size %d/Root %d 0 R>>\nstartxref\n%d\n%%%%EOF"
        % (size, table, size, len(objects), len(out))
    )


def _read_pdf(data):
    return pdf.read(data, Job("pdf"))


def test_a_pdf_is_read_line_by_line_with_broken_words_left_broken():
    parts = _read_pdf((DOCUMENTS / "zhob.pdf").read_bytes())
    assert parts.title == "Bomb kills three labourers near Zhob"
    assert parts.language == "en-GB"
    assert "wounded a po-\nliceman near Zhob" in parts.text
    assert parts.text.endswith("told AFP.\nNobody claimed the attack at once.")


def test_a_scan_is_refused_and_a_scanned_page_is_named():
    words = ["Ten soldiers were killed in Kech on Friday night."]
    with pytest.raises(DocumentRefusedError, match=r"2 pages without text.*OCR"):
        _read_pdf(_pdf([[], []]))
    assert _read_pdf(_pdf([words, []])).notices == (
        "Pages without text (pictures or scans) were not read: 2.",
    )


SEEN = "(At least 5 people were killed in Kech on Friday.) Tj"


def _pdf_of(operators):
    return _pdf([["x"]], packed=zlib.compress(f"BT /F1 11 Tf 50 700 Td {operators} ET".encode()))


@pytest.mark.parametrize(
    "operators",
    [
        f"{SEEN} 3 Tr (500 killed) Tj",
        f"{SEEN} 7 Tr [(500) -200 (killed)] TJ 0 Tr",
        f"q 3 Tr (500 killed) Tj Q {SEEN}",
        f"{SEEN} 1 g (500 killed) Tj",
        f"{SEEN} 1 1 1 rg (500 killed) Tj",
        f"{SEEN} 0.98 0.99 1 rg (500 killed) '",
        f"{SEEN} 0 0 0 0 k (500 killed) Tj",
        f"{SEEN} /DeviceRGB cs 1 1 1 sc (500 killed) Tj",
        f"{SEEN} 0 900 Td (500 killed) Tj",
        f"{SEEN} 1 0 0 1 -400 600 Tm (500 killed) Tj",
        f"{SEEN} ET q 1 0 0 1 0 2000 cm BT /F1 11 Tf 50 50 Td (500 killed) Tj ET Q BT",
    ],
)
def test_words_of_a_pdf_that_nobody_sees_are_left_out_with_a_notice(operators):
    parts = _read_pdf(_pdf_of(operators))
    assert parts.text.strip() == "At least 5 people were killed in Kech on Friday."
    assert any("500" in notice for notice in parts.notices)


@pytest.mark.parametrize(
    "operators", ["0 g", "1 g 0 g", "1 0 0 rg", "0 0 0 1 k", "2 Tr", "q 3 Tr Q"]
)
def test_words_of_a_pdf_that_are_seen_are_read_without_a_notice(operators):
    parts = _read_pdf(_pdf_of(f"{operators} {SEEN}"))
    assert "At least 5 people" in parts.text
    assert parts.notices == ()


def test_white_words_on_a_painted_bar_are_read_with_a_notice():
    parts = _read_pdf(_pdf_of(f"ET 0 0 1 rg 0 600 595 200 re f 1 g BT /F1 11 Tf 50 700 Td {SEEN}"))
    assert "At least 5 people" in parts.text
    assert "White words" in parts.notices[0]


def test_a_scan_with_recognised_text_is_read_with_a_notice():
    parts = _read_pdf(_pdf_of(f"3 Tr {SEEN}"))
    assert "At least 5 people" in parts.text
    assert "scan" in parts.notices[0]


def test_a_protected_pdf_is_refused_even_if_its_password_is_empty():
    writer = PdfWriter(clone_from=PdfReader(BytesIO((DOCUMENTS / "zhob.pdf").read_bytes())))
    writer.encrypt("", owner_password="owner", algorithm="RC4-128")
    out = BytesIO()
    writer.write(out)
    with pytest.raises(DocumentRefusedError, match="protected"):
        _read_pdf(out.getvalue())


def test_a_pdf_of_301_pages_is_refused():
    with pytest.raises(DocumentRefusedError, match="301 pages"):
        _read_pdf(_pdf([["x"]] * 301))


def test_a_pdf_that_is_cut_off_is_refused_as_damaged():
    with pytest.raises(DocumentRefusedError, match="damaged"):
        _read_pdf((DOCUMENTS / "zhob.pdf").read_bytes()[:300])


def test_a_pdf_whose_page_unpacks_without_end_is_refused():
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(bytes(1_000_000)) for _ in range(200)) + packer.flush()
    with pytest.raises(DocumentRefusedError, match="compressed bomb"):
        _read_pdf(_pdf([["x"]], packed=packed))


def _docx(fill):
    document = python_docx.Document()
    fill(document)
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def _read_docx(data):
    return docx.read(data, Job("docx"))


def test_a_docx_is_read_with_its_tables_and_without_captions_and_hidden_words():
    parts = _read_docx((DOCUMENTS / "zhob.docx").read_bytes())
    assert parts.title == "Bomb kills three labourers near Zhob"
    assert parts.text.split("\n") == [
        "Bomb kills three labourers near Zhob",
        "A bomb killed three labourers near Zhob on Friday, officials said.",
        "District | Killed",
        "Zhob | 3",
        "Two were hurt.",
        "Nobody claimed the attack.",
    ]


def test_joined_cells_of_a_docx_leave_the_others_under_their_headings():
    def fill(document):
        table = document.add_table(rows=3, cols=3)
        for row, words in enumerate(["District Event Killed", "Kech Mine 2", "Total - 2"]):
            for cell, word in zip(table.rows[row].cells, words.split(), strict=True):
                cell.text = word
        table.rows[2].cells[1].text = ""
        table.rows[2].cells[0].merge(table.rows[2].cells[1]).text = "Total"

    lines = _read_docx(_docx(fill)).text.splitlines()
    assert lines == ["District | Event | Killed", "Kech | Mine | 2", "Total | | 2"]


def test_tracked_changes_are_read_as_accepted():
    def fill(document):
        paragraph = document.add_paragraph("Killed: ")
        changed = paragraph.add_run("30")._r
        added = paragraph.add_run("40")._r
        for run, tag in ((changed, "w:del"), (added, "w:ins")):
            mark = python_docx.oxml.OxmlElement(tag)
            run.addprevious(mark)
            mark.append(run)

    assert _read_docx(_docx(fill)).text == "Killed: 40"


@pytest.mark.parametrize(
    "hide",
    [
        *(
            lambda run, c=c: setattr(
                run.font.color, "rgb", python_docx.shared.RGBColor.from_string(c)
            )
            for c in ("FFFFFF", "FEFEFE", "F0FFF8")
        ),
        lambda run: setattr(run.font, "size", python_docx.shared.Pt(1)),
        lambda run: setattr(run.font, "hidden", True),
    ],
)
def test_hidden_white_and_tiny_words_of_a_docx_are_left_out_with_a_notice(hide):
    def fill(document):
        paragraph = document.add_paragraph("5")
        hide(paragraph.add_run("00"))
        paragraph.add_run(" were killed.")

    parts = _read_docx(_docx(fill))
    assert parts.text == "5 were killed."
    assert parts.notices == ("Left out, for the page hides it or strikes it out: '00'.",)


@pytest.mark.parametrize(
    ("fill", "text"), [("1F3864", "Killed | x"), ("auto", "x"), ("FFFFFF", "x")]
)
def test_white_words_are_read_on_a_shaded_cell_only(fill, text):
    def fill_in(document):
        cell, other = document.add_table(1, 2).rows[0].cells
        other.text = "x"
        run = cell.paragraphs[0].add_run("Killed")
        run.font.color.rgb = python_docx.shared.RGBColor(255, 255, 255)
        shade = python_docx.oxml.OxmlElement("w:shd")
        shade.set(python_docx.oxml.ns.qn("w:fill"), fill)
        cell._tc.get_or_add_tcPr().append(shade)

    assert _read_docx(_docx(fill_in)).text == text


def _zip(entries):
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ([("word/document.xml", bytes(101_000_000))], r"unpacks to 101\.0 MB"),
        ([("word/document.xml", bytes(2_000_000))], "compressed bomb"),
        ([(f"word/{n}.xml", b"") for n in range(2_001)], "2,001 packed files"),
        ([("word/document.xml", b"<w:document/>")], "damaged"),
    ],
)
def test_a_zip_that_is_no_honest_docx_is_refused(entries, said):
    with pytest.raises(DocumentRefusedError, match=said):
        _read_docx(_zip(entries))


HEADERS = """From: Desk <desk@example.org>
Subject: =?utf-8?q?Fwd=3A_Statement=3A_four_soldiers_killed?=
Date: Sat, 31 Jan 2026 22:10:00 +0500
MIME-Version: 1.0
"""
PLAIN = """Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

Four soldiers were killed in Kech=E2=80=99s Dasht area.
"""
RICH = """Content-Type: text/html; charset=utf-8

<html><body><p style="display:none">500 killed</p><p>Five were hurt in Kech.</p></body></html>
"""
ATTACHED = """Content-Type: application/pdf
Content-Disposition: attachment; filename="report.pdf"
Content-Transfer-Encoding: base64

JVBERi0=
"""


def _mail(*parts):
    body = "".join(f"--b\n{part}\n" for part in parts) + "--b--\n"
    return f"{HEADERS}Content-Type: multipart/mixed; boundary=b\n\n{body}".encode()


def _read_mail(data):
    return eml.read(data, Job("eml"))


def test_an_email_is_read_with_its_subject_as_title_and_its_date():
    parts = _read_mail(_mail(PLAIN, RICH))
    assert parts.title == "Statement: four soldiers killed"
    assert parts.text == (
        "Statement: four soldiers killed\nFour soldiers were killed in Kech’s Dasht area."
    )
    assert parts.published == "2026-01-31T22:10:00+05:00"
    assert parts.site_names == ()


def test_the_html_part_is_read_where_there_is_no_plain_one():
    assert _read_mail(_mail(RICH)).text.split("\n")[1:] == ["Five were hurt in Kech."]


def test_attachments_are_named_and_not_read():
    assert "'report.pdf'" in _read_mail(_mail(PLAIN, ATTACHED)).notices[0]
    with pytest.raises(DocumentRefusedError, match="Save its attachment"):
        _read_mail(_mail(ATTACHED))


INNER = (
    "Content-Type: message/rfc822\n\nFrom: a@b\nSubject: Mine kills two in Kech\n"
    "Date: Thu, 29 Jan 2026 09:00:00 +0500\n\nA mine killed two men in Kech on Wednesday."
)


def test_of_a_message_forwarded_as_an_attachment_its_own_subject_and_day_count():
    parts = _read_mail(_mail(PLAIN.replace("Four", "As asked, four"), INNER))
    assert parts.title == "Mine kills two in Kech"
    assert parts.published == "2026-01-29T09:00:00+05:00"
    assert "29T09:00" in parts.notices[-1]
    assert parts.text.splitlines()[0] == parts.title
    assert parts.text.splitlines()[-1] == "A mine killed two men in Kech on Wednesday."


@pytest.mark.parametrize(
    "head",
    [
        "---------- Forwarded message ---------\nFrom: A <a@b>\nDate: Thu, Jan 29, 2026 at 9:00 AM",
        "-----Original Message-----\nFrom: A\nSent: Thursday, January 29, 2026 9:00 AM\nTo: B",
        "Begin forwarded message:\n\nFrom: A\nDate: 29 January 2026 at 9:00:00 AM PKT",
    ],
)
def test_the_day_over_what_a_mail_program_forwarded_counts(head):
    text = f"FYI\n\n{head}\n\nA mine killed two men in Kech on Wednesday."
    assert (_read_mail(f"{HEADERS}\n{text}".encode()).published or "")[:10] == "2026-01-29"
    answered = f"A report of its own. {'It goes on and on. ' * 40}\n{text}"
    assert (_read_mail(f"{HEADERS}\n{answered}".encode()).published or "")[:10] == "2026-01-31"


def test_a_page_saved_as_mhtml_has_the_day_and_headline_of_the_page():
    page = (
        "<html><head><meta property='article:published_time' content='2026-01-29'></head><body>"
        "<article><h1>Mine kills two in Kech</h1><p>A mine killed two men in the hills of Kech on "
        "Wednesday, a man at the hospital said.</p></article></body></html>"
    )
    mail = (
        "From: <Saved by Blink>\nSnapshot-Content-Location: https://kech.example/1\nSubject: Mine "
        "kills two - Kech News\nDate: Sat, 31 Jan 2026 10:00:00 +0500\nMIME-Version: 1.0\n"
        f"Content-Type: multipart/related; boundary=b\n\n--b\nContent-Type: text/html\n\n{page}\n--b--\n"
    )
    parts = _read_mail(mail.encode())
    assert (parts.title, parts.published) == ("Mine kills two in Kech", "2026-01-29")
    assert parts.url == "https://kech.example/1"
    assert "Kech News" not in parts.text


def test_a_mail_nested_without_end_is_refused_as_such():
    mail = HEADERS + "".join(
        f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(3_000)
    )
    [came, _, remedy] = json.loads(worker.answer(b'{"format": "eml"}\n' + mail.encode()))["refused"]
    assert "nested too deep" in came
    assert remedy


def test_a_malformed_header_does_not_hide_the_text():
    mail = b"From: a@b\nDate: yesterday\nSubject: =?x?y?z?=\nReceived: x\n\nTwo were killed."
    assert _read_mail(mail).text.endswith("Two were killed.")
    assert _read_mail(mail).published is None


def test_running_heads_of_a_pdf_are_left_out_and_sentences_go_on_over_the_page():
    pages = [
        f"The Zamana | 5 February 2026\n{words}\nwww.zamana.example\nPage {n} of 3"
        for n, words in enumerate(
            ("Bridge closed in\nKalat\nIt rained in", "the hills for\nfive days.", "It opened."), 1
        )
    ]
    bodies, heads = pdf.without_running_heads(pages)
    assert bodies == [
        "Bridge closed in\nKalat\nIt rained in",
        "the hills for\nfive days.",
        "It opened.",
    ]
    assert heads == ("The Zamana | 5 February 2026", "www.zamana.example", "Page 1 of 3")


@pytest.mark.parametrize(
    "pages",
    [
        ["Killed: 3\nKech", "Killed: 3\nZhob"],
        ["Event 14\nIt rained.", "Event 15\nIt snowed."],
        ["One page alone"],
        ["Same words", "Same words"],
    ],
)
def test_what_may_be_a_figure_or_all_of_a_page_is_no_running_head(pages):
    assert pdf.without_running_heads(pages) == (pages, ())
