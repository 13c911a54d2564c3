"""Models made from annotations: with the classes of fields, every type is exact."""

from __future__ import annotations

from decimal import Decimal
from enum import Enum
from typing import Annotated, Literal, assert_type

from pydantic import BaseModel, Field

from limpyd_ng import fields
from limpyd_ng.model import RedisDatabase, RedisModel
from limpyd_ng.records import Options

main_database = RedisDatabase(host="localhost")


class Address(BaseModel):
    street: str
    number: int


class Use(Enum):
    RACE = "race"


class Base(RedisModel):
    database = main_database
    abstract = True
    name: Annotated[fields.InstanceHashField[str], Options(indexable=True)]
    plain: fields.StringField


class Bike(Base):
    name: fields.InstanceHashField[str]  # as it is in Base: indexed
    price: fields.InstanceHashField[Decimal]
    year: fields.InstanceHashField[int | None]
    size: fields.InstanceHashField[Literal["s", "m"]]
    use: fields.EnumField[Use]
    rating: fields.InstanceHashField[Annotated[int, Field(ge=1, le=5)]]
    address: fields.StringField[Address]
    tags: fields.SetField[str]
    steps: fields.ListField[int]
    stock: fields.HashField[str, int]
    ranks: fields.SortedSetField[int]


def main() -> None:
    """Everything once, on a server."""
    bike = Bike(
        name="a", price=Decimal(1), year=2026, size="s", rating=3, address=Address(street="x", number=1)
    )
    assert_type(bike.name.hget(), str | None)
    assert_type(bike.plain.get(), str | None)
    assert_type(bike.price.hget(), Decimal | None)
    assert_type(bike.year.hget(), int | None)
    assert_type(bike.size.hget(), Literal["s", "m"] | None)
    assert_type(bike.rating.hget(), int | None)
    assert_type(bike.use.hget(), Use | None)
    assert_type(bike.address.get(), Address | None)
    assert_type(bike.tags.sadd("a"), int)
    assert_type(bike.tags.smembers(), set[str])
    assert_type(bike.steps.lmembers(), list[int])
    assert_type(bike.stock.hgetall(), dict[str, int])
    assert_type(bike.ranks.zmembers(), list[int])
    assert bike.price.hget() == Decimal(1)
    assert bike.year.hget() == 2026
    assert bike.rating.hget() == 3
    assert bike.address.get() == Address(street="x", number=1)
    assert bike.stock.hset("a", 2) == 1
    assert bike.stock.hgetall() == {"a": 2}
    assert list(Bike.collection(name="a")) == [bike.get_pk()]
