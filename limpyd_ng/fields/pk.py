"""Primary keys: PKField, a value you give; AutoPKField, counted from 1 by the server.

A pk is a text in every key, and nothing but that text goes through the engines. Values of the
pk's type are made into it by ``normalize``, and of it by ``ModelSchema.read_pk``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Unpack, overload

from ..call import Call, Op
from ..codec import to_text
from ..codecs import Codec
from ..codecs.base import as_text
from ..commands import Row
from ..exceptions import ImplementationError, InvalidValueError, LimpydException
from ..static import PKOptions, Reply, T, V
from .base import RedisField
from .methods import commands_from

__all__ = ["AutoPKField", "PKField"]


_TYPE = {"type", "codec", "strict"}
_RULES = {"min", "max", "gt", "lt", "multiple_of"}
_RULES |= {"min_length", "max_length", "regex", "choices", "validators"}
_TEXTS = Codec(to_text, str, name="text")


@commands_from([Row("get", touch=None), Row("exists", touch=None)])
class PKField(RedisField[V]):
    """Any non-empty text, given when the object is created; only ``rename_pk`` changes it.

    ``type`` (or ``codec``): what it is instead of a text. ``generator``: a callable that makes the
    pk of an object that is given none. ``format``: how it stands in keys, as ``"user-{}"``.
    ``min``, ``max``, ``min_length``, ``max_length``, ``regex``, ``choices``, ``validators``: what a
    new one has to meet.
    """

    kind = "pk"
    proxy_getter = "get"
    proxy_setter = "set"
    #: whether the server gives the value
    auto = False

    @overload
    def __init__(
        self: PKField[str],
        *,
        generator: Callable[[], Any] | None = None,
        format: str | None = None,
        **options: Unpack[PKOptions],
    ) -> None: ...
    @overload
    def __init__(
        self: PKField[T],
        *,
        type: type[T],
        generator: Callable[[], Any] | None = None,
        format: str | None = None,
        **options: Unpack[PKOptions],
    ) -> None: ...
    @overload
    def __init__(
        self: PKField[Any],
        *,
        type: Any = None,
        codec: Codec | None = None,
        generator: Callable[[], Any] | None = None,
        format: str | None = None,
        **options: Unpack[PKOptions],
    ) -> None: ...
    def __init__(
        self, *, generator: Callable[[], Any] | None = None, format: str | None = None, **options: Any
    ) -> None:
        unfit = set(options) - (_TYPE | {"lockable"} if self.auto else _TYPE | _RULES | {"lockable"})
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
        if format is not None:
            self.codec = _formatted(type(self).__name__, self.codec or _TEXTS, format)
        self._check_type()

    def _check_type(self) -> None:
        """Raises ImplementationError for a type that cannot be that of a pk."""
        where = type(self).__name__
        if self.value_type is bytes:
            raise ImplementationError(f"{where}: a primary key is a text in Redis, and bytes need be none")
        if self.auto and self.codec is not None:
            try:
                fits = self.codec.encode(self.codec.decode("1")) == "1"
            except LimpydException:
                fits = False
            if not fits:
                raise ImplementationError(f"{where}: the server counts; only type=int fits that")

    def generate(self) -> str | None:
        """A new pk, made without a request; None if the field has no generator."""
        return None if self.generator is None else self.normalize_new(self.generator())

    def get(self) -> Reply[V]:
        """The pk, without a request (a lazy instance is looked up first)."""
        instance = self.holder
        database = self._model.get_database()
        if instance._connected or (instance.is_new and self.generator is not None):
            return database.at_once(instance.get_pk())
        return database.run(self._checked())

    def _checked(self) -> Op:
        instance = self.holder
        pk = instance.stored_pk()
        exists = yield Call(("SISMEMBER", self._model.schema.keys.pks, pk))
        if not exists:
            raise self._model.schema.missing(pk)
        instance.set_connected()
        return self._model.schema.read_pk(pk)

    def exists(self) -> Reply[bool]:
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

    def normalize_new(self, value: Any) -> str:
        """``normalize`` for the pk that an object is to get: it has to meet the rules, too."""
        text = self.normalize(value)
        if self.rules is not None:
            self.rules.check(value if self.codec is None else self.schema.decode(text), self.schema.label)
        return text

    def normalize(self, value: Any) -> str:
        """A pk as it stands in keys. Raises InvalidValueError for an empty or unfit value."""
        if type(value) is str and self.codec is None and value and value.isascii():
            return value
        where = self.schema.label
        text = to_text(value, where) if self.codec is None else self.codec.encode(value, where)
        if isinstance(text, bytes):
            raise InvalidValueError(f"{where}: a primary key is a text, not bytes")
        if not text:
            raise InvalidValueError(f"{where}: a primary key cannot be empty")
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise InvalidValueError(f"{where}: {value!r} is not valid text ({error.reason})") from error
        return text


def _formatted(where: str, codec: Codec, format: str) -> Codec:
    """The codec of pks that stand between two texts in keys."""
    before, placeholder, after = format.partition("{}") if isinstance(format, str) else ("", "", "")
    if not placeholder or "{}" in after:
        raise ImplementationError(f"{where}: format= is a text with one {{}} in it, not {format!r}")

    def encode(value: Any) -> str:
        text = as_text(codec.encode(value))
        if not text:
            raise InvalidValueError("is empty")
        return f"{before}{text}{after}"

    def decode(text: str) -> Any:
        inner = text.removeprefix(before).removesuffix(after)
        if f"{before}{inner}{after}" != text:
            raise ValueError(text)
        return codec.decode(inner)

    return Codec(encode, decode, name=codec.name, order=codec.order)


class AutoPKField(PKField[V]):
    """1, 2, 3... given by the server in the request that creates the object; with ``type=int``
    they are ints in Python."""

    auto = True

    if TYPE_CHECKING:

        @overload
        def __init__(self: AutoPKField[str], *, lockable: bool = True) -> None: ...
        @overload
        def __init__(self: AutoPKField[T], *, type: type[T], lockable: bool = True) -> None: ...
        @overload
        def __init__(self: AutoPKField[Any], *, codec: Codec, lockable: bool = True) -> None: ...
        def __init__(self, **options: Any) -> None: ...
