"""How a native command on a bound field becomes one request.

Commands are methods made from rows (``commands/``). ``_command`` decides how each is sent:
as it is, behind the guard script (a field without indexes), or through the write engine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, time
from typing import TYPE_CHECKING, Any, ClassVar, cast

from redis.exceptions import DataError

from .. import compiled
from ..call import Call, FollowUpRefused, Op
from ..codec import to_text
from ..commands import ENTRY, KEY, Row
from ..commands.recorder import Recorded
from ..commands.values import Shape, one
from ..engine import MAX_GUARDED, Effect, ObjectRef, Write, execute, guarded, raise_refusal
from ..exceptions import (
    CommandError,
    ImplementationError,
    InvalidValueError,
    PipelineError,
    UnsupportedCommandError,
)
from ..keys import FieldKey
from ..lua import GUARD
from ..runners.errors import is_unknown, translate
from ..schema import FieldSchema
from ..static import T
from ..validation import Rules
from .targets import Target, refuse_other_types, resolve

if TYPE_CHECKING:
    from ..model import RedisModel
    from .base import RedisField

__all__ = ["NativeCommands", "commands_from"]

_SENT_AS_IS = {str, bytes, int, float, type(KEY), type(ENTRY)}


def commands_from(*groups: Sequence[Row]) -> Callable[[type[T]], type[T]]:
    """Class decorator: a method for each row, and the ``available_*`` names."""

    def decorate(made: type[T]) -> type[T]:
        cls: Any = made
        rows = {row.name: row for group in groups for row in group}
        cls.rows = rows
        cls.available_getters = tuple(name for name, row in rows.items() if not row.write)
        cls.available_modifiers = tuple(name for name, row in rows.items() if row.write)
        cls.available_commands = cls.available_getters + cls.available_modifiers
        for row in rows.values():
            if row.name not in vars(cls):
                setattr(cls, row.name, _method(row))
        return made

    return decorate


def _method(row: Row) -> Callable[..., Any]:
    # SORT may write another key
    reads = not row.write and row.touch is None and row.name != "sort"
    same = reads or row.alone
    bare: Recorded | None = None

    def method(self: NativeCommands, /, *args: Any, **kwargs: Any) -> Any:
        nonlocal bare
        if args or kwargs or not same:
            return self._command(row, args, kwargs)
        if bare is None:  # the same for every call without arguments
            bare = row.build()
        return self._bare(row, reads, *bare)

    method.__name__ = row.name
    method.__qualname__ = f"RedisField.{row.name}"
    method.__doc__ = f"The Redis command {row.name.upper()} on this field. One request."
    return method


class NativeCommands:
    """The commands of a field; RedisField says where the field is."""

    rows: ClassVar[Mapping[str, Row]] = {}
    available_getters: ClassVar[tuple[str, ...]] = ()
    available_modifiers: ClassVar[tuple[str, ...]] = ()
    available_commands: ClassVar[tuple[str, ...]] = ()

    schema: FieldSchema
    rules: Rules | None
    coerces: bool = False
    _model: type[RedisModel]
    _instance: RedisModel | None

    if TYPE_CHECKING:

        @property
        def holder(self) -> RedisModel: ...
        @property
        def database(self) -> Any: ...
        @property
        def key(self) -> FieldKey: ...

    def post_command(self, sender: Any, name: str, result: Any, args: Any, kwargs: Any) -> Any:
        """Hook: called with each command's result; what it returns is the caller's result."""
        return self.holder.post_command(sender=sender, name=name, result=result, args=args, kwargs=kwargs)

    def _command(self, row: Row, args: Any, kwargs: Any, then: Callable[[Any], Any] | None = None) -> Any:
        instance = self._instance or self.holder
        as_is = not kwargs and _SENT_AS_IS.issuperset(map(type, args))
        try:
            wire, options = row.build(*args) if as_is else row.build(*_plain(args), **_plain(kwargs))
        except DataError as error:
            raise translate(error) from error
        if self.schema.encoded:
            wire, then = self._typed(row, wire, then)
        if not (as_is or _SENT_AS_IS.issuperset(map(type, wire))):
            wire = tuple(to_text(item) if isinstance(item, date | time) else item for item in wire)
        op: Op | Call
        if row.alone:
            if self.schema.tracked or None in wire:
                self._refuse_unfit(row, wire)
            op = self._direct(instance, row, wire, options)
        else:
            op = self._other(row, wire, options)
        if then is not None:
            op = _mapped(op, then)
        if instance.has_hook or type(self).post_command is not NativeCommands.post_command:
            op = self._hooked(op, row.name, args, kwargs)
        return (self._model.database or self.database).run(op)

    def _other(self, row: Row, wire: Sequence[Any], options: dict[str, Any]) -> Op | Call:
        """A read, or a write with more to it than one value."""
        targets = [(at, touches) for at, touches in row.targets(wire) if at < len(wire)]
        if row.write or targets:
            return self._write(row, wire, options, targets)
        if row.touch is not None and self.schema.tracked and not self.holder.is_new:
            return self._write(row, wire, options, targets)
        return self._read(row, wire, options)

    def _typed(
        self, row: Row, wire: Sequence[Any], then: Callable[[Any], Any] | None
    ) -> tuple[tuple[Any, ...], Callable[[Any], Any] | None]:
        """The wire arguments with values as texts, and what makes values of those in the reply."""
        schema = self.schema
        where = f"{schema.label}.{row.name}"
        args = list(wire)
        ruled = row.write and self.rules is not None
        stored = (row.stores or row.encodes)(wire) if ruled else ()
        for at in row.encodes(wire):
            args[at] = self.encode(args[at], where, at in stored)
        for at in row.encodes_keys(wire):
            args[at] = schema.encode_key(args[at], where)
        shape = row.decodes
        if shape is None:
            return tuple(args), then
        if shape is one:
            decode = schema.decode
            return tuple(args), decode if then is None else lambda reply: then(decode(reply))

        def read(reply: Any) -> Any:
            values = shape(wire, reply, schema.decode, schema.decode_key)
            return values if then is None else then(values)

        return tuple(args), read

    def encode(self, value: Any, where: str, written: bool) -> str | bytes:
        """One value as text; a ``written`` one has to meet the rules. Raises InvalidValueError."""
        text = self.schema.encode(value, where)
        if written and self.rules is not None:
            self.rules.check(self.schema.decode(text) if self.coerces else value, where)
        return text

    def check_texts(self, texts: Sequence[Any], where: str) -> None:
        """Checks texts that a command of another field brings here. Raises InvalidValueError."""
        if self.rules is not None:
            for text in texts:
                self.rules.check(self.schema.decode(text) if self.coerces else text, where)

    def _hooked(self, op: Op | Call, name: str, args: Any, kwargs: Any) -> Op:
        result = (yield op) if isinstance(op, Call) else (yield from op)
        return self.post_command(self, name, result, args, kwargs)

    def _wired(self, wire: Sequence[Any]) -> list[Any]:
        """The wire arguments with the key and the hash entry in their places."""
        key, entry = self.key, self.schema.stored
        return [key if item is KEY else entry if item is ENTRY else item for item in wire]

    def _bare(self, row: Row, reads: bool, wire: Sequence[Any], options: dict[str, Any]) -> Any:
        """A command without arguments, of which nothing is left to be found out."""
        instance = self._instance or self.holder
        if not reads and self.schema.tracked:
            self._refuse_unfit(row, wire)
        op: Op | Call
        op = self._read(row, wire, {**options}) if reads else self._direct(instance, row, wire, {**options})
        shape = row.decodes
        if self.schema.encoded and shape is not None:
            op = self._decoded(op, shape, wire)
        if instance.has_hook or type(self).post_command is not NativeCommands.post_command:
            op = self._hooked(op, row.name, (), {})
        return (self._model.database or self.database).run(op)

    def _decoded(self, op: Op | Call, shape: Shape, wire: Sequence[Any]) -> Op:
        reply = (yield op) if isinstance(op, Call) else (yield from op)
        schema = self.schema
        return schema.decode(reply) if shape is one else shape(wire, reply, schema.decode, schema.decode_key)

    # reads

    def _read(self, row: Row, wire: Sequence[Any], options: dict[str, Any]) -> Op | Call:
        options.pop("keys", None)
        call = Call(self._wired(wire), options)
        if self.holder.connected and row.since[0] == "6.2":
            return call
        return self._checked_read(row, call)

    def _checked_read(self, row: Row, call: Call) -> Op:
        """A read of an object that may not exist: nothing found means a second look."""
        try:
            reply = yield call
        except CommandError as error:
            raise _named(error, row) from error
        instance = self.holder
        if not instance.connected and _is_nothing(reply):
            try:
                exists = yield Call(("SISMEMBER", self._model.schema.keys.pks, instance.stored_pk()))
            except FollowUpRefused:
                return reply
            if not exists:
                raise self._model.schema.missing(instance.stored_pk())
            instance.set_connected()
        return reply

    # writes

    def _write(
        self, row: Row, wire: Sequence[Any], options: dict[str, Any], targets: list[tuple[int, Any]]
    ) -> Op | Call:
        options.pop("keys", None)
        self._refuse_unfit(row, wire)
        found = [resolve(self.database, wire[at], at, touches) for at, touches in targets]
        if targets or row.name.endswith("store"):
            refuse_other_types(cast("RedisField[Any]", self), row, wire, found)
        for field in [target.field for target in found if target is not None]:
            field.check_texts(row.news(wire), f"{self.schema.label}.{row.name} to {field.schema.label}")
        if row.blocking:
            return self._blocking(row, wire, options, found)
        return self._atomic(row, wire, options, [target for target in found if target is not None])

    def _refuse_unfit(self, row: Row, wire: Sequence[Any]) -> None:
        if None in wire:
            raise InvalidValueError(
                f"{self.schema.label}.{row.name}: None cannot be stored; use delete() to remove a value"
            )
        if self.schema.tracked and row.expires(wire):
            raise ImplementationError(
                f"{self.schema.label} is indexed (or part of an index): {row.name} would let the value "
                "expire while its index entries stay; use a field without indexes"
            )

    def _blocking(
        self, row: Row, wire: Sequence[Any], options: dict[str, Any], targets: list[Target | None]
    ) -> Op:
        schemas = [self.schema, *(target.field.schema for target in targets if target is not None)]
        if any(schema.limits is not None for schema in schemas):
            raise ImplementationError(
                f"{row.name} waits for a value, so it cannot be one atomic step with counting what is there; "
                f"use {row.name.removeprefix('b')} on fields with min_items or max_items"
            )
        if any(schema.tracked for schema in schemas):
            raise ImplementationError(
                f"{row.name} waits for a value, so it cannot be one atomic step with its index entries; "
                f"use {row.name.removeprefix('b')} on indexed fields"
            )
        call = Call(self._wired(wire), options)
        refs = [target.ref for target in targets if target is not None]
        if not self.holder.connected:
            refs.append(ObjectRef(self._model.schema, self.holder.stored_pk()))
        return self._awaited(row, call, refs)

    def _awaited(self, row: Row, call: Call, refs: list[ObjectRef]) -> Op:
        """A blocking command, once the objects it writes to are known to exist."""
        try:
            for ref in refs:
                exists = yield Call(("SISMEMBER", ref.model.keys.pks, ref.pk))
                if not exists:
                    raise ref.model.missing(ref.pk)
            reply = yield call
        except FollowUpRefused:
            raise PipelineError(
                f"{row.name} has to look first whether its objects exist; run it outside the pipeline"
            ) from None
        except CommandError as error:
            raise _named(error, row) from error
        return reply

    def _direct(self, instance: RedisModel, row: Row, wire: Sequence[Any], options: dict[str, Any]) -> Op:
        """The command by the shortest script that keeps the promises: behind the guard where nothing is
        indexed, or by one compiled for the field. If there is none, through the write engine."""
        schema, model = self.schema, self._model.schema
        found, pk = None, instance._pk
        if wire[1] is KEY and pk is not None and schema.limits is None:
            if schema.tracked:
                found = compiled.writing(model, schema, wire)
            elif wire[0] != "INCRBYFLOAT" and len(wire) <= MAX_GUARDED:
                found = GUARD, compiled.unbound(schema, wire)
        if found is None or pk is None or instance._deleted:
            return (yield from self._atomic(row, wire, options, []))
        script, args = found
        options.pop("keys", None)
        keys = model.keys
        call = Call((2, keys.pks, schema.key(keys, pk), pk, *args), None, script, (None, wire[0], options))
        try:
            reply = yield call
        except CommandError as error:
            raise_refusal(error, model, pk, [schema])
            raise _named(error, row) from error
        instance._connected = True
        return reply

    def _atomic(self, row: Row, wire: Sequence[Any], options: dict[str, Any], targets: list[Target]) -> Op:
        """The command through the write engine, or behind the guard where nothing is indexed."""
        instance = self.holder
        schema, model = self.schema, self._model.schema
        created = instance.is_new
        pk = "" if created else instance.stored_pk()
        args = wire if created else self._wired(wire)
        options.pop("keys", None)
        if not (created or targets or schema.watched or len(args) > MAX_GUARDED):
            op = guarded(model, pk, self._resp3(row), args, options)
        else:
            refs = [target.ref for target in targets]
            write = (
                instance.new_write(*refs, writing=schema.name)
                if created
                else Write(ObjectRef(model, pk), *refs)
            )
            effects = self._effects(row, args, targets)
            write.native(
                [schema.stored if item is ENTRY else item for item in args],
                effects,
                fill=next(at for at, item in enumerate(wire, 1) if item is KEY) if created else 0,
                resp3=self._resp3(row),
                parts=row.parts(args) if row.parts else None,
            )
            if not created:
                write.declare(self.key, *[target.field.key for target in targets])
            op = self._executed(write, (str(args[0]), options), created)
        try:
            reply = yield from op
        except CommandError as error:
            raise _named(error, row) from error
        finally:
            if created and instance.is_pending:
                instance.did_not_come_into_being()
        instance.set_connected()
        return reply

    def _resp3(self, row: Row) -> bool:
        return row.resp3 and self.database.runner.protocol == 3

    def _effects(self, row: Row, args: Sequence[Any], targets: list[Target]) -> list[Effect]:
        schema = self.schema
        effects = []
        if row.touch is not None or not targets or self.holder.is_new:
            touches = row.touch(args) if row.touch is not None and schema.watched else []
            news = row.news(args) if schema.python and not targets else []
            effects.append(Effect(schema, 1, touches, news))
        for number, target in enumerate(targets, 2):
            effects.append(Effect(target.field.schema, number, target.touches, row.news(args)))
        return effects

    def _executed(self, write: Write, inner: tuple[str, dict[str, Any]], created: bool) -> Op:
        reply = yield from execute(write, inner)
        if created:
            self.holder.came_into_being(reply[1])
        return reply[2] if len(reply) > 2 else None


def _mapped(op: Op | Call, then: Callable[[Any], Any]) -> Op:
    return then((yield op) if isinstance(op, Call) else (yield from op))


def _plain(value: Any) -> Any:
    """Bound fields among the arguments as their keys."""
    if isinstance(value, NativeCommands):
        return value.key
    if isinstance(value, tuple):
        return tuple(_plain(item) for item in value)
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {_plain(key): _plain(item) for key, item in value.items()}
    return value


def _is_nothing(reply: Any) -> bool:
    """Whether a read may have found no key at all, which makes a lazy instance look again."""
    if isinstance(reply, list | tuple):
        return all(_is_nothing(item) for item in reply)
    return not reply or reply in (-1, -2, "none")


def _named(error: CommandError, row: Row) -> Exception:
    """An unknown command as an error that says which version has it."""
    if not is_unknown(error):
        return error
    servers = zip(("Redis", "Valkey"), row.since, strict=True)
    needed = " or ".join(f"{name} {version}" for name, version in servers if version != "none yet")
    return UnsupportedCommandError(
        f"{row.name.upper()} needs {needed} or later; the connected server does not have it"
    )
