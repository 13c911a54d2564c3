"""EqualIndex: a set of pks for each value, or one hash value -> pk for a unique field."""

from __future__ import annotations

from typing import Any

from .base import BaseIndex, as_values

__all__ = ["CaseInsensitiveIndex", "EqualIndex"]


class EqualIndex(BaseIndex):
    """Answers ``field=``, ``field__eq=`` and ``field__in=``. The default of every field."""

    kind = "e"
    key = "equal"
    handled_suffixes = frozenset({"", "eq", "in"})

    def condition(self, suffix: str, value: Any, where: str) -> tuple[str, list[Any]]:
        kind = "u" if self.unique else "e"
        if suffix != "in":
            return kind, [self.query_value(value, where)]
        return kind, list(dict.fromkeys(self.query_value(item, where) for item in as_values(value, where)))


class CaseInsensitiveIndex(EqualIndex):
    """EqualIndex for which upper and lower case are the same, in every alphabet (``str.casefold``).

    A Python transform: a write that only the server knows the result of (``append``...) takes
    a second request. ``EqualIndex.configure(transform=Lower(), transform_query=True)`` does not,
    and folds ASCII letters alone.
    """

    key = "equal-folded"
    transform = staticmethod(str.casefold)
    transform_query = True
