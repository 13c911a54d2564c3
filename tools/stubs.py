"""Writes the stubs: ``limpyd_ng/fields/commands.pyi``, and those of ``limpyd_ng.asyncio``.

python tools/stubs.py            writes what has changed
python tools/stubs.py --check    writes nothing; fails if anything would change
"""

from __future__ import annotations

import difflib
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path[:0] = [str(HERE), str(ROOT)]

import commands as native  # noqa: E402
import family  # noqa: E402

HEADER = '"""{what} Written by tools/stubs.py; do not edit."""\n'

#: the modules of limpyd_ng.asyncio that re-export
FACES = (
    *("__init__", "fields", "collection", "model", "testing"),
    *("contrib.collection", "contrib.database", "contrib.related"),
)

PLAIN_IMPORTS = """
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Generic, Literal, TypeAlias, overload

from ..model import RedisModel
from ..static import K, T, V
from .base import RedisField
from .native import NativeCommands
"""


def plain_commands() -> str:
    """``limpyd_ng/fields/commands.pyi``"""
    lines = [HEADER.format(what="The commands of fields."), PLAIN_IMPORTS, native.PRELUDE]
    for name in native.CLASSES:
        lines += ["", *native.class_lines(name, "{}")]
    return "\n".join(lines)


def formatted(text: str) -> str:
    """The text in the repository's style."""
    for command in (["check", "--select", "I,F401", "--fix", "-q"], ["format", "-q"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "--stdin-filename", "stub.pyi", "-"],
            input=text,
            capture_output=True,
            text=True,
            cwd=ROOT,
            check=True,
        )
        text = done.stdout
    return text


def stubs() -> dict[Path, str]:
    """Every stub, by where it is."""
    package = ROOT / "limpyd_ng"
    lines = {name: native.class_lines(name, "Coroutine[Any, Any, {}]") for name in native.CLASSES}
    made = {
        package / "fields/commands.pyi": plain_commands(),
        package / "asyncio/_family.pyi": HEADER.format(what="The classes of models and fields, for asyncio.")
        + family.family_stub(native.PRELUDE, lines),
    }
    for module in FACES:
        path = package.joinpath("asyncio", *module.split(".")).with_suffix(".pyi")
        made[path] = HEADER.format(what="See the module.") + family.face_stub(f"asyncio.{module}")
    return {path: formatted(text) for path, text in made.items()}


def main() -> None:
    """See above."""
    check = sys.argv[1:] == ["--check"]
    stale = False
    for path, text in stubs().items():
        old = path.read_text() if path.exists() else ""
        if old == text:
            continue
        stale = True
        name = str(path.relative_to(ROOT))
        if check:
            sys.stderr.writelines(
                difflib.unified_diff(old.splitlines(True), text.splitlines(True), name, "new")
            )
        else:
            path.write_text(text)
            print(f"written: {name}")
    if check and stale:
        sys.exit("the stubs are not current: run python tools/stubs.py")


if __name__ == "__main__":
    main()
