r"""A claim's evidence: its quote where it stands in the text, also in a text that has changed.

A quote is looked for at the position that was coded. Where the text is another one by its hash,
the quote is found again by its words, if that leaves no doubt; otherwise it is said that it was
not. A position is never moved without the status and the message saying so.

From a shell, ``python -m incidents.evidence SEEDS TEXTS`` keeps, beside the texts, what stands
around every quote (as W3C annotations), so that a quote is also found again in a changed text
that holds the same words twice.
"""

from __future__ import annotations

import base64
import json
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from incidents.coding import seeds
from incidents.coding.anchors import Anchor, anchor, paragraph_at, text_sha256
from incidents.model import Claim, Source, word_count
from incidents.sentences import Span, split_sentences
from incidents.texts import QUOTES_FILE, Context, FoundText, TextLibrary

Status = Literal["anchored", "re-anchored", "ambiguous", "missing", "no_text"]

CONTEXT_LENGTH = 32
"""Characters kept before and after a quote, as annotation clients commonly keep."""


@dataclass(frozen=True)
class Evidence:
    """A claim's quote with its position, and the sentence around it where the text is at hand.

    For "anchored" and "re-anchored", ``text[char_start:char_end] == quote`` in the text whose
    hash is `sha256`. Otherwise the position is the one that was coded, in the coded text.
    """

    claim_id: str
    quote: str
    paragraph: int | None
    char_start: int | None
    char_end: int | None
    sha256: str
    """Of the text that the position is a position in."""
    status: Status
    message: str
    sentence: Span | None = None
    before: str = ""
    """The sentence up to the quote."""
    after: str = ""
    """The sentence from the quote on."""
    prefix: str = ""
    suffix: str = ""
    """What stands just before and after the quote in the text, whatever the sentence."""


def evidence_of(claim: Claim, source: Source, found: FoundText | None) -> Evidence:
    """Return where a claim's quote stands.

    Parameters
    ----------
    claim
        With its quote and, where it has one, its position in the coded text.
    source
        Its source, with the hash of the coded text.
    found
        The text that a library holds for the source, None where it holds none.

    Examples
    --------
    >>> from datetime import date
    >>> text = "Officials spoke. At least 10 soldiers died on Saturday."
    >>> source = Source(source_id="s1", title="A report", sha256=text_sha256(text))
    >>> claim = Claim(claim_id="s1.01", source_id="s1", incident_id="i1",
    ...     quote="10 soldiers died", paragraph=1, char_start=26, char_end=42,
    ...     casualty_type="killed", victim_group="security_forces", count_low=10,
    ...     qualifier="at_least", where_prec=4, date_start=date(2026, 1, 31),
    ...     date_end=date(2026, 1, 31), date_prec=1, claimant="officials",
    ...     claimant_id="officials", claimant_type="state")
    >>> evidence = evidence_of(claim, source, FoundText(text, changed=False))
    >>> evidence.status, evidence.before, evidence.after
    ('anchored', 'At least ', ' on Saturday.')
    >>> evidence_of(claim, source, FoundText("A correction. " + text, changed=True)).status
    're-anchored'
    """
    if found is None:
        said = "The text is not in the local library; this is the position that was coded."
        if claim.char_start is None:
            said = "The text is not in the local library, and the claim names no position in it."
        return _unplaced(claim, source, "no_text", said)
    text, start, end = found.text, claim.char_start, claim.char_end
    if not found.changed and start is not None and text[start:end] == claim.quote:
        said = "The text is the one that was coded; the quote stands where the claim says."
        return _placed(claim, text, start, "anchored", said)
    why = _why_looked_for(claim, found)
    places = _places(text, claim.quote)
    if not places:
        said = f"{why} The words of the quote no longer stand in it; the claim is as it was coded."
        return _unplaced(claim, source, "missing", said)
    kept = found.contexts.get(claim.claim_id)
    chosen = places if len(places) == 1 else _with_context(text, places, kept)
    if len(chosen) != 1:
        paragraphs = ", ".join(str(p.paragraph) for p in places)
        said = (
            f"{why} The words of the quote stand in it {len(places)} times (paragraphs "
            f"{paragraphs}), and nothing tells which are meant; the claim is as it was coded."
        )
        return _unplaced(claim, source, "ambiguous", said)
    at = chosen[0].char_start
    said = f"{why} {_how_found(claim, text, chosen[0], len(places), kept)}"
    return _placed(claim, text, at, "re-anchored", said)


def annotation(evidence: Evidence, source: Source) -> dict[str, Any]:
    """Return a claim's evidence as a W3C Web Annotation.

    Its target is the text, named by its hash (RFC 6920) since an article's address may show
    another text tomorrow. Prefix and suffix are there where the text was at hand, a position
    where the claim has one.
    """
    quote: dict[str, Any] = {"type": "TextQuoteSelector", "exact": evidence.quote}
    if evidence.prefix or evidence.suffix:
        quote |= {"prefix": evidence.prefix, "suffix": evidence.suffix}
    selectors = [quote]
    if evidence.char_start is not None:
        position = {"start": evidence.char_start, "end": evidence.char_end}
        selectors.append({"type": "TextPositionSelector", **position})
    digest = base64.urlsafe_b64encode(bytes.fromhex(evidence.sha256)).decode().rstrip("=")
    target: dict[str, Any] = {
        "source": f"ni:///sha-256;{digest}",
        "sha256": evidence.sha256,
        "selector": selectors,
    }
    if source.url:
        target["canonical"] = source.url
    return {
        "@context": "http://www.w3.org/ns/anno.jsonld",
        "id": f"?claim={evidence.claim_id}",
        "type": "Annotation",
        "motivation": "identifying",
        "target": target,
    }


def _why_looked_for(claim: Claim, found: FoundText) -> str:
    if found.changed:
        name = f" ({found.name})" if found.name else ""
        return f"The text in the local library{name} is not the one that was coded: it has changed."
    if claim.char_start is None:
        return "The text is the one that was coded, but the claim names no position in it."
    return "The text is the one that was coded, but at the claim's position stand other words."


def _how_found(claim: Claim, text: str, place: Anchor, times: int, kept: Context | None) -> str:
    coded = (
        f" (coded: paragraph {claim.paragraph}, from character {claim.char_start})"
        if claim.char_start is not None
        else ""
    )
    where = f"paragraph {place.paragraph}, from character {place.char_start}{coded}."
    if times > 1:
        return f"Of {times} places with its words, one has the kept words around it: {where}"
    said = f"The quote stands once in it and was found again in {where}"
    if kept is not None and not _agreement(text, place, kept):
        said += " The words around it are other ones than before: read it anew."
    return said


def _places(text: str, quote: str) -> list[Anchor]:
    """Return where a quote stands as words of its own: "37 killed" is not in "137 killed"."""
    if not word_count(quote):
        return []
    return [place for place in anchor(text, quote) if _stands_alone(text, place)]


def _stands_alone(text: str, place: Anchor) -> bool:
    before = text[max(0, place.char_start - 2) : place.char_start]
    after = text[place.char_end : place.char_end + 2]
    first, last = text[place.char_start], text[place.char_end - 1]
    # A word goes on over a letter or digit, a number also over a separator (1,037), and a
    # number word over its hyphen (thirty-seven).
    if first.isalnum() and re.search(r"[^\W_]$|\d[.,]$|[^\W_][-‑]$", before):
        return False
    return not (last.isalnum() and re.match(r"[^\W_]|[.,]\d|[-‑][^\W_]", after))


def _with_context(text: str, places: list[Anchor], kept: Context | None) -> list[Anchor]:
    """Keep the places where most sides of the kept context stand."""
    if kept is None:
        return places
    agreement = [_agreement(text, place, kept) for place in places]
    most = max(agreement)
    return [p for p, how in zip(places, agreement, strict=True) if how == most]


def _agreement(text: str, place: Anchor, kept: Context) -> int:
    """Return on how many sides of a place the kept words stand; an empty side says nothing."""
    before = bool(kept.prefix) and text[: place.char_start].endswith(kept.prefix)
    return before + (bool(kept.suffix) and text.startswith(kept.suffix, place.char_end))


def _placed(claim: Claim, text: str, start: int, status: Status, message: str) -> Evidence:
    end = start + len(claim.quote)
    sentence = _sentence(text, start, end)
    return Evidence(
        claim_id=claim.claim_id,
        quote=claim.quote,
        paragraph=paragraph_at(text, start),
        char_start=start,
        char_end=end,
        sha256=text_sha256(text),
        status=status,
        message=message,
        sentence=sentence,
        before=text[sentence.char_start : start],
        after=text[end : sentence.char_end],
        prefix=text[max(0, start - CONTEXT_LENGTH) : start],
        suffix=text[end : end + CONTEXT_LENGTH],
    )


def _unplaced(claim: Claim, source: Source, status: Status, message: str) -> Evidence:
    return Evidence(
        claim_id=claim.claim_id,
        quote=claim.quote,
        paragraph=claim.paragraph,
        char_start=claim.char_start,
        char_end=claim.char_end,
        sha256=source.sha256,
        status=status,
        message=message,
    )


def _sentence(text: str, start: int, end: int) -> Span:
    """Return from the beginning of the sentence a quote begins in to the end of its last one."""
    touched = [s for s in split_sentences(text) if s.char_start < end and s.char_end > start]
    if not touched:
        return Span(start, end)
    return Span(min(start, touched[0].char_start), max(end, touched[-1].char_end))


def keep_quotes(claims: Iterable[Claim], source_of: dict[str, Source], folder: Path) -> int:
    """Keep what stands around the quotes of unchanged texts beside them; return how many are kept.

    What was kept of texts that have changed since stays as it was.
    """
    library = TextLibrary.from_folder(folder)
    path = folder / QUOTES_FILE
    kept = {}
    if path.is_file():
        kept = {a["id"]: a for a in json.loads(path.read_text(encoding="utf-8"))}
    for claim in claims:
        source = source_of[claim.source_id]
        evidence = evidence_of(claim, source, library.text_of(source))
        if evidence.status == "anchored":
            said = annotation(evidence, source)
            kept[said["id"]] = said
    content = json.dumps(list(kept.values()), ensure_ascii=False, indent=1) + "\n"
    fresh = path.with_suffix(".json.new")
    fresh.write_text(content, encoding="utf-8")
    fresh.replace(path)
    return len(kept)


def main(arguments: list[str]) -> int:
    """Keep the words around every quote beside the texts."""
    if len(arguments) != 2:
        sys.stderr.write("usage: python -m incidents.evidence SEEDS TEXTS\n")
        return 2
    catalogue = seeds.load(Path(arguments[0]))
    folder = Path(arguments[1])
    try:
        number = keep_quotes(catalogue.claims, catalogue.source, folder)
    except (OSError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{number} quotes are kept in {folder / QUOTES_FILE}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
