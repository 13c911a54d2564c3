"""What users give to a collection: fields and objects among values, and sources of pks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from ..exceptions import ImplementationError, InvalidValueError
from ..keys import FieldKey
from ..query.conditions import Condition, Node, ValueOf
from ..schema import HASH, INSTANCE_HASH

if TYPE_CHECKING:
    from ..objects.described import Described

__all__ = ["plain_value", "score_key", "source_node"]


def _is_field(value: Any) -> bool:
    return hasattr(value, "_instance") and hasattr(value, "proxy_get")


def _is_object(value: Any) -> bool:
    return hasattr(value, "get_pk") and hasattr(value, "lazy_connect") and not isinstance(value, type)


def plain_value(value: Any) -> Any:
    """A filter's value: a bound field becomes a ValueOf, an object its pk.

    Raises InvalidValueError for fields of a class and fields of many values.
    """
    if type(value) in _AS_THEY_ARE:
        return value
    if _is_object(value):
        return value.get_pk()
    if _is_field(value):
        return _reference(value)
    if type(value) in _PLAIN:
        return type(value)([_plain_item(item) for item in value])
    return value


_PLAIN = (list, tuple, set, frozenset)
#: the usual types, for which nothing need be looked at
_AS_THEY_ARE = frozenset({str, bytes, int, float, bool})


def _plain_item(value: Any) -> Any:
    plain = plain_value(value)
    if isinstance(plain, ValueOf):
        raise InvalidValueError(
            f"{value.schema.label}: a field is a value of its own, not one of several; read it"
        )
    return plain


def _reference(field: Any) -> Any:
    name = type(field).__name__
    if field._instance is None:
        raise InvalidValueError(f"{name} {field.name!r} belongs to a class: give the field of an object")
    if hasattr(field, "normalize"):  # the pk is known here
        return field._instance.get_pk()
    if field.schema.multi or field.schema.kind == HASH:
        raise InvalidValueError(f"{field.schema.label} has many values: it cannot be compared with")
    entry = field.schema.stored if field.schema.kind == INSTANCE_HASH else ""
    return ValueOf(str(field.key), entry)


def _key(field: Any, use: str) -> str:
    if field._instance is None:
        raise InvalidValueError(f"{use}: {field.name!r} belongs to a class: give the field of an object")
    return str(field.key)


def score_key(source: Any) -> str:
    """The key of the sorted set to order by; raises InvalidValueError for anything else."""
    if _is_field(source):
        if source.kind != "z":
            raise InvalidValueError(f"by_score: {source.name!r} is no sorted set")
        return _key(source, "by_score")
    if isinstance(source, str) and source:
        return source
    raise InvalidValueError(f"by_score: give a SortedSetField of an object or a key, not {source!r}")


def source_node(model: type[Described], source: Any) -> Node:
    """The pks in a source: an iterable of pks or objects, a key, a bound field, a collection."""
    if _is_field(source):
        if not getattr(source.schema, "multi", False):
            raise InvalidValueError(f"{source.name!r} is no set, list or sorted set")
        return Condition("k", source.schema.label, (_key(source, "intersect"),))
    if isinstance(source, FieldKey | str | bytes):
        if not source:
            raise InvalidValueError("an empty text is no key")
        return Condition("k", str(source), (source,))
    plan = getattr(source, "_plan", None)
    if plan is not None:
        if source.model.schema is not model.schema or plan.slices or plan.stored:
            raise ImplementationError(
                "only an unsliced collection of the same model can take part; give list(collection)"
            )
        return plan.root
    if not isinstance(source, Iterable):
        raise InvalidValueError(f"give an iterable of pks, a key or a field, not {source!r}")
    normalize = model.get_field("pk").normalize
    pks = [normalize(model.schema.pk_of(item, "intersect")) for item in source]
    return Condition("p", f"{len(pks)} pks", tuple(dict.fromkeys(pks)))
