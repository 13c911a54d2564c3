"""Connections that stay borrowed from redis-py's asyncio pool between calls."""

from __future__ import annotations

import asyncio
import functools
import random

import pytest
import redis
import redis.asyncio
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from limpyd_ng.asyncio import RedisDatabase, RedisModel, fields
from limpyd_ng.exceptions import ServerTimeoutError, ServerUnavailableError

from .test_borrowed import clients_of

pytestmark = pytest.mark.faces("sync", reason="asyncio itself: it needs no face")


def on_loop(test):
    @functools.wraps(test)
    def run(**given):
        asyncio.run(test(**given))

    return run


def make_model(on):
    class Page(RedisModel):
        database = on
        namespace = "borrowed"
        hits = fields.StringField()

    return Page


class Own:
    """A database with a client and a pool of its own, in ``async with``."""

    def __init__(self, server, pool_class=redis.asyncio.ConnectionPool, **options):
        settings = {**server.settings, "decode_responses": True, "retry": Retry(NoBackoff(), 0), **options}
        if "unix_socket_path" in settings:
            settings["path"] = settings.pop("unix_socket_path")
            settings["connection_class"] = redis.asyncio.UnixDomainSocketConnection
        self.pool = pool_class(**settings)

    async def __aenter__(self):
        self.client = redis.asyncio.Redis(connection_pool=self.pool)
        return RedisDatabase(client=self.client), self.client

    async def __aexit__(self, *exc):
        await self.pool.disconnect()


async def gone(raw, name):
    """Waits until the server has closed every connection of this name."""
    for _ in range(500):
        await asyncio.sleep(0.01)
        if not clients_of(raw, name):
            return
    raise AssertionError(f"there are still connections named {name}")


@on_loop
async def test_one_task_uses_one_connection_for_all_its_calls(server, raw):
    async with Own(server, client_name="one") as (database, _):
        page = await make_model(database).create(hits=1)
        for _ in range(20):
            await page.hits.incr()
        assert await page.hits.get() == "21"
        assert len(clients_of(raw, "one")) == 1


@on_loop
async def test_a_connection_that_the_server_closed_is_replaced_unnoticed(server, raw):
    async with Own(server, client_name="closed") as (database, _):
        page = await make_model(database).create(hits=1)
        for number in range(2, 12):
            for one in clients_of(raw, "closed"):
                raw.client_kill_filter(_id=one["id"])
            await gone(raw, "closed")  # and the loop hears of it
            assert await page.hits.incr() == number


@on_loop
async def test_closing_the_client_only_makes_the_next_call_connect_anew(server, raw):
    async with Own(server) as (database, client):
        page = await make_model(database).create(hits=1)
        await client.aclose(close_connection_pool=True)
        assert await page.hits.incr() == 2


@on_loop
async def test_a_closed_database_leaves_no_connection_open(server, raw):
    database = RedisDatabase(**server.settings, client_name="left")
    page = await make_model(database).create(hits=1)
    await asyncio.gather(*(page.hits.get() for _ in range(10)))
    assert len(clients_of(raw, "left")) > 1
    await database.close()
    await gone(raw, "left")
    assert await page.hits.incr() == 2
    await database.close()


@on_loop
async def test_a_small_pool_and_one_that_others_wait_for_lend_for_one_call_only(server, raw):
    for options in (
        {"max_connections": 2},
        {"pool_class": redis.asyncio.BlockingConnectionPool, "max_connections": 1, "timeout": 1},
    ):
        async with Own(server, **options) as (database, client):
            page = await make_model(database).create(hits=1)
            assert await client.get("nothing") is None
            assert await page.hits.incr() == 2
            assert not client.connection_pool._in_use_connections


@on_loop
async def test_many_tasks_each_get_their_own_replies_while_others_are_cancelled(server, raw):
    chance = random.Random(11)
    async with Own(server, max_connections=40) as (database, client):
        page_model = make_model(database)
        pages = [await page_model.create(hits=number) for number in range(30)]

        async def work(page, number):
            for _ in range(40):
                assert await page.hits.get() == str(number)
            return number

        tasks = [asyncio.create_task(work(*pair)) for pair in zip(pages, range(30), strict=True)]
        for victim in tasks[::3]:
            await asyncio.sleep(chance.random() * 0.003)
            victim.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        for number, result in enumerate(results):
            assert result == number or (number % 3 == 0 and isinstance(result, asyncio.CancelledError))
        assert len(client.connection_pool._in_use_connections) <= 10


@pytest.mark.skipif(redis.VERSION < (5, 1), reason="it forgets the timeout of Unix sockets")
@on_loop
async def test_a_reply_that_comes_too_late_reaches_nobody_else(server, raw):
    async with Own(server, socket_timeout=0.5) as (database, _):
        page = await make_model(database).create(hits="before")
        raw.execute_command("CLIENT", "PAUSE", 1000, "ALL")
        try:
            with pytest.raises(ServerTimeoutError):
                await page.hits.set("after")
        finally:
            raw.execute_command("CLIENT", "UNPAUSE")
        assert await page.hits.strlen() in (5, 6)
        assert await page.hits.get() in ("after", "before")


@on_loop
async def test_a_client_that_retries_does_so_itself(server, raw):
    async with Own(server, retry=Retry(NoBackoff(), 2), retry_on_timeout=True) as (database, client):
        page = await make_model(database).create(hits=1)
        assert await page.hits.incr() == 2
        assert not client.connection_pool._in_use_connections


@on_loop
async def test_texts_that_are_no_utf_8_and_numbers_are_sent_as_they_are(server, raw):
    async with Own(server, encoding_errors="surrogateescape") as (database, _):
        page = await make_model(database).create(hits=b"\xff\xfe")
        assert await page.hits.get() == "\udcff\udcfe"
        await page.hits.set(await page.hits.get())
        assert raw.get(page.hits.key) in (b"\xff\xfe", "\udcff\udcfe")
        await page.hits.set(1.5)
        assert await page.hits.incrbyfloat(0.25) == 1.75


@on_loop
async def test_requests_of_every_size_arrive_as_a_whole(server, raw):
    async with Own(server, socket_timeout=30) as (database, _):
        page = await make_model(database).create(hits="")
        for size in (0, 1, 32_600, 32_700, 32_768, 32_800, 70_000, 5_000_000):
            await page.hits.set("x" * size)
            assert await page.hits.strlen() == size
        values = await asyncio.gather(*(page.hits.getrange(0, 3_000_000) for _ in range(8)))
        assert {len(value) for value in values} == {3_000_001}


@on_loop
async def test_a_server_that_is_gone_is_reported_and_one_that_is_back_is_used(server, raw):
    async with Own(server, client_name="gone", health_check_interval=0) as (database, _):
        page = await make_model(database).create(hits=1)
        await asyncio.gather(*(page.hits.get() for _ in range(5)))
        for one in clients_of(raw, "gone"):
            raw.client_kill_filter(_id=one["id"])
        # the loop had no turn yet to hear of it: at most each of these connections fails once
        results = await asyncio.gather(*(page.hits.get() for _ in range(20)), return_exceptions=True)
        assert all(result == "1" or isinstance(result, ServerUnavailableError) for result in results)
        assert await page.hits.get() == "1"
