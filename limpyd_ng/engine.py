"""The client's side of the write engine (``lua/write.lua``).

A ``Write`` collects objects and steps as data and gives one ``Call``. ``execute`` is the
Op around it: it sends the Call, turns a refusal into an exception, and answers the one
question the engine may ask back, which is what a Python transform makes of a value that
only the server knew.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from .call import Call, FollowUpRefused, Op
from .codec import to_text
from .commands.row import Touch
from .exceptions import PipelineError
from .lua import GUARD_ANY, WRITE
from .parties import ObjectRef, Parties
from .refusals import no_value, refusal
from .schema import FieldSchema, ModelSchema

__all__ = [
    "Effect",
    "Reference",
    "Write",
    "execute",
    "guarded",
    "known_of",
    "references",
    "target_of",
]

#: the longest list of arguments that the guard script can pass on (the Lua stack)
MAX_GUARDED = 7000


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
            raise no_value(self.label)
        return value


class Write(Parties):
    """One request to the write engine."""

    def __init__(self, *objects: ObjectRef) -> None:
        super().__init__(*objects)
        #: each step: static arguments, or a field whose transforms may have to be learnt
        self._steps: list[list[Any]] = []
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
