"""Parses ``field=``, ``field__suffix=``, ``hash__sub-key__suffix=`` and ``pk=`` filters."""

from __future__ import annotations

from typing import Any

from ..exceptions import ImplementationError, InvalidValueError
from ..indexes.base import BaseIndex, as_values
from ..schema import HASH, FieldSchema, ModelSchema
from .conditions import Condition

__all__ = ["parse"]


def parse(model: ModelSchema, normalize_pk: Any, name: str, value: Any) -> Condition:
    """The condition of one filter; sends nothing.

    Raises ImplementationError for unknown fields, fields without indexes and suffixes that
    no index of the field answers; InvalidValueError for values that cannot be compared.
    """
    where = f"{model.label}.{name}"
    head, _, suffix = name.partition("__")
    if head in ("pk", model.pk_name) and head not in model.fields:
        return _pk_condition(where, name, suffix, value, normalize_pk)
    field, ending = _split(model, name)
    sub: Any = ""
    if field.kind == HASH:
        sub, ending, value = _sub_key(field, ending, value, where)
    if ending == "isnull" or (value is None and ending in ("", "eq")):
        return _null_condition(field, name, sub, value if ending == "isnull" else True, where)
    index = _index_for(field, ending, where)
    kind, values = index.condition(index.suffix_of(ending), value, where)
    return Condition(kind, name, tuple(values), field, field.spec_of([index]), sub)


def _pk_condition(where: str, name: str, suffix: str, value: Any, normalize_pk: Any) -> Condition:
    if suffix == "in":
        values = tuple(dict.fromkeys(normalize_pk(item) for item in as_values(value, where)))
    elif suffix in ("", "eq"):
        if value is None:
            raise InvalidValueError(f"{where}: every object has a pk; give one")
        values = (normalize_pk(value),)
    else:
        raise ImplementationError(f"{where}: a primary key can be filtered with =, __eq and __in")
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
    return {name for index in field.indexes for name in index.names()} | {"isnull"}


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
