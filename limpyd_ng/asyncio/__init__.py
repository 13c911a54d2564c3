"""The same names for asyncio: ``from limpyd_ng.asyncio import RedisDatabase, RedisModel, fields``.

A model is the same class in both worlds. While it is bound to this module's database, whatever
asks the server gives an awaitable: ``await bike.hits.incr()``, ``await Bike.create(...)``. So the
modules here only re-export; their stubs, which ``tools/stubs.py`` writes from the plain classes,
tell type checkers what has to be awaited.
"""

from ..collection import CollectionManager
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
from . import fields
from .database import PipelineDatabase, RedisDatabase

__all__ = [
    "AutoPKField",
    "CollectionManager",
    "EmbeddedField",
    "EnumField",
    "GeoField",
    "HashField",
    "InstanceHashField",
    "JSONField",
    "ListField",
    "PKField",
    "PipelineDatabase",
    "RedisDatabase",
    "RedisModel",
    "SetField",
    "SortedSetField",
    "StringField",
    "ULIDPKField",
    "UUIDPKField",
    "fields",
]
