"""One model twice: its writes run compiled scripts, and those of its twin the write engine."""

from __future__ import annotations

from typing import Any

import redis

from limpyd_ng import fields
from limpyd_ng.exceptions import NotANumberError, UniquenessError
from limpyd_ng.indexes import EqualIndex, GeoIndex, NumberRangeIndex, TextRangeIndex
from limpyd_ng.model import RedisModel
from tests.native import content

TEXTS = ["", "a", "b", "A\0", "é", "'\\", "1", "2.5", "x" * 300, "\n"]
#: the date line, both ends of the map, the last cell of the grid
PLACES = [
    (0.0, 0.0),
    (2.3522, 48.8566),
    (180.0, 85.05112878),
    (-180.0, -85.05112878),
    (179.99999999999997, 1e-7),
]


class Never(dict[Any, Any]):
    """What a model keeps of compiled scripts, when there are to be none."""

    def __getitem__(self, key: Any) -> None:
        return None


def make_models(on: Any) -> tuple[Any, Any]:
    """The same model twice: compiled, and not."""

    class Thing(RedisModel):
        abstract = True
        database = on
        code = fields.InstanceHashField(unique=True)
        name = fields.InstanceHashField(indexes=[EqualIndex, TextRangeIndex])
        size = fields.InstanceHashField(indexes=[NumberRangeIndex])
        note = fields.InstanceHashField()
        text = fields.StringField(indexes=[TextRangeIndex, EqualIndex])
        number = fields.StringField(indexes=[NumberRangeIndex])
        tags = fields.SetField(indexable=True)
        marks = fields.SetField(unique=True, indexes=[EqualIndex])
        log = fields.ListField(indexes=[TextRangeIndex])
        counts = fields.SetField(indexes=[NumberRangeIndex])
        ranks = fields.SortedSetField(indexable=True)
        plain = fields.ListField()
        place = fields.GeoField(indexable=True)
        spot = fields.StringField(type=fields.Point, indexes=[EqualIndex, GeoIndex])
        stops = fields.SetField(type=fields.Point, indexable=True)
        few = fields.SetField(max_items=3, indexable=True)
        pairs = fields.HashField()
        heads = fields.HashField(indexes=[EqualIndex, TextRangeIndex])
        sizes = fields.HashField(indexes=[NumberRangeIndex])
        doors = fields.HashField(type=fields.Point, indexable=True)
        board = fields.SortedSetField()

    class Compiled(Thing):
        namespace = "left"
        key_name = "thing"

    class Engine(Thing):
        namespace = "right"
        key_name = "thing"

    Engine.schema.compiled = Never()
    return Compiled, Engine


def told(error: Exception) -> str:
    """What is the same of a refusal whoever refuses: of several reasons, either may be told."""
    return "refused" if isinstance(error, UniquenessError | NotANumberError) else type(error).__name__


def stored(raw: redis.Redis, side: str) -> dict[str, Any]:
    """Every key of one model with its content."""
    start = f"{{{side}:thing}}:"
    return {key.removeprefix(start): content(raw, key) for key in raw.scan_iter(f"{start}*", count=1000)}
