"""The classes of models and fields, for asyncio. Written by tools/stubs.py; do not edit."""

import re
from collections.abc import (
    AsyncIterator,
    Callable,
    Collection,
    Coroutine,
    Generator,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any, ClassVar, Generic, Literal, Never, Self, SupportsIndex, TypeAlias, Unpack, overload

from redis.commands.core import BitFieldOperation
from typing_extensions import TypeVar

from .. import declaration
from ..call import Op
from ..codecs import Codec, Point
from ..collection import Q
from ..commands import Row
from ..contrib.related.base import RelationOptions
from ..database import BaseDatabase
from ..dumping import RecordBase
from ..engine import Reference, Write
from ..exceptions import DoesNotExist
from ..indexes import BaseIndex
from ..keys import FieldKey
from ..objects.bulk import Created, Removed
from ..parties import ObjectRef
from ..query.explain import Explanation
from ..relations import Relation
from ..rules import Rules
from ..schema import FieldSchema, ModelSchema
from ..static import E, FieldOptions, K, PKOptions, PlainOptions, R, T, U, V
from ..upkeep import Difference, Progress
from .database import RedisDatabase

M = TypeVar("M", bound=Finding, default=RedisModel)
C = TypeVar("C", bound=CollectionManager[Any, Any])
P = TypeVar("P", bound=RelatedModel, default=RelatedModel)
S = TypeVar("S", bound=RelatedModel)

#: what is stored as it is; with the value itself (of a typed field) and fields whose value or key is taken
Text: TypeAlias = str | bytes | bytearray | memoryview | int | float | date | time
Given: TypeAlias = T | Text | RedisField[Any] | RedisModel
Key: TypeAlias = str | bytes | RedisField[Any]
Keys: TypeAlias = Key | Iterable[Key] | Mapping[Any, float]
Expiry: TypeAlias = int | timedelta
Moment: TypeAlias = int | datetime

class Bound:
    name: str
    schema: FieldSchema

    @property
    def holder(self) -> RedisModel: ...
    @property
    def database(self) -> Any: ...
    @property
    def key(self) -> FieldKey: ...
    def make_key(self, *parts: Any) -> str: ...

class Texts(Bound):
    has_plain_texts: ClassVar[bool]
    rules: Rules | None
    coerces: bool

    def encode(self, value: Any, where: str, written: bool) -> str | bytes: ...
    def check_texts(self, texts: Sequence[Any], where: str) -> None: ...
    def text(self, value: Any) -> str | bytes: ...
    def texts(self, values: list[Any]) -> list[Any]: ...
    def content(self, value: Any) -> list[Any]: ...
    def taken(self, value: Any, content: list[Any]) -> Any: ...
    def value_of(self, content: list[Any]) -> Any: ...

class Reading(Bound): ...
class Writing(Bound): ...

class NativeCommands(Texts, Reading, Writing):
    rows: ClassVar[Mapping[str, Row]]
    available_getters: ClassVar[tuple[str, ...]]
    available_modifiers: ClassVar[tuple[str, ...]]
    available_commands: ClassVar[tuple[str, ...]]

    def post_command(self, sender: Any, name: str, result: Any, args: Any, kwargs: Any) -> Any: ...

class StringCommands(NativeCommands, Generic[V]):
    def get(self) -> Coroutine[Any, Any, V | None]: ...
    def getrange(self, start: int, end: int) -> Coroutine[Any, Any, str]: ...
    def substr(self, start: int, end: int = -1) -> Coroutine[Any, Any, str]: ...
    def strlen(self) -> Coroutine[Any, Any, int]: ...
    def getbit(self, offset: int) -> Coroutine[Any, Any, int]: ...
    def bitcount(
        self, start: int | None = None, end: int | None = None, mode: str | None = None
    ) -> Coroutine[Any, Any, int]: ...
    def bitpos(
        self, bit: int, start: int | None = None, end: int | None = None, mode: str | None = None
    ) -> Coroutine[Any, Any, int]: ...
    def bitfield_ro(
        self, encoding: str, offset: int | str, items: Any = None
    ) -> Coroutine[Any, Any, list[int]]: ...
    @overload
    def lcs(
        self,
        other: Key,
        len: Literal[False] = False,
        idx: Literal[False] = False,
        minmatchlen: int | None = 0,
        withmatchlen: bool | None = False,
    ) -> Coroutine[Any, Any, str]: ...
    @overload
    def lcs(
        self,
        other: Key,
        len: Literal[True],
        idx: bool | None = False,
        minmatchlen: int | None = 0,
        withmatchlen: bool | None = False,
    ) -> Coroutine[Any, Any, int]: ...
    @overload
    def lcs(
        self,
        other: Key,
        len: bool | None = False,
        *,
        idx: Literal[True],
        minmatchlen: int | None = 0,
        withmatchlen: bool | None = False,
    ) -> Coroutine[Any, Any, Any]: ...
    @overload
    def lcs(
        self,
        other: Key,
        len: bool | None = False,
        idx: bool | None = False,
        minmatchlen: int | None = 0,
        withmatchlen: bool | None = False,
    ) -> Coroutine[Any, Any, Any]: ...
    def digest(self) -> Coroutine[Any, Any, str | None]: ...
    def pfcount(self, *sources: Key) -> Coroutine[Any, Any, int]: ...
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
    ) -> Coroutine[Any, Any, bool | None]: ...
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
    ) -> Coroutine[Any, Any, V | None]: ...
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
    ) -> Coroutine[Any, Any, Any]: ...
    def setnx(self, value: Given[V]) -> Coroutine[Any, Any, bool]: ...
    def setex(self, time: Expiry, value: Given[V]) -> Coroutine[Any, Any, bool]: ...
    def psetex(self, time_ms: Expiry, value: Given[V]) -> Coroutine[Any, Any, bool]: ...
    def getset(self, value: Given[V]) -> Coroutine[Any, Any, V | None]: ...
    def getdel(self) -> Coroutine[Any, Any, V | None]: ...
    def getex(
        self,
        ex: Expiry | None = None,
        px: Expiry | None = None,
        exat: Moment | None = None,
        pxat: Moment | None = None,
        persist: bool = False,
    ) -> Coroutine[Any, Any, V | None]: ...
    def append(self, value: Given[V]) -> Coroutine[Any, Any, int]: ...
    def setrange(self, offset: int, value: Given[V]) -> Coroutine[Any, Any, int]: ...
    def incr(self, amount: int = 1) -> Coroutine[Any, Any, int]: ...
    def incrby(self, amount: int = 1) -> Coroutine[Any, Any, int]: ...
    def incrbyfloat(self, amount: float = 1.0) -> Coroutine[Any, Any, float]: ...
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
    ) -> Coroutine[Any, Any, list[Any]]: ...
    def decr(self, amount: int = 1) -> Coroutine[Any, Any, int]: ...
    def decrby(self, amount: int = 1) -> Coroutine[Any, Any, int]: ...
    def setbit(self, offset: int, value: Given[V]) -> Coroutine[Any, Any, int]: ...
    def bitop(self, operation: str, *keys: Key) -> Coroutine[Any, Any, int]: ...
    def delex(
        self,
        ifeq: Given[V] | None = None,
        ifne: Given[V] | None = None,
        ifdeq: str | None = None,
        ifdne: str | None = None,
    ) -> Coroutine[Any, Any, int]: ...
    def delifeq(self, value: Given[V]) -> Coroutine[Any, Any, int]: ...
    def pfadd(self, *values: Given[V]) -> Coroutine[Any, Any, int]: ...
    def pfmerge(self, *sources: Key) -> Coroutine[Any, Any, bool]: ...
    def exists(self) -> Coroutine[Any, Any, int]: ...
    def type(self) -> Coroutine[Any, Any, str]: ...
    def ttl(self) -> Coroutine[Any, Any, int]: ...
    def pttl(self) -> Coroutine[Any, Any, int]: ...
    def expiretime(self) -> Coroutine[Any, Any, int]: ...
    def pexpiretime(self) -> Coroutine[Any, Any, int]: ...
    def dump(self) -> Coroutine[Any, Any, bytes | None]: ...
    def object(self, infotype: str) -> Coroutine[Any, Any, int | str | None]: ...
    def memory_usage(self, samples: int | None = None) -> Coroutine[Any, Any, int | None]: ...
    def touch(self) -> Coroutine[Any, Any, int]: ...
    def delete(self) -> Coroutine[Any, Any, int]: ...
    def unlink(self) -> Coroutine[Any, Any, int]: ...
    def expire(
        self, time: Expiry, nx: bool = False, xx: bool = False, gt: bool = False, lt: bool = False
    ) -> Coroutine[Any, Any, bool]: ...
    def pexpire(
        self, time: Expiry, nx: bool = False, xx: bool = False, gt: bool = False, lt: bool = False
    ) -> Coroutine[Any, Any, bool]: ...
    def expireat(
        self, when: Moment, nx: bool = False, xx: bool = False, gt: bool = False, lt: bool = False
    ) -> Coroutine[Any, Any, bool]: ...
    def pexpireat(
        self, when: Moment, nx: bool = False, xx: bool = False, gt: bool = False, lt: bool = False
    ) -> Coroutine[Any, Any, bool]: ...
    def persist(self) -> Coroutine[Any, Any, bool]: ...
    def restore(
        self,
        ttl: float,
        value: Given[V],
        replace: bool = False,
        absttl: bool = False,
        idletime: int | None = None,
        frequency: int | None = None,
    ) -> Coroutine[Any, Any, str]: ...
    def rename(self, dst: Key) -> Coroutine[Any, Any, bool]: ...
    def renamenx(self, dst: Key) -> Coroutine[Any, Any, bool]: ...
    def move(self, db: int) -> Coroutine[Any, Any, bool]: ...
    def copy(
        self, destination: Key, destination_db: str | None = None, replace: bool = False
    ) -> Coroutine[Any, Any, bool]: ...

class HashCommands(NativeCommands, Generic[K, V]):
    def hget(self, key: Given[K]) -> Coroutine[Any, Any, V | None]: ...
    def hmget(
        self, keys: Given[K] | Iterable[Given[K]], *args: Given[K]
    ) -> Coroutine[Any, Any, list[V | None]]: ...
    def hgetall(self) -> Coroutine[Any, Any, dict[K, V]]: ...
    def hkeys(self) -> Coroutine[Any, Any, list[K]]: ...
    def hvals(self) -> Coroutine[Any, Any, list[V]]: ...
    def hexists(self, key: Given[K]) -> Coroutine[Any, Any, bool]: ...
    def hlen(self) -> Coroutine[Any, Any, int]: ...
    def hstrlen(self, key: Given[K]) -> Coroutine[Any, Any, int]: ...
    @overload
    def hrandfield(
        self, count: None = None, withvalues: Literal[False] = False
    ) -> Coroutine[Any, Any, K | None]: ...
    @overload
    def hrandfield(self, count: int, withvalues: Literal[True]) -> Coroutine[Any, Any, list[Any]]: ...
    @overload
    def hrandfield(self, count: int, withvalues: bool = False) -> Coroutine[Any, Any, list[K]]: ...
    @overload
    def hrandfield(self, count: int | None = None, withvalues: bool = False) -> Coroutine[Any, Any, Any]: ...
    def httl(self, *fields: Given[K]) -> Coroutine[Any, Any, list[int]]: ...
    def hpttl(self, *fields: Given[K]) -> Coroutine[Any, Any, list[int]]: ...
    def hexpiretime(self, *fields: Given[K]) -> Coroutine[Any, Any, list[int]]: ...
    def hpexpiretime(self, *fields: Given[K]) -> Coroutine[Any, Any, list[int]]: ...
    def hset(
        self,
        key: Given[K] | None = None,
        value: Given[V] | None = None,
        mapping: Any = None,
        items: Any = None,
    ) -> Coroutine[Any, Any, int]: ...
    def hsetnx(self, key: Given[K], value: Given[V]) -> Coroutine[Any, Any, int]: ...
    def hmset(
        self, _given: Mapping[Any, Any] | None = None, /, **kwargs: Given[V]
    ) -> Coroutine[Any, Any, bool]: ...
    def hdel(self, *keys: Given[K]) -> Coroutine[Any, Any, int]: ...
    def hincrby(self, key: Given[K], amount: int = 1) -> Coroutine[Any, Any, int]: ...
    def hincrbyfloat(self, key: Given[K], amount: float = 1.0) -> Coroutine[Any, Any, float]: ...
    def hgetdel(self, *keys: Given[K]) -> Coroutine[Any, Any, list[V | None]]: ...
    def hgetex(
        self,
        *keys: Given[K],
        ex: Expiry | None = None,
        px: Expiry | None = None,
        exat: Moment | None = None,
        pxat: Moment | None = None,
        persist: bool = False,
    ) -> Coroutine[Any, Any, list[V | None]]: ...
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
    ) -> Coroutine[Any, Any, int]: ...
    def hexpire(
        self,
        seconds: Expiry,
        *fields: Given[K],
        nx: bool = False,
        xx: bool = False,
        gt: bool = False,
        lt: bool = False,
    ) -> Coroutine[Any, Any, list[int]]: ...
    def hpexpire(
        self,
        milliseconds: Expiry,
        *fields: Given[K],
        nx: bool = False,
        xx: bool = False,
        gt: bool = False,
        lt: bool = False,
    ) -> Coroutine[Any, Any, list[int]]: ...
    def hexpireat(
        self,
        unix_time_seconds: Moment,
        *fields: Given[K],
        nx: bool = False,
        xx: bool = False,
        gt: bool = False,
        lt: bool = False,
    ) -> Coroutine[Any, Any, list[int]]: ...
    def hpexpireat(
        self,
        unix_time_milliseconds: Moment,
        *fields: Given[K],
        nx: bool = False,
        xx: bool = False,
        gt: bool = False,
        lt: bool = False,
    ) -> Coroutine[Any, Any, list[int]]: ...
    def hpersist(self, *fields: Given[K]) -> Coroutine[Any, Any, list[int]]: ...
    def exists(self) -> Coroutine[Any, Any, int]: ...
    def type(self) -> Coroutine[Any, Any, str]: ...
    def ttl(self) -> Coroutine[Any, Any, int]: ...
    def pttl(self) -> Coroutine[Any, Any, int]: ...
    def expiretime(self) -> Coroutine[Any, Any, int]: ...
    def pexpiretime(self) -> Coroutine[Any, Any, int]: ...
    def dump(self) -> Coroutine[Any, Any, bytes | None]: ...
    def object(self, infotype: str) -> Coroutine[Any, Any, int | str | None]: ...
    def memory_usage(self, samples: int | None = None) -> Coroutine[Any, Any, int | None]: ...
    def touch(self) -> Coroutine[Any, Any, int]: ...
    def delete(self) -> Coroutine[Any, Any, int]: ...
    def unlink(self) -> Coroutine[Any, Any, int]: ...
    def expire(
        self, time: Expiry, nx: bool = False, xx: bool = False, gt: bool = False, lt: bool = False
    ) -> Coroutine[Any, Any, bool]: ...
    def pexpire(
        self, time: Expiry, nx: bool = False, xx: bool = False, gt: bool = False, lt: bool = False
    ) -> Coroutine[Any, Any, bool]: ...
    def expireat(
        self, when: Moment, nx: bool = False, xx: bool = False, gt: bool = False, lt: bool = False
    ) -> Coroutine[Any, Any, bool]: ...
    def pexpireat(
        self, when: Moment, nx: bool = False, xx: bool = False, gt: bool = False, lt: bool = False
    ) -> Coroutine[Any, Any, bool]: ...
    def persist(self) -> Coroutine[Any, Any, bool]: ...
    def restore(
        self,
        ttl: float,
        value: Given[V],
        replace: bool = False,
        absttl: bool = False,
        idletime: int | None = None,
        frequency: int | None = None,
    ) -> Coroutine[Any, Any, str]: ...
    def rename(self, dst: Key) -> Coroutine[Any, Any, bool]: ...
    def renamenx(self, dst: Key) -> Coroutine[Any, Any, bool]: ...
    def move(self, db: int) -> Coroutine[Any, Any, bool]: ...
    def copy(
        self, destination: Key, destination_db: str | None = None, replace: bool = False
    ) -> Coroutine[Any, Any, bool]: ...

class EntryCommands(NativeCommands, Generic[V]):
    def hget(self) -> Coroutine[Any, Any, V | None]: ...
    def hexists(self) -> Coroutine[Any, Any, bool]: ...
    def exists(self) -> Coroutine[Any, Any, bool]: ...
    def hstrlen(self) -> Coroutine[Any, Any, int]: ...
    def httl(self) -> Coroutine[Any, Any, list[int]]: ...
    def hpttl(self) -> Coroutine[Any, Any, list[int]]: ...
    def hexpiretime(self) -> Coroutine[Any, Any, list[int]]: ...
    def hpexpiretime(self) -> Coroutine[Any, Any, list[int]]: ...
    def hset(self, value: Given[V]) -> Coroutine[Any, Any, int]: ...
    def hsetnx(self, value: Given[V]) -> Coroutine[Any, Any, int]: ...
    def hincrby(self, amount: int = 1) -> Coroutine[Any, Any, int]: ...
    def hincrbyfloat(self, amount: float = 1.0) -> Coroutine[Any, Any, float]: ...
    def hdel(self) -> Coroutine[Any, Any, int]: ...
    def delete(self) -> Coroutine[Any, Any, int]: ...
    def hgetdel(self) -> Coroutine[Any, Any, list[V | None]]: ...
    def hgetex(
        self,
        *,
        ex: Expiry | None = None,
        px: Expiry | None = None,
        exat: Moment | None = None,
        pxat: Moment | None = None,
        persist: bool = False,
    ) -> Coroutine[Any, Any, list[V | None]]: ...
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
    ) -> Coroutine[Any, Any, int]: ...
    def hexpire(
        self, seconds: Expiry, *, nx: bool = False, xx: bool = False, gt: bool = False, lt: bool = False
    ) -> Coroutine[Any, Any, list[int]]: ...
    def hpexpire(
        self, milliseconds: Expiry, *, nx: bool = False, xx: bool = False, gt: bool = False, lt: bool = False
    ) -> Coroutine[Any, Any, list[int]]: ...
    def hexpireat(
        self,
        unix_time_seconds: Moment,
        *,
        nx: bool = False,
        xx: bool = False,
        gt: bool = False,
        lt: bool = False,
    ) -> Coroutine[Any, Any, list[int]]: ...
    def hpexpireat(
        self,
        unix_time_milliseconds: Moment,
        *,
        nx: bool = False,
        xx: bool = False,
        gt: bool = False,
        lt: bool = False,
    ) -> Coroutine[Any, Any, list[int]]: ...
    def hpersist(self) -> Coroutine[Any, Any, list[int]]: ...

class ListCommands(NativeCommands, Generic[V]):
    def lindex(self, index: int) -> Coroutine[Any, Any, V | None]: ...
    def llen(self) -> Coroutine[Any, Any, int]: ...
    def lrange(self, start: int, end: int) -> Coroutine[Any, Any, list[V]]: ...
    @overload
    def lpos(
        self, value: Given[V], rank: int | None = None, count: None = None, maxlen: int | None = None
    ) -> Coroutine[Any, Any, int | None]: ...
    @overload
    def lpos(
        self, value: Given[V], rank: int | None = None, *, count: int, maxlen: int | None = None
    ) -> Coroutine[Any, Any, list[int]]: ...
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
    ) -> Coroutine[Any, Any, list[V]]: ...
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
    ) -> Coroutine[Any, Any, int]: ...
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
    ) -> Coroutine[Any, Any, list[Any]]: ...
    @overload
    def sort_ro(
        self,
        start: int | None = None,
        num: int | None = None,
        by: str | None = None,
        get: None = None,
        desc: bool = False,
        alpha: bool = False,
    ) -> Coroutine[Any, Any, list[V]]: ...
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
    ) -> Coroutine[Any, Any, list[Any]]: ...
    def lpush(self, *values: Given[V]) -> Coroutine[Any, Any, int]: ...
    def rpush(self, *values: Given[V]) -> Coroutine[Any, Any, int]: ...
    def lpushx(self, *values: Given[V]) -> Coroutine[Any, Any, int]: ...
    def rpushx(self, *values: Given[V]) -> Coroutine[Any, Any, int]: ...
    def linsert(self, where: str, refvalue: Given[V], value: Given[V]) -> Coroutine[Any, Any, int]: ...
    def lset(self, index: int, value: Given[V]) -> Coroutine[Any, Any, bool]: ...
    def lrem(self, count: int, value: Given[V]) -> Coroutine[Any, Any, int]: ...
    def ltrim(self, start: int, end: int) -> Coroutine[Any, Any, bool]: ...
    @overload
    def lpop(self, count: None = None) -> Coroutine[Any, Any, V | None]: ...
    @overload
    def lpop(self, count: int) -> Coroutine[Any, Any, list[V] | None]: ...
    @overload
    def rpop(self, count: None = None) -> Coroutine[Any, Any, V | None]: ...
    @overload
    def rpop(self, count: int) -> Coroutine[Any, Any, list[V] | None]: ...
    def lmpop(
        self, direction: str = "LEFT", count: int | None = 1
    ) -> Coroutine[Any, Any, tuple[str, list[V]] | None]: ...
    def lmove(
        self, second_list: Key, src: str = "LEFT", dest: Key = "RIGHT"
    ) -> Coroutine[Any, Any, V | None]: ...
    def lmovem(
        self,
        second_list: Key,
        src: str = "LEFT",
        dest: Key = "RIGHT",
        count: int | None = None,
        mode: Any = None,
        ordering: Any = None,
    ) -> Coroutine[Any, Any, list[V] | None]: ...
    def rpoplpush(self, dst: Key) -> Coroutine[Any, Any, V | None]: ...
    def blpop(self, timeout: float = 0) -> Coroutine[Any, Any, tuple[str, V] | None]: ...
    def brpop(self, timeout: float = 0) -> Coroutine[Any, Any, tuple[str, V] | None]: ...
    def blmove(
        self, second_list: Key, timeout: int, src: str = "LEFT", dest: Key = "RIGHT"
    ) -> Coroutine[Any, Any, V | None]: ...
    def blmovem(
        self,
        second_list: Key,
        timeout: float,
        src: str = "LEFT",
        dest: Key = "RIGHT",
        count: int | None = None,
        mode: Any = None,
        ordering: Any = None,
    ) -> Coroutine[Any, Any, list[V] | None]: ...
    def brpoplpush(self, dst: Key, timeout: float = 0) -> Coroutine[Any, Any, V | None]: ...
    def blmpop(
        self, timeout: float = 0, direction: str = "LEFT", count: int | None = 1
    ) -> Coroutine[Any, Any, tuple[str, list[V]] | None]: ...
    def exists(self) -> Coroutine[Any, Any, int]: ...
    def type(self) -> Coroutine[Any, Any, str]: ...
    def ttl(self) -> Coroutine[Any, Any, int]: ...
    def pttl(self) -> Coroutine[Any, Any, int]: ...
    def expiretime(self) -> Coroutine[Any, Any, int]: ...
    def pexpiretime(self) -> Coroutine[Any, Any, int]: ...
    def dump(self) -> Coroutine[Any, Any, bytes | None]: ...
    def object(self, infotype: str) -> Coroutine[Any, Any, int | str | None]: ...
    def memory_usage(self, samples: int | None = None) -> Coroutine[Any, Any, int | None]: ...
    def touch(self) -> Coroutine[Any, Any, int]: ...
    def delete(self) -> Coroutine[Any, Any, int]: ...
    def unlink(self) -> Coroutine[Any, Any, int]: ...
    def expire(
        self, time: Expiry, nx: bool = False, xx: bool = False, gt: bool = False, lt: bool = False
    ) -> Coroutine[Any, Any, bool]: ...
    def pexpire(
        self, time: Expiry, nx: bool = False, xx: bool = False, gt: bool = False, lt: bool = False
    ) -> Coroutine[Any, Any, bool]: ...
    def expireat(
        self, when: Moment, nx: bool = False, xx: bool = False, gt: bool = False, lt: bool = False
    ) -> Coroutine[Any, Any, bool]: ...
    def pexpireat(
        self, when: Moment, nx: bool = False, xx: bool = False, gt: bool = False, lt: bool = False
    ) -> Coroutine[Any, Any, bool]: ...
    def persist(self) -> Coroutine[Any, Any, bool]: ...
    def restore(
        self,
        ttl: float,
        value: Given[V],
        replace: bool = False,
        absttl: bool = False,
        idletime: int | None = None,
        frequency: int | None = None,
    ) -> Coroutine[Any, Any, str]: ...
    def rename(self, dst: Key) -> Coroutine[Any, Any, bool]: ...
    def renamenx(self, dst: Key) -> Coroutine[Any, Any, bool]: ...
    def move(self, db: int) -> Coroutine[Any, Any, bool]: ...
    def copy(
        self, destination: Key, destination_db: str | None = None, replace: bool = False
    ) -> Coroutine[Any, Any, bool]: ...

class SetCommands(NativeCommands, Generic[V]):
    def scard(self) -> Coroutine[Any, Any, int]: ...
    def sismember(self, value: Given[V]) -> Coroutine[Any, Any, int]: ...
    def smismember(
        self, values: Given[V] | Iterable[Given[V]], *args: Given[V]
    ) -> Coroutine[Any, Any, list[int]]: ...
    def smembers(self) -> Coroutine[Any, Any, set[V]]: ...
    @overload
    def srandmember(self, number: None = None) -> Coroutine[Any, Any, V | None]: ...
    @overload
    def srandmember(self, number: int) -> Coroutine[Any, Any, list[V]]: ...
    def sinter(self, *others: Key | Iterable[Key]) -> Coroutine[Any, Any, set[V]]: ...
    def sunion(self, *others: Key | Iterable[Key]) -> Coroutine[Any, Any, set[V]]: ...
    def sdiff(self, *others: Key | Iterable[Key]) -> Coroutine[Any, Any, set[V]]: ...
    def sintercard(self, *others: Key, limit: int = 0) -> Coroutine[Any, Any, int]: ...
    def sunioncard(self, *others: Key, limit: int = 0, approx: bool = False) -> Coroutine[Any, Any, int]: ...
    def sdiffcard(self, *others: Key, limit: int = 0) -> Coroutine[Any, Any, int]: ...
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
    ) -> Coroutine[Any, Any, list[V]]: ...
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
    ) -> Coroutine[Any, Any, int]: ...
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
    ) -> Coroutine[Any, Any, list[Any]]: ...
    @overload
    def sort_ro(
        self,
        start: int | None = None,
        num: int | None = None,
        by: str | None = None,
        get: None = None,
        desc: bool = False,
        alpha: bool = False,
    ) -> Coroutine[Any, Any, list[V]]: ...
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
    ) -> Coroutine[Any, Any, list[Any]]: ...
    def sadd(self, *values: Given[V]) -> Coroutine[Any, Any, int]: ...
    def srem(self, *values: Given[V]) -> Coroutine[Any, Any, int]: ...
    @overload
    def spop(self, count: None = None) -> Coroutine[Any, Any, V | None]: ...
    @overload
    def spop(self, count: int) -> Coroutine[Any, Any, set[V] | list[V]]: ...
    def smove(self, dst: Key, value: Given[V]) -> Coroutine[Any, Any, bool]: ...
    def sinterstore(self, keys: Key | Iterable[Key], *args: Key) -> Coroutine[Any, Any, int]: ...
    def sunionstore(self, keys: Key | Iterable[Key], *args: Key) -> Coroutine[Any, Any, int]: ...
    def sdiffstore(self, keys: Key | Iterable[Key], *args: Key) -> Coroutine[Any, Any, int]: ...
    def exists(self) -> Coroutine[Any, Any, int]: ...
    def type(self) -> Coroutine[Any, Any, str]: ...
    def ttl(self) -> Coroutine[Any, Any, int]: ...
    def pttl(self) -> Coroutine[Any, Any, int]: ...
    def expiretime(self) -> Coroutine[Any, Any, int]: ...
    def pexpiretime(self) -> Coroutine[Any, Any, int]: ...
    def dump(self) -> Coroutine[Any, Any, bytes | None]: ...
    def object(self, infotype: str) -> Coroutine[Any, Any, int | str | None]: ...
    def memory_usage(self, samples: int | None = None) -> Coroutine[Any, Any, int | None]: ...
    def touch(self) -> Coroutine[Any, Any, int]: ...
    def delete(self) -> Coroutine[Any, Any, int]: ...
    def unlink(self) -> Coroutine[Any, Any, int]: ...
    def expire(
        self, time: Expiry, nx: bool = False, xx: bool = False, gt: bool = False, lt: bool = False
    ) -> Coroutine[Any, Any, bool]: ...
    def pexpire(
        self, time: Expiry, nx: bool = False, xx: bool = False, gt: bool = False, lt: bool = False
    ) -> Coroutine[Any, Any, bool]: ...
    def expireat(
        self, when: Moment, nx: bool = False, xx: bool = False, gt: bool = False, lt: bool = False
    ) -> Coroutine[Any, Any, bool]: ...
    def pexpireat(
        self, when: Moment, nx: bool = False, xx: bool = False, gt: bool = False, lt: bool = False
    ) -> Coroutine[Any, Any, bool]: ...
    def persist(self) -> Coroutine[Any, Any, bool]: ...
    def restore(
        self,
        ttl: float,
        value: Given[V],
        replace: bool = False,
        absttl: bool = False,
        idletime: int | None = None,
        frequency: int | None = None,
    ) -> Coroutine[Any, Any, str]: ...
    def rename(self, dst: Key) -> Coroutine[Any, Any, bool]: ...
    def renamenx(self, dst: Key) -> Coroutine[Any, Any, bool]: ...
    def move(self, db: int) -> Coroutine[Any, Any, bool]: ...
    def copy(
        self, destination: Key, destination_db: str | None = None, replace: bool = False
    ) -> Coroutine[Any, Any, bool]: ...

class SortedSetCommands(NativeCommands, Generic[V]):
    def zcard(self) -> Coroutine[Any, Any, int]: ...
    def zcount(self, min: float | str, max: float | str) -> Coroutine[Any, Any, int]: ...
    def zscore(self, value: Given[V]) -> Coroutine[Any, Any, float | None]: ...
    def zmscore(self, members: Sequence[Given[V]]) -> Coroutine[Any, Any, list[float | None]]: ...
    @overload
    def zrank(
        self, value: Given[V], withscore: Literal[False] = False, score_cast_func: Callable[[Any], Any] = ...
    ) -> Coroutine[Any, Any, int | None]: ...
    @overload
    def zrank(
        self, value: Given[V], withscore: Literal[True], score_cast_func: Callable[[Any], Any] = ...
    ) -> Coroutine[Any, Any, list[Any] | None]: ...
    @overload
    def zrank(
        self, value: Given[V], withscore: bool = False, score_cast_func: Callable[[Any], Any] = ...
    ) -> Coroutine[Any, Any, Any]: ...
    @overload
    def zrevrank(
        self, value: Given[V], withscore: Literal[False] = False, score_cast_func: Callable[[Any], Any] = ...
    ) -> Coroutine[Any, Any, int | None]: ...
    @overload
    def zrevrank(
        self, value: Given[V], withscore: Literal[True], score_cast_func: Callable[[Any], Any] = ...
    ) -> Coroutine[Any, Any, list[Any] | None]: ...
    @overload
    def zrevrank(
        self, value: Given[V], withscore: bool = False, score_cast_func: Callable[[Any], Any] = ...
    ) -> Coroutine[Any, Any, Any]: ...
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
    ) -> Coroutine[Any, Any, list[V]]: ...
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
    ) -> Coroutine[Any, Any, list[tuple[V, Any]]]: ...
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
    ) -> Coroutine[Any, Any, list[tuple[V, float]]]: ...
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
    ) -> Coroutine[Any, Any, Any]: ...
    @overload
    def zrevrange(
        self,
        start: int,
        end: int,
        withscores: Literal[False] = False,
        score_cast_func: Callable[[Any], Any] = ...,
    ) -> Coroutine[Any, Any, list[V]]: ...
    @overload
    def zrevrange(
        self, start: int, end: int, withscores: Literal[True], score_cast_func: Callable[[Any], Any]
    ) -> Coroutine[Any, Any, list[tuple[V, Any]]]: ...
    @overload
    def zrevrange(
        self, start: int, end: int, withscores: Literal[True], score_cast_func: Callable[[Any], Any] = ...
    ) -> Coroutine[Any, Any, list[tuple[V, float]]]: ...
    @overload
    def zrevrange(
        self, start: int, end: int, withscores: bool = False, score_cast_func: Callable[[Any], Any] = ...
    ) -> Coroutine[Any, Any, Any]: ...
    @overload
    def zrangebyscore(
        self,
        min: float | str,
        max: float | str,
        start: int | None = None,
        num: int | None = None,
        withscores: Literal[False] = False,
        score_cast_func: Callable[[Any], Any] = ...,
    ) -> Coroutine[Any, Any, list[V]]: ...
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
    ) -> Coroutine[Any, Any, list[tuple[V, Any]]]: ...
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
    ) -> Coroutine[Any, Any, list[tuple[V, float]]]: ...
    @overload
    def zrangebyscore(
        self,
        min: float | str,
        max: float | str,
        start: int | None = None,
        num: int | None = None,
        withscores: bool = False,
        score_cast_func: Callable[[Any], Any] = ...,
    ) -> Coroutine[Any, Any, Any]: ...
    @overload
    def zrevrangebyscore(
        self,
        max: float | str,
        min: float | str,
        start: int | None = None,
        num: int | None = None,
        withscores: Literal[False] = False,
        score_cast_func: Callable[[Any], Any] = ...,
    ) -> Coroutine[Any, Any, list[V]]: ...
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
    ) -> Coroutine[Any, Any, list[tuple[V, Any]]]: ...
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
    ) -> Coroutine[Any, Any, list[tuple[V, float]]]: ...
    @overload
    def zrevrangebyscore(
        self,
        max: float | str,
        min: float | str,
        start: int | None = None,
        num: int | None = None,
        withscores: bool = False,
        score_cast_func: Callable[[Any], Any] = ...,
    ) -> Coroutine[Any, Any, Any]: ...
    def zrangebylex(
        self, min: Any, max: Any, start: int | None = None, num: int | None = None
    ) -> Coroutine[Any, Any, list[V]]: ...
    def zrevrangebylex(
        self, max: Any, min: Any, start: int | None = None, num: int | None = None
    ) -> Coroutine[Any, Any, list[V]]: ...
    def zlexcount(self, min: Any, max: Any) -> Coroutine[Any, Any, int]: ...
    @overload
    def zrandmember(
        self, count: None = None, withscores: Literal[False] = False
    ) -> Coroutine[Any, Any, V | None]: ...
    @overload
    def zrandmember(self, count: int, withscores: Literal[True]) -> Coroutine[Any, Any, list[Any]]: ...
    @overload
    def zrandmember(self, count: int, withscores: bool = False) -> Coroutine[Any, Any, list[V]]: ...
    @overload
    def zrandmember(self, count: int | None = None, withscores: bool = False) -> Coroutine[Any, Any, Any]: ...
    @overload
    def zinter(
        self, others: Keys = (), *, aggregate: str | None = None, withscores: Literal[False] = False
    ) -> Coroutine[Any, Any, list[V]]: ...
    @overload
    def zinter(
        self, others: Keys = (), *, aggregate: str | None = None, withscores: Literal[True]
    ) -> Coroutine[Any, Any, list[tuple[V, float]]]: ...
    @overload
    def zinter(
        self, others: Keys = (), *, aggregate: str | None = None, withscores: bool = False
    ) -> Coroutine[Any, Any, Any]: ...
    @overload
    def zunion(
        self,
        others: Keys = (),
        *,
        aggregate: str | None = None,
        withscores: Literal[False] = False,
        score_cast_func: Callable[[Any], Any] = ...,
    ) -> Coroutine[Any, Any, list[V]]: ...
    @overload
    def zunion(
        self,
        others: Keys = (),
        *,
        aggregate: str | None = None,
        withscores: Literal[True],
        score_cast_func: Callable[[Any], Any],
    ) -> Coroutine[Any, Any, list[tuple[V, Any]]]: ...
    @overload
    def zunion(
        self,
        others: Keys = (),
        *,
        aggregate: str | None = None,
        withscores: Literal[True],
        score_cast_func: Callable[[Any], Any] = ...,
    ) -> Coroutine[Any, Any, list[tuple[V, float]]]: ...
    @overload
    def zunion(
        self,
        others: Keys = (),
        *,
        aggregate: str | None = None,
        withscores: bool = False,
        score_cast_func: Callable[[Any], Any] = ...,
    ) -> Coroutine[Any, Any, Any]: ...
    @overload
    def zdiff(
        self, others: Keys = (), *, withscores: Literal[False] = False
    ) -> Coroutine[Any, Any, list[V]]: ...
    @overload
    def zdiff(self, others: Keys = (), *, withscores: Literal[True]) -> Coroutine[Any, Any, list[Any]]: ...
    @overload
    def zdiff(self, others: Keys = (), *, withscores: bool = False) -> Coroutine[Any, Any, Any]: ...
    def zintercard(self, others: Keys = (), limit: int = 0) -> Coroutine[Any, Any, int]: ...
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
    ) -> Coroutine[Any, Any, list[V]]: ...
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
    ) -> Coroutine[Any, Any, int]: ...
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
    ) -> Coroutine[Any, Any, list[Any]]: ...
    @overload
    def sort_ro(
        self,
        start: int | None = None,
        num: int | None = None,
        by: str | None = None,
        get: None = None,
        desc: bool = False,
        alpha: bool = False,
    ) -> Coroutine[Any, Any, list[V]]: ...
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
    ) -> Coroutine[Any, Any, list[Any]]: ...
    def geodist(
        self, place1: Given[V], place2: Given[V], unit: str | None = None
    ) -> Coroutine[Any, Any, float | None]: ...
    def geohash(self, *values: Given[V]) -> Coroutine[Any, Any, list[str | None]]: ...
    def geopos(self, *values: Given[V]) -> Coroutine[Any, Any, list[tuple[float, float] | None]]: ...
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
    ) -> Coroutine[Any, Any, list[V]]: ...
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
    ) -> Coroutine[Any, Any, list[Any]]: ...
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
    ) -> Coroutine[Any, Any, list[Any]]: ...
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
    ) -> Coroutine[Any, Any, list[Any]]: ...
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
    ) -> Coroutine[Any, Any, Any]: ...
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
    ) -> Coroutine[Any, Any, int]: ...
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
    ) -> Coroutine[Any, Any, float | None]: ...
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
    ) -> Coroutine[Any, Any, Any]: ...
    def zincrby(self, amount: float, value: Given[V]) -> Coroutine[Any, Any, float]: ...
    def zrem(self, *values: Given[V]) -> Coroutine[Any, Any, int]: ...
    def zremrangebyrank(self, min: int, max: int) -> Coroutine[Any, Any, int]: ...
    def zremrangebyscore(self, min: float | str, max: float | str) -> Coroutine[Any, Any, int]: ...
    def zremrangebylex(self, min: Any, max: Any) -> Coroutine[Any, Any, int]: ...
    @overload
    def zpopmin(self, count: None = None) -> Coroutine[Any, Any, list[Any]]: ...
    @overload
    def zpopmin(self, count: int) -> Coroutine[Any, Any, list[tuple[V, float]]]: ...
    @overload
    def zpopmax(self, count: None = None) -> Coroutine[Any, Any, list[Any]]: ...
    @overload
    def zpopmax(self, count: int) -> Coroutine[Any, Any, list[tuple[V, float]]]: ...
    def zmpop(
        self, min: bool = False, max: bool = False, count: int | None = 1
    ) -> Coroutine[Any, Any, tuple[str, list[tuple[V, Any]]] | None]: ...
    def zinterstore(self, keys: Keys, aggregate: str | None = None) -> Coroutine[Any, Any, int]: ...
    def zunionstore(self, keys: Keys, aggregate: str | None = None) -> Coroutine[Any, Any, int]: ...
    def zdiffstore(self, keys: Keys) -> Coroutine[Any, Any, int]: ...
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
    ) -> Coroutine[Any, Any, int]: ...
    def geoadd(
        self, values: Given[V], nx: bool = False, xx: bool = False, ch: bool = False
    ) -> Coroutine[Any, Any, int]: ...
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
    ) -> Coroutine[Any, Any, int]: ...
    def bzpopmin(self, timeout: float = 0) -> Coroutine[Any, Any, tuple[str, V, float] | None]: ...
    def bzpopmax(self, timeout: float = 0) -> Coroutine[Any, Any, tuple[str, V, float] | None]: ...
    def bzmpop(
        self, timeout: float = 0, min: bool = False, max: bool = False, count: int | None = 1
    ) -> Coroutine[Any, Any, tuple[str, list[tuple[V, Any]]] | None]: ...
    def exists(self) -> Coroutine[Any, Any, int]: ...
    def type(self) -> Coroutine[Any, Any, str]: ...
    def ttl(self) -> Coroutine[Any, Any, int]: ...
    def pttl(self) -> Coroutine[Any, Any, int]: ...
    def expiretime(self) -> Coroutine[Any, Any, int]: ...
    def pexpiretime(self) -> Coroutine[Any, Any, int]: ...
    def dump(self) -> Coroutine[Any, Any, bytes | None]: ...
    def object(self, infotype: str) -> Coroutine[Any, Any, int | str | None]: ...
    def memory_usage(self, samples: int | None = None) -> Coroutine[Any, Any, int | None]: ...
    def touch(self) -> Coroutine[Any, Any, int]: ...
    def delete(self) -> Coroutine[Any, Any, int]: ...
    def unlink(self) -> Coroutine[Any, Any, int]: ...
    def expire(
        self, time: Expiry, nx: bool = False, xx: bool = False, gt: bool = False, lt: bool = False
    ) -> Coroutine[Any, Any, bool]: ...
    def pexpire(
        self, time: Expiry, nx: bool = False, xx: bool = False, gt: bool = False, lt: bool = False
    ) -> Coroutine[Any, Any, bool]: ...
    def expireat(
        self, when: Moment, nx: bool = False, xx: bool = False, gt: bool = False, lt: bool = False
    ) -> Coroutine[Any, Any, bool]: ...
    def pexpireat(
        self, when: Moment, nx: bool = False, xx: bool = False, gt: bool = False, lt: bool = False
    ) -> Coroutine[Any, Any, bool]: ...
    def persist(self) -> Coroutine[Any, Any, bool]: ...
    def restore(
        self,
        ttl: float,
        value: Given[V],
        replace: bool = False,
        absttl: bool = False,
        idletime: int | None = None,
        frequency: int | None = None,
    ) -> Coroutine[Any, Any, str]: ...
    def rename(self, dst: Key) -> Coroutine[Any, Any, bool]: ...
    def renamenx(self, dst: Key) -> Coroutine[Any, Any, bool]: ...
    def move(self, db: int) -> Coroutine[Any, Any, bool]: ...
    def copy(
        self, destination: Key, destination_db: str | None = None, replace: bool = False
    ) -> Coroutine[Any, Any, bool]: ...

class Upkeep:
    def __init__(
        self,
        database: BaseDatabase,
        model: ModelSchema,
        parts: Iterable[tuple[FieldSchema, Sequence[BaseIndex]]],
    ) -> None: ...
    @property
    def indexes(self) -> tuple[BaseIndex, ...]: ...
    def clear(
        self, progress: Progress | None = None, chunk_size: int | None = None
    ) -> Coroutine[Any, Any, int]: ...
    def rebuild(
        self, progress: Progress | None = None, chunk_size: int | None = None
    ) -> Coroutine[Any, Any, int]: ...
    def check(
        self, progress: Progress | None = None, chunk_size: int | None = None
    ) -> Coroutine[Any, Any, list[Difference]]: ...
    def repair(
        self, progress: Progress | None = None, chunk_size: int | None = None
    ) -> Coroutine[Any, Any, list[Difference]]: ...
    def get_storage_key(self, value: Any, sub_key: str | None = None) -> str: ...
    def clear_op(self, progress: Progress | None = None, chunk_size: int = ...) -> Op: ...
    def rebuild_op(self, progress: Progress | None = None, chunk_size: int = ...) -> Op: ...
    def check_op(self, progress: Progress | None = None, chunk_size: int = ...) -> Op: ...
    def repair_op(self, progress: Progress | None = None, chunk_size: int = ...) -> Op: ...

class RedisField(NativeCommands, Generic[V]):
    kind: ClassVar[str]
    proxy_getter: ClassVar[str]
    proxy_setter: ClassVar[str]
    default_indexes: ClassVar[Sequence[type[BaseIndex]] | None]
    can_be_unique: ClassVar[bool]
    has_items: ClassVar[bool]
    parameters: ClassVar[tuple[str, ...]]
    in_brackets: ClassVar[Mapping[str, Any]]
    key_codec: Codec | None
    key_value_type: Any

    @staticmethod
    def bracketed(annotation: Any) -> dict[str, Any]: ...
    def __init__(
        self,
        *,
        default: Any = None,
        indexable: bool | None = None,
        unique: bool = False,
        indexes: Sequence[type[BaseIndex]] | None = None,
        lockable: bool = True,
        key_name: str | None = None,
        type: Any = None,
        codec: Codec | None = None,
        strict: bool = False,
        required: bool = False,
        min: Any = None,
        max: Any = None,
        gt: Any = None,
        lt: Any = None,
        multiple_of: Any = None,
        min_length: int | None = None,
        max_length: int | None = None,
        regex: str | re.Pattern[str] | None = None,
        choices: Iterable[Any] | None = None,
        validators: Iterable[Callable[[Any], Any]] = ...,
        min_items: int | None = None,
        max_items: int | None = None,
    ) -> None: ...
    def attach(self, model: type[RedisModel], label: str) -> None: ...
    def default_content(self) -> list[Any]: ...
    def __get__(self, instance: RedisModel | None, owner: type[Any]) -> Self: ...
    def __set__(self, instance: RedisModel, value: Never) -> None: ...
    def proxy_get(self, *args: Any, **kwargs: Any) -> Any: ...
    def proxy_set(self, *args: Any, **kwargs: Any) -> Any: ...
    @property
    def value_type(self) -> Any: ...
    def get_index(
        self, index_class: type[BaseIndex] | None = None, key: str | None = None, prefix: str | None = None
    ) -> Upkeep: ...
    def clear_indexes(
        self, index_class: type[BaseIndex] | None = None, **options: Any
    ) -> Coroutine[Any, Any, int]: ...
    clean_indexes = clear_indexes

    def rebuild_indexes(
        self, index_class: type[BaseIndex] | None = None, **options: Any
    ) -> Coroutine[Any, Any, int]: ...

class StringField(StringCommands[V], RedisField[V]):
    @overload
    def __init__(self: StringField[E], *, choices: type[E], **options: Unpack[PlainOptions]) -> None: ...
    @overload
    def __init__(self: StringField[str], **options: Unpack[FieldOptions]) -> None: ...
    @overload
    def __init__(self: StringField[T], *, type: type[T], **options: Unpack[FieldOptions]) -> None: ...
    @overload
    def __init__(
        self: StringField[Any],
        *,
        type: Any = None,
        codec: Codec | None = None,
        **options: Unpack[FieldOptions],
    ) -> None: ...
    def bitfield(self, default_overflow: str | None = None) -> BitFieldOperation: ...

class EmbeddedField:
    def __init__(
        self,
        kind: type[Any],
        *,
        required: bool = False,
        default: Any = None,
        indexable: bool | None = None,
        key_name: str | None = None,
        leaves: Mapping[str, RedisField | EmbeddedField] | None = None,
    ) -> None: ...
    @overload
    def __get__(self, instance: None, owner: type[Any]) -> EmbeddedField: ...
    @overload
    def __get__(self, instance: RedisModel, owner: type[Any]) -> EmbeddedView: ...
    def __set__(self, instance: RedisModel, value: Any) -> None: ...
    @property
    def kind_in_record(self) -> Any: ...
    def names(self) -> Iterator[str]: ...
    def inside(self) -> Iterator[EmbeddedField]: ...
    def spread(self, value: Any) -> dict[str, Any]: ...
    def gaps(self, held: Collection[str]) -> list[str]: ...
    def fold(self, values: Mapping[str, Any]) -> Any: ...

class EmbeddedView:
    def __init__(self, field: EmbeddedField, instance: RedisModel) -> None: ...
    def __getattr__(self, name: str) -> Any: ...
    def get(self) -> Coroutine[Any, Any, Any]: ...
    def set(self, value: Any) -> Coroutine[Any, Any, Any]: ...
    def update(self, **values: Any) -> Coroutine[Any, Any, Any]: ...
    def delete(self) -> Coroutine[Any, Any, Any]: ...

class HashField(HashCommands[K, V], RedisField[V], Generic[K, V]):
    has_items: ClassVar[bool]
    can_be_unique: ClassVar[bool]

    @overload
    def __init__(self: HashField[str, str], **options: Unpack[FieldOptions]) -> None: ...
    @overload
    def __init__(self: HashField[str, T], *, type: type[T], **options: Unpack[FieldOptions]) -> None: ...
    @overload
    def __init__(self: HashField[T, str], *, key_type: type[T], **options: Unpack[FieldOptions]) -> None: ...
    @overload
    def __init__(
        self: HashField[T, U], *, key_type: type[T], type: type[U], **options: Unpack[FieldOptions]
    ) -> None: ...
    @overload
    def __init__(
        self: HashField[Any, Any],
        *,
        key_type: Any = None,
        type: Any = None,
        codec: Codec | None = None,
        **options: Unpack[FieldOptions],
    ) -> None: ...
    def hscan(self, match: str | None = None, count: int | None = None) -> AsyncIterator[tuple[K, V]]: ...
    def content(self, value: Any) -> list[Any]: ...
    def taken(self, value: Any, content: list[Any]) -> Any: ...
    def value_of(self, content: list[Any]) -> Any: ...

class InstanceHashField(EntryCommands[V], RedisField[V]):
    @overload
    def __init__(
        self: InstanceHashField[E], *, choices: type[E], **options: Unpack[PlainOptions]
    ) -> None: ...
    @overload
    def __init__(self: InstanceHashField[str], **options: Unpack[FieldOptions]) -> None: ...
    @overload
    def __init__(self: InstanceHashField[T], *, type: type[T], **options: Unpack[FieldOptions]) -> None: ...
    @overload
    def __init__(
        self: InstanceHashField[Any],
        *,
        type: Any = None,
        codec: Codec | None = None,
        **options: Unpack[FieldOptions],
    ) -> None: ...

class EnumField(InstanceHashField[E]):
    def __init__(self, kind: type[E] | None = None, **options: Unpack[PlainOptions]) -> None: ...

class GeoField(InstanceHashField[Point]): ...

class JSONField(InstanceHashField[Any]):
    def __init__(self, **options: Unpack[FieldOptions]) -> None: ...

class ListField(ListCommands[V], RedisField[V]):
    has_items: ClassVar[bool]

    @overload
    def __init__(self: ListField[E], *, choices: type[E], **options: Unpack[PlainOptions]) -> None: ...
    @overload
    def __init__(self: ListField[str], **options: Unpack[FieldOptions]) -> None: ...
    @overload
    def __init__(self: ListField[T], *, type: type[T], **options: Unpack[FieldOptions]) -> None: ...
    @overload
    def __init__(
        self: ListField[Any], *, type: Any = None, codec: Codec | None = None, **options: Unpack[FieldOptions]
    ) -> None: ...
    def proxy_get(self, start: int = 0, end: int = ...) -> Coroutine[Any, Any, list[V]]: ...
    def lmembers(self) -> Coroutine[Any, Any, list[V]]: ...
    def lrank(self, value: Given[V]) -> Coroutine[Any, Any, int | None]: ...
    def lcontains(self, value: Given[V]) -> Coroutine[Any, Any, bool]: ...
    def lcount(self, value: Given[V]) -> Coroutine[Any, Any, int]: ...
    def content(self, value: Any) -> list[Any]: ...
    def value_of(self, content: list[Any]) -> Any: ...

class SetField(SetCommands[V], RedisField[V]):
    has_items: ClassVar[bool]

    @overload
    def __init__(self: SetField[E], *, choices: type[E], **options: Unpack[PlainOptions]) -> None: ...
    @overload
    def __init__(self: SetField[str], **options: Unpack[FieldOptions]) -> None: ...
    @overload
    def __init__(self: SetField[T], *, type: type[T], **options: Unpack[FieldOptions]) -> None: ...
    @overload
    def __init__(
        self: SetField[Any], *, type: Any = None, codec: Codec | None = None, **options: Unpack[FieldOptions]
    ) -> None: ...
    def sscan(self, match: str | None = None, count: int | None = None) -> AsyncIterator[V]: ...
    def content(self, value: Any) -> list[Any]: ...
    def value_of(self, content: list[Any]) -> Any: ...

class SortedSetField(SortedSetCommands[V], RedisField[V]):
    has_items: ClassVar[bool]

    @overload
    def __init__(self: SortedSetField[E], *, choices: type[E], **options: Unpack[PlainOptions]) -> None: ...
    @overload
    def __init__(self: SortedSetField[str], **options: Unpack[FieldOptions]) -> None: ...
    @overload
    def __init__(self: SortedSetField[T], *, type: type[T], **options: Unpack[FieldOptions]) -> None: ...
    @overload
    def __init__(
        self: SortedSetField[Any],
        *,
        type: Any = None,
        codec: Codec | None = None,
        **options: Unpack[FieldOptions],
    ) -> None: ...
    def proxy_get(self, start: int = 0, end: int = ..., **kwargs: Any) -> Any: ...
    def zmembers(self) -> Coroutine[Any, Any, list[V]]: ...
    def zscan(self, match: str | None = None, count: int | None = None) -> AsyncIterator[tuple[V, float]]: ...
    def content(self, value: Any) -> list[Any]: ...
    def value_of(self, content: list[Any]) -> Any: ...

class PKField(RedisField[V]):
    auto: ClassVar[bool]

    @overload
    def __init__(
        self: PKField[str],
        *,
        generator: Callable[[], Any] | None = None,
        format: str | None = None,
        **options: Unpack[PKOptions],
    ) -> None: ...
    @overload
    def __init__(
        self: PKField[T],
        *,
        type: type[T],
        generator: Callable[[], Any] | None = None,
        format: str | None = None,
        **options: Unpack[PKOptions],
    ) -> None: ...
    @overload
    def __init__(
        self: PKField[Any],
        *,
        type: Any = None,
        codec: Codec | None = None,
        generator: Callable[[], Any] | None = None,
        format: str | None = None,
        **options: Unpack[PKOptions],
    ) -> None: ...
    def generate(self) -> str | None: ...
    def get(self) -> Coroutine[Any, Any, V]: ...
    def exists(self) -> Coroutine[Any, Any, bool]: ...
    def set(self, value: Any) -> None: ...
    def __set__(self, instance: Any, value: Any) -> None: ...
    @property
    def key(self) -> Any: ...
    def normalize_new(self, value: Any) -> str: ...
    def normalize(self, value: Any) -> str: ...

class AutoPKField(PKField[V]):
    auto: ClassVar[bool]

    @overload
    def __init__(self: AutoPKField[str], *, lockable: bool = True) -> None: ...
    @overload
    def __init__(self: AutoPKField[T], *, type: type[T], lockable: bool = True) -> None: ...
    @overload
    def __init__(self: AutoPKField[Any], *, codec: Codec, lockable: bool = True) -> None: ...

class ULIDPKField(PKField[str]):
    def __init__(self, *, generator: Callable[[], Any] = ..., **options: Any) -> None: ...

class UUIDPKField(PKField[V]):
    @overload
    def __init__(
        self: UUIDPKField[str], *, generator: Callable[[], Any] = ..., **options: Unpack[PKOptions]
    ) -> None: ...
    @overload
    def __init__(
        self: UUIDPKField[T],
        *,
        generator: Callable[[], Any] = ...,
        type: type[T],
        **options: Unpack[PKOptions],
    ) -> None: ...

class Chain(Generic[M, R]):
    def __init__(self, model: type[M]) -> None: ...
    @property
    def stored_key(self) -> str | None: ...
    def clone(self) -> Self: ...
    def filter(self, *conditions: Q, **filters: Any) -> Self: ...
    def exclude(self, *conditions: Q, **filters: Any) -> Self: ...
    def intersect(self, *sources: Any) -> Self: ...
    def union(self, *sources: Any) -> Self: ...
    def difference(self, *sources: Any) -> Self: ...
    def sort(
        self,
        by: Any = None,
        alpha: bool | None = None,
        desc: bool = False,
        *,
        by_score: Any = None,
        missing: str | None = None,
    ) -> Self: ...
    def in_order_of(self, key: str, kind: str) -> Self: ...

class Shaped(Chain[M, R]):
    @overload
    def instances(
        self,
        lazy: bool = False,
        skip_exist_test: bool | None = None,
        values: None = None,
        fetch: Sequence[str] = ...,
    ) -> CollectionManager[M, M]: ...
    @overload
    def instances(
        self,
        lazy: bool = False,
        skip_exist_test: bool | None = None,
        *,
        values: Sequence[Any],
        fetch: Sequence[str] = ...,
    ) -> CollectionManager[M, tuple[M, dict[str, Any]]]: ...
    def values(self, *fields: Any, fetch: Sequence[str] = ...) -> CollectionManager[M, dict[str, Any]]: ...
    @overload
    def values_list(
        self, *fields: Any, flat: Literal[False] = False
    ) -> CollectionManager[M, tuple[Any, ...]]: ...
    @overload
    def values_list(self, *fields: Any, flat: bool) -> CollectionManager[M, Any]: ...
    def primary_keys(self) -> CollectionManager[M, str]: ...

class Asking(Shaped[M, R]):
    def evaluate(self) -> Coroutine[Any, Any, list[R]]: ...
    def count(self) -> Coroutine[Any, Any, int]: ...
    def exists(self) -> Coroutine[Any, Any, bool]: ...
    def first(self) -> Coroutine[Any, Any, R | None]: ...
    def get(self) -> Coroutine[Any, Any, M]: ...
    def get_op(self) -> Op: ...
    def explain(self) -> Coroutine[Any, Any, Explanation]: ...

class Stored(Asking[M, R]):
    def store(self, key: str | None = None, ttl: float | None = ...) -> Coroutine[Any, Any, Self]: ...
    def store_op(self, key: str | None = None, ttl: float | None = ...) -> Op: ...
    def from_stored(self, key: str) -> Self: ...
    def part(self, first: int, last: int) -> Op: ...

class Batches(Stored[M, R]):
    def iterator(self, chunk_size: int = 1000, ttl: float = 3600) -> AsyncIterator[R]: ...
    def update(
        self, *, progress: Callable[[int, int], Any] | None = None, chunk_size: int = ..., **values: Any
    ) -> Coroutine[Any, Any, int]: ...
    def delete(
        self, progress: Callable[[int, int], Any] | None = None, chunk_size: int = ...
    ) -> Coroutine[Any, Any, int]: ...

class ListLike(Asking[M, R]):
    @overload
    def __getitem__(self, item: slice) -> Self: ...
    @overload
    def __getitem__(self, item: SupportsIndex) -> Coroutine[Any, Any, R]: ...
    def __await__(self) -> Generator[Any, Any, list[R]]: ...
    def __aiter__(self) -> AsyncIterator[R]: ...
    __iter__: ClassVar[None]
    __contains__: ClassVar[None]

class CollectionManager(Batches[M, R], ListLike[M, R]): ...

class InstanceHashCommands:
    def hmget(self, *names: str) -> Coroutine[Any, Any, list[Any]]: ...
    def hmget_dict(self, *names: str) -> Coroutine[Any, Any, dict[str, Any]]: ...
    def hgetall(self) -> Coroutine[Any, Any, dict[str, Any]]: ...
    def hkeys(self) -> Coroutine[Any, Any, list[str]]: ...
    def hvals(self) -> Coroutine[Any, Any, list[Any]]: ...
    def hlen(self) -> Coroutine[Any, Any, int]: ...
    def hmset(self, **values: Any) -> Coroutine[Any, Any, bool]: ...
    def hdel(self, *names: str) -> Coroutine[Any, Any, int]: ...

class Described:
    database: ClassVar[RedisDatabase | None]
    namespace: ClassVar[str]
    abstract: ClassVar[bool]
    lockable: ClassVar[bool]
    key_name: ClassVar[str | None]
    default_indexable: ClassVar[bool]
    default_indexes: ClassVar[Sequence[type[BaseIndex]] | None]
    unique_together: ClassVar[Sequence[Sequence[str]]]
    collection_manager: ClassVar[type[CollectionManager[Any, Any]]]
    DoesNotExist: ClassVar[type[DoesNotExist]]
    has_hook: ClassVar[bool]
    field_checks: ClassVar[Mapping[str, Sequence[Callable[[Any, Any], Any]]]]
    source_check: ClassVar[Callable[[Mapping[str, Any]], Any] | None]
    has_init: ClassVar[bool]
    has_clean: ClassVar[bool]
    schema: ClassVar[ModelSchema]
    _fields: ClassVar[tuple[str, ...]]
    _name: ClassVar[str]
    pk: PKField[str] | PKField[Any]

    @classmethod
    def get_database(cls) -> RedisDatabase: ...
    @classmethod
    def get_fields(cls) -> tuple[RedisField[Any], ...]: ...
    @classmethod
    def get_field(cls: Any, name: str) -> Any: ...
    @classmethod
    def field_stored_as(cls, stored: str) -> RedisField[Any] | None: ...
    @classmethod
    def stored_name(cls) -> str: ...
    @classmethod
    def make_key(cls, *parts: Any) -> str: ...
    @classmethod
    def use_database(cls, database: RedisDatabase) -> declaration.Moved: ...

class State(Described):
    _pk: str | None

    @property
    def connected(self) -> bool: ...
    @property
    def is_new(self) -> bool: ...
    @property
    def is_pending(self) -> bool: ...
    def set_connected(self) -> None: ...
    def did_not_come_into_being(self) -> None: ...
    def came_into_being(self, pk: str) -> None: ...
    def get_pk(self) -> str | Any: ...
    def stored_pk(self) -> str: ...
    def went(self) -> None: ...

class Creation(State):
    def new_write(self, *others: ObjectRef, writing: str) -> Write: ...

class Lifetime(Creation, InstanceHashCommands):
    @overload
    @classmethod
    def create(
        cls, *, nx: Literal[False] = False, xx: Literal[False] = False, overwrite: bool = False, **values: Any
    ) -> Coroutine[Any, Any, Self]: ...
    @overload
    @classmethod
    def create(
        cls, *, nx: bool = False, xx: bool = False, overwrite: bool = False, **values: Any
    ) -> Coroutine[Any, Any, Self | None]: ...
    @overload
    def update(self, *, xx: Literal[False] = False, **values: Any) -> Coroutine[Any, Any, bool]: ...
    @overload
    def update(self, *, xx: bool, **values: Any) -> Coroutine[Any, Any, bool | None]: ...
    @overload
    @classmethod
    def update_pk(
        cls, pk: Any, *, xx: Literal[False] = False, **values: Any
    ) -> Coroutine[Any, Any, bool]: ...
    @overload
    @classmethod
    def update_pk(cls, pk: Any, *, xx: bool, **values: Any) -> Coroutine[Any, Any, bool | None]: ...
    def rename_pk(self, new: Any) -> Coroutine[Any, Any, int]: ...
    def snapshot(self) -> Coroutine[Any, Any, dict[str, Any]]: ...
    def delete(self) -> Coroutine[Any, Any, bool]: ...
    @classmethod
    def delete_pk(cls, pk: Any) -> Coroutine[Any, Any, bool]: ...
    def clean(self, values: dict[str, Any]) -> dict[str, Any] | None: ...
    def post_command(self, sender: Any, name: str, result: Any, args: Any, kwargs: Any) -> Any: ...

class Finding(Lifetime):
    @classmethod
    def lazy_connect(cls, pk: Any) -> Self: ...
    @classmethod
    def of_pk(cls, pk: str, connected: bool = False) -> Any: ...
    @classmethod
    def of_pks(cls, pks: Iterable[str], connected: bool) -> list[Any]: ...
    @overload
    @classmethod
    def collection(
        cls, *conditions: Q, manager: None = None, **filters: Any
    ) -> CollectionManager[Self, str]: ...
    @overload
    @classmethod
    def collection(cls, *conditions: Q, manager: type[C], **filters: Any) -> C: ...
    @classmethod
    def instances(cls, lazy: bool = False, **filters: Any) -> CollectionManager[Self, Self]: ...
    @classmethod
    def get(cls, pk: Any = None, /, *conditions: Q, **filters: Any) -> Coroutine[Any, Any, Self]: ...
    @classmethod
    def exists(cls, pk: Any = None, /, *conditions: Q, **filters: Any) -> Coroutine[Any, Any, bool]: ...
    @classmethod
    def get_or_connect(cls, **values: Any) -> Coroutine[Any, Any, tuple[Self, bool]]: ...
    get_or_create = get_or_connect

    @classmethod
    def from_pks(cls, pks: Iterable[Any], lazy: bool = False) -> Coroutine[Any, Any, list[Self]]: ...
    @classmethod
    def scan_pks(cls, match: str | None = None, count: int | None = None) -> AsyncIterator[str]: ...

class Bulk(Lifetime):
    @classmethod
    def create_many(
        cls,
        rows: Iterable[Mapping[str, Any]],
        *,
        chunk_size: int = ...,
        progress: Callable[[int, int | None], Any] | None = None,
        keep: bool = True,
    ) -> Coroutine[Any, Any, Created[Self]]: ...
    @classmethod
    def delete_many(
        cls,
        objects: Iterable[Any],
        *,
        chunk_size: int = ...,
        progress: Callable[[int, int | None], Any] | None = None,
    ) -> Coroutine[Any, Any, Removed]: ...
    @classmethod
    def snapshots(cls, pks: Iterable[Any]) -> Coroutine[Any, Any, list[dict[str, Any] | None]]: ...

class Keeping(Lifetime):
    @classmethod
    def scan_model_keys(cls, count: int | None = None) -> AsyncIterator[str]: ...
    def scan_keys(self, count: int | None = None) -> AsyncIterator[str]: ...
    @classmethod
    def index_upkeep(cls, field: FieldSchema, indexes: Sequence[BaseIndex]) -> Upkeep: ...
    @classmethod
    def check_op(cls) -> Op: ...
    @classmethod
    def check_indexes(
        cls, progress: Progress | None = None, chunk_size: int | None = None
    ) -> Coroutine[Any, Any, list[Difference]]: ...
    @classmethod
    def repair_indexes(
        cls, progress: Progress | None = None, chunk_size: int | None = None
    ) -> Coroutine[Any, Any, list[Difference]]: ...
    @classmethod
    def rebuild_indexes(
        cls, progress: Progress | None = None, chunk_size: int | None = None
    ) -> Coroutine[Any, Any, int]: ...
    @classmethod
    def clear_indexes(
        cls, progress: Progress | None = None, chunk_size: int | None = None
    ) -> Coroutine[Any, Any, int]: ...

class RedisModel(Finding, Bulk, Keeping):
    @overload
    def dump(self) -> Coroutine[Any, Any, RecordBase]: ...
    @overload
    def dump(self, kind: type[T]) -> Coroutine[Any, Any, T]: ...
    @classmethod
    def from_type(cls, source: type[Any], name: str | None = None, **attributes: Any) -> type[Self]: ...
    def __init__(self) -> None: ...
    Record: TypeAlias = RecordBase

class RelatedModel(RedisModel):
    abstract: ClassVar[bool]

    @cached_property
    def fetched(self) -> dict[str, Any]: ...
    def fetch(self, *relations: str) -> Coroutine[Any, Any, dict[str, Any]]: ...
    def __getattr__(self, name: str) -> RelatedCollection[Any]: ...

class OfTexts: ...

class RelatedCollection(OfTexts, Generic[P, K]):
    no_field: ClassVar[bool]

    def __init__(self, relation: Relation, instance: RelatedModel) -> None: ...
    def __call__(self, **filters: Any) -> CollectionManager[P, K]: ...
    collection = __call__

class RelatedField(OfTexts, RedisField[K], Generic[P, K]):
    takes_references: ClassVar[frozenset[str] | None]

    def __init__(
        self,
        to: type[RelatedModel] | str,
        related_name: str | None = None,
        *,
        on_delete: str = ...,
        must_exist: bool = True,
        **options: Any,
    ) -> None: ...
    def attach(self, model: type[RedisModel], label: str) -> None: ...
    @property
    def value_type(self) -> Any: ...
    @property
    def related_model(self) -> type[P]: ...
    def text(self, value: Any) -> str | bytes: ...
    def encode(self, value: Any, where: str, written: bool) -> str | bytes: ...

class ForeignKey(RelatedField[P, K]):
    def reference(self) -> Reference: ...
    def instance(self, lazy: bool = False) -> Coroutine[Any, Any, P | None]: ...

class ManyToMany(RelatedField[P, K]):
    def __call__(self, **filters: Any) -> CollectionManager[P, K]: ...
    collection = __call__

class FKStringField(ForeignKey[P, K], StringField[K]):
    @overload
    def __init__(
        self: FKStringField[S, str],
        to: type[S],
        related_name: str | None = None,
        **options: Unpack[RelationOptions],
    ) -> None: ...
    @overload
    def __init__(
        self: FKStringField[Any, Any],
        to: str,
        related_name: str | None = None,
        **options: Unpack[RelationOptions],
    ) -> None: ...

class FKInstanceHashField(ForeignKey[P, K], InstanceHashField[K]):
    @overload
    def __init__(
        self: FKInstanceHashField[S, str],
        to: type[S],
        related_name: str | None = None,
        **options: Unpack[RelationOptions],
    ) -> None: ...
    @overload
    def __init__(
        self: FKInstanceHashField[Any, Any],
        to: str,
        related_name: str | None = None,
        **options: Unpack[RelationOptions],
    ) -> None: ...

class M2MSetField(ManyToMany[P, K], SetField[K]):
    @overload
    def __init__(
        self: M2MSetField[S, str],
        to: type[S],
        related_name: str | None = None,
        **options: Unpack[RelationOptions],
    ) -> None: ...
    @overload
    def __init__(
        self: M2MSetField[Any, Any],
        to: str,
        related_name: str | None = None,
        **options: Unpack[RelationOptions],
    ) -> None: ...

class M2MListField(ManyToMany[P, K], ListField[K]):
    @overload
    def __init__(
        self: M2MListField[S, str],
        to: type[S],
        related_name: str | None = None,
        **options: Unpack[RelationOptions],
    ) -> None: ...
    @overload
    def __init__(
        self: M2MListField[Any, Any],
        to: str,
        related_name: str | None = None,
        **options: Unpack[RelationOptions],
    ) -> None: ...

class M2MSortedSetField(ManyToMany[P, K], SortedSetField[K]):
    @overload
    def __init__(
        self: M2MSortedSetField[S, str],
        to: type[S],
        related_name: str | None = None,
        **options: Unpack[RelationOptions],
    ) -> None: ...
    @overload
    def __init__(
        self: M2MSortedSetField[Any, Any],
        to: str,
        related_name: str | None = None,
        **options: Unpack[RelationOptions],
    ) -> None: ...

def assert_indexes_right(*models: type[RedisModel]) -> Coroutine[Any, Any, None]: ...
