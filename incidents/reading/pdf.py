"""The text of a PDF, page by page, its lines as they stand."""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Sequence
from io import BytesIO

from pypdf import PdfReader
from pypdf.errors import LimitReachedError, PyPdfError

from incidents.reading import headline, limits, pdf_runs
from incidents.reading.parts import Job, Parts, sample, storable
from incidents.reading.publication_day import issue_day
from incidents.reading.refusals import DocumentRefusedError

_MIN_LETTERS_OF_A_PAGE = 20
_HEAD_LINES = 3
_MOST_PAGES = 0.6
_TOP_LINES = 30
_MAX_HEAD = 90
_TELLING = re.compile(
    r"kill|injur|dead|death|dies|died|wound|hurt|abduct|casualt|martyr|shaheed|toll|bod(?:y|ies)|hostage"
    r"|arrest|missing|kidnap"
)
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
    bodies, heads = without_running_heads(texts)
    text, notices = storable("\n".join(t for t in bodies if t.strip()))
    notices += unseen
    empty = [n for n, t in enumerate(texts, 1) if _letters(t) < _MIN_LETTERS_OF_A_PAGE]
    if len(empty) == count:
        raise DocumentRefusedError(
            f"a PDF of {count} page{'s' if count > 1 else ''} without text, so probably a scan",
            "a PDF with text",
            "Run text recognition (OCR) on it and add the PDF it makes, or paste the words.",
        )
    if empty:
        notices += (f"Pages without text (pictures or scans) were not read: {_listed(empty)}.",)
    if heads:
        notices += (f"Left out, for most pages begin or end with it: {_quoted(heads)}.",)
    title = "" if _NO_TITLE.fullmatch(title) else storable(title.strip())[0]
    issued = issue_day(heads)
    return Parts(
        text=text,
        title=headline.line_in_title([title], text.split("\n")[:_TOP_LINES]) or title or None,
        margin=heads,
        published=issued.isoformat() if issued else None,
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


def without_running_heads(pages: Sequence[str]) -> tuple[list[str], tuple[str, ...]]:
    """Take out the lines with which most pages begin or end.

    Parameters
    ----------
    pages
        The text of each page.

    Returns
    -------
    bodies
        The pages without them.
    heads
        Each line that was taken out, once, as on its first page; only the page's number differs.

    Examples
    --------
    >>> pages = ["The Herald, page 1\\nTwo were hurt in", "The Herald, page 2\\nSibi, he said."]
    >>> without_running_heads(pages)
    (['Two were hurt in', 'Sibi, he said.'], ('The Herald, page 1',))
    """
    lines = [[line for line in page.split("\n") if line.strip()] for page in pages]
    keys = [{at: _key(page[at], n) for at in _edges(page)} for n, page in enumerate(lines, 1)]
    on_pages = Counter(key for page in keys for key in set(page.values()))
    running = {key for key, n in on_pages.items() if n >= max(2, len(pages) * _MOST_PAGES)}
    taken: dict[str, str] = {}
    bodies = []
    for page, places in zip(lines, keys, strict=True):
        heads = {at for at, key in places.items() if key in running and _may_run(key)}
        for at in sorted(heads):
            taken.setdefault(places[at], page[at].strip())
        bodies.append("\n".join(line for at, line in enumerate(page) if at not in heads))
    return bodies, tuple(taken.values())


def _may_run(line: str) -> bool:
    """Whether a line may be a running head; what may tell of casualties stays in the text."""
    return len(line) <= _MAX_HEAD and not _TELLING.search(line)


def _edges(page: Sequence[str]) -> list[int]:
    """Return the places of the lines that may be a head or a foot; never all of a page."""
    some = min(_HEAD_LINES, len(page) // 2)
    return [*range(some), *range(len(page) - some, len(page))]


def _key(line: str, page: int) -> str:
    """Return what a running head is on every page: all but the page's number."""
    plain = " ".join(line.split()).casefold()
    return re.sub(rf"(?<!\d){page}(?!\d)", "#", plain, count=1)


def _quoted(lines: Sequence[str]) -> str:
    return ", ".join(repr(line[:60]) for line in lines[:4]) + (", …" if len(lines) > 4 else "")


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
