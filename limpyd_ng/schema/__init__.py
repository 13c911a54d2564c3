"""A model as data: what the engines need to know of it, without any connection."""

from .field import HASH, INSTANCE_HASH, LIST, SET, SORTED_SET, STRING, FieldSchema, link
from .model import ModelSchema

__all__ = [
    "HASH",
    "INSTANCE_HASH",
    "LIST",
    "SET",
    "SORTED_SET",
    "STRING",
    "FieldSchema",
    "ModelSchema",
    "link",
]
