"""``codec_for``: the codec of a type; Enum, Literal, Optional and Union are made from others."""

from __future__ import annotations

import types
from collections.abc import Iterable
from enum import Enum, Flag
from functools import cache
from importlib.util import find_spec
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from ..exceptions import ImplementationError, InvalidValueError, LimpydException
from .base import EQUALITY, NUMBERS, Codec, refuse
from .moments import MOMENTS
from .places import PLACE_CODECS
from .plain import PLAIN

__all__ = ["codec_for"]

_SHIPPED = {**PLAIN, **MOMENTS, **PLACE_CODECS}


def codec_for(kind: Any, strict: bool = False) -> Codec:
    """The codec of a type. Raises ImplementationError for a type that has none.

    ``X | None`` is X: a missing value is read as None, None removes. ``strict``: a value of another
    class is refused, whatever could be made of it; so are parts of values, by pydantic.
    """
    codec = _simple(kind, strict) or _adapted(kind, strict)
    return codec.strict() if strict else codec


def _adapted(kind: Any, strict: bool) -> Codec:
    if find_spec("pydantic") is None:
        raise ImplementationError(
            f"no codec for {kind!r}: give one of the shipped types, codec=Codec(encode, decode), "
            "or install the pydantic extra"
        )
    from .adapted import adapted

    annotated = get_origin(kind) is Annotated
    return adapted(kind, _simple(get_args(kind)[0]) if annotated else None, strict)


def _simple(kind: Any, strict: bool = False) -> Codec | None:
    """The codec of a shipped type, or None."""
    if isinstance(kind, type):
        if kind in _SHIPPED:
            return _SHIPPED[kind]
        if issubclass(kind, Flag):
            return _flag(kind)
        if issubclass(kind, Enum):
            return _enum(kind)
        return None
    origin = get_origin(kind)
    if origin is Literal:
        return _literal(get_args(kind))
    if origin in (Union, types.UnionType):
        parts = [part for part in get_args(kind) if part is not type(None)]
        codecs = [_simple(part) for part in parts]
        if len(parts) == 1:
            return codec_for(parts[0], strict)
        found = [codec for codec in codecs if codec is not None]
        return _union(found) if len(found) == len(parts) else None
    if origin is Annotated and find_spec("pydantic") is None:
        inner, *notes = get_args(kind)
        _refuse_constraints(kind, notes)
        return codec_for(inner, strict)
    return None


def _refuse_constraints(kind: Any, notes: Iterable[Any]) -> None:
    """Nobody would look at them without pydantic. Other notes are none of the library's business."""
    if any(type(note).__module__.partition(".")[0] == "annotated_types" for note in notes):
        raise ImplementationError(
            f"{kind!r}: constraints of a type need the pydantic extra; "
            "min=, max=, regex= and their like, options of the field, do not"
        )


def _text_of(value: Any, where: str) -> str:
    """The text of a choice: of whatever plain type it is, or its value is."""
    if isinstance(value, Enum) and type(value) not in _SHIPPED:
        value = value.value
    codec = _SHIPPED.get(type(value))
    if codec is None and isinstance(value, str | int):  # members of mixed-in types
        codec = PLAIN[str if isinstance(value, str) else int]
    if codec is None:
        raise ImplementationError(f"{where}: {value!r} is of no type that can be stored")
    text = codec.encode(value, where)
    return text if isinstance(text, str) else text.decode("utf-8", "surrogateescape")


def _texts(choices: Iterable[tuple[Any, Any]], where: str) -> dict[str, Any]:
    """Choices by their texts; raises ImplementationError if two have one text."""
    by_text: dict[str, Any] = {}
    for choice, value in choices:
        text = _text_of(value, where)
        if text in by_text:
            raise ImplementationError(
                f"{where}: {by_text[text]!r} and {choice!r} would both be stored as {text!r}"
            )
        by_text[text] = choice
    return by_text


def _order(values: Iterable[Any]) -> str:
    return NUMBERS if all(type(value) in (int, float) for value in values) else EQUALITY


@cache
def _enum(kind: type[Enum]) -> Codec:
    members = list(kind)
    if not members:
        raise ImplementationError(f"{kind.__name__} has no members")
    by_text = _texts([(member, member.value) for member in members], kind.__name__)
    to_text: dict[Any, str] = {member: text for text, member in by_text.items()}

    def encode(value: Any) -> str:
        if not isinstance(value, kind):
            try:
                value = kind(value)
            except ValueError:
                value = None
        text = to_text.get(value)
        if text is None:  # no member, or several flags together
            raise refuse(f"is not among {', '.join(repr(member.value) for member in members)}")
        return text

    return Codec(encode, by_text.__getitem__, name=kind.__name__, order=_order(m.value for m in members))


@cache
def _flag(kind: type[Flag]) -> Codec:
    """Flags alone, several together, or none, as their number."""
    known = 0
    for member in kind:
        known |= member.value
    if not known:
        raise ImplementationError(f"{kind.__name__} has no members")

    def encode(value: Any) -> str:
        try:
            flags = kind(value)
        except (ValueError, TypeError):
            flags = None
        if flags is None or flags.value & ~known or isinstance(value, bool):
            raise refuse(f"is no {kind.__name__}")
        return str(flags.value)

    def decode(text: str) -> Flag:
        number = PLAIN[int].decode(text)
        if number & ~known:
            raise ValueError(text)
        return kind(number)

    return Codec(encode, decode, name=kind.__name__, order=NUMBERS)


def _literal(choices: tuple[Any, ...]) -> Codec:
    choices = tuple(choice for choice in choices if choice is not None)
    name = f"Literal[{', '.join(map(repr, choices))}]"
    by_text = _texts([(choice, choice) for choice in choices], name)
    to_text = {(type(choice), choice): text for text, choice in by_text.items()}

    def encode(value: Any) -> str:
        text = to_text.get((type(value), value))
        if text is None:
            raise refuse(f"is not among {', '.join(map(repr, choices))}")
        return text

    return Codec(encode, by_text.__getitem__, name=name, order=_order(choices))


def _union(codecs: list[Codec]) -> Codec:
    """One of several types: the text is read as the first that it fits, str and bytes last.

    A value whose text would be read as another one is refused, so nothing changes its type.
    """
    last = [codec for codec in codecs if codec.name in ("str", "bytes")]
    tried = [codec for codec in codecs if codec not in last] + last
    name = " or ".join(codec.name for codec in codecs)

    def encode(value: Any) -> str | bytes:
        reasons = []
        for codec in tried:
            try:
                text = codec.encode(value)
            except InvalidValueError:
                continue
            read = decode(text if isinstance(text, str) else text.decode("utf-8", "surrogateescape"))
            if read == value and type(read) is type(value):
                return text
            reasons.append(repr(read))
        if reasons:
            raise refuse(f"would be read back as {reasons[0]}")
        raise refuse(f"is no {name}")

    def decode(text: str) -> Any:
        for codec in tried:
            try:
                return codec.decode(text)
            except LimpydException:
                continue
        raise ValueError(text)

    order = NUMBERS if all(codec.order == NUMBERS for codec in codecs) else EQUALITY
    return Codec(encode, decode, name=name, order=order)
