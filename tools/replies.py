"""What each command of ``limpyd_ng.commands`` gives, for type checkers: a line for each row.

V stands for the values of a field, K for the sub-keys of a HashField. A reply that depends on an
argument is ``Depends``: the reply without it, and for each argument the reply with it. Where
redis-py's own parameters do not tell what the field takes, they are given in ``TAKES``.

``tests/server/conftest.py`` compares this table with the replies that tests get from real servers.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["REPLIES", "TAKES", "Depends", "Reply"]


@dataclass(frozen=True)
class Depends:
    """``without`` these arguments; ``given``: (arguments, reply) in the order of precedence."""

    without: str
    #: ({argument: its type}, reply)
    given: tuple[tuple[dict[str, str], str], ...]


Reply = str | Depends

#: what a flag is when it is set
YES = "Literal[True]"
ANY = "Callable[[Any], Any]"

ONE = "V | None"
MANY = "list[V]"
SCORED = "list[tuple[V, float]]"
TAKEN = "tuple[str, list[V]] | None"
TAKEN_SCORED = "tuple[str, list[tuple[V, Any]]] | None"
NUMBERS = "list[int]"

_POPPED = Depends(ONE, (({"count": "int"}, f"{MANY} | None"),))
_SORTED = Depends(
    MANY, (({"store": "Key"}, "int"), ({"get": "str | list[str]", "store": "None = None"}, "list[Any]"))
)
_SORTED_RO = Depends(MANY, (({"get": "str | list[str]"}, "list[Any]"),))
_RANKED = Depends("int | None", (({"withscore": YES}, "list[Any] | None"),))
_RANGE = Depends(
    MANY,
    (
        ({"withscores": YES, "score_cast_func": ANY}, "list[tuple[V, Any]]"),
        ({"withscores": YES}, SCORED),
    ),
)

GENERIC = {
    "exists": "int",
    "type": "str",
    **dict.fromkeys(("ttl", "pttl", "expiretime", "pexpiretime"), "int"),
    "dump": "bytes | None",
    "object": "int | str | None",
    "memory_usage": "int | None",
    **dict.fromkeys(("touch", "delete", "unlink"), "int"),
    **dict.fromkeys(("expire", "pexpire", "expireat", "pexpireat", "persist"), "bool"),
    "restore": "str",
    **dict.fromkeys(("rename", "renamenx", "move", "copy"), "bool"),
}

STRING: dict[str, Reply] = {
    "get": ONE,
    **dict.fromkeys(("getrange", "substr"), "str"),
    **dict.fromkeys(("strlen", "getbit", "bitcount", "bitpos", "pfcount"), "int"),
    "bitfield_ro": NUMBERS,
    "lcs": Depends("str", (({"len": YES}, "int"), ({"idx": YES}, "Any"))),
    "digest": "str | None",
    "set": Depends("bool | None", (({"get": YES}, ONE),)),
    **dict.fromkeys(("setnx", "setex", "psetex"), "bool"),
    **dict.fromkeys(("getset", "getdel", "getex"), ONE),
    **dict.fromkeys(("append", "setrange", "incr", "incrby", "decr", "decrby", "setbit", "bitop"), "int"),
    "incrbyfloat": "float",
    "increx": "list[Any]",
    **dict.fromkeys(("delex", "delifeq", "pfadd"), "int"),
    "pfmerge": "bool",
}

_LIFETIMES = (
    *("httl", "hpttl", "hexpiretime", "hpexpiretime"),
    *("hexpire", "hpexpire", "hexpireat", "hpexpireat", "hpersist"),
)

HASH: dict[str, Reply] = {
    "hget": ONE,
    "hmget": "list[V | None]",
    "hgetall": "dict[K, V]",
    "hkeys": "list[K]",
    "hvals": MANY,
    "hexists": "bool",
    "hlen": "int",
    "hstrlen": "int",
    "hrandfield": Depends(
        "K | None", (({"count": "int", "withvalues": YES}, "list[Any]"), ({"count": "int"}, "list[K]"))
    ),
    **dict.fromkeys(_LIFETIMES, NUMBERS),
    "hset": "int",
    "hsetnx": "int",
    "hmset": "bool",
    "hdel": "int",
    "hincrby": "int",
    "hincrbyfloat": "float",
    "hgetdel": "list[V | None]",
    "hgetex": "list[V | None]",
    "hsetex": "int",
}

ENTRY: dict[str, Reply] = {
    "hget": ONE,
    **dict.fromkeys(("hexists", "exists"), "bool"),
    "hstrlen": "int",
    **dict.fromkeys(_LIFETIMES, NUMBERS),
    "hset": "int",
    "hsetnx": "int",
    "hincrby": "int",
    "hincrbyfloat": "float",
    **dict.fromkeys(("hdel", "delete"), "int"),
    **dict.fromkeys(("hgetdel", "hgetex"), "list[V | None]"),
    "hsetex": "int",
}

LIST: dict[str, Reply] = {
    "lindex": ONE,
    "llen": "int",
    "lrange": MANY,
    "lpos": Depends("int | None", (({"count": "int"}, NUMBERS),)),
    "sort": _SORTED,
    "sort_ro": _SORTED_RO,
    **dict.fromkeys(("lpush", "rpush", "lpushx", "rpushx", "linsert", "lrem"), "int"),
    **dict.fromkeys(("lset", "ltrim"), "bool"),
    **dict.fromkeys(("lpop", "rpop"), _POPPED),
    **dict.fromkeys(("lmpop", "blmpop"), TAKEN),
    **dict.fromkeys(("lmove", "rpoplpush", "blmove", "brpoplpush"), ONE),
    **dict.fromkeys(("lmovem", "blmovem"), f"{MANY} | None"),
    **dict.fromkeys(("blpop", "brpop"), "tuple[str, V] | None"),
}

SET: dict[str, Reply] = {
    "scard": "int",
    "sismember": "int",
    "smismember": NUMBERS,
    "smembers": "set[V]",
    "srandmember": Depends(ONE, (({"number": "int"}, MANY),)),
    **dict.fromkeys(("sinter", "sunion", "sdiff"), "set[V]"),
    **dict.fromkeys(("sintercard", "sunioncard", "sdiffcard"), "int"),
    "sort": _SORTED,
    "sort_ro": _SORTED_RO,
    **dict.fromkeys(("sadd", "srem"), "int"),
    "spop": Depends(ONE, (({"count": "int"}, "set[V] | list[V]"),)),
    "smove": "bool",
    **dict.fromkeys(("sinterstore", "sunionstore", "sdiffstore"), "int"),
}

SORTED_SET: dict[str, Reply] = {
    **dict.fromkeys(("zcard", "zcount", "zlexcount", "zintercard"), "int"),
    "zscore": "float | None",
    "zmscore": "list[float | None]",
    **dict.fromkeys(("zrank", "zrevrank"), _RANKED),
    **dict.fromkeys(("zrange", "zrevrange", "zrangebyscore", "zrevrangebyscore", "zunion"), _RANGE),
    "zinter": Depends(MANY, (({"withscores": YES}, SCORED),)),
    "zdiff": Depends(MANY, (({"withscores": YES}, "list[Any]"),)),
    **dict.fromkeys(("zrangebylex", "zrevrangebylex"), MANY),
    "zrandmember": Depends(
        ONE, (({"count": "int", "withscores": YES}, "list[Any]"), ({"count": "int"}, MANY))
    ),
    "sort": _SORTED,
    "sort_ro": _SORTED_RO,
    "geodist": "float | None",
    "geohash": "list[str | None]",
    "geopos": "list[tuple[float, float] | None]",
    "geosearch": Depends(
        MANY,
        (
            ({"withcoord": YES}, "list[Any]"),
            ({"withdist": YES}, "list[Any]"),
            ({"withhash": YES}, "list[Any]"),
        ),
    ),
    "zadd": Depends("int", (({"incr": YES}, "float | None"),)),
    "zincrby": "float",
    **dict.fromkeys(("zrem", "zremrangebyrank", "zremrangebyscore", "zremrangebylex"), "int"),
    # without a count a list of one pair, or, where the protocol is RESP3, the pair
    **dict.fromkeys(("zpopmin", "zpopmax"), Depends("list[Any]", (({"count": "int"}, SCORED),))),
    **dict.fromkeys(("zmpop", "bzmpop"), TAKEN_SCORED),
    **dict.fromkeys(("zinterstore", "zunionstore", "zdiffstore", "zrangestore"), "int"),
    **dict.fromkeys(("geoadd", "geosearchstore"), "int"),
    **dict.fromkeys(("bzpopmin", "bzpopmax"), "tuple[str, V, float] | None"),
}

#: by the class of ``limpyd_ng.fields.commands``
REPLIES: dict[str, dict[str, Reply]] = {
    "StringCommands": {**GENERIC, **STRING},
    "HashCommands": {**GENERIC, **HASH},
    "EntryCommands": ENTRY,
    "ListCommands": {**GENERIC, **LIST},
    "SetCommands": {**GENERIC, **SET},
    "SortedSetCommands": {**GENERIC, **SORTED_SET},
}

_EXPIRES = (
    "*, ex: Expiry | None = None, px: Expiry | None = None, exat: Moment | None = None, "
    "pxat: Moment | None = None"
)
_ONLY_IF = "nx: bool = False, xx: bool = False, gt: bool = False, lt: bool = False"
_KEYS = "others: Keys = (), *"

_GENERIC_TAKES = {
    **dict.fromkeys(("exists", "touch", "delete", "unlink"), ""),
    "object": "infotype: str",
    "move": "db: int",
    "sort": "start: int | None = None, num: int | None = None, by: str | None = None, "
    "get: str | list[str] | None = None, desc: bool = False, alpha: bool = False, "
    "store: Key | None = None, groups: bool | None = False",
}

#: the parameters of commands whose row has a builder of its own, and where redis-py's are too narrow
TAKES: dict[str, dict[str, str]] = {
    "StringCommands": {
        **_GENERIC_TAKES,
        "bitop": "operation: str, *keys: Key",
        "lcs": "other: Key, len: bool | None = False, idx: bool | None = False, "
        "minmatchlen: int | None = 0, withmatchlen: bool | None = False",
        "delifeq": "value: Given[V]",
    },
    "HashCommands": {
        **_GENERIC_TAKES,
        "hmget": "keys: Given[K] | Iterable[Given[K]], *args: Given[K]",
        "hmset": "_given: Mapping[Any, Any] | None = None, /, **kwargs: Given[V]",
    },
    "EntryCommands": {
        **dict.fromkeys(("hget", "hexists", "exists", "hstrlen"), ""),
        **dict.fromkeys(("httl", "hpttl", "hexpiretime", "hpexpiretime"), ""),
        **dict.fromkeys(("hdel", "delete", "hgetdel", "hpersist"), ""),
        **dict.fromkeys(("hset", "hsetnx"), "value: Given[V]"),
        "hincrby": "amount: int = 1",
        "hincrbyfloat": "amount: float = 1.0",
        "hgetex": f"{_EXPIRES}, persist: bool = False",
        "hsetex": f"value: Given[V], {_EXPIRES}, data_persist_option: Any = None, keepttl: bool = False",
        "hexpire": f"seconds: Expiry, *, {_ONLY_IF}",
        "hpexpire": f"milliseconds: Expiry, *, {_ONLY_IF}",
        "hexpireat": f"unix_time_seconds: Moment, *, {_ONLY_IF}",
        "hpexpireat": f"unix_time_milliseconds: Moment, *, {_ONLY_IF}",
    },
    "ListCommands": {
        **_GENERIC_TAKES,
        "lmpop": "direction: str = 'LEFT', count: int | None = 1",
        "blmpop": "timeout: float = 0, direction: str = 'LEFT', count: int | None = 1",
    },
    "SetCommands": {
        **_GENERIC_TAKES,
        "smismember": "values: Given[V] | Iterable[Given[V]], *args: Given[V]",
        **dict.fromkeys(("sinter", "sunion", "sdiff"), "*others: Key | Iterable[Key]"),
        **dict.fromkeys(
            ("sinterstore", "sunionstore", "sdiffstore"), "keys: Key | Iterable[Key], *args: Key"
        ),
        "sintercard": "*others: Key, limit: int = 0",
        "sunioncard": "*others: Key, limit: int = 0, approx: bool = False",
        "sdiffcard": "*others: Key, limit: int = 0",
    },
    "SortedSetCommands": {
        **_GENERIC_TAKES,
        "zadd": "_given: Mapping[Any, Any] | None = None, /, *, nx: float = False, xx: float = False, "
        "gt: float = False, lt: float = False, ch: float = False, incr: float = False, **kwargs: float",
        "zmscore": "members: Sequence[Given[V]]",
        "zinter": f"{_KEYS}, aggregate: str | None = None, withscores: bool = False",
        "zunion": f"{_KEYS}, aggregate: str | None = None, withscores: bool = False, "
        f"score_cast_func: {ANY} = ...",
        "zdiff": f"{_KEYS}, withscores: bool = False",
        "zintercard": "others: Keys = (), limit: int = 0",
        **dict.fromkeys(("zinterstore", "zunionstore"), "keys: Keys, aggregate: str | None = None"),
        "zdiffstore": "keys: Keys",
        "zmpop": "min: bool = False, max: bool = False, count: int | None = 1",
        "bzmpop": "timeout: float = 0, min: bool = False, max: bool = False, count: int | None = 1",
    },
}
