"""How a native command on a bound field becomes one request.

Commands are methods made from rows (``commands/``), see ``methods``. ``_command`` decides how each is
sent: as it is (``reading``), or with what a write needs around it (``writing``). Values become texts in
``texts``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from redis.exceptions import DataError

from ..call import Call, Op
from ..codec import to_text
from ..commands import ENTRY, KEY, Row
from ..runners.errors import translate
from .reading import Reading
from .refusals import refuse_unfit
from .texts import Texts
from .writing import Writing

__all__ = ["NativeCommands"]

_SENT_AS_IS = {str, bytes, int, float, type(KEY), type(ENTRY)}


class NativeCommands(Texts, Reading, Writing):
    """The commands of a field."""

    rows: ClassVar[Mapping[str, Row]] = {}
    available_getters: ClassVar[tuple[str, ...]] = ()
    available_modifiers: ClassVar[tuple[str, ...]] = ()
    available_commands: ClassVar[tuple[str, ...]] = ()

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
            where = f"{self.schema.label}.{row.name}"
            wire = tuple(
                item if item is None or isinstance(item, str) else to_text(item, where) for item in wire
            )
        op: Op | Call
        if row.alone or (row.alone_if is not None and row.alone_if(wire)):
            if self.schema.tracked or None in wire:
                refuse_unfit(self.schema, row, wire)
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

    def _bare(self, row: Row, reads: bool, wire: Sequence[Any], options: dict[str, Any]) -> Any:
        """A command without arguments, of which nothing is left to be found out."""
        instance = self._instance or self.holder
        if not reads and self.schema.tracked:
            refuse_unfit(self.schema, row, wire)
        op: Op | Call
        op = self._read(row, wire, {**options}) if reads else self._direct(instance, row, wire, {**options})
        shape = row.decodes
        if self.schema.encoded and shape is not None:
            op = self._decoded(op, shape, wire)
        if instance.has_hook or type(self).post_command is not NativeCommands.post_command:
            op = self._hooked(op, row.name, (), {})
        return (self._model.database or self.database).run(op)

    def _hooked(self, op: Op | Call, name: str, args: Any, kwargs: Any) -> Op:
        result = (yield op) if isinstance(op, Call) else (yield from op)
        return self.post_command(self, name, result, args, kwargs)


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
