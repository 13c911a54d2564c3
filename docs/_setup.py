"""What the examples of the documentation find ready; the doctest builder calls namespace().

One private server serves all documents, emptied before each; it stops with the interpreter.
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from typing import Any

import redis

import limpyd_ng
from limpyd_ng.embedded import EmbeddedServer


@cache
def server() -> EmbeddedServer:
    """The server of this build."""
    return EmbeddedServer().start()


def namespace() -> dict[str, Any]:
    """The names every example sees, on an empty server."""
    settings = server().settings
    with redis.Redis(**settings) as client:
        client.flushall()
    names: dict[str, Any] = {name: getattr(limpyd_ng, name) for name in getattr(limpyd_ng, "__all__", ())}
    names["limpyd_ng"] = limpyd_ng
    names["settings"] = settings
    names["find_spec"] = find_spec  # examples of extras are left out where they are not installed
    return names
