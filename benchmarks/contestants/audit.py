"""Whether the hand-written indexes say what the values say."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import redis

__all__ = ["index_errors"]

_PART = 500


def index_errors(client: redis.Redis) -> list[str]:
    """Every key of an index that is not what the values of all objects make it."""
    wanted, found = _wanted(client), _found(client)
    return [
        f"{key}: {len(entries ^ theirs)} entries differ"
        for key in sorted(wanted.keys() | found.keys())
        if (entries := wanted.get(key, set())) != (theirs := found.get(key, set()))
    ]


def _wanted(client: Any) -> dict[str, set[Any]]:
    entries: dict[str, set[Any]] = defaultdict(set)
    pks = sorted(client.smembers("p:ids"))
    for start in range(0, len(pks), _PART):
        part = pks[start : start + _PART]
        pipe = client.pipeline(transaction=False)
        for pk in part:
            pipe.hgetall(f"p:{pk}")
            pipe.smembers(f"p:{pk}:tags")
        replies = pipe.execute()
        for pk, values, tags in zip(part, replies[::2], replies[1::2], strict=True):
            _enter(entries, pk, values, tags)
    return entries


def _enter(entries: dict[str, set[Any]], pk: str, values: dict[str, str], tags: set[str]) -> None:
    entries[f"i:first:{values['first']}"].add(pk)
    entries[f"i:last:{values['last']}"].add(pk)
    entries["i:nick"].add((f"{values['nick']}\0{pk}", 0.0))
    entries["i:year"].add((pk, float(values["year"])))
    entries["i:email"].add((values["email"], pk))
    for tag in tags:
        entries[f"i:tag:{tag}"].add(pk)


def _found(client: Any) -> dict[str, set[Any]]:
    found: dict[str, set[Any]] = {}
    for key in client.scan_iter("i:*", count=1000):
        if key in ("i:nick", "i:year"):
            found[key] = {(member, score) for member, score in client.zrange(key, 0, -1, withscores=True)}
        elif key == "i:email":
            found[key] = set(client.hgetall(key).items())
        else:
            found[key] = set(client.smembers(key))
    return found
