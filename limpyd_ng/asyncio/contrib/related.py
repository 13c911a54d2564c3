"""``limpyd_ng.contrib.related`` for asyncio: the same classes, whose answers are awaited."""

from ...contrib.related import (
    FKInstanceHashField,
    FKStringField,
    M2MListField,
    M2MSetField,
    M2MSortedSetField,
    RelatedCollection,
    RelatedModel,
)

__all__ = [
    "FKInstanceHashField",
    "FKStringField",
    "M2MListField",
    "M2MSetField",
    "M2MSortedSetField",
    "RelatedCollection",
    "RelatedModel",
]
