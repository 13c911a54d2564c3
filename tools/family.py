"""The types of ``limpyd_ng.asyncio``: the plain classes once more, with what has to be awaited.

At run time the classes are the same. For type checkers there are two families: in the second a
method that returns a ``Reply[T]`` returns a coroutine of T, one that returns ``Items[T]`` an
asynchronous iterator, and every class that such a class refers to is the one of the second family.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator
from pathlib import Path

__all__ = ["face_stub", "family_stub"]

PACKAGE = Path(__file__).resolve().parent.parent / "limpyd_ng"

#: where the classes of the family are declared, and which of a module; bases before what is made of them
SOURCES: dict[str, tuple[str, ...]] = {
    "fields.bound": ("Bound",),
    "fields.texts": ("Texts",),
    "fields.reading": ("Reading",),
    "fields.writing": ("Writing",),
    "fields.native": ("NativeCommands",),
    "upkeep": ("Upkeep",),
    "fields.base": ("RedisField",),
    "fields.string": ("StringField",),
    "fields.embedded": ("EmbeddedView", "EmbeddedField"),
    "fields.hash": ("HashField", "InstanceHashField"),
    "fields.enum": ("EnumField",),
    "fields.geo": ("GeoField",),
    "fields.json": ("JSONField",),
    "fields.list": ("ListField",),
    "fields.set": ("SetField",),
    "fields.sortedset": ("SortedSetField",),
    "fields.pk": ("PKField", "AutoPKField"),
    "fields.generated_pk": ("ULIDPKField", "UUIDPKField"),
    "collection.chain": ("Chain",),
    "collection.shapes": ("Shaped",),
    "collection.asking": ("Asking",),
    "collection.stored": ("Stored",),
    "collection.batches": ("Batches",),
    "collection.listlike": ("ListLike",),
    "collection.manager": ("CollectionManager",),
    "hashes": ("InstanceHashCommands",),
    "objects.described": ("Described",),
    "objects.state": ("State",),
    "objects.creation": ("Creation",),
    "objects.lifetime": ("Lifetime",),
    "objects.finding": ("Finding",),
    "objects.bulk": ("Bulk",),
    "objects.keeping": ("Keeping",),
    "model": ("RedisModel",),
    "contrib.related.models": ("OfTexts", "RelatedModel", "RelatedCollection"),
    "contrib.related.base": ("RelatedField", "ForeignKey", "ManyToMany"),
    "contrib.related.fields": (
        *("FKStringField", "FKInstanceHashField", "M2MSetField", "M2MListField", "M2MSortedSetField"),
    ),
    "testing": ("assert_indexes_right",),
}

#: names that are in another module for asyncio users
ELSEWHERE = {"RedisDatabase": "asyncio.database", "Given": "asyncio._family"}

#: other names of classes of the family
ALSO = {"ExtendedCollectionManager": "CollectionManager"}

#: commands whose methods have the names of types
BUILTIN_NAMES = {"set", "type", "object", "sort"}

#: private names that authors of subclasses use, and special methods that the stubs keep
KEPT = {"_pk", "_name", "_fields", "__init__", "__get__", "__set__", "__call__", "__getitem__", "__getattr__"}

#: what differs by more than its result
INSTEAD = {
    ("RedisModel", "__init__"): "def __init__(self) -> None: ...",
    ("RedisModel", "Record"): "Record: TypeAlias = RecordBase",
    ("ListLike", "__await__"): "def __await__(self) -> Generator[Any, Any, list[R]]: ...",
    ("ListLike", "__aiter__"): "def __aiter__(self) -> AsyncIterator[R]: ...",
    ("ListLike", "__iter__"): "__iter__: ClassVar[None]  # type: ignore[assignment]",
    ("ListLike", "__contains__"): "__contains__: ClassVar[None]",
}

_DECORATORS = {"overload", "classmethod", "staticmethod", "property", "cached_property", "contextmanager"}


def family_stub(prelude: str, command_lines: dict[str, list[str]]) -> str:
    """``limpyd_ng/asyncio/_family.pyi``. ``command_lines``: the classes of native commands."""
    imports: dict[str, str] = {}
    classes: list[ast.stmt] = []
    for module, names in SOURCES.items():
        tree = ast.parse(_path(module).read_text())
        imports.update(_names_of(module, tree))
        for node in tree.body:
            if isinstance(node, ast.ClassDef | ast.FunctionDef) and node.name in names:
                classes.append(_class(node) if isinstance(node, ast.ClassDef) else _function(node))
    own = {name for names in SOURCES.values() for name in names} | command_lines.keys()
    commands = "\n\n".join("\n".join(lines) for lines in command_lines.values())
    native, rest = _split(classes)
    variables = _variables(own)
    text = "\n\n".join([variables, prelude, native, commands, rest])
    return _imports(text, imports, own) + "\n\n" + text


def _split(classes: list[ast.stmt]) -> tuple[str, str]:
    """The classes that the native commands refer to at once, and the others."""
    names = [getattr(node, "name", "") for node in classes]
    after = names.index("NativeCommands") + 1
    first, others = classes[:after], classes[after:]
    return "\n\n".join(map(ast.unparse, first)), "\n\n".join(map(ast.unparse, others))


def face_stub(module: str) -> str:
    """The stub of a module of ``limpyd_ng.asyncio`` that re-exports: the family's class, if there is one."""
    tree = ast.parse(_path(module).read_text())
    own = {name for names in SOURCES.values() for name in names}
    up = "." * (module.removesuffix(".__init__").count(".") if not module.endswith("__init__") else 1)
    lines = []
    for node in tree.body:
        if not isinstance(node, ast.ImportFrom):
            continue
        for alias in node.names:
            name = ALSO.get(alias.name, alias.name)
            source = f"{up}_family" if name in own else "." * node.level + (node.module or "")
            lines.append(f"from {source} import {name} as {alias.asname or alias.name}")
    return "\n".join(lines) + "\n"


def _path(module: str) -> Path:
    return PACKAGE.joinpath(*module.split(".")).with_suffix(".py")


# names


def _names_of(module: str, tree: ast.Module) -> dict[str, str]:
    """{name: the statement that imports it}, for what a module imports or declares."""
    package = module.split(".")[:-1]
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            source = node.module or ""
            if node.level:
                source = ".".join([*package[: len(package) - node.level + 1], *source.split(".")]).strip(".")
            for alias in node.names:
                name = alias.asname or alias.name
                found[name] = _statement(ELSEWHERE.get(name, source), alias.name, name, node.level > 0)
        elif isinstance(node, ast.Import):
            for alias in node.names:
                found[alias.asname or alias.name.partition(".")[0]] = f"import {alias.name}"
    for node in tree.body:
        name = getattr(node, "name", None) or ast.unparse(getattr(node, "target", None) or ast.Constant(""))
        if isinstance(node, ast.Assign):
            name = ast.unparse(node.targets[0])
        found.setdefault(name, _statement(module, name, name, True))
    return found


def _statement(source: str, name: str, known_as: str, ours: bool) -> str:
    if not ours:
        return f"from {source} import {name}" + (f" as {known_as}" if known_as != name else "")
    if source.startswith("asyncio."):
        return f"from .{source.removeprefix('asyncio.')} import {name}"
    return f"from ..{source} import {name}"


def _imports(text: str, known: dict[str, str], own: set[str]) -> str:
    tree = ast.parse(text)
    declared = own | {
        node.target.id
        for node in tree.body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    }
    declared |= {ast.unparse(node.targets[0]) for node in ast.walk(tree) if isinstance(node, ast.Assign)}
    declared |= {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)} - BUILTIN_NAMES
    used = {
        node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }
    typing = ("Any", "ClassVar", "Generic", "Literal", "TypeAlias", "overload")
    known = {
        **known,
        **{name: f"from typing import {name}" for name in typing},
        **{
            name: f"from collections.abc import {name}"
            for name in (
                "AsyncIterator",
                "Callable",
                "Coroutine",
                "Generator",
                "Iterable",
                "Mapping",
                "Sequence",
            )
        },
        **{name: f"from datetime import {name}" for name in ("date", "datetime", "time", "timedelta")},
        **{name: f"from ..static import {name}" for name in ("E", "K", "N", "R", "T", "U", "V")},
        "TypeVar": "from typing_extensions import TypeVar",
        "type": "import builtins",
    }
    missing = {name for name in used - declared - known.keys() if not hasattr(builtins, name)}
    if missing:
        raise SystemExit(f"the stubs of asyncio need {', '.join(sorted(missing))}: nobody imports them")
    return "\n".join(sorted({known[name] for name in used - declared if name in known and name != "type"}))


def _variables(own: set[str]) -> str:
    """The type variables that are bound to a class of the family."""
    tree = ast.parse(_path("static").read_text())
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            uses = {one.id for one in ast.walk(node.value) if isinstance(one, ast.Name)}
            if uses & own:
                node.value.func = ast.Name("TypeVar")
                found.append(ast.unparse(node))
    return "\n".join(found)


# classes


def _class(node: ast.ClassDef) -> ast.ClassDef:
    body = list(_members(node.name, node.body))
    given = [ast.parse(text).body[0] for (owner, _), text in INSTEAD.items() if owner == node.name]
    body = [*body, *given] or [ast.Expr(ast.Constant(...))]
    return ast.ClassDef(node.name, node.bases, node.keywords, body, [], type_params=[])


def _members(owner: str, body: list[ast.stmt]) -> Iterator[ast.stmt]:
    overloaded = {
        node.name for node in _flat(body) if isinstance(node, ast.FunctionDef) and _is(node, "overload")
    }
    for node in _flat(body):
        if isinstance(node, ast.FunctionDef):
            wanted = node.name not in overloaded or _is(node, "overload")
            if wanted and _is_public(node.name) and (owner, node.name) not in INSTEAD:
                yield _function(node)
        elif isinstance(node, ast.AnnAssign):
            name = ast.unparse(node.target)
            if not _is_public(name) or (owner, name) in INSTEAD:
                continue
            yield ast.AnnAssign(node.target, node.annotation, None, 1)
        elif isinstance(node, ast.Assign) and _is_public(ast.unparse(node.targets[0])):
            yield from _assigned(node)


def _flat(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a class, those for type checkers among them."""
    for node in body:
        if isinstance(node, ast.If):
            if ast.unparse(node.test) == "TYPE_CHECKING":
                yield from _flat(node.body)
        else:
            yield node


def _is_public(name: str) -> bool:
    return not name.startswith("_") or name in KEPT


def _is(node: ast.FunctionDef, decorator: str) -> bool:
    return any(ast.unparse(one) == decorator for one in node.decorator_list)


def _assigned(node: ast.Assign) -> Iterator[ast.stmt]:
    """Another name of a method, or a class that a call makes an object of."""
    if isinstance(node.value, ast.Name) and node.value.id.islower():
        yield node
    elif isinstance(node.value, ast.Call) and ast.unparse(node.value.func)[0].isupper():
        yield ast.AnnAssign(node.targets[0], node.value.func, None, 1)
    elif isinstance(node.value, ast.Constant) and isinstance(node.value.value, bool):
        yield ast.AnnAssign(node.targets[0], ast.parse("ClassVar[bool]", mode="eval").body, None, 1)


def _function(node: ast.FunctionDef) -> ast.FunctionDef:
    decorators = [one for one in node.decorator_list if ast.unparse(one) in _DECORATORS]
    if any(ast.unparse(one) == "declaration.both" for one in node.decorator_list):
        decorators = [ast.Name("classmethod")]
        node.args.args[0].arg = "cls"
    returns = _Awaited().visit(node.returns) if node.returns is not None else None
    arguments = node.args
    arguments.defaults = [_default(one) for one in arguments.defaults]
    arguments.kw_defaults = [one and _default(one) for one in arguments.kw_defaults]
    made = ast.FunctionDef(
        node.name, arguments, [ast.Expr(ast.Constant(...))], decorators, returns, type_params=[]
    )
    return ast.fix_missing_locations(made)


def _default(value: ast.expr) -> ast.expr:
    return value if isinstance(value, ast.Constant) else ast.Constant(...)


class _Awaited(ast.NodeTransformer):
    """Replies as coroutines, items as asynchronous iterators."""

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        node.slice = self.visit(node.slice)
        name = ast.unparse(node.value)
        if name == "Reply":
            return ast.parse(f"Coroutine[Any, Any, {ast.unparse(node.slice)}]", mode="eval").body
        if name == "Items":
            node.value = ast.Name("AsyncIterator")
        return node
