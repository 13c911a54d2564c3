"""EmbeddedField: a dataclass or pydantic model inside an object, each of its fields a live field.

``address = EmbeddedField(Address)`` gives the model the fields ``address__city``, ``address__street``...
The whole is not stored anywhere: it is taken apart when it is written, put together when it is read.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, overload

from .. import lifecycle
from ..call import Op
from ..exceptions import ImplementationError, InvalidValueError
from ..rules import UNFIT, reason_of
from ..static import Reply
from .base import RedisField

if TYPE_CHECKING:
    from ..model import RedisModel

__all__ = ["EmbeddedField", "EmbeddedView", "reasons_of"]


class EmbeddedField:
    """Declares the fields of ``kind``, a dataclass or pydantic model, as fields of the model.

    ``required``: no object without it. ``default``: a value, or ``kind`` itself for what its own
    fields have as defaults. ``indexable``: of the fields that do not say. ``key_name``: what their
    names in Redis start with. ``leaves``: fields to use instead of the natural ones, by name.
    """

    def __init__(
        self,
        kind: type[Any],
        *,
        required: bool = False,
        default: Any = None,
        indexable: bool | None = None,
        key_name: str | None = None,
        leaves: Mapping[str, RedisField | EmbeddedField] | None = None,
    ) -> None:
        if not isinstance(kind, type):
            raise ImplementationError(f"EmbeddedField: {kind!r} is neither a dataclass nor a pydantic model")
        if default is not None and default is not kind and not isinstance(default, kind):
            raise ImplementationError(
                f"EmbeddedField: the default is a {kind.__name__}, or {kind.__name__} itself, not {default!r}"
            )
        if default is kind:
            try:
                kind()
            except (TypeError, ValueError) as error:
                raise ImplementationError(
                    f"EmbeddedField: {kind.__name__} as default needs no values, but: {error}"
                ) from error
        self.kind = kind
        self.required = required
        self.default = default
        self.indexable = indexable
        self.key_name = key_name
        self.leaves = dict(leaves or {})
        self.name = ""
        self.label = ""
        #: the full names of fields, and embedded ones inside, by their names in ``kind``
        self.parts: dict[str, str | EmbeddedField] = {}
        #: the names in ``kind`` of those that may be None, and of those that it cannot be made without
        self.nullable: set[str] = set()
        self.needed: set[str] = set()

    def __set_name__(self, owner: type[Any], name: str) -> None:
        self.name = name

    @overload
    def __get__(self, instance: None, owner: type[Any]) -> EmbeddedField: ...
    @overload
    def __get__(self, instance: RedisModel, owner: type[Any]) -> EmbeddedView: ...
    def __get__(self, instance: RedisModel | None, owner: type[Any]) -> EmbeddedField | EmbeddedView:
        return self if instance is None else EmbeddedView(self, instance)

    def __set__(self, instance: RedisModel, value: Any) -> None:
        raise AttributeError(f"{self.label} is live: call update({self.name}=...) instead of assigning to it")

    def __repr__(self) -> str:
        return f"<EmbeddedField {self.label or '(not on a model)'} of {self.kind.__name__}>"

    @property
    def kind_in_record(self) -> Any:
        """What the whole is, read."""
        return self.kind if self.required else self.kind | None

    def names(self) -> Iterator[str]:
        """The full names of the fields of one value or of many."""
        for part in self.parts.values():
            if isinstance(part, EmbeddedField):
                yield from part.names()
            else:
                yield part

    def inside(self) -> Iterator[EmbeddedField]:
        """This one and those inside."""
        yield self
        for part in self.parts.values():
            if isinstance(part, EmbeddedField):
                yield from part.inside()

    # taking apart

    def spread(self, value: Any) -> dict[str, Any]:
        """The values of the fields by their full names, all None for None. Raises InvalidValueError."""
        if value is None:
            return dict.fromkeys(self.names())
        if isinstance(value, Mapping):
            value = self._of_mapping(value)
        if not isinstance(value, self.kind):
            raise InvalidValueError(f"{value!r} is no {self.kind.__name__}")
        flat: dict[str, Any] = {}
        for local, part in self.parts.items():
            inner = getattr(value, local)
            flat.update(part.spread(inner) if isinstance(part, EmbeddedField) else {part: inner})
        return flat

    def _of_mapping(self, value: Mapping[str, Any]) -> Any:
        if hasattr(self.kind, "model_validate"):
            validate = partial(self.kind.model_validate, by_alias=True, by_name=True)
            return self._made(validate, value)
        inner = {}
        for name, item in value.items():
            part = self.parts.get(name)
            nested = isinstance(part, EmbeddedField) and isinstance(item, Mapping)
            inner[name] = part._of_mapping(item) if nested else item  # type: ignore[union-attr]
        return self._made(lambda values: self.kind(**values), inner)

    def _made(self, make: Any, values: Mapping[str, Any]) -> Any:
        try:
            return make(values)
        except UNFIT as error:
            raise InvalidValueError(
                f"{values!r} makes no {self.kind.__name__}: {reasons_of(error)}"
            ) from error

    def gaps(self, held: Collection[str]) -> list[str]:
        """The names of fields that the whole cannot be made without, if only these hold values."""
        found = []
        for local in self.parts:
            part = self.parts[local]
            if local not in self.needed:
                continue
            if isinstance(part, EmbeddedField):
                found += part.gaps(held)
            elif part not in held:
                found.append(part)
        return found

    # putting together

    def fold(self, values: Mapping[str, Any]) -> Any:
        """The whole from the values of the fields. If it is not required, None without any value, and
        without one that it needs.

        Raises InvalidValueError if they make none.
        """
        given: dict[str, Any] = {}
        anything = False
        for local, part in self.parts.items():
            value = part.fold(values) if isinstance(part, EmbeddedField) else values.get(part)
            empty = value is None or (isinstance(value, Collection) and not isinstance(value, str | bytes))
            anything = anything or bool(value) if empty else True
            if value is not None or local in self.nullable:
                given[local] = value
        if not self.required and not (anything and given.keys() >= self.needed):
            return None
        try:
            return self._made(self._again, given)
        except InvalidValueError as error:
            raise InvalidValueError(f"{self.label}: Redis holds what is no whole: {error}") from error

    def _again(self, values: Mapping[str, Any]) -> Any:
        if hasattr(self.kind, "model_validate"):
            return self.kind.model_validate(values, by_alias=False, by_name=True)
        return self.kind(**values)


def reasons_of(error: Exception) -> str:
    """Why values make no dataclass or pydantic model."""
    problems = getattr(error, "errors", None)
    if problems is None:
        return reason_of(error)
    parts = [(".".join(map(str, one["loc"])), one["msg"]) for one in problems()]
    return "; ".join(f"{where}: {message}" if where else message for where, message in parts)


class EmbeddedView:
    """An EmbeddedField of an object: its fields are the attributes, ``bike.address.city.hget()``.

    A field called like a method of this class is reached by its full name, ``bike.address__get``.
    """

    __slots__ = ("_field", "_instance")

    def __init__(self, field: EmbeddedField, instance: RedisModel) -> None:
        self._field = field
        self._instance = instance

    def __getattr__(self, name: str) -> Any:
        part = self._field.parts.get(name)
        if part is None:
            known = ", ".join(self._field.parts)
            raise AttributeError(f"{self._field.label} has no field {name!r}; it has {known}")
        if isinstance(part, EmbeddedField):
            return EmbeddedView(part, self._instance)
        return self._instance.get_field(part)

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self._field.parts]

    def __repr__(self) -> str:
        return f"<{self._field!r} on {self._instance!r}>"

    def get(self) -> Reply[Any]:
        """The whole, read in one step; None if there is none. One request. Raises DoesNotExist."""
        return self._instance.get_database().run(self._read())

    def _read(self) -> Op:
        schema, pk = self._instance.schema, self._instance.stored_pk()
        fields = [schema.fields[name] for name in self._field.names()]
        (found,) = yield from lifecycle.load(schema, [pk], fields)
        if found is None:
            raise schema.missing(pk)
        self._instance.set_connected()
        return self._field.fold(found)

    def set(self, value: Any) -> Reply[Any]:
        """Writes the whole, given as the type or as a mapping; None removes it. One request."""
        return self._instance.update(**{self._field.name: value})

    def update(self, **values: Any) -> Reply[Any]:
        """Writes some of its fields, all or nothing. One request."""
        return self._instance.update(**{f"{self._field.name}__{name}": v for name, v in values.items()})

    def delete(self) -> Reply[Any]:
        """Removes the values of all its fields. One request."""
        return self.set(None)
