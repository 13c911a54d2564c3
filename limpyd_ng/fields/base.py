"""What every field is, declared on a model or bound to an object.

A field on a class is a declaration. Reading it on an instance gives a light copy of the
same class, bound to that instance, made on first access: so a subclass of a field type can
add methods that call native commands, as redis-limpyd users do. Its commands are in
``native``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import EnumMeta
from typing import (
    TYPE_CHECKING,
    Any,
    ClassVar,
    ForwardRef,
    Generic,
    Never,
    Self,
    TypeVar,
    get_args,
    get_origin,
)

from ..codecs import Codec, codec_for
from ..codecs.base import EQUALITY, NUMBERS, PLACES, TEXTS
from ..exceptions import ImplementationError, InvalidValueError
from ..indexes import BaseIndex, EqualIndex, GeoIndex, NumberRangeIndex, TextRangeIndex
from ..rules import rules_of
from ..schema import FieldSchema
from ..static import Reply, V
from .native import NativeCommands

if TYPE_CHECKING:
    from ..model import RedisModel
    from ..upkeep import Upkeep

__all__ = ["RedisField"]


#: what ``indexable=True`` means where neither the field class, the model nor the database says
DEFAULT_INDEXES = {
    EQUALITY: EqualIndex,
    NUMBERS: NumberRangeIndex,
    TEXTS: TextRangeIndex,
    PLACES: GeoIndex,
}


class RedisField(NativeCommands, Generic[V]):
    """Base of all fields.

    ``default``: a value, or a callable that makes one, stored when an object is created
    without one. ``indexable``: collections can filter on the field. ``unique``: indexable,
    and no two objects hold the same value. ``indexes``: the index classes, instead of the
    default one. ``lockable``: accepted, no effect: every write is atomic. ``key_name``: the
    name of the field in Redis, if it is to be another one. ``type``: what values are (of a list,
    set or sorted set: its members), texts as they are without it; ``codec``: a Codec instead;
    ``strict``: values of this very class only, nothing that could be made one.
    ``required``: no object without a value. ``min``, ``max``, ``gt``, ``lt``, ``multiple_of``,
    ``min_length``, ``max_length``, ``regex`` (of the whole text), ``choices``, ``validators``: what each
    value has to meet. ``min_items``, ``max_items``: how many values it may hold.
    """

    #: how the scripts call this kind of field
    kind: ClassVar[str] = ""
    #: the commands that ``proxy_get`` and ``proxy_set`` stand for
    proxy_getter: ClassVar[str] = ""
    proxy_setter: ClassVar[str] = ""
    default_indexes: ClassVar[Sequence[type[BaseIndex]] | None] = None
    can_be_unique: ClassVar[bool] = True
    #: whether it holds many values
    has_items: ClassVar[bool] = False
    #: the options that stand in brackets: ``StringField[int]`` is one with ``type=int``
    parameters: ClassVar[tuple[str, ...]] = ("type",)
    #: what a class made as ``class PriceField(StringField[Decimal])`` has in brackets
    in_brackets: ClassVar[Mapping[str, Any]] = {}

    #: what sub-keys are, of a HashField
    key_codec: Codec | None = None
    key_value_type: Any = str

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.has_plain_texts = cls.text is RedisField.text and (
            cls.has_items or cls.content is RedisField.content
        )
        for base in vars(cls).get("__orig_bases__", ()):
            if given := cls.bracketed(base):
                cls.in_brackets = given

    @staticmethod
    def bracketed(annotation: Any) -> dict[str, Any]:
        """The options in the brackets of ``StringField[int]``; none for anything else."""
        cls = get_origin(annotation)
        if not (isinstance(cls, type) and issubclass(cls, RedisField)):
            return {}
        given = [
            (name, kind.__forward_arg__ if isinstance(kind, ForwardRef) else kind)
            for name, kind in zip(cls.parameters, get_args(annotation), strict=False)
        ]
        return {name: kind for name, kind in given if kind not in (str, Any) and type(kind) is not TypeVar}

    def __init__(
        self,
        *,
        default: Any = None,
        indexable: bool | None = None,
        unique: bool = False,
        indexes: Sequence[type[BaseIndex]] | None = None,
        lockable: bool = True,
        key_name: str | None = None,
        type: Any = None,
        codec: Codec | None = None,
        strict: bool = False,
        required: bool = False,
        min: Any = None,
        max: Any = None,
        gt: Any = None,
        lt: Any = None,
        multiple_of: Any = None,
        min_length: int | None = None,
        max_length: int | None = None,
        regex: str | re.Pattern[str] | None = None,
        choices: Iterable[Any] | None = None,
        validators: Iterable[Callable[[Any], Any]] = (),
        min_items: int | None = None,
        max_items: int | None = None,
    ) -> None:
        self.default = default
        self.required = required
        if type is None and codec is None and isinstance(choices, EnumMeta):
            type, choices = choices, None
        if type is None and codec is None:
            type = self.in_brackets.get("type")
        self.codec = self._codec(type, codec, strict)
        #: whether values are made one of a known type before rules and checks see them
        self.coerces = codec is None and type is not None
        #: what values are, for records: of a codec, anything
        self._value_type: Any = Any if codec is not None else str if type is None else type
        self.rules = rules_of(
            min=min,
            max=max,
            gt=gt,
            lt=lt,
            multiple_of=multiple_of,
            min_length=min_length,
            max_length=max_length,
            regex=regex,
            choices=choices,
            validators=validators,
        )
        self.min_items, self.max_items = min_items, max_items
        self.unique = unique
        #: None: as the model says (``default_indexable``)
        self.indexable = True if unique or indexes else indexable
        self.index_classes = list(indexes) if indexes is not None else None
        self.lockable = lockable
        self.key_name = key_name
        self._check_options(bool(indexable))

    @classmethod
    def _codec(cls, kind: Any, codec: Codec | None, strict: bool) -> Codec | None:
        if codec is None:
            if strict and kind is None:
                raise ImplementationError(f"{cls.__name__}: strict= goes with type= or codec=")
            return None if kind is None else codec_for(kind, strict)
        if kind is not None:
            raise ImplementationError(f"{cls.__name__}: give type= or codec=, not both")
        if not isinstance(codec, Codec):
            raise ImplementationError(f"{cls.__name__}: codec= takes a Codec, not {codec!r}")
        return codec.strict() if strict else codec

    def _check_options(self, indexable: bool) -> None:
        where = type(self).__name__
        if not self.has_items and not (self.min_items is None is self.max_items):
            raise ImplementationError(f"{where}: min_items= and max_items= are for fields of many values")
        if self.unique and not self.can_be_unique:
            raise ImplementationError(f"{where} cannot be unique")
        if self.required and self.default is not None:
            raise ImplementationError(f"{where}: a field with a default cannot be required as well")
        if self.unique and self.default is not None and not callable(self.default):
            raise ImplementationError(
                f"{where}: a unique field cannot have the same default for every object"
            )
        if self.index_classes is not None:
            if not self.index_classes:
                raise ImplementationError(f"{where}: indexes= is empty; leave it out")
            for index in self.index_classes:
                if not (isinstance(index, type) and issubclass(index, BaseIndex)):
                    raise ImplementationError(f"{where}: {index!r} is not an index class")

    # declaration

    def __set_name__(self, owner: type[RedisModel], name: str) -> None:
        self.name = name

    def attach(self, model: type[RedisModel], label: str) -> None:
        """Ties the declaration to its model; called once, when the class is made."""
        self._model = model
        self.schema = FieldSchema(label, self.name, self.key_name or self.name, self.kind, self.unique)
        self.schema.key_codec, self.schema.ruled = self.key_codec, self.rules is not None
        self.schema.use_codec(self.codec)
        self.schema.limit(self.min_items, self.max_items)
        if model.default_indexable if self.indexable is None else self.indexable:
            self.schema.use_indexes(self._chosen_indexes())
            if self.unique and not any(index.handle_uniqueness for index in self.schema.indexes):
                raise ImplementationError(
                    f"{self.schema.label} is unique, and none of its indexes handles uniqueness"
                )

        self._check_default()

    def _check_default(self) -> None:
        if self.default is None or callable(self.default):
            return
        try:
            self.content(self.default)
        except InvalidValueError as error:
            raise ImplementationError(f"the default of {error}") from error

    def default_content(self) -> list[Any]:
        """The content of a new object that was given none."""
        default = self.default
        return self.content(default() if callable(default) else default)

    def _chosen_indexes(self) -> Sequence[type[BaseIndex]]:
        database = self._model.database
        return (
            self.index_classes
            or self.default_indexes
            or self._model.default_indexes
            or (database.default_indexes if database is not None else None)
            or [DEFAULT_INDEXES[self.codec.order] if self.codec is not None else EqualIndex]
        )

    def __get__(self, instance: RedisModel | None, owner: type[Any]) -> Self:
        if instance is None:
            return self
        bound: Self | None = instance.__dict__.get(self.name)
        if bound is None:
            bound = instance.__dict__[self.name] = self._bind(instance)
        return bound

    def __set__(self, instance: RedisModel, value: Never) -> None:
        raise AttributeError(
            f"{self.schema.label} is a live field: call one of its commands "
            f"(for instance {self.proxy_setter or 'set'}) instead of assigning to it"
        )

    def _bind(self, instance: RedisModel) -> Self:
        bound = object.__new__(type(self))
        bound.__dict__ = self.__dict__.copy()
        bound._instance = instance
        return bound

    def __repr__(self) -> str:
        if self._instance is not None:
            return f"<{type(self).__name__} {self.schema.label} of pk {self._instance._pk!r}>"
        return f"<{type(self).__name__} {getattr(self, 'name', '(not on a model)')}>"

    # commands

    def proxy_get(self, *args: Any, **kwargs: Any) -> Any:
        """The command that reads the whole value."""
        return getattr(self, self.proxy_getter)(*args, **kwargs)

    def proxy_set(self, *args: Any, **kwargs: Any) -> Any:
        """The command that sets or adds values."""
        return getattr(self, self.proxy_setter)(*args, **kwargs)

    @property
    def value_type(self) -> Any:
        """What values are, for records."""
        return self._value_type

    # indexes

    def get_index(
        self, index_class: type[BaseIndex] | None = None, key: str | None = None, prefix: str | None = None
    ) -> Upkeep:
        """The one index of the field that fits; raises ValueError if none or several do."""
        found = self.schema.indexes_of(index_class, key, prefix)
        if len(found) != 1:
            raise InvalidValueError(f"{self.schema.label}: {len(found)} indexes fit; one is needed")
        return self._model.index_upkeep(self.schema, found[0])

    def clear_indexes(self, index_class: type[BaseIndex] | None = None, **options: Any) -> Reply[int]:
        """Removes the entries of the field's indexes (of one class, if given); see Upkeep.clear."""
        return self._upkeep(index_class).clear(**options)

    clean_indexes = clear_indexes

    def rebuild_indexes(self, index_class: type[BaseIndex] | None = None, **options: Any) -> Reply[int]:
        """Makes the indexes of the field follow its values again; see Upkeep.rebuild."""
        return self._upkeep(index_class).rebuild(**options)

    def _upkeep(self, index_class: type[BaseIndex] | None) -> Upkeep:
        if self._instance is not None:
            raise ImplementationError(
                f"indexes belong to all objects: call Model.get_field({self.name!r}).rebuild_indexes()"
            )
        indexes = [i for i in self.schema.indexes if index_class is None or i.belongs_to(index_class)]
        if not indexes:
            raise ImplementationError(f"{self.schema.label} has no index of this class")
        return self._model.index_upkeep(self.schema, indexes)
