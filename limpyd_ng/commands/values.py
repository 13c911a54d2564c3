"""Which arguments of a command are values of the field, and where they are in its reply.

Rows name them by these small functions: positions in the wire arguments, and shapes of replies.
What is no value (indexes, scores, patterns, parts of a text) passes as redis-py takes and gives it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

__all__ = ["NO_VALUES", "PASSES_TEXT", "Positions", "Reader", "Shape", "at", "collected", "paired", "since"]

Args = Sequence[Any]
#: wire arguments -> the positions of values among them
Positions = Callable[[Args], Iterable[int]]
#: a stored text -> a value
Reader = Callable[[Any], Any]
#: (wire arguments, reply, reader of values, reader of sub-keys) -> the reply with values
Shape = Callable[[Args, Any, Reader, Reader], Any]


# positions


def none(args: Args) -> Iterable[int]:
    """No argument."""
    return ()


def at(*places: int) -> Positions:
    """The arguments at these places."""
    return lambda args: places


def since(first: int, step: int = 1) -> Positions:
    """All arguments from this place on, or each ``step``-th of them."""
    return lambda args: range(first, len(args), step)


def after(*words: str, first: int = 2) -> Positions:
    """The arguments that follow these words of the command, which may begin at ``first``."""

    def places(args: Args) -> list[int]:
        found: list[int] = []
        for at in range(first, len(args) - 1):
            if at not in found and _is_word(args[at], words):  # a value may be such a word itself
                found.append(at + 1)
        return found

    return places


def _is_word(arg: Any, words: tuple[str, ...]) -> bool:
    return (
        isinstance(arg, str | bytes) and (arg.decode("latin-1") if isinstance(arg, bytes) else arg) in words
    )


def has(args: Args, *words: str) -> bool:
    """Whether a word of the command is among its arguments."""
    return any(_is_word(arg, words) for arg in args[2:])


# shapes


def collected(values: Iterable[Any]) -> Any:
    """A set; a list where values cannot be in a set (a dict, a model)."""
    found = list(values)
    try:
        return set(found)
    except TypeError:
        return found


def paired(pairs: Iterable[tuple[Any, Any]]) -> Any:
    """A dict; a list of pairs where the first of each cannot be a key of a dict."""
    found = list(pairs)
    try:
        return dict(found)
    except TypeError:
        return found


def one(args: Args, reply: Any, value: Reader, key: Reader) -> Any:
    """A value or None."""
    return value(reply)


def some(args: Args, reply: Any, value: Reader, key: Reader) -> Any:
    """A value or None, or a set, list or tuple of them."""
    if isinstance(reply, set):
        return collected(map(value, reply))
    if isinstance(reply, list | tuple):
        values = list(map(value, reply))
        return tuple(values) if isinstance(reply, tuple) else values
    return value(reply)


def keys(args: Args, reply: Any, value: Reader, key: Reader) -> Any:
    """Sub-keys."""
    return some(args, reply, key, key)


def mapping(args: Args, reply: Any, value: Reader, key: Reader) -> Any:
    """A dict of sub-key to value."""
    return paired((key(name), value(text)) for name, text in reply.items())


def random_keys(args: Args, reply: Any, value: Reader, key: Reader) -> Any:
    """Sub-keys, with their values (in turn, or in pairs) if asked."""
    if not has(args, "WITHVALUES"):
        return keys(args, reply, value, key)
    if reply and isinstance(reply[0], list | tuple):
        return [[key(pair[0]), value(pair[1])] for pair in reply]
    return [(value if n % 2 else key)(text) for n, text in enumerate(reply)]


def old_value(args: Args, reply: Any, value: Reader, key: Reader) -> Any:
    """The old value if the command asks for it by GET."""
    operands = after("IFEQ", "IFNE", first=3)(args)
    asked = any(_is_word(args[at], ("GET",)) for at in range(3, len(args)) if at not in operands)
    return value(reply) if asked else reply


def unless_taken_apart(args: Args, reply: Any, value: Reader, key: Reader) -> Any:
    """Members of SORT, unless it stores them or gets values of other keys."""
    return reply if has(args, "GET", "STORE") else some(args, reply, value, key)


def members(args: Args, reply: Any, value: Reader, key: Reader) -> Any:
    """Members, alone or each the first in a row of more (its score, its place)."""
    if isinstance(reply, list | tuple) and len(reply) == 2 and isinstance(reply[1], float):
        return _first(reply, value)
    if not isinstance(reply, list | tuple | set):
        return value(reply)
    if any(isinstance(item, list | tuple) for item in reply):
        return [_first(item, value) for item in reply]
    if has(args, "WITHSCORES"):
        return [item if n % 2 else value(item) for n, item in enumerate(reply)]
    return some(args, reply, value, key)


def _first(row: Any, value: Reader) -> Any:
    first = (value(row[0]), *row[1:])
    return first if isinstance(row, tuple) else list(first)


def from_key(args: Args, reply: Any, value: Reader, key: Reader) -> Any:
    """The name of a key, then the values taken from it."""
    if reply is None:
        return None
    return type(reply)((reply[0], some(args, reply[1], value, key)))


def members_from_key(args: Args, reply: Any, value: Reader, key: Reader) -> Any:
    """The name of a key, then a member and its score, or rows of both."""
    if reply is None:
        return None
    if isinstance(reply[1], list | tuple):
        return type(reply)((reply[0], members(args, reply[1], value, key)))
    return type(reply)((reply[0], value(reply[1]), *reply[2:]))


#: commands with parts of values, patterns or bits, which pass as text; and why
PASSES_TEXT: dict[str, str] = {
    "append": "adds a part of a text",
    "setrange": "writes a part of a text",
    "getrange": "reads a part of a text",
    "substr": "reads a part of a text",
    "setbit": "writes a bit",
    "getbit": "reads a bit",
    "bitfield_ro": "reads bits",
    "bitop": "combines the bits of other keys",
    "lcs": "compares texts",
    "digest": "is a hash of the text",
    "incr": "counts on the server: a native number",
    "incrby": "counts on the server: a native number",
    "incrbyfloat": "counts on the server: a native number",
    "increx": "counts on the server: a native number",
    "decr": "counts on the server: a native number",
    "decrby": "counts on the server: a native number",
    "pfadd": "the elements of a HyperLogLog are never read back",
    "pfcount": "the elements of a HyperLogLog are never read back",
    "pfmerge": "the elements of a HyperLogLog are never read back",
    "zrangebylex": "the bounds are texts with '[' or '(': the members are typed",
    "zrevrangebylex": "the bounds are texts with '[' or '(': the members are typed",
    "zlexcount": "the bounds are texts with '[' or '('",
    "zremrangebylex": "the bounds are texts with '[' or '('",
    "dump": "is the value in the server's own format",
    "restore": "takes the value in the server's own format",
}

#: commands without a value in their arguments or reply: lengths, ranks, lifetimes, other keys
NO_VALUES = frozenset(
    (
        *("strlen", "bitcount", "bitpos", "exists", "type", "object", "memory_usage", "touch"),
        *("ttl", "pttl", "expiretime", "pexpiretime", "persist"),
        *("expire", "pexpire", "expireat", "pexpireat", "httl", "hpttl", "hexpiretime", "hpexpiretime"),
        *("hexpire", "hpexpire", "hexpireat", "hpexpireat", "hpersist", "hincrby", "hincrbyfloat"),
        *("delete", "unlink", "rename", "renamenx", "move", "copy", "hlen", "hexists", "hstrlen", "hdel"),
        *("llen", "ltrim", "scard", "sintercard", "sunioncard", "sdiffcard"),
        *("sinterstore", "sunionstore", "sdiffstore", "zinterstore", "zunionstore", "zdiffstore"),
        *("zrangestore", "zcard", "zcount", "zintercard", "zremrangebyrank", "zremrangebyscore"),
    )
)
