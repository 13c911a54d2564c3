"""GeoIndex: one sorted set of places, with the scores that GEOADD gives."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import asin, cos, degrees, floor, isfinite, pi, radians, sin
from typing import TYPE_CHECKING, Any, ClassVar

from ..codecs.base import PLACES, as_text
from ..codecs.places import MAX_LAT, MAX_LON, RADIUS, Point, is_place, place_of
from ..exceptions import ImplementationError, InvalidValueError
from .base import BaseIndex, as_values
from .transforms import Transform

if TYPE_CHECKING:
    from ..schema import FieldSchema

__all__ = ["GeoIndex", "Geohash", "covering"]

#: the cells of a geohash along each axis are 2 to the power of this
_BITS = 26
#: with so many ranges of scores at most a box is covered
_MOST_CELLS = 32
#: what rounding may take from the sides of a circle's box, in degrees
_MARGIN = 1e-9


class Geohash(Transform):
    """The score that GEOADD gives to a place, ``'lon,lat'``; '' for what is none."""

    spec = "geohash"

    def __call__(self, value: str) -> str:
        place = place_of(value)
        return "" if place is None else str(_interleaved(_x_of(place.lon), _y_of(place.lat), _BITS))


def _cell(share: float) -> int:
    return min((1 << _BITS) - 1, floor(share * (1 << _BITS)))


def _x_of(lon: float) -> int:
    return _cell((lon + MAX_LON) / (2 * MAX_LON))


def _y_of(lat: float) -> int:
    return _cell((lat + MAX_LAT) / (2 * MAX_LAT))


def _interleaved(x: int, y: int, bits: int) -> int:
    """The bits of both, taking turns; the last one is of y."""
    return sum((x >> n & 1) << 2 * n + 1 | (y >> n & 1) << 2 * n for n in range(bits))


#: west, south, east, north, in degrees; across the date line west is the greater one
Box = tuple[float, float, float, float]


def covering(box: Box) -> list[tuple[int, int]]:
    """Ranges of scores, the second one not included, that have all places of a box."""
    west, south, east, north = box
    if west > east:
        return covering((west, south, MAX_LON, north)) + covering((-MAX_LON, south, east, north))
    south, north = max(south, -MAX_LAT), min(north, MAX_LAT)
    if south > north:
        return []
    left, right, low, high, level = _x_of(west), _x_of(east), _y_of(south), _y_of(north), 0
    while (right - left + 1) * (high - low + 1) > _MOST_CELLS:
        left, right, low, high, level = left >> 1, right >> 1, low >> 1, high >> 1, level + 1
    columns, rows = range(left, right + 1), range(low, high + 1)
    cells = sorted(_interleaved(x, y, _BITS - level) for x in columns for y in rows)
    return [(first << 2 * level, last + 1 << 2 * level) for first, last in _runs(cells)]


def _runs(numbers: list[int]) -> Iterator[tuple[int, int]]:
    """The first and the last of each run of neighbours."""
    first = last = numbers[0]
    for number in numbers[1:]:
        if number != last + 1:
            yield first, last
            first = number
        last = number
    yield first, last


def _box_around(place: Point, metres: float) -> Box:
    """The box of a circle."""
    angle = metres / RADIUS
    south, north = place.lat - degrees(angle) - _MARGIN, place.lat + degrees(angle) + _MARGIN
    if angle >= pi / 2 or south <= -90 or north >= 90:  # with a pole in it
        return -MAX_LON, south, MAX_LON, north
    width = degrees(asin(min(1.0, sin(angle) / cos(radians(place.lat))))) + _MARGIN
    if width >= MAX_LON:
        return -MAX_LON, south, MAX_LON, north
    west, east = place.lon - width, place.lon + width
    west = west + 2 * MAX_LON if west < -MAX_LON else west
    return west, south, (east - 2 * MAX_LON if east > MAX_LON else east), north


class GeoIndex(BaseIndex):
    """Answers ``field__near=(lon, lat, metres)``, ``field__within=(west, south, east, north)``,
    and ``field=``, ``eq``, ``in``, for fields with ``type=Point``.

    A place is compared as it is stored, not as its geohash: the answers are exact. The scores are
    those of GEOADD, so Redis's own commands can read the index. It takes no part in the
    check of a unique field.
    """

    kind = "n"
    key = "geo"
    handled_suffixes = frozenset({"", "eq", "in", "near", "within"})
    handle_uniqueness = False
    transform: Any = Geohash()
    options: ClassVar[tuple[str, ...]] = ("prefix", "key")
    referable = frozenset()

    def __init__(self, field: FieldSchema) -> None:
        super().__init__(field)
        if field.codec is None or field.codec.order != PLACES:
            raise ImplementationError(
                f"{self.where}: GeoIndex is for places: declare the field with type=Point, or as a GeoField"
            )

    def condition(self, suffix: str, value: Any, where: str) -> tuple[str, list[Any]]:
        if suffix == "near":
            return "g", _near(value, where)
        if suffix == "within":
            box = _box_of(value, where)
            return "g", _shape("box", box, box)
        places = as_values(value, where) if suffix == "in" else [value]
        found = dict.fromkeys(self._place(item, where) for item in places)
        boxes = [(place.lon, place.lat, place.lon, place.lat) for place in found]
        return "g", [part for box in boxes for part in _shape("box", box, box)]

    def _place(self, value: Any, where: str) -> Point:
        if value is None:
            raise InvalidValueError(f"{where}: None is no value to compare with; use field=None")
        place = place_of(as_text(self.field.encode(value, where)))
        if place is None:
            raise InvalidValueError(f"{where}: {value!r} is no place")
        return place


def _shape(kind: str, numbers: Sequence[float], box: Box) -> list[Any]:
    """One shape of a 'g' condition (see lua/lib/places.lua): kind, four numbers, ranges of scores."""
    ranges = covering(box)
    if not ranges:
        return []
    bounds = [bound for first, end in ranges for bound in (str(first), f"({end}")]
    return [kind, *(repr(number) for number in numbers), len(ranges), *bounds]


def _near(value: Any, where: str) -> list[Any]:
    given = tuple(value) if isinstance(value, tuple | list) else ()
    if len(given) == 2 and isinstance(given[0], tuple | list):  # a Point and the metres
        given = (*given[0], given[1])
    numbers = _numbers(given, 3)
    if numbers is None or not is_place(*numbers[:2]) or numbers[2] < 0:
        raise InvalidValueError(f"{where}: give (longitude, latitude, metres), not {value!r}")
    lon, lat, metres = numbers
    box = _box_around(Point(lon, lat), metres)
    return _shape("circle", (lon, lat, metres, float(_is_far_from_edges(box))), box)


def _is_far_from_edges(box: Box) -> bool:
    """Whether a box is neither near a pole nor the date line, nor half the world."""
    west, south, east, north = box
    return -170 < west < east < 170 and south > -75 and north < 75


def _box_of(value: Any, where: str) -> Box:
    numbers = _numbers(value, 4)
    if numbers is not None:
        west, south, east, north = numbers
        in_range = all(abs(lon) <= MAX_LON for lon in (west, east)) and -90 <= south <= north <= 90
        if in_range:
            return west, south, east, north
    raise InvalidValueError(
        f"{where}: give the box as degrees (west, south, east, north), south not above north, not {value!r}"
    )


def _numbers(value: Any, count: int) -> list[float] | None:
    """So many finite numbers, if the value is a list of them."""
    if not isinstance(value, tuple | list) or len(value) != count:
        return None
    if any(isinstance(item, bool) or not isinstance(item, int | float) for item in value):
        return None
    numbers = [float(item) for item in value]
    return numbers if all(map(isfinite, numbers)) else None
