"""What keeps an embedded server from outliving its program, or sharing its folder."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path

from .errors import EmbeddedServerError

if sys.platform != "win32":
    import fcntl

__all__ = ["FolderLock", "Watchdog"]

#: how long the server of a dead program is waited for
_PATIENCE = 30.0

#: $1: folder to remove; standard input: the pid of the server, or "-" when there is none
_WATCHDOG = """
while read -r line; do server=$line; done
if [ "${server:--}" != - ]; then
    kill -TERM "$server"
    tries=300
    while kill -0 "$server" && [ $tries -gt 0 ]; do sleep 0.1 || sleep 1; tries=$((tries - 1)); done
    kill -KILL "$server"
fi
rm -rf -- "$1"
"""


class Watchdog:
    """The process that ends the server when this one is gone."""

    def __init__(self, folder: Path) -> None:
        self._process = subprocess.Popen(
            ["/bin/sh", "-c", _WATCHDOG, "limpyd-ng-watchdog", str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            start_new_session=True,
            bufsize=0,
        )
        assert self._process.stdin is not None
        self.pipe = self._process.stdin

    def forget(self) -> None:
        """There is no server to end any more: its pid may become another program's."""
        with contextlib.suppress(BrokenPipeError):
            self.pipe.write(b"-\n")

    def dismiss(self) -> None:
        """Ends the watchdog."""
        self.pipe.close()
        self._process.wait()


class FolderLock:
    """An flock on ``<folder>/limpyd-ng.lock``, which holds the pid of its owner."""

    def __init__(self, folder: Path) -> None:
        self.descriptor = os.open(folder / "limpyd-ng.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            self._take(folder)
        except BaseException:
            os.close(self.descriptor)
            raise

    def _take(self, folder: Path) -> None:
        deadline = time.monotonic() + _PATIENCE
        while True:
            try:
                fcntl.flock(self.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                owner = int(os.pread(self.descriptor, 20, 0) or b"0")
                # a server whose owner is dead is about to leave
                if owner == 0 or _alive(owner) or time.monotonic() > deadline:
                    raise EmbeddedServerError(
                        f"the folder {str(folder)!r} is open in process {owner or '?'}: it can have one "
                        "server at a time; stop that one, or connect to it with its settings"
                    ) from None
                time.sleep(0.05)
        os.ftruncate(self.descriptor, 0)
        os.pwrite(self.descriptor, str(os.getpid()).encode(), 0)

    def release(self) -> None:
        """Unlocks for every process that inherited the lock."""
        fcntl.flock(self.descriptor, fcntl.LOCK_UN)
        os.close(self.descriptor)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
