"""What the figures were measured on."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any

import redis

__all__ = ["described"]


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
