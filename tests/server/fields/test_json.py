"""JSONField: what JSON knows, as a whole."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limpyd_ng import fields
from limpyd_ng.codecs import JSON
from limpyd_ng.exceptions import ImplementationError, InvalidValueError
from limpyd_ng.model import RedisModel
from limpyd_ng.testing import assert_indexes_right, count_requests

documents = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@pytest.fixture
def Bike(database):
    class Bike(RedisModel):
        specs = fields.JSONField(indexable=True, default=dict)
        shape = fields.JSONField(required=False, validators=[lambda value: "size" in value])

    Bike.use_database(database)
    yield Bike
    assert_indexes_right(Bike)


def test_documents_are_read_as_they_were_written_and_found(Bike, raw):
    bike = Bike.create(specs={"b": [1, 2.5, None], "a": {"x": True}})
    assert bike.specs.hget() == {"b": [1, 2.5, None], "a": {"x": True}}
    assert raw.hget(bike.specs.key, "specs") == '{"a":{"x":true},"b":[1,2.5,null]}'
    assert Bike.collection(specs={"a": {"x": True}, "b": [1, 2.5, None]}) == [bike.get_pk()]
    bike.specs.hset([])
    assert (bike.dump().specs, Bike.create().specs.hget()) == ([], {})
    assert Bike.collection(specs__in=[[], 1]) == [bike.get_pk()]


@pytest.mark.parametrize(
    "value", [(1, 2), {1: 2}, {"a": (1,)}, {1, 2}, object(), math.nan, [math.inf], "\ud800", b"a", {"a": b""}]
)
def test_what_json_would_change_or_does_not_know_is_refused(Bike, value):
    with count_requests() as sent, pytest.raises(InvalidValueError, match=r"Bike\.specs"):
        Bike.create(specs=value)
    assert sent.count == 0


def test_what_is_too_deep_is_refused():
    deep = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(InvalidValueError):
        JSON.encode([deep])


def test_rules_hold_and_other_types_are_for_other_fields(Bike):
    with pytest.raises(InvalidValueError, match="refused"):
        Bike.create(shape=[1])
    assert Bike.create(shape={"size": 1}).shape.hget() == {"size": 1}
    with pytest.raises((ImplementationError, TypeError)):
        fields.JSONField(type=int)


def test_what_others_wrote_and_is_no_json_is_told(Bike, raw):
    bike = Bike.create()
    raw.hset(bike.specs.key, "shape", "{")
    with pytest.raises(InvalidValueError, match="which is no JSON"):
        bike.shape.hget()


@given(documents.filter(lambda value: value is not None))
def test_any_document_comes_back(value):
    text = JSON.encode(value)
    assert JSON.decode(text) == value
    assert repr(JSON.decode(text)) == repr(JSON.decode(JSON.encode(JSON.decode(text))))


def test_what_others_nested_too_deeply_is_told(Bike, raw):
    bike = Bike.create()
    raw.hset(str(bike.shape.key), "shape", "[" * 100_000)
    with pytest.raises(InvalidValueError, match=r"Bike\.shape: Redis holds .* is no JSON") as told:
        bike.shape.hget()
    assert "(100000 characters)" in str(told.value) and len(str(told.value)) < 500
