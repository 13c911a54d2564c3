"""EqualIndexWith: equality of several fields together, unique together if asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from ..exceptions import ImplementationError, InvalidValueError
from .base import BaseIndex

if TYPE_CHECKING:
    from ..schema import FieldSchema

__all__ = ["EqualIndexWith"]


class EqualIndexWith(BaseIndex):
    """Answers ``field__with=values`` and ``field__with__in=[values, ...]``, where ``values`` are
    those of the field and of the other fields: in their order, or as a dict by name. Where a
    field has several such indexes, ``brand__with_model_year=`` says which.

    ``EqualIndexWith.configure(other_fields=["model"], unique=True)``; ``unique``: no two
    objects share all these values. The fields are StringFields or InstanceHashFields of one
    model; an object is in the index when all of them are set. A ``transform`` concerns the
    field itself, not the others, and has to be a declarative one.
    """

    kind = "e"
    key = "equal-with"
    handled_suffixes = frozenset({"with", "with__eq", "with__in"})
    handle_uniqueness = False
    options = ("prefix", "transform", "key", "transform_query", "other_fields", "unique")
    other_fields: ClassVar[Sequence[str]] = ()
    unique: bool = False

    def __init__(self, field: FieldSchema) -> None:
        together = type(self).unique
        super().__init__(field)
        self.unique = together
        if not field.single:
            raise ImplementationError(
                f"{self.where}: EqualIndexWith needs a field of one value (StringField, InstanceHashField)"
            )
        if self.python:
            raise ImplementationError(
                f"{self.where}: EqualIndexWith takes declarative transforms only, such as Lower()"
            )
        self._base = self.label
        self.label = ".".join((self._base, *self.other_names()))

    def other_names(self) -> tuple[str, ...]:
        names = () if isinstance(self.other_fields, str) else tuple(self.other_fields)
        if not names or len(set(names)) < len(names):
            raise ImplementationError(
                f"{self.where}: EqualIndexWith.configure(other_fields=...) needs a list of different names"
            )
        return names

    def link(self, fields: Mapping[str, FieldSchema]) -> None:
        super().link(fields)
        # in keys, the fields have the names of keys
        self.label = ".".join((self._base, *(other.stored for other in self.others)))

    def names(self) -> Iterable[str]:
        yield from super().names()
        named = "_".join(("with", *self.other_names()))
        for suffix in (named, f"{named}__eq", f"{named}__in"):
            yield "__".join(part for part in (self.prefix, suffix) if part)

    def condition(self, suffix: str, value: Any, where: str) -> tuple[str, list[Any]]:
        if not suffix.endswith("__in"):
            values = [value]
        elif isinstance(value, str | bytes | Mapping) or not isinstance(value, Iterable):
            raise InvalidValueError(f"{where}: give a list of tuples or dicts, not {value!r}")
        else:
            values = list(value)
        texts = dict.fromkeys(self._text(item, where) for item in values)
        return ("u" if self.unique else "e"), list(texts)

    def storage_value(self, value: Any) -> bytes:
        return self._text(value, self.where)

    def _text(self, value: Any, where: str) -> bytes:
        """The values together, as ``lua/lib/joint.lua`` writes them."""
        first, *rest = self._ordered(value, where)
        pairs = zip(self.others, rest, strict=True)
        texts = [self.query_value(first, where), *(other.encode(item, where) for other, item in pairs)]
        *front, last = (
            text.encode("utf-8", "surrogateescape") if isinstance(text, str) else text for text in texts
        )
        return b"".join(b"%d:%s:" % (len(text), text) for text in front) + last

    def _ordered(self, value: Any, where: str) -> list[Any]:
        names = (self.field.name, *self.other_names())
        if isinstance(value, Mapping):
            if set(value) == set(names):
                return [value[name] for name in names]
        elif isinstance(value, list | tuple) and len(value) == len(names):
            return list(value)
        raise InvalidValueError(f"{where}: give the values of {', '.join(names)} together, not {value!r}")
