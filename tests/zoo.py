"""Models that many tests share, made anew for each database."""

from __future__ import annotations

from typing import Any

from limpyd_ng import fields
from limpyd_ng.database import RedisDatabase
from limpyd_ng.indexes import EqualIndex, NumberRangeIndex, Slice, TextRangeIndex
from limpyd_ng.model import RedisModel


def make_bike(on: RedisDatabase) -> Any:
    """A model with every type of field and index."""

    class Bike(RedisModel):
        database = on
        namespace = "shop"

        code = fields.InstanceHashField(unique=True)
        name = fields.InstanceHashField(indexes=[TextRangeIndex])
        price = fields.InstanceHashField(indexes=[NumberRangeIndex])
        brand = fields.StringField(indexable=True)
        note = fields.InstanceHashField()
        hits = fields.StringField()
        tags = fields.SetField(indexable=True)
        log = fields.ListField(indexable=True)
        ranks = fields.SortedSetField(indexable=True)
        options = fields.HashField(indexable=True)
        plain_tags = fields.SetField()
        built = fields.StringField(
            indexes=[TextRangeIndex, EqualIndex.configure(prefix="year", transform=Slice(0, 4))]
        )

    return Bike
