"""Objects coming into being and changing as a whole, as Ops on the write engine.

How they go is in ``deletion``, how many change at once in ``updating``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from . import compiled
from .call import Call, Op
from .commands.values import collected, paired
from .contents import Contents, Pairs
from .engine import Write, execute, known_of
from .exceptions import CommandError, UniquenessError
from .lua import RENAME
from .parties import ANY, MUST, NEW, ObjectRef
from .refusals import is_for_engine, raise_refusal, refusal
from .schema import HASH, INSTANCE_HASH, LIST, SET, FieldSchema, ModelSchema

__all__ = ["create", "in_collection", "load", "rename", "replace", "update"]


def create(model: ModelSchema, pk: str, contents: Pairs) -> Op:
    """Makes an object, all or nothing; '' as pk asks for the next one. Returns its pk.

    One request. Raises UniquenessError for a pk or a unique value that is taken.
    """
    contents = Contents.of(contents)
    script = compiled.creating(model, contents.fields)
    if script is not None and len(contents.arguments) <= compiled.MAX_ARGUMENTS:
        try:
            return (yield Call((1, model.keys.pks, pk, *contents.arguments), script=script))
        except CommandError as error:
            if not is_for_engine(str(error)):
                raise_refusal(error, model, pk, contents.fields)
                raise
    write = Write(ObjectRef(model, pk, NEW))
    for field, values in contents:
        write.assign(field, values)
        if pk:
            write.declare(field.key(model.keys, pk))
    reply = yield from execute(write)
    return reply[1]


def replace(model: ModelSchema, pk: str, contents: Pairs) -> Op:
    """Makes an object, in place of the one with this pk if there is one, all or nothing. Returns its pk.

    One request. Raises UniquenessError for a unique value that another object holds.
    """
    write = Write(ObjectRef(model, pk, ANY))
    given: dict[FieldSchema, Sequence[Any]] = dict(contents)
    for field in model.fields.values():
        write.assign(field, given.get(field, []))
        write.declare(field.key(model.keys, pk))
    reply = yield from execute(write)
    return reply[1]


def update(model: ModelSchema, pk: str, contents: Pairs) -> Op:
    """Gives several fields of an object their whole new content, all or nothing. One request."""
    contents = Contents.of(contents)
    given, gone = contents.fields, contents.gone
    script = compiled.updating(model, given, gone)
    if script is not None and len(contents.arguments) <= compiled.MAX_ARGUMENTS:
        keys = dict.fromkeys([field.key(model.keys, pk) for field in (*given, *gone)])
        args = (1 + len(keys), model.keys.pks, *keys, pk, *contents.arguments)
        try:
            yield Call(args, script=script)
        except CommandError as error:
            raise_refusal(error, model, pk, given)
            raise
        return True
    write = Write(ObjectRef(model, pk, MUST))
    for field, values in contents:
        write.assign(field, values)
        write.declare(field.key(model.keys, pk))
    yield from execute(write)
    return True


def in_collection(model: ModelSchema, pk: str) -> Op:
    """Whether the object exists (SISMEMBER). One request."""
    reply = yield Call(("SISMEMBER", model.keys.pks, pk))
    return bool(reply)


def load(model: ModelSchema, pks: Sequence[str], fields: Sequence[FieldSchema] | None = None) -> Op:
    """Reads everything that objects hold (or only these fields). One request for all of them.

    Returns for each pk None if there is no such object, else {field name: content}: a text or
    None, a set, a list, a dict of texts, a dict of member to score in the order of the scores.
    """
    wanted = list(model.fields.values()) if fields is None else list(fields)
    keys = [model.keys.pks, *(model.keys.hash(pk) for pk in pks[:1])]
    reply = yield Call((len(keys), *keys, *pks), script=compiled.loading(model, wanted))
    found: list[dict[str, Any] | None] = []
    for at in range(len(pks)):
        contents = reply[at] if at < len(reply) else None  # nulls at the end are lost in Lua
        found.append(None if contents is None else _contents(wanted, contents))
    return found


def _contents(fields: Sequence[FieldSchema], reply: Sequence[Any]) -> dict[str, Any]:
    contents = {}
    for at, field in enumerate(fields):
        contents[field.name] = _content(field, reply[at] if at < len(reply) else None)
    return contents


def _content(field: FieldSchema, flat: Any) -> Any:
    if field.single:
        return field.decode(flat)
    flat = flat or ()
    if field.kind == SET:
        return collected(map(field.decode, flat))
    if field.kind == LIST:
        return [field.decode(item) for item in flat]
    if field.kind == HASH:
        return field.decode_pairs(flat)
    pairs = zip(flat[::2], flat[1::2], strict=True)
    return paired((field.decode(member), float(score)) for member, score in pairs)


def rename(model: ModelSchema, pk: str, new: str) -> Op:
    """Gives an object another pk: keys, index entries, and what points to it. One request.

    Returns how many references followed. Raises DoesNotExist, UniquenessError if the new pk (or, for
    a unique relation, a reference to it) is taken; then nothing has changed.
    """
    endings = ["hash", *(f"field:{f.stored}" for f in model.fields.values() if f.kind != INSTANCE_HASH)]
    indexed = [field for field in model.fields.values() if field.indexes]
    args: list[Any] = [model.keys.prefix, pk, new, len(endings), *endings, len(indexed)]
    for field in indexed:
        args += field.spec
    args.append(len(model.relations_to))
    for relation in model.relations_to:
        field = relation.field
        args += (field.label, relation.source.keys.prefix, *field.spec, *known_of(field, [new]))
        args.append(relation.reverse_index)
    keys = (model.keys.pks, model.keys.hash(pk), model.keys.hash(new))
    reply = yield Call((len(keys), *keys, *args), script=RENAME)
    if reply[0] == 0:
        return reply[1]
    if reply[1] == "NOSUCH":
        raise model.missing(pk)
    if reply[1] == "REFERRER":
        raise _taken(model, new, reply[2], reply[3])
    write = Write(ObjectRef(model, pk))
    write.know(indexed)
    raise refusal(write, reply[1:])


def _taken(model: ModelSchema, new: str, label: str, referrer: str) -> UniquenessError:
    """The error of a unique relation that points to the new pk already."""
    relation = next(relation for relation in model.relations_to if relation.field.label == label)
    pk, shown = relation.source.shown_pk(referrer), model.shown_pk(new)
    return UniquenessError(
        f"{label} of the object with the pk {pk!r} cannot point to {shown!r}: another object does already; "
        "nothing was renamed",
        label,
        shown,
        pk,
    )
