"""The text of a DOCX: paragraphs and tables as they are seen on the page."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from io import BytesIO

import docx as python_docx
from docx.opc.exceptions import OpcError
from docx.oxml.ns import qn

from incidents.reading import limits, pdf, teasers
from incidents.reading.page_tree import Element
from incidents.reading.parts import Job, Parts, row_line, sample, storable
from incidents.reading.refusals import DocumentRefusedError

_SKIPPED = frozenset(
    qn(tag)
    for tag in ("w:del", "w:moveFrom", "w:rPr", "w:pPr", "w:tblPr", "w:trPr", "w:tcPr", "w:sectPr",
                "w:delText", "w:instrText", "w:footnoteReference", "w:commentReference")
)  # fmt: skip
# Old programs' copy of a text box that already stands in w:drawing.
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_CHARACTERS = {qn("w:tab"): "\t", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "\u2011",
               qn("w:softHyphen"): "\u00ad"}  # fmt: skip
_TEXT, _PARAGRAPH, _ROW, _CELL, _RUN = (qn(t) for t in ("w:t", "w:p", "w:tr", "w:tc", "w:r"))
_TITLE_STYLES = ("Title", "Heading1")
_UNTITLED = {"", "word document", "untitled", "document"}
_OFF = {"0", "false", "off"}
# Of each of red, green and blue; paler is not told from paper.
_NEAR_WHITE = 0xF0
_MOST_COLUMNS = 30
_HEX_COLOUR = re.compile(r"[0-9A-Fa-f]{6}")


def read(data: bytes, job: Job) -> Parts:  # noqa: ARG001  (every format is read alike)
    """Return the text of a DOCX; a table's row is one line, its cells parted by bars.

    Deleted and hidden words, captions, headers, footers and notes are left out.

    Raises
    ------
    DocumentRefusedError
        If the file is damaged, protected, or unpacks to more than a document holds.
    """
    guard_zip(data)
    try:
        document = python_docx.Document(BytesIO(data))
        body = document.element.body
        title = (document.core_properties.title or "").strip()
        language = document.core_properties.language or None
    except (OpcError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise pdf.damaged(error) from None
    lines = [line for line, _ in _lines(body) if not teasers.is_teaser(line)]
    styled = next((line for line, style in _lines(body) if style in _TITLE_STYLES), None)
    text, notices = storable("\n".join(lines))
    if hidden := [words for run in body.iter(_RUN) if _is_hidden(run) and (words := _words(run))]:
        notices += (
            f"Left out, for the page hides it or strikes it out: {sample(' '.join(hidden))}.",
        )
    return Parts(
        text=text,
        title=styled or (None if title.lower() in _UNTITLED else title),
        language=language,
        notices=notices,
    )


def guard_zip(data: bytes) -> None:
    """Refuse a zip file that unpacks to more than a document holds.

    Raises
    ------
    DocumentRefusedError
        If it has too many entries, unpacks to too much, is packed too tightly, or is damaged.
    """
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise pdf.damaged(error) from None
    unpacked = sum(entry.file_size for entry in entries)
    bomb = None
    if len(entries) > limits.MAX_ZIP_ENTRIES:
        bomb = f"a DOCX of {len(entries):,} packed files", f"at most {limits.MAX_ZIP_ENTRIES:,}"
    elif unpacked > limits.MAX_UNZIPPED_BYTES:
        bomb = (
            f"a DOCX that unpacks to {limits.megabytes(unpacked)} (a compressed bomb)",
            f"at most {limits.megabytes(limits.MAX_UNZIPPED_BYTES)}",
        )
    elif dense := next((e for e in entries if _is_dense(e)), None):
        bomb = (
            f"a DOCX whose {dense.filename} unpacks to {limits.megabytes(dense.file_size)} from "
            f"{dense.compress_size:,} bytes (a compressed bomb)",
            f"at most {limits.MAX_ZIP_RATIO} times its packed size",
        )
    elif any(entry.flag_bits & 1 for entry in entries):
        bomb = "a protected (encrypted) zip file", "a DOCX without a password"
    if bomb:
        raise DocumentRefusedError(*bomb, "Paste the words of the report, or save it as PDF.")


def _is_dense(entry: zipfile.ZipInfo) -> bool:
    return (
        entry.file_size > limits.SMALL_ENTRY_BYTES
        and entry.file_size > limits.MAX_ZIP_RATIO * entry.compress_size
    )


def _lines(body: Element) -> Iterator[tuple[str, str]]:
    """Yield each line with the name of its paragraph's style."""
    for block in _outermost(body, (_PARAGRAPH, _ROW)):
        if block.tag == _ROW:
            cells = [text for cell in _outermost(block, (_CELL,)) for text in _cell_texts(cell)]
            if line := row_line(cells):
                yield line, ""
            continue
        style = _style(block)
        # A text box is anchored inside a paragraph and holds paragraphs of its own.
        inner = list(_outermost(block, (_PARAGRAPH,)))
        if not style.lower().startswith("caption"):
            for line in "".join(_characters(block)).split("\n"):
                if line.strip():
                    yield line.strip(), style
        for paragraph in inner:
            for line in "".join(_characters(paragraph)).split("\n"):
                if line.strip():
                    yield line.strip(), ""


def _cell_texts(cell: Element) -> list[str]:
    """Return the text of a cell, and nothing for each further column that it spans."""
    span = cell.find(f"{qn('w:tcPr')}/{qn('w:gridSpan')}")
    width = (span.get(qn("w:val")) or "1") if span is not None else "1"
    more = int(width) - 1 if width.isdecimal() else 0
    return [" ".join(t for t, _ in _lines(cell)), *[""] * min(more, _MOST_COLUMNS)]


def _outermost(element: Element, tags: tuple[str, ...]) -> Iterator[Element]:
    """Yield descendants with one of these tags that lie in no other such, in order."""
    waiting = list(reversed(element))
    while waiting:
        child = waiting.pop()
        if child.tag in tags:
            yield child
        elif child.tag not in _SKIPPED and child.tag != _FALLBACK:
            waiting.extend(reversed(child))


def _characters(paragraph: Element) -> Iterator[str]:
    waiting = list(reversed(paragraph))
    while waiting:
        child = waiting.pop()
        if child.tag == _TEXT:
            yield child.text or ""
        elif child.tag in _CHARACTERS:
            yield _CHARACTERS[child.tag]
        elif child.tag in _SKIPPED or child.tag in {_PARAGRAPH, _FALLBACK}:
            continue
        elif not (child.tag == _RUN and _is_hidden(child)):
            waiting.extend(reversed(child))


def _is_hidden(run: Element) -> bool:
    properties = run.find(qn("w:rPr"))
    if properties is None:
        return False
    for tag in ("w:vanish", "w:webHidden", "w:strike", "w:dstrike"):
        mark = properties.find(qn(tag))
        if mark is not None and mark.get(qn("w:val"), "1") not in _OFF:
            return True
    colour = properties.find(qn("w:color"))
    white = colour is not None and _is_near_white(colour.get(qn("w:val")) or "")
    size = properties.find(qn("w:sz"))
    # In half-points: one point or less is not to be read.
    tiny = size is not None and (size.get(qn("w:val")) or "99") in {"0", "1", "2"}
    return tiny or (white and not _is_shaded(run, properties))


def _is_near_white(colour: str) -> bool:
    return bool(_HEX_COLOUR.fullmatch(colour)) and min(bytes.fromhex(colour)) >= _NEAR_WHITE


def _is_dark(fill: str) -> bool:
    return fill.lower() != "auto" and not _is_near_white(fill)


def _is_shaded(run: Element, properties: Element) -> bool:
    """Whether a run stands on a colour: its own, its paragraph's, or its cell's."""
    around = [properties]
    for element in run.iterancestors(_PARAGRAPH, _CELL):
        tag = "w:pPr" if element.tag == _PARAGRAPH else "w:tcPr"
        around += element.findall(qn(tag))
    return any(
        mark.tag == qn("w:highlight") or _is_dark(mark.get(qn("w:fill")) or "auto")
        for each in around
        for mark in (*each.findall(qn("w:shd")), *each.findall(qn("w:highlight")))
    )


def _words(run: Element) -> str:
    return " ".join(" ".join(t.text or "" for t in run.iter(_TEXT)).split())


def _style(paragraph: Element) -> str:
    properties = paragraph.find(qn("w:pPr"))
    style = properties.find(qn("w:pStyle")) if properties is not None else None
    return (style.get(qn("w:val")) or "") if style is not None else ""
