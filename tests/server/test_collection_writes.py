"""update() and delete() of collections: each chunk in one step that tests the filters again."""

from __future__ import annotations

import random
import threading

import pytest

from limpyd_ng import fields
from limpyd_ng.collection import Q
from limpyd_ng.contrib import related
from limpyd_ng.contrib.indexes import DateTimeIndex
from limpyd_ng.database import RedisDatabase
from limpyd_ng.exceptions import (
    DoesNotExist,
    NotANumberError,
    RestrictedError,
    UniquenessError,
    WrongTypeError,
)
from limpyd_ng.indexes import (
    CaseInsensitiveIndex,
    ContainsIndex,
    EqualIndex,
    EqualIndexWith,
    NumberRangeIndex,
    ScoredEqualIndex,
    TextRangeIndex,
    WordsIndex,
)
from limpyd_ng.model import RedisModel
from limpyd_ng.testing import assert_indexes_right, count_requests
from tests.native import warm_up
from tests.oracle import assert_consistent, snapshot


@pytest.fixture(autouse=True)
def warm(database, raw):
    warm_up(database, raw)


@pytest.fixture
def world(database, raw):
    class Person(related.RelatedModel):
        name = fields.StringField(
            indexes=[TextRangeIndex, ContainsIndex, CaseInsensitiveIndex.configure(prefix="any")]
        )
        city = fields.InstanceHashField(
            indexes=[
                EqualIndex,
                EqualIndexWith.configure(other_fields=["team"]),
                ScoredEqualIndex.configure(score_field="born", prefix="scored"),
            ]
        )
        team = fields.StringField()
        born = fields.InstanceHashField(indexes=[NumberRangeIndex])
        email = fields.InstanceHashField(unique=True)
        seen = fields.StringField(indexes=[DateTimeIndex])
        note = fields.StringField()
        tags = fields.SetField(indexes=[EqualIndex, WordsIndex])
        log = fields.ListField(indexable=True)
        ranks = fields.SortedSetField(indexable=True)
        facts = fields.HashField(indexable=True)
        boss = related.FKInstanceHashField("self", related_name="staff")
        friends = related.M2MSetField("self", related_name="friend_of")

    Person.use_database(database)
    for number in range(1, 9):
        Person(
            name=f"Name {number}",
            city="a",
            team=str(number % 2),
            born=number,
            email=f"e{number}",
            seen=f"2024-02-0{number} 10:00:00",
            tags=["red bike", f"t{number}"],
            log=["x", "x"],
            facts={"size": "9"},
        )
    Person.collection().update(boss=1, friends=[1, 2])
    yield Person
    assert_indexes_right(Person)
    assert_consistent(Person, raw)


ALL = [str(number) for number in range(1, 9)]
#: what all eight meet, and what makes the sixth meet it no more
CHANGES = [
    (Q(city="a"), {"city": "b"}),
    (Q(city__in=["a", "c"]), {"city": None}),
    (Q(city__with=("a", "0")) | Q(city__with=("a", "1")), {"team": "2"}),
    (Q(city__scored="a"), {"born": None}),
    (Q(born__gt=0, born__lt=99), {"born": 100}),
    (Q(name__startswith="Name"), {"name": "Mane 6"}),
    (Q(name__contains="ame"), {"name": "Neam"}),
    (Q(name__any__in=[f"NAME {n}" for n in ALL]), {"name": "else"}),
    (Q(email__in=[f"e{n}" for n in ALL]), {"email": "new"}),
    (Q(seen__year=2024, seen__hour__in=[10]), {"seen": "2024-02-06 11:00:00"}),
    (Q(tags__match="red bi"), {"tags": ["bike"]}),
    (Q(log="x"), {"log": ["y"]}),
    (Q(facts__size=9), {"facts": {"size": "8"}}),
    (Q(note__isnull=True), {"note": "n"}),
    (Q(ranks=None), {"ranks": {"m": 1}}),
    (Q(boss=1), {"boss": 2}),
    (Q(friends=2, friends__isnull=False), {"friends": [1]}),
    (~Q(city="b"), {"city": "b"}),
    (~(Q(born=100) | Q(city="b")), {"born": 100}),
    (Q(city="b") | Q(email__in=[f"e{n}" for n in ALL], born__lt=50), {"born": 51}),
]


@pytest.mark.parametrize("q, change", CHANGES)
def test_an_object_that_meets_the_filters_no_more_when_its_chunk_is_written_is_passed_over(world, q, change):
    def meanwhile(done, total):
        if done == 3:
            world.lazy_connect("6").update(**change)

    with count_requests() as sent:
        assert world.collection(q).sort().update(facts={"done": "1"}, chunk_size=3, progress=meanwhile) == 7
    assert sent.count == 1 + 3 + 1
    assert world.collection(facts__done=1) == set(ALL) - {"6"}


@pytest.mark.faces("sync", reason="threads with a database each")
def test_what_left_before_its_chunk_was_written_is_never_written(settings, raw):
    class Ball(RedisModel):
        database = RedisDatabase(**settings)
        side = fields.InstanceHashField(indexable=True)
        hit = fields.StringField()

    balls = [Ball(side="left") for _ in range(150)]
    seen = {}

    def throw():
        for ball in reversed(balls):
            ball.side.hset("right")
            seen[ball.get_pk()] = ball.hit.get()

    thrower = threading.Thread(target=throw)
    thrower.start()
    Ball.collection(side="left").sort().update(hit="1", chunk_size=2)
    thrower.join()
    left_in_time = [pk for pk, hit in seen.items() if hit is None]
    assert left_in_time
    assert raw.mget([f"{{ball}}:field:hit:{pk}" for pk in left_in_time]) == [None] * len(left_in_time)
    assert_consistent(Ball, raw)


def test_deleting_passes_over_them_too_and_over_what_is_gone(world):
    def meanwhile(done, total):
        if done == 3:
            world.lazy_connect("6").city.hset("b")
            world.lazy_connect("7").delete()

    with count_requests() as sent:
        deleted = world.collection(city="a", born__gt=0).sort().delete(chunk_size=3, progress=meanwhile)
    assert (deleted, sent.count) == (6, 1 + 3 + 2)
    assert world.collection() == ["6"]


def test_what_the_work_itself_changes_does_not_hide_objects_from_it(world):
    assert world.collection(boss__city="a").sort().update(city="b", chunk_size=1) == 8
    first = world.lazy_connect("1")
    assert world.collection(city=first.city).sort().update(city="c", chunk_size=1) == 8
    assert world.collection().intersect(first.friends).sort().update(friends=[], chunk_size=1) == 2
    # the first to go is the boss of all
    assert world.collection(boss=first).sort().delete(chunk_size=3) == 8
    assert world.collection() == []


def test_every_kind_of_field_gets_its_whole_new_content(world, raw):
    one = world.lazy_connect("1")
    values = {
        "name": "New NAME",
        "city": "z",
        "team": "t",
        "born": "-1.5",
        "seen": None,
        "note": "n",
        "tags": ["blue bike", "Red"],
        "log": ["l1", "l2", "l1"],
        "ranks": {"m": 1, "n": 2.5},
        "facts": {"a": "1", "b": "2"},
        "boss": one,
        "friends": [one, "3"],
    }
    with count_requests() as sent:
        assert world.collection(born__lte=5).update(chunk_size=2, **values) == 5
    assert sent.count == 1 + 3
    changed = world.collection(city="z", name__any="new name", tags__match="blue b", log="l2", born=-1.5)
    assert changed.filter(ranks="n", facts__b=2, friends=3, boss=1, seen=None) == set(ALL[:5])
    single = world.lazy_connect("8")
    single.update(**{**values, "boss": "1", "friends": ["1", "3"]})
    assert {**one.snapshot(), "pk": "", "email": ""} == {**single.snapshot(), "pk": "", "email": ""}


def test_an_object_that_a_stored_list_holds_twice_counts_once(world, raw):
    raw.rpush("mine", "1", "99", "2", "1")
    assert world.collection().from_stored("mine") == ["1", "2", "1"]
    seen = []
    assert (
        world.collection().from_stored("mine").update(city="b", progress=lambda *now: seen.append(now)) == 2
    )
    assert seen == [(2, 2)]
    assert world.collection().from_stored("mine").delete(chunk_size=1) == 2
    assert world.collection().count() == 6


def test_the_value_of_a_foreign_key_is_read_in_the_step(world):
    world.lazy_connect("8").boss.hset("5")
    with count_requests() as sent:
        assert world.collection(born__lte=2).update(boss=world.lazy_connect("8").boss) == 2
    assert sent.count == 2
    assert world.collection(boss=5) == {"1", "2", "8"}


def test_a_list_longer_than_one_command_is_written_whole(world):
    items = [f"item {number % 9000}" for number in range(20_000)]
    assert world.collection(pk__in=[1, 2]).update(log=items, ranks=dict.fromkeys(items, 1)) == 2
    assert world.lazy_connect("2").log.lmembers() == items
    assert world.lazy_connect("1").ranks.zcard() == 9000
    assert world.collection(log="item 5").update(log=[], ranks=None) == 2


@pytest.mark.parametrize(
    "values, error",
    [
        ({"email": "same", "city": "b"}, UniquenessError),
        ({"born": "x", "city": "b", "log": ["y"]}, NotANumberError),
        ({"city": "b", "boss": "99"}, DoesNotExist),
        ({"tags": ["x"], "friends": ["3", "99"]}, DoesNotExist),
        ({"note": "n", "tags": None, "ranks": {"m": 1}, "email": "e5"}, UniquenessError),
    ],
)
def test_a_chunk_that_is_refused_changes_nothing(world, raw, values, error):
    raw.set("{person}:field:note:2", "mine", px=10**8)
    before = snapshot(raw)
    with pytest.raises(error):
        world.collection(city="a").update(**values)
    assert snapshot(raw) == before
    assert raw.pttl("{person}:field:note:2") > 0


def test_a_refused_update_of_one_object_leaves_its_times_to_live(world, raw):
    one = world.lazy_connect("1")
    one.note.set("mine")
    one.note.expire(1000)
    with pytest.raises(UniquenessError):
        one.update(note="other", email="e2")
    assert (one.note.get(), one.note.ttl() > 900) == ("mine", True)


def test_a_key_of_a_wrong_type_stops_a_chunk_and_leaves_it_as_it_was(world, raw):
    raw.rename("{person}:field:log:5", "aside")
    raw.set("{person}:field:log:5", "what is this")
    before = snapshot(raw)
    with pytest.raises(WrongTypeError):
        world.collection(city="a").update(city="b", log=["z"])
    with pytest.raises(WrongTypeError):
        world.collection(city="a").delete()
    assert snapshot(raw) == before
    raw.rename("aside", "{person}:field:log:5")


def test_a_chunk_that_is_restricted_stays_whole(world, database, raw):
    class Deed(related.RelatedModel):
        person = related.FKStringField(world, on_delete="restrict")

    Deed.use_database(database)
    Deed(person=5)
    with pytest.raises(RestrictedError):
        world.collection(city="a").sort().delete(chunk_size=3)
    assert world.collection() == set(ALL[3:])
    Deed.collection(person__city="a").delete()
    assert world.collection(~Q(city="b")).delete() == 5


def test_random_changes_in_between_give_what_plain_python_says(world):
    chance = random.Random(7)
    cities, births = dict.fromkeys(ALL, "a"), {pk: int(pk) for pk in ALL}
    for _ in range(40):
        low, city, to = chance.randrange(9), chance.choice("ab"), chance.choice("ab")
        moved, born = chance.choice(ALL), chance.randrange(9)
        found = [pk for pk in ALL if cities[pk] == city and births[pk] >= low]
        size = chance.randrange(1, 4)

        def meanwhile(done, total, moved=moved, born=born, size=size):
            if done == size:
                world.lazy_connect(moved).born.hset(born)

        if len(found) >= size:
            births[moved] = born
        written = [pk for pk in found if births[pk] >= low or found.index(pk) < size]
        query = world.collection(city=city, born__gte=low).sort()
        assert query.update(city=to, chunk_size=size, progress=meanwhile) == len(written)
        cities.update(dict.fromkeys(written, to))
        assert world.collection(city="a") == {pk for pk in ALL if cities[pk] == "a"}
