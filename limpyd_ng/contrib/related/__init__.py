"""Relations: fields that hold the pks of other objects, and collections of who points here.

A foreign key holds one pk (FKStringField, FKInstanceHashField), a many-to-many field
several (M2MSetField, M2MListField, M2MSortedSetField). All are indexed, so the other side
of a relation is a query: ``person.owned_groups()`` is ``Group.collection(owner=person)``.
"""

from .fields import FKInstanceHashField, FKStringField, M2MListField, M2MSetField, M2MSortedSetField
from .models import RelatedCollection, RelatedModel

__all__ = [
    "FKInstanceHashField",
    "FKStringField",
    "M2MListField",
    "M2MSetField",
    "M2MSortedSetField",
    "RelatedCollection",
    "RelatedModel",
]
