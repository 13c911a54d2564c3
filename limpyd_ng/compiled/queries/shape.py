"""The shape of a plain query, and the Lua code that all its steps share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ..parts import literal

__all__ = [
    "RANGES",
    "Columns",
    "Cut",
    "Part",
    "Sort",
    "in_chunks",
    "is_one_set",
    "main_set",
    "numbered",
    "read",
    "read_members",
]

#: what to give of each object: ('pk', ''), or where a value is: start of the keys, entry of a hash or ''
Columns = tuple[tuple[str, str], ...]

#: the commands of a range: how many, and which
RANGES = {"n": ("ZCOUNT", "ZRANGEBYSCORE"), "t": ("ZLEXCOUNT", "ZRANGEBYLEX")}
#: how many arguments a command is given at once
_CHUNK = 1000


class Part(NamedTuple):
    """One condition: 'e' a set (its key ends with the value, if it has an argument), 'n' a range of
    numbers or 't' of texts."""

    kind: str
    #: the key, or its start
    key: str
    #: the place of the first value in ARGV; 0 without
    at: int
    #: of a range, how each end stands: '[' in it, '(' not, '' open
    low: str = ""
    high: str = ""
    #: where the values of a 't' are: the start of their keys, the entry of a hash or ''
    cell: str = ""
    entry: str = ""
    #: whether the texts themselves can be compared with the bounds, as in these is no NUL
    bare: bool = False


class Sort(NamedTuple):
    """The one order: by the scores in the index ``key``, the texts in cells, or ('') the pk."""

    numeric: bool
    desc: bool
    key: str = ""
    cell: str = ""
    entry: str = ""


class Cut(NamedTuple):
    """The one slice: the places in ARGV of its start and stop, 0 where it has none."""

    start: int
    stop: int


def numbered(parts: Sequence[Part], kind: str) -> Iterator[tuple[int, Part]]:
    """The parts of a kind, with the number that the names of their variables end with."""
    return ((number, part) for number, part in enumerate(parts, 1) if part.kind == kind)


def main_set(parts: Sequence[Part]) -> int:
    """The number of the only set of a value, 0 if there are none or several; the collection may be
    there besides."""
    found = [number for number, part in numbered(parts, "e") if part.at]
    return found[0] if len(found) == 1 else 0


def is_one_set(parts: Sequence[Part]) -> bool:
    """Whether the objects are those in one set, which also have to be in the collection or not."""
    return len(parts) < 3 and main_set(parts) > 0 and all(part.kind == "e" for part in parts)


def in_chunks(command: str, key: str, body: Sequence[str]) -> list[str]:
    """Runs ``body`` for each ``pk`` and its ``reply``, asked for many at once."""
    return [
        f"for first = 1, #pks, {_CHUNK} do",
        f"local replies = call('{command}', {key}, unpack(pks, first, math.min(first + {_CHUNK - 1}, #pks)))",
        "for i = 1, #replies do",
        "local pk, reply = pks[first + i - 1], replies[i]",
        *body,
        "end end",
    ]


def read(cell: str, entry: str) -> str:
    """Reads the value of ``pk``."""
    key = f"{literal(cell)} .. pk"
    return f"call('HGET', {key}, {literal(entry)})" if entry else f"call('GET', {key})"


def read_members(parts: Sequence[Part], columns: Columns) -> list[str]:
    """Begins a block in which ``flat`` has the values of all members of the main set. It ends with 'end end'.

    The server reads them itself, for less than a script does, from Redis 7 on and where it may:
    not for users who may not read every key, and not in a cluster.
    """
    patterns = ["#" if cell == "pk" else f"{cell}*{entry and '->'}{entry}" for cell, entry in columns]
    gets = ", ".join(f"'GET', {literal(pattern)}" for pattern in patterns)
    return [
        "if redis.REDIS_VERSION_NUM then",
        f"local flat = redis.pcall('SORT_RO', k{main_set(parts)}, 'BY', 'nosort', {gets})",
        "if not flat.err then",
    ]
