"""What the figures were measured on."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

import redis

__all__ = ["described", "on_all_processors", "on_one_processor"]


@contextmanager
def on_one_processor(wanted: bool = True) -> Iterator[None]:
    """In ``with``: this process, and the servers it starts, share one processor, where the system lets
    them choose."""
    if not (wanted and hasattr(os, "sched_setaffinity")):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@contextmanager
def on_all_processors(servers: Iterable[redis.Redis]) -> Iterator[None]:
    """In ``with``: this process, those it starts, and these servers run wherever the system lets them."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    pids = [0]
    for client in servers:
        server: Any = client.info("server")
        pids += [int(thread) for thread in os.listdir(f"/proc/{server['process_id']}/task")]
    before = {pid: os.sched_getaffinity(pid) for pid in pids}
    for pid in pids:
        os.sched_setaffinity(pid, range(os.cpu_count() or 1))
    try:
        yield
    finally:
        for pid, processors in before.items():
            os.sched_setaffinity(pid, processors)


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
