"""The types of the native commands: from the rows, redis-py's signatures, and ``replies``."""

from __future__ import annotations

import inspect
from inspect import Parameter

from redis.commands.core import CoreCommands
from replies import REPLIES, TAKES, YES, Depends

from limpyd_ng.commands import Row
from limpyd_ng.fields import commands

__all__ = ["CLASSES", "PRELUDE", "class_lines"]

#: the classes of ``limpyd_ng.fields.commands`` and what they are generic in
CLASSES = {name: "K, V" if name == "HashCommands" else "V" for name in REPLIES}

#: what the stub of commands needs besides the classes
PRELUDE = """\
#: what is stored as it is; with the value itself (of a typed field) and fields whose value or key is taken
Text: TypeAlias = str | bytes | bytearray | memoryview | int | float | date | time
Given: TypeAlias = T | Text | RedisField[Any] | RedisModel
Key: TypeAlias = str | bytes | RedisField[Any]
Keys: TypeAlias = Key | Iterable[Key] | Mapping[Any, float]
Expiry: TypeAlias = int | timedelta
Moment: TypeAlias = int | datetime
"""

_VALUES = {"value", "values", "refvalue", "member", "place1", "place2", "ifeq", "ifne"}
_SUB_KEYS = {"key", "keys", "fields"}
_KEYS = {"second_list", "destination", "dst", "dest", "names", "sources", "args"}
#: redis-py's words for types, where they are not Python's own
_WORDS = {
    "KeyT": "Key",
    "ExpiryT": "Expiry",
    "AbsExpiryT": "Moment",
    "TimeoutSecT": "float",
    "Number": "float",
    "ZScoreBoundT": "float | str",
    "BitfieldOffsetT": "int | str",
    "type | Callable": "Callable[[Any], Any]",
    "float": "float",
    "int": "int",
    "bool": "bool",
    "str": "str",
    "bytes | str": "str | bytes",
}


def class_lines(name: str, reply: str) -> list[str]:
    """The class of a field type's commands; ``reply`` is what a command gives, with {} for the type."""
    rows: dict[str, Row] = dict(getattr(commands, name).rows)
    missing = rows.keys() ^ REPLIES[name].keys()
    if missing:
        raise SystemExit(f"{name}: tools/replies.py and the rows differ in {', '.join(sorted(missing))}")
    lines = [f"class {name}(NativeCommands, Generic[{CLASSES[name]}]):"]
    for row in rows.values():
        lines += _method(name, row, reply)
    return lines


def _method(owner: str, row: Row, reply: str) -> list[str]:
    given = TAKES[owner].get(row.name)
    takes = _split(given) if given is not None else _redis_parameters(owner, row)
    replies = REPLIES[owner][row.name]
    if isinstance(replies, str):
        return [_line(row.name, takes, replies, reply)]
    lines = ["    @overload", _line(row.name, _without(takes, replies), replies.without, reply)]
    for arguments, type in replies.given:
        lines += ["    @overload", _line(row.name, _with(takes, arguments), type, reply)]
    if any(type == YES for arguments, _ in replies.given for type in arguments.values()):
        lines += ["    @overload", _line(row.name, takes, "Any", reply)]  # a flag that is only known later
    return lines


def _line(name: str, takes: list[str], type: str, reply: str) -> str:
    return f"    def {name}({', '.join(['self', *takes])}) -> {reply.format(type)}: ..."


def _redis_parameters(owner: str, row: Row) -> list[str]:
    """redis-py's own parameters without the key, which is the first."""
    if row.builder is not None:
        raise SystemExit(f"{owner}.{row.name} has a builder: say in TAKES of tools/replies.py what it takes")
    parameters = list(inspect.signature(getattr(CoreCommands, row.name)).parameters.values())[1:]
    if parameters[0].kind is not Parameter.VAR_POSITIONAL:
        del parameters[0]
    takes, by_name = [], False
    for parameter in parameters:
        if parameter.kind is Parameter.VAR_POSITIONAL:
            by_name = True
        elif parameter.kind is Parameter.KEYWORD_ONLY and not by_name:
            takes.append("*")
            by_name = True
        takes.append(_parameter(owner, parameter))
    return [one for one in takes if one is not None and not one.startswith("**")]


def _parameter(owner: str, parameter: Parameter) -> str:
    stars = {Parameter.VAR_POSITIONAL: "*", Parameter.VAR_KEYWORD: "**"}.get(parameter.kind, "")
    taken = f"{stars}{parameter.name}: {_type(owner, parameter)}"
    if parameter.default is Parameter.empty:
        return taken
    default = parameter.default
    plain = default is None or isinstance(default, bool | int | float | str)
    return f"{taken} = {default!r}" if plain else f"{taken} = ..."


def _type(owner: str, parameter: Parameter) -> str:
    name, said = parameter.name, str(parameter.annotation)
    optional = " | None" if parameter.default is None else ""
    if name in _VALUES:
        return f"Given[V]{optional}"
    if owner == "HashCommands" and name in _SUB_KEYS:
        return f"Given[K]{optional}"
    if name in _KEYS and said in ("str", "KeyT"):
        return "Key"
    return f"{word}{optional}" if (word := _WORDS.get(said.removesuffix(" | None"))) else "Any"


# parameters as text


def _split(text: str) -> list[str]:
    """The parameters in a text, at the commas outside of brackets."""
    found, depth, start = [], 0, 0
    for at, char in enumerate(text):
        depth += (char in "[(") - (char in "])")
        if char == "," and depth == 0:
            found.append(text[start:at].strip())
            start = at + 1
    last = text[start:].strip()
    return [*found, last] if last else found


def _name(taken: str) -> str:
    return taken.partition(":")[0].strip()


def _without(takes: list[str], replies: Depends) -> list[str]:
    """The parameters when none of the deciding ones is given: flags may be False, others None."""
    deciding = {name: type for arguments, _ in replies.given for name, type in arguments.items()}
    found = []
    for taken in takes:
        name = _name(taken)
        if name not in deciding:
            found.append(taken)
        elif deciding[name] == YES:
            found.append(f"{name}: Literal[False] = False")
        elif "None" in taken:
            found.append(f"{name}: None = None")
        else:  # only counts with another one
            found.append(taken)
    return found


def _with(takes: list[str], arguments: dict[str, str]) -> list[str]:
    """The parameters when the deciding ones are given: as keywords, or where all before them are."""
    names = [_name(taken) for taken in takes]
    positional = "*" not in names and not any(name.startswith("*") for name in names)
    first = min(names.index(name) for name, type in arguments.items() if "=" not in type)
    required_before = all("=" not in taken for taken in takes[:first])
    changed = [
        f"{name}: {arguments[name]}" if name in arguments else taken
        for name, taken in zip(names, takes, strict=True)
    ]
    if not positional:
        return changed  # what follows a star needs no order
    if required_before:
        return _ordered(changed, first)
    return [*changed[:first], "*", *_ordered(changed[first:], 0)]


def _ordered(takes: list[str], first: int) -> list[str]:
    """Without a parameter that is needed behind one that is not: those go behind a star."""
    for at in range(first, len(takes)):
        if "=" not in takes[at] and any("=" in taken for taken in takes[:at]):
            return [*takes[:at], "*", *takes[at:]]
    return takes
