"""A native command as a row: what redis-py cannot tell about it.

redis-py knows the wire form and the reply; a row adds whether the command writes, which
part of the value it may change (so that the write engine knows where to look), which
other key it writes, and what it needs of the server.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from .recorder import KEY, RECORDER, Recorded
from .values import Positions, Shape, none

__all__ = ["ALL", "PAIRS", "SINGLES", "Args", "Row", "Touch", "read", "write"]

Args = Sequence[Any]
#: how a part of the value may change (see lua/write.lua), and the values that tell which
Touch = tuple[str, list[Any]]

#: the command may change anything in the value
ALL: list[Touch] = [("all", [])]


def SINGLES(args: Args) -> tuple[int, int]:
    """A command whose like arguments follow the key, one by one."""
    return 2, 1


def PAIRS(args: Args) -> tuple[int, int]:
    """A command whose like arguments follow the key, two by two."""
    return 2, 2


def _always_all(args: Args) -> list[Touch]:
    return ALL


def _nothing(args: Args) -> list[Any]:
    return []


def _never(args: Args) -> bool:
    return False


def _own(args: Args) -> list[tuple[int, list[Touch]]]:
    return []


class Row(NamedTuple):
    """One command of one field type."""

    #: name of the method on the field, and of redis-py's unless ``builder`` is given
    name: str
    write: bool = False
    #: (key, *args, **kwargs) -> Recorded, where redis-py's own method cannot be used as it is
    builder: Callable[..., Recorded] | None = None
    #: wire arguments -> what changes in the field's own value; None when it only reads it (PFCOUNT
    #: is a read that changes it: it keeps the count in the value)
    touch: Callable[[Args], list[Touch]] | None = _always_all
    #: wire arguments -> new values that are known before the command runs
    news: Callable[[Args], list[Any]] = _nothing
    #: wire arguments -> (position, touches) of other keys that are written
    targets: Callable[[Args], list[tuple[int, list[Touch]]]] = _own
    #: wire arguments -> whether the value would get a time to live
    expires: Callable[[Args], bool] = _never
    #: the reply of a script must be made with RESP3 types to be what redis-py expects
    resp3: bool = False
    #: wire arguments -> where a list of like arguments starts that may be sent in parts, and
    #: how many of them belong together
    parts: Callable[[Args], tuple[int, int]] | None = None
    blocking: bool = False
    #: whether it writes this one value alone, and its reply passes through a script as it is
    alone: bool = False
    #: wire arguments -> whether this holds of a call, where it does not of all
    alone_if: Callable[[Args], bool] | None = None
    #: wire arguments -> the positions of values, and of sub-keys of a hash (see ``values``)
    encodes: Positions = none
    encodes_keys: Positions = none
    #: of a write, those of ``encodes`` that it puts into the field; None: all
    stores: Positions | None = None
    #: where values are in the reply; None: nowhere
    decodes: Shape | None = None
    #: the server that brought the command: (Redis, Valkey)
    since: tuple[str, str] = ("6.2", "7.2")

    def build(self, /, *args: Any, **kwargs: Any) -> Recorded:
        """The wire arguments, with ``KEY`` where the field's key goes, and the options."""
        if self.builder is not None:
            return self.builder(KEY, *args, **kwargs)
        recorded: Recorded = getattr(RECORDER, self.name)(KEY, *args, **kwargs)
        return recorded


def read(name: str, builder: Callable[..., Recorded] | None = None, **options: Any) -> Row:
    """A row for a command that only reads."""
    return Row(name, builder=builder, touch=None, **options)


def write(name: str, touch: Any = _always_all, **options: Any) -> Row:
    """A row for a command that may change the value."""
    alone = not (options.keys() & {"targets", "blocking", "resp3"} or name.endswith("store"))
    return Row(name, write=True, touch=touch, alone=alone, **options)
