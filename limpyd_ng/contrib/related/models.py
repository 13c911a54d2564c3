"""Models with relations, and the collections of who points to one of their objects."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, Self

from ...call import Op
from ...collection import CollectionManager
from ...exceptions import InvalidValueError
from ...model import RedisModel
from ...relations import Relation
from ...static import K, P, Reply

__all__ = ["OfTexts", "RelatedCollection", "RelatedModel"]


class RelatedModel(RedisModel):
    """Base of models that have relations, on either side.

    The objects that point to one are the attributes that ``related_name`` names:
    ``person.owned_groups(private=0)`` is a collection.
    """

    abstract = True

    @cached_property
    def fetched(self) -> dict[str, Any]:
        """What ``fetch``, or ``instances(fetch=...)``, brought: relation -> Snapshot, None or a list."""
        return {}

    def fetch(self, *relations: str) -> Reply[dict[str, Any]]:
        """The values of related objects, read in one step; ``fetched`` remembers them. One request.

        Each name is a relation, forth or back, as in ``instances(fetch=...)``. Returns a dict of
        relation -> Snapshot, None or a list. Raises DoesNotExist, ImplementationError for what is no
        relation.
        """
        if not relations or not all(isinstance(name, str) for name in relations):
            raise InvalidValueError(
                f"{type(self).__name__}.fetch: give names of relations, not {relations!r}"
            )
        wanted = CollectionManager(type(self)).instances(fetch=relations)
        return self.get_database().run(self._fetched_now(wanted))

    def _fetched_now(self, wanted: CollectionManager[Self, Self]) -> Op:
        try:
            found = yield from wanted.filter(pk=self.get_pk()).get_op()
        except type(self).DoesNotExist:
            raise self.schema.missing(self.stored_pk()) from None
        self._connected = True
        self.fetched.update(found.fetched)
        return found.fetched

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
