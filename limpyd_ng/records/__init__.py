"""Models from plain Python types, a file for each side of it.

``natural`` has the natural field of a type; ``annotations`` makes fields of the annotations of a model
class, ``sources`` of dataclasses and pydantic models, ``embedding`` of what embedded fields stand for.
"""

from ..dumping import RecordBase
from .annotations import annotated_fields
from .embedding import embed
from .natural import Options, field_for
from .sources import fields_of, source_check_of

__all__ = [
    "Options",
    "RecordBase",
    "annotated_fields",
    "embed",
    "field_for",
    "fields_of",
    "source_check_of",
]
