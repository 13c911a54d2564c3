"""What the figures were measured on."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

import redis

__all__ = ["described", "on_one_processor"]


@contextmanager
def on_one_processor(wanted: bool) -> Iterator[None]:
    """In ``with``: this process, and the servers it starts, share one processor, if that is wanted."""
    if not wanted:
        yield
        return
    if not hasattr(os, "sched_setaffinity"):
        raise SystemExit("--one-processor: this system does not say where a process runs")
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def described(client: redis.Redis) -> dict[str, str]:
    """The machine, the Python, the client and the server, in words."""
    server: Any = client.info("server")
    name = (
        f"Valkey {server['valkey_version']}"
        if "valkey_version" in server
        else f"Redis {server['redis_version']}"
    )
    return {
        "Machine": f"{_processor()}, {os.cpu_count()} cores, {platform.system()} {platform.release()}",
        "Python": f"{platform.python_implementation()} {platform.python_version()}",
        "Client": f"redis-py {version('redis')}, hiredis {version('hiredis')}",
        "Server": f"{name}, on a unix socket, without persistence",
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
