"""The server-side scripts, and their loader.

Each script is a ``.lua`` file whose header states its keys, arguments, reply and errors.
A line ``-- include: name`` is replaced by ``lib/name.lua``, once. Comments and blank
lines are dropped before the text is sent; they are for the reader.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from hashlib import sha1
from importlib.resources import files

__all__ = [
    "AUDIT",
    "CREATE",
    "DELETE",
    "DELETE_MET",
    "GUARD",
    "GUARD_ANY",
    "POINTED",
    "REFUSED",
    "RENAME",
    "UPDATE_MET",
    "WRITE",
    "Script",
    "assemble",
    "bare",
    "expanded",
    "functions",
]

# patterns are compiled when they are needed, which spares a millisecond of importing
_INCLUDE = r"^\s*-- include: (\w+)$"
#: a comment, alone on its line or at the end of one
_COMMENT = r"(?:^|\s+)--(?:\s.*)?$"
_FUNCTION = r"(?ms)^local function (\w+)\(.*?^end$"
#: a constant of the library, in one line
_CONSTANT = r"(?m)^local (\w+) = [^{}\n]+$"


class Script:
    """A script: its text, its SHA1, and whether it only reads."""

    __slots__ = ("name", "readonly", "sha", "text")

    text: str
    sha: str

    def __init__(self, name: str, text: str, readonly: bool = False) -> None:
        self.name = name
        self.readonly = readonly
        self.text = text

    @classmethod
    def of_file(cls, name: str, readonly: bool = False) -> Script:
        """The script in ``name.lua``, which is read when it is needed."""
        script = cls.__new__(cls)
        script.name, script.readonly = name, readonly
        return script

    def __getattr__(self, attribute: str) -> str:
        """Makes what is asked for the first time; after that it is an ordinary attribute."""
        if attribute == "text":
            self.text = assemble(self.name)
        elif attribute == "sha":
            self.sha = sha1(self.text.encode()).hexdigest()
        else:
            raise AttributeError(f"a Script has no attribute {attribute!r}")
        return getattr(self, attribute)  # type: ignore[no-any-return]

    def __repr__(self) -> str:
        return f"<Script {self.name} {self.sha[:8]}>"


def _read(path: str) -> str:
    return files(__name__).joinpath(path).read_text(encoding="utf-8")


def assemble(name: str) -> str:
    """The text of ``name.lua`` with its includes in place and its comments left out.

    Raises FileNotFoundError for an unknown script or include.
    """
    return bare(expanded(f"{name}.lua", set()))


def expanded(path: str, included: set[str]) -> list[str]:
    """The lines of a file with its includes in place, each once."""
    lines: list[str] = []
    for line in _read(path).splitlines():
        include = re.match(_INCLUDE, line)
        if include is None:
            lines.append(line)
        elif include[1] not in included:
            included.add(include[1])
            lines += expanded(f"lib/{include[1]}.lua", included)
    return lines


def bare(lines: Iterable[str], keep_indentation: bool = False) -> str:
    """Lines without comments and blank ones."""
    kept = []
    for line in lines:
        code = re.sub(_COMMENT, "", line).rstrip()
        if code.strip():
            kept.append(code if keep_indentation else code.strip())
    return "\n".join(kept)


def functions(body: str) -> str:
    """The functions and constants of the library (``lib/*.lua``) that a script body uses, and those
    that they use."""
    wanted: dict[str, str] = {}
    for name, text in reversed(_library().items()):  # each comes after those it uses
        use = r"\(|\)" if "\n" in text else r"(?!\w)"  # a function is called, or given to another one
        if any(re.search(rf"(?<![.\w']){name}(?:{use})", user) for user in (body, *wanted.values())):
            wanted[name] = text
    return "".join(text + "\n" for text in reversed(wanted.values()))


@cache
def _library() -> dict[str, str]:
    found = {}
    for name in ("text", "compare", "native", "failed", "refused", "lists"):
        text = "\n".join(expanded(f"lib/{name}.lua", set()))
        parts = [*re.finditer(_FUNCTION, text), *re.finditer(_CONSTANT, text)]
        for match in sorted(parts, key=lambda match: match.start()):
            found[match[1]] = bare(match[0].splitlines())
    return found


#: how errors start by which scripts refuse a write (lib/refused.lua)
REFUSED = "REFUSED "

WRITE = Script.of_file("write")
CREATE = Script.of_file("create")
RENAME = Script.of_file("rename")
DELETE = Script.of_file("delete")
DELETE_MET = Script.of_file("delete_met")
UPDATE_MET = Script.of_file("update_met")
GUARD = Script.of_file("guard")
GUARD_ANY = Script.of_file("guard_any")
POINTED = Script.of_file("pointed", readonly=True)
AUDIT = Script.of_file("audit")
