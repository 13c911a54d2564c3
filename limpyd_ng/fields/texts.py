"""The values of a field on their way to texts, and back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from ..call import Call, Op
from ..commands import Row
from ..commands.values import Shape, one
from ..rules import Rules
from .bound import Bound

__all__ = ["Texts"]

_TEXTS = {str}


class Texts(Bound):
    """Values as texts: one by one, as the content of a field, in commands and their replies."""

    #: whether the class itself leaves texts as they are
    has_plain_texts: ClassVar[bool] = True

    #: what values have to meet
    rules: Rules | None = None
    coerces: bool = False

    # one by one

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

    def text(self, value: Any) -> str | bytes:
        """One value as text. Raises InvalidValueError."""
        if type(value) is str and not self.schema.encoded:
            return value
        return self.encode(value, self.schema.label, True)

    def texts(self, values: list[Any]) -> list[Any]:
        """Several values as texts. Raises InvalidValueError."""
        if self.has_plain_texts and not self.schema.encoded and _TEXTS.issuperset(map(type, values)):
            return values
        return [self.text(value) for value in values]

    # whole content, for create and update

    def content(self, value: Any) -> list[Any]:
        """A Python value as the flat content that ``Write.assign`` takes; empty for None."""
        if value is None:
            return []
        return [self.text(value)]

    def taken(self, value: Any, content: list[Any]) -> Any:
        """A value as checks see it, from the content that was made of it: of the field's type, as it
        would be read; as it was given where there is none, or a codec of your own."""
        return self.value_of(content) if self.coerces and value is not None else value

    def value_of(self, content: list[Any]) -> Any:
        """What would be read if the field held this content."""
        return self.schema.decode(content[0]) if content else None

    # in commands and replies

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

    def _decoded(self, op: Op | Call, shape: Shape, wire: Sequence[Any]) -> Op:
        reply = (yield op) if isinstance(op, Call) else (yield from op)
        schema = self.schema
        return schema.decode(reply) if shape is one else shape(wire, reply, schema.decode, schema.decode_key)
