"""What fields of relations share: all of them, those that hold one pk, those that hold many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Generic

from ...call import Call, FollowUpRefused, Op
from ...collection import CollectionManager
from ...commands import Row
from ...engine import Reference
from ...exceptions import ImplementationError, PipelineError
from ...fields import RedisField
from ...indexes import BaseIndex, EqualIndex
from ...lua import POINTED
from ...model import RedisModel
from ...relations import CASCADE, RESTRICT, SET_NULL, Relation, related_name
from ...schema import INSTANCE_HASH, SET
from ...static import FieldOptions, K, P, Reply
from .models import OfTexts, RelatedModel

__all__ = ["ForeignKey", "ManyToMany", "RelatedField", "RelationOptions"]


class RelationOptions(FieldOptions, total=False):
    """What fields of relations take by name, for type checkers."""

    on_delete: str
    must_exist: bool


class RelatedField(OfTexts, RedisField[K], Generic[P, K]):
    """What all fields of relations share.

    ``to``: the model whose pks it holds: a RelatedModel, its name, 'namespace:Name', or
    'self'. ``related_name``: what its objects call the objects that point to them,
    ``<model>_set`` by default. ``on_delete``: what happens when an object it points to is
    deleted: ``"set_null"`` removes the pk from the field, ``"cascade"`` deletes the object
    that points to it too, ``"restrict"`` refuses. ``must_exist=False`` lets it hold pks that
    no object has (yet).
    """

    #: the commands whose arguments may be foreign keys to read the value from; all if None
    takes_references: ClassVar[frozenset[str] | None] = None
    parameters = ("to",)
    _relation: Relation

    def __init__(
        self,
        to: type[RelatedModel] | str,
        related_name: str | None = None,
        *,
        on_delete: str = SET_NULL,
        must_exist: bool = True,
        **options: Any,
    ) -> None:
        where = type(self).__name__
        if not ((isinstance(to, str) and to) or (isinstance(to, type) and issubclass(to, RelatedModel))):
            raise ImplementationError(
                f"{where}: 'to' is a RelatedModel, its name, 'namespace:Name' or 'self', not {to!r}"
            )
        if isinstance(to, type) and to.abstract:
            raise ImplementationError(f"{where}: {to.__name__} is abstract and has no objects")
        if related_name is not None and not isinstance(related_name, str):
            raise ImplementationError(f"{where}: related_name is a text, not {related_name!r}")
        if on_delete not in (SET_NULL, CASCADE, RESTRICT):
            raise ImplementationError(
                f"{where}: on_delete is 'set_null', 'cascade' or 'restrict', not {on_delete!r}"
            )
        if options.get("type") is not None or options.get("codec") is not None:
            raise ImplementationError(f"{where}: its values are pks of the other model, of no other type")
        self.to = to
        self.related_name = related_name
        self.on_delete = on_delete
        self.must_exist = must_exist
        super().__init__(**options)
        self.indexable = True

    def attach(self, model: type[RedisModel], label: str) -> None:
        if not issubclass(model, RelatedModel):
            raise ImplementationError(f"{label}.{self.name}: relations are for RelatedModels")
        super().attach(model, label)
        name = related_name(self.related_name, model.namespace, model.stored_name(), self.schema.label)
        to = self.to if isinstance(self.to, str) else self.to.schema.keys.tag
        self._relation = Relation(self.schema, to, name, self.on_delete, self.must_exist)
        self.schema.relation = self._relation

    def _chosen_indexes(self) -> Sequence[type[BaseIndex]]:
        """Those asked for, and one that finds who points to a pk."""
        chosen = list(super()._chosen_indexes())
        parts = [part for index in chosen for part in index.parts()]
        if not any(issubclass(part, EqualIndex) and part.transform is None for part in parts):
            chosen.append(EqualIndex)
        return chosen

    @property
    def value_type(self) -> Any:
        relation: Relation | None = vars(self).get("_relation")  # not yet, of one that is on no model
        target = relation.known_target if relation is not None else None
        return str if target is None else target.owner.pk.value_type

    @property
    def related_model(self) -> type[P]:
        """The model that it points to; raises ImplementationError while it is not declared."""
        found: type[P] = self._relation.target.owner
        return found

    # values: pks, objects, foreign keys

    def text(self, value: Any) -> str | bytes:
        if isinstance(value, ForeignKey):
            return value.reference()
        return super().text(self._relation.pk_of(value))

    def encode(self, value: Any, where: str, written: bool) -> str | bytes:
        return value if isinstance(value, Reference) else super().encode(value, where, written)

    def _check_default(self) -> None:
        """What pks are is known when the other model is: a default is checked where it is used."""

    def _command(self, row: Row, args: Any, kwargs: Any, then: Any = None) -> Any:
        return super()._command(row, self._pks(row, args), self._pks(row, kwargs), then)

    def _pks(self, row: Row, value: Any) -> Any:
        """Arguments with objects as pks, and foreign keys as references where values go."""
        if isinstance(value, tuple | list):
            return type(value)([self._pks(row, item) for item in value])
        if isinstance(value, Mapping):
            return {self._pks(row, key): self._pks(row, item) for key, item in value.items()}
        if isinstance(value, RedisModel):
            return self._relation.pk_of(value)
        if isinstance(value, ForeignKey) and self._takes_reference(row):
            return value.reference()
        return value

    def _takes_reference(self, row: Row) -> bool:
        return self.takes_references is None or row.name in self.takes_references

    def _read(self, row: Row, wire: Sequence[Any], options: dict[str, Any]) -> Op | Call:
        if any(type(item) is Reference for item in wire):
            return self._read_after(row, wire, options)
        return super()._read(row, wire, options)

    def _read_after(self, row: Row, wire: Sequence[Any], options: dict[str, Any]) -> Op:
        """A read with the values of foreign keys among its arguments: they are read first."""
        known = []
        try:
            for item in wire:
                if type(item) is Reference:
                    item = yield from item.read()
                known.append(item)
            op = super()._read(row, known, options)
            return (yield op) if isinstance(op, Call) else (yield from op)
        except FollowUpRefused:
            raise PipelineError(
                f"{self.schema.label}.{row.name}: reading with the value of a foreign key takes a request "
                "for that value first; in a pipeline give the pk"
            ) from None


class ForeignKey(RelatedField[P, K]):
    """What the fields that hold one pk share."""

    takes_references = frozenset(
        {"set", "setnx", "getset", "setex", "psetex", "delifeq", "hset", "hsetnx", "append", "setrange"}
    )

    def reference(self) -> Reference:
        """Stands for the value among the arguments of a write."""
        entry = self.schema.stored if self.kind == INSTANCE_HASH else ""
        return Reference(str(self.key), entry, f"{self.schema.label} of pk {self.holder.get_pk()!r}")

    def instance(self, lazy: bool = False) -> Reply[P | None]:
        """The object it points to, None while it points to none. One request.

        With ``lazy`` that object is not looked up. Raises DoesNotExist if the object is missing,
        or (of the other model) if the one it points to is.
        """
        return self.database.run(self._pointed(lazy))

    def _pointed(self, lazy: bool) -> Op:
        model, own, target = self.related_model, self._model.schema, self._relation.target
        pk = self.holder.stored_pk()
        entry = self.schema.stored if self.kind == INSTANCE_HASH else ""
        call = Call((3, str(self.key), own.keys.pks, target.keys.pks, entry, pk), script=POINTED)
        found, *pointed = yield call
        if not pointed:
            if not found:
                raise own.missing(pk)
            return None
        if not (lazy or found):
            raise target.missing(pointed[0])
        return model.of_pk(pointed[0], connected=not lazy)


class ManyToMany(RelatedField[P, K]):
    """What the fields that hold many pks share."""

    def __call__(self, **filters: Any) -> CollectionManager[P, K]:
        """The objects it points to as a collection, with filters if any, in the order of the list
        or sorted set. No request."""
        collection: CollectionManager[P, Any] = self.related_model.collection().intersect(self)
        if self.kind != SET:
            collection = collection.in_order_of(self.key, self.kind)
        return collection.filter(**filters)

    collection = __call__
