"""RedisModel: objects whose fields are live Redis values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from . import declaration, deletion, lifecycle
from .call import Call, Op, Pages
from .collection import CollectionManager
from .database import BaseDatabase, RedisDatabase, key_pages
from .engine import NEW, ObjectRef, Write
from .exceptions import DoesNotExist, ImplementationError, InvalidValueError, PipelineError, UniquenessError
from .fields import (
    AutoPKField,
    HashField,
    InstanceHashField,
    ListField,
    PKField,
    RedisField,
    SetField,
    SortedSetField,
    StringField,
)
from .hashes import InstanceHashCommands
from .upkeep import Difference, Upkeep

if TYPE_CHECKING:
    from .indexes import BaseIndex
    from .schema import FieldSchema, ModelSchema

__all__ = [
    "AutoPKField",
    "HashField",
    "InstanceHashField",
    "ListField",
    "PKField",
    "RedisDatabase",
    "RedisModel",
    "SetField",
    "SortedSetField",
    "StringField",
]


class RedisModel(InstanceHashCommands):
    """Base of your models.

    ``Model(field=value)`` creates an object, ``Model(pk)`` fetches one (raises
    DoesNotExist), ``Model()`` makes an empty one that comes into being with its first
    write. An object holds its pk and nothing else: every read asks Redis.
    """

    #: where the model is stored; None until ``use_database``
    database: ClassVar[BaseDatabase | None] = None
    namespace: ClassVar[str] = ""
    #: an abstract model only hands on its fields and settings
    abstract: ClassVar[bool] = True
    #: accepted for redis-limpyd's sake; every write is atomic without a lock
    lockable: ClassVar[bool] = True
    #: the name of the model in keys, if it is to be another than the class name's lower case
    key_name: ClassVar[str | None] = None
    default_indexes: ClassVar[Sequence[type[BaseIndex]] | None] = None
    #: groups of fields whose values no two objects share all: ``[("brand", "model")]``
    unique_together: ClassVar[Sequence[Sequence[str]]] = ()
    collection_manager: ClassVar[type[CollectionManager]] = CollectionManager

    DoesNotExist: ClassVar[type[DoesNotExist]] = DoesNotExist
    #: whether ``post_command`` is overridden, so that calls without a hook pay nothing
    has_hook: ClassVar[bool] = False
    schema: ClassVar[ModelSchema]
    _fields: ClassVar[tuple[str, ...]] = ()
    _name: ClassVar[str] = ""
    _declared: ClassVar[dict[str, RedisField]] = {}

    if TYPE_CHECKING:
        pk: PKField

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "abstract" not in vars(cls):
            cls.abstract = False
        declaration.complete(cls, RedisModel)

    # making and finding objects

    def __init__(self, *args: Any, **values: Any) -> None:
        self._pk: str | None = None
        self._connected = False
        self._deleted = False
        self._pending = False
        if not args and not values:
            self._refuse_abstract()
            return
        if args:
            self._refuse_abstract()
            if values:
                raise InvalidValueError("give a pk alone to fetch an object, or values by name to create one")
            if len(args) > 1:
                raise InvalidValueError("give one pk to fetch an object")
            self._pk = self.pk.normalize(args[0])
            self._refuse_waiting("a pk", "get(pk)")
            self.get_database().run(self._fetch())
        else:
            self._refuse_waiting("values", "create(...)")
            self._create(values)

    @classmethod
    def _refuse_waiting(cls, given: str, instead: str) -> None:
        if cls.database is not None:
            cls.database.refuse_waiting(f"{cls.__name__}() with {given}", f"await {cls.__name__}.{instead}")

    @classmethod
    def _refuse_abstract(cls) -> None:
        if cls.abstract:
            raise ImplementationError(f"{cls.__name__} is abstract: make objects of a subclass")

    @classmethod
    def create(cls, **values: Any) -> Any:
        """Creates an object with these values and the defaults, all or nothing. One request.

        Raises UniquenessError if a unique value (or the pk) is taken, InvalidValueError for
        values that cannot be stored.
        """
        return cls()._create(values)

    def _create(self, values: dict[str, Any]) -> Any:
        op = self._creation(values)
        database = self.get_database()
        return database.made(self, database.run(op))

    def _creation(self, values: dict[str, Any]) -> Op:
        """The Op that creates this object; values are checked before it starts."""
        self._refuse_abstract()
        pk = self._take_pk(values)
        contents = self._contents(values)
        given = {field.name for field, _ in contents}
        contents += self._defaults(given | set(values))
        return self._created(pk, contents)

    def _created(self, pk: str, contents: list[tuple[FieldSchema, list[Any]]]) -> Op:
        self._pk, self._pending = pk or None, True
        try:
            made = yield from lifecycle.create(self.schema, pk, contents)
        except BaseException:
            self._pk, self._pending = None, False
            raise
        self.came_into_being(made)
        return self

    @classmethod
    def _take_pk(cls, values: dict[str, Any]) -> str:
        field = cls.get_field("pk")
        names = [name for name in ("pk", field.name) if name in values]
        if len(set(names)) > 1:
            raise InvalidValueError(f"the pk is given twice: as {' and '.join(sorted(set(names)))}")
        if field.auto:
            if names:
                raise InvalidValueError(f"{field.schema.label} is given by the server; leave it out")
            return ""
        if not names:
            raise InvalidValueError(f"{field.schema.label} is needed to create an object")
        return field.normalize(values.pop(names[0]))  # type: ignore[no-any-return]

    def _fetch(self) -> Op:
        pk = self.get_pk()
        found = yield from lifecycle.in_collection(self.schema, pk)
        if not found:
            raise self.schema.missing(pk)
        self._connected = True
        return self

    @classmethod
    def lazy_connect(cls, pk: Any) -> Any:
        """An instance for a pk without looking whether it exists. No request.

        A write to a missing object raises DoesNotExist and writes nothing; a read that finds
        nothing looks, and raises it too.
        """
        cls._refuse_abstract()
        instance = cls()
        instance._pk = cls.get_field("pk").normalize(pk)
        return instance

    @classmethod
    def collection(cls, *, manager: type[CollectionManager] | None = None, **filters: Any) -> Any:
        """A lazy collection of the objects that meet all filters. No request."""
        cls._refuse_abstract()
        return (manager or cls.collection_manager)(cls).filter(**filters)

    @classmethod
    def instances(cls, lazy: bool = False, **filters: Any) -> Any:
        """``collection(**filters).instances(lazy)``."""
        return cls.collection(**filters).instances(lazy=lazy)

    @classmethod
    def get(cls, pk: Any = None, **filters: Any) -> Any:
        """The one object with this pk, or meeting these filters. One request.

        Raises Model.DoesNotExist, or MultipleObjectsReturned if several match.
        """
        return cls.collection(**cls._with_pk(pk, filters)).get()

    @classmethod
    def exists(cls, pk: Any = None, **filters: Any) -> Any:
        """Whether an object has this pk or meets these filters. One request."""
        return cls.collection(**cls._with_pk(pk, filters)).exists()

    @classmethod
    def _with_pk(cls, pk: Any, filters: dict[str, Any]) -> dict[str, Any]:
        if pk is not None:
            filters = {"pk": pk, **filters}
        if not filters:
            raise InvalidValueError("give a pk or at least one filter")
        return filters

    @classmethod
    def get_or_connect(cls, **values: Any) -> Any:
        """(object, created): the one that has these values, else a new one. Alias get_or_create.

        One request if it exists, else two; if another client creates it in between, one more.
        """
        if cls.get_database().in_pipeline:
            raise PipelineError("get_or_connect needs the first reply to go on; run it outside the pipeline")
        wanted = cls.collection(**cls._with_pk(None, values))
        return cls.get_database().run(cls._got_or_created(wanted, values))

    @classmethod
    def _got_or_created(cls, wanted: Any, values: dict[str, Any]) -> Op:
        try:
            return (yield from wanted.get_op()), False
        except cls.DoesNotExist:
            pass
        try:
            return (yield from cls()._creation(dict(values))), True
        except UniquenessError as refused:
            try:
                return (yield from wanted.get_op()), False
            except cls.DoesNotExist:
                raise refused from None

    get_or_create = get_or_connect

    @classmethod
    def from_pks(cls, pks: Iterable[Any], lazy: bool = False) -> Any:
        """The objects with these pks; missing ones are left out. One request unless lazy."""
        if lazy:
            return cls.get_database().at_once([cls.lazy_connect(pk) for pk in pks])
        return cls.collection(pk__in=list(pks)).instances().evaluate()

    # one object

    @property
    def connected(self) -> bool:
        """Whether the object is known to exist."""
        return self._connected

    @property
    def is_new(self) -> bool:
        """Whether the object has yet to come into being."""
        return self._pk is None and not self._deleted and not self._pending

    @property
    def is_pending(self) -> bool:
        """Whether the object waits in a pipeline for its pk."""
        return self._pending

    def set_connected(self) -> None:
        """Notes that the object was found to exist."""
        self._connected = True

    def did_not_come_into_being(self) -> None:
        """Notes that the first write was refused: the next one may bring the object into being."""
        self._pending = False

    def came_into_being(self, pk: str) -> None:
        """Notes the pk that the object was created with."""
        self._pk, self._connected, self._pending = pk, True, False

    def get_pk(self) -> str:
        """The pk, without a request. Raises DoesNotExist if the object has none."""
        if self._deleted:
            raise self.schema.does_not_exist(f"this {self.schema.label} was deleted (pk {self._pk!r})")
        if self._pk is None:
            if self._pending:
                raise PipelineError("the object gets its pk when the pipeline is executed")
            raise self.schema.does_not_exist(
                f"this {self.schema.label} has no pk yet: nothing was written to it"
            )
        return self._pk

    def new_write(self, *others: ObjectRef) -> Write:
        """A write that brings this object into being, defaults included."""
        self._refuse_abstract()
        if not self.schema.pk_auto:
            raise InvalidValueError(
                f"{self.schema.label}.{self.schema.pk_name} is needed first: create the object with "
                f"{self.schema.label}({self.schema.pk_name}=...)"
            )
        self._pending = True  # in a pipeline the next write must not make another object
        write = Write(ObjectRef(self.schema, "", NEW), *others)
        for field, content in self._defaults(set()):
            write.assign(field, content)
        return write

    def update(self, **values: Any) -> Any:
        """Gives fields their whole new content, all or nothing; None removes. One request.

        Raises UniquenessError, DoesNotExist, InvalidValueError; then nothing has changed.
        """
        contents = self._contents(values, keep_empty=True)
        if not contents:
            raise InvalidValueError("give at least one value to update")
        database = self.get_database()
        if self.is_new:
            return database.run(self._created_by_update(self._creation({**values})))
        return database.run(self._updated(contents))

    def _created_by_update(self, creation: Op) -> Op:
        yield from creation
        return True

    def _updated(self, contents: list[tuple[FieldSchema, list[Any]]]) -> Op:
        result = yield from lifecycle.update(self.schema, self.get_pk(), contents)
        self._connected = True
        return result

    def delete(self) -> Any:
        """Removes the object: its values, index entries and pk. One request.

        What points to it follows in the same step, as ``on_delete`` of the relation says.
        Raises DoesNotExist if it is not there (any more), RestrictedError.
        """
        return self.get_database().run(self._delete())

    def _delete(self) -> Op:
        yield from deletion.delete(self.schema, [self.get_pk()])
        self._deleted, self._connected = True, False
        return True

    @classmethod
    def _contents(
        cls, values: Mapping[str, Any], keep_empty: bool = False
    ) -> list[tuple[FieldSchema, list[Any]]]:
        contents = []
        for name in values:
            field = cls._declared.get(name)
            if field is None or isinstance(field, PKField):
                if field is not None or name == "pk":
                    raise InvalidValueError(f"{cls.__name__}: a primary key cannot be updated")
                raise InvalidValueError(
                    f"{cls.__name__} has no field {name!r}; it has {', '.join(cls._fields)}"
                )
        for name in cls._fields:  # in the order of declaration
            if name in values and name in cls._declared:
                content = cls._declared[name].content(values[name])
                if content or keep_empty:
                    contents.append((cls._declared[name].schema, content))
        return contents

    @classmethod
    def _defaults(cls, given: set[str]) -> list[tuple[FieldSchema, list[Any]]]:
        defaults = [
            (field.schema, field.default_content())
            for name, field in cls._declared.items()
            if name not in given and field.default is not None
        ]
        return [(field, content) for field, content in defaults if content]

    def post_command(self, sender: Any, name: str, result: Any, args: Any, kwargs: Any) -> Any:
        """Hook: called with the result of each command of this object's fields."""
        return result

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

    # fields and keys

    @classmethod
    def get_database(cls) -> BaseDatabase:
        """The database; raises ImplementationError while the model has none."""
        if cls.database is None:
            raise ImplementationError(f"{cls.__name__} has no database: set one, or call use_database()")
        return cls.database

    @classmethod
    def get_fields(cls) -> tuple[RedisField, ...]:
        """All declared fields, the pk first."""
        return tuple(cls._declared[name] for name in cls._fields)

    @declaration.both
    def get_field(self_or_cls: Any, name: str) -> Any:
        """The field of this name, of the class or of the instance; 'pk' always works.

        Raises AttributeError for an unknown one.
        """
        cls: type[RedisModel] = self_or_cls if isinstance(self_or_cls, type) else type(self_or_cls)
        if name == "pk":
            name = cls.schema.pk_name
        if name not in cls._declared:
            raise AttributeError(f"{cls.__name__} has no field {name!r}; it has {', '.join(cls._fields)}")
        return getattr(self_or_cls, name)

    @classmethod
    def field_stored_as(cls, stored: str) -> RedisField | None:
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
    def use_database(cls, database: BaseDatabase) -> declaration.Moved:
        """Moves the model, and every subclass that shares its database, to another one.

        Returns the moved models; used in ``with``, the move ends with the block.
        """
        return declaration.use_database(cls, database)

    @classmethod
    def scan_model_keys(cls, count: int | None = None) -> Iterator[str]:
        """All keys of the model: pks, counter, indexes, fields. A generator (SCAN)."""
        pages = key_pages(cls.schema.keys.pattern(), count)
        found: Iterator[str] = cls.get_database().iterate(_distinct(pages))
        return found

    def scan_keys(self, count: int | None = None) -> Iterator[str]:
        """The keys that hold this object's fields. A generator. One request for each key."""
        pk, keys = self.get_pk(), self.schema.keys
        candidates = {field.key(keys, pk): None for field in self.schema.fields.values()}
        memos = [keys.memo(field.stored, pk) for field in self.schema.fields.values() if field.python]
        found: Iterator[str] = self.get_database().iterate(_existing([*candidates, *memos]))
        return found

    # indexes

    @classmethod
    def index_upkeep(cls, field: FieldSchema, indexes: Sequence[BaseIndex]) -> Upkeep:
        """What clears and rebuilds these indexes of a field."""
        return Upkeep(cls.get_database(), cls.schema, field, indexes)

    @classmethod
    def _upkeeps(cls) -> list[Upkeep]:
        return [
            cls.index_upkeep(field, field.indexes) for field in cls.schema.fields.values() if field.indexes
        ]

    @classmethod
    def _upkeep(cls, work: Callable[[Upkeep], Op], nothing: Any) -> Op:
        """The sum of what an Op gives for the indexes of each field."""
        total = nothing
        for upkeep in cls._upkeeps():
            total = total + (yield from work(upkeep))
        return total

    @classmethod
    def check_op(cls, progress: Any = None) -> Op:
        """See check_indexes."""
        return cls._upkeep(lambda upkeep: upkeep.audit_op(False, progress), [])

    @classmethod
    def check_indexes(cls, progress: Any = None) -> list[Difference]:
        """Every difference between the indexes and the values; writes nothing. In chunks."""
        return cls._run_upkeep(cls.check_op(progress))  # type: ignore[no-any-return]

    @classmethod
    def repair_indexes(cls, progress: Any = None) -> list[Difference]:
        """Mends every difference, while others write; returns what cannot be mended
        (two objects holding one unique value: change one of them). In chunks."""
        op = cls._upkeep(lambda upkeep: upkeep.repair_op(progress), [])
        return cls._run_upkeep(op)  # type: ignore[no-any-return]

    @classmethod
    def rebuild_indexes(cls, progress: Any = None) -> int:
        """Rebuilds all indexes of all fields; see Upkeep.rebuild."""
        op = cls._upkeep(lambda upkeep: upkeep.rebuild_op(progress), 0)
        return cls._run_upkeep(op)  # type: ignore[no-any-return]

    @classmethod
    def clear_indexes(cls, progress: Any = None) -> int:
        """Removes all entries of all indexes; see Upkeep.clear."""
        op = cls._upkeep(lambda upkeep: upkeep.clear_op(progress), 0)
        return cls._run_upkeep(op)  # type: ignore[no-any-return]

    @classmethod
    def _run_upkeep(cls, op: Op) -> Any:
        # past any pipeline: it takes many requests
        return cls.get_database().runner.run(op)


def _distinct(pages: Pages) -> Pages:
    """Pages without the items that were given before."""
    seen: set[str] = set()

    def page(state: Any) -> Op:
        state, items = yield from pages(state)
        new = [item for item in dict.fromkeys(items) if item not in seen]
        seen.update(new)
        return state, new

    return page


def _existing(keys: Sequence[str]) -> Pages:
    """Those of the keys that exist, a request for each."""

    def page(at: Any) -> Op:
        at = at or 0
        if at >= len(keys):
            return None, []
        exists = yield Call(("EXISTS", keys[at]))
        return at + 1, [keys[at]] if exists else []

    return page
