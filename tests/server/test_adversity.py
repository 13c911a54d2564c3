"""What goes wrong around a program: each a clear error or a right result, indexes right."""

from __future__ import annotations

import socket
import threading

import pytest
import redis

from limpyd_ng import exceptions, fields
from limpyd_ng.indexes import EqualIndex, NumberRangeIndex, TextRangeIndex
from limpyd_ng.model import RedisModel
from limpyd_ng.testing import count_requests
from tests.oracle import assert_consistent, snapshot
from tests.zoo import make_bike

HOSTILE = [
    "",
    " ",
    ":",
    "::",
    "a:b:c",
    "*",
    "?",
    "[a]",
    "{x}",
    "}",
    "{",
    "\\",
    "\0",
    "\0\0",
    "a\0b",
    "\xff",
    "é",
    "\U0001f600",
    "\r\n",
    "$5\r\nhello",
    "pks",
    "seq",
    "index:code:equal",
    "name",
    "pk",
    "code",
    "None",
    "->",
    "%s",
    "'",
    '"',
    "x" * 10_000,
    "\udcff\udc80",
]


@pytest.fixture
def Bike(database):
    return make_bike(database)


@pytest.mark.parametrize("value", HOSTILE, ids=lambda value: ascii(value)[:20])
def test_any_text_is_a_value_that_is_found_again(Bike, raw, value):
    bike = Bike(
        code=value,
        name=value,
        brand=value,
        tags=[value],
        log=[value, value],
        ranks={value: 1},
        options={value: value, "other": value},
        note=value,
        built=value,
    )
    other = Bike(
        code=value + "x",
        name="y" + value,
        brand=value + ":",
        tags=[value + "*"],
        options={value + ":": value},
    )
    pk = bike.pk.get()
    assert (bike.code.hget(), bike.brand.get(), bike.name.hget()) == (value, value, value)
    assert bike.options.hgetall() == {value: value, "other": value}
    for filters in (
        {"code": value},
        {"name": value},
        {"brand": value},
        {"tags": value},
        {"log": value},
        {"ranks": value},
        {"options": (value, value)},
        {"built": value},
        {"name__in": [value]},
        {"brand__in": [value, "zz"]},
    ):
        assert list(Bike.collection(**filters)) == [pk], filters
    assert set(Bike.collection(name__gte=value, name__lte=value)) == {pk}
    assert pk in Bike.collection(name__startswith=value)
    with pytest.raises(exceptions.UniquenessError) as refused:
        other.code.hset(value)
    assert refused.value.pk == pk
    assert_consistent(Bike, raw)
    bike.delete()
    assert Bike.collection(brand=value) == []
    assert_consistent(Bike, raw)


@pytest.mark.parametrize(
    "pk", [pk for pk in HOSTILE if pk and "\udcff" not in pk], ids=lambda value: ascii(value)[:20]
)
def test_any_text_is_a_pk(database, raw, pk):
    class Doc(RedisModel):
        ident = fields.PKField()
        title = fields.InstanceHashField(indexes=[TextRangeIndex, EqualIndex.configure(prefix="e")])
        size = fields.StringField(indexes=[NumberRangeIndex])
        words = fields.SetField(indexes=[TextRangeIndex])
        code = fields.StringField(unique=True)

    Doc.use_database(database)
    near = Doc(ident=pk + "0", title="t", size=1, words=["w"], code="c0")
    doc = Doc(ident=pk, title="t", size=2, words=["w", "v"], code="c1")
    assert Doc.get(pk) == doc
    assert set(Doc.collection(title="t")) == {pk, pk + "0"}
    assert list(Doc.collection(title__e="t").sort(by="size")) == [pk + "0", pk]
    assert list(Doc.collection(words__startswith="v")) == [pk]
    assert list(Doc.collection(pk__in=[pk, "nope"], size__gt=1)) == [pk]
    assert Doc.get(code="c1").pk.get() == pk
    assert {key.partition(":")[2].partition(":")[0] for key in doc.scan_keys()} <= {"hash", "field"}
    doc.delete()
    assert list(Doc.collection(title="t")) == [pk + "0"]
    near.delete()
    assert list(Doc.scan_model_keys()) == []
    assert_consistent(Doc, raw)


def test_a_megabyte_is_a_value_like_any_other(Bike, raw):
    big = "0123456789abcdef" * 65536
    bike = Bike(code=big, name=big, brand=big, tags=[big], options={"k": big})
    with pytest.raises(exceptions.UniquenessError) as refused:
        Bike(code=big)
    assert refused.value.value == big
    assert len(str(refused.value)) < 1000
    assert list(Bike.collection(name__startswith=big, brand=big, tags=big, options__k=big)) == ["1"]
    bike.name.hset("small")
    assert_consistent(Bike, raw)


@pytest.mark.parametrize("bad", [None, True, [], {}, object(), 1j])
def test_what_is_no_text_or_number_is_refused_before_anything_is_sent(Bike, bad):
    bike = Bike(code="x")
    with count_requests() as sent:
        for write in (bike.name.hset, bike.brand.set, bike.hits.set, bike.tags.sadd, bike.note.hset):
            with pytest.raises((exceptions.InvalidValueError, TypeError)):
                write(bad)
        if bad is not None:
            with pytest.raises(exceptions.InvalidValueError):
                Bike(name=bad)
            with pytest.raises(exceptions.InvalidValueError):
                Bike.collection(brand=bad)
            with pytest.raises(exceptions.InvalidValueError):
                bike.update(note=bad)
    assert sent.count == 0


@pytest.mark.parametrize(
    "bad",
    ["nan", "NaN", "", "x", "0x10", "1_000", " 1", "1 ", "1,5", "1e999", "--1", "1e", ".", float("nan")],
)
def test_a_number_index_takes_only_numbers(Bike, raw, bad):
    bike = Bike(code="x", price=5)
    for write in (
        lambda: bike.price.hset(bad),
        lambda: bike.update(price=bad, note="n"),
        lambda: Bike(price=bad),
    ):
        with pytest.raises(exceptions.NotANumberError):
            write()
    assert bike.hgetall() == {"code": "x", "price": "5"}
    assert len(Bike.collection()) == 1
    assert_consistent(Bike, raw)


@pytest.mark.parametrize(
    "good", ["inf", "-inf", "+Infinity", "1e308", "-0", "00012", "1.", ".5", "1E+3", 2**60, 1e-300, -1.5]
)
def test_a_number_index_takes_every_number(Bike, raw, good):
    bike = Bike(price=good)
    assert list(Bike.collection(price=good)) == [bike.pk.get()]
    assert list(Bike.collection(price__gte=good, price__lte=good)) == [bike.pk.get()]
    assert_consistent(Bike, raw)


def test_unique_numbers_beyond_doubles_are_told_apart_and_equal_ones_are_not(database, raw):
    class Row(RedisModel):
        number = fields.StringField(unique=True, indexes=[NumberRangeIndex])

    Row.use_database(database)
    first = Row(number=2**53)
    second = Row(number=2**53 + 1)  # the same double
    for same in ("9007199254740993.0", "9007199254740992e0", "09007199254740992"):
        with pytest.raises(exceptions.UniquenessError):
            Row(number=same)
    with pytest.raises(exceptions.UniquenessError) as refused:
        first.number.incr()
    assert refused.value.pk == second.pk.get()
    assert first.number.get() == str(2**53)
    assert_consistent(Row, raw)


def test_an_object_flushed_away_by_others_is_missed_clearly(Bike, raw):
    bike = Bike(code="x", tags=["a"], hits=1)
    raw.flushall()
    for write in (
        lambda: bike.code.hset("y"),
        lambda: bike.hits.incr(),
        lambda: bike.tags.sadd("b"),
        lambda: bike.plain_tags.sadd("b"),
        lambda: bike.update(note="x"),
        lambda: bike.delete(),
        lambda: bike.hdel("code"),
        lambda: bike.tags.delete(),
    ):
        with pytest.raises(Bike.DoesNotExist):
            write()
    assert raw.dbsize() == 0
    assert Bike.collection(code="x") == []


def test_flushed_scripts_are_loaded_again(Bike, raw, database):
    bike = Bike(code="x", tags=["a"])
    for ask in (
        lambda: bike.code.hset("y"),
        lambda: bike.hits.incr(),
        lambda: list(Bike.collection(code="y")),
        lambda: Bike.check_indexes() == [],
    ):
        raw.script_flush()
        assert ask() is not None
    raw.script_flush()
    with database.pipeline() as pipe:
        bike.code.hset("z")
        bike.hits.incr()
        Bike(code="new")
        with count_requests() as sent:
            pipe.execute()
    assert sent.count == 1
    assert_consistent(Bike, raw)


def test_a_connection_closed_between_calls_is_opened_again(Bike, raw):
    bike = Bike(code="x")
    raw.client_kill_filter(_type="normal", skipme=True)
    assert bike.code.hset("y") == 0
    raw.client_kill_filter(_type="normal", skipme=True)
    assert list(Bike.collection(code="y")) == ["1"]


class _Dropping:
    """A server that reads what it is sent, counts it, and hangs up without a reply."""

    def __init__(self):
        self.received = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            with client:
                while data := client.recv(65536):
                    if b"EVAL" in data or b"SISMEMBER" in data:
                        self.received.append(data)
                        break
                    client.sendall(b"+OK\r\n" * data.count(b"*"))


def test_a_write_whose_reply_was_lost_is_reported_and_not_sent_twice(make_database):
    server = _Dropping()
    database = make_database(host="127.0.0.1", port=server.listener.getsockname()[1], protocol=2)
    Bike = make_bike(database)
    with pytest.raises(exceptions.ServerUnavailableError):
        Bike(code="x")
    assert len(server.received) == 1
    with pytest.raises(redis.ConnectionError):
        Bike.lazy_connect(1).hits.incr()
    assert len(server.received) == 2
    server.listener.close()


def test_no_server_is_a_clear_error(make_database):
    Bike = make_bike(make_database(unix_socket_path="/nonexistent/socket"))
    with pytest.raises(exceptions.ServerUnavailableError):
        Bike(code="x")
    with pytest.raises(exceptions.ServerUnavailableError):
        list(Bike.collection())


def test_a_read_only_replica_answers_queries_and_refuses_writes(Bike, raw):
    bike = Bike(code="x", tags=["a"])
    raw.config_set("replica-serve-stale-data", "yes")
    raw.execute_command("REPLICAOF", "127.0.0.1", "1")
    try:
        assert list(Bike.collection(code="x", tags="a").sort(by="name", alpha=True)) == ["1"]
        assert Bike.get(1).tags.smembers() == {"a"}
        for write in (
            lambda: bike.code.hset("y"),
            lambda: bike.hits.incr(),
            lambda: Bike(code="z"),
            bike.delete,
        ):
            with pytest.raises(exceptions.ReadOnlyError):
                write()
    finally:
        raw.execute_command("REPLICAOF", "NO", "ONE")
    assert_consistent(Bike, raw)


def test_out_of_memory_writes_nothing(Bike, raw):
    bike = Bike(code="x", tags=["a"], log=["l"], options={"k": "v"})
    before = snapshot(raw)
    raw.config_set("maxmemory", 1)
    try:
        for write in (
            lambda: bike.code.hset("y"),
            lambda: bike.hits.incr(),
            lambda: Bike(code="z"),
            lambda: bike.tags.sadd("b"),
            lambda: bike.update(code="q", tags=["z"]),
            lambda: bike.log.lpush("m"),
            lambda: bike.options.hset("k", "w"),
            lambda: bike.plain_tags.sadd("z"),
            lambda: bike.ranks.zadd({"a": 1}),
        ):
            with pytest.raises(exceptions.OutOfMemoryError):
                write()
        assert list(Bike.collection(code="x")) == ["1"]
        assert snapshot(raw) == before
        bike.delete()
    finally:
        raw.config_set("maxmemory", 0)
    assert_consistent(Bike, raw)


def test_a_user_limited_to_the_keys_of_the_model_can_do_everything(Bike, raw, settings, make_database):
    raw.acl_setuser(
        "limited",
        enabled=True,
        passwords=["+pw"],
        keys=["{shop:bike}:*"],
        categories=["+@all", "-@dangerous"],
    )
    try:
        limited = make_database(**settings, username="limited", password="pw")
        with Bike.use_database(limited):
            bike = Bike(
                code="x", name="n", price=1, tags=["a"], log=["a"], ranks={"r": 1}, options={"k": "v"}
            )
            bike.tags.sadd("b")
            bike.update(price=3, brand="z")
            assert list(Bike.collection(tags="b", price__gte=2).sort(by="price")) == ["1"]
            assert Bike.repair_indexes() == []
            Bike(code="y").delete()
        raw.acl_setuser("limited", enabled=True, reset_keys=True, keys=["{other}:*"])
        with Bike.use_database(
            make_database(**settings, username="limited", password="pw", client_name="again")
        ):
            with pytest.raises(exceptions.PermissionDeniedError):
                Bike(code="z")
            with pytest.raises(exceptions.PermissionDeniedError):
                Bike.lazy_connect(1).hits.incr()
    finally:
        raw.acl_deluser("limited")
    assert_consistent(Bike, raw)


def test_a_wrong_password_is_a_clear_error(raw, settings, make_database):
    Bike = make_bike(make_database(**settings, username="nobody", password="x"))
    with pytest.raises(exceptions.AuthenticationFailedError):
        Bike(code="x")


FIELDS = ["brand", "tags", "log", "ranks", "options", "hits", "plain_tags"]


@pytest.mark.parametrize("name", FIELDS)
def test_a_field_key_of_another_type_is_refused_and_nothing_changes(Bike, raw, name):
    bike = Bike(code="x", name="n")
    key = getattr(bike, name).key
    if name in ("brand", "hits"):
        raw.sadd(key, "x")
    else:
        raw.set(key, "x")
    before = snapshot(raw)
    field = getattr(bike, name)
    command, args = {
        "brand": ("append", ("a",)),
        "tags": ("sadd", ("a",)),
        "log": ("lpush", ("a",)),
        "ranks": ("zadd", ({"a": 1},)),
        "options": ("hset", ("a", "b")),
        "hits": ("incr", ()),
        "plain_tags": ("sadd", ("a",)),
    }[name]
    with pytest.raises(exceptions.WrongTypeError):
        getattr(field, command)(*args)
    assert snapshot(raw) == before
    if name not in ("hits", "plain_tags"):
        with pytest.raises(exceptions.WrongTypeError):
            bike.delete()
        assert snapshot(raw) == before
    raw.delete(key)
    bike.delete()
    assert_consistent(Bike, raw)


INDEXES = {
    "code": ("{shop:bike}:index:code:equal", lambda b: b.code.hset("new")),
    "name": ("{shop:bike}:index:name:text-range", lambda b: b.name.hset("new")),
    "price": ("{shop:bike}:index:price:number-range", lambda b: b.price.hset(2)),
    "brand": ("{shop:bike}:index:brand:equal:new", lambda b: b.brand.set("new")),
    "tags": ("{shop:bike}:index:tags:equal:new", lambda b: b.tags.sadd("also", "new")),
    "log": ("{shop:bike}:index:log:equal:new", lambda b: b.log.lpush("also", "new")),
    "ranks": ("{shop:bike}:index:ranks:equal:new", lambda b: b.ranks.zadd({"also": 1, "new": 2})),
    "options": (
        "{shop:bike}:index:options:equal:1:k:new",
        lambda b: b.options.hset(mapping={"a": "b", "k": "new"}),
    ),
    "update": (
        "{shop:bike}:index:tags:equal:new",
        lambda b: b.update(code="q", brand="w", options={"z": 1}, tags=["a", "new"]),
    ),
    "create": (
        "{shop:bike}:index:tags:equal:new",
        lambda b: type(b)(code="q", brand="w", log=["z"], tags=["a", "new"]),
    ),
    "store": (
        "{shop:bike}:index:tags:equal:new",
        lambda b: b.tags.sunionstore(["{shop:bike}:field:plain_tags:1"]),
    ),
}


@pytest.mark.parametrize("name", INDEXES)
def test_an_index_key_of_another_type_refuses_the_write_whole(Bike, raw, name):
    bike = Bike(code="x", plain_tags=["new", "also"])
    key, write = INDEXES[name]
    raw.delete(key)
    raw.rpush(key, "theirs")
    before = snapshot(raw)
    with pytest.raises(exceptions.WrongTypeError):
        write(bike)
    assert snapshot(raw) == before


def test_pks_of_another_type_refuse_everything_clearly(Bike, raw):
    raw.set("{shop:bike}:pks", "x")
    for ask in (
        lambda: Bike(code="x"),
        lambda: Bike.get(1),
        lambda: list(Bike.collection()),
        lambda: Bike.lazy_connect(1).hits.incr(),
    ):
        with pytest.raises(exceptions.WrongTypeError):
            ask()
    assert raw.dbsize() == 1


def test_texts_that_no_encoding_takes_are_refused(Bike):
    bike = Bike(code="x")
    for write in (
        lambda: bike.note.hset("\ud800"),
        lambda: bike.name.hset("\ud800"),
        lambda: Bike(name="\ud800"),
    ):
        with pytest.raises(exceptions.InvalidValueError):
            write()
    with pytest.raises(exceptions.InvalidValueError):
        Bike.collection(name="\ud800")
    with pytest.raises(exceptions.InvalidValueError):
        Bike.get("\ud800")


def test_bytes_that_are_no_text_survive(Bike, raw):
    bike = Bike(code="x", brand=b"\xff\x00\xfe", tags=[b"\x80"])
    assert bike.brand.get().encode("utf-8", "surrogateescape") == b"\xff\x00\xfe"
    bike.brand.set(bike.brand.get())
    bike.hits.set(b"\xff")
    bike.hits.append(bike.hits.get())
    assert bike.hits.strlen() == 2
    assert list(Bike.collection(brand=b"\xff\x00\xfe", tags=bike.tags.smembers().pop())) == ["1"]
    assert_consistent(Bike, raw)


def test_every_error_of_redis_py_has_a_class_of_ours():
    from limpyd_ng.runners.errors import translate

    for name in dir(redis.exceptions):
        kind = getattr(redis.exceptions, name)
        if isinstance(kind, type) and issubclass(kind, redis.RedisError):
            error = kind.__new__(kind)
            Exception.__init__(error, "words")
            ours = translate(error)
            assert isinstance(ours, exceptions.LimpydException), name
            nearest = [
                base
                for base in (redis.ConnectionError, redis.TimeoutError, redis.ResponseError, redis.WatchError)
                if issubclass(kind, base)
            ]
            assert not nearest or isinstance(ours, nearest[0]), (name, type(ours))


def test_a_refused_write_is_taken_back_without_dangerous_rights(Bike, raw, settings, make_database):
    class User(RedisModel):
        tags = fields.SetField(unique=True)
        plain = fields.SetField()

    raw.acl_setuser(
        "plain", enabled=True, nopass=True, keys=["*"], commands=["+@all", "-restore", "-@dangerous"]
    )
    try:
        with User.use_database(make_database(**settings, username="plain", password="x")):
            User(tags=["x"])
            second = User(tags=["q"], plain=["x", "y"])
            before = snapshot(raw)
            for write in (
                lambda: second.tags.sunionstore([second.plain]),
                lambda: second.update(plain=["z"], tags=["x"]),
            ):
                with pytest.raises(exceptions.UniquenessError):
                    write()
                assert snapshot(raw) == before
    finally:
        raw.acl_deluser("plain")


def test_a_python_transform_sees_texts_also_when_bytes_are_written(database, raw):
    class Word(RedisModel):
        text = fields.InstanceHashField(indexes=[EqualIndex.configure(transform=str.casefold)])

    Word.use_database(database)
    word = Word(text=b"ABC")
    assert Word.collection(text="abc") == ["1"]
    word.text.hset(b"D\xff")
    assert_consistent(Word, raw)
