"""What is wrong in a coded document, said so that an analyst can mend it."""

from __future__ import annotations


class SeedError(ValueError):
    """A coded document, or a list it needs, cannot be read.

    Attributes
    ----------
    file
        Name of the file, without its folder.
    problem
        What is wrong, and what was expected.
    remedy
        What to do about it.
    entry
        The entry of the file, such as ``claim 03`` or ``incident 2026-01-31-railway``.
    field
        The field of the entry.
    value
        What stands there.

    Examples
    --------
    >>> print(SeedError("005.toml", "not a day", "Write 2026-01-31.", field="date_end", value=5))
    005.toml, date_end = 5: not a day. Write 2026-01-31.
    """

    def __init__(
        self,
        file: str,
        problem: str,
        remedy: str = "",
        *,
        entry: str = "",
        field: str = "",
        value: object = None,
    ) -> None:
        super().__init__(file, problem, remedy)
        self.file = file
        self.problem = problem
        self.remedy = remedy
        self.entry = entry
        self.field = field
        self.value = value

    def __str__(self) -> str:
        """Return the place, what stands there, what is wrong and what to do, on one line."""
        field = self.field
        if field and self.value is not None:
            shown = repr(self.value)
            field += f" = {shown if len(shown) <= 80 else shown[:79] + '…'}"
        where = ", ".join(part for part in (self.file, self.entry, field) if part)
        remedy = f" {self.remedy}" if self.remedy else ""
        return f"{where}: {self.problem.rstrip('.')}.{remedy}"
