"""EqualIndex: a set of pks for each value, or one hash value -> pk for a unique field."""

from __future__ import annotations

from typing import Any

from .base import BaseIndex, as_values

__all__ = ["EqualIndex"]


class EqualIndex(BaseIndex):
    """Answers ``field=``, ``field__eq=`` and ``field__in=``. The default of every field."""

    kind = "e"
    key = "equal"
    handled_suffixes = frozenset({"", "eq", "in"})

    def condition(self, suffix: str, value: Any, where: str) -> tuple[str, list[Any]]:
        values = as_values(value, where) if suffix == "in" else [value]
        texts = [self.query_value(item, where) for item in values]
        return ("u" if self.unique else "e"), list(dict.fromkeys(texts))
