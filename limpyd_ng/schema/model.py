"""A model as data: its keys, its fields, and what is kept that was made of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..exceptions import DoesNotExist, InvalidValueError
from ..keys import ModelKeys
from ..static import T
from .field import FieldSchema

if TYPE_CHECKING:
    from ..codecs import Codec
    from ..relations import Network, Relation

__all__ = ["ModelSchema"]

#: how much a model keeps in its table of things to make once
_MOST_KEPT = 2000


class ModelSchema:
    """One model: its keys and its fields."""

    __slots__ = (
        "answers",
        "compiled",
        "does_not_exist",
        "fields",
        "forms",
        "keys",
        "label",
        "network",
        "owner",
        "pk_auto",
        "pk_codec",
        "pk_name",
        "shapes",
    )

    def __init__(
        self, label: str, keys: ModelKeys, pk_name: str, pk_auto: bool, fields: dict[str, FieldSchema]
    ) -> None:
        self.label = label
        self.keys = keys
        self.pk_name = pk_name
        self.pk_auto = pk_auto
        #: how pks are texts; None: they are texts
        self.pk_codec: Codec | None = None
        #: without the primary key
        self.fields = fields
        self.does_not_exist: type[DoesNotExist] = DoesNotExist
        #: scripts made for this model (see ``compiled``); None where there can be none
        self.compiled: dict[Any, Any] = {}
        #: how many of them are for objects, or updates, with just these fields
        self.shapes = 0
        #: what answers queries of a form (see ``query.plain``)
        self.forms: dict[Any, Any] = {}
        #: what answers a filter, by its name (see ``query.filters``)
        self.answers: dict[str, Any] = {}
        #: the class that this is the schema of
        self.owner: Any = None
        #: the models of the same database, once the model is in one
        self.network: Network | None = None
        for relation in self.relations:
            relation.source = self

    def use_prefix(self, before: str) -> None:
        """Takes the prefix of a database into all keys."""
        if before != self.keys.before:
            self.keys = ModelKeys(self.keys.namespace, self.keys.name, before)
            self.compiled.clear()
            self.shapes = 0
            self.forms.clear()

    def keep(self, key: Any, made: T) -> T:
        """Keeps what was made of names that users gave, as long as there are not too many of them."""
        if len(self.compiled) < _MOST_KEPT:
            self.compiled[key] = made
        return made

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

    def related(self, name: str) -> Relation | None:
        """The relation to this model that has this related name."""
        return self.network.named(self, name) if self.network is not None else None

    def pk_of(self, value: Any, where: str) -> Any:
        """The pk of an object of this model; any other value as it is.

        Raises InvalidValueError for an object of another model, or one without a pk yet.
        """
        if not hasattr(value, "get_pk"):
            return value
        if value.schema.keys.tag != self.keys.tag:
            raise InvalidValueError(f"{where} leads to {self.label} objects; {value!r} is none")
        if value.is_new:
            raise InvalidValueError(
                f"{where}: this {self.label} has no pk yet; write to it, or create it, first"
            )
        return value.get_pk()

    def read_pk(self, stored: str) -> Any:
        """A pk, of its type, from the text in keys. Raises InvalidValueError if it is none."""
        if self.pk_codec is None:
            return stored
        return self.pk_codec.decode(stored, f"{self.label}.{self.pk_name}")

    def shown_pk(self, stored: str) -> Any:
        """``read_pk`` for messages and reports: a text that is no pk of the type is shown as it is."""
        try:
            return self.read_pk(stored) if stored else stored
        except InvalidValueError:
            return stored

    def missing(self, pk: str) -> DoesNotExist:
        """The error for an object that is not in the collection."""
        return self.does_not_exist(f"no {self.label} has the pk {self.shown_pk(pk)!r}")
