"""Q: conditions as an object, to be joined with ``&``, ``|`` and ``~``."""

from __future__ import annotations

from typing import Any

from ..exceptions import InvalidValueError

__all__ = ["Q"]

#: so that no part of the library has to count on how deep Python may go
MAX_DEPTH = 100


class Q:
    """All of these filters: ``Q(name="x", size__gt=3)``.

    ``a & b`` is met by what meets both, ``a | b`` by what meets any, ``~a`` by every object
    that does not meet ``a``, objects without the value included. An empty Q says nothing:
    joined with another it is that other, and ``~Q()`` is empty too. Immutable; sends nothing.
    Any number may be joined; raises InvalidValueError when they are nested a hundred deep.
    """

    __slots__ = ("depth", "filters", "kind", "parts")
    depth: int

    def __init__(self, *parts: Q, **filters: Any) -> None:
        for part in parts:
            if not isinstance(part, Q):
                raise InvalidValueError(f"give Q objects and filters by name, not {part!r}")
        #: '&', '|' or '!', as lua/lib/tree.lua has them
        self.kind = "&"
        self.parts = tuple(part for part in parts if not part.empty)
        self.filters = filters
        #: how many levels there are, itself included
        self.depth = 1 + max((part.depth for part in self.parts), default=0)
        if self.depth > MAX_DEPTH:
            raise InvalidValueError(f"Q objects nested more than {MAX_DEPTH} deep")

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
        if self.kind == "!":
            return self.parts[0]
        return self if self.empty else self._join("!", self)

    def _pair(self, kind: str, other: Q) -> Q:
        if not isinstance(other, Q):
            return NotImplemented
        if self.empty or other.empty:
            return other if self.empty else self
        return self._join(kind, *self._parts_for(kind), *other._parts_for(kind))

    def _parts_for(self, kind: str) -> tuple[Q, ...]:
        """What it adds to a join of this kind: its own parts if it is one."""
        return self.parts if self.kind == kind and not self.filters and self.parts else (self,)

    def __repr__(self) -> str:
        named = [f"{name}={value!r}" for name, value in self.filters.items()]
        if self.kind == "&" and not self.parts:
            return f"Q({', '.join(named)})"
        if self.kind == "!":
            return f"~{self.parts[0]!r}"
        return "(" + f" {self.kind} ".join([repr(part) for part in self.parts] + named) + ")"
