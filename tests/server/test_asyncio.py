"""What is asyncio's own: syntax, tasks, event loops, cancellation."""

from __future__ import annotations

import asyncio
import functools
import gc
import inspect
import random
import threading

import pytest
import redis.asyncio

from limpyd_ng import asyncio as face
from limpyd_ng import exceptions, fields
from limpyd_ng.asyncio import RedisDatabase
from limpyd_ng.collection import CollectionManager
from limpyd_ng.database import RedisDatabase as PlainDatabase
from limpyd_ng.indexes import EqualIndex
from limpyd_ng.model import RedisModel
from limpyd_ng.runners.queue import Deferred
from limpyd_ng.testing import assert_indexes_right, count_requests
from tests.oracle import assert_consistent
from tests.zoo import make_bike

pytestmark = pytest.mark.faces("sync", reason="asyncio itself: it needs no face")


def on_loop(test):
    """Runs an asynchronous test, with an asyncio database that is closed at its end."""
    parameters = inspect.signature(test).parameters

    @functools.wraps(test)
    def run(settings, clean, **given):
        async def main():
            async with RedisDatabase(**settings) as db:
                try:
                    await test(db=db, **given)
                finally:
                    for model in db.models:
                        db.remove_model(model)

        asyncio.run(main())

    kept = [p for name, p in parameters.items() if name != "db"]
    run.__signature__ = inspect.Signature(
        [inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD) for name in ("settings", "clean")]
        + kept
    )
    del run.__wrapped__
    return run


async def fill(db, count=5):
    Bike = make_bike(db)
    for number in range(count):
        await Bike.create(
            code=f"c{number}", name=f"n{number}", price=number, tags=["t", f"t{number}"], hits=0
        )
    return Bike


# syntax


@on_loop
async def test_what_asks_the_server_is_awaited(db, raw):
    Bike = make_bike(db)
    bike = await Bike.create(code="a", tags=["red"], log=["x", "y"])
    assert (bike.get_pk(), await bike.pk.get(), bike.connected) == ("1", "1", True)
    assert await bike.hits.incr() == 1
    assert await bike.tags.sadd("blue") == 1
    assert await bike.log.lcontains("x") is True
    assert await bike.hmset(note="n") is True
    assert await bike.hgetall() == {"code": "a", "note": "n"}
    assert await bike.update(tags=["green"]) is True
    assert await bike.hits.bitfield().get("u8", 0).execute() == [49]
    assert await Bike.get(1) == await Bike.get(code="a") == bike
    assert (await Bike.exists(1), await Bike.exists(code="z")) == (True, False)
    assert await Bike.from_pks([1, 9]) == [bike]
    assert [lazy.connected for lazy in await Bike.from_pks([1, 9], lazy=True)] == [False, False]
    assert await db.redis_version > (6,)
    assert await db.call_script("return ARGV[1]", args=["x"]) == "x"
    with pytest.raises(exceptions.UniquenessError):
        await Bike.create(code="a")
    with pytest.raises(Bike.DoesNotExist):
        await Bike.get(9)
    with pytest.raises(Bike.DoesNotExist):
        await Bike.lazy_connect(9).hits.incr()
    assert_consistent(Bike, raw)
    assert await bike.delete() is True
    assert await Bike.collection() == []


@on_loop
async def test_an_empty_object_comes_into_being_with_its_first_write(db, raw):
    Bike = make_bike(db)
    bike, other = Bike(), Bike()
    await bike.tags.sadd("x")
    assert await other.update(code="o") is True
    assert (bike.get_pk(), other.get_pk()) == ("1", "2")
    assert_consistent(Bike, raw)


@on_loop
async def test_get_or_connect_says_whether_it_created(db):
    Bike = make_bike(db)
    bike, created = await Bike.get_or_connect(code="a")
    assert (bike.get_pk(), created) == ("1", True)
    with count_requests() as sent:
        assert await Bike.get_or_create(code="a") == (bike, False)
    assert sent.count == 1


@on_loop
async def test_collections_are_awaited_or_iterated_with_async_for(db):
    Bike = await fill(db)
    bikes = Bike.collection(tags="t").sort(by="name", alpha=True)
    await bikes
    with count_requests() as sent:
        assert await bikes == ["1", "2", "3", "4", "5"]
        assert [pk async for pk in bikes] == ["1", "2", "3", "4", "5"]
        assert await bikes[1:3] == ["2", "3"]
        assert await bikes[3] == "4"
        assert await bikes[-1] == "5"
        assert await bikes.count() == 5
        assert await bikes.exists() is True
        assert await bikes.first() == "1"
        assert (await bikes.filter(code="c2").get()).get_pk() == "3"
        assert (await bikes.explain()).candidates == 5
        assert [bike.get_pk() async for bike in bikes[:2].instances()] == ["1", "2"]
    assert sent.count == 11
    with pytest.raises(IndexError):
        await bikes[9]
    with pytest.raises(exceptions.MultipleObjectsReturned):
        await bikes.get()
    assert await Bike.collection(pk__in=[]) == []


@on_loop
async def test_what_python_cannot_await_says_what_to_write_instead(db):
    Bike = await fill(db, 1)
    bikes = Bike.collection()
    with count_requests() as sent:
        for call, hint in (
            (lambda: Bike(1), r"await Bike\.get\(pk\)"),
            (lambda: Bike(code="x"), r"await Bike\.create\("),
            (lambda: list(bikes), "async for"),
            (lambda: len(bikes), r"await collection\.count\(\)"),
            (lambda: bool(bikes), r"await collection\.exists\(\)"),
            (lambda: "1" in bikes, "in await collection"),
            (lambda: bikes == ["1"], "await collection =="),
        ):
            with pytest.raises(exceptions.ImplementationError, match=hint):
                call()
        assert repr(bikes) == "<CollectionManager of Bike>"
        assert repr(db).startswith("<RedisDatabase")
    assert sent.count == 0


def test_a_plain_collection_cannot_be_awaited(database):
    Bike = make_bike(database)

    async def wait():
        await Bike.collection()

    with pytest.raises(TypeError, match="list"):
        asyncio.run(wait())


@on_loop
async def test_scans_are_asynchronous_generators(db, raw):
    Bike = await fill(db)
    bike = await Bike.create(options={"a": 1, "b": 2}, ranks={"x": 1}, tags=[str(n) for n in range(2000)])
    assert {member async for member in bike.tags.sscan(count=100)} == {str(n) for n in range(2000)}
    assert {member async for member in bike.tags.sscan(match="199?")} == {f"199{n}" for n in range(10)}
    assert dict([pair async for pair in bike.options.hscan()]) == {"a": "1", "b": "2"}
    assert [pair async for pair in bike.ranks.zscan()] in ([("x", 1.0)], [["x", 1.0]])
    assert {key async for key in bike.scan_keys()} == {bike.tags.key, bike.options.key, bike.ranks.key}
    assert {key async for key in Bike.scan_model_keys()} == set(raw.keys())
    assert {key async for key in db.scan_keys(match="*:options:*", type="hash")} == {bike.options.key}
    with pytest.raises(Bike.DoesNotExist):
        [member async for member in Bike.lazy_connect("99").tags.sscan()]


@on_loop
async def test_indexes_are_checked_repaired_cleared_and_rebuilt(db, raw):
    Bike = await fill(db)
    seen = []
    assert await Bike.check_indexes(progress=lambda done, total: seen.append((done, total))) == []
    assert seen[-1][0] == seen[-1][1]
    raw.sadd("{shop:bike}:field:tags:1", "smuggled")
    with pytest.raises(AssertionError, match="smuggled"):
        await assert_indexes_right(Bike)
    assert [one.value for one in await Bike.check_indexes()] == ["smuggled"]
    assert await Bike.repair_indexes() == []
    await assert_indexes_right(Bike)
    assert await Bike.clear_indexes() > 0
    assert await Bike.collection(tags="t") == []
    assert await Bike.get_field("tags").rebuild_indexes() == 11
    assert await Bike.rebuild_indexes() > 0
    await assert_indexes_right(Bike)
    assert_consistent(Bike, raw)


@on_loop
async def test_a_hook_sees_replies_and_not_what_is_awaited(db):
    seen = []

    class Watched(RedisModel):
        name = fields.StringField(indexable=True)

        def post_command(self, sender, name, result, args, kwargs):
            seen.append((name, result))
            return f"<{result}>"

    Watched.use_database(db)
    watched = await Watched.create(name="a")
    assert await watched.name.get() == "<a>"
    assert seen == [("get", "a")]


@on_loop
async def test_a_python_transform_learns_what_only_the_server_knew(db, raw):
    class Page(RedisModel):
        views = fields.StringField(indexes=[EqualIndex.configure(transform=lambda text: len(text))])

    Page.use_database(db)
    page = await Page.create(views=9)
    assert await page.views.incr() == 10
    assert await Page.collection(views=2) == ["1"]
    await assert_indexes_right(Page)


def test_a_model_moves_between_both_worlds(settings, clean, database):
    Bike = make_bike(database)
    Bike(code="a")

    async def visit():
        async with RedisDatabase(**settings) as db:
            with Bike.use_database(db):
                assert await (await Bike.get(code="a")).hits.incr() == 1
                return await Bike.create(code="b")

    assert asyncio.run(visit()).hits.get() is None
    assert Bike.get(code="a").hits.get() == "1"


def test_the_names_are_those_of_the_plain_modules():
    for name in (
        "RedisModel",
        "StringField",
        "AutoPKField",
        "CollectionManager",
        "fields",
        "PipelineDatabase",
    ):
        assert name in face.__all__
    assert face.RedisModel is RedisModel
    assert face.CollectionManager is CollectionManager
    assert issubclass(face.PipelineDatabase, face.RedisDatabase)


# pipelines


@on_loop
async def test_a_pipeline_is_one_request_with_results_in_order(db, raw):
    Bike = await fill(db, 1)
    bike = await Bike.get(1)
    for transaction in (True, False):
        async with db.pipeline(transaction) as pipe:
            with count_requests() as sent:
                hits = bike.hits.incr()
                new = Bike.create(code=f"new{transaction}")
                found = Bike.collection(tags="t").evaluate()
                raw_reply = db.connection.set("k", "v")
                assert isinstance(hits, Deferred) and isinstance(new, Deferred)
                with pytest.raises(exceptions.PipelineError, match="execute"):
                    await hits
                assert sent.count == 0
                results = await pipe.execute()
                assert sent.count == 1
        assert results == [await hits, new.value, ["1"], True]
        assert await new.value.code.hget() == f"new{transaction}"
        assert await found == ["1"]
        assert raw_reply is pipe
    assert_consistent(Bike, raw)


@on_loop
async def test_errors_in_a_pipeline_are_raised_or_given(db, raw):
    Bike = await fill(db, 2)
    bike = await Bike.get(1)
    async with db.pipeline() as pipe:
        refused = bike.code.hset("c1")
        done = bike.hits.incr()
        with pytest.raises(exceptions.UniquenessError):
            await pipe.execute()
        bike.code.hset("c1")
        (error,) = await pipe.execute(raise_on_error=False)
    assert isinstance(error, exceptions.UniquenessError)
    assert done.value == 1
    with pytest.raises(exceptions.UniquenessError):
        await refused
    with pytest.raises(RuntimeError):
        async with db.pipeline():
            bike.hits.incr()
            raise RuntimeError
    assert await bike.hits.get() == "1"
    assert_consistent(Bike, raw)


@on_loop
async def test_pipelines_nest_and_tasks_do_not_see_each_others(db):
    Bike = await fill(db, 1)
    bike = await Bike.get(1)

    async def elsewhere():
        return await bike.tags.sadd("from elsewhere")

    async with db.pipeline() as outer:
        bike.hits.incr()
        assert await asyncio.create_task(elsewhere()) == 1
        async with db.pipeline() as inner:
            bike.tags.sadd("inner")
            assert await inner.execute() == [1]
        bike.hits.incr()
        assert await outer.execute() == [1, 2]

    async def work(number):
        async with db.pipeline() as pipe:
            for _ in range(10):
                bike.hits.incr()
                await asyncio.sleep(0)
                bike.ranks.zadd({f"m{number}": number})
            return len(await pipe.execute())

    assert await asyncio.gather(*(work(number) for number in range(20))) == [20] * 20
    assert await bike.hits.get() == "202"
    await assert_indexes_right(Bike)


@on_loop
async def test_tasks_started_in_a_shared_pipeline_queue_into_it(db):
    Bike = await fill(db, 1)
    bike = await Bike.get(1)

    async def queue():
        return bike.hits.incr()

    async with db.pipeline(share_in_tasks=True) as pipe:
        waiting = await asyncio.gather(*(asyncio.create_task(queue()) for _ in range(5)))
        assert await pipe.execute() == [1, 2, 3, 4, 5]
    assert sorted(one.value for one in waiting) == [1, 2, 3, 4, 5]


@on_loop
async def test_transactions_are_run_again_until_nothing_came_between(db, raw):
    Bike = await fill(db, 1)
    bike = await Bike.get(1)

    async def count(pipe):
        hits = int(await bike.hits.get())
        await asyncio.sleep(0)
        pipe.multi()
        bike.hits.set(hits + 1)
        bike.tags.sadd(str(hits))
        return "counted"

    async def work():
        for _ in range(5):
            assert await db.transaction(count, bike.hits) == [True, 1]

    await asyncio.gather(*(work() for _ in range(8)))
    assert await bike.hits.get() == "40"
    assert await db.transaction(count, bike.hits, value_from_callable=True) == "counted"
    assert_consistent(Bike, raw)

    tries = []

    async def always_late(pipe):
        tries.append(await bike.hits.get())
        raw.incr(bike.hits.key)
        pipe.multi()
        bike.hits.set("never")

    with pytest.raises(exceptions.TransactionConflictError):
        await db.transaction(always_late, bike.hits.key, max_retries=3)
    assert len(tries) == 4
    assert await bike.hits.get() == "45"

    def plain(pipe):
        pipe.multi()
        bike.hits.set("plain")

    assert await db.transaction(plain) == [True]


# connections and event loops


def test_one_database_serves_several_event_loops_in_several_threads(settings, clean, raw):
    db = RedisDatabase(**settings)
    Bike = make_bike(db)
    errors = []

    async def work(name):
        bikes = [await Bike.create(code=f"{name}-{number}", tags=[name]) for number in range(20)]
        for _ in range(5):
            assert await asyncio.gather(*(bike.tags.sismember(name) for bike in bikes)) == [1] * 20
            await asyncio.gather(*(bike.hits.incr() for bike in bikes))
        assert await Bike.collection(tags=name).count() == 20
        await db.close()

    def run(name):
        try:
            asyncio.run(work(name))
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(name,)) for name in ("a", "b", "c", "d")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
    assert raw.scard("{shop:bike}:pks") == 80
    assert_consistent(Bike, raw)
    assert db._runners == {}
    db.remove_model(Bike)


def test_a_closed_database_opens_new_connections(settings, clean, raw):
    db, before = RedisDatabase(**settings), len(raw.client_list())

    async def twice():
        client = db.connect()
        await client.ping()
        await db.close()
        await db.close()
        assert db.connect() is not client
        await db.connection.set("k", "v")
        await db.close()

    asyncio.run(twice())
    asyncio.run(twice())
    assert raw.get("k") == "v"
    assert len(raw.client_list()) == before


def test_a_database_without_a_running_loop_says_so(settings):
    db = RedisDatabase(**settings)
    with pytest.raises(exceptions.ImplementationError, match="event loop"):
        db.connection
    with pytest.raises(exceptions.ImplementationError, match="event loop"):
        db.pipeline()


def test_new_settings_are_used_by_the_next_request(settings, clean):
    async def move():
        async with RedisDatabase(**settings) as db:
            Bike = make_bike(db)
            await Bike.create(code="a")
            db.reset(**{**settings, "db": 5})
            assert await Bike.collection() == []
            db.reset(**settings)
            assert await Bike.collection() == ["1"]
            db.remove_model(Bike)

    asyncio.run(move())


def test_a_client_of_your_own_belongs_to_one_loop_unless_it_is_made_for_each(settings, clean):
    def client():
        return redis.asyncio.Redis(**settings, decode_responses=True, encoding_errors="surrogateescape")

    async def use(db):
        assert await db.connection.ping()
        found = db.connect()
        await db.close()
        await found.aclose()

    several = RedisDatabase(client=client)
    asyncio.run(use(several))
    asyncio.run(use(several))

    async def foreign():
        own = client()
        db = RedisDatabase(client=own)
        await db.connection.ping()
        assert await asyncio.to_thread(lambda: refused(db)) == "ImplementationError"
        await db.close()
        assert await own.ping()
        await own.aclose()

    def refused(db):
        async def ask():
            try:
                return db.connection
            except exceptions.ImplementationError as error:
                assert "callable" in str(error)
                return "ImplementationError"

        return asyncio.run(ask())

    asyncio.run(foreign())

    async def bytes_client():
        async with redis.asyncio.Redis(**settings) as wrong:
            with pytest.raises(exceptions.ImplementationError, match="decode_responses"):
                RedisDatabase(client=wrong).connection
            with pytest.raises(exceptions.ImplementationError, match="asyncio"):
                RedisDatabase(client=object).connection

    asyncio.run(bytes_client())


@on_loop
async def test_errors_of_the_connection_are_those_of_the_library(db):
    lost = RedisDatabase(unix_socket_path="/nonexistent/socket")
    Bike = make_bike(lost)
    with pytest.raises(exceptions.ServerUnavailableError):
        await Bike.create(code="x")
    await lost.close()


@on_loop
async def test_a_thousand_requests_at_once_take_few_connections(db, raw):
    Bike = await fill(db, 1)
    bike = await Bike.get(1)
    before = len(raw.client_list())
    replies = await asyncio.gather(*(bike.hits.incr() for _ in range(1000)))
    assert sorted(replies) == list(range(1, 1001))
    assert len(raw.client_list()) <= before + 49


@on_loop
async def test_commands_that_wait_do_not_keep_others_out(db):
    Bike = make_bike(db)

    class Queue(RedisModel):
        items = fields.ListField()

    Queue.use_database(db)
    queue = await Queue.create(items=[])
    waiting = [asyncio.create_task(queue.items.blpop(timeout=20)) for _ in range(80)]
    await asyncio.sleep(0.1)
    await queue.items.rpush(*range(80))
    popped = await asyncio.gather(*waiting)
    assert sorted(int(value) for _, value in popped) == list(range(80))


# cancellation


def idle(db):
    """Every connection of the database is back in its pool, or lent to the next call."""
    pool = db.runner.client.connection_pool
    lent = vars(pool).get("_limpyd_ng_lent")
    return sorted(map(id, pool._in_use_connections)) == sorted(map(id, lent.idle if lent else ()))


async def cancel_after(steps, coroutine, again=None):
    """Cancels a task after so many steps of the loop, and once more; whether it was cancelled."""
    task = asyncio.ensure_future(coroutine)
    for _ in range(steps):
        await asyncio.sleep(0)
    asked = task.cancel()
    if again is not None:
        for _ in range(again):
            await asyncio.sleep(0)
        task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        return True
    assert not asked, f"the cancellation after {steps} steps was lost"
    return False


@pytest.mark.parametrize("again", [None, 0, 1, 2])
@on_loop
async def test_a_call_cancelled_at_any_step_leaves_no_reply_to_another(db, raw, again):
    Bike = await fill(db, 2)
    bike, other = await Bike.get(1), await Bike.get(2)
    await other.hits.set("other")

    async def transaction():
        async def change(pipe):
            await bike.hits.get()
            pipe.multi()
            bike.note.hset("changed")

        await db.transaction(change, bike.hits, bike.code)

    async def pipeline():
        async with db.pipeline() as pipe:
            bike.hits.incr()
            bike.tags.sadd("y")
            bike.tags.smembers()
            await pipe.execute()

    calls = (
        bike.hits.incr, lambda: bike.tags.sadd(random.random()), lambda: Bike.collection(tags="t").evaluate(),
        lambda: Bike.get_or_connect(code="c0"), pipeline, transaction, bike.log.lmembers,
    )  # fmt: skip
    cancelled = 0
    for call in calls:
        for steps in range(40):
            if steps % 3 == 0:  # with a new connection too
                await db.close()
            cancelled += await cancel_after(steps, call(), again)
            assert await other.hits.get() == "other"
            assert await asyncio.gather(other.code.hget(), other.hits.get(), other.price.hget()) == [
                "c1",
                "other",
                "1",
            ]
            assert idle(db), (call, steps)
    assert cancelled > 20
    assert db.runner.places._value == 50
    await db.close()
    assert_consistent(Bike, raw)


@on_loop
async def test_a_cancelled_blpop_takes_no_element(db, raw):
    class Queue(RedisModel):
        items = fields.ListField()

    Queue.use_database(db)
    queue = await Queue.create(items=[])
    for number in range(20):
        waiting = asyncio.create_task(queue.items.blpop(timeout=30))
        await asyncio.sleep(0.005 if number % 2 else 0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
    while any(client["cmd"] == "blpop" for client in raw.client_list()):  # the server notices a moment later
        await asyncio.sleep(0.01)
    await queue.items.rpush("a", "b")
    assert await queue.items.lmembers() == ["a", "b"]


@on_loop
async def test_a_timeout_ends_a_call_like_any_cancellation(db):
    Bike = await fill(db, 1)
    bike = await Bike.get(1)

    class Queue(RedisModel):
        items = fields.ListField()

    Queue.use_database(db)
    queue = await Queue.create(items=[])
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await queue.items.blpop(timeout=0)
    assert await bike.hits.incr() == 1


@on_loop
async def test_a_thousand_tasks_with_two_hundred_cancelled_leave_the_indexes_right(db, raw):
    """1,000 tasks write the same indexed fields of ten objects; 200 are cancelled at random moments."""
    Bike = await fill(db, 10)
    bikes = await Bike.collection().sort().instances()
    chance = random.Random(20_000)

    done = 0

    async def counted(call):
        nonlocal done
        await call
        done += 1

    async def write(number):
        bike, other = chance.choice(bikes), chance.choice(bikes)
        await counted(bike.name.hset(f"n{chance.randrange(20)}"))
        await counted(bike.price.hincrby(chance.randrange(5)))
        await counted(bike.tags.sadd(f"t{chance.randrange(20)}"))
        await counted(other.tags.srem(f"t{chance.randrange(20)}"))
        await counted(other.log.rpush(f"l{chance.randrange(5)}"))
        try:
            await bike.code.hset(f"c{chance.randrange(40)}")
        except exceptions.UniquenessError:
            pass
        async with db.pipeline(chance.random() < 0.5) as pipe:
            bike.built.set(f"20{chance.randrange(10, 99)}")
            other.options.hset("k", chance.randrange(9))
            await counted(pipe.execute())
        return number

    tasks = [asyncio.create_task(write(number)) for number in range(1000)]
    victims = set()
    # a moment is when so many calls are done, of some 5,000: how fast they are does not matter
    for moment in sorted(chance.sample(range(4000), 200)):
        while done < moment:
            await asyncio.sleep(0)
        running = [task for task in tasks if not task.done() and task not in victims]
        assert running, f"all tasks ended before 200 were cancelled: {len(victims)}"
        # those in the middle of their work have started first
        victim = chance.choice(running[:100])
        victim.cancel()
        victims.add(victim)
    results = await asyncio.gather(*tasks, return_exceptions=True)
    for number, (task, result) in enumerate(zip(tasks, results, strict=True)):
        if task in victims:
            assert isinstance(result, asyncio.CancelledError)
        else:
            assert result == number
    assert idle(db)
    assert await asyncio.gather(*(bike.pk.get() for bike in bikes)) == [str(n) for n in range(1, 11)]
    await assert_indexes_right(Bike)
    assert_consistent(Bike, raw)


# collections kept, walked and changed as a whole


@on_loop
async def test_a_collection_is_stored_walked_updated_and_deleted(db, raw):
    Bike = await fill(db, 9)
    bikes = Bike.collection(tags="t").sort(by="name", alpha=True)
    stored = await bikes.store(ttl=100)
    assert await stored == await bikes
    raw.delete(stored.stored_key)
    with pytest.raises(Bike.DoesNotExist):
        await stored
    assert [pk async for pk in bikes.iterator(chunk_size=2)] == await bikes
    some = bikes.iterator(chunk_size=2)
    assert await anext(some) == "1"
    await some.aclose()
    assert not [key for key in raw.keys() if "stored" in key]
    assert await bikes.values_list("code", flat=True)[:2] == ["c0", "c1"]
    seen = []
    assert await bikes.update(brand="b", chunk_size=4, progress=lambda *step: seen.append(step)) == 9
    assert seen[-1] == (9, 9)
    assert await Bike.collection(brand="b").count() == 9
    assert await Bike.collection(code="c1").delete() == 1
    await assert_indexes_right(Bike)
    assert_consistent(Bike, raw)


# what is awaited, and what is not


def test_bulk_calls_can_be_made_before_their_loop_runs(settings, clean, raw):
    db = RedisDatabase(**settings)
    Bike = make_bike(db)

    async def close(request):
        try:
            return await request
        finally:
            await db.close()

    assert asyncio.run(close(Bike.create_many([{"code": "a"}, {"code": "b"}]))).pks == ["1", "2"]
    assert asyncio.run(close(Bike.collection(code="a").delete())) == 1
    assert asyncio.run(close(Bike.check_indexes())) == []
    assert asyncio.run(close(Bike.delete_many(["2"]))).count == 1
    assert asyncio.run(close(db.redis_version))[0] >= 6
    db.remove_model(Bike)


@on_loop
async def test_rows_are_no_asynchronous_generator(db):
    Bike = make_bike(db)

    async def rows():
        yield {"code": "a"}

    with pytest.raises(exceptions.InvalidValueError, match="create_many: give a list, a plain generator"):
        Bike.create_many(rows())


@on_loop
async def test_a_cancelled_run_in_bulk_has_the_account(db, raw):
    Bike = make_bike(db)
    chunks = 0

    def progress(done, total):
        nonlocal chunks
        chunks += 1
        if chunks == 3:
            asyncio.get_running_loop().call_soon(task.cancel)

    async def load():
        try:
            await Bike.create_many(({"code": f"c{n}"} for n in range(100)), chunk_size=10, progress=progress)
        except asyncio.CancelledError as error:
            return error.created

    task = asyncio.create_task(load())
    created = await task
    assert created.count == 30
    assert 30 <= await Bike.collection().count() <= 40  # the chunk on its way took effect, or not
    await assert_indexes_right(Bike)


def test_a_plain_collection_says_that_it_is_not_awaited(settings, clean):
    db = PlainDatabase(**settings)
    Bike = make_bike(db)

    async def misuse():
        with pytest.raises(TypeError, match="not an asyncio one: use for without async"):
            async for _ in Bike.collection():
                pass
        with pytest.raises(TypeError, match="not an asyncio one: use list"):
            await Bike.collection()

    asyncio.run(misuse())
    db.remove_model(Bike)


@pytest.mark.filterwarnings("error::ResourceWarning")
def test_closing_in_the_middle_leaves_no_connection_open(settings, clean, raw):
    before = len(raw.client_list())

    async def main():
        async with RedisDatabase(**settings, max_connections=5) as db:
            Bike = make_bike(db)
            await Bike.create(code="first")
            writes = [asyncio.create_task(Bike.create(code=f"c{n}")) for n in range(100)]
            pipe = db.pipeline()
            async with pipe:
                Bike.create(code="queued")
                await asyncio.sleep(0)
                await db.close()
                with pytest.raises(exceptions.ServerUnavailableError, match="closed before"):
                    await pipe.execute()
            outcomes = await asyncio.gather(*writes, return_exceptions=True)
            assert {type(one) for one in outcomes} <= {Bike, exceptions.ServerUnavailableError}
            unsent = [one for one in outcomes if "closed before this request was sent" in str(one)]
            assert len(unsent) >= 90
            for _ in range(100):
                if len(raw.client_list()) == before:
                    break
                await asyncio.sleep(0.01)
            assert len(raw.client_list()) == before
            assert not await Bike.exists(code="queued")  # on a new connection
            assert 1 <= await Bike.collection().count() <= 1 + len(outcomes) - len(unsent)
            await assert_indexes_right(Bike)
            db.remove_model(Bike)

    asyncio.run(main())
    assert len(raw.client_list()) == before


@on_loop
async def test_first_writes_at_the_same_time_make_one_object(db, raw):
    Bike = make_bike(db)
    for writes in (
        lambda bike: (bike.update(code="a"), bike.update(code="b")),
        lambda bike: (bike.update(code="c"), bike.tags.sadd("x")),
        lambda bike: (bike.tags.sadd("x"), bike.update(code="d")),
    ):
        bike = Bike()
        first, second = await asyncio.gather(*writes(bike), return_exceptions=True)
        assert first in (True, 1)
        assert isinstance(second, exceptions.PipelineError) and "coming into being" in str(second)
    bike = Bike()
    one, other = bike.update(code="e"), bike.update(name="f")
    assert await one is True and await other is True
    assert (await bike.code.hget(), await bike.name.hget()) == ("e", "f")
    assert set(await Bike.collection()) == {"1", "2", "3", "4"}
    await assert_indexes_right(Bike)


@on_loop
async def test_a_request_that_nobody_awaits_is_warned_of_and_not_sent(db, raw):
    Bike = make_bike(db)
    bike = await Bike.create(code="a")
    with count_requests() as sent:
        for forgotten in (
            lambda: Bike.create(code="b"),
            lambda: bike.hits.incr(),
            lambda: bike.update(code="c"),
            lambda: bike.pk.get(),
            lambda: Bike.get(1),
            lambda: Bike.collection().count(),
            lambda: Bike.create_many([{"code": "d"}]),
            lambda: Bike.collection().delete(),
            lambda: Bike.check_indexes(),
        ):
            with pytest.warns(RuntimeWarning, match=r"coroutine 'request of limpyd_ng' was never awaited"):
                forgotten()
                gc.collect()
    assert sent.count == 0
    assert await Bike.collection() == ["1"]
