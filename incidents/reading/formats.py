"""Which format a file has: its content decides, its name is only compared with it."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from pathlib import PurePath

from incidents.reading.refusals import DocumentRefusedError

EXPECTED = "text, HTML, PDF, DOCX or EML"

_NAMES = {
    "plain": ("text", (".txt", ".text", ".md")),
    "html": ("HTML", (".html", ".htm", ".xhtml")),
    "pdf": ("PDF", (".pdf",)),
    "docx": ("DOCX", (".docx",)),
    "eml": ("an e-mail", (".eml", ".mht", ".mhtml")),
}
_BINARY = (
    (b"\x89PNG", "a picture (PNG)"),
    (b"\xff\xd8\xff", "a picture (JPEG)"),
    (b"GIF8", "a picture (GIF)"),
    (b"II*\0", "a picture (TIFF)"),
    (b"MM\0*", "a picture (TIFF)"),
    (b"RIFF", "a picture or a recording (RIFF)"),
    (b"\x1f\x8b", "a compressed file (gzip)"),
    (b"BZh", "a compressed file (bzip2)"),
    (b"\xfd7zXZ\0", "a compressed file (xz)"),
    (b"\x28\xb5\x2f\xfd", "a compressed file (zstd)"),
    (b"7z\xbc\xaf\x27\x1c", "a compressed file (7z)"),
    (b"Rar!\x1a\x07", "a compressed file (RAR)"),
    (b"PK\x05\x06", "an empty zip file"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an older or protected Office file (.doc, .xls, .msg)"),
    (b"{\\rtf", "a Rich Text file (RTF)"),
    (b"SQLite format 3\0", "a database (SQLite)"),
    (b"\x7fELF", "a program"),
)
_REMEDIES = {
    "a picture": "Paste the words, or run text recognition and add the PDF it makes.",
    "a compressed": "Unpack it and add the document inside.",
    "an older": "Open it, take off a password if there is one, and save it as DOCX or PDF.",
    "a Rich": "Open it in a word processor and save it as DOCX or PDF.",
}
_COMMENT = r"(?:<!--.*?-->|<\?xml[^>]*\?>|\s)*"
_HTML_TAGS = (
    "!doctype html|html|head|body|article|main|section|header|div|p|h[1-6]|span|table|meta|title"
    "|link|style|script|ul|ol|center|font|a|b|i|strong|em|br|img|blockquote|figure|nav"
)
_HTML = re.compile(rf"\ufeff?{_COMMENT}<(?:{_HTML_TAGS})(?=[\s>/])", re.IGNORECASE | re.DOTALL)
_MARKUP = re.compile(r"<(?:html|body|p|div|article|br)(?=[\s>/])", re.IGNORECASE)
_XML = re.compile(r"\ufeff?\s*<\?xml\s", re.IGNORECASE)
_HEADER = re.compile(r"([A-Za-z][A-Za-z0-9-]*):(?: |\t|$)")
_MAIL = {"from", "to", "date", "subject"}
_TRANSPORT = {"received", "message-id", "mime-version", "return-path", "content-type", "x-mailer"}
_SNIFFED = 65_536
_HTML_TYPES = ("text/html", "application/xhtml+xml")


def format_of(data: bytes, *, file_name: str | None = None, media_type: str | None = None) -> str:
    """Return "plain", "html", "pdf", "docx" or "eml".

    Raises
    ------
    DocumentRefusedError
        If the content is known to be something else: a picture, an archive, a table.

    Examples
    --------
    >>> format_of(b"%PDF-1.7 ...", file_name="report.txt")
    'pdf'
    """
    head = data[:_SNIFFED]
    if b"%PDF-" in head[:1024]:
        return "pdf"
    if head.startswith(b"PK\x03\x04"):
        return _zipped(data)
    for signature, kind in _BINARY:
        if head.startswith(signature):
            raise _not_read(kind)
    text = _rough_text(head)
    suffix = PurePath(file_name or "").suffix.lower()
    if _is_mail(text, told=media_type == "message/rfc822" or suffix in _NAMES["eml"][1]):
        return "eml"
    told_html = media_type in _HTML_TYPES or suffix in _NAMES["html"][1]
    if _HTML.match(text) or (told_html and _MARKUP.search(text)):
        return "html"
    if _XML.match(text):
        raise _not_read("XML that is no web page")
    return "plain"


def mismatch(found: str, file_name: str | None) -> tuple[str, ...]:
    """Return a notice where the file's name promises another format than its content has.

    Examples
    --------
    >>> mismatch("pdf", "report.txt")
    ('The name report.txt promises text, the content is PDF; it was read as PDF.',)
    """
    suffix = PurePath(file_name or "").suffix.lower()
    for promised, suffixes in _NAMES.values():
        if suffix in suffixes and suffix not in _NAMES[found][1]:
            kind = _NAMES[found][0]
            return (
                f"The name {file_name} promises {promised}, the content is {kind}; "
                f"it was read as {kind}.",
            )
    return ()


def _rough_text(head: bytes) -> str:
    if head[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return head.decode("utf-16", "replace")
    return head.removeprefix(b"\xef\xbb\xbf").decode("latin-1")


def _zipped(data: bytes) -> str:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise DocumentRefusedError(
            "a damaged zip or DOCX file", EXPECTED, "Fetch it again and add the whole file."
        ) from None
    if "word/document.xml" in names:
        return "docx"
    kinds = {
        "xl/workbook.xml": "a table (XLSX)",
        "ppt/presentation.xml": "slides (PPTX)",
        "mimetype": "an OpenDocument or EPUB file",
    }
    raise _not_read(next((k for n, k in kinds.items() if n in names), "a compressed file (zip)"))


def _is_mail(text: str, *, told: bool) -> bool:
    """Whether a text begins with the header of an e-mail.

    A press release may begin with "Date:" and "Subject:" too, so a line that only mail
    programs write must be there, or a name that says .eml.
    """
    names: set[str] = set()
    lines = text.lstrip("\ufeff\r\n").splitlines()
    if lines and lines[0].startswith("From "):
        lines = lines[1:]
    for line in lines[:200]:
        if not line.strip():
            break
        if line[0] in " \t" and names:
            continue
        header = _HEADER.match(line)
        if header is None:
            return False
        names.add(header[1].lower())
    return bool(names & _MAIL) and (told or bool(names & _TRANSPORT))


def _not_read(kind: str) -> DocumentRefusedError:
    remedy = next(
        (r for start, r in _REMEDIES.items() if kind.startswith(start)),
        "Paste the words of the report, or save it as one of these.",
    )
    return DocumentRefusedError(kind, EXPECTED, remedy)
