"""The model of the demonstration, and the values of one airport."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from ..fields import HashField, InstanceHashField, ListField, SetField, SortedSetField, StringField
from ..indexes import NumberRangeIndex, TextRangeIndex
from ..model import RedisModel

__all__ = ["Airport", "Nearby", "choose", "values_of"]

#: feet; 2,000 metres
HIGH = 6562
#: how far "nearby" reaches, and how many of them an airport knows
REACH_KM, MOST = 30.0, 3
#: airports that the questions speak of: always loaded, whatever the limit
NAMED = (
    "LFPG",
    "RJTT",
    "EGLL",
    "EGLC",
    "EGKB",
    "EGML",
    "EGSG",
    "MMSC",
    "MMSF",
    "LESE",
    "LESO",
    "SLLP",
    "SLPO",
    "SLUU",
    "SLCN",
    "ZUDC",
    "ZUBD",
    "VNLK",
    "PAGB",
    "PAKP",
    "PARC",
)
_KM_PER_DEGREE = 111.195


class Airport(RedisModel):
    """An airport: one field of every type, one index of every kind."""

    namespace = "limpyd-ng-demo"

    icao = InstanceHashField(unique=True)
    country = InstanceHashField(indexable=True)
    name = InstanceHashField(indexes=[TextRangeIndex])
    city = InstanceHashField()
    elevation = InstanceHashField(indexes=[NumberRangeIndex])
    latitude = InstanceHashField(indexes=[NumberRangeIndex])
    longitude = InstanceHashField()
    timezone = StringField(indexable=True)
    visits = StringField(default="0")
    codes = HashField(indexable=True)
    tags = SetField(indexable=True)
    log = ListField(indexable=True)
    nearby = SortedSetField(indexable=True)


def choose(airports: Mapping[str, Any], limit: int | None) -> list[Any]:
    """The airports to load: all, or those the questions name and an even sample of the others."""
    if limit is None or limit >= len(airports):
        return list(airports.values())
    chosen = [airports[code] for code in NAMED if code in airports]
    others = [airport for code, airport in airports.items() if code not in NAMED]
    wanted = max(limit - len(chosen), 0)
    return chosen + [others[number * len(others) // wanted] for number in range(wanted)]


def values_of(airport: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a new ``Airport``; 'nearby' comes from ``Nearby``."""
    return {
        "icao": airport["icao"],
        "country": airport["country"],
        "name": airport["name"],
        "city": airport["city"] or None,
        "elevation": round(airport["elevation"]),
        "latitude": airport["lat"],
        "longitude": airport["lon"],
        "timezone": airport["tz"],
        "codes": {name: airport[name] for name in ("iata", "lid") if airport[name]},
        "tags": _tags(airport),
    }


def _tags(airport: Mapping[str, Any]) -> list[str]:
    tags = [airport["tz"].partition("/")[0].lower(), "north" if airport["lat"] >= 0 else "south"]
    if airport["elevation"] > HIGH:
        tags.append("high")
    if airport["iata"]:
        tags.append("has-iata")
    return tags


class Nearby:
    """Finds the airports close to one, by cells of a grid."""

    def __init__(self, airports: Sequence[Mapping[str, Any]]) -> None:
        self.size = REACH_KM / _KM_PER_DEGREE
        self.cells: dict[tuple[int, int], list[Mapping[str, Any]]] = defaultdict(list)
        for airport in airports:
            self.cells[self._cell(airport)].append(airport)

    def _cell(self, airport: Mapping[str, Any]) -> tuple[int, int]:
        return math.floor(airport["lat"] / self.size), math.floor(airport["lon"] / self.size)

    def of(self, airport: Mapping[str, Any]) -> dict[str, float]:
        """ICAO code -> kilometres, the nearest few."""
        row, column = self._cell(airport)
        narrow = max(math.cos(math.radians(airport["lat"])), 0.05)
        span = math.ceil(1 / narrow)
        found = [
            (_distance(airport, other, narrow), other["icao"])
            for y in range(row - 1, row + 2)
            for x in range(column - span, column + span + 1)
            for other in self.cells.get((y, x), ())
            if other is not airport
        ]
        return {code: round(km, 1) for km, code in sorted(found)[:MOST] if km <= REACH_KM}


def _distance(one: Mapping[str, Any], other: Mapping[str, Any], narrow: float) -> float:
    return _KM_PER_DEGREE * math.hypot(one["lat"] - other["lat"], (one["lon"] - other["lon"]) * narrow)
