"""What can go wrong with an embedded server."""

from __future__ import annotations

from ..exceptions import LimpydException

__all__ = ["EmbeddedServerError", "EmbeddedServerMissing"]


class EmbeddedServerError(LimpydException):
    """The embedded server cannot start, or is not there."""

    code = "L601"


class EmbeddedServerMissing(EmbeddedServerError, ImportError):
    """No ``binary`` was given and the package that brings one is not installed."""

    code = "L602"
