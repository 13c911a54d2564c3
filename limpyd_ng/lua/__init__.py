"""The server-side scripts, and their loader.

Each script is a ``.lua`` file whose header states its keys, arguments, reply and errors.
A line ``-- include: name`` is replaced by ``lib/name.lua``, once. Comments and blank
lines are dropped before the text is sent; they are for the reader.
"""

from __future__ import annotations

import re
from hashlib import sha1
from importlib.resources import files

__all__ = [
    "AUDIT",
    "CREATE",
    "DELETE",
    "GUARD",
    "LOAD",
    "POINTED",
    "QUERY",
    "RENAME",
    "WRITE",
    "Script",
    "assemble",
]

_INCLUDE = re.compile(r"^-- include: (\w+)$")


class Script:
    """A script: its text, its SHA1, and whether it only reads."""

    __slots__ = ("name", "readonly", "sha", "text")

    def __init__(self, name: str, text: str, readonly: bool = False) -> None:
        self.name = name
        self.readonly = readonly
        self.text = text
        self.sha = sha1(text.encode()).hexdigest()

    @classmethod
    def of_file(cls, name: str, readonly: bool = False) -> Script:
        """The script in ``name.lua``."""
        return cls(name, assemble(name), readonly)

    def __repr__(self) -> str:
        return f"<Script {self.name} {self.sha[:8]}>"


def _read(path: str) -> str:
    return files(__name__).joinpath(path).read_text(encoding="utf-8")


def assemble(name: str) -> str:
    """The text of ``name.lua`` with its includes in place and its comments left out.

    Raises FileNotFoundError for an unknown script or include.
    """
    included: set[str] = set()

    def lines_of(path: str) -> list[str]:
        lines: list[str] = []
        for line in _read(path).splitlines():
            include = _INCLUDE.match(line)
            if include:
                if include[1] not in included:
                    included.add(include[1])
                    lines += lines_of(f"lib/{include[1]}.lua")
            elif line.strip() and not line.lstrip().startswith("--"):
                lines.append(line.strip())
        return lines

    return "\n".join(lines_of(f"{name}.lua"))


WRITE = Script.of_file("write")
CREATE = Script.of_file("create")
RENAME = Script.of_file("rename")
LOAD = Script.of_file("load", readonly=True)
DELETE = Script.of_file("delete")
GUARD = Script.of_file("guard")
QUERY = Script.of_file("query", readonly=True)
POINTED = Script.of_file("pointed", readonly=True)
AUDIT = Script.of_file("audit")
