"""Stored results: the pks of a collection kept in a list of the server."""

from __future__ import annotations

from typing import Any, Self
from uuid import uuid4

from ..call import Call, Op
from ..exceptions import ImplementationError, InvalidValueError
from ..query.plan import Plan
from ..static import M, R, Reply
from .asking import Asking

__all__ = ["DEFAULT_STORE_TTL", "Stored", "check_ttl"]

#: seconds that ``store()`` keeps a result
DEFAULT_STORE_TTL = 60


class Stored(Asking[M, R]):
    """Storing results, and collections of what is stored."""

    def store(self, key: str | None = None, ttl: float | None = DEFAULT_STORE_TTL) -> Reply[Self]:
        """Keeps the pks in a list for ``ttl`` seconds (None: for ever); returns the collection
        of what is kept. One request, a write.

        Raises ImplementationError for a key of the library's own, WrongTypeError for one that
        holds something else than a list.
        """
        key = self.model.schema.keys.stored(uuid4().hex) if key is None else self._store_key(key)
        database = self.model.get_database()
        return database.made(self._kept(key), database.run(self.store_op(key, ttl)))

    def store_op(self, key: str | None = None, ttl: float | None = DEFAULT_STORE_TTL) -> Op:
        """See store; the key is not checked."""
        if ttl is not None:
            check_ttl(ttl)
        key = key or self.model.schema.keys.stored(uuid4().hex)
        call = self._plan.store_call(key, None if ttl is None else int(ttl * 1000))
        return self._stored(key, call)

    def _stored(self, key: str, call: Call) -> Op:
        yield from self._asked(call)
        return self._kept(key)

    def _store_key(self, key: Any) -> str:
        key = _checked_key(key)
        keys = self.model.schema.keys
        mine = self.model.get_database().model_of_key(key)
        if mine and not key.startswith(keys.stored("")):
            raise ImplementationError(f"{key!r} is a key that a model keeps itself; store under another one")
        return key

    def from_stored(self, key: str) -> Self:
        """The collection of what was stored under a key, in its order. No request.

        Objects deleted since are left out. Evaluating raises DoesNotExist if it has expired.
        """
        if self._plan.stored:
            raise InvalidValueError("this collection comes from a stored one already")
        return self._with_plan(self._plan.of_stored(_checked_key(key)))

    def _kept(self, key: str) -> Self:
        return self._with_plan(Plan(self.model.schema).of_stored(key))

    def part(self, first: int, last: int) -> Op:
        """The Op for the results at these places of the stored list."""
        key = self.stored_key
        assert key is not None
        return self._results(self._plan.of_stored(key, first, last))


def _checked_key(key: Any) -> str:
    if not isinstance(key, str) or not key:
        raise InvalidValueError(f"a key is a text that is not empty, not {key!r}")
    return key


def check_ttl(ttl: Any) -> float:
    """A life in seconds; raises InvalidValueError unless it is a positive number."""
    if isinstance(ttl, bool) or not isinstance(ttl, int | float) or not 0.001 <= ttl < 1e12:
        raise InvalidValueError(f"ttl is a positive number of seconds, not {ttl!r}")
    return ttl
