"""The text of a PDF, page by page, its lines as they stand."""

from __future__ import annotations

import logging
import re
from io import BytesIO

from pypdf import PdfReader
from pypdf.errors import LimitReachedError, PyPdfError

from incidents.reading import limits, pdf_runs
from incidents.reading.parts import Job, Parts, sample, storable
from incidents.reading.refusals import DocumentRefusedError

_MIN_LETTERS_OF_A_PAGE = 20
# What programs write into the title field when nobody does.
_NO_TITLE = re.compile(
    r"\s*|untitled.*|microsoft (?:word|powerpoint).*|.*\.(?:docx?|pdf|indd|rtf|odt|txt|pub|qxd)\s*"
    r"|(?:document|layout|slide)\s*\d*|[\d_-]+",
    re.IGNORECASE,
)


def read(data: bytes, job: Job) -> Parts:  # noqa: ARG001  (every format is read alike)
    """Return the text of a PDF.

    Lines stay as they are on the page, words broken at a line's end stay broken: the
    places of quotes are places in this text.

    Raises
    ------
    DocumentRefusedError
        If the PDF is protected, damaged, a scan without text, or has too many pages.
    """
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = PdfReader(BytesIO(data))
        if reader.is_encrypted:
            raise DocumentRefusedError(
                "a protected (encrypted) PDF",
                "a PDF that opens and copies without a password",
                "Open it with its password and print or save it as an unprotected PDF.",
            )
        count = len(reader.pages)
        if count > limits.MAX_PAGES:
            raise DocumentRefusedError(
                f"a PDF of {count} pages",
                f"at most {limits.MAX_PAGES}",
                "Save the pages of the report as a PDF of their own.",
            )
        pages = [pdf_runs.text_of(page) for page in reader.pages]
        title = (reader.metadata.title if reader.metadata else None) or ""
        language = reader.root_object.get("/Lang")
    except LimitReachedError as error:
        raise DocumentRefusedError(
            f"a PDF that unpacks to more than a report holds (a compressed bomb: {error})",
            "a PDF of text",
            "Print it to a new PDF, or paste the words of the report.",
        ) from None
    except PyPdfError as error:
        raise damaged(error) from None
    texts, unseen = _seen(pages)
    text, notices = storable("\n".join(t.strip("\n") for t in texts if t.strip()))
    notices += unseen
    empty = [n for n, t in enumerate(texts, 1) if _letters(t) < _MIN_LETTERS_OF_A_PAGE]
    if len(empty) == count:
        raise DocumentRefusedError(
            f"a PDF of {count} pages without text, so probably a scan",
            "a PDF with text",
            "Run text recognition (OCR) on it and add the PDF it makes, or paste the words.",
        )
    if empty:
        notices += (f"Pages without text (pictures or scans) were not read: {_listed(empty)}.",)
    return Parts(
        text=text,
        title=None if _NO_TITLE.fullmatch(title) else storable(title.strip())[0],
        language=str(language) if language else None,
        notices=notices,
    )


def _seen(pages: list[pdf_runs.PageText]) -> tuple[list[str], tuple[str, ...]]:
    """Return the text of each page as a reader sees it, and what to know of the rest.

    A scan that a program has recognised words in holds them without ink over the picture.
    """
    scans = [n for n, p in enumerate(pages, 1) if _letters(p.shown) < _MIN_LETTERS_OF_A_PAGE
             and _letters(p.hidden) >= _MIN_LETTERS_OF_A_PAGE]  # fmt: skip
    texts = [f"{p.shown}\n{p.hidden}" if n in scans else p.shown for n, p in enumerate(pages, 1)]
    notices = []
    if scans:
        notices.append(
            "The words of these pages are not seen on them, as in a scan with recognised text; "
            f"compare figures with the pictures: {_listed(scans)}."
        )
    hidden = " ".join(p.hidden for n, p in enumerate(pages, 1) if n not in scans)
    if hidden.strip():
        notices.append(
            "Left out, for the page does not show it (without ink, white, or beside the page): "
            f"{sample(hidden)}."
        )
    doubtful = " ".join(p.doubtful for p in pages)
    if doubtful.strip():
        notices.append(
            f"White words were read, which may not be seen on the page: {sample(doubtful)}."
        )
    return texts, tuple(notices)


def _letters(text: str) -> int:
    return sum(map(str.isalnum, text))


def _listed(pages: list[int]) -> str:
    return ", ".join(map(str, pages[:10])) + (", …" if len(pages) > 10 else "")


def damaged(error: Exception) -> DocumentRefusedError:
    """Return the refusal of a file that is cut off or broken."""
    return DocumentRefusedError(
        f"damaged ({type(error).__name__}: {str(error)[:200]})",
        "a whole file",
        "Fetch it again; if a reader program opens it, print it to a new PDF or paste the words.",
    )
