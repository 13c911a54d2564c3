"""Collections with values, sources, scores, stored results, and writes to all they find."""

from __future__ import annotations

import pytest

from limpyd_ng import fields
from limpyd_ng.collection import CollectionManager, OrderBy, Q
from limpyd_ng.contrib.collection import DEFAULT_STORE_TTL, SORTED_SCORE, ExtendedCollectionManager
from limpyd_ng.exceptions import (
    CommandError,
    ImplementationError,
    InvalidValueError,
    PipelineError,
    UniquenessError,
    WrongTypeError,
)
from limpyd_ng.indexes import Lower, NumberRangeIndex, TextRangeIndex
from limpyd_ng.model import RedisModel
from limpyd_ng.testing import count_requests
from tests.native import warm_up
from tests.oracle import assert_consistent


@pytest.fixture(autouse=True)
def warm(database, raw):
    warm_up(database, raw)


@pytest.fixture
def Person(database):
    class Person(RedisModel):
        name = fields.StringField(indexes=[TextRangeIndex])
        city = fields.InstanceHashField(indexable=True)
        born = fields.InstanceHashField(indexes=[NumberRangeIndex])
        email = fields.InstanceHashField(unique=True)
        nick = fields.StringField(indexes=[TextRangeIndex.configure(transform=Lower(), transform_query=True)])
        friends = fields.SetField()
        queue = fields.ListField(indexable=True)
        met = fields.SortedSetField()
        facts = fields.HashField(indexable=True)

    Person.use_database(database)
    for number in range(1, 13):
        Person(
            name=f"n{number:02}",
            city="ab"[number % 2],
            born=str(1980 + number % 4),
            email=f"e{number}",
            nick="Zed",
        )
    return Person


EVEN = [str(number) for number in range(2, 13, 2)]


def test_the_older_names_stay():
    assert ExtendedCollectionManager is CollectionManager
    assert (SORTED_SCORE, DEFAULT_STORE_TTL) == ("sorted_score", 60)


def test_values_and_lists_of_values_come_in_one_request(Person):
    found = Person.collection(city="a").sort()
    with count_requests() as sent:
        assert found.values("pk", "born")[:1] == [{"pk": "2", "born": "1982"}]
        assert found.values_list("name", "born")[:1] == [("n02", "1982")]
        assert found.values_list("name", flat=True)[1] == "n04"
        assert found.values_list(Person.get_field("name"), flat=True).first() == "n02"
    assert sent.count == 4
    everything = {"pk": "2", "name": "n02", "city": "a", "born": "1982", "email": "e2", "nick": "Zed"}
    assert found.values()[0] == everything
    assert found.values_list()[0] == tuple(everything.values())
    assert found.values().primary_keys() == EVEN
    pairs = found.instances(values=["name"])
    with count_requests() as sent:
        instance, values = pairs[0]
    assert sent.count == 1
    assert (instance.pk.get(), values) == ("2", {"name": "n02"})
    assert instance.connected


@pytest.mark.parametrize(
    "ask",
    [
        lambda c: c.values("nope"),
        lambda c: c.values(["name"]),
        lambda c: c.values_list({}, flat=True),
        lambda c: c.values("friends"),
        lambda c: c.values_list("name", "city", flat=True),
        lambda c: c.values_list(flat=True),
        lambda c: c.instances(values="name"),
        lambda c: c.sort(by="name", by_score="key"),
        lambda c: c.sort(by="name", missing="middle"),
        lambda c: c.sort(by=[]),
        lambda c: c.sort(by_score=3),
        lambda c: c.intersect(3),
        lambda c: c.intersect(""),
        lambda c: c.intersect(c.model.get_field("friends")),
        lambda c: c.filter(city=c.model.get_field("city")),
        lambda c: c.from_stored(""),
        lambda c: c.from_stored("x").from_stored("y"),
        lambda c: c.store(ttl=0),
        lambda c: c.store(ttl="x"),
        lambda c: c.store(ttl=True),
        lambda c: c.iterator(ttl=None),
        lambda c: c.iterator(ttl=0),
        lambda c: c.iterator(ttl="x"),
        lambda c: c.filter(city__in=[["a"]]),
        lambda c: c.filter(city__in=[None]),
        lambda c: c.filter(city__in=[c.model.lazy_connect(1).city]),
        lambda c: c.update(),
        lambda c: c.update(nope=1),
        lambda c: c.update(pk=1),
        lambda c: c.delete(chunk_size=0),
        lambda c: c.iterator(chunk_size=0),
        lambda c: Q(3),
        lambda c: c.store(key="{person}:pks"),
        lambda c: c.intersect(c[:3]),
        lambda c: c[:3].exclude(city="a"),
        lambda c: c[:3].union([1]),
        lambda c: c.filter(nope__ne=1),
        lambda c: c.filter(city__gt__ne=1),
        lambda c: c.filter(Q(name="x") | Q(friends="1")),
    ],
)
def test_bad_input_is_refused_before_anything_is_sent(Person, ask):
    collection = Person.collection(city="a")
    with count_requests() as sent, pytest.raises((InvalidValueError, ImplementationError)):
        ask(collection)
    assert sent.count == 0


def test_every_kind_of_source_narrows(Person, raw):
    me = Person(name="me", friends=["2", "3", "99"], queue=["4", "2"], met={"2": 5, "6": 1})
    raw.sadd("outside", "2", "gone", "5")
    assert_same = lambda c, pks: (sorted(c), c.count()) == (sorted(pks), len(pks))  # noqa: E731
    base = Person.collection(city="a")
    assert assert_same(base.intersect([2, "3", 4]), ["2", "4"])
    assert assert_same(base.intersect({2}, (2, 4)), ["2"])
    assert assert_same(base.intersect(pk for pk in "246"), ["2", "4", "6"])
    assert assert_same(base.intersect([Person(2), me]), ["2"])
    assert assert_same(base.intersect(me.friends), ["2"])
    assert assert_same(base.intersect(me.queue), ["2", "4"])
    assert assert_same(base.intersect(me.met), ["2", "6"])
    assert assert_same(base.intersect("outside"), ["2"])
    assert assert_same(base.intersect("not-there"), [])
    assert assert_same(base.intersect([]), [])
    assert assert_same(Person.collection().intersect(me.friends), ["2", "3"])
    assert assert_same(base.intersect(Person.collection(born=1980)), ["4", "8", "12"])
    assert assert_same(base.difference(me.met, [4]), ["8", "10", "12"])
    assert assert_same(base.union(me.friends, ["nope"]), [*EVEN, "3"])
    raw.set("text", "x")
    with pytest.raises(WrongTypeError):
        base.intersect("text").evaluate()


def test_a_score_orders_and_is_among_the_values(Person, raw):
    me = Person(met={"2": 5, "6": -1, "8": "inf"})
    by_score = Person.collection(city="a").sort(by_score=me.met)
    with count_requests() as sent:
        assert by_score == ["10", "12", "4", "6", "2", "8"]
        assert by_score.values_list("pk", SORTED_SCORE)[3:5] == [("6", -1.0), ("2", 5.0)]
    assert sent.count == 2
    assert Person.collection(city="a").sort(by_score=str(me.met.key), desc=True)[:3] == ["8", "2", "6"]
    assert Person.collection(city="a").sort(by_score=me.met, missing="last")[:3] == ["6", "2", "8"]
    assert Person.collection(pk=2).values(SORTED_SCORE) == [{"sorted_score": None}]
    assert by_score.values(SORTED_SCORE)[0] == {"sorted_score": None}


def test_a_field_given_as_a_value_is_read_when_the_query_runs(Person):
    one = Person.get(pk=1)
    same_city = Person.collection(city=one.city)
    later = Person.collection(born__gt=one.born, name__gte=one.name)
    nicks = Person.collection(nick__startswith=one.nick)
    others = Person.collection(city__ne=one.city)
    assert (len(same_city), len(later), len(nicks), others) == (6, 6, 12, set(EVEN))
    one.update(city="a", born="1982", name="n05", nick="q")
    with count_requests() as sent:
        assert same_city == {*EVEN, "1"}
        assert later == {"7", "11"}
        assert nicks == ["1"]
    assert sent.count == 3
    one.name.delete()
    assert Person.collection(name__gte=one.name) == []
    assert Person.collection(pk=Person.get(pk=3)) == ["3"]
    assert Person.collection(pk=one.city) == []
    with pytest.raises(InvalidValueError, match="many values"):
        Person.collection(city=one.friends)
    one.name.set("no number")
    with pytest.raises(CommandError, match="no number"):
        Person.collection(born=one.name).evaluate()


def test_or_and_not_drive_from_indexes(Person):
    by_or = Person.collection(Q(name="n01") | Q(name="n02"), born__gte=0)
    plan = by_or.explain()
    assert (plan.driver, plan.candidates) == ("union of name, name", 2)
    assert by_or == {"1", "2"}
    by_not = Person.collection(~Q(city="a"), email="e3").explain()
    assert (by_not.driver, by_not.candidates) == ("email", 1)
    bare = Person.collection(~Q(city="a"))
    assert (bare.explain().driver, len(bare)) == ("all objects", 6)
    assert dict(by_not.estimates)["not city"] == 13
    nested = Person.collection(Q(Q(city="a") & Q(name="n02")) | Q(email="e9")).explain()
    assert nested.candidates == 2


def test_an_empty_q_says_nothing(Person):
    assert len(Person.collection(Q())) == len(Person.collection(~Q())) == 12
    assert Person.collection(Q() | Q(city="a")) == set(EVEN)
    assert Person.collection().exclude() == Person.collection().evaluate()
    assert Person.collection(Q(city__in=[]) | Q(pk=1)) == ["1"]
    assert len(Person.collection(~Q(city__in=[]))) == 12
    assert "|" in repr(Q(city=1) | ~Q(name="x"))


def test_thousands_of_conditions_may_be_joined_and_a_hundred_nested(Person):
    any_of, all_of, sources = Q(pk=1), Q(city="a"), Person.collection(pk=1)
    for number in range(2000):
        any_of |= Q(name=f"n{number:02}")
        all_of &= ~Q(pk=number + 13)
    assert Person.collection(any_of).count() == 12
    assert Person.collection(all_of) == set(EVEN)
    for number in range(500):
        sources = sources.union([number])
    assert sources.count() == 12
    deep = Q(name="n03")
    for _ in range(48):
        deep = (Q(city="b") & deep) | Q(name="n05")
        deep = ~~deep
    assert Person.collection(deep) == {"3", "5"}
    assert Person.collection(~deep).count() == 10
    with count_requests() as sent, pytest.raises(InvalidValueError, match="deep"):
        for _ in range(5):
            deep = (Q(city="b") & deep) | Q(name="n05")
    assert sent.count == 0


def test_values_that_python_takes_for_equal_are_looked_for_each(Person):
    Person(city="1"), Person(city="1.0")
    assert Person.collection(city__in=[1, 1.0]) == {"13", "14"}
    assert Person.collection(born__in=[1981, 1981.0, "1981"]).count() == 3


def test_several_keys_order_and_missing_values_stand_where_asked(Person):
    Person(name="x")
    order = Person.collection().sort(by=[OrderBy("city", alpha=True, missing="last"), "-born"])
    expected = sorted(
        range(1, 13), key=lambda n: ("ab"[n % 2], -(n % 4), [-ord(c) for c in str(n)], -len(str(n)))
    )
    assert order[:12] == [str(number) for number in expected]
    assert order[-1] == "13"


def test_a_stored_result_keeps_its_order_and_what_is_empty_is_not_expired(Person, raw):
    found = Person.collection(city="a").sort(by="-born").values_list("pk", flat=True)
    with count_requests() as sent:
        stored = found.store(ttl=100)
    assert sent.count == 1
    assert stored == found.evaluate()
    assert 0 < raw.ttl(stored.stored_key) <= 100
    again = Person.collection().from_stored(stored.stored_key)
    assert again[::-1] == found.evaluate()[::-1]
    assert again.filter(born__lt=1981).count() == 3
    assert again.sort()[:2] == ["2", "4"]
    assert (again.clone().stored_key, found.stored_key) == (stored.stored_key, None)
    Person.get(pk=2).delete()
    assert "2" not in list(again)
    empty = Person.collection(city="nowhere").store(key="mine", ttl=None)
    for collection in (empty, Person.collection().from_stored("mine")):
        assert (collection.evaluate(), collection.count(), collection.exists()) == ([], 0, False)
    assert raw.ttl("mine") == -1
    assert Person.collection(city="b").store(key="mine").count() == 6
    raw.delete("mine")
    for ask in (len, bool, list, lambda c: c.explain(), lambda c: c.filter(pk__in=[]).evaluate()):
        with pytest.raises(Person.DoesNotExist, match="expired"):
            ask(empty)
    raw.set("text", "x")
    with pytest.raises(WrongTypeError, match="holds a string"):
        found.store(key="text")
    assert raw.get("text") == "x"


def test_all_of_it_works_inside_a_pipeline(Person, database):
    one = Person.get(pk=1)
    with count_requests() as sent, database.pipeline() as pipe:
        rows = Person.collection(city=one.city).sort().values("pk").evaluate()
        stored = Person.collection(city="a").store()
        kept = stored.evaluate()
        some = Person.collection(Q(pk=1) | Q(pk=2)).exists()
        pipe.execute()
    assert sent.count == 1
    assert rows.value[0] == {"pk": "1"}
    assert (set(kept.value), some.value) == (set(EVEN), True)
    with database.pipeline():
        for ask in (lambda c: c.delete(), lambda c: c.update(city="z"), lambda c: next(c.iterator())):
            with pytest.raises(PipelineError, match="outside"):
                ask(Person.collection(city="a"))
    assert len(Person.collection()) == 12


def test_a_collection_is_updated_in_chunks_and_each_chunk_as_a_whole(Person, raw):
    seen = []
    with count_requests() as sent:
        changed = Person.collection(city="a").update(
            city="c", born=None, queue=["x"], chunk_size=4, progress=lambda *now: seen.append(now)
        )
    assert (changed, sent.count, seen) == (6, 3, [(4, 6), (6, 6)])
    assert Person.collection(city="c", queue="x", born=None) == set(EVEN)
    assert Person.collection(city="c").update(born=1, chunk_size=1) == 6
    assert Person.collection(city="nowhere").update(city="d") == 0
    with pytest.raises(UniquenessError):
        Person.collection(city="c").update(email="same", city="z")
    assert Person.collection(city="z") == []
    assert Person.collection(email="same") == []
    assert_consistent(Person, raw)


def test_a_collection_is_deleted_in_chunks(Person, raw):
    with count_requests() as sent:
        assert Person.collection(city="a").sort(by="name", alpha=True)[1:].delete(chunk_size=2) == 5
    assert sent.count == 4
    assert Person.collection(city="a") == ["2"]
    assert Person.collection().delete() == 7
    assert_consistent(Person, raw)
    assert not [key for key in raw.scan_iter() if ":hash:" in key or ":field:" in key]


def test_an_object_that_goes_meanwhile_does_not_stop_the_others(Person, raw):
    def gone(done, total):
        if done == 2:
            Person.get(pk=8).delete()

    assert Person.collection(city="a").sort().update(city="d", chunk_size=2, progress=gone) == 5
    assert Person.collection(city="d") == set(EVEN) - {"8"}
    assert_consistent(Person, raw)


def test_an_iterator_misses_and_doubles_nothing_while_others_write(Person, raw):
    came = []
    for number, instance in enumerate(Person.collection(city="a").instances().iterator(chunk_size=2)):
        came.append(instance.pk.get())
        Person(city="a", name=f"new{number}")
        instance.city.hset("moved")
        if number == 0:
            Person.get(pk=12).delete()
    assert len(came) == len(set(came))
    assert set(EVEN) - {"12"} <= set(came) <= set(EVEN)
    assert not list(raw.scan_iter("*stored*"))
    assert list(Person.collection(city="nowhere").iterator()) == []
    half_way = Person.collection().iterator(chunk_size=3)
    next(half_way)
    half_way.close()
    assert not list(raw.scan_iter("*stored*"))


def test_exists_looks_at_few_candidates(Person, raw):
    assert Person.collection(city="a", born__gte=0).exists()
    assert not Person.collection(city="a", born__lt=0).exists()
    assert Person.collection(Q(city="a") | Q(city="b"), ~Q(pk=1)).exists()


def test_hundred_thousand_results_are_stored_read_and_combined(database, raw):
    class Many(RedisModel):
        kind = fields.StringField(indexable=True)

    Many.use_database(database)
    total = 100_000
    for start in range(0, total, 20_000):
        raw.sadd("{many}:pks", *range(start, start + 20_000))
        raw.sadd("{many}:index:kind:equal:a", *range(start, start + 20_000))
    half = range(0, total, 2)
    found = Many.collection(Q(kind="a") & ~Q(pk__in=half))
    assert len(found) == total // 2
    stored = found.sort().store()
    assert stored[-1] == str(total - 1)
    assert len(stored.values_list("kind", flat=True).evaluate()) == total // 2
    assert sum(1 for _ in found.iterator(chunk_size=20_000)) == total // 2
    assert Many.collection(kind="nope").union(half).count() == total // 2
