"""GeoField: a place, longitude and latitude."""

from __future__ import annotations

from ..codecs import Point
from .hash import InstanceHashField

__all__ = ["GeoField"]


class GeoField(InstanceHashField[Point]):
    """An InstanceHashField with ``type=Point``; ``indexable=True``: by a GeoIndex."""
