"""Files as UTF-8: byte order marks, UTF-16, declared code pages, garbled text, wrong formats."""

from __future__ import annotations

import codecs
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from incidents.datasets.refusals import EncodingUnknownError, FileRefusedError, shown

OFFERED = ("cp1252", "cp1256")
"""Code pages offered where a file is no UTF-8: Western European, and Arabic and Urdu."""
DECLARABLE = ("utf-8", "utf-16", "utf-16-le", "utf-16-be", *OFFERED)
READ_BYTES = 16 << 20
# Below a few hundred MB a file is read in smaller pieces, so that progress can be seen.
_LEAST_BYTES, _PIECES = 3 << 20, 25

# How UTF-8 looks that was read as cp1252 and saved again, in UTF-8 bytes: Ã or Â and a
# character from its second half; â€ of quotes; Ø or Ù and what follows it in Arabic script.
# And UTF-8 in Arabic script read as cp1256: one of four letters and a mark, twice.
_ARABIC_PAIR = (
    rb"\xd8[\xb7-\xba](?:\xc2[\xa2-\xbe]|\xcb\x86|\xe2(?:\x80[\x93-\xba]|\x82\xac|\x84\xa2)"
    rb"|\xc6\x92|\xc5[\x92\x93])"
)
_GARBLED = re.compile(
    rb"\xc3[\x82\x83]\xc2[\x80-\xbf]|\xc3\xa2\xe2\x82\xac|\xc3[\x98\x99](?:\xc2[\x80-\xbf]|\xe2\x80|\xc5)"
    rb"|\xef\xbf\xbd|(?:" + _ARABIC_PAIR + rb"){2}"
)
_AROUND = 30

_SIGNATURES = (
    (b"PK\x03\x04", "a zip archive, perhaps an Excel workbook", "Name a workbook .xlsx."),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook (.xls)", "Save it as .xlsx or CSV."),
    (b"\x1f\x8b", "compressed (gzip)", "Unpack it first."),
    (b"BZh", "compressed (bzip2)", "Unpack it first."),
    (b"\xfd7zXZ", "compressed (xz)", "Unpack it first."),
    (b"%PDF", "a PDF", "Export the table as CSV."),
    (b"PK\x05\x06", "an empty zip archive", "Export the table as CSV."),
    (b"7z\xbc\xaf\x27\x1c", "compressed (7-Zip)", "Unpack it first."),
    (b"\x28\xb5\x2f\xfd", "compressed (Zstandard)", "Unpack it first."),
    (b"{\\rtf", "a text document (RTF)", "Export the table as CSV."),
    (b"PAR1", "a Parquet file", "Name it .parquet."),
    (b"SQLite format 3", "a database, perhaps a GeoPackage", "Name a GeoPackage .gpkg."),
)


class ByteStream:
    """A text file as blocks of UTF-8 bytes with plain line ends, hashed on the way.

    Parameters
    ----------
    path
        The file.
    encoding
        As declared; empty where the file itself must tell: UTF-8, or what its mark says.

    Attributes
    ----------
    piece
        Bytes of the file that are read at once.

    Raises
    ------
    FileRefusedError
        If it is empty, or no text at all.
    """

    def __init__(self, path: Path, encoding: str = "") -> None:
        self.path = path
        self.hash = hashlib.sha256()
        self.done = 0
        with path.open("rb") as file:
            head = file.read(1 << 16)
        self.piece = min(READ_BYTES, max(path.stat().st_size // _PIECES, _LEAST_BYTES))
        _refuse_other_formats(path, head)
        self.encoding = _encoding(path, head, encoding)
        # A lone CR ends the lines of a file that has no LF at all.
        wide = self.encoding.startswith("utf-16")
        text = head.decode(self.encoding, "replace") if wide else ""
        self._cr_only = (
            ("\r" in text and "\n" not in text) if wide else (b"\r" in head and b"\n" not in head)
        )

    @property
    def as_it_lies(self) -> bool:
        """Whether the blocks are the file's own bytes but for a byte order mark."""
        return self.encoding == "utf-8" and not self._cr_only

    def __iter__(self) -> Iterator[bytes]:
        decoder = (
            None if self.encoding == "utf-8" else codecs.getincrementaldecoder(self.encoding)()
        )
        with self.path.open("rb") as file:
            first = True
            while chunk := file.read(self.piece):
                self.hash.update(chunk)
                self.done += len(chunk)
                if decoder is not None:
                    chunk = self._decoded(decoder, chunk)
                if first:
                    chunk, first = chunk.removeprefix(codecs.BOM_UTF8), False
                yield chunk.replace(b"\r", b"\n") if self._cr_only else chunk
            if decoder is not None and (rest := self._decoded(decoder, b"", final=True)):
                yield rest

    def _decoded(
        self, decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool = False
    ) -> bytes:
        try:
            return decoder.decode(chunk, final).encode()
        except UnicodeError as error:
            raise FileRefusedError(
                self.path.name,
                f"not {self.encoding} near byte {self.done - len(chunk)} ({error})",
                f"text in {self.encoding}",
                "Declare another encoding.",
            ) from None


def _encoding(path: Path, head: bytes, declared: str) -> str:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8"
    if declared:
        try:
            name = codecs.lookup(declared).name
        except LookupError:
            name = ""
        if name not in DECLARABLE:
            raise FileRefusedError(
                path.name,
                f"declared as {declared!r}",
                f"one of {', '.join(DECLARABLE)}",
                "Declare one of them.",
            )
        return name
    # Text in Latin letters as UTF-16 without a mark has a NUL at every other byte.
    sample = head[:400]
    for offset, name in ((1, "utf-16-le"), (0, "utf-16-be")):
        every_other = sample[offset::2]
        if len(every_other) > 8 and every_other.count(0) > 0.8 * len(every_other):
            return name
    return "utf-8"


def _refuse_other_formats(path: Path, head: bytes) -> None:
    table = "a table as text (CSV or TSV)"
    if not head.strip():
        raise FileRefusedError(path.name, "empty", "a header and rows", "Export it again.")
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise FileRefusedError(path.name, "UTF-32", table, "Save it as UTF-8.")
    for signature, what, remedy in _SIGNATURES:
        if head.startswith(signature):
            raise FileRefusedError(path.name, what, table, remedy)
    begins = head.removeprefix(codecs.BOM_UTF8).lstrip()[:200].lower()
    if begins.startswith(b"<"):
        what = "a web page (HTML) or XML, perhaps an error message or a login page"
        raise FileRefusedError(path.name, what, table, "Open it in a browser and see what it says.")
    if begins.startswith((b"{", b"[")):
        raise FileRefusedError(path.name, "JSON", table, "Name GeoJSON .geojson, or export CSV.")


def not_utf8(
    path: Path, block: bytes, error: UnicodeDecodeError, where: str
) -> EncodingUnknownError:
    """Return the refusal of a file that is no UTF-8, with what else its doubtful cells may say."""
    lines = [line for line in block.splitlines() if not line.isascii()][:200]
    doubtful = [line for line in lines if _is_not_utf8(line)][:3]
    cells = [_around_first_high(line) for line in doubtful]
    readings = {
        name: tuple(shown(cell.decode(name, "replace")) for cell in cells) for name in OFFERED
    }
    previews = [f"{name}: {' | '.join(said)}" for name, said in readings.items()]
    return EncodingUnknownError(
        path.name,
        f"not UTF-8 ({where}, byte 0x{block[error.start]:02x}); the doubtful cells read "
        + "; ".join(previews),
        "UTF-8",
        "Choose the reading that is right: --encoding cp1252 or --encoding cp1256.",
        readings,
    )


def _is_not_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return True
    return False


def _around_first_high(line: bytes) -> bytes:
    high = next(i for i, byte in enumerate(line) if byte > 127)
    start = max(line.rfind(b, 0, high) for b in (b",", b";", b"\t")) + 1
    return line[max(start, high - _AROUND) : high + _AROUND]


def find_garbled(block: bytes, most: int) -> Iterator[tuple[int, str, str]]:
    """Yield position, the text around, and what it may have been, for text that looks garbled.

    Examples
    --------
    >>> broken = "Café".encode().decode("cp1252").encode()
    >>> [(text, meant) for _, text, meant in find_garbled(broken, 3)]
    [('CafÃ©', 'Café')]
    """
    if not _may_be_garbled(block):
        return
    at = 0
    while most and (found := _GARBLED.search(block, at)):
        most -= 1
        start = max(0, found.start() - _AROUND, block.rfind(b"\n", 0, found.start()) + 1)
        end = min(len(block), found.end() + _AROUND)
        text = re.split(r"[,;\t\r\n\"]", block[start:end].decode(errors="ignore"))
        piece = next((p for p in text if _GARBLED.search(p.encode())), "")
        yield found.start(), piece, _repaired(piece)
        at = block.find(b"\n", found.end()) + 1 or len(block)


def _may_be_garbled(block: bytes) -> bool:
    """Return whether the beginning of a garbled letter stands somewhere, far sooner than a search."""
    if block.isascii():
        return False
    seen = np.frombuffer(block, np.uint8)
    lead = np.flatnonzero(seen[:-2] == 0xC3)
    second, third = seen[lead + 1], seen[lead + 2]
    twice = np.isin(second, (0x82, 0x83)) & (third == 0xC2)
    quoted = (second == 0xA2) & (third == 0xE2)
    arabic = np.isin(second, (0x98, 0x99)) & (third >= 0xC2)
    if bool((twice | quoted | arabic).any()) or b"\xef\xbf\xbd" in block:
        return True
    lead = np.flatnonzero(seen[:-2] == 0xD8)
    second, third = seen[lead + 1], seen[lead + 2]
    four = (second >= 0xB7) & (second <= 0xBA)
    return bool((four & np.isin(third, (0xC2, 0xC5, 0xC6, 0xCB, 0xE2))).any())


def _repaired(text: str) -> str:
    for end in range(len(text), len(text) // 2, -1):
        for name in OFFERED:
            try:
                return text[:end].encode(name).decode() + text[end:]
            except UnicodeError:
                continue
    return ""
