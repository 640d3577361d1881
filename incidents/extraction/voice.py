"""What a whole document is: whose statement, of which day, one event or a list of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from incidents.extraction.attribution import UNATTRIBUTED, Speaker
from incidents.extraction.dating import Calendar
from incidents.extraction.time_words import ANALYTIC
from incidents.extraction.vocabulary import Vocabulary
from incidents.extraction.words import Word, tag, tokenize
from incidents.model import ClaimantType

_HEAD = 600
_MAX_HEADLINE = 160
_SIGNATURE = 200  # characters at the end
_OPENING = 120  # characters in which a release says that it is one
_LEAD = 300  # characters in which those who count are named
_MIN_HINTS = 2
_VOICES: dict[ClaimantType, Speaker] = {
    "armed_group": Speaker("the armed group's statement", "armed-group-statement", "armed_group"),
    "state": Speaker("the official statement", "official-statement", "state"),
    "un_ngo": Speaker("the humanitarian report", "humanitarian-report", "un_ngo"),
}
_BULLET = re.compile(r"^\s*(?:[-*•▪–]|\(?\d{1,2}[.)]|\|)\s*", re.MULTILINE)
_DATED_LINE = re.compile(
    r"^\s*(?:[-*•▪–]\s*|\(?\d{1,2}[.)]\s*)?(?:[\w\s]{0,20},\s*)?(?:\d{1,2}/\d{1,2}|\d{4}-\d{2}-\d{2}|\d{4}\s?(?:hrs|hours)\b|\d{1,2}:\d{2}\s|\d{1,2}\s+[A-Z][a-z]{2,8}|(?:On\s+)?[A-Z][a-z]{2,8}\.?\s+\d{1,2}\b|On\s+\d{1,2}\s+[A-Z][a-z]+)",
    re.MULTILINE,
)
_FULL_DATE = re.compile(
    r"\b\d{4}-\d{2}-\d{2}\b|\b\d{1,2}\s+[A-Z][a-z]{2,8},?\s+\d{4}\b|\b[A-Z][a-z]{2,8}\.?\s+\d{1,2},?\s+\d{4}\b"
)


def first_full_date(head: str) -> date | None:
    """Return the first date with a year at the head of a text.

    Examples
    --------
    >>> first_full_date("date 2026-01-31 At least 10"), first_full_date("QUETTA, May 3")
    (datetime.date(2026, 1, 31), None)
    """
    reader = Calendar(None)
    for match in _FULL_DATE.finditer(head):
        for ref in reader.refs(head, match.start(), match.end()):
            if ref.when.prec == 1 and ref.when.start is not None:
                return ref.when.start
    return None


def first_line(text: str) -> str:
    """Return a text's first line, if it is short enough for a headline.

    Examples
    --------
    >>> first_line("\\nFlash Update No. 2\\n\\nQuetta: calm."), first_line("One line only.")
    ('Flash Update No. 2', '')
    """
    head, _, rest = text.strip().partition("\n")
    head = head.strip()
    return head if rest.strip() and len(head) <= _MAX_HEADLINE and head[-1] not in ".!?" else ""


def is_periodic(text: str, title: str, vocabulary: Vocabulary) -> bool:
    """Whether a document lists several dated incidents, each an event of its own.

    Examples
    --------
    >>> from incidents.extraction.vocabulary import load_vocabulary
    >>> lines = "May 2: Two shot dead.\\nMay 6: Seven killed.\\nMay 9: One hurt."
    >>> is_periodic(lines, "", load_vocabulary())
    True
    """
    dated = len(_DATED_LINE.findall(text))
    lines = sum(1 for line in text.splitlines() if line.strip())
    if dated >= 3 and dated * 3 >= lines:
        return True
    bullets = len(_BULLET.findall(text))
    if bullets >= 3 and bullets * 2 >= lines:
        return True
    words = frozenset(tokenize(title))
    return not words.isdisjoint(vocabulary.tables["document_kinds"]["periodic"]) and dated >= 1


def _titled_by(title: str, vocabulary: Vocabulary) -> ClaimantType | None:
    """Whose report it is by a headline such as "HRCP: yearly figures"."""
    words = tag(title, 0, len(title), vocabulary.phrases)
    colon = next((i for i, word in enumerate(words[:5]) if word.low == ":"), None)
    if not colon:
        return None
    kinds: set[ClaimantType] = {
        w.senses["claimant"] for w in words[:colon] if "claimant" in w.senses
    }
    return next((kind for kind in kinds if kind in {"un_ngo", "armed_group"}), None)


_DATELINE = re.compile(r"\s*(?!RAWALPINDI)[A-Z]{4,}[A-Z /]*\b[^\n]{0,40}?(?:[:—–]|\s-\s)")
_RELEASE = re.compile(r"press (?:release|note|wing|statement)|hand-?out|\bPR\b", re.IGNORECASE)


def has_dateline(text: str) -> bool:
    """Whether a text opens as a newspaper's: "QUETTA: …", "QUETTA, Oct 9 (Agency) - …".

    Examples
    --------
    >>> has_dateline("QUETTA: Five men were killed."), has_dateline("Rawalpindi, 3 May 2025: …")
    (True, False)
    """
    return _DATELINE.match(text) is not None


def _named_kinds(words: Sequence[Word]) -> list[ClaimantType]:
    """What kinds of speakers some words name; "who" is one in capitals only."""
    return [
        w.senses["claimant"] for w in words
        if "claimant" in w.senses and (w.low != "who" or w.text.isupper())
        and w.senses.get("group", ("", ""))[1] != "plural"
    ]  # fmt: skip


def _signed_by(text: str, vocabulary: Vocabulary) -> ClaimantType | None:
    """Whose spokesman signs a statement in its last lines."""
    last = text.strip()[-_SIGNATURE:].rpartition("\n\n")[2]
    words = tag(last, 0, len(last), vocabulary.phrases)
    if not any(w.low.startswith("spokes") for w in words[:12]) or len(words) > 14:
        return None
    kinds = _named_kinds(words)
    return next((kind for kind in kinds if kind in {"armed_group", "state", "un_ngo"}), None)


def _released_by(title: str, text: str, vocabulary: Vocabulary) -> ClaimantType | None:
    """Whose press release or handout a document says it is."""
    head = f"{title}\n{text[:_OPENING]}"
    if _RELEASE.search(head) is None:
        return None
    words = tag(head, 0, len(head), vocabulary.phrases)
    kinds = _named_kinds(words)
    return next((kind for kind in kinds if kind in {"armed_group", "state", "un_ngo"}), None)


def _of_a_force(title: str, text: str, vocabulary: Vocabulary) -> ClaimantType | None:
    """Whether a force tells of itself: "FC recovers five abductees", in no newspaper's words."""
    if _DATELINE.match(text):
        return None
    words = tag(title, 0, len(title), vocabulary.phrases)
    opens = words[0].senses if words else {}
    force = opens.get("claimant") == "state" and opens.get("group", ("",))[0] in _FORCES
    if not force:
        return None
    told = tag(text, 0, len(text), vocabulary.phrases)
    printed = any("outlet" in w.senses or w.low == "sources" for w in told)
    return None if printed else "state"


_FORCES = frozenset({"security_forces", "police"})


def _counted_by(title: str, text: str, vocabulary: Vocabulary) -> ClaimantType | None:
    """Whether those who count violence say it in the first words of a yearly or monthly report."""
    head = f"{title}\n{text[:_LEAD]}"
    if ANALYTIC.search(head) is None or _DATELINE.match(text):
        return None
    words = tag(head, 0, len(head), vocabulary.phrases)
    kinds = _named_kinds(words)
    return "un_ngo" if "un_ngo" in kinds else None


def document_voice(text: str, title: str, vocabulary: Vocabulary) -> Speaker:
    """Return who speaks where a document's sentences name nobody."""
    if (named := _titled_by(title, vocabulary)) is not None:
        return _VOICES[named]
    by = _signed_by(text, vocabulary) or _released_by(title, text, vocabulary)
    by = by or _counted_by(title, text, vocabulary) or _of_a_force(title, text, vocabulary)
    if by is not None:
        return _VOICES[by]
    head = f"{title}\n{text[:_HEAD]}"
    low = f"{title}\n{text}".lower()
    best: tuple[int, ClaimantType] | None = None
    for voice, hints in vocabulary.tables["document_voice"].items():
        count = sum(1 for hint in hints if hint in low) + sum(
            1 for hint in hints if hint in title.lower()
        )
        if count and (best is None or count > best[0]):
            best = (count, voice)
    statements = frozenset(vocabulary.tables["document_kinds"]["statement"])
    said = sum(1 for word in tokenize(head) if word in statements)
    if best is None or best[0] + said < _MIN_HINTS + 1:
        return UNATTRIBUTED
    return _VOICES.get(best[1], UNATTRIBUTED)
