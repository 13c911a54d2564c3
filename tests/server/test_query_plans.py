"""How queries are planned: driven by the smallest condition, walked where that is cheaper."""

from __future__ import annotations

import random

import pytest

from limpyd_ng import fields
from limpyd_ng.exceptions import CommandError, ImplementationError
from limpyd_ng.indexes import NumberRangeIndex, TextRangeIndex
from limpyd_ng.model import RedisModel
from limpyd_ng.testing import count_requests

SIZE = 600


@pytest.fixture
def people(database):
    class Person(RedisModel):
        name = fields.InstanceHashField(indexes=[TextRangeIndex])
        age = fields.InstanceHashField(indexes=[NumberRangeIndex])
        city = fields.InstanceHashField(indexable=True)
        nick = fields.InstanceHashField(indexes=[TextRangeIndex])

    Person.use_database(database)
    chance = random.Random(7)
    rows = {}
    with database.pipeline(transaction=False) as pipe:
        for number in range(SIZE):
            row = {
                "name": f"n{chance.randrange(10**6):06}",
                "age": str(chance.randrange(-50, 50) / 2),
                "city": f"c{number % 3}",
            }
            if number % 2:
                row["nick"] = row["name"][::-1]
            Person(**row)
            rows[str(number + 1)] = row
        pipe.execute()
    return Person, rows


def by(rows, name, numeric=False):
    return lambda pk: ((float(rows[pk][name]) if numeric else rows[pk][name]), pk.encode())


@pytest.mark.parametrize("desc", [False, True])
@pytest.mark.parametrize(
    ("start", "stop", "step"), [(0, 10, None), (5, 20, None), (0, 7, 3), (None, 1, None)]
)
@pytest.mark.parametrize("order", ["age", "name"])
@pytest.mark.parametrize("filtered", [False, True])
def test_a_walk_over_an_index_gives_what_sorting_gives(people, filtered, order, start, stop, step, desc):
    Person, rows = people
    filters = {"city": "c1"} if filtered else {}
    wanted = [pk for pk in rows if not filtered or rows[pk]["city"] == "c1"]
    wanted.sort(key=by(rows, order, order == "age"), reverse=desc)
    query = Person.collection(**filters).sort(by=order, alpha=order == "name", desc=desc)[start:stop:step]
    assert list(query) == wanted[start:stop:step]
    assert query.explain().order.startswith("walked")
    assert query.explain().candidates < SIZE


def test_a_walk_stays_in_the_range_of_a_filter_on_its_index(people):
    Person, rows = people
    query = Person.collection(age__gte=0, age__lt=20, city="c2").sort(by="age")[:5]
    wanted = [pk for pk in rows if 0 <= float(rows[pk]["age"]) < 20 and rows[pk]["city"] == "c2"]
    assert list(query) == sorted(wanted, key=by(rows, "age", True))[:5]
    assert query.explain().order == "walked number-range"


def test_an_index_that_lacks_objects_is_not_walked(people):
    Person, rows = people
    query = Person.collection().sort(by="nick", alpha=True)[:5]
    wanted = sorted(rows, key=lambda pk: (rows[pk].get("nick", ""), pk.encode()))
    assert list(query) == wanted[:5]
    assert query.explain().order == "sorted"


def test_a_walk_that_finds_too_few_gives_way_to_sorting(people):
    Person, rows = people
    # all with this city are the oldest, so a walk from the youngest would read everything
    for pk in sorted(rows, key=by(rows, "age", True))[-20:]:
        Person(pk).city.hset("rare")
        rows[pk]["city"] = "rare"
    query = Person.collection(city="rare").sort(by="age")[:3]
    wanted = sorted((pk for pk in rows if rows[pk]["city"] == "rare"), key=by(rows, "age", True))
    assert list(query) == wanted[:3]


def test_the_smallest_condition_drives(people):
    Person, rows = people
    name = rows["5"]["name"]
    plan = Person.collection(city="c1", age__gt=-100, name=name).explain()
    assert plan.driver == "name"
    assert plan.candidates == 1
    assert dict(plan.estimates) == {"name": 1, "city": 200, "age__gt": SIZE}
    assert "driven by name" in str(plan)


@pytest.mark.parametrize(
    "ask",
    [
        lambda c: list(c),
        lambda c: len(c),
        lambda c: c.count(),
        lambda c: c.exists(),
        lambda c: bool(c),
        lambda c: c.first(),
        lambda c: c[0],
        lambda c: list(c[3:9]),
        lambda c: c == [],
        lambda c: repr(c),
        lambda c: "1" in c,
        lambda c: list(c.instances()),
        lambda c: list(c.sort(by="age")[:5].instances()),
        lambda c: c.explain(),
        lambda c: tuple(c),
        lambda c: set(c),
        lambda c: sorted(c),
    ],
)
def test_every_evaluation_is_one_request(people, ask):
    Person, _ = people
    collection = Person.collection(city="c1", age__gte=0)
    ask(collection)
    with count_requests() as sent:
        ask(collection)
    assert sent.names in (["EVALSHA_RO"], ["EVALSHA"], ["MULTI"])


def test_building_a_collection_sends_nothing(people):
    Person, _ = people
    with count_requests() as sent:
        Person.collection(city="c1").filter(age__gt=3).sort(by="age")[2:8].instances().primary_keys()
    assert sent.count == 0


def test_a_query_leaves_nothing_behind(people, raw):
    Person, _ = people
    before = sorted(raw.scan_iter())
    list(Person.collection(city="c1", age__gt=3, name__startswith="n1").sort(by="name", alpha=True)[:4])
    assert sorted(raw.scan_iter()) == before


def test_a_collection_is_not_changed_by_what_is_made_of_it(people):
    Person, _ = people
    base = Person.collection(city="c1")
    before = sorted(base)
    base.sort(by="age")
    base[:3]
    base.filter(age__gt=0)
    base.instances()
    assert sorted(base) == before
    assert len(base) == 200


def test_a_collection_is_live(people):
    Person, _ = people
    collection = Person.collection(city="c1")
    before = len(collection)
    Person(city="c1", name="x", age=1)
    assert len(collection) == before + 1
    assert len(list(collection)) == before + 1


def test_the_length_that_an_iterator_knows_is_only_that_of_its_own_collection(people):
    Person, _ = people
    collection = Person.collection(city="c1")
    iterator = iter(collection)
    with count_requests() as sent:
        assert len(collection) == 200
    assert sent.count == 0
    assert len(collection.clone()) == 200
    assert len(collection[:3]) == 3
    assert len(collection.filter(age__gt=1000)) == 0
    next(iterator)
    with count_requests() as sent:
        assert len(collection) == 200
    assert sent.count == 1


def test_a_numeric_sort_of_texts_says_what_to_do(people):
    Person, _ = people
    with pytest.raises(CommandError, match="alpha=True"):
        list(Person.collection().sort(by="name"))


def test_a_slice_can_be_sliced_but_not_sorted_or_filtered(people):
    Person, _ = people
    part = Person.collection(city="c1").sort(by="age")[:10]
    assert list(part[2:4]) == list(part)[2:4]
    assert part[:3][2] == list(part)[2]
    with pytest.raises(ImplementationError, match="before slicing"):
        part.sort(by="name")
    with pytest.raises(ImplementationError, match="before slicing"):
        part.filter(city="c1")


def test_a_hundred_thousand_results_come_whole(database, raw):
    class Many(RedisModel):
        kind = fields.InstanceHashField(indexable=True)
        number = fields.InstanceHashField(indexes=[NumberRangeIndex])

    Many.use_database(database)
    total = 120_000
    # written as the key layout says, to be quick
    for start in range(1, total + 1, 20_000):
        pks = list(range(start, start + 20_000))
        pipe = raw.pipeline(transaction=False)
        pipe.sadd("{many}:pks", *pks)
        pipe.sadd("{many}:index:kind:equal:a", *pks)
        pipe.zadd("{many}:index:number:number-range", {str(pk): -pk for pk in pks})
        for pk in pks:
            pipe.hset(f"{{many}}:hash:{pk}", mapping={"kind": "a", "number": -pk})
        pipe.execute()
    with count_requests() as sent:
        assert len(set(Many.collection(kind="a"))) == total
    assert sent.count <= 2
    assert len(Many.collection(kind="a", number__lt=0)) == total
    by_number = Many.collection(kind="a").sort(by="number")
    assert by_number[0] == str(total)
    assert list(by_number[-2:]) == ["2", "1"]
    everything = list(Many.collection(kind="a", number__gte=-110_000).sort())
    assert everything == [str(pk) for pk in range(1, 110_001)]
    assert len(list(Many.collection(pk__in=range(1, 60_001)).instances())) == 60_000
    found = list(by_number)
    assert found == [str(pk) for pk in range(total, 0, -1)]
