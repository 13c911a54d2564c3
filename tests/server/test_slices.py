"""Slices and items of collections against those of Python lists, over all small bounds."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from limpyd_ng import fields
from limpyd_ng.indexes import NumberRangeIndex
from limpyd_ng.model import RedisModel
from limpyd_ng.testing import count_requests

BOUNDS = (None, -6, -5, -3, -1, 0, 1, 2, 4, 5, 7)
STEPS = (None, 1, 2, 3, 7, -1, -2, -5)


@pytest.fixture
def runners(database: Any) -> Any:
    on = database

    class Runner(RedisModel):
        database = on
        name = fields.InstanceHashField()
        rank = fields.InstanceHashField(indexes=[NumberRangeIndex])
        team = fields.InstanceHashField(indexable=True)

    for name, rank in ("c", 3), ("a", 1), ("e", 5), ("b", 2), ("d", 4):
        Runner(name=name, rank=rank, team="red")
    assert len(Runner.collection()[1:]) == 4  # the server knows the script now
    return Runner


#: (how the collection is asked for, how it is sorted, the pks in that order)
COLLECTIONS = [
    ({}, {"by": "pk"}, ["1", "2", "3", "4", "5"]),
    ({"team": "red"}, {"by": "name", "alpha": True}, ["2", "4", "1", "5", "3"]),
    ({"rank__gte": 1}, {"by": "rank"}, ["2", "4", "1", "5", "3"]),
    ({"team": "red"}, {"by": "-rank"}, ["3", "5", "1", "4", "2"]),
    ({"team": "blue"}, {"by": "rank"}, []),
]


@pytest.mark.parametrize(("filters", "order", "expected"), COLLECTIONS)
def test_every_slice_is_the_slice_of_the_list(runners, filters, order, expected):
    collection = runners.collection(**filters).sort(**order)
    for start, stop, step in product(BOUNDS, BOUNDS, STEPS):
        part = collection[start:stop:step]
        wanted = expected[start:stop:step]
        with count_requests() as sent:
            assert list(part) == wanted, (start, stop, step)
        assert sent.count <= 1
    assert collection == expected


@pytest.mark.parametrize(("filters", "order", "expected"), COLLECTIONS[:3])
def test_the_length_of_every_slice_is_that_of_the_list(runners, filters, order, expected):
    collection = runners.collection(**filters).sort(**order)
    for start, stop, step in product(BOUNDS, BOUNDS, (None, 2, -1)):
        assert len(collection[start:stop:step]) == len(expected[start:stop:step]), (start, stop, step)


@pytest.mark.parametrize(("filters", "order", "expected"), COLLECTIONS)
def test_every_item_is_the_item_of_the_list_or_an_index_error(runners, filters, order, expected):
    collection = runners.collection(**filters).sort(**order)
    for number in range(-7, 8):
        if -len(expected) <= number < len(expected):
            assert collection[number] == expected[number]
        else:
            with pytest.raises(IndexError):
                collection[number]


def test_slices_of_slices_are_those_of_the_list(runners):
    collection = runners.collection().sort(by="rank")
    expected = ["2", "4", "1", "5", "3"]
    parts = [
        slice(1, None),
        slice(None, 3),
        slice(-2, None),
        slice(None, None, -1),
        slice(0, 0),
        slice(None, None, 2),
    ]
    for first, second, third in product(parts, repeat=3):
        assert list(collection[first][second][third]) == expected[first][second][third], (
            first,
            second,
            third,
        )
    assert collection[:3][2] == "1"


@pytest.mark.parametrize("wrong", ["a", 1.5, None, (1, 2), slice("a", None), slice(None, None, 0)])
def test_what_is_no_index_is_refused_as_by_a_list_and_sends_nothing(runners, wrong):
    collection = runners.collection()
    with pytest.raises((TypeError, ValueError)) as of_a_list:
        [][wrong]
    with count_requests() as sent, pytest.raises(of_a_list.type):
        collection[wrong]
    assert sent.count == 0
