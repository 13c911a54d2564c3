"""What a model is: its settings, fields, keys and database."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, cast

from .. import declaration
from ..collection import CollectionManager
from ..exceptions import DoesNotExist, ImplementationError
from ..fields import EmbeddedField, InstanceHashField, PKField, RedisField

if TYPE_CHECKING:
    from ..contents import Encoder
    from ..database import RedisDatabase
    from ..indexes import BaseIndex
    from ..model import RedisModel
    from ..schema import ModelSchema

__all__ = ["Described"]


class Described:
    """The settings of a model class, and what can be told of it without asking the server."""

    #: where the model is stored; None until ``use_database``
    database: ClassVar[RedisDatabase | None] = None
    namespace: ClassVar[str] = ""
    #: an abstract model only hands on its fields and settings
    abstract: ClassVar[bool] = True
    #: accepted for redis-limpyd's sake; every write is atomic without a lock
    lockable: ClassVar[bool] = True
    #: the name of the model in keys, if it is to be another than the class name's lower case
    key_name: ClassVar[str | None] = None
    #: whether fields that do not say ``indexable=`` are indexable
    default_indexable: ClassVar[bool] = False
    default_indexes: ClassVar[Sequence[type[BaseIndex]] | None] = None
    #: groups of fields whose values no two objects share all: ``[("brand", "model")]``
    unique_together: ClassVar[Sequence[Sequence[str]]] = ()
    collection_manager: ClassVar[type[CollectionManager[Any, Any]]] = CollectionManager

    DoesNotExist: ClassVar[type[DoesNotExist]] = DoesNotExist
    #: whether ``post_command`` is overridden, so that calls without a hook pay nothing
    has_hook: ClassVar[bool] = False
    #: the methods that ``@validates`` marks, by the field they are for
    field_checks: ClassVar[Mapping[str, Sequence[Callable[[Any, Any], Any]]]] = {}
    #: what checks all values together as the pydantic model does that this one was made from
    source_check: ClassVar[Callable[[Mapping[str, Any]], Any] | None] = None
    #: whether ``__init__`` is overridden, so that instances found need not call it for nothing
    has_init: ClassVar[bool] = False
    #: whether ``clean`` is overridden
    has_clean: ClassVar[bool] = False
    schema: ClassVar[ModelSchema]
    _fields: ClassVar[tuple[str, ...]] = ()
    _name: ClassVar[str] = ""
    _declared: ClassVar[dict[str, RedisField]] = {}
    #: what makes contents of values where the model has no checks of its own
    _encoder: ClassVar[Encoder]
    #: the embedded fields, those inside others too, by their full names
    _embedded: ClassVar[dict[str, EmbeddedField]] = {}

    if TYPE_CHECKING:
        #: what else it may be is for a subclass to say
        pk: PKField[str] | PKField[Any]

    @classmethod
    def _refuse_abstract(cls) -> None:
        if cls.abstract:
            raise ImplementationError(f"{cls.__name__} is abstract: make objects of a subclass")

    @classmethod
    def _refuse_waiting(cls, given: str, instead: str) -> None:
        if cls.database is not None:
            cls.database.refuse_waiting(f"{cls.__name__}() with {given}", f"await {cls.__name__}.{instead}")

    @classmethod
    def get_database(cls) -> RedisDatabase:
        """The database; raises ImplementationError while the model has none."""
        if cls.database is None:
            raise ImplementationError(f"{cls.__name__} has no database: set one, or call use_database()")
        return cls.database

    @classmethod
    def get_fields(cls) -> tuple[RedisField[Any], ...]:
        """All declared fields, the pk first."""
        return tuple(cls._declared[name] for name in cls._fields)

    @declaration.both
    def get_field(self_or_cls: Any, name: str) -> Any:
        """The field of this name, of the class or of the instance; 'pk' always works.

        Raises AttributeError for an unknown one.
        """
        cls: type[Described] = self_or_cls if isinstance(self_or_cls, type) else type(self_or_cls)
        if name == "pk":
            name = cls.schema.pk_name
        if name not in cls._declared:
            raise AttributeError(f"{cls.__name__} has no field {name!r}; it has {', '.join(cls._fields)}")
        return getattr(self_or_cls, name)

    @classmethod
    def field_stored_as(cls, stored: str) -> RedisField[Any] | None:
        """The field that has this name in keys."""
        for field in cls._declared.values():
            if field.schema.stored == stored and not isinstance(field, PKField | InstanceHashField):
                return field
        return None

    @classmethod
    def stored_name(cls) -> str:
        """The name of the model in keys."""
        return cls.key_name or cls.__name__.lower()

    @classmethod
    def make_key(cls, *parts: Any) -> str:
        """A key of your own under the model's hash tag: ``{ns:model}:own:<parts>``."""
        return cls.schema.keys.prefix + ":".join(["own", *map(str, parts)])

    @classmethod
    def use_database(cls, database: RedisDatabase) -> declaration.Moved:
        """Moves the model, and every subclass that shares its database, to another one.

        Returns the moved models; used in ``with``, the move ends with the block.
        """
        return declaration.use_database(cast("type[RedisModel]", cls), database)
