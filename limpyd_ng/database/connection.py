"""Connecting: the settings of a database, and the client that carries its requests."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from ..exceptions import ImplementationError
from .clients import check_settings, settings_key

__all__ = ["DEFAULT_CONNECTION_SETTINGS", "Connected"]

DEFAULT_CONNECTION_SETTINGS: dict[str, Any] = {"host": "localhost", "port": 6379, "db": 0}


class Connected:
    """What has settings, and makes a client as they say when it is first needed."""

    connection_settings: dict[str, Any]
    _client_source: Any
    _url: str | None

    def __init__(self, client: Any = None, url: str | None = None, **settings: Any) -> None:
        self.reset(client=client, url=url, **settings)

    def __repr__(self) -> str:
        shown = {name: value for name, value in self.connection_settings.items() if name != "password"}
        return f"<{type(self).__name__} {shown}>"

    def reset(self, client: Any = None, url: str | None = None, **settings: Any) -> None:
        """Changes the settings; later requests of every model use them at once."""
        if client is not None and (url is not None or settings):
            raise ImplementationError("give a client, or a url and settings, not both")
        check_settings(settings)
        self._client_source = client
        self._url = url
        if not settings and url is None and client is None:
            settings = dict(DEFAULT_CONNECTION_SETTINGS)
        self.connection_settings = settings
        self._disconnect()

    def _disconnect(self) -> None:
        """The next request makes a new client."""
        raise NotImplementedError

    @property
    def runner(self) -> Any:
        """What carries requests outside pipelines."""
        raise NotImplementedError

    def connect(self, **settings: Any) -> Any:
        """The redis-py client; with settings, changes to them first."""
        if settings:
            self.reset(**settings)
        return self.runner.client

    @property
    def _server(self) -> Hashable:
        """What databases of the same server and settings have in common; None if that cannot be told."""
        return None if self._client_source is not None else settings_key(self._url, self.connection_settings)
