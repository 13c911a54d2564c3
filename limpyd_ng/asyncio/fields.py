"""``limpyd_ng.fields`` for asyncio: the same classes, whose commands are awaited."""

from ..fields import (
    AutoPKField,
    EmbeddedField,
    HashField,
    InstanceHashField,
    ListField,
    PKField,
    RedisField,
    SetField,
    SortedSetField,
    StringField,
    ULIDPKField,
    UUIDPKField,
)

__all__ = [
    "AutoPKField",
    "EmbeddedField",
    "HashField",
    "InstanceHashField",
    "ListField",
    "PKField",
    "RedisField",
    "SetField",
    "SortedSetField",
    "StringField",
    "ULIDPKField",
    "UUIDPKField",
]
