"""``limpyd_ng.fields`` for asyncio: the same classes, whose commands are awaited."""

from ..fields import (
    AutoPKField,
    EmbeddedField,
    EnumField,
    GeoField,
    HashField,
    InstanceHashField,
    JSONField,
    ListField,
    PKField,
    Point,
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
    "EnumField",
    "GeoField",
    "HashField",
    "InstanceHashField",
    "JSONField",
    "ListField",
    "PKField",
    "Point",
    "RedisField",
    "SetField",
    "SortedSetField",
    "StringField",
    "ULIDPKField",
    "UUIDPKField",
]
