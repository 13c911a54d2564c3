"""Two ranges of one index become the one range that both leave."""

import pytest

from limpyd_ng import fields
from limpyd_ng.indexes import NumberRangeIndex, TextRangeIndex
from limpyd_ng.model import RedisModel
from limpyd_ng.query.conditions import merge
from limpyd_ng.query.filters import parse


class Ranged(RedisModel):
    number = fields.StringField(indexes=[NumberRangeIndex])
    text = fields.StringField(indexes=[TextRangeIndex])
    many = fields.SetField(indexes=[NumberRangeIndex])


def merged(**filters):
    conditions = [parse(Ranged.schema, name, value) for name, value in filters.items()]
    return [condition.values for condition in merge(conditions)]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"number__gte": 1, "number__lt": 5}, ("1", "(5")),
        ({"number__gte": 1, "number__gt": 1}, ("(1", "+inf")),
        ({"number__gt": 1, "number__gte": 1}, ("(1", "+inf")),
        ({"number__lte": 1, "number__lt": 1}, ("-inf", "(1")),
        ({"number__gt": 10, "number__gte": 9}, ("(10", "+inf")),
        ({"number": 3, "number__lt": 5}, ("3", "3")),
        ({"text__gte": "a", "text__gt": "a"}, (b"[a\0\xff", b"+")),
        ({"text__lt": "b", "text__lte": "b"}, (b"-", b"(b\0")),
        ({"text__startswith": "ab", "text__gte": "a"}, (b"[ab", b"(ac")),
        ({"text__gte": "a", "text__lt": "b"}, (b"[a\0", b"(b\0")),
    ],
)
def test_two_ranges_of_one_index_become_the_range_that_both_leave(filters, expected):
    assert merged(**filters) == [expected]


def test_ranges_on_a_field_of_many_values_stay_apart():
    assert merged(many__gt=1, many__lt=5) == [("(1", "+inf"), ("-inf", "(5")]


def test_a_list_of_values_is_not_merged_with_a_range():
    assert len(merged(number__in=[1, 2], number__gt=1)) == 2
