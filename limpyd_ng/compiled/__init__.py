"""Scripts compiled for one field or one model: the rules of the write engine, unrolled.

``lua/write.lua`` takes any command on any field, and reads what it has to do from its
arguments. For the writes that most of the work consists of, a script is compiled instead
in which keys, kinds and index rules are constants: the server does what hand-written code
would do, and hardly anything has to be sent. What is not plain (``parts.is_plain``) goes
to the engine. Replies and refusals are those of the engine.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..commands import ENTRY, KEY
from ..lua import Script
from ..schema import HASH, INSTANCE_HASH, FieldSchema, ModelSchema
from .batches import creating_many_script
from .cell import cell_script
from .creation import creating_script
from .elements import adding_script, removing_script
from .objects import deleting_script, loading_script
from .parts import is_plain
from .updates import assigning_script

__all__ = [
    "MAX_ARGUMENTS",
    "MAX_FIELDS",
    "MAX_KEYS",
    "MAX_REPLACED",
    "MAX_SHAPES",
    "MAX_UPDATED",
    "creating",
    "creating_many",
    "deleting",
    "loading",
    "unbound",
    "updating",
    "writing",
]

#: the most arguments that compiled scripts take (the Lua stack)
MAX_ARGUMENTS = 3000

#: the most fields that a compiled script is about, and those of them that have a key of their own: Lua
#: has limits for one function
MAX_FIELDS, MAX_KEYS = 60, 40

#: the most fields of one ``update`` by a compiled script, which has a few variables for each, and those of
#: them that hold many values, which take more
MAX_UPDATED, MAX_REPLACED = 30, 20

#: the most shapes of objects (which fields have a value) that there are scripts for
MAX_SHAPES = 100

#: the commands that give a field of one value another one, with so many arguments
_ASSIGNS = {"SET": 3, "HSET": 4}
#: those that name one sub-key of a hash, with so many arguments
_OF_ONE_SUB_KEY = {"HSET": 4, "HSETNX": 4, "HINCRBY": 4, "HINCRBYFLOAT": 4, "HDEL": 3}
#: those that add or take out elements, ZADD without flags
_MANY = {
    **dict.fromkeys(("SADD", "RPUSH", "LPUSH", "ZADD"), "add"),
    **dict.fromkeys(("SREM", "ZREM"), "remove"),
}
_WRITERS: dict[str, Callable[[ModelSchema, FieldSchema], Script]] = {
    "assign": lambda model, field: assigning_script(model, [field]),
    "cell": cell_script,
    "add": adding_script,
    "remove": removing_script,
}


def writing(
    model: ModelSchema, field: FieldSchema, wire: Sequence[Any]
) -> tuple[Script, Sequence[Any]] | None:
    """The script for this command (as it was recorded) on this indexed field, if there is one, and what it
    takes after the pk."""
    command = wire[0]
    if field.single:
        how = "assign" if len(wire) == _ASSIGNS.get(command) else "cell"
    elif field.kind == HASH:
        how = "cell" if len(wire) == _OF_ONE_SUB_KEY.get(command) else ""
    else:
        how = _MANY.get(command, "")
    key = (field.stored, how)
    try:
        script = model.compiled[key]
    except KeyError:
        script = _WRITERS[how](model, field) if how and is_plain(field) else None
        model.compiled[key] = script
    if script is None or len(wire) > MAX_ARGUMENTS:
        return None
    if how == "assign":
        return script, wire[-1:]
    return script, unbound(field, wire)


def unbound(field: FieldSchema, wire: Sequence[Any]) -> Sequence[Any]:
    """A recorded command for scripts that know the key, which comes first in it."""
    if field.kind == INSTANCE_HASH:
        return [wire[0], *(field.stored if item is ENTRY else item for item in wire[2:])]
    return (wire[0], *wire[2:])


def updating(model: ModelSchema, given: Sequence[FieldSchema], gone: Sequence[FieldSchema]) -> Script | None:
    """The script that gives these fields of an object another content, and takes those of others away, if
    there is one."""
    fields = (*given, *gone)
    if not 0 < len(fields) <= MAX_UPDATED:
        return None
    key = ("update", *given, None, *gone)
    try:
        return model.compiled[key]  # type: ignore[no-any-return]
    except KeyError:
        if sum(not field.single for field in fields) > MAX_REPLACED:
            return None
        return _of_shape(model, key, fields, lambda: assigning_script(model, given, gone))


def creating(model: ModelSchema, fields: Sequence[FieldSchema]) -> Script | None:
    """The script that creates an object with values for these fields, if there is one."""
    key = ("create", *fields)
    try:
        return model.compiled[key]  # type: ignore[no-any-return]
    except KeyError:
        return _of_shape(model, key, fields, lambda: creating_script(model, fields))


def creating_many(model: ModelSchema, fields: Sequence[FieldSchema], gaps: bool = False) -> Script | None:
    """The script that creates many objects with values for these fields (with ``gaps``: for some of them),
    if there is one."""
    key = ("many", gaps, *fields)
    try:
        return model.compiled[key]  # type: ignore[no-any-return]
    except KeyError:
        return _of_shape(model, key, fields, lambda: creating_many_script(model, fields, gaps))


def _of_shape(
    model: ModelSchema, key: Any, fields: Sequence[FieldSchema], make: Callable[[], Script]
) -> Script | None:
    """Makes the script for one of the many shapes that objects, or changes of them, may have."""
    if model.shapes >= MAX_SHAPES:  # somebody whose objects have any shape: the engine does it
        return None
    model.shapes += 1
    made = model.compiled[key] = make() if _are_plain(fields) else None
    return made


def deleting(model: ModelSchema) -> Script | None:
    """The script that deletes an object, if there is one."""
    try:
        return model.compiled["delete"]  # type: ignore[no-any-return]
    except KeyError:
        plain = _are_plain(list(model.fields.values()))
        made = model.compiled["delete"] = deleting_script(model) if plain else None
        return made


def _are_plain(fields: Sequence[FieldSchema]) -> bool:
    return (
        len(fields) <= MAX_FIELDS
        and sum(field.kind != INSTANCE_HASH for field in fields) <= MAX_KEYS
        and all(map(is_plain, fields))
    )


def loading(model: ModelSchema, fields: Sequence[FieldSchema]) -> Script:
    """The script that reads these fields of objects."""
    key = ("load", *fields)
    try:
        return model.compiled[key]  # type: ignore[no-any-return]
    except KeyError:
        made = model.compiled[key] = loading_script(model, fields)
        return made
