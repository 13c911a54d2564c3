"""Typed fields in everything that collections give and take."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

import pytest

from limpyd_ng import fields
from limpyd_ng.collection import Q
from limpyd_ng.exceptions import LimpydException
from limpyd_ng.model import RedisModel
from limpyd_ng.testing import assert_indexes_right, count_requests
from tests.native import warm_up


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


@pytest.fixture(autouse=True)
def warm(database, raw):
    warm_up(database, raw)


@pytest.fixture
def bikes(database: Any) -> Any:
    on = database

    class Bike(RedisModel):
        database = on
        price = fields.InstanceHashField(type=Decimal, indexable=True)
        built = fields.InstanceHashField(type=datetime, indexable=True)
        colour = fields.StringField(type=Colour, indexable=True)
        sizes = fields.SetField(type=int, indexable=True)
        note = fields.StringField()

    day = [datetime(2020, 1, number, 12, tzinfo=UTC) for number in (1, 2, 3)]
    Bike(price=Decimal("10.50"), built=day[2], colour=Colour.RED, sizes=[1, 20], note="x")
    Bike(price=9, built=day[0], colour=Colour.BLUE, sizes=[2])
    Bike(price=Decimal("100"), built=day[1], sizes=[20, 3])
    assert Bike.collection().count() == 3  # an older server is found out here
    return Bike


def test_values_are_typed(bikes):
    with count_requests() as sent:
        rows = list(bikes.collection().sort(by="price").values("pk", "price", "colour", "note"))
    assert sent.count == 1
    assert rows == [
        {"pk": "2", "price": Decimal("9"), "colour": Colour.BLUE, "note": None},
        {"pk": "1", "price": Decimal("10.5"), "colour": Colour.RED, "note": "x"},
        {"pk": "3", "price": Decimal("100"), "colour": None, "note": None},
    ]
    flat = list(bikes.collection().sort(by="built").values_list("built", flat=True))
    assert flat == sorted(flat) and all(moment.tzinfo is UTC for moment in flat)
    assert [
        (one.pk.get(), row) for one, row in bikes.collection(colour=Colour.RED).instances(values=["price"])
    ] == [("1", {"price": Decimal("10.5")})]


def test_numbers_and_moments_sort_by_what_they_are(bikes):
    assert bikes.collection().sort(by="price") == ["2", "1", "3"]
    assert bikes.collection().sort(by="-price")[:2] == ["3", "1"]
    assert bikes.collection().sort(by="built") == ["2", "3", "1"]
    assert bikes.collection().sort(by=["colour", "-price"]) == ["3", "2", "1"]


def test_every_kind_of_filter_takes_typed_values(bikes):
    later = datetime(2020, 1, 2, tzinfo=UTC)
    assert bikes.collection(price__in=[Decimal("10.500"), 9]) == {"1", "2"}
    assert bikes.collection(price__ne=9) == {"1", "3"}
    assert bikes.collection(price__not_in=[Decimal(9), Decimal(100)]) == {"1"}
    assert bikes.collection(Q(built__gt=later) & ~Q(colour=Colour.RED)) == {"3"}
    assert bikes.collection().exclude(sizes=20) == {"2"}
    assert bikes.collection(sizes__in=[2, 3]).union(bikes.collection(colour=Colour.RED)) == {"1", "2", "3"}
    for wrong in ({"price": "much"}, {"colour": "green"}, {"built__lt": "yesterday"}, {"sizes__in": ["a"]}):
        with count_requests() as sent, pytest.raises(LimpydException):
            bikes.collection(**wrong)
        assert sent.count == 0


def test_collections_update_with_typed_values(bikes):
    assert bikes.collection(sizes=20).update(price=Decimal("7.70"), sizes=[5]) == 2
    assert bikes.collection(price=Decimal("7.7")) == {"1", "3"}
    assert bikes.collection(sizes=5) == {"1", "3"}
    with count_requests() as sent, pytest.raises(LimpydException):
        bikes.collection().update(price="much")
    assert sent.count == 0
    assert_indexes_right(bikes)


def test_stored_and_walked_results_are_typed(bikes):
    stored = bikes.collection().sort(by="price").store()
    assert list(stored.values_list("price", flat=True)) == [Decimal("9"), Decimal("10.5"), Decimal("100")]
    walked = bikes.collection().sort(by="price").values_list("price", flat=True).iterator(chunk_size=2)
    assert list(walked) == [Decimal("9"), Decimal("10.5"), Decimal("100")]
