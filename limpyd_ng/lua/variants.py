"""The query scripts with only the parts that one kind of query uses.

A script is a chunk of Lua that makes all its functions anew each time it runs; for a query
that looks at one set, that is most of the work. So what a query does not use is left out of
its script: lines that end in ``-- for: word...``, the functions of other kinds of conditions
in the tables ``estimate``, ``source`` and ``filter``, and then every function and table that
nothing refers to any more. A program has as many variants as it has shapes of queries.

The scripts are laid out for this: what stands at the margin ends at the margin.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache

from . import Script, bare, expanded

__all__ = ["variant"]

_FOR = r"\s+-- for: (.*)$"
#: a definition at the margin, by the name it defines
_DEFINITION = r"(?:local function (\w+)\(|(?:local )?(\w+) = (?:function\(|\{))"
#: the function of one kind of condition: alone, or as an entry of a table
_KIND = r"(?:(?:estimate|source|filter)(?:\.(\w)|\['(.)'\])|  (\w)) = function\("
#: a name that is looked up: not a field, a key, a text, or what is being defined or declared
_WORD = r"(?<![.\w'])(?<!local )(?<!function )[A-Za-z_]\w*(?!\w|'|\s*=[^=])"
#: every query may need these kinds: all of some conditions, and every object
_ALWAYS = frozenset("&a")


@cache
def variant(name: str, features: frozenset[str], head: str = "") -> Script:
    """The script ``name.lua`` for queries with these features, behind a ``head``.

    These are the kinds of the conditions, and the words that ``-- for:`` stands before.
    """
    return Script(name, head + _text(name, features), readonly=name == "query")


@cache
def _text(name: str, features: frozenset[str]) -> str:
    wanted = features | _ALWAYS
    lines = [line for line in expanded(f"{name}.lua", set()) if _is_for(line, wanted)]
    lines = bare(lines, keep_indentation=True).splitlines()
    kept: list[str] = []
    for part in _parts(lines, _KIND):
        kind = _kind_of(part[0])
        if kind is None or kind in wanted:
            kept += part
    return bare(_used(kept))


def _is_for(line: str, wanted: frozenset[str]) -> bool:
    mark = re.search(_FOR, line)
    return mark is None or bool(wanted & set(mark[1].split()))


def _kind_of(line: str) -> str | None:
    found = re.match(_KIND, line)
    return (found[1] or found[2] or found[3]) if found else None


def _parts(lines: Sequence[str], start: str) -> Iterator[list[str]]:
    """The lines one by one, but those of what starts with the pattern together."""
    at = 0
    while at < len(lines):
        size = 1
        if re.match(start, lines[at]) and not lines[at].endswith((" end", " end,", "}")):
            indent = len(lines[at]) - len(lines[at].lstrip())
            while lines[at + size] not in (" " * indent + "end", " " * indent + "end,", "}"):
                size += 1
            size += 1
        yield list(lines[at : at + size])
        at += size


def _used(lines: list[str]) -> list[str]:
    """Without the definitions that nothing else refers to."""
    while True:
        parts = list(_parts(lines, _DEFINITION))
        users = Counter(word for part in parts for word in set(re.findall(_WORD, "\n".join(part))))
        kept = [line for part in parts if _is_used(part, users) for line in part]
        if len(kept) == len(lines):
            return kept
        lines = kept


def _is_used(part: list[str], users: Counter[str]) -> bool:
    found = re.match(_DEFINITION, part[0])
    if found is None:
        return True
    name = found[1] or found[2]
    # a function that calls itself is not used by that
    return users[name] > (name in re.findall(_WORD, "\n".join(part)))
