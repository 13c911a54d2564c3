"""Parses ``field=``, ``field__suffix=``, ``hash__sub-key__suffix=`` and ``pk=`` filters."""

from __future__ import annotations

from typing import Any

from ..exceptions import ImplementationError, InvalidValueError
from ..indexes.base import BaseIndex, as_values
from ..schema import HASH, FieldSchema, ModelSchema
from .conditions import Condition, Group, Node, Reference, negation
from .q import Q

__all__ = ["parse", "parse_all"]

#: suffixes that say the opposite of another one
_OPPOSITES = {"ne": "eq", "not_in": "in"}
_REFERABLE = frozenset({"eq", "gt", "gte", "lt", "lte", "startswith"})


def parse_all(model: ModelSchema, normalize_pk: Any, plain: Any, q: Q) -> Node:
    """The condition tree of a Q; ``plain`` readies each filter value."""
    children: list[Node] = [parse_all(model, normalize_pk, plain, part) for part in q.parts]
    children += [parse(model, normalize_pk, name, plain(value)) for name, value in q.filters.items()]
    return children[0] if len(children) == 1 and q.kind != "!" else Group(q.kind, tuple(children))


def parse(model: ModelSchema, normalize_pk: Any, name: str, value: Any) -> Node:
    """The condition of one filter; sends nothing.

    Raises ImplementationError for unknown fields, fields without indexes and suffixes that
    no index of the field answers; InvalidValueError for values that cannot be compared.
    """
    where = f"{model.label}.{name}"
    head, _, suffix = name.partition("__")
    if head in ("pk", model.pk_name) and head not in model.fields:
        if suffix in _OPPOSITES:
            return negation(_pk_condition(where, name, _OPPOSITES[suffix], value, normalize_pk))
        return _pk_condition(where, name, suffix, value, normalize_pk)
    field, ending = _split(model, name)
    sub: Any = ""
    if field.kind == HASH:
        sub, ending, value = _sub_key(field, ending, value, where)
    positive = _positive(ending)
    if positive is not None:
        return negation(_condition(field, name, sub, positive, value, where))
    return _condition(field, name, sub, ending, value, where)


def _positive(ending: str) -> str | None:
    """The ending that this one says the opposite of, if it does."""
    prefix, _, suffix = ending.rpartition("__")
    if suffix not in _OPPOSITES:
        return None
    return f"{prefix}__{_OPPOSITES[suffix]}" if prefix else _OPPOSITES[suffix]


def _condition(field: FieldSchema, name: str, sub: Any, ending: str, value: Any, where: str) -> Condition:
    if ending == "isnull" or (value is None and ending in ("", "eq")):
        return _null_condition(field, name, sub, value if ending == "isnull" else True, where)
    index = _index_for(field, ending, where)
    suffix = index.suffix_of(ending)
    if isinstance(value, Reference):
        kind, values = "r", _referring(index, suffix, value, where)
    else:
        kind, values = index.condition(suffix, value, where)
    return Condition(kind, name, tuple(values), field, field.spec_of([index]), sub)


def _referring(index: BaseIndex, suffix: str, value: Reference, where: str) -> list[Any]:
    """The values of a condition that the server completes with what a field holds."""
    if suffix not in _REFERABLE or index.kind not in ("e", "t", "n"):
        raise ImplementationError(f"{where}: give a value; fields go with =, ranges and prefixes")
    transformed = index.transform_query and index.transform is not None
    if transformed and index.python:
        raise ImplementationError(f"{where}: the transform runs in Python; read the field, give its value")
    kind = "u" if index.kind == "e" and index.unique else index.kind
    return [kind, suffix, value.key, value.entry, "1" if transformed else ""]


def _pk_condition(where: str, name: str, suffix: str, value: Any, normalize_pk: Any) -> Condition:
    if suffix == "in":
        values = tuple(dict.fromkeys(normalize_pk(item) for item in as_values(value, where)))
    elif suffix in ("", "eq"):
        if value is None:
            raise InvalidValueError(f"{where}: every object has a pk; give one")
        if isinstance(value, Reference):
            return Condition("r", name, ("p", "eq", value.key, value.entry, ""))
        values = (normalize_pk(value),)
    else:
        raise ImplementationError(
            f"{where}: a primary key can be filtered with =, __eq, __in, __ne and __not_in"
        )
    return Condition("p", name, values)


def _split(model: ModelSchema, name: str) -> tuple[FieldSchema, str]:
    """The field with the longest name that fits, and what follows it."""
    parts = name.split("__")
    for count in range(len(parts), 0, -1):
        field = model.fields.get("__".join(parts[:count]))
        if field is not None:
            return field, "__".join(parts[count:])
    raise ImplementationError(
        f"{model.label} has no field {parts[0]!r} to filter on; it has {', '.join(model.fields) or 'none'}"
    )


def _endings(field: FieldSchema) -> set[str]:
    answered = {name for index in field.indexes for name in index.names()}
    opposites = {
        name[: len(name) - len(positive)] + opposite
        for name in answered
        for opposite, positive in _OPPOSITES.items()
        if name == positive or name.endswith(f"__{positive}")
    }
    return answered | opposites | {"isnull"}


def _sub_key(field: FieldSchema, ending: str, value: Any, where: str) -> tuple[Any, str, Any]:
    """Sub-key, ending and value: from ``h__sub__suffix=v``, or ``h__suffix=(sub, v)``."""
    endings = _endings(field)
    if ending in endings and isinstance(value, tuple) and len(value) == 2:
        return value[0], ending, value[1]
    parts = ending.split("__")
    for count in range(1, len(parts)):  # the longest ending that an index answers
        sub, rest = "__".join(parts[:count]), "__".join(parts[count:])
        if sub and rest in endings:
            return sub, rest, value
    if not ending:
        if value is None:
            return "", "", value
        raise InvalidValueError(
            f"{where}: say which sub-key, as {field.name}__subkey=value or {field.name}=('subkey', value)"
        )
    return ending, "", value


def _index_for(field: FieldSchema, ending: str, where: str) -> BaseIndex:
    for index in field.indexes:
        if ending in index.names():
            return index
    if not field.indexes:
        raise ImplementationError(f"{where}: the field is not indexed; declare it with indexable=True")
    answers = ", ".join(sorted(f"__{name}" if name else "=" for name in _endings(field)))
    raise ImplementationError(f"{where}: no index of {field.label} answers {ending!r}; they answer {answers}")


def _null_condition(field: FieldSchema, name: str, sub: Any, wanted: Any, where: str) -> Condition:
    if not isinstance(wanted, bool):
        raise InvalidValueError(f"{where}: give True or False")
    return Condition("x", name, ("1" if wanted else "0",), field, field.spec_of(()), sub)
