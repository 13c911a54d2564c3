"""How a native command that only reads becomes one request."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..call import Call, FollowUpRefused, Op
from ..commands import Row
from ..exceptions import CommandError
from .bound import Bound
from .refusals import named

__all__ = ["Reading"]


class Reading(Bound):
    """Sends commands as they are."""

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
            raise named(error, row) from error
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


def _is_nothing(reply: Any) -> bool:
    """Whether a read may have found no key at all, which makes a lazy instance look again."""
    if isinstance(reply, list | tuple):
        return all(_is_nothing(item) for item in reply)
    return not reply or reply in (-1, -2, "none")
