"""What is kept of an object: its fields as JSON, checked, and always written the same way."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from pydantic import ValidationError

from incidents.model import Claim, Incident, Record, Source
from incidents.origins.families import Decision as LineageDecision
from incidents.store.errors import DecisionError

Kind = Literal["document", "source", "incident", "claim", "draft", "lineage", "dataset"]
"""document: what was read, before and after it is accepted; source, incident, claim: what the
map shows; draft: a claim under review; lineage: a decision about families of sources; dataset:
an imported table."""

KINDS: tuple[Kind, ...] = get_args(Kind)

Fields = dict[str, Any]

RECORD_TYPES: Mapping[str, type[Record]] = {
    "source": Source,
    "incident": Incident,
    "claim": Claim,
    "lineage": LineageDecision,
}


@dataclass(frozen=True)
class State:
    """What was decided on an object.

    An object that nothing is decided on has no state (None): then a seed shows through.
    """

    value: Fields | None
    """Its fields; None where it was taken out."""
    base: Fields | None = None
    """The seed's record that the decision was made on; None for what is no seed."""

    def as_json(self) -> str:
        """Return the text that is stored and hashed."""
        return canonical({"value": self.value, "base": self.base})

    @classmethod
    def from_json(cls, text: str | None) -> State | None:
        """Return the state that a stored text means."""
        return None if text is None else cls(**json.loads(text))


def canonical(value: object) -> str:
    """Return JSON that is the same for the same content.

    Raises
    ------
    DecisionError
        If the content cannot be stored: no JSON, a number that is none, NUL, half a character.

    Examples
    --------
    >>> canonical({"b": 1, "a": "کوئٹہ"})
    '{"a":"کوئٹہ","b":1}'
    """
    try:
        text = json.dumps(
            value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
        )
        text.encode("utf-8")
    except (TypeError, ValueError) as error:
        raise DecisionError(f"this cannot be stored: {error}") from error
    # PostgreSQL stores no NUL, and no tool that reads an export expects one.
    if "\\u0000" in text.replace("\\\\", ""):
        raise DecisionError("this cannot be stored: there is a NUL character in it; take it out")
    return text


def sha256_of(text: str | bytes) -> str:
    """Return the SHA-256 of bytes, or of a text's UTF-8 bytes."""
    content = text.encode("utf-8") if isinstance(text, str) else text
    return hashlib.sha256(content).hexdigest()


def as_fields(kind: Kind, object_id: str, value: Record | Mapping[str, Any]) -> Fields:
    """Return an object's fields as JSON values, checked as far as its kind has a record.

    Raises
    ------
    DecisionError
        If the fields do not make such a record, or belong to another object.
    """
    record_type = RECORD_TYPES.get(kind)
    if record_type is None:
        if isinstance(value, Record):
            return value.model_dump(mode="json", exclude_none=True)
        fields: Fields = json.loads(canonical(dict(value)))
        return fields
    if not isinstance(value, record_type):
        given = value.model_dump() if isinstance(value, Record) else dict(value)
        try:
            value = record_type.model_validate(given)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            field = ".".join(map(str, first["loc"]))
            raise DecisionError(
                f"{kind} {object_id}{', ' + field if field else ''}: "
                f"{first['msg'].removeprefix('Value error, ')}; nothing was stored"
            ) from error
    assert isinstance(value, Record)  # noqa: S101 - tells mypy
    fields = value.model_dump(mode="json", exclude_none=True)
    if fields.get(f"{kind}_id", object_id) != object_id:
        raise DecisionError(
            f"{kind} {object_id}: the record given is {fields[f'{kind}_id']}; nothing was stored"
        )
    return fields


def differences(
    before: Mapping[str, Any] | None, after: Mapping[str, Any] | None
) -> dict[str, tuple[Any, Any]]:
    """Return what differs between two sets of fields, with the former and the new value.

    Examples
    --------
    >>> differences({"count_low": 5, "scope": "event"}, {"count_low": 6, "scope": "event"})
    {'count_low': (5, 6)}
    """
    before, after = before or {}, after or {}
    names = dict.fromkeys([*before, *after])
    return {
        name: (before.get(name), after.get(name))
        for name in names
        if before.get(name) != after.get(name)
    }
