"""Compares what type checkers are told of commands with what the commands of the tests take and give.

Every command that a test of ``tests/server`` calls on a plain database is looked up in
``limpyd_ng/fields/commands.pyi``: it has to take these arguments, and its reply has to be of the
type that is declared for them. A pair (a member and its score) may be a list where a tuple is
declared: which one it is depends on the protocol, as in redis-py.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Hashable, Iterator
from enum import Enum
from functools import cache
from inspect import Parameter, Signature, iscoroutine
from pathlib import Path
from typing import Any, get_origin

from limpyd_ng.fields import commands as native
from limpyd_ng.fields.native import NativeCommands
from limpyd_ng.runners.queue import Deferred

STUB = Path(native.__file__).with_suffix(".pyi")
#: aliases of the stub for what is given, which the commands check themselves
GIVEN = {
    "Any",
    "Given",
    "Key",
    "Keys",
    "Text",
    "Expiry",
    "Moment",
    "Callable",
    "Iterable",
    "Mapping",
    "Sequence",
}
#: where classes are that values are of; markers of pydantic are no classes of values
MODULES = {"builtins", "datetime", "decimal", "uuid"}
PLAIN = {"int": int, "str": str, "float": int | float, "bool": bool, "bytes": bytes}

#: the commands that were compared in this process: (class, command)
SEEN: set[tuple[str, str]] = set()


@cache
def declared() -> dict[tuple[str, str], list[tuple[Signature, ast.expr]]]:
    """{(class, command): the signatures and types of its overloads}"""
    found: dict[tuple[str, str], list[tuple[Signature, ast.expr]]] = {}
    for node in ast.parse(STUB.read_text()).body:
        if isinstance(node, ast.ClassDef):
            for method in node.body:
                if isinstance(method, ast.FunctionDef) and method.returns is not None:
                    overloads = found.setdefault((node.name, method.name), [])
                    overloads.append((Signature(list(parameters(method.args))), method.returns))
    return found


def parameters(arguments: ast.arguments) -> Iterator[Parameter]:
    """What follows ``self``."""
    positional = [*arguments.posonlyargs, *arguments.args]
    defaults = [Parameter.empty] * (len(positional) - len(arguments.defaults)) + [None] * len(
        arguments.defaults
    )
    only = len(arguments.posonlyargs)
    for number, (one, default) in list(enumerate(zip(positional, defaults, strict=True)))[1:]:
        kind = Parameter.POSITIONAL_ONLY if number < only else Parameter.POSITIONAL_OR_KEYWORD
        yield Parameter(one.arg, kind, default=default, annotation=one.annotation)
    if arguments.vararg:
        yield Parameter(
            arguments.vararg.arg, Parameter.VAR_POSITIONAL, annotation=arguments.vararg.annotation
        )
    for one, value in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        default = Parameter.empty if value is None else None
        yield Parameter(one.arg, Parameter.KEYWORD_ONLY, default=default, annotation=one.annotation)
    if arguments.kwarg:
        yield Parameter(arguments.kwarg.arg, Parameter.VAR_KEYWORD)


def check(field: Any, name: str, args: Any, kwargs: Any, reply: Any) -> None:
    """Raises AssertionError if the stub does not say what happened."""
    owner = next((cls.__name__ for cls in type(field).__mro__ if cls.__module__ == native.__name__), "")
    overloads = declared().get((owner, name))
    if overloads is None:
        return  # an own method: mypy checks it
    SEEN.add((owner, name))
    called = f"{type(field).__name__}.{name}({args}, {kwargs})"
    for signature, returns in overloads:
        if takes(signature, field, args, kwargs):
            assert fits(reply, returns, field), (
                f"{called} gives {reply!r}, declared is {ast.unparse(returns)}"
            )
            return
    raise AssertionError(f"{called}: type checkers would refuse it")


def takes(signature: Signature, field: Any, args: Any, kwargs: Any) -> bool:
    """Whether these arguments are those of an overload."""
    try:
        bound = signature.bind(*args, **kwargs)
    except TypeError:
        return False
    for name, value in bound.arguments.items():
        parameter = signature.parameters[name]
        if parameter.annotation is Parameter.empty:
            continue
        values = value if parameter.kind is Parameter.VAR_POSITIONAL else [value]
        if not all(fits(one, parameter.annotation, field) for one in values):
            return False
    return True


def fits(value: Any, kind: ast.expr, field: Any) -> bool:
    """Whether a value is of a type, as the stub has it."""
    if isinstance(kind, ast.BinOp):
        return fits(value, kind.left, field) or fits(value, kind.right, field)
    if isinstance(kind, ast.Constant):
        return value is kind.value
    if isinstance(kind, ast.Name):
        if kind.id in ("V", "K"):
            return is_a(value, field.value_type if kind.id == "V" else field.key_value_type)
        return kind.id in GIVEN or isinstance(value, PLAIN[kind.id])
    assert isinstance(kind, ast.Subscript), ast.dump(kind)
    inner = kind.slice.elts if isinstance(kind.slice, ast.Tuple) else [kind.slice]
    return CONTAINERS[ast.unparse(kind.value)](value, inner, field)


def is_a(value: Any, kind: Any) -> bool:
    """Whether a value is of the type of a field, as far as that is a class."""
    kind = get_origin(kind) or kind
    if isinstance(kind, type) and (kind.__module__ in MODULES or issubclass(kind, Enum)):
        return isinstance(value, PLAIN.get(kind.__name__, kind))
    return True


def is_set(value: Any, inner: list[ast.expr], field: Any) -> bool:
    if isinstance(value, list):  # of what cannot be in a set
        return not all(isinstance(item, Hashable) and not isinstance(item, list) for item in value)
    return isinstance(value, set) and all(fits(item, inner[0], field) for item in value)


def is_dict(value: Any, inner: list[ast.expr], field: Any) -> bool:
    if isinstance(value, list):  # of pairs, where the first cannot be a key
        return not all(isinstance(key, Hashable) for key, _ in value)
    return isinstance(value, dict) and all(
        fits(key, inner[0], field) and fits(item, inner[1], field) for key, item in value.items()
    )


CONTAINERS: dict[str, Callable[[Any, list[ast.expr], Any], bool]] = {
    **{name: lambda value, inner, field: True for name in GIVEN},
    "Literal": lambda value, inner, field: any(
        value is one.value for one in inner if isinstance(one, ast.Constant)
    ),
    "list": lambda value, inner, field: (
        isinstance(value, list) and all(fits(item, inner[0], field) for item in value)
    ),
    "set": is_set,
    "dict": is_dict,
    "tuple": lambda value, inner, field: (
        isinstance(value, list | tuple)
        and len(value) == len(inner)
        and all(fits(item, one, field) for item, one in zip(value, inner, strict=True))
    ),
}


def watch(monkeypatch: Any) -> None:
    """From now on each command of a plain database is compared."""
    command, bare = NativeCommands._command, NativeCommands._bare

    def watched(self: Any, row: Any, args: Any, kwargs: Any, then: Any = None) -> Any:
        reply = command(self, row, args, kwargs, then)
        if then is None:
            compare(self, row, args, kwargs, reply)
        return reply

    def watched_bare(self: Any, row: Any, *recorded: Any) -> Any:
        reply = bare(self, row, *recorded)
        compare(self, row, (), {}, reply)
        return reply

    monkeypatch.setattr(NativeCommands, "_command", watched)
    monkeypatch.setattr(NativeCommands, "_bare", watched_bare)


def compare(field: Any, row: Any, args: Any, kwargs: Any, reply: Any) -> None:
    hooked = field.holder.has_hook or type(field).post_command is not NativeCommands.post_command
    if not (isinstance(reply, Deferred) or iscoroutine(reply) or hooked):
        check(field, row.name, args, kwargs, reply)
