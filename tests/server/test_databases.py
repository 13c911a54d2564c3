"""RedisDatabase: settings, connections, moving models, scripts, keys."""

from __future__ import annotations

import pytest
import redis

from limpyd_ng import fields
from limpyd_ng.database import PipelineDatabase, RedisDatabase
from limpyd_ng.exceptions import ImplementationError, ServerUnavailableError
from limpyd_ng.lua import Script
from limpyd_ng.model import RedisModel
from limpyd_ng.testing import assert_indexes_right, count_requests


@pytest.fixture
def second(settings):
    """Another database of the same server."""
    return RedisDatabase(**{**settings, "db": 5})


def make_family(on):
    class Base(RedisModel):
        abstract = True
        database = on
        name = fields.StringField(indexable=True)

    class One(Base):
        pass

    class Two(Base):
        pass

    class Sub(One):
        pass

    return Base, One, Two, Sub


# connections


def test_nothing_is_opened_before_the_first_request():
    database = RedisDatabase(host="localhost", port=1)

    class Nowhere(RedisModel):
        name = fields.StringField()

    Nowhere.use_database(database)
    with pytest.raises(ServerUnavailableError):
        Nowhere(name="x")


def test_databases_with_equal_settings_share_a_client(settings):
    one, two = RedisDatabase(**settings), RedisDatabase(**settings)
    assert one.connection is two.connection
    assert one.connection is not RedisDatabase(**{**settings, "db": 3}).connection


def test_replies_are_texts_whatever_bytes_are_stored(database, raw):
    raw.set("k", b"\xff\xfe")
    assert database.connection.get("k").encode("utf-8", "surrogateescape") == b"\xff\xfe"


def test_a_client_of_your_own_is_used_as_it_is(server):
    client = server.client()
    for source in (client, lambda: client):
        assert RedisDatabase(client=source).connection is client


def test_a_client_that_gives_bytes_is_refused(server):
    with (
        server.client(decode_responses=False) as client,
        pytest.raises(ImplementationError, match="decode_resp"),
    ):
        RedisDatabase(client=client).connection


def test_a_url_connects(server, settings, raw):
    path = settings.get("unix_socket_path")
    url = f"unix://{path}?db=4" if path else f"redis://{settings.get('host')}:{settings.get('port')}/4"
    database = RedisDatabase(url=url)
    database.connection.set("k", "v")
    with server.client(db=4) as client:
        assert client.get("k") == "v"
    assert raw.get("k") is None


def test_new_settings_are_used_by_the_next_request(database, settings, server):
    on = database

    class Thing(RedisModel):
        database = on
        name = fields.StringField(indexable=True)

    thing = Thing(name="first")
    client = database.connect(**{**settings, "db": 6})
    assert client is database.connection
    assert Thing.collection() == []
    with pytest.raises(Thing.DoesNotExist):
        thing.name.set("x")
    other = Thing(name="second")
    with server.client(db=6) as direct:
        assert direct.get(other.name.key) == "second"
    database.reset(**settings)
    assert Thing.collection(name="first") == ["1"]
    assert thing.name.get() == "first"
    assert database.connect() is database.connection is not client


def test_pipeline_database_is_a_database(settings):
    assert issubclass(PipelineDatabase, RedisDatabase)
    assert PipelineDatabase(**settings).connection.ping() is True


def test_the_version_of_the_server_is_numbers(database, raw):
    assert ".".join(map(str, database.redis_version)) == raw.info("server")["redis_version"]


def test_the_raw_client_is_at_hand(database):
    database.connection.set("k", "v", ex=100)
    assert 0 < database.connection.ttl("k") <= 100


# models


def test_a_model_moves_with_its_subclasses(database, second):
    Base, One, Two, Sub = make_family(database)
    One(name="left behind")
    assert set(One.use_database(second)) == {One, Sub}
    assert (One.database, Sub.database, Two.database, Base.database) == (second, second, database, database)
    assert One.collection() == []
    assert set(second.models) == {One, Sub}
    assert database.models == (Two,)
    One.use_database(database)
    assert One.collection(name="left behind") == ["1"]


def test_an_abstract_model_takes_all_its_subclasses_along(database, second):
    Base, One, Two, Sub = make_family(database)
    assert set(Base.use_database(second)) == {One, Two, Sub}
    assert Base.database is second
    sub = Sub(name="x")
    assert second.connection.get(sub.name.key) == "x"


def test_subclasses_with_a_database_of_their_own_stay(database, second):
    on, other = database, second

    class Stay(RedisModel):
        database = on

    class Apart(Stay):
        database = other

    third = RedisDatabase(host="localhost", port=1)
    assert Stay.use_database(third) == [Stay]
    assert Apart.database is second


def test_a_move_in_a_with_block_ends_with_it(database, second):
    Base, One, Two, Sub = make_family(database)
    One(name="here")
    with pytest.raises(RuntimeError), Base.use_database(second) as moved:
        assert set(moved) == {One, Two, Sub}
        assert One(name="there").pk.get() == "1"
        assert_indexes_right(One)
        raise RuntimeError
    assert {model.database for model in (Base, One, Two, Sub)} == {database}
    assert One.collection(name="here") == ["1"]
    assert One.collection(name="there") == []
    assert set(database.models) == {One, Two, Sub}
    assert second.models == ()


def test_a_model_without_a_database_gets_one_later(database):
    class Late(RedisModel):
        name = fields.StringField(indexable=True)

    assert Late.use_database(database) == [Late]
    assert Late(name="x").name.get() == "x"
    assert database.models == (Late,)


def test_a_move_to_a_database_that_has_the_name_is_refused_and_moves_nothing(database, second):
    Base, One, Two, Sub = make_family(database)
    taken = type("Two", (RedisModel,), {"__module__": "elsewhere", "database": second})
    with pytest.raises(ImplementationError, match=r"elsewhere\.Two"):
        Base.use_database(second)
    assert {model.database for model in (Base, One, Two, Sub)} == {database}
    assert set(database.models) == {One, Two, Sub}
    assert second.models == (taken,)


# keys and scripts


def test_keys_are_scanned_page_by_page(database, raw):
    for number in range(500):
        raw.set(f"text:{number}", "x")
    raw.sadd("set:1", "x")
    assert set(database.scan_keys()) == set(raw.keys())
    assert set(database.scan_keys(match="text:49?", count=50)) == {f"text:{n}" for n in range(490, 500)}
    assert set(database.scan_keys(type="set")) == {"set:1"}
    with count_requests() as sent:
        scan = database.scan_keys(count=10)
        assert sent.count == 0
        next(scan)
        assert sent.count == 1
        list(scan)
        assert sent.count > 5


TEXT = "return {KEYS[1], ARGV[1], redis.call('GET', KEYS[1])}"


@pytest.mark.parametrize(
    "script", [TEXT, {"lua": TEXT}, Script("mine", TEXT)], ids=["text", "dict", "Script"]
)
def test_a_script_of_your_own_runs_also_when_the_server_forgot_it(database, raw, script):
    on = database

    class Owner(RedisModel):
        database = on
        name = fields.StringField()

    owner = Owner(name="x")
    for keys in ([owner.name], [owner.name.key]):
        raw.script_flush()
        assert database.call_script(script, keys, ["a"]) == [owner.name.key, "a", "x"]
        with count_requests() as sent:
            database.call_script(script, keys=keys, args=("a",))
        assert sent.names in (["EVALSHA"], ["MULTI"])


def test_an_error_in_a_script_of_your_own_is_an_error_of_redis(database):
    with pytest.raises(redis.ResponseError):
        database.call_script("return redis.call('INCR', KEYS[1], 'too many')", ["k"])
    assert database.call_script("return 5") == 5


def test_the_library_works_on_when_the_server_forgets_its_scripts(database, raw):
    on = database

    class Thing(RedisModel):
        database = on
        name = fields.StringField(indexable=True)
        plain = fields.StringField()

    thing = Thing(name="x")
    for step in (
        lambda: thing.name.set("y"),
        lambda: thing.plain.set("z"),
        lambda: Thing.collection(name="y").count(),
        lambda: thing.update(name="w"),
        lambda: Thing.check_indexes(),
        lambda: thing.delete(),
    ):
        raw.script_flush()
        step()
    assert_indexes_right(Thing)
