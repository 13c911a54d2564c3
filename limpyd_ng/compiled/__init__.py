"""Scripts compiled for one field or one model: the rules of the write engine, unrolled.

``lua/write.lua`` takes any command on any field, and reads what it has to do from its
arguments. For the writes that most of the work consists of, a script is compiled instead
in which keys, kinds and index rules are constants: the server does what hand-written code
would do, and hardly anything has to be sent. What is not plain (``parts.is_plain``) goes
to the engine. Replies and refusals are those of the engine.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..lua import Script
from ..schema import HASH, FieldSchema, ModelSchema
from .cell import assigning_script, cell_script
from .elements import adding_script, removing_script
from .objects import creating_many_script, creating_script, deleting_script, is_single, loading_script
from .parts import is_plain

__all__ = [
    "MAX_ARGUMENTS",
    "MAX_FIELDS",
    "creating",
    "creating_many",
    "creation_arguments",
    "deleting",
    "loading",
    "writing",
]

#: the most arguments that compiled scripts take (the Lua stack)
MAX_ARGUMENTS = 3000

#: the most fields that a compiled script is about: Lua has limits for one function
MAX_FIELDS = 60

#: the commands that give a field of one value another one, with so many arguments
_ASSIGNS = {"SET": 3, "HSET": 4}
_MANY = {"SADD": "add", "RPUSH": "add", "LPUSH": "add", "SREM": "remove", "ZREM": "remove"}
_WRITERS = {"assign": assigning_script, "cell": cell_script, "add": adding_script, "remove": removing_script}


def writing(model: ModelSchema, field: FieldSchema, args: Sequence[Any]) -> Script | None:
    """The script for this command (its wire arguments) on this indexed field, if there is one."""
    if not is_single(field):
        how = _MANY.get(args[0], "")
    else:
        how = "assign" if len(args) == _ASSIGNS.get(args[0]) else "cell"
    key = (field.stored, how)
    try:
        return model.compiled[key]  # type: ignore[no-any-return]
    except KeyError:
        made = _WRITERS[how](model, field) if how and is_plain(field) else None
        model.compiled[key] = made
        return made


def creating(model: ModelSchema, fields: Sequence[FieldSchema]) -> Script | None:
    """The script that creates an object with values for these fields, if there is one."""
    key = tuple(field.name for field in fields)
    try:
        return model.compiled[key]  # type: ignore[no-any-return]
    except KeyError:
        made = model.compiled[key] = creating_script(model, fields) if _are_plain(fields) else None
        return made


def creating_many(model: ModelSchema, fields: Sequence[FieldSchema]) -> Script | None:
    """The script that creates many objects with values for these fields, if there is one."""
    key = ("many", *(field.name for field in fields))
    try:
        return model.compiled[key]  # type: ignore[no-any-return]
    except KeyError:
        made = model.compiled[key] = creating_many_script(model, fields) if _are_plain(fields) else None
        return made


def creation_arguments(contents: Sequence[tuple[FieldSchema, Sequence[Any]]]) -> list[Any]:
    """What the creating script wants after the pk."""
    arguments: list[Any] = []
    others: list[Any] = []
    for field, values in contents:
        if is_single(field):
            arguments.append(values[0])
        else:
            others.append(len(values))
            others += values
    return arguments + others


def deleting(model: ModelSchema) -> Script | None:
    """The script that deletes an object, if there is one."""
    try:
        return model.compiled["delete"]  # type: ignore[no-any-return]
    except KeyError:
        plain = _are_plain(list(model.fields.values()))
        made = model.compiled["delete"] = deleting_script(model) if plain else None
        return made


def _are_plain(fields: Sequence[FieldSchema]) -> bool:
    return len(fields) <= MAX_FIELDS and all(
        is_plain(field) and not (field.indexes and field.kind == HASH) for field in fields
    )


def loading(model: ModelSchema, fields: Sequence[FieldSchema]) -> Script:
    """The script that reads these fields of objects."""
    key = ("load", *(field.name for field in fields))
    try:
        return model.compiled[key]  # type: ignore[no-any-return]
    except KeyError:
        made = model.compiled[key] = loading_script(model, fields)
        return made
