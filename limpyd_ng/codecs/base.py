"""Codec: a pair of functions between a Python value and its text in Redis."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..exceptions import InvalidValueError, LimpydException

__all__ = ["EQUALITY", "NUMBERS", "PLACES", "TEXTS", "Codec", "as_text", "refuse", "short", "shown"]

#: what functions raise for a value that they cannot work with: one without what they ask for, or
#: (a tzinfo that is abstract) with nothing behind it
_UNFIT = (ValueError, TypeError, LookupError, ArithmeticError, AttributeError, NotImplementedError)

#: which index suits the texts of a type: equality, order as numbers, order as texts, places on earth
EQUALITY, NUMBERS, TEXTS, PLACES = "equality", "numbers", "texts", "places"


def refuse(reason: str) -> InvalidValueError:
    """The error of a value that does not fit; ``encode`` and ``decode`` raise it."""
    return InvalidValueError(reason)


def shown(value: Any) -> str:
    """A value in an error message: its repr, if it has one (an int of many digits has none)."""
    try:
        return repr(value)
    except Exception as error:
        return f"{type(value).__name__} ({error})"


def short(text: str) -> str:
    """A stored text in an error message."""
    return repr(text) if len(text) <= 200 else f"{text[:200]!r}... ({len(text)} characters)"


def as_text(raw: str | bytes) -> str:
    """A stored value as str."""
    return raw.decode("utf-8", "surrogateescape") if isinstance(raw, bytes) else raw


class Codec:
    """``encode`` makes a str or bytes of a value, ``decode`` a value of the str that Redis holds.

    Both raise ValueError or TypeError for what does not fit. Equal values must have equal texts for
    equality filters to find them. ``order`` tells the default index: ``"equality"``,
    ``"numbers"`` (texts are decimal numbers in the order of the values), ``"texts"`` (so are
    their bytes) or ``"places"`` (texts are longitude and latitude with a comma between).
    """

    __slots__ = ("_decode", "_encode", "name", "order")

    def __init__(
        self,
        encode: Callable[[Any], str | bytes],
        decode: Callable[[str], Any],
        *,
        name: str = "value of this codec",
        order: str = EQUALITY,
    ) -> None:
        if not callable(encode) or not callable(decode):
            raise TypeError("a Codec takes two callables: encode and decode")
        if order not in (EQUALITY, NUMBERS, TEXTS, PLACES):
            raise ValueError(f"order is 'equality', 'numbers', 'texts' or 'places', not {order!r}")
        self._encode = encode
        self._decode = decode
        self.name = name
        self.order = order

    def __repr__(self) -> str:
        return f"<Codec {self.name}>"

    def encode(self, value: Any, where: str = "value") -> str | bytes:
        """The text of a value. Raises InvalidValueError, naming ``where``, the value and the reason."""
        try:
            text = self._encode(value)
        except LimpydException as error:
            reason = str(error).removeprefix(f"value: {shown(value)} ")  # of a codec inside this one
            raise InvalidValueError(f"{where}: {shown(value)} {reason}") from None
        except _UNFIT as error:
            raise InvalidValueError(f"{where}: {shown(value)} is no {self.name} ({error})") from error
        if not isinstance(text, str | bytes):
            raise InvalidValueError(f"{where}: encode gave {text!r}, which is no text")
        return text

    def decode(self, raw: str | bytes, where: str = "value") -> Any:
        """The value of a stored text. Raises InvalidValueError if it is none of this type."""
        text = as_text(raw)
        try:
            return self._decode(text)
        except (LimpydException, RecursionError, *_UNFIT) as error:
            raise InvalidValueError(f"{where}: Redis holds {short(text)}, which is no {self.name}") from error

    def strict(self) -> Codec:
        """A codec of the same texts that takes a value only if it would be read back as one of its class."""

        def encode(value: Any) -> str | bytes:
            text = self._encode(value)
            read = self._decode(as_text(text))
            if type(read) is not type(value):
                given, wanted = type(value).__name__, type(read).__name__
                raise refuse(f"is of the class {given}, not {wanted}, and the field is strict")
            return text

        return Codec(encode, self._decode, name=self.name, order=self.order)
