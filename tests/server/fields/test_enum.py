"""EnumField: members of an Enum by their values."""

from __future__ import annotations

import enum

import pytest

from limpyd_ng import fields
from limpyd_ng.exceptions import ImplementationError, InvalidValueError, ValidationError
from limpyd_ng.model import RedisModel
from limpyd_ng.testing import assert_indexes_right, count_requests


class Kind(enum.Enum):
    ROAD = "road"
    CITY = "city"
    TOWN = "city"  # noqa: PIE796


class KindField(fields.EnumField[Kind]):
    """One that says which."""


@pytest.fixture
def Bike(database):
    class Bike(RedisModel):
        kind = fields.EnumField(Kind, indexable=True, default=Kind.CITY)
        second = KindField()
        third: fields.EnumField[Kind]
        strict = fields.EnumField(Kind, strict=True)

    Bike.use_database(database)
    yield Bike
    assert_indexes_right(Bike)


def test_members_are_stored_by_their_values(Bike, raw):
    bike = Bike.create(second="road", third=Kind.TOWN, strict=Kind.ROAD)
    assert raw.hgetall(bike.kind.key) == {
        "kind": "city",
        "second": "road",
        "third": "city",
        "strict": "road",
    }
    assert bike.hgetall() == {
        "kind": Kind.CITY,
        "second": Kind.ROAD,
        "third": Kind.CITY,
        "strict": Kind.ROAD,
    }
    assert bike.kind.hset(Kind.ROAD) == 0
    assert Bike.collection(kind=Kind.ROAD) == ["1"]
    assert Bike.collection(kind__in=["road", Kind.TOWN]) == ["1"]
    assert Bike.collection(kind=Kind.TOWN) == []
    assert bike.dump().third is Kind.CITY


def test_what_is_no_member_is_refused(Bike):
    bike = Bike.create()
    with count_requests() as sent:
        with pytest.raises(InvalidValueError, match=r"Bike\.kind\.hset: 'boat' is not among 'road', 'city'"):
            bike.kind.hset("boat")
        with pytest.raises(ValidationError, match=r"Bike\.strict: 'road' is of the class str"):
            Bike.create(strict="road")
        with pytest.raises(InvalidValueError):
            Bike.collection(kind="boat")
    assert sent.count == 0


@pytest.mark.parametrize("kind", [None, int, "Kind", Kind.ROAD], ids=str)
def test_an_enum_field_is_of_an_enum(kind):
    with pytest.raises(ImplementationError, match="EnumField takes an Enum, not"):
        fields.EnumField(kind)
