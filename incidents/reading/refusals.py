"""Why a document was not read."""

from __future__ import annotations

import re

from incidents.reading import limits

# What moves a terminal's cursor or cannot be written: controls, direction marks, half characters.
_UNSHOWN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]+")


class DocumentRefusedError(ValueError):
    """A document was not read, and nothing of it is kept.

    Parameters
    ----------
    came
        What came: "a PDF protected by a password".
    expected
        What can be read instead.
    remedy
        What the reader of the message can do, a whole sentence.
    where
        Which document; filled in where its name is known.

    Examples
    --------
    >>> print(DocumentRefusedError("nothing", "a text", "Paste the text.", where="a.txt"))
    a.txt is nothing; expected is a text. Paste the text.
    """

    def __init__(
        self, came: str, expected: str, remedy: str, *, where: str = "The document"
    ) -> None:
        super().__init__(came, expected, remedy)
        self.came = shown(came)
        self.expected = expected
        self.remedy = remedy
        self.where = shown(where)

    def __str__(self) -> str:
        return f"{self.where} is {self.came}; expected is {self.expected}. {self.remedy}"

    def at(self, where: str) -> DocumentRefusedError:
        """Return the same refusal, naming the document."""
        return DocumentRefusedError(self.came, self.expected, self.remedy, where=where)

    def __reduce__(self) -> tuple[object, tuple[str, str, str], dict[str, str]]:
        return DocumentRefusedError, (self.came, self.expected, self.remedy), {"where": self.where}


def shown(text: str) -> str:
    r"""Return words of somebody else as a message can hold them: without control characters.

    Examples
    --------
    >>> shown("Not \x1b[31mFound")
    'Not [31mFound'
    """
    return _UNSHOWN.sub("", text)


def too_long(size: int) -> DocumentRefusedError:
    """Return the refusal of a text of so many bytes."""
    return DocumentRefusedError(
        f"a text of {limits.megabytes(size)}",
        f"at most {limits.megabytes(limits.MAX_TEXT_BYTES)} of text",
        "Add the report alone, or in parts.",
    )
