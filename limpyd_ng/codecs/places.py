"""Places on earth: ``Point``, its text in Redis, and how far two of them are apart."""

from __future__ import annotations

import re
from math import asin, cos, radians, sin, sqrt
from typing import Any, NamedTuple

from .base import PLACES, Codec, refuse
from .plain import PLAIN

__all__ = ["MAX_LAT", "MAX_LON", "PLACE_CODECS", "RADIUS", "Point", "distance", "is_place", "place_of"]

#: what Redis's geo commands take, in degrees
MAX_LON, MAX_LAT = 180.0, 85.05112878
#: of the earth, in metres, as Redis has it
RADIUS = 6372797.560856

_PLACE = re.compile(r"([0-9.eE+-]+),([0-9.eE+-]+)", re.ASCII)
_FLOAT = PLAIN[float]


class Point(NamedTuple):
    """A place: longitude (-180 to 180) and latitude (-85.05112878 to 85.05112878), in degrees."""

    lon: float
    lat: float

    def distance(self, other: tuple[float, float]) -> float:
        """The metres to another place, along the surface of the earth as a sphere."""
        return distance(self.lon, self.lat, *other)


def distance(lon1: float, lat1: float, lon2: float, lat2: float) -> float:
    """The metres between two places; the Python side of ``lua/lib/places.lua``."""
    lat1, lat2 = radians(lat1), radians(lat2)
    u, v = sin((lat2 - lat1) / 2), sin((radians(lon2) - radians(lon1)) / 2)
    return 2 * RADIUS * asin(sqrt(min(1.0, u * u + cos(lat1) * cos(lat2) * v * v)))


def is_place(lon: float, lat: float) -> bool:
    """Whether these are coordinates within the limits."""
    return -MAX_LON <= lon <= MAX_LON and -MAX_LAT <= lat <= MAX_LAT


def place_of(text: str) -> Point | None:
    """The place of a stored text, if it is one."""
    found = _PLACE.fullmatch(text)
    try:
        place = Point(float(found[1]), float(found[2])) if found else None
    except ValueError:
        return None
    return place if place is not None and is_place(*place) else None


def _encode(value: Any) -> str:
    if not isinstance(value, tuple | list) or len(value) != 2:
        raise refuse("is no pair of longitude and latitude")
    lon, lat = (_FLOAT.encode(part, "the coordinate") for part in value)
    if not is_place(float(lon), float(lat)):
        raise refuse(f"is not within longitude -180 to 180, latitude -{MAX_LAT} to {MAX_LAT}")
    return f"{lon!s},{lat!s}"


def _decode(text: str) -> Point:
    place = place_of(text)
    if place is None:
        raise ValueError(text)
    return place


PLACE_CODECS: dict[type, Codec] = {Point: Codec(_encode, _decode, name="Point", order=PLACES)}
