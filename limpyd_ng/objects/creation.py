"""One object: how it comes into being, and what it holds from then on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Self

from .. import lifecycle, validation
from ..call import Op
from ..contents import Contents
from ..engine import Write
from ..exceptions import InvalidValueError, UniquenessError
from ..fields import PKField
from ..parties import NEW, ObjectRef
from ..static import Reply
from .state import State

__all__ = ["Creation"]


class Creation(State):
    """The pk and the contents of a new object, and the Ops that create it."""

    def _create(self, values: dict[str, Any], maker: Callable[..., Op] = lifecycle.create) -> Reply[Self]:
        op = self._creation(values, maker)
        database = self.get_database()
        return database.made(self, database.run(op))

    def _creation(self, values: dict[str, Any], maker: Callable[..., Op] = lifecycle.create) -> Op:
        """The Op that creates this object; values are checked before it starts."""
        self._refuse_abstract()
        if self._pk_ahead is not None and not {"pk", self.schema.pk_name} & set(values):
            values = {"pk": self.schema.read_pk(self._pk_ahead), **values}
        pk = self._take_pk(values)
        return self._created(pk, self._new_contents(pk, values, self), maker if pk else lifecycle.create)

    @classmethod
    def _created_if_new(cls, creation: Op) -> Op:
        try:
            return (yield from creation)
        except UniquenessError as error:
            if error.field != f"{cls.schema.label}.{cls.schema.pk_name}":
                raise
            return None

    @classmethod
    def _new_contents(cls, pk: str, values: dict[str, Any], instance: Any = None) -> Contents:
        if cls._embedded:
            values = validation.flat(cls, values)
        if not values.keys() <= cls._encoder.names:
            cls._refuse_unknown(values)
        return validation.new_contents(cls, pk, values, instance)

    def _created(self, pk: str, contents: Contents, maker: Callable[..., Op]) -> Op:
        self._pk, self._pending = pk or None, True
        try:
            made = yield from maker(self.schema, pk, contents)
        except BaseException:
            self._pk, self._pending = None, False
            raise
        self.came_into_being(made)
        return self

    @classmethod
    def _take_pk(cls, values: dict[str, Any]) -> str:
        schema = cls.schema
        if schema.pk_auto and "pk" not in values and schema.pk_name not in values:
            return ""
        field = cls.get_field("pk")
        names = [name for name in ("pk", field.name) if name in values]
        if len(set(names)) > 1:
            raise InvalidValueError(f"the pk is given twice: as {' and '.join(sorted(set(names)))}")
        if field.auto:
            raise InvalidValueError(f"{field.schema.label} is given by the server; leave it out")
        if not names:
            made = field.generate()
            if made is None:
                raise InvalidValueError(f"{field.schema.label} is needed to create an object")
            return str(made)
        return field.normalize_new(values.pop(names[0]))

    def new_write(self, *others: ObjectRef, writing: str) -> Write:
        """A write of the field ``writing`` that brings this object into being, defaults included."""
        self._refuse_abstract()
        pk = "" if self.schema.pk_auto else self._pk_ahead or self.get_field("pk").generate()
        if pk is None:
            raise InvalidValueError(
                f"{self.schema.label}.{self.schema.pk_name} is needed first: create the object with "
                f"{self.schema.label}({self.schema.pk_name}=...)"
            )
        contents = validation.defaults(type(self), writing)
        self._pending = True  # in a pipeline the next write must not make another object
        write = Write(ObjectRef(self.schema, pk, NEW), *others)
        for field, content in contents:
            write.assign(field, content)
        return write

    @classmethod
    def _refuse_unknown(cls, values: Mapping[str, Any]) -> None:
        for name in values:
            field = cls._declared.get(name)
            if isinstance(field, PKField) or name == "pk":
                raise InvalidValueError(
                    f"{cls.__name__}: a primary key cannot be updated; rename_pk(new) gives another one"
                )
            if field is None:
                raise InvalidValueError(
                    f"{cls.__name__} has no field {name!r}; it has {', '.join(cls._fields)}"
                )

    def _contents(self, values: Mapping[str, Any]) -> Contents:
        values = validation.flat(type(self), values)
        self._refuse_unknown(values)
        return validation.contents(self, values)
