"""NumberRangeIndex: one sorted set, scored by the number."""

from __future__ import annotations

from typing import Any, ClassVar

from ..exceptions import NotANumberError
from .base import BaseIndex, as_values
from .order import score

__all__ = ["NumberRangeIndex"]


class NumberRangeIndex(BaseIndex):
    """Answers ``eq``, ``in``, ``gt``, ``gte``, ``lt`` and ``lte`` by the value of a number.

    Numbers are doubles in the index: integers are exact up to 2**53 on both sides of zero;
    beyond, filters see neighbours as equal (a unique field still tells them apart). A value
    that is no number is refused with NotANumberError; with ``raise_if_not_float = False``
    it counts as 0, as in redis-limpyd.
    """

    kind = "n"
    key = "number-range"
    handled_suffixes = frozenset({"", "eq", "in", "gt", "gte", "lt", "lte"})
    raise_if_not_float: ClassVar[bool] = True

    @property
    def flags(self) -> str:
        return super().flags + ("" if self.raise_if_not_float else "z")

    def condition(self, suffix: str, value: Any, where: str) -> tuple[str, list[Any]]:
        if suffix == "in":
            scores = dict.fromkeys(self._score(item, where) for item in as_values(value, where))
            return self.kind, [score for score in scores for _ in range(2)]
        number = self._score(value, where)
        if suffix == "eq":
            return self.kind, [number, number]
        bound = "(" + number if suffix in ("gt", "lt") else number
        return self.kind, [bound, "+inf"] if suffix in ("gt", "gte") else ["-inf", bound]

    def _score(self, value: Any, where: str) -> str:
        text = self.query_value(value, where)
        try:
            return score(text, where)
        except NotANumberError:
            if self.raise_if_not_float:
                raise
            return "0"
