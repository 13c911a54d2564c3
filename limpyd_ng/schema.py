"""A model as data: what the engines need to know of it, without any connection."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from .exceptions import DoesNotExist, ImplementationError
from .keys import ModelKeys

if TYPE_CHECKING:
    from .indexes.base import BaseIndex
    from .relations import Network, Relation

__all__ = ["HASH", "INSTANCE_HASH", "LIST", "SET", "SORTED_SET", "STRING", "FieldSchema", "ModelSchema"]

STRING, INSTANCE_HASH, HASH, SET, LIST, SORTED_SET = "s", "i", "h", "S", "l", "z"


class FieldSchema:
    """One field: where it is stored, what kind of value it holds, how it is indexed."""

    __slots__ = ("indexes", "kind", "label", "name", "python", "relation", "spec", "stored", "unique")

    def __init__(self, model: str, name: str, stored: str, kind: str, unique: bool) -> None:
        self.name = name
        #: the name in keys, which ``key_name=`` may make another one
        self.stored = stored
        self.kind = kind
        self.unique = unique
        #: "Model.field", for messages
        self.label = f"{model}.{name}"
        self.indexes: tuple[BaseIndex, ...] = ()
        self.python: tuple[tuple[int, BaseIndex], ...] = ()
        #: the field spec of the scripts (see lua/lib/fields.lua), made once
        self.spec: tuple[Any, ...] = (stored, kind, 0)
        #: where the values are pks of another model's objects
        self.relation: Relation | None = None

    @property
    def multi(self) -> bool:
        """Whether the field holds many elements that are indexed each."""
        return self.kind in (SET, LIST, SORTED_SET)

    def use_indexes(self, classes: Iterable[type[BaseIndex]]) -> None:
        """Makes the indexes of the field; raises ImplementationError if two share storage."""
        self.indexes = tuple(index_class(self) for index_class in classes)
        labels = [index.label for index in self.indexes]
        for label in labels:
            if labels.count(label) > 1:
                raise ImplementationError(
                    f"{self.label}: two indexes would store their entries under {label!r}; "
                    "give one of them another key= or prefix="
                )
        self.python = tuple((n, index) for n, index in enumerate(self.indexes, 1) if index.python)
        self.spec = self.spec_of(self.indexes)

    def spec_of(self, indexes: Sequence[BaseIndex]) -> tuple[Any, ...]:
        """The field spec with only these indexes."""
        flat = [part for index in indexes for part in index.spec()]
        return (self.stored, self.kind, len(indexes), *flat)

    def key(self, keys: ModelKeys, pk: str) -> str:
        """The key that holds the value in one object."""
        return keys.hash(pk) if self.kind == INSTANCE_HASH else keys.field(self.stored, pk)


class ModelSchema:
    """One model: its keys and its fields."""

    __slots__ = ("does_not_exist", "fields", "keys", "label", "network", "owner", "pk_auto", "pk_name")

    def __init__(
        self, label: str, keys: ModelKeys, pk_name: str, pk_auto: bool, fields: dict[str, FieldSchema]
    ) -> None:
        self.label = label
        self.keys = keys
        self.pk_name = pk_name
        self.pk_auto = pk_auto
        #: without the primary key
        self.fields = fields
        self.does_not_exist: type[DoesNotExist] = DoesNotExist
        #: the class that this is the schema of
        self.owner: Any = None
        #: the models of the same database, once the model is in one
        self.network: Network | None = None
        for relation in self.relations:
            relation.source = self

    @property
    def namespace(self) -> str:
        """The namespace in the model's keys."""
        return self.keys.namespace

    @property
    def stored_name(self) -> str:
        """The name in the model's keys."""
        return self.keys.name

    @property
    def relations(self) -> tuple[Relation, ...]:
        """What the fields point to."""
        return tuple(field.relation for field in self.fields.values() if field.relation is not None)

    @property
    def relations_to(self) -> tuple[Relation, ...]:
        """The relations, of this model and of others in its database, that point to it."""
        return self.network.to(self) if self.network is not None else ()

    def missing(self, pk: str) -> DoesNotExist:
        """The error for an object that is not in the collection."""
        return self.does_not_exist(f"no {self.label} has the pk {pk!r}")
