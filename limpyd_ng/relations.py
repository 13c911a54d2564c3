"""Relations between models as data: who points to whom, and what a deletion does about it.

A field that holds pks of another model has a ``Relation``. The ``Network`` of a database
holds the schemas of its models; it finds the target of a relation when it is asked for,
so that models may be declared in any order.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from .exceptions import ImplementationError

if TYPE_CHECKING:
    from .schema import FieldSchema, ModelSchema

__all__ = ["CASCADE", "RESTRICT", "SET_NULL", "Network", "Relation", "related_name"]

SET_NULL, CASCADE, RESTRICT = "set_null", "cascade", "restrict"


class Relation:
    """A field that points to objects of a model.

    ``to`` is a model's tag (``{namespace:name}``), a name as the user wrote it, or 'self'.
    """

    __slots__ = ("field", "must_exist", "name", "on_delete", "source", "to")

    source: ModelSchema

    def __init__(self, field: FieldSchema, to: str, name: str, on_delete: str, must_exist: bool) -> None:
        self.field = field
        self.to = to
        #: how the target's objects call the objects that point to them
        self.name = name
        self.on_delete = on_delete
        #: whether a pk that no object has is refused
        self.must_exist = must_exist

    def __repr__(self) -> str:
        return f"<Relation {self.field.label} to {self.to}>"

    @property
    def reverse_index(self) -> int:
        """The number (from 1) of the index that finds who points to a pk."""
        return next(number for number, index in enumerate(self.field.indexes, 1) if index.is_plain_equal)

    @property
    def is_resolved(self) -> bool:
        """Whether the model it points to is there."""
        network = self.source.network
        return network is not None and network.find(self) is not None

    @property
    def target(self) -> ModelSchema:
        """The model it points to; raises ImplementationError while there is none of that name."""
        network, found = self.source.network, self.known_target
        if found is None:
            raise ImplementationError(
                f"{self.field.label} points to {self.to!r}, and there is no such model in its database"
                + (f"; there are {', '.join(network.names())}" if network is not None else " (it has none)")
            )
        return found

    @property
    def known_target(self) -> ModelSchema | None:
        """The model it points to, None while there is none of that name."""
        network = self.source.network
        return network.find(self) if network is not None else None

    def pk_of(self, value: Any) -> Any:
        """The pk of an object of the target; any other value as it is. See ModelSchema.pk_of."""
        return self.target.pk_of(value, self.field.label) if hasattr(value, "get_pk") else value

    def points_to(self, model: ModelSchema) -> bool:
        """Whether ``model`` is what ``to`` names."""
        if self.to.startswith("{"):
            return model.keys.tag == self.to
        if self.to == "self":
            return model.keys.tag == self.source.keys.tag
        namespace, colon, name = self.to.rpartition(":")
        if model.namespace != (namespace if colon else self.source.namespace):
            return False
        return name == model.label or name.lower() == model.stored_name


class Network:
    """The schemas of the models of one database, and the relations between them."""

    def __init__(self) -> None:
        self._models: dict[str, ModelSchema] = {}
        self._pointing: dict[str, tuple[Relation, ...]] = {}
        #: what others work out from the relations, until a model comes or goes
        self.derived: dict[Any, Any] = {}

    def names(self) -> list[str]:
        """The models, as ``to=`` may name them."""
        return sorted(f"{m.namespace}:{m.label}" if m.namespace else m.label for m in self._models.values())

    def add(self, model: ModelSchema) -> None:
        """Takes a model in, in place of one with its name.

        Raises ImplementationError if a related name is taken on the model or by it.
        """
        before, network = dict(self._models), model.network
        self._models[model.keys.tag] = model
        model.network = self
        self._forget()
        try:
            for other in self._models.values():
                self._check(other)
        except ImplementationError:
            self._models, model.network = before, network
            self._forget()
            raise
        finally:
            self._use_pk_codecs()

    def remove(self, model: ModelSchema) -> None:
        """Lets a model go."""
        if self._models.get(model.keys.tag) is model:
            del self._models[model.keys.tag]
        if model.network is self:
            model.network = None
        self._forget()
        self._use_pk_codecs()

    def _forget(self) -> None:
        self._pointing = {}
        self.derived = {}

    def _use_pk_codecs(self) -> None:
        """Values of relations are typed as the pks they are."""
        for relation in self.relations():
            target = self.find(relation)
            relation.field.use_codec(None if target is None else target.pk_codec)

    def find(self, relation: Relation) -> ModelSchema | None:
        """The model that a relation points to, if it is here."""
        key = ("target", relation)
        if key not in self.derived:
            models = self._models.values()
            self.derived[key] = next((model for model in models if relation.points_to(model)), None)
        found: ModelSchema | None = self.derived[key]
        return found

    def relations(self) -> Iterator[Relation]:
        """Every relation of every model."""
        for model in self._models.values():
            yield from model.relations

    def to(self, model: ModelSchema) -> tuple[Relation, ...]:
        """The relations that point to a model."""
        tag = model.keys.tag
        if tag not in self._pointing:
            self._pointing[tag] = tuple(one for one in self.relations() if one.points_to(model))
        return self._pointing[tag]

    def named(self, model: ModelSchema, name: str) -> Relation | None:
        """The relation to a model that has this related name."""
        return next((relation for relation in self.to(model) if relation.name == name), None)

    def _check(self, model: ModelSchema) -> None:
        seen: dict[str, Relation] = {}
        for relation in self.to(model):
            name, other = relation.name, seen.setdefault(relation.name, relation)
            if other is not relation:
                raise ImplementationError(
                    f"{relation.field.label} and {other.field.label} both have the related name {name!r} on "
                    f"{model.label}; give one of them another related_name ('%(model)s' and '%(namespace)s' "
                    "in it are replaced)"
                )
            if name in model.fields or name in (model.pk_name, "pk") or hasattr(model.owner, name):
                raise ImplementationError(
                    f"{relation.field.label}: the related name {name!r} would hide {model.label}.{name}; "
                    "give another related_name"
                )


def related_name(template: str | None, namespace: str, model: str, label: str) -> str:
    """``related_name=`` with ``%(namespace)s`` and ``%(model)s`` replaced, in lower case.

    Raises ImplementationError if that is no name for an attribute.
    """
    template = "%(model)s_set" if template is None else template
    try:
        name = template % {"namespace": namespace, "model": model}
    except (KeyError, ValueError, TypeError) as error:
        raise ImplementationError(
            f"{label}: related_name {template!r} may only hold %(namespace)s and %(model)s ({error!r})"
        ) from error
    name = re.sub(r"[^\w]", "_", name.lower()) if "%(namespace)s" in template else name.lower()
    if not name.isidentifier() or keyword.iskeyword(name) or name.startswith("_") or "__" in name:
        raise ImplementationError(
            f"{label}: the related name {name!r} is no name for an attribute (letters, digits, single "
            "underscores)"
        )
    return name
