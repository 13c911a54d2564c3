"""The directive ``commands``: the native commands of a field type, as a table made from the rows.

``.. commands:: list`` lists the commands of a ListField, ``.. commands:: generic`` those that
every key has. So the tables cannot differ from the code.
"""

from __future__ import annotations

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from limpyd_ng.commands import (
    GENERIC,
    HASH_ROWS,
    INSTANCE_HASH_ROWS,
    LIST_ROWS,
    SET_ROWS,
    SORTED_SET_ROWS,
    STRING_ROWS,
    Row,
)

GROUPS = {
    "string": STRING_ROWS,
    "hash": HASH_ROWS,
    "instancehash": INSTANCE_HASH_ROWS,
    "list": LIST_ROWS,
    "set": SET_ROWS,
    "sortedset": SORTED_SET_ROWS,
    "generic": GENERIC,
}
#: fields of one value: looking at the whole of it is cheap
SINGLE = {"string", "instancehash"}

#: how a row says that a value may change (lua/write.lua) -> what the engine looks at
LOOKS = {
    "sure": "the elements named",
    "add": "the elements named",
    "gone": "the elements named",
    "taken": "the elements taken",
    "at": "the element replaced",
    "named": "the sub-keys named",
}
#: wire arguments that no command takes for an option
SAMPLE = ("COMMAND", "key", "0", "0", "0", "0")
PLAIN = Row("plain")


def table(group: str) -> list[str]:
    """The lines of the table of a group."""
    lines = [".. list-table::", "   :header-rows: 1", "   :widths: 22 10 28 40", ""]
    lines += _line("Command", "Kind", "Since", "On an indexed field")
    for row in sorted(GROUPS[group], key=lambda row: row.write):
        lines += _line(f"``{row.name}``", kind_of(row), since(row), on_indexed(row, group))
    return lines


def _line(*cells: str) -> list[str]:
    return [f"   {' ' if number else '*'} - {cell}" for number, cell in enumerate(cells)]


def kind_of(row: Row) -> str:
    """read or write."""
    return "write" if row.write else "read"


def since(row: Row) -> str:
    """The servers that brought the command, if the oldest supported ones do not have it."""
    if row.since == ("6.2", "7.2"):
        return ""
    named = zip(("Redis", "Valkey"), row.since, strict=True)
    return ", ".join(
        f"not in {name}" if version == "none yet" else f"{name} {version}" for name, version in named
    )


def on_indexed(row: Row, group: str) -> str:
    """What the command costs, or why it is refused, where the field has indexes."""
    if row.blocking:
        return "refused: it waits"
    if row.expires(SAMPLE):
        return "refused: the value would expire"
    told = [looks(row, group)]
    if row.expires is not PLAIN.expires:
        told.append("refused with a time to live")
    if row.name == "sort":
        told.append("with ``store=``: the whole target, O(N)")
    elif row.targets(SAMPLE):
        whole = any(how == "all" for _, touches in row.targets(SAMPLE) for how, _ in touches)
        told.append("the whole target, O(N)" if whole else "the target")
    return "; ".join(part for part in told if part)


def looks(row: Row, group: str) -> str:
    """Which part of the value the engine looks at besides the command itself."""
    if row.touch is None:
        return ""
    hows = [how for how, _ in row.touch(SAMPLE)]
    if not hows:
        return "nothing: the value stays"
    if "all" in hows:
        return "the value" if group in SINGLE else "the whole value, O(N)"
    return ", ".join(dict.fromkeys(LOOKS[how] for how in hows))


class Commands(SphinxDirective):
    """``.. commands:: <group>``"""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        group = self.arguments[0]
        if group not in GROUPS:
            raise self.error(f"no group {group!r}; there are {', '.join(GROUPS)}")
        node = nodes.container()
        self.state.nested_parse(StringList(table(group), source="commands"), self.content_offset, node)
        return node.children


def setup(app: Sphinx) -> dict[str, bool]:
    """Called by Sphinx."""
    app.add_directive("commands", Commands)
    return {"parallel_read_safe": True}
