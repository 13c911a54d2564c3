"""Connections that stay borrowed from redis-py's pool between calls."""

from __future__ import annotations

import gc
import os
import threading

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from limpyd_ng import fields
from limpyd_ng.exceptions import ServerTimeoutError
from limpyd_ng.model import RedisDatabase, RedisModel

pytestmark = pytest.mark.faces("sync", reason="asyncio connections are redis-py's affair")


def make_model(on):
    class Page(RedisModel):
        database = on
        namespace = "borrowed"
        hits = fields.StringField()

    return Page


@pytest.fixture
def own(server, raw):
    """A database with a client and a pool of its own."""
    made = []

    def make(pool_class=redis.ConnectionPool, **options):
        settings = {**server.settings, "decode_responses": True, "retry": Retry(NoBackoff(), 0), **options}
        if "unix_socket_path" in settings:
            settings["path"] = settings.pop("unix_socket_path")
            settings["connection_class"] = redis.UnixDomainSocketConnection
        client = redis.Redis(connection_pool=pool_class(**settings))
        made.append(client)
        return RedisDatabase(client=client), client

    yield make
    for client in made:
        client.connection_pool.disconnect()


def clients_of(raw, name):
    return [one for one in raw.client_list() if one["name"] == name]


def test_one_thread_uses_one_connection_for_all_its_calls(own, raw):
    database, _ = own(client_name="one")
    page = make_model(database).create(hits=1)
    for _ in range(20):
        page.hits.incr()
    assert page.hits.get() == "21"
    assert len(clients_of(raw, "one")) == 1


def test_a_connection_that_the_server_closed_is_replaced_unnoticed(own, raw):
    database, _ = own(client_name="closed")
    page = make_model(database).create(hits=1)
    for number in range(2, 12):
        for one in clients_of(raw, "closed"):
            raw.client_kill_filter(_id=one["id"])
        assert page.hits.incr() == number


def test_closing_the_client_only_makes_the_next_call_connect_anew(own):
    database, client = own()
    page = make_model(database).create(hits=1)
    client.close()
    client.connection_pool.disconnect()
    assert page.hits.incr() == 2


def test_databases_that_share_a_client_share_what_is_borrowed(own, raw):
    database, client = own(client_name="shared")
    page = make_model(database).create(hits=1)
    for number in range(2, 30):
        database.reset(client=client)
        assert page.hits.incr() == number
        assert RedisDatabase(client=client).scan_keys() is not None
    assert len(clients_of(raw, "shared")) == 1
    assert len(client.connection_pool._in_use_connections) == 1


def test_databases_may_go_at_any_moment(own):
    """The collector may run while a pool is locked: nothing may want the lock then."""
    database, client = own()
    make_model(database).create(hits=1)
    other = RedisDatabase(client=client)
    runner = other.runner
    runner.again = runner  # only the collector finds it
    make_model(other).create(hits=1)
    del other, runner
    with client.connection_pool._lock:
        gc.collect()


def test_a_small_pool_and_one_that_others_wait_for_lend_for_one_call_only(own):
    for options in (
        {"max_connections": 2},
        {"pool_class": redis.BlockingConnectionPool, "max_connections": 1, "timeout": 1},
    ):
        database, client = own(**options)
        page = make_model(database).create(hits=1)
        assert client.get("nothing") is None
        assert page.hits.incr() == 2


def test_many_threads_each_get_their_own_replies(own):
    database, client = own(max_connections=64)
    page_model = make_model(database)
    pages = [page_model.create(hits=number) for number in range(24)]
    wrong = []

    def work(page, number):
        for _ in range(60):
            if page.hits.get() != str(number):
                wrong.append(number)

    threads = [threading.Thread(target=work, args=pair) for pair in zip(pages, range(24), strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert len(client.connection_pool._in_use_connections) <= 8


def test_a_forked_process_leaves_the_connections_to_its_parent(own):
    database, _ = own()
    page = make_model(database).create(hits=0)
    pid = os.fork()
    if pid == 0:  # no assertion in the child: pytest would run on
        try:
            good = all(page.hits.incr() > 0 for _ in range(50))
        finally:
            os._exit(0 if good else 1)
    for _ in range(50):
        page.hits.incr()
    _, status = os.waitpid(pid, 0)
    assert status == 0
    assert page.hits.get() == "100"


@pytest.mark.skipif(redis.VERSION < (5, 1), reason="it forgets the timeout of Unix sockets")
def test_a_reply_that_comes_too_late_reaches_nobody_else(own, raw):
    database, _ = own(socket_timeout=0.5)
    page = make_model(database).create(hits="before")
    raw.execute_command("CLIENT", "PAUSE", 1000, "ALL")
    try:
        with pytest.raises(ServerTimeoutError):
            page.hits.set("after")
    finally:
        raw.execute_command("CLIENT", "UNPAUSE")
    assert page.hits.strlen() in (5, 6)
    assert page.hits.get() in ("after", "before")


def test_a_call_that_is_interrupted_leaves_no_reply_behind(own, monkeypatch):
    database, _ = own()
    page = make_model(database).create(hits="mine")
    other = make_model(database).create(hits="other")
    read = redis.connection.AbstractConnection.read_response

    def interrupted(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(redis.connection.AbstractConnection, "read_response", interrupted)
    with pytest.raises(KeyboardInterrupt):
        page.hits.get()
    monkeypatch.setattr(redis.connection.AbstractConnection, "read_response", read)
    assert other.hits.get() == "other"
