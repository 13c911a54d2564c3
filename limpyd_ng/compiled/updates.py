"""Fields of one object that get their whole new content, one or several: HSET, SET, ``update``, ``hmset``."""

from __future__ import annotations

from collections.abc import Sequence

from ..lua import Script
from ..schema import INSTANCE_HASH, FieldSchema, ModelSchema
from .cell import Cells
from .parts import Steps, object_is_there, script
from .wholes import Wholes

__all__ = ["assigning_script"]


def assigning_script(
    model: ModelSchema, given: Sequence[FieldSchema], gone: Sequence[FieldSchema] = ()
) -> Script:
    """The script that gives plain fields another content, and takes those of others away.

    KEYS 1: the collection, 2...: the keys of the values, each once. ARGV 1: pk, then the contents as
    ``Contents.arguments`` has them. Reply: that of the first HSET, SET... Errors: those of Redis, or a
    refusal; nothing changed.
    """
    keys = _keys((*given, *gone))
    names = list(dict.fromkeys(keys.values()))
    single = [field for field in given if field.single]
    cells = Cells(model, single, [field for field in gone if field.single], keys)
    wholes = Wholes(
        model,
        [field for field in given if not field.single],
        [field for field in gone if not field.single],
        keys,
    )
    steps = Steps()
    cells.write(steps)
    steps.keep("answer")
    cells.follow(steps)
    wholes.follow(steps)  # before the contents: where memory is short, new entries are refused
    wholes.write(steps)
    return script(
        "assigning",
        [
            f"local pk, call, {', '.join(names)} = ARGV[1], redis.pcall, {_places('KEYS', 2, len(names))}",
            f"local {', '.join(cells.new.values())} = {_places('ARGV', 2, len(single))}" if single else "",
            *wholes.taken(2 + len(single)),
            *object_is_there(),
            *cells.checked(),
            *cells.read(),
            *wholes.read(),
            "local reply, answer",
            *steps.code("answer"),
            "return failure",
        ],
    )


def _keys(fields: Sequence[FieldSchema]) -> dict[FieldSchema, str]:
    """The variable of the key of each field; those in the hash of the object share one."""
    places = {field: "" if field.kind == INSTANCE_HASH else field.stored for field in fields}
    names = {place: f"key{number}" for number, place in enumerate(dict.fromkeys(places.values()), 1)}
    return {field: names[place] for field, place in places.items()}


def _places(table: str, first: int, count: int) -> str:
    return ", ".join(f"{table}[{number}]" for number in range(first, first + count))
