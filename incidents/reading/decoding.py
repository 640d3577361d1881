"""From bytes to characters: the encodings in which reports arrive."""

from __future__ import annotations

import codecs
import re
from typing import NamedTuple

from charset_normalizer import from_bytes

from incidents.reading.refusals import DocumentRefusedError

# UTF-32 first: its little-endian mark begins with UTF-16's.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Older encodings of English and Urdu; any other is believed only where a document declares it.
_GUESSES = ("cp1252", "cp1256")
_DECLARABLE = re.compile(
    r"cp125\d|cp932|iso8859-\d+|utf-8|utf-16(-[lb]e)?|ascii|koi8-[ru]|mac-roman"
    r"|gb2312|gbk|gb18030|big5|euc_jp|euc_kr|shift_jis"
)
_CONTROLS = re.compile("[\x01-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_HIGH = re.compile(rb"[\x80-\xff]+")
_WORDY = re.compile(r"[\sA-Za-z0-9\u0600-\u06ff.,:;'\"()‘’“”–—-]")
_TEXT = "text in UTF-8, UTF-16, Windows-1252 or Windows-1256"


class Decoded(NamedTuple):
    """A text, the encoding it was read in, and what is doubtful about that."""

    text: str
    encoding: str
    notices: tuple[str, ...] = ()


def decode(data: bytes, declared: str | None = None) -> Decoded:
    """Return the characters of a text file; a byte order mark is taken off, nothing else.

    A mark decides; then UTF-8, where the bytes are valid UTF-8; then the encoding that the
    document declares; then a guess between Windows-1252 and Windows-1256, with a notice.

    Raises
    ------
    DocumentRefusedError
        If the bytes hold a NUL, or are no text in any of these.

    Examples
    --------
    >>> decode(b"\\xff\\xfe" + "3 killed".encode("utf-16-le"))
    Decoded(text='3 killed', encoding='utf-16-le', notices=())
    """
    decoded = _by_mark(data) or _utf16_unmarked(data)
    if decoded is None:
        _refuse_nul(data.find(b"\0"), data)
        decoded = _utf8(data) or _declared(data, declared) or _damaged_utf8(data) or _guess(data)
    nul = decoded.text.find("\0")
    if nul >= 0:
        _refuse_nul(nul, decoded.text[: nul + 1].encode("utf-8"))
    if len(_CONTROLS.findall(decoded.text)) > max(3, len(decoded.text) // 100):
        raise _unknown_binary("its bytes hold many control characters")
    return decoded


def _by_mark(data: bytes) -> Decoded | None:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            body = data[len(mark) :]
            try:
                return Decoded(body.decode(encoding), encoding)
            except UnicodeDecodeError as error:
                position = error.start + len(mark)
            return Decoded(
                body.decode(encoding, "replace"),
                encoding,
                (_damage(f"{encoding.upper()} (as its byte order mark says)", position),),
            )
    return None


def _utf16_unmarked(data: bytes) -> Decoded | None:
    if b"\0" not in data or len(data) % 2:
        return None
    for encoding in ("utf-16-le", "utf-16-be"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text and len(_WORDY.findall(text)) > 0.95 * len(text):
            return Decoded(
                text, encoding, (f"Read as {encoding.upper()}; the file has no mark saying so.",)
            )
    return None


def _utf8(data: bytes) -> Decoded | None:
    try:
        return Decoded(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        return None


def _declared(data: bytes, declared: str | None) -> Decoded | None:
    try:
        name = codecs.lookup(declared.strip(" \"'")).name if declared else ""
    except (LookupError, ValueError):
        return None
    if not _DECLARABLE.fullmatch(name):
        return None
    # What calls itself Latin-1 or ASCII is Windows-1252 in practice (WHATWG Encoding Standard).
    name = {"iso8859-1": "cp1252", "ascii": "cp1252"}.get(name, name)
    try:
        return Decoded(data.decode(name), name)
    except UnicodeDecodeError:
        return None


def _damaged_utf8(data: bytes) -> Decoded | None:
    text = data.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    good = sum(len(run) for run in re.findall(r"[^\x00-\x7f\ufffd]+", text))
    if good <= bad:
        return None
    try:
        data.decode("utf-8")
        position = 0
    except UnicodeDecodeError as error:
        position = error.start
    return Decoded(text, "utf-8", (_damage("UTF-8", position),))


def _guess(data: bytes) -> Decoded:
    readings: dict[str, str] = {}
    for encoding in _GUESSES:
        try:
            readings[encoding] = data.decode(encoding)
        except UnicodeDecodeError:
            continue
    if not readings:
        raise _unknown_binary("its bytes are text in none of these encodings")
    encoding = next(iter(readings))
    if len(set(readings.values())) > 1:
        best = from_bytes(data, cp_isolation=list(readings)).best()
        if best is not None and best.encoding in readings:
            encoding = best.encoding
    doubtful = _HIGH.search(data)
    at = doubtful.start() if doubtful else 0
    around = data[max(0, at - 15) : at + 15].decode(encoding, "replace")
    return Decoded(
        readings[encoding],
        encoding,
        (
            f"The file is not UTF-8; it was read as {encoding} (Windows-{encoding[2:]}), which "
            f"is a guess. Check such places: {around!r}.",
        ),
    )


def _damage(encoding: str, position: int) -> str:
    return (
        f"Some bytes are not {encoding}, the first at byte {position}; they are shown as "
        "\ufffd. Compare figures near them with the original."
    )


def _refuse_nul(at: int, data: bytes) -> None:
    if at >= 0:
        line = data.count(b"\n", 0, at) + 1
        raise DocumentRefusedError(
            f"no text: it holds a NUL at position {at} (line {line})",
            _TEXT,
            "Open it in the program it was made with and save it as text or PDF.",
        )


def _unknown_binary(reason: str) -> DocumentRefusedError:
    return DocumentRefusedError(
        f"a binary file of an unknown kind ({reason})",
        f"{_TEXT}, HTML, PDF, DOCX or EML",
        "Open it in the program it was made with and save it as one of these.",
    )
