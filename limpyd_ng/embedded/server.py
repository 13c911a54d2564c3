"""EmbeddedServer: the process, its address, its life."""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote
from weakref import WeakSet

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from .config import ConfigValue, check_config, config_text
from .errors import EmbeddedServerError
from .guards import FolderLock, Watchdog
from .surroundings import bundled_binary, free_port, make_run_folder

__all__ = ["EmbeddedServer"]

#: how long a server may take to save and leave before it is killed
_STOP_TIMEOUT = 30.0

#: $1: log file; the rest: the server and its arguments
_BECOME_SERVER = 'echo $$; log=$1; shift; exec "$@" >"$log" 2>&1'


class EmbeddedServer:
    """A private server: on a unix socket, or on a loopback port when ``port`` is given.

    Without ``path`` the data lives in a temporary folder and is gone after ``stop()``. With
    one, it is kept there in an append-only file that is synced every second: a killed
    program loses nothing, a power cut at most the last second. ``port=0`` takes a free
    port; every user of the machine can connect to a port, so think of ``requirepass``.
    ``config`` adds directives of redis.conf, or replaces those chosen here.

    Starting twice does nothing, and so does stopping twice. Not for Windows.
    """

    def __init__(
        self,
        path: str | os.PathLike[str] | None = None,
        *,
        binary: str | os.PathLike[str] | None = None,
        port: int | None = None,
        config: Mapping[str, ConfigValue] | None = None,
        timeout: float = 30.0,
    ) -> None:
        self.path = None if path is None else Path(path).absolute()
        self.timeout = timeout
        self._binary = binary
        self._wanted_port = self._port = port
        self._config = check_config(config or {})
        self._owner = 0
        self._folder: Path | None = None
        self._lock: FolderLock | None = None
        self._watchdog: Watchdog | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def __repr__(self) -> str:
        state = f"pid {self.pid}" if self.running else "stopped"
        return f"<{type(self).__name__} {self.path or 'temporary'}, {state}>"

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *exc: object) -> None:
        self.stop()

    # where it is

    @property
    def running(self) -> bool:
        """Whether the server process is alive."""
        if self._owner != os.getpid():  # a fork: only the starter can ask
            return self._process is not None
        if self._process is not None and self._process.poll() is not None:
            self._forget_process()
        return self._process is not None

    @property
    def pid(self) -> int:
        """The server's process id. Raises EmbeddedServerError when it does not run."""
        if not self.running or self._process is None:
            raise EmbeddedServerError("the embedded server is not running")
        return self._process.pid

    @property
    def settings(self) -> dict[str, Any]:
        """What RedisDatabase and redis.Redis need to connect: ``RedisDatabase(**server.settings)``."""
        settings: dict[str, Any] = {"unix_socket_path": str(self._run_folder / "sock")}
        if self._port is not None:
            settings = {"host": "127.0.0.1", "port": self._port}
        if "requirepass" in self._config:
            settings["password"] = str(self._config["requirepass"])
        return settings

    @property
    def url(self) -> str:
        """The same as one address: ``unix:///...`` or ``redis://...``."""
        settings = self.settings
        password = f":{quote(settings['password'], safe='')}@" if "password" in settings else ""
        if self._port is None:
            return f"unix://{password}{quote(settings['unix_socket_path'])}"
        return f"redis://{password}{settings['host']}:{settings['port']}/0"

    @property
    def binary(self) -> Path:
        """The server program. Raises EmbeddedServerMissing when there is none."""
        if self._binary is None:
            return bundled_binary()
        found = shutil.which(self._binary)
        if found is None:
            raise EmbeddedServerError(f"{os.fspath(self._binary)!r} is not a program that can be run")
        return Path(found).absolute()

    @property
    def _run_folder(self) -> Path:
        if self._folder is None:
            raise EmbeddedServerError("the embedded server is not started")
        return self._folder

    # its life

    def start(self) -> Self:
        """Starts the server and returns once it answers, its data loaded.

        Raises EmbeddedServerError, with the last lines of the server's log, when it does
        not come up, and at once when another process has this folder open.
        """
        if self.running:
            return self
        if sys.platform == "win32":
            raise EmbeddedServerError("the embedded server needs Linux, macOS or another Unix")
        binary = self.binary
        try:
            self._prepare()
            self._launch(binary, attempts=5 if self._port == 0 else 1)
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Asks the server to save and leave (SIGTERM), and removes what was temporary."""
        if self._owner != os.getpid():  # never started, or this is a fork of the starter
            return
        atexit.unregister(self.stop)
        _started.discard(self)
        self._end_process(signal.SIGTERM)
        if self._watchdog is not None:
            self._watchdog.dismiss()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
        if self._lock is not None:
            self._lock.release()
        self._watchdog = self._folder = self._lock = None
        self._port = self._wanted_port
        self._owner = 0

    def restart(self) -> None:
        """Stops and starts the server at the same address; without ``path`` its data is lost."""
        if self._owner == os.getpid():
            self._end_process(signal.SIGTERM)
        self.start()

    def kill(self) -> None:
        """Ends the server with SIGKILL, as a crash would; ``start()`` brings it back. For tests."""
        if self._owner == os.getpid():
            self._end_process(signal.SIGKILL)

    def _prepare(self) -> None:
        """Everything that lasts from ``start()`` to ``stop()``, restarts included."""
        if self._owner == os.getpid():
            return
        self._owner = os.getpid()
        atexit.register(self.stop)
        _started.add(self)
        self._folder = make_run_folder()
        if self.path is not None:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock = FolderLock(self.path)
        self._watchdog = Watchdog(self._folder)

    def _launch(self, binary: Path, attempts: int) -> None:
        """Starts the process; tries other free ports if a chosen one was taken meanwhile."""
        while True:
            attempts -= 1
            if self._port == 0:
                self._port = free_port()
            try:
                self._spawn(binary)
                return self._wait_until_ready()
            except EmbeddedServerError as error:
                self._end_process(signal.SIGKILL)
                if attempts <= 0 or "Address already in use" not in str(error):
                    raise
                self._port = 0

    def _spawn(self, binary: Path) -> None:
        assert self._watchdog is not None
        folder = self._run_folder
        config, log = folder / "server.conf", folder / "server.log"
        text = config_text(
            self.path or folder,
            durable=self.path is not None,
            socket=folder / "sock" if self._port is None else None,
            port=self._port or 0,
            config=self._config,
        )
        config.write_text(text, encoding="utf-8", errors="surrogateescape")
        self._process = subprocess.Popen(
            ["/bin/sh", "-c", _BECOME_SERVER, "sh", str(log), str(binary), str(config)],
            stdin=subprocess.DEVNULL,
            stdout=self._watchdog.pipe,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            env={**os.environ, "LC_ALL": "C"},  # SORT ALPHA orders by locale
            pass_fds=() if self._lock is None else (self._lock.descriptor,),
            start_new_session=True,  # Ctrl-C is for this program
        )

    def _wait_until_ready(self) -> None:
        process = self._process
        assert process is not None
        client = redis.Redis(**self.settings, retry=Retry(NoBackoff(), 0), socket_timeout=5)
        deadline = time.monotonic() + self.timeout
        problem: Exception | None = None
        try:
            while process.poll() is None and time.monotonic() < deadline:
                try:
                    # at a given port, somebody else's server may be the one that answers
                    if self._listens() and client.info("server")["process_id"] == process.pid:
                        client.ping()
                        return
                except redis.BusyLoadingError:
                    deadline = time.monotonic() + self.timeout  # it is making progress
                except redis.RedisError as error:
                    problem = error
                time.sleep(0.01)
        finally:
            client.close()
        code = process.poll()
        what = f"did not answer in {self.timeout:g} s ({problem})" if code is None else f"ended (code {code})"
        raise EmbeddedServerError(f"the embedded server {what}; the end of its log:\n{self._log_tail()}")

    def _listens(self) -> bool:
        """Tried without redis-py: its version 5 leaks the sockets of refused connections."""
        family = socket.AF_UNIX if self._port is None else socket.AF_INET
        address = str(self._run_folder / "sock") if self._port is None else ("127.0.0.1", self._port)
        with socket.socket(family) as probe:
            return probe.connect_ex(address) == 0

    def _end_process(self, signal_number: signal.Signals) -> None:
        process = self._process
        if process is None:
            return
        process.send_signal(signal_number)
        try:
            process.wait(_STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        self._forget_process()

    def _forget_process(self) -> None:
        self._process = None
        if self._watchdog is not None:
            self._watchdog.forget()

    def _log_tail(self, lines: int = 20) -> str:
        try:
            text = (self._run_folder / "server.log").read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return "(no log)"
        return "\n".join(text.splitlines()[-lines:])


#: servers started by this process
_started: WeakSet[EmbeddedServer] = WeakSet()


def _leave_to_parent() -> None:
    """In a fork: lets go of what would keep the parent's servers running after its end."""
    for server in list(_started):
        if server._watchdog is not None:
            server._watchdog.pipe.close()
        if server._lock is not None:
            os.close(server._lock.descriptor)
    _started.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_leave_to_parent)
