"""Compiled scripts do what the write engine does: the same steps on both leave the same data."""

from __future__ import annotations

from typing import Any

import pytest
import redis
from hypothesis import given
from hypothesis import strategies as st

from limpyd_ng import fields
from limpyd_ng.exceptions import LimpydException, OutOfMemoryError, UniquenessError
from limpyd_ng.indexes import EqualIndex, Lower, NumberRangeIndex, TextRangeIndex
from limpyd_ng.model import RedisModel
from limpyd_ng.testing import assert_indexes_right, count_requests
from tests.native import content


class Never(dict[Any, Any]):
    """What a model keeps of compiled scripts, when there are to be none."""

    def __getitem__(self, key: Any) -> None:
        return None


def make_models(on: Any) -> tuple[Any, Any]:
    """The same model twice: compiled, and not."""

    class Thing(RedisModel):
        abstract = True
        database = on
        code = fields.InstanceHashField(unique=True)
        name = fields.InstanceHashField(indexes=[EqualIndex, TextRangeIndex])
        size = fields.InstanceHashField(indexes=[NumberRangeIndex])
        note = fields.InstanceHashField()
        text = fields.StringField(indexes=[TextRangeIndex, EqualIndex])
        number = fields.StringField(indexes=[NumberRangeIndex])
        tags = fields.SetField(indexable=True)
        marks = fields.SetField(unique=True, indexes=[EqualIndex])
        log = fields.ListField(indexes=[TextRangeIndex])
        counts = fields.SetField(indexes=[NumberRangeIndex])
        ranks = fields.SortedSetField(indexable=True)
        plain = fields.ListField()

    class Compiled(Thing):
        namespace = "left"
        key_name = "thing"

    class Engine(Thing):
        namespace = "right"
        key_name = "thing"

    Engine.schema.compiled = Never()
    return Compiled, Engine


TEXTS = ["", "a", "b", "A\0", "é", "'\\", "1", "2.5", "x" * 300, "\n"]
text = st.sampled_from(TEXTS)
many = st.lists(text, min_size=1, max_size=4)
rows = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(("code", "name", "size", "note", "text", "number"), text),
        **dict.fromkeys(("tags", "marks", "log", "counts", "plain"), many),
        "ranks": st.dictionaries(text, st.integers(-3, 3), min_size=1, max_size=3),
    },
)
command = st.one_of(
    st.tuples(st.just(["code", "name", "size", "note"]), st.just("hset"), text),
    st.tuples(st.just(["code", "name", "size"]), st.sampled_from(["hdel", "hincrby"]), st.none()),
    st.tuples(st.just(["text", "number"]), st.sampled_from(["set", "append", "getset", "setnx"]), text),
    st.tuples(st.just(["text", "number"]), st.sampled_from(["delete", "getdel", "incr"]), st.none()),
    st.tuples(st.just(["tags", "marks", "counts"]), st.sampled_from(["sadd", "srem"]), many),
    st.tuples(st.just(["log"]), st.sampled_from(["rpush", "lpush"]), many),
    st.tuples(st.just(["ranks"]), st.just("zrem"), many),
).flatmap(
    lambda row: st.tuples(st.just("command"), st.sampled_from(row[0]), st.just(row[1]), st.just(row[2]))
)
step = st.one_of(command, command, st.tuples(st.just("create"), rows), st.tuples(st.just("delete")))


def run(model: Any, pk: str, one: tuple[Any, ...]) -> Any:
    """The reply of a step, or what it was refused with."""
    thing = model.lazy_connect(pk)
    try:
        if one[0] == "create":
            return model(**{"note": "x", **one[1]}).pk.get()
        if one[0] == "delete":
            return thing.delete()
        _, name, method, value = one
        args = () if value is None else value if isinstance(value, list) else (value,)
        return getattr(getattr(thing, name), method)(*args)
    except LimpydException as error:
        # of several reasons to refuse a write, either may be told
        return type(error).__name__.replace(model.__name__, "")


def stored(raw: redis.Redis, side: str) -> dict[str, Any]:
    """Every key of one model with its content."""
    start = f"{{{side}:thing}}:"
    return {key.removeprefix(start): content(raw, key) for key in raw.scan_iter(f"{start}*", count=1000)}


@given(steps=st.lists(st.tuples(st.sampled_from("123"), step), min_size=10, max_size=30))
def test_the_same_steps_leave_the_same_data_and_give_the_same_replies(database, raw, steps):
    raw.flushall()
    left, right = make_models(database)
    for pk, one in steps:
        assert run(left, pk, one) == run(right, pk, one), one
    assert stored(raw, "left") == stored(raw, "right")
    assert_indexes_right(left)


WRITES = [
    lambda thing: thing.name.hset("new"),
    lambda thing: thing.text.set("new"),
    lambda thing: thing.size.hset(7),
    lambda thing: thing.code.hset("new"),
    lambda thing: thing.tags.sadd("new", "more"),
    lambda thing: thing.marks.sadd("new"),
    lambda thing: thing.log.rpush("new"),
    lambda thing: type(thing).create(
        code="other", name="new", size=7, text="new", tags=["new"], marks=["new"], log=["new"]
    ),
]


@pytest.mark.parametrize("write", WRITES)
def test_an_index_key_of_another_type_is_an_error_that_leaves_everything_as_it_was(database, raw, write):
    left, _ = make_models(database)
    thing = left(code="c", name="n", size=1, text="t", number=1, tags=["t"], marks=["m"], log=["l"])
    before = stored(raw, "left")
    write(thing)
    touched = [key for key in stored(raw, "left") if key.startswith("index:")]
    for key in touched:
        raw.flushall()
        thing = left(code="c", name="n", size=1, text="t", number=1, tags=["t"], marks=["m"], log=["l"])
        assert stored(raw, "left") == before
        full = "{left:thing}:" + key
        raw.delete(full)
        raw.set(full, "somebody else's")
        poisoned = stored(raw, "left")
        try:
            write(thing)
        except LimpydException:
            assert stored(raw, "left") == poisoned, key


def test_out_of_memory_writes_nothing(database, raw):
    left, _ = make_models(database)
    thing = left(code="c", name="n", text="t", tags=["t"])
    before = stored(raw, "left")
    raw.config_set("maxmemory", "100kb")
    try:
        for write in WRITES:
            with pytest.raises(OutOfMemoryError):
                write(thing)
        assert stored(raw, "left") == before
        assert thing.tags.srem("t") == 1
        assert thing.delete()
    finally:
        raw.config_set("maxmemory", "0")
    assert_indexes_right(left)


@pytest.mark.faces("sync", "asyncio", reason="the old value of a transform takes a second request")
def test_keys_that_nobody_should_have_made_are_dealt_with_by_the_engine(database, raw):
    left, _ = make_models(database)
    raw.set("{left:thing}:field:text:1", "an orphan")
    raw.sadd("{left:thing}:field:tags:1", "an orphan")
    thing = left(text="mine", tags=["mine"])
    assert (thing.pk.get(), thing.text.get(), thing.tags.smembers()) == ("1", "mine", {"mine"})
    assert_indexes_right(left)


def test_a_refused_creation_uses_up_no_key(database, raw):
    left, _ = make_models(database)
    left(code="a")
    with pytest.raises(UniquenessError):
        left(code="a", name="x")
    assert left(code="b").pk.get() == "2"


def test_every_plain_write_is_one_request_from_the_first_on(database):
    left, _ = make_models(database)
    with count_requests() as sent:
        left(code="x", name="y", tags=["a"], ranks={"m": 1})
    assert sent.count == 1
    thing = left.lazy_connect(1)
    for write in (*WRITES[:-1], lambda one: one.tags.srem("new"), lambda one: one.delete()):
        with count_requests() as sent:
            write(thing)
        assert sent.count == 1


def test_what_is_not_plain_goes_to_the_engine(database):
    on = database

    class Mixed(RedisModel):
        database = on
        lower = fields.InstanceHashField(indexes=[EqualIndex.configure(transform=Lower())])
        folded = fields.SetField(indexes=[EqualIndex.configure(transform=str.casefold)])
        sizes = fields.HashField(indexes=[NumberRangeIndex])

    mixed = Mixed(lower="A", folded=["B"], sizes={"x": 1})
    mixed.lower.hset("C")
    mixed.folded.sadd("D")
    assert all(script is None for script in Mixed.schema.compiled.values())
    assert mixed.delete()
    assert_indexes_right(Mixed)
