"""What happens when a model class is made, and when it moves to another database."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .contents import Encoder
from .database import BaseDatabase
from .exceptions import DoesNotExist, ImplementationError
from .fields import AutoPKField, PKField, RedisField
from .indexes import EqualIndexWith
from .keys import ModelKeys, check_name
from .schema import FieldSchema, ModelSchema, link
from .validation import checks_of

if TYPE_CHECKING:
    from .model import RedisModel

__all__ = ["Moved", "both", "complete", "use_database"]

#: names that mean something else among the arguments of the model's methods, or on the class
_RESERVED = {"nx", "xx", "overwrite", "pk", "schema", "self", "cls", "manager", "lazy"}


class both:
    """A method that is called with the class, or with the instance if there is one."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function
        self.__doc__ = function.__doc__

    def __get__(self, instance: Any, owner: Any) -> Any:
        return self.function.__get__(owner if instance is None else instance)


def complete(cls: type[RedisModel], base: type[RedisModel]) -> None:
    """Finishes a model class: its fields, schema, exceptions, place in the database."""
    fields = _collect(cls, base)
    pk = _primary_key(cls, fields)
    del fields[pk.name]
    _check_database(cls)
    cls._declared = {pk.name: pk, **fields}
    cls._fields = tuple(cls._declared)
    cls._name = cls.stored_name()
    keys = ModelKeys(cls.namespace, cls._name)
    for field in cls._declared.values():
        field.attach(cls, cls.__name__)
    schemas = {name: field.schema for name, field in fields.items()}
    _use_together(cls, schemas)
    link(schemas)
    _check_stored_names(cls, fields)
    cls.schema = ModelSchema(cls.__name__, keys, pk.name, pk.auto, schemas)
    cls.schema.owner = cls
    cls.schema.pk_codec = pk.codec
    cls.DoesNotExist = cls.schema.does_not_exist = type(
        "DoesNotExist",
        (_parent_error(cls),),
        {"__module__": cls.__module__, "__qualname__": f"{cls.__qualname__}.DoesNotExist"},
    )
    cls.field_checks = checks_of(cls, set(schemas))
    cls.has_init = cls.__init__ is not base.__init__
    cls.has_clean = cls.clean is not base.clean
    cls._encoder = Encoder(cls, fields.values())
    cls.has_hook = cls.post_command is not base.post_command
    if cls.database is not None and not cls.abstract:
        cls.database.add_model(cls)


def _parent_error(cls: type[RedisModel]) -> type[DoesNotExist]:
    for parent in cls.__mro__[1:]:
        error = vars(parent).get("DoesNotExist")
        if error is not None:
            return error  # type: ignore[no-any-return]
    return DoesNotExist


def _collect(cls: type[RedisModel], base: type[RedisModel]) -> dict[str, RedisField[Any]]:
    """The fields in the order of declaration, those of the parents first, as copies of its own."""
    fields: dict[str, RedisField[Any]] = {}
    for parent in reversed(cls.__mro__):
        for name, value in list(vars(parent).items()):
            if isinstance(value, RedisField):
                if name == value.name:
                    fields[name] = value
                else:  # the alias 'pk' of a primary key with another name
                    fields.pop(name, None)
            elif name in fields:  # a subclass hides an inherited field
                if parent is not base and value is not None:
                    raise ImplementationError(
                        f"{parent.__name__}.{name} hides a field of a parent class; use None to leave it out"
                    )
                del fields[name]
    for name in (*fields, *cls._embedded):
        _check_field_name(cls, base, name)
    for name, field in fields.items():
        if vars(cls).get(name) is not field:
            field = _copy(field)
            setattr(cls, name, field)
            fields[name] = field
    return fields


def _copy(field: RedisField[Any]) -> RedisField[Any]:
    copy = object.__new__(type(field))
    copy.__dict__.update(field.__dict__)
    return copy


def _check_field_name(cls: type[RedisModel], base: type[RedisModel], name: str) -> None:
    check_name("field name", name)
    if name == "pk" and isinstance(vars(cls).get(name) or getattr(cls, name), PKField):
        return
    if name.startswith("_") or hasattr(base, name) or name in _RESERVED or _is_ours(cls, name):
        raise ImplementationError(
            f"{cls.__name__}.{name}: a field cannot have the name of an attribute of the model; "
            "choose another one (key_name= keeps the name in Redis)"
        )


def _is_ours(cls: type[RedisModel], name: str) -> bool:
    """Whether a base model of the library itself has an attribute of this name."""
    ours = (parent for parent in cls.__mro__[1:] if parent.__module__.startswith("limpyd_ng."))
    return any(name in vars(parent) and not isinstance(vars(parent)[name], RedisField) for parent in ours)


def _primary_key(cls: type[RedisModel], fields: dict[str, RedisField[Any]]) -> PKField[Any]:
    keys = {id(field): field for field in fields.values() if isinstance(field, PKField)}
    chosen = list(keys.values())
    if len(chosen) > 1:
        # the automatic key of a parent gives way to one that is declared
        declared = [field for field in chosen if not getattr(field, "implicit", False)]
        for field in chosen:
            if field not in declared:
                del fields[field.name]
        chosen = declared
    if len(chosen) > 1:
        names = ", ".join(field.name for field in chosen)
        raise ImplementationError(f"{cls.__name__} has several primary keys ({names}); one is allowed")
    pk = chosen[0] if chosen else _implicit_key(cls, fields)
    if vars(cls).get("pk") is not pk:
        type.__setattr__(cls, "pk", pk)
    return pk


def _implicit_key(cls: type[RedisModel], fields: dict[str, RedisField[Any]]) -> PKField[Any]:
    pk = AutoPKField()
    pk.name = "pk"
    pk.__dict__["implicit"] = True
    fields["pk"] = pk
    type.__setattr__(cls, "pk", pk)
    return pk


def _check_stored_names(cls: type[RedisModel], fields: dict[str, RedisField[Any]]) -> None:
    seen: dict[str, str] = {}
    for name, field in fields.items():
        stored = check_name("key_name", field.schema.stored)
        if stored in seen:
            raise ImplementationError(
                f"{cls.__name__}: the fields {seen[stored]!r} and {name!r} are both stored as {stored!r}"
            )
        seen[stored] = name


def _use_together(cls: type[RedisModel], schemas: dict[str, FieldSchema]) -> None:
    """``unique_together`` as a unique index of the first field of each group."""
    for group in cls.unique_together:
        names = () if isinstance(group, str) else tuple(group)
        if len(names) < 2 or (names[0] not in schemas and not cls.abstract):
            raise ImplementationError(
                f"{cls.__name__}.unique_together: give lists of names of at least two fields, not {group!r}"
            )
        if cls.abstract and any(name not in schemas for name in names):
            continue  # a subclass has the fields
        index = EqualIndexWith.configure(other_fields=names[1:], unique=True)
        schemas[names[0]].use_indexes([index])


def _check_database(cls: type[RedisModel]) -> None:
    if cls.database is not None and not isinstance(cls.database, BaseDatabase):
        raise ImplementationError(f"{cls.__name__}.database must be a RedisDatabase, not {cls.database!r}")
    if not isinstance(cls.namespace, str):
        raise ImplementationError(f"{cls.__name__}.namespace must be a text, not {cls.namespace!r}")


class Moved(list[Any]):
    """The models that ``use_database`` moved; as a context manager it moves them back."""

    def __init__(self, family: list[Any], old: BaseDatabase | None, new: BaseDatabase) -> None:
        super().__init__(model for model in family if not model.abstract)
        self._family = family
        self._old = old
        self._new = new

    def __enter__(self) -> Moved:
        return self

    def __exit__(self, *exc: object) -> None:
        for model in self._family:
            _move(model, self._new, self._old)


def use_database(cls: type[RedisModel], database: BaseDatabase) -> Moved:
    """See RedisModel.use_database."""
    if not isinstance(database, BaseDatabase):
        raise ImplementationError(f"{database!r} is no RedisDatabase")
    old = cls.database
    family = [model for model in _family(cls) if model.database is old]
    moved: list[Any] = []
    try:
        for model in family:
            _move(model, old, database)
            moved.append(model)
    except ImplementationError:
        for model in moved:
            _move(model, database, old)
        raise
    return Moved(family, old, database)


def _family(cls: type[Any]) -> list[Any]:
    found = [cls]
    for child in cls.__subclasses__():
        found += [model for model in _family(child) if model not in found]
    return found


def _move(model: Any, old: BaseDatabase | None, new: BaseDatabase | None) -> None:
    # the old one is given, as model.database may be that of a parent that was moved before
    if not model.abstract and old is not new:
        if new is not None:
            new.add_model(model)
        if old is not None:
            old.remove_model(model)
    model.database = new
