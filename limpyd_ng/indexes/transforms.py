"""Transforms that the server itself can apply to a value before it is indexed.

Give one (or a list, applied in order) as ``Index.configure(transform=...)``. Because the
server applies them, the write stays one request for every command, ``incr`` and the like
included, and nothing extra is stored. Each is also a Python callable with the same result.
The Lua twins are in ``lua/lib/text.lua``; a test compares the two on random texts.
"""

from __future__ import annotations

import re
from typing import Any

__all__ = ["Lower", "Reverse", "ReverseBytes", "Slice", "Strip", "Transform", "Upper", "chain", "compose"]


class Transform:
    """Base of the declarative transforms; ``spec`` is how the scripts name it."""

    spec = ""

    def __call__(self, value: str) -> str:
        raise NotImplementedError

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


class Lower(Transform):
    """ASCII letters in lower case; other letters stay as they are.

    For case folding in every script use a Python transform (``transform=str.casefold``).
    """

    spec = "lower"

    def __call__(self, value: str) -> str:
        return re.sub("[A-Z]+", lambda match: match[0].lower(), value)


class Upper(Transform):
    """ASCII letters in upper case; other letters stay as they are."""

    spec = "upper"

    def __call__(self, value: str) -> str:
        return re.sub("[a-z]+", lambda match: match[0].upper(), value)


class Strip(Transform):
    """Without ASCII white space at both ends."""

    spec = "strip"

    def __call__(self, value: str) -> str:
        return value.strip(" \t\n\r\f\v")


class Reverse(Transform):
    """The characters from last to first."""

    spec = "reverse"

    def __call__(self, value: str) -> str:
        return value[::-1]


class ReverseBytes(Transform):
    """The bytes from last to first: what ends alike starts alike, in texts of any encoding."""

    spec = "reverse-bytes"

    def __call__(self, value: str) -> str:
        return value.encode("utf-8", "surrogateescape")[::-1].decode("utf-8", "surrogateescape")


class Slice(Transform):
    """``value[start:stop]``, by characters, with Python's rules for negative bounds."""

    def __init__(self, start: int | None = None, stop: int | None = None) -> None:
        self.start, self.stop = start, stop
        self.spec = f"slice:{'' if start is None else int(start)}:{'' if stop is None else int(stop)}"

    def __call__(self, value: str) -> str:
        return value[self.start : self.stop]

    def __repr__(self) -> str:
        return f"Slice({self.start}, {self.stop})"


class Chain(Transform):
    """Several transforms, one after the other."""

    def __init__(self, *parts: Transform) -> None:
        self.parts = parts
        self.spec = "|".join(part.spec for part in parts)

    def __call__(self, value: str) -> str:
        for part in self.parts:
            value = part(value)
        return value

    def __repr__(self) -> str:
        return f"Chain{self.parts!r}"


def chain(transform: object) -> object:
    """A list or tuple of declarative transforms as one; anything else unchanged."""
    if isinstance(transform, list | tuple):
        return Chain(*transform)
    return transform


def compose(first: Any, then: Any) -> Any:
    """Two transforms of index classes, one after the other; either may be None.

    Declarative if both are; else a Python transform that takes the index and the value.
    """
    if first is None or then is None:
        return then if first is None else first
    if isinstance(first, Transform) and isinstance(then, Transform):
        return Chain(first, then)

    def composed(self: Any, value: str) -> Any:
        middle = _apply(first, self, value)
        return None if middle is None else _apply(then, self, str(middle))

    return composed


def _apply(transform: Any, index: Any, value: str) -> Any:
    if isinstance(transform, Transform):
        return transform(value)
    return transform.__get__(index, type(index))(value)
