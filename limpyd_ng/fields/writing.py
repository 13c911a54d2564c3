"""How a native command that writes becomes one atomic request.

Behind the guard script (a field without indexes), by a script compiled for the field, or through the
write engine.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

from .. import compiled
from ..call import Call, FollowUpRefused, Op
from ..commands import ENTRY, KEY, Row
from ..engine import MAX_GUARDED, Effect, Write, execute, guarded
from ..exceptions import CommandError, PipelineError
from ..lua import GUARD
from ..parties import ObjectRef
from ..refusals import raise_refusal
from .bound import Bound
from .refusals import named, refuse_unfit, refuse_waiting
from .targets import Target, refuse_other_types, resolve

if TYPE_CHECKING:
    from ..model import RedisModel
    from .base import RedisField

__all__ = ["Writing"]


class Writing(Bound):
    """Sends commands in a script that keeps what the field promises."""

    def _write(
        self, row: Row, wire: Sequence[Any], options: dict[str, Any], targets: list[tuple[int, Any]]
    ) -> Op | Call:
        options.pop("keys", None)
        refuse_unfit(self.schema, row, wire)
        found = [resolve(self.database, wire[at], at, touches) for at, touches in targets]
        if targets or row.name.endswith("store"):
            refuse_other_types(cast("RedisField[Any]", self), row, wire, found)
        for field in [target.field for target in found if target is not None]:
            field.check_texts(row.news(wire), f"{self.schema.label}.{row.name} to {field.schema.label}")
        if row.blocking:
            return self._blocking(row, wire, options, found)
        return self._atomic(row, wire, options, [target for target in found if target is not None])

    def _blocking(
        self, row: Row, wire: Sequence[Any], options: dict[str, Any], targets: list[Target | None]
    ) -> Op:
        schemas = [self.schema, *(target.field.schema for target in targets if target is not None)]
        refuse_waiting(row, schemas)
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
            raise named(error, row) from error
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
            raise named(error, row) from error
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
            raise named(error, row) from error
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
