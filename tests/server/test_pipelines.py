"""Pipelines and transactions."""

from __future__ import annotations

import threading

import pytest

from limpyd_ng import fields
from limpyd_ng.exceptions import CommandError, PipelineError, TransactionConflictError, UniquenessError
from limpyd_ng.model import RedisModel
from limpyd_ng.runners.pipeline import Deferred
from limpyd_ng.testing import assert_indexes_right, count_requests
from tests.native import dump
from tests.oracle import assert_consistent


@pytest.fixture
def Thing(database):
    on = database

    class Thing(RedisModel):
        database = on
        name = fields.StringField(indexable=True)
        plain = fields.StringField()
        tags = fields.SetField(indexable=True)
        items = fields.ListField()
        code = fields.InstanceHashField(unique=True)
        note = fields.InstanceHashField(default="none")

    return Thing


BOTH = pytest.mark.parametrize("transaction", [True, False])


def in_thread(call):
    """The result of ``call`` in another thread."""
    results = []

    def run():
        results.append(call())

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(10)
    return results[0]


# queueing


@BOTH
def test_commands_of_all_kinds_are_one_request_with_results_in_order(database, Thing, raw, transaction):
    thing = Thing(name="a", plain="p", code="c")
    with database.pipeline(transaction) as pipeline, count_requests() as sent:
        deferred = [
            thing.name.get(),
            thing.name.set("b"),
            thing.name.get(),
            thing.plain.append("q"),
            thing.tags.sadd("x", "y"),
            thing.tags.smembers(),
            thing.items.rpush("1", "2"),
            thing.code.hset("d"),
            thing.hgetall(),
            thing.hmset(note="n"),
            thing.update(tags=["z"]),
            thing.hdel("note"),
            Thing.collection(name="b").count(),
            Thing.exists("1"),
        ]
        assert sent.count == 0
        results = pipeline.execute()
        assert sent.count == 1
    assert results == [
        "a",
        True,
        "b",
        2,
        2,
        {"x", "y"},
        2,
        0,
        {"code": "d", "note": "none"},
        True,
        True,
        1,
        1,
        True,
    ]
    assert [one.value for one in deferred] == results
    assert_consistent(Thing, raw)


@BOTH
def test_objects_are_created_and_deleted_inside(database, Thing, raw, transaction):
    old = Thing(name="old", code="1")
    with database.pipeline(transaction) as pipeline, count_requests() as sent:
        old.delete()
        new = Thing(name="new", code="1")
        other = Thing.create(name="other")
        later = Thing()
        written = later.name.set("later")
        with pytest.raises(PipelineError, match="pipeline is executed"):
            new.pk.get()
        assert sent.count == 0
        results = pipeline.execute()
        assert sent.count == 1
    assert results[:3] == [True, new, other]
    assert written.value is True
    assert (new.pk.get(), other.pk.get(), later.pk.get()) == ("2", "3", "4")
    assert (new.name.get(), new.note.hget(), later.note.hget()) == ("new", "none", "none")
    assert not old.connected
    assert set(Thing.collection()) == {"2", "3", "4"}
    assert_consistent(Thing, raw)


def test_a_reply_is_not_there_before_execute(database, Thing):
    thing = Thing(name="a")
    with database.pipeline() as pipeline:
        deferred = thing.name.get()
        assert isinstance(deferred, Deferred)
        assert not deferred.ready
        assert "waiting" in repr(deferred)
        with pytest.raises(PipelineError, match="execute"):
            deferred.value
        pipeline.execute()
        assert (deferred.ready, deferred.value, repr(deferred)) == (True, "a", "<Deferred: 'a'>")


def test_nothing_is_sent_without_execute(database, Thing, raw):
    thing = Thing(name="a")
    before = dump(raw)
    with count_requests() as sent, database.pipeline():
        thing.name.set("b")
        thing.tags.sadd("x")
    assert sent.count == 0
    assert dump(raw) == before
    assert thing.name.get() == "a"


def test_a_pipeline_can_be_executed_several_times(database, Thing, raw):
    thing = Thing(name="a")
    with database.pipeline() as pipeline:
        thing.name.set("b")
        assert pipeline.execute() == [True]
        assert pipeline.execute() == []
        raw.script_flush()
        thing.name.set("c")
        thing.name.get()
        assert pipeline.execute() == [True, "c"]
    assert_indexes_right(Thing)


@BOTH
def test_raw_commands_take_their_place_among_the_others(database, Thing, transaction):
    thing = Thing(name="a")
    with database.pipeline(transaction) as pipeline:
        thing.name.get()
        database.connection.set("k", "v")
        thing.tags.sadd("x")
        pipeline.get("k")
        assert pipeline.execute() == ["a", True, 1, "v"]


def test_scripts_of_your_own_are_queued(database, Thing):
    thing = Thing(name="a")
    with database.pipeline() as pipeline:
        database.call_script("return redis.call('GET', KEYS[1])", [thing.name])
        database.call_script("return ARGV[1]", args=["x"])
        database.call_script("return redis.call('GET', KEYS[1])", [thing.name])
        assert pipeline.execute() == ["a", "x", "a"]


@BOTH
def test_a_server_that_forgot_the_scripts_gets_them_in_the_same_request(database, Thing, raw, transaction):
    thing = Thing(name="a")
    with database.pipeline(transaction) as pipeline:
        for number in range(5):
            thing.name.set(f"v{number}")
            thing.plain.set(f"v{number}")
        raw.script_flush()
        with count_requests() as sent:
            assert pipeline.execute() == [True] * 10
        assert sent.count == 1
    assert Thing.collection(name="v4") == ["1"]
    assert_indexes_right(Thing)


def test_reads_of_a_lazy_missing_object_find_nothing_and_writes_say_so(database, Thing, raw):
    before = dump(raw)
    with database.pipeline() as pipeline:
        missing = Thing.lazy_connect("99")
        read, written, hashed = missing.name.get(), missing.name.set("x"), missing.hgetall()
        results = pipeline.execute(raise_on_error=False)
    assert (results[0], hashed.value) == (None, {})
    assert isinstance(results[1], Thing.DoesNotExist)
    with pytest.raises(Thing.DoesNotExist):
        written.value
    assert dump(raw) == before


def test_fetching_an_object_inside_takes_effect_with_execute(database, Thing):
    Thing(name="a")
    with database.pipeline() as pipeline:
        found, missing = Thing("1"), Thing("99")
        results = pipeline.execute(raise_on_error=False)
    assert results[0] == found
    assert found.connected
    assert isinstance(results[1], Thing.DoesNotExist)


def test_a_hook_sees_results_when_they_are_there(database):
    on, seen = database, []

    class Watched(RedisModel):
        database = on
        name = fields.StringField(indexable=True)

        def post_command(self, sender, name, result, args, kwargs):
            seen.append((name, result))
            return f"<{result}>"

    watched = Watched(name="a")
    with database.pipeline() as pipeline:
        watched.name.get()
        watched.name.set("b")
        assert seen == []
        assert pipeline.execute() == ["<a>", "<True>"]
    assert seen == [("get", "a"), ("set", True)]


def test_what_needs_no_request_has_its_place_among_the_results(database, Thing):
    thing = Thing(name="a")
    with database.pipeline() as pipeline:
        thing.name.get()
        nothing = thing.hmget()
        none = Thing.collection(pk__in=[]).count()
        thing.plain.get()
        assert pipeline.execute() == ["a", [], 0, None]
    assert (nothing.value, none.value) == ([], 0)


def test_keys_of_an_object_and_the_version_of_the_server_are_asked_at_once(database, Thing):
    thing = Thing(name="a", note=None)
    with database.pipeline() as pipeline:
        assert list(thing.scan_keys()) == [thing.name.key]
        assert database.redis_version > (6,)
        assert pipeline.execute() == []


def test_what_needs_an_answer_at_once_is_refused_while_commands_wait(database, Thing):
    Thing(code="a", name="x")
    with database.pipeline():
        things = Thing.collection(name="x")
        for call in (
            lambda: Thing.get_or_connect(code="a"),
            lambda: list(things),
            lambda: len(things),
            lambda: bool(things),
            lambda: things == ["1"],
            lambda: "1" in things,
            lambda: list(Thing.from_pks(["1"])),
        ):
            with pytest.raises(PipelineError):
                call()


def test_an_object_that_waits_to_come_into_being_is_not_made_twice(database, Thing, raw):
    with database.pipeline() as pipeline:
        thing = Thing()
        thing.name.set("a")
        with pytest.raises(PipelineError):
            thing.plain.set("b")
        pipeline.execute()
    assert thing.plain.set("b") is True
    assert Thing.collection() == ["1"]
    assert_consistent(Thing, raw)


def test_scanning_works_inside_a_pipeline_at_once(database, Thing):
    thing = Thing(tags=["a", "b"])
    with database.pipeline() as pipeline:
        assert set(thing.tags.sscan()) == {"a", "b"}
        assert set(database.scan_keys(match="*tags:1")) == {thing.tags.key}
        assert pipeline.execute() == []


# errors


def test_a_refused_write_in_a_transaction_raises_and_the_others_took_effect(database, Thing, raw):
    Thing(code="taken")
    thing = Thing(name="a", code="mine")
    with database.pipeline() as pipeline:
        first = thing.name.set("b")
        refused = thing.code.hset("taken")
        wrong = thing.plain.incr("x")
        last = thing.tags.sadd("z")
        with pytest.raises(UniquenessError) as error:
            pipeline.execute()
    assert (error.value.field, error.value.pk) == ("Thing.code", "1")
    assert (first.value, last.value) == (True, 1)
    for deferred, kind in ((refused, UniquenessError), (wrong, CommandError)):
        with pytest.raises(kind):
            deferred.value
    assert (thing.name.get(), thing.code.hget(), thing.tags.smembers()) == ("b", "mine", {"z"})
    assert_consistent(Thing, raw)


def test_errors_may_be_results(database, Thing, raw):
    Thing(code="taken")
    with database.pipeline() as pipeline:
        created = Thing(code="taken", name="x")
        other = Thing(code="free")
        results = pipeline.execute(raise_on_error=False)
    assert isinstance(results[0], UniquenessError)
    assert results[1] == other
    assert "no pk" in repr(created)
    assert other.pk.get() == "2"
    assert_consistent(Thing, raw)


def test_an_object_whose_creation_was_refused_can_be_tried_again(database, Thing):
    Thing(code="taken")
    with database.pipeline() as pipeline:
        created = Thing(code="taken")
        pipeline.execute(raise_on_error=False)
    created.code.hset("free")
    assert created.pk.get() == "2"


def test_an_exception_ends_the_pipeline_and_sends_nothing(database, Thing):
    thing = Thing(name="a")
    with pytest.raises(RuntimeError), database.pipeline():
        thing.name.set("b")
        raise RuntimeError
    assert thing.name.get() == "a"
    assert database.connection is database.connect()


def test_what_is_refused_before_it_is_sent_is_refused_at_once(database, Thing):
    thing = Thing(name="a")
    with database.pipeline() as pipeline:
        with pytest.raises(ValueError):
            thing.name.set(None)
        with pytest.raises(ValueError):
            Thing(nothing="x")
        thing.name.set("b")
        assert pipeline.execute() == [True]


# whose pipeline


def test_other_threads_do_not_see_a_pipeline(database, Thing):
    thing = Thing(name="a")
    with database.pipeline() as pipeline:
        thing.name.set("b")
        assert in_thread(lambda: thing.name.get()) == "a"
        assert in_thread(lambda: database.connection is database.connect())
        assert in_thread(lambda: thing.tags.sadd("x")) == 1
        assert pipeline.execute() == [True]


def test_threads_have_pipelines_of_their_own_at_the_same_time(database, Thing, raw):
    things = [Thing(name="a") for _ in range(8)]
    barrier = threading.Barrier(8)
    results = {}

    def work(number):
        with database.pipeline() as pipeline:
            barrier.wait(10)
            for round_ in range(20):
                things[number].name.set(f"{number}-{round_}")
                things[number].name.get()
            results[number] = pipeline.execute()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    for number in range(8):
        assert results[number] == [part for n in range(20) for part in (True, f"{number}-{n}")]
    assert_consistent(Thing, raw)


@pytest.mark.faces("sync", "pipelined", reason="tasks share in their own way: see test_asyncio.py")
def test_a_shared_pipeline_takes_the_commands_of_other_threads(database, Thing):
    thing = Thing(name="a")
    with database.pipeline(share_in_threads=True) as pipeline:
        thing.name.set("b")
        assert isinstance(in_thread(lambda: thing.tags.sadd("x")), Deferred)
        assert pipeline.execute() == [True, 1]
    assert in_thread(lambda: thing.name.get()) == "b"


@pytest.mark.faces("sync", "pipelined", reason="tasks share in their own way: see test_asyncio.py")
def test_a_thread_with_a_pipeline_of_its_own_prefers_it_to_a_shared_one(database, Thing):
    thing = Thing(name="a")

    def own():
        with database.pipeline() as inner:
            thing.tags.sadd("x")
            return inner.execute()

    with database.pipeline(share_in_threads=True) as pipeline:
        thing.name.get()
        assert in_thread(own) == [1]
        assert pipeline.execute() == ["a"]


def test_pipelines_nest(database, Thing):
    thing = Thing(name="a")
    with database.pipeline() as outer:
        thing.name.set("b")
        with database.pipeline() as inner:
            thing.tags.sadd("x")
            assert inner.execute() == [1]
        thing.name.get()
        assert outer.execute() == [True, "b"]
    assert thing.name.get() == "b"


@pytest.mark.parametrize(
    "share",
    [
        False,
        pytest.param(
            True, marks=pytest.mark.faces("sync", "pipelined", reason="asyncio has no threads to share with")
        ),
    ],
)
def test_an_exception_in_an_inner_pipeline_restores_the_outer_one(database, Thing, share):
    thing = Thing(name="a")
    with database.pipeline(share_in_threads=share) as outer:
        thing.name.get()
        with pytest.raises(RuntimeError), database.pipeline(share_in_threads=share):
            thing.name.set("never")
            raise RuntimeError
        thing.plain.get()
        assert outer.execute() == ["a", None]
    assert thing.name.get() == "a"
    assert database.shared_pipeline is None


def test_a_pipeline_of_one_database_leaves_others_alone(database, Thing, settings):
    from limpyd_ng.database import RedisDatabase

    other = RedisDatabase(**{**settings, "db": 7})
    thing = Thing(name="a")
    with other.pipeline():
        assert thing.name.get() == "a"
        assert other.connection is not other.connect()


# transactions


def test_watched_fields_and_keys_stop_a_transaction_when_they_change(database, Thing, raw):
    thing = Thing(name="a")
    for watched in (thing.name, thing.name.key):
        with database.pipeline() as pipeline:
            pipeline.watch(watched, "other key")
            assert thing.name.get() == thing.name.get()
            raw.set("other key", "x")
            pipeline.multi()
            deferred = thing.plain.set("b")
            with pytest.raises(TransactionConflictError):
                pipeline.execute()
            with pytest.raises(TransactionConflictError):
                deferred.value
    assert thing.plain.get() is None


def test_between_watch_and_multi_commands_run_at_once(database, Thing):
    thing = Thing(name="a")
    with database.pipeline() as pipeline:
        pipeline.watch(thing.name)
        assert thing.name.get() == "a"
        assert thing.tags.sadd("x") == 1
        assert Thing.collection(tags="x") == ["1"]
        pipeline.multi()
        assert isinstance(thing.name.set("b"), Deferred)
        assert pipeline.execute() == [True]
    assert_indexes_right(Thing)


def test_a_transaction_is_run_again_when_a_watched_field_changes(database, Thing, raw):
    thing = Thing(plain="1")
    tries = []

    def double(pipeline):
        value = int(thing.plain.get())
        if len(tries) < 2:
            raw.incr(thing.plain.key)
        tries.append(value)
        pipeline.multi()
        thing.plain.set(value * 2)
        thing.name.set(f"doubled {value}")

    assert database.transaction(double, thing.plain) == [True, True]
    assert tries == [1, 2, 3]
    assert thing.plain.get() == "6"
    assert Thing.collection(name="doubled 3") == ["1"]
    assert_consistent(Thing, raw)


def test_a_transaction_gives_up_after_so_many_retries(database, Thing, raw):
    thing = Thing(plain="1")
    tries = []

    def never(pipeline):
        tries.append(raw.incr(thing.plain.key))
        pipeline.multi()
        thing.name.set("never")

    with pytest.raises(TransactionConflictError):
        database.transaction(never, thing.plain, max_retries=3)
    assert len(tries) == 4
    assert thing.name.get() is None
    tries.clear()
    with pytest.raises(TransactionConflictError):
        database.transaction(never, thing.plain, max_retries=0)
    assert len(tries) == 1


def test_a_transaction_may_return_what_its_function_did(database, Thing):
    thing = Thing(name="a")

    def change(pipeline):
        pipeline.multi()
        thing.name.set("b")
        return "done"

    assert database.transaction(change, thing.name, value_from_callable=True) == "done"
    assert database.transaction(lambda pipeline: thing.name.get()) == ["b"]


def test_an_exception_in_a_transaction_ends_it(database, Thing):
    thing = Thing(name="a")

    def fail(pipeline):
        pipeline.multi()
        thing.name.set("b")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        database.transaction(fail, thing.name)
    assert thing.name.get() == "a"


def test_counting_up_in_transactions_of_many_threads_loses_nothing(database, Thing):
    thing = Thing(plain="0")

    def count(pipeline):
        value = int(thing.plain.get())
        pipeline.multi()
        thing.plain.set(value + 1)

    def work():
        for _ in range(20):
            database.transaction(count, thing.plain)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert thing.plain.get() == "80"
