"""The field types: each is a live Redis value of its own key (or hash entry)."""

from ..codecs import Point
from .base import RedisField
from .embedded import EmbeddedField
from .enum import EnumField
from .generated_pk import ULIDPKField, UUIDPKField
from .geo import GeoField
from .hash import HashField, InstanceHashField
from .json import JSONField
from .list import ListField
from .pk import AutoPKField, PKField
from .set import SetField
from .sortedset import SortedSetField
from .string import StringField

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
