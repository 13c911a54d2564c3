"""TextRangeIndex: one sorted set, its members ordered by the bytes of the value."""

from __future__ import annotations

from typing import Any

from .base import BaseIndex, as_values
from .order import text_bounds
from .transforms import ReverseBytes, compose

__all__ = ["EndsWithIndex", "TextRangeIndex"]


class TextRangeIndex(BaseIndex):
    """Answers ``eq``, ``in``, ``gt``, ``gte``, ``lt``, ``lte`` and ``startswith``.

    Texts compare by the bytes of their UTF-8 form, as ``memcmp`` does: 'Jo' < 'Joe' < 'jo'.
    """

    kind = "t"
    key = "text-range"
    handled_suffixes = frozenset({"", "eq", "in", "gt", "gte", "lt", "lte", "startswith"})

    def condition(self, suffix: str, value: Any, where: str) -> tuple[str, list[Any]]:
        if suffix == "in":
            bounds = list(dict.fromkeys(self._bounds("eq", item, where) for item in as_values(value, where)))
        else:
            bounds = [self._bounds(suffix, value, where)]
        return self.kind, [bound for pair in bounds for bound in pair]

    def _bounds(self, suffix: str, value: Any, where: str) -> tuple[bytes, bytes]:
        text = (self.query_part if suffix == "startswith" else self.query_value)(value, where)
        return text_bounds(suffix, text, where)


class EndsWithIndex(BaseIndex):
    """Answers ``field__endswith=`` exactly: the texts, reversed, in the order of their bytes.

    A ``transform`` given to ``configure`` is applied before the text is reversed.
    """

    kind = "t"
    key = "text-reversed"
    handled_suffixes = frozenset({"endswith"})
    transform: Any = ReverseBytes()
    transform_query = True

    @classmethod
    def configure(cls, **options: Any) -> type[BaseIndex]:
        made = super().configure(**options)
        if "transform" in options:
            made.transform = compose(vars(made)["transform"], ReverseBytes())
        return made

    def condition(self, suffix: str, value: Any, where: str) -> tuple[str, list[Any]]:
        return self.kind, list(text_bounds("startswith", self.query_part(value, where), where))
