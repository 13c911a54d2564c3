"""The commands of fields. Written by tools/stubs.py; do not edit."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Generic, Literal, TypeAlias, overload

from ..model import RedisModel
from ..static import K, T, V
from .base import RedisField
from .native import NativeCommands

#: what is stored as it is; with the value itself (of a typed field) and fields whose value or key is taken
Text: TypeAlias = str | bytes | bytearray | memoryview | int | float | date | time
Given: TypeAlias = T | Text | RedisField[Any] | RedisModel
Key: TypeAlias = str | bytes | RedisField[Any]
Keys: TypeAlias = Key | Iterable[Key] | Mapping[Any, float]
Expiry: TypeAlias = int | timedelta
Moment: TypeAlias = int | datetime

class StringCommands(NativeCommands, Generic[V]):
    def get(self) -> V | None: ...
    def getrange(self, start: int, end: int) -> str: ...
    def substr(self, start: int, end: int = -1) -> str: ...
    def strlen(self) -> int: ...
    def getbit(self, offset: int) -> int: ...
    def bitcount(self, start: int | None = None, end: int | None = None, mode: str | None = None) -> int: ...
    def bitpos(
        self, bit: int, start: int | None = None, end: int | None = None, mode: str | None = None
    ) -> int: ...
    def bitfield_ro(self, encoding: str, offset: int | str, items: Any = None) -> list[int]: ...
    @overload
    def lcs(
        self,
        other: Key,
        len: Literal[False] = False,
        idx: Literal[False] = False,
        minmatchlen: int | None = 0,
        withmatchlen: bool | None = False,
    ) -> str: ...
    @overload
    def lcs(
        self,
        other: Key,
        len: Literal[True],
        idx: bool | None = False,
        minmatchlen: int | None = 0,
        withmatchlen: bool | None = False,
    ) -> int: ...
    @overload
    def lcs(
        self,
        other: Key,
        len: bool | None = False,
        *,
        idx: Literal[True],
        minmatchlen: int | None = 0,
        withmatchlen: bool | None = False,
    ) -> Any: ...
    @overload
    def lcs(
        self,
        other: Key,
        len: bool | None = False,
        idx: bool | None = False,
        minmatchlen: int | None = 0,
        withmatchlen: bool | None = False,
    ) -> Any: ...
    def digest(self) -> str | None: ...
    def pfcount(self, *sources: Key) -> int: ...
    @overload
    def set(
        self,
        value: Given[V],
        ex: Expiry | None = None,
        px: Expiry | None = None,
        nx: bool = False,
        xx: bool = False,
        keepttl: bool = False,
        get: Literal[False] = False,
        exat: Moment | None = None,
        pxat: Moment | None = None,
        ifeq: Given[V] | None = None,
        ifne: Given[V] | None = None,
        ifdeq: str | None = None,
        ifdne: str | None = None,
    ) -> bool | None: ...
    @overload
    def set(
        self,
        value: Given[V],
        ex: Expiry | None = None,
        px: Expiry | None = None,
        nx: bool = False,
        xx: bool = False,
        keepttl: bool = False,
        *,
        get: Literal[True],
        exat: Moment | None = None,
        pxat: Moment | None = None,
        ifeq: Given[V] | None = None,
        ifne: Given[V] | None = None,
        ifdeq: str | None = None,
        ifdne: str | None = None,
    ) -> V | None: ...
    @overload
    def set(
        self,
        value: Given[V],
        ex: Expiry | None = None,
        px: Expiry | None = None,
        nx: bool = False,
        xx: bool = False,
        keepttl: bool = False,
        get: bool = False,
        exat: Moment | None = None,
        pxat: Moment | None = None,
        ifeq: Given[V] | None = None,
        ifne: Given[V] | None = None,
        ifdeq: str | None = None,
        ifdne: str | None = None,
    ) -> Any: ...
    def setnx(self, value: Given[V]) -> bool: ...
    def setex(self, time: Expiry, value: Given[V]) -> bool: ...
    def psetex(self, time_ms: Expiry, value: Given[V]) -> bool: ...
    def getset(self, value: Given[V]) -> V | None: ...
    def getdel(self) -> V | None: ...
    def getex(
        self,
        ex: Expiry | None = None,
        px: Expiry | None = None,
        exat: Moment | None = None,
        pxat: Moment | None = None,
        persist: bool = False,
    ) -> V | None: ...
    def append(self, value: Given[V]) -> int: ...
    def setrange(self, offset: int, value: Given[V]) -> int: ...
    def incr(self, amount: int = 1) -> int: ...
    def incrby(self, amount: int = 1) -> int: ...
    def incrbyfloat(self, amount: float = 1.0) -> float: ...
    def increx(
        self,
        *,
        byfloat: Any = None,
        byint: Any = None,
        lbound: Any = None,
        ubound: Any = None,
        saturate: bool = False,
        ex: Expiry | None = None,
        px: Expiry | None = None,
        exat: Moment | None = None,
        pxat: Moment | None = None,
        persist: bool = False,
        enx: bool = False,
    ) -> list[Any]: ...
    def decr(self, amount: int = 1) -> int: ...
    def decrby(self, amount: int = 1) -> int: ...
    def setbit(self, offset: int, value: Given[V]) -> int: ...
    def bitop(self, operation: str, *keys: Key) -> int: ...
    def delex(
        self,
        ifeq: Given[V] | None = None,
        ifne: Given[V] | None = None,
        ifdeq: str | None = None,
        ifdne: str | None = None,
    ) -> int: ...
    def delifeq(self, value: Given[V]) -> int: ...
    def pfadd(self, *values: Given[V]) -> int: ...
    def pfmerge(self, *sources: Key) -> bool: ...
    def exists(self) -> int: ...
    def type(self) -> str: ...
    def ttl(self) -> int: ...
    def pttl(self) -> int: ...
    def expiretime(self) -> int: ...
    def pexpiretime(self) -> int: ...
    def dump(self) -> bytes | None: ...
    def object(self, infotype: str) -> int | str | None: ...
    def memory_usage(self, samples: int | None = None) -> int | None: ...
    def touch(self) -> int: ...
    def delete(self) -> int: ...
    def unlink(self) -> int: ...
    def expire(
        self, time: Expiry, nx: bool = False, xx: bool = False, gt: bool = False, lt: bool = False
    ) -> bool: ...
    def pexpire(
        self, time: Expiry, nx: bool = False, xx: bool = False, gt: bool = False, lt: bool = False
    ) -> bool: ...
    def expireat(
        self, when: Moment, nx: bool = False, xx: bool = False, gt: bool = False, lt: bool = False
    ) -> bool: ...
    def pexpireat(
        self, when: Moment, nx: bool = False, xx: bool = False, gt: bool = False, lt: bool = False
    ) -> bool: ...
    def persist(self) -> bool: ...
    def restore(
        self,
        ttl: float,
        value: Given[V],
        replace: bool = False,
        absttl: bool = False,
        idletime: int | None = None,
        frequency: int | None = None,
    ) -> str: ...
    def rename(self, dst: Key) -> bool: ...
    def renamenx(self, dst: Key) -> bool: ...
    def move(self, db: int) -> bool: ...
    def copy(self, destination: Key, destination_db: str | None = None, replace: bool = False) -> bool: ...

class HashCommands(NativeCommands, Generic[K, V]):
    def hget(self, key: Given[K]) -> V | None: ...
    def hmget(self, keys: Given[K] | Iterable[Given[K]], *args: Given[K]) -> list[V | None]: ...
    def hgetall(self) -> dict[K, V]: ...
    def hkeys(self) -> list[K]: ...
    def hvals(self) -> list[V]: ...
    def hexists(self, key: Given[K]) -> bool: ...
    def hlen(self) -> int: ...
    def hstrlen(self, key: Given[K]) -> int: ...
    @overload
    def hrandfield(self, count: None = None, withvalues: Literal[False] = False) -> K | None: ...
    @overload
    def hrandfield(self, count: int, withvalues: Literal[True]) -> list[Any]: ...
    @overload
    def hrandfield(self, count: int, withvalues: bool = False) -> list[K]: ...
    @overload
    def hrandfield(self, count: int | None = None, withvalues: bool = False) -> Any: ...
    def httl(self, *fields: Given[K]) -> list[int]: ...
    def hpttl(self, *fields: Given[K]) -> list[int]: ...
    def hexpiretime(self, *fields: Given[K]) -> list[int]: ...
    def hpexpiretime(self, *fields: Given[K]) -> list[int]: ...
    def hset(
        self,
        key: Given[K] | None = None,
        value: Given[V] | None = None,
        mapping: Any = None,
        items: Any = None,
    ) -> int: ...
    def hsetnx(self, key: Given[K], value: Given[V]) -> int: ...
    def hmset(self, _given: Mapping[Any, Any] | None = None, /, **kwargs: Given[V]) -> bool: ...
    def hdel(self, *keys: Given[K]) -> int: ...
    def hincrby(self, key: Given[K], amount: int = 1) -> int: ...
    def hincrbyfloat(self, key: Given[K], amount: float = 1.0) -> float: ...
    def hgetdel(self, *keys: Given[K]) -> list[V | None]: ...
    def hgetex(
        self,
        *keys: Given[K],
        ex: Expiry | None = None,
        px: Expiry | None = None,
        exat: Moment | None = None,
        pxat: Moment | None = None,
        persist: bool = False,
    ) -> list[V | None]: ...
    def hsetex(
        self,
        key: Given[K] | None = None,
        value: Given[V] | None = None,
        mapping: Any = None,
        items: Any = None,
        ex: Expiry | None = None,
        px: Expiry | None = None,
        exat: Moment | None = None,
        pxat: Moment | None = None,
        data_persist_option: Any = None,
        keepttl: bool = False,
    ) -> int: ...
    def hexpire(
        self,
        seconds: Expiry,
        *fields: Given[K],
        nx: bool = False,
        xx: bool = False,
        gt: bool = False,
        lt: bool = False,
    ) -> list[int]: ...
    def hpexpire(
        self,
        milliseconds: Expiry,
        *fields: Given[K],
        nx: bool = False,
        xx: bool = False,
        gt: bool = False,
        lt: bool = False,
    ) -> list[int]: ...
    def hexpireat(
        self,
        unix_time_seconds: Moment,
        *fields: Given[K],
        nx: bool = False,
        xx: bool = False,
        gt: bool = False,
        lt: bool = False,
    ) -> list[int]: ...
    def hpexpireat(
        self,
        unix_time_milliseconds: Moment,
        *fields: Given[K],
        nx: bool = False,
        xx: bool = False,
        gt: bool = False,
        lt: bool = False,
    ) -> list[int]: ...
    def hpersist(self, *fields: Given[K]) -> list[int]: ...
    def exists(self) -> int: ...
    def type(self) -> str: ...
    def ttl(self) -> int: ...
    def pttl(self) -> int: ...
    def expiretime(self) -> int: ...
    def pexpiretime(self) -> int: ...
    def dump(self) -> bytes | None: ...
    def object(self, infotype: str) -> int | str | None: ...
    def memory_usage(self, samples: int | None = None) -> int | None: ...
    def touch(self) -> int: ...
    def delete(self) -> int: ...
    def unlink(self) -> int: ...
    def expire(
        self, time: Expiry, nx: bool = False, xx: bool = False, gt: bool = False, lt: bool = False
    ) -> bool: ...
    def pexpire(
        self, time: Expiry, nx: bool = False, xx: bool = False, gt: bool = False, lt: bool = False
    ) -> bool: ...
    def expireat(
        self, when: Moment, nx: bool = False, xx: bool = False, gt: bool = False, lt: bool = False
    ) -> bool: ...
    def pexpireat(
        self, when: Moment, nx: bool = False, xx: bool = False, gt: bool = False, lt: bool = False
    ) -> bool: ...
    def persist(self) -> bool: ...
    def restore(
        self,
        ttl: float,
        value: Given[V],
        replace: bool = False,
        absttl: bool = False,
        idletime: int | None = None,
        frequency: int | None = None,
    ) -> str: ...
    def rename(self, dst: Key) -> bool: ...
    def renamenx(self, dst: Key) -> bool: ...
    def move(self, db: int) -> bool: ...
    def copy(self, destination: Key, destination_db: str | None = None, replace: bool = False) -> bool: ...

class EntryCommands(NativeCommands, Generic[V]):
    def hget(self) -> V | None: ...
    def hexists(self) -> bool: ...
    def exists(self) -> bool: ...
    def hstrlen(self) -> int: ...
    def httl(self) -> list[int]: ...
    def hpttl(self) -> list[int]: ...
    def hexpiretime(self) -> list[int]: ...
    def hpexpiretime(self) -> list[int]: ...
    def hset(self, value: Given[V]) -> int: ...
    def hsetnx(self, value: Given[V]) -> int: ...
    def hincrby(self, amount: int = 1) -> int: ...
    def hincrbyfloat(self, amount: float = 1.0) -> float: ...
    def hdel(self) -> int: ...
    def delete(self) -> int: ...
    def hgetdel(self) -> list[V | None]: ...
    def hgetex(
        self,
        *,
        ex: Expiry | None = None,
        px: Expiry | None = None,
        exat: Moment | None = None,
        pxat: Moment | None = None,
        persist: bool = False,
    ) -> list[V | None]: ...
    def hsetex(
        self,
        value: Given[V],
        *,
        ex: Expiry | None = None,
        px: Expiry | None = None,
        exat: Moment | None = None,
        pxat: Moment | None = None,
        data_persist_option: Any = None,
        keepttl: bool = False,
    ) -> int: ...
    def hexpire(
        self, seconds: Expiry, *, nx: bool = False, xx: bool = False, gt: bool = False, lt: bool = False
    ) -> list[int]: ...
    def hpexpire(
        self, milliseconds: Expiry, *, nx: bool = False, xx: bool = False, gt: bool = False, lt: bool = False
    ) -> list[int]: ...
    def hexpireat(
        self,
        unix_time_seconds: Moment,
        *,
        nx: bool = False,
        xx: bool = False,
        gt: bool = False,
        lt: bool = False,
    ) -> list[int]: ...
    def hpexpireat(
        self,
        unix_time_milliseconds: Moment,
        *,
        nx: bool = False,
        xx: bool = False,
        gt: bool = False,
        lt: bool = False,
    ) -> list[int]: ...
    def hpersist(self) -> list[int]: ...

class ListCommands(NativeCommands, Generic[V]):
    def lindex(self, index: int) -> V | None: ...
    def llen(self) -> int: ...
    def lrange(self, start: int, end: int) -> list[V]: ...
    @overload
    def lpos(
        self, value: Given[V], rank: int | None = None, count: None = None, maxlen: int | None = None
    ) -> int | None: ...
    @overload
    def lpos(
        self, value: Given[V], rank: int | None = None, *, count: int, maxlen: int | None = None
    ) -> list[int]: ...
    @overload
    def sort(
        self,
        start: int | None = None,
        num: int | None = None,
        by: str | None = None,
        get: None = None,
        desc: bool = False,
        alpha: bool = False,
        store: None = None,
        groups: bool | None = False,
    ) -> list[V]: ...
    @overload
    def sort(
        self,
        start: int | None = None,
        num: int | None = None,
        by: str | None = None,
        get: str | list[str] | None = None,
        desc: bool = False,
        alpha: bool = False,
        *,
        store: Key,
        groups: bool | None = False,
    ) -> int: ...
    @overload
    def sort(
        self,
        start: int | None = None,
        num: int | None = None,
        by: str | None = None,
        *,
        get: str | list[str],
        desc: bool = False,
        alpha: bool = False,
        store: None = None,
        groups: bool | None = False,
    ) -> list[Any]: ...
    @overload
    def sort_ro(
        self,
        start: int | None = None,
        num: int | None = None,
        by: str | None = None,
        get: None = None,
        desc: bool = False,
        alpha: bool = False,
    ) -> list[V]: ...
    @overload
    def sort_ro(
        self,
        start: int | None = None,
        num: int | None = None,
        by: str | None = None,
        *,
        get: str | list[str],
        desc: bool = False,
        alpha: bool = False,
    ) -> list[Any]: ...
    def lpush(self, *values: Given[V]) -> int: ...
    def rpush(self, *values: Given[V]) -> int: ...
    def lpushx(self, *values: Given[V]) -> int: ...
    def rpushx(self, *values: Given[V]) -> int: ...
    def linsert(self, where: str, refvalue: Given[V], value: Given[V]) -> int: ...
    def lset(self, index: int, value: Given[V]) -> bool: ...
    def lrem(self, count: int, value: Given[V]) -> int: ...
    def ltrim(self, start: int, end: int) -> bool: ...
    @overload
    def lpop(self, count: None = None) -> V | None: ...
    @overload
    def lpop(self, count: int) -> list[V] | None: ...
    @overload
    def rpop(self, count: None = None) -> V | None: ...
    @overload
    def rpop(self, count: int) -> list[V] | None: ...
    def lmpop(self, direction: str = "LEFT", count: int | None = 1) -> tuple[str, list[V]] | None: ...
    def lmove(self, second_list: Key, src: str = "LEFT", dest: Key = "RIGHT") -> V | None: ...
    def lmovem(
        self,
        second_list: Key,
        src: str = "LEFT",
        dest: Key = "RIGHT",
        count: int | None = None,
        mode: Any = None,
        ordering: Any = None,
    ) -> list[V] | None: ...
    def rpoplpush(self, dst: Key) -> V | None: ...
    def blpop(self, timeout: float = 0) -> tuple[str, V] | None: ...
    def brpop(self, timeout: float = 0) -> tuple[str, V] | None: ...
    def blmove(self, second_list: Key, timeout: int, src: str = "LEFT", dest: Key = "RIGHT") -> V | None: ...
    def blmovem(
        self,
        second_list: Key,
        timeout: float,
        src: str = "LEFT",
        dest: Key = "RIGHT",
        count: int | None = None,
        mode: Any = None,
        ordering: Any = None,
    ) -> list[V] | None: ...
    def brpoplpush(self, dst: Key, timeout: float = 0) -> V | None: ...
    def blmpop(
        self, timeout: float = 0, direction: str = "LEFT", count: int | None = 1
    ) -> tuple[str, list[V]] | None: ...
    def exists(self) -> int: ...
    def type(self) -> str: ...
    def ttl(self) -> int: ...
    def pttl(self) -> int: ...
    def expiretime(self) -> int: ...
    def pexpiretime(self) -> int: ...
    def dump(self) -> bytes | None: ...
    def object(self, infotype: str) -> int | str | None: ...
    def memory_usage(self, samples: int | None = None) -> int | None: ...
    def touch(self) -> int: ...
    def delete(self) -> int: ...
    def unlink(self) -> int: ...
    def expire(
        self, time: Expiry, nx: bool = False, xx: bool = False, gt: bool = False, lt: bool = False
    ) -> bool: ...
    def pexpire(
        self, time: Expiry, nx: bool = False, xx: bool = False, gt: bool = False, lt: bool = False
    ) -> bool: ...
    def expireat(
        self, when: Moment, nx: bool = False, xx: bool = False, gt: bool = False, lt: bool = False
    ) -> bool: ...
    def pexpireat(
        self, when: Moment, nx: bool = False, xx: bool = False, gt: bool = False, lt: bool = False
    ) -> bool: ...
    def persist(self) -> bool: ...
    def restore(
        self,
        ttl: float,
        value: Given[V],
        replace: bool = False,
        absttl: bool = False,
        idletime: int | None = None,
        frequency: int | None = None,
    ) -> str: ...
    def rename(self, dst: Key) -> bool: ...
    def renamenx(self, dst: Key) -> bool: ...
    def move(self, db: int) -> bool: ...
    def copy(self, destination: Key, destination_db: str | None = None, replace: bool = False) -> bool: ...

class SetCommands(NativeCommands, Generic[V]):
    def scard(self) -> int: ...
    def sismember(self, value: Given[V]) -> int: ...
    def smismember(self, values: Given[V] | Iterable[Given[V]], *args: Given[V]) -> list[int]: ...
    def smembers(self) -> set[V]: ...
    @overload
    def srandmember(self, number: None = None) -> V | None: ...
    @overload
    def srandmember(self, number: int) -> list[V]: ...
    def sinter(self, *others: Key | Iterable[Key]) -> set[V]: ...
    def sunion(self, *others: Key | Iterable[Key]) -> set[V]: ...
    def sdiff(self, *others: Key | Iterable[Key]) -> set[V]: ...
    def sintercard(self, *others: Key, limit: int = 0) -> int: ...
    def sunioncard(self, *others: Key, limit: int = 0, approx: bool = False) -> int: ...
    def sdiffcard(self, *others: Key, limit: int = 0) -> int: ...
    @overload
    def sort(
        self,
        start: int | None = None,
        num: int | None = None,
        by: str | None = None,
        get: None = None,
        desc: bool = False,
        alpha: bool = False,
        store: None = None,
        groups: bool | None = False,
    ) -> list[V]: ...
    @overload
    def sort(
        self,
        start: int | None = None,
        num: int | None = None,
        by: str | None = None,
        get: str | list[str] | None = None,
        desc: bool = False,
        alpha: bool = False,
        *,
        store: Key,
        groups: bool | None = False,
    ) -> int: ...
    @overload
    def sort(
        self,
        start: int | None = None,
        num: int | None = None,
        by: str | None = None,
        *,
        get: str | list[str],
        desc: bool = False,
        alpha: bool = False,
        store: None = None,
        groups: bool | None = False,
    ) -> list[Any]: ...
    @overload
    def sort_ro(
        self,
        start: int | None = None,
        num: int | None = None,
        by: str | None = None,
        get: None = None,
        desc: bool = False,
        alpha: bool = False,
    ) -> list[V]: ...
    @overload
    def sort_ro(
        self,
        start: int | None = None,
        num: int | None = None,
        by: str | None = None,
        *,
        get: str | list[str],
        desc: bool = False,
        alpha: bool = False,
    ) -> list[Any]: ...
    def sadd(self, *values: Given[V]) -> int: ...
    def srem(self, *values: Given[V]) -> int: ...
    @overload
    def spop(self, count: None = None) -> V | None: ...
    @overload
    def spop(self, count: int) -> set[V] | list[V]: ...
    def smove(self, dst: Key, value: Given[V]) -> bool: ...
    def sinterstore(self, keys: Key | Iterable[Key], *args: Key) -> int: ...
    def sunionstore(self, keys: Key | Iterable[Key], *args: Key) -> int: ...
    def sdiffstore(self, keys: Key | Iterable[Key], *args: Key) -> int: ...
    def exists(self) -> int: ...
    def type(self) -> str: ...
    def ttl(self) -> int: ...
    def pttl(self) -> int: ...
    def expiretime(self) -> int: ...
    def pexpiretime(self) -> int: ...
    def dump(self) -> bytes | None: ...
    def object(self, infotype: str) -> int | str | None: ...
    def memory_usage(self, samples: int | None = None) -> int | None: ...
    def touch(self) -> int: ...
    def delete(self) -> int: ...
    def unlink(self) -> int: ...
    def expire(
        self, time: Expiry, nx: bool = False, xx: bool = False, gt: bool = False, lt: bool = False
    ) -> bool: ...
    def pexpire(
        self, time: Expiry, nx: bool = False, xx: bool = False, gt: bool = False, lt: bool = False
    ) -> bool: ...
    def expireat(
        self, when: Moment, nx: bool = False, xx: bool = False, gt: bool = False, lt: bool = False
    ) -> bool: ...
    def pexpireat(
        self, when: Moment, nx: bool = False, xx: bool = False, gt: bool = False, lt: bool = False
    ) -> bool: ...
    def persist(self) -> bool: ...
    def restore(
        self,
        ttl: float,
        value: Given[V],
        replace: bool = False,
        absttl: bool = False,
        idletime: int | None = None,
        frequency: int | None = None,
    ) -> str: ...
    def rename(self, dst: Key) -> bool: ...
    def renamenx(self, dst: Key) -> bool: ...
    def move(self, db: int) -> bool: ...
    def copy(self, destination: Key, destination_db: str | None = None, replace: bool = False) -> bool: ...

class SortedSetCommands(NativeCommands, Generic[V]):
    def zcard(self) -> int: ...
    def zcount(self, min: float | str, max: float | str) -> int: ...
    def zscore(self, value: Given[V]) -> float | None: ...
    def zmscore(self, members: Sequence[Given[V]]) -> list[float | None]: ...
    @overload
    def zrank(
        self, value: Given[V], withscore: Literal[False] = False, score_cast_func: Callable[[Any], Any] = ...
    ) -> int | None: ...
    @overload
    def zrank(
        self, value: Given[V], withscore: Literal[True], score_cast_func: Callable[[Any], Any] = ...
    ) -> list[Any] | None: ...
    @overload
    def zrank(
        self, value: Given[V], withscore: bool = False, score_cast_func: Callable[[Any], Any] = ...
    ) -> Any: ...
    @overload
    def zrevrank(
        self, value: Given[V], withscore: Literal[False] = False, score_cast_func: Callable[[Any], Any] = ...
    ) -> int | None: ...
    @overload
    def zrevrank(
        self, value: Given[V], withscore: Literal[True], score_cast_func: Callable[[Any], Any] = ...
    ) -> list[Any] | None: ...
    @overload
    def zrevrank(
        self, value: Given[V], withscore: bool = False, score_cast_func: Callable[[Any], Any] = ...
    ) -> Any: ...
    @overload
    def zrange(
        self,
        start: Any,
        end: Any,
        desc: bool = False,
        withscores: Literal[False] = False,
        score_cast_func: Callable[[Any], Any] = ...,
        byscore: bool = False,
        bylex: bool = False,
        offset: int | None = None,
        num: int | None = None,
    ) -> list[V]: ...
    @overload
    def zrange(
        self,
        start: Any,
        end: Any,
        desc: bool = False,
        *,
        withscores: Literal[True],
        score_cast_func: Callable[[Any], Any],
        byscore: bool = False,
        bylex: bool = False,
        offset: int | None = None,
        num: int | None = None,
    ) -> list[tuple[V, Any]]: ...
    @overload
    def zrange(
        self,
        start: Any,
        end: Any,
        desc: bool = False,
        *,
        withscores: Literal[True],
        score_cast_func: Callable[[Any], Any] = ...,
        byscore: bool = False,
        bylex: bool = False,
        offset: int | None = None,
        num: int | None = None,
    ) -> list[tuple[V, float]]: ...
    @overload
    def zrange(
        self,
        start: Any,
        end: Any,
        desc: bool = False,
        withscores: bool = False,
        score_cast_func: Callable[[Any], Any] = ...,
        byscore: bool = False,
        bylex: bool = False,
        offset: int | None = None,
        num: int | None = None,
    ) -> Any: ...
    @overload
    def zrevrange(
        self,
        start: int,
        end: int,
        withscores: Literal[False] = False,
        score_cast_func: Callable[[Any], Any] = ...,
    ) -> list[V]: ...
    @overload
    def zrevrange(
        self, start: int, end: int, withscores: Literal[True], score_cast_func: Callable[[Any], Any]
    ) -> list[tuple[V, Any]]: ...
    @overload
    def zrevrange(
        self, start: int, end: int, withscores: Literal[True], score_cast_func: Callable[[Any], Any] = ...
    ) -> list[tuple[V, float]]: ...
    @overload
    def zrevrange(
        self, start: int, end: int, withscores: bool = False, score_cast_func: Callable[[Any], Any] = ...
    ) -> Any: ...
    @overload
    def zrangebyscore(
        self,
        min: float | str,
        max: float | str,
        start: int | None = None,
        num: int | None = None,
        withscores: Literal[False] = False,
        score_cast_func: Callable[[Any], Any] = ...,
    ) -> list[V]: ...
    @overload
    def zrangebyscore(
        self,
        min: float | str,
        max: float | str,
        start: int | None = None,
        num: int | None = None,
        *,
        withscores: Literal[True],
        score_cast_func: Callable[[Any], Any],
    ) -> list[tuple[V, Any]]: ...
    @overload
    def zrangebyscore(
        self,
        min: float | str,
        max: float | str,
        start: int | None = None,
        num: int | None = None,
        *,
        withscores: Literal[True],
        score_cast_func: Callable[[Any], Any] = ...,
    ) -> list[tuple[V, float]]: ...
    @overload
    def zrangebyscore(
        self,
        min: float | str,
        max: float | str,
        start: int | None = None,
        num: int | None = None,
        withscores: bool = False,
        score_cast_func: Callable[[Any], Any] = ...,
    ) -> Any: ...
    @overload
    def zrevrangebyscore(
        self,
        max: float | str,
        min: float | str,
        start: int | None = None,
        num: int | None = None,
        withscores: Literal[False] = False,
        score_cast_func: Callable[[Any], Any] = ...,
    ) -> list[V]: ...
    @overload
    def zrevrangebyscore(
        self,
        max: float | str,
        min: float | str,
        start: int | None = None,
        num: int | None = None,
        *,
        withscores: Literal[True],
        score_cast_func: Callable[[Any], Any],
    ) -> list[tuple[V, Any]]: ...
    @overload
    def zrevrangebyscore(
        self,
        max: float | str,
        min: float | str,
        start: int | None = None,
        num: int | None = None,
        *,
        withscores: Literal[True],
        score_cast_func: Callable[[Any], Any] = ...,
    ) -> list[tuple[V, float]]: ...
    @overload
    def zrevrangebyscore(
        self,
        max: float | str,
        min: float | str,
        start: int | None = None,
        num: int | None = None,
        withscores: bool = False,
        score_cast_func: Callable[[Any], Any] = ...,
    ) -> Any: ...
    def zrangebylex(
        self, min: Any, max: Any, start: int | None = None, num: int | None = None
    ) -> list[V]: ...
    def zrevrangebylex(
        self, max: Any, min: Any, start: int | None = None, num: int | None = None
    ) -> list[V]: ...
    def zlexcount(self, min: Any, max: Any) -> int: ...
    @overload
    def zrandmember(self, count: None = None, withscores: Literal[False] = False) -> V | None: ...
    @overload
    def zrandmember(self, count: int, withscores: Literal[True]) -> list[Any]: ...
    @overload
    def zrandmember(self, count: int, withscores: bool = False) -> list[V]: ...
    @overload
    def zrandmember(self, count: int | None = None, withscores: bool = False) -> Any: ...
    @overload
    def zinter(
        self, others: Keys = (), *, aggregate: str | None = None, withscores: Literal[False] = False
    ) -> list[V]: ...
    @overload
    def zinter(
        self, others: Keys = (), *, aggregate: str | None = None, withscores: Literal[True]
    ) -> list[tuple[V, float]]: ...
    @overload
    def zinter(self, others: Keys = (), *, aggregate: str | None = None, withscores: bool = False) -> Any: ...
    @overload
    def zunion(
        self,
        others: Keys = (),
        *,
        aggregate: str | None = None,
        withscores: Literal[False] = False,
        score_cast_func: Callable[[Any], Any] = ...,
    ) -> list[V]: ...
    @overload
    def zunion(
        self,
        others: Keys = (),
        *,
        aggregate: str | None = None,
        withscores: Literal[True],
        score_cast_func: Callable[[Any], Any],
    ) -> list[tuple[V, Any]]: ...
    @overload
    def zunion(
        self,
        others: Keys = (),
        *,
        aggregate: str | None = None,
        withscores: Literal[True],
        score_cast_func: Callable[[Any], Any] = ...,
    ) -> list[tuple[V, float]]: ...
    @overload
    def zunion(
        self,
        others: Keys = (),
        *,
        aggregate: str | None = None,
        withscores: bool = False,
        score_cast_func: Callable[[Any], Any] = ...,
    ) -> Any: ...
    @overload
    def zdiff(self, others: Keys = (), *, withscores: Literal[False] = False) -> list[V]: ...
    @overload
    def zdiff(self, others: Keys = (), *, withscores: Literal[True]) -> list[Any]: ...
    @overload
    def zdiff(self, others: Keys = (), *, withscores: bool = False) -> Any: ...
    def zintercard(self, others: Keys = (), limit: int = 0) -> int: ...
    @overload
    def sort(
        self,
        start: int | None = None,
        num: int | None = None,
        by: str | None = None,
        get: None = None,
        desc: bool = False,
        alpha: bool = False,
        store: None = None,
        groups: bool | None = False,
    ) -> list[V]: ...
    @overload
    def sort(
        self,
        start: int | None = None,
        num: int | None = None,
        by: str | None = None,
        get: str | list[str] | None = None,
        desc: bool = False,
        alpha: bool = False,
        *,
        store: Key,
        groups: bool | None = False,
    ) -> int: ...
    @overload
    def sort(
        self,
        start: int | None = None,
        num: int | None = None,
        by: str | None = None,
        *,
        get: str | list[str],
        desc: bool = False,
        alpha: bool = False,
        store: None = None,
        groups: bool | None = False,
    ) -> list[Any]: ...
    @overload
    def sort_ro(
        self,
        start: int | None = None,
        num: int | None = None,
        by: str | None = None,
        get: None = None,
        desc: bool = False,
        alpha: bool = False,
    ) -> list[V]: ...
    @overload
    def sort_ro(
        self,
        start: int | None = None,
        num: int | None = None,
        by: str | None = None,
        *,
        get: str | list[str],
        desc: bool = False,
        alpha: bool = False,
    ) -> list[Any]: ...
    def geodist(self, place1: Given[V], place2: Given[V], unit: str | None = None) -> float | None: ...
    def geohash(self, *values: Given[V]) -> list[str | None]: ...
    def geopos(self, *values: Given[V]) -> list[tuple[float, float] | None]: ...
    @overload
    def geosearch(
        self,
        member: Given[V] | None = None,
        longitude: float | None = None,
        latitude: float | None = None,
        unit: str = "m",
        radius: float | None = None,
        width: float | None = None,
        height: float | None = None,
        sort: str | None = None,
        count: int | None = None,
        any: bool = False,
        withcoord: Literal[False] = False,
        withdist: Literal[False] = False,
        withhash: Literal[False] = False,
    ) -> list[V]: ...
    @overload
    def geosearch(
        self,
        member: Given[V] | None = None,
        longitude: float | None = None,
        latitude: float | None = None,
        unit: str = "m",
        radius: float | None = None,
        width: float | None = None,
        height: float | None = None,
        sort: str | None = None,
        count: int | None = None,
        any: bool = False,
        *,
        withcoord: Literal[True],
        withdist: bool = False,
        withhash: bool = False,
    ) -> list[Any]: ...
    @overload
    def geosearch(
        self,
        member: Given[V] | None = None,
        longitude: float | None = None,
        latitude: float | None = None,
        unit: str = "m",
        radius: float | None = None,
        width: float | None = None,
        height: float | None = None,
        sort: str | None = None,
        count: int | None = None,
        any: bool = False,
        withcoord: bool = False,
        *,
        withdist: Literal[True],
        withhash: bool = False,
    ) -> list[Any]: ...
    @overload
    def geosearch(
        self,
        member: Given[V] | None = None,
        longitude: float | None = None,
        latitude: float | None = None,
        unit: str = "m",
        radius: float | None = None,
        width: float | None = None,
        height: float | None = None,
        sort: str | None = None,
        count: int | None = None,
        any: bool = False,
        withcoord: bool = False,
        withdist: bool = False,
        *,
        withhash: Literal[True],
    ) -> list[Any]: ...
    @overload
    def geosearch(
        self,
        member: Given[V] | None = None,
        longitude: float | None = None,
        latitude: float | None = None,
        unit: str = "m",
        radius: float | None = None,
        width: float | None = None,
        height: float | None = None,
        sort: str | None = None,
        count: int | None = None,
        any: bool = False,
        withcoord: bool = False,
        withdist: bool = False,
        withhash: bool = False,
    ) -> Any: ...
    @overload
    def zadd(
        self,
        _given: Mapping[Any, Any] | None = None,
        /,
        *,
        nx: float = False,
        xx: float = False,
        gt: float = False,
        lt: float = False,
        ch: float = False,
        incr: Literal[False] = False,
        **kwargs: float,
    ) -> int: ...
    @overload
    def zadd(
        self,
        _given: Mapping[Any, Any] | None = None,
        /,
        *,
        nx: float = False,
        xx: float = False,
        gt: float = False,
        lt: float = False,
        ch: float = False,
        incr: Literal[True],
        **kwargs: float,
    ) -> float | None: ...
    @overload
    def zadd(
        self,
        _given: Mapping[Any, Any] | None = None,
        /,
        *,
        nx: float = False,
        xx: float = False,
        gt: float = False,
        lt: float = False,
        ch: float = False,
        incr: float = False,
        **kwargs: float,
    ) -> Any: ...
    def zincrby(self, amount: float, value: Given[V]) -> float: ...
    def zrem(self, *values: Given[V]) -> int: ...
    def zremrangebyrank(self, min: int, max: int) -> int: ...
    def zremrangebyscore(self, min: float | str, max: float | str) -> int: ...
    def zremrangebylex(self, min: Any, max: Any) -> int: ...
    @overload
    def zpopmin(self, count: None = None) -> list[Any]: ...
    @overload
    def zpopmin(self, count: int) -> list[tuple[V, float]]: ...
    @overload
    def zpopmax(self, count: None = None) -> list[Any]: ...
    @overload
    def zpopmax(self, count: int) -> list[tuple[V, float]]: ...
    def zmpop(
        self, min: bool = False, max: bool = False, count: int | None = 1
    ) -> tuple[str, list[tuple[V, Any]]] | None: ...
    def zinterstore(self, keys: Keys, aggregate: str | None = None) -> int: ...
    def zunionstore(self, keys: Keys, aggregate: str | None = None) -> int: ...
    def zdiffstore(self, keys: Keys) -> int: ...
    def zrangestore(
        self,
        name: Key,
        start: Any,
        end: Any,
        byscore: bool = False,
        bylex: bool = False,
        desc: bool = False,
        offset: int | None = None,
        num: int | None = None,
    ) -> int: ...
    def geoadd(self, values: Given[V], nx: bool = False, xx: bool = False, ch: bool = False) -> int: ...
    def geosearchstore(
        self,
        name: Key,
        member: Given[V] | None = None,
        longitude: float | None = None,
        latitude: float | None = None,
        unit: str = "m",
        radius: float | None = None,
        width: float | None = None,
        height: float | None = None,
        sort: str | None = None,
        count: int | None = None,
        any: bool = False,
        storedist: bool = False,
    ) -> int: ...
    def bzpopmin(self, timeout: float = 0) -> tuple[str, V, float] | None: ...
    def bzpopmax(self, timeout: float = 0) -> tuple[str, V, float] | None: ...
    def bzmpop(
        self, timeout: float = 0, min: bool = False, max: bool = False, count: int | None = 1
    ) -> tuple[str, list[tuple[V, Any]]] | None: ...
    def exists(self) -> int: ...
    def type(self) -> str: ...
    def ttl(self) -> int: ...
    def pttl(self) -> int: ...
    def expiretime(self) -> int: ...
    def pexpiretime(self) -> int: ...
    def dump(self) -> bytes | None: ...
    def object(self, infotype: str) -> int | str | None: ...
    def memory_usage(self, samples: int | None = None) -> int | None: ...
    def touch(self) -> int: ...
    def delete(self) -> int: ...
    def unlink(self) -> int: ...
    def expire(
        self, time: Expiry, nx: bool = False, xx: bool = False, gt: bool = False, lt: bool = False
    ) -> bool: ...
    def pexpire(
        self, time: Expiry, nx: bool = False, xx: bool = False, gt: bool = False, lt: bool = False
    ) -> bool: ...
    def expireat(
        self, when: Moment, nx: bool = False, xx: bool = False, gt: bool = False, lt: bool = False
    ) -> bool: ...
    def pexpireat(
        self, when: Moment, nx: bool = False, xx: bool = False, gt: bool = False, lt: bool = False
    ) -> bool: ...
    def persist(self) -> bool: ...
    def restore(
        self,
        ttl: float,
        value: Given[V],
        replace: bool = False,
        absttl: bool = False,
        idletime: int | None = None,
        frequency: int | None = None,
    ) -> str: ...
    def rename(self, dst: Key) -> bool: ...
    def renamenx(self, dst: Key) -> bool: ...
    def move(self, db: int) -> bool: ...
    def copy(self, destination: Key, destination_db: str | None = None, replace: bool = False) -> bool: ...
