"""Imports between the modules of the library point down only, and never in a circle."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import limpyd_ng

ROOT = Path(limpyd_ng.__file__).parent
#: from the lowest to the highest; each line is one layer
LAYERS = (
    {
        "exceptions",
        "call",
        "keys",
        "codec",
        "codecs",
        "commands",
        "static",
        "utils",
        "contents",
        "rules",
        "validation",
    },
    {
        "audit",
        "lua",
        "indexes",
        "schema",
        "relations",
        "compiled",
        "engine",
        "deletion",
        "lifecycle",
        "parties",
        "refusals",
        "updating",
        "bulk",
        "query",
    },
    {"runners", "database"},
    {
        "collection",
        "declaration",
        "dumping",
        "fields",
        "hashes",
        "model",
        "objects",
        "records",
        "results",
        "upkeep",
    },
    {"asyncio", "contrib", "testing", "embedded", "demo", "cli", "__main__", "__init__"},
)
HEIGHT = {name: height for height, layer in enumerate(LAYERS) for name in layer}
MODULES = sorted(ROOT.rglob("*.py"))


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def imports(path: Path) -> Iterator[str]:
    """The modules of the library that one imports when it runs, as paths below the package."""
    package = path.relative_to(ROOT).parent.parts
    for node in running(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.level:
            parts = [*package[: len(package) - node.level + 1], *(node.module or "").split(".")]
            base = ".".join(part for part in parts if part)
            for alias in node.names:
                yield from resolved(base, alias.name)


def resolved(base: str, name: str) -> Iterator[str]:
    inner = f"{base}.{name}" if base else name
    for candidate in (inner, base):
        folder = ROOT.joinpath(*candidate.split("."))
        if folder.with_suffix(".py").is_file():
            yield candidate
            return
        if candidate and (folder / "__init__.py").is_file():
            yield f"{candidate}.__init__"
            return


def running(node: ast.AST) -> Iterator[ast.AST]:
    """All statements but those for type checkers alone."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test):
            continue
        yield child
        yield from running(child)


def test_every_module_has_a_place_in_a_layer():
    assert {name_of(path).partition(".")[0] for path in MODULES} == set(HEIGHT)


def test_imports_point_down():
    up = [
        f"{name_of(path)} imports {imported}"
        for path in MODULES
        for imported in imports(path)
        if HEIGHT[imported.partition(".")[0]] > HEIGHT[name_of(path).partition(".")[0]]
    ]
    assert up == []


def test_imports_make_no_circle():
    graph = {name_of(path): set(imports(path)) - {name_of(path)} for path in MODULES}
    assert len(list(TopologicalSorter(graph).static_order())) == len(MODULES)


def test_only_the_third_layer_and_what_is_above_it_know_of_connections():
    for path in MODULES:
        name = name_of(path)
        if HEIGHT[name.partition(".")[0]] < 2:
            modules = {
                node.module
                for node in running(ast.parse(path.read_text()))
                if isinstance(node, ast.ImportFrom)
            }
            assert not modules & {"redis.client", "redis.connection", "redis.asyncio"}, name
