"""``min_items`` and ``max_items``: native commands that would leave too few or too many are refused whole."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limpyd_ng import fields
from limpyd_ng.contrib.related import M2MSetField, RelatedModel
from limpyd_ng.exceptions import ImplementationError, InvalidValueError
from limpyd_ng.indexes import EqualIndex
from limpyd_ng.model import RedisModel
from limpyd_ng.testing import assert_indexes_right, count_requests
from tests.native import warm_up
from tests.oracle import assert_consistent, snapshot


@pytest.fixture(autouse=True)
def warm(database, raw):
    warm_up(database, raw)


@pytest.fixture(params=[False, True], ids=["plain", "indexed"])
def Box(request, database):
    indexed = request.param
    folded = [EqualIndex.configure(transform=str.casefold)] if indexed else None

    class Box(RedisModel):
        code = fields.StringField(indexable=True)
        tags = fields.SetField(min_items=2, max_items=4, indexable=indexed)
        log = fields.ListField(min_items=2, max_items=4, indexes=folded)
        ranks = fields.SortedSetField(min_items=2, max_items=4, unique=indexed)
        facts = fields.HashField(min_items=2, max_items=4, indexable=indexed)
        free = fields.SetField(indexable=indexed)
        few = fields.ListField(max_items=1)

    Box.use_database(database)
    yield Box
    assert_indexes_right(Box)
    assert_consistent(Box, database.connection)


GROW = {
    "tags": [("sadd", ("c", "d", "e"))],
    "log": [
        ("rpush", ("c", "d", "e")),
        ("lpush", ("c", "d", "e")),
        ("rpushx", ("c", "d", "e")),
    ],
    "ranks": [("zadd", ({"c": 1, "d": 2, "e": 3},)), ("zadd", ({"a": 0, "c": 1, "d": 2, "e": 3},))],
    "facts": [("hset", ("c", "1", {"d": "2", "e": "3"})), ("hmset", ({"c": 1, "d": 2, "e": 3},))],
}
SHRINK = {
    "tags": [("srem", ("a",)), ("spop", ()), ("spop", (2,)), ("srem", ("a", "b", "x"))],
    "log": [("lpop", ()), ("rpop", (2,)), ("lrem", (0, "a")), ("ltrim", (0, 0)), ("ltrim", (5, 6))],
    "ranks": [
        ("zrem", ("a",)),
        ("zpopmin", ()),
        ("zremrangebyscore", ("-inf", "+inf")),
        ("zremrangebyrank", (0, 0)),
    ],
    "facts": [("hdel", ("a",)), ("hdel", ("a", "b"))],
}
START = {"tags": ["a", "b"], "log": ["a", "b"], "ranks": {"a": 1, "b": 2}, "facts": {"a": "1", "b": "2"}}


@pytest.mark.parametrize("name, command, args", [(n, *one) for n, cases in GROW.items() for one in cases])
def test_a_command_that_would_leave_too_many_changes_nothing(Box, raw, name, command, args):
    box = Box.create(**{name: START[name]}, code="x")
    before = snapshot(raw)
    too_many = pytest.raises(InvalidValueError, match=rf"Box\.{name}: 5 values are more than 4")
    with count_requests() as sent, too_many:
        getattr(box.get_field(name), command)(*args)
    assert sent.count == 1
    assert snapshot(raw) == before


@pytest.mark.parametrize("name, command, args", [(n, *one) for n, cases in SHRINK.items() for one in cases])
def test_a_command_that_would_leave_too_few_changes_nothing(Box, raw, name, command, args):
    box = Box.create(**{name: START[name]}, code="x")
    before = snapshot(raw)
    with pytest.raises(InvalidValueError, match=rf"Box\.{name}: [01] values are fewer than 2"):
        getattr(box.get_field(name), command)(*args)
    assert snapshot(raw) == before


def test_what_stays_within_the_limits_is_the_native_command(Box):
    box = Box.create(**START)
    with count_requests() as sent:
        assert box.tags.sadd("a", "b", "c", "d") == 2
        assert box.log.rpush("a", "a") == 4
        assert box.ranks.zadd({"a": 5, "c": 1}) == 1
        assert box.facts.hset("a", "3") == 0
        assert box.tags.srem("x", "a", "b") == 2
        assert box.log.lset(0, "z") is True
        assert box.log.lrem(1, "a") == 1
        assert box.ranks.zincrby(2, "b") == 4.0
    assert sent.count == 8
    assert box.log.lmembers() == ["z", "b", "a"]


def test_the_value_as_a_whole_may_go(Box):
    box = Box.create(**START)
    assert box.tags.delete() == box.ranks.delete() == 1
    assert box.facts.unlink() == 1
    box.update(log=None)
    assert box.snapshot()["tags"] == set()


def test_a_value_may_not_begin_with_too_few(Box, raw):
    box = Box.create(code="x")
    with pytest.raises(InvalidValueError, match="1 values are fewer than 2"):
        box.tags.sadd("a")
    with pytest.raises(InvalidValueError, match="fewer than 2"):
        Box().log.rpush("a")
    assert Box.collection() == [box.get_pk()]
    assert box.tags.sadd("a", "b") == 2
    assert Box().log.rpush("a", "b") == 2


def test_what_is_beyond_a_limit_already_may_come_nearer(Box, raw):
    box = Box.create(tags=["a", "b"])
    others = ["c", "d", "e", "f"]
    raw.sadd(box.tags.key, *others)
    Box.rebuild_indexes()
    with pytest.raises(InvalidValueError, match="7 values are more than 4"):
        box.tags.sadd("g")
    assert box.tags.srem("c") == 1
    raw.delete(box.tags.key)
    raw.sadd(box.tags.key, "a")
    Box.rebuild_indexes()
    assert box.tags.sadd("b") == 1


MOVES = {
    "smove": (lambda one, two: one.free.smove(two.tags, "x"), r"tags: 5 values are more than 4"),
    "smove from": (lambda one, two: one.tags.smove(two.free, "a"), r"tags: 1 values are fewer than 2"),
    "lmove": (lambda one, two: one.few.lmove(two.log), r"log: 5 values are more than 4"),
    "rpoplpush from": (lambda one, two: one.log.rpoplpush(two.few), r"log: 1 values are fewer than 2"),
    "copy": (lambda one, two: one.free.copy(two.tags, replace=True), r"tags: 5 values are more than 4"),
    "rename": (lambda one, two: one.free.rename(two.tags), r"tags: 5 values are more than 4"),
    "sort": (lambda one, two: one.free.sort(alpha=True, store=two.log), r"log: 5 values are more than 4"),
}


@pytest.mark.parametrize("name", MOVES)
def test_commands_that_write_two_fields_change_neither(Box, raw, name):
    move, message = MOVES[name]
    one = Box.create(tags=["a", "b"], log=["a", "b"], free=["v", "w", "x", "y", "z"], few=["q"])
    two = Box.create(tags=["a", "b", "c", "d"], log=["a", "b", "c", "d"])
    before = snapshot(raw)
    with pytest.raises(InvalidValueError, match=rf"Box\.{message}"):
        move(one, two)
    assert snapshot(raw) == before


def test_in_a_pipeline_the_refused_command_alone_has_not_happened(Box, database):
    box = Box.create(**START)
    with database.pipeline() as pipe:
        box.tags.sadd("c")
        box.tags.sadd("d", "e")
        box.log.rpush("c")
        replies = pipe.execute(raise_on_error=False)
    assert replies[0] == 1 and isinstance(replies[1], InvalidValueError) and replies[2] == 3
    assert box.tags.smembers() == {"a", "b", "c"}


def test_blocking_commands_are_refused(Box):
    box = Box.create(**START, free="x")
    with count_requests() as sent, pytest.raises(ImplementationError, match="min_items or max_items"):
        box.log.blpop(timeout=1)
    assert sent.count == 0


def test_relations_have_limits_too(database):
    class Team(RelatedModel):
        members = M2MSetField("Player", max_items=2)

    class Player(RelatedModel):
        name = fields.PKField()

    for model in (Team, Player):
        model.use_database(database)
    team, names = Team.create(), "abc"
    for name in names:
        Player.create(name=name)
    team.members.sadd("a", "b")
    with pytest.raises(InvalidValueError, match="3 values are more than 2"):
        team.members.sadd(Player.get("c"))
    assert team.members.smembers() == {"a", "b"}
    assert_indexes_right(Team)


WORDS = st.lists(st.sampled_from("abcdef"), min_size=1, max_size=4)
STEPS = st.one_of(
    st.tuples(st.sampled_from(["rpush", "lpush"]), WORDS),
    st.tuples(st.sampled_from(["lpop", "rpop"]), st.integers(1, 3)),
    st.tuples(st.just("lrem"), st.sampled_from("abcdef")),
    st.tuples(st.just("ltrim"), st.tuples(st.integers(-4, 4), st.integers(-4, 4))),
    st.tuples(st.just("delete"), st.none()),
)


def after(step, values):
    """What plain Redis would hold."""
    name, given = step
    if name in ("rpush", "lpush"):
        return values + given if name == "rpush" else given[::-1] + values
    if name in ("lpop", "rpop"):
        return values[given:] if name == "lpop" else values[: max(0, len(values) - given)]
    if name == "lrem":
        return [value for value in values if value != given]
    if name == "delete":
        return []
    size = len(values)
    start, stop = (bound + size if bound < 0 else bound for bound in given)
    return values[max(0, start) : max(0, stop + 1)]


@given(
    least=st.none() | st.integers(0, 3),
    most=st.none() | st.integers(3, 5),
    steps=st.lists(STEPS, max_size=12),
)
def test_a_list_is_what_plain_redis_would_make_of_the_commands_that_fit(database, raw, least, most, steps):
    class Log(RedisModel):
        lines = fields.ListField(min_items=least, max_items=most, indexable=True)

    raw.flushdb()
    Log.use_database(database)
    log, values = Log.create(), []
    for name, given_ in steps:
        new = after((name, given_), values)
        args = {"lpop": (given_,), "rpop": (given_,), "lrem": (0, given_), "delete": ()}.get(name, given_)
        fits = len(new) in (len(values), *range(least or 0, (most or 99) + 1)) or name == "delete"
        fits = fits or (len(values) > len(new) and least is None) or (not values and not new)
        try:
            getattr(log.lines, name)(*args)
        except InvalidValueError:
            assert not fits
        else:
            assert fits, (name, given_, values)
            values = new
        assert log.lines.lmembers() == values
    assert_indexes_right(Log)
