"""A Redis server of one's own, started and stopped by the program that uses it.

For demos, tests, and small programs that want their data in a folder. The server is an
ordinary ``valkey-server`` (the ``embedded`` extra brings one) or any ``redis-server``::

    with EmbeddedServer("data") as server:
        database = RedisDatabase(**server.settings)

**No server is left behind.** ``stop()`` runs when the interpreter exits. For the ends that
run no exit code (SIGKILL, a crash) a watchdog, a few lines of shell, reads a pipe of
which only this process holds the other end: when the kernel closes it, the watchdog stops
the server and removes its temporary folder. Linux's PDEATHSIG would do without the extra
process, but it fires when the *thread* that started the server ends. The server's shell
writes its own pid into that pipe before it becomes the server, so no moment is uncovered.

**One server per folder.** The folder's lock is inherited by the server process: it lasts
until the last of the two has ended, so no second server can open files still being written.
"""

from .errors import EmbeddedServerError, EmbeddedServerMissing
from .server import EmbeddedServer

__all__ = ["EmbeddedServer", "EmbeddedServerError", "EmbeddedServerMissing"]
