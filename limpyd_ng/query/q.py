"""Q: conditions as an object, to be joined with ``&``, ``|`` and ``~``."""

from __future__ import annotations

from typing import Any

from ..exceptions import InvalidValueError

__all__ = ["Q"]


class Q:
    """All of these filters: ``Q(name="x", size__gt=3)``.

    ``a & b`` is met by what meets both, ``a | b`` by what meets any, ``~a`` by every object
    that does not meet ``a``, objects without the value included. An empty Q says nothing:
    joined with another it is that other, and ``~Q()`` is empty too. Immutable; sends nothing.
    """

    __slots__ = ("filters", "kind", "parts")

    def __init__(self, *parts: Q, **filters: Any) -> None:
        for part in parts:
            if not isinstance(part, Q):
                raise InvalidValueError(f"give Q objects and filters by name, not {part!r}")
        #: '&', '|' or '!', as lua/lib/tree.lua has them
        self.kind = "&"
        self.parts = tuple(part for part in parts if not part.empty)
        self.filters = filters

    @property
    def empty(self) -> bool:
        """Whether it says nothing."""
        return not self.parts and not self.filters

    @classmethod
    def _join(cls, kind: str, *parts: Q) -> Q:
        joined = cls(*parts)
        joined.kind = kind
        return joined

    def __and__(self, other: Q) -> Q:
        return self._pair("&", other)

    def __or__(self, other: Q) -> Q:
        return self._pair("|", other)

    def __invert__(self) -> Q:
        return self if self.empty else self._join("!", self)

    def _pair(self, kind: str, other: Q) -> Q:
        if not isinstance(other, Q):
            return NotImplemented
        if self.empty or other.empty:
            return other if self.empty else self
        return self._join(kind, self, other)

    def __repr__(self) -> str:
        named = [f"{name}={value!r}" for name, value in self.filters.items()]
        if self.kind == "&" and not self.parts:
            return f"Q({', '.join(named)})"
        if self.kind == "!":
            return f"~{self.parts[0]!r}"
        return "(" + f" {self.kind} ".join([repr(part) for part in self.parts] + named) + ")"
