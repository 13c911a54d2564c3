"""Models with relations, and the collections of who points to one of their objects."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic

from ...collection import CollectionManager
from ...model import RedisModel
from ...relations import Relation
from ...static import K, P

__all__ = ["OfTexts", "RelatedCollection", "RelatedModel"]


class RelatedModel(RedisModel):
    """Base of models that have relations, on either side.

    The objects that point to one are the attributes that ``related_name`` names:
    ``person.owned_groups(private=0)`` is a collection.
    """

    abstract = True

    @cached_property
    def fetched(self) -> dict[str, Any]:
        """What ``instances(fetch=...)`` brought along: relation -> Snapshot, None or a list."""
        return {}

    def __getattr__(self, name: str) -> RelatedCollection[Any]:
        relation = None if name.startswith("_") else type(self).schema.related(name)
        if relation is not None:
            return RelatedCollection(relation, self)
        raise AttributeError(f"{type(self).__name__} has no attribute, field or related name {name!r}")

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *(relation.name for relation in type(self).schema.relations_to)]


class OfTexts:
    """Lets ``X[Model]`` stand for ``X[Model, str]``: pks are texts unless a second type says otherwise."""

    if not TYPE_CHECKING:

        def __class_getitem__(cls, kinds: Any) -> Any:
            return super().__class_getitem__(kinds if isinstance(kinds, tuple) else (kinds, str))


class RelatedCollection(OfTexts, Generic[P, K]):
    """The objects that point to one, by one relation: call it for the collection.

    ``groups: RelatedCollection["Group"]`` in a model says what its attribute gives, to type checkers;
    ``RelatedCollection["Group", int]`` where the pks of groups are ints.
    """

    #: an annotation with this class asks for no field
    no_field = True

    def __init__(self, relation: Relation, instance: RelatedModel) -> None:
        self.relation = relation
        self.instance = instance

    def __call__(self, **filters: Any) -> CollectionManager[P, K]:
        """The collection, with further filters if any. No request."""
        relation = self.relation
        pointing: CollectionManager[P, K] = relation.source.owner.collection(
            **{relation.field.name: self.instance}
        )
        return pointing.filter(**filters) if filters else pointing

    collection = __call__

    def __repr__(self) -> str:
        return f"<RelatedCollection {self.relation.name} of {self.instance!r}: call it>"
