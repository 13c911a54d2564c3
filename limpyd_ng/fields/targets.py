"""The other key that some commands write: which field it is, if it is one.

``smove``, ``lmove``, ``rename``, ``copy``, ``sort(store=...)``: given a field, or the key
of one as text, its indexes are kept right in the same step. A key that belongs to the
library itself (an index, a collection of pks) is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, cast

from ..commands import KEY
from ..commands.row import Row, Touch
from ..commands.values import has
from ..exceptions import ImplementationError
from ..keys import FieldKey
from ..parties import ObjectRef

if TYPE_CHECKING:
    from ..database import BaseDatabase
    from .base import RedisField

__all__ = ["Target", "refuse_other_types", "resolve"]


class Target:
    """A field that a command writes besides its own."""

    __slots__ = ("field", "ref", "touches")

    def __init__(self, field: RedisField[Any], touches: list[Touch]) -> None:
        self.field = field
        self.ref = ObjectRef(field._model.schema, field.holder.stored_pk())
        self.touches = touches if field.schema.watched else []


def resolve(database: BaseDatabase, key: Any, position: int, touches: list[Touch]) -> Target | None:
    """The field behind a key that is written, or None for a key of no model."""
    if isinstance(key, FieldKey):
        return Target(_unhashed(key.field), touches)
    text = key.decode("utf-8", "surrogateescape") if isinstance(key, bytes) else str(key)
    found = database.model_of_key(text)
    if found is None:
        return None
    model, rest = found
    word, _, rest = rest.partition(":")
    name, colon, pk = rest.partition(":")
    field = model.field_stored_as(name)
    if word != "field" or not colon or field is None or not pk:
        raise ImplementationError(
            f"{text!r} is a key that {model.__name__} keeps itself; write to another one"
        )
    return Target(getattr(model.of_pk(pk), field.name), touches)


def refuse_other_types(
    field: RedisField[Any], row: Row, wire: Sequence[Any], targets: Iterable[Target | None]
) -> None:
    """Raises ImplementationError if values would come into a field from one of another type."""
    if has(wire, "GET") and row.name == "sort":
        return  # what is stored is of other keys
    others = [target.field for target in targets if target is not None]
    if row.name.endswith("store"):
        others += [
            cast("RedisField", item.field) for item in wire if isinstance(item, FieldKey) and item is not KEY
        ]
    for other in others:
        if not _is_like(field, other):
            raise ImplementationError(
                f"{field.schema.label}.{row.name}: {other.schema.label} holds values of another type"
            )


def _is_like(one: RedisField[Any], other: RedisField[Any]) -> bool:
    pairs = (
        (one.codec, one.value_type, other.codec, other.value_type),
        (one.key_codec, one.key_value_type, other.key_codec, other.key_value_type),
    )
    return all(a is b or (kind == like and kind is not Any) for a, kind, b, like in pairs)


def _unhashed(field: Any) -> RedisField[Any]:
    if field.kind == "i":
        raise ImplementationError(
            f"{field.schema.label} has no key of its own (it is an entry of the instance's hash)"
        )
    return field
