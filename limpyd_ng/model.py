"""RedisModel: objects whose fields are live Redis values."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Self, TypeAlias, overload

from . import declaration, lifecycle
from .call import Op
from .database import RedisDatabase
from .dumping import RecordBase, RecordClass, folded, maker_of
from .exceptions import InvalidValueError
from .fields import (
    AutoPKField,
    EmbeddedField,
    EnumField,
    GeoField,
    HashField,
    InstanceHashField,
    JSONField,
    ListField,
    PKField,
    SetField,
    SortedSetField,
    StringField,
    ULIDPKField,
    UUIDPKField,
)
from .objects.bulk import Bulk
from .objects.finding import Finding
from .objects.keeping import Keeping
from .records import annotated_fields, embed, fields_of, source_check_of
from .static import Reply, T

__all__ = [
    "AutoPKField",
    "EmbeddedField",
    "EnumField",
    "GeoField",
    "HashField",
    "InstanceHashField",
    "JSONField",
    "ListField",
    "PKField",
    "RedisDatabase",
    "RedisModel",
    "SetField",
    "SortedSetField",
    "StringField",
    "ULIDPKField",
    "UUIDPKField",
]


class RedisModel(Finding, Bulk, Keeping):
    """Base of your models.

    ``Model(field=value)`` creates an object, ``Model(pk)`` fetches one (raises
    DoesNotExist), ``Model()`` makes an empty one that comes into being with its first
    write. An object holds its pk and nothing else: every read asks Redis.
    """

    #: the type of what ``dump`` gives
    if TYPE_CHECKING:
        Record: TypeAlias = RecordBase
    else:
        Record = RecordClass()

    @overload
    def dump(self) -> Reply[RecordBase]: ...
    @overload
    def dump(self, kind: type[T]) -> Reply[T]: ...
    def dump(self, kind: Any = None) -> Reply[Any]:
        """All values of the object, read in one step, as a ``Model.Record``. One request.

        With a ``kind``, a dataclass or pydantic model, as one of these: from the values of its names.
        Raises DoesNotExist, ImplementationError for a kind that needs other names, InvalidValueError
        if the values make none.
        """
        return self.get_database().run(self._dump(maker_of(type(self), kind)))

    def _dump(self, make: Callable[[dict[str, Any]], Any]) -> Op:
        values = yield from self._snapshot()
        return make(folded(type(self), values))

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "abstract" not in vars(cls):
            cls.abstract = False
        for name, field in annotated_fields(cls).items():
            if name in vars(cls):  # a default; fields shall be in the order of their annotations
                delattr(cls, name)
            setattr(cls, name, field)
            field.__set_name__(cls, name)
        embed(cls)
        declaration.complete(cls, RedisModel)

    @classmethod
    def from_type(cls, source: type[Any], name: str | None = None, **attributes: Any) -> type[Self]:
        """A subclass with the fields of a dataclass or pydantic model; ``attributes`` of the class,
        fields instead of the natural ones among them. No request. Raises ImplementationError."""
        fields = {**fields_of(source), "source_check": source_check_of(source), **attributes}
        made: Any = type(name or source.__name__, (cls,), {"__module__": source.__module__, **fields})
        return made

    def __init__(self, *args: Any, **values: Any) -> None:
        if self.abstract:
            self._refuse_abstract()
        if not args and not values:
            return
        if args:
            if values:
                raise InvalidValueError("give a pk alone to fetch an object, or values by name to create one")
            pk, *more = args
            if more:
                raise InvalidValueError("give one pk to fetch an object")
            self._pk = self.pk.normalize(pk)
            self._refuse_waiting("a pk", "get(pk)")
            self.get_database().run(self._fetch())
        else:
            self._refuse_waiting("values", "create(...)")
            self._create(values)

    def _fetch(self) -> Op:
        pk = self.stored_pk()
        found = yield from lifecycle.in_collection(self.schema, pk)
        if not found:
            raise self.schema.missing(pk)
        self._connected = True
        return self

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, RedisModel):
            return NotImplemented
        if self._pk is None or other._pk is None:
            return self is other
        return type(self) is type(other) and self._pk == other._pk

    def __hash__(self) -> int:
        return object.__hash__(self) if self._pk is None else hash((type(self), self._pk))

    def __repr__(self) -> str:
        if self._pk is None:
            return f"<{type(self).__name__}: no pk yet>"
        return f"<{type(self).__name__}: pk={self._pk}{' (deleted)' if self._deleted else ''}>"
