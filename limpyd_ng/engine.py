"""The client's side of the write engine (``lua/write.lua``).

A ``Write`` collects objects and steps as data and gives one ``Call``. ``execute`` is the
Op around it: it sends the Call, turns a refusal into an exception, and answers the one
question the engine may ask back, which is what a Python transform makes of a value that
only the server knew.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from .call import Call, FollowUpRefused, Op
from .codec import to_text
from .codecs.base import PLACES
from .commands.row import Touch
from .exceptions import (
    CommandError,
    ImplementationError,
    InvalidValueError,
    NotANumberError,
    PipelineError,
    UniquenessError,
)
from .lua import GUARD_ANY, REFUSED, WRITE
from .schema import FieldSchema, ModelSchema

__all__ = [
    "Effect",
    "ObjectRef",
    "Reference",
    "Write",
    "execute",
    "guarded",
    "is_for_engine",
    "known_of",
    "raise_refusal",
    "references",
    "refusal",
    "refused_by",
    "target_of",
]

#: the modes of an object in a write
MUST, NEW, ANY = "must", "new", "any"

#: the refusal of a script at the end of an error
_REFUSED = re.compile(rf"{REFUSED}[A-Z]+(?: [0-9a-f]*)*$")
#: the refusals that tell a value, in hex
_WITH_VALUE = ("UNIQUE", "NAN")

#: the longest list of arguments that the guard script can pass on (the Lua stack)
MAX_GUARDED = 7000


class ObjectRef:
    """An object taking part in a write: its model, its pk ('' is the next automatic one)."""

    __slots__ = ("mode", "model", "pk")

    def __init__(self, model: ModelSchema, pk: str, mode: str = MUST) -> None:
        self.model = model
        self.pk = pk
        self.mode = mode


class Effect:
    """What a command may change in one field of one object, and the values known to come."""

    __slots__ = ("field", "news", "object", "touches")

    def __init__(
        self, field: FieldSchema, object: int, touches: Sequence[Touch], news: Sequence[Any] = ()
    ) -> None:
        self.field = field
        self.object = object
        self.touches = touches
        self.news = news


class Reference(str):
    """Stands in a write for the value of another field, which the server reads in the same step."""

    __slots__ = ("entry", "key", "label")
    key: str
    entry: str
    label: str

    def __new__(cls, key: str, entry: str, label: str) -> Reference:
        self = super().__new__(cls, f"the value of {label}")
        self.key, self.entry, self.label = key, entry, label
        return self

    def read(self) -> Op:
        """Reads the value, for a command that is no write. One request."""
        call = Call(("HGET", self.key, self.entry) if self.entry else ("GET", self.key))
        value = yield call
        if value is None:
            raise _no_value(self.label)
        return value


class Write:
    """One request to the write engine."""

    def __init__(self, *objects: ObjectRef) -> None:
        self.objects = objects
        #: each step: static arguments, or a field whose transforms may have to be learnt
        self._steps: list[list[Any]] = []
        self._fields: dict[str, FieldSchema] = {}
        self._learnt: dict[str, list[Any]] = {}
        self._keys: list[str] = []

    def native(
        self,
        args: Sequence[Any],
        effects: Sequence[Effect],
        *,
        fill: int = 0,
        resp3: bool = False,
        parts: tuple[int, int] | None = None,
    ) -> None:
        """Adds a native command; ``fill`` is where (from 1) the server puts the first key."""
        start, group = parts if parts is not None else (0, 0)
        step: list[Any] = [
            "native",
            "3" if resp3 else "",
            start + 1,
            group,
            fill,
            len(args),
            *args,
            len(effects),
        ]
        for effect in effects:
            self._field(step, effect.object, effect.field, effect.news)
            step.append(len(effect.touches))
            for how, values in effect.touches:
                step += (how, len(values), *values)
        self._steps.append(step)

    def assign(self, field: FieldSchema, values: Sequence[Any], object: int = 1) -> None:
        """Adds the whole new content of a field; no value removes it."""
        step: list[Any] = ["assign"]
        raws: Sequence[Any] = values
        if field.kind in ("h", "z"):
            raws = values[1::2]
        self._field(step, object, field, raws)
        step += (len(values), *values)
        self._steps.append(step)

    def declare(self, *keys: str) -> None:
        """Names keys of the objects that are known now, for KEYS."""
        self._keys += keys

    def _field(self, step: list[Any], object: int, field: FieldSchema, raws: Sequence[Any]) -> None:
        step += (object, *field.spec)
        # the place of the known transforms, filled by call()
        step.append((field, raws) if field.python else 0)
        step.append(target_of(field))
        self._fields[field.stored] = field

    def call(self) -> Call:
        """The request, with every transform that is known by now."""
        args: list[Any] = [len(self.objects)]
        for ref in self.objects:
            args += (ref.model.keys.prefix, ref.pk, ref.mode)
        args.append(len(self._steps))
        for step in self._steps:
            for item in step:
                if type(item) is tuple:
                    args += self._known(*item)
                else:
                    args.append(item)
        keys = [ref.model.keys.pks for ref in self.objects] + self._keys
        return Call((len(keys), *keys, *references(args), *args), script=WRITE)

    def _known(self, field: FieldSchema, raws: Sequence[Any]) -> list[Any]:
        return known_of(field, [*raws, *self._learnt.get(field.stored, ())])

    def learn(self, stored: str, raws: Sequence[Any]) -> None:
        """Takes note of values whose transforms the engine asked for."""
        self._learnt.setdefault(stored, []).extend(raws)

    def know(self, fields: Iterable[FieldSchema]) -> None:
        """Takes note of fields that a refusal may name."""
        self._fields.update((field.stored, field) for field in fields)

    def model_of(self, field: FieldSchema) -> ModelSchema:
        """The model that has this field, among those of the objects."""
        models = [ref.model for ref in self.objects]
        return next((model for model in models if model.fields.get(field.name) is field), models[0])

    def field(self, stored: str) -> FieldSchema:
        """The field that a refusal names."""
        return self._fields[stored]


def references(args: Sequence[Any]) -> list[Any]:
    """What the engine fills in before it starts: for each Reference its place, key and entry.

    Comes before the other arguments."""
    found = [(place, item) for place, item in enumerate(args, 1) if type(item) is Reference]
    shift = 1 + 4 * len(found)
    filled: list[Any] = [len(found)]
    for place, reference in found:
        filled += (shift + place, reference.key, reference.entry, reference.label)
    return filled


def known_of(field: FieldSchema, raws: Iterable[Any]) -> list[Any]:
    """What the Python transforms of a field make of values, as the scripts take it."""
    known: list[Any] = []
    count = 0
    texts = {to_text(raw, field.label) for raw in raws if type(raw) is not Reference} if field.python else ()
    for number, index in field.python:
        for text in texts:
            result = index.known(text)
            known += (number, text, "0" if result is None else "1", "" if result is None else result)
            count += 1
    return [count, *known]


def target_of(field: FieldSchema) -> str:
    """The collection that the values of a relation have to be in, or ''."""
    relation = field.relation
    return relation.target.keys.pks if relation is not None and relation.must_exist else ""


def execute(write: Write, inner: tuple[str, dict[str, Any]] | None = None) -> Op:
    """Sends a Write; returns the engine's reply ``[0, pk, replies...]``.

    ``inner`` is the native command whose reply redis-py's callback is to decode. One
    request; one more each time a Python transform has to be computed for a value that only
    the server knew. Raises DoesNotExist, UniquenessError, NotANumberError, and
    PipelineError where a second request cannot be sent.
    """
    while True:
        call = write.call()
        call.inner = (2, *inner) if inner else None
        try:
            reply = yield call
        except FollowUpRefused:
            raise PipelineError(
                "a field with a Python transform was written by a command whose result only the server "
                "knows; in a pipeline use a command that names the new value, or a declarative transform"
            ) from None
        if reply[0] == 0:
            return reply
        if reply[1] == "NEED":
            write.learn(reply[2], reply[3:])
            continue
        raise refusal(write, reply[1:])


def guarded(model: ModelSchema, pk: str, resp3: bool, args: Sequence[Any], options: dict[str, Any]) -> Op:
    """Sends any command on a field without indexes, if the object exists. One request.

    Where nothing about it is special, GUARD does so for less.
    """
    flagged = (2, model.keys.pks, args[1], pk, "3" if resp3 else "", *args)
    reply = yield Call(flagged, script=GUARD_ANY, inner=(1, str(args[0]), options))
    if reply[0] == 0:
        return reply[1] if len(reply) > 1 else None
    raise model.missing(pk)


def raise_refusal(
    error: CommandError, model: ModelSchema, pk: str, fields: Iterable[FieldSchema] = ()
) -> None:
    """Raises the exception for what a script refused by an error; nothing for another error."""
    refused = refused_by(str(error), model, pk, fields)
    if refused is not None:
        raise refused from None


def refused_by(
    text: str, model: ModelSchema, pk: str, fields: Iterable[FieldSchema] = ()
) -> Exception | None:
    """The exception for what a script refused by an error of this text (``lua/lib/refused.lua``), None
    for another error. In a pipeline redis-py puts the command before the words of the script."""
    found = _REFUSED.search(text)
    if found is None:
        return None
    reason, *words = found[0].removeprefix(REFUSED).split(" ")
    if reason == "NOSUCH":
        return model.missing(pk)
    texts = [bytes.fromhex(word).decode("utf-8", "surrogateescape") for word in words]
    if reason in _WITH_VALUE:  # which stays in hex
        texts[1] = words[1]
    write = Write(ObjectRef(model, pk))
    write.know(fields)
    return refusal(write, [reason, *texts])


def is_for_engine(text: str) -> bool:
    """Whether this error of a compiled script leaves a creation to the engine."""
    return text.endswith(f"{REFUSED}ENGINE")


def refusal(write: Write, reply: Sequence[Any]) -> Exception:
    """The exception for what the engine refused; nothing was written."""
    reason = reply[0]
    if reason == "NOSUCH":
        ref = write.objects[int(reply[1]) - 1]
        return ref.model.missing(ref.pk)
    if reason == "EXISTS":
        ref = write.objects[0]
        name = f"{ref.model.label}.{ref.model.pk_name}"
        pk = ref.model.shown_pk(reply[1])
        return UniquenessError(f"{name}: an object with the pk {pk!r} exists already", name, pk, pk)
    if reason == "INWAY":
        return ImplementationError(f"the key {reply[1]!r} is in the way: it exists, and belongs to no object")
    if reason == "TOOMANY":
        return InvalidValueError(
            f"a command of {reply[1]} arguments is too long for one atomic write; split it"
        )
    if reason == "NOVALUE":
        return _no_value(reply[1])
    if reason == "TOGETHER":
        return _together(write, *reply[1:])
    if reason == "COUNT":
        return write.field(reply[1]).count_error(int(reply[2]))
    field, value = write.field(reply[1]), bytes.fromhex(reply[2]).decode("utf-8", "backslashreplace")
    if reason == "NAN":
        return _unfit(field, value)
    if reason == "NOTARGET" and field.relation is not None:
        target = field.relation.target
        shown = target.shown_pk(value)
        return target.does_not_exist(f"{field.label}: no {target.label} has the pk {shown!r}")
    holder = write.model_of(field).shown_pk(reply[3])
    message = f"{field.label}: the value {_short(value)} is already held by the object with the pk {holder!r}"
    return UniquenessError(message, field.label, value, holder)


def _unfit(field: FieldSchema, value: str) -> InvalidValueError:
    """The error for a value that an index with scores cannot take."""
    if field.codec is not None and field.codec.order == PLACES:
        return InvalidValueError(f"{field.label}: {value!r} is no place, and the field has a GeoIndex")
    return NotANumberError(f"{field.label}: {value!r} is not a number, and the field has a number index")


def _no_value(label: str) -> InvalidValueError:
    return InvalidValueError(f"{label} holds no value that could be given")


def _together(write: Write, stored: str, label: str, pk: str, *hexes: str) -> UniquenessError:
    index = next(
        index
        for ref in write.objects
        for field in ref.model.fields.values()
        for index in field.indexes
        if field.stored == stored and index.label == label
    )
    values = tuple(bytes.fromhex(each).decode("utf-8", "backslashreplace") for each in hexes)
    names = ", ".join([index.where, *(other.name for other in index.others)])
    shown = ", ".join(map(_short, values))
    holder = write.model_of(index.field).shown_pk(pk)
    message = f"{names}: the values {shown} are held together by the object with the pk {holder!r} already"
    return UniquenessError(message, names, values, holder)


def _short(value: str) -> str:
    return repr(value) if len(value) <= 200 else f"{value[:200]!r}... ({len(value)} characters)"
