"""Primary keys: PKField, a text you give; AutoPKField, counted from 1 by the server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..call import Call, Op
from ..codec import to_text
from ..commands import Row
from ..exceptions import ImplementationError, InvalidValueError
from .base import RedisField
from .native import commands_from

__all__ = ["AutoPKField", "PKField"]


@commands_from([Row("get", touch=None), Row("exists", touch=None)])
class PKField(RedisField):
    """Any non-empty text, given when the object is created; only ``rename_pk`` changes it.

    ``generator``: a callable that makes the pk of an object that is given none.
    """

    kind = "pk"
    proxy_getter = "get"
    proxy_setter = "set"
    #: whether the server gives the value
    auto = False

    def __init__(self, *, generator: Callable[[], Any] | None = None, **options: Any) -> None:
        unfit = set(options) - {"lockable"}
        if unfit:
            raise ImplementationError(f"{type(self).__name__} does not take {', '.join(sorted(unfit))}")
        if generator is not None and not callable(generator):
            raise ImplementationError(
                f"{type(self).__name__}: generator= takes a callable, not {generator!r}"
            )
        if generator is not None and self.auto:
            raise ImplementationError(
                f"{type(self).__name__}: the server gives the pk; generator= is for PKField"
            )
        super().__init__(indexable=False, **options)
        self.generator = generator

    def generate(self) -> str | None:
        """A new pk, made without a request; None if the field has no generator."""
        return None if self.generator is None else self.normalize(self.generator())

    def get(self) -> Any:
        """The pk, without a request (a lazy instance is looked up first)."""
        instance = self.holder
        if instance._connected or (instance.is_new and self.generator is not None):
            return self.database.at_once(instance.get_pk())
        return self.database.run(self._checked())

    def _checked(self) -> Op:
        instance = self.holder
        pk = instance.get_pk()
        exists = yield Call(("SISMEMBER", self._model.schema.keys.pks, pk))
        if not exists:
            raise self._model.schema.missing(pk)
        instance.set_connected()
        return pk

    def exists(self) -> Any:
        """Whether the object is in its collection (SISMEMBER)."""
        return self._model.exists(self.holder.get_pk())

    def set(self, value: Any) -> None:
        """Always an error: a primary key cannot be updated."""
        raise InvalidValueError(
            f"{self.schema.label}: a primary key cannot be updated; rename_pk(new) gives another one"
        )

    def __set__(self, instance: Any, value: Any) -> None:
        raise AttributeError(
            f"{self.schema.label}: a primary key cannot be assigned; rename_pk(new) gives another one"
        )

    @property
    def key(self) -> Any:
        raise ImplementationError(f"{self.schema.label} has no key of its own; it is part of every key")

    def normalize(self, value: Any) -> str:
        """A pk as text. Raises InvalidValueError for an empty or unfit value."""
        where = self.schema.label
        text = to_text(value, where)
        if isinstance(text, bytes):
            raise InvalidValueError(f"{where}: a primary key is a text, not bytes")
        if not text:
            raise InvalidValueError(f"{where}: a primary key cannot be empty")
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise InvalidValueError(f"{where}: {value!r} is not valid text ({error.reason})") from error
        return text


class AutoPKField(PKField):
    """1, 2, 3... given by the server in the request that creates the object."""

    auto = True
