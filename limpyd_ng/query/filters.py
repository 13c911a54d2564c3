"""Parses ``field=``, ``field__suffix=``, ``hash__sub-key__suffix=`` and ``pk=`` filters, and
steps through relations: ``fk__field__suffix=``, ``related_name__field__suffix=``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..exceptions import ImplementationError, InvalidValueError
from ..indexes.base import BaseIndex, as_values
from ..relations import Relation
from ..schema import HASH, FieldSchema, ModelSchema
from .conditions import Condition, Group, Node, ValueOf, negation
from .q import Q
from .steps import joined, step

__all__ = ["parse", "parse_all", "parse_filters"]

#: suffixes that say the opposite of another one
_OPPOSITES = {"ne": "eq", "not_in": "in"}


def _as_it_is(value: Any) -> Any:
    return value


def parse_all(model: ModelSchema, plain: Any, q: Q) -> Node:
    """The condition tree of a Q; ``plain`` readies each filter value."""
    children: list[Node] = [parse_all(model, plain, part) for part in q.parts]
    children += parse_filters(model, plain, q.filters)
    return children[0] if len(children) == 1 and q.kind != "!" else Group(q.kind, tuple(children))


def parse_filters(model: ModelSchema, plain: Any, filters: Mapping[str, Any]) -> list[Node]:
    """The conditions of filters given together."""
    nodes = [parse(model, name, value, plain) for name, value in filters.items()]
    if len(nodes) > 1 and ">" in [node.kind for node in nodes]:
        return joined(nodes)  # those that step through one relation are about the same object there
    return nodes


def parse(model: ModelSchema, name: str, value: Any, plain: Any = _as_it_is) -> Node:
    """The condition of one filter; sends nothing.

    Raises ImplementationError for unknown fields, fields without indexes and suffixes that
    no index of the field answers; InvalidValueError for values that cannot be compared.
    """
    answer = model.answers.get(name)
    if answer is not None:
        given = plain(value)
        if given is not None and type(given) is not ValueOf:
            field, index, suffix, spec, where = answer
            kind, values = index.condition(suffix, given, where)
            return Condition(kind, name, tuple(values), field, spec)
    where = f"{model.label}.{name}"
    head, _, suffix = name.partition("__")
    if head in ("pk", model.pk_name) and head not in model.fields:
        value = plain(_pks(model, value, where))
        if suffix in _OPPOSITES:
            return negation(_pk_condition(where, name, _OPPOSITES[suffix], value, model))
        return _pk_condition(where, name, suffix, value, model)
    field, ending = _split(model, name)
    if field is None:
        return _step_from(model, name, value, plain, where)
    if field.relation is not None:
        ending = _without_pk(field, ending)
        if ending not in _endings(field):
            return _step_to(field.relation, name, ending, value, plain)
        value = _pks(field.relation.target, value, where)
    sub: Any = ""
    value = plain(value)
    if field.kind == HASH:
        sub, ending, value = _sub_key(field, ending, value, where)
    positive = _positive(ending)
    if positive is None and field.relation is None and field.kind != HASH:
        _keep_answer(model, field, name, ending, where)
    if positive is not None:
        return negation(_condition(field, name, sub, positive, value, where))
    return _condition(field, name, sub, ending, value, where)


#: what answers a filter: the field, its index, the suffix, the spec, and what to call it in errors
_Answer = tuple[FieldSchema, BaseIndex, str, tuple[Any, ...], str]


def _keep_answer(model: ModelSchema, field: FieldSchema, name: str, ending: str, where: str) -> None:
    """Takes note of what answers a plain filter, to be looked for once."""
    for index in field.indexes:
        if ending != "isnull" and ending in index.names():
            answer: _Answer = (field, index, index.suffix_of(ending), field.spec_of([index]), where)
            model.answers[name] = answer
            return


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
    if isinstance(value, ValueOf):
        kind, values = "r", _referring(index, suffix, value, where)
    else:
        kind, values = index.condition(suffix, value, where)
    return Condition(kind, name, tuple(values), field, field.spec_of([index]), sub)


def _referring(index: BaseIndex, suffix: str, value: ValueOf, where: str) -> list[Any]:
    """The values of a condition that the server completes with what a field holds."""
    if suffix not in index.referable or index.kind not in ("e", "t", "n"):
        raise ImplementationError(f"{where}: give a value; fields go with =, ranges and prefixes")
    transformed = index.transform_query and index.transform is not None
    if transformed and index.python:
        raise ImplementationError(f"{where}: the transform runs in Python; read the field, give its value")
    kind = "u" if index.kind == "e" and index.unique else index.kind
    return [kind, suffix, value.key, value.entry, "1" if transformed else ""]


def _without_pk(field: FieldSchema, ending: str) -> str:
    """``fk__pk__in`` is ``fk__in``: what the field holds is the pk. (Of many, it is one of those
    that other conditions of the same call may be about.)"""
    head, _, rest = ending.partition("__")
    return rest if field.single and head == "pk" and rest in _endings(field) else ending


def _step_to(relation: Relation, name: str, ending: str, value: Any, plain: Any) -> Node:
    inner = parse(relation.target, ending, value, plain)
    return step(relation, "to", name, (inner,))


def _step_from(model: ModelSchema, name: str, value: Any, plain: Any, where: str) -> Node:
    """``related_name__...=``; the bare name takes objects that point here, or their pks."""
    head, _, ending = name.partition("__")
    relation = model.related(head)
    if relation is None:
        names = ", ".join([*model.fields, *(one.name for one in model.relations_to)]) or "none"
        raise ImplementationError(f"{model.label} has no field {head!r} to filter on; it has {names}")
    if ending in _OPPOSITES:
        return negation(_step_from(model, f"{head}__{_OPPOSITES[ending]}", value, plain, where))
    if ending == "isnull" or (value is None and ending in ("", "eq")):
        return step(relation, "from", name, (), _flag(value if ending == "isnull" else True, where))
    if ending in ("", "eq", "in"):
        ending = f"pk__{ending}" if ending else "pk"
        value = _pks(relation.source, value, where)
    inner = parse(relation.source, ending, value, plain)
    return step(relation, "from", name, (inner,))


def _pks(model: ModelSchema, value: Any, where: str) -> Any:
    """Objects of the model among the values as their pks."""
    if hasattr(value, "get_pk") or isinstance(value, str | bytes | Mapping):
        return model.pk_of(value, where)
    if hasattr(value, "proxy_get") or not isinstance(value, Iterable):  # a field, a number
        return value
    return [model.pk_of(item, where) for item in value]


def _pk_condition(where: str, name: str, suffix: str, value: Any, model: ModelSchema) -> Condition:
    normalize_pk = model.owner.get_field("pk").normalize
    if suffix == "in":
        values = tuple(dict.fromkeys(normalize_pk(item) for item in as_values(value, where)))
    elif suffix in ("", "eq"):
        if value is None:
            raise InvalidValueError(f"{where}: every object has a pk; give one")
        if isinstance(value, ValueOf):
            return Condition("r", name, ("p", "eq", value.key, value.entry, ""))
        values = (normalize_pk(value),)
    else:
        raise ImplementationError(
            f"{where}: a primary key can be filtered with =, __eq, __in, __ne and __not_in"
        )
    return Condition("p", name, values)


def _split(model: ModelSchema, name: str) -> tuple[FieldSchema | None, str]:
    """The field with the longest name that fits (None if none does), and what follows it."""
    parts = name.split("__")
    for count in range(len(parts), 0, -1):
        field = model.fields.get("__".join(parts[:count]))
        if field is not None:
            return field, "__".join(parts[count:])
    return None, ""


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
    """Sub-key, ending and value: from ``h__sub__suffix=v``, or ``h__suffix=(sub, v)``; no sub-key where it
    is asked whether there is anything at all."""
    endings = _endings(field)
    if ending in endings and isinstance(value, tuple) and len(value) == 2:
        return field.encode_key(value[0], where), ending, value[1]
    parts = ending.split("__")
    for count in range(1, len(parts)):  # the longest ending that an index answers
        sub, rest = "__".join(parts[:count]), "__".join(parts[count:])
        if sub and rest in endings:
            return sub, rest, value
    whole = value is None if ending in ("", "eq", "ne") else ending == "isnull" and isinstance(value, bool)
    if whole:
        return "", ending, value
    if not ending:
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
    return Condition("x", name, (_flag(wanted, where),), field, field.spec_of(()), sub)


def _flag(wanted: Any, where: str) -> str:
    if not isinstance(wanted, bool):
        raise InvalidValueError(f"{where}: give True or False")
    return "1" if wanted else "0"
