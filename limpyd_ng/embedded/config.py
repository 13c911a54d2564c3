"""The configuration file of an embedded server. Pure: texts in, text out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from .errors import EmbeddedServerError

__all__ = ["ConfigValue", "check_config", "config_text"]

ConfigValue = str | int | float | bool | Sequence[str]

#: directives that belong to EmbeddedServer itself
_RESERVED = {"bind", "daemonize", "dir", "logfile", "port", "supervised", "unixsocket", "unixsocketperm"}


def check_config(config: Mapping[str, ConfigValue]) -> dict[str, ConfigValue]:
    """The user's directives, their names in lower case; refuses those that are not theirs."""
    directives = {name.lower(): value for name, value in config.items()}
    if reserved := sorted(_RESERVED & directives.keys()):
        raise EmbeddedServerError(f"EmbeddedServer sets these directives itself: {', '.join(reserved)}")
    return directives


def config_text(
    folder: Path, *, durable: bool, socket: Path | None, port: int, config: Mapping[str, ConfigValue]
) -> str:
    """The text of server.conf."""
    directives: dict[str, ConfigValue] = {
        "bind": "127.0.0.1",
        "port": port,
        "dir": _quoted(str(folder)),
        "save": "",
        "appendonly": durable,
        "appendfsync": "everysec",
    }
    if socket is not None:
        directives |= {"unixsocket": _quoted(str(socket)), "unixsocketperm": "700"}
    directives |= config
    if "requirepass" in config:
        directives["requirepass"] = _quoted(str(config["requirepass"]))
    return "".join(line for name, value in directives.items() for line in _lines(name, value))


def _lines(name: str, value: ConfigValue) -> list[str]:
    """The lines for one directive; a sequence gives one line each."""
    if isinstance(value, bool):
        value = "yes" if value else "no"
    values = [value] if isinstance(value, str | int | float) else list(value)
    lines = [f"{name} {item}" if item != "" else f'{name} ""' for item in values]
    if any("\n" in line or "\r" in line for line in lines):
        raise EmbeddedServerError(f"a line break cannot be part of the directive {name!r}")
    return [line + "\n" for line in lines]


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
