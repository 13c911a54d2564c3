"""ScoredEqualIndex: a sorted set of pks for each value, scored by another field."""

from __future__ import annotations

from typing import Any, ClassVar

from ..exceptions import ImplementationError
from .base import BaseIndex, as_values

__all__ = ["ScoredEqualIndex"]


class ScoredEqualIndex(BaseIndex):
    """Answers ``field=``, ``field__eq=`` and ``field__in=``; the results come in the order of
    the numbers in another field of the object, ties by pk.

    ``ScoredEqualIndex.configure(score_field="date")``. The score field is a StringField or
    InstanceHashField of the same model and holds numbers; as long as it is unset, the
    object is not in the index. So the index takes no part in the check of a unique field.
    """

    kind = "s"
    key = "equal-scored"
    handled_suffixes = frozenset({"", "eq", "in"})
    handle_uniqueness = False
    options = ("prefix", "transform", "key", "transform_query", "score_field")
    score_field: ClassVar[str] = ""

    def other_names(self) -> tuple[str, ...]:
        if not isinstance(self.score_field, str) or not self.score_field:
            raise ImplementationError(f"{self.where}: ScoredEqualIndex.configure(score_field=...) is needed")
        return (self.score_field,)

    def condition(self, suffix: str, value: Any, where: str) -> tuple[str, list[Any]]:
        values = as_values(value, where) if suffix == "in" else [value]
        return self.kind, list(dict.fromkeys(self.query_value(item, where) for item in values))
