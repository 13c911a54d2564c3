"""``limpyd_ng.model`` for asyncio."""

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
    SetField,
    SortedSetField,
    StringField,
    ULIDPKField,
    UUIDPKField,
)
from ..model import RedisModel
from .database import RedisDatabase

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
    "RedisDatabase",
    "RedisModel",
    "SetField",
    "SortedSetField",
    "StringField",
    "ULIDPKField",
    "UUIDPKField",
]
