"""What a script refused, as an exception. Nothing was written then.

The engine replies with the reason and what belongs to it; a script whose reply is that of a command
raises an error that says the same (``lua/lib/refused.lua``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from .codecs.base import PLACES, short
from .exceptions import CommandError, ImplementationError, InvalidValueError, NotANumberError, UniquenessError
from .indexes.order import DECIMAL
from .lua import REFUSED
from .parties import ObjectRef, Parties
from .schema import FieldSchema, ModelSchema

__all__ = ["is_for_engine", "no_value", "raise_refusal", "refusal", "refused_by"]

#: the refusal of a script at the end of an error
_REFUSED = re.compile(rf"{REFUSED}[A-Z]+(?: [0-9a-f]*)*$")
#: the refusals that tell a value, in hex
_WITH_VALUE = ("UNIQUE", "NAN")


def raise_refusal(
    error: CommandError, model: ModelSchema, pk: str, fields: Iterable[FieldSchema] = ()
) -> None:
    """Raises the exception for what a script refused by an error; nothing for another error."""
    refused = refused_by(str(error), model, pk, fields)
    if refused is not None:
        raise refused from None


def refused_by(
    text: str, model: ModelSchema, pk: str, fields: Iterable[FieldSchema] = ()
) -> Exception | None:
    """The exception for what a script refused by an error of this text (``lua/lib/refused.lua``), None
    for another error. In a pipeline redis-py puts the command before the words of the script."""
    found = _REFUSED.search(text)
    if found is None:
        return None
    reason, *words = found[0].removeprefix(REFUSED).split(" ")
    if reason == "NOSUCH":
        return model.missing(pk)
    texts = [bytes.fromhex(word).decode("utf-8", "surrogateescape") for word in words]
    if reason in _WITH_VALUE:  # which stays in hex
        texts[1] = words[1]
    parties = Parties(ObjectRef(model, pk))
    parties.know(fields)
    return refusal(parties, [reason, *texts])


def is_for_engine(text: str) -> bool:
    """Whether this error of a compiled script leaves a creation to the engine."""
    return text.endswith(f"{REFUSED}ENGINE")


def refusal(parties: Parties, reply: Sequence[Any]) -> Exception:
    """The exception for what the engine refused; nothing was written."""
    reason = reply[0]
    if reason == "NOSUCH":
        ref = parties.objects[int(reply[1]) - 1]
        return ref.model.missing(ref.pk)
    if reason == "EXISTS":
        ref = parties.objects[0]
        name = f"{ref.model.label}.{ref.model.pk_name}"
        pk = ref.model.shown_pk(reply[1])
        return UniquenessError(f"{name}: an object with the pk {pk!r} exists already", name, pk, pk)
    if reason == "INWAY":
        return ImplementationError(f"the key {reply[1]!r} is in the way: it exists, and belongs to no object")
    if reason == "TOOMANY":
        return InvalidValueError(
            f"a command of {reply[1]} arguments is too long for one atomic write; split it"
        )
    if reason == "NOVALUE":
        return no_value(reply[1])
    if reason == "TOGETHER":
        return _together(parties, *reply[1:])
    if reason == "COUNT":
        return parties.field(reply[1]).count_error(int(reply[2]))
    field, value = parties.field(reply[1]), bytes.fromhex(reply[2]).decode("utf-8", "backslashreplace")
    if reason == "NAN":
        return _unfit(field, value)
    if reason == "NOTARGET" and field.relation is not None:
        target = field.relation.target
        shown = target.shown_pk(value)
        return target.does_not_exist(f"{field.label}: no {target.label} has the pk {shown!r}")
    holder = parties.model_of(field).shown_pk(reply[3])
    message = f"{field.label}: the value {short(value)} is already held by the object with the pk {holder!r}"
    return UniquenessError(message, field.label, value, holder)


def no_value(label: str) -> InvalidValueError:
    """The error for a Reference to a field that holds nothing."""
    return InvalidValueError(f"{label} holds no value that could be given")


def _unfit(field: FieldSchema, value: str) -> InvalidValueError:
    """The error for a value that an index with scores cannot take."""
    if field.codec is not None and field.codec.order == PLACES:
        return InvalidValueError(f"{field.label}: {value!r} is no place, and the field has a GeoIndex")
    reason = "is beyond the range of a double" if DECIMAL.fullmatch(value) else "is not a number"
    return NotANumberError(f"{field.label}: {short(value)} {reason}, and the field has a number index")


def _together(parties: Parties, stored: str, label: str, pk: str, *hexes: str) -> UniquenessError:
    index = next(
        index
        for ref in parties.objects
        for field in ref.model.fields.values()
        for index in field.indexes
        if field.stored == stored and index.label == label
    )
    values = tuple(bytes.fromhex(each).decode("utf-8", "backslashreplace") for each in hexes)
    names = ", ".join([index.where, *(other.name for other in index.others)])
    shown = ", ".join(map(short, values))
    holder = parties.model_of(index.field).shown_pk(pk)
    message = f"{names}: the values {shown} are held together by the object with the pk {holder!r} already"
    return UniquenessError(message, names, values, holder)
