"""The clients that databases make and use: their settings, and what is asked of them."""

from __future__ import annotations

import codecs
from collections.abc import Hashable
from typing import Any

from ..exceptions import ImplementationError

__all__ = ["check_settings", "checked", "new_client", "settings_key"]


def check_settings(settings: dict[str, Any]) -> None:
    """Raises ImplementationError for settings that would give something else than texts in UTF-8."""
    if not _is_utf8(settings.get("encoding") or "utf-8"):
        raise ImplementationError(
            "limpyd_ng stores texts as UTF-8; give fields with type=bytes for anything else"
        )
    if settings.get("decode_responses") is False:
        raise ImplementationError("limpyd_ng works with texts: leave decode_responses out, or True")


def _is_utf8(encoding: str) -> bool:
    try:
        return codecs.lookup(encoding).name == "utf-8"
    except LookupError:
        return False


def new_client(kind: Any, url: str | None, settings: dict[str, Any]) -> Any:
    """A client of this class, which gives texts as the library wants them."""
    options = {"encoding_errors": "surrogateescape", **settings, "decode_responses": True}
    return kind(**options) if url is None else kind.from_url(url, **options)


def checked(client: Any) -> Any:
    """The client, if it gives texts; raises ImplementationError."""
    if not client.connection_pool.connection_kwargs.get("decode_responses"):
        raise ImplementationError("limpyd_ng works with texts: make the client with decode_responses=True")
    return client


def settings_key(url: str | None, settings: dict[str, Any]) -> Hashable:
    """What settings have in common with equal ones; None if that cannot be told."""
    key = (url, tuple(sorted(settings.items(), key=lambda item: item[0])))
    try:
        hash(key)
    except TypeError:
        return None
    return key
